"""Cells that show a unit something else than they keep: words, roundings, crossed-out signs."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal

from pipeline.model.findings import finding
from pipeline.model.layout import Sheet
from pipeline.model.text import show
from pipeline.reading.arithmetic import as_decimal
from pipeline.reading.formats import shown_as
from pipeline.reading.headings import Grid, Headings
from pipeline.reading.limits import check_faults
from pipeline.reading.row import Row, is_blank
from pipeline.reading.scan import OTHERWISE, PICTURE, STRUCK, VOLATILE, Fault, Place, Scan

FIGURES = ("decimal", "count")
BY_RULE = " (định dạng có điều kiện)"
ROUNDED = "K320"
PICTURED = re.compile(r"\s*=?\s*(?:_xlfn\.)?DISPIMG\s*\(.*", re.DOTALL | re.IGNORECASE)
DURATION = re.compile(r"PT(\d{1,6})H(\d{1,2})M[\d.,]{1,12}S")  # as .ods keeps it
SPANS = (time, timedelta)


def masked(grid: Grid, scan: Scan, headings: Headings, sheet: Sheet) -> dict[Place, Fault]:
    """Return the filled cells that show another figure or day than they keep, or may tomorrow."""
    found: dict[Place, Fault] = {}
    kinds = _asked(headings, sheet, (*FIGURES, "date"))
    for place, fault in _faults(grid, scan, headings):
        if place[1] in kinds and place[0] > headings.row:
            found.setdefault(place, fault)
            check_faults(len(found))
    return found


def pictured(grid: Grid, headings: Headings, sheet: Sheet) -> dict[Place, Fault]:
    """Return the cells for words that hold a picture, as WPS writes it."""
    columns = _asked(headings, sheet, ("text",))
    found: dict[Place, Fault] = {}
    for number, cells in enumerate(grid[headings.row :], headings.row + 1):
        for at in columns:
            cell = cells[at - 1] if at <= len(cells) else None
            if isinstance(cell, str) and PICTURED.fullmatch(cell):
                found[number, at] = Fault(PICTURE, cell.strip())
                check_faults(len(found))
    return found


def _asked(headings: Headings, sheet: Sheet, kinds: tuple[str, ...]) -> dict[int, str]:
    """Return the fields of a kind that a unit or the group fills in, by column from 1."""
    fields = ((at + 1, sheet[key]) for key, at in headings.first.items())
    return {at: one.key for at, one in fields if one.by in ("unit", "group") and one.type in kinds}


def _faults(grid: Grid, scan: Scan, headings: Headings) -> Iterator[tuple[Place, Fault]]:
    cells = scan.cells
    for place in cells.volatile:
        if (value := _value(grid, place)) is not None:
            yield place, Fault(VOLATILE, show(value))
    for place in cells.struck:
        if (value := _value(grid, place)) is not None:
            yield place, Fault(STRUCK, show(value))
    for place, code in cells.formats.items():
        yield from _otherwise(grid, place, code, "")
    for block, code in cells.ruled:
        for row in range(max(block.top, headings.row + 1), min(block.bottom, len(grid)) + 1):
            for at in headings.first.values():
                if block.left <= at + 1 <= block.right:
                    yield from _otherwise(grid, (row, at + 1), code, BY_RULE)


def _otherwise(grid: Grid, place: Place, code: str, why: str) -> Iterator[tuple[Place, Fault]]:
    figure = as_decimal(_value(grid, place))
    if figure is not None:
        shown, is_rounded = shown_as(figure, code)
        if shown and not is_rounded:
            yield place, Fault(OTHERWISE, f"{shown}{why}", show(figure))


def _value(grid: Grid, place: Place) -> object:
    """Return what stands in a cell, None for nothing."""
    row, column = place
    if row > len(grid) or column > len(grid[row - 1]) or is_blank(grid[row - 1][column - 1]):
        return None
    return grid[row - 1][column - 1]


def rounded(
    used: list[Row], headings: Headings, sheet: Sheet, scan: Scan, place: dict
) -> list[dict]:
    """Return K320 for quantities that show fewer digits than they keep: all of them are counted."""
    looked_at = scan.cells.formats.keys() | scan.cells.rounded.keys()
    kinds = _asked(headings, sheet, FIGURES) if looked_at else {}
    return [
        finding(ROUNDED, **place, row=row.number, field=key, value=shown, fact=show(figure))
        for row in used
        for at, key in kinds.items()
        if (row.number, at) in looked_at
        if (figure := as_decimal(row.values.get(key))) is not None
        if (shown := _rounding(figure, (row.number, at), scan))
    ]


def _rounding(figure: Decimal, at: Place, scan: Scan) -> str:
    """Return what a cell shows of a figure that it rounds, "" where it does not."""
    if at not in scan.cells.formats:
        return scan.cells.rounded[at]
    shown, is_rounded = shown_as(figure, scan.cells.formats[at])
    return shown if is_rounded else ""


def percents(row: Row, sheet: Sheet, headings: Headings, scan: Scan) -> dict[str, str]:
    """Return the figures a unit or the group sees in percent, as they are seen: «50 %», not 0,5.

    Who types 50 % into a cell, or 50 into a cell of that format, has half of one stored.
    """
    seen = {}
    if not scan.cells.percents:
        return seen
    for key, at in headings.first.items():
        figure = as_decimal(row.values.get(key))
        asked = sheet[key].by in ("unit", "group") and sheet[key].type in ("decimal", "count")
        if asked and figure and (row.number, at + 1) in scan.cells.percents:
            seen[key] = f"{show(figure * 100)} %"
    return seen


def in_words(row: Row) -> dict[str, str]:
    """Return the hours and the times that passed among a row's values as people say them."""
    return {
        key: _said(value)
        for key, value in row.values.items()
        if (DURATION.fullmatch(value) if isinstance(value, str) else isinstance(value, SPANS))
    }


def _said(span: str | time | timedelta) -> str:
    if isinstance(span, time):
        return f"{span.hour} giờ {span.minute:02d}"
    if isinstance(span, str):
        hours, minutes = map(int, DURATION.fullmatch(span).groups())
        span = timedelta(hours=hours, minutes=minutes)
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    return f"{hours} giờ {minutes:02d}"
