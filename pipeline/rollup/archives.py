"""The archives a province was sent: where they lie, and whether one is as it was closed."""

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import CLOSED, PROVINCE_RESULT, inside
from pipeline.tools import chain

MOST_BYTES = 256 * 1024 * 1024  # of one JSON file: a result of 30,000 lines has a tenth of that
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz")


def find_archives(folders: Iterable[Path], output: Path) -> dict[str, Path]:
    """Return whatever may be a commune's archive in these folders, each once, by its name.

    A folder is an archive if luu-tru lies in it, or if it is luu-tru itself. Of any other every
    folder in it is one, or a group of such; what cannot be one is given back to be named: links,
    packed files, files without a suffix. No commune's is the folder that holds nothing but
    `output`, where the rollup is to be written. Raises InputError.
    """
    found: dict[Path, Path] = {}
    ours = output.resolve().parents
    for folder in map(Path.absolute, folders):
        if not folder.is_dir():
            raise InputError(f"không thấy thư mục {folder}.")
        folder = folder.resolve() if folder.is_symlink() else folder
        there = _archives(folder) or [path for one in _inside(folder) for path in _group(one)]
        there = [path for path in there if path.resolve() not in ours or _archives(path)]
        if not there:
            raise InputError(f"trong {folder} không có kho lưu trữ nào (thư mục {CLOSED}).")
        found |= {path if path.is_symlink() else path.resolve(): path for path in there}
    return _named([*found.values()])


def _archives(folder: Path) -> list[Path]:
    if (folder / CLOSED).is_dir():
        return [folder]
    return [folder.parent] if folder.name == CLOSED and folder.is_dir() else []


def _group(folder: Path) -> list[Path]:
    """Return what lies in a folder in the middle if an archive does, else the folder itself."""
    below = [] if folder.is_symlink() or _archives(folder) else _inside(folder)
    if any(map(_archives, below)):
        return below
    return [] if any(map(_is_rollup, inside(folder))) else [folder]


def _is_rollup(folder: Path) -> bool:
    """Say whether a folder holds what an earlier rollup has written."""
    return (folder / PROVINCE_RESULT).is_file()


def _inside(folder: Path) -> list[Path]:
    """Return what a commune may have sent, of what lies in a folder; a list or a note is no such.

    A folder becomes a file without a suffix where a copy goes wrong.
    """
    known = (path for path in inside(folder) if not _is_rollup(path))
    shown = (path for path in known if not path.name.startswith("."))
    sent = ("", *PACKED)
    return [p for p in shown if p.is_dir() or p.is_symlink() or p.suffix.lower() in sent]


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """Return the paths by name, with as many folders above as tell those of one name apart."""
    tails = {path: ["/".join(path.parts[-n:]) for n in range(1, len(path.parts))] for path in paths}
    counts = Counter(tail for known in tails.values() for tail in known)
    return {next((t for t in tails[path] if counts[t] == 1), str(path)): path for path in paths}


def damages(data: Path, cycles: Collection[Cycle]) -> list[str]:
    """Return every damage to a commune's closed cycles, one sentence each that names the file.

    Nothing is opened where anything lies that is no plain file, or is far too large.
    """
    return _odd(data) or chain.damages(data, cycles)


def _odd(data: Path) -> list[str]:
    """Return what no archive of ours holds: links, pipes, devices, giant records."""
    odd = [f"{CLOSED}: không phải thư mục thường."] if (data / CLOSED).is_symlink() else []
    for place, folders, files in os.walk(data / CLOSED):
        for path in (Path(place, name) for name in sorted([*folders, *files])):
            seen, named = path.lstat(), path.relative_to(data).as_posix()
            if not (stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode)):
                odd.append(f"{named}: không phải tệp thường.")
            elif path.suffix == ".json" and seen.st_size > MOST_BYTES:
                odd.append(f"{named}: quá lớn.")
    return odd
