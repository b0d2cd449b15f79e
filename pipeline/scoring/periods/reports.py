"""Which cycles of a period there are, and which units did not report in which of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.period import Period, month_of
from pipeline.model.rules import Rules
from pipeline.model.span import Span
from pipeline.model.tables import NOT_SENT, SILENT, CycleResult, records

Row = dict[str, object]


@dataclass(frozen=True)
class Reports:
    """The results of a period's cycles, oldest first, and the latest word on units and people."""

    period: Period | Span
    results: Mapping[Cycle, CycleResult]
    units: Mapping[str, Row]
    people: Mapping[str, Row]
    silent: Mapping[Cycle, frozenset[str]]  # units of whose work nothing is known in a cycle

    @property
    def last(self) -> Cycle:
        """The cycle a unit must have reported in: a month's second, else the newest there is."""
        return self.period.cycles[-1] if self.period.is_month else max(self.results)

    @property
    def until(self) -> date:
        """The day up to which work is due in the period."""
        return self.last.last_day

    @property
    def rules(self) -> Rules:
        """The newest rules of the period."""
        settings = self.results[max(self.results)].rule_settings
        return Rules(**{**settings, "scored": tuple(settings["scored"])})

    def missed(self, unit: str) -> bool:
        """Say whether a unit did not report in its last cycle: the period's, else its own."""
        return unit in self.units and unit in self.silent[self.gone_after(unit) or self.last]

    def gone_after(self, unit: str) -> Cycle | None:
        """Return the newest cycle of a unit that is registered no more: merged, or dissolved."""
        newest = self._registered.get(unit, self.last)
        return newest if self.last in self.results and newest < self.last else None

    @cached_property
    def _registered(self) -> Mapping[str, Cycle]:
        """The newest cycle of every unit."""
        return {
            unit: cycle
            for cycle, known in self.results.items()
            for unit in known.tables["units"]["unit"]
        }

    def missed_beside(self, unit: str) -> list[Cycle]:
        """Return the cycles beside the last in which a unit did not report.

        Of longer periods only those that have a result: one without is named once for all.
        """
        cycles = self.period.cycles if self.period.is_month else self.results
        return [
            cycle
            for cycle in cycles
            if cycle != self.last and (cycle not in self.results or unit in self.silent[cycle])
        ]

    def heard(self, unit: str) -> list[Cycle]:
        """Return the cycles in which a unit did report."""
        return [
            cycle
            for cycle, result in self.results.items()
            if unit in set(result.tables["units"]["unit"]) - self.silent[cycle]
        ]

    def lacking(self) -> str:
        """Return «thiếu kỳ 2»: what a unit without its last cycle is short of."""
        return f"thiếu {self.period.said(self.last)}"


def gather(results: Sequence[CycleResult], period: Period | Span) -> Reports:
    """Return what the results of a period say; raises InputError where a month has two rules."""
    by_cycle = dict(sorted((parse_cycle(result.cycle), result) for result in results))
    if not by_cycle or not by_cycle.keys() <= set(period.cycles):
        raise ValueError(f"{period} needs results of its own cycles, got {[*map(str, by_cycle)]}")
    _refuse_mixed_rules(by_cycle)
    units = latest(by_cycle, "units", "unit")
    last = period.cycles[-1] if period.is_month else max(by_cycle)
    return Reports(
        period=period,
        results=by_cycle,
        units=units,
        people=latest(by_cycle, "people", "person"),
        silent={
            cycle: silent_units(by_cycle[cycle]) if cycle in by_cycle else frozenset(units)
            for cycle in period.cycles
            if cycle <= last
        },
    )


def latest(results: Mapping[Cycle, CycleResult], table: str, key: str) -> dict[str, Row]:
    """Return the rows of a table by code: the newest cycle's in its order, then who was before."""
    rows: dict[str, Row] = {}
    for result in reversed(results.values()):
        for row in records(result.tables[table]):
            rows.setdefault(row[key], row)
    return rows


def silent_units(result: CycleResult) -> frozenset[str]:
    """Return the units of which nothing is known, until the group has entered every line due."""
    lines, units = result.tables["lines"], records(result.tables["units"])
    unheard = set(lines.loc[lines["standing"] == SILENT, "unit"])
    absent = {r["unit"] for r in units if r["status"] == NOT_SENT and not r["substituted"]}
    return frozenset(unheard | absent)


def _refuse_mixed_rules(results: Mapping[Cycle, CycleResult]) -> None:
    """Raise InputError where two cycles of a month were scored by different rules."""
    for cycle, result in results.items():
        first = results.get(cycle.previous)
        if cycle.ends_month and first and first.rule_code != result.rule_code:
            raise InputError(
                f"{month_of(cycle).name} có hai bộ quy tắc: kỳ {cycle.previous} tính theo"
                f" {first.rule_code}, kỳ {cycle} theo {result.rule_code}. Trả thiết lập về như kỳ"
                f" đầu tháng rồi chạy: make cycle CYCLE={cycle}"
            )
