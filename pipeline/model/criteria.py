"""The month's general sub-criteria (Mẫu 01) and the leaders' own two (Điều 15), by their codes."""

from decimal import Decimal

from pipeline.model.layout import layout

LEADER_CRITERIA = {
    "đ": "Khả năng tổ chức triển khai thực hiện nhiệm vụ",
    "e": "Khả năng tập hợp, đoàn kết công chức",
}
GENERAL_GROUPS = (  # number, title, the codes of its sub-criteria
    (
        "I",
        "Phẩm chất chính trị, đạo đức, văn hóa công vụ; ý thức kỷ luật, kỷ cương",
        ("1", "2"),
    ),
    (
        "II",
        "Năng lực chuyên môn, nghiệp vụ; đáp ứng nhiệm vụ thường xuyên, đột xuất; tinh thần trách "
        "nhiệm; thái độ phục vụ, phối hợp",
        ("3", "4", "5", "6"),
    ),
    (
        "III",
        "Năng lực đổi mới, sáng tạo, dám nghĩ, dám làm, dám chịu trách nhiệm",
        ("7", "8", "9", "10"),
    ),
)


def general_criteria() -> dict[str, tuple[str, str, Decimal]]:
    """Return by code «1» … «10» the column in which it is self-scored, its title, its maximum."""
    fields = [field for field in layout("unit")["general"].field if field.max is not None]
    split = [field.heading.split(". ", 1) for field in fields]
    return {
        code: (field.key, title, field.max)
        for field, (code, title) in zip(fields, split, strict=True)
    }
