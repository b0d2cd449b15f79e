"""Assignments as they count: what the cycle before left of a line, what the meeting decided."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import pandas as pd

from pipeline.model.registers import Registers
from pipeline.model.rules import effective_share
from pipeline.model.tables import NO, YES, records, result_table
from pipeline.model.text import fold, show_date, show_decimal
from pipeline.scoring.columns import Columns, columns_of
from pipeline.scoring.exact import ZERO, exact
from pipeline.scoring.sources import UNPLANNED, Key, Row, as_issued, key_of, keys_of

CARRIED_ON = (*("assigned", "coefficient", "share", "due", "due_before", "withdrawn", "decision"),)
DECIDED = ("assigned", "due", "due_before", "withdrawn", "heir", "decision")
KEPT = ("kind", "document", "assigned_on", "unit", "task", "product", "product_name", "measure")
KEPT_TOO = ("coefficient", "share", "due", "from_task", "decision")
FIGURES = {"assigned": "số lượng", "coefficient": "hệ số", "share": "tỷ lệ"}


def reopened(
    assignments: pd.DataFrame, before: Mapping[Key, Row], registers: Registers, first_day: date
) -> list[Row]:
    """Return rows for the assignment table: what the cycle before left and nobody issued again.

    A late correction opens a finished line once more, or a row was taken out without a decision:
    the line goes on by itself, issued 0, until carried_on() gives it what is left. Not so unplanned
    work, of which g = q: what was accepted is all that was assigned; nor work whose unit or person
    is in no register any more, nor a task that stands under a new person.
    """
    table = columns_of(assignments)
    issued = dict(zip(keys_of(table), table["decision"], strict=True))
    passed = {task_id for task_id, person in issued.keys() - before.keys()}
    given_back = {
        (last["task_id"], last["heir"])
        for key, last in before.items()
        if last["heir"] and issued.get(key, "") not in ("", last["decision"])
    }
    return [
        _reissued(last, first_day)
        for (task_id, person), last in before.items()
        if last["remaining"] and not last["heir"] and last["kind"] != UNPLANNED
        if (task_id, person) not in issued.keys() | given_back and task_id not in passed
        if last["unit"] in registers.units and (not person or person in registers.people)
    ]


def _reissued(last: Row, first_day: date) -> Row:
    """Return the row of the assignment table that a line would have been carried with."""
    passed = last["due"] is None or last["due"] < first_day
    return {
        **{name: last[name] for name in (*KEPT, *KEPT_TOO, "task_id", "person")},
        **{"responsible": last["responsible_code"], "approver": last["approver_code"]},
        **{"assigned": ZERO, "carried": (last["carried"] or 0) + passed},
    }


def carried_on(
    assignments: pd.DataFrame, before: Mapping[Key, Row], first_day: date
) -> pd.DataFrame:
    """Return the assignments with what the cycle before says of the lines that go on from it.

    Remaining is assigned less all that was accepted so far; coefficient, share and due date are
    those frozen when the work was issued, or extended since. What a decision new on the line has
    changed stays as issued. A line withdrawn, or given to another person, and issued all the same
    stays withdrawn: nothing of it is in any rate.
    """
    return _changed(assignments, before, CARRIED_ON, lambda row, last: _carry(row, last, first_day))


def decided_on(assignments: pd.DataFrame, decided: Mapping[Key, Row]) -> pd.DataFrame:
    """Return the assignments as the meeting changed them: withdrawn, extended, other quantity."""
    return _changed(assignments, decided, DECIDED, _decide)


def _changed(
    assignments: pd.DataFrame, others: Mapping[Key, Row], names: Iterable[str], change: object
) -> pd.DataFrame:
    """Return the assignments with the named columns changed in every line that `others` knows."""
    table = as_issued(columns_of(assignments))
    changed: Columns = {name: list(table[name]) for name in names}
    for n, key in enumerate(keys_of(table)):
        if key in others:
            row = change({name: values[n] for name, values in table.items()}, others[key])
            for name, values in changed.items():
                values[n] = row[name]
    return pd.DataFrame(table | changed, dtype=object)


def _carry(row: Row, last: Row, first_day: date) -> Row:
    """Return a line as its line in the cycle before leaves it."""
    again = row["decision"] and row["decision"] != last["decision"]
    if (last["withdrawn"] == YES or last["heir"]) and _is_same(row, last) and not again:
        return {**row, "assigned": ZERO, "withdrawn": YES, "decision": last["decision"]}
    if not goes_on(row, last, first_day):
        return row
    if again:
        moved = row["due"] != last["due"]
        return {**row, "due_before": last["due"] if moved else last["due_before"]}
    frozen = {
        "assigned": last["remaining"],
        "coefficient": last["coefficient"],
        "due": last["due"],
        "share": None if effective_share(row["share"]) == last["share"] else last["share"],
    }
    known = {name: figure for name, figure in frozen.items() if figure is not None}
    return {**row, "due_before": last["due_before"], **known}


def goes_on(row: Row, last: Row, first_day: date) -> bool:
    """Say whether a line goes on from the cycle before: carried, or not due there, the same work.

    A code given to other work is a new line.
    """
    still_open = row["carried"] or (last["due"] and last["due"] >= first_day)
    return _is_same(row, last) and bool(still_open)


def _is_same(row: Row, last: Row) -> bool:
    """Say whether a row of the assignment table is the work its code stood for before."""
    return row["product"] == last["product"] or fold(row["task"]) == fold(last["task"])


def _decide(row: Row, decided: Row) -> Row:
    """Return a line as decided; the rest of one given to another person is so in the next cycle."""
    changed = {**row, "decision": decided["decision"], "heir": decided["new_person"]}
    if decided["withdrawn"]:
        return {**changed, "withdrawn": YES}
    if decided["extended_to"]:
        changed |= {"due": decided["extended_to"], "due_before": row["due"]}
    if decided["quantity"] is not None:
        changed |= {"assigned": decided["quantity"], "withdrawn": NO}
    return changed


def restated(
    assignments: pd.DataFrame, carried: pd.DataFrame, registers: Registers
) -> pd.DataFrame:
    """Return the table «restated»: each issued figure that the cycle before replaces."""
    given, used = (
        [*zip(*(t[name] for name in FIGURES), strict=True)] for t in (assignments, carried)
    )
    other = [issued != now for issued, now in zip(given, used, strict=True)]
    pairs = zip(records(assignments[other]), records(carried[other]), strict=True)
    with exact():
        rows = [row for issued, now in pairs for row in _restated(issued, now, registers)]
    return result_table("restated", rows)


def _restated(issued: Row, used: Row, registers: Registers) -> list[Row]:
    pairs = {name: (_figure(issued, name), _figure(used, name)) for name in FIGURES}
    person = issued["person"]
    named = {**issued, "person_name": registers.person_name(person) if person else ""}
    return [
        {**named, "figure": FIGURES[name], "issued": given, "used": figure}
        | {"difference": None if given is None else figure - given}
        for name, (given, figure) in pairs.items()
        if given != figure
    ]


def _figure(row: Row, name: str) -> Decimal | None:
    return effective_share(row[name]) if name == "share" else row[name]


def adjustments(
    decided: Mapping[Key, Row], issued: pd.DataFrame, registers: Registers, chair: str
) -> pd.DataFrame:
    """Return the table «adjustments»: every change the meeting decided, and who decided it."""
    lines = {key_of(row): row for row in records(issued)} if decided else {}
    rows = [
        {**lines[key], **row, **_named(lines[key], registers), **change}
        | {"decided_by": row["decided_by"] or chair}
        for key, row in decided.items()
        for change in _changes(lines[key], row, registers)
    ]
    return result_table("adjustments", rows)


def _named(line: Row, registers: Registers) -> Row:
    person = line["person"]
    return {
        "unit": line["unit"],
        "task": line["task"],
        "person_name": registers.person_name(person) if person else "",
    }


def _changes(line: Row, row: Row, registers: Registers) -> list[Row]:
    """Return what a decision changes, before and after as they are printed."""
    quantity, due = show_decimal(line["assigned"]), _day(line["due"])
    changes = []
    if row["withdrawn"]:
        changes.append(("thu hồi", quantity, "thu hồi phần chưa làm"))
    if row["extended_to"]:
        changes.append(("gia hạn", due, show_date(row["extended_to"])))
    if row["quantity"] is not None:
        changes.append(("số lượng", quantity, show_decimal(row["quantity"])))
    if row["new_person"]:
        person = line["person"]
        holder = registers.person_name(person) if person else "cả đơn vị"
        changes.append(("chuyển người", holder, registers.person_name(row["new_person"])))
    return [dict(zip(("change", "before", "after"), change, strict=True)) for change in changes]


def _day(day: date | None) -> str:
    return show_date(day) if day else "chưa có hạn"
