"""Cells of the project's workbooks, found as a person finds them: by heading and code."""

from collections.abc import Iterator
from io import BytesIO

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.model.layout import Sheet
from pipeline.model.text import fold

NOTICE = "DỮ LIỆU MINH HỌA: người và số liệu đều do chương trình đặt ra"
NOTICE_ROW = 2


def mark_invented(workbook: bytes) -> bytes:
    """Return the workbook with the notice under the title of every sheet that is seen."""
    book = openpyxl.load_workbook(BytesIO(workbook))
    for sheet in book:
        if sheet.sheet_state == "visible":
            sheet.cell(NOTICE_ROW, 1).value = NOTICE
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return an open workbook as bytes."""
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def without_blanks(**values: object) -> dict[str, object]:
    """Return the values with every blank text as None, so that its cell stays empty."""
    return {key: None if value == "" else value for key, value in values.items()}


class Page:
    """One sheet of an open workbook, addressed by field keys."""

    def __init__(self, book: openpyxl.Workbook, declared: Sheet) -> None:
        self.sheet: Worksheet = book[declared.title]
        self.declared = declared
        headings = {
            fold(cell.value): cell.column for cell in self.sheet[declared.heading_row] if cell.value
        }
        self.columns = {field.key: headings[fold(field.heading)] for field in declared.field}

    def rows(self) -> Iterator[int]:
        """Yield the numbers of the rows whose first cell is filled."""
        first = self.declared.heading_row + 1
        for row in range(first, self.sheet.max_row + 1):
            if self.sheet.cell(row, 1).value not in (None, ""):
                yield row

    def get(self, row: int, key: str) -> object:
        return self.sheet.cell(row, self.columns[key]).value

    def put(self, row: int, **values: object) -> None:
        """Type values into a row; blanks leave the cell as it is."""
        for key, value in values.items():
            if value not in (None, ""):
                self.sheet.cell(row, self.columns[key]).value = value

    def clear(self, row: int, key: str) -> None:
        self.sheet.cell(row, self.columns[key]).value = None

    def fill(self, rows: list[dict[str, object]]) -> None:
        """Type rows into the first spare rows."""
        for number, values in enumerate(rows, self.declared.heading_row + 1):
            self.put(number, **values)
