"""Every row of a published catalogue: what it is, and what stands in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.model.catalogue import ITEM, SourceRow
from pipeline.model.findings import finding
from pipeline.model.layout import Sheet, layout
from pipeline.model.limits import LIMITS
from pipeline.model.text import as_folded, clean, fold, show, without_marks
from pipeline.reading.book import Opened, open_workbook
from pipeline.reading.headings import Grid, Headings, is_heading, name_columns, names_of, own_first
from pipeline.reading.limits import RefusedError, check_text, letters
from pipeline.reading.merges import Filled, fill_down
from pipeline.reading.row import Row, folded, is_blank
from pipeline.reading.rows import last_filled, sort_rows
from pipeline.reading.scan import Fault, Place, Scan
from pipeline.reading.sections import add_section
from pipeline.reading.sorts import BLANK, SECTION, TOTAL, numbers_columns
from pipeline.reading.words import FOOTER, SECTION_MARK

FIGURES = ("points", "coefficient")
ABOVE = ("title", "no_table")  # rows outside any table
BESIDE = ("number", "range", "note")  # no register keeps them: two columns of them ask nothing
CELL_SHOWN, ROW_SHOWN, BETWEEN = 100, 500, " · "
# One text alone; what may be signatures; several texts without a figure.
TEXT, SIGNED, WORDS = "text", "signed", "words"
MOST_TITLES = 12  # rows right above the headings
END = LIMITS.rows + 1
LONGEST_HEADING = 100
BRACKETED = re.compile(r"(?<=\w)\s*\([^()]*\)$")
JOINED = re.compile(as_folded(r"\s*(?:[/,;]|\s[–-]\s|\b(?:và|hoặc)\b)\s*"))


@dataclass(frozen=True)
class _Table:
    """One table of a sheet: its heading rows end at `headings.row`, its own rows at `last`."""

    first: int
    headings: Headings
    last: int


def read_catalogue(data: bytes, file: str) -> tuple[list[SourceRow], list[dict]]:
    """Return every row of every sheet in order, or no row and the finding that refuses the file."""
    source = layout("catalogue")["source"]
    try:
        book = open_workbook(data)
        return [row for title in book.titles for row in _Sheet(book, title, source).rows()], []
    except RefusedError as refused:
        return [], [finding(refused.code, file=file, fact=refused.fact)]


class _Sheet:
    """One sheet while its rows are read."""

    def __init__(self, book: Opened, title: str, source: Sheet) -> None:
        self.title, self.source = title, source
        grid, self.scan = book.grid(title), book.scans[title]
        self.hidden = self.scan.concealed
        self.faulty = {row for row, _ in self.scan.faults}
        self.last = max([last_filled(grid), *self.faulty])
        # A cell without a result may stand below all that the reader gives.
        blank = [""] * max(map(len, grid), default=0)
        self.grid = grid + [blank] * (self.last - len(grid))
        self.filled = fill_down(self.grid, self.scan.merges)

    def rows(self) -> list[SourceRow]:
        """Return the sheet's rows from the first to the last that holds anything."""
        tables = list(_find_tables(self.filled.grid, self.source, self.last))
        start = tables[0].first if tables else self.last + 1
        sort = "title" if tables else "no_table"
        above = [self._plain(number, sort) for number in range(1, start)]
        told = [row.shown for row in above if row.sort == "title"][-MOST_TITLES:]
        titles = (*told, clean(self.title))
        below = [row for table in tables for row in self._table(table)]
        return above + _under(below, titles)

    def _plain(self, number: int, sort: str) -> SourceRow:
        """Return a row of which only the texts matter."""
        cells = self.grid[number - 1]
        texts = [clean(cell).strip() for cell in cells if not is_blank(cell)]
        shown = BETWEEN.join(_cut(text, CELL_SHOWN) for text in texts)
        hidden = self.hidden or number in self.scan.hidden
        kept = "blank" if sort in ABOVE and not texts and number not in self.faulty else sort
        return SourceRow(clean(self.title), number, kept, _cut(shown, ROW_SHOWN), hidden)

    def _table(self, table: _Table) -> list[SourceRow]:
        """Return a table's rows, its headings first."""
        span = range(table.first, table.headings.row + 1)
        found = [self._plain(number, "headings") for number in span]
        if unread := self._unread(table):
            found[-1] = replace(found[-1], faults={"": ("K730", unread)})
        own = _part(self.scan, table.last)
        cells = self.filled.grid[: table.last]
        sorted_rows = sort_rows(cells, table.headings, self.source, own).rows
        found += [
            self._row(row, _sort(row, sort, table.headings), table.headings)
            for row, sort in sorted_rows
        ]
        rest = range(found[-1].row + 1, table.last + 1)
        return found + [self._plain(number, "blank") for number in rest]

    def _unread(self, table: _Table) -> str:
        """Return the headings above rows of which no field is read."""
        read = {at for found in table.headings.columns.values() for at in found}
        lines = self.filled.grid[table.first - 1 : table.headings.row]
        unread = {
            at: clean(cell).strip()
            for line in lines
            for at, cell in enumerate(line)
            if at not in read and not is_blank(cell)
        }
        told = (f"{letters(at + 1)} «{_cut(text, 40)}»" for at, text in sorted(unread.items()))
        return _cut(", ".join(told), CELL_SHOWN) if table.last > table.headings.row else ""

    def _row(self, row: Row, sort: str, headings: Headings) -> SourceRow:
        for column, cell in enumerate(self.filled.grid[row.number - 1], 1):
            if isinstance(cell, str):
                check_text(cell, f"ô {letters(column)}{row.number}")
        plain = self._plain(row.number, sort)
        first = headings.first
        carried = {key: self.filled.carried.get((row.number, at)) for key, at in first.items()}
        formulas = self.scan.cells.formulas
        computed = {key for key in FIGURES if (row.number, first.get(key, -1) + 1) in formulas}
        return replace(
            plain,
            values={key: _only(self.filled, row, at) for key, at in headings.columns.items()},
            faults=self._faults(row, headings),
            carried={key: top for key, top in carried.items() if top},
            computed=frozenset(computed),
            columns={key: letters(at + 1) for key, at in first.items()},
        )

    def _faults(self, row: Row, headings: Headings) -> dict[str, tuple[str, str]]:
        """Return the fields without a value of their own, by the code that says why."""
        found = {key: (fault.code, fault.text) for key, fault in row.faults.items()}
        for key, columns in headings.columns.items():
            spans = [self.filled.spans.get((row.number, at)) for at in columns]
            if key in FIGURES and (merged := next(filter(None, spans), None)):
                found.setdefault(key, ("K723", merged))
            if len(columns) > 1 and key not in BESIDE and _differ(self.filled, row, columns):
                where = ", ".join(letters(at + 1) for at in columns)
                found.setdefault(key, ("K204", where))
        return found


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _find_tables(grid: Grid, source: Sheet, last: int) -> Iterator[_Table]:
    """Yield the tables of a sheet; each begins where a row names the product and one more field.

    One row may name the product and the next one the rest.
    """
    found: list[tuple[int, Headings]] = []
    marked = {_alike(name): key for name, key in names_of(source).items()}
    names = {without_marks(name): key for name, key in marked.items()} | marked
    above: dict[str, list[int]] = {}
    for number, cells in enumerate(grid, 1):
        columns = _columns(cells, names, source)
        lower = bool(columns) and _is_lower(cells, columns)
        if is_heading(columns, source):
            found.append((number, Headings(number, columns)))
        elif found and found[-1][1].row == number - 1 and lower:
            found[-1] = found[-1][0], _lowered(found[-1][1], columns)
        elif above and lower:
            both = _lowered(Headings(number - 1, above), columns)
            found += [(number - 1, both)] if is_heading(both.columns, source) else []
        above = columns
    ends = [first - 1 for first, _ in found[1:]] + [last]
    for (first, headings), end in zip(found, ends, strict=False):
        yield _Table(first, headings, end)


