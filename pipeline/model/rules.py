"""The rule settings a commune may choose, as one frozen record with its own short code."""

import hashlib
from dataclasses import asdict, dataclass
from decimal import Decimal

from pipeline.model.findings import ConfigError

LATE_RULES = {
    "occurrence": "mỗi lần chậm trừ 25 % (Nghị định 335/2025/NĐ-CP, Điều 14.2)",
    "calendar_day": "mỗi ngày chậm theo lịch trừ 25 % (sổ tay của Bộ Nội vụ, chương VI)",
    "working_day": "mỗi ngày làm việc chậm trừ 25 %, không tính ngày nghỉ trong danh mục",
}
LATE_WORDS = {
    "occurrence": "theo lần",
    "calendar_day": "theo ngày",
    "working_day": "theo ngày làm việc",
}
QUOTAS = (20, 25)
CATEGORIES = ("công chức", "hợp đồng")
# «Số liệu cần hỏi lại»: fewer lines or cycles say too little; nearer figures are ordinary.
ASKED_LINES, ASKED_CYCLES = 5, 3
ASKED_EXCESS, ASKED_SWING = Decimal("0.2"), Decimal("0.15")


def days_word(late_rule: str) -> str:
    """Return what lateness is counted in under a rule."""
    return "ngày làm việc" if late_rule == "working_day" else "ngày"


@dataclass(frozen=True)
class Rules:
    """How lateness is counted, the «xuất sắc» share, which categories are scored."""

    late_rule: str = "occurrence"
    quota: int = 20
    scored: tuple[str, ...] = ("công chức",)

    def __post_init__(self) -> None:
        if self.late_rule not in LATE_RULES:
            raise ConfigError(
                f"commune.toml, [rules] late_rule: chọn một trong {', '.join(LATE_RULES)}."
            )
        if self.quota not in QUOTAS:
            raise ConfigError("commune.toml, [rules] quota: chỉ nhận 20 hoặc 25 (Điều 20.5).")
        if "công chức" not in self.scored or not set(self.scored) <= set(CATEGORIES):
            raise ConfigError(
                "commune.toml, [rules] scored: có «công chức», được thêm «hợp đồng» (Điều 28.2)."
            )

    @property
    def code(self) -> str:
        """The short code of the whole set; equal settings have equal codes."""
        text = repr(sorted(asdict(self).items()))
        return "QT-" + hashlib.sha256(text.encode()).hexdigest()[:4].upper()

    def meanings(self) -> list[dict[str, str]]:
        """Return key, value and meaning of every setting and of the fixed rules, for print."""
        return [
            _row("Bộ quy tắc", self.code, "mã của toàn bộ thiết lập dưới đây"),
            _row("Cách tính chậm", LATE_WORDS[self.late_rule], LATE_RULES[self.late_rule]),
            _row(
                "Tỷ lệ xuất sắc",
                f"{self.quota} %",
                "chỉ để nhắc khi tính tháng, không tự chặn (Điều 20.5)",
            ),
            _row(
                "Diện được chấm",
                ", ".join(self.scored),
                "diện khác chỉ theo dõi tỷ lệ (Điều 2)",
            ),
            *FIXED,
        ]


def _row(key: str, value: str, meaning: str) -> dict[str, str]:
    return {"key": key, "value": value, "meaning": meaning}


FIXED = (
    _row(
        "Khối lượng giao A",
        "hệ số × tỷ lệ × SL giao",
        "việc chưa đến hạn chỉ tính phần đã làm xong sớm",
    ),
    _row(
        "Khối lượng hoàn thành D",
        "hệ số × tỷ lệ × SL xong",
        "không vượt số lượng giao; phần vượt liệt kê riêng",
    ),
    _row(
        "Chất lượng Q",
        "D × (1 − 25 % × số lần chưa đạt)",
        "cách trừ «cái»: mỗi lần chỉ trừ trên một sản phẩm",
    ),
    _row(
        "Tiến độ P",
        "D × (1 − 25 % × số lần chậm)",
        "cách trừ «cái»: mỗi lần chỉ trừ trên một sản phẩm",
    ),
    _row(
        "a, b, c",
        "ΣD/ΣA, ΣQ/ΣA, ΣP/ΣA",
        "mỗi tỷ lệ không quá 100 %; chưa giao việc thì «chưa đủ dữ liệu» (Điều 14.2)",
    ),
    _row("R", "(a + b + c)/3", "kết quả theo dõi kỳ, chưa phải xếp loại (Điều 3.4, 17)"),
    _row(
        "Phát sinh",
        "không tính vào A",
        "tính vào D khi đủ người giao, văn bản, hệ số và được Tổ công tác xác nhận (Điều 18.1d)",
    ),
    _row(
        "Nhận thay",
        "không tính vào A",
        "người giao lại vẫn giữ A, phần nhận thay tính cho người làm (Điều 18.1)",
    ),
    _row(
        "Loại trừ",
        "chỉ khi được xác nhận",
        "nguyên nhân khách quan phải có cấp có thẩm quyền xác nhận (Điều 14.2)",
    ),
    _row(
        "Hỏi lại số liệu",
        f"từ {ASKED_LINES} dòng, {ASKED_CYCLES} kỳ",
        f"báo cao hơn xác nhận từ {ASKED_EXCESS:.0%}; R lệch các kỳ trước từ {ASKED_SWING:.0%}; "
        "chỉ để hỏi, không đổi số nào".replace("%", " %"),
    ),
)

PERIOD_RULES = (
    _row(
        "Tổng nhiều kỳ",
        "cộng D, Q, P các kỳ",
        "lượng giao của một việc chỉ tính một lần dù chuyển nhiều kỳ; không bình quân tỷ lệ",
    ),
    _row(
        "R của lãnh đạo",
        "(a + b + c + d + đ + e)/6",
        "a, b, c tính cả việc mình chịu trách nhiệm; thiếu một phần thì chưa có R (Điều 15, 16.2)",
    ),
    _row(
        "Điểm tháng",
        "tiêu chí chung + R × 70",
        "tiêu chí chung 0–30 điểm; thiếu thì chỉ có điểm kết quả (Điều 16, 17)",
    ),
    _row(
        "Mức tham khảo",
        "từ 90; 70; 50; dưới 50",
        "so điểm chưa làm tròn; chưa phải xếp loại, xếp loại theo thủ tục cuối năm (Điều 20)",
    ),
    _row(
        "Quý, 6 tháng, năm",
        "bình quân các tháng có điểm",
        "ghi số tháng có điểm; mỗi tháng theo bộ quy tắc của tháng ấy (Điều 17.3)",
    ),
)


def effective_share(share: Decimal | None) -> Decimal:
    """Return the share of a line: 1 where it is blank or out of range (Điều 18.1c)."""
    return share if share is not None and 0 < share <= 1 else Decimal(1)
