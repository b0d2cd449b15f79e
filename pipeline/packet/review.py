"""The review of chosen cycles on four pages: commune, units, what is stuck, what was proposed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.span import Span
from pipeline.model.tables import NOT_SENT, YES, PeriodResult, records
from pipeline.model.text import show_decimal
from pipeline.packet.book import STANDINGS, Row
from pipeline.packet.charts import change, count_bar, rate_columns, show_value, trend
from pipeline.packet.front import issuer, who_rank
from pipeline.tools.page import fill

Cell = tuple[str, str]  # text, class
Tables = Mapping[str, list[Row]]
Places = Sequence[Cycle | None]  # None is a break: what stands before is not compared
Cycles = Mapping[Cycle, Row]  # the chosen cycles with the commune's figures
BAR = Decimal(130)  # mm of the longest bar of counts
KEYS = {  # standing → the count of it in a cycle's row
    **{"đúng hạn": "on_time", "xong chậm": "late", "quá hạn": "overdue"},
    **{"chưa đến hạn": "not_due", "chưa rõ": "unclear", "chờ thẩm định": "pending"},
    **{"thu hồi": "withdrawn", "chưa nộp": "silent"},
}
UPRIGHT = 6  # cycles that find room on an upright page
MOST_STUCK, MOST_CARRIED, MOST_WAITING, MOST_TOLD, MOST_FAULTS = (
    6,
    4,
    4,
    4,
    3,
)  # rows of the lists that only show the foremost


def compose_review(result: PeriodResult, span: Span) -> str:
    """Return the review of chosen cycles as HTML, ready to print."""
    tables = {key: records(table) for key, table in result.tables.items()}
    names = {row["unit"]: row["name"] for row in tables["returns"]}
    cycles = {parse_cycle(row["cycle"]): row for row in tables["cycles"]}
    places = _places(span, cycles)
    frame = {
        "result": result,
        "heading": f"Sơ kết {span.name}",
        "head": issuer(result),
        "year": span.cycles[-1].year,
        "span": span,
        "names": names,
        "wide": len(cycles) > UPRIGHT,
        "tables": tables,
    }
    pages = _whole(places, tables, cycles, names) | _lists(tables)
    pages |= {
        "units": _units(places, tables, cycles),
        "returns": _returns(tables, cycles),
        "indicators": _indicators(tables["indicators"], cycles),
    }
    return fill("review/review.html.j2", frame | pages)


def _whole(places: Places, tables: Tables, cycles: Cycles, names: Mapping[str, str]) -> Row:
    """Return what the first page says of the whole commune."""
    made = [row for row in cycles.values() if row["made"] == YES]
    return {
        "cycles": [{**row, "said": short(cycle)} for cycle, row in cycles.items()],
        "newest": {**made[-1], "said": short(parse_cycle(made[-1]["cycle"]))},
        "lost": [short(cycle) for cycle, row in cycles.items() if row["made"] != YES],
        "codes": list(dict.fromkeys(row["rule_code"] for row in made)),
        "together": next(iter(tables["commune"]), None) if len(made) > 1 else None,
        "chart": rate_columns([_column(place, cycles) for place in places]),
        "bars": (bars := _bars(made)),
        "words": [w for w in KEYS if any(w == p["word"] for b in bars for p in b["segments"])],
        "trends": _trends(places, cycles, tables["reports"], names),
    }


def _places(span: Span, cycles: Cycles) -> Places:
    """Return the cycles in order, None where they do not follow each other or the rules change."""
    places: list[Cycle | None] = []
    for place in span.places:
        before = places[-1] if places else None
        codes = {cycles[cycle]["rule_code"] for cycle in (before, place) if cycle}
        places += [None, place] if len(codes - {None}) > 1 else [place]
    return places


def _column(place: Cycle | None, cycles: Cycles) -> tuple[list[str], Decimal | None]:
    return ([], None) if place is None else (short(place).rsplit(" ", 1), cycles[place]["R"])


def short(cycle: Cycle) -> str:
    """Return «Kỳ 1 11/26»."""
    return f"Kỳ {cycle.half} {cycle.month:02d}/{cycle.year % 100}"


def _bars(made: Sequence[Row]) -> list[Row]:
    """Return each cycle's lines by standing as bars of one scale: the longest is full."""
    longest = max((row["lines"] or 0 for row in made), default=0) or 1
    return [
        {
            "name": short(parse_cycle(row["cycle"])),
            **count_bar(
                {word: row[KEYS[word]] for word in reversed(STANDINGS)},
                row["lines"],
                BAR * row["lines"] / longest,
            ),
        }
        for row in made
        if row["lines"]
    ]


