"""Everything the measured processes need, made once in a temporary folder by a process of its own.

    python -m benchmarks.workspace FOLDER [UNITS LINES]

With a size only a made-up commune of it, otherwise
data/, output/ (archives of the cycles before), packet.html, naive.html, charts.json, history.csv,
a folder for each made-up commune, and books/ (workbooks of a hundred lines).
"""

import csv
import json
import shutil
import sys
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.commune import make_commune
from benchmarks.printing import naive_packet
from pipeline import ROOT
from pipeline.cycle.crew import Crew, crew
from pipeline.cycle.start import start_cycle
from pipeline.model.folders import RESULT, CycleFolder, find_cycle

SAMPLE = ROOT / "sample_data"
# Folder → units, lines of each.
COMMUNES = {
    "tiny": (1, 5),
    "small": (8, 100),
    "medium": (6, 200),
    "tall": (5, 2_000),
    "large": (30, 2_000),
    "book": (1, 20_000),
}
BOOKS = 200
KEPT = ("cycle", "unit", "status", "R")


def make_workspace(place: Path) -> None:
    """Fill the folder."""
    _copy_sample(place / "data")
    folder = CycleFolder(place / "data", find_cycle(place / "data", None))
    packet = html_of(folder, place / "output")
    (place / "packet.html").write_text(packet, "utf-8")
    naive, charts = naive_packet(packet)
    (place / "naive.html").write_text(naive, "utf-8")
    (place / "charts.json").write_text(json.dumps(charts), "utf-8")
    _write_history(place / "output" / str(folder.cycle) / RESULT, place / "history.csv")
    for name, (units, lines) in COMMUNES.items():
        make_commune_run(place / name, units, lines)
    _copy_books(place / "small" / "data", place / "books")


def make_commune_run(place: Path, units: int, lines: int) -> None:
    """Fill a folder with a made-up commune that has been run: data/, output/, packet.html."""
    commune = make_commune(place / "data", SAMPLE / "commune.toml", units, lines)
    page = html_of(commune, place / "output")  # drafts the working group's workbook
    (place / "packet.html").write_text(page, "utf-8")


def _copy_books(data: Path, target: Path) -> None:
    """Fill a folder with the workbooks of a commune, each many times."""
    target.mkdir()
    books = sorted(CycleFolder(data, find_cycle(data, None)).inbox.iterdir())
    for n in range(BOOKS):
        shutil.copy2(books[n % len(books)], target / f"{n:03d}.xlsx")


def _copy_sample(data: Path) -> None:
    data.mkdir()
    for name in ("commune.toml", "danh-muc.xlsx"):
        shutil.copy2(SAMPLE / name, data / name)
    shutil.copytree(SAMPLE / "ky", data / "ky")


def html_of(folder: CycleFolder, output: Path) -> str:
    """Return the packet's HTML from a run of the cycle that prints an empty file."""
    with crew() as helpers:
        return make_page(folder, output, helpers)


def make_page(folder: CycleFolder, output: Path, helpers: Crew) -> str:
    """Return the same by helpers that are there."""
    kept: Future = Future()
    start_cycle(folder, output, None, silent, replace(helpers, press=Keeper(kept)))
    return kept.result().decode()


def silent(stage: str, done: int, total: int) -> None:
    """Tell nothing."""


@dataclass(frozen=True)
class Keeper:
    """Stands where the press stands, keeps the packet's page and prints an empty file."""

    kept: Future

    def submit(self, work: str, header: object, *pages: bytes) -> Future:
        if not self.kept.done():
            self.kept.set_result(pages[0])  # the packet comes first
        printed: Future = Future()
        printed.set_result((header, [b""] * len(pages)))
        return printed


def _write_history(result: Path, path: Path) -> None:
    """Write the units' rates of the cycles before, as an office without archives keeps them."""
    rows = json.loads(result.read_text("utf-8"))["tables"]["history"]
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(KEPT)
        for row in rows:
            percent = "" if row["R"] is None else float(row["R"]) * 100
            writer.writerow([*(row[key] for key in KEPT[:-1]), percent])


if __name__ == "__main__":
    made, *size = sys.argv[1:]
    make_commune_run(Path(made), *map(int, size)) if size else make_workspace(Path(made))
