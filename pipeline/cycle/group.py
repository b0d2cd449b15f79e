"""The working group's workbook: read with its findings, and drafted again where nothing is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline import issue, reading
from pipeline.checking.group import check_group, check_places
from pipeline.checking.kept import refuse, sound_rows, type_kept
from pipeline.checking.rows import Day
from pipeline.checking.verdicts import check_agenda, check_verdicts
from pipeline.cycle.plan import Plan
from pipeline.model.findings import finding
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.tables import records
from pipeline.model.text import fold
from pipeline.reading.oddities import NOT_READ

BOOK = "verification"
# Every draft has these; the others came later, or stand in a month's last cycle only.
ALWAYS = frozenset({"verdicts", "exemptions", "agenda", "measures"})
LEFT_OUT = ("total", "section", "set_aside")


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
        """Return what was typed and fits no row of the result."""
        return check_places(self.tables, results, frozenset(sent))

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
    raw = _read(folder)
    typed = type_kept(BOOK, raw.entries, before.registers.lists(), raw.findings)
    found = [*raw.findings, *(row for table in typed.values() for row in table.findings)]
    day = Day(folder.cycle.last_day, {})
    found += check_group(typed, before.assignments, day)
    tables = {key: sound_rows(table.table, found) for key, table in typed.items()}
    found += check_verdicts(tables["verdicts"], tables["exemptions"])
    found += check_agenda(tables["agenda"])
    foreign = _foreign(raw)
    if foreign:
        found.append(finding("K743", file=raw.file, fact=foreign))
    drawn = records(typed["inspections"].table)
    return Group(tables, raw.entries, drawn, found, raw.places, bool(foreign))


def _read(folder: CycleFolder) -> reading.Reading:
    """Return the workbook as it stands; raises ConfigError where a redraft would lose cells."""
    path = folder.verification
    if not path.is_file():
        return reading.Reading(path.name, None, {}, {}, {}, [], [])
    raw = reading.read_workbook(path.read_bytes(), path.name, layout(BOOK), ALWAYS)
    refuse([*raw.findings, *_lost_columns(raw)], raw.places)
    return raw


def _lost_columns(raw: reading.Reading) -> list[dict]:
    """Return K203 for columns of the group that are gone or have another heading."""
    titles = {fold(tally["sheet"]): tally["sheet"] for tally in raw.tallies}
    return [
        finding("K203", file=raw.file, sheet=title, field=field.key, value=field.heading)
        for sheet in layout(BOOK).tables
        if (title := titles.get(fold(sheet.title)))
        for field in sheet.field
        if field.by == "group" and (raw.file, title, field.key) not in raw.places
        if not field.required  # said by the reader itself
    ]


def _foreign(raw: reading.Reading) -> str:
    """Return where something stands that is no row of a sheet, "" where all would be drafted."""
    titles = [f"trang «{row['value']}»" for row in raw.findings if _is_unread_sheet(row)]
    left_out = [t["sheet"] for t in raw.tallies if any(t[name] for name in LEFT_OUT)]
    outside = [tally["sheet"] for tally in raw.tallies if tally["outside"]]
    rows = [f"dòng ghi thêm ở trang «{title}»" for title in left_out]
    return ", ".join([*titles, *rows, *(f"cột ghi thêm ở trang «{t}»" for t in outside)])


def _is_unread_sheet(row: Mapping) -> bool:
    return row["code"] == "K205" or (row["code"] == "K210" and row["fact"] == NOT_READ)
