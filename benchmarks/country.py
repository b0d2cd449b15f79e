"""How a country scales: cycles run and archives rolled up on one and on two workers.

    python -m benchmarks.country FOLDER [COMMUNES] [ENGINE…]

FOLDER is what make_country made; the first COMMUNES of it are measured. An engine is a number of
processes, or «local» for a Dask cluster of two. Prints a line of a table for each: seconds,
communes a second, peak memory of a worker with its helpers, processor time.
"""

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import lru_cache, partial
from pathlib import Path

from benchmarks.workspace import silent
from pipeline.cli.speech import teller
from pipeline.cycle.crew import Crew, Tell, crew
from pipeline.cycle.parts import Order, read_commune
from pipeline.cycle.start import start_cycle
from pipeline.model.folders import CycleFolder, find_cycle
from pipeline.tools.engine import LOCAL, run_tasks, start_engine

PERIOD, EARLIER = "2026-11", ()
COUNTED = 24
MB = 1024
BLOCK = ExitStack()  # what is open as long as this process


def run_one(data: str) -> tuple[int, float]:
    """Run a commune's cycle without printing, in a folder that is then cleared away."""
    before = _used()
    with tempfile.TemporaryDirectory(prefix="sauro-country-") as own:
        shutil.copytree(data, Path(own) / "data")
        folder = CycleFolder(Path(own) / "data", find_cycle(Path(own) / "data", None))
        start_cycle(folder, Path(own) / "output", None, silent, _crew())
    return _memory(), _used() - before


def read_one(data: str) -> tuple[int, float]:
    """Read a commune's archive as a rollup does."""
    before = _used()
    part = read_commune(Order(data, data, PERIOD, EARLIER))
    if not part.counts:
        raise RuntimeError(part.faults)
    return _memory(), _used() - before


@lru_cache
def _crew() -> Crew:
    """Return this worker's helpers, the same for all its communes; they end with it."""
    return BLOCK.enter_context(crew())


def _memory() -> int:
    """Return the peak memory of this process and of its living children, in KB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return own + sum(map(_peak, children))


def _peak(pid: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _used() -> float:
    """Return the processor time of this process, its living helpers and those that ended."""
    own = sum(os.times()[:4])
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return own + sum(map(_ticks, children))


def _ticks(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def measure(work: Callable, folders: Sequence[str], engine: str, tell: Tell) -> str:
    """Return a line of the table for one work on one engine."""
    scheduler = LOCAL if engine == LOCAL else None
    workers = 2 if scheduler else int(engine)
    with start_engine(workers, scheduler) as running:
        start = time.perf_counter()
        stage = f"{work.__name__} on {engine}"
        told = partial(_told, tell, stage, len(folders))
        answers = run_tasks(running, work, folders, told).answers
        seconds = time.perf_counter() - start
    memory, cpu = max(peak for peak, _ in answers) / MB, sum(used for _, used in answers)
    cells = (work.__name__, engine, f"{seconds:.1f}", f"{len(folders) / seconds:.2f}")
    return f"| {' | '.join(cells)} | {memory:.0f} | {cpu / len(folders):.2f} |"


def _told(tell: Tell, stage: str, total: int, done: int) -> None:
    tell(stage, done, total)


def main(place: Path, count: int, engines: Sequence[str]) -> None:
    """Print the table."""
    print(f"{count} communes, load average {os.getloadavg()[0]:.1f}")
    print("| work | engine | seconds | communes a second | MB a worker | CPU s a commune |")
    print("|---|---|---|---|---|---|")
    tell = teller()
    for work, kind in ((run_one, "data"), (read_one, "archives")):
        folders = list(map(str, sorted((place / kind).iterdir())[:count]))
        for engine in engines:
            print(measure(work, folders, engine, tell), flush=True)


if __name__ == "__main__":
    where, *rest = sys.argv[1:]
    main(Path(where), int(rest[0]) if rest else COUNTED, rest[1:] or ["1", "2", LOCAL])
