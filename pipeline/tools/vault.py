"""Put closed cycles away: staged, synced, renamed, read-only, and never written over."""

import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import CLOSED, CLOSING, LEDGER, CycleFolder
from pipeline.tools import chain, disk

READ_ONLY, SHUT = stat.S_IRUSR, stat.S_IRUSR | stat.S_IXUSR  # of a file, of a folder


def close(
    folder: CycleFolder,
    files: Mapping[str, bytes],
    at: str,
    who: str,
    why: str,
    told: Mapping[str, object],
) -> Path:
    """Put the next revision of a cycle away under its record; return where it lies.

    `told` is what the record says of how the files were made. A fault leaves the revision there or
    not at all; so-khoa.csv is mended by the next closing or reopening.
    """
    tidy(folder.data)
    acts = chain.read_acts(folder.data)
    revision = 1 + max((a.revision for a in acts if a.cycle == folder.cycle), default=0)
    record = chain.next_act(acts, chain.CLOSE, folder.cycle, revision, at, who, why)
    hashes = {"files": {name: disk.sha256(data) for name, data in files.items()}}
    place = folder.closed / f"r{revision}"
    _freeze(place, {**files, CLOSING: chain.as_json(record | dict(told) | hashes)})
    _write_ledger(folder.data)
    return place


def reopen(data: Path, cycle: Cycle, at: str, who: str, why: str) -> None:
    """Record that a closed cycle is worked on again: who wants it, when and why."""
    tidy(data)
    acts = chain.read_acts(data)
    act = chain.closed(data)[cycle]
    record = chain.next_act(acts, chain.REOPEN, cycle, act.revision, at, who, why)
    path = data / CLOSED / str(cycle) / chain.reopening(act.revision)
    disk.require_room(path.parent, len(chain.as_json(record)))
    disk.write_file(path, chain.as_json(record))
    path.chmod(READ_ONLY)
    _write_ledger(data)


def _freeze(place: Path, files: Mapping[str, bytes]) -> None:
    """Put a set of files in place as a folder nobody has to write in any more."""
    if place.exists():
        raise InputError(f"{place} đã có; bản đã khóa không ghi đè. Chạy: sauro verify")
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(exist_ok=True, mode=disk.OWN)
    staged = disk.stage(place, files)
    for path in staged.rglob("*"):
        if path.is_file():
            path.chmod(READ_ONLY)
    staged.rename(place)
    disk.sync_folder(place.parent)
    _shut(place)


def _shut(place: Path) -> None:
    for path in [place, *place.rglob("*")]:
        if path.is_dir():
            path.chmod(SHUT)


def _write_ledger(data: Path) -> None:
    """Write so-khoa.csv from the records, which are never written again."""
    path = data / CLOSED / LEDGER
    disk.write_file(path, chain.ledger(chain.read_acts(data)))


def tidy(data: Path) -> None:
    """Clear away what a closing that was killed left half done, and finish what it had done.

    Raises InputError where a record is gone that so-khoa.csv still tells of.
    """
    for left in (data / CLOSED).glob("*/.*.tmp"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    acts = chain.read_acts(data)
    for act in acts:
        if act.closes and os.access(act.folder, os.W_OK):
            _shut(act.folder)
    path = data / CLOSED / LEDGER
    there = path.read_bytes() if path.is_file() else b""
    _refuse_lost(there, acts, path)
    if acts and there != chain.ledger(acts) and chain.ledger(acts).startswith(there):
        _write_ledger(data)


def _refuse_lost(ledger: bytes, acts: Iterable[chain.Act], path: Path) -> None:
    """Raise InputError where so-khoa.csv tells of a record that is gone: it is the last witness."""
    known = {str(act.number) for act in acts}
    noted = {line.partition(";")[0] for line in ledger.decode("utf-8-sig", "replace").splitlines()}
    if gone := sorted(number for number in noted - known if number.isdigit()):
        said = f"{path} còn ghi việc số {', '.join(gone)} mà bản ghi không còn"
        raise InputError(f"{said}; chạy: sauro verify, rồi lấy lại tệp từ bản sao lưu.")
