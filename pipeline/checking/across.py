"""The lines of one cycle across all units: work and proof that stand twice, people elsewhere."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from pipeline.checking.issued import Key
from pipeline.checking.lines import Line, Row
from pipeline.model.calendar import Cycle
from pipeline.model.findings import finding
from pipeline.model.registers import Registers
from pipeline.model.tables import PLACE
from pipeline.model.text import fold, show, show_date

# «15/BC-KT», «05/2026/QĐ-UBND»: a number and the sign of who issued it. «Sổ trực» or «BC ngày
# 12/10» may serve often.
DOCUMENT = re.compile(r"\d+(?:\s?/\s?\d+)*\s?/\s?[^\W\d_][\w/-]*")
TAKEN_OVER = "nhận thay"
FEW = 3  # units that have one task between them by mistake; more share it as a duty
Group = Iterable[Line]
NONE: Mapping[Key, Row] = MappingProxyType({})


def check_units(
    lines: list[Line], registers: Registers, cycle: Cycle, before: Mapping[Key, Row] = NONE
) -> list[dict]:
    """Return K602 to K605, K614 to K617 and K733 over all lines of a cycle.

    `before` are by key the lines that earlier cycles left: work stays where it was given, whoever
    has moved since.
    """
    people = [row for line in lines for row in _person(line, registers, cycle, before)]
    people += [row for line in lines for row in _responsible(line, registers)]
    stale = [row for line in lines for row in _overdue_when_issued(line, cycle)]
    idle = _idle(lines, registers, cycle)
    claimed = same_work(lines, len(registers.units)) + same_proof(lines)
    claimed += same_delivery(lines, claimed) + twice_delivered(lines)
    return claimed + people + idle + stale


def same_work(lines: list[Line], units: int) -> list[dict]:
    """Return K602: one document, task and product as two tasks.

    Issued to more than FEW units, or to half of all `units`, it is a duty of each of them; twice in
    one unit for other people or days it is work that comes back. Unplanned work may repeat neither
    what is issued nor another's.
    """
    groups: dict[tuple, list[Line]] = {}
    for line in lines:
        key = fold(line.document), fold(line.task), line.product
        if all(key):
            groups.setdefault(key, []).append(line)
    return [found for group in groups.values() for found in _issued_twice(group, units)] + [
        found for group in groups.values() for found in _reported_twice(group)
    ]


def _issued_twice(group: Group, units: int) -> list[dict]:
    issued = [line for line in group if line.issued]
    if twins := _twins(issued):
        return [twin.at_issue("K602", "task_id", twin.name, _named(one)) for twin, one in twins]
    holders = len({line.unit for line in issued})
    if holders != 2 and not (2 < holders <= FEW and 2 * holders < units):
        return []
    first = issued[0]
    others = [line for line in issued if line.unit != first.unit and line.task_id != first.task_id]
    return [line.at_issue("K602", "task_id", line.name, _named(first)) for line in others]


def _twins(issued: Group) -> list[tuple[Line, Line]]:
    """Return every line given twice to one person for one day, beside the one before it."""
    seen: dict[tuple, Line] = {}
    found = []
    for line in issued:
        key = line.unit, line.person, line.due, line.assigned
        one = seen.setdefault(key, line)
        found += [(line, one)] if one.task_id != line.task_id else []
    return found


def _reported_twice(group: Group) -> list[dict]:
    found = []
    for line in (line for line in group if not line.issued):
        other = next((other for other in group if _repeats(line, other)), None)
        if other:
            found.append(line.at_report("K602", "task", line.task, _named(other)))
    return found


def _repeats(line: Line, other: Line) -> bool:
    """Say whether unplanned work is another line's too; colleagues may share what is unplanned."""
    elsewhere = other.issued or other.unit != line.unit or other.person == line.person
    return bool(elsewhere) and not _is_same(line, other)


def _is_same(line: Line, other: Line) -> bool:
    """Say whether two lines are parts of one task: shared, or taken over."""
    given = {line.from_task.split("/")[0], other.from_task.split("/")[0]}
    return line.task_id == other.task_id or bool(given & {line.task_id, other.task_id})


def same_proof(lines: list[Line]) -> list[dict]:
    """Return K603: one numbered document as the proof of the same product in two tasks."""
    claims: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.is_delivered and line.product:
            for number in dict.fromkeys(DOCUMENT.findall(fold(line.evidence))):
                claims.setdefault((number.replace(" ", ""), line.product), []).append(line)
    found: dict[str, dict] = {}
    for group in claims.values():
        for line in group:
            other = next((other for other in group if not _is_same(line, other)), None)
            if other:
                said = line.at_report("K603", "evidence", line.evidence, _named(other))
                found.setdefault(line.name, said)
    return list(found.values())


def same_delivery(lines: list[Line], claimed: Iterable[dict]) -> list[dict]:
    """Return K615: a person's two lines with one document, product, quantity and finishing day.

    The work must be worded alike or have one proof; what tells them apart is a numbered document of
    each line's own. A row that already has a finding of `claimed` stays silent.
    """
    told = {(row["file"], row["sheet"], row["row"]) for row in claimed}
    groups: dict[tuple, list[Line]] = {}
    for line in lines:
        if line.is_delivered and line.finished and line.product and line.person:
            key = line.unit, line.person, fold(line.document), line.product
            groups.setdefault((*key, line.completed, line.finished), []).append(line)
    found = []
    for group in groups.values():
        unproved: list[Line] = []  # a line with its own document is like none that has one too
        for n, line in enumerate(group):
            proved = DOCUMENT.search(fold(line.evidence))
            earlier = unproved if proved else group[:n]
            unproved += [] if proved else [line]
            other = next((one for one in earlier if _is_same_delivery(line, one)), None)
            if other and tuple(line.sent[key] for key in PLACE[1:]) not in told:
                found.append(
                    line.at_report("K615", "completed", show(line.completed), _named(other))
                )
    return found


