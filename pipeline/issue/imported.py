"""Products taken from a published catalogue → the workbook the secretary pastes from."""

from collections.abc import Iterable, Mapping

from pipeline.model.layout import Layout, layout
from pipeline.tools.workbook import write_workbook

TITLE = "Danh mục nhập từ tệp đã ban hành"


def imported_workbook(products: Iterable[Mapping], listed: Iterable[Mapping]) -> bytes:
    """Return danh-muc-nhap.xlsx: the register's sheet, and what became of every source row."""
    sheets = (layout("registers")["products"], layout("catalogue")["reconciliation"])
    book = Layout("imported", TITLE, sheets)
    return write_workbook(book, {"products": products, "reconciliation": listed})
