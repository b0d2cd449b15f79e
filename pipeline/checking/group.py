"""The other sheets of the working group's workbook: reasons, entries, rows that fit nothing."""

from collections import Counter
from collections.abc import Collection, Mapping

import pandas as pd

from pipeline.checking.cells import Typed
from pipeline.checking.issued import key_of, show_key
from pipeline.checking.rows import (
    Day,
    Rule,
    apply_rules,
    finished_after_last_day,
    finished_before_assigned,
    has_date_without_quantity,
    has_quantity_without_date,
)
from pipeline.model.criteria import general_criteria
from pipeline.model.findings import finding, finding_at
from pipeline.model.layout import Sheet, layout
from pipeline.model.tables import SILENT, SUBSTITUTED, records
from pipeline.model.text import show

ENTRY_RULES = (
    Rule("K401", "finished", ("completed", "finished"), has_quantity_without_date),
    Rule("K402", "finished", ("completed", "finished"), has_date_without_quantity),
    Rule("K404", "finished", ("finished",), finished_before_assigned),
    Rule("K405", "finished", ("finished",), finished_after_last_day),
)
WANTED = {  # what a row the group began must have; the first of them is what it is about
    "substitutes": ("completed", "reason"),
    "general": ("score", "reason"),
    "leader_criteria": ("value", "reason"),
    "exemptions": ("granted",),
}


def check_group(typed: Mapping[str, Typed], assignments: pd.DataFrame, day: Day) -> list[dict]:
    """Return K304, K401 … K405 and K739: what the group typed that cannot be applied as it is."""
    found = _check_entries(typed["substitutes"], assignments, day)
    found += _above_most(typed["general"])
    for key, wanted in WANTED.items():
        sheet, faulted = layout("verification")[key], typed[key].faulted
        rows = [row for row in records(typed[key].table) if is_filled(row, sheet)]
        found += [
            finding_at("K739", row, name, _named(row, sheet), f"«{sheet[name].heading}»")
            for row in rows
            for name in wanted
            if _lacks(row, name, wanted[0])
            and not any(cell[:3] == (row["file"], row["sheet"], row["row"]) for cell in faulted)
        ]
    return found


def _lacks(row: Mapping, name: str, figure: str) -> bool:
    """Say whether a figure is missing, or the reason for a figure that is there."""
    blank = row[name] in (None, "")
    return blank and (name == figure or row[figure] not in (None, ""))


def is_filled(row: Mapping, sheet: Sheet) -> bool:
    """Say whether the group has typed something beside what the row is known by."""
    own = (f.key for f in sheet.field if f.by == "group" and f.key not in sheet.rows_by)
    return any(row[key] not in (None, "") for key in own)


def _check_entries(entries: Typed, assignments: pd.DataFrame, day: Day) -> list[dict]:
    """Return what units' own reports are asked too, of the figures entered for them."""
    since = _by_key(assignments, "assigned_on")
    rows = [
        row | {"unit": "", "assigned_on": since.get(key_of(row))} for row in records(entries.table)
    ]
    return apply_rules(ENTRY_RULES, rows, day, entries.faulted)


def check_measures(measures: pd.DataFrame, indicators: Collection[str]) -> list[dict]:
    """Return K746: a measure of the group about an indicator that is on no register."""
    named = [row for row in records(measures) if row["indicator"]]
    strays = [row for row in named if row["indicator"] not in indicators]
    return [finding_at("K746", row, "indicator", row["indicator"]) for row in strays]


def _above_most(scores: Typed) -> list[dict]:
    """Return K304 for scores above their own criterion's maximum, where the field's is higher."""
    limits = {code: most for code, (_, _, most) in general_criteria().items()}
    top = layout("verification")["general"]["score"].max
    return [
        finding_at("K304", row, "score", show(row["score"]), show(limits[row["criterion"]]))
        for row in records(scores.table)
        if row["score"] is not None and limits.get(row["criterion"], top) < row["score"] <= top
    ]


def check_places(
    tables: Mapping[str, pd.DataFrame], results: Mapping[str, pd.DataFrame], sent: Collection[str]
) -> list[dict]:
    """Return K714, K737, K740, K741: what the group typed that fits no row, or only partly.

    `sent` are the units whose own report is in use.
    """
    known = _known(results)
    strays = [
        _stray(row, key, known["verdicts"])
        for key in known
        for row in _strays(tables[key], key, known[key])
    ]
    units = _by_key(results["lines"], "unit")
    own = _filled(tables["substitutes"], "substitutes")
    late = [row for row in own if units.get(key_of(row)) in sent]
    told = [finding_at("K740", row, "task_id", show_key(key_of(row))) for row in late]
    return strays + told + _partly(results["lines"])


def _known(results: Mapping[str, pd.DataFrame]) -> dict[str, set[tuple] | None]:
    """Return by sheet the keys its rows may have; None where any will do."""
    book = layout("verification")
    by = {sheet.key: sheet.rows_by for sheet in book.tables if sheet.rows_by}
    there = {"verdicts": "lines", "exemptions": "claims", "substitutes": "lines"}
    there |= {"inspections": "lines"}
    keys = {key: _keys(results[there.get(key, key)], by[key]) for key in by}
    lines = keys["verdicts"]
    keys["exemptions"] = {key for key in keys["exemptions"] if key[:2] in lines}
    return keys | {"rewards": None}


def _by_key(lines: pd.DataFrame, name: str) -> dict[tuple, object]:
    """Return one column of lines by task id and person."""
    return dict(zip(zip(lines["task_id"], lines["person"], strict=True), lines[name], strict=True))


def _keys(table: pd.DataFrame, names: Collection[str]) -> set[tuple]:
    return set(zip(*(table[name] for name in names), strict=True))


def _filled(table: pd.DataFrame, key: str) -> list[dict]:
    sheet = layout("verification")[key]
    return [row for row in records(table) if is_filled(row, sheet)]


def _strays(table: pd.DataFrame, key: str, known: Collection[tuple] | None) -> list[dict]:
    """Return filled rows of a key that is not there, or that stands above already."""
    found, seen = [], set()
    for row in _filled(table, key):
        name = tuple(row[field] for field in layout("verification")[key].rows_by)
        if name in seen or (known is not None and name not in known):
            found.append(row)
        seen.add(name)
    return found


def _stray(row: Mapping, key: str, lines: Collection[tuple]) -> dict:
    """Return K737 for an exemption of no line of the cycle, K714 for all else that fits nothing."""
    sheet = layout("verification")[key]
    if key == "exemptions" and key_of(row) not in lines:
        return finding_at("K737", row, "task_id", show_key(key_of(row)))
    return finding_at("K714", row, sheet.rows_by[0], _named(row, sheet))


def _partly(lines: pd.DataFrame) -> list[dict]:
    """Return K741 for units of which the group has entered some lines due, but not all."""
    silent = Counter(lines.loc[lines["standing"] == SILENT, "unit"])
    entered = records(lines.loc[lines["source"] == SUBSTITUTED, ["unit", "file", "sheet"]])
    begun = {row["unit"]: row for row in entered if silent[row["unit"]]}
    return [
        finding("K741", file=row["file"], sheet=row["sheet"], value=unit, fact=str(silent[unit]))
        for unit, row in begun.items()
    ]


def _named(row: Mapping, sheet: Sheet) -> str:
    return "/".join(str(row[name]) for name in sheet.rows_by if row[name])
