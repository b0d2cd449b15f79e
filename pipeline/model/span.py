"""The only place that knows a free choice of cycles: its folder, its name, where it has breaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model.calendar import Cycle
from pipeline.model.period import Period

MOST_CYCLES = 12  # half a year: more columns than that no page holds


@dataclass(frozen=True)
class Span:
    """Chosen cycles, oldest first, each once; where scoring reads a period it may read one."""

    cycles: tuple[Cycle, ...]

    def __str__(self) -> str:
        """Return «so-ket-2026-09-K2--2026-11-K1»; runs with a break between stand apart by «+»."""
        ends = (dict.fromkeys((run[0], run[-1])) for run in self.runs)
        return "so-ket-" + "+".join("--".join(map(str, end)) for end in ends)

    @property
    def is_month(self) -> bool:
        return False

    @property
    def months(self) -> tuple[Period, ...]:
        """No whole months: every missing cycle is named by itself."""
        return ()

    @property
    def runs(self) -> list[list[Cycle]]:
        """The cycles in runs that follow each other without a break."""
        runs = [[self.cycles[0]]]
        for before, cycle in pairwise(self.cycles):
            if before.next == cycle:
                runs[-1].append(cycle)
            else:
                runs.append([cycle])
        return runs

    @property
    def places(self) -> list[Cycle | None]:
        """The cycles in order, None where the choice leaves some out."""
        places: list[Cycle | None] = []
        for run in self.runs:
            places += [None, *run] if places else run
        return places

    @property
    def name(self) -> str:
        """The choice as it is said: «từ kỳ 2 tháng 9 đến kỳ 1 tháng 11 năm 2026»."""
        return " và ".join(map(_said, self.runs))

    def said(self, cycle: Cycle) -> str:
        """Return what a cycle is called: «kỳ 2026-11-K1»."""
        return f"kỳ {cycle}"


def make_span(cycles: Iterable[Cycle]) -> Span:
    """Return the choice of these cycles, in any order and named more than once."""
    return Span(tuple(sorted(set(cycles))))


def _said(run: list[Cycle]) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return last.name
    start = first.name.removesuffix(f" năm {last.year}")
    return f"từ {start} đến {last.name}"
