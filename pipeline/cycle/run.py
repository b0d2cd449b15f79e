"""Run a cycle: what came in, what it amounts to, what is printed and kept."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline import archive, reply
from pipeline.checking.changes import check_changes, check_rules
from pipeline.checking.meeting import check_restated
from pipeline.cycle.compare import ask_back, compare
from pipeline.cycle.crew import Crew, Tell
from pipeline.cycle.documents import keep_typed
from pipeline.cycle.group import Group, read_verification
from pipeline.cycle.order import Order
from pipeline.cycle.papers import finish_papers, start_papers
from pipeline.cycle.plan import Plan, read_plan
from pipeline.cycle.stages import Received, check, make_result, receive, score
from pipeline.history import History, Tables, read_history, read_printed, restatements
from pipeline.model.calendar import Cycle, earlier_cycles
from pipeline.model.findings import describe, finding
from pipeline.model.folders import ARCHIVE, RESULT, SETTINGS, CycleFolder
from pipeline.model.grouping import limited
from pipeline.model.tables import CycleResult, result_table
from pipeline.rollup.export import export
from pipeline.tools import chain, disk


def run_cycle(order: Order, tell: Tell, crew: Crew) -> dict:
    """Make the archive of one cycle, and its packet where somebody prints; return the record."""
    folder, output = order.folder, order.output
    inputs = order.inputs | disk.earlier_inputs(folder, output, earlier_cycles(folder.cycle))
    past = read_history(output, folder.cycle, chain.official(folder.data))
    before = read_plan(folder, past.before)
    received = receive(folder, before, order.mail, tell)
    tell("Kiểm tra", 0, 1)
    group = read_verification(folder, before)
    result = _settle(order, past, before, received, group, tell)
    papers = start_papers(result, received, crew)
    drafted = _draft(folder, before, received, group, result, inputs)
    said = _said(result, before, drafted.items() <= inputs.items())
    files = {RESULT: archive.result_json(result), ARCHIVE: archive.archive_workbook(result)}
    files |= export(result)
    tell("Ghi lưu trữ", 1, 1)
    if papers:
        files |= finish_papers(result, before, papers, tell)
    keep_typed(folder, output)
    return _commit(output / str(folder.cycle), said, files, inputs | drafted)


def _settle(
    order: Order, past: History, before: Plan, received: Received, group: Group, tell: Tell
) -> CycleResult:
    """Return what the cycle amounts to, with all that was found."""
    folder, output = order.folder, order.output
    tables, checked = _score(order, before, received, group, past)
    tell("Kiểm tra", 1, 1)
    found = before.findings + received.findings + checked + group.findings
    found += group.places(tables, received.used)
    found += other_rules(folder.cycle, before.settings.rules.code, past.rule_code)
    found += check_changes(
        past.units, past.people, past.lines.get(str(folder.cycle.previous), []), before.registers
    )
    found += changed_before(folder, output)
    found += check_restated(tables["restated"], before.assignments)
    found += before.meeting.strays(found, tables["lines"])
    columns = {**before.columns, **received.columns, **group.columns}
    names = before.registers.unit_names
    tables |= {"waivers": before.meeting.waivers(found, columns, names)}
    tables |= {"revised": _revised(order, tables)}
    worded = describe(limited(before.meeting.still_open(found)), columns, names)
    result = make_result(order, before, received, tables, worded)
    tell("Tính tỷ lệ", 1, 1)
    return result


def _score(
    order: Order, before: Plan, received: Received, group: Group, past: History
) -> tuple[Tables, list[dict]]:
    """Return every table with a figure, and what checking, comparing and asking back found."""
    folder = order.folder
    checked, lines = compare(folder, before, check(folder.cycle, before, received), past)
    tables = score(folder.cycle, before, received, checked, group, past, order.now)
    return tables, checked.findings + ask_back(folder, before, received, lines, tables, past)


def _revised(order: Order, tables: Tables) -> pd.DataFrame:
    """Return what was printed in the closed revision this run corrects, and is other now."""
    if not order.printed:
        return result_table("revised", [])
    return restatements(read_printed(order.printed), tables)


def _draft(
    folder: CycleFolder,
    before: Plan,
    received: Received,
    group: Group,
    result: CycleResult,
    inputs: Mapping[str, str],
) -> dict[str, str]:
    """Bring up to date what people go on filling; return the hashes of what was written."""
    month = folder.cycle.ends_month
    drafts = {
        folder.receipts: received.receipts.encode(),
        folder.verification: group.draft(result.tables, before.registers, month=month),
        folder.meeting: before.meeting.draft(result.tables, before.registers),
    }
    kept = {path: data for path, data in drafts.items() if data is not None}
    return disk.update_drafts(kept, folder.data, inputs)


def other_rules(cycle: Cycle, code: str, before: str) -> list[dict]:
    """Return K742 where the month's first cycle was scored by other rules, else K623."""
    if not cycle.ends_month:
        return check_rules(code, before)
    mixed = before not in ("", code)
    return [finding("K742", file=SETTINGS, value=code, fact=before)] if mixed else []


def changed_before(folder: CycleFolder, output: Path) -> list[dict]:
    """Return K757 where the cycle before is not what this one reads of it."""
    before = CycleFolder(folder.data, folder.cycle.previous)
    names = ", ".join(disk.changed_since(output, before))
    return [finding("K757", value=str(before.cycle), fact=names)] if names else []


def _said(result: CycleResult, before: Plan, settled: bool) -> dict:
    """Return what the terminal says, and what a later command asks about this run.

    A run is settled when it found its drafts as it left them: run again, it gives the same bytes.
    """
    codes = set(result.tables["findings"]["code"])
    statuses = set(result.tables["units"]["status"])
    return {
        "summary": reply.summary(result),
        "crashed": "K199" in codes,
        "incomplete": bool(statuses & {reply.NOT_SENT, reply.REPAIR}),
        "print_code": result.print_code,
        "met": before.meeting.is_held,
        "settled": settled,
    }


def _commit(folder: Path, record: dict, files: dict[str, bytes], inputs: dict[str, str]) -> dict:
    """Put the outputs in place under their manifest; return what the terminal says."""
    disk.commit(folder, {**files, disk.MANIFEST: disk.manifest(inputs, files, record)})
    return record
