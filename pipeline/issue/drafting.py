"""Workbooks drafted on every run; what people typed is kept by what its row is known by."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from pipeline.issue.assignments import Rows, as_rows
from pipeline.model.layout import Field, Layout, Sheet
from pipeline.model.registers import label
from pipeline.model.text import fold_code, show

Facts = Mapping[str, Iterable[Mapping[str, object]]]  # sheet → what the program knows of its rows


def drafted_tables(book: Layout, facts: Facts, typed: Mapping[str, Rows]) -> dict[str, list[dict]]:
    """Return the rows of every sheet: drafted from `facts`, with what was typed.

    `typed` may hold the cells as they were read, so that nothing mistyped is lost either; rows
    whose key is gone stand at the end. A sheet without facts has the rows people typed.
    """
    return {sheet.key: _rows(sheet, facts.get(sheet.key, ()), typed) for sheet in book.tables}


def _rows(
    sheet: Sheet, facts: Iterable[Mapping[str, object]], typed: Mapping[str, Rows]
) -> list[dict]:
    own = [f.key for f in sheet.field if f.by == "group" and f.key not in sheet.rows_by]
    kept = _typed(sheet, own, as_rows(typed.get(sheet.key)))
    return _with_typed(sheet, own, _drafted(sheet, facts), kept)


def _drafted(sheet: Sheet, facts: Iterable[Mapping[str, object]]) -> Iterator[dict]:
    """Yield the cells of every row that people do not fill in."""
    issued = [f for f in sheet.field if f.by == "issued" or f.key in sheet.rows_by]
    keys = [field.key for field in issued]
    listed = [field.key for field in issued if isinstance(field.choices, str)]
    for row in facts:
        cells = {key: row.get(key) for key in keys}
        yield cells | {key: label({"code": cells[key], "name": row["name"]}) for key in listed}


def _typed(sheet: Sheet, own: Collection[str], rows: Iterable[dict]) -> Iterator[dict]:
    """Yield the rows in which somebody has typed something, or that somebody has made."""
    issued = {field.key for field in sheet.field if field.by == "issued"} - {*sheet.rows_by}
    return (row for row in rows if _has(row, own) or not _has(row, issued))


def _has(row: Mapping[str, object], names: Collection[str]) -> bool:
    return any(row.get(name) not in (None, "") for name in names)


def _with_typed(
    sheet: Sheet, own: Collection[str], drafted: Iterable[dict], typed: Iterable[dict]
) -> list[dict]:
    """Return the drafted rows with what was typed, then typed rows that fit none of them.

    `own` are the fields people fill in, without those a row is known by.
    """
    kept: dict[tuple, list[dict]] = {}
    for row in typed:
        kept.setdefault(_key(row, sheet), []).append(row)
    rows = []
    for row in drafted:
        waiting = kept.get(_key(row, sheet))
        words = waiting.pop(0) if waiting else {}
        rows.append(row | {name: words.get(name) for name in own})
    return rows + [row for waiting in kept.values() for row in waiting]


def _key(row: Mapping[str, object], sheet: Sheet) -> tuple[str, ...]:
    """Return what a row is known by, a code of a register without the name shown beside it."""
    return tuple(fold_code(_known_by(row.get(name), sheet[name])) for name in sheet.rows_by)


def _known_by(value: object, field: Field) -> str:
    text = show(value)
    return text.split(" – ")[0] if isinstance(field.choices, str) else text
