"""The sheet each person gets before the meeting: own lines, how they count, a form to object on."""

from collections.abc import Iterable

from pipeline.model.calendar import parse_cycle
from pipeline.model.rules import days_word
from pipeline.model.tables import CycleResult
from pipeline.packet.book import STANDINGS, Book, Row, open_book
from pipeline.packet.front import letterhead
from pipeline.packet.units import line_order
from pipeline.tools.page import fill

FOLDER = "phieu-ca-nhan"
SUMS = ("ΣA = ", "a = ", "b = ", "c = ")


def compose_sheets(result: CycleResult) -> dict[str, str]:
    """Return everybody's sheet as HTML by the name of its PDF, units in register order.

    A petition is answered within seven working days (Điều 22).
    """
    book = open_book(result)
    frame = {
        "result": result,
        "cycle": parse_cycle(result.cycle),
        "head": letterhead(book),
        "signs": STANDINGS,
        "days": days_word(result.rule_settings["late_rule"]),
    }
    lines = _by_person(book)
    return {
        f"{person['person']}.pdf": fill(
            "sheet/sheet.html.j2", frame | _sheet(book, person, lines.get(person["person"], []))
        )
        for person in _in_order(book)
    }


def _in_order(book: Book) -> Iterable[Row]:
    """Return people by unit; those of no known unit last."""
    places = {code: n for n, code in enumerate(book.names)}
    return sorted(
        book.named(book.tables["people"]),
        key=lambda person: places.get(str(person["unit"]), len(places)),
    )


def _by_person(book: Book) -> dict[object, list[Row]]:
    lines: dict[object, list[Row]] = {}
    for row in book.tables["lines"]:
        lines.setdefault(row["person"], []).append(row)
    return lines


def _sheet(book: Book, person: Row, rows: list[Row]) -> Row:
    return {
        "person": person,
        "steps": _steps(str(person["arithmetic"])),
        "rows": [{**row, "said": _said(book, row)} for row in sorted(rows, key=line_order)],
    }


def _steps(arithmetic: str) -> list[str]:
    """Return the sums a line each, and what follows them in one."""
    steps = arithmetic.split("; ")
    sums = [step for step in steps if step.startswith(SUMS)]
    return [*sums, "; ".join(step for step in steps if step not in sums)]


def _said(book: Book, row: Row) -> list[str]:
    """Return what else was said of a line: by the group, by the unit, of its claims."""
    key = (row["task_id"], row["person"])
    claims = (c for c in book.tables["claims"] if (c["task_id"], c["person"]) == key)
    return [
        *filter(None, [": ".join(filter(None, (_decided(row), str(row["reason"]))))]),
        *(f"Loại trừ {claim['aspect']}: {claim['state']}" for claim in claims),
        *([f"Ghi chú: {row['note']}"] if row["note"] else []),
    ]


def _decided(row: Row) -> str:
    """Return the group's verdict with the counts it put in place of the reported ones."""
    if not row["state"]:
        return ""
    counts = ("chưa đạt CL", row["rework_accepted"]), ("chậm", row["lateness_accepted"])
    given = ", ".join(f"{label} {count} lần" for label, count in counts if count is not None)
    return f"Tổ công tác: {row['state']}{f' ({given})' if given else ''}"
