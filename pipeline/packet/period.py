"""The summary of a month, quarter, half-year or year on paper: units, people, leaders, rules."""

from pipeline.model.bands import BELOW, LIMITS
from pipeline.model.calendar import parse_cycle
from pipeline.model.period import Period, parse_period
from pipeline.model.tables import PeriodResult, records
from pipeline.model.text import sentence
from pipeline.packet.book import Row
from pipeline.packet.forms import result_shown
from pipeline.packet.front import issuer
from pipeline.tools.page import fill

BANDS = (*LIMITS.values(), BELOW)
LEADER_PARTS = 6
MONTHS_WIDE, MONTH_WIDE = 134, 20  # mm of the lying page for all months, at most for one


def compose_period(result: PeriodResult) -> str:
    """Return the summary of a period as HTML, ready to print."""
    period = parse_period(result.period)
    tables = {key: records(table) for key, table in result.tables.items()}
    names = {row["unit"]: row["name"] for row in tables["units"]}
    people = [
        {**row, "unit_name": names.get(row["unit"], row["unit"]), "result_shown": result_shown(row)}
        for row in tables["people"]
    ]
    scored = [row for row in people if row["scored"] == "có"]
    context = {
        "result": result,
        "period": period,
        "heading": sentence(f"tổng hợp {period.name}"),
        "head": issuer(result),
        "units": tables["units"],
        "total": tables["commune"][0],
        "scored": scored,
        "bands": {band: sum(row["band"] == band for row in scored) for band in BANDS},
        "leaders": [row for row in scored if row["parts"] == LEADER_PARTS and period.is_month],
        "unscored": [row for row in people if row["scored"] == "không"],
        "month_columns": _month_columns(period),
        "months": _by_month(tables["months"], period),
        "cycles": _cycles(tables["cycles"], period),
        "empty": _empty_months(tables["cycles"], period),
        "quota": tables["quota"],
        "rules": tables["rules"],
    }
    return fill("period/period.html.j2", context)


def _by_month(rows: list[Row], period: Period) -> Row:
    """Return who → the score of each month as printed, "" where there is none."""
    shown = {(row["person"], row["month"]): row["score_shown"] for row in rows}
    people = dict.fromkeys(row["person"] for row in rows)
    return {who: [shown.get((who, str(month)), "") for month in period.months] for who in people}


def _month_columns(period: Period) -> list[tuple[str, float, str]]:
    """Return the columns of the months' scores: (heading, width in mm, class)."""
    width = min(MONTHS_WIDE / period.length, MONTH_WIDE)
    spare = (MONTHS_WIDE - width * period.length) / 3
    months = [(f"T{month.first}", width, "n") for month in period.months]
    ends = [("Số tháng", 12, "n"), ("Bình quân", 14, "n"), ("Mức tham khảo", 24 + spare, "")]
    return [("Đơn vị", 38 + spare, ""), ("Họ và tên", 30 + spare, ""), *months, *ends]


def _cycles(rows: list[Row], period: Period) -> list[Row]:
    """Return the cycles of the months that have any, as they are said."""
    empty = _empty_months(rows, period)
    known = [(parse_cycle(row["cycle"]), row) for row in rows]
    return [
        {**row, "said": sentence(period.said(cycle))}
        for cycle, row in known
        if period.is_month or cycle.month not in empty
    ]


def _empty_months(rows: list[Row], period: Period) -> list[int]:
    """Return the months of a longer period in which no cycle has a result."""
    made = {parse_cycle(row["cycle"]).month for row in rows if row["made"] == "có"}
    return [month.first for month in period.months if month.first not in made]
