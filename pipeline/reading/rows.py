"""Which rows of a sheet are used and why the others are not: read = used + left out, always."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.model.layout import Sheet
from pipeline.model.text import fold
from pipeline.reading.headings import Grid, Headings, key_field
from pipeline.reading.scan import Fault, Place

BLANK, PREPRINTED, TOTAL, SECTION, SET_ASIDE = LEFT_OUT = (
    "blank",
    "preprinted",
    "total",
    "section",
    "set_aside",
)
USED = "used"
NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\u202f\u3000\ufeff"
TOTAL_WORD = re.compile(r"(?:tổng|cộng|tổng cộng|tổng số)(?:\s*[:(].*)?")
ORDINAL = r"(?:[ivx]{1,5}|[a-h])"
SECTION_MARK = re.compile(ORDINAL + r"[.)/]?")
SECTION_TEXT = re.compile(ORDINAL + r"\s*[.)/:–-]\s.*", re.DOTALL)
COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-h])\)?")
FOOTER = re.compile(
    r"(?:người lập|người tổng hợp|thủ trưởng|trưởng|phó|chủ tịch|xác nhận|nơi nhận|ghi chú)\b.*"
    r"|(?:kt|tm|tl)\..*"
    r"|.*\bngày\b.*\btháng\b.*\bnăm\b.*",
    re.DOTALL,
)
SHORT = 200


@dataclass(frozen=True)
class Row:
    """One row: the sender's own number, its fields, everything in it from the left."""

    number: int
    values: dict[str, object]
    cells: list[object]
    faults: dict[str, Fault]

    @property
    def has_figures(self) -> bool:
        return bool(self.faults) or any(not isinstance(cell, str) for cell in self.cells)

    @property
    def first(self) -> str:
        """The first cell as it is compared."""
        return folded(self.cells[0]) if self.cells else ""


@dataclass(frozen=True)
class SortedRows:
    """The rows below the headings, each with the sort it is of."""

    rows: list[tuple[Row, str]]

    @property
    def used(self) -> list[Row]:
        """The rows that count."""
        return [row for row, sort in self.rows if sort == USED]

    @property
    def totals(self) -> list[Row]:
        """The rows that add up others."""
        return [row for row, sort in self.rows if sort == TOTAL]

    @property
    def tally(self) -> dict[str, int]:
        """Rows read, used, and left out by reason."""
        counts = Counter(sort for _, sort in self.rows)
        left = {name: counts[name] for name in LEFT_OUT}
        return {"read": counts.total(), USED: counts[USED], **left}


def sort_rows(
    grid: Grid, headings: Headings, sheet: Sheet, faults: Mapping[Place, Fault]
) -> SortedRows:
    """Return the rows below the headings, each of one sort."""
    rows = list(_rows(grid, headings, faults))
    footer = _footer(rows, sheet)
    return SortedRows([(row, _sort(row, sheet, headings.row + 1, footer)) for row in rows])


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
        here = faults.get(number, {})
        width = len(cells)
        values = {
            key: cells[at] if at < width and at not in here else None for key, at in columns.items()
        }
        broken = {key: here[at] for key, at in columns.items() if at in here} if here else {}
        yield Row(number, values, [cell for cell in cells if cell is not None], broken)


def last_filled(grid: Grid) -> int:
    """Return the number of the last row that holds anything."""
    for number in range(len(grid), 0, -1):
        if not all(map(is_blank, grid[number - 1])):
            return number
    return 0


def folded(cell: object) -> str:
    """Return a cell as it is compared; "" for a long text, which is no mark."""
    return "" if isinstance(cell, str) and len(cell) > SHORT else fold(cell)


def is_blank(cell: object) -> bool:
    """Say whether a cell shows nothing."""
    return isinstance(cell, str) and not cell.strip(NOTHING)


def _sort(row: Row, sheet: Sheet, first: int, footer: float) -> str:
    """Return the one sort a row is of; from row `footer` on there are only signatures."""
    if not row.cells and not row.faults:
        return BLANK
    if row.number >= footer:
        return SET_ASIDE
    if _is_total(row, sheet):
        return TOTAL
    if _is_section(row, sheet) or (row.number == first and numbers_columns(row)):
        return SECTION
    filled = {key for key, value in row.values.items() if value is not None} | row.faults.keys()
    if not filled:
        return SET_ASIDE
    spare = isinstance(sheet.rows, int)
    return PREPRINTED if spare and all(sheet[key].by == "issued" for key in filled) else USED


def _has_key(row: Row, sheet: Sheet) -> bool:
    """Say whether the row's key holds something other than the row's first cell."""
    key = key_field(sheet)
    value = row.values.get(key.key) if key else None
    return value is not None and value is not row.cells[0]


def _is_total(row: Row, sheet: Sheet) -> bool:
    return bool(TOTAL_WORD.fullmatch(row.first)) and not _has_key(row, sheet)


def _is_section(row: Row, sheet: Sheet) -> bool:
    """Say whether the row is a heading within the table: «I», «A. Việc thường xuyên»."""
    if row.has_figures or _has_key(row, sheet) or _is_complete(row, sheet):
        return False
    if SECTION_MARK.fullmatch(row.first) and len(row.cells) <= 2:
        return True
    return len(row.cells) == 1 and bool(SECTION_TEXT.fullmatch(row.first))


def _is_complete(row: Row, sheet: Sheet) -> bool:
    """Say whether all of several required fields are filled: a unit coded «A» is no heading."""
    required = [field.key for field in sheet.field if field.required]
    return len(required) > 1 and all(row.values.get(key) is not None for key in required)


def numbers_columns(row: Row) -> bool:
    """Say whether the row only numbers the columns: (1) (2) (3) or A B 1 2 3."""
    return len(row.cells) >= 4 and all(COLUMN_NUMBER.fullmatch(folded(cell)) for cell in row.cells)


def _footer(rows: list[Row], sheet: Sheet) -> float:
    """Return the number of the row where signatures and notes begin below an issued table."""
    key, start = key_field(sheet), float("inf")
    if key is None or key.by != "issued":
        return start
    for row in reversed(rows):
        if row.has_figures or _holds_code(row, key.key):
            break
        if len(row.cells) <= 3 and any(FOOTER.fullmatch(folded(cell)) for cell in row.cells):
            start = row.number
    return start


def _holds_code(row: Row, key: str) -> bool:
    """Say whether the key looks like a code, and not like a signature's office or name."""
    text = folded(row.values.get(key))
    return bool(text) and (" " not in text or any(map(str.isdigit, text)))
