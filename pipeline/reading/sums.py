"""Formulas that only add: what their cells give, against the result the workbook keeps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.reading.headings import Grid
from pipeline.reading.places import column_number
from pipeline.reading.scan import Fault, Place

CELL = r"\$?[A-Z]{1,3}\$?\d{1,7}"
BLOCK = rf"{CELL}(?::{CELL})?"
TERM = rf"(?:{CELL}|\d+(?:\.\d+)?)"
SIMPLE = re.compile(rf"SUM\(\s*{BLOCK}(?:\s*[,;]\s*{BLOCK})*\s*\)|{TERM}(?:\s*\+\s*{TERM})+")
PART = re.compile(rf"{BLOCK}|\d+(?:\.\d+)?")
ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
OF_CALC = re.compile(r"^of:=|[\[\]]|(?<![A-Z0-9])\.(?=\$?[A-Z])")
LONGEST = 400
MOST_CELLS = 1_000_000  # added up for all formulas of a sheet
CLOSE = Decimal("1e-9")


def simple_sum(formula: str) -> str:
    """Return a formula that only adds cells and numbers as Excel writes it, "" for any other."""
    if not formula:
        return ""
    text = OF_CALC.sub("", formula).removeprefix("=").strip() if len(formula) < LONGEST else ""
    return text if SIMPLE.fullmatch(text) else ""


@dataclass
class Budget:
    """How many cells may still be added up."""

    cells: int = MOST_CELLS


def add_up(formula: str, grid: Grid, faults: dict[Place, Fault], budget: Budget) -> Decimal | None:
    """Return what a simple sum gives; None where that cannot be said from the cells alone."""
    total = Decimal(0)
    lenient = formula.startswith("SUM")  # which passes over text; + does not
    for part in PART.findall(formula.removeprefix("SUM")):
        corners = [(int(row), column_number(name.encode())) for name, row in _corners(part)]
        if not corners:
            total += Decimal(part)
            continue
        for place in _places(corners, grid):
            figure = _figure(grid, place, lenient)
            budget.cells -= 1
            if figure is None or place in faults or budget.cells < 0:
                return None
            total += figure
    return total


def _corners(part: str) -> list[tuple[str, str]]:
    return ADDRESS.findall(part.replace("$", ""))


def _places(corners: list[Place], grid: Grid) -> Iterator[Place]:
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
