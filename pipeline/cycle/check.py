"""Check a file before it is sent, worded as the cycle would word it."""

from datetime import datetime
from pathlib import Path

from pipeline import intake, reading, reply
from pipeline.cycle.crew import Crew
from pipeline.cycle.plan import read_plan
from pipeline.cycle.stages import check, read_packages, settle
from pipeline.model.findings import describe, finding
from pipeline.model.folders import CycleFolder, find_cycle

# How and when a file came in is no matter of what stands in it, nor are the other units.
ABOUT_MAIL = ("K115", "K117", "K118")


def check_file(data: Path, path: Path, now: datetime, crew: Crew) -> list[str]:
    """Return the verdict on every workbook in a file, worded as the cycle would word it."""
    packages = intake.open_file(path, now)
    readings = read_packages(packages, crew.reader)
    pairs = zip(packages, readings, strict=True)
    return [line for package, raw in pairs for line in _check_one(data, package, raw)]


def _check_one(data: Path, package: intake.Package, raw: reading.Reading) -> list[str]:
    if raw.stamp is None:
        unopened = [row for row in raw.findings if row["code"].startswith("K1")]
        found = unopened or [finding("K112", file=package.file)]
        return reply.verdict(package.file, raw.stamp, describe(found, raw.places))
    folder = CycleFolder(data, find_cycle(data, raw.stamp.cycle))
    before = read_plan(folder)
    received = settle(folder, before, [package], [raw], [], {})
    checked = check(folder.cycle, before, received)
    found = [row for row in received.findings + checked.findings if row["code"] not in ABOUT_MAIL]
    worded = describe(found, raw.places, before.registers.unit_names)
    return reply.verdict(package.file, raw.stamp, worded)
