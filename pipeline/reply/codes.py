"""What a finding's code means: its words, what to do, and a plausible case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model.findings import Entry, catalogue, describe, finding
from pipeline.model.layout import Sheet, layout
from pipeline.model.text import sentence
from pipeline.reply.screen import block, near, title
from pipeline.tools.blocks import letters

FILE, ROW = "phieu-KT.xlsx", 14
BOOKS_OF_PLACES = ("unit", "assignment", "registers", "verification", "meeting")
GROUPS = {
    "K1": "Tệp gửi về",
    "K2": "Trang và tiêu đề cột",
    "K3": "Nội dung một ô",
    "K4": "Một dòng, các ô đối chiếu với nhau",
    "K5": "Đối chiếu với việc đã giao",
    "K6": "Đối chiếu giữa các đơn vị, các kỳ",
    "K7": "Danh mục, bảng giao việc, sổ của xã",
    "K8": "Số liệu cần hỏi lại",
    "K9": "Bản in và lưu trữ",
}
HELD = {
    "lỗi": "Dòng có lỗi chưa được tính cho đến khi sửa; lỗi K1, K2 làm cả tệp không dùng được.",
    "cảnh báo": "Vẫn tính, có in trong hồ sơ.",
    "lưu ý": "Để biết; không đổi số liệu nào.",
}


@dataclass(frozen=True)
class Example:
    """A plausible case of one code: the cell it is about, what stands there, the extra fact."""

    value: str = ""
    fact: str = ""
    place: str = "tasks.completed"  # sheet.field of the workbook; "tasks." is the sheet as a whole
    unit: str = "KT"
    row: int | None = None
    file: str = FILE


def explain_code(code: str) -> list[str]:
    """Return what a code of the catalogue means, in lines for a terminal; KeyError if unknown."""
    entry = catalogue()[code]
    rows = [
        ("Nhóm", GROUPS[code[:2]]),
        ("Mức", f"{entry.severity}. {HELD[entry.severity]}"),
        ("Nội dung", meaning(entry.message)),
        ("Cần làm", meaning(entry.action)),
        ("Ví dụ", example(entry)),
        ("Căn cứ", entry.basis),
        ("Áp dụng từ kỳ", entry.since),
        ("Tra thêm", "docs/so-tay-loi.md"),
    ]
    return [*title(f"{code} · {entry.severity}"), *block(rows)]


def is_code(text: str) -> bool:
    """Say whether a text looks like a finding's code."""
    return re.fullmatch(r"K\d{3}", text) is not None


def near_codes(code: str) -> str:
    """Return a hint with the codes most like one that is not in the catalogue."""
    alike = near(code, dict.fromkeys(catalogue(), ""))
    return f" Gần giống: {alike}." if alike else ""


def meaning(text: str) -> str:
    """Return a message of the catalogue as a sentence, its places as dots."""
    return sentence(text.format(value="…", fact="…"))


def example(entry: Entry) -> str:
    """Return message and action of a code's plausible case, in the words of a real finding."""
    case = Example(**entry.example)
    whole_file = entry.code.startswith("K1") or entry.code == "K201"
    sheet_key, key = ("", "") if whole_file else case.place.split(".")
    sheet = _declared(sheet_key) if sheet_key else None
    column = letters(sheet.keys.index(key)) if key else ""
    worded = _worded(entry.code, case, sheet.title if sheet else "", key, column)
    return f"{worded['message']} {worded['action']}"


def _worded(code: str, case: Example, sheet: str, key: str, column: str) -> Mapping[str, object]:
    place = {"unit": case.unit, "file": case.file, "sheet": sheet, "field": key}
    row = case.row or (ROW if column else None)
    found = finding(code, **place, row=row, value=case.value, fact=case.fact)
    return describe([found], {(case.file, sheet, key): column} if column else {})[0]


def _declared(key: str) -> Sheet:
    """Return the first sheet of that key among the workbooks people fill."""
    sheets = (sheet for book in BOOKS_OF_PLACES for sheet in layout(book).sheet)
    return next(sheet for sheet in sheets if sheet.key == key)
