"""What the meeting has before it: the next cycle's work, the indicators, the claims."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.registers import Registers
from pipeline.model.tables import records, result_table
from pipeline.model.text import fold
from pipeline.scoring.columns import rows_of
from pipeline.scoring.exact import ZERO, exact, ratio, stored, total
from pipeline.scoring.sources import PLANNED, Row, head_of
from pipeline.scoring.verdicts import CLAIMED, claim_key, decided

CARRIED, NOT_YET_DUE, GIVEN, PROPOSED = "chuyển kỳ", "chưa đến hạn", "giao mới", "đề xuất"
REFUSED = "không giao"
WHOLE_UNIT = "Việc của cả đơn vị"
ORIGINS = (CARRIED, NOT_YET_DUE, GIVEN, PROPOSED)
WORK = (
    "unit",
    "task_id",
    "kind",
    "from_task",
    "task",
    "product",
    "product_name",
    "measure",
    "responsible",
    "approver",
)
FIGURES = ("coefficient", "share", "due", "due_before", "decision")
READ = (*WORK, *FIGURES, "person", "heir", "carried", "remaining")


def upcoming(
    lines: pd.DataFrame,
    proposals: pd.DataFrame,
    registers: Registers,
    cycle: Cycle,
    given: Collection[Row] = (),
    refused: Iterable[Row] = (),
) -> pd.DataFrame:
    """Return the table «upcoming»: what is left of every line, what was given, what was proposed.

    By unit in register order: carried (due passed, one more time carried), not yet due, given by
    the meeting, proposed. A line of a unit goes on without a person, under its own key; the name is
    the head's. What the meeting gave to another person goes on in that person's name. A proposal
    the meeting has answered says under which conclusion it was given, or that it was not.
    """
    answers = {_known_by(row): REFUSED for row in refused}
    answers |= {_known_by(row): str(row["decision"]) for row in given}
    unfinished = [left is None or left > 0 for left in lines["remaining"]]
    left = [_left(row, cycle) for row in records(lines.loc[unfinished, [*READ]])]
    new = [_new(row, registers) | {"origin": GIVEN, "person": row["person"]} for row in given]
    proposed = [
        _new(row, registers) | {"origin": PROPOSED, "decision": answers.get(_known_by(row), "")}
        for row in records(proposals)
        if not row["fault"]
    ]
    place = {unit: n for n, unit in enumerate(registers.units)}
    rows = [_complete(row, registers) for row in (*left, *new, *proposed)]
    rows.sort(key=lambda row: (place.get(row["unit"], len(place)), ORIGINS.index(row["origin"])))
    return result_table("upcoming", rows)


def _left(line: Row, cycle: Cycle) -> Row:
    """Return what goes on of a line; due dates never move.

    A line whose quantity nobody could read has not begun: it is carried for no time yet.
    """
    passed = line["due"] is None or line["due"] <= cycle.last_day
    known = line["remaining"] is not None
    return {
        **{name: line[name] for name in (*WORK, *FIGURES)},
        "origin": CARRIED if passed else NOT_YET_DUE,
        "person": line["heir"] or line["person"],
        "assigned": line["remaining"],
        "carried": line["carried"] + passed if known else 0,
    }


def _known_by(row: Row) -> tuple[str, str]:
    return str(row["unit"]), fold(row["task"])


def _new(row: Row, registers: Registers) -> Row:
    product = registers.products.get(row["product"], {})
    return {
        **row,
        "kind": PLANNED,
        "task_id": "",
        "product_name": product.get("product", ""),
        "person": row["person"] or head_of(row["unit"], registers),
        "coefficient": product.get("coefficient"),
        **{"share": Decimal(1), "carried": 0},
    }


def _complete(row: Row, registers: Registers) -> Row:
    """Return the row with people's names, converted volume and what of the six «rõ» it lacks."""
    factors = row["coefficient"], row["share"], row["assigned"]
    with exact():
        volume = None if None in factors else factors[0] * factors[1] * factors[2]
    who = {**row, "person": row["person"] or head_of(row["unit"], registers)}
    roles = {"person_name": "person", "responsible": "responsible", "approver": "approver"}
    names = {key: registers.person_name(who[role]) for key, role in roles.items()}
    return {**row, **names, "A": volume, "missing": _missing(who)}


