"""A unit's spread: what the last fifteen days brought, what the next fifteen ask."""

from decimal import Decimal

from pipeline.model.text import show_decimal, sort_key
from pipeline.packet.book import STANDINGS, Book, Row
from pipeline.packet.charts import gauge, rate_chart, series

Column = tuple[str, int, str]  # heading, width in millimetres, class
LINES: tuple[Column, ...] = (
    *(("Việc", 62, ""), ("Người thực hiện", 27, ""), ("Hạn", 11, ""), ("Xong", 11, "")),
    *(("Giao", 11, "n"), ("Tính", 11, "n"), ("Tình trạng, lần trừ", 32, "")),
)
UPCOMING: tuple[Column, ...] = (
    *(("Rõ việc", 57, ""), ("Rõ sản phẩm", 28, ""), ("Rõ người", 24, "")),
    *(("Rõ trách nhiệm", 22, ""), ("Rõ thẩm quyền", 20, ""), ("Rõ thời gian", 14, "")),
)
OBSTACLES: tuple[Column, ...] = (
    *(("Vướng mắc", 77, ""), ("Đề xuất tháo gỡ", 56, ""), ("Ai gỡ, trước ngày", 32, "")),
)
ORIGINS = {
    "chuyển kỳ": "Việc chuyển kỳ",
    "chưa đến hạn": "Việc đang làm, chưa đến hạn",
    "giao mới": "Việc giao mới theo kết luận",
    "đề xuất": "Việc đề xuất giao mới",
}
REFUSED = "không giao"
NEW_ROWS = 2  # blank ones for work handed out at the meeting
# Lines to write the direction on, fewer the fuller the page; a unit that runs on has room again.
PEN_LINES, LONG_PEN_LINES = ((10, 4), (13, 2), (18, 1)), 3
FIGURES, FIGURE_ROOM = ("assigned", "delivered"), 5  # signs that stand on one line
WORST_FIRST = {word: n for n, word in enumerate(STANDINGS)}


def spreads(book: Book) -> list[Row]:
    """Return every unit's spread in register order."""
    return [_spread(book, unit) for unit in book.tables["units"]]


def _spread(book: Book, unit: Row) -> Row:
    code = unit["unit"]
    upcoming = [row for row in book.of("upcoming", code) if not _given_since(row)]
    rows = sorted(book.of("lines", code), key=line_order)
    return {
        **unit,
        "chart": rate_chart(series(book, unit)),
        "gauges": {name: gauge(unit[name]) for name in "abc"},
        "silent": code in book.silent,
        "unusable": code in book.unusable,
        "rows": [(row, _cuts(unit, row)) for row in rows],
        "places": common_places([row[key] for row in rows for key in FIGURES]),
        "pen_lines": _pen_lines(len(rows), len(book.of("obstacles", code))),
        "stored_lines": len(book.of("lines", code)),
        "obstacle_rows": book.of("obstacles", code),
        "upcoming": [(title, _from(upcoming, origin)) for origin, title in ORIGINS.items()],
        "stored_upcoming": len(upcoming),
        "load": _load(book, unit),
    }


def _lost(row: Row, figure: str) -> bool:
    """Say whether deductions took something from a line's delivered work."""
    return bool(row["D"]) and row[figure] < row["D"]


def _cuts(unit: Row, row: Row) -> str:
    """Return the deductions after a line's state: «, trừ 1», «, chất lượng trừ 2»."""
    if unit["progress_only"] == "có" or not row["D"]:
        return ""
    counts = (("", "lateness", "P"), ("chất lượng ", "rework", "Q"))
    return "".join(
        f", {about}trừ {row[key]}" if _lost(row, figure) else f", {about}{row[key]} lần không trừ"
        for about, key, figure in counts
        if row[key]
    )


def _pen_lines(lines: int, obstacles: int) -> int:
    runs_on = lines + obstacles > PEN_LINES[-1][0]
    fitting = (pens for most, pens in PEN_LINES if lines <= most and not runs_on)
    return next(fitting, LONG_PEN_LINES)


def common_places(figures: list[Decimal | None]) -> int | None:
    """Return the decimals all figures of a column have, so that commas stand in line.

    None, for each its own, where that made one too long for its cell.
    """
    places = max(map(_places, figures), default=0)
    fits = all(len(show_decimal(figure, places)) <= FIGURE_ROOM for figure in figures)
    return places if fits else None


def _places(figure: Decimal | None) -> int:
    """Return the decimals a figure needs."""
    return -min(figure.normalize().as_tuple().exponent, 0) if figure else 0


def line_order(row: Row) -> tuple:
    """Return the key by which lines are printed: the worst first, then the longest overdue."""
    worst = WORST_FIRST[str(row["standing"])]
    return (
        worst,
        -(row["days_late"] or 0),
        row["due"] is None,
        row["due"] or 0,
        sort_key(str(row["task_id"])),
    )


def _given_since(row: Row) -> bool:
    """Say whether a proposal stands in the table once more, as the meeting gave it."""
    return row["origin"] == "đề xuất" and row["decision"] not in ("", REFUSED)


def _from(upcoming: list[Row], origin: str) -> list[Row]:
    return [row for row in upcoming if row["origin"] == origin]


def _load(book: Book, unit: Row) -> list[Row]:
    """Return each person's next work beside what the person really finished in this cycle."""
    people = book.of("people", unit["unit"])
    known = {person["person"] for person in people}
    coming = {row["person"]: row for row in book.of("load", unit["unit"])}
    nothing = {"next_lines": 0, "next_A": Decimal(0)}
    unknown = {"lines": None, "done": None, "D": None}
    own = [{**coming.get(person["person"], nothing), **person} for person in people]
    return own + [{**unknown, **row} for code, row in coming.items() if code not in known]
