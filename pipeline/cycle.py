"""Conductor: the stages of a cycle in order. The only place that imports verbs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from pipeline import VERSION, archive, intake, issue, packet, reading, reply
from pipeline.checking.kept import kept_tables, refuse, type_kept
from pipeline.checking.registers import check_registers
from pipeline.checking.reports import Checked, Day, Issued, check_reports, check_ticks
from pipeline.checking.verdicts import check_verdicts
from pipeline.history import read_history
from pipeline.model.calendar import Cycle, Schedule, earlier_cycles, make_schedule
from pipeline.model.findings import InputError, describe, finding
from pipeline.model.folders import ARCHIVE, PACKET, RESULT, CycleFolder, find_cycle, list_cycles
from pipeline.model.layout import layout
from pipeline.model.registers import SHARED, Registers, build_registers
from pipeline.model.settings import Settings, load_settings
from pipeline.model.stamp import digest_of
from pipeline.model.tables import CycleResult, records, result_hash, result_table
from pipeline.model.text import fold_code
from pipeline.scoring import agenda, plan, rates
from pipeline.scoring import lines as line_scores
from pipeline.tools import disk, page

Tell = Callable[[str, int, int], None]  # stage, done, of how many


@dataclass(frozen=True)
class Plan:
    """What stands before any report comes in: settings, registers, assignments, calendar."""

    settings: Settings
    registers: Registers
    assignments: pd.DataFrame
    schedule: Schedule
    findings: list[dict]
    columns: Mapping[tuple[str, str, str], str]


@dataclass(frozen=True)
class Received:
    """What came in: every submission, the readings in use by unit, what was found on the way."""

    submissions: list[dict]
    used: Mapping[str, reading.Reading]
    received: Mapping[str, datetime]  # file → when
    findings: list[dict]
    columns: Mapping[tuple[str, str, str], str]
    tallies: list[dict]
    receipts: str


@dataclass(frozen=True)
class Group:
    """What the working group typed: as typed tables and as it stands in the cells."""

    tables: Mapping[str, pd.DataFrame]
    entries: Mapping[str, list[dict]]
    findings: list[dict]
    columns: Mapping[tuple[str, str, str], str]


def run_cycle(folder: CycleFolder, output: Path, now: datetime | None, tell: Tell) -> dict:
    """Make packet and archive of a cycle, and first the archives of earlier ones where missing."""
    for cycle in earlier_cycles(folder.cycle):
        missing = not (output / str(cycle) / RESULT).is_file()
        if missing and cycle in list_cycles(folder.data):
            _run_one(CycleFolder(folder.data, cycle), output, now, _silent, printed=False)
            tell(f"Lưu trữ kỳ trước {cycle}", 1, 1)
    return _run_one(folder, output, now, tell, printed=True)


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nothing."""


def _run_one(
    folder: CycleFolder, output: Path, now: datetime | None, tell: Tell, *, printed: bool
) -> dict:
    inputs = disk.run_inputs(folder, output, earlier_cycles(folder.cycle), now)
    before = read_plan(folder)
    received = _receive(folder, before, tell)
    group = _read_verification(folder, before)
    checked = _check(folder.cycle, before, received)
    tell("Kiểm tra", 1, 1)
    tables = _score(folder, output, before, received, checked, group.tables)
    found = before.findings + received.findings + checked.findings + group.findings
    columns = {**before.columns, **received.columns, **group.columns}
    result = _result(folder.cycle, before, received, tables, describe(found, columns), now)
    tell("Tính tỷ lệ", 1, 1)
    files = {RESULT: archive.result_json(result), ARCHIVE: archive.archive_workbook(result)}
    tell("Ghi lưu trữ", 1, 1)
    if printed:
        files[PACKET] = page.write_pdf(packet.compose(result))
        tell("In hồ sơ họp", 1, 1)
    disk.write_file(folder.receipts, received.receipts.encode())
    disk.write_file(folder.verification, issue.verification_workbook(result.tables, group.entries))
    inputs |= disk.hashes(folder.drafts, folder.data)
    return _commit(output / str(folder.cycle), result, files, inputs)


def read_plan(folder: CycleFolder) -> Plan:
    """Return settings, registers, assignments, calendar; raises ConfigError naming every fault."""
    settings = load_settings(folder.settings)
    registers = _read_registers(folder.registers)
    raw = _read_kept(folder.assignments, "assignment")
    tables = kept_tables("assignment", raw.entries, registers.lists(), raw.places)
    found = issue.check_assignments(tables["assignments"], registers)
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
    return Plan(settings, registers, tables["assignments"], schedule, found, raw.places)


def _read_registers(path: Path) -> Registers:
    raw = _read_kept(path, "registers")
    units = [fold_code(row["code"]) for row in raw.entries["units"]]
    lists = {"units": units, "units_or_shared": [SHARED, *units]}
    tables = kept_tables("registers", raw.entries, lists, raw.places)
    refuse(check_registers(tables), raw.places)
    return build_registers(tables)


