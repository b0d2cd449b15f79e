"""The indicative bands of a score, and the one way a score is shown (Điều 20)."""

from decimal import Decimal
from fractions import Fraction

EXCELLENT, GOOD, FAIR, BELOW = "từ 90", "từ 70 đến dưới 90", "từ 50 đến dưới 70", "dưới 50"
LIMITS = {90: EXCELLENT, 70: GOOD, 50: FAIR}
ENOUGH = 50  # «hoàn thành nhiệm vụ»

Score = Fraction | Decimal


def band_of(score: Score) -> str:
    """Return the band of an exact score: 90 is in the first, 89.996 is not."""
    return next((word for limit, word in LIMITS.items() if score >= limit), BELOW)


def show_points(score: Score | None) -> str:
    """Return «83,68»: two decimals, half up, cut where that would lift it over a band's limit.

    89.996 is shown as 89,99; blank for None.
    """
    if score is None:
        return ""
    # In whole hundredths, so that a tie is seen as one however long the fraction is.
    whole, rest = divmod(Fraction(score) * 100, 1)
    lifted = Fraction(whole + 1, 100)
    up = rest >= Fraction(1, 2) and band_of(lifted) == band_of(score)
    return format(Decimal(whole + up).scaleb(-2), ".2f").replace(".", ",")
