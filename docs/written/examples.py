"""How every figure is reached: the examples computed by hand, and what the rules leave open."""

import tomllib
from pathlib import Path

from pipeline.model.rules import LATE_WORDS, Rules
from written.markdown import table

EXAMPLES = Path(__file__).resolve().parents[1] / "cach-tinh.toml"


def examples() -> str:
    """Return the worked examples: what was given, every step by hand, the result."""
    whole = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    told = whole["vi_du"]
    titles = [f"{n}. {one['ten']}" for n, one in enumerate(told, 1)]
    rows = [row for title, one in zip(titles, told, strict=True) for row in _results(title, one)]
    parts = [EXAMPLES_HEAD, table(("Ví dụ", "Ai", "a", "b", "c", "R", "Điểm", "Mức"), rows)]
    for title, one in zip(titles, told, strict=True):
        parts += [f"## {title}", f"**Hỏi.** {one['hoi']}", f"**Đáp.** {one['dap']}"]
        parts += [_drawn(cycle, text) for cycle, text in one["ky"].items()]
        parts += [_leaders(one["lanh_dao"])] if "lanh_dao" in one else []
        parts += [_steps(part) for part in one["tinh"]]
    parts.append(RULINGS_HEAD)
    for one in whole["quyet"]:
        parts += [f"### {one['ten']}", one["lam"], f"*Vì sao.* {one['vi_sao']}"]
    return "\n\n".join(parts) + "\n"


EXAMPLES_HEAD = """<!-- Trang này do docs/generate.py viết từ docs/cach-tinh.toml; đừng sửa tay. -->

# Cách tính, qua các ví dụ tính tay

Mỗi ví dụ trả lời một câu hay được hỏi, với đủ các phép tính để kiểm lại bằng bút. Các con số ở đây
được tính tay từ Nghị định 335/2025/NĐ-CP, không lấy từ chương trình; mỗi lần kiểm thử, chương trình
phải ra đúng từng con số này. «=» là đúng bằng, «≈» là đã làm tròn để in.

ΣA là phần được giao (hệ số × tỷ lệ × số lượng), ΣD phần đã hoàn thành, ΣQ phần đạt chất lượng,
ΣP phần đúng tiến độ; a = ΣD/ΣA, b = ΣQ/ΣA, c = ΣP/ΣA, R là trung bình. Điểm là điểm tiêu chí chung
(tối đa 30) cộng R × 70, chỉ có ở tháng. Mức là mức điểm tham khảo, không phải xếp loại. Điểm in hai
số lẻ, chỗ làm tròn mà sang mức khác thì cắt bớt. Chỗ Nghị định không nói hết, chương trình làm thế
nào và vì sao: xem [cuối trang](#chỗ-quy-định-để-ngỏ)."""


RULINGS_HEAD = """## Chỗ quy định để ngỏ

Những chỗ Nghị định không nói hết, chương trình làm như sau. Mỗi điều có một bài kiểm thử giữ."""


def _results(title: str, one: dict) -> list[list[str]]:
    """Return the rows of the first table: the last step of every figure."""
    rows = []
    for part in one["tinh"]:
        last = _last_steps(part)
        figures = [last.get(name, "") for name in ("a", "b", "c", "R", "tổng điểm")]
        figures[-1] = part.get("in_ra", "")
        rows.append([title, _whose(part), *figures, part.get("muc", "")])
    return rows


def _last_steps(part: dict) -> dict[str, str]:
    steps = [step.replace("≈", "=").split(" = ") for step in part["phep_tinh"]]
    return {step[0]: step[-1] for step in steps}


def _whose(part: dict) -> str:
    rule = part.get("cach_dem_cham")
    return f"{part['ai']}, đếm chậm {LATE_WORDS[rule]}" if rule else part["ai"]


def _drawn(cycle: str, text: str) -> str:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().split("\n"))
    return f"Kỳ {cycle}:\n\n{table(head, rows)}"


def _leaders(leaders: dict[str, dict]) -> str:
    parts = [
        f"{who} là lãnh đạo trực tiếp của {', '.join(one['nhan_vien'])}; đ = {one['đ']} %, "
        f"e = {one['e']} %."
        for who, one in leaders.items()
    ]
    return " ".join(parts)


def _steps(part: dict) -> str:
    rule = LATE_WORDS[part.get("cach_dem_cham", Rules().late_rule)]
    general = f", điểm tiêu chí chung {part['diem_chung']}" if "diem_chung" in part else ""
    parts = [f"**{part['ai']}** (đếm chậm {rule}{general}):"]
    parts.append("\n".join(f"- {step}" for step in part["phep_tinh"]))
    parts += [part["ghi_chu"]] if "ghi_chu" in part else []
    printed = f" In ra: {part['in_ra']}." if "in_ra" in part else ""
    parts += [f"Mức tham khảo: **{part['muc']}**.{printed}"] if "muc" in part else []
    return "\n\n".join(parts)