def _read_kept(path: Path, key: str) -> reading.Reading:
    """Return a workbook the office itself keeps; every sheet of it must be there."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"không thấy {path}.") from error
    raw = reading.read_workbook(
        data, path.name, layout(key), frozenset(s.key for s in layout(key).tables)
    )
    refuse(raw.findings, raw.places)
    return raw


def _receive(folder: CycleFolder, before: Plan, tell: Tell) -> Received:
    """Open the mailbox, read every workbook, settle which version of each unit is in use."""
    receipts = intake.read_receipts(folder.receipts)
    packages, found = intake.collect(folder.inbox, receipts)
    readings = []
    for done, package in enumerate(packages, 1):
        readings.append(_read_package(package))
        tell("Đọc phiếu", done, len(packages))
    return _settle(folder.cycle, before, packages, readings, found, receipts)


def _settle(
    cycle: Cycle, before: Plan, packages: list, readings: list, found: list[dict], receipts: Mapping
) -> Received:
    digests = {unit: digest_of(rows) for unit, rows in _issued_rows(before).items()}
    submissions, used, settled = intake.settle(
        packages, readings, cycle, before.registers, digests, before.schedule.cutoff, receipts
    )
    units = {row["file"]: row["unit"] for row in submissions}
    found = [{**row, "unit": row["unit"] or units.get(row["file"], "")} for row in found + settled]
    times = {package.file: package.received for package in packages}
    return Received(
        submissions=submissions,
        used=used,
        received=times,
        findings=found,
        columns={place: column for raw in readings for place, column in raw.places.items()},
        tallies=[{**row, "unit": unit} for unit, raw in used.items() for row in raw.tallies],
        receipts=intake.receipts_text(packages, receipts),
    )


def _read_package(package: intake.Package) -> reading.Reading:
    """Return what one file holds; an unforeseen error about it is a finding, not the end."""
    if package.problem:
        return reading.unreadable(package.file, package.problem)
    try:
        return reading.read_workbook(package.data, package.file, layout("unit"), UNIT_SHEETS)
    except Exception as error:
        return reading.unreadable(
            package.file, finding("K199", file=package.file, fact=type(error).__name__)
        )


UNIT_SHEETS = frozenset({"tasks"})


def _issued_rows(before: Plan) -> dict[str, list[dict]]:
    units = before.registers.units
    return {unit: issue.unit_rows(before.assignments, before.registers, unit) for unit in units}


def _check(cycle: Cycle, before: Plan, received: Received) -> Checked:
    """Check all usable workbooks in one pass."""
    rows = {sheet.key: _rows(received.used, sheet.key) for sheet in layout("unit").tables}
    found = [row for raw in received.used.values() for row in raw.findings]
    issued_rows = _issued_rows(before)
    issued = Issued(
        {unit: issued_rows[unit] for unit in received.used}, records(before.assignments)
    )
    day = Day(cycle.last_day, {file: time.date() for file, time in received.received.items()})
    checked = check_reports(rows, found, issued, before.registers, day, cycle)
    ticks = {
        (unit, raw.file): raw.ticks.get("unplanned", False) for unit, raw in received.used.items()
    }
    return Checked(
        checked.tables, checked.findings + check_ticks(ticks, checked.tables["unplanned"])
    )


def _rows(used: Mapping[str, reading.Reading], key: str) -> list[dict]:
    return [{"unit": unit, **row} for unit, raw in used.items() for row in raw.entries.get(key, [])]


def _read_verification(folder: CycleFolder, before: Plan) -> Group:
    """Return what the working group typed; empty tables before the first draft."""
    if folder.verification.is_file():
        raw = _read_kept(folder.verification, "verification")
    else:
        raw = reading.Reading(folder.verification.name, None, {}, {}, {}, [], [])
    typed = type_kept("verification", raw.entries, before.registers.lists(), raw.findings)
    tables = {key: table.table for key, table in typed.items()}
    found = [row for table in typed.values() for row in table.findings]
    found += check_verdicts(tables["verdicts"], tables["exemptions"])
    return Group(tables, raw.entries, found, raw.places)


def _score(
    folder: CycleFolder,
    output: Path,
    before: Plan,
    received: Received,
    checked: Checked,
    group: Mapping,
) -> dict[str, pd.DataFrame]:
    """Return the tables that hold a figure, each computed here and nowhere else."""
    cycle, registers, tables = folder.cycle, before.registers, checked.tables
    past = read_history(output, cycle)
    missing = registers.units.keys() - received.used.keys()
    lines = line_scores.build_lines(
        before.assignments,
        tables["reported"],
        tables["unplanned"],
        tables["claims"],
        group["verdicts"],
        group["exemptions"],
        registers,
        cycle,
        missing,
        past.rework,
        before.settings.rules,
    )
    found = received.findings + checked.findings
    statuses = reply.unit_statuses(registers.units, received.submissions, found)
    units = rates.unit_rates(lines, registers, statuses, tables["obstacles"])
    return {
        "commune": rates.commune_rates(units, lines, tables["obstacles"]),
        "units": units,
        "people": rates.people_rates(lines, registers),
        "lines": lines,
        "upcoming": plan.upcoming(lines, tables["proposals"], registers, cycle),
        "indicators": plan.indicators(tables["cchc"], registers, past.indicators),
        "obstacles": result_table("obstacles", records(tables["obstacles"])),
        "claims": plan.claims(tables["claims"], group["exemptions"]),
        "agenda": agenda.agenda(
            lines,
            tables["obstacles"],
            tables["claims"],
            group["measures"],
            group["agenda"],
            registers,
            before.settings.meeting.minutes,
        ),
        "measures": result_table("measures", records(group["measures"])),
        "history": past.table,
    }


def _result(
    cycle: Cycle,
    before: Plan,
    received: Received,
    tables: Mapping,
    worded: list[dict],
    now: datetime | None,
) -> CycleResult:
    """Return the whole record of the cycle, worded and stamped with its print code."""
    settings = before.settings
    everything = {
        **tables,
        "submissions": result_table("submissions", received.submissions),
        "tallies": result_table("tallies", received.tallies),
        "findings": result_table("findings", worded),
        "rules": result_table("rules", settings.rules.meanings()),
    }
    ordered = {sheet.key: everything[sheet.key] for sheet in layout("archive").tables}
    seal = f"{result_hash(ordered)}{settings.rules.code}{VERSION}".encode()
    return CycleResult(
        cycle=str(cycle),
        state=_state(before.registers, received),
        made_at=now or max([before.schedule.cutoff, *received.received.values()]),
        print_code=disk.sha256(seal)[:4].upper(),
        program=VERSION,
        rule_code=settings.rules.code,
        commune=asdict(settings.commune),
        signatories=asdict(settings.signatories),
        meeting={
            **asdict(before.schedule),
            "minutes": settings.meeting.minutes,
            "first_day": cycle.first_day,
            "last_day": cycle.last_day,
        },
        options=asdict(settings.packet),
        tables=ordered,
    )


def _state(registers: Registers, received: Received) -> str:
    missing = [unit for unit in registers.units if unit not in received.used]
    count = f"{len(received.used)}/{len(registers.units)} đơn vị đã báo cáo"
    return f"{count}, thiếu {', '.join(missing)}" if missing else count


def _commit(
    folder: Path, result: CycleResult, files: dict[str, bytes], inputs: dict[str, str]
) -> dict:
    """Put the outputs in place under their manifest; return what the terminal says."""
    codes = set(result.tables["findings"]["code"])
    statuses = set(result.tables["units"]["status"])
    record = {
        "summary": reply.summary(result, folder.as_posix()),
        "crashed": "K199" in codes,
        "incomplete": bool(statuses & {reply.NOT_SENT, reply.REPAIR}),
    }
    disk.commit(folder, {**files, disk.MANIFEST: disk.manifest(inputs, files, record)})
    return record


def open_cycle(folder: CycleFolder, tell: Tell) -> list[str]:
    """Issue one workbook per unit into phieu/; return what to tell the secretary."""
    before = read_plan(folder)
    for done, unit in enumerate(before.registers.units, 1):
        data = issue.unit_workbook(
            unit,
            before.assignments,
            before.registers,
            before.settings,
            before.schedule,
            folder.cycle,
        )
        disk.write_file(folder.issued / f"{unit}.xlsx", data)
        tell("Phát phiếu", done, len(before.registers.units))
    folder.inbox.mkdir(exist_ok=True)
    warnings = describe(before.findings, before.columns)
    lines = [f"{row['message']} {row['action']}" for row in warnings]
    return [
        *lines,
        f"Đã phát {done} phiếu vào {folder.issued}. Nhận phiếu về đặt vào {folder.inbox}.",
    ]


def check_file(data: Path, path: Path, now: datetime) -> list[str]:
    """Return the verdict on one workbook and its findings, worded as the cycle would word them."""
    package = intake.package(path.name, path.read_bytes(), now)
    raw = _read_package(package)
    if raw.stamp is None:
        return reply.verdict(
            path.name, describe(raw.findings or [finding("K112", file=path.name)], raw.places)
        )
    folder = CycleFolder(data, find_cycle(data, raw.stamp.cycle))
    before = read_plan(folder)
    received = _settle(folder.cycle, before, [package], [raw], [], {})
    checked = _check(folder.cycle, before, received)
    found = [row for row in received.findings + checked.findings if row["file"]]
    return reply.verdict(package.file, describe(found, raw.places))
