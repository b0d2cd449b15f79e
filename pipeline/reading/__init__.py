"""One workbook and its layout → plain data."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from pipeline.model.findings import LIST_HEADINGS, LIST_ROW, LIST_SHEET, finding
from pipeline.model.layout import Layout, Sheet, layout
from pipeline.model.limits import LIMITS
from pipeline.model.stamp import STAMP_SHEET, Stamp, find_stamp
from pipeline.model.text import fold, fold_code, show, show_decimal
from pipeline.reading import oddities, shown
from pipeline.reading.book import Opened, open_workbook
from pipeline.reading.headings import Grid, Headings, check_headings, find_headings
from pipeline.reading.limits import RefusedError, check_text, letters
from pipeline.reading.merges import fill_words
from pipeline.reading.row import Row
from pipeline.reading.rows import sort_rows
from pipeline.reading.scan import COVERED, ERROR, PICTURE, Scan
from pipeline.reading.strays import find_strays

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


def measured(raw: Reading, issued: Mapping[str, int]) -> Reading:
    """Return a unit's reading; refused, K103, where a sheet has far more rows than were issued.

    `issued` gives the rows of «Nhiệm vụ» by unit.
    """
    for sheet in layout("unit").tables:
        rows = raw.entries.get(sheet.key, ())
        given = sheet.rows if isinstance(sheet.rows, int) else 0
        most = LIMITS.rows_times * given or LIMITS.rows_returned
        if sheet.key == "tasks" and raw.stamp:
            most = max(most, LIMITS.rows_times * issued.get(fold_code(raw.stamp.unit), 0))
        if len(rows) > most:
            told = f"có {show_decimal(len(rows))} dòng, nhiều nhất {show_decimal(most)}"
            refused = finding("K103", file=raw.file, fact=f"trang «{sheet.title}» {told}")
            return Reading(raw.file, raw.stamp, {}, {}, {}, [], [refused])
    return raw


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
        active = ", ".join(book.active)
        self.findings = [finding("K213", file=file, fact=active)] if active else []

    def read(self, layout: Layout, required: frozenset[str]) -> Reading:
        entries = {sheet.key: self._entries(sheet, required) for sheet in layout.tables}
        known = {fold(sheet.title) for sheet in layout.sheet} | {fold(STAMP_SHEET)}
        stamp = self._stamp(known)
        self._strays(known)
        return Reading(
            self.file, stamp, entries, self.places, self.ticks, self.tallies, self.findings
        )

    def _entries(self, sheet: Sheet, required: frozenset[str]) -> list[dict]:
        titles = self._titles(sheet.title)
        if len(titles) > 1:
            quoted = ", ".join(f"«{title}»" for title in titles)
            self.findings.append(finding("K211", file=self.file, value=sheet.title, fact=quoted))
            return []
        title = next(iter(titles), None)
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

    def _titles(self, wanted: str) -> list[str]:
        """Return the titles alike to one, as they stand in the file; of several only the filled."""
        alike = [title for title in self.book.titles if fold(title) == fold(wanted)]
        return [title for title in alike if len(alike) == 1 or self._is_filled(title)] or alike[:1]

    def _is_filled(self, title: str) -> bool:
        return any(cell != "" for row in self.book.grid(title) for cell in row)

    def _is_blank(self, title: str) -> bool:
        """Say whether a sheet of cells has nothing in them."""
        scan = self.book.scans.get(title)
        return (scan is None or scan.has_cells) and not self._is_filled(title)

    def _table(self, sheet: Sheet, title: str, grid: Grid, headings: Headings) -> list[dict]:
        self.findings += check_headings(headings, sheet, self.file, title)
        for key, column in headings.first.items():
            self.places[self.file, title, key] = letters(column + 1)
        if sheet.tick:
            self.ticks[sheet.key] = _is_ticked(grid[: headings.row - 1], fold(sheet.tick))
        scan, place = self.book.scans[title], {"file": self.file, "sheet": title}
        covered = oddities.covered(grid, scan, headings)
        stale, worked_out = oddities.stale_results(grid, scan, headings)
        masked = shown.masked(grid, scan, headings, sheet)
        pictures = shown.pictured(grid, headings, sheet)
        faults = masked | scan.faults | stale | covered | pictures
        rows = sort_rows(fill_words(grid, scan.merges, headings, sheet), headings, sheet, faults)
        beside = oddities.beside(rows.used, headings, scan, covered)
        self.tallies.append({**place, **rows.tally, **beside})
        self.findings += oddities.hidden_columns(rows.used, headings, scan, place)
        self.findings += oddities.endless(rows.used, headings, scan, place)
        if scan.concealed and rows.used:
            self.findings.append(finding("K210", file=self.file, value=title, fact=oddities.READ))
        if scan.remarks:
            told = ", ".join(scan.remarks)
            self.findings.append(finding("K218", **place, fact=told))
        entries = [self._entry(row, title, sheet, headings, scan) for row in rows.used]
        self.findings += find_strays(rows, grid, headings, sheet, place)
        self.findings += oddities.under_blocks(rows.used, grid, headings, sheet, scan, place)
        self.findings += oddities.unproved(
            rows.used, headings, sheet, scan.cells.formulas - worked_out, place
        )
        self.findings += shown.rounded(rows.used, headings, sheet, scan, place)
        self.findings += oddities.wrong_totals(rows, sheet, place)
        return entries

    def _entry(self, row: Row, title: str, sheet: Sheet, headings: Headings, scan: Scan) -> dict:
        place = {"file": self.file, "sheet": title, "row": row.number}
        for key, value in row.values.items():
            if isinstance(value, str) and len(value) > LONGEST_MARK:
                check_text(value, f"ô {letters(headings.columns[key][0] + 1)}{row.number}")
        given = _given(row, sheet)
        for key, fault in row.faults.items():
            if fault.code == COVERED or key in given:  # said once with the block, or as a change
                continue
            told = {"value": fault.text, "fact": fault.fact}
            # Where a figure is asked for, a picture is but an error.
            lost = fault.code == PICTURE and sheet[key].type != "text"
            self.findings.append(finding(ERROR if lost else fault.code, **place, field=key, **told))
        days, about_days = oddities.counted_days(row, sheet, scan.day_zero, place)
        self.findings += about_days
        percents = shown.percents(row, sheet, headings, scan)
        values = {**dict.fromkeys(sheet.keys), **row.values, **shown.in_words(row)}
        return {**place, **values, **given, **days, **percents}

    def _strays(self, known: Set[str]) -> None:
        """Note the sheets with content that belong to no layout."""
        for title in self._own_titles():
            if fold(title) in known or self._is_blank(title):
                continue
            if self.book.scans[title].concealed:
                unread = {"value": title, "fact": oddities.NOT_READ}
                self.findings.append(finding("K210", file=self.file, **unread))
            else:
                self.findings.append(finding("K205", file=self.file, value=title))

    def _own_titles(self) -> list[str]:
        """Return the titles but for the list of findings, which came from here."""
        return [title for title in self.book.titles if not self._is_list(title)]

    def _is_list(self, title: str) -> bool:
        if not fold(title).startswith(fold(LIST_SHEET)):
            return False
        row = self.book.grid(title)[LIST_ROW - 1 : LIST_ROW]
        return (
            [show(cell) for cell in row[0][: len(LIST_HEADINGS)]] == [*LIST_HEADINGS]
            if row
            else False
        )

    def _stamp(self, known: Set[str]) -> Stamp | None:
        """Return the stamp: on its hidden sheet, else on an issued one, else on any sheet.

        Issued sheets that name another unit or cycle are another workbook's: K130.
        """
        own = [title for title in self._own_titles() if title in self.book.scans]
        issued = [title for title in own if fold(title) in known]
        stamps = list(dict.fromkeys(self._stamps([*self._titles(STAMP_SHEET), *issued])))
        if not stamps:
            return next(self._stamps(own), None)
        first, *others = stamps
        for other in others:
            told = {"file": self.file, "value": first.text, "fact": other.text}
            if (fold_code(other.unit), other.cycle) != (fold_code(first.unit), first.cycle):
                self.findings.append(finding("K130", **told))
                return first if fold_code(other.unit) == fold_code(first.unit) else None
        if others:
            told = {"value": first.text, "fact": others[0].text}
            self.findings.append(finding("K131", file=self.file, **told))
        return first

    def _stamps(self, titles: list[str]) -> Iterator[Stamp]:
        """Yield the stamps in the first rows of sheets."""
        for title in titles:
            for row in self.book.grid(title)[:STAMP_ROWS]:
                for cell in row:
                    if _may_stamp(cell) and (stamp := find_stamp(cell)):
                        yield stamp


def _given(row: Row, sheet: Sheet) -> dict[str, str | None]:
    """Return what stands in the faulty cells of an issued line that the unit may not change.

    They are held against what was issued, which counts whatever has become of them.
    """
    if not row.faults or sheet.key != "tasks":
        return {}
    held = {key for key in row.faults if sheet[key].by == "issued" and not sheet[key].required}
    return {key: row.faults[key].text or None for key in held}


def _may_stamp(cell: object) -> bool:
    return isinstance(cell, str) and "|" in cell and len(cell) <= LONGEST_MARK


def _is_ticked(above: Grid, label: str) -> bool:
    """Say whether a mark stands above the headings, in a cell of its own or before the label."""
    texts = [cell for row in above for cell in row if len(show(cell)) <= LONGEST_MARK]
    marks = (fold(text).partition(label)[0].strip("[]() -–:") for text in texts)
    return any(mark in TICKED for mark in marks)
