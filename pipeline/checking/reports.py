"""All usable reports of a cycle, checked in one pass: every sheet typed once for the whole cycle."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from pipeline.checking.cells import Lists, Typed, cell_of, type_table
from pipeline.checking.issued import Key, by_unit, issued_key, key_of, match, show_key
from pipeline.checking.rows import CCHC_RULES, TASK_RULES, UNPLANNED_RULES, Day, apply_rules
from pipeline.model.calendar import Cycle
from pipeline.model.findings import finding, is_error
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.tables import PLACE, frame, records
from pipeline.model.text import show

TYPED_BY_HAND = ("completed", "finished", "rework")
REPORTED = ("task_id", "person", "completed", "finished", "rework", "evidence", "note")
RAW = tuple(f"{key}_raw" for key in TYPED_BY_HAND)


@dataclass(frozen=True)
class Checked:
    """Typed tables by sheet key (with `reported` for the issued lines) and every finding."""

    tables: Mapping[str, pd.DataFrame]
    findings: list[dict]


@dataclass(frozen=True)
class Issued:
    """What the units that reported were given, as rows of «Nhiệm vụ» by unit, and all assignments."""

    rows: Mapping[str, list[dict]]
    assignments: list[dict]

    @cached_property
    def owners(self) -> dict[str, str]:
        return {row["task_id"]: row["unit"] for row in self.assignments}

    @cached_property
    def keys(self) -> dict[Key, dict]:
        return {key_of(row): row for row in self.assignments}


def check_reports(
    entries: Mapping[str, list[dict]],
    found: list[dict],
    issued: Issued,
    registers: Registers,
    day: Day,
    cycle: Cycle,
) -> Checked:
    """Return typed tables and findings of all usable workbooks.

    `entries` holds the raw rows of every sheet with unit, file, sheet and row; `found` the reader's
    findings about cells. Tables: reported, unplanned, claims, cchc, obstacles, proposals, general.
    """
    lists = registers.lists()
    typed = {sheet.key: _typed(sheet.key, entries, lists, found) for sheet in layout("unit").tables}
    reported, findings = _check_tasks(typed["tasks"], entries["tasks"], issued, day)
    checks = {
        "unplanned": _check_unplanned(typed["unplanned"], entries["unplanned"], issued, cycle, day),
        "claims": _check_claims(typed["claims"], issued),
        "cchc": _check_cchc(typed["cchc"], registers, day),
    }
    tables = {key: table.table for key, table in typed.items()}
    tables |= {key: table for key, (table, _) in checks.items()} | {"reported": reported}
    for key, sheet in typed.items():
        findings = findings + sheet.findings + (checks[key][1] if key in checks else [])
    return Checked({key: _with_fault(table, found + findings) for key, table in tables.items()}, findings)


def _typed(key: str, entries: Mapping[str, list[dict]], lists: Lists, found: list[dict]) -> Typed:
    return type_table(layout("unit")[key], entries[key], lists, found)


def _check_tasks(typed: Typed, raw: list[dict], issued: Issued, day: Day) -> tuple[pd.DataFrame, list[dict]]:
    """Return one row for every issued line of the units that reported, and the findings."""
    rows = [{**row, "shown": _shown(source)} for row, source in zip(records(typed.table), raw, strict=True)]
    findings, answers, returned = [], [], by_unit(rows)
    for unit, lines in issued.rows.items():
        given = {issued_key(line): line for line in lines}
        found = match(unit, given, returned[unit], issued.owners)
        findings += found.findings
        answers += [_answer(issued.keys[key], found.rows.get(key)) for key in given]
    held = [{**row, **row["line"]} for row in answers if row["file"]]
    findings += apply_rules(TASK_RULES, held, day, typed.faulted)
    removed = {(row["unit"], row["value"]): row["code"] for row in findings if row["code"] == "K506"}
    columns = (*REPORTED, *RAW, *PLACE, "fault")
    for row in answers:
        row["fault"] = removed.get((row["unit"], show_key(key_of(row))), "")
    return frame(answers, columns), findings


def _shown(raw: dict) -> dict[str, str]:
    """Return every cell of a row as its sender sees it."""
    return {key: show(value).strip() for key, value in raw.items() if key not in PLACE}


def _answer(line: dict, row: dict | None) -> dict:
    """Return what was reported about one issued line; blank where its row is gone."""
    place = {name: row[name] for name in PLACE} if row else {"unit": line["unit"], "file": "", "sheet": "", "row": None}
    typed = {key: row[key] if row else None for key in TYPED_BY_HAND}
    shown = {f"{key}_raw": row["shown"].get(key, "") if row else "" for key in TYPED_BY_HAND}
    words = {key: row[key] if row else "" for key in ("evidence", "note")}
    held_against = {key: line[key] for key in ("assigned", "assigned_on", "due")}
    return {"task_id": line["task_id"], "person": line["person"], **typed, **words, **shown, **place, "line": held_against}


def _check_unplanned(
    typed: Typed, raw: list[dict], issued: Issued, cycle: Cycle, day: Day
) -> tuple[pd.DataFrame, list[dict]]:
    """Return the unplanned and taken-over lines with ids unique in the year, and the findings."""
    rows = [
        {**row, **{f"{key}_raw": _shown(source).get(key, "") for key in TYPED_BY_HAND}}
        for row, source in zip(records(typed.table), raw, strict=True)
    ]
    findings = apply_rules(UNPLANNED_RULES, rows, day, typed.faulted)
    for row in rows:
        row["task_id"] = unplanned_id(row["unit"], row["task_id"], row["row"], cycle)
        if row["kind"] == "nhận thay" and cell_of(row, "from_task") not in typed.faulted:
            giver = resolve(row["from_task"], issued.keys)
            row["from_task"] = show_key(giver) if giver else row["from_task"]
            findings += _check_giver(row, issued.keys.get(giver))
    return frame(rows, (*typed.table.columns, *RAW)), findings


def unplanned_id(unit: str, number: str, row: int, cycle: Cycle) -> str:
    """Return the id a line of «Phát sinh» keeps for ever: KT-PS01-2611K1."""
    number = number.replace("-", "") or f"D{row}"
    return f"{unit}-{number}-{cycle.year % 100:02d}{cycle.month:02d}K{cycle.half}"


def resolve(text: str, keys: Mapping[Key, dict]) -> Key | None:
    """Return the one issued line «KT-07» or «KT-07/CB012» names, else None."""
    task_id, _, person = text.partition("/")
    named = [key for key in keys if key[0] == task_id and (not person or key[1] == person)]
    return named[0] if len(named) == 1 else None


def _check_giver(row: dict, giver: dict | None) -> list[dict]:
    place = {name: row[name] for name in PLACE}
    if giver is None:
        return [finding("K411", **place, field="from_task", value=row["from_task"])]
    quantity = row["assigned"]
    if quantity is not None and quantity > giver["assigned"]:
        return [finding("K417", **place, field="assigned", value=show(quantity), fact=show(giver["assigned"]))]
    return []


def _check_claims(typed: Typed, issued: Issued) -> tuple[pd.DataFrame, list[dict]]:
    """Return the claims with the person of the line they name, and the findings."""
    rows, findings = [], []
    for row in records(typed.table):
        own = {key: line for key, line in issued.keys.items() if line["unit"] == row["unit"]}
        key = resolve(row["task_id"], own)
        if key is None and row["task_id"]:
            place = {name: row[name] for name in PLACE}
            findings.append(finding("K412", **place, field="task_id", value=row["task_id"]))
        task_id, person = key or (row["task_id"], "")
        rows.append({**row, "task_id": task_id, "person": person})
    return frame(rows, (*typed.table.columns, "person")), findings


def _check_cchc(typed: Typed, registers: Registers, day: Day) -> tuple[pd.DataFrame, list[dict]]:
    """Return the indicators' figures; rows of an indicator that is on no register are not used."""
    rows = records(typed.table)
    known = [row for row in rows if row["indicator"] in registers.indicators]
    strays = [
        _stray_indicator(row)
        for row in rows
        if row["indicator"] and row["indicator"] not in registers.indicators
    ]
    return frame(known, typed.table.columns), apply_rules(CCHC_RULES, known, day, typed.faulted) + strays


