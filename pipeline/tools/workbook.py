"""Layout and tables in, xlsx out: the only place that writes workbooks."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from tempfile import gettempdir

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from pipeline.model.layout import Field, Layout, Sheet
from pipeline.model.stamp import STAMP_SHEET, Stamp
from pipeline.tools import form as forms
from pipeline.tools.blocks import (
    TICK_ROW,
    Block,
    Table,
    block_of,
    fill_formula,
    letters,
    quoted,
)
from pipeline.tools.collector import swept
from pipeline.tools.paper import FONT, YELLOW, Paper, fit_wide, has_locks, put, sure
from pipeline.tools.rows import Column, escape, rows_xml

GUIDE_WIDTH, CHECK_WIDTHS = 130, (90, 12)
VERDICT_ROW, VERDICT_POINTS, CHECK_POINTS = 2, 30, 20
READY, NOT_READY = "SẴN SÀNG GỬI", "CÒN"
TYPE_LOOKS: Mapping[str, dict[str, object]] = {
    "date": {"num_format": "dd/mm/yyyy", "align": "center"},
    "decimal": {"align": "right"},
    "count": {"align": "center"},
}
FILLED_BY_HAND = ("unit", "group")
EARLIEST = datetime(2026, 1, 1)


@swept()  # a book, its sheets and their whole text hold on to each other
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
    content = BytesIO()
    usual = {"font_name": FONT, "font_size": 11}
    book = xlsxwriter.Workbook(content, {"in_memory": form, "default_format_properties": usual})
    book.worksheet_class = _Sheet
    book.set_properties({"title": layout.title, "created": created})
    paper = Paper(book, layout, words or {}, lists or {}, form, stamp)
    wanted = [sheet for sheet in layout.tables if sheet.key in tables]
    blocks = {sheet.key: block_of(sheet, tables[sheet.key], spare=form) for sheet in wanted}
    for sheet in layout.sheet:
        _write_sheet(paper, sheet, blocks, results)
    _hidden_sheet(paper)
    try:
        book.close()
    except FileCreateError as error:  # its temporary files: a fault of the disk as any other
        raise OSError(*error.args[0].args[:2], gettempdir()) from error
    return content.getvalue()


class _Sheet(Worksheet):
    """A sheet whose table is handed over as ready rows, below the cells written one by one."""

    def hand_over(self, last_row: int, last_column: int, rows: Iterable[str]) -> None:
        self._check_dimensions(last_row, last_column)
        self.ready = rows

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.writelines(getattr(self, "ready", ()))


def _write_sheet(paper: Paper, sheet: Sheet, blocks: Mapping[str, Block], results: bool) -> None:
    if sheet.key in blocks:
        _table_sheet(paper, blocks[sheet.key], blocks, results)
    elif sheet.formula and not sheet.field:
        _check_sheet(paper, sheet, blocks)
    elif not sheet.field:
        _text_sheet(paper, sheet)


def _text_sheet(paper: Paper, sheet: Sheet) -> None:
    target = paper.add_sheet(sheet)
    target.set_column(0, 0, GUIDE_WIDTH)
    lines = [*paper.texts(sheet), *(["", paper.stamp.line] if paper.stamp else [])]
    for row, line in enumerate(lines):
        size = 14 if row == 0 else 12
        bold = row == 0 or _is_title(line)
        put(target, row, 0, line, paper.look(text_wrap=True, font_size=size, bold=bold))
        scale = size / 11 * (forms.BOLD if bold else 1)
        target.set_row(row, forms.height_of(forms.lines_of(line, GUIDE_WIDTH, scale), size / 11))
    target.print_area(0, 0, len(lines) - 1, 0)


def _is_title(line: str) -> bool:
    return re.sub(r"\(.*?\)", "", line).strip().isupper()


def _table_sheet(paper: Paper, block: Block, blocks: Mapping[str, Block], results: bool) -> None:
    sheet = block.sheet
    target = paper.add_sheet(sheet)
    paper.head(target, sheet)
    widths = _set_columns(paper, target, block)
    formulas = [fill_formula(sheet.formula_of(f), blocks, paper.words, block) for f in sheet.field]
    target.hand_over(block.last, len(widths) - 1, _rows(paper, block, formulas, widths, results))
    if paper.form:
        _set_form(paper, target, block)
    _set_print(paper, target, block)


def _set_columns(paper: Paper, target: object, block: Block) -> list[float]:
    """Set headings and filter; return the widths."""
    sheet = block.sheet
    codes = {f.key: _longest(block.columns[f.key]) for f in sheet.field if f.type == "code"}
    widths = forms.widths_of(sheet, codes, fit=paper.form)
    names = [field.heading for field in sheet.field]
    paper.headings(target, sheet.heading_row - 1, names, widths)
    target.autofilter(sheet.heading_row - 1, 0, block.last, len(widths) - 1)
    fit_wide(target, sheet, forms.breadth(widths))
    return widths


def _rows(
    paper: Paper, block: Block, formulas: Sequence[str], widths: Sequence[float], results: bool
) -> Iterator[str]:
    """Return the rows of a table, filled and spare."""
    heights = forms.heights_of(block.sheet, block.columns, widths, exact=paper.form)
    last = max(block.allotted, 1) if paper.form else block.used
    spans = {False: range(block.used), True: range(block.used, last)}
    for spare, span in spans.items():
        looks = [
            _field_look(paper, block, f, ruled=not (spare and block.bare))
            for f in block.sheet.field
        ]
        columns = [
            Column(letters(at), *_numbers(look), escape(formula), results, blanks=paper.form)
            for at, (look, formula) in enumerate(zip(looks, formulas, strict=True))
        ]
        yield from rows_xml(block, columns, span, heights)


def _numbers(look: tuple) -> tuple[int, int]:
    """Return the numbers the library gives to the two formats of a cell."""
    return look[0]._get_xf_index(), look[1]._get_xf_index()


def _longest(values: Sequence[object]) -> int:
    return max((len(str(value)) for value in values if value), default=0)


def _field_look(paper: Paper, block: Block, field: Field, *, ruled: bool = True) -> tuple:
    """Return the formats of a field's cells."""
    look = {
        "text_wrap": True,
        "border": int(ruled and paper.form),
        **TYPE_LOOKS.get(field.type, {}),
        **({"num_format": field.format} if field.format else {}),
    }
    if paper.form and field.by in FILLED_BY_HAND:
        look["locked"] = False
        # Typed here, «001» and «12/3» must stay what was typed.
        look |= {} if field.type in TYPE_LOOKS else {"num_format": "@"}
        look |= {"bg_color": YELLOW} if ruled and has_locks(block.sheet) else {}
    return paper.look(**look)


