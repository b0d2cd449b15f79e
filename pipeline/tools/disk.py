"""The only place that writes outputs: lock, stage, commit, hash, manifest."""

import errno
import fcntl
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeline import ROOT, VERSION
from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError, OperatorError
from pipeline.model.folders import RESULT, CycleFolder
from pipeline.tools import chain
from pipeline.tools.exchange import exchange

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
OWN = 0o700  # of folders
MANIFEST_KEYS = {"program", "libraries", "inputs", "outputs", "record"}
LIBRARIES = (
    *("pandas", "pandera", "python-calamine", "XlsxWriter"),
    *("Jinja2", "weasyprint", "pydyf", "fonttools", "python-docx", "lxml"),
)
PROGRAM = ("pipeline/**/*.py", "schemas/*.toml", "templates/**/*")


class BusyError(OperatorError):
    """Another run holds the output folder."""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def hashes(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the SHA-256 of every file by its path below root, in order."""
    return {path.relative_to(root).as_posix(): sha256(path.read_bytes()) for path in sorted(paths)}


def run_inputs(
    folder: CycleFolder,
    output: Path,
    earlier: Iterable[Cycle],
    now: datetime | None,
    *,
    draft: bool = False,
) -> dict[str, str]:
    """Return the hashes of all a run depends on: data files, the given time, earlier results."""
    return data_inputs(folder, now, draft=draft) | earlier_inputs(folder, output, earlier)


def data_inputs(
    folder: CycleFolder, now: datetime | None, *, draft: bool = False
) -> dict[str, str]:
    """Return the hashes of a cycle's data files, what lies beside them, and what was asked for.

    That is the given time, and whether the run is a rehearsal. Of a cycle that was opened again its
    closed result is an input: what was printed then is compared.
    """
    strays = {f"{folder.inbox.name}/{name}": "" for name in folder.strays}
    asked = {"now": now.isoformat() if now else "", "draft": "NHÁP" if draft else ""}
    closed = chain.newest_revision(folder.data, folder.cycle)
    printed = [path for path in [closed and closed / RESULT] if path and path.is_file()]
    return hashes([*folder.inputs, *printed], folder.data) | strays | asked


def earlier_inputs(folder: CycleFolder, output: Path, earlier: Iterable[Cycle]) -> dict[str, str]:
    """Return the hashes of the earlier cycles' results, "" where there is none yet.

    And what has changed in the cycle just before since it was run, and the head of the chain of
    closed cycles. A closed cycle's result is the one in luu-tru/.
    """
    results = chain.result_paths(folder.data, output, earlier)
    changed = changed_since(output, CycleFolder(folder.data, folder.cycle.previous))
    head = chain.head_before(folder.data, folder.cycle)
    return {"changed": ", ".join(changed), "chain": head} | {
        f"{cycle}/{RESULT}": sha256(path.read_bytes()) if path.is_file() else ""
        for cycle, path in results.items()
    }


def changed_since(output: Path, folder: CycleFolder) -> list[str]:
    """Return the files of a cycle's own folder that its last run did not see as they are now.

    What comes in after a cycle was closed changes nothing.
    """
    stored = read_manifest(output / str(folder.cycle))
    if stored is None or folder.cycle in chain.closed(folder.data):
        return []
    own = [path for path in folder.inputs if folder.place in path.parents]
    there, place = hashes(own, folder.data), folder.place.relative_to(folder.data).as_posix()
    seen = {name: d for name, d in stored["inputs"].items() if name.startswith(f"{place}/")}
    other = (name for name in there | seen if there.get(name) != seen.get(name))
    return sorted(name.removeprefix(f"{place}/") for name in other)


def program_hash() -> str:
    """Return one hash over code, declarations and templates."""
    files = {path for pattern in PROGRAM for path in ROOT.glob(pattern) if path.is_file()}
    return sha256(json.dumps([VERSION, hashes(files, ROOT)]).encode())


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Hold the output folder for one run; raises BusyError at once when another run has it."""
    try:
        output.mkdir(parents=True, exist_ok=True, mode=OWN)
    except FileNotFoundError as error:
        raise InputError(f"không tạo được thư mục {output}.") from error
    with open(output / ".khoa", "a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            raise BusyError(
                f"một lượt chạy khác đang làm ({handle.read().strip()}); đợi xong rồi chạy lại."
            ) from error
        with _named(handle.name):
            handle.truncate(0)
            handle.write(f"tiến trình {os.getpid()}")
            handle.flush()
        _clear_up(output)
        yield


def _clear_up(output: Path) -> None:
    """Put right what a run that was killed left half done."""
    for retired in output.glob(".*.old"):
        folder = output / retired.name.split(".")[1]
        if not folder.exists():
            retired.rename(folder)
    for left in [*output.glob(".*.tmp"), *output.glob(".*.old")]:
        shutil.rmtree(left, ignore_errors=True)


def write_file(path: Path, data: bytes) -> None:
    """Write one file whole or not at all, and only when its bytes differ."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.tmp"):  # of a run that was killed
        left.unlink()
    staged = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    _write_synced(staged, data)
    staged.replace(path)
    sync_folder(path.parent)


def update_drafts(
    drafts: Mapping[Path, bytes], root: Path, inputs: Mapping[str, str]
) -> dict[str, str]:
    """Write drafts in place, but never over what somebody saved since `inputs` was taken.

    Returns the hashes of those written; one left alone is read by the next run.
    """
    names = {path: path.relative_to(root).as_posix() for path in drafts}
    there = hashes((path for path in drafts if path.is_file()), root)
    untouched = [path for path, name in names.items() if there.get(name) == inputs.get(name)]
    for path in untouched:
        write_file(path, drafts[path])
    return {names[path]: sha256(drafts[path]) for path in untouched}


def commit(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a set of files in place as one folder: staged and synced beside it, then exchanged."""
    staged = stage(folder, files)
    if folder.exists():
        exchange(staged, folder)
    else:
        staged.rename(folder)
    sync_folder(folder.parent)
    shutil.rmtree(staged, ignore_errors=True)


def stage(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a set of files, synced, into a hidden folder beside the one it is to become."""
    staged = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(staged, ignore_errors=True)
    require_room(folder.parent, sum(map(len, files.values())))
    try:
        staged.mkdir(parents=True, mode=OWN)  # it holds what people did, and their scores
        for name, data in files.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            _write_synced(staged / name, data)
    except OSError:
        shutil.rmtree(staged, ignore_errors=True)  # a full disk needs the room
        raise
    for place in {(staged / name).parent for name in files}:
        sync_folder(place)
    return staged


def require_room(place: Path, size: int) -> None:
    """Raise OSError, naming the place and the bytes, where a disk has no room for that many."""
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < size:
        said = f"{place} (cần {size} byte, còn {free} byte)"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), said)


def _write_synced(path: Path, data: bytes) -> None:
    with _named(f"{path} ({len(data)} byte)"), open(path, "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


@contextmanager
def _named(place: str) -> Iterator[None]:
    """Have a fault of the disk name the place; the system itself does not after an open."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, place) from error


def sync_folder(folder: Path) -> None:
    """Have what was written in a folder outlast a power cut."""
    with _named(str(folder)):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def manifest(
    inputs: Mapping[str, str], outputs: Mapping[str, bytes], record: Mapping[str, object]
) -> bytes:
    """Return manifest.json: hashes of all that went in and came out, and what the terminal said."""
    content = {
        "version": MANIFEST_VERSION,
        "program": program_hash(),
        "libraries": versions(),
        "inputs": dict(inputs),
        "outputs": {name: sha256(data) for name, data in outputs.items()},
        "record": dict(record),
    }
    return chain.as_json(content)


def versions() -> dict[str, str]:
    """Return the installed versions of the libraries that decide an output's bytes."""
    from importlib import metadata  # a third of the start of a command that does not need it

    python = platform.python_version()
    return {"python": python} | {name: metadata.version(name) for name in LIBRARIES}


def unchanged(folder: Path, inputs: Mapping[str, str], wanted: Iterable[str]) -> dict | None:
    """Return the record of the last run when nothing it depends on has changed, else None."""
    stored = read_manifest(folder)
    if stored is None or not set(wanted) <= stored["outputs"].keys():
        return None
    same = stored["inputs"] == dict(inputs) and stored["program"] == program_hash()
    if not same or stored["libraries"] != versions():
        return None
    intact = all(_is_intact(folder / name, digest) for name, digest in stored["outputs"].items())
    return stored["record"] if intact else None


def holds(folder: Path, name: str) -> bool:
    """Say whether a run's folder holds an output just as it was written."""
    stored = read_manifest(folder)
    return stored is not None and _is_intact(folder / name, stored["outputs"].get(name, ""))


def read_record(folder: Path) -> dict | None:
    """Return what the last run said, or None before the first."""
    stored = read_manifest(folder)
    return stored and stored["record"]


def read_manifest(folder: Path) -> dict | None:
    """Return the manifest of the last run, None where there is none that can be read."""
    try:
        stored = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    known = isinstance(stored, dict) and stored.get("version") == MANIFEST_VERSION
    return stored if known and stored.keys() >= MANIFEST_KEYS else None


def _is_intact(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path.read_bytes()) == digest
