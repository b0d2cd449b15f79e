"""What sort a row of a sheet is of: a line, or a reason to leave it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.model.layout import Sheet
from pipeline.model.text import parse_decimal
from pipeline.reading.headings import key_field, name_columns, names_of
from pipeline.reading.row import FEW, Row, folded
from pipeline.reading.signatures import free_footer, is_signature
from pipeline.reading.words import (
    CODE,
    COLUMN_NUMBER,
    NONE,
    SECTION_MARK,
    SECTION_NUMBER,
    SECTION_TEXT,
    SECTION_WORD,
    SUMMARY,
    TOTAL_ALONE,
    TOTAL_OF,
    TOTAL_WORD,
)

BLANK, PREPRINTED, TOTAL, SECTION, SET_ASIDE = LEFT_OUT = (
    "blank",
    "preprinted",
    "total",
    "section",
    "set_aside",
)
USED = "used"
HEADING, NOTE, SIGNATURE, EMPTY = "heading", "note", "signature", "empty"  # counted with the like
ISSUED = "issued"  # the rows of a sheet were given out: a code tells each from all else


@dataclass(frozen=True)
class Table:
    """What tells the rows of one table apart."""

    sheet: Sheet
    first: int  # the row below the headings
    last: float = float("inf")  # of issued lines; below it only notes and signatures stand
    footer: float = float("inf")  # from here on there are only signatures

    @cached_property
    def key(self) -> str:
        """The field that says what a row is about, "" where there is none."""
        key = key_field(self.sheet)
        return key.key if key else ""

    @cached_property
    def has_codes(self) -> bool:
        """Whether every line was issued to a unit under a code."""
        fields = self.sheet.field
        coded = bool(self.key) and self.sheet[self.key].type == "code"
        given = coded and self.sheet[self.key].by == self.sheet.rows == ISSUED
        return given and any(field.by == "unit" for field in fields)

    @cached_property
    def counted(self) -> list[str]:
        """The fields in which a unit types figures and days."""
        return [one.key for one in self.sheet.field if one.by == "unit" and one.blank is None]

    @cached_property
    def required(self) -> list[str]:
        return [one.key for one in self.sheet.field if one.required]

    @cached_property
    def is_free(self) -> bool:
        """Whether a unit lists here what it likes, or nothing."""
        return self.sheet.rows != ISSUED and any(one.by == "unit" for one in self.sheet.field)

    def is_given(self, key: str) -> bool:
        """Say whether a field is issued with the sheet, and not the unit's to fill."""
        return self.sheet[key].by == ISSUED

    @cached_property
    def names(self) -> Mapping[str, str]:
        return names_of(self.sheet)


def find_ends(rows: list[Row], sheet: Sheet, first: int) -> Table:
    """Return the table with its last issued line and where signatures begin below it."""
    table = Table(sheet, first)
    if not table.key or sheet[table.key].by != ISSUED:
        return Table(sheet, first, footer=free_footer(rows, sheet)) if table.is_free else table
    footer, last = float("inf"), first - 1
    for row in reversed(rows):
        if _is_line(row, table):
            last = row.number
            break
        if len(row.cells) <= FEW and any(map(is_signature, row.cells)):
            footer = row.number
    return Table(sheet, first, last if table.has_codes else float("inf"), footer)


def _is_line(row: Row, table: Table) -> bool:
    """Say whether a row holds a code, a figure a unit filled in, or as much as a line does."""
    if _is_summary(row, table):
        return False
    if row.faults or CODE.fullmatch(folded(row.values.get(table.key))):
        return True
    if any(parse_decimal(row.values.get(key))[1] != "invalid" for key in table.counted):
        return True
    return row.has_figures and len(row.cells) > FEW


def sort_of(row: Row, table: Table, before: str) -> str:
    """Return the one sort a row is of; `before` is what the row above it is."""
    if not row.cells and not row.faults:
        return BLANK
    if row.number >= table.footer:
        return SIGNATURE
    if _repeats_headings(row, table):
        return HEADING
    if _is_total(row, table):
        return TOTAL
    numbered = before == HEADING or row.number == table.first
    if numbered and numbers_columns(row):
        return SECTION
    if _is_section(row, table):
        # Where a unit writes what it likes, words after the mark may be meant for a line.
        return SECTION if table.has_codes or SECTION_MARK.fullmatch(row.first) else NOTE
    if not row.filled:
        return SET_ASIDE
    if table.is_free and _says_none(row, table):
        return EMPTY
    if table.has_codes and _is_note(row, table):
        return NOTE
    spare = isinstance(table.sheet.rows, int)
    return PREPRINTED if spare and all(map(table.is_given, row.filled)) else USED


