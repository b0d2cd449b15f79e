"""The month's general sub-criteria (Mẫu 01) and the leaders' own two (Điều 15), by their codes."""

from decimal import Decimal

from pipeline.model.layout import layout

LEADER_CRITERIA = {
    "đ": "Khả năng tổ chức triển khai thực hiện nhiệm vụ",
    "e": "Khả năng tập hợp, đoàn kết công chức",
}


def general_criteria() -> dict[str, tuple[str, str, Decimal]]:
    """Return by code «1» … «10» the column in which it is self-scored, its title, its maximum."""
    fields = [field for field in layout("unit")["general"].field if field.max is not None]
    split = [field.heading.split(". ", 1) for field in fields]
    return {
        code: (field.key, title, field.max)
        for field, (code, title) in zip(fields, split, strict=True)
    }
