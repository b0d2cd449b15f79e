"""What stands in a table's rows or beside them and is not read: it is said, never lost."""

from collections.abc import Iterator

from pipeline.model.findings import finding
from pipeline.model.layout import Sheet
from pipeline.model.text import show
from pipeline.reading.headings import Grid, Headings
from pipeline.reading.limits import letters
from pipeline.reading.oddities import listed
from pipeline.reading.row import Row, is_blank
from pipeline.reading.rows import SortedRows
from pipeline.reading.sorts import EMPTY, ISSUED, NOTE, PREPRINTED, SET_ASIDE, SIGNATURE, USED


def find_strays(
    rows: SortedRows, grid: Grid, headings: Headings, sheet: Sheet, place: dict[str, str]
) -> list[dict]:
    """Return K214 for rows of words or signatures, K215 for cells under no heading.

    And K217 for words that say a list is empty.
    With a heading gone that alone is said.
    """
    found = [
        finding("K217", **place, row=row.number, value=show(_said(row)).strip())
        for row in rows.of(EMPTY)[:1]
    ]
    asked = [field.key for field in sheet.field if field.by == "unit"]
    if not asked or not headings.columns.keys() >= set(asked):
        return found
    if notes := _notes(rows, sheet):
        told = {"value": show(notes[0].cells[0]).strip(), "fact": _listed_rows(notes)}
        found.append(finding("K214", **place, row=notes[0].number, **told))
    if beside := list(_beside(rows, grid, headings)):
        (row, column), *_ = beside
        names = listed([f"{letters(at + 1)}{number}" for number, at in beside])
        value = show(grid[row - 1][column]).strip()
        found.append(finding("K215", **place, row=row, value=value, fact=names))
    return found


def _notes(rows: SortedRows, sheet: Sheet) -> list[Row]:
    """Return the rows of words; below a list also those of who signs, in the list's columns."""
    listed_signs = sheet.rows != ISSUED
    return [
        row
        for row, sort in rows.rows
        if sort == NOTE or (sort == SIGNATURE and listed_signs and row.filled)
    ]


def _said(row: Row) -> object:
    """Return the words of a row that say a list is empty."""
    return next(cell for cell in reversed(row.cells) if isinstance(cell, str))


def _listed_rows(rows: list) -> str:
    return listed([str(row.number) for row in rows])


def _beside(rows: SortedRows, grid: Grid, headings: Headings) -> Iterator[tuple[int, int]]:
    """Yield row and column, counted from 0, of cells in columns that nobody gave a heading."""
    named = {column for columns in headings.columns.values() for column in columns}
    for line in grid[max(headings.row - 2, 0) : headings.row]:
        named |= {column for column, cell in enumerate(line) if not is_blank(cell)}
    width = max(map(len, grid), default=0)
    others = [column for column in range(width) if column not in named]
    for row, sort in rows.rows if others else ():
        if sort in (USED, PREPRINTED, SET_ASIDE) and row.number <= len(grid):
            cells = grid[row.number - 1]
            yield from (
                (row.number, column)
                for column in others
                if column < len(cells) and not is_blank(cells[column])
            )