def _missing(row: Row) -> str:
    """Return what of the six «rõ» is missing."""
    product = (row["product"] or row["product_name"]) and row["assigned"] is not None
    clear = {
        "rõ việc": row["task"],
        "rõ sản phẩm": product,
        "rõ người": row["person"],
        "rõ trách nhiệm": row["responsible"],
        "rõ thẩm quyền": row["approver"],
        "rõ thời gian": row["due"],
    }
    return ", ".join(name for name, there in clear.items() if not there)


def load(upcoming: pd.DataFrame) -> pd.DataFrame:
    """Return the table «load»: how much of a unit's next work everybody has, a line a person.

    Work that names nobody is the whole unit's; without a coefficient or quantity it weighs nothing.
    A proposal that was answered is no work, or is among what was given.
    """
    rows = [r for r in records(upcoming) if r["origin"] != PROPOSED or not r["decision"]]
    places = rows_of((row["unit"], row["person"]) for row in rows)
    with exact():
        return result_table(
            "load",
            (
                {"unit": unit, "person": person, "next_lines": len(numbers)}
                | {"name": rows[numbers[0]]["person_name"] if person else WHOLE_UNIT}
                | {"next_A": total(rows[n]["A"] or ZERO for n in numbers)}
                for (unit, person), numbers in places.items()
            ),
        )


def indicators(
    cchc: pd.DataFrame, registers: Registers, previous: Mapping[str, Decimal | None]
) -> pd.DataFrame:
    """Return the table «indicators» in register order; blank figures, denominator 0: no value."""
    sent = {(row["unit"], row["indicator"]): row for row in records(cchc) if not row["fault"]}
    return result_table(
        "indicators",
        (
            _indicator(indicator, sent.get((indicator["unit"], code), {}), previous.get(code))
            for code, indicator in registers.indicators.items()
        ),
    )


def _indicator(indicator: Row, row: Row, previous: Decimal | None) -> Row:
    value = indicator_value(row, indicator["measure"])
    kept = ("name", "unit", "measure", "target", "better")
    return {
        **{name: indicator[name] for name in kept},
        **{name: row.get(name) for name in ("numerator", "denominator", "as_of")},
        "indicator": indicator["code"],
        "value": stored(value),
        "met": is_met(value, indicator["target"], indicator["better"]),
        "previous": previous,
        "source": row.get("source") or indicator["source"],
    }


def indicator_value(row: Row, measure: str) -> Fraction | None:
    """Return an indicator's exact value: the ratio where parts were given, else the plain value."""
    parts = row.get("numerator"), row.get("denominator")
    if parts == (None, None):
        return None if row.get("value") is None else Fraction(row["value"])
    if None in parts:
        return None
    value = ratio(*parts)
    return value * 100 if value is not None and "%" in measure else value


def is_met(value: Fraction | None, target: Decimal | None, better: str) -> str:
    """Return «đạt» or «chưa đạt», "" where there is no value or no target."""
    if value is None or target is None:
        return ""
    reached = value <= target if better == "thấp hơn" else value >= target
    return "đạt" if reached else "chưa đạt"


def claims(claimed: pd.DataFrame, exemptions: pd.DataFrame) -> pd.DataFrame:
    """Return the table «claims»: every claim of objective cause with what was decided (Điều 14.2).

    What the group granted without a claim stands below, without a unit.
    """
    answers = {claim_key(row): row for row in records(exemptions)}
    made = [row for row in records(claimed) if not row["fault"]]
    rows = [_claim(row, answers.get(claim_key(row))) for row in made]
    return result_table("claims", [*rows, *_unclaimed(answers.values(), made)])


def _claim(row: Row, answer: Row | None) -> Row:
    state = decided(answer) if answer else ""
    words = {name: answer[name] if answer else "" for name in ("reason", "confirmer")}
    return {**row, **words, "state": state or CLAIMED}


def _unclaimed(answers: Iterable[Row], made: Iterable[Row]) -> list[Row]:
    known = {claim_key(row) for row in made}
    rows = [row for row in answers if decided(row) and claim_key(row) not in known]
    return [{**row, "unit": "", "state": decided(row)} for row in rows]
