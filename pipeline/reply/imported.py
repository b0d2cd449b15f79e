"""What the terminal says of an imported catalogue: rows read, taken, left out, and what to do."""

from collections import Counter
from collections.abc import Sequence

from pipeline.model.catalogue import (
    FOLLOWED,
    ITEM,
    KINDS,
    LEFT_OUT,
    LOOK,
    ORDERED,
    TAKEN,
    USUAL,
    Standard,
)
from pipeline.model.text import show
from pipeline.reply.matrix import matrix

HEADINGS = ("Trang", "Đọc", "Lấy", "Để ngoài", "Cần xem")
NOT_MATCHED = "K726"


def imported_summary(
    listed: Sequence[dict], standard: Standard, place: str, registers: str
) -> list[str]:
    """Return the counts of every sheet and what to do next.

    `place` is the workbook made, `registers` the commune's own, "" where there is none.
    """
    sheets: dict[str, list[dict]] = {}
    for row in listed:
        sheets.setdefault(row["sheet"], []).append(row)
    rows = [HEADINGS, *(_counts(*sheet) for sheet in sheets.items()), _counts("Cộng", listed)]
    return [
        *matrix(rows),
        "",
        *_sums(listed),
        _standard(standard),
        "",
        *_steps(listed, place, registers),
    ]


def _counts(name: str, rows: Sequence[dict]) -> tuple[str, ...]:
    taken = sum(row["result"] == TAKEN for row in rows)
    look = sum(row["look"] == LOOK for row in rows)
    counts = (len(rows), taken, len(rows) - taken, look)
    return name, *(str(count or "·") for count in counts)


def _sums(listed: Sequence[dict]) -> list[str]:
    """Return how many products there are of each kind, and why rows were left out."""
    taken = Counter(row["kind"] for row in listed if row["result"] == TAKEN)
    kinds = [f"{taken[kind]} {kind or 'chưa rõ của ai'}" for kind in (*KINDS, "") if taken[kind]]
    left = Counter(row["sort"] for row in listed if row["result"] != TAKEN)
    why = [f"{left[sort]} {reason}" for sort, reason in LEFT_OUT.items() if left[sort]]
    why += [f"{left[ITEM]} sản phẩm chưa rõ, phải xem"] if left[ITEM] else []
    return [
        f"Lấy {taken.total()} sản phẩm: {' · '.join(kinds) or 'không có'}.",
        f"Để ngoài {left.total()} dòng: {'; '.join(why) or 'không có'}.",
    ]


def _standard(told: Standard) -> str:
    """Return the points of coefficient 1, and where that is from."""
    said = f"{told.agreed}/{told.both} dòng có cả điểm và hệ số trong tệp"
    origins = {
        FOLLOWED: f"theo {said}",
        ORDERED: f"theo lệnh --standard; khớp với {said}",
        USUAL: "mức mặc định, tệp không cho biết; nếu khác, chạy lại với --standard ĐIỂM",
    }
    return f"Điểm chuẩn (điểm ứng với hệ số 1): {show(told.points)}, {origins[told.origin]}."


def _steps(listed: Sequence[dict], place: str, registers: str) -> list[str]:
    steps = [f"Mở {place}: trang «Đối chiếu» kể từng dòng của tệp, lấy hay để ngoài và vì sao."]
    codes = Counter(code for row in listed for code in row["codes"])
    if codes:
        told = ", ".join(f"{code} {count} dòng" for code, count in sorted(codes.items()))
        steps.append(f"Ở cột «Cần xem», xem các dòng «có» (vì sao: cột «Lý do»): {told}.")
    names = dict.fromkeys(row["unit"] for row in listed if NOT_MATCHED in row["codes"])
    if names:
        quoted = ", ".join(f"«{name}»" for name in names)
        steps.append(f"Thay tên đơn vị bằng mã, ở cột «Đơn vị» của trang «Sản phẩm»: {quoted}.")
    if not registers:
        steps.append("Chưa có danh-muc.xlsx để đối chiếu đơn vị và mã: tên đơn vị giữ nguyên.")
    steps.append("Chép các dòng của trang «Sản phẩm», dán giá trị vào danh-muc.xlsx.")
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]
