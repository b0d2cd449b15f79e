"""What is due while a cycle runs: by the assignments and earlier conclusions, as of one day."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.registers import Registers
from pipeline.model.tables import YES, records
from pipeline.model.text import sort_key
from pipeline.model.urging import SOON, Urged
from pipeline.scoring.conclusions import DONE
from pipeline.scoring.sources import UNPLANNED, Key, Row, key_of

NOBODY = "Chưa rõ đơn vị"


def urged(
    assignments: pd.DataFrame,
    conclusions: Iterable[Row],
    finished: Collection[Key],
    registers: Registers,
    cycle: Cycle,
    today: date,
) -> list[Urged]:
    """Return every unit with what is due of it, and last what belongs to no unit.

    `assignments` are those in force, `finished` the lines of which a report already says that they
    are done. Work of the plan without a date is due with the cycle.
    """
    rows = [
        _line(row, registers, cycle, today)
        for row in records(assignments)
        if key_of(row) not in finished and row["withdrawn"] != YES
    ]
    due = sorted(
        (row for row in rows if row["days"] is not None and row["days"] >= -SOON),
        key=lambda row: (row["due"], sort_key(str(row["task_id"]))),
    )
    told = [_conclusion(row, registers, today) for row in conclusions if row["state"] != DONE]
    units = [_urged(unit, registers.unit_name(unit), due, told) for unit in registers.units]
    others = _urged("", NOBODY, due, told)
    return [*units, others] if others.anything else units


def _urged(unit: str, name: str, due: Iterable[Row], conclusions: Iterable[Row]) -> Urged:
    own = [row for row in due if row["unit"] == unit]
    return Urged(
        unit=unit,
        name=name,
        overdue=[row for row in own if row["days"] > 0],
        soon=[{**row, "days": -row["days"]} for row in own if row["days"] <= 0],
        conclusions=[row for row in conclusions if row["unit"] == unit],
    )


def _line(row: Row, registers: Registers, cycle: Cycle, today: date) -> Row:
    """Return a line with the day it is due and the days since then, below 0 while to come."""
    due = row["due"] or (None if row["kind"] == UNPLANNED else cycle.last_day)
    person = row["person"]
    return {
        **{name: row[name] for name in ("unit", "task_id", "task", "product_name", "carried")},
        "person_name": registers.person_name(person) if person else "",
        "due": due,
        "days": None if due is None else (today - due) // timedelta(days=1),
    }


def _conclusion(row: Row, registers: Registers, today: date) -> Row:
    """Return an open conclusion with the unit that has to act and the days since it was due."""
    due = row["due"]
    late = due is not None and due < today
    return {
        **{name: row[name] for name in ("what", "name", "due", "cycle", "conclusion")},
        "unit": _unit_of(row, registers),
        "days": (today - due) // timedelta(days=1) if late else None,
    }


def _unit_of(row: Row, registers: Registers) -> str:
    """Return the unit of whoever has to act, else the unit it is about; "" for none of ours."""
    who = str(row["who"])
    person = registers.people.get(who, {})
    named = (who, str(person.get("unit", "")), str(row["unit"]))
    return next((code for code in named if code in registers.units), "")