def twice_delivered(lines: list[Line]) -> list[dict]:
    """Return K617: a giver reports work that another says to have taken over in this cycle."""
    takers: dict[str, list[Line]] = {}
    for line in lines:
        if line.kind == TAKEN_OVER and not line.issued and line.assigned:
            takers.setdefault(line.from_task, []).append(line)
    found = []
    for line in lines:
        others = takers.get(line.name, [])
        taken = sum((other.assigned for other in others), Decimal(0))
        if taken and line.is_delivered and line.completed + taken > line.assigned:
            names = ", ".join(map(_named, others))
            fact = f"{names} nhận thay {show(taken)}, số giao {show(line.assigned)}"
            found.append(line.at_report("K617", "completed", show(line.completed), fact))
    return found


def _is_same_delivery(line: Line, other: Line) -> bool:
    if _is_same(line, other):
        return False
    same_words = bool(line.task) and fold(line.task) == fold(other.task)
    same_proof = bool(line.evidence) and fold(line.evidence) == fold(other.evidence)
    return same_words or (bool(line.document) and same_proof)


def _named(line: Line) -> str:
    return f"{line.name} ({line.unit})"


def _person(
    line: Line, registers: Registers, cycle: Cycle, before: Mapping[Key, Row]
) -> list[dict]:
    """Return K604 for a person of another unit, K605 for one who is not there to do it."""
    person = registers.people.get(line.person)
    if not person:
        return []
    at = line.at_issue if line.issued else line.at_report
    if before.get(line.key, {}).get("unit") != line.unit != person["unit"]:
        return [at("K604", "person", line.name, person["unit"])]
    absent = _absence(person, line, cycle)
    return [at("K605", "person", line.name, absent)] if absent else []


def _responsible(line: Line, registers: Registers) -> list[dict]:
    """Return K616: responsible is somebody of another unit, not above who does the work.

    Work taken over keeps who is responsible for its giver's, and its due date.
    """
    own = line.issued and line.kind != TAKEN_OVER
    code = line.issued["responsible"] if own else ""
    person = registers.people.get(code)
    if not person or person["unit"] == line.unit or code in _superiors(line, registers):
        return []
    fact = f"{code} thuộc đơn vị {person['unit']}"
    return [line.at_issue("K616", "responsible", line.name, fact)]


def _superiors(line: Line, registers: Registers) -> set[str]:
    """Return all above the person of a line and above the head of its unit."""
    found: set[str] = set()
    at = [line.person, str(registers.units.get(line.unit, {}).get("head", ""))]
    while at:
        above = str(registers.people.get(at.pop(), {}).get("supervisor") or "")
        if above and above not in found:
            found.add(above)
            at.append(above)
    return found


def _absence(person: Mapping[str, object], line: Line, cycle: Cycle) -> str:
    """Return why a person cannot have this line: not yet or no more in office, or away."""
    first, last = cycle.first_day, cycle.last_day
    needed = min(line.finished or line.due or last, last)
    if person["active_from"] and person["active_from"] > needed:
        return f"làm việc từ {show_date(person['active_from'])}"
    if person["active_to"] and person["active_to"] < max(needed, first):
        return f"làm việc đến {show_date(person['active_to'])}"
    return _leave(person, first, last)


def _leave(person: Mapping[str, object], first: date, last: date) -> str:
    start, end = person["unscored_from"], person["unscored_to"]
    away = (start or end) and (start or first) <= first and (end or last) >= last
    return f"nghỉ cả kỳ, {person['unscored_reason'] or 'không chấm'}" if away else ""


def _overdue_when_issued(line: Line, cycle: Cycle) -> list[dict]:
    """Return K733: a new line whose due date had passed before the cycle began."""
    new = line.issued and not line.carried and line.kind != TAKEN_OVER
    if not new or line.due is None or line.due >= cycle.first_day:
        return []
    return [line.at_issue("K733", "due", line.name, show_date(line.due))]


def _idle(lines: list[Line], registers: Registers, cycle: Cycle) -> list[dict]:
    """Return K614: civil servants there for the whole cycle without a single line, by unit."""
    busy = {line.person for line in lines} | {unit["head"] for unit in registers.units.values()}
    idle: dict[str, list[str]] = {}
    for code, person in registers.people.items():
        if person["category"] == "công chức" and code not in busy and _is_there(person, cycle):
            idle.setdefault(person["unit"], []).append(code)
    file = next((line.issued["file"] for line in lines if line.issued), "")
    return [
        finding("K614", file=file, value=registers.unit_name(unit), fact=", ".join(codes))
        for unit, codes in idle.items()
    ]


def _is_there(person: Mapping[str, object], cycle: Cycle) -> bool:
    first, last = cycle.first_day, cycle.last_day
    arrived = not person["active_from"] or person["active_from"] <= first
    stays = not person["active_to"] or person["active_to"] >= last
    away = person["unscored_from"] or person["unscored_to"]
    return arrived and stays and not away
