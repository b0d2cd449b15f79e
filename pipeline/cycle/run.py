"""The commands in order: run a cycle, open one, check one workbook."""

from datetime import datetime
from pathlib import Path

from pipeline import archive, intake, issue, packet, reply
from pipeline.checking.verdicts import check_verdict_lines
from pipeline.cycle.compare import ask_back, compare
from pipeline.cycle.plan import read_plan
from pipeline.cycle.stages import (
    Tell,
    check,
    make_result,
    read_package,
    read_verification,
    receive,
    score,
    settle,
)
from pipeline.history import read_history
from pipeline.model.calendar import earlier_cycles
from pipeline.model.findings import OperatorError, describe, finding
from pipeline.model.folders import (
    ARCHIVE,
    PACKET,
    PEOPLE,
    RESULT,
    CycleFolder,
    find_cycle,
    list_cycles,
)
from pipeline.model.tables import CycleResult, keys_of
from pipeline.tools import disk, page


def run_cycle(folder: CycleFolder, output: Path, now: datetime | None, tell: Tell) -> dict:
    """Make packet and archive of a cycle, and first the archives of earlier ones where missing."""
    for cycle in earlier_cycles(folder.cycle):
        if cycle in list_cycles(folder.data) and not disk.holds(output / str(cycle), RESULT):
            _archive_earlier(CycleFolder(folder.data, cycle), output, now)
            tell(f"Lưu trữ kỳ trước {cycle}", 1, 1)
    return _run_one(folder, output, now, tell, printed=True)


def _archive_earlier(folder: CycleFolder, output: Path, now: datetime | None) -> None:
    try:
        _run_one(folder, output, now, _silent, printed=False)
    except OperatorError as error:
        raise type(error)(f"kỳ trước {folder.cycle} chưa lưu trữ được.\n{error}") from error


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nothing."""


def _run_one(
    folder: CycleFolder, output: Path, now: datetime | None, tell: Tell, *, printed: bool
) -> dict:
    inputs = disk.run_inputs(folder, output, earlier_cycles(folder.cycle), now)
    before = read_plan(folder)
    received = receive(folder, before, tell)
    group = read_verification(folder, before)
    past = read_history(output, folder.cycle)
    checked = compare(folder, before, check(folder.cycle, before, received), past)
    tell("Kiểm tra", 1, 1)
    tables = score(folder.cycle, before, received, checked, group, past)
    typed = group.tables["verdicts"], group.tables["exemptions"]
    strays = check_verdict_lines(*typed, keys_of(tables["lines"]))
    asked = ask_back(folder, before, received, checked, tables, past)
    found = before.findings + received.findings + checked.findings + group.findings + strays + asked
    columns = {**before.columns, **received.columns, **group.columns}
    worded = describe(found, columns, before.registers.unit_names)
    result = make_result(folder.cycle, before, received, tables, worded, now)
    tell("Tính tỷ lệ", 1, 1)
    drafts = {
        folder.receipts: received.receipts.encode(),
        folder.verification: issue.verification_workbook(result.tables, group.entries),
    }
    inputs |= disk.update_drafts(drafts, folder.data, inputs)
    files = {RESULT: archive.result_json(result), ARCHIVE: archive.archive_workbook(result)}
    tell("Ghi lưu trữ", 1, 1)
    if printed:
        files |= _print(result)
        tell("In hồ sơ họp", 1, 1)
    return _commit(output / str(folder.cycle), result, files, inputs)


def _print(result: CycleResult) -> dict[str, bytes]:
    papers = {PACKET: packet.compose(result)}
    if result.options["names"] == "apart":
        papers[PEOPLE] = packet.compose_people(result)
    return {name: page.write_pdf(html) for name, html in papers.items()}


def _commit(
    folder: Path, result: CycleResult, files: dict[str, bytes], inputs: dict[str, str]
) -> dict:
    """Put the outputs in place under their manifest; return what the terminal says."""
    codes = set(result.tables["findings"]["code"])
    statuses = set(result.tables["units"]["status"])
    record = {
        "summary": reply.summary(result),
        "crashed": "K199" in codes,
        "incomplete": bool(statuses & {reply.NOT_SENT, reply.REPAIR}),
    }
    disk.commit(folder, {**files, disk.MANIFEST: disk.manifest(inputs, files, record)})
    return record


def open_cycle(folder: CycleFolder, tell: Tell) -> list[str]:
    """Issue one workbook per unit into phieu/; return what to tell the secretary."""
    before = read_plan(folder)
    units = before.registers.units
    for done, unit in enumerate(units, 1):
        data = issue.unit_workbook(
            unit,
            before.assignments,
            before.registers,
            before.settings,
            before.schedule,
            folder.cycle,
        )
        disk.write_file(folder.issued / f"{unit}.xlsx", data)
        tell("Phát phiếu", done, len(units))
    folder.inbox.mkdir(exist_ok=True)
    warnings = describe(before.findings, before.columns)
    lines = [f"{row['message']} {row['action']}" for row in warnings]
    return [
        *lines,
        f"Đã phát {len(units)} phiếu vào {folder.issued}. Nhận phiếu về đặt vào {folder.inbox}.",
    ]


# How and when a file came in is no matter of what stands in it, nor are the other units.
ABOUT_MAIL = ("K115", "K117", "K118")


def check_file(data: Path, path: Path, now: datetime) -> list[str]:
    """Return the verdict on every workbook in a file, worded as the cycle would word it."""
    return [line for package in intake.open_file(path, now) for line in _check_one(data, package)]


def _check_one(data: Path, package: intake.Package) -> list[str]:
    raw = read_package(package)
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
