"""Rates over any set of lines, by one function: units, people, the commune (Điều 14.2)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

import pandas as pd

from pipeline.model.registers import Registers
from pipeline.model.tables import records, result_table
from pipeline.model.text import show_decimal
from pipeline.scoring.exact import ZERO, exact, ratio, stored, total
from pipeline.scoring.score import LATE, NOT_DUE, ON_TIME, OVERDUE, PENDING, SILENT, UNCLEAR
from pipeline.scoring.sources import PLANNED, Row
from pipeline.scoring.words import rates_sentence

NOT_REPORTED = "Chưa nộp"
YES, NO = "có", "không"
SUMS = ("A", "D", "Q", "P")
# Each alternative reads the same formula over other figures: A, D, Q, P of it.
REPORTED = ("A_reported", "D_reported", "Q_reported", "P_reported")
GRANTED = ("A", "D", "Q_granted", "P_granted")
READ = (
    *("unit", "task_id", "person", "kind", "state", "standing", "days_late", "assigned"),
    *(*SUMS, "D_reported", "Q_reported", "P_reported", "Q_granted", "P_granted"),
)


def unit_rates(
    lines: pd.DataFrame,
    registers: Registers,
    statuses: Mapping[str, tuple[str, str]],
    obstacles: pd.DataFrame,
) -> pd.DataFrame:
    """Return the table «units» in register order: counts of every unit, rates where they exist.

    Units followed by progress only have no rates (Điều 2.4), nor has a unit that did not report;
    both keep their ΣA, ΣD, ΣQ, ΣP and are in no sum of the commune.
    """
    by_unit = _grouped(_rows(lines), "unit")
    stuck = _stuck(obstacles)
    return result_table(
        "units",
        (
            _unit(code, registers, statuses.get(code, (NOT_REPORTED, NO)), by_unit.get(code, []))
            | {"stuck": stuck[code]}
            for code in registers.units
        ),
    )


def _unit(code: str, registers: Registers, status: tuple[str, str], rows: list[Row]) -> Row:
    word, late = status
    progress_only = registers.progress_only(code)
    silent = word == NOT_REPORTED or any(row["standing"] == SILENT for row in rows)
    instead = "chỉ theo dõi tiến độ, không tính tỷ lệ" if progress_only else ""
    instead = "chưa nộp báo cáo, không tính tỷ lệ" if silent else instead
    return {
        **{"unit": code, "name": registers.unit_name(code), "status": word, "late_report": late},
        "progress_only": YES if progress_only else NO,
        "summed": NO if progress_only or silent else YES,
        **rate(rows, instead),
    }


def people_rates(lines: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """Return the table «people» in register order: everybody still in office, or with a line.

    Rates of a person are over the lines that name this person, whatever unit they were issued to.
    None for people of progress-only units (Điều 2.4) and where a unit that did not report is part
    of it.
    """
    rows = _rows(lines)
    by_person = _grouped(rows, "person")
    silent = {row["unit"] for row in rows if row["standing"] == SILENT}
    return result_table(
        "people",
        (
            _person(person, registers, by_person.get(code, []), silent)
            for code, person in registers.people.items()
            if code in by_person or person["active_to"] is None
        ),
    )


def _person(person: Row, registers: Registers, rows: list[Row], silent: set[str]) -> Row:
    unit = person["unit"]
    instead = ""
    if unit in registers.units and registers.progress_only(unit):
        instead = "đơn vị chỉ theo dõi tiến độ, không tính tỷ lệ"
    if unit in silent or any(row["standing"] == SILENT for row in rows):
        instead = "đơn vị chưa nộp báo cáo, không tính tỷ lệ"
    return {
        **{"person": person["code"], "name": person["name"], "unit": unit},
        **{"position": person["position"], "category": person["category"]},
        "rated": NO if instead else YES,
        **rate(rows, instead),
    }


def commune_rates(
    units: pd.DataFrame, lines: pd.DataFrame, obstacles: pd.DataFrame
) -> pd.DataFrame:
    """Return the table «commune», one row: counts over all units, sums and rates of those summed.

    A task of several units counts once. `A_missing` is the ΣA of the units that did not report,
    without those followed by progress only.
    """
    rows, listed = _rows(lines), records(units)
    summed = {unit["unit"] for unit in listed if unit["summed"] == YES}
    silent = [unit for unit in listed if unit["status"] == NOT_REPORTED]
    with exact():
        lost = total(unit["A"] for unit in silent if unit["progress_only"] == NO)
    figures = rate([row for row in rows if row["unit"] in summed])
    reported = len(listed) - len(silent)
    if silent:
        left_out = f"{reported}/{len(listed)} đơn vị, chưa gồm ΣA {show_decimal(lost)}"
        figures["arithmetic"] = f"{left_out}; {figures['arithmetic']}"
    figures |= counts(rows) | {"units": len(listed), "units_reported": reported}
    figures |= {"A_missing": lost, "stuck": _stuck(obstacles).total()}
    return result_table("commune", [figures])


def rate(rows: list[Row], instead: str = "") -> Row:
    """Return counts, sums and rates of any set of lines; `instead` says why it has no rates.

    a = ΣD/ΣA, b = ΣQ/ΣA, c = ΣP/ΣA, each at most 100 %, R their mean. R_reported is the same over
    the units' own figures: what is not yet due has as its A what was reported early. R_granted is
    R with every open claim of objective cause granted.
    """
    with exact():
        sums = {key: total(row[key] for row in rows) for key in {*SUMS, *REPORTED, *GRANTED}}
    uncapped = _quotients(sums, SUMS) if not instead else None
    figures = {
        **counts(rows),
        **{key: sums[key] for key in SUMS},
        **_shown(uncapped),
        "R_reported": stored(_mean(_quotients(sums, REPORTED))) if not instead else None,
        "R_granted": stored(_mean(_quotients(sums, GRANTED))) if not instead else None,
    }
    return figures | {"arithmetic": rates_sentence(figures, instead)}


def _quotients(sums: Mapping[str, object], names: tuple[str, ...]) -> list[Fraction] | None:
    """Return a, b, c before the cap; None where nothing was assigned."""
    whole, *parts = (sums[name] for name in names)
    return [ratio(part, whole) for part in parts] if whole else None


def _mean(uncapped: list[Fraction] | None) -> Fraction | None:
    return sum(min(rate, Fraction(1)) for rate in uncapped) / 3 if uncapped else None


def _shown(uncapped: list[Fraction] | None) -> Row:
    """Return the rates as stored, capped and uncapped."""
    rates = uncapped or [None] * 3
    capped = [None if rate is None else min(rate, Fraction(1)) for rate in rates]
    return {
        **{name: stored(rate) for name, rate in zip("abc", capped, strict=True)},
        **{f"{name}_uncapped": stored(rate) for name, rate in zip("abc", rates, strict=True)},
        "R": stored(_mean(uncapped)),
    }


def counts(rows: list[Row]) -> Row:
    """Return the counts of a set of lines; a task of several people counts once in `tasks`."""
    standing = Counter(row["standing"] for row in rows)
    with exact():
        items = total(row["assigned"] or ZERO for row in rows)
    return {
        "tasks": len({row["task_id"] for row in rows}),
        "lines": len(rows),
        "done": standing[ON_TIME] + standing[LATE],
        "on_time": standing[ON_TIME],
        "late": standing[LATE],
        "overdue": standing[OVERDUE],
        "not_due": standing[NOT_DUE],
        "unclear": standing[UNCLEAR],
        "pending": standing[PENDING],
        "verified": sum(row["state"] != "" for row in rows),
        "items": items,
    }


def _rows(lines: pd.DataFrame) -> list[Row]:
    return [row | {"A_reported": _reported_base(row)} for row in records(lines[[*READ]])]


def _reported_base(row: Row) -> object:
    """Return the A of a line by the unit's own figures."""
    # Only what is due after the cycle has an A that depends on what was delivered; of such lines
    # lateness is no question.
    early = row["kind"] == PLANNED and row["days_late"] is None
    counts = row["standing"] in (ON_TIME, LATE, NOT_DUE)
    return row["D_reported"] if early and counts else row["A"]


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups


def _stuck(obstacles: pd.DataFrame) -> Counter[str]:
    """Return how many obstacles each unit named; all stand open until the meeting."""
    return Counter(row["unit"] for row in records(obstacles) if not row.get("fault"))
