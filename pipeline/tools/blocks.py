"""Where tables stand in a workbook being written, and its formulas with addresses filled in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from pipeline.model.layout import Sheet
from pipeline.tools.form import preprinted

if TYPE_CHECKING:  # what marks workbooks behind the fence needs this module, and no pandas
    import pandas as pd

Table: TypeAlias = "pd.DataFrame | Iterable[Mapping[str, object]]"

ROW = "\0"  # stands for the row number in a filled formula
TICK_ROW = 2
TEXT_LIMIT = 32_767  # UTF-16 units in one cell
RULED_SPARE = 25  # more spare rows stay without lines, or they would print as empty pages
PLACE = re.compile(r"\{(?:(\w+)\.)?(\w+)\}")
SPACES = "\\s\u200b\u200c\u200d\u2060\ufeff\u00ad"
LIVE = re.compile(f"[{SPACES}]*[=+\\-@|＝＋－＠]")


@dataclass(frozen=True)
class Block:
    """One sheet's table: a list of values for every field, and its used and allotted rows."""

    sheet: Sheet
    columns: Mapping[str, list]
    used: int
    allotted: int

    @property
    def first(self) -> int:
        """The first data row, counted from 0."""
        return self.sheet.heading_row

    @property
    def last(self) -> int:
        """The last allotted row, at least one, counted from 0."""
        return self.first + max(self.allotted, 1) - 1

    @property
    def bare(self) -> bool:
        """Whether the spare rows are too many to be drawn."""
        return self.allotted - self.used > RULED_SPARE

    def column(self, key: str) -> str:
        """Return the column letters of a field."""
        return letters(self.sheet.keys.index(key))

    def address(self, key: str) -> str:
        """Return the absolute address of a column's allotted rows, or of the tick."""
        if key == "tick":
            return f"{quoted(self.sheet.title)}!$A${TICK_ROW + 1}"
        name = self.column(key)
        return f"{quoted(self.sheet.title)}!${name}${self.first + 1}:${name}${self.last + 1}"


def block_of(sheet: Sheet, table: Table, *, spare: bool) -> Block:
    """Return a table as the block of its sheet, with spare rows and their pre-printed ids."""
    columns, used = _columns(sheet, table)
    extra = sheet.rows if spare and isinstance(sheet.rows, int) else 0
    for field in sheet.field:
        if extra and field.by == "issued" and field.type == "code":
            taken = set(columns[field.key])
            columns[field.key] = columns[field.key] + preprinted(sheet, taken, extra)
    return Block(sheet, columns, used, used + extra)


def _columns(sheet: Sheet, table: Table) -> tuple[dict[str, list], int]:
    """Return (values by field, number of rows); a field the table lacks is blank."""
    if hasattr(table, "iloc"):
        found = dict(zip(table.columns, table.to_numpy(dtype=object).T.tolist(), strict=True))
        blank = [None] * len(table)
        return {key: found.get(key, blank) for key in sheet.keys}, len(table)
    rows = list(table)
    return {key: [row.get(key) for row in rows] for key in sheet.keys}, len(rows)


def fill_formula(
    formula: str,
    blocks: Mapping[str, Block],
    words: Mapping[str, object],
    block: Block | None = None,
) -> str:
    """Return a formula with every place an address, ROW for this row; "" if a sheet is not here."""
    if not formula or any(key and key not in blocks for key, _ in PLACE.findall(formula)):
        return ""

    def address(place: re.Match[str]) -> str:
        sheet, key = place.groups()
        if sheet:
            return blocks[sheet].address(key)
        return block.column(key) + ROW if block else _constant(words[key])

    return PLACE.sub(address, formula)


def _constant(word: object) -> str:
    return f"DATE({word.year},{word.month},{word.day})" if isinstance(word, date) else str(word)


def letters(column: int) -> str:
    """Return the letters of a column counted from 0: A … Z, AA …"""
    name = ""
    while column >= 0:
        name = chr(65 + column % 26) + name
        column = column // 26 - 1
    return name


def quoted(title: str) -> str:
    """Return a sheet's name as formulas write it."""
    return "'" + title.replace("'", "''") + "'"


def inert(text: str) -> tuple[str, bool]:
    """Return (text that fits a cell and stays text, whether it needs the quote mark).

    A text over a cell's limit ends with a sentence that says how much is missing.
    """
    text = text.encode("utf-8", "replace").decode()
    if len(text) > TEXT_LIMIT // 2 and _units(text) > TEXT_LIMIT:
        text = _cut(text)
    return text, bool(LIVE.match(text))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    note = f" […còn {_units(text) - TEXT_LIMIT + 40} ký tự, xem tệp gốc]"
    room = (TEXT_LIMIT - len(note)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + note
