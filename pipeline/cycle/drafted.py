"""Workbooks the program drafts and people fill: read so that a new draft loses nothing."""

from collections.abc import Collection, Mapping
from pathlib import Path

from pipeline import reading
from pipeline.checking.kept import refuse
from pipeline.model.findings import finding, is_error
from pipeline.model.layout import layout
from pipeline.model.limits import OWN, hold
from pipeline.model.text import fold
from pipeline.reading.oddities import NOT_READ

LEFT_OUT = ("total", "section", "set_aside")


def read_drafted(path: Path, book: str, always: Collection[str]) -> reading.Reading:
    """Return a drafted workbook as it stands, nothing before the first draft.

    `always` are the sheets every draft has. Raises ConfigError where sheets or columns are lost; a
    cell that cannot be read is a finding, and the rest is read.
    """
    if not path.is_file():
        return reading.Reading(path.name, None, {}, {}, {}, [], [])
    with hold(OWN):
        raw = reading.read_workbook(path.read_bytes(), path.name, layout(book), frozenset(always))
    whole = [row for row in raw.findings if row["row"] is None]
    refuse([*whole, *_lost_columns(raw, book)], raw.places)
    return raw


def _lost_columns(raw: reading.Reading, book: str) -> list[dict]:
    """Return K203 for columns people fill that are gone or have another heading."""
    titles = {fold(tally["sheet"]): tally["sheet"] for tally in raw.tallies}
    return [
        finding("K203", file=raw.file, sheet=title, field=field.key, value=field.heading)
        for sheet in layout(book).tables
        if (title := titles.get(fold(sheet.title)))
        for field in sheet.field
        if field.by == "group" and (raw.file, title, field.key) not in raw.places
        if not field.required  # said by the reader itself
    ]


def foreign_to(raw: reading.Reading) -> list[dict]:
    """Return K743 where a new draft would lose something.

    That is what is no row of a sheet, a cell without a value (a formula not yet computed, an
    error), and a note on a cell.
    """
    titles = [f"trang «{row['value']}»" for row in raw.findings if _is_unread_sheet(row)]
    left_out = [t["sheet"] for t in raw.tallies if any(t[name] for name in LEFT_OUT)]
    outside = [tally["sheet"] for tally in raw.tallies if tally["outside"]]
    rows = [f"dòng ghi thêm ở trang «{title}»" for title in left_out]
    broken = dict.fromkeys(row["sheet"] for row in raw.findings if _is_unread_cell(row))
    cells = [f"ô phải sửa ở trang «{title}»" for title in broken]
    noted = dict.fromkeys(row["sheet"] for row in raw.findings if row["code"] == "K218")
    columns = [f"cột ghi thêm ở trang «{title}»" for title in outside]
    notes = [f"ghi chú gắn vào ô ở trang «{title}»" for title in noted]
    told = ", ".join([*titles, *rows, *columns, *cells, *notes])
    return [finding("K743", file=raw.file, fact=told)] if told else []


def _is_unread_cell(row: Mapping) -> bool:
    return row["row"] is not None and is_error(row)


def _is_unread_sheet(row: Mapping) -> bool:
    return row["code"] == "K205" or (row["code"] == "K210" and row["fact"] == NOT_READ)