def _columns(cells: list[object], names: Mapping[str, str], source: Sheet) -> dict:
    """Return the columns a row names; of two columns with figures neither goes first."""
    named = name_columns([_alike(cell) if _may_name(cell) else "" for cell in cells], names)
    figures = {key: named[key] for key in FIGURES if key in named}
    return own_first(named, cells, source) | figures


def _may_name(cell: object) -> bool:
    return isinstance(cell, str) and 0 < len(cell) <= LONGEST_HEADING


def _alike(heading: str) -> str:
    """Return a heading without what stands in brackets behind it, its parts joined by «/»."""
    return JOINED.sub("/", BRACKETED.sub("", fold(heading)))


def _is_lower(cells: list[object], columns: dict[str, list[int]]) -> bool:
    """Say whether a row below the headings is their second line: headings and nothing else."""
    filled = [at for at, cell in enumerate(cells) if not is_blank(cell)]
    named = {at for found in columns.values() for at in found}
    return bool(filled) and named >= set(filled)


def _lowered(upper: Headings, columns: dict[str, list[int]]) -> Headings:
    """Return two lines of headings as one; a lower heading goes before the one above it."""
    taken = {at for found in columns.values() for at in found}
    kept = {
        key: rest
        for key, found in upper.columns.items()
        if (rest := [at for at in found if at not in taken])
    }
    return Headings(upper.row + 1, {**kept, **columns})


