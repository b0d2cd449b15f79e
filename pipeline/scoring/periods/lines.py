"""The lines of a period: every key once, its base once, D, Q, P summed over its cycles."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.tables import SILENT, SUBSTITUTED, records, result_table
from pipeline.model.text import show_decimal
from pipeline.scoring.clock import NOT_DUE, OVERDUE, UNCLEAR, WITHDRAWN
from pipeline.scoring.exact import ZERO, exact, total
from pipeline.scoring.periods.reports import Reports, Row
from pipeline.scoring.rates import NO, YES
from pipeline.scoring.sources import PLANNED, key_of
from pipeline.scoring.words import product

SUMMED = (
    *("delivered", "D", "Q", "P", "D_reported", "Q_reported", "P_reported"),
    *("Q_granted", "P_granted"),
)
Parts = Sequence[tuple[Cycle, Row]]  # one line in its cycles, oldest first


def period_lines(reports: Reports) -> pd.DataFrame:
    """Return the table «lines» of a period, in the order the lines first appeared.

    Key = task id + person. What describes a line is its newest word. The rest of a line that the
    meeting gave to another person is that person's base, where it goes on within the period.
    """
    by_key: dict[tuple[str, str], list[tuple[Cycle, Row]]] = {}
    for cycle, result in reports.results.items():
        for row in records(result.tables["lines"]):
            by_key.setdefault(key_of(row), []).append((cycle, row))
    with exact():
        rows = [_line(parts, _goes_on_as(parts, by_key), reports) for parts in by_key.values()]
    return result_table("lines", rows, "period")


def _goes_on_as(parts: Parts, by_key: Mapping[tuple[str, str], Parts]) -> str:
    """Return the person in whose name a later cycle of the period has the rest of a line."""
    cycle, row = parts[-1]
    later = by_key.get((row["task_id"], row["heir"]), ()) if row["heir"] else ()
    return row["heir"] if any(other > cycle for other, _ in later) else ""


def _line(parts: Parts, heir: str, reports: Reports) -> Row:
    last = {**parts[-1][1], "heir": heir}
    sums = {name: total(row[name] or ZERO for _, row in parts) for name in SUMMED}
    whole = _is_whole(last, reports)
    assigned = opened(parts)
    kept = assigned - (last["remaining"] or ZERO) if heir else assigned
    base = ZERO if last["kind"] != PLANNED else kept if whole else sums["delivered"]
    standing, unclear = (WITHDRAWN, "") if heir else _standing(parts, whole, reports)
    line = {
        **last,
        **sums,
        "cycles": ", ".join(str(cycle) for cycle, _ in parts),
        "assigned": assigned,
        "whole": YES if whole else NO,
        "base": base,
        "A": (last["coefficient"] or ZERO) * last["share"] * base,
        **{name: sum(row[name] or 0 for _, row in parts) for name in ("rework", "lateness")},
        "source": SUBSTITUTED if _entered(parts) else last["source"],
        "standing": standing,
        "unclear": unclear,
    }
    return line | {"arithmetic": _sentence(line, parts, reports)}


def opened(parts: Parts) -> Decimal:
    """Return the quantity open at the period's start, or assigned within it; inside exact().

    A line carried on is issued what was left of it, which counts no second time; what was issued
    above that is newly assigned, what was issued below it was taken back. Of a line withdrawn in
    a cycle stays what was delivered.
    """
    quantity = left = ZERO
    for _, row in parts:
        given = row["delivered"] if _is_withdrawn(row) else row["assigned"]
        quantity += (given or ZERO) - left
        left = row["remaining"] or ZERO
    return quantity


def _is_withdrawn(row: Row) -> bool:
    return row.get("withdrawn") == YES


def _is_whole(last: Row, reports: Reports) -> bool:
    """Say whether all that was assigned counts: planned work, due by the end, not withdrawn.

    But for what of it is another person's base: that of a line moved.
    """
    due = last["due"] is None or last["due"] <= reports.until
    return last["kind"] == PLANNED and due and not _is_withdrawn(last)


def _entered(parts: Parts) -> bool:
    return any(row["source"] == SUBSTITUTED for _, row in parts)


def _standing(parts: Parts, whole: bool, reports: Reports) -> tuple[str, str]:
    """Return where a line stands at the period's end, and why it is unclear."""
    cycle, last = parts[-1]
    standing, unclear = last["standing"], last["unclear"]
    if cycle == reports.last:
        return standing, unclear
    # Open when last seen, and in no later cycle.
    if standing in (SILENT, UNCLEAR, NOT_DUE, OVERDUE) and reports.missed(last["unit"]):
        return SILENT, ""
    if standing == SILENT:
        return UNCLEAR, f"chưa nộp {reports.period.said(cycle)}, kỳ sau không còn"
    return (OVERDUE if standing == NOT_DUE and whole else standing), unclear


def _sentence(line: Row, parts: Parts, reports: Reports) -> str:
    """Return «giao 2,7 × 3 = 8,1; kỳ 1 xong 1: D 2,7, Q 2,7, P 2,025»."""
    done = [_done(cycle, row, reports) for cycle, row in parts if row["delivered"]]
    return "; ".join([_base(line, reports), *(done or ["chưa xong phần nào"])])


def _base(line: Row, reports: Reports) -> str:
    figures = line["coefficient"], line["share"], line["base"], line["A"]
    if line["kind"] != PLANNED:
        return f"{line['kind']}, không tính vào A"
    if line["whole"] == YES and not line["heir"]:
        return f"giao {product(*figures)}"
    moved = f"phần còn lại chuyển cho {line['heir']}" if line["heir"] else "chưa đến hạn"
    why = "đã thu hồi" if _is_withdrawn(line) else moved
    also = "" if line["base"] == line["delivered"] else " và phần người khác nhận thay"
    return f"{why}, chỉ tính phần đã xong{also} {product(*figures)}"


def _done(cycle: Cycle, row: Row, reports: Reports) -> str:
    figures = ", ".join(f"{name} {show_decimal(row[name])}" for name in "DQP")
    return f"{reports.period.said(cycle)} xong {show_decimal(row['delivered'])}: {figures}"
