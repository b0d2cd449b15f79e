"""What chosen cycles say together: each cycle's stored figures, and sums over all of them.

Rates over several cycles are made as those of a quarter (periods/): D, Q, P summed, the base once,
never a mean of rates. Cycles scored by different rules have none: their sums would compare nothing.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.span import Span
from pipeline.model.tables import SILENT, CycleResult, frame, records, result_table
from pipeline.scoring.periods import sum_period
from pipeline.scoring.periods.reports import Row
from pipeline.scoring.rates import NO, YES
from pipeline.scoring.review.reports import faults, reports, returns
from pipeline.scoring.review.stuck import carried, claims, conclusions, obstacles
from pipeline.scoring.review.told import discipline, indicators, rewards

COUNTS = (
    *("units", "units_reported", "lines", "done", "on_time", "late", "overdue", "not_due"),
    *("unclear", "pending", "withdrawn", "stuck", "A", "D", "a", "b", "c", "R", "A_missing"),
)
COUNTED = ("silent", "late_reports")
MARKS = ("state", "rule_code", "print_code")


def score_review(results: Sequence[CycleResult], span: Span) -> dict[str, pd.DataFrame]:
    """Return every table of a review: what is printed of it and how the cycles are sealed.

    `results` are those of the chosen cycles there are, at least one. `commune` and `units` over
    all cycles are empty where their rules differ.
    """
    known = dict(sorted((parse_cycle(result.cycle), result) for result in results))
    return {
        "cycles": frame(_cycles(span, known), ("cycle", "made", *MARKS, *COUNTS, *COUNTED)),
        **_together(results, span),
        "reports": reports(known),
        "returns": returns(known),
        "faults": faults(known),
        "obstacles": obstacles(known),
        "carried": carried(known),
        "conclusions": conclusions(known),
        "claims": claims(known),
        "indicators": indicators(known),
        "rewards": rewards(known),
        "discipline": discipline(known),
    }


def _cycles(span: Span, known: Mapping[Cycle, CycleResult]) -> list[Row]:
    """Return every chosen cycle with the commune's stored figures, blank without a result."""
    return [_cycle(cycle, known.get(cycle)) for cycle in span.cycles]


def _cycle(cycle: Cycle, result: CycleResult | None) -> Row:
    blank = dict.fromkeys((*MARKS, *COUNTS, *COUNTED))
    row = {"cycle": str(cycle), "made": NO, **blank}
    if result is None:
        return row
    total = next(iter(records(result.tables["commune"])), {})
    standings = list(result.tables["lines"]["standing"])
    return {
        **row,
        "made": YES,
        "silent": standings.count(SILENT),
        **{name: getattr(result, name) for name in MARKS},
        **{name: total.get(name) for name in COUNTS},
        "late_reports": list(result.tables["units"]["late_report"]).count(YES),
    }


def _together(results: Sequence[CycleResult], span: Span) -> dict[str, pd.DataFrame]:
    """Return the commune and its units over all the cycles, empty where two rules are at work."""
    if len({result.rule_code for result in results}) > 1:
        return {key: result_table(key, (), "period") for key in ("commune", "units")}
    return sum_period(results, span)
