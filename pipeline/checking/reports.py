"""All usable reports of a cycle checked in one pass, every sheet typed once for all units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from pipeline.checking.beside import (
    check_claims,
    check_indicators,
    check_obstacles,
    check_proposals,
)
from pipeline.checking.cells import Typed, cell_of, type_workbook
from pipeline.checking.issued import (
    Issued,
    Key,
    as_sent,
    at_cell,
    by_address,
    grouped,
    issued_key,
    key_of,
    match,
    resolve,
    show_key,
    with_sent,
)
from pipeline.checking.rows import TASK_RULES, UNPLANNED_RULES, Day, apply_rules
from pipeline.checking.scores import check_scores
from pipeline.model.calendar import Cycle
from pipeline.model.findings import REPAIRED, finding, is_error
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.tables import PLACE, frame, records
from pipeline.model.text import show

TYPED_BY_HAND = ("completed", "finished", "rework")
REPORTED = ("task_id", "person", "completed", "finished", "rework", "evidence", "note")
BY_UNIT = (*TYPED_BY_HAND, "evidence", "note")
HELD_AGAINST = ("assigned", "assigned_issued", "assigned_on", "withdrawn")
RAW = tuple(f"{key}_raw" for key in TYPED_BY_HAND)


@dataclass(frozen=True)
class Checked:
    """Typed tables by sheet key (with `reported` for the issued lines) and every finding."""

    tables: Mapping[str, pd.DataFrame]
    findings: list[dict]


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
    typed = type_workbook(layout("unit"), entries, registers.lists(), found)
    reported, findings = _check_tasks(typed["tasks"], entries["tasks"], issued, day)
    unplanned = typed["unplanned"], entries["unplanned"]
    scores = entries["general"], issued.scored, registers
    checks = {
        "unplanned": _check_unplanned(*unplanned, issued, registers, cycle, day),
        "claims": check_claims(typed["claims"], entries["claims"], issued),
        "cchc": check_indicators(typed["cchc"], entries["cchc"], registers, issued.rows, day),
        "proposals": check_proposals(typed["proposals"], day),
        "general": (typed["general"].table, check_scores(typed["general"], *scores)),
    }
    own = checks["unplanned"][0]["task_id"]
    checks["obstacles"] = check_obstacles(typed["obstacles"], entries["obstacles"], issued, own)
    tables = {key: table.table for key, table in typed.items()}
    tables |= {key: table for key, (table, _) in checks.items()} | {"reported": reported}
    for key, sheet in typed.items():
        about_rows = checks[key][1] if key in checks else []
        findings = findings + _unasked(sheet.findings, about_rows) + about_rows
    errors = _first_errors(found + findings)
    return Checked({key: _with_fault(table, errors) for key, table in tables.items()}, findings)


def _unasked(typed: list[dict], about_rows: list[dict]) -> list[dict]:
    """Return what typing found, without the repairs of cells a rule asks back about."""
    asked = {cell_of(row) for row in about_rows if row["code"].startswith("K3")}
    return [row for row in typed if row["code"] != REPAIRED or cell_of(row) not in asked]


def _check_tasks(
    typed: Typed, raw: list[dict], issued: Issued, day: Day
) -> tuple[pd.DataFrame, list[dict]]:
    """Return one row for every issued line of the units that reported, and the findings."""
    rows = with_sent(typed, raw)
    findings, answers, returned = [], [], grouped(rows, "unit")
    for unit, lines in issued.rows.items():
        given = {issued_key(line): line for line in lines}
        # What the office has since taken out of its table is no fault of the unit's report.
        kept = {key: line for key, line in given.items() if key in issued.keys}
        named = by_address(returned[unit], given)
        asked = [r for r in named if key_of(r) in kept or key_of(r) not in given]
        found = match(unit, kept, asked, issued.owners)
        findings += found.findings
        own = [key for key, line in issued.keys.items() if line["unit"] == unit]
        dues = {key: issued.due(issued.keys[key], day.last_day) for key in own}
        answers += [_answer(issued.keys[k], found.rows.get(k), due) for k, due in dues.items()]
    held = [{**row, **row["line"]} for row in answers if row["file"]]
    broken = {file for file, _, _, field in typed.faulted if field in BY_UNIT}
    filled = broken | {r["file"] for r in rows if any(as_sent(r["sent"], key) for key in BY_UNIT)}
    findings += _root_cause(apply_rules(TASK_RULES, held, day, typed.faulted), filled)
    removed = {
        (row["unit"], row["value"]): row["code"] for row in findings if row["code"] == "K506"
    }
    columns = (*REPORTED, *RAW, *PLACE, "fault")
    for row in answers:
        row["fault"] = removed.get((row["unit"], show_key(key_of(row))), "")
    return frame(answers, columns), findings


def _root_cause(findings: list[dict], filled: set[str]) -> list[dict]:
    """Return the findings with one K418 in place of every K407 of a file nobody has filled in."""
    blank = grouped([row for row in findings if row["code"] == "K407"], "file")
    empty = {file: due for file, due in blank.items() if len(due) > 1 and file not in filled}
    kept = [row for row in findings if row["code"] != "K407" or row["file"] not in empty]
    return kept + [
        finding("K418", **{name: due[0][name] for name in PLACE[:3]}, fact=str(len(due)))
        for due in empty.values()
    ]


def _answer(line: dict, row: dict | None, due: date | None) -> dict:
    """Return what was reported about one issued line; blank where its row is gone."""
    place = (
        {name: row[name] for name in PLACE}
        if row
        else {"unit": line["unit"], "file": "", "sheet": "", "row": None}
    )
    typed = {key: row[key] if row else None for key in TYPED_BY_HAND}
    shown = {f"{key}_raw": as_sent(row["sent"], key) if row else "" for key in TYPED_BY_HAND}
    words = {key: row[key] if row else "" for key in ("evidence", "note")}
    held_against = {key: line.get(key) for key in HELD_AGAINST}
    held_against |= {"due": due}
    return {
        "task_id": line["task_id"],
        "person": line["person"],
        **typed,
        **words,
        **shown,
        **place,
        "line": held_against,
    }


def _check_unplanned(
    typed: Typed,
    raw: list[dict],
    issued: Issued,
    registers: Registers,
    cycle: Cycle,
    day: Day,
) -> tuple[pd.DataFrame, list[dict]]:
    """Return the unplanned and taken-over lines with ids unique in the year, and the findings."""
    rows = [
        {**row, **{f"{key}_raw": as_sent(source, key) for key in (*TYPED_BY_HAND, "from_task")}}
        for row, source in zip(records(typed.table), raw, strict=True)
    ]
    weighed = [{**row, "coefficient": _coefficient(row, registers)} for row in rows]
    findings = apply_rules(UNPLANNED_RULES, weighed, day, typed.faulted)
    findings += _name_unplanned(rows, cycle)
    taken: dict[Key, Decimal] = {}
    for row in rows:
        if row["kind"] == "nhận thay" and cell_of(row, "from_task") not in typed.faulted:
            giver = resolve(row["from_task"], issued.keys)
            findings += _check_giver(row, issued.keys.get(giver), taken)
            row["from_task"] = show_key(giver) if giver else row["from_task"]
    return frame(rows, (*typed.table.columns, *RAW)), findings


def _coefficient(row: dict, registers: Registers) -> Decimal | None:
    return registers.products.get(row["product"], {}).get("coefficient")


def _name_unplanned(rows: list[dict], cycle: Cycle) -> list[dict]:
    """Give every line of «Phát sinh» its lasting id; return K408 where one stands twice."""
    first: dict[Key, dict] = {}
    findings = []
    for row in rows:
        number = row["task_id"]
        task_id = unplanned_id(row["unit"], number, row["row"], cycle)
        other = first.setdefault((task_id, row["person"]), row)
        row["task_id"] = task_id
        if other is not row:
            row["task_id"] = unplanned_id(row["unit"], "", row["row"], cycle)
            findings.append(at_cell("K408", row, "task_id", number, str(other["row"])))
    return findings


def unplanned_id(unit: str, number: str, row: int, cycle: Cycle) -> str:
    """Return the id a line of «Phát sinh» keeps for ever: KT-PS01-2611K1."""
    number = number.replace("-", "") or f"D{row}"
    return f"{unit}-{number}-{cycle.year % 100:02d}{cycle.month:02d}K{cycle.half}"


def _check_giver(row: dict, giver: dict | None, taken: dict[Key, Decimal]) -> list[dict]:
    """Return K411, K417 or K420; `taken` adds up what has been taken over from each giver."""
    if giver is None:
        return [at_cell("K411", row, "from_task", row["from_task_raw"])]
    own = row["person"] and key_of(giver)[1] == row["person"]
    found = [at_cell("K420", row, "from_task", row["from_task_raw"])] if own else []
    if row["assigned"] is None:
        return found
    key, given = key_of(giver), giver["assigned"]
    taken[key] = taken.get(key, Decimal(0)) + row["assigned"]
    if taken[key] > given:
        found.append(at_cell("K417", row, "assigned", show(taken[key]), show(given)))
        taken[key] -= row["assigned"]
        row["assigned"] = None  # not known: the giver keeps its own until this is put right
    return found


def _first_errors(findings: list[dict]) -> dict[tuple, str]:
    """Return (file, sheet, row) → the code of the first error about it."""
    errors: dict[tuple, str] = {}
    for found in findings:
        if found["row"] is not None and is_error(found):
            errors.setdefault((found["file"], found["sheet"], found["row"]), found["code"])
    return errors


def _with_fault(table: pd.DataFrame, errors: Mapping[tuple, str]) -> pd.DataFrame:
    """Return the table with `fault`: the first error code of each row, "" where there is none."""
    rows = records(table)
    faults = [
        row.get("fault") or errors.get((row["file"], row["sheet"], row["row"]), "") for row in rows
    ]
    return table.assign(fault=pd.Series(faults, index=table.index, dtype=object))


def check_ticks(ticks: Mapping[tuple[str, str], bool], unplanned: pd.DataFrame) -> list[dict]:
    """Return K414 and K415: «không phát sinh việc» against the rows; ticks by (unit, file)."""
    sheet = layout("unit")["unplanned"]
    counts = unplanned["file"].value_counts().to_dict()
    findings = []
    for (unit, file), ticked in ticks.items():
        rows = counts.get(file, 0)
        if rows and ticked:
            findings.append(
                finding("K415", unit=unit, file=file, sheet=sheet.title, fact=str(rows))
            )
        if not rows and not ticked:
            findings.append(
                finding("K414", unit=unit, file=file, sheet=sheet.title, value=sheet.tick)
            )
    return findings
