"""The data dictionary: every workbook, sheet and column that is declared."""

import sys

from pipeline import ROOT
from pipeline.model.layout import Field, Layout, Sheet, layout
from pipeline.model.text import show
from pipeline.tools.blocks import letters
from written.markdown import MADE, slug, table

# Where each declared workbook lies: schemas/<key>.toml → file.
WORKBOOKS = {
    "unit": "ky/<kỳ>/phieu/<đơn vị>.xlsx",
    "assignment": "ky/<kỳ>/giao-viec.xlsx",
    "registers": "danh-muc.xlsx",
    "catalogue": "danh mục xã đã ban hành, và output/danh-muc-nhap.xlsx",
    "verification": "ky/<kỳ>/tham-dinh.xlsx",
    "meeting": "ky/<kỳ>/ket-luan.xlsx",
    "archive": "output/<kỳ>/luu-tru.xlsx và các bảng của result.json",
    "export": "output/<kỳ>/xuat/tong-hop.xlsx và các bảng của tong-hop.json",
    "period": "output/<tháng, quý, năm>/ket-qua.xlsx và các bảng của ket-qua.json",
    "province": "output/tinh-<tháng>/tong-hop-tinh.xlsx và các bảng của tong-hop-tinh.json",
    "form": "output/<tháng>/mau-01/<công chức>.xlsx",
}
NOT_WORKBOOKS = ("findings",)
KINDS = {
    "code": "mã",
    "text": "chữ",
    "decimal": "số",
    "count": "số nguyên",
    "date": "ngày",
    "choice": "chọn trong danh sách",
}
FILLED_BY = {
    "issued": "in sẵn",
    "unit": "**đơn vị**",
    "group": "**xã**",
    "computed": "chương trình",
}
LISTS = {
    "units": "các đơn vị trong danh mục",
    "units_or_shared": "các đơn vị trong danh mục, hoặc «dùng chung»",
    "people": "những người trong danh mục",
    "people_and_units": "người, đơn vị trong danh mục",
    "products": "các sản phẩm trong danh mục",
}
COLUMNS = (
    "Ô",
    "Tiêu đề cột",
    "Khóa",
    "Kiểu",
    "Ai điền",
    "Bắt buộc",
    "Giới hạn",
    "Danh sách",
    "Lời nhắc",
    "Tên khác được nhận",
    "Công thức",
)


def dictionary() -> str:
    """Return the data dictionary: every workbook, sheet and column."""
    layouts = [layout(key) for key in _workbook_keys()]
    contents = [f"- [{_title(book)}](#{slug(_title(book))})" for book in layouts]
    parts = [DICTIONARY_HEAD, "\n".join(contents), *map(_workbook, layouts)]
    return "\n\n".join(parts) + "\n"


DICTIONARY_HEAD = f"""{MADE}

# Từ điển dữ liệu

Mọi sổ mà chương trình phát ra hoặc đọc vào: từng trang, từng cột. «Khóa» là tên cột trong mã nguồn
và trong `result.json`. «Ai điền»: **đơn vị** điền ở phiếu; **xã** là thư ký hoặc Tổ công tác;
«in sẵn» là do chương trình in khi phát, sửa cũng không có hiệu lực; «chương trình» là số tính ra.
Tiêu đề được nhận ra dù viết hoa hay thường, thừa dấu cách, «hoà» hay «hòa»; cột đổi chỗ vẫn đọc
được. Mục nào trống ở cả bảng thì bảng không có cột ấy.

Xem thêm: [hướng dẫn thư ký](thu-ky.md) · [hướng dẫn đơn vị](don-vi.md) ·
[sổ tay lỗi](so-tay-loi.md)."""


def _workbook_keys() -> list[str]:
    """Return the declared workbooks in the order of WORKBOOKS; a new one must be named there."""
    declared = {path.stem for path in (ROOT / "schemas").glob("*.toml")} - set(NOT_WORKBOOKS)
    if unnamed := declared - WORKBOOKS.keys():
        sys.exit(f"docs/generate.py: say in WORKBOOKS where {', '.join(sorted(unnamed))} lies")
    return [key for key in WORKBOOKS if key in declared]


def _title(book: Layout) -> str:
    return f"{book.title} ({book.key})"


def _workbook(book: Layout) -> str:
    return "\n\n".join(
        [
            f"## {_title(book)}",
            f"Tệp: `{WORKBOOKS[book.key]}`. Khai báo: `schemas/{book.key}.toml`.",
            *map(_sheet, book.sheet),
        ]
    )


def _sheet(sheet: Sheet) -> str:
    parts = [f"### Trang «{sheet.title}» (`{sheet.key}`)", _facts(sheet)]
    if sheet.field:
        parts.append(_fields(sheet))
    elif sheet.formula:
        rows = [(part.heading, f"`{part.formula}`") for part in sheet.formula]
        parts.append(table(("Nội dung kiểm tra", "Công thức"), rows))
    return "\n\n".join(filter(None, parts))


def _facts(sheet: Sheet) -> str:
    """Return one line about the sheet as a whole."""
    if not sheet.heading_row:
        return "Trang chữ, không có bảng."
    spare = f"{sheet.rows} dòng để điền" if isinstance(sheet.rows, int) and sheet.rows else ""
    issued = "mỗi dòng do chương trình in sẵn" if sheet.rows == "issued" else ""
    tick = f"ô A3 để đánh dấu x: «{sheet.tick}»" if sheet.tick else ""
    facts = [f"Tiêu đề cột ở dòng {sheet.heading_row}", spare, issued, tick]
    return "; ".join(filter(None, facts)) + "."


def _fields(sheet: Sheet) -> str:
    rows = [_field(sheet, column, field) for column, field in enumerate(sheet.field)]
    kept = [n for n in range(len(COLUMNS)) if any(row[n] for row in rows)]
    return table([COLUMNS[n] for n in kept], [[row[n] for n in kept] for row in rows])


def _field(sheet: Sheet, column: int, field: Field) -> tuple[str, ...]:
    formula = sheet.formula_of(field)
    return (
        letters(column),
        field.heading,
        f"`{field.key}`",
        KINDS[field.type],
        FILLED_BY[field.by],
        "có" if field.required else "",
        _limits(field),
        _choices(field),
        field.prompt,
        ", ".join(field.aliases),
        f"`{formula}`" if formula else "",
    )


def _limits(field: Field) -> str:
    low, high = show(field.min), show(field.max)
    if low and high:
        return f"từ {low} đến {high}"
    return f"từ {low} trở lên" if low else f"không quá {high}" if high else ""


def _choices(field: Field) -> str:
    named = isinstance(field.choices, str)
    return LISTS[field.choices] if named else " · ".join(field.choices)
