"""Rules over several fields of one row; silent where one of their own cells has a finding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipeline.checking.cells import Cell, cell_of
from pipeline.model.calendar import cycle_of
from pipeline.model.findings import finding
from pipeline.model.tables import PLACE, YES
from pipeline.model.text import FULL_WIDTH, show, show_date, show_decimal

Row = Mapping[str, object]
ROUNDED = Decimal("0.1")  # what rounding may make of a rate
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
    """What was issued is no fault of who has done it, whatever was counted anew since."""
    over = _exceeds_assigned(row) and not row["note"] and not is_as_printed(row, day)
    return (show(row["completed"]), _counted(row)) if over else None


def _exceeds_assigned(row: Row) -> bool:
    """Of work withdrawn before, all of it does: the table is told (K621), not the unit."""
    completed, assigned = row["completed"], row["assigned"]
    gone = row.get("withdrawn") == YES and not assigned
    return None not in (completed, assigned) and completed > assigned and not gone


def is_as_printed(row: Row, day: Day) -> Words:
    """More than is left as counted anew, but no more than the form asked for."""
    issued = row.get("assigned_issued")
    honest = _exceeds_assigned(row) and issued is not None and row["completed"] <= issued
    return (show(row["completed"]), _counted(row)) if honest else None


def _counted(row: Row) -> str:
    """Return the assigned quantity that counts, and the issued one where it is another."""
    assigned, issued = row["assigned"], row.get("assigned_issued")
    other = "" if issued in (None, assigned) else f" (tính lại; phiếu ghi {show(issued)})"
    return f"{show(assigned)}{other}"


def exceeds_taken_over_without_note(row: Row, day: Day) -> Words:
    return exceeds_assigned_without_note(row, day) if row["kind"] == "nhận thay" else None


def finished_before_assigned(row: Row, day: Day) -> Words:
    finished, assigned_on = row["finished"], row["assigned_on"]
    early = finished and assigned_on and finished < assigned_on
    return (show_date(finished), show_date(assigned_on)) if early else None


def finished_before_the_cycle(row: Row, day: Day) -> Words:
    finished, first_day = row["finished"], cycle_of(day.last_day).first_day
    early = finished and finished < first_day
    return (show_date(finished), show_date(first_day)) if early else None


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


def lacks_a_giver(row: Row, day: Day) -> Words:
    return _lacking(row, "người giao", not row["assigner"])


def lacks_a_document(row: Row, day: Day) -> Words:
    return _lacking(row, "văn bản giao", not row["document"])


def lacks_a_product(row: Row, day: Day) -> Words:
    return _lacking(row, "mã sản phẩm", not row["product"])


def lacks_a_coefficient(row: Row, day: Day) -> Words:
    unknown = row["product"] and row["coefficient"] is None
    return _lacking(row, "hệ số của sản phẩm trong danh mục", unknown)


def _lacking(row: Row, what: str, lacks: bool) -> Words:
    return ("", what) if row["kind"] == "phát sinh" and lacks else None


def names_a_giver_of_its_own_work(row: Row, day: Day) -> Words:
    return (row["from_task_raw"], "") if row["kind"] == "phát sinh" and row["from_task"] else None


def is_proposed_for_the_past(row: Row, day: Day) -> Words:
    past = row["due"] and row["due"] <= day.last_day
    return (show_date(row["due"]), show_date(day.last_day)) if past else None


def differs_from_its_parts(row: Row, day: Day) -> Words:
    """A rounded value is no other value, and one with two readings is asked back first."""
    value, numerator, denominator = row["value"], row["numerator"], row["denominator"]
    whole = None not in (value, numerator, denominator) and denominator
    if not whole or could_be_a_fraction(row, day):
        return None
    ratio = numerator / denominator * (100 if "%" in row["measure"] else 1)
    return (show(value), show_decimal(ratio, 2)) if abs(ratio - value) > ROUNDED else None


def counts_but_is_a_ratio(row: Row, day: Day) -> Words:
    """Of an indicator that counts there is nothing to divide, and no part of a hundred."""
    counted = "%" not in row["measure"] and not row["is_ratio"]
    parts = [show(row[name]) for name in ("numerator", "denominator") if row[name] is not None]
    typed = "/".join(parts) or row["value_raw"]
    return (typed, row["measure"]) if counted and (parts or "%" in typed) else None


def exceeds_all(row: Row, day: Day) -> Words:
    over = row["measure"] == "%" and row["value"] is not None and row["value"] > 100
    return (f"{show(row['value'])} %", "") if over else None


def is_of_another_time(row: Row, day: Day) -> Words:
    as_of, received = row["as_of"], day.received.get(row["file"])
    first_day = cycle_of(day.last_day).first_day
    stale = as_of and (as_of < first_day or (received and as_of > received))
    return (show_date(as_of), show_date(first_day)) if stale else None


def numerator_exceeds_denominator(row: Row, day: Day) -> Words:
    numerator, denominator = row["numerator"], row["denominator"]
    over = numerator is not None and denominator is not None and numerator > denominator
    return (show(numerator), show(denominator)) if over else None


def could_be_a_fraction(row: Row, day: Day) -> Words:
    """0,857 of an indicator in % may be 0,857 % or 85,7 %; «0,857 %» is only one of them."""
    value, typed = row["value"], row["value_raw"]
    small = row["measure"] == "%" and value is not None and 0 < value <= 1
    unsure = small and "%" not in typed.translate(FULL_WIDTH)
    return (typed.strip(), f"{show(value)} % hay {show(value * 100)} %") if unsure else None


def has_no_parts(row: Row, day: Day) -> Words:
    return ("", "") if row["is_ratio"] and _has_no_figures(row) else None


def has_no_value(row: Row, day: Day) -> Words:
    return None if row["is_ratio"] or not _has_no_figures(row) else ("", "")


def _has_no_figures(row: Row) -> bool:
    return row["value"] is None and None in (row["numerator"], row["denominator"])


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
    Rule("K430", "completed", ("completed",), is_as_printed),
    Rule("K407", "completed", ("completed",), is_due_and_blank),
)
UNPLANNED_RULES = (
    *FINISHED_RULES,
    Rule("K440", "finished", ("finished",), finished_before_the_cycle),
    Rule("K403", "completed", ("completed", "assigned", "note"), exceeds_taken_over_without_note),
    Rule("K419", "from_task", ("kind", "from_task"), names_a_giver_of_its_own_work),
    Rule("K410", "assigner", ("kind", "assigner"), lacks_a_giver),
    Rule("K410", "document", ("kind", "document"), lacks_a_document),
    Rule("K410", "product", ("kind", "product"), lacks_a_product),
    Rule("K410", "product", ("kind", "product"), lacks_a_coefficient),
)
CCHC_RULES = (
    Rule("K428", "value", ("numerator", "denominator"), counts_but_is_a_ratio),
    Rule("K429", "value", ("value",), exceeds_all),
    Rule("K309", "value", ("value",), could_be_a_fraction),
    Rule("K413", "numerator", ("numerator", "denominator"), numerator_exceeds_denominator),
    Rule("K416", "numerator", ("numerator", "denominator", "value"), has_no_parts),
    Rule("K416", "value", ("numerator", "denominator", "value"), has_no_value),
    Rule("K423", "value", ("numerator", "denominator", "value"), differs_from_its_parts),
    Rule("K424", "as_of", ("as_of",), is_of_another_time),
)
PROPOSAL_RULES = (Rule("K426", "due", ("due",), is_proposed_for_the_past),)
