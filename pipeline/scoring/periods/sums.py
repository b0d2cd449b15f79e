"""Units and the commune over a period's lines (Điều 14.2)."""

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.tables import records, result_table
from pipeline.model.text import show_decimal
from pipeline.scoring.columns import Columns, columns_of, rows_of, take
from pipeline.scoring.exact import exact, total
from pipeline.scoring.periods.reports import Reports, Row
from pipeline.scoring.rates import NO, YES, rate
from pipeline.scoring.sources import PLANNED

READ = (
    *("unit", "task_id", "person", "responsible_code", "kind", "whole", "assigned", "state"),
    *("standing", "source", "A", "D", "Q", "P", "D_reported", "Q_reported", "P_reported"),
    *("Q_granted", "P_granted", "coefficient", "share", "base", "delivered"),
)


def read_lines(lines: pd.DataFrame) -> Columns:
    """Return a period's lines as the columns that rates are made of."""
    table = columns_of(lines, READ)
    return table | {"A_reported": [*map(_reported_base, *(table[name] for name in BASE))]}


BASE = ("kind", "whole", "A", "D_reported")


def _reported_base(kind: str, whole: str, A: Decimal, D_reported: Decimal) -> Decimal:
    """Return A by the unit's own figures: of what is not yet due, what was reported early."""
    return D_reported if kind == PLANNED and whole == NO else A


def period_units(table: Columns, reports: Reports) -> pd.DataFrame:
    """Return the table «units»: counts of every unit, rates where its last cycle is there.

    Units followed by progress only have no rates (Điều 2.4).
    """
    rows = rows_of(table["unit"])
    return result_table(
        "units",
        (
            _unit(unit, take(table, rows.get(code, [])), reports)
            for code, unit in reports.units.items()
        ),
        "period",
    )


def _unit(unit: Row, lines: Columns, reports: Reports) -> Row:
    code, missed = unit["unit"], reports.missed(unit["unit"])
    instead = f"{reports.lacking()}, không tính tỷ lệ" if missed else ""
    if unit["progress_only"] == YES:
        instead = "chỉ theo dõi tiến độ, không tính tỷ lệ"
    return {
        **{"unit": code, "name": unit["name"], "progress_only": unit["progress_only"]},
        "cycles": ", ".join(map(str, reports.heard(code))),
        "summed": NO if instead else YES,
        **rate(lines, instead),
        "note": unit_note(code, reports),
    }


def unit_note(unit: str, reports: Reports) -> str:
    """Return which cycles of a unit are missing, "" where none is."""
    if reports.missed(unit):
        return f"{reports.lacking()}, chưa tính"
    if gone := reports.gone_after(unit):
        return f"không còn trong danh mục sau {reports.period.said(gone)}, tính đến đó"
    missed = reports.missed_beside(unit)
    others = "sau" if all(cycle < reports.last for cycle in missed) else "khác"
    named = " và ".join(_named(missed, reports))
    return f"{named}, tính theo báo cáo các kỳ {others}" if missed else ""


def _named(missed: list[Cycle], reports: Reports) -> Iterator[str]:
    """Yield «không có báo cáo kỳ 1»; a cycle without any result is not the unit's doing."""
    silent = [cycle for cycle in missed if cycle in reports.results]
    unmade = [cycle for cycle in missed if cycle not in reports.results]
    for said, cycles in (("không có báo cáo", silent), ("chưa có kết quả", unmade)):
        if cycles:
            yield f"{said} {', '.join(map(reports.period.said, cycles))}"


def period_commune(table: Columns, units: pd.DataFrame) -> pd.DataFrame:
    """Return the table «commune», one row: counts of all, sums and rates of the units summed."""
    listed = records(units)
    summed = {row["unit"] for row in listed if row["summed"] == YES}
    missing = [r for r in listed if r["unit"] not in summed and r["progress_only"] == NO]
    with exact():
        lost = total(row["A"] for row in missing)
    everything = rate(table)
    own = rate(take(table, [n for n, unit in enumerate(table["unit"]) if unit in summed]))
    kept = ("A", "D", "Q", "P", "a", "b", "c", "R", "arithmetic")
    figures = everything | {name: own[name] for name in kept}
    figures |= {"units": len(listed), "units_counted": len(summed), "A_missing": lost}
    if missing:
        whole = (
            f"{len(listed) - len(missing)}/{len(listed)} đơn vị, chưa gồm ΣA {show_decimal(lost)}"
        )
        figures["arithmetic"] = f"{whole}; {figures['arithmetic']}"
    return result_table("commune", [figures], "period")
