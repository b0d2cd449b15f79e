"""The only place that knows months, quarters, half-years and years: their ids, names and cycles."""

import re
from dataclasses import dataclass
from datetime import date

from pipeline.model.calendar import Cycle

ROMAN = ("I", "II", "III", "IV")
HALVES = ("đầu", "cuối")
MONTH, QUARTER, HALF_YEAR, YEAR = 1, 3, 6, 12  # how many months


@dataclass(frozen=True, order=True)
class Period:
    """Whole months of one year, `first` to `last`: one, three, six or twelve of them."""

    year: int
    first: int
    last: int

    def __str__(self) -> str:
        if self.length == MONTH:
            return f"{self.year:04d}-{self.first:02d}"
        lead = {QUARTER: "-Q", HALF_YEAR: "-H", YEAR: ""}[self.length]
        return f"{self.year:04d}{lead}{self.number if lead else ''}"

    @property
    def length(self) -> int:
        """How many months it has."""
        return self.last - self.first + 1

    @property
    def number(self) -> int:
        """Which month, quarter or half of its year it is."""
        return self.last // self.length

    @property
    def is_month(self) -> bool:
        return self.length == MONTH

    @property
    def short(self) -> str:
        """The period without its year: «tháng 11», «quý IV», «6 tháng cuối năm», «năm»."""
        return {
            MONTH: f"tháng {self.first}",
            QUARTER: f"quý {ROMAN[self.number % 4 - 1]}",
            HALF_YEAR: f"6 tháng {HALVES[self.number % 2 - 1]} năm",
            YEAR: "năm",
        }[self.length]

    @property
    def name(self) -> str:
        """The period as it is said: «tháng 11 năm 2026», «6 tháng cuối năm 2026»."""
        lead = self.short if self.short.endswith("năm") else f"{self.short} năm"
        return f"{lead} {self.year}"

    @property
    def cycles(self) -> list[Cycle]:
        """The cycles of the period, oldest first."""
        months = range(self.first, self.last + 1)
        return [Cycle(self.year, month, half) for month in months for half in (1, 2)]

    @property
    def months(self) -> list["Period"]:
        """The months of the period, itself where it is one."""
        return [Period(self.year, month, month) for month in range(self.first, self.last + 1)]

    @property
    def first_day(self) -> date:
        return self.cycles[0].first_day

    @property
    def last_day(self) -> date:
        return self.cycles[-1].last_day

    def said(self, cycle: Cycle) -> str:
        """Return what a cycle is called in the period: «kỳ 2», in longer ones «kỳ 2026-11-K2»."""
        return f"kỳ {cycle.half if self.is_month else cycle}"


def month_of(cycle: Cycle) -> Period:
    """Return the month a cycle belongs to."""
    return period_of(cycle, MONTH)


def period_of(cycle: Cycle, length: int) -> Period:
    """Return the period of that many months a cycle belongs to."""
    number = (cycle.month - 1) // length
    return Period(cycle.year, number * length + 1, (number + 1) * length)


def periods_before(period: Period, count: int) -> list[Period]:
    """Return so many periods of the same length before one, the nearest first."""
    found = []
    for _ in range(count):
        period = period_of(period.cycles[0].previous, period.length)
        found.append(period)
    return found


def parse_period(text: str) -> Period:
    """Return the period of an id 2026-11, 2026-Q4, 2026-H2 or 2026; ValueError when it is none."""
    found = re.fullmatch(
        r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?", text.strip().upper()
    )
    if not found:
        raise ValueError(text)
    year, month, quarter, half = (int(part) if part else 0 for part in found.groups())
    if month:
        return Period(year, month, month)
    length, number = (QUARTER, quarter) if quarter else (HALF_YEAR, half) if half else (YEAR, 1)
    return Period(year, (number - 1) * length + 1, number * length)
