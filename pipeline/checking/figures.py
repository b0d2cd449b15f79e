"""Points and coefficient of one product of a published catalogue."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pipeline.checking.cells import SOUND, read_quantity
from pipeline.model.catalogue import SourceRow
from pipeline.model.findings import finding
from pipeline.model.registers import usual_coefficient
from pipeline.model.text import clean, show

CENT, TENTH = Decimal("0.01"), Decimal("0.1")
PERCENT = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*%")
FEWEST = 3  # rows that say what the standard is
RANGE = re.compile(r"(\d{1,4})\s*(?:-|–|đến)\s*(\d{1,4})")
NAMES = {"points": "điểm", "coefficient": "hệ số"}


@dataclass(frozen=True)
class Figures:
    """What was read, what was found about it, what was repaired."""

    points: Decimal | None
    coefficient: Decimal | None
    found: tuple[dict, ...] = ()
    repairs: tuple[str, ...] = ()


def find_standard(rows: Iterable[SourceRow]) -> tuple[Decimal | None, int, int]:
    """Return points ÷ coefficient where most rows agree, how many do, and how many have both.

    None where fewer than FEWEST rows or no more than half agree: the file does not say it.
    """
    both = [(_number(row, "points")[0], _number(row, "coefficient")[0]) for row in rows]
    ratios = Counter(
        (points / given).quantize(TENTH, ROUND_HALF_UP)
        for points, given in both
        if points and given
    )
    if not ratios:
        return None, 0, 0
    standard, agreed = ratios.most_common(1)[0]
    told = agreed >= FEWEST and 2 * agreed > ratios.total() and standard > 0
    return standard if told else None, agreed, ratios.total()


def read_figures(row: SourceRow, standard: Decimal) -> Figures:
    """Return a row's points and coefficient; a published coefficient is kept to two decimals.

    `standard` are the points of coefficient 1.

    Cells that hold no value of their own are left to whoever asks for the row's faults.
    """
    points, about_points, mended = _number(row, "points")
    given, about_given, mended_too = _number(row, "coefficient")
    found, repairs = [*about_points, *about_given], [*mended, *mended_too]
    if found or row.faults.keys() & NAMES.keys():
        return Figures(points, given, tuple(found), tuple(repairs))
    if given is None and points is None:
        return Figures(None, None, (finding("K724"),))
    if given is None:
        coefficient = usual_coefficient(points, standard)
        repairs.append(f"hệ số tính từ điểm: {_division(points, standard)} = {show(coefficient)}")
    else:
        coefficient = given.quantize(CENT, ROUND_HALF_UP)
        repairs += _rounded(given, coefficient)
    found += _disagreement(row, points, coefficient, standard) + _out_of_range(row, points)
    return Figures(points, coefficient, tuple(found), tuple(repairs))


def _number(row: SourceRow, key: str) -> tuple[Decimal | None, list[dict], list[str]]:
    """Return (number, findings, repairs) of one cell."""
    raw = row.values.get(key)
    if raw is None or key in row.faults:
        return None, [], []
    if key == "coefficient" and (part := PERCENT.fullmatch(clean(show(raw)).strip())):
        value = Decimal(part[1].replace(",", ".")) / 100
        return value, [], [f"hệ số ghi bằng chữ «{part[0]}», đọc là {show(value)}"]
    value, code, fact = read_quantity(raw)
    if code and code not in SOUND:
        return None, [_about(row, key, code, show(raw).strip(), fact)], []
    if value < 0:
        return None, [_about(row, key, "K303", show(value), "0")], []
    name = NAMES[key]
    repairs = [f"{name} là kết quả công thức"] if key in row.computed else []
    repairs += [f"{name} ghi bằng chữ «{clean(raw).strip()}», đọc là {fact}"] if code else []
    return value, [], repairs


def _about(row: SourceRow, key: str, code: str, value: str, fact: str) -> dict:
    return finding(code, row=row.row, field=key, value=value, fact=fact)


def _rounded(given: Decimal, kept: Decimal) -> list[str]:
    return [] if given == kept else [f"hệ số {show(given)} làm tròn thành {show(kept)}"]


def _division(points: Decimal, standard: Decimal) -> str:
    return f"{show(points)} ÷ {show(standard)}"


def _disagreement(
    row: SourceRow, points: Decimal | None, coefficient: Decimal, standard: Decimal
) -> list[dict]:
    """Return K721 for a coefficient that is not points ÷ standard, rounded in either usual way."""
    if points is None:
        return []
    exact = points / standard
    if abs(coefficient - exact) <= CENT / 2 or coefficient == usual_coefficient(points, standard):
        return []
    fact = f"{_division(points, standard)} = {show(exact)}"
    return [_about(row, "coefficient", "K721", show(coefficient), fact)]


def _out_of_range(row: SourceRow, points: Decimal | None) -> list[dict]:
    """Return K729 for points outside the range that stands beside them."""
    span = RANGE.fullmatch(clean(show(row.values.get("range"))).strip().casefold())
    if points is None or not span or Decimal(span[1]) <= points <= Decimal(span[2]):
        return []
    return [_about(row, "points", "K729", show(points), span[0])]