def _part(scan: Scan, last: int) -> dict[Place, Fault]:
    """Return the faults in the rows down to the last."""
    return {place: fault for place, fault in scan.faults.items() if place[0] <= last}


def _sort(row: Row, sort: str, headings: Headings) -> str:
    """Return what a row is; TEXT, SIGNED or WORDS where only the rows after it can tell."""
    if sort in (BLANK, TOTAL):
        return sort
    if sort == SECTION:
        return "numbers" if numbers_columns(row) else "section"
    filled = {key for key, value in row.values.items() if value is not None} | row.faults.keys()
    # A section may carry the sum of its points, or stand in the column of the products.
    named = len(row.cells) == 2 and not row.has_figures and show(row.cells[0]).isupper()
    if SECTION_MARK.fullmatch(row.first) and (named or not filled & {"code", "product"}):
        return "section"
    if row.has_figures or ("code" in filled and len(row.cells) > 1):
        return ITEM
    signed = any(FOOTER.fullmatch(folded(cell)) for cell in row.cells)
    if len(row.cells) > 1:
        return SIGNED if signed and len(row.cells) <= 3 else WORDS
    columns = headings.first
    alone = "product" in filled and columns["product"] > min(columns.values())
    return SIGNED if signed else WORDS if alone else TEXT


def _under(rows: list[SourceRow], titles: tuple[str, ...]) -> list[SourceRow]:
    """Return the rows under their titles and sections; signatures and notes stand below them."""
    last = max((row.row for row in rows if row.sort == ITEM), default=0)
    signed = min((row.row for row in rows if row.sort == SIGNED and row.row > last), default=END)
    last = max(
        (row.row for row in rows if row.sort in (ITEM, WORDS) and row.row < signed), default=0
    )
    sections: list[tuple[str, str]] = []
    found = []
    for row in rows:
        sort = _settled(row, last)
        if sort == "section":
            sections = add_section(sections, row.shown.replace(BETWEEN, " "))
        texts = tuple(text for _, text in sections)
        found.append(replace(row, sort=sort, titles=titles, sections=texts))
    return found


def _settled(row: SourceRow, last: int) -> str:
    """Return what a row is, now that the last row of the tables is known."""
    if row.sort not in (TEXT, SIGNED, WORDS):
        return row.sort
    if row.row > last:
        return "below"
    return ITEM if row.sort == WORDS or BETWEEN in row.shown else "section"


def _only(filled: Filled, row: Row, columns: list[int]) -> object:
    """Return the first value that stands in a field's columns, None where there is none."""
    return next(iter(_values(filled, row, columns)), None)


def _differ(filled: Filled, row: Row, columns: list[int]) -> bool:
    return len({clean(show(value)).strip() for value in _values(filled, row, columns)}) > 1


def _values(filled: Filled, row: Row, columns: list[int]) -> list[object]:
    cells = filled.grid[row.number - 1]
    return [cells[at] for at in columns if at < len(cells) and not is_blank(cells[at])]
