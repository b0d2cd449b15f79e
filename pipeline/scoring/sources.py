"""What is known of a line before it is scored: issued, reported or entered, taken over, brought."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

import pandas as pd

from pipeline.model.registers import Registers
from pipeline.model.rules import effective_share
from pipeline.model.tables import NO, SUBSTITUTED, records
from pipeline.model.text import show
from pipeline.scoring.columns import Columns, columns_of
from pipeline.scoring.exact import ZERO

Row = Mapping[str, object]
Key = tuple[str, str]  # task id, person

PLANNED, UNPLANNED, TAKEN_OVER = "kế hoạch", "phát sinh", "nhận thay"
NO_GIVER = "K411"
FROM_UNIT = "phiếu"  # where a line's figures come from, unless the group entered them

REPORTED = {"completed": "completed_reported", "rework": "rework_reported"}  # names in the result
BLANK = {
    **dict.fromkeys(
        ("completed_raw", "finished_raw", "rework_raw", "evidence", "note", "fault"), ""
    ),
    **dict.fromkeys(("completed_reported", "finished", "rework_reported")),
}
NOWHERE = {"file": "", "sheet": "", "row": None}
FROM_GIVER = ("product", "product_name", "measure", "coefficient", "share", "due")
ROLES = ("responsible", "approver", "responsible_code", "approver_code")


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
    substitutes: pd.DataFrame,
    registers: Registers,
    missing: Collection[str],
    previous: Mapping[Key, int],
    unread: Collection[Key],
) -> Columns:
    """Return every line of a cycle: issued ones first, then those of the sheets «Phát sinh»."""
    begun = previous.keys() - unread
    issued = _issued(assignments, reported, substitutes, registers, missing)
    handed = [_row(issued, n) for n, kind in enumerate(issued["kind"]) if kind == TAKEN_OVER]
    sent = [r for r in records(unplanned.rename(columns=REPORTED)) if r["unit"] not in missing]
    givers = _givers(issued, {r["from_task"] for r in (*handed, *sent) if r["kind"] == TAKEN_OVER})
    added = [_added(row, givers.get(row["from_task"]), registers) for row in sent]
    # A handover counts in its first cycle only: afterwards the giver is issued what was left to it.
    fresh = [row for row in handed if not row["carried"] and key_of(row) not in begun]
    # One whose report has an error counts, too: its rest goes on in the receiver's name.
    taken = _taken_away([*fresh, *added], givers)
    table = {name: values + [row[name] for row in added] for name, values in issued.items()}
    keys = keys_of(table)
    return table | {
        "taken_away": [taken.get(key, ZERO) for key in keys],
        "rework_brought": [previous.get(key) or 0 for key in keys],
    }


def _issued(
    assignments: pd.DataFrame,
    reported: pd.DataFrame,
    substitutes: pd.DataFrame,
    registers: Registers,
    missing: Collection[str],
) -> Columns:
    """Return the lines of the assignment table with what was typed about them."""
    table = as_issued(columns_of(assignments))
    table |= _answers(table, reported, _entered(substitutes), missing)
    pairs = zip(table["unit"], table["source"], strict=True)
    begun = {unit for unit, source in pairs if source == SUBSTITUTED}
    heads = [
        "" if person else head_of(unit, registers)
        for unit, person in zip(table["unit"], table["person"], strict=True)
    ]
    table["person_name"] = _names(_codes(table["person"], heads), registers)
    responsible = _codes(table["responsible"], heads)
    return table | {
        "responsible": _names(responsible, registers),
        "responsible_code": responsible,
        "approver": _names(table["approver"], registers),
        "approver_code": table["approver"],
        "share": [effective_share(share) for share in table["share"]],
        "carried": [carried or 0 for carried in table["carried"]],
        "deduct": [registers.deduct(product) for product in table["product"]],
        "listed": [product in registers.products for product in table["product"]],
        "issued": [True] * len(heads),
        "unheard": [unit in missing for unit in table["unit"]],
        "begun": [unit in begun for unit in table["unit"]],
    }


def as_issued(table: Columns) -> Columns:
    """Return assignments with what may differ from them, as they were issued where not said."""
    lines = len(table["task_id"])
    unchanged = {"assigned_issued": table["assigned"]}
    unchanged |= {"due_before": [None] * lines, "withdrawn": [NO] * lines, "heir": [""] * lines}
    return unchanged | table


def _entered(substitutes: pd.DataFrame) -> dict[Key, Row]:
    """Return by line what the group entered for a unit, as its report; only with a reason."""
    entered: dict[Key, Row] = {}
    for row in records(substitutes):
        if row["completed"] is not None and row["reason"]:
            entered.setdefault(key_of(row), _as_reported(row))
    return entered


def _as_reported(row: Row) -> Row:
    """Return an entry of the group under the names a report has."""
    figures = ("completed", "finished", "rework")
    return {
        **BLANK,
        **{f"{name}_raw": show(row[name]) for name in figures},
        **{REPORTED.get(name, name): row[name] for name in figures},
        **{"evidence": row["document"], "note": row["reason"]},
        **{name: row[name] for name in NOWHERE},
    }


def _answers(
    table: Columns, reported: pd.DataFrame, entered: Mapping[Key, Row], missing: Collection[str]
) -> Columns:
    """Return what was typed about each issued line, blank where nothing came.

    The group's entry stands only for a unit that sent nothing.
    """
    typed = columns_of(reported.rename(columns=REPORTED))
    own = {key: n for n, key in enumerate(keys_of(typed))}
    group = {key: n for n, key in enumerate(entered, len(own))}
    sent = [unit not in missing for unit in table["unit"]]
    pairs = zip(keys_of(table), sent, strict=True)
    found = [(own if heard else group).get(key, -1) for key, heard in pairs]
    answers = {}
    for name, blank in (BLANK | NOWHERE).items():
        values = [*typed[name], *(row[name] for row in entered.values()), blank]  # -1: the blank
        answers[name] = [values[n] for n in found]
    answers["source"] = [
        (FROM_UNIT if file else "") if heard else (SUBSTITUTED if n >= 0 else "")
        for heard, n, file in zip(sent, found, answers["file"], strict=True)
    ]
    # A row the sender removed has no place of its own: the line then stands where it was issued.
    for name in ("row", "sheet", "file"):
        pairs = zip(answers["file"], answers[name], table[name], strict=True)
        answers[name] = [own if file else given for file, own, given in pairs]
    return answers


def _codes(codes: list[str], heads: list[str]) -> list[str]:
    """Return codes of people, of the unit's head where a unit's line names nobody."""
    return [code or head for code, head in zip(codes, heads, strict=True)]


def _names(codes: list[str], registers: Registers) -> list[str]:
    return [registers.person_name(code) if code else "" for code in codes]


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
    if taken_over and not giver:  # whose coefficient it has is not known, and is not frozen
        work = work | {"coefficient": None}
    return {
        **row,
        **work,
        "fault": row["fault"] or (NO_GIVER if taken_over and not giver else ""),
        "person_name": registers.person_name(row["person"]) if row["person"] else "",
        **_assigner(row["assigner"], registers),
        **{"assigned_on": None, "decision": "", "carried": 0},
        **{"assigned_issued": None, "due_before": None, "withdrawn": NO, "heir": ""},
        "deduct": registers.deduct(work["product"]),
        "listed": work["product"] in registers.products,
        **{"issued": False, "unheard": False, "begun": False, "source": FROM_UNIT},
    }


def _assigner(assigner: str, registers: Registers) -> Row:
    """Return who approves a line of «Phát sinh»: who assigned it, by its code if that was typed."""
    known = registers.people.keys() & {assigner}
    return {"approver": assigner, "approver_code": next(iter(known), "")} if assigner else {}


def _given_work(giver: Row) -> Row:
    """Return what taken-over work keeps of its giver: product, coefficient, share, due date."""
    return {name: giver[name] for name in (*FROM_GIVER, *ROLES)}


def _own_work(row: Row, registers: Registers) -> Row:
    product = registers.products.get(row["product"], {})
    return {
        "product": row["product"],
        "product_name": product.get("product", ""),
        "coefficient": product.get("coefficient"),
        **{"measure": "", "share": Decimal(1), "due": None, **dict.fromkeys(ROLES, "")},
    }


def _taken_away(receivers: Iterable[Row], givers: Mapping[str, Row]) -> dict[Key, Decimal]:
    """Return by giver what others took over in this cycle (Điều 18.1); call it inside exact()."""
    sums: dict[Key, Decimal] = {}
    for row in receivers:
        giver = givers.get(row["from_task"]) if row["kind"] == TAKEN_OVER else None
        if giver and key_of(giver) != key_of(row):
            sums[key_of(giver)] = sums.get(key_of(giver), ZERO) + (row["assigned"] or ZERO)
    return sums
