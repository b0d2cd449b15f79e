"""The stages between two folders: what came in, what is wrong with it, what it amounts to."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import pandas as pd

from pipeline import VERSION, intake, issue, reading, reply
from pipeline.checking.kept import type_kept
from pipeline.checking.reports import Checked
from pipeline.checking.tallies import count_quantities
from pipeline.cycle.books import asked_scores, check_books, lost_columns, lost_scores
from pipeline.cycle.crew import Tell
from pipeline.cycle.group import Group
from pipeline.cycle.mail import Mail
from pipeline.cycle.order import Order
from pipeline.cycle.plan import Plan
from pipeline.history import History
from pipeline.model.calendar import Cycle
from pipeline.model.findings import finding, in_force
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.stamp import Stamp, digest_of
from pipeline.model.tables import CycleResult, records, result_hash, result_table
from pipeline.model.text import fold_code
from pipeline.scoring.result import Known, score_cycle
from pipeline.tools import disk

BLOCK_AFTER = re.compile(r", (?=[A-Z]+\d+:)")


@dataclass(frozen=True)
class Received:
    """What came in: every submission, the readings in use by unit, what was found on the way."""

    submissions: list[dict]
    used: Mapping[str, reading.Reading]
    received: Mapping[str, datetime]  # file → when
    findings: list[dict]
    columns: Mapping[tuple[str, str, str], str]
    tallies: list[dict]
    changes: list[dict]
    receipts: str
    issued: Mapping[str, list[dict]]  # rows of «Nhiệm vụ» as each unit was given them
    originals: Mapping[str, intake.Package]  # file in use → the workbook as it came


def receive(folder: CycleFolder, before: Plan, mail: Mail, tell: Tell) -> Received:
    """Settle which version of each unit is in use."""

    def told() -> Iterator[reading.Reading]:
        for done, raw in enumerate(mail.readings, 1):
            yield raw
            tell("Đọc phiếu", done, len(mail.packages))

    return settle(folder, before, mail.packages, told(), mail.findings, mail.receipts)


def settle(
    folder: CycleFolder,
    before: Plan,
    packages: list,
    coming: Iterable[reading.Reading],
    found: list[dict],
    receipts: Sequence[intake.Receipt],
) -> Received:
    """Return which file of each unit is in use, and what was found about every file."""
    given = issue.rows_by_unit(before.issued, before.registers, before.registers.units)
    sizes = {unit: len(rows) for unit, rows in given.items()}
    # What is beyond all measure is let go at once: many such files are not held together.
    readings = [reading.measured(raw, sizes) for raw in coming]
    stamps = [raw.stamp for raw in readings if raw.stamp]
    digests = {unit: digest_of(rows) for unit, rows in given.items()}
    other, edited = _as_issued(folder, before, digests, stamps)
    issued = given | other
    digests |= {unit: digest_of(rows) for unit, rows in other.items()}
    times = {package.file: package.received for package in packages}

    def told(unit: str, raw: reading.Reading) -> list[dict]:
        return raw.findings + check_books(folder.cycle, before, {unit: raw}, issued, times).findings

    order = (folder.cycle, before.registers.units, digests, before.schedule.cutoff, receipts, told)
    submissions, used, settled = intake.settle(packages, readings, *order)
    found = _with_units(found + settled + edited, submissions)
    in_use = {raw.file for raw in used.values()}
    return Received(
        submissions=submissions,
        used=used,
        received=times,
        findings=in_force(found, folder.cycle),
        columns={place: column for raw in readings for place, column in raw.places.items()},
        tallies=[{**row, "unit": unit} for unit, raw in used.items() for row in raw.tallies],
        changes=intake.change_rows(submissions, {raw.file: raw for raw in readings}),
        receipts=intake.receipts_text(packages, receipts),
        issued=issued,
        originals={p.file: p for p in packages if p.file in in_use},
    )


def _with_units(found: list[dict], submissions: list[dict]) -> list[dict]:
    """Return the findings, those about a unit's file under that unit."""
    units = {row["file"]: row["unit"] for row in submissions}
    return [{**row, "unit": row["unit"] or units.get(row["file"], "")} for row in found]


def _as_issued(
    folder: CycleFolder, before: Plan, digests: Mapping[str, str], stamps: Collection[Stamp]
) -> tuple[dict[str, list[dict]], list[dict]]:
    """Return the rows that units were given otherwise than today's table has them, and K716.

    The issued workbook is opened only when what came back was stamped otherwise than today's table.
    """
    rows, found = {}, []
    came = {fold_code(stamp.unit): set() for stamp in stamps}
    for stamp in stamps:
        came[fold_code(stamp.unit)].add(stamp.digest)
    for unit, today in digests.items():
        path, stamped = folder.issued / f"{unit}.xlsx", came.get(fold_code(unit), set())
        if not stamped or today in stamped or not path.is_file():
            continue
        raw = reading.read_workbook(path.read_bytes(), path.name, layout("unit"), frozenset())
        if raw.stamp and raw.stamp.digest in stamped:
            typed = type_kept("unit", raw.entries, before.registers.lists(), raw.findings)
            rows[unit] = issue.as_issued(records(typed["tasks"].table), raw.entries["tasks"])
            name = folder.assignments.name
            found.append(finding("K716", file=name, value=unit, fact=raw.stamp.digest))
    return rows, found


