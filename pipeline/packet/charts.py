"""Geometry and words of the small charts: one 0–100 scale, a missing cycle is a gap."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise, takewhile

from pipeline.model.calendar import parse_cycle
from pipeline.model.text import show_decimal
from pipeline.packet.book import STANDINGS, Book, Row

CYCLES = 6
TREND_CYCLES, TREND_LINES = 3, 5
WIDTH, HEIGHT = 100, 30  # of a sparkline, in its own units
STEP = WIDTH / (CYCLES - 1)
BAR = 165
MOST_PLACES = 5  # of an indicator's value so close to its target
Point = tuple[str, str]
NUMBERS = dict(
    enumerate(("ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một"), TREND_CYCLES)
)
PLOT = 30  # millimetres of a column that stands for 100 %
PITCH, AXIS, LENGTH = Decimal(4), 54, 90  # of dots: a row, where the scale begins, its length


def last_cycles(cycle: str) -> list[str]:
    """Return the ids of the six cycles that end with this one, oldest first."""
    found = [parse_cycle(cycle)]
    while len(found) < CYCLES:
        found.append(found[-1].previous)
    return [str(one) for one in reversed(found)]


def series(book: Book, unit: Row) -> list[Row | None]:
    """Return the unit's row of each of the six cycles; None where there is none."""
    return _six(book, book.of("history", unit["unit"]), unit)


def commune_series(book: Book, commune: Row) -> list[Row | None]:
    """Return the commune's row of each of the six cycles; None where there is none."""
    return _six(book, book.tables["commune_history"], commune)


def indicator_series(book: Book, indicator: Row) -> list[Row | None]:
    """Return an indicator's row of each of the six cycles; None where there is none."""
    code = indicator["indicator"]
    return _six(
        book, [r for r in book.tables["indicator_history"] if r["indicator"] == code], indicator
    )


def _six(book: Book, earlier: Sequence[Row], now: Row) -> list[Row | None]:
    rows = {row["cycle"]: row for row in earlier}
    current = {**now, "rule_code": book.result.rule_code}
    return [*(rows.get(cycle) for cycle in last_cycles(book.result.cycle)[:-1]), current]


def alike(rows: Sequence[Row | None]) -> list[Row | None]:
    """Return the rows scored by the rules of the newest, None in place of others."""
    code = next((row["rule_code"] for row in reversed(rows) if row), "")
    return [row if row and row["rule_code"] == code else None for row in rows]


def rate_chart(rows: Sequence[Row | None]) -> dict[str, object]:
    """Return a sparkline of R, the same in words, its trend and last step.

    Said in words is every cycle; drawn and compared are those by the same rules as the last.
    """
    drawn = [row and row["R"] for row in alike(rows)]
    curve = _curve(drawn, [row and row["R"] for row in rows])
    return curve | {"trend": trend(alike(rows)), "change": change(drawn)}


def value_chart(rows: Sequence[Row | None], indicator: Row) -> dict[str, object]:
    """Return the values of an indicator in words, with a sparkline where they are percentages."""
    values = [row and row["value"] for row in rows]
    rates = [None if value is None else value / 100 for value in values]
    curve = _curve(rates if is_percent(indicator) else [], rates)
    figures = _listed(show_value(value, indicator) for value in values)
    known = sum(value is not None for value in values)
    return curve | {
        "figures": figures,
        "counted": known > 1,
        "trend": "" if few(rows[-1]) else moving(values),
    }


def is_percent(indicator: Row) -> bool:
    """Say whether an indicator is measured in percent."""
    return "%" in str(indicator["measure"])


def show_value(value: Decimal | None, indicator: Row) -> str:
    """Return an indicator's value: a percentage with one decimal, a whole count as it is.

    More decimals where fewer would show it on the other side of its target: 97,97 is not 98,0.
    """
    if value is None:
        return "–"
    whole = value == value.to_integral_value() and not is_percent(indicator)
    ways = (show_decimal(value, places) for places in range(0 if whole else 1, MOST_PLACES))
    return next(
        (way for way in ways if _same_side(way, value, indicator["target"])), show_decimal(value)
    )


