"""Layout and tables in, xlsx out: the only place that writes workbooks.

Nothing that came in is ever live: every text is written as text, and what a spreadsheet program
might take for a formula carries the quote mark. Row heights are left to the spreadsheet program: it
fits them when it opens the file and again while somebody types; heights set here would cut notes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter

from pipeline.model.layout import Field, Layout, Sheet
from pipeline.model.stamp import STAMP_SHEET, Stamp
from pipeline.model.text import show
from pipeline.tools import form as forms
from pipeline.tools.blocks import ROW, TICK_ROW, Block, Table, block_of, fill_formula, inert, letters, quoted

FONT = "Times New Roman"
GREY, YELLOW = "#D9D9D9", "#FFF8D6"
GUIDE_WIDTH, CHECK_WIDTHS, VERDICT_ROW = 130, (90, 12), 2
READY, NOT_READY = "SẴN SÀNG GỬI", "CÒN"
PAGES_WIDE = 1.7  # a wider table is printed on several pages side by side
TYPE_LOOKS = {
    "date": {"num_format": "dd/mm/yyyy", "align": "center"},
    "decimal": {"align": "right"},
    "count": {"align": "center"},
}
LOCKED_MAY = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}
EARLIEST = datetime(2026, 1, 1)


def write_workbook(
    layout: Layout,
    tables: Mapping[str, Table],
    *,
    words: Mapping[str, object] | None = None,
    lists: Mapping[str, Sequence[str]] | None = None,
    form: bool = False,
    stamp: Stamp | None = None,
    results: bool = True,
    created: datetime = EARLIEST,
) -> bytes:
    """Return the workbook: the sheets of `tables`, the text sheets and the self-check.

    `words` fill the places in texts and formulas, `lists` are the named drop-downs. A form has
    spare rows, locks, drop-downs and prompts. Without `results` formulas stand alone, for a
    spreadsheet program to compute. Equal arguments give equal bytes.
    """
    writer = _Writer(layout, tables, words or {}, lists or {}, form=form, stamp=stamp, results=results)
    return writer.write(created)


class _Writer:
    """One workbook while it is written."""

    def __init__(
        self,
        layout: Layout,
        tables: Mapping[str, Table],
        words: Mapping[str, object],
        lists: Mapping[str, Sequence[str]],
        *,
        form: bool,
        stamp: Stamp | None,
        results: bool,
    ) -> None:
        self.layout, self.words, self.lists = layout, words, lists
        self.form, self.stamp, self.results = form, stamp, results
        wanted = [sheet for sheet in layout.tables if sheet.key in tables]
        self.blocks = {s.key: block_of(s, tables[s.key], spare=form) for s in wanted}
        self.content = BytesIO()
        usual = {"font_name": FONT, "font_size": 11}
        options = {"in_memory": True, "default_format_properties": usual}
        self.book = xlsxwriter.Workbook(self.content, options)
        self.formats: dict[tuple, object] = {}
        self.hidden_lists: dict[str, list[str]] = {}

    def write(self, created: datetime) -> bytes:
        self.book.set_properties({"title": self.layout.title, "created": created})
        for sheet in self.layout.sheet:
            if sheet.key in self.blocks:
                self.table_sheet(self.blocks[sheet.key])
            elif sheet.formula and not sheet.field:
                self.check_sheet(sheet)
            elif not sheet.field:
                self.text_sheet(sheet)
        self.hidden_sheet()
        self.book.close()
        return self.content.getvalue()

    def look(self, **properties: object) -> object:
        """Return the format of these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "vcenter", **properties})
        return self.formats[key]

    def put(self, target: object, row: int, column: int, value: object, **look: object) -> None:
        """Write one cell by its kind of value; a text is never anything else."""
        if value is None or value == "":
            target.write_blank(row, column, None, self.look(**look))
        elif isinstance(value, date):
            target.write_datetime(row, column, value, self.look(**look))
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            target.write_number(row, column, float(value), self.look(**look))
        else:
            text, live = inert(show(value))
            _sure(target.write_string(row, column, text, self.look(**look, quote_prefix=live)))