def _set_form(paper: Paper, target: object, block: Block) -> None:
    """Add drop-downs, checks and prompts, and the tick."""
    for column, field in enumerate(block.sheet.field):
        if field.by in FILLED_BY_HAND:
            _add_rule(paper, target, block, column)
    if block.sheet.tick:
        _write_tick(paper, target, block.sheet.tick)


def _add_rule(paper: Paper, target: object, block: Block, column: int) -> None:
    """Add a field's drop-down or check, its prompt and its message."""
    field = block.sheet.field[column]
    source: Sequence[str] | str = forms.choices_of(field, paper.lists)
    if source and not forms.fits_inline(source):
        paper.hidden_lists[forms.list_name(field)] = list(source)
        source = forms.list_name(field)
    rule = forms.rule_of(field, source)
    if rule:
        sure(target.data_validation(block.first, column, block.last, column, rule))


def _write_tick(paper: Paper, target: object, label: str) -> None:
    look = paper.look(border=1, bg_color=YELLOW, locked=False, align="center", bold=True)
    target.write_blank(TICK_ROW, 0, None, look[0])
    rule = {"validate": "list", "source": ["x"], "error_type": "warning"}
    sure(target.data_validation(TICK_ROW, 0, TICK_ROW, 0, rule))
    put(target, TICK_ROW, 1, label, paper.look(bold=True))


