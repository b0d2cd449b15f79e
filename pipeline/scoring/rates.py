"""Rates over any set of lines, by one function: units, people, the commune (Điều 14.2)."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.registers import Registers, works
from pipeline.model.tables import NO, NOT_SENT, SILENT, SUBSTITUTED, YES, records, result_table
from pipeline.model.text import show_decimal
from pipeline.scoring.clock import LATE, NOT_DUE, ON_TIME, OVERDUE, PENDING, UNCLEAR, WITHDRAWN
from pipeline.scoring.columns import Columns, columns_of, each, rows_of, take
from pipeline.scoring.exact import ZERO, exact, ratio, stored, total
from pipeline.scoring.sources import PLANNED
from pipeline.scoring.sums import rates_sentence

Row = dict[str, object]

SUMS = ("A", "D", "Q", "P")
# Each alternative reads the same formula over other figures.
AS_REPORTED = ("A_reported", "D_reported", "Q_reported", "P_reported")
AS_GRANTED = ("A", "D", "Q_granted", "P_granted")
READ = (
    *("unit", "task_id", "person", "kind", "state", "standing", "days_late", "assigned", "source"),
    *("coefficient", "share", "deduct", "base", "delivered", "rework", "lateness"),
    *(*SUMS, *AS_REPORTED[1:], *AS_GRANTED[2:]),
)


def unit_rates(
    lines: pd.DataFrame,
    registers: Registers,
    statuses: Mapping[str, tuple[str, str]],
    obstacles: pd.DataFrame,
) -> pd.DataFrame:
    """Return the table «units» in register order: counts of every unit, rates where they exist.

    Units followed by progress only have no rates (Điều 2.4), nor has a unit that did not report,
    until the group has entered every line due for it; both keep their ΣA, ΣD, ΣQ, ΣP and are in no
    sum of the commune.
    """
    table = _read(lines)
    rows, stuck = rows_of(table["unit"]), _stuck(obstacles)
    return result_table(
        "units",
        (
            {"unit": code, "name": unit["name"], "stuck": stuck[code]}
            | _unit(
                registers.progress_only(code),
                statuses.get(code, (NOT_SENT, NO)),
                take(table, rows.get(code, [])),
            )
            for code, unit in registers.units.items()
        ),
    )


def _unit(progress_only: bool, status: tuple[str, str], lines: Columns) -> Row:
    entered = lines["source"].count(SUBSTITUTED)
    silent = (status[0] == NOT_SENT and not entered) or SILENT in lines["standing"]
    instead = "chỉ theo dõi tiến độ, không tính tỷ lệ" if progress_only else ""
    if silent:
        begun = f", Tổ công tác mới nhập thay {entered} dòng" if entered else ""
        instead = f"chưa nộp báo cáo{begun}, không tính tỷ lệ"
    return {
        **{"status": status[0], "late_report": status[1]},
        "progress_only": YES if progress_only else NO,
        "summed": NO if progress_only or silent else YES,
        **rate(lines, instead),
    }


def people_rates(lines: pd.DataFrame, registers: Registers, cycle: Cycle) -> pd.DataFrame:
    """Return the table «people» in register order: everybody in office, or with a line.

    Rates of a person are over the lines that name this person, whatever unit they were issued to.
    None for people of progress-only units (Điều 2.4) and where a unit that did not report is part
    of it.
    """
    table = _read(lines)
    rows = rows_of(table["person"])
    pairs = zip(table["unit"], table["standing"], strict=True)
    silent = {unit for unit, standing in pairs if standing == SILENT}
    return result_table(
        "people",
        (
            _person(person, registers, take(table, rows.get(code, [])), silent)
            for code, person in registers.people.items()
            if code in rows or works(person, cycle.first_day, cycle.last_day)
        ),
    )


def _person(person: Row, registers: Registers, lines: Columns, silent: set[str]) -> Row:
    unit, instead = person["unit"], ""
    if unit in registers.units and registers.progress_only(unit):
        instead = "đơn vị chỉ theo dõi tiến độ, không tính tỷ lệ"
    if unit in silent:
        instead = "đơn vị chưa nộp báo cáo, không tính tỷ lệ"
    elif SILENT in lines["standing"]:
        pairs = zip(lines["unit"], lines["standing"], strict=True)
        others = sorted({unit for unit, standing in pairs if standing == SILENT})
        names = ", ".join(map(registers.unit_name, others))
        instead = f"có việc của {names}, chưa nộp báo cáo, không tính tỷ lệ"
    return {
        **person,  # the register's own fields have the same names
        "person": person["code"],
        "rated": NO if instead else YES,
        **rate(lines, instead),
    }


def commune_rates(
    units: pd.DataFrame, lines: pd.DataFrame, obstacles: pd.DataFrame
) -> pd.DataFrame:
    """Return the table «commune», one row: counts over all units, sums and rates of those summed.

    A task of several units counts once. `A_missing` is the ΣA of the units of which nothing is
    known, without those followed by progress only.
    """
    table, listed = _read(lines), records(units)
    summed = {unit["unit"] for unit in listed if unit["summed"] == YES}
    absent = [unit for unit in listed if unit["status"] == NOT_SENT]
    standings = set(zip(table["unit"], table["standing"], strict=True))
    silent = [u for u in absent if not u["substituted"] or (u["unit"], SILENT) in standings]
    with exact():
        lost = total(unit["A"] for unit in silent if unit["progress_only"] == NO)
    figures = rate(take(table, [n for n, unit in enumerate(table["unit"]) if unit in summed]))
    reported = len(listed) - len(absent)
    if absent:
        unknown = f", chưa gồm ΣA {show_decimal(lost)}" if lost else ""
        left_out = unknown if silent else " tự báo cáo"
        whole = f"{reported}/{len(listed)} đơn vị{left_out}"
        figures["arithmetic"] = f"{whole}; {figures['arithmetic']}"
    figures |= counts(table) | {"units": len(listed), "units_reported": reported}
    figures |= {"A_missing": lost, "stuck": _stuck(obstacles).total()}
    return result_table("commune", [figures])


def rate(lines: Columns, instead: str = "") -> Row:
    """Return counts, sums and rates of any set of lines; `instead` says why it has no rates.

    a = ΣD/ΣA, b = ΣQ/ΣA, c = ΣP/ΣA, each at most 100 %, R their mean. R_reported is the same over
    the units' own figures: what is not yet due has as its A what was reported early. R_granted is
    R with every open claim of objective cause granted.
    """
    with exact():
        sums = {key: total(lines[key]) for key in (*SUMS, *AS_REPORTED, *AS_GRANTED)}
    rated = not instead
    figures = {
        **counts(lines),
        **{key: sums[key] for key in SUMS},
        **shown_rates(quotients(sums, SUMS) if rated else None),
        "R_reported": stored(mean_rate(quotients(sums, AS_REPORTED))) if rated else None,
        "R_granted": stored(mean_rate(quotients(sums, AS_GRANTED))) if rated else None,
    }
    with exact():
        return figures | {"arithmetic": rates_sentence(figures, lines, instead)}


def quotients(sums: Mapping[str, Decimal], names: tuple[str, ...]) -> list[Fraction] | None:
    """Return a, b, c before the cap; None where nothing was assigned."""
    whole, *parts = (sums[name] for name in names)
    return [ratio(part, whole) for part in parts] if whole else None


def mean_rate(uncapped: list[Fraction] | None) -> Fraction | None:
    """Return R of a, b, c, each capped at 100 %."""
    return sum(min(rate, Fraction(1)) for rate in uncapped) / 3 if uncapped else None


def shown_rates(uncapped: list[Fraction] | None) -> Row:
    """Return the rates as stored, capped and uncapped."""
    rates = uncapped or [None] * 3
    capped = [None if rate is None else min(rate, Fraction(1)) for rate in rates]
    return {
        **{name: stored(rate) for name, rate in zip("abc", capped, strict=True)},
        **{f"{name}_uncapped": stored(rate) for name, rate in zip("abc", rates, strict=True)},
        "R": stored(mean_rate(uncapped)),
    }


def counts(lines: Columns) -> Row:
    """Return the counts of a set of lines; a task of several people counts once in `tasks`."""
    standing = Counter(lines["standing"])
    with exact():
        items = total(quantity or ZERO for quantity in lines["assigned"])
    return {
        "tasks": len(set(lines["task_id"])),
        "lines": len(lines["task_id"]),
        "done": standing[ON_TIME] + standing[LATE],
        "on_time": standing[ON_TIME],
        "late": standing[LATE],
        "overdue": standing[OVERDUE],
        "not_due": standing[NOT_DUE],
        "unclear": standing[UNCLEAR],
        "pending": standing[PENDING],
        "withdrawn": standing[WITHDRAWN],
        "substituted": lines["source"].count(SUBSTITUTED),
        "verified": sum(map(_is_verified, lines["state"], lines["standing"])),
        "items": items,
    }


def _is_verified(state: str, standing: str) -> bool:
    """Say whether the group has looked at a report of the line; of a silent unit there is none."""
    return state != "" and standing != SILENT


def _read(lines: pd.DataFrame) -> Columns:
    table = columns_of(lines, READ)
    return table | {"A_reported": each(_reported_base, table)}


def _reported_base(
    kind: str, days_late: int | None, standing: str, A: Decimal, D_reported: Decimal
) -> Decimal:
    """Return the A of a line by the unit's own figures."""
    # Only what is due after the cycle, or was withdrawn, has an A that depends on what was
    # delivered; of such lines lateness is no question.
    known = standing in (ON_TIME, LATE, NOT_DUE, WITHDRAWN)
    early = kind == PLANNED and days_late is None and known
    return D_reported if early else A


def _stuck(obstacles: pd.DataFrame) -> Counter[str]:
    """Return how many obstacles each unit named; all stand open until the meeting."""
    return Counter(row["unit"] for row in records(obstacles) if not row["fault"])
