"""«Số liệu cần hỏi lại»: figures worth a question. They change nothing and accuse nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from pipeline.checking.issued import issued_key, show_key
from pipeline.checking.lines import Line, Row
from pipeline.model.calendar import Cycle, DaysOff
from pipeline.model.findings import finding
from pipeline.model.rules import ASKED_CYCLES, ASKED_EXCESS, ASKED_LINES, ASKED_SWING
from pipeline.model.text import fold, show, show_date, show_percent

NAMED = 3  # tasks in one question


@dataclass(frozen=True)
class Seen:
    """A cycle as scored, beside what was issued and what the cycles before it were."""

    cycle: Cycle
    days_off: DaysOff
    lines: list[Line]
    scored: list[Row]
    units: list[Row]
    history: list[Row]  # units of earlier cycles
    before: list[Row]  # lines of the cycle just before
    issued: Mapping[str, list[Row]]  # rows of «Nhiệm vụ» as each unit was given them


def ask(seen: Seen) -> list[dict]:
    """Return K801 to K806, unit by unit."""
    asked = (_copied, _all_complete, _lowered, _on_last_day, _far_above, _unlike_before)
    return [
        finding(code, unit=str(unit["unit"]), value=value, fact=fact)
        for unit in seen.units
        for question in asked
        for code, value, fact in question(unit, seen)
    ]


Asked = list[tuple[str, str, str]]  # code, value, fact


def _own(rows: Iterable, unit: Row) -> list:
    return [r for r in rows if (r.unit if isinstance(r, Line) else r["unit"]) == unit["unit"]]


def _listed(names: Iterable[str]) -> str:
    """Return «KT-01, KT-02, KT-03…»."""
    known = list(dict.fromkeys(names))
    return ", ".join(known[:NAMED]) + ("…" if len(known) > NAMED else "")


def _copied(unit: Row, seen: Seen) -> Asked:
    """K801: as many lines as ASKED_LINES, half of all, repeat last cycle's quantity and proof."""
    last = {
        (row["person"], fold(row["task"]), row["completed_reported"], fold(row["evidence"]))
        for row in _own(seen.before, unit)
        if row["evidence"]
    }
    done = [line for line in _own(seen.lines, unit) if line.is_delivered]
    same = [
        line.name
        for line in done
        if (line.person, fold(line.task), line.completed, fold(line.evidence)) in last
    ]
    if len(same) < ASKED_LINES or 2 * len(same) < len(done):
        return []
    return [("K801", _listed(same), f"{len(same)}/{len(done)}")]


def _all_complete(unit: Row, seen: Seen) -> Asked:
    """K802: everything complete, good and in time by the unit's own report.

    A rate is capped: work beyond the plan may hide a line that is late.
    """
    behind = unit["overdue"] or unit["late"] or unit["unclear"]
    if unit["lines"] < ASKED_LINES or unit["R_reported"] != 1 or behind:
        return []
    return [("K802", "", show(unit["lines"]))]


def _lowered(unit: Row, seen: Seen) -> Asked:
    """K803: less asked for, or later, than in the workbook the unit was given or left to carry."""
    given = {issued_key(row): row for row in seen.issued.get(unit["unit"], ())}
    left = {(row["task_id"], row["person"]): row for row in _own(seen.before, unit)}
    eased = [
        eased
        for line in _own(seen.lines, unit)
        if line.issued and not line.decision
        for eased in _eased(line, given.get(line.key), left.get(line.key))
    ]
    return [("K803", _listed(eased), str(len(eased)))] if eased else []


def _eased(line: Line, given: Row | None, left: Row | None) -> list[str]:
    """Return «KT-01: số lượng 3 → 2», the first that is so."""
    amounts = [given["assigned"] if given else None, left["remaining"] if left else None]
    for amount in amounts:
        if None not in (amount, line.assigned) and line.assigned < amount:
            return [f"{show_key(line.key)}: số lượng {show(amount)} → {show(line.assigned)}"]
    if given and given["due"] and line.due and line.due > given["due"]:
        return [f"{show_key(line.key)}: hạn {show_date(given['due'])} → {show_date(line.due)}"]
    return []


def _on_last_day(unit: Row, seen: Seen) -> Asked:
    """K804: every delivery of a cycle on its last working day or after it."""
    day = seen.cycle.last_day
    while seen.days_off.is_off(day):
        day -= timedelta(days=1)
    days = [line.finished for line in _own(seen.lines, unit) if line.is_delivered and line.finished]
    if len(days) < ASKED_LINES or min(days) < day:
        return []
    return [("K804", show_date(day), str(len(days)))]


def _far_above(unit: Row, seen: Seen) -> Asked:
    """K805: over the verified lines the report is far above what was accepted."""
    lines = [row for row in _own(seen.scored, unit) if row["state"]]
    said = sum((row["D_reported"] or Decimal(0) for row in lines), Decimal(0))
    accepted = sum((row["D"] or Decimal(0) for row in lines), Decimal(0))
    if len(lines) < ASKED_LINES or said < accepted * (1 + ASKED_EXCESS) or said == accepted:
        return []
    return [("K805", show(said), f"{show(accepted)} trên {len(lines)} dòng đã thẩm định")]


def _unlike_before(unit: Row, seen: Seen) -> Asked:
    """K806: R beyond all of its earlier cycles, and far from their mean."""
    before = [
        row["R"]
        for row in _own(seen.history, unit)
        if row["R"] is not None and row["lines"] >= ASKED_LINES
    ]
    now = unit["R"]
    if now is None or unit["lines"] < ASKED_LINES or len(before) < ASKED_CYCLES:
        return []
    inside = min(before) <= now <= max(before)
    if inside or abs(now - sum(before) / len(before)) < ASKED_SWING:
        return []
    return [("K806", show_percent(now), " · ".join(map(show_percent, before)))]
