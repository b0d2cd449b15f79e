"""The meeting's workbook: read with its findings, applied, and drafted again from what is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline import issue
from pipeline.checking.kept import sound_rows, type_kept
from pipeline.checking.meeting import (
    check_adjustments,
    check_cited,
    check_conclusions,
    check_new_work,
    check_petitioned,
    check_petitions,
    check_waived,
    check_waivers,
    refused,
)
from pipeline.cycle.drafted import foreign_to, read_drafted
from pipeline.model.findings import describe
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.tables import records, result_table

BOOK = "meeting"
DAYS_TO_ANSWER = 7  # working days (Điều 22)


@dataclass(frozen=True)
class Meeting:
    """What was typed of a meeting: as it stands in the cells, and what of it applies."""

    entries: Mapping[str, list[dict]]
    decided: Mapping[tuple[str, str], dict]  # task id, person → adjustment
    waived: Mapping[tuple[str, str], dict]  # code, unit → waiver
    concluded: pd.DataFrame
    given: list[dict]  # work of the next cycle
    new_work: pd.DataFrame
    petitions: pd.DataFrame
    findings: list[dict]
    columns: Mapping[tuple[str, str, str], str]
    foreign: bool  # something stands there that a new draft would not hold

    @property
    def is_held(self) -> bool:
        """Whether anything of what the meeting decided has been typed."""
        said = any(row["what"] or row["result"] for row in records(self.concluded))
        return said or bool(self.decided or self.given)

    @property
    def refused(self) -> list[dict]:
        """The proposals the meeting has not given."""
        return refused(self.new_work)

    def still_open(self, found: Iterable[dict]) -> list[dict]:
        """Return the findings nobody has waived."""
        return [row for row in found if (row["code"], row["unit"]) not in self.waived]

    def strays(self, found: Iterable[dict], lines: pd.DataFrame) -> list[dict]:
        """Return what is wrong about waivers and petitions of what is not there."""
        return check_waived(self.waived, found) + check_petitioned(self.petitions, lines)

    def waivers(
        self, found: Iterable[dict], columns: Mapping, names: Mapping[str, str]
    ) -> pd.DataFrame:
        """Return the table «waivers»: every finding waived, worded, with who asked and approved."""
        rows = [row for row in found if (row["code"], row["unit"]) in self.waived]
        kept = ("asked_by", "approved_by", "reason")
        told = describe(rows, columns, names)
        words = [{n: self.waived[row["code"], row["unit"]][n] for n in kept} for row in told]
        return result_table("waivers", ({**r, **w} for r, w in zip(told, words, strict=True)))

    def draft(self, results: Mapping[str, pd.DataFrame], registers: Registers) -> bytes | None:
        """Return the workbook drafted anew with all that was typed; None where it must stay."""
        if self.foreign:
            return None
        return issue.meeting_workbook(results, self.entries, registers)


def read_meeting(folder: CycleFolder, registers: Registers, assignments: pd.DataFrame) -> Meeting:
    """Return what the meeting decided; nothing before the first draft."""
    always = [sheet.key for sheet in layout(BOOK).tables]
    raw = read_drafted(folder.meeting, BOOK, always)
    typed = type_kept(BOOK, raw.entries, registers.lists(), raw.findings)
    found = [*raw.findings, *(row for table in typed.values() for row in table.findings)]
    tables = {key: sound_rows(table.table, found) for key, table in typed.items()}
    decided, misfits = check_adjustments(tables["adjustments"], assignments, registers.days_off)
    waived, unfit = check_waivers(tables["waivers"])
    unsaid = check_conclusions(tables["conclusions"])
    given, unready = check_new_work(tables["new_work"], registers)
    misdated = check_petitions(tables["petitions"])
    stray = check_cited(tables["conclusions"], [*decided.values(), *given])
    foreign = foreign_to(raw)
    entries = {**raw.entries, "petitions": _with_days(raw.entries, tables, registers)}
    return Meeting(
        entries=entries,
        decided=decided,
        waived=waived,
        concluded=tables["conclusions"],
        given=given,
        new_work=tables["new_work"],
        petitions=tables["petitions"],
        findings=[*found, *misfits, *unfit, *unsaid, *unready, *misdated, *stray, *foreign],
        columns=raw.places,
        foreign=bool(foreign),
    )


def _with_days(entries: Mapping, tables: Mapping, registers: Registers) -> list[dict]:
    """Return the petitions as typed, each with the day by which it is to be answered."""
    off = registers.days_off
    received = {r["row"]: r["received_on"] for r in records(tables["petitions"])}
    return [
        {**row, "answer_by": day and off.working_day(day, after=DAYS_TO_ANSWER)}
        for row in entries.get("petitions", [])
        for day in [received.get(row["row"])]
    ]
