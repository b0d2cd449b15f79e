"""The Word drafts in the cycle's own folder: replaced as long as nobody has saved them, then kept."""

from itertools import count
from pathlib import Path

from pipeline.model.folders import DOCUMENTS, DRAFTS, CycleFolder
from pipeline.tools import disk
from pipeline.tools.seal import is_untouched


def lay_out(folder: CycleFolder, output: Path) -> list[str]:
    """Put the last run's drafts where they are written on; say where, and which ones were left.

    A document somebody has saved is never written over: the draft beside it is named instead.
    """
    drafted = output / str(folder.cycle) / DRAFTS
    fresh = [name for name in DOCUMENTS if (drafted / name).is_file()]
    typed = [name for name in fresh if _is_typed(folder.place / name)]
    for name in fresh:
        if name not in typed:
            disk.write_file(folder.place / name, (drafted / name).read_bytes())
    return _said(folder, drafted, fresh, typed)


def _said(folder: CycleFolder, drafted: Path, fresh: list[str], typed: list[str]) -> list[str]:
    lines = []
    if fresh:
        lines.append(f"Dự thảo để sửa trong Word, ở {folder.place}: {', '.join(fresh)}.")
    if typed:
        lines.append(
            f"Đã có người sửa, giữ nguyên: {', '.join(typed)}."
            f" Bản soạn theo số liệu lần này: {drafted}."
        )
    if copies := [path.name for name in fresh for path in folder.place.glob(_numbered(name, "*"))]:
        lines.append(f"Chữ gõ ở thư mục kết quả cũng được giữ: {', '.join(sorted(copies))}.")
    return lines


def keep_typed(folder: CycleFolder, output: Path) -> None:
    """Bring drafts that somebody saved in the output folder, which is replaced, to safety."""
    for name in DOCUMENTS:
        path = output / str(folder.cycle) / DRAFTS / name
        if _is_typed(path):
            data = path.read_bytes()
            disk.write_file(_free(folder, name, data), data)


def _is_typed(path: Path) -> bool:
    return path.is_file() and not is_untouched(path.read_bytes())


def _free(folder: CycleFolder, name: str, data: bytes) -> Path:
    """Return where a document can lie without taking the place of what somebody typed."""
    path = folder.place / name
    for number in count(2):
        if not _is_typed(path) or path.read_bytes() == data:
            return path
        path = folder.place / _numbered(name, number)


def _numbered(name: str, number: int | str) -> str:
    """Return «bien-ban (2).docx»."""
    stem, _, ending = name.rpartition(".")
    return f"{stem} ({number}).{ending}"
