"""What keeps the core short: the columns of its lists, the room they have, where they go on."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import ceil

from pipeline.packet.book import Row
from pipeline.packet.front import UNIT_NAME
from pipeline.packet.room import (
    BORDERS,
    LINE,
    LYING_PAGE,
    MILLIMETRE,
    PAGE,
    Printed,
    lines_of,
    on_pages,
    row_height,
    share,
)

CORE_PAGES = 12
WORK = ("task_id", "task")
# By list: heading, width in millimetres, class, what stands in the cell.
COLUMNS: dict[str, tuple[Printed, ...]] = {
    "conclusions": (
        ("Kỳ, mã", 24, "", ("said", "conclusion")),
        ("Kết luận", 48, "", ("what",)),
        ("Ai làm", 25, "", ("name",)),
        ("Hạn", 18, "", ("due_first", "due", "state")),
        ("Đã mấy kỳ", 10, "n", ()),
        ("Hoãn, lần", 10, "n", ()),
        ("Ý kiến", 30, "", ()),
    ),
    "overdue": (
        ("Đơn vị", 27, "", ("unit_name",)),
        ("Việc", 46, "", WORK),
        ("Người thực hiện", 24, "", ("person_name",)),
        ("Hạn", 11, "", ("due",)),
        ("Đã xong", 13, "n", ()),
        ("Chậm, ngày", 11, "n", ()),
        ("Lý do; đề nghị loại trừ", 33, "", ("note", "exempt_progress", "due_before", "decision")),
    ),
    "soon_due": (
        ("Đơn vị", 42, "", ("unit_name",)),
        ("Việc", 67, "", (*WORK, "due_before", "decision")),
        ("Người thực hiện", 30, "", ("person_name",)),
        ("Hạn", 12, "", ("due",)),
        ("Đã xong", 14, "n", ()),
    ),
    "unplanned": (
        ("Đơn vị", 33, "", ("unit_name",)),
        ("Việc", 49, "", (*WORK, "standing")),
        ("Người thực hiện", 27, "", ("person_name",)),
        ("Loại, văn bản giao", 30, "", ("kind", "from_task", "document")),
        ("D báo", 13, "n", ()),
        ("D tính", 13, "n", ()),
    ),
    "surplus": (
        ("Đơn vị", 42, "", ("unit_name",)),
        ("Việc", 67, "", WORK),
        ("Người thực hiện", 30, "", ("person_name",)),
        ("Giao", 12, "n", ()),
        ("Vượt", 14, "n", ()),
    ),
    "obstacles": (
        ("Ai gỡ, trước ngày", 28, "", ("who", "wanted_by")),
        ("Đơn vị, việc", 32, "", ("unit_name", "task_id")),
        ("Vướng mắc", 39, "", ("obstacle",)),
        ("Đề xuất", 38, "", ("proposal",)),
        ("Ý kiến chỉ đạo", 28, "", ()),
    ),
    "indicators": (
        ("Chỉ số", 38, "", ("indicator", "name", "measure")),
        ("Tử/mẫu", 16, "n", ("numerator", "denominator")),
        ("Giá trị", 12, "n", ("shown",)),
        ("Chỉ tiêu", 13, "n", ("target",)),
        ("Đạt chỉ tiêu", 21, "", ()),
        ("Kỳ trước", 11, "n", ()),
        ("Sáu kỳ, 0–100", 27, "", ()),
        ("Nguồn, ngày chốt", 27, "", ("source", "as_of")),
    ),
    "measures": (
        ("TT", 6, "n", ()),
        ("Vấn đề", 36, "", ("indicator", "subject")),
        ("Giải pháp", 54, "", ("measure",)),
        ("Chủ trì", 28, "", ("owner",)),
        ("Hạn", 12, "", ("due",)),
        ("Quyết định", 29, "", ()),
    ),
    "rewards": (
        ("Người, tập thể", 33, "", ("name",)),
        ("Sự việc", 55, "", ("facts", "note")),
        ("Tổ công tác đề nghị", 42, "", ("proposal",)),
        ("Quyết định", 35, "", ()),
    ),
    "discipline": (
        ("Ngày", 12, "", ("date",)),
        ("Người, đơn vị", 30, "", ("name",)),
        ("Ghi nhận; quy định liên quan", 54, "", ("found", "rule")),
        ("Tổ công tác đề nghị", 38, "", ("handling",)),
        ("Quyết định", 31, "", ()),
    ),
}
# How the lists share the room where it does not do for all; the worst rows stand first in each.
WEIGHTS = {
    **{"conclusions": 14, "overdue": 24, "soon_due": 10, "unplanned": 12, "surplus": 8},
    **{"obstacles": 12, "indicators": 15, "measures": 6, "discipline": 8, "rewards": 8},
}
# Lines a row has at least: pen room; a curve, the words under it and its figures below the table.
LEAST = {"conclusions": 2, "indicators": 4, "measures": 2, "rewards": 2, "discipline": 2}
TITLES = 800  # points of the core's headings, control lines and signatures together
# Points of the contents page but for the units: its heading, parts, the meeting's table.
CONTENTS, SUMMARY = 330, 160
RETURNS, RATES = 47, 46  # millimetres of a unit's name in both tables
# Points of a part's heading, control line and frame, of a line to write on; what rows may exceed.
FEW_CONCLUSIONS, TITLE, RULED, DOUBT = 6, 80, 18, 1.15
PEN_ROW, CURVE_ROW = 2, 2  # lines their rows have at least


def shorten(
    lists: Mapping[str, list[Row]], units: Sequence[Row], chart: float
) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Return what the core prints of its lists, and what an annex goes on with.

    The chart of all units is `chart` millimetres high. Of every list one row stands in the core.
    """
    heights = {key: _heights(key, rows) for key, rows in lists.items()}
    room = _room(units, chart) - sum(height[0] for height in heights.values() if height)
    given = share({key: sum(rows[1:]) for key, rows in heights.items()}, WEIGHTS, max(room, 0))
    first = {key: 1 + _fitting(heights[key][1:], given[key]) for key in lists}
    return (
        {key: rows[: first[key]] for key, rows in lists.items()},
        {key: rows[first[key] :] for key, rows in lists.items()},
    )


