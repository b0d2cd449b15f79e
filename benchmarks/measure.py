"""Whole processes timed from outside, in turn: a busy machine then slows all of them alike.

This process stays small: a child's peak memory is never counted below its parent's at the fork.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipeline import ROOT

FONTS = {"FONTCONFIG_FILE": str(ROOT / "templates" / "fonts" / "fonts.conf")}
KEEPS_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"  # an ordinary machine keeps it: the warm-up makes it
LAST_WORDS = 2000


@dataclass(frozen=True)
class Sample:
    """One run: seconds on the clock and of processor time, peak memory in MB, what it printed."""

    seconds: float
    cpu: float
    memory: float
    said: str = ""


Samples = Mapping[str, list[Sample]]
Step = Callable[[Path], Sample]


def run(*command: str | Path, **extra: str) -> Sample:
    """Return how one process went; `extra` are variables of its environment. Raises if it fails."""
    environment = {key: value for key, value in os.environ.items() if key != KEEPS_NO_BYTECODE}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(
            list(map(str, command)), stdout=out, stderr=err, cwd=ROOT, env=environment | extra
        )
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            raise RuntimeError(f"{command} failed: {err.read().decode()[-LAST_WORDS:]}")
        said = out.read().decode()
    return Sample(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def in_turn(steps: Sequence[Step], place: Path, rounds: int) -> dict[str, list[Sample]]:
    """Return each step's samples by its name, in turn, round by round."""
    taken: dict[str, list[Sample]] = {step.__name__: [] for step in steps}
    start, total = time.monotonic(), rounds * len(steps)
    for done in range(total):
        number, step = done // len(steps) + 1, steps[done % len(steps)]
        _tell(f"round {number}/{rounds}, {step.__name__}", done, total, time.monotonic() - start)
        taken[step.__name__].append(step(place))
    return taken


def _tell(what: str, done: int, total: int, seconds: float) -> None:
    """Say what is measured next and how long all will take; not by the program's own teller.

    That one would load what makes this process larger than the smallest it measures.
    """
    if "CI" in os.environ:
        return
    left = (
        f", about {timedelta(seconds=round(seconds / done * (total - done)))} left" if done else ""
    )
    print(f"{done}/{total}: {what}{left}", file=sys.stderr, flush=True)


def median(samples: Iterable[Sample], part: str) -> float:
    """Return the median of one part of the samples."""
    return statistics.median(getattr(sample, part) for sample in samples)


def ratio(samples: Iterable[Sample], others: Iterable[Sample], part: str) -> float:
    """Return the median over the rounds of one step's part ÷ the other's in the same round."""
    pairs = zip(samples, others, strict=True)
    return statistics.median(getattr(one, part) / getattr(other, part) for one, other in pairs)
