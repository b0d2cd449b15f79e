"""The units' workbooks checked: all in use at once, or one alone."""

from collections.abc import Mapping
from datetime import datetime

from pipeline.checking.reports import Checked, Issued, check_reports, check_ticks
from pipeline.checking.rows import Day
from pipeline.cycle.plan import Plan
from pipeline.model.calendar import Cycle
from pipeline.model.findings import finding
from pipeline.model.layout import layout
from pipeline.model.tables import PLACE, records
from pipeline.reading import Reading


def check_books(
    cycle: Cycle,
    before: Plan,
    used: Mapping[str, Reading],
    issued: Mapping[str, list[dict]],
    received: Mapping[str, datetime],
) -> Checked:
    """Return typed tables of some units' workbooks and what is wrong in their cells and ticks.

    `issued` gives the rows each unit was given, `received` when each file came in.
    """
    rows = {sheet.key: rows_of(used, sheet.key) for sheet in layout("unit").tables}
    found = [row for raw in used.values() for row in raw.findings]
    rows_given = {unit: issued[unit] for unit in used}
    scored = asked_scores(cycle, before)
    given = Issued(rows_given, records(before.counted), before.meeting.decided, scored)
    day = Day(cycle.last_day, {file: time.date() for file, time in received.items()})
    checked = check_reports(rows, found, given, before.registers, day, cycle)
    ticks = {(unit, raw.file): raw.ticks.get("unplanned", False) for unit, raw in used.items()}
    ticked = check_ticks(ticks, checked.tables["unplanned"])
    return Checked(checked.tables, checked.findings + ticked)


def asked_scores(cycle: Cycle, before: Plan) -> dict[str, list[str]]:
    """Return by unit the people whose «Tự chấm» is asked for; none within a month."""
    categories = before.settings.rules.scored
    people = before.registers.scored_in_month(categories, cycle) if cycle.ends_month else []
    asked: dict[str, list[str]] = {}
    for person in people:
        asked.setdefault(person["unit"], []).append(person["code"])
    return asked


def lost_scores(unit: str, raw: Reading, asked: int) -> list[dict]:
    """Return K533 where «Tự chấm» was issued for some people and no row of it came back."""
    sheet = layout("unit")["general"]
    told = any(row["code"].startswith("K2") and row["sheet"] == sheet.title for row in raw.findings)
    if not asked or raw.entries.get(sheet.key) or told:
        return []
    return [finding("K533", unit=unit, file=raw.file, value=sheet.title, fact=str(asked))]


def rows_of(used: Mapping[str, Reading], key: str) -> list[dict]:
    """Return the rows of a sheet; a field whose column is gone stands in none of them."""
    return [row for unit, raw in used.items() for row in _rows_of(unit, raw, key)]


def _rows_of(unit: str, raw: Reading, key: str) -> list[dict]:
    rows = raw.entries.get(key, [])
    first = next(iter(rows), {})  # all have the same fields
    gone = {n for n in first if n not in PLACE and (raw.file, first["sheet"], n) not in raw.places}
    if not gone:
        return [{"unit": unit, **row} for row in rows]
    return [
        {"unit": unit, **{n: value for n, value in row.items() if n not in gone}} for row in rows
    ]


def lost_columns(unit: str, raw: Reading) -> list[dict]:
    """Return K216 for every column that was issued with the lines and did not come back."""
    sheet = layout("unit")["tasks"]
    titles = {row["sheet"] for row in raw.entries.get(sheet.key, [])}
    return [
        finding("K216", unit=unit, file=raw.file, sheet=title, value=field.heading)
        for title in titles
        for field in sheet.field
        if field.by == "issued" and (raw.file, title, field.key) not in raw.places
    ]
