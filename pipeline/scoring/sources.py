"""What is known of a line before it is scored: issued, reported, taken over, brought, verified."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

import pandas as pd

from pipeline.model.registers import Registers
from pipeline.model.rules import effective_share
from pipeline.model.tables import records
from pipeline.scoring.columns import Columns, columns_of
from pipeline.scoring.exact import ZERO

Row = Mapping[str, object]
Key = tuple[str, str]  # task id, person

PLANNED, UNPLANNED, TAKEN_OVER = "kế hoạch", "phát sinh", "nhận thay"
NO_GIVER = "K411"

REPORTED = {"completed": "completed_reported", "rework": "rework_reported"}  # names in the result
BLANK = {
    **dict.fromkeys(
        ("completed_raw", "finished_raw", "rework_raw", "evidence", "note", "fault"), ""
    ),
    **dict.fromkeys(("completed_reported", "finished", "rework_reported")),
}
NOWHERE = {"file": "", "sheet": "", "row": None}
FROM_GIVER = ("product", "product_name", "measure", "coefficient", "share", "due")


def keys_of(table: Mapping[str, Iterable]) -> list[Key]:
    """Return the keys of lines: everything is carried and compared by task id and person."""
    return list(zip(table["task_id"], table["person"], strict=True))


def key_of(row: Row) -> Key:
    """Return the key of one line."""
    return row["task_id"], row["person"]


def gather(
    assignments: pd.DataFrame,
    reported: pd.DataFrame,
    unplanned: pd.DataFrame,
    registers: Registers,
    missing: Collection[str],
    previous: Mapping[Key, int],
) -> Columns:
    """Return every line of a cycle: issued ones first, then those of the sheets «Phát sinh»."""
    issued = _issued(assignments, reported, registers, missing)
    handed = [_row(issued, n) for n, kind in enumerate(issued["kind"]) if kind == TAKEN_OVER]
    sent = [r for r in records(unplanned.rename(columns=REPORTED)) if r["unit"] not in missing]
    givers = _givers(issued, {r["from_task"] for r in (*handed, *sent) if r["kind"] == TAKEN_OVER})
    added = [_added(row, givers.get(row["from_task"]), registers) for row in sent]
    # A handover counts in its first cycle only: afterwards the giver is issued what was left to it.
    fresh = [row for row in handed if not row["carried"] and key_of(row) not in previous]
    taken = _taken_away([*fresh, *(row for row in added if not row["fault"])], givers)
    table = {name: values + [row[name] for row in added] for name, values in issued.items()}
    keys = keys_of(table)
    return table | {
        "taken_away": [taken.get(key, ZERO) for key in keys],
        "rework_brought": [previous.get(key) or 0 for key in keys],
    }


def _issued(
    assignments: pd.DataFrame,
    reported: pd.DataFrame,
    registers: Registers,
    missing: Collection[str],
) -> Columns:
    """Return the lines of the assignment table with what their units typed about them."""
    table = columns_of(assignments)
    table |= _answers(table, reported, missing)
    heads = [
        "" if person else head_of(unit, registers)
        for unit, person in zip(table["unit"], table["person"], strict=True)
    ]
    table["person_name"] = _names(table["person"], heads, registers)
    return table | {
        "responsible": _names(table["responsible"], heads, registers),
        "approver": _names(table["approver"], [""] * len(heads), registers),
        "share": [effective_share(share) for share in table["share"]],
        "carried": [carried or 0 for carried in table["carried"]],
        "deduct": [registers.deduct(product) for product in table["product"]],
        "listed": [product in registers.products for product in table["product"]],
        "issued": [True] * len(heads),
        "silent": [unit in missing for unit in table["unit"]],
    }


def _answers(table: Columns, reported: pd.DataFrame, missing: Collection[str]) -> Columns:
    """Return what the units typed about each issued line, blank where nothing came."""
    typed = columns_of(reported.rename(columns=REPORTED))
    rows = enumerate(zip(keys_of(typed), typed["unit"], strict=True))
    place = {key: n for n, (key, unit) in rows if unit not in missing}
    found = [place.get(key, -1) for key in keys_of(table)]
    answers = {}
    for name, blank in (BLANK | NOWHERE).items():
        values = [*typed[name], blank]  # -1, the last, is the blank one
        answers[name] = [values[n] for n in found]
    # A row the sender removed has no place of its own: the line then stands where it was issued.
    for name in ("row", "sheet", "file"):
        pairs = zip(answers["file"], answers[name], table[name], strict=True)
        answers[name] = [own if file else given for file, own, given in pairs]
    return answers


def _names(codes: list[str], heads: list[str], registers: Registers) -> list[str]:
    """Return the names of people, of the unit's head where a unit's line names nobody."""
    return [
        registers.person_name(code or head) if code or head else ""
        for code, head in zip(codes, heads, strict=True)
    ]


def head_of(unit: str, registers: Registers) -> str:
    """Return the code of a unit's head: the person of its lines that name nobody."""
    return registers.units[unit]["head"] if unit in registers.units else ""


def _givers(issued: Columns, wanted: set[str]) -> dict[str, Row]:
    """Return the issued lines named as givers: «KT-07» where it is one line, or «KT-07/CB012»."""
    if not wanted:
        return {}
    lines_of = Counter(issued["task_id"])
    givers = {}
    for n, (task_id, person) in enumerate(keys_of(issued)):
        alone = task_id if lines_of[task_id] == 1 else ""
        names = {alone, f"{task_id}/{person}" if person else ""} - {""}
        givers |= {name: _row(issued, n) for name in names & wanted}
    return givers


def _row(table: Columns, n: int) -> dict[str, object]:
    return {name: values[n] for name, values in table.items()}


def _added(row: Row, giver: Row | None, registers: Registers) -> Row:
    """Return a row of a sheet «Phát sinh» as a line."""
    taken_over = row["kind"] == TAKEN_OVER
    work = _given_work(giver) if giver and taken_over else _own_work(row, registers)
    return {
        **row,
        **work,
        "fault": row["fault"] or (NO_GIVER if taken_over and not giver else ""),
        "person_name": registers.person_name(row["person"]) if row["person"] else "",
        "approver": row["assigner"] or work["approver"],
        **{"assigned_on": None, "decision": "", "carried": 0},
        "deduct": registers.deduct(work["product"]),
        "listed": work["product"] in registers.products,
        **{"issued": False, "silent": False},
    }


def _given_work(giver: Row) -> Row:
    """Return what taken-over work keeps of its giver: product, coefficient, share, due date."""
    return {name: giver[name] for name in (*FROM_GIVER, "responsible", "approver")}


def _own_work(row: Row, registers: Registers) -> Row:
    product = registers.products.get(row["product"], {})
    return {
        "product": row["product"],
        "product_name": product.get("product", ""),
        "coefficient": product.get("coefficient"),
        **{"measure": "", "share": Decimal(1), "due": None, "responsible": "", "approver": ""},
    }


def _taken_away(receivers: Iterable[Row], givers: Mapping[str, Row]) -> dict[Key, Decimal]:
    """Return by giver what others took over in this cycle (Điều 18.1); call it inside exact()."""
    sums: dict[Key, Decimal] = {}
    for row in receivers:
        giver = givers.get(row["from_task"]) if row["kind"] == TAKEN_OVER else None
        if giver and key_of(giver) != key_of(row):
            sums[key_of(giver)] = sums.get(key_of(giver), ZERO) + (row["assigned"] or ZERO)
    return sums
