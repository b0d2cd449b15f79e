"""The rules of one line: what counts of it, its deductions, A, D, Q, P, where it stands.

A rule makes the column of its own name from the columns its parameters name; score() has
their order.
"""

from decimal import Decimal

from pipeline.model.tables import SILENT, SUBSTITUTED, YES
from pipeline.scoring.clock import (
    BULK,
    LATE,
    NOT_DUE,
    ON_TIME,
    OVERDUE,
    PENDING,
    UNCLEAR,
    WITHDRAWN,
    Clock,
    Count,
)
from pipeline.scoring.columns import Columns, apply
from pipeline.scoring.exact import QUARTER, ZERO
from pipeline.scoring.sources import PLANNED, UNPLANNED
from pipeline.scoring.verdicts import CHANGED, CLAIMED, GRANTED

NO_REPORT = "chưa báo cáo"
DUE_AND_BLANK = "K407"

Quantity = Decimal | None


def silent(unheard: bool, source: str, due_now: bool, begun: bool, withdrawn: str) -> bool:
    """Say whether nobody told anything of the line.

    Once the group has begun to enter a unit's lines, one not yet due needs no entry; one withdrawn
    never does.
    """
    asked = unheard and source != SUBSTITUTED and withdrawn != YES
    return asked and (due_now or not begun)


def owed(assigned: Quantity, taken_away: Decimal) -> Decimal:
    """Return what the line's own person still has to deliver."""
    return max(ZERO, (assigned or ZERO) - taken_away)


def relieved(taken_away: Decimal, owed: Decimal, assigned_issued: Quantity) -> bool:
    """Say whether nothing is owed of what was issued: others took it over, or it was done before.

    Then there is nothing to report.
    """
    return bool(taken_away or assigned_issued) and not owed


def settled(issued: bool, state: str, completed_accepted: Quantity) -> bool:
    """Say whether the group's own quantity replaces what an error of the report is about."""
    return issued and state == CHANGED and completed_accepted is not None


def blank(completed_reported: Quantity, completed_accepted: Quantity) -> bool:
    """Say whether nobody gave a quantity."""
    return completed_reported is None and completed_accepted is None


def unclear(
    silent: bool,
    settled: bool,
    fault: str,
    blank: bool,
    due_now: bool,
    relieved: bool,
    withdrawn: str,
) -> str:
    """Return why a line cannot be counted: the code of its error, «chưa báo cáo», or "".

    Of a line withdrawn before nothing can count, whatever is said of it.
    """
    if silent or settled or (withdrawn == YES and relieved):
        return ""
    if fault and fault != DUE_AND_BLANK:
        return fault
    return NO_REPORT if blank and due_now and not relieved else ""


def lacking(
    kind: str, approver: str, document: str, listed: bool, coefficient: Quantity
) -> tuple[str, ...]:
    """Return what unplanned work still needs to count (Điều 18.1d)."""
    if kind != UNPLANNED:
        return ()
    needs = {
        "người giao": approver,
        "văn bản giao": document,
        "mã sản phẩm": listed,
        "hệ số": coefficient is not None or not listed,
    }
    return tuple(name for name, there in needs.items() if not there)


def waits(kind: str, silent: bool, unclear: str, state: str, lacking: tuple[str, ...]) -> bool:
    """Say whether unplanned work waits for its papers or for the group (Điều 18.1d)."""
    return kind == UNPLANNED and not silent and not unclear and (not state or bool(lacking))


def counts(silent: bool, unclear: str, waits: bool) -> bool:
    """Say whether what was delivered counts."""
    return not (silent or unclear or waits)


def completed(
    silent: bool, unclear: str, completed_accepted: Quantity, completed_reported: Quantity
) -> Quantity:
    """Return q: accepted where the group changed it, else reported."""
    if silent or unclear:
        return None
    return completed_reported if completed_accepted is None else completed_accepted


def delivered(counts: bool, kind: str, completed: Quantity, owed: Decimal) -> Decimal:
    """Return the quantity that makes D."""
    return within(kind, completed, owed) if counts else ZERO


def within(kind: str, completed: Quantity, owed: Decimal) -> Decimal:
    """Return what a delivery brings: never above what is owed; for unplanned work g = q."""
    if completed is None:
        return ZERO
    return completed if kind == UNPLANNED else min(completed, owed)


def base(kind: str, assigned: Quantity, due_now: bool, delivered: Decimal) -> Decimal:
    """Return the quantity that makes A: of added work none (Điều 18.1), not due the early part."""
    if kind != PLANNED:
        return ZERO
    return (assigned or ZERO) if due_now else delivered


def returned(
    exempt_quality: str, rework_brought: int, rework_accepted: Count, rework_reported: Count
) -> int:
    """Return r: what earlier cycles brought and this one's, accepted before reported."""
    if exempt_quality == GRANTED:
        return 0
    own = rework_reported if rework_accepted is None else rework_accepted
    return rework_brought + (own or 0)


def rework(delivered: Decimal, returned: int) -> int:
    """Return the r that is deducted: none while nothing was delivered."""
    return returned if delivered else 0


def rework_pending(
    silent: bool,
    delivered: Decimal,
    counts: bool,
    waits: bool,
    completed: Quantity,
    returned: int,
    rework_brought: int,
    rework_accepted: Count,
    withdrawn: str,
) -> int:
    """Return the r of a line that delivered nothing: it is deducted from its next delivery."""
    if delivered or withdrawn == YES:
        return 0
    if silent:  # what the group wrote of it is settled by the next report
        return rework_brought
    if counts or (waits and not completed):
        return returned
    # A delivery that waits for the group keeps its own r; an unclear report is still to come.
    return rework_brought + (0 if waits else rework_accepted or 0)


