"""The rows of a sheet and which of them are used: read = used + left out, always."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.model.layout import Sheet
from pipeline.reading.headings import Grid, Headings
from pipeline.reading.row import Row, folded, is_blank
from pipeline.reading.scan import Fault, Place
from pipeline.reading.sorts import (
    EMPTY,
    HEADING,
    LEFT_OUT,
    NOTE,
    SECTION,
    SET_ASIDE,
    SIGNATURE,
    TOTAL,
    USED,
    find_ends,
    sort_of,
)

COUNTED_AS = {HEADING: SECTION, NOTE: SET_ASIDE, SIGNATURE: SET_ASIDE, EMPTY: SET_ASIDE}


@dataclass(frozen=True)
class SortedRows:
    """The rows below the headings, each with the sort it is of."""

    rows: list[tuple[Row, str]]

    @property
    def used(self) -> list[Row]:
        """The rows that count."""
        return self.of(USED)

    @property
    def totals(self) -> list[Row]:
        """The rows that add up others."""
        return self.of(TOTAL)

    def of(self, wanted: str) -> list[Row]:
        """Return the rows of a sort."""
        return [row for row, sort in self.rows if sort == wanted]

    @property
    def tally(self) -> dict[str, int]:
        """Rows read, used, and left out by reason."""
        counts = Counter(COUNTED_AS.get(sort, sort) for _, sort in self.rows)
        left = {name: counts[name] for name in LEFT_OUT}
        return {"read": counts.total(), USED: counts[USED], **left}


def sort_rows(
    grid: Grid, headings: Headings, sheet: Sheet, faults: Mapping[Place, Fault]
) -> SortedRows:
    """Return the rows below the headings, each of one sort."""
    rows = list(_rows(grid, headings, faults))
    table = find_ends(rows, sheet, headings.row + 1)
    found, before = [], ""
    for row in rows:
        before = sort_of(row, table, before)
        found.append((row, before))
    return SortedRows(found)


def _rows(grid: Grid, headings: Headings, found: Mapping[Place, Fault]) -> Iterator[Row]:
    """Yield the rows below the headings down to the last that holds anything."""
    columns = headings.first
    faults: dict[int, dict[int, Fault]] = {}
    for (row, column), fault in found.items():
        faults.setdefault(row, {})[column - 1] = fault
    last = max([last_filled(grid), *faults])
    for number in range(headings.row + 1, last + 1):
        raw = grid[number - 1] if number <= len(grid) else []
        cells = [None if is_blank(cell) else cell for cell in raw]
        filled = [cell for cell in cells if cell is not None]
        here = faults.get(number, {})
        width = len(cells)
        values = {
            key: cells[at] if at < width and at not in here else None for key, at in columns.items()
        }
        broken = {key: here[at] for key, at in columns.items() if at in here} if here else {}
        yield Row(number, values, filled, broken, folded(filled[0]) if filled else "")


def last_filled(grid: Grid) -> int:
    """Return the number of the last row that holds anything."""
    for number in range(len(grid), 0, -1):
        if not all(map(is_blank, grid[number - 1])):
            return number
    return 0
