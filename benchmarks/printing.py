"""One packet printed: by the program, or naively. Run in a process of its own.

    python -m benchmarks.printing packet|naive|untagged FOLDER

Naively means: the same content in the same kind of file, but columns are left to the automatic
layout, charts drawn by matplotlib, and the garbage collector left on. Untagged is the same in the
plainer kind of file that WeasyPrint makes by default.
"""

import json
import re
import sys
from functools import partial
from pathlib import Path

from pipeline.tools import press

SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
COLGROUP = re.compile(r"<colgroup>.*?</colgroup>", re.DOTALL)
CHART = "<!--chart-->"
SPARK_HEIGHT, BAR_WIDTH = 30, 165
Chart = dict[str, object]


def naive_packet(html: str) -> tuple[str, list[Chart]]:
    """Return the packet without set widths, a mark in place of each chart, and what each shows."""
    plain = COLGROUP.sub("", html).replace("table-layout: fixed", "table-layout: auto")
    # With automatic columns this would break words at every letter.
    plain = plain.replace("overflow-wrap: anywhere", "overflow-wrap: normal")
    charts: list[Chart] = []

    def take(found: re.Match[str]) -> str:
        chart = _chart(found[0])
        charts.extend([chart] if chart else [])
        return CHART if chart else ""

    return SVG.sub(take, plain), charts


def _chart(svg: str) -> Chart | None:
    """Return what an inline chart shows; the small fields of a legend are drawn with their bar."""
    box = re.search(r'viewBox="([^"]*)"', svg)[1]
    if box == "-2 -2 106 34":
        runs = re.findall(r'<path d="M([^"]*)" fill="none"', svg)
        return {"kind": "spark", "runs": [_points(run) for run in runs]}
    if box == "0 0 100 12.5":
        value = re.search(r'width="([\d.]+)" height="8.5" fill="#8c8c8c"', svg)[1]
        return {
            "kind": "gauge",
            "value": float(value),
            "target": float(re.search(r'd="M([\d.]+) 0V', svg)[1]),
        }
    if box.startswith(f"0 0 {BAR_WIDTH} "):
        words = re.search(r"<title>[^:]*: (.*?)</title>", svg)[1].split(", ")
        lengths = re.findall(r'width="([\d.]+)" height="5.6"', svg)
        parts = zip(words, map(float, lengths), strict=True)
        return {"kind": "stacked_bar", "parts": list(parts)}
    return None


def _points(run: str) -> list[tuple[float, float]]:
    """Return the points of a path: across 0..100, up 0..100."""
    pairs = (map(float, point.split()) for point in run.split("L"))
    return [(x, 100 * (1 - y / SPARK_HEIGHT)) for x, y in pairs]


def print_packet(folder: Path) -> bytes:
    """Return the packet as the program prints it."""
    return press.write_pdf((folder / "packet.html").read_text("utf-8"))


def print_naive(folder: Path, variant: str | None = press.VARIANT) -> bytes:
    """Return the packet as an ordinary script prints it, charts and all."""
    from weasyprint import HTML

    from benchmarks import charts

    html = (folder / "naive.html").read_text("utf-8")
    for chart in json.loads((folder / "charts.json").read_text("utf-8")):
        html = html.replace(CHART, getattr(charts, chart.pop("kind"))(**chart), 1)
    document = HTML(string=html, base_url=f"{press.TEMPLATES.as_uri()}/")
    return document.write_pdf(pdf_variant=variant)


PRINTERS = {
    "packet": print_packet,
    "naive": print_naive,
    "untagged": partial(print_naive, variant=None),
}


if __name__ == "__main__":
    way, place = sys.argv[1], Path(sys.argv[2])
    (place / f"{way}.pdf").write_bytes(PRINTERS[way](place))
