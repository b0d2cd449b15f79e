"""The rules of one line that need the calendar: due, late, by how many days."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from pipeline.model.calendar import DaysOff
from pipeline.model.tables import SILENT, YES
from pipeline.scoring.sources import UNPLANNED

ON_TIME, LATE, OVERDUE, NOT_DUE = "đúng hạn", "xong chậm", "quá hạn", "chưa đến hạn"
UNCLEAR, PENDING, WITHDRAWN = "chưa rõ", "chờ thẩm định", "thu hồi"
BULK = "cái"

Count = int | None
Day = date | None


@dataclass(frozen=True)
class Clock:
    """The rules that need the cycle's days, the lateness rule in force or the days off."""

    first_day: date
    last_day: date
    late_rule: str
    off: DaysOff

    def limit(self, kind: str, due: Day) -> Day:
        """Return the day that decides: work of the plan without a date is due with the cycle."""
        return due or (None if kind == UNPLANNED else self.last_day)

    def due_now(self, limit: Day, withdrawn: str) -> bool:
        """Say whether the line is due by the cycle's last day; one withdrawn is due no more."""
        return withdrawn != YES and limit is not None and limit <= self.last_day

    def ended(self, limit: Day, finished: Day, completed: Decimal | None) -> Day:
        """Return the day of the last part: of work due before the cycle, in it at the earliest.

        The group may accept what nobody dated; a part finished earlier was for an earlier cycle.
        """
        undated = completed and not finished and is_after(self.first_day, limit)
        return self.first_day if undated else finished

    def late_by_date(self, deduct: str, limit: Day, ended: Day) -> int:
        """Return l by the date of the last part (Điều 14.2; by day: the handbook, chapter VI)."""
        if deduct == BULK:  # bulk items are late one by one, not by the one date
            return 0
        if self.late_rule == "occurrence":
            return int(is_after(ended, limit))
        return self.days(limit, ended)

    def was_late(self, lateness_accepted: Count, limit: Day, ended: Day) -> bool:
        """Say whether a delivery came late: the group's word, else its date by the rule's days."""
        return (self.days(limit, ended) if lateness_accepted is None else lateness_accepted) > 0

    def days_late(self, due_now: bool, standing: str, limit: Day, ended: Day) -> Count:
        """Return the days from due to delivery, or to the last day while overdue.

        None where lateness is no question: due later or never, or nothing is known yet.
        """
        if not due_now or standing in (UNCLEAR, PENDING, SILENT):
            return None
        if standing == ON_TIME:
            return 0
        return self.days(limit, self.last_day if standing == OVERDUE else ended)

    def days(self, due: Day, day: Day) -> int:
        """Return the days after due, working days under «working_day»; 0 when not after."""
        if not is_after(day, due):
            return 0
        by_work = self.late_rule == "working_day"
        return _working_days(self.off, due, day) if by_work else (day - due).days


@lru_cache(maxsize=4096)
def _working_days(off: DaysOff, due: date, day: date) -> int:
    return off.days_between(due, day)


def is_after(day: Day, due: Day) -> bool:
    """Say whether both days are known and the first comes after the second."""
    return day is not None and due is not None and day > due
