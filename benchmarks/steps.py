"""What is measured: one small function a process. Each takes the workspace and returns a sample."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import FONTS, Sample, run
from pipeline import ROOT
from pipeline.model.folders import PACKET, find_cycle

PYTHON = Path(sys.executable)
SAURO = PYTHON.with_name("sauro")
ALL = 99  # sheets: more than a workbook has
BENCH = PYTHON.parent.parent / "benchmarks"  # matplotlib, for the naive scripts alone


def help_(place: Path) -> Sample:
    """Return the time of `sauro --help`."""
    return run(SAURO, "--help")


def status(place: Path) -> Sample:
    """Return the time of `sauro status`; the cycle has been run before."""
    return _sauro(place, "status")


def check(place: Path) -> Sample:
    """Return the time of `sauro check` of the workbook with the most bytes."""
    books = (_cycle_folder(place) / "hop-thu").glob("*.xlsx")
    return _sauro(place, "check", max(books, key=lambda path: path.stat().st_size))


def cold(place: Path) -> Sample:
    """Return the time of `sauro cycle` when only the archives of the cycles before are there."""
    shutil.rmtree(_packet(place).parent, ignore_errors=True)
    return _sauro(place, "cycle")


def unchanged(place: Path) -> Sample:
    """Return the time of `sauro cycle` run again with nothing changed."""
    before = _packet(place).stat().st_mtime_ns
    sample = _sauro(place, "cycle")
    if _packet(place).stat().st_mtime_ns != before:
        raise RuntimeError("the cycle was made again although nothing had changed")
    return sample


def first(place: Path) -> Sample:
    """Return the time of `sauro cycle` with no archive there: it makes the earlier ones too."""
    shutil.rmtree(place / "first", ignore_errors=True)
    return _sauro(place, "cycle", output="first")


def weasyprint(place: Path) -> Sample:
    """Return the time of WeasyPrint alone on the same final HTML, default settings, same fonts."""
    base = (ROOT / "templates").as_uri() + "/"
    options = ("--quiet", "--base-url", base)
    return run(
        *(PYTHON, "-m", "weasyprint", *options, place / "packet.html", place / "alone.pdf"), **FONTS
    )


def printing(place: Path) -> Sample:
    """Return the time of the program's own printing of the final HTML."""
    return run(PYTHON, "-m", "benchmarks.printing", "packet", place)


def naive_printing(place: Path) -> Sample:
    """Return the time of naive printing: automatic columns, matplotlib charts, collector on."""
    return _with_matplotlib("benchmarks.printing", "naive", place)


def untagged_printing(place: Path) -> Sample:
    """Return the time of naive printing into WeasyPrint's default kind of file: no tags."""
    return _with_matplotlib("benchmarks.printing", "untagged", place)


def baseline(place: Path) -> Sample:
    """Return the time of the analyst's script for the same cycle."""
    return _with_matplotlib(
        *(
            "benchmarks.baseline",
            _cycle_folder(place),
            place / "history.csv",
            place / "baseline.pdf",
        )
    )


def without_printing(place: Path) -> Sample:
    """Return the time of all but printing, six units of 200 lines, imports not counted."""
    return inside("cycle", place / "medium")


def large(place: Path) -> Sample:
    """Return the same for 30 units of 2,000 lines."""
    return inside("cycle", place / "large")


def workbook(place: Path) -> Sample:
    """Return the time to read and check one workbook of 20,000 lines."""
    return inside("workbook", place / "book")


def archiving(place: Path) -> Sample:
    """Return the time to write the archive of a cycle of 10,000 lines."""
    return inside("archived", place / "tall")


def fenced_reading(place: Path) -> Sample:
    """Return the time to look at and read 200 workbooks behind the fence."""
    return inside("fenced", place / "books")


def pandas_reading(place: Path) -> Sample:
    """Return the time pandas takes for the same sheets, with openpyxl."""
    return inside("pandas", place / "books", ALL)


def pandas_reading_tasks(place: Path) -> Sample:
    """Return the time it takes for the first of them, the tasks, alone."""
    return inside("pandas", place / "books", 1)


def packets_by_one(place: Path) -> Sample:
    """Return the time one process takes for twelve packets."""
    return inside("packets", place / "tiny", 1)


def packets_by_two(place: Path) -> Sample:
    """Return the time two processes take for them."""
    return inside("packets", place / "tiny", 2)


def country(place: Path) -> Sample:
    """Return the time of 20,000 workbooks read, checked and scored, by that of 1,000."""
    return _twenty_times(inside("scored", place / "small", 125, 2))


def few_communes(place: Path) -> Sample:
    """Return what a tenth of these workbooks take: memory may not grow with their number."""
    return inside("scored", place / "small", 12, 2)


def archived_country(place: Path) -> Sample:
    """Return the same with archives and drafts."""
    return _twenty_times(inside("communes", place / "small", 125, 2))


def _twenty_times(sample: Sample) -> Sample:
    return replace(sample, seconds=20 * sample.seconds, cpu=20 * sample.cpu)


def inside(*work: str | Path | int) -> Sample:
    """Return what a work took as timed by its own process, imports not counted."""
    sample = run(PYTHON, "-m", "benchmarks.inside", *map(str, work))
    seconds, cpu = map(float, sample.said.split())
    return replace(sample, seconds=seconds, cpu=cpu)


def _sauro(place: Path, *command: str | Path, output: str = "output") -> Sample:
    return run(SAURO, *command, "--data", place / "data", "--output", place / output)


def _with_matplotlib(module: str, *arguments: str | Path) -> Sample:
    return run(PYTHON, "-m", module, *arguments, PYTHONPATH=str(BENCH), **FONTS)


def _cycle_folder(place: Path) -> Path:
    return place / "data" / "ky" / str(find_cycle(place / "data", None))


def _packet(place: Path) -> Path:
    return place / "output" / _cycle_folder(place).name / PACKET


def printed(place: Path) -> dict[str, Path]:
    """Return the printed files by who printed them."""
    others = {"naive": "naive.pdf", "WeasyPrint alone": "alone.pdf", "analyst": "baseline.pdf"}
    return {"cycle": _packet(place)} | {name: place / file for name, file in others.items()}


STEPS = (
    *(help_, cold, unchanged, status, check, weasyprint, first),
    *(printing, naive_printing, untagged_printing, baseline, without_printing),
)
# These need no warm-up: they are timed from inside, after imports.
HEAVY = (
    *(large, workbook, archiving, fenced_reading, pandas_reading, pandas_reading_tasks),
    *(packets_by_one, packets_by_two),
)
