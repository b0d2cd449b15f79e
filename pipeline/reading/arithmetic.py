"""Formulas of plain arithmetic over one sheet: what they give, against the result that is kept."""

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, Overflow

from pipeline.model.text import EXCEL_EPOCH
from pipeline.reading.headings import Grid
from pipeline.reading.limits import letters
from pipeline.reading.places import column_number
from pipeline.reading.scan import Fault, Place

CELL = r"\$?[A-Z]{1,3}\$?\d{1,7}"
BLOCK = rf"{CELL}(?::{CELL})?"
NUMBER = r"\d+(?:\.\d+)?%?"
FUNCTION = r"(?:SUM|SUBTOTAL|PRODUCT|AVERAGE|MAX|MIN|ROUND)\("
TOKEN = re.compile(rf"\s*({FUNCTION}|{BLOCK}|{NUMBER}|[-+*/^%(),;])\s*")
PLAIN = re.compile(rf"(?>(?>{TOKEN.pattern})+)")
ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
RELATIVE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})")
OF_CALC = re.compile(r"^of:=|[\[\]]|(?<![A-Z0-9])\.(?=\$?[A-Z])")
LONGEST, DEEPEST = 400, 20
HIGHEST = 20  # power
SUBTOTAL, ADDS_UP, ROUND = "SUBTOTAL(", (9, 109), "ROUND("
MOST_CELLS = 1_000_000  # worked out for all formulas of a sheet
CLOSE = Decimal("1e-9")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
DAY_ZERO = datetime.combine(EXCEL_EPOCH, time())


def plain_formula(formula: str) -> str:
    """Return a formula of arithmetic and plain functions as Excel writes it, "" for any other."""
    if not formula or len(formula) >= LONGEST or formula.count("(") > DEEPEST:
        return ""
    text = OF_CALC.sub("", formula).removeprefix("=").strip()
    return text if PLAIN.fullmatch(text) else ""


def moved(formula: str, down: int, across: int) -> str:
    """Return a formula as a cell so far below and beside shares it: what has a $ stays."""

    def move(found: re.Match[str]) -> str:
        fixed_column, column, fixed_row, row = found.groups()
        number = int(row) + (0 if fixed_row else down)
        place = column_number(column.encode()) + (0 if fixed_column else across)
        return (
            f"{fixed_column}{letters(place)}{fixed_row}{number}" if min(place, number) > 0 else "#"
        )

    return RELATIVE.sub(move, formula)


@dataclass
class Budget:
    """How many cells may still be worked with."""

    cells: int = MOST_CELLS


class _UnknownError(Exception):
    """What a formula gives cannot be said from the cells alone."""


def work_out(
    formula: str,
    grid: Grid,
    faults: dict[Place, Fault],
    budget: Budget,
    subtotals: Set[Place] = frozenset(),
) -> Decimal | None:
    """Return what a plain formula gives; None where that cannot be said from the cells alone.

    `subtotals` are the cells that a subtotal passes over, since they are subtotals themselves.
    """
    reader = _Formula(TOKEN.findall(formula), grid, faults, budget, subtotals)
    try:
        result = reader.sum()
        return result if reader.next() == "" else None
    except (_UnknownError, DivisionByZero, InvalidOperation, Overflow):
        return None


