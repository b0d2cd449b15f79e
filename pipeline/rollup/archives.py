"""The archives a province was sent: where they lie, and whether one is as it was closed."""

import os
import stat
from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import CLOSED
from pipeline.tools import chain

MOST_BYTES = 256 * 1024 * 1024  # of one JSON file: a result of 30,000 lines has a tenth of that
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz")


def find_archives(folders: Iterable[Path]) -> list[Path]:
    """Return what may be a commune's archive in these folders, each once; raises InputError.

    A folder is an archive if luu-tru lies in it, or if it is luu-tru itself. Of any other every
    folder in it is one, or a group of such; a packed file is given back to be named.
    """
    found: dict[Path, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"không thấy thư mục {folder}.")
        inside = _archives(folder) or [path for one in _inside(folder) for path in _group(one)]
        if not inside:
            raise InputError(f"trong {folder} không có kho lưu trữ nào (thư mục {CLOSED}).")
        found |= {path.resolve(): path for path in inside}
    return list(found.values())


def _archives(folder: Path) -> list[Path]:
    if (folder / CLOSED).is_dir():
        return [folder]
    return [folder.absolute().parent] if folder.absolute().name == CLOSED else []


def _group(folder: Path) -> list[Path]:
    """Return the archives of one folder in the middle, itself where there is none."""
    below = [path for path in _inside(folder) if path.is_dir() and _archives(path)]
    return _archives(folder) or below or [folder]


def _inside(folder: Path) -> list[Path]:
    """Return the folders and packed files of a folder."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    shown = [path for path in paths if not path.name.startswith(".") and not path.is_symlink()]
    return [path for path in shown if path.is_dir() or path.suffix.lower() in PACKED]


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
