"""The assignment table: what its rows mean, and the K7 findings about them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pandas as pd

from pipeline.model.findings import finding_at
from pipeline.model.registers import Registers
from pipeline.model.rules import effective_share
from pipeline.model.tables import records
from pipeline.model.text import show, show_date

Rows = pd.DataFrame | Iterable[Mapping[str, object]]
Lines = Mapping[tuple[str, str], Mapping[str, object]]  # by task id and person
ONE = Decimal(1)
NOTHING_BEFORE: Lines = MappingProxyType({})


def as_rows(table: Rows | None) -> list[dict]:
    """Return a table's rows as dictionaries, whatever it is held in."""
    if isinstance(table, pd.DataFrame):
        return records(table)
    return [dict(row) for row in table or ()]


def share_of(row: Mapping[str, object]) -> Decimal:
    """Return the share of a line; blank or out of range is 1."""
    return effective_share(row["share"])


def check_assignments(
    assignments: Rows, registers: Registers, before: Lines = NOTHING_BEFORE
) -> list[dict]:
    """Return the K7 findings of the assignment table.

    `before` are by key the lines that earlier cycles left: they keep the coefficient they were
    issued with, whatever the catalogue says now.
    """
    rows = as_rows(assignments)
    fresh = [
        row
        for row in rows
        if row["kind"] == "nhận thay" and not row["carried"]
        if (row["task_id"], row["person"]) not in before
    ]
    found = [problem for row in rows for check in ROW_CHECKS for problem in check(row, registers)]
    new = [row for row in rows if not _was_there(row, before)]
    found += [problem for row in new for problem in _other_coefficient(row, registers)]
    return (
        found + _repeated(rows) + _shares(rows) + _givers(rows, fresh) + _handed_over(rows, fresh)
    )


def due_on_days_off(assignments: Rows, registers: Registers, first_day: date) -> list[dict]:
    """Return K707 for every day off from then on that work is due on, at its first row."""
    by_day: dict[date, list[dict]] = {}
    for row in as_rows(assignments):
        if row["due"] and row["due"] >= first_day and registers.days_off.is_off(row["due"]):
            by_day.setdefault(row["due"], []).append(row)
    return [
        finding_at("K707", rows[0], "due", value=", ".join(_tasks(rows)), fact=show_date(day))
        for day, rows in sorted(by_day.items())
    ]


def _tasks(rows: list[dict]) -> list[str]:
    return [*dict.fromkeys(str(row["task_id"]) for row in rows)]


def _missing(row: Mapping[str, object], registers: Registers) -> list[dict]:
    """Return K704: a missing one of the six «rõ»."""
    head = registers.units.get(row["unit"], {}).get("head", row["unit"])
    clear = {
        "rõ việc": row["task"],
        "rõ sản phẩm": (row["product"] or row["product_name"]) and row["assigned"] is not None,
        "rõ người": row["person"] or head,
        "rõ trách nhiệm": row["responsible"],
        "rõ thẩm quyền": row["approver"],
        "rõ thời gian (tính hạn là ngày cuối kỳ)": row["due"],
    }
    missing = [name for name, there in clear.items() if not there]
    said = {"value": str(row["task_id"]), "fact": ", ".join(missing)}
    return [finding_at("K704", row, "task_id", **said)] if missing else []


def _was_there(row: Mapping[str, object], before: Lines) -> bool:
    last = before.get((row["task_id"], row["person"]))
    return last is not None and last["product"] == row["product"]


def _other_coefficient(row: Mapping[str, object], registers: Registers) -> list[dict]:
    """Return K706: a coefficient that is not the catalogue's."""
    listed = registers.products.get(row["product"], {}).get("coefficient")
    used = row["coefficient"]
    if None in (listed, used) or listed == used:
        return []
    fact = f"bảng giao việc {show(used)}, danh mục {show(listed)}"
    return [finding_at("K706", row, "coefficient", value=str(row["task_id"]), fact=fact)]


def _share_out_of_range(row: Mapping[str, object], registers: Registers) -> list[dict]:
    """Return K710."""
    wrong = row["share"] is not None and row["share"] != share_of(row)
    return [finding_at("K710", row, "share", value=show(row["share"]))] if wrong else []


def _assigned_after_due(row: Mapping[str, object], registers: Registers) -> list[dict]:
    """Return K732."""
    if not row["assigned_on"] or not row["due"] or row["assigned_on"] <= row["due"]:
        return []
    said = {"value": str(row["task_id"]), "fact": show_date(row["assigned_on"])}
    return [finding_at("K732", row, "assigned_on", **said)]


ROW_CHECKS: tuple[Callable, ...] = (
    _missing,
    _assigned_after_due,
    _share_out_of_range,
)


def _repeated(rows: list[dict]) -> list[dict]:
    """Return K708: a task given twice to the same person, at the later row."""
    first: dict[tuple, dict] = {}
    found = []
    for row in rows:
        other = first.setdefault((row["task_id"], row["person"]), row)
        if other is not row:
            said = {"value": str(row["task_id"]), "fact": str(other["row"])}
            found.append(finding_at("K708", row, "task_id", **said))
    return found


def _givers(rows: list[dict], fresh: list[dict]) -> list[dict]:
    """Return K713: work newly taken over from a line that is not here."""
    names = Counter(row["task_id"] for row in rows)
    single = {name for name, times in names.items() if times == 1}
    each = {f"{row['task_id']}/{row['person']}" for row in rows if row["person"]}
    return [
        finding_at("K713", row, "from_task", value=str(row["task_id"]), fact=row["from_task"])
        for row in fresh
        if row["from_task"] not in single | each
    ]


def _handed_over(rows: list[dict], fresh: list[dict]) -> list[dict]:
    """Return K718: more newly taken over from a line than it was assigned."""
    lines = Counter(row["task_id"] for row in rows)
    taken: dict[str, Decimal] = {}
    for row in fresh:
        taken[row["from_task"]] = taken.get(row["from_task"], Decimal(0)) + (row["assigned"] or 0)
    found = []
    for row in rows:
        names = {f"{row['task_id']}/{row['person']}"}
        names |= {row["task_id"]} if lines[row["task_id"]] == 1 else set()
        total = sum(taken.get(name, Decimal(0)) for name in names)
        if row["assigned"] is not None and total > row["assigned"]:
            fact = f"{show(row['assigned'])}, các dòng nhận thay cộng lại {show(total)}"
            found.append(finding_at("K718", row, "assigned", value=str(row["task_id"]), fact=fact))
    return found


def _shares(rows: list[dict]) -> list[dict]:
    """Return K705: shares of one task that are not 1 together.

    Silent where a share is out of range or a line stands twice: that is said, and is the cause.
    """
    tasks: dict[str, list[dict]] = {}
    for row in rows:
        tasks.setdefault(row["task_id"], []).append(row)
    found = []
    for task_id, lines in tasks.items():
        total = sum(map(share_of, lines))
        twice = max(Counter(line["person"] for line in lines).values()) > 1
        # What others have finished is not issued again.
        carried = any(line["carried"] or line["kind"] != "kế hoạch" for line in lines)
        wild = any(line["share"] not in (None, share_of(line)) for line in lines)
        if total != ONE and not (twice or wild or carried):
            found.append(
                finding_at("K705", lines[0], "share", value=str(task_id), fact=show(total))
            )
    return found