@dataclass
class _Formula:
    """A formula's tokens, read from the left."""

    tokens: list[str]
    grid: Grid
    faults: dict[Place, Fault]
    budget: Budget
    subtotals: Set[Place]
    at: int = 0

    def next(self) -> str:
        """Return the token that comes next, "" at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.next()
        self.at += 1
        return token

    def sum(self) -> Decimal:
        result = self.product()
        while self.next() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            result += sign * self.product()
        return result

    def product(self) -> Decimal:
        result = self.power()
        while self.next() in ("*", "/"):
            result = result * self.power() if self.take() == "*" else result / self.power()
        return result

    def power(self) -> Decimal:
        result = self.percent()
        while self.next() == "^":
            self.at += 1
            exponent = self.percent()
            if exponent != int(exponent) or abs(exponent) > HIGHEST:
                raise _UnknownError
            result = result ** int(exponent)
        return result

    def percent(self) -> Decimal:
        result = self.factor()
        while self.next() == "%":
            self.at += 1
            result /= 100
        return result

    def factor(self) -> Decimal:
        token = self.take()
        if token in ("+", "-"):
            return self.percent() if token == "+" else -self.percent()
        if token == "(":
            return self._closed(self.sum())
        if token.endswith("("):
            return self._closed(FUNCTIONS[token](self._arguments(token)))
        if not token or token in "*/),;^%" or ":" in token:
            raise _UnknownError
        if token[0].isdigit():
            return Decimal(token.rstrip("%")) / (100 if token.endswith("%") else 1)
        return self._figures(token, lenient=False)[0]

    def _closed(self, result: Decimal) -> Decimal:
        if self.take() != ")":
            raise _UnknownError
        return result

    def _arguments(self, function: str) -> list[Decimal]:
        """Return what a function is given; it passes over text and blanks, which + does not."""
        figures: list[Decimal] = []
        passed = self.subtotals if function == SUBTOTAL else frozenset()
        while True:
            block, after = self.next(), self.tokens[self.at + 1 : self.at + 2]
            alone = function != ROUND and re.fullmatch(BLOCK, block)
            if alone and after in ([","], [";"], [")"]):
                self.at += 1
                figures += self._figures(block, lenient=True, passed=passed)
            else:
                figures.append(self.sum())
            if self.next() not in (",", ";"):
                return figures
            self.at += 1

    def _figures(
        self, block: str, lenient: bool, passed: Set[Place] = frozenset()
    ) -> list[Decimal]:
        """Return the figures of a block; a lone cell that is blank is 0."""
        figures = []
        for place in _places(block, self.grid):
            cell = self.grid[place[0] - 1][place[1] - 1]
            self.budget.cells -= 1
            if place in self.faults or self.budget.cells < 0:
                raise _UnknownError
            if place in passed or (lenient and isinstance(cell, bool | str)):
                continue
            figure = Decimal(0) if cell == "" else as_serial(cell)
            if figure is None:
                raise _UnknownError
            figures.append(figure)
        return figures if lenient else figures or [Decimal(0)]


def _product(figures: list[Decimal]) -> Decimal:
    result = Decimal(bool(figures))
    for figure in figures:
        result *= figure
    return result


def _average(figures: list[Decimal]) -> Decimal:
    return sum(figures, Decimal(0)) / len(figures) if figures else _unknown()


def _rounded(figures: list[Decimal]) -> Decimal:
    if len(figures) != 2 or abs(figures[1]) > HIGHEST:
        raise _UnknownError
    return figures[0].quantize(Decimal(1).scaleb(-int(figures[1])), ROUND_HALF_UP)


def _subtotal(figures: list[Decimal]) -> Decimal:
    if not figures or figures[0] not in ADDS_UP:
        raise _UnknownError
    return sum(figures[1:], Decimal(0))


def _unknown() -> Decimal:
    raise _UnknownError


FUNCTIONS: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "SUM(": lambda figures: sum(figures, Decimal(0)),
    SUBTOTAL: _subtotal,
    "PRODUCT(": _product,
    "AVERAGE(": _average,
    "MAX(": lambda figures: max(figures, default=Decimal(0)),
    "MIN(": lambda figures: min(figures, default=Decimal(0)),
    ROUND: _rounded,
}


def _places(block: str, grid: Grid) -> Iterator[Place]:
    """Yield the places of a block that hold anything."""
    named = ADDRESS.findall(block.replace("$", ""))
    corners = [(int(row), column_number(name.encode())) for name, row in named]
    (top, bottom), (left, right) = map(sorted, zip(corners[0], corners[-1], strict=True))
    for row in range(top, min(bottom, len(grid)) + 1):
        for column in range(left, min(right, len(grid[row - 1])) + 1):
            yield row, column


def as_decimal(cell: object) -> Decimal | None:
    """Return a stored number with the fifteen digits a spreadsheet shows, None for all else."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return Decimal(format(cell, ".15g")) if is_number else None


def as_serial(cell: object) -> Decimal | None:
    """Return a stored number, or the number a spreadsheet has for a day; None for all else."""
    if not isinstance(cell, date):
        return as_decimal(cell)
    moment = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
    return Decimal((moment - DAY_ZERO) // SECOND) / (DAY // SECOND)


def differ(one: Decimal, other: Decimal) -> bool:
    """Say whether two figures differ by more than a spreadsheet's own rounding."""
    return abs(one - other) > CLOSE * max(abs(one), abs(other), 1)
