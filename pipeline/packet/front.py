"""The pages the whole meeting reads: decisions, contents, summary, what is late or stuck."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from pipeline.model.submissions import IN_USE, WAITING
from pipeline.model.tables import SILENT, CycleResult, PeriodResult
from pipeline.model.text import sentence, show_date, sort_key
from pipeline.model.urging import Urging
from pipeline.packet.book import Book, Row
from pipeline.packet.charts import (
    alike,
    commune_series,
    indicator_series,
    is_percent,
    rate_chart,
    series,
    short,
    show_value,
    standing_bar,
    value_chart,
)
from pipeline.tools.page import printable

MOST_POINTS = 5
UNIT_NAME = 60  # letters of it in the core's tables; the whole name heads its spread
# Signs of a point's texts that fit beside its ruled lines; up to three points have more room.
FEW_POINTS = 3
ROOM = {"figure": 100, "matter": 90, "proposal": 140}
BRIEF_ROOM = ROOM | {"proposal": 90}
SOON = timedelta(days=7)
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WHO = (
    "Chủ tịch UBND xã",
    "Phó Chủ tịch UBND xã",
    "Đơn vị khác trong xã",
    "Trưởng đơn vị",
    "Sở, ngành cấp tỉnh",
)


def letterhead(book: Book) -> Row:
    """Return the issuing body on its lines, place and date, when and where the meeting is."""
    meeting = book.result.meeting
    day = meeting["meeting_on"]
    when = (meeting["hour"], f"{WEEKDAYS[day.weekday()]} {show_date(day)}", meeting["place"])
    return issuer(book.result) | {"meeting": ", ".join(part for part in when if part)}


def issuer(result: CycleResult | PeriodResult | Urging) -> Row:
    """Return the issuing body on its lines, place and date, as NĐ 30/2020 wants them."""
    commune, made = result.commune, result.made_at
    body, name = commune["body"].upper(), commune["name"].upper()
    return {
        "lines": [body.removesuffix(name).strip(), name] if body.endswith(name) else [body],
        "dated": f"{commune['place']}, {day_said(made)}",
        "place": f"{sentence(commune['name'])}, {commune['province']}",
    }


def day_said(day: date) -> str:
    """Return «ngày 05 tháng 02 năm 2026»: a zero before days below 10 and months below 3."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def decision_page(book: Book) -> Row:
    """Return the points for decision with their minutes, and the state of the cycle in figures."""
    agenda = book.named(book.tables["agenda"])
    points = [row for row in agenda if row["chosen"] == "có"][:MOST_POINTS]
    spoken = sum(int(row["minutes"] or 0) for row in points)
    room = ROOM if len(points) <= FEW_POINTS else BRIEF_ROOM
    return {
        "points": points,
        "others": len(agenda) - len(points),
        "room": room,
        "shortened": any(len(point[key]) > most for point in points for key, most in room.items()),
        "general_minutes": int(book.result.meeting["minutes"]) - spoken,
        "missing": [book.names[code] for code in book.names if code in book.missing],
        "unusable": [book.names[code] for code in book.names if code in book.unusable],
        "bar": standing_bar(book),
    }


def commune(book: Book) -> Row | None:
    """Return the commune's row with its six cycles; None for a cycle without units."""
    if not book.tables["commune"]:
        return None
    row = book.tables["commune"][0]
    rows = commune_series(book, row)
    pairs = zip(rows, alike(rows), strict=True)
    return {
        **{**row, "name": "Toàn xã", "chart": rate_chart(rows), "before": alike(rows)[-2]},
        "other_rules": [short(row["cycle"]) for row, same in pairs if row and not same],
    }


def returns(book: Book) -> list[Row]:
    """Return each unit with its report in use, versions that wait, errors and warnings counted."""
    return [
        {
            **unit,
            "report": next(
                (s for s in book.of("submissions", unit["unit"]) if s["status"] == IN_USE),
                None,
            ),
            "waiting": [
                s["version"] for s in book.of("submissions", unit["unit"]) if s["status"] == WAITING
            ],
            "unusable": unit["unit"] in book.unusable,
            "errors": _count(book, unit, "lỗi"),
            "warnings": _count(book, unit, "cảnh báo"),
        }
        for unit in book.tables["units"]
    ]


def _count(book: Book, unit: Row, severity: str) -> int:
    return sum(row["severity"] == severity for row in book.of("findings", unit["unit"]))


def lists(book: Book) -> dict[str, list[Row]]:
    """Return every list of the core by its name, the rows that matter most first."""
    rows = _lists(book)
    return {key: [_with_short_name(row) for row in listed] for key, listed in rows.items()}


def _with_short_name(row: Row) -> Row:
    """Return a row with a unit's name as long as the core prints it."""
    name = row.get("unit_name")
    return {**row, "unit_name": printable(str(name), UNIT_NAME)} if name else row


