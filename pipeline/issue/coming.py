"""The next cycle's assignment table, drafted from what goes on and what the meeting has given."""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.issue.assignments import Rows, as_rows
from pipeline.model.calendar import Cycle
from pipeline.model.layout import layout
from pipeline.model.registers import Registers, label
from pipeline.model.text import fold, fold_code, show
from pipeline.tools.workbook import write_workbook

BOOK, SHEET, DAYS = "assignment", "assignments", "cycle"
FROM_LINE = {
    "document": "document",
    "assigned_on": "assigned_on",
    "responsible": "responsible_code",
    "approver": "approver_code",
}
Row = Mapping[str, object]
Books = Mapping[str, Sequence[Row]]  # sheet → rows as they stand in the cells


def carried_work(results: Mapping[str, Rows]) -> list[dict]:
    """Return a row of the assignment table for every line of which something is left.

    Key, due date, coefficient and share stay; the quantity is what is left, «lần chuyển» counts on.
    """
    lines = {
        (row["task_id"], row["heir"] or row["person"]): row for row in as_rows(results["lines"])
    }
    return [
        row | {name: line[source] for name, source in FROM_LINE.items()}
        for row in as_rows(results["upcoming"])
        if row["task_id"]  # what was proposed or given has none yet
        for line in [lines[row["task_id"], row["person"]]]
    ]


def given_work(
    given: Iterable[Row], registers: Registers, cycle: Cycle, on: object, known: Iterable[Row]
) -> list[dict]:
    """Return a row for everything the meeting has given, under a task id of its own.

    The id names the cycle that gave it; work that has one in `known` keeps it.
    """
    kept = {_work(row): str(row["task_id"]) for row in known}
    used = set(kept.values())
    rows = []
    for row in given:
        task_id = kept.get(_work(row)) or _free(str(row["unit"]), cycle, used)
        used.add(task_id)
        product = registers.products[row["product"]]
        facts = {"product_name": product["product"], "coefficient": product["coefficient"]}
        source = f"Kết luận {row['decision']}, {cycle.name}"
        told = {"task_id": task_id, "kind": "kế hoạch", "document": source, "assigned_on": on}
        rows.append({**row, **facts, **told, "carried": 0})
    return rows


def _work(row: Row) -> tuple[str, str, str]:
    """Return what given work is known by: unit, words, decision."""
    unit = fold_code(show(row["unit"]).split(" – ")[0])
    return unit, fold(row["task"]), fold_code(show(row["decision"]))


def _free(unit: str, cycle: Cycle, used: set[str]) -> str:
    """Return the first free id: «KT-26111-01», from the first cycle of November 2026."""
    head = f"{unit}-{cycle.year % 100:02d}{cycle.month:02d}{cycle.half}"
    return next(name for n in range(1, 1000) if (name := f"{head}-{n:02d}") not in used)


def coming_workbook(
    drafted: Iterable[Row], there: Books, base: Books, registers: Registers
) -> bytes:
    """Return giao-viec.xlsx: drafted rows, with all that people typed in it.

    `there` is the table as it stands, `base` as the program drafted it before: a cell that is no
    more than that draft is drafted anew, any other is kept; so is a row of people's own.
    """
    rows = _merged([_cells(row, registers) for row in drafted], there, base)
    days = list(there.get(DAYS, ()))
    lists = registers.lists()
    return write_workbook(layout(BOOK), {SHEET: rows, DAYS: days}, lists=lists, form=True)


def _cells(row: Row, registers: Registers) -> dict:
    """Return a drafted row as it is shown: people with their names, blanks blank."""
    cells = {}
    for field in layout(BOOK)[SHEET].field:
        value = row.get(field.key)
        named = field.choices == "people" and value in registers.people
        shown = label(registers.people[value]) if named else value
        cells[field.key] = None if shown == "" else shown
    if cells["share"] == 1:
        cells["share"] = None
    return cells


def _merged(drafted: list[dict], there: Books, base: Books) -> list[dict]:
    """Return the drafted rows as people changed them, then the rows of their own."""
    typed = {_key(row): row for row in there.get(SHEET, ())}
    before = {_key(row): row for row in base.get(SHEET, ())}
    keys = {_key(row) for row in drafted}
    rows = [_kept(row, typed.get(_key(row)), before.get(_key(row))) for row in drafted]
    own = [row for key, row in typed.items() if key not in keys and not _same(row, before.get(key))]
    return rows + own


def _key(row: Row) -> tuple[str, str]:
    return tuple(fold_code(show(row[name]).split(" – ")[0]) for name in ("task_id", "person"))


def _kept(row: dict, typed: Row | None, before: Row | None) -> dict:
    """Return a drafted row with the cells that somebody has typed since the draft before."""
    if typed is None:
        return row
    old = before or {}
    own = {name: typed[name] for name in row if _has(typed, name) and not _equal(typed, old, name)}
    return row | own


def _same(row: Row, before: Row | None) -> bool:
    names = layout(BOOK)[SHEET].keys
    return before is not None and all(_equal(row, before, name) for name in names)


def _has(row: Row, name: str) -> bool:
    return row.get(name) not in (None, "")


def _equal(row: Row, other: Row, name: str) -> bool:
    return fold(show(row.get(name))) == fold(show(other.get(name)))
