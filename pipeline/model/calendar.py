"""The only place that knows cycles, days off and the meeting's calendar."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

# Viet Nam keeps one offset all year; a fixed one needs no time-zone data on the machine.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


@dataclass(frozen=True, order=True)
class Cycle:
    """Half a month: 2026-11-K1 is day 1 to 15, 2026-11-K2 day 16 to the end."""

    year: int
    month: int
    half: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-K{self.half}"

    @property
    def name(self) -> str:
        """The cycle as it is said: «kỳ 1 tháng 11 năm 2026»."""
        return f"kỳ {self.half} tháng {self.month} năm {self.year}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1 if self.half == 1 else 16)

    @property
    def last_day(self) -> date:
        last = calendar.monthrange(self.year, self.month)[1]
        return date(self.year, self.month, 15 if self.half == 1 else last)

    @property
    def next(self) -> "Cycle":
        return cycle_of(self.last_day + timedelta(days=1))

    @property
    def previous(self) -> "Cycle":
        return cycle_of(self.first_day - timedelta(days=1))

    @property
    def ends_month(self) -> bool:
        return self.half == 2


def parse_cycle(text: str) -> Cycle:
    """Return the cycle of an id; raises ValueError when it is none."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])-K([12])", text.strip(), re.IGNORECASE)
    if not found:
        raise ValueError(text)
    return Cycle(*map(int, found.groups()))


CYCLES_SHOWN = 6  # of history, this one included


def earlier_cycles(cycle: Cycle) -> list[Cycle]:
    """Return the cycles shown beside this one, oldest first."""
    cycles = [cycle]
    while len(cycles) < CYCLES_SHOWN:
        cycles.append(cycles[-1].previous)
    return cycles[:0:-1]


def cycle_of(day: date) -> Cycle:
    """Return the cycle a day belongs to."""
    return Cycle(day.year, day.month, 1 if day.day <= 15 else 2)


@dataclass(frozen=True)
class DaysOff:
    """Days off and make-up working days of the register; Saturdays and Sundays are off."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_off(self, day: date) -> bool:
        return day not in self.worked and (day in self.off or day.weekday() >= 5)

    def working_day(self, day: date, after: int = 0) -> date:
        """Return the day itself or the first working day from it, then `after` working days on."""
        while self.is_off(day):
            day += timedelta(days=1)
        for _ in range(after):
            day += timedelta(days=1)
            while self.is_off(day):
                day += timedelta(days=1)
        return day

    def days_between(self, start: date, end: date) -> int:
        """Count working days after `start` up to and with `end`."""
        span = range(1, (end - start).days + 1)
        return sum(not self.is_off(start + timedelta(days=n)) for n in span)


@dataclass(frozen=True)
class Schedule:
    """The dates of one cycle's reporting and meeting, and who meets where."""

    cutoff: datetime
    verification_until: date
    meeting_on: date
    hour: str
    place: str
    chair: str
    secretary: str
    attendees: str


def make_schedule(
    cycle: Cycle,
    typed: Mapping[str, object],
    usual: Mapping[str, str],
    cutoff_time: time,
    days_off: DaysOff,
) -> Schedule:
    """Return the schedule typed in sheet «Kỳ»; what is blank there follows the default calendar.

    By default the cut-off is the cycle's last day moved past days off, verification lasts one
    working day, the meeting is on the second. `usual` gives hour, place, chair, secretary and
    attendees.
    """
    cutoff = typed.get("cutoff") or days_off.working_day(cycle.last_day)
    return Schedule(
        cutoff=datetime.combine(cutoff, cutoff_time, VIETNAM),
        verification_until=typed.get("verification_until") or days_off.working_day(cutoff, after=1),
        meeting_on=typed.get("meeting_on") or days_off.working_day(cutoff, after=2),
        **{key: str(typed.get(key) or usual.get(key, "")) for key in WHO_AND_WHERE},
    )


WHO_AND_WHERE = ("hour", "place", "chair", "secretary", "attendees")