def _lists(book: Book) -> dict[str, list[Row]]:
    return {
        "conclusions": conclusions(book),
        "overdue": overdue(book),
        "soon_due": soon_due(book),
        "unplanned": unplanned(book),
        "surplus": surplus(book),
        "obstacles": obstacles(book),
        "indicators": indicators(book),
        "measures": [{**row, "number": n} for n, row in enumerate(book.tables["measures"], 1)],
        "rewards": sorted(book.tables["rewards"], key=lambda row: row["proposal"] == ""),
        "discipline": book.tables["discipline"],
    }


def conclusions(book: Book) -> list[Row]:
    """Return what earlier meetings concluded and nobody has closed, oldest first."""
    waiting = [
        {**row, "said": short(row["cycle"])}
        for row in book.tables["conclusions"]
        if row["age"] and row["state"] != "đã xong"
    ]
    return sorted(waiting, key=lambda row: (-row["age"], sort_key(str(row["conclusion"]))))


def summary(book: Book) -> list[Row]:
    """Return each unit with its six cycles, and whether anything is known of its work."""
    return [_summed(book, unit, series(book, unit)) for unit in book.tables["units"]]


def _summed(book: Book, unit: Row, cycles: Sequence[Row | None]) -> Row:
    return {
        **unit,
        "chart": rate_chart(cycles),
        "before": alike(cycles)[-2],
        "silent": unit["unit"] in book.silent,
        "unusable": unit["unit"] in book.unusable,
        "entered": unit["unit"] in book.missing - book.silent,
    }


def _lines(book: Book, wanted: Callable[[Row], object]) -> list[Row]:
    return book.named(filter(wanted, book.tables["lines"]))


def overdue(book: Book) -> list[Row]:
    """Return the overdue lines, longest first."""
    rows = _lines(book, lambda row: row["standing"] == "quá hạn")
    return sorted(rows, key=lambda row: (-(row["days_late"] or 0), sort_key(str(row["task_id"]))))


def unheard(book: Book) -> Row:
    """Return how many lines may be late and stand in no list: of silent units, unclear ones."""
    last = book.result.meeting["last_day"]
    silent, unclear = (
        [row for row in book.tables["lines"] if row["standing"] == standing]
        for standing in (SILENT, "chưa rõ")
    )
    return {
        "lines": len(silent),
        "units": len({row["unit"] for row in silent}),
        "passed": sum(row["due"] is None or row["due"] <= last for row in silent),
        "unclear": len(unclear),
    }


def soon_due(book: Book) -> list[Row]:
    """Return the lines due until a week after the meeting, earliest first."""
    until = book.result.meeting["meeting_on"] + SOON
    waiting = _lines(book, lambda row: row["standing"] == "chưa đến hạn" and row["due"])
    rows = [row for row in waiting if row["due"] <= until]
    return sorted(rows, key=lambda row: (row["due"], sort_key(str(row["task_id"]))))


def unplanned(book: Book) -> list[Row]:
    """Return the unplanned and taken-over lines, unit by unit."""
    return _lines(book, lambda row: row["kind"] in ("phát sinh", "nhận thay"))


def surplus(book: Book) -> list[Row]:
    """Return the lines that delivered more than was assigned."""
    return _lines(book, lambda row: (row["surplus"] or Decimal(0)) > 0)


def obstacles(book: Book) -> list[Row]:
    """Return the obstacles by the one who must act, then by the day it is needed."""
    return sorted(book.named(book.tables["obstacles"]), key=_who_first)


def who_rank(row: Row) -> tuple:
    """Return the place of the one who must act: the chairman first, unknown ones last."""
    rank = WHO.index(row["who"]) if row["who"] in WHO else len(WHO)
    return rank, row["who"]


def _who_first(row: Row) -> tuple:
    return *who_rank(row), row["wanted_by"] is None, row["wanted_by"] or 0, row["unit"]


def indicators(book: Book) -> list[Row]:
    """Return the indicators with their six cycles and the numbers of the group's proposals.

    A percentage with a target has a bar from 0 to 100.
    """
    return [
        {
            **row,
            "gauge": _gauge(row),
            "shown": _valued(row, "value"),
            "before": _valued(row, "previous"),
            "chart": value_chart(indicator_series(book, row), row),
            "measures": [
                number
                for number, measure in enumerate(book.tables["measures"], 1)
                if measure["indicator"] == row["indicator"]
            ],
        }
        for row in book.named(book.tables["indicators"])
    ]


def _valued(row: Row, field: str) -> str:
    value = row[field]
    return "" if value is None else show_value(value, row)


def _gauge(row: Row) -> tuple[str, str] | None:
    value, target = row["value"], row["target"]
    if not is_percent(row) or value is None or target is None:
        return None
    return tuple(f"{min(max(figure, Decimal(0)), Decimal(100)):.1f}" for figure in (value, target))
