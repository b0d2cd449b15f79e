"""Check a file before it is sent, worded as the cycle would word it."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline import intake, reading, reply
from pipeline.checking.lines import Line
from pipeline.cycle.compare import ask_back, compare, compare_cycles
from pipeline.cycle.crew import Crew
from pipeline.cycle.group import read_verification
from pipeline.cycle.mail import read_packages, unpacking
from pipeline.cycle.plan import Plan, read_plan
from pipeline.cycle.stages import Checked, Received, check, score, settle
from pipeline.history import History, read_history
from pipeline.model.findings import describe, finding
from pipeline.model.folders import CycleFolder, find_cycle
from pipeline.model.grouping import limited
from pipeline.model.tables import records
from pipeline.tools import chain

# How and when a file came in is no matter of what stands in it, nor are the other units.
ABOUT_MAIL = ("K115", "K116", "K117", "K118", "K716")


def check_file(
    data: Path, output: Path, path: Path, now: datetime, crew: Crew
) -> list[reply.Verdict]:
    """Return the verdict on every workbook in a file, worded as the cycle would word it.

    Earlier cycles are asked where their archives lie in the output folder.
    """
    packages, noticed = intake.open_file(path, now, unpacking(crew.reader))
    readings = read_packages(packages, crew.reader)
    others = [noticed, *([] for _ in packages[1:])]  # what else lay in a letter is said once
    each = zip(packages, readings, others, strict=True)
    return [_check_one(data, output, *one) for one in each]


def _check_one(
    data: Path, output: Path, package: intake.Package, raw: reading.Reading, noticed: list[dict]
) -> reply.Verdict:
    if raw.stamp is None:
        unopened = [row for row in raw.findings if row["code"].startswith("K1")]
        found = noticed + (unopened or [finding("K112", file=package.file)])
        return reply.verdict(package.file, raw.stamp, describe(found, raw.places))
    folder = CycleFolder(data, find_cycle(data, None))
    past = read_history(output, folder.cycle, chain.official(data))
    before = read_plan(folder, past.before)
    received = settle(folder, before, [package], [raw], noticed, ())
    checked, lines = compare(folder, before, check(folder.cycle, before, received), past)
    own = [row for row in checked.findings if row["file"] == package.file]
    told = before.meeting.still_open(received.findings + own)
    found = limited(row for row in told if row["code"] not in ABOUT_MAIL)
    asked = _asked(folder, before, received, checked, lines, past)
    columns = {**before.columns, **raw.places}
    worded, beside = (describe(r, columns, before.registers.unit_names) for r in (found, asked))
    tallies = records(checked.tables["tallies"])
    return reply.verdict(package.file, raw.stamp, worded, tallies, beside)


def _asked(
    folder: CycleFolder,
    before: Plan,
    received: Received,
    checked: Checked,
    lines: list[Line],
    past: History,
) -> list[dict]:
    """Return what no workbook can put right, of the unit that sent this one.

    That is the assignment table against earlier cycles, and the questions.
    """
    unit = next(iter(received.used), "")
    if not unit:
        return []
    own = replace(past, lines={name: _of(unit, rows) for name, rows in past.lines.items()})
    group = read_verification(folder, before)
    tables = score(folder.cycle, before, received, checked, group, past, None)
    asked = ask_back(folder, before, received, lines, tables, past)
    table = [r for r in compare_cycles(folder, lines, own) if not r["unit"]]
    return table + _of(unit, asked)


def _of(unit: str, rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["unit"] == unit]
