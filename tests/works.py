"""What a helper process is made to do in the tests: good work, and every way to end badly."""

import ctypes
import os
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

MOMENTS = [date(2026, 11, 15), datetime(2026, 11, 15, 8, 30), clock(7, 45), timedelta(hours=30)]
WRITTEN = Path(tempfile.gettempdir()) / "written-by-a-fenced-child"
Answer = tuple[object, Sequence[bytes]]


def echo(header: object, blobs: Sequence[bytes]) -> Answer:
    return header, blobs


def echo_in_steps(header: object, blobs: Sequence[bytes]) -> Generator[int, None, Answer]:
    """Yield how many blobs are looked at, then answer with them."""
    yield from range(1, len(blobs) + 1)
    return header, blobs


def misbehave(header: str, blobs: Sequence[bytes]) -> Answer:
    """Do the evil deed that the header names; answer anything else."""
    return DEEDS.get(header, lambda: header)(), []


def count_for_ever() -> None:
    while True:
        pass


def fill_memory() -> list:
    return [bytearray(50_000_000) for _ in range(100)]


def write_a_file() -> None:
    with open(WRITTEN, "wb") as handle:
        handle.write(b"x")


DEEDS = {
    "hang": count_for_ever,
    "sleep": lambda: time.sleep(600),
    "wait": lambda: time.sleep(1),
    "memory": fill_memory,
    "abort": os.abort,
    "segfault": lambda: ctypes.string_at(0),
    "killed": lambda: os.kill(os.getpid(), 9),
    "exit": lambda: os._exit(0),
    "raise": lambda: [][0],
    "flood": lambda: "x" * 70_000_000,
    "write": write_a_file,
    "noise": lambda: print("noise", file=sys.stdout, flush=True),
    "moments": lambda: MOMENTS,
    "environment": lambda: sorted(os.environ),
    "end the server": lambda: os.kill(os.getppid(), 9),
}
