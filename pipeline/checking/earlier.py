"""The lines of a cycle against those of earlier cycles, as their archives keep them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipeline.checking.issued import Key, key_of, show_key
from pipeline.checking.lines import Line, Row
from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.findings import finding
from pipeline.model.rules import effective_share
from pipeline.model.tables import YES
from pipeline.model.text import fold, show, show_date

DONE = ("đúng hạn", "xong chậm")
BY_ITSELF = "vẫn tính là việc chuyển kỳ"
NOT_CARRIED = "không tự chuyển kỳ"
FROZEN = {"coefficient": "hệ số", "share": "tỷ lệ"}


@dataclass(frozen=True)
class Past:
    """What earlier cycles say of every key, oldest first, and the lines of the one just before.

    What the meeting gave to another person is known under that person's key too.
    """

    records: Mapping[Key, list[tuple[str, Row]]]
    tasks: Mapping[str, tuple[str, Row]]  # every task's newest record, whoever had it
    before: list[Row] | None  # None: that cycle has no archive


def remember(earlier: Mapping[str, list[Row]], cycle: Cycle) -> Past:
    """Return the earlier cycles' lines by key; `earlier` gives them by cycle, oldest first."""
    records: dict[Key, list[tuple[str, Row]]] = {}
    for name, rows in earlier.items():
        for row in rows:
            given = [{**row, "person": row["heir"], "heir": ""}] if row["heir"] else []
            for known in (row, *given):
                records.setdefault(key_of(known), []).append((name, known))
    tasks = {row["task_id"]: (name, row) for name, rows in earlier.items() for row in rows}
    return Past(records, tasks, earlier.get(str(cycle.previous)))


def check_cycles(
    lines: list[Line], earlier: Mapping[str, list[Row]], cycle: Cycle, table: str
) -> list[dict]:
    """Return K606 to K613, K621, K622; `table` is the file a line has vanished from."""
    past = remember(earlier, cycle)
    found = _copied(lines, earlier)
    for line in lines:
        if line.issued and (known := past.records.get(line.key)):
            found += _again(line, known, cycle)
        elif line.issued and line.task_id in past.tasks:
            found += _other_task(line, *past.tasks[line.task_id])
    return found + _vanished(lines, past, table)


def _copied(lines: list[Line], earlier: Mapping[str, list[Row]]) -> list[dict]:
    """Return K606: a delivery with the quantity, day and proof of one already counted."""
    delivered = [line for line in lines if line.is_delivered and line.finished]
    figures = {_figures(vars(line), line.completed) for line in delivered}
    counted = {
        _delivery(row, row["completed_reported"]): name
        for name, rows in earlier.items()
        for row in rows
        # The words of few lines need to be compared.
        if _figures(row, row["completed_reported"]) in figures
        and row["standing"] in (*DONE, "quá hạn", "chưa đến hạn")
    }
    return [
        line.at_report("K606", "completed", show(line.completed), counted[said])
        for line in delivered
        if (said := _delivery(vars(line), line.completed)) in counted
    ]


def _figures(row: Row, completed: Decimal | None) -> tuple:
    return row["unit"], row["person"], completed, row["finished"]


def _delivery(row: Row, completed: Decimal | None) -> tuple:
    return *_figures(row, completed), fold(row["task"]), fold(row["evidence"])


def _again(line: Line, known: list[tuple[str, Row]], cycle: Cycle) -> list[dict]:
    """Return what is odd about a line that was there before: the first of K608, K607, or more."""
    name, last = known[-1]
    if other := _other_task(line, name, last):
        return other
    if last["withdrawn"] == YES and line.decision in ("", last["decision"]):
        return [line.at_issue("K621", "task_id", line.name, f"{name} ({last['decision']})")]
    if last["heir"] and line.decision in ("", last["decision"]):
        return [line.at_issue("K622", "person", line.name, f"{last['heir']} ({last['decision']})")]
    if last["remaining"] == 0 and last["standing"] in DONE:
        return [line.at_issue("K607", "task_id", line.name, name)]
    if line.decision not in ("", last["decision"]):
        return []
    return _exceeded(line, known) + _changed(line, last) + _miscounted(line, name, last, cycle)


def _other_task(line: Line, name: str, last: Row) -> list[dict]:
    """Return K608: in an earlier cycle the same id was of other work."""
    other = fold(last["task"]) != fold(line.task) and last["product"] != line.product
    return [line.at_issue("K608", "task_id", line.name, name)] if other else []


def _exceeded(line: Line, known: list[tuple[str, Row]]) -> list[dict]:
    """Return K609: more completed over all cycles than was ever assigned."""
    given = known[0][1]["assigned"]
    if line.decision or not line.is_delivered or None in (given, line.assigned):
        return []
    total = line.completed + sum(row["completed"] or Decimal(0) for _, row in known)
    if total <= given or line.completed > line.assigned:  # K403 has the latter
        return []
    fact = f"cộng các kỳ là {show(total)}, nhiều hơn số lượng giao {show(given)}"
    return [line.at_report("K609", "completed", show(line.completed), fact)]


def _changed(line: Line, last: Row) -> list[dict]:
    """Return K611 and K612: what is frozen when issued, changed without a decision."""
    now = {"coefficient": line.coefficient, "share": effective_share(line.share)}
    found = [
        line.at_issue(
            "K611", field, line.name, f"{word} kỳ trước {show(last[field])}, nay {show(now[field])}"
        )
        for field, word in FROZEN.items()
        if last[field] is not None and last[field] != now[field]
    ]
    if last["due"] and last["due"] != line.due:
        fact = f"kỳ trước {show_date(last['due'])}, nay {show_date(line.due)}"
        found.append(line.at_issue("K612", "due", line.name, fact))
    return found


def _miscounted(line: Line, name: str, last: Row, cycle: Cycle) -> list[dict]:
    """Return K613: a carried line is one time older, one not yet due is not."""
    before = parse_cycle(name)
    if before != cycle.previous:
        return []
    passed = last["due"] is None or last["due"] <= before.last_day
    due = (last["carried"] or 0) + passed if last["assigned"] is not None else 0
    if (line.carried or 0) == due:
        return []
    return [line.at_issue("K613", "carried", show(line.carried or 0), f"{line.name}: {due}")]


def _vanished(lines: list[Line], past: Past, table: str) -> list[dict]:
    """Return K610: unfinished in the cycle before, and no more in the assignment table.

    A line that goes on by itself has no row there. A line that has passed to another person is
    still there.
    """
    found = [
        line.at_issue("K610", "", line.name, _left(line.assigned, BY_ITSELF))
        for line in lines
        if line.issued and line.issued["row"] is None and line.task_id in past.tasks
    ]
    if past.before is None:
        return found
    issued = {line.key: line.decision for line in lines if line.issued}
    fresh = {task_id for task_id, person in issued if (task_id, person) not in past.records}
    return found + [
        finding("K610", file=table, value=show_key(key), fact=_left(row["remaining"], NOT_CARRIED))
        for row in past.before
        if row["remaining"] and row["task_id"] not in fresh
        if issued.get(key_of(row), "") in ("", row["decision"])  # else given back to who had it
        if (key := (row["task_id"], row["heir"] or row["person"])) not in issued
    ]


def _left(quantity: Decimal | None, what: str) -> str:
    return f"{show(quantity)} chưa xong, {what}"
