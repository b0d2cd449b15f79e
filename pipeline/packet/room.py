"""How much paper texts and rows take: an estimate from letters and widths, without a press."""

from collections.abc import Iterable, Mapping
from math import ceil

from pipeline.model.text import show, show_date
from pipeline.packet.book import Row
from pipeline.tools.page import printable

# heading, width in millimetres, class, the fields that stand in a cell
Printed = tuple[str, int, str, tuple[str, ...]]
# Points: a portrait and a lying page below the repeated heading of a table, one line of a table.
PAGE, LYING_PAGE, LINE = 695, 450, 12
PADDING, BORDERS = 5, 4  # beside a cell, above and below a row
MILLIMETRE = 72 / 25.4
# Points of one letter in the 10 pt of tables; bold words are a little wider.
NARROW, SMALL, CAPITAL, WIDEST = 3.2, 5.0, 7.2, 9.6
WIDTHS = {
    **dict.fromkeys(" .,;:-|'!ijltfrI/()[]ìíỉĩị", NARROW),
    **dict.fromkeys("mwMW@%—…Ơ", WIDEST),
}


def lines_of(text: str, millimetres: float) -> int:
    """Return how many lines a text takes in a column of that width, words kept together."""
    room = millimetres * MILLIMETRE - PADDING
    lines, used = 1, 0.0
    for word in text.split(" "):
        width = sum(map(_width, word))
        if used and used + NARROW + width > room:
            lines, used = lines + 1, 0.0
        used += width + (NARROW if used else 0)
        if used > room:  # a word longer than a line is broken
            lines, used = lines + int(used // room), used % room
    return lines


def _width(letter: str) -> float:
    """Return a letter's width in points; of what is no Vietnamese letter, the widest."""
    known = WIDTHS.get(letter)
    if known:
        return known
    if letter.isupper():
        return CAPITAL
    return SMALL if letter < "\u0250" or "Ạ" <= letter <= "ỹ" else WIDEST


def row_height(row: Row, columns: Iterable[Printed], least: int = 1) -> int:
    """Return the points a row takes that is never shorter than `least` lines."""
    lines = (lines_of(_cell(row, fields), width) for _, width, _, fields in columns)
    return max(*lines, least) * LINE + BORDERS


def _cell(row: Row, fields: Iterable[str]) -> str:
    return " ".join(printable(_shown(row[field])) for field in fields if row[field])


def _shown(value: object) -> str:
    return show_date(value) if hasattr(value, "year") else show(value)


def on_pages(height: float, page: int = PAGE) -> float:
    """Return the points a row takes with its share of what stays blank: rows are not torn."""
    return page / max(page // height, 1) if height < page else ceil(height / page) * page


def share(needs: Mapping[str, float], weights: Mapping[str, float], room: float) -> dict:
    """Return what each gets of the room: what one needs less than its share goes to the others."""
    given, left = {}, sum(weights[key] for key in needs)
    for key in sorted(needs, key=lambda key: needs[key] / weights[key]):
        given[key] = min(needs[key], room * weights[key] / left)
        room, left = room - given[key], left - weights[key]
    return given
