"""Urge the units while a cycle runs: what is overdue, what is due soon, which conclusions wait."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pipeline import VERSION, packet, reply
from pipeline.cycle.crew import Tell
from pipeline.cycle.plan import Plan, read_plan
from pipeline.cycle.sheets import printed
from pipeline.history import History, read_history, read_result
from pipeline.model.calendar import Cycle
from pipeline.model.folders import CycleFolder
from pipeline.model.tables import records
from pipeline.model.urging import Urged, Urging
from pipeline.scoring.clock import LATE, ON_TIME
from pipeline.scoring.conclusions import conclusions
from pipeline.scoring.urging import urged
from pipeline.tools import chain, disk
from pipeline.tools.worker import Worker


def urge_units(
    folder: CycleFolder, output: Path, now: datetime, press: Worker, tell: Tell
) -> list[str]:
    """Write don-doc/: a sheet for each unit with anything due, all in one, messages; say where.

    By the assignments, what earlier cycles left and, where this cycle was already run, its
    reports. Raises ConfigError or InputError where one of these cannot be read.
    """
    past = read_history(output, folder.cycle, chain.official(folder.data))
    before = read_plan(folder, past.before)
    units = _urged(folder, output, before, past, now)
    settings = before.settings
    urging = Urging(
        cycle=str(folder.cycle),
        made_at=now,
        print_code=disk.sha256(f"{folder.cycle}{now.date()}{units}{VERSION}".encode())[:4].upper(),
        program=VERSION,
        commune=asdict(settings.commune),
        signatories=asdict(settings.signatories),
        units=units,
    )
    sheets = packet.compose_urging(urging)
    place = output / str(folder.cycle) / packet.URGING
    files = reply.urging_messages(urging, before.registers.addresses)
    if sheets:
        files |= printed(sheets, f"Đôn đốc {folder.cycle.name}", press, tell)
    disk.commit(place, files)
    return _told(units, place)


def _urged(
    folder: CycleFolder, output: Path, before: Plan, past: History, now: datetime
) -> list[Urged]:
    cycle, registers = folder.cycle, before.registers
    return urged(
        before.counted,
        records(conclusions(before.meeting.concluded, past.conclusions, registers, cycle)),
        _finished(output, cycle),
        registers,
        cycle,
        now.date(),
    )


def _finished(output: Path, cycle: Cycle) -> set[tuple[str, str]]:
    """Return the lines that the reports of the last run say are done; none before any run."""
    result = read_result(output, cycle)
    lines = records(result.tables["lines"]) if result else []
    return {(r["task_id"], r["person"]) for r in lines if r["standing"] in (ON_TIME, LATE)}


def _told(units: Iterable[Urged], place: Path) -> list[str]:
    told = [
        f"{unit.unit or unit.name}: {len(unit.overdue)} việc quá hạn, {len(unit.soon)} việc sắp"
        f" đến hạn, {len(unit.conclusions)} kết luận chưa thực hiện"
        for unit in units
        if unit.anything
    ]
    quiet = [unit.unit for unit in units if not unit.anything]
    free = [f"Không có gì phải đôn đốc: {', '.join(quiet)}."] if quiet else []
    return [*told, *free, f"Phiếu đôn đốc, tin nhắn soạn sẵn: {place}"]