def _heights(key: str, rows: list[Row]) -> list[float]:
    return [on_pages(row_height(row, COLUMNS[key], LEAST.get(key, 1))) for row in rows]


def _fitting(heights: list[float], room: float) -> int:
    """Return how many rows have room; a hair's breadth is lost in adding up."""
    return sum(height <= room + 1e-6 for height in accumulate(heights))


def note_lines(conclusions: Sequence[Row], units: Sequence[Row]) -> int:
    """Return the ruled lines that fill the page few conclusions have to themselves, else 0.

    Few are kept together and the summary lies on the next page: what they leave would stay blank.
    """
    rows = sum(row_height(row, COLUMNS["conclusions"], LEAST["conclusions"]) for row in conclusions)
    own_page = _contents(units) + TITLE + rows > PAGE
    fits = conclusions and len(conclusions) <= FEW_CONCLUSIONS and own_page
    return max(int((PAGE - TITLE - rows * DOUBT) // RULED), 0) if fits else 0


def _contents(units: Sequence[Row]) -> float:
    return CONTENTS + sum(_unit_height(unit, RETURNS, PEN_ROW) + LINE for unit in units)


def _room(units: Sequence[Row], chart: float) -> float:
    """Return the points all lists together have, with what the other pages of the core leave.

    After the decision page come the contents and, on pages of their own, the summary; before and
    after it a page stays blank in part.
    """
    contents = _contents(units)
    table = SUMMARY + sum(_unit_height(unit, RATES, CURVE_ROW) for unit in units)
    summary = ceil(table / LYING_PAGE) + ceil((chart * MILLIMETRE + 3 * LINE) / LYING_PAGE)
    return (CORE_PAGES - 1 - summary - 1) * PAGE - contents - TITLES


def _unit_height(unit: Row, millimetres: int, least: int) -> int:
    return max(lines_of(str(unit["name"])[:UNIT_NAME], millimetres), least) * LINE + BORDERS
