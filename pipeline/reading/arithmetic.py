"""Formulas of plain arithmetic over one sheet: what they give, against the result that is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow

from pipeline.reading.headings import Grid
from pipeline.reading.limits import letters
from pipeline.reading.places import column_number
from pipeline.reading.scan import Fault, Place

CELL = r"\$?[A-Z]{1,3}\$?\d{1,7}"
BLOCK = rf"{CELL}(?::{CELL})?"
NUMBER = r"\d+(?:\.\d+)?%?"
TOKEN = re.compile(rf"\s*(SUM\(|{BLOCK}|{NUMBER}|[-+*/(),;])\s*")
PLAIN = re.compile(rf"(?>{TOKEN.pattern})++")
ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
RELATIVE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})")
OF_CALC = re.compile(r"^of:=|[\[\]]|(?<![A-Z0-9])\.(?=\$?[A-Z])")
LONGEST, DEEPEST = 400, 20
MOST_CELLS = 1_000_000  # worked out for all formulas of a sheet
CLOSE = Decimal("1e-9")


def plain_formula(formula: str) -> str:
    """Return a formula of + - * / and SUM over cells as Excel writes it, "" for any other."""
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
    formula: str, grid: Grid, faults: dict[Place, Fault], budget: Budget
) -> Decimal | None:
    """Return what a plain formula gives; None where that cannot be said from the cells alone."""
    reader = _Formula(TOKEN.findall(formula), grid, faults, budget)
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
        result = self.factor()
        while self.next() in ("*", "/"):
            result = result * self.factor() if self.take() == "*" else result / self.factor()
        return result

    def factor(self) -> Decimal:
        token = self.take()
        if token in ("+", "-"):
            return self.factor() if token == "+" else -self.factor()
        if token == "(":
            return self._closed(self.sum())
        if token == "SUM(":
            return self._closed(self._blocks())
        if not token or token in "*/),;" or ":" in token:
            raise _UnknownError
        if token[0].isdigit():
            return Decimal(token.rstrip("%")) / (100 if token.endswith("%") else 1)
        return self._add(token, lenient=False)

    def _closed(self, result: Decimal) -> Decimal:
        if self.take() != ")":
            raise _UnknownError
        return result

    def _blocks(self) -> Decimal:
        """Return the sum of blocks and numbers; it passes over text, which + does not."""
        total = Decimal(0)
        while True:
            token = self.take()
            if not re.fullmatch(BLOCK, token):
                raise _UnknownError
            total += self._add(token, lenient=True)
            if self.next() not in (",", ";"):
                return total
            self.at += 1

    def _add(self, block: str, lenient: bool) -> Decimal:
        total = Decimal(0)
        for place in _places(block, self.grid):
            figure = _figure(self.grid, place, lenient)
            self.budget.cells -= 1
            if figure is None or place in self.faults or self.budget.cells < 0:
                raise _UnknownError
            total += figure
        return total


def _places(block: str, grid: Grid) -> Iterator[Place]:
    """Yield the places of a block that hold anything."""
    named = ADDRESS.findall(block.replace("$", ""))
    corners = [(int(row), column_number(name.encode())) for name, row in named]
    (top, left), (bottom, right) = corners[0], corners[-1]
    for row in range(top, min(bottom, len(grid)) + 1):
        for column in range(left, min(right, len(grid[row - 1])) + 1):
            yield row, column


def _figure(grid: Grid, place: Place, lenient: bool) -> Decimal | None:
    cell = grid[place[0] - 1][place[1] - 1]
    if cell == "":
        return Decimal(0)
    if isinstance(cell, bool | str):
        return Decimal(0) if lenient else None
    return as_decimal(cell)


def as_decimal(cell: object) -> Decimal | None:
    """Return a stored number with the fifteen digits a spreadsheet shows, None for all else."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return Decimal(format(cell, ".15g")) if is_number else None


def differ(one: Decimal, other: Decimal) -> bool:
    """Say whether two figures differ by more than a spreadsheet's own rounding."""
    return abs(one - other) > CLOSE * max(abs(one), abs(other), 1)
