"""The sheet each person gets before the meeting: own lines, how they count, a form to object on."""

from collections.abc import Iterable

from pipeline.model.calendar import parse_cycle
from pipeline.model.rules import days_word
from pipeline.model.tables import CycleResult
from pipeline.packet.book import STANDINGS, Book, Row, open_book
from pipeline.packet.front import letterhead
from pipeline.packet.room import lines_of
from pipeline.packet.units import line_order
from pipeline.tools.page import fill, printable

FOLDER = "phieu-ca-nhan"
SUMS = ("ΣA = ", "a = ", "b = ", "c = ")
# Points: a page, what stands above the sums, the petition at least, a line of text, the room
# between two rows, what the estimate may be wrong by.
PAGE, TOP, PETITION, LINE, PADDING, DOUBT = 524, 180, 140, 12, 5, 15
WORK, WIDE = 59, 125  # millimetres of a line's name, of what it is made of in its smaller letters
PETITION_ROWS, ROWS_ALONE = 3, 11
DATES = "hạn 01/01, xong 01/01; "  # as long as those of any line


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
    steps = _steps(str(person["arithmetic"]))
    shown = [
        {**row, "said": [printable(said, 300) for said in _said(book, row)]}
        for row in sorted(rows, key=line_order)
    ]
    alone = _is_petition_alone(steps, shown)
    return {
        "person": person,
        "steps": steps,
        "rows": shown,
        "alone": alone,
        "petition_rows": ROWS_ALONE if alone else PETITION_ROWS,
    }


def _is_petition_alone(steps: list[str], rows: list[Row]) -> bool:
    """Say whether the lines leave the petition no room on the first page: then it fills its own.

    Where the estimate doubts it, the petition goes where it finds room.
    """
    used = TOP + LINE * sum(lines_of(step, WIDE) for step in steps if step)
    used += sum(map(_height, rows))
    return PAGE - PETITION < used < PAGE - DOUBT


def _height(row: Row) -> int:
    """Return the points a line takes with what it is made of, estimated."""
    how = ". ".join((f"{DATES}{printable(row['arithmetic'], 400)}", *row["said"]))
    work = lines_of(f"{row['task_id']} {row['task']}", WORK)
    return (max(work, 2 if row["days_late"] else 1) + lines_of(how, WIDE)) * LINE + PADDING


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
