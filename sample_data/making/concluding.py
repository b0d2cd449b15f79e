"""ket-luan.xlsx of a cycle: what its meeting concluded, and what became of earlier conclusions."""

from collections.abc import Iterable
from io import BytesIO

import openpyxl

from making.content import Row, day_of
from making.sheets import Page, saved
from pipeline.model.layout import layout

SHEET = "conclusions"


def concluded(draft: bytes, told: Iterable[Row]) -> bytes:
    """Return the drafted workbook with conclusions typed into it, new ones below the others."""
    book = openpyxl.load_workbook(BytesIO(draft))
    page = Page(book, layout("meeting")[SHEET])
    there = {page.get(row, "point"): row for row in page.rows()}
    below = max([page.declared.heading_row, *there.values()])
    for row in told:
        if row["từ việc trình"]:
            at = there[row["từ việc trình"]]
        else:
            at = below = below + 1
        page.put(at, conclusion=row["mã"], what=row["kết luận"], who=row["ai làm"])
        page.put(at, due=day_of(row["trước ngày"]), result=row["kết quả"])
    return saved(book)
