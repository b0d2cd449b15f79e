"""The annexes: people, further points, returns of six cycles, findings, rows read, files, rules."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from pipeline.model.findings import is_question
from pipeline.model.grouping import told
from pipeline.model.tables import result_sheet
from pipeline.packet.book import Book, Row
from pipeline.packet.charts import status_matrix
from pipeline.packet.units import common_places

FEW = 5  # below this many lines and items, percentages would say more than there is to say
HASH_SHOWN = 12
LEVELS = ("lỗi", "cảnh báo", "lưu ý")
CELLS_NAMED = 3
GAP = ("reported", "accepted", "difference")


def annexes(book: Book) -> Row:
    """Return what the annexes print."""
    return {
        "people": people(book),
        "agenda": book.named(book.tables["agenda"]),
        "matrix": status_matrix(book),
        "inspections": book.named(book.tables["inspections"]),
        "inspected_before": book.named(book.tables["inspected_before"]),
        "gaps": book.named(book.tables["gaps"]),
        "gap_places": common_places([row[key] for row in book.tables["gaps"] for key in GAP]),
        "substitutes": book.named(book.tables["substitutes"]),
        "questions": [row for row in book.tables["findings"] if is_question(row)],
        "findings": findings(book),
        "changes": changes(book),
        "restated": book.named(book.tables["restated"]),
        "adjustments": book.named(book.tables["adjustments"]),
        "waivers": book.tables["waivers"],
        **revised(book),
        "tallies": book.named(book.tables["tallies"]),
        "files": _files(book),
        "rules": book.tables["rules"],
        "example": example(book),
    }


def revised(book: Book) -> Row:
    """Return what was printed and is other now, the persons' own figures apart from the others."""
    title = result_sheet("people").title
    persons = {str(row["person"]): str(row["name"]) for row in book.tables["people"]}
    rows = [
        {**row, "personal": row["table"] == title, "called": _called(row, book.names | persons)}
        for row in book.tables["revised"]
    ]
    return {
        "revised": [row for row in rows if not row["personal"]],
        "revised_people": [row for row in rows if row["personal"]],
    }


def _called(row: Row, names: Mapping[str, str]) -> str:
    """Return «KT Phòng Kinh tế» of a code that has a name."""
    return " ".join(filter(None, (str(row["name"]), names.get(str(row["name"]), ""))))


def people(book: Book) -> list[Row]:
    """Return everybody with the words that stand for the rates where there are none to print."""
    return [
        {**person, "instead": _instead(person), "silent": _is_silent(book, person)}
        for person in book.named(book.tables["people"])
    ]


def _is_silent(book: Book, person: Row) -> bool:
    """Say whether nothing is known of a person's work: no report, and none done for others."""
    return person["unit"] in book.silent and not (person["done"] or person["overdue"])


def _instead(person: Row) -> str:
    """Return why a person's rates are not printed, or ""."""
    if person["rated"] == "không" or person["R"] is None:
        return str(person["arithmetic"])
    if person["lines"] < FEW and (person["items"] or Decimal(0)) < FEW:
        return f"xong {person['done']}/{person['lines']} dòng (ít việc, không tính phần trăm)"
    return ""


def findings(book: Book) -> list[Row]:
    """Return the findings by unit, those of no unit first, with their number by severity.

    Questions have an annex of their own.
    """
    found = {
        code: [row for row in rows if not is_question(row)]
        for code, rows in book.by_unit["findings"].items()
    }
    if not any(found.values()):
        return []
    others = [code for code in found if code not in book.names]
    groups = [(code, found.get(code, [])) for code in (*others, *book.names)]
    return [
        {"name": book.names.get(code, code or "Toàn xã"), **_group(rows)} for code, rows in groups
    ]


def _group(rows: list[Row]) -> Row:
    """Return what is printed of one unit's findings: like ones once, the rest of many counted."""
    kinds, left = told(rows)
    return {"rows": len(rows), "counts": _counts(rows), "kinds": kinds, "left": left}


def _counts(rows: list[Row]) -> str:
    """Return «2 lỗi, 1 lưu ý», or «không có lỗi»."""
    found = [row["severity"] for row in rows]
    counted = [f"{found.count(level)} {level}" for level in LEVELS if level in found]
    return ", ".join(counted if "lỗi" in found else ["không có lỗi", *counted])


def changes(book: Book) -> list[str]:
    """Return «KT bản 2 so với bản 1: 4 ô khác, 1 ô bỏ trống (N14)» for every further version."""
    return [
        f"{unit} bản {new['version']} so với bản {old['version']}: {_differing(book, new)}"
        for unit in book.names
        for old, new in pairwise(_versions(book, unit))
    ]


def _versions(book: Book, unit: str) -> list[Row]:
    rows = [row for row in book.of("submissions", unit) if row["version"]]
    return sorted(rows, key=lambda row: row["version"])


def _differing(book: Book, version: Row) -> str:
    rows = [r for r in book.of("changes", version["unit"]) if r["file_after"] == version["file"]]
    gone = [row for row in rows if row["after"] == ""]
    other = f"{len(rows) - len(gone)} ô khác"
    if not gone:
        return other if rows else "không ô nào khác"
    places = list(dict.fromkeys(str(row["cell"] or row["row_key"]) for row in gone))
    more = ", …" if len(places) > CELLS_NAMED else ""
    return f"{other}, {len(gone)} ô bỏ trống ({', '.join(places[:CELLS_NAMED])}{more})"


def _files(book: Book) -> list[Row]:
    rows = book.named(book.tables["submissions"])
    return [{**row, "short_hash": str(row["sha256"])[:HASH_SHOWN]} for row in rows]


def example(book: Book) -> Row | None:
    """Return a line to show the rules on, best one with a deduction; None without any."""
    delivered = [row for row in book.tables["lines"] if row["D"] and row["arithmetic"]]
    deducted = [row for row in delivered if row["rework"] or row["lateness"]]
    return next(iter(book.named((deducted or delivered)[:1])), None)
