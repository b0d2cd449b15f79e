"""«Số liệu cần hỏi lại»: figures worth a question. They change nothing and accuse nobody."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pipeline.checking.issued import grouped, issued_key, show_key
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
    rule_code: str


@dataclass(frozen=True)
class Own:
    """The same of one unit; `last_day` is the cycle's last working day."""

    unit: Row
    lines: list[Line]
    scored: list[Row]
    history: list[Row]
    before: list[Row]
    issued: list[Row]
    last_day: date
    rule_code: str

    @property
    def delivered(self) -> list[Line]:
        return [line for line in self.lines if line.is_delivered]


Asked = list[tuple[str, str, str]]  # code, value, fact


def ask(seen: Seen) -> list[dict]:
    """Return K801 to K806, unit by unit."""
    asked = (_copied, _all_complete, _lowered, _on_last_day, _far_above, _unlike_before)
    return [
        finding(code, unit=str(own.unit["unit"]), value=value, fact=fact)
        for own in _unit_by_unit(seen)
        for question in asked
        for code, value, fact in question(own)
    ]


def _unit_by_unit(seen: Seen) -> Iterator[Own]:
    lines: dict[str, list[Line]] = {}
    for line in seen.lines:
        lines.setdefault(line.unit, []).append(line)
    scored, history, before = (
        grouped(rows, "unit") for rows in (seen.scored, seen.history, seen.before)
    )
    day = seen.cycle.last_day
    while seen.days_off.is_off(day):
        day -= timedelta(days=1)
    for unit in seen.units:
        code = unit["unit"]
        figures = scored.get(code, []), history.get(code, []), before.get(code, [])
        yield Own(
            unit,
            lines.get(code, []),
            *figures,
            list(seen.issued.get(code, ())),
            day,
            seen.rule_code,
        )


def _listed(names: Iterable[str]) -> str:
    """Return «KT-01, KT-02, KT-03…»."""
    known = list(dict.fromkeys(names))
    return ", ".join(known[:NAMED]) + ("…" if len(known) > NAMED else "")


def _copied(own: Own) -> Asked:
    """K801: as many lines as ASKED_LINES, half of all, repeat last cycle's quantity and proof."""
    last = {
        (row["person"], fold(row["task"]), row["completed_reported"], fold(row["evidence"]))
        for row in own.before
        if row["evidence"]
    }
    done = own.delivered
    same = [
        line.name
        for line in done
        if (line.person, fold(line.task), line.completed, fold(line.evidence)) in last
    ]
    if len(same) < ASKED_LINES or 2 * len(same) < len(done):
        return []
    return [("K801", _listed(same), f"{len(same)}/{len(done)}")]


def _all_complete(own: Own) -> Asked:
    """K802: everything complete, good and in time by the unit's own report.

    A rate is capped: work beyond the plan may hide a line that is late.
    """
    unit = own.unit
    behind = unit["overdue"] or unit["late"] or unit["unclear"]
    if unit["lines"] < ASKED_LINES or unit["R_reported"] != 1 or behind:
        return []
    return [("K802", "", show(unit["lines"]))]


def _lowered(own: Own) -> Asked:
    """K803: less asked for, or later, than in the workbook the unit was given or left to carry."""
    given = {issued_key(row): row for row in own.issued}
    left = {(row["task_id"], row["person"]): row for row in own.before}
    eased = [
        eased
        for line in own.lines
        if line.issued and line.decision in ("", left.get(line.key, {}).get("decision"))
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


def _on_last_day(own: Own) -> Asked:
    """K804: every delivery of a cycle on its last working day or after it."""
    days = [line.finished for line in own.delivered if line.finished]
    if len(days) < ASKED_LINES or min(days) < own.last_day:
        return []
    return [("K804", show_date(own.last_day), str(len(days)))]


def _far_above(own: Own) -> Asked:
    """K805: over the verified lines the report is far above what was accepted."""
    lines = [row for row in own.scored if row["state"]]
    said = sum((row["D_reported"] or Decimal(0) for row in lines), Decimal(0))
    accepted = sum((row["D"] or Decimal(0) for row in lines), Decimal(0))
    if len(lines) < ASKED_LINES or said < accepted * (1 + ASKED_EXCESS) or said == accepted:
        return []
    return [("K805", show(said), f"{show(accepted)} trên {len(lines)} dòng đã thẩm định")]


def _unlike_before(own: Own) -> Asked:
    """K806: R beyond all of its earlier cycles by the same rules, and far from their mean."""
    before = [
        row["R"]
        for row in own.history
        if row["R"] is not None and row["lines"] >= ASKED_LINES
        if row["rule_code"] in ("", own.rule_code)
    ]
    now = own.unit["R"]
    if now is None or own.unit["lines"] < ASKED_LINES or len(before) < ASKED_CYCLES:
        return []
    inside = min(before) <= now <= max(before)
    if inside or abs(now - sum(before) / len(before)) < ASKED_SWING:
        return []
    return [("K806", show_percent(now), " · ".join(map(show_percent, before)))]
