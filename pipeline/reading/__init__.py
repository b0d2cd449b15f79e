"""One workbook and its layout → plain data."""

from bisect import bisect_left
from dataclasses import dataclass

from pipeline.model.findings import LIST_SHEET, finding
from pipeline.model.layout import Layout, Sheet
from pipeline.model.stamp import STAMP_SHEET, Stamp, find_stamp
from pipeline.model.text import fold, show
from pipeline.reading.book import Opened, open_workbook
from pipeline.reading.headings import Grid, Headings, check_headings, find_headings
from pipeline.reading.limits import RefusedError, check_text, letters
from pipeline.reading.rows import Row, SortedRows, sort_rows
from pipeline.reading.scan import Scan

STAMP_ROWS = 6
LONGEST_MARK = 500  # a longer text is neither stamp nor tick
TICKED = frozenset(("x", "v", "✓", "✔", "☑", "☒", "có", "true"))


@dataclass(frozen=True)
class Reading:
    """What one workbook holds, as typed, under the sender's own titles, columns and row numbers."""

    file: str
    stamp: Stamp | None
    entries: dict[str, list[dict]]  # sheet key → rows: file, sheet, row, and the fields' raw values
    places: dict[tuple[str, str, str], str]  # (file, sheet title, field) → column letter
    ticks: dict[str, bool]  # sheet key → its tick is set
    tallies: list[dict]  # one per sheet: rows read = used + left out; merged blocks, hidden rows
    findings: list[dict]


def unreadable(file: str, found: dict) -> Reading:
    """Return the reading of a file that is refused whole."""
    return Reading(file, None, {}, {}, {}, [], [found])


def read_workbook(data: bytes, file: str, layout: Layout, required: frozenset[str]) -> Reading:
    """Return what a workbook holds of a layout; `required` are the sheets that must be there.

    Nothing about the file raises: what is wrong with it stands in the findings.
    """
    try:
        return _Reader(open_workbook(data), file).read(layout, required)
    except RefusedError as refused:
        return unreadable(file, finding(refused.code, file=file, fact=refused.fact))


class _Reader:
    """One opened workbook and what has been read of it so far."""

    def __init__(self, book: Opened, file: str) -> None:
        self.book = book
        self.file = file
        self.places: dict[tuple[str, str, str], str] = {}
        self.ticks: dict[str, bool] = {}
        self.tallies: list[dict] = []
        self.findings: list[dict] = []

    def read(self, layout: Layout, required: frozenset[str]) -> Reading:
        entries = {sheet.key: self._entries(sheet, required) for sheet in layout.tables}
        stamp = self._stamp()
        self._strays(layout)
        return Reading(
            self.file, stamp, entries, self.places, self.ticks, self.tallies, self.findings
        )

    def _entries(self, sheet: Sheet, required: frozenset[str]) -> list[dict]:
        title = self._title(sheet.title)
        if title is None:
            if sheet.key in required:
                self.findings.append(finding("K201", file=self.file, value=sheet.title))
            return []
        grid = self.book.grid(title)
        headings = find_headings(grid, sheet)
        if headings is None:
            if grid or sheet.key in required:
                self.findings.append(finding("K202", file=self.file, sheet=title))
            return []
        return self._table(sheet, title, grid, headings)

    def _title(self, wanted: str) -> str | None:
        """Return the title as it stands in the file; one spelled exactly so goes first."""
        titles = self.book.titles
        alike = [title for title in titles if fold(title) == fold(wanted)]
        return wanted if wanted in alike else next(iter(alike), None)

    def _table(self, sheet: Sheet, title: str, grid: Grid, headings: Headings) -> list[dict]:
        self.findings += check_headings(headings, sheet, self.file, title)
        for key, column in headings.first.items():
            self.places[self.file, title, key] = letters(column + 1)
        if sheet.tick:
            self.ticks[sheet.key] = _is_ticked(grid[: headings.row - 1], fold(sheet.tick))
        scan = self.book.scans[title]
        rows = sort_rows(grid, headings, sheet, scan)
        self._count(title, rows, headings, scan)
        return [self._entry(row, title, sheet, headings) for row in rows.used]

    def _entry(self, row: Row, title: str, sheet: Sheet, headings: Headings) -> dict:
        place = {"file": self.file, "sheet": title, "row": row.number}
        for key, value in row.values.items():
            if isinstance(value, str):
                check_text(value, headings.columns[key][0] + 1, row.number)
        for key, fault in row.faults.items():
            self.findings.append(finding(fault.code, **place, field=key, value=fault.text))
        return {**place, **{key: row.values.get(key) for key in sheet.keys}}

    def _count(self, title: str, rows: SortedRows, headings: Headings, scan: Scan) -> None:
        place = {"file": self.file, "sheet": title}
        self.tallies.append({**place, **rows.tally, **_beside(rows.used, headings, scan)})

    def _strays(self, layout: Layout) -> None:
        """Note the sheets with content that belong to no layout."""
        known = {fold(sheet.title) for sheet in layout.sheet} | {fold(STAMP_SHEET)}
        for title in self._own_titles():
            if fold(title) not in known and any(
                cell != "" for row in self.book.grid(title) for cell in row
            ):
                self.findings.append(finding("K205", file=self.file, value=title))

    def _own_titles(self) -> list[str]:
        """Return the titles but for the list of findings, which came from here."""
        return [t for t in self.book.titles if fold(t) != fold(LIST_SHEET)]

    def _stamp(self) -> Stamp | None:
        """Return the stamp: on its hidden sheet, else in the first rows of any sheet."""
        hidden = self._title(STAMP_SHEET)
        titles = [*self.book.grids, *(t for t in self._own_titles() if t in self.book.scans)]
        for title in ([hidden] if hidden else []) + titles:
            for row in self.book.grid(title)[:STAMP_ROWS]:
                for cell in row:
                    if _may_stamp(cell) and (stamp := find_stamp(cell)):
                        return stamp
        return None


def _may_stamp(cell: object) -> bool:
    return isinstance(cell, str) and "|" in cell and len(cell) <= LONGEST_MARK


def _is_ticked(above: Grid, label: str) -> bool:
    """Say whether a mark stands above the headings, in a cell of its own or before the label."""
    texts = [cell for row in above for cell in row if len(show(cell)) <= LONGEST_MARK]
    marks = (fold(text).partition(label)[0].strip("[]() -–:") for text in texts)
    return any(mark in TICKED for mark in marks)


def _beside(used: list[Row], headings: Headings, scan: Scan) -> dict[str, str]:
    """Return the merged blocks over used rows and fields; used rows hidden, or with other cells."""
    numbers = [row.number for row in used]
    columns = sorted(column + 1 for column in headings.first.values())
    merged = [
        f"{letters(block.left)}{block.top}:{letters(block.right)}{block.bottom}"
        for block in scan.merges
        if _meets(numbers, block.top, block.bottom) and _meets(columns, block.left, block.right)
    ]
    hidden = [str(number) for number in numbers if number in scan.hidden]
    filled = ((row, sum(value is not None for value in row.values.values())) for row in used)
    outside = [str(row.number) for row, count in filled if len(row.cells) > count]
    shown = {"merged": merged, "hidden": hidden, "outside": outside}
    return {name: ", ".join(parts) for name, parts in shown.items()}


def _meets(ordered: list[int], first: int, last: int) -> bool:
    """Say whether one of the ordered numbers lies within the span."""
    at = bisect_left(ordered, first)
    return at < len(ordered) and ordered[at] <= last
