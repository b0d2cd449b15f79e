"""What the program does once everything is imported, timed from inside a process of its own.

    python -m benchmarks.inside WORK FOLDER [NUMBER]

Prints the seconds on the clock, and of processor time with that of all helpers.
"""

import resource
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

import jinja2  # noqa: F401 - what a cycle itself imports when it first needs it
import pandas as pd
import pandera.pandas  # noqa: F401

from benchmarks.workspace import make_page, silent
from pipeline import archive, intake, issue
from pipeline.cycle.books import check_books
from pipeline.cycle.compare import compare
from pipeline.cycle.crew import PRINT, READ, Crew, crew
from pipeline.cycle.group import read_verification
from pipeline.cycle.mail import read_packages, unpacking
from pipeline.cycle.order import take_order
from pipeline.cycle.plan import read_plan
from pipeline.cycle.stages import check, receive, score
from pipeline.cycle.start import start_cycle
from pipeline.history import read_history, read_result
from pipeline.model.calendar import VIETNAM
from pipeline.model.folders import ARCHIVE, RESULT, CycleFolder, find_cycle
from pipeline.model.layout import layout
from pipeline.reading import wire
from pipeline.rollup.export import export
from pipeline.tools import chain, disk
from pipeline.tools.collector import held_collector
from pipeline.tools.worker import Worker

PACKETS = 12
RECEIVED = datetime(2026, 11, 15, tzinfo=VIETNAM)
Work = Callable[[], object]


def cycle(place: Path, block: ExitStack) -> Work:
    """All of a cycle up to the finished pages."""
    return partial(make_page, _folder(place), place / "output", _ready_crew(block))


def workbook(place: Path, block: ExitStack) -> Work:
    """One workbook read behind the fence and checked."""
    folder, helpers = _folder(place), _ready_crew(block)
    before = read_plan(folder)
    [unit] = before.registers.units
    issued = {unit: issue.unit_rows(before.assignments, before.registers, unit)}

    def work() -> None:
        [path] = folder.inbox.iterdir()
        packages, _ = intake.open_file(path, RECEIVED, unpacking(helpers.reader))
        [read] = read_packages(packages, helpers.reader)
        check_books(folder.cycle, before, {unit: read}, issued, {read.file: RECEIVED})

    return work


def fenced(place: Path, block: ExitStack) -> Work:
    """Every workbook of a folder looked at by the gate and read, each in a fenced child."""
    helpers = _ready_crew(block)

    def work() -> None:
        packages, _ = intake.collect(place, {}, unpacking(helpers.reader))
        for read in read_packages(packages, helpers.reader):
            if not read.entries:
                raise RuntimeError(f"{read.file} was not read: {read.findings}")

    return work


def pandas(place: Path, block: ExitStack, sheets: int) -> Work:
    """That many of the sheets the program reads of every workbook, read by pandas with openpyxl."""
    books = sorted(place.iterdir())
    titles = [sheet.title for sheet in layout("unit").tables]
    there = pd.ExcelFile(books[0], engine="openpyxl").sheet_names
    read = [title for title in titles if title in there][:sheets]
    how = {"sheet_name": read, "header": None, "engine": "openpyxl"}
    return lambda: [pd.read_excel(path, **how) for path in books]


def archived(place: Path, block: ExitStack) -> Work:
    """The archive of a cycle made of its result and put in place."""
    result = read_result(place / "output", find_cycle(place / "data", None))

    def work() -> None:
        files = {RESULT: archive.result_json(result), ARCHIVE: archive.archive_workbook(result)}
        files |= export(result)
        disk.commit(place / "archived", {**files, disk.MANIFEST: disk.manifest({}, files, {})})

    return work


def packets(place: Path, block: ExitStack, hands: int) -> Work:
    """Packets printed by one process or several."""
    press = block.enter_context(Worker(PRINT, hands=hands))
    page = (place / "packet.html").read_bytes()
    empty = b'<html lang="vi"><head><title>-</title></head><body></body></html>'

    def print_all(page: bytes) -> None:
        for coming in [press.submit(PRINT, None, page) for _ in range(PACKETS)]:
            coming.result()

    print_all(empty)  # every process has loaded
    return partial(print_all, page)


def communes(place: Path, block: ExitStack, count: int, workers: int) -> Work:
    """That many communes one after another on each worker: read, checked, scored, archived."""
    return _on_workers(block, partial(_run_communes, place, _run), count, workers)


def scored(place: Path, block: ExitStack, count: int, workers: int) -> Work:
    """The same without archives and drafts."""
    return _on_workers(block, partial(_run_communes, place, _score), count, workers)


def _on_workers(block: ExitStack, work: Callable[[range], None], count: int, workers: int) -> Work:
    if workers == 1:
        return partial(work, range(count))
    pool = block.enter_context(ProcessPoolExecutor(workers))
    shares = [range(first, count, workers) for first in range(workers)]
    return lambda: list(pool.map(work, shares))


def _run_communes(place: Path, deed: Callable[[Path, Crew], object], numbers: range) -> None:
    with crew() as helpers:
        for number in numbers:
            own = place / "communes" / str(number)
            shutil.copytree(place / "data", own / "data")
            deed(own, helpers)
            shutil.rmtree(own)


def _run(own: Path, helpers: Crew) -> None:
    start_cycle(_folder(own), own / "output", None, silent, helpers)


def _score(own: Path, helpers: Crew) -> None:
    """Do what a run does until every figure is there."""
    folder, output = _folder(own), own / "output"
    order = take_order(folder, output, None, helpers.reader)
    with held_collector():
        past = read_history(output, folder.cycle, chain.official(folder.data))
        before = read_plan(folder, past.before)
        received = receive(folder, before, order.mail, silent)
        group = read_verification(folder, before)
        checked, _ = compare(folder, before, check(folder.cycle, before, received), past)
        score(folder.cycle, before, received, checked, group, past, None)


def _folder(place: Path) -> CycleFolder:
    return CycleFolder(place / "data", find_cycle(place / "data", None))


def _ready_crew(block: ExitStack) -> Crew:
    """Return helpers that have loaded what they need."""
    helpers = block.enter_context(crew())
    helpers.reader.submit(READ, wire.question("", "unit", ()), b"").result()
    return helpers


WORKS = {
    work.__name__: work
    for work in (cycle, workbook, fenced, pandas, archived, packets, communes, scored)
}  # fmt: skip


def _used() -> float:
    """Return the processor time of this process and of those that have ended."""
    kinds = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in kinds)


def main(what: str, place: Path, *numbers: int) -> None:
    """Do one work and print what it took."""
    used = _used()
    with ExitStack() as block:
        work = WORKS[what](place, block, *numbers)
        before, start = _used() - used, time.perf_counter()
        work()
        seconds = time.perf_counter() - start
    print(seconds, _used() - used - before)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
