"""A meeting that has decided everything, and units that report: what the people of a commune type."""

import json
import os
from collections.abc import Mapping
from datetime import date, datetime, time

import openpyxl
from conftest import Commune
from test_group_runs import type_into

from pipeline.cycle.close import close_cycle
from pipeline.cycle.start import start_cycle
from pipeline.model.calendar import VIETNAM
from pipeline.model.folders import RESULT, CycleFolder
from pipeline.model.layout import layout
from tests.helpers import unprinting

NOT_GIVEN = {"accepted": "không"}
CLOSED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


def tables_of(commune: Commune, cycle: str) -> dict[str, list[dict]]:
    """Return the stored tables of a cycle's last run."""
    return json.loads((commune.output / cycle / RESULT).read_bytes())["tables"]


def run(folder: CycleFolder, commune: Commune) -> dict[str, list[dict]]:
    """Run a cycle; return its tables."""
    start_cycle(folder, commune.output, None, silent, unprinting())
    return tables_of(commune, str(folder.cycle))


def close(folder: CycleFolder, commune: Commune, at: datetime = CLOSED_AT) -> list[str]:
    """Close a cycle; return what the terminal says."""
    return close_cycle(folder, commune.output, at, silent, unprinting())


def silent(stage: str, done: int, total: int) -> None:
    """Tell nothing."""


def conclude(
    folder: CycleFolder,
    tables: Mapping[str, list[dict]],
    *,
    given: Mapping[tuple[str, str], dict] | None = None,
) -> None:
    """Type a conclusion for every point that was put before the chair, a word for every proposal.

    `given` are rows of «Giao kỳ tới» by unit and task; other proposals are not given.
    """
    names = {unit["unit"]: f"{unit['unit']} – {unit['name']}" for unit in tables["units"]}
    chosen = [row for row in tables["agenda"] if row["chosen"] == "có"]
    said = {
        (row["point"],): {
            "conclusion": f"KL-{n:02d}",
            "what": f"Thống nhất phương án về việc trình số {n}",
            "who": next(iter(names.values())),
            "due": date(2026, 12, 31),
        }
        for n, row in enumerate(chosen, 1)
    }
    type_into(folder, "conclusions", said, "meeting")
    proposed = [row for row in tables["upcoming"] if row["origin"] == "đề xuất"]
    words = {(names[row["unit"]], row["task"]): NOT_GIVEN for row in proposed}
    typed = {(names[unit], task): cells for (unit, task), cells in (given or {}).items()}
    type_into(folder, "new_work", words | typed, "meeting")


def report(folder: CycleFolder, unit: str, day: date, parts: Mapping[str, float]) -> None:
    """Send a unit's issued workbook back, everything done on a day but for some tasks in part."""
    sheet = layout("unit")["tasks"]
    book = openpyxl.load_workbook(folder.issued / f"{unit}.xlsx")
    page = book[sheet.title]
    at = {name: n for n, name in enumerate(sheet.keys)}
    for row in page.iter_rows(min_row=sheet.heading_row + 1):
        if task_id := row[at["task_id"]].value:
            row[at["completed"]].value = parts.get(task_id, row[at["assigned"]].value)
            row[at["finished"]].value = day
            row[at["evidence"]].value = f"Sổ công việc, {task_id}, {folder.cycle}"
    book[layout("unit")["unplanned"].title]["A3"] = "x"
    folder.inbox.mkdir(exist_ok=True)
    path = folder.inbox / f"{unit}.xlsx"
    book.save(path)
    sent = datetime.combine(folder.cycle.last_day, time(9), VIETNAM).timestamp()
    os.utime(path, (sent, sent))
