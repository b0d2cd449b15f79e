"""What was cut on the pages before, in full: the most important first, up to what an hour bears."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from pipeline.model.text import PRINTED_TEXT
from pipeline.packet.book import Book, Row
from pipeline.packet.front import letterhead
from pipeline.tools.page import printable

# Letters that are printed of one text, and of all together; the archive holds everything.
WHOLE_TEXT, ALL_TEXTS = 1200, 160_000
WORK = {"task": "tên việc", "person_name": "người thực hiện"}
CLAIM = {"cause": "nguyên nhân", "document": "văn bản", "reason": "lý do của Tổ công tác"}
DRAWN = {**WORK, "inspector": "người kiểm tra", "note": "ghi nhận"}
# The most important first: table, what it is called, its fields and what they are called.
TEXTS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "agenda",
        "Việc trình Chủ tịch",
        {"matter": "nội dung", "figure": "số liệu", "proposal": "đề xuất"},
    ),
    (
        "conclusions",
        "Kết luận",
        {
            **{"conclusion": "mã", "what": "kết luận", "matter": "nội dung"},
            **{"name": "ai làm", "result": "kết quả"},
        },
    ),
    (
        "measures",
        "Kiến nghị của Tổ",
        {"subject": "vấn đề", "measure": "giải pháp", "owner": "chủ trì"},
    ),
    (
        "obstacles",
        "Vướng mắc",
        {"obstacle": "vướng mắc", "proposal": "đề xuất", "who": "ai gỡ"},
    ),
    (
        "discipline",
        "Kỷ luật, kỷ cương",
        {
            **{"found": "ghi nhận", "rule": "quy định", "handling": "đề nghị"},
            "name": "người, đơn vị",
        },
    ),
    (
        "rewards",
        "Khen thưởng",
        {
            **{"facts": "sự việc", "proposal": "đề nghị"},
            **{"note": "thành tích khác", "name": "người, tập thể"},
        },
    ),
    ("claims", "Đề nghị loại trừ", CLAIM | {"confirmer": "người xác nhận"}),
    ("inspections", "Kiểm tra thực tế", DRAWN | {"evidence": "minh chứng"}),
    ("inspected_before", "Kiểm tra kỳ trước", DRAWN),
    (
        "indicators",
        "Chỉ số",
        {"indicator": "mã", "name": "tên", "measure": "đơn vị tính", "source": "nguồn số liệu"},
    ),
    (
        "adjustments",
        "Điều chỉnh giao việc",
        {
            **{"decision": "kết luận", "before": "trước", "after": "sau"},
            **{"reason": "lý do", "decided_by": "người quyết định"},
        },
    ),
    (
        "waivers",
        "Vấn đề được miễn",
        {
            **{"message": "vấn đề", "reason": "lý do"},
            **{"asked_by": "người đề nghị", "approved_by": "người duyệt"},
        },
    ),
    ("gaps", "Số được xác nhận", {"reason": "lý do"}),
    ("substitutes", "Nhập thay", {"reason": "lý do", "document": "căn cứ"}),
    ("units", "Đơn vị", {"name": "tên", "arithmetic": "cách tính"}),
    ("submissions", "Tệp đã nhận", {"file": "tên tệp", "reason": "lý do"}),
    (
        "upcoming",
        "Việc kỳ tới",
        {
            **{"task_id": "mã việc", **WORK, "product_name": "sản phẩm"},
            **{"responsible": "chịu trách nhiệm", "approver": "thẩm quyền"},
        },
    ),
    (
        "lines",
        "Việc",
        {
            **{"task_id": "mã việc", **WORK, "document": "văn bản giao", "evidence": "minh chứng"},
            **{"reason": "lý do của Tổ công tác", "note": "ghi chú", "decision": "kết luận"},
        },
    ),
    ("findings", "Vấn đề, số liệu cần hỏi lại", {"message": "nội dung", "action": "đề nghị"}),
)
MEETING = {
    "when": "thời gian, địa điểm",
    "chair": "chủ trì",
    "secretary": "thư ký",
    "attendees": "thành phần",
}
# What is cut shorter, or later, than a cell.
CUT_AT = {"conclusion": 20, "decision": 20, "indicator": 40, "task_id": 40, "arithmetic": 900}
CODES = ("task_id", "conclusion", "indicator", "decision", "code")
WHOSE = {"discipline": "who", "rewards": "who"}  # otherwise the unit's


def whole_texts(book: Book) -> Row:
    """Return the texts that were cut on the pages before, each once, and how many do not fit."""
    found: dict[str, Row] = {}
    for row in _long_texts(book):
        found.setdefault(str(row["text"]), row)
    rows = book.named(found.values())
    sums = accumulate(min(len(str(row["text"])), WHOLE_TEXT) for row in rows)
    printed = sum(letters <= ALL_TEXTS for letters in sums)
    return {"texts": rows[:printed], "more_texts": len(rows[printed:])}


def _long_texts(book: Book) -> Iterator[Row]:
    """Yield what is cut by its place, as typed."""
    meeting = book.result.meeting | {"when": letterhead(book)["meeting"]}
    for table, called, fields in TEXTS:
        for row in book.tables[table]:
            owner = str(row.get(WHOSE.get(table, "unit")) or "")
            yield from _cut(row, owner, called, fields)
        if table == "agenda":
            yield from _cut(meeting, "", "Cuộc họp", MEETING)


def _cut(row: Mapping, owner: str, called: str, fields: Mapping[str, str]) -> Iterable[Row]:
    for field, name in fields.items():
        text, most = str(row[field] or ""), CUT_AT.get(field, PRINTED_TEXT)
        if 3 * len(text) > most and len(printable(text, ALL_TEXTS)) > most:  # signs spelt out
            code = next((str(row[key]) for key in CODES if row.get(key)), "")
            yield {"unit": owner, "code": code, "title": f"{called}: {name}", "text": text}
