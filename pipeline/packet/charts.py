"""Geometry and words of the small charts: one 0–100 scale, a missing cycle is a gap."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise

from pipeline.model.calendar import parse_cycle
from pipeline.model.text import show_decimal
from pipeline.packet.book import STANDINGS, Book, Row

CYCLES = 6
TREND_CYCLES, TREND_LINES = 3, 5
WIDTH, HEIGHT = 100, 30  # of a sparkline, in its own units
STEP = WIDTH / (CYCLES - 1)
BAR = 165
Point = tuple[str, str]
NUMBERS = dict(
    enumerate(("ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một"), TREND_CYCLES)
)
PLOT = 30  # millimetres of a column that stands for 100 %


def last_cycles(cycle: str) -> list[str]:
    """Return the ids of the six cycles that end with this one, oldest first."""
    found = [parse_cycle(cycle)]
    while len(found) < CYCLES:
        found.append(found[-1].previous)
    return [str(one) for one in reversed(found)]


def series(book: Book, unit: Row) -> list[Row | None]:
    """Return the unit's row of each of the six cycles; None where there is none."""
    earlier = {row["cycle"]: row for row in book.of("history", unit["unit"])}
    return [*(earlier.get(cycle) for cycle in last_cycles(book.result.cycle)[:-1]), unit]


def rate_chart(rows: Sequence[Row | None]) -> dict[str, object]:
    """Return a sparkline of R: runs of joined points, the last point, and the same in words."""
    rates = [row and row["R"] for row in rows]
    points = [
        None if rate is None else (f"{n * STEP:.0f}", _height(rate)) for n, rate in enumerate(rates)
    ]
    return {
        "paths": [_path(run) for run in _runs(points)],
        "dots": [point for point in points if point],
        "ends_now": points[-1] is not None,
        "figures": "\u00a0· ".join("–" if rate is None else _percent(rate) for rate in rates),
        "trend": trend(rows),
        "change": change(rates),
    }


def _height(rate: Decimal) -> str:
    return f"{HEIGHT * (1 - rate):.1f}"


def _percent(rate: Decimal) -> str:
    return show_decimal(rate * 100, 1)


def _runs(points: Sequence[Point | None]) -> list[list[Point]]:
    """Return the points between gaps."""
    runs = groupby(points, key=lambda point: point is not None)
    return [list(run) for there, run in runs if there]


def _path(run: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in run)


def trend(rows: Sequence[Row | None]) -> str:
    """Return «ba kỳ liền giảm» where R moved one way three times running; few lines say nothing."""
    rates: list[Decimal] = []
    for row in reversed(rows):
        if not row or row["R"] is None or row["lines"] < TREND_LINES:
            break
        rates.append(row["R"])
    for word, falls in (("giảm", True), ("tăng", False)):
        length = _same_way(rates, falls)
        if length >= TREND_CYCLES:
            return f"{NUMBERS[length]} kỳ liền {word}"
    return ""


def _same_way(newest_first: Sequence[Decimal], falls: bool) -> int:
    """Count the steps, from the newest back, that all fall or all rise."""
    count = 0
    for now, before in pairwise(newest_first):
        if now == before or (now < before) != falls:
            break
        count += 1
    return count


def change(rates: Sequence[Decimal | None]) -> str:
    """Return the step from the cycle before, between printed figures: the page adds up."""
    before, now = rates[-2:]
    if before is None or now is None:
        return ""
    step = _shown(now) - _shown(before)
    return f"{'+' if step > 0 else '−' if step < 0 else ''}{show_decimal(abs(step), 1)}"


def _shown(rate: Decimal) -> Decimal:
    return Decimal(_percent(rate).replace(",", "."))


def standing_bar(book: Book) -> dict[str, object]:
    """Return the lines of the cycle as one bar of BAR millimetres, best first, and in words."""
    standings = [row["standing"] for row in book.tables["lines"]]
    counts = {word: standings.count(word) for word in reversed(STANDINGS)}
    return count_bar(counts, len(standings), Decimal(BAR))


def count_bar(counts: Mapping[str, int], total: int, length: Decimal) -> dict[str, object]:
    """Return counts by standing as the parts of one bar so many millimetres long, and in words."""
    segments, left = [], Decimal(0)
    for word, count in counts.items():
        if count:
            width = length * count / Decimal(total)
            segments.append(
                {"word": word, "count": count, "left": f"{left:.2f}", "width": f"{width:.2f}"}
            )
            left += width
    words = ", ".join(f"{part['word']} {part['count']}" for part in segments)
    return {"total": total, "segments": segments, "words": f"{total} dòng: {words}"}


def rate_columns(rows: Sequence[tuple[Sequence[str], Decimal | None]]) -> dict[str, object]:
    """Return R of each cycle as a column from 0 to 100, and the same in words; no R is a gap.

    A row is (lines of the name, R); one without a name is a break between cycles.
    """
    step = Decimal(BAR) / max(len(rows), 1)
    columns = [
        {
            "name": name,
            "middle": f"{(n + Decimal('.5')) * step:.1f}",
            "shown": "" if rate is None else _percent(rate),
            "height": "" if rate is None else f"{PLOT * rate:.1f}",
            "top": "" if rate is None else f"{PLOT * (1 - rate):.1f}",
        }
        for n, (name, rate) in enumerate(rows)
    ]
    words = "; ".join(
        f"{' '.join(c['name'])}: {c['shown'] or 'không có'}" for c in columns if c["name"]
    )
    return {"columns": columns, "words": words}


def status_matrix(book: Book) -> dict[str, object]:
    """Return the six cycles and, per unit, how each was reported and whether late."""
    rows = [
        {
            "name": unit["name"],
            "statuses": [
                (row["status"], row["late_report"] == "có") if row else ("", False)
                for row in series(book, unit)
            ],
        }
        for unit in book.tables["units"]
    ]
    cycles = [parse_cycle(cycle) for cycle in last_cycles(book.result.cycle)]
    names = [f"Kỳ {cycle.half} {cycle.month:02d}/{cycle.year}" for cycle in cycles]
    return {"cycles": names, "rows": rows}