def _same_side(shown: str, value: Decimal, target: Decimal | None) -> bool:
    """Say whether a figure as shown is above, at or below a target like the figure itself."""
    number = Decimal(shown.replace(".", "").replace(",", ".").replace("−", "-"))
    return target is None or number.compare(target) == value.compare(target)


def few(indicator: Row | None) -> bool:
    """Say whether a ratio is over so few that its moves say nothing."""
    over = indicator and indicator["denominator"]
    return over is not None and over < TREND_LINES


def _listed(figures: Iterable[str]) -> str:
    return "\u00a0· ".join(figures)


def _curve(drawn: Sequence[Decimal | None], rates: Sequence[Decimal | None]) -> dict[str, object]:
    """Return runs of joined points, whether the last is of this cycle, and the rates in words."""
    points = [
        None if rate is None else (f"{n * STEP:.0f}", _height(rate)) for n, rate in enumerate(drawn)
    ]
    return {
        "paths": [_path(run) for run in _runs(points)],
        "dots": [point for point in points if point],
        "ends_now": bool(points) and points[-1] is not None,
        "figures": _listed("–" if rate is None else _percent(rate) for rate in rates),
    }


def _height(rate: Decimal) -> str:
    return f"{HEIGHT * (1 - min(max(rate, Decimal(0)), Decimal(1))):.1f}"


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
    enough = (r and r["R"] is not None and r["lines"] >= TREND_LINES for r in rows)
    return moving([r["R"] if told else None for r, told in zip(rows, enough, strict=True)])


def moving(values: Sequence[Decimal | None]) -> str:
    """Return the words for figures of which the last ones all fell or all rose; "" for others."""
    rates = [*takewhile(lambda value: value is not None, reversed(values))]
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
    words = ", ".join(f"{part['word']} {show_decimal(part['count'])}" for part in segments)
    return {"total": total, "segments": segments, "words": f"{show_decimal(total)} dòng: {words}"}


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


def rate_dots(units: Sequence[Row], whole: Row | None) -> dict[str, object]:
    """Return R now and one cycle before as dots on one scale, the commune last, and in words.

    A row has "name", "chart" of rate_chart, "R" and "before", its row of the cycle before or None;
    who has no R in any of the six cycles is left out.
    """
    known = [row for row in (*units, *([whole] if whole else ())) if row["chart"]["dots"]]
    words = "; ".join(f"{row['name']}: {row['chart']['figures']}" for row in known)
    foot = PITCH * len(known)
    return {
        "rows": [_dot(n, row, row is whole) for n, row in enumerate(known)],
        "scale": [(_along(Decimal(mark) / 100), mark) for mark in range(0, 101, 25)],
        "foot": str(foot),
        "height": str(foot + PITCH),
        "words_at": AXIS + LENGTH + 6,
        "words": f"R sáu kỳ, %: {words}",
    }


def _dot(place: int, row: Row, whole: bool) -> Row:
    return {
        "name": row["name"],
        "middle": str(PITCH * place + PITCH / 2),
        "now": _along(row["R"]),
        "before": _along(row["before"] and row["before"]["R"]),
        "figures": row["chart"]["figures"],
        "trend": row["chart"]["trend"],
        "whole": whole,
    }


def _along(rate: Decimal | None) -> str:
    return "" if rate is None else f"{AXIS + LENGTH * rate:.1f}"


def gauge(rate: Decimal | None) -> str:
    """Return how long a bar from 0 to 100 is for a rate, as it is printed; "" for none."""
    return "" if rate is None else _percent(rate).replace(",", ".")


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
    return {"cycles": [*map(short, last_cycles(book.result.cycle))], "rows": rows}


def short(cycle: str) -> str:
    """Return a cycle as a column names it: «Kỳ 1 11/2026»."""
    named = parse_cycle(cycle)
    return f"Kỳ {named.half} {named.month:02d}/{named.year}"
