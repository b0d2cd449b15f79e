"""The Word drafts in the cycle's own folder: replaced until somebody saves them, then kept."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from pipeline.model.folders import DOCUMENTS, DRAFTS, CycleFolder
from pipeline.tools import disk
from pipeline.tools.seal import is_untouched


def lay_out(folder: CycleFolder, output: Path) -> None:
    """Put the last run's drafts where they are written on, but never over what somebody saved."""
    for draft in _drafts(folder, output):
        if not _is_typed(folder.place / draft.name):
            disk.write_file(folder.place / draft.name, draft.read_bytes())


def tell(folder: CycleFolder, output: Path) -> list[str]:
    """Return where the drafts lie, which ones are people's now, and where newer ones are."""
    there = folder.documents
    typed = _listed(path for path in there if _is_typed(path))
    copies = (copy.name for path in there for copy in path.parent.glob(_numbered(path.name, "*")))
    lines = [f"Dự thảo để sửa trong Word, ở {folder.place}: {_listed(there)}."] if there else []
    if typed and (drafts := _drafts(folder, output)):
        newer = f"Bản soạn theo số liệu lần này: {drafts[0].parent}."
        lines.append(f"Đã có người sửa, giữ nguyên: {typed}. {newer}")
    if kept := ", ".join(sorted(copies)):
        lines.append(f"Bản đã sửa ở thư mục kết quả, cũng được giữ: {kept}.")
    return lines


def _listed(paths: Iterable[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _drafts(folder: CycleFolder, output: Path) -> list[Path]:
    """Return the drafts of the last run."""
    place = output / str(folder.cycle) / DRAFTS
    return [path for name in DOCUMENTS if (path := place / name).is_file()]


def keep_typed(folder: CycleFolder, output: Path) -> None:
    """Bring drafts that somebody saved in the output folder, which is replaced, to safety."""
    for draft in _drafts(folder, output):
        if _is_typed(draft):
            data = draft.read_bytes()
            disk.write_file(_free(folder, draft.name, data), data)


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
