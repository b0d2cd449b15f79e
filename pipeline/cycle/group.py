"""The working group's workbook: read with its findings, and drafted again where nothing is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline import issue
from pipeline.checking.group import check_group, check_measures, check_places
from pipeline.checking.kept import sound_rows, type_kept
from pipeline.checking.rows import Day
from pipeline.checking.verdicts import (
    check_agenda,
    check_dates,
    check_idle,
    check_outdated,
    check_quantities,
    check_verdicts,
)
from pipeline.cycle.drafted import foreign_to, read_drafted
from pipeline.cycle.plan import Plan
from pipeline.model.folders import CycleFolder
from pipeline.model.registers import Registers
from pipeline.model.tables import records

BOOK = "verification"
# Every draft has these; the others came later, or stand in a month's last cycle only.
ALWAYS = frozenset({"verdicts", "exemptions", "agenda", "measures"})


@dataclass(frozen=True)
class Group:
    """What the working group typed: as typed tables and as it stands in the cells."""

    tables: Mapping[str, pd.DataFrame]
    entries: Mapping[str, list[dict]]
    drawn: list[dict]  # the rows of «Kiểm tra thực tế», sound or not
    findings: list[dict]
    columns: Mapping[tuple[str, str, str], str]
    foreign: bool  # something stands there that a new draft would not hold

    def places(self, results: Mapping[str, pd.DataFrame], sent: Iterable[str]) -> list[dict]:
        """Return what was typed and fits no row of the result, or another report than today's."""
        found = check_places(self.tables, results, frozenset(sent))
        typed = records(self.tables["verdicts"]), records(results["lines"])
        checks = (check_outdated, check_dates, check_quantities, check_idle)
        return found + [row for check in checks for row in check(*typed)]

    def draft(
        self, results: Mapping[str, pd.DataFrame], registers: Registers, *, month: bool
    ) -> bytes | None:
        """Return the workbook drafted anew with all that was typed; None where it must stay."""
        if self.foreign:
            return None
        lists = registers.lists()
        return issue.verification_workbook(results, self.entries, lists, month=month)


def read_verification(folder: CycleFolder, before: Plan) -> Group:
    """Return what the working group typed; empty tables before the first draft."""
    raw = read_drafted(folder.verification, BOOK, ALWAYS)
    typed = type_kept(BOOK, raw.entries, before.registers.lists(), raw.findings)
    found = [*raw.findings, *(row for table in typed.values() for row in table.findings)]
    day = Day(folder.cycle.last_day, {})
    found += check_group(typed, before.assignments, day)
    tables = {key: sound_rows(table.table, found) for key, table in typed.items()}
    found += check_verdicts(tables["verdicts"], tables["exemptions"])
    found += check_agenda(tables["agenda"])
    found += check_measures(tables["measures"], before.registers.indicators)
    foreign = foreign_to(raw)
    found += foreign
    drawn = records(typed["inspections"].table)
    return Group(tables, raw.entries, drawn, found, raw.places, bool(foreign))
