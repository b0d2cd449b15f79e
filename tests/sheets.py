"""Workbooks from the text tables a test shows; row numbers stand at the left, columns begin at A.

    5 | Mã việc | SL hoàn thành | Ngày xong
    6 | KT-01   | 2             | 2026-11-09

A cell is a number, an ISO date, or text; «"001"» is text, «#DIV/0!» an error, «=A1» a formula
without a stored result, «=A1 -> 5» one with it. Left-out rows stay empty.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from io import BytesIO

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

STAMP = "KT|2026-11-K1|QT-F211|1a2b3c4d"
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
Cells = dict[tuple[int, int], object]  # (row, column), both from 1


@dataclass(frozen=True)
class Error:
    """An error cell."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula cell; result None is a formula that was never computed."""

    text: str
    result: object = None


def parse(table: str) -> Cells:
    """Return the cells a text table shows."""
    cells: Cells = {}
    for line in filter(str.strip, table.splitlines()):
        number, *texts = line.split("|")
        for column, text in enumerate(texts, 1):
            if (value := typed(text.strip())) is not None:
                cells[int(number), column] = value
    return cells


def typed(text: str) -> object:
    """Return the value one cell of a text table stands for; None where it is empty."""
    if text.startswith('"'):
        return text.strip('"')
    if text.startswith("="):
        formula, _, result = text.partition(" -> ")
        return Formula(formula, typed(result) if result else None)
    if text in ERRORS:
        return Error(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    return text.replace("\\n", "\n") or None


def xlsx(
    sheets: Mapping[str, str],
    *,
    stamp: str = STAMP,
    merge: Mapping[str, str] | None = None,
    blocks: Mapping[str, str] | None = None,
) -> bytes:
    """Return a workbook; the stamp stands on its hidden sheet unless it is "".

    `blocks` are merged blocks by sheet, «A1:C1 B5:B7», that show what stands in their first cell.
    """
    cells = {title: parse(table) for title, table in sheets.items()}
    return write_xlsx(cells, stamp=stamp, merge=merge, blocks=blocks)


def write_xlsx(
    sheets: Mapping[str, Cells],
    *,
    stamp: str = STAMP,
    merge: Mapping[str, str] | None = None,
    blocks: Mapping[str, str] | None = None,
) -> bytes:
    """Return a workbook of these cells."""
    packed = BytesIO()
    book = xlsxwriter.Workbook(packed, {"strings_to_formulas": False})
    book.set_properties({"created": datetime(2026, 11, 1)})  # the same table, the same bytes
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, cells in sheets.items():
        sheet = book.add_worksheet(title)
        for (row, column), value in cells.items():
            write(sheet, row - 1, column - 1, value, day)
        for block in (blocks or {}).get(title, "").split():
            row, column = xl_cell_to_rowcol(block.partition(":")[0])
            sheet.merge_range(block, "")
            write(sheet, row, column, cells[row + 1, column + 1], day)
        if merge and title in merge:
            sheet.merge_range(merge[title], "chung")
    if stamp:
        hidden = book.add_worksheet("_sauro")
        hidden.hide()
        hidden.write_string(0, 0, f"Mã phiếu: {stamp}")
    book.close()
    return packed.getvalue()


def write(sheet: object, row: int, column: int, value: object, day: object) -> None:
    """Write one cell as an office program would."""
    if isinstance(value, Error):
        sheet.write_formula(row, column, "=1/0", None, value.text)
    elif isinstance(value, Formula):
        sheet.write_formula(
            row, column, value.text, None, "" if value.result is None else value.result
        )
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write(row, column, value)


def patched(book: bytes, part: str, old: str, new: str) -> bytes:
    """Return a workbook with one piece of one part's XML replaced."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(packed, "w", 8) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith(part):
                assert old in data.decode(), (part, old)
                data = data.decode().replace(old, new, 1).encode()
            target.writestr(name, data)
    return packed.getvalue()


SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
ODS = "application/vnd.oasis.opendocument.spreadsheet"
TEXT = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
NUMBER = '<table:table-cell office:value-type="float" office:value="{}"/>'
DAY = '<table:table-cell office:value-type="date" office:date-value="{}"/>'
FAULT = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""'
    ' calcext:value-type="error"><text:p>{}</text:p></table:table-cell>'
)
UNCOMPUTED = '<table:table-cell table:formula="of:{}"/>'


def ods(sheets: Mapping[str, str], *, stamp: str = STAMP) -> bytes:
    """Return the same workbook as LibreOffice would keep it: empty rows and cells as repeats."""
    return write_ods({title: parse(table) for title, table in sheets.items()}, stamp=stamp)


def write_ods(sheets: Mapping[str, Cells], *, stamp: str = STAMP) -> bytes:
    """Return a workbook of these cells in the other format."""
    tables = "".join(_ods_table(title, cells) for title, cells in sheets.items())
    tables += _ods_table("_sauro", {(1, 1): f"Mã phiếu: {stamp}"}) if stamp else ""
    names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in SPACES.items())
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    return ods_package(f"<office:document-content {names}>{body}</office:document-content>")


def ods_package(content: str, mimetype: str = ODS, manifest: str = "<manifest/>") -> bytes:
    """Return an OpenDocument package around a content.xml."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        target.writestr("mimetype", mimetype)
        target.writestr("content.xml", content)
        target.writestr("META-INF/manifest.xml", manifest)
    return packed.getvalue()


def _ods_table(title: str, cells: Cells) -> str:
    rows, last = "", 0
    for row in sorted({row for row, _ in cells}):
        if row - last > 1:
            rows += f'<table:table-row table:number-rows-repeated="{row - last - 1}"/>'
        rows += f"<table:table-row>{_ods_row({c: v for (r, c), v in cells.items() if r == row})}"
        rows += "</table:table-row>"
        last = row
    rows += f'<table:table-row table:number-rows-repeated="{1048576 - last}"/>'
    return f'<table:table table:name="{escape(title)}">{rows}</table:table>'


def _ods_row(cells: dict[int, object]) -> str:
    text, last = "", 0
    for column, value in sorted(cells.items()):
        if column - last > 1:
            gap = column - last - 1
            text += f'<table:table-cell table:number-columns-repeated="{gap}"/>'
        text += _ods_cell(value)
        last = column
    return text


def _ods_cell(value: object) -> str:
    if isinstance(value, Error):
        return FAULT.format(value.text)
    if isinstance(value, Formula):
        made = UNCOMPUTED.format(escape(value.text))
        return made if value.result is None else _computed(value)
    if isinstance(value, date):
        return DAY.format(value.isoformat())
    return NUMBER.format(value) if isinstance(value, float) else TEXT.format(escape(str(value)))


def _computed(formula: Formula) -> str:
    """Return a formula with its result, addresses written as LibreOffice does."""
    text = re.sub(r"\$?[A-Z]+\$?\d+(?!\()", r"[.\g<0>]", formula.text).replace("]:[", ":")
    text = escape(text.replace(",", ";"))
    return _ods_cell(formula.result).replace(" ", f' table:formula="of:{text}" ', 1)


def locked(data: bytes) -> bytes:
    """Return a zip as one with a password looks."""
    locked = bytearray(data)
    locked[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(locked)
