"""What stands before any report comes in: settings, registers, assignments, calendar."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from pipeline import issue, reading
from pipeline.checking.kept import kept_tables, refuse
from pipeline.checking.registers import check_registers, check_schedule
from pipeline.cycle.meeting import Meeting, read_meeting
from pipeline.model.calendar import Schedule, make_schedule
from pipeline.model.findings import ConfigError, InputError, in_force
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.limits import OWN, hold
from pipeline.model.registers import SHARED, Registers, build_registers
from pipeline.model.settings import Settings, load_settings
from pipeline.model.tables import frame, records
from pipeline.model.text import fold_code
from pipeline.scoring.adjusting import carried_on, decided_on, reopened
from pipeline.scoring.sources import Key

NOTHING_BEFORE: Mapping[Key, dict] = MappingProxyType({})


@dataclass(frozen=True)
class Plan:
    """What stands before any report is read: settings, registers, work given and changed, days.

    `assignments` are the rows of the assignment table, then lines that go on by themselves, without
    a row; `counted` are the same with the figures that count.
    """

    settings: Settings
    registers: Registers
    assignments: pd.DataFrame
    counted: pd.DataFrame
    schedule: Schedule
    meeting: Meeting
    findings: list[dict]
    columns: Mapping[tuple[str, str, str], str]

    @property
    def issued(self) -> pd.DataFrame:
        """The rows of the assignment table itself."""
        return self.assignments[self.assignments["row"].notna()]


def read_plan(folder: CycleFolder, before: Mapping[Key, dict] = NOTHING_BEFORE) -> Plan:
    """Return settings, registers, assignments, calendar; raises ConfigError naming every fault.

    `before` are by key the lines that earlier cycles left.
    """
    settings = load_settings(folder.settings)
    registers, listed = read_registers(folder.registers)
    raw = read_kept(folder.assignments, "assignment")
    tables, typed = kept_tables("assignment", raw.entries, registers.lists(), raw.places)
    found = issue.check_assignments(tables["assignments"], registers, before)
    refuse(found, raw.places)
    days = records(tables["cycle"])
    usual = {**asdict(settings.meeting), "chair": settings.signatories.chairman}
    schedule = make_schedule(
        folder.cycle,
        days[0] if days else {},
        usual,
        settings.calendar.cutoff_time,
        registers.days_off,
    )
    found += check_schedule(days[0], schedule, folder.cycle) if days else []
    first_day = folder.cycle.first_day
    assignments = _with_reopened(tables["assignments"], before, registers, folder)
    meeting = read_meeting(folder, registers, assignments)
    carried = carried_on(assignments, before, first_day)
    notes = [*listed.findings, *typed, *found, *meeting.findings]
    return Plan(
        settings=settings,
        registers=registers,
        assignments=assignments,
        counted=decided_on(carried, meeting.decided),
        schedule=schedule,
        meeting=meeting,
        findings=in_force(notes, folder.cycle),
        columns={**listed.places, **raw.places, **meeting.columns},
    )


def _with_reopened(
    table: pd.DataFrame, before: Mapping[Key, dict], registers: Registers, folder: CycleFolder
) -> pd.DataFrame:
    """Return the assignment table with the lines that go on though nobody issued them."""
    place = {"file": folder.assignments.name, "sheet": layout("assignment")["assignments"].title}
    rows = reopened(table, before, registers, folder.cycle.first_day)
    more = frame(({"row": None, **place, **row} for row in rows), table.columns)
    return pd.concat([table, more], ignore_index=True) if rows else table


def read_registers(path: Path) -> tuple[Registers, reading.Reading]:
    """Return the registers, and their workbook's places with what was repaired in it."""
    raw = read_kept(path, "registers")
    units = [fold_code(row["code"]) for row in raw.entries["units"]]
    if not units:
        raise ConfigError(f"{path}: trang «Đơn vị» chưa có đơn vị nào.")
    lists = {"units": units, "units_or_shared": [SHARED, *units]}
    tables, typed = kept_tables("registers", raw.entries, lists, raw.places)
    found = check_registers(tables)
    refuse(found, raw.places)
    return build_registers(tables), replace(raw, findings=typed + found)


def read_kept(path: Path, key: str) -> reading.Reading:
    """Return a workbook the office itself keeps; every sheet of it must be there."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"không thấy {path}.") from error
    with hold(OWN):
        raw = reading.read_workbook(
            data, path.name, layout(key), frozenset(s.key for s in layout(key).tables)
        )
    refuse(raw.findings, raw.places)
    return raw
