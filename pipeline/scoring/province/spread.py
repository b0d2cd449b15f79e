"""How rates spread over communes and units: bins of ten points, and quarters."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import quantiles

from pipeline.scoring.exact import stored
from pipeline.scoring.periods.reports import Row

BINS = 10
SPREAD = ("a", "b", "c", "R")
QUARTERS = ("lowest", "quarter", "middle", "three_quarters", "highest")


def in_bins(rows: Sequence[Row]) -> list[Row]:
    """Return how many communes have each rate from n·10 % to below (n + 1)·10 %, 100 % in the last.

    Communes without a rate are in none.
    """
    return [
        {
            "figure": figure,
            **{"low": Decimal(n) / BINS, "high": Decimal(n + 1) / BINS},
            "communes": sum(_bin(row[figure]) == n for row in rows if row[figure] is not None),
        }
        for figure in SPREAD
        for n in range(BINS)
    ]


def _bin(rate: Decimal) -> int:
    return min(int(rate * BINS), BINS - 1)


def quarters(rates: Sequence[Decimal]) -> Row:
    """Return lowest, quarters and highest of rates, all blank where there are none."""
    exact_rates = sorted(map(Fraction, rates))
    if not exact_rates:
        return dict.fromkeys(QUARTERS)
    inner = quantiles(exact_rates, n=4, method="inclusive") if len(rates) > 1 else exact_rates * 3
    return dict(zip(QUARTERS, map(stored, (exact_rates[0], *inner, exact_rates[-1])), strict=True))
