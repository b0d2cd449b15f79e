"""Periods of several cycles: a month, and the longer ones that are the mean of their months.

Lines: key = task id + person; D, Q, P are the sums of the cycles' (Điều 14.2). The base of
planned work is k·s·(quantity open at the start or assigned within) if its newest due date, or
none, is by the period's last day and its newest row is not withdrawn, else what was delivered;
a cycle's own `remaining` that comes back in the next cycle's `assigned` is not assigned again.
k, s, unit and every word are the newest row's. Of longer periods the last day is that of the
newest cycle there is.

Units, commune: ΣA, ΣD, ΣQ, ΣP over the lines issued to a unit; a, b, c, R as in a cycle. A
unit whose last cycle is missing has none and is in no sum; nor has one of progress only.

People: over the lines they perform, whatever unit these were issued to; a scored leader's also
over those answered for, each once (Điều 15). Nobody has rates whose unit's last cycle is missing,
or who has a line nobody told anything of in it. Scored are the people of a `scored` category of an
ordinary unit, not «không chấm» for the whole period. d needs a month score of everybody scored
whose direct leader this is; R of a leader needs all six parts (Điều
16.2). `score` = general + R × 70 needs all ten criteria of the month's last cycle (Điều 17);
`result_points` = R × 70 stands alone. In longer periods `score` is the mean of the months that
have one, `months` their number, and R of leaders is blank. Stored figures have 20 decimals, bands
are by the exact ones.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from pipeline.model.period import Period, month_of
from pipeline.model.rules import PERIOD_RULES
from pipeline.model.span import Span
from pipeline.model.tables import CycleResult, records, result_table
from pipeline.scoring.periods.lines import period_lines
from pipeline.scoring.periods.longer import Months, mean_people, month_rows
from pipeline.scoring.periods.people import month_people
from pipeline.scoring.periods.quota import quota_notes
from pipeline.scoring.periods.reports import Reports, Row, gather
from pipeline.scoring.periods.sums import period_commune, period_units, read_lines
from pipeline.scoring.rates import NO, YES


def score_period(results: Sequence[CycleResult], period: Period) -> dict[str, pd.DataFrame]:
    """Return the tables of schemas/period.toml: a month, quarter, half-year or year.

    `results` are those of the period's own cycles there are, in any order, at least one. The
    module says by which rules; this signature is kept. Raises InputError where two cycles of one
    month have different rule codes, ValueError on a cycle of another period.
    """
    reports = gather(results, period)
    lines = period_lines(reports)
    table = read_lines(lines)
    units = period_units(table, reports)
    months: Months = {}
    if period.is_month:
        people = month_people(table, reports)
    else:
        months = {month: _people_of(month, own) for month, own in _by_month(reports).items()}
        people = mean_people(table, reports, months)
    rows = [known.row for known in people]
    codes = {month_of(cycle): result.rule_code for cycle, result in reports.results.items()}
    return {
        "commune": period_commune(table, units),
        "units": units,
        "people": result_table("people", rows, "period"),
        "months": result_table("months", month_rows(months, codes), "period"),
        "quota": quota_notes(rows, reports),
        "lines": lines,
        "cycles": result_table("cycles", _cycles(reports), "period"),
        "rules": result_table("rules", _rules(reports), "period"),
    }


def sum_period(results: Sequence[CycleResult], period: Period | Span) -> dict[str, pd.DataFrame]:
    """Return the tables «commune» and «units» alone; raises as score_period does."""
    reports = gather(results, period)
    table = read_lines(period_lines(reports))
    units = period_units(table, reports)
    return {"commune": period_commune(table, units), "units": units}


def _by_month(reports: Reports) -> dict[Period, list[CycleResult]]:
    months: dict[Period, list[CycleResult]] = {}
    for cycle, result in reports.results.items():
        months.setdefault(month_of(cycle), []).append(result)
    return months


def _people_of(month: Period, results: Sequence[CycleResult]) -> Mapping:
    """Return the people of one month of a longer period by code."""
    reports = gather(results, month)
    people = month_people(read_lines(period_lines(reports)), reports)
    return {known.row["person"]: known for known in people}


def _cycles(reports: Reports) -> Iterable[Row]:
    """Return every cycle of the period with its result's marks; those without one are named."""
    kept = ("state", "rule_code", "print_code", "program")
    for cycle in reports.period.cycles:
        result = reports.results.get(cycle)
        marks = {name: getattr(result, name) for name in kept} if result else {}
        yield {"cycle": str(cycle), "made": YES if result else NO, **marks}


def _rules(reports: Reports) -> list[Row]:
    """Return the rules of the cycles in words, each set with its months, then the period's own."""
    months: dict[str, list[str]] = {}
    words = {}
    for cycle, result in reports.results.items():
        names = months.setdefault(result.rule_code, [])
        if str(month_of(cycle)) not in names:
            names.append(str(month_of(cycle)))
        words[result.rule_code] = records(result.tables["rules"])
    rows = [{**row, "months": ", ".join(months[code])} for code in words for row in words[code]]
    return [*rows, *({**row, "months": str(reports.period)} for row in PERIOD_RULES)]
