"""How much of a page a unit's two parts take: estimates, for the page a spread begins on.

A unit whose parts face each other begins on a left page. A longer one begins wherever the one
before it ends, so no page is left blank for its sake.
"""

from collections.abc import Iterable, Sequence

from pipeline.packet.book import Row
from pipeline.tools.form import EM_PER_DIGIT, lines_of

Column = tuple[str, int, str]  # heading, width in millimetres, class
LINES: tuple[Column, ...] = (
    *(("Việc", 62, ""), ("Người thực hiện", 27, ""), ("Hạn", 11, ""), ("Xong", 11, "")),
    *(("Giao", 11, "n"), ("Tính", 12, "n"), ("Tình trạng, lần trừ", 31, "")),
)
UPCOMING: tuple[Column, ...] = (
    *(("Rõ việc", 57, ""), ("Rõ sản phẩm", 28, ""), ("Rõ người", 24, "")),
    *(("Rõ trách nhiệm", 22, ""), ("Rõ thẩm quyền", 20, ""), ("Rõ thời gian", 14, "")),
)
OBSTACLES: tuple[Column, ...] = (
    *(("Vướng mắc", 77, ""), ("Đề xuất tháo gỡ", 56, ""), ("Ai gỡ, trước ngày", 32, "")),
)
# In points: a page between its margins, a line of type, a row's padding and rule, a pen line.
PAGE, LINE, RULE, PEN = 728, 12, 3.75, 18
GAP, EM, MILLIMETRE = 5, 10, 72 / 25.4
# What always stands there: headings, figures, control lines; load per person and signatures.
LEFT, OBSTACLES_HEAD, RIGHT, GROUP = 150, 16, 235, 22


def faces(unit: Row) -> bool:
    """Say whether a unit's next fifteen days will stand on the page beside the last fifteen."""
    left = _left(unit)
    return left <= PAGE or left + _right(unit) <= 2 * PAGE


def _left(unit: Row) -> float:
    obstacles = [(row["obstacle"], row["proposal"], row["who"]) for row in unit["obstacle_rows"]]
    return (
        LEFT
        + LINE * _lines(f"{unit['arithmetic']} {_deductions(unit)}", 165)
        + PEN * unit["pen_lines"]
        + (OBSTACLES_HEAD + _rows(obstacles, _widths(OBSTACLES, 0, 1, 2)) if obstacles else 0)
        + _rows(map(_line, unit["rows"]), _widths(LINES, 0, 1, 6))
    )


def _deductions(unit: Row) -> str:
    return " ".join(f"{row['task_id']}: {row['arithmetic']}" for row in unit["deducted"])


def _line(row: Row) -> Sequence[str]:
    days = f" {row['days_late']} ngày" if row["days_late"] else ""
    state = f"▲ {row['standing']}{days}, báo {row['completed_reported']}{row['cuts']}"
    return f"{_work(row)} {row['reason']}", row["person_name"], state


def _work(row: Row) -> str:
    carried = f" chuyển lần {row['carried']}" if row["carried"] else ""
    return f"{row['task_id']}{carried} {row['task']}"


def _right(unit: Row) -> float:
    groups = [rows for _, rows in unit["upcoming"] if rows]
    texts = [_next_line(row) for rows in groups for row in rows]
    return (
        RIGHT
        + GROUP * len(groups)
        + _rows(texts, _widths(UPCOMING, 0, 1, 2, 3, 4))
        + (LINE + RULE) * ((len(unit["load"]) + 1) // 2)
    )


def _next_line(row: Row) -> Sequence[str]:
    product = f"{row['product_name']} ({row['assigned']} {row['measure']})"
    return _work(row), product, row["person_name"], row["responsible"], row["approver"]


def _rows(rows: Iterable[Sequence[str]], widths: Sequence[float]) -> float:
    return sum(LINE * max(map(_lines, row, widths)) + RULE for row in rows)


def _widths(columns: Sequence[Column], *places: int) -> list[float]:
    return [columns[place][1] for place in places]


def _lines(text: str, width: float) -> int:
    """Return how many lines of 10 point type a text takes in so many millimetres."""
    return lines_of(text, (width * MILLIMETRE - GAP) / EM / EM_PER_DIGIT)
