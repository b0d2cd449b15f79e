"""One workbook while it is written: its formats, its page set-up and its cells.

Nothing that came in is ever live: every text is written as text, and what a spreadsheet program
might take for a formula carries the quote mark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from math import ceil

from pipeline.model.layout import Layout, Sheet
from pipeline.model.stamp import Stamp
from pipeline.model.text import show
from pipeline.tools.blocks import inert
from pipeline.tools.form import BOLD, height_of, lines_of

FONT = "Times New Roman"
GREY, YELLOW = "#D9D9D9", "#FFF8D6"
HEADING = {"bold": True, "text_wrap": True, "align": "center", "border": 1, "bg_color": GREY}
A3, A4, TITLE_POINTS = 8, 9, 20
PAGES_WIDE = 1.7  # a wider table is printed on the larger sheet
SHEET_WIDE = 2.25  # what one of those holds in type of 6 points; a wider table takes several
LOCKED_MAY = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}


@dataclass(frozen=True)
class Paper:
    """What every sheet of one workbook is written with."""

    book: object
    layout: Layout
    words: Mapping[str, object]
    lists: Mapping[str, Sequence[str]]
    form: bool
    stamp: Stamp | None
    formats: dict[tuple, tuple] = field(default_factory=dict)
    hidden_lists: dict[str, list[str]] = field(default_factory=dict)

    def look(self, **properties: object) -> tuple[object, object]:
        """Return the two formats of these properties: plain, and for texts that begin live."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            usual = {"valign": "vcenter", **properties}
            quoted = {**usual, "quote_prefix": True}
            self.formats[key] = self.book.add_format(usual), self.book.add_format(quoted)
        return self.formats[key]

    def add_sheet(self, sheet: Sheet) -> object:
        """Return a new sheet with its page set-up; a form's locked cells are protected."""
        target = self.book.add_worksheet(sheet.title)
        if not sheet.upright:
            target.set_landscape()
        target.set_paper(A4)
        target.set_margins(left=0.32, right=0.32, top=0.5, bottom=0.55)
        target.fit_to_pages(1, 0)
        target.set_footer(self._footer(sheet), {"margin": 0.25})
        target.hide_gridlines(2)
        if self.form and has_locks(sheet):
            target.protect("", LOCKED_MAY)
        return target

    def _footer(self, sheet: Sheet) -> str:
        lead = f'&"{FONT},Regular"&9 '
        parts = [self.layout.title, sheet.title, *([self.stamp.text] if self.stamp else [])]
        label = " · ".join(parts)[:150].replace("&", "&&")
        return f"&L{lead}{label}&R{lead}Trang &P/&N"

    def texts(self, sheet: Sheet) -> list[str]:
        """Return a sheet's lines of text with their words filled in."""
        words = {name: show(value) for name, value in self.words.items()}
        return [line.format(**words) for line in sheet.text or (sheet.title,)]

    def head(self, target: object, sheet: Sheet) -> None:
        """Write the lines above the heading row: title, what to do, and last the stamp."""
        for row, line in enumerate(self.texts(sheet)):
            size = {"font_size": 13, "bold": True} if row == 0 else {}
            put(target, row, 0, line, self.look(**size))
        target.set_row(0, TITLE_POINTS)
        if self.stamp:
            small = self.look(font_size=9, italic=True, font_color="#595959")
            put(target, sheet.heading_row - 2, 0, self.stamp.line, small)

    def headings(
        self, target: object, row: int, names: Sequence[str], widths: Sequence[float]
    ) -> None:
        """Write the heading row, repeated on every printed page and kept on screen."""
        for column, (name, width) in enumerate(zip(names, widths, strict=True)):
            target.set_column(column, column, width)
            put(target, row, column, name, self.look(**HEADING))
        lines = max(lines_of(name, width, BOLD) for name, width in zip(names, widths, strict=True))
        target.set_row(row, height_of(lines))
        target.repeat_rows(row)
        target.freeze_panes(row + 1, 0)


def fit_wide(target: object, sheet: Sheet, breadth: float) -> None:
    """Print a wide table on A3, a very wide one on several, its first codes on each of them.

    `breadth` is how many readable pages the columns take side by side.
    """
    if breadth > PAGES_WIDE:
        target.set_paper(A3)
    if breadth > SHEET_WIDE:
        target.fit_to_pages(ceil(breadth / SHEET_WIDE), 0)
        codes = takewhile(lambda field: field.type == "code", sheet.field)
        target.repeat_columns(0, max(len([*codes]) - 1, 0))


def has_locks(sheet: Sheet) -> bool:
    """Say whether a sheet holds anything its reader may not change.

    The working group's own tables have no locks, so that rows can be put in, taken out and sorted.
    """
    return not sheet.field or any(part.by in ("issued", "unit") for part in sheet.field)


def put(target: object, row: int, column: int, text: str, look: tuple[object, object]) -> None:
    """Write one cell of text outside the tables; a text is never anything else."""
    whole, live = inert(text)
    # The library would take a text between these two tags for ready-made XML.
    if whole.startswith("<r>") and whole.endswith("</r>"):
        whole += "\u200b"
    sure(target.write_string(row, column, whole, look[live]))


def sure(result: int) -> None:
    """Raise when the library left something out; it says so only in its return value."""
    if result != 0:
        raise ValueError(f"the workbook library refused a cell or rule ({result})")
