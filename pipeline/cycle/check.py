"""Check a file before it is sent, worded as the cycle would word it."""

from datetime import datetime
from pathlib import Path

from pipeline import intake, reading, reply
from pipeline.cycle.crew import Crew
from pipeline.cycle.mail import read_packages, unpacking
from pipeline.cycle.plan import read_plan
from pipeline.cycle.stages import check, settle
from pipeline.model.findings import describe, finding
from pipeline.model.folders import CycleFolder, find_cycle
from pipeline.model.tables import records

# How and when a file came in is no matter of what stands in it, nor are the other units.
ABOUT_MAIL = ("K115", "K116", "K117", "K118", "K716")


def check_file(data: Path, path: Path, now: datetime, crew: Crew) -> list[reply.Verdict]:
    """Return the verdict on every workbook in a file, worded as the cycle would word it."""
    packages, noticed = intake.open_file(path, now, unpacking(crew.reader))
    readings = read_packages(packages, crew.reader)
    others = [noticed, *([] for _ in packages[1:])]  # what else lay in a letter is said once
    return [_check_one(data, *one) for one in zip(packages, readings, others, strict=True)]


def _check_one(
    data: Path, package: intake.Package, raw: reading.Reading, noticed: list[dict]
) -> reply.Verdict:
    if raw.stamp is None:
        unopened = [row for row in raw.findings if row["code"].startswith("K1")]
        found = noticed + (unopened or [finding("K112", file=package.file)])
        return reply.verdict(package.file, raw.stamp, describe(found, raw.places))
    folder = CycleFolder(data, find_cycle(data, raw.stamp.cycle))
    newest = str(find_cycle(data, None))
    if raw.stamp.cycle != newest:
        past = finding("K110", file=package.file, value=raw.stamp.cycle, fact=newest)
        noticed = [*noticed, past]
    before = read_plan(folder)
    received = settle(folder, before, [package], [raw], noticed, {})
    checked = check(folder.cycle, before, received)
    told = before.meeting.still_open(received.findings + checked.findings)
    found = [row for row in told if row["code"] not in ABOUT_MAIL]
    worded = describe(found, raw.places, before.registers.unit_names)
    tallies = records(checked.tables["tallies"])
    return reply.verdict(package.file, raw.stamp, worded, tallies)
