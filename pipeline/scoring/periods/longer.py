"""Quarter, half-year and year: the mean of the months that have a score (Điều 17.3)."""

from collections.abc import Mapping

from pipeline.model.period import Period
from pipeline.scoring.columns import Columns
from pipeline.scoring.periods.people import (
    LEADER_PARTS,
    Person,
    is_shown,
    leader_sentence,
    places_of,
    rated_person,
    shown,
)
from pipeline.scoring.periods.reports import Reports, Row
from pipeline.scoring.rates import NO, YES

NO_RESULT = "chưa có kết quả kỳ nào"
Months = Mapping[Period, Mapping[str, Person]]  # the months there are → people by code


def mean_people(table: Columns, reports: Reports, months: Months) -> list[Person]:
    """Return everybody with rates over all lines, and the mean of the months with a score."""
    places = places_of(table)
    rows = (rated_person(code, table, places, reports) for code in reports.people)
    return [_mean(row, reports, months) for row in rows if is_shown(row, reports)]


def _mean(row: Row, reports: Reports, months: Months) -> Person:
    own = {month: people.get(row["person"]) for month, people in months.items()}
    scores = [known.points for known in own.values() if known and known.points is not None]
    points = sum(scores) / len(scores) if scores else None
    scored = any(known and known.row["scored"] == YES for known in own.values())
    note = _note(own, reports.period, len(scores)) if scored else row["note"]
    # Of a leader R has six parts, and three of them belong to months.
    if row["parts"] == LEADER_PARTS:
        row = row | {"R": None, "R_reported": None, "R_granted": None}
        row |= {"arithmetic": leader_sentence(row)}
    more = {"scored": YES if scored else NO, "months": len(scores), "note": note}
    return Person(row | more | shown(points), None, points)


def _note(own: Mapping[Period, Person | None], period: Period, count: int) -> str:
    """Return «bình quân 1/3 tháng; chưa có điểm: tháng 10 (thiếu kỳ 2); tháng 12 (…)»."""
    reasons: dict[str, list[str]] = {}
    for month in period.months:
        if why := _why_none(own, month):
            reasons.setdefault(why, []).append(str(month.first))
    lost = "; ".join(f"tháng {', '.join(names)} ({why})" for why, names in reasons.items())
    mean = f"bình quân {count}/{period.length} tháng"
    return f"{mean}; chưa có điểm: {lost}" if lost else mean


def _why_none(own: Mapping[Period, Person | None], month: Period) -> str:
    if month not in own:
        return NO_RESULT
    known = own[month]
    if known is None:
        return "không có tên"
    return "" if known.points is not None else known.row["note"]


def month_rows(months: Months, codes: Mapping[Period, str]) -> list[Row]:
    """Return the rows of the table «months»: everybody scored, month by month."""
    return [
        {**known.row, "month": str(month), "rule_code": codes[month]}
        for month, people in months.items()
        for known in people.values()
        if known.row["scored"] == YES
    ]
