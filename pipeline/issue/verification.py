"""The working group's workbook, drafted on every run; what the group typed is kept by key."""

from collections.abc import Mapping, Sequence

from pipeline.issue.assignments import Rows, as_rows
from pipeline.model.layout import Sheet, layout
from pipeline.model.registers import label
from pipeline.model.tables import NOT_SENT
from pipeline.model.text import fold_code, show
from pipeline.tools.workbook import write_workbook

DRAFTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    # sheet: (table of the result, what stands under another name there)
    "verdicts": ("lines", {"completed": "completed_reported", "rework": "rework_reported"}),
    "exemptions": ("claims", {"document_claimed": "document"}),
    "agenda": ("agenda", {}),
    "substitutes": ("lines", {}),
    "inspections": ("inspections", {}),
    "rewards": ("rewards", {}),
    "general": ("general", {}),
    "leader_criteria": ("leader_criteria", {}),
}
OF_MONTH = ("general", "leader_criteria")


def verification_workbook(
    results: Mapping[str, Rows],
    typed: Mapping[str, Rows],
    lists: Mapping[str, Sequence[str]],
    *,
    month: bool,
) -> bytes:
    """Return tham-dinh.xlsx drafted from a result's tables; what the group typed is kept by key.

    `typed` may hold the cells as they were read, so that nothing mistyped is lost either; rows
    whose key is gone stand at the end. The month's own sheets are there when it is one.
    """
    sheets = layout("verification")
    tables = {sheet.key: _rows(sheet, results, typed) for sheet in sheets.tables}
    shown = {key: rows for key, rows in tables.items() if month or rows or key not in OF_MONTH}
    return write_workbook(sheets, shown, lists=lists, form=True)


def _rows(sheet: Sheet, results: Mapping[str, Rows], typed: Mapping[str, Rows]) -> list[dict]:
    kept = [row for row in as_rows(typed.get(sheet.key)) if _is_typed(row, sheet)]
    if sheet.key not in DRAFTS:
        return kept
    source, renamed = DRAFTS[sheet.key]
    rows = _unheard(results) if sheet.key == "substitutes" else as_rows(results.get(source))
    return _with_typed(sheet, [_drafted(sheet, row, renamed) for row in rows], kept)


def _unheard(results: Mapping[str, Rows]) -> list[dict]:
    """Return the lines of the units that have sent nothing."""
    units = as_rows(results.get("units"))
    silent = {unit["unit"] for unit in units if unit["status"] == NOT_SENT}
    lines = as_rows(results.get("lines")) if silent else []
    return [line for line in lines if line["unit"] in silent]


def _drafted(sheet: Sheet, row: dict, renamed: Mapping[str, str]) -> dict:
    """Return the cells of a row that the group does not fill in."""
    issued = [f for f in sheet.field if f.by == "issued" or f.key in sheet.rows_by]
    cells = {field.key: row.get(renamed.get(field.key, field.key)) for field in issued}
    listed = {f.key for f in issued if isinstance(f.choices, str)}
    return cells | {key: label({"code": cells[key], "name": row["name"]}) for key in listed}


def _is_typed(row: Mapping[str, object], sheet: Sheet) -> bool:
    """Say whether the group has typed something in a row, or has made the row itself."""
    issued = [field.key for field in sheet.field if field.by == "issued"]
    return _has(row, _own(sheet)) or not _has(row, issued)


def _has(row: Mapping[str, object], names: Sequence[str]) -> bool:
    return any(row.get(name) not in (None, "") for name in names)


def _own(sheet: Sheet) -> list[str]:
    """Return the fields the group fills in, without those a row is known by."""
    return [f.key for f in sheet.field if f.by == "group" and f.key not in sheet.rows_by]


def _with_typed(sheet: Sheet, drafted: list[dict], typed: list[dict]) -> list[dict]:
    """Return the drafted rows with what the group typed, then typed rows that fit none of them."""
    kept: dict[tuple, list[dict]] = {}
    for row in typed:
        kept.setdefault(_key(row, sheet), []).append(row)
    rows = []
    for row in drafted:
        waiting = kept.get(_key(row, sheet))
        words = waiting.pop(0) if waiting else {}
        rows.append(row | {name: words.get(name) for name in _own(sheet)})
    return rows + [row for waiting in kept.values() for row in waiting]


def _key(row: Mapping[str, object], sheet: Sheet) -> tuple[str, ...]:
    """Return what a row is known by, a code without the name shown beside it."""
    return tuple(fold_code(show(row.get(name)).split(" – ")[0]) for name in sheet.rows_by)
