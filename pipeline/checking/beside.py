"""The sheets beside «Nhiệm vụ»: claims, indicators, obstacles, proposals."""

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from pipeline.checking.cells import Typed
from pipeline.checking.issued import Issued, at_cell, grouped, resolve
from pipeline.checking.rows import CCHC_RULES, PROPOSAL_RULES, Day, apply_rules
from pipeline.model.findings import finding
from pipeline.model.registers import Registers
from pipeline.model.tables import frame, records
from pipeline.model.text import show

Outcome = tuple[pd.DataFrame, list[dict]]


def check_claims(typed: Typed, raw: list[dict], issued: Issued) -> Outcome:
    """Return the claims with the person of the line they name, and K412, K421."""
    rows, findings, first = [], [], {}
    for row, source in zip(records(typed.table), raw, strict=True):
        own = {key: line for key, line in issued.keys.items() if line["unit"] == row["unit"]}
        key = resolve(row["task_id"], own)
        if key is None and row["task_id"]:
            findings.append(at_cell("K412", row, "task_id", _typed_as(source)))
        other = first.setdefault((key, row["aspect"]), row) if key and row["aspect"] else row
        if other is not row:
            findings.append(at_cell("K421", row, "task_id", _typed_as(source), str(other["row"])))
        task_id, person = key or (row["task_id"], "")
        rows.append({**row, "task_id": task_id, "person": person})
    return frame(rows, (*typed.table.columns, "person")), findings


def _typed_as(source: dict) -> str:
    return show(source["task_id"]).strip()


def check_indicators(
    typed: Typed, raw: list[dict], registers: Registers, units: Collection[str], day: Day
) -> Outcome:
    """Return the figures of the units' own indicators, and what is wrong with them.

    Rows of an indicator that is on no register, or another unit's, are not used. `units` are those
    that reported.
    """
    rows = records(typed.table)
    owners = {code: indicator["unit"] for code, indicator in registers.indicators.items()}
    known = [
        {**row, **_asked(registers.indicators[row["indicator"]]), "value_raw": show(sent["value"])}
        for row, sent in zip(rows, raw, strict=True)
        if owners.get(row["indicator"]) == row["unit"]
    ]
    findings = [
        _stray_indicator(row, owners)
        for row in rows
        if row["indicator"] and owners.get(row["indicator"]) != row["unit"]
    ]
    findings += apply_rules(CCHC_RULES, known, day, typed.faulted)
    findings += _given_twice(known) + _removed(rows, registers, units)
    return frame(known, typed.table.columns), findings


def _asked(indicator: Mapping[str, object]) -> dict:
    """Return in what an indicator is measured, and whether it is one figure over another."""
    ratio = bool(indicator["numerator"] or indicator["denominator"])
    return {"measure": indicator["measure"], "is_ratio": ratio}


def _stray_indicator(row: dict, owners: dict[str, str]) -> dict:
    """Return K508 or K509: an indicator of no register, or of another unit."""
    owner = owners.get(row["indicator"], "")
    code = "K509" if owner else "K508"
    return at_cell(code, row, "indicator", row["indicator"], owner)


def _given_twice(rows: list[dict]) -> list[dict]:
    """Return K425: the later row of an indicator is the one that is used."""
    first: dict[tuple, dict] = {}
    found = []
    for row in rows:
        other = first.setdefault((row["unit"], row["indicator"]), row)
        if other is not row:
            found.append(at_cell("K425", row, "indicator", row["indicator"], str(other["row"])))
    return found


def _removed(rows: list[dict], registers: Registers, units: Collection[str]) -> list[dict]:
    """Return K510: an indicator that was issued and has no row; a lost sheet is told as such."""
    returned = grouped(rows, "unit")
    return [
        finding("K510", unit=unit, **{k: sent[0][k] for k in ("file", "sheet")}, value=row["code"])
        for unit in units
        if (sent := returned.get(unit)) and registers.units[unit].get("reports_cchc") == "có"
        for row in registers.indicators_of(unit)
        if row["code"] not in {line["indicator"] for line in sent}
    ]


def check_obstacles(
    typed: Typed, raw: list[dict], issued: Issued, unplanned: Iterable[str]
) -> Outcome:
    """Return the obstacles with the task they name, and K422 where they name none.

    `unplanned` are the ids of the lines of «Phát sinh»; their sender writes «PS-01».
    """
    rows, findings, added = [], [], list(unplanned)
    for row, source in zip(records(typed.table), raw, strict=True):
        task_id = _named_task(row, issued, added)
        if not task_id and row["task_id"]:
            findings.append(at_cell("K422", row, "task_id", _typed_as(source)))
        rows.append({**row, "task_id": task_id or row["task_id"]})
    return frame(rows, typed.table.columns), findings


def _named_task(row: dict, issued: Issued, unplanned: list[str]) -> str:
    """Return the task an obstacle is about: «KT-07», «KT-07/CB012», or «PS-01» of its own unit."""
    text = row["task_id"]
    if text in issued.owners or text in unplanned:
        return text
    if key := resolve(text, issued.keys):
        return key[0]
    short = f"{row['unit']}-{text.replace('-', '')}-"
    return next((task_id for task_id in unplanned if task_id.startswith(short)), "")


def check_proposals(typed: Typed, day: Day) -> Outcome:
    """Return the proposals, and K426."""
    rows = records(typed.table)
    return typed.table, apply_rules(PROPOSAL_RULES, rows, day, typed.faulted)
