"""What a run and a closing do to the disk at the end, alone: to be cut short anywhere.

    python committing.py NEW SAID

A server: NEW holds the files to be written, SAID takes what the last order said. It reads orders, a JSON object a line, carries each out
in a child and answers with how the child ended. A tracer that strikes at the n-th call of every
process strikes where an order wants it: the child first makes so many calls that do nothing.
"""

import ctypes
import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipeline.cli.speech import Command, Group
from pipeline.model.calendar import parse_cycle
from pipeline.model.folders import CycleFolder
from pipeline.tools import disk, vault

CYCLE, AT = parse_cycle("2026-11-K1"), "2026-11-20T09:00+07:00"
DRAFTS = ("so-nhan.csv", "tham-dinh.xlsx", "ket-luan.xlsx")
COMING = "giao-viec.xlsx"
NOWHERE = "/nowhere/at/all"
LIBC = ctypes.CDLL(None)
NULL, ROOT = os.open(os.devnull, os.O_WRONLY), os.open("/", os.O_RDONLY)
IDLE = {
    "openat": lambda: os.open(NOWHERE, os.O_RDONLY),
    "write": lambda: os.write(NULL, b"x"),
    "fsync": lambda: os.fsync(NULL),
    "renameat2": lambda: LIBC.renameat2(-100, NOWHERE.encode(), -100, NOWHERE.encode(), 2),
    **dict.fromkeys(("rename", "renameat"), lambda: os.rename(NOWHERE, NOWHERE)),
    **dict.fromkeys(("mkdir", "mkdirat"), lambda: os.mkdir("/")),
    **dict.fromkeys(("chmod", "fchmodat"), lambda: os.chmod(NOWHERE, 0)),
    "unlink": lambda: os.unlink(NOWHERE),
    "unlinkat": lambda: os.unlink("nowhere/at/all", dir_fd=ROOT),
    "rmdir": lambda: os.rmdir(NOWHERE),
}


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its name there."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files)}


def cycle(place: Path, new: Mapping[str, bytes]) -> None:
    """Put the drafts and the outputs of a run in place, as a run does."""
    folder = CycleFolder(place / "data", CYCLE)
    drafts = {folder.place / name: new[name] for name in DRAFTS}
    with disk.locked(place / "output"):
        disk.update_drafts(drafts, folder.data, disk.hashes(drafts, folder.data))
        disk.commit(place / "output" / str(CYCLE), new)


def close(place: Path, new: Mapping[str, bytes]) -> None:
    """Draft the next cycle's table and put a closed revision away, as a closing does."""
    folder = CycleFolder(place / "data", CYCLE)
    following = CycleFolder(place / "data", CYCLE.next)
    with disk.locked(place / "output"):
        disk.write_file(following.assignments, new[COMING])
        vault.close(folder, new, AT, "Thư ký", "họp", {"originals": {}})


DEEDS = {"cycle": cycle, "close": close}


def carry_out(order: Mapping, new: Mapping[str, bytes]) -> None:
    """Do a deed, telling a fault of the disk as the program tells it."""
    place = Path(order["place"])
    for _ in range(order.get("idle", 0)):
        with suppress(OSError):
            IDLE[order["call"]]()
    deed = Command("do", callback=lambda: DEEDS[order["deed"]](place, new))
    Group("sauro", commands=[deed]).main(["do"])


def answer(order: Mapping, new: Mapping[str, bytes]) -> dict:
    """Carry an order out in a child; kill it after a time where that is asked."""
    began = time.monotonic()
    os.truncate(2, 0)
    child = os.fork()
    if child == 0:
        try:
            carry_out(order, new)
        except SystemExit as left:
            os._exit(left.code or 0)
        finally:
            os._exit(1)
    if "after" in order:
        time.sleep(order["after"])
        os.kill(child, 9)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"child": child, "code": code, "seconds": time.monotonic() - began}


def main() -> None:
    """Answer every order."""
    new = contents(Path(sys.argv[1]))
    os.dup2(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), new)), flush=True)


if __name__ == "__main__":
    main()
