"""One deed on the disk, tried again and again in a child that fails at a later call each time.

    python interrupting.py kill|full DEED PLACE

Leaves PLACE/1, PLACE/2, … as a fault at the first, second, … call left them, and prints how many
there are and one more: the deed that no fault reached.
"""

import ctypes
import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from pipeline import ROOT
from pipeline.model.calendar import parse_cycle
from pipeline.model.folders import CycleFolder
from pipeline.tools import disk, exchange, vault

CALLS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "fsync"}
MOST = 200
OLD = {"a": b"old", "b/c": b"old"}
NEW = {"a": b"new", "b/c": b"new", "d": b"new"}
LARGE = b"x" * 100_000
SET = "2026-11-K1"
FIRST, SECOND = parse_cycle("2026-10-K2"), parse_cycle(SET)
ACT = ("2026-11-20T09:00+07:00", "who", "why")


class NoExchange:
    """A system that cannot let two folders change places."""

    def renameat2(self, *args: object) -> int:
        ctypes.set_errno(errno.EINVAL)
        return -1


def commit(place: Path) -> None:
    disk.commit(place / SET, NEW)


def commit_plainly(place: Path) -> None:
    exchange.ctypes.CDLL = lambda *args, **options: NoExchange()
    commit(place)


def write(place: Path) -> None:
    disk.write_file(place / SET / "a", LARGE)


def close(place: Path) -> None:
    vault.close(CycleFolder(place, SECOND), NEW, *ACT, {})


def reopen(place: Path) -> None:
    vault.reopen(place, FIRST, *ACT)


def lay_old(place: Path) -> None:
    disk.commit(place / SET, OLD)


def close_first(place: Path) -> None:
    vault.close(CycleFolder(place, FIRST), NEW, *ACT, {})


DEEDS = {  # name → what is there before, what is done
    "commit": (lay_old, commit),
    "plain commit": (lay_old, commit_plainly),
    "write": (lay_old, write),
    "close": (close_first, close),
    "reopen": (close_first, reopen),
}


def arm(fault: str, nth: int) -> list[int]:
    """Fail at the nth call to the disk from here on; what is returned holds how many are left."""
    left = [nth]

    def heard(event: str, args: tuple) -> None:
        left[0] -= event in CALLS
        if event in CALLS and left[0] == 0:
            if fault == "kill":
                os._exit(9)
            raise OSError(errno.ENOSPC, "No space left on device")

    sync = os.fsync
    os.fsync = lambda handle: (heard("fsync", ()), sync(handle))
    sys.addaudithook(heard)
    return left


def is_reached(deed: Callable, place: Path, fault: str, nth: int) -> bool:
    """Do a deed in a child; say whether it came to its nth call."""
    child = os.fork()
    if child == 0:
        try:
            left = arm(fault, nth)
            with suppress(OSError):
                deed(place)
                os._exit(left[0] <= 0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def interrupted(fault: str, deed: str, place: Path) -> Iterator[tuple[int, Path]]:
    """Yield the number of every call of a deed, and a place as a fault at it left it."""
    command = [sys.executable, __file__, fault, deed, str(place)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=env)
    last = int(done.stdout)
    assert 4 < last < MOST
    for nth in range(1, last):
        yield nth, place / str(nth)


def main(fault: str, name: str, places: Path) -> None:
    """Try until no fault reaches the deed."""
    before, deed = DEEDS[name]
    for nth in range(1, MOST + 1):
        place = places / str(nth)
        place.mkdir()
        before(place)
        if not is_reached(deed, place, fault, nth):
            break
    print(nth)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
