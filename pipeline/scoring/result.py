"""The tables of a cycle that hold a figure, each computed here and nowhere else."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.registers import Registers
from pipeline.model.rules import Rules, days_word
from pipeline.model.tables import records, result_table
from pipeline.scoring import group as groups
from pipeline.scoring.adjusting import adjustments, carried_on, decided_on, restated
from pipeline.scoring.agenda import agenda
from pipeline.scoring.conclusions import conclusions
from pipeline.scoring.inspections import inspections
from pipeline.scoring.lines import build_lines
from pipeline.scoring.plan import claims, indicators, load, upcoming
from pipeline.scoring.rates import commune_rates, people_rates, unit_rates
from pipeline.scoring.sources import Key, Row


@dataclass(frozen=True)
class Known:
    """All that scoring needs to know of a cycle.

    `reports` are the checked tables of the units, `group` those of the working group, `drawn` its
    rows for checks on the spot, sound or not; `closed` says that the cut-off has passed; `before`,
    `rework` and `indicators` are what the cycle before hands on; `decided` are by key the changes
    the meeting made to the assignments, `chair` is who decides where nobody else is named;
    `concluded` is the sheet of this meeting, `conclusions` are those of earlier ones;
    `statuses` give (word, late) of every unit.
    """

    cycle: Cycle
    registers: Registers
    rules: Rules
    minutes: int
    assignments: pd.DataFrame
    reports: Mapping[str, pd.DataFrame]
    group: Mapping[str, pd.DataFrame]
    drawn: Iterable[Mapping[str, object]]
    closed: bool
    missing: Collection[str]
    statuses: Mapping[str, tuple[str, str]]
    before: Mapping[Key, Row]
    rework: Mapping[Key, int]
    indicators: Mapping[str, object]
    decided: Mapping[Key, Row]
    chair: str
    concluded: pd.DataFrame
    given: Collection[Row]
    refused: Iterable[Row]
    conclusions: Iterable[Row]


def score_cycle(known: Known) -> dict[str, pd.DataFrame]:
    """Return the scored tables by their key in the archive."""
    reports, group, registers = known.reports, known.group, known.registers
    concluded = conclusions(known.concluded, known.conclusions, registers, known.cycle)
    carried = carried_on(known.assignments, known.before, known.cycle.first_day)
    lines = _lines(known, decided_on(carried, known.decided))
    units = unit_rates(lines, registers, known.statuses, reports["obstacles"])
    answers = known.given, known.refused
    work = upcoming(lines, reports["proposals"], registers, known.cycle, *answers)
    people = people_rates(lines, registers, known.cycle)
    return {
        "commune": commune_rates(units, lines, reports["obstacles"]),
        "units": units,
        "people": people,
        "lines": lines,
        "restated": restated(known.assignments, carried, registers),
        "adjustments": adjustments(known.decided, carried, registers, known.chair),
        "upcoming": work,
        "load": load(work),
        "indicators": indicators(reports["cchc"], registers, known.indicators),
        "obstacles": result_table("obstacles", records(reports["obstacles"])),
        "claims": claims(reports["claims"], group["exemptions"]),
        "agenda": _agenda(known, lines, concluded),
        "conclusions": concluded,
        "measures": result_table("measures", records(group["measures"])),
        "inspections": inspections(
            lines, group["inspections"], known.drawn, known.cycle, known.closed
        ),
        "rewards": groups.rewards(people, units, group["rewards"], registers),
        **_notes(known, lines),
    }


def _notes(known: Known, lines: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables that keep what the group typed."""
    group, month = known.group, (known.registers, known.rules, known.cycle)
    return {
        "gaps": groups.gaps(lines),
        "substitutes": groups.substitutes(group["substitutes"], lines),
        "discipline": groups.discipline(group["discipline"], known.registers),
        "general": groups.general(known.reports["general"], group["general"], *month),
        "leader_criteria": groups.leader_criteria(group["leader_criteria"], *month),
    }


def _lines(known: Known, assignments: pd.DataFrame) -> pd.DataFrame:
    return build_lines(
        assignments,
        known.reports["reported"],
        known.reports["unplanned"],
        known.reports["claims"],
        known.group["verdicts"],
        known.group["exemptions"],
        known.group["substitutes"],
        known.registers,
        known.cycle,
        known.missing,
        known.rework,
        known.rules,
        unread=known.rework.keys() - known.before.keys(),
    )


def _agenda(known: Known, lines: pd.DataFrame, concluded: pd.DataFrame) -> pd.DataFrame:
    return agenda(
        lines,
        known.reports["obstacles"],
        known.reports["claims"],
        concluded,
        known.group["measures"],
        known.group["agenda"],
        known.registers,
        known.minutes,
        days_word(known.rules.late_rule),
    )