def _untold(tally: Mapping, raw: reading.Reading) -> str:
    """Return the merged blocks of a sheet but those that a cell's own finding names."""
    own = [row for row in raw.findings if row["sheet"] == tally["sheet"]]
    told = {row["fact"] for row in own if row["code"] == "K318"}
    blocks = BLOCK_AFTER.split(tally["merged"])
    return ", ".join(block for block in blocks if block.partition(" ")[0] not in told)


def check(cycle: Cycle, before: Plan, received: Received) -> Checked:
    """Check all usable workbooks in one pass."""
    checked = check_books(cycle, before, received.used, received.issued, received.received)
    scored = asked_scores(cycle, before)
    odd = [row for unit, raw in received.used.items() for row in _odd(unit, raw, before)]
    for unit, raw in received.used.items():
        odd += lost_scores(unit, raw, len(scored.get(unit, ())))
    counted = count_quantities(received.tallies, checked.tables, records(before.assignments))
    tables = {**checked.tables, "tallies": result_table("tallies", counted)}
    return Checked(tables, in_force(checked.findings + odd, cycle))


def _odd(unit: str, raw: reading.Reading, before: Plan) -> list[dict]:
    """Return what is odd about a workbook in use: a lost sheet, merged cells, hidden rows."""
    place = {"unit": unit, "file": raw.file}
    title = layout("unit")["cchc"].title
    asked = issue.indicator_rows(before.registers, unit)
    lost = asked and title not in {row["sheet"] for row in raw.tallies}
    found = [finding("K208", **place, value=title)] if lost else []
    found += lost_columns(unit, raw)
    for row in raw.tallies:
        if merged := _untold(row, raw):
            found.append(finding("K206", **place, sheet=row["sheet"], fact=merged))
        if row["hidden"]:
            found.append(finding("K207", **place, sheet=row["sheet"], fact=row["hidden"]))
    return found


def score(
    cycle: Cycle,
    before: Plan,
    received: Received,
    checked: Checked,
    group: Group,
    past: History,
    now: datetime | None,
) -> dict[str, pd.DataFrame]:
    """Return every table with a figure, and the history beside it."""
    units = before.registers.units
    found = before.meeting.still_open(received.findings + checked.findings)
    known = Known(
        cycle=cycle,
        registers=before.registers,
        rules=before.settings.rules,
        minutes=before.settings.meeting.minutes,
        assignments=before.assignments,
        reports=checked.tables,
        group=group.tables,
        drawn=group.drawn,
        closed=now is None or now >= before.schedule.cutoff,  # without a clock a run is after it
        missing=units.keys() - received.used.keys(),
        statuses=reply.unit_statuses(units, received.submissions, found),
        before=past.before,
        rework=past.rework,
        indicators=past.indicators,
        decided=before.meeting.decided,
        chair=before.schedule.chair,
        concluded=before.meeting.concluded,
        given=before.meeting.given,
        refused=before.meeting.refused,
        conclusions=past.conclusions,
    )
    return {**score_cycle(known), **past.tables, "tallies": checked.tables["tallies"]}


def make_result(
    order: Order, before: Plan, received: Received, tables: Mapping, worded: list[dict]
) -> CycleResult:
    """Return the whole record of the cycle, worded and stamped with its print code.

    The code stands for all that was closed before, too. A rehearsal has another code and says so
    among its options.
    """
    settings, cycle, now = before.settings, order.folder.cycle, order.now
    options = asdict(settings.packet) | ({"draft": True} if order.draft else {})
    times = [received.received[raw.file] for raw in received.used.values()]
    everything = {
        **tables,
        "submissions": result_table("submissions", received.submissions),
        "changes": result_table("changes", received.changes),
        "findings": result_table("findings", worded),
        "rules": result_table("rules", settings.rules.meanings()),
    }
    ordered = {sheet.key: everything[sheet.key] for sheet in layout("archive").tables}
    return CycleResult(
        cycle=str(cycle),
        state=_state(before.registers, received),
        made_at=now or max([before.schedule.cutoff, *times]),
        print_code=_print_code(ordered, settings.rules.code, order),
        program=VERSION,
        rule_code=settings.rules.code,
        rule_settings=asdict(settings.rules),
        commune=asdict(settings.commune),
        signatories=asdict(settings.signatories),
        meeting={
            **{**asdict(before.schedule), "minutes": settings.meeting.minutes},
            **{"first_day": cycle.first_day, "last_day": cycle.last_day},
        },
        options=options,
        tables=ordered,
    )


def _print_code(tables: Mapping[str, pd.DataFrame], rule_code: str, order: Order) -> str:
    upon = f"{order.head}{'NHÁP' * order.draft}"
    seal = f"{result_hash(tables)}{rule_code}{VERSION}{upon}".encode()
    return disk.sha256(seal)[:4].upper()


def _state(registers: Registers, received: Received) -> str:
    missing = [row["name"] for code, row in registers.units.items() if code not in received.used]
    count = f"{len(received.used)}/{len(registers.units)} đơn vị đã báo cáo"
    return f"{count}, thiếu {', '.join(missing)}" if missing else count
