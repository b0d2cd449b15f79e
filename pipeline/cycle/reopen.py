"""Open a closed cycle again: who wants it and why, on the record; by the registers of its time."""

from datetime import datetime
from pathlib import Path

from pipeline.model.findings import InputError
from pipeline.model.folders import INPUTS, REGISTERS, SETTINGS, CycleFolder
from pipeline.tools import chain, disk, vault


def reopen_cycle(folder: CycleFolder, at: datetime, who: str, why: str) -> list[str]:
    """Record the reopening; return what to tell.

    Registers and settings that have changed since are laid into the cycle's own folder as they were
    when it was closed: units merged, people moved, other rules must not change an earlier cycle.
    Raises InputError where nobody is named, or no reason.
    """
    if not (who.strip() and why.strip()):
        raise InputError("mở lại phải ghi rõ ai cho sửa (--by), vì sao (--why).")
    kept = chain.closed(folder.data)[folder.cycle].folder / INPUTS
    own = [name for name in (SETTINGS, REGISTERS) if _is_other(folder, kept, name)]
    for name in own:
        disk.write_file(folder.place / name, (kept / name).read_bytes())
    vault.reopen(folder.data, folder.cycle, at.isoformat(timespec="minutes"), who, why)
    return [
        f"{name} đã đổi từ khi khóa: kỳ này dùng bản lúc khóa, đặt ở {folder.place}. Cần sửa thì"
        " sửa ở đó; muốn theo bản chung thì xóa nó đi."
        for name in own
    ]


def _is_other(folder: CycleFolder, kept: Path, name: str) -> bool:
    """Say whether the commune's file is no more what the cycle was closed by."""
    there = [folder.place / name, folder.data / name]
    if not (kept / name).is_file() or there[0].is_file():
        return False
    return not there[1].is_file() or there[1].read_bytes() != (kept / name).read_bytes()
