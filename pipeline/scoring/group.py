"""What the working group typed, beside the facts it is about: gaps, entries, notes, proposals."""

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.criteria import LEADER_CRITERIA, general_criteria
from pipeline.model.registers import Registers
from pipeline.model.rules import Rules
from pipeline.model.tables import SUBSTITUTED, records, result_table
from pipeline.scoring.exact import exact
from pipeline.scoring.sources import Row
from pipeline.scoring.verdicts import CHANGED

LEAST_LINES = 5
GAPS = {  # figure: (what was reported, what was accepted)
    "SL hoàn thành": ("completed_reported", "completed_accepted"),
    "lần chưa đạt CL": ("rework_reported", "rework_accepted"),
    "lần chậm": ("late_by_date", "lateness_accepted"),
}
ENTERED = ("completed", "finished", "rework", "reason", "document")


def gaps(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the table «gaps»: every figure the group changed, in the order of the lines."""
    changed = records(lines[lines["state"] == CHANGED])
    with exact():
        rows = [row for line in changed for row in _gaps(line)]
    return result_table("gaps", rows)


def _gaps(line: Row) -> list[Row]:
    return [
        line
        | {"figure": figure, "reported": _decimal(line[reported]), "accepted": accepted}
        | {"difference": None if line[reported] is None else accepted - line[reported]}
        for figure, (reported, own) in GAPS.items()
        if (accepted := _decimal(line[own])) is not None and accepted != line[reported]
    ]


def _decimal(figure: Decimal | int | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def substitutes(typed: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Return the table «substitutes»: every row the group began, and whether it counts."""
    rows = [row for row in records(typed) if any(row[name] not in (None, "") for name in ENTERED)]
    # Where a line has two rows the first stands; the second never counts.
    by_place = {(row["file"], row["sheet"], row["row"]) for row in _of_group(lines)}
    used = [(row["file"], row["sheet"], row["row"]) in by_place for row in rows]
    told = zip(rows, used, strict=True)
    return result_table("substitutes", (row | {"used": "có" if u else "không"} for row, u in told))


def _of_group(lines: pd.DataFrame) -> list[Row]:
    return records(lines.loc[lines["source"] == SUBSTITUTED, ["file", "sheet", "row"]])


def discipline(typed: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """Return the table «discipline» as the group noted it, with names."""
    rows = records(typed)
    return result_table(
        "discipline", (row | {"name": _name(row["who"], registers)} for row in rows)
    )


def _name(code: str, registers: Registers) -> str:
    return registers.person_name(code) if code in registers.people else registers.unit_name(code)


def rewards(
    people: pd.DataFrame, units: pd.DataFrame, typed: pd.DataFrame, registers: Registers
) -> pd.DataFrame:
    """Return the table «rewards»: who has the plain fact for it, then whom the group added.

    In register order, units after people; nobody is ranked and nothing is proposed by itself.
    """
    facts = {row["person"]: fact for row in records(people) if (fact := _fact(row))}
    facts |= {row["unit"]: fact for row in records(units) if (fact := _fact(row))}
    words = {row["who"]: row for row in reversed(records(typed)) if is_proposed(row)}
    added = [row["who"] for row in records(typed) if row["who"] in words]
    rows = (
        {
            **{"who": who, "name": _name(who, registers), "facts": facts.get(who, "")},
            **{name: words[who][name] for name in ("proposal", "note") if who in words},
        }
        for who in dict.fromkeys([*facts, *added])
    )
    return result_table("rewards", rows)


def is_proposed(row: Mapping[str, object]) -> bool:
    """Say whether the group itself said something in a row, or made the row."""
    return bool(row["proposal"] or row["note"] or not row["facts"])


def _fact(row: Row) -> str:
    """Return the fact of someone whose lines due are all on time and in quality, else "".

    Work that others took over is on time without being done: then D stays below A.
    """
    due = row["on_time"]
    other = row["late"] + row["overdue"] + row["unclear"] + row["pending"] + row["substituted"]
    if due < LEAST_LINES or other or row["Q"] != row["D"] or row["D"] < row["A"]:
        return ""
    return f"Xong đúng hạn {due}/{due} dòng, không dòng nào bị trừ chất lượng."


def general(
    reported: pd.DataFrame, typed: pd.DataFrame, registers: Registers, rules: Rules, cycle: Cycle
) -> pd.DataFrame:
    """Return the table «general»: every scored person's ten sub-criteria; none within a month.

    What counts is the self-score, or what the group changed it to with a reason (Điều 17.2).
    """
    sound = [row for row in records(reported) if not row["fault"]]
    scores = {row["person"]: row for row in reversed(sound)}
    changes = _by_criterion(typed, "score")
    people = registers.scored_in_month(rules.scored, cycle) if cycle.ends_month else []
    return result_table(
        "general",
        (
            {**_whose(person, code, title), "most": most}
            | _score(scores.get(person["code"], {}).get(field), changes.get((person["code"], code)))
            for person in people
            for code, (field, title, most) in general_criteria().items()
        ),
    )


def _whose(person: Row, criterion: str, title: str) -> Row:
    known = {"person": person["code"], "name": person["name"], "unit": person["unit"]}
    return known | {"criterion": criterion, "title": title}


def _score(own: Decimal | None, change: Row | None) -> Row:
    kept = {"self_score": own, "accepted_score": own, "reason": ""}
    return kept | (
        {"accepted_score": change["score"], "reason": change["reason"]} if change else {}
    )


def _by_criterion(typed: pd.DataFrame, value: str) -> dict[tuple[str, str], Row]:
    """Return what the group gave with a reason, by person and criterion; the first stands."""
    given = [row for row in records(typed) if row[value] not in (None, "") and row["reason"]]
    return {(row["person"], row["criterion"]): row for row in reversed(given)}


def leader_criteria(
    typed: pd.DataFrame, registers: Registers, rules: Rules, cycle: Cycle
) -> pd.DataFrame:
    """Return the table «leader_criteria»: đ and e of every scored leader (Điều 15)."""
    given = _by_criterion(typed, "value")
    people = registers.scored_in_month(rules.scored, cycle) if cycle.ends_month else []
    leaders = [person for person in people if person["leader"] in ("cấp trưởng", "cấp phó")]
    return result_table(
        "leader_criteria",
        (
            _whose(leader, code, title) | _level(given.get((leader["code"], code)))
            for leader in leaders
            for code, title in LEADER_CRITERIA.items()
        ),
    )


def _level(given: Row | None) -> Row:
    return {"value": int(given["value"]), "reason": given["reason"]} if given else {}
