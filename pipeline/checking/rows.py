"""Rules over several fields of one row; silent where one of their own cells has a finding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.checking.cells import Cell, cell_of
from pipeline.model.findings import finding
from pipeline.model.tables import PLACE
from pipeline.model.text import show, show_date

Row = Mapping[str, object]
Words = tuple[str, str] | None  # (value, fact) of the finding, or None where the rule holds


@dataclass(frozen=True)
class Day:
    """The days a row is held against."""

    last_day: date
    received: Mapping[str, date]  # file → day it was received


@dataclass(frozen=True)
class Rule:
    """A code, the cell it points at, the cells it reads, and the function that words a breach."""

    code: str
    field: str
    reads: tuple[str, ...]
    breach: Callable[[Row, Day], Words]


def apply_rules(
    rules: tuple[Rule, ...], rows: list[dict], day: Day, faulted: frozenset[Cell]
) -> list[dict]:
    """Return the findings of all rules over all rows, in one pass."""
    return [
        finding(
            rule.code,
            **{name: row[name] for name in PLACE},
            field=rule.field,
            value=words[0],
            fact=words[1],
        )
        for row in rows
        for rule in rules
        if not any(cell_of(row, field) in faulted for field in rule.reads)
        and (words := rule.breach(row, day))
    ]


def has_quantity_without_date(row: Row, day: Day) -> Words:
    delivered = row["completed"] is not None and row["completed"] > 0
    return (show(row["completed"]), "") if delivered and row["finished"] is None else None


def has_date_without_quantity(row: Row, day: Day) -> Words:
    return ("", show_date(row["finished"])) if row["completed"] == 0 and row["finished"] else None


def exceeds_assigned_without_note(row: Row, day: Day) -> Words:
    completed, assigned = row["completed"], row["assigned"]
    over = (
        completed is not None and assigned is not None and completed > assigned and not row["note"]
    )
    return (show(completed), show(assigned)) if over else None


def exceeds_taken_over_without_note(row: Row, day: Day) -> Words:
    return exceeds_assigned_without_note(row, day) if row["kind"] == "nhận thay" else None


def finished_before_assigned(row: Row, day: Day) -> Words:
    finished, assigned_on = row["finished"], row["assigned_on"]
    early = finished and assigned_on and finished < assigned_on
    return (show_date(finished), show_date(assigned_on)) if early else None


def finished_after_last_day(row: Row, day: Day) -> Words:
    finished = row["finished"]
    return (
        (show_date(finished), show_date(day.last_day))
        if finished and finished > day.last_day
        else None
    )


def finished_in_the_future(row: Row, day: Day) -> Words:
    finished, received = row["finished"], day.received.get(row["file"])
    # After the last day K405 already says it.
    future = finished and received and received < finished <= day.last_day
    return (show_date(finished), show_date(received)) if future else None


def is_due_and_blank(row: Row, day: Day) -> Words:
    blank = row["completed"] is None and row["due"] is not None and row["due"] <= day.last_day
    return ("", show_date(row["due"])) if blank else None


def has_no_evidence(row: Row, day: Day) -> Words:
    delivered = row["completed"] is not None and row["completed"] > 0
    return ("", "") if delivered and not row["evidence"] else None


def lacks_what_unplanned_needs(row: Row, day: Day) -> Words:
    needs = {"assigner": "người giao", "document": "văn bản giao", "product": "mã sản phẩm"}
    lacking = [name for key, name in needs.items() if not row[key]]
    return ("", ", ".join(lacking)) if row["kind"] == "phát sinh" and lacking else None


def numerator_exceeds_denominator(row: Row, day: Day) -> Words:
    numerator, denominator = row["numerator"], row["denominator"]
    over = numerator is not None and denominator is not None and numerator > denominator
    return (show(numerator), show(denominator)) if over else None


def could_be_a_fraction(row: Row, day: Day) -> Words:
    """0,857 of an indicator in % may be 0,857 % or 85,7 %."""
    value = row["value"]
    small = row["measure"] == "%" and value is not None and 0 < value <= 1
    return (show(value), f"{show(value)} % hay {show(value * 100)} %") if small else None


def has_no_figures(row: Row, day: Day) -> Words:
    ratio = row["numerator"] is not None and row["denominator"] is not None
    return None if ratio or row["value"] is not None else ("", "")


FINISHED_RULES = (
    Rule("K401", "finished", ("completed", "finished"), has_quantity_without_date),
    Rule("K402", "finished", ("completed", "finished"), has_date_without_quantity),
    Rule("K405", "finished", ("finished",), finished_after_last_day),
    Rule("K406", "finished", ("finished",), finished_in_the_future),
    Rule("K409", "evidence", ("completed", "evidence"), has_no_evidence),
)
TASK_RULES = (
    *FINISHED_RULES,
    Rule("K403", "completed", ("completed", "note"), exceeds_assigned_without_note),
    Rule("K404", "finished", ("finished",), finished_before_assigned),
    Rule("K407", "completed", ("completed",), is_due_and_blank),
)
UNPLANNED_RULES = (
    *FINISHED_RULES,
    Rule("K403", "completed", ("completed", "assigned", "note"), exceeds_taken_over_without_note),
    Rule("K410", "kind", ("kind", "assigner", "document", "product"), lacks_what_unplanned_needs),
)
CCHC_RULES = (
    Rule("K309", "value", ("value",), could_be_a_fraction),
    Rule("K413", "numerator", ("numerator", "denominator"), numerator_exceeds_denominator),
    Rule("K416", "numerator", ("numerator", "denominator", "value"), has_no_figures),
)
