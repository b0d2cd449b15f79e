"""The table of one run and the machine it was run on, as Markdown."""

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from math import inf
from pathlib import Path

from benchmarks.measure import Samples, median, ratio

TESTS = Path(sys.prefix) / "tests"  # where the reader of PDFs is
UNITS = {"seconds": " s", "memory": " MB"}
BUSY = 0.5  # load average above which something else was running
LIBRARIES = ("weasyprint", "pandas", "pandera", "python-calamine", "XlsxWriter", "Jinja2")
HEADINGS = ("what", "measured", "target", "verdict", "processor time alone", "peak memory")


@dataclass(frozen=True)
class Row:
    """One line of the table: a step, or a step ÷ another, the most it may be, the most memory.

    `part` is what of the step is measured.
    """

    what: str
    step: str
    over: str = ""
    most: float | None = None
    memory: int | None = None
    part: str = "seconds"


ROWS = (
    Row("`sauro --help`", "help_", most=0.15),
    Row("`sauro status`", "status", most=0.15),
    Row("`sauro check` of one workbook", "check", most=1.2),
    Row("cold `sauro cycle`, earlier archives kept ÷ WeasyPrint alone", "cold", "weasyprint", 1.25),
    Row("printing the packet ÷ the same content naively", "printing", "naive_printing", 0.75),
    Row("the same ÷ naively and without tags", "printing", "untagged_printing"),
    Row("`sauro cycle` with nothing changed ÷ cold", "unchanged", "cold", 0.15),
    Row("all but printing, 6 units × 200 lines, after imports", "without_printing", most=1.5),
    Row("all but printing, 30 units × 2,000 lines, after imports", "large", most=12, memory=600),
    Row("one workbook of 20,000 lines, read and checked", "workbook", most=4, memory=500),
    Row("archive of a cycle with 10,000 lines", "archiving", most=3),
    Row("gate and fenced reading of 200 workbooks ÷ the same sheets by pandas and openpyxl",
        "fenced_reading", "pandas_reading", 0.6),
    Row("the same ÷ the tasks alone by pandas", "fenced_reading", "pandas_reading_tasks"),
    Row("12 packets of 10 pages on 2 processes ÷ on one", "packets_by_two", "packets_by_one", 0.6),
    Row("20,000 workbooks of 100 lines on 2 processes (1,000 measured)", "country", most=240),
    Row("the same with archives and drafts written", "archived_country"),
    Row("peak memory, 1,000 workbooks ÷ 100 on 2 processes", "country", "few_communes", 1.1,
        part="memory"),
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


def lines_of(samples: Samples, most_memory: float) -> Iterator[str]:
    """Return the table's lines; a cold cycle may take so much memory, by its pages."""
    cycle = Row("peak memory of a cold `sauro cycle`", "cold", most=most_memory, part="memory")
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"|{'---|' * len(HEADINGS)}"
    for row in (*ROWS, cycle):
        measured, cpu = (_value(row, samples, part) for part in (row.part, "cpu"))
        unit = "" if row.over else UNITS[row.part]
        memory = median(samples[row.step], "memory")
        targets = [f"≤ {row.most}{unit}"] if row.most is not None else []
        targets += [f"≤ {row.memory} MB"] if row.memory else []
        held = round(measured, 2) <= (row.most or 0) and round(memory) <= (row.memory or inf)
        verdict = ("met" if held else "missed") if targets else ""
        told = (f"{measured:.2f}{unit}", ", ".join(targets), verdict)
        # A row of memory has no time; the one over a hundred workbooks would hold a scaled one.
        alone = f"{cpu:.2f}{'' if row.over else ' s'}" if row.part == "seconds" else ""
        cells = (*told, alone, f"{memory:.0f} MB")
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


def page_counts(files: Mapping[str, Path]) -> dict[str, int]:
    """Return how many pages each printed file has."""
    sys.path.append(str(TESTS))  # not before: what is measured must not see the test tools
    from pypdf import PdfReader

    return {name: len(PdfReader(path).pages) for name, path in files.items()}
