"""The month's general sub-criteria (Mẫu 01) and the leaders' own two (Điều 15), by their codes."""

from decimal import Decimal

from pipeline.model.layout import layout

LEADER_CRITERIA = {
    "đ": "Khả năng tổ chức triển khai thực hiện nhiệm vụ",
    "e": "Khả năng tập hợp, đoàn kết công chức",
}
GENERAL_GROUPS = (  # number, title, its sub-criteria by code, in the words of Mẫu 01
    (
        "I",
        "Phẩm chất chính trị, phẩm chất đạo đức, văn hóa thực thi công vụ và ý thức kỷ luật, kỷ "
        "cương trong thực thi công vụ",
        {
            "1": "Phẩm chất chính trị, phẩm chất đạo đức, văn hóa thực thi công vụ",
            "2": "Ý thức kỷ luật, kỷ cương trong thực thi công vụ",
        },
    ),
    (
        "II",
        "Năng lực chuyên môn, nghiệp vụ theo yêu cầu của vị trí việc làm; khả năng đáp ứng yêu cầu "
        "thực thi nhiệm vụ được giao; tinh thần trách nhiệm trong thực thi công vụ; thái độ phục "
        "vụ người dân, doanh nghiệp và khả năng phối hợp với đồng nghiệp",
        {
            "3": "Năng lực chuyên môn, nghiệp vụ theo yêu cầu của vị trí việc làm",
            "4": "Khả năng đáp ứng yêu cầu thực thi nhiệm vụ được giao thường xuyên, đột xuất",
            "5": "Tinh thần trách nhiệm trong thực thi công vụ",
            "6": "Thái độ phục vụ người dân, doanh nghiệp và khả năng phối hợp với đồng nghiệp",
        },
    ),
    (
        "III",
        "Năng lực đổi mới, sáng tạo, dám nghĩ, dám làm, dám chịu trách nhiệm vì lợi ích chung "
        "trong thực thi công vụ",
        {
            "7": "Có sản phẩm, giải pháp đột phá, sáng tạo đem lại giá trị, hiệu quả thiết thực, "
            "tác động tích cực đến kết quả thực hiện nhiệm vụ của cơ quan, tổ chức, đơn vị",
            "8": "Sẵn sàng tham gia thực hiện nhiệm vụ chính trị đặc biệt quan trọng, nhiệm vụ có "
            "tính chất đột xuất, phức tạp hoặc trong điều kiện khó khăn",
            "9": "Có tinh thần chịu trách nhiệm trước kết quả công việc; chủ động nhận trách nhiệm "
            "khi có sai sót và có biện pháp khắc phục rõ ràng, cụ thể",
            "10": "Chủ động đưa ra quyết định trong phạm vi thẩm quyền, không né tránh; có tinh "
            "thần tiên phong trong thực hiện những nhiệm vụ mới",
        },
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
