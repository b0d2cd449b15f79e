"""The table of one run and the machine it was run on, as Markdown."""

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from benchmarks.measure import Samples, median, ratio

TESTS = Path(sys.prefix) / "tests"  # where the reader of PDFs is
BUSY = 0.5  # load average above which something else was running
LIBRARIES = ("weasyprint", "pandas", "pandera", "python-calamine", "XlsxWriter", "Jinja2")
HEADINGS = ("what", "measured", "target", "verdict", "processor time alone", "peak memory")


@dataclass(frozen=True)
class Row:
    """One line of the table: a step, or a step ÷ another, and the most it may be."""

    what: str
    step: str
    over: str = ""
    most: float | None = None


ROWS = (
    Row("`sauro --help`", "help_", most=0.15),
    Row("`sauro status`", "status", most=0.15),
    Row("`sauro check` of one workbook", "check", most=1.2),
    Row("cold `sauro cycle`, earlier archives kept ÷ WeasyPrint alone", "cold", "weasyprint", 1.25),
    Row("printing the packet ÷ the same content naively", "printing", "naive_printing", 0.75),
    Row("the same ÷ naively and without tags", "printing", "untagged_printing"),
    Row("`sauro cycle` with nothing changed ÷ cold", "unchanged", "cold", 0.15),
    Row("all but printing, 6 units × 200 lines, after imports", "without_printing", most=1.5),
    Row("cold `sauro cycle` ÷ an analyst's script", "cold", "baseline"),
    Row("cold `sauro cycle`, earlier archives kept", "cold"),
    Row("cold `sauro cycle`, no archive kept: it makes the earlier ones too", "first"),
    Row("`sauro cycle` with nothing changed", "unchanged"),
    Row("WeasyPrint alone on the packet's HTML", "weasyprint"),
    Row("printing the packet as the program does", "printing"),
    Row("printing the same content naively", "naive_printing"),
    Row("printing the same content naively and without tags", "untagged_printing"),
    Row("an analyst's script", "baseline"),
)  # fmt: skip


def lines_of(samples: Samples) -> Iterator[str]:
    """Return the table's lines."""
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"|{'---|' * len(HEADINGS)}"
    for row in ROWS:
        measured, cpu = (_value(row, samples, part) for part in ("seconds", "cpu"))
        unit = "" if row.over else " s"
        target = "" if row.most is None else f"≤ {row.most}{unit}"
        verdict = "" if row.most is None else "met" if round(measured, 2) <= row.most else "missed"
        memory = f"{median(samples[row.step], 'memory'):.0f} MB"
        cells = (f"{measured:.2f}{unit}", target, verdict, f"{cpu:.2f}{unit}", memory)
        yield f"| {row.what} | {' | '.join(cells)} |"


def _value(row: Row, samples: Samples, part: str) -> float:
    if row.over:
        return ratio(samples[row.step], samples[row.over], part)
    return median(samples[row.step], part)


def machine(load: float) -> str:
    """Return what the run was made on; `load` is the load average before it began."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    shared = f"; **shared with other work: load average {load:.1f} before the run**"
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; {versions}"
        f"{shared if load > BUSY else ''}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def page_counts(files: Mapping[str, Path]) -> str:
    """Return how many pages each printed file has, in words."""
    sys.path.append(str(TESTS))  # not before: what is measured must not see the test tools
    from pypdf import PdfReader

    return ", ".join(f"{name} {len(PdfReader(path).pages)}" for name, path in files.items())
