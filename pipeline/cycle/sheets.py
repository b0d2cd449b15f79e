"""Print everybody's sheet from a cycle's stored result."""

from collections.abc import Mapping
from pathlib import Path

from pipeline import packet
from pipeline.cycle.crew import PRINT, Tell
from pipeline.cycle.stored import stored_result
from pipeline.model.calendar import Cycle
from pipeline.model.findings import InputError
from pipeline.tools import disk
from pipeline.tools.worker import Worker

ALL = "tat-ca.pdf"


def print_sheets(data: Path, output: Path, cycle: Cycle, press: Worker, tell: Tell) -> list[str]:
    """Write phieu-ca-nhan/: a PDF for each person, and all in one with bookmarks; say where.

    Raises InputError where the cycle is not made or has nobody.
    """
    sheets = packet.compose_sheets(stored_result(data, output, cycle))
    if not sheets:
        raise InputError(f"kỳ {cycle} không có ai để in phiếu.")
    folder = output / str(cycle) / packet.SHEETS
    disk.commit(folder, printed(sheets, f"Phiếu cá nhân {cycle.name}", press, tell))
    return [f"Phiếu cá nhân của {len(sheets)} người: {folder}; cả tập để in: {folder / ALL}"]


def printed(pages: Mapping[str, str], title: str, press: Worker, tell: Tell) -> dict[str, bytes]:
    """Return every page as a PDF by its name, and all of them in one under the title."""

    def told(done: int) -> None:
        tell("In phiếu", done, len(pages))

    told(0)
    _, made = press.submit(PRINT, title, *map(str.encode, pages.values()), told=told).result()
    return dict(zip([*pages, ALL], made, strict=True))