def lateness(
    delivered: Decimal, exempt_progress: str, lateness_accepted: Count, late_by_date: int
) -> int:
    """Return the l that is deducted: the group's replaces the one by date."""
    if not delivered or exempt_progress == GRANTED:
        return 0
    return late_by_date if lateness_accepted is None else lateness_accepted


def weight(coefficient: Quantity, share: Decimal) -> Decimal:
    """Return k·s."""
    return (coefficient or ZERO) * share


def A(weight: Decimal, base: Decimal) -> Decimal:
    """Return what was assigned, converted (Điều 14.2)."""
    return weight * base


def D(weight: Decimal, delivered: Decimal) -> Decimal:
    """Return what was delivered, converted."""
    return weight * delivered


def Q(D: Decimal, deduct: str, weight: Decimal, completed: Quantity, rework: int) -> Decimal:
    """Return what of D has quality."""
    return left(D, deduct, weight, completed, rework)


def P(D: Decimal, deduct: str, weight: Decimal, completed: Quantity, lateness: int) -> Decimal:
    """Return what of D keeps the progress."""
    return left(D, deduct, weight, completed, lateness)


def left(done: Decimal, deduct: str, weight: Decimal, completed: Quantity, times: int) -> Decimal:
    """Return what deductions leave: a quarter of all each time, or of one item (Điều 14.2)."""
    if not times or not done:
        return done
    if deduct == BULK:
        return min(done, weight * max(ZERO, completed - times * QUARTER))
    return done * max(0, 4 - times) * QUARTER


def Q_granted(exempt_quality: str, D: Decimal, Q: Decimal) -> Decimal:
    """Return Q as if an open claim of objective cause were granted."""
    return D if exempt_quality == CLAIMED else Q


def P_granted(exempt_progress: str, D: Decimal, P: Decimal) -> Decimal:
    """Return P as if an open claim of objective cause were granted."""
    return D if exempt_progress == CLAIMED else P


def heard(
    silent: bool, fault: str, lacking: tuple[str, ...], completed_reported: Quantity
) -> Quantity:
    """Return q as the unit itself reported it, nothing changed by the group.

    Complete unplanned work counts as if accepted, what is unclear or not reported is nothing.
    """
    return None if silent or fault or lacking else completed_reported


def D_reported(weight: Decimal, kind: str, heard: Quantity, owed: Decimal) -> Decimal:
    """Return D of the unit's own figures."""
    return weight * within(kind, heard, owed)


def returned_heard(exempt_quality: str, rework_brought: int, rework_reported: Count) -> int:
    """Return r of the unit's own figures; exemptions stand as decided, here and in l."""
    return returned(exempt_quality, rework_brought, None, rework_reported)


def Q_reported(
    D_reported: Decimal, deduct: str, weight: Decimal, heard: Quantity, returned_heard: int
) -> Decimal:
    """Return Q of the unit's own figures."""
    return left(D_reported, deduct, weight, heard, returned_heard)


def P_reported(
    D_reported: Decimal,
    deduct: str,
    weight: Decimal,
    heard: Quantity,
    exempt_progress: str,
    late_by_date: int,
) -> Decimal:
    """Return P of the unit's own figures: l by date alone."""
    times = 0 if exempt_progress == GRANTED else late_by_date
    return left(D_reported, deduct, weight, heard, times)


def standing(
    silent: bool,
    unclear: str,
    waits: bool,
    completed: Quantity,
    owed: Decimal,
    due_now: bool,
    was_late: bool,
    withdrawn: str,
) -> str:
    """Return where the line stands at the end of the cycle."""
    if silent or unclear or waits:
        return SILENT if silent else UNCLEAR if unclear else PENDING
    if withdrawn == YES:
        return WITHDRAWN
    if (completed or ZERO) >= owed:
        return LATE if was_late else ON_TIME
    return OVERDUE if due_now else NOT_DUE


def surplus(kind: str, completed: Quantity, owed: Decimal) -> Decimal:
    """Return what was done above what was owed: listed, never counted."""
    return ZERO if completed is None or kind == UNPLANNED else max(ZERO, completed - owed)


def remaining(assigned: Quantity, owed: Decimal, completed: Quantity, withdrawn: str) -> Quantity:
    """Return what goes on, all of it where nothing is known; None where no quantity is known."""
    if withdrawn == YES:
        return ZERO
    return None if assigned is None else max(ZERO, owed - (completed or ZERO))


def score(known: Columns, clock: Clock) -> Columns:
    """Return the lines with every computed figure; call it inside exact()."""
    due = (clock.limit, clock.due_now, silent)
    situation = (owed, relieved, settled, blank, unclear, lacking)
    counted = (waits, counts, completed, delivered, base, weight, A, D)
    quality = (returned, rework, rework_pending, Q, Q_granted)
    progress = (clock.ended, clock.late_by_date, lateness, P, P_granted)
    as_reported = (heard, returned_heard, D_reported, Q_reported, P_reported)
    outcome = (clock.was_late, standing, clock.days_late, surplus, remaining)
    return apply((*due, *situation, *counted, *quality, *progress, *as_reported, *outcome), known)
