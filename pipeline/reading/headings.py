"""Where a table begins in a sender's sheet and which column holds which field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.model.findings import finding
from pipeline.model.layout import Field, Sheet
from pipeline.model.text import fold
from pipeline.reading.limits import letters

SEARCHED_ROWS = 40
SUPERSCRIPTS = dict.fromkeys(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹"))
FOOTNOTE = re.compile(r"^\*+\s*|(?:\s*(?:\((?:\*+|\d{1,2})\)|\*+|[:.†‡]))+$")
Grid = list[list[object]]


@dataclass(frozen=True)
class Headings:
    """The heading row counted from 1 and, per field found, its columns counted from 0."""

    row: int
    columns: Mapping[str, list[int]]

    @property
    def first(self) -> dict[str, int]:
        """The column of each field found."""
        return {key: found[0] for key, found in self.columns.items()}


def key_field(sheet: Sheet) -> Field | None:
    """Return the field that says what a row is about: the first required, issued before others."""
    required = [field for field in sheet.field if field.required]
    return next((field for field in required if field.by == "issued"), next(iter(required), None))


def find_headings(grid: Grid, sheet: Sheet) -> Headings | None:
    """Return the row among the first forty that names most of the sheet's fields, or None.

    The headings may stand in two rows, the lower naming what the upper puts under one title.
    """
    names = names_of(sheet)
    best, above = Headings(0, {}), []
    for row, cells in enumerate(grid[:SEARCHED_ROWS], 1):
        for line in (cells, _under(above, cells, names)):
            columns = own_first(name_columns(line, names), line, sheet)
            if len(columns) > len(best.columns):
                best = Headings(row, columns)
        if len(best.columns) == len(sheet.field):
            break
        above = cells
    return best if is_heading(best.columns, sheet) else None


def _under(above: list[object], cells: list[object], names: Mapping[str, str]) -> list[object]:
    """Return two rows as one, the lower going before; nothing where the lower is no heading."""
    words = [cell for cell in cells if cell != ""]
    if not above or not all(isinstance(cell, str) for cell in words):
        return []
    if 2 * len(name_columns(words, names)) <= len(words):
        return []
    return [
        cell if cell != "" else upper for upper, cell in zip_longest(above, cells, fillvalue="")
    ]


def names_of(sheet: Sheet) -> dict[str, str]:
    """Return the field that each folded heading of a sheet stands for."""
    return {name: field.key for field in sheet.field for name in field.names}


def name_columns(cells: list[object], names: Mapping[str, str]) -> dict[str, list[int]]:
    """Return the columns, counted from 0, of every field that a row names."""
    columns: dict[str, list[int]] = {}
    longest = 2 * max(map(len, names))
    for column, cell in enumerate(cells):
        if isinstance(cell, str) and 0 < len(cell) < longest and (key := _key_of(cell, names)):
            columns.setdefault(key, []).append(column)
    return columns


def own_first(
    columns: Mapping[str, list[int]], cells: list[object], sheet: Sheet
) -> dict[str, list[int]]:
    """Return the columns, a heading of the layout's own words going before its aliases.

    A unit may add a column «Kết quả» beside «SL hoàn thành»: only one of them was issued.
    """
    kept = {}
    for key, found in columns.items():
        name = fold(sheet[key].heading)
        own = [column for column in found if _key_of(str(cells[column]), {name: key})]
        kept[key] = own or found
    return kept


def _key_of(heading: str, names: Mapping[str, str]) -> str | None:
    """Return the field a heading names, footnote marks left aside."""
    text = fold(heading.translate(SUPERSCRIPTS))
    return names.get(text) or names.get(FOOTNOTE.sub("", text))


def is_heading(columns: Mapping[str, list[int]], sheet: Sheet) -> bool:
    """Say whether a row names its key and one more field, or without the key half of the fields."""
    key = key_field(sheet)
    if key is None or key.key in columns:
        return len(columns) >= min(2, len(sheet.field))
    return len(columns) >= max(3, len(sheet.field) // 2)


def check_headings(headings: Headings, sheet: Sheet, file: str, title: str) -> list[dict]:
    """Return K203 for each heading that must be there and is not, K204 for each there twice."""
    place = {"file": file, "sheet": title, "row": headings.row}
    found = []
    for field in sheet.field:
        columns = headings.columns.get(field.key, [])
        if len(columns) > 1:
            where = ", ".join(letters(column + 1) for column in columns)
            found.append(finding("K204", **place, field=field.key, value=field.heading, fact=where))
        if not columns and (field.required or field.by == "unit"):
            found.append(finding("K203", **place, field=field.key, value=field.heading))
    return found