def _repeats_headings(row: Row, table: Table) -> bool:
    """Say whether the headings stand here once more, as people print them on every page."""
    if len(row.cells) < FEW or row.has_figures:
        return False
    named = name_columns(row.cells, table.names)
    return len(named) >= FEW and 2 * len(named) > len(row.cells)


def _is_free(row: Row, table: Table) -> bool:
    """Say whether a row begins with a text of the unit's own, which may look like anything."""
    start = row.cells[0] if row.cells else None
    key = next(
        (key for key, value in row.values.items() if start is not None and value is start), ""
    )
    return bool(key) and table.sheet[key].by == "unit" and table.sheet[key].type == "text"


def _has_key(row: Row, table: Table) -> bool:
    """Say whether the row's key holds something other than the row's first cell."""
    value = row.values.get(table.key)
    return value is not None and value is not row.cells[0]


def _says_none(row: Row, table: Table) -> bool:
    """Say whether all that a unit has written in a row is that there is nothing to write."""
    own = _own_values(row, table)
    return bool(own) and not row.faults and all(NONE.fullmatch(folded(value)) for value in own)


def _own_values(row: Row, table: Table) -> list[object]:
    """Return what stands in the fields that were not issued."""
    return [v for key, v in row.values.items() if v is not None and not table.is_given(key)]


def _is_summary(row: Row, table: Table) -> bool:
    """Say whether a row tells, under no code, what the lines come to."""
    return table.has_codes and not _has_key(row, table) and bool(SUMMARY.fullmatch(row.first))


def _is_total(row: Row, table: Table) -> bool:
    if table.is_free and table.key in row.filled and table.is_given(table.key):
        # Beside the number of a line printed in advance, which nobody used for one.
        own = _own_values(row, table)
        words = [folded(value) for value in own if isinstance(value, str)]
        return len(words) == 1 and len(own) > 1 and bool(TOTAL_ALONE.fullmatch(words[0]))
    if _has_key(row, table):
        return False
    if _is_free(row, table):
        return bool(TOTAL_ALONE.fullmatch(row.first))
    if TOTAL_WORD.fullmatch(row.first):
        return True
    of_something = table.has_codes and TOTAL_OF.fullmatch(row.first)
    return bool(of_something) and sum(isinstance(cell, str) for cell in row.cells) <= FEW


def _is_section(row: Row, table: Table) -> bool:
    """Say whether the row is a heading within the table: «I», «A. Việc thường xuyên»."""
    if table.has_codes and _heads_part(row, table):
        return True
    if row.faults or _has_key(row, table) or _is_complete(row, table):
        return False
    if table.has_codes and _is_title(row, table):
        numbered = len(row.cells) == 2 and SECTION_NUMBER.fullmatch(row.first)
        return bool(
            numbered
            or SECTION_MARK.fullmatch(row.first)
            or SECTION_WORD.fullmatch(row.first)
            or SECTION_TEXT.fullmatch(row.first)
        )
    if row.has_figures:
        return False
    if SECTION_MARK.fullmatch(row.first) and len(row.cells) <= 2:
        return len(row.cells) == 1 or not _is_free(row, table)
    alone = len(row.cells) == 1 and not _is_free(row, table)
    return alone and bool(SECTION_TEXT.fullmatch(row.first))


def _heads_part(row: Row, table: Table) -> bool:
    """Say whether a row among issued lines has a mark for a code, then words: figures add up."""
    if _has_key(row, table) or not SECTION_MARK.fullmatch(row.first):
        return False
    issued = (v for key, v in row.values.items() if key != table.key and table.is_given(key))
    return any(isinstance(value, str) for value in issued)


def _is_title(row: Row, table: Table) -> bool:
    """Say whether a row has but a number and words, and nothing where a unit fills in."""
    if len(row.cells) not in (1, 2) or not isinstance(row.cells[-1], str):
        return False
    return all(map(table.is_given, row.filled))


def _is_note(row: Row, table: Table) -> bool:
    """Say whether a row among issued lines is neither a line nor a heading, but words."""
    if row.number > table.last or _is_summary(row, table):
        return True
    return _is_title(row, table) and not _is_line(row, table)


def _is_complete(row: Row, table: Table) -> bool:
    """Say whether all of several required fields are filled: a unit coded «A» is no heading."""
    needed = table.required
    return len(needed) > 1 and all(row.values.get(key) is not None for key in needed)


def numbers_columns(row: Row) -> bool:
    """Say whether the row only numbers the columns: (1) (2) (3) or A B 1 2 3."""
    return len(row.cells) >= 4 and all(COLUMN_NUMBER.fullmatch(folded(cell)) for cell in row.cells)
