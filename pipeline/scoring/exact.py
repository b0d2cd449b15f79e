"""Exact arithmetic: typed figures are decimals, rates fractions, nothing is rounded unseen."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, localcontext
from fractions import Fraction

ZERO = Decimal(0)
QUARTER = Decimal("0.25")  # a deduction of 25 %; a product with it is exact, a division need not be
PLACES = 20
# A cell holds at most 32,767 characters, and nothing here multiplies more than four cells: no
# product comes near this length, and should one, it stops the run instead of losing a digit.
EXACT = Context(prec=200_000, traps=[Inexact, InvalidOperation, DivisionByZero])


def exact() -> AbstractContextManager[Context]:
    """Return the context in which figures are multiplied and added without rounding."""
    return localcontext(EXACT)


def total(figures: Iterable[Decimal]) -> Decimal:
    """Return the sum of figures; call it inside exact()."""
    return sum(figures, ZERO)


def ratio(part: Decimal, whole: Decimal) -> Fraction | None:
    """Return the exact quotient; None over 0, which is no rate and never 0 or 100 % (Điều 14.2)."""
    return Fraction(part) / Fraction(whole) if whole else None


def stored(rate: Fraction | None) -> Decimal | None:
    """Return a rate as it is stored and shown everywhere: 20 decimals, half to even."""
    if rate is None:
        return None
    # round() compares the exact fraction, so a tie is seen as one. What print rounds half up later
    # are ties at the third decimal of a rate: n/2000. A rate p/q that is none of them lies at least
    # 1/(2000·q) away, far more than 20 decimals can blur, and one that is has only four decimals.
    return EXACT.scaleb(Decimal(round(rate * 10**PLACES)), -PLACES)
