"""The working group's workbook, drafted on every run; what the group typed is kept by key."""

from collections.abc import Mapping

from pipeline.issue.assignments import Rows, as_rows
from pipeline.model.layout import Sheet, layout
from pipeline.model.text import fold_code
from pipeline.tools.workbook import write_workbook

DRAFTS = {
    # sheet: (table of the result, what stands under another name there, key)
    "verdicts": (
        "lines",
        {"completed": "completed_reported", "rework": "rework_reported"},
        ("task_id", "person"),
    ),
    "exemptions": ("claims", {"document_claimed": "document"}, ("task_id", "person", "aspect")),
    "agenda": ("agenda", {}, ("point",)),
}


def verification_workbook(results: Mapping[str, Rows], typed: Mapping[str, Rows]) -> bytes:
    """Return tham-dinh.xlsx drafted from a result's tables; what the group typed is kept by key.

    `typed` may hold the cells as they were read, so that nothing mistyped is lost either; rows
    whose key is gone stand at the end.
    """
    sheets = layout("verification")
    tables = {}
    for sheet in sheets.tables:
        kept = _typed_rows(sheet, typed)
        if sheet.key in DRAFTS:
            source, renamed, key = DRAFTS[sheet.key]
            drafted = _drafted(sheet, as_rows(results.get(source)), renamed)
            kept = _with_typed(sheet, drafted, kept, key)
        tables[sheet.key] = kept
    return write_workbook(sheets, tables, form=True)


def _drafted(sheet: Sheet, rows: list[dict], renamed: Mapping[str, str]) -> list[dict]:
    """Return the issued cells of a sheet from the rows of a result."""
    issued = [field.key for field in sheet.field if field.by == "issued"]
    return [{key: row.get(renamed.get(key, key)) for key in issued} for row in rows]


def _typed_rows(sheet: Sheet, typed: Mapping[str, Rows]) -> list[dict]:
    """Return the rows in which the group has typed something."""
    own = _own(sheet)
    rows = as_rows(typed.get(sheet.key))
    return [row for row in rows if any(row.get(name) not in (None, "") for name in own)]


def _own(sheet: Sheet) -> list[str]:
    return [field.key for field in sheet.field if field.by == "group"]


def _with_typed(
    sheet: Sheet, drafted: list[dict], typed: list[dict], names: tuple[str, ...]
) -> list[dict]:
    """Return the drafted rows with what the group typed, then typed rows that fit none of them."""
    kept: dict[tuple, list[dict]] = {}
    for row in typed:
        kept.setdefault(_key(row, names), []).append(row)
    rows = []
    for row in drafted:
        waiting = kept.get(_key(row, names))
        words = waiting.pop(0) if waiting else {}
        rows.append(row | {name: words.get(name) for name in _own(sheet)})
    return rows + [row for waiting in kept.values() for row in waiting]


def _key(row: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold_code(row.get(name)) for name in names)