def _stray_indicator(row: dict) -> dict:
    place = {name: row[name] for name in PLACE}
    return finding("K507", **place, field="indicator", value=row["indicator"])


def _with_fault(table: pd.DataFrame, findings: list[dict]) -> pd.DataFrame:
    """Return the table with `fault`: the first error code of each row, "" where there is none."""
    errors: dict[tuple, str] = {}
    for found in findings:
        if found["row"] is not None and is_error(found):
            errors.setdefault((found["file"], found["sheet"], found["row"]), found["code"])
    rows = records(table)
    faults = [row.get("fault") or errors.get((row["file"], row["sheet"], row["row"]), "") for row in rows]
    return table.assign(fault=pd.Series(faults, index=table.index, dtype=object))


def check_ticks(ticks: Mapping[tuple[str, str], bool], unplanned: pd.DataFrame) -> list[dict]:
    """Return K414 and K415: «Kỳ này không phát sinh việc» against the rows; ticks by (unit, file)."""
    sheet = layout("unit")["unplanned"]
    counts = unplanned["file"].value_counts().to_dict()
    findings = []
    for (unit, file), ticked in ticks.items():
        rows = counts.get(file, 0)
        if rows and ticked:
            findings.append(finding("K415", unit=unit, file=file, sheet=sheet.title, fact=str(rows)))
        if not rows and not ticked:
            findings.append(finding("K414", unit=unit, file=file, sheet=sheet.title, value=sheet.tick))
    return findings