def _trends(
    places: Places, cycles: Cycles, reports: Sequence[Row], names: Mapping[str, str]
) -> list[str]:
    """Return «Phòng Kinh tế: R ba kỳ liền giảm» of the commune and units; a break ends a trend."""
    known = {(row["unit"], row["cycle"]): row for row in reports}
    series = {"Toàn xã": [_made(place and cycles[place]) for place in places]}
    for unit, name in names.items():
        series[name] = [place and known.get((unit, str(place))) for place in places]
    told = ((name, trend(rows)) for name, rows in series.items())
    return [f"{name}: R {words}" for name, words in told if words]


def _made(row: Row | None) -> Row | None:
    return row if row and row["made"] == YES else None


def _units(places: Places, tables: Tables, cycles: Cycles) -> list[Row]:
    """Return each unit with R of every cycle, the last step, sums over all, overdue at the end."""
    by_place = {(row["unit"], row["cycle"]): row for row in tables["reports"]}
    together = {row["unit"]: row for row in tables["units"]}
    last = [str(cycle) for cycle, row in cycles.items() if row["made"] == YES][-1]
    rows = []
    for unit in tables["returns"]:
        own = [place and by_place.get((unit["unit"], str(place))) for place in places]
        newest = by_place.get((unit["unit"], last))
        rows.append(
            {
                **unit,
                "cells": [_rate(by_place.get((unit["unit"], str(cycle)))) for cycle in cycles],
                "change": change([row and row["R"] for row in (None, *own)]),
                "newest": newest,
                "sum": together.get(unit["unit"]),
            }
        )
    return rows


def _rate(row: Row | None) -> Cell:
    """Return a unit's R of one cycle as it is printed, or the word that stands for it."""
    if row is None:
        return "–", ""
    if row["silent"] == YES:
        return "chưa nộp", "hatch"
    return (show_decimal(row["R"] * 100, 1), "") if row["R"] is not None else ("chưa đủ", "quiet")


def _returns(tables: Tables, cycles: Cycles) -> list[Row]:
    """Return each unit with how it reported in every cycle."""
    by_place = {(row["unit"], row["cycle"]): row for row in tables["reports"]}
    return [
        {**unit, "cells": [_return(by_place.get((unit["unit"], str(cycle)))) for cycle in cycles]}
        for unit in tables["returns"]
    ]


def _return(row: Row | None) -> Cell:
    if row is None:
        return "–", ""
    if row["status"] == NOT_SENT:
        return ("chưa nộp", "hatch") if row["silent"] == YES else ("nhập thay", "")
    words = ["chậm"] if row["late_report"] == YES else []
    words += ["sửa"] if row["faulty"] == YES else []
    return ", ".join(words) or "✓", ""


def _lists(tables: Tables) -> Row:
    """Return what is stuck by who must act and how long, and the foremost of what was proposed."""
    open_ones = [row for row in tables["obstacles"] if row["open"] == YES]
    by_code: dict[str, list[Row]] = {}
    for row in tables["faults"]:
        by_code.setdefault(row["code"], []).append(row)
    waiting = [row for row in tables["conclusions"] if row["waiting"] == YES]
    return {
        "obstacles": [
            {**row, "first": short(parse_cycle(row["first"]))}
            for row in sorted(open_ones, key=_longest)[:MOST_STUCK]
        ],
        "open_obstacles": len(open_ones),
        "all_obstacles": len(tables["obstacles"]),
        "carried": tables["carried"][:MOST_CARRIED],
        "all_carried": len(tables["carried"]),
        "conclusions": _said(waiting[:MOST_WAITING]),
        "open_conclusions": len(waiting),
        "all_conclusions": len(tables["conclusions"]),
        "claims": tables["claims"],
        "faults": list(by_code.values())[:MOST_FAULTS],
        "all_faults": len(by_code),
        "rewards": _said(tables["rewards"][:MOST_TOLD]),
        "discipline": _said(tables["discipline"][:MOST_TOLD]),
    }


def _said(rows: Sequence[Row]) -> list[Row]:
    """Return the rows, each with its cycle as the columns name it."""
    return [{**row, "said": short(parse_cycle(str(row["cycle"])))} for row in rows]


def _longest(row: Row) -> tuple:
    return *who_rank(row), -row["cycles"], row["unit"]


def _indicators(rows: Sequence[Row], cycles: Cycles) -> list[Row]:
    """Return each indicator in its newest words with its value in every cycle."""
    values = {(row["indicator"], row["cycle"]): row["value"] for row in rows}
    newest = {row["indicator"]: row for row in rows}
    return [
        {**row, "cells": [show_value(values.get((code, str(cycle))), row) for cycle in cycles]}
        for code, row in newest.items()
    ]