def _set_print(paper: Paper, target: object, block: Block) -> None:
    """Print the drawn rows; many spare rows get lines, and are printed, once they are filled.

    A record's cells get their lines here too: blank ones, which are not written, have them as well.
    """
    last_column = len(block.sheet.field) - 1
    if not block.bare:
        target.print_area(0, 0, block.last, last_column)
    if block.bare or not paper.form:
        row = block.first + 1
        filled = f"=COUNTA($A{row}:${letters(last_column)}{row})>0" if block.bare else "=TRUE"
        lines = paper.book.add_format({"border": 1})
        rule = {"type": "formula", "criteria": filled, "format": lines}
        sure(target.conditional_format(block.first, 0, block.last, last_column, rule))


def _check_sheet(paper: Paper, sheet: Sheet, blocks: Mapping[str, Block]) -> None:
    """Write the self-check: a count for every question, and the verdict above them."""
    target = paper.add_sheet(sheet)
    paper.head(target, sheet)
    names = ("Nội dung kiểm tra", "Số lỗi")
    paper.headings(target, sheet.heading_row - 1, names, CHECK_WIDTHS)
    filled = [
        (part.heading, fill_formula(part.formula, blocks, paper.words)) for part in sheet.formula
    ]
    checks = [(heading, formula) for heading, formula in filled if formula]
    look = {"border": 1, "font_size": 12}
    for row, (heading, formula) in enumerate(checks, sheet.heading_row):
        put(target, row, 0, heading, paper.look(text_wrap=True, **look))
        target.set_row(row, CHECK_POINTS)
        target.write_formula(row, 1, f"={formula}", paper.look(align="center", **look)[0], "")
    last = sheet.heading_row + len(checks) - 1
    _write_verdict(paper, target, sheet.heading_row, last)
    target.print_area(0, 0, last, 1)


def _write_verdict(paper: Paper, target: object, first: int, last: int) -> None:
    counts = f"$B${first + 1}:$B${last + 1}"
    broken = f'"{NOT_READY} LỖI: có ô không tính được, xem cột «Số lỗi»"'
    left = f'"{NOT_READY} "&SUM({counts})&" LỖI"'
    verdict = f'=IF(ISERROR(SUM({counts})),{broken},IF(SUM({counts})=0,"{READY}",{left}))'
    target.set_row(VERDICT_ROW, VERDICT_POINTS)
    target.write_formula(VERDICT_ROW, 0, verdict, paper.look(bold=True, font_size=18)[0], "")
    good = paper.book.add_format({"font_color": "#006100", "bg_color": "#E2F0D9"})
    bad = paper.book.add_format({"font_color": "#9C0006", "bg_color": "#FBE0DD"})
    cell = f"$A${VERDICT_ROW + 1}"
    for test, look in (("=", good), ("<>", bad)):
        rule = {"type": "formula", "criteria": f'={cell}{test}"{READY}"', "format": look}
        sure(target.conditional_format(VERDICT_ROW, 0, VERDICT_ROW, 0, rule))
    over = {"type": "cell", "criteria": ">", "value": 0, "format": bad}
    sure(target.conditional_format(first, 1, last, 1, over))


def _hidden_sheet(paper: Paper) -> None:
    """Write the stamp and the long lists, each list behind its defined name."""
    if not paper.stamp and not paper.hidden_lists:
        return
    target = paper.book.add_worksheet(STAMP_SHEET)
    target.hide()
    target.protect("")
    look = paper.look()
    if paper.stamp:
        rows = {"stamp": paper.stamp.line, **asdict(paper.stamp)}
        for row, (key, value) in enumerate(rows.items()):
            put(target, row, 0, key, look)
            put(target, row, 1, value, look)
    for column, (name, items) in enumerate(paper.hidden_lists.items(), 3):
        for row, item in enumerate((name, *items)):
            put(target, row, column, item, look)
        letter = letters(column)
        span = f"${letter}$2:${letter}${len(items) + 1}"
        sure(paper.book.define_name(name, f"={quoted(STAMP_SHEET)}!{span}"))
