"""Words and marks, as they are folded, that tell what sort a row of a table is of."""

import re

from pipeline.model.text import as_folded


def _known(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern written as words are spelt, for texts that are folded."""
    return re.compile(as_folded(pattern), flags)


TOTAL_WORD = _known(r"(?:tổng|cộng|tổng cộng|tổng số)(?:\s*[:(].*)?")
# Beside issued lines a total may say of what.
TOTAL_OF = _known(
    r"(?:tổng|cộng)\s+(?:số|cộng|điểm|khối lượng|sl|dồn|trang|sang|mang|chuyển|lũy|toàn|chung|các"
    r"|nhóm|phần|mục|[ivx\d]+)\b.*"
    r"|(?:lũy kế|mang sang|chuyển sang|chuyển trang)\b.*",
    re.DOTALL,
)
# Below a total stands what it comes to; it adds up nothing.
SUMMARY = _known(r"(?:tỷ lệ|tỉ lệ|trung bình|bình quân)\b.*", re.DOTALL)
# In a list of proposals «Tổng: kết quả điều tra» is one of them.
TOTAL_ALONE = _known(r"(?:tổng|cộng|tổng cộng|tổng số)\s*[:.]?\s*(?:\(?[ivx\d +]+\)?)?")
ORDINAL = r"(?:[ivx]{1,5}|[a-h])"
SECTION_MARK = _known(ORDINAL + r"[.)/]?")
SECTION_TEXT = _known(ORDINAL + r"\s*[.)/:–-]\s.*", re.DOTALL)
SECTION_NUMBER = _known(r"(?:[ivx]{1,5}|[a-h]|\d{1,2})(?:[.)/]\d{0,2}){0,3}")
SECTION_WORD = _known(r"(?:[*•+–-]|(?:nhóm|lĩnh vực|phần|mục|khối|chương)\b).*", re.DOTALL)
COLUMN_NUMBER = _known(r"\(?(?:\d{1,2}|[a-h])\)?")
CODE = _known(r"[^\W\d_]{0,6}(?:\s?[-–./_]\s?|\s)?[\w.–/-]*\d[\w.–/-]*")
FOOTER = _known(
    r"(?:người lập|người tổng hợp|thủ trưởng|trưởng|phó|chủ tịch|xác nhận|nơi nhận|ghi chú)\b.*"
    r"|(?:kt|tm|tl)\.(?!\s*\d).*"
    r"|.*\bngày\b.*\btháng\b.*\bnăm\b.*",
    re.DOTALL,
)
# Who signs in an office of the commune, and when.
SIGNED = _known(
    r"(?:q\.|quyền|trạm trưởng|hiệu trưởng|giám đốc|chánh|chỉ huy|lãnh đạo|đại diện|bí thư|kế toán"
    r"|người|duyệt|\(ký)(?!\w).*"
    r"|.*\bngày\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}\.?",
    re.DOTALL,
)
# What alone signs a list in which a unit writes what it likes.
OFFICE = (
    r"người lập|người tổng hợp|thủ trưởng|(?:phó )?trưởng \w+|\w+ trưởng|(?:phó )?giám đốc"
    r"|chánh \w+|(?:phó )?chủ tịch|kế toán"
)
DATED = r"(?:[^,]{1,40},\s*)?ngày\s*[\d.…]+\s*tháng\s*[\d.…]+\s*năm\s*[\d.…]+"
SIGNED_ON = _known(DATED)
NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,6}")
SIGNS_LIST = _known(
    rf"(?:(?:kt|tm|tl|q)\.\s*)*(?:{OFFICE})(?: biểu| bảng| phiếu| phòng| đơn vị| xã)?"
    r"|(?:kt|tm|tl)\.[^.\d]{1,60}|\(?(?:đã )?ký\b.{0,40}"
    rf"|{DATED}"
)
# Said in a list instead of a first line.
NONE = _known(
    r"(?:không|ko|chưa)(?: có)?(?: (?:gì|nội dung|việc|vướng mắc|khó khăn|phát sinh|đề nghị"
    r"|đề xuất|kiến nghị|loại trừ|trong kỳ|kỳ này|nào)|,)*\s*[.!]?|[-–—/]+"
)
