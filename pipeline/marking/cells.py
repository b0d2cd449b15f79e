"""The cells of one sheet's XML: found by their place, coloured, made where there is none."""

import re
from bisect import bisect
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import groupby

from pipeline.marking.looks import Looks
from pipeline.marking.markup import Element, Markup, OddError
from pipeline.tools.blocks import letters

ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
TRUE = ("1", "true")
Place = tuple[int, int]  # row, column, both from 1


def place_of(address: str) -> Place | None:
    """Return the place of an address such as N14, None where no sheet has such a cell."""
    found = ADDRESS.fullmatch(address)
    if not found:
        return None
    column = reduce(lambda number, letter: 26 * number + ord(letter) - 64, found[1], 0)
    row = int(found[2])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def address_of(place: Place) -> str:
    """Return the address of a place."""
    return f"{letters(place[1] - 1)}{place[0]}"


def colour(sheet: Markup, wanted: Mapping[Place, str], looks: Looks) -> None:
    """Give cells the fill of their severities."""
    data, rows = _data_of(sheet), rows_of(sheet)
    for number, places in groupby(sorted(wanted), key=lambda place: place[0]):
        row = rows.get(number)
        if row is None:
            cells = [_new_cell(sheet, None, place, wanted[place], looks) for place in places]
            xml = f'<row r="{number}">{"".join(cells)}</row>'
            sheet.add(data, xml, before=_next(rows, number))
        else:
            _colour_row(sheet, row, {place: wanted[place] for place in places}, looks)


def rows_of(sheet: Markup) -> dict[int, Element]:
    """Return the rows of a sheet by their numbers."""
    return _by_number(_data_of(sheet).children, "row", _row_number)


def cells_of(sheet: Markup) -> dict[Place, Element]:
    """Return the cells of a sheet by their places."""
    return {
        (number, column): cell
        for number, row in rows_of(sheet).items()
        for column, cell in _by_number(row.children, "c", _column_number).items()
    }


def span_of(sheet: Markup, column: int) -> Element | None:
    """Return the declaration of the columns a column is among."""
    spans = sheet.root.child("cols")
    found = (
        span
        for span in (spans.children if spans else ())
        if _number(span, "min") <= column <= _number(span, "max")
    )
    return next(found, None)


def _data_of(sheet: Markup) -> Element:
    data = sheet.root.child("sheetData")
    if data is None:
        raise OddError("a sheet without cells")
    return data


def _colour_row(sheet: Markup, row: Element, wanted: Mapping[Place, str], looks: Looks) -> None:
    cells = _by_number(row.children, "c", _column_number)
    for place, severity in wanted.items():
        cell = cells.get(place[1])
        if cell is None:
            xml = _new_cell(sheet, row, place, severity, looks)
            sheet.add(row, xml, before=_next(cells, place[1]))
        else:
            sheet.set(cell, s=looks.marked(_number(cell, "s"), severity))


def _by_number(elements: Iterable[Element], name: str, number_of: object) -> dict[int, Element]:
    """Return rows or cells by number; one that does not say where it is follows the one before."""
    found: dict[int, Element] = {}
    last = 0
    for element in elements:
        number = number_of(element) if "r" in element.attributes else last + 1
        if element.name != name or number <= last:
            raise OddError("rows or cells are out of order")
        found[number] = element
        last = number
    return found


def _row_number(row: Element) -> int:
    return _number(row, "r")


def _column_number(cell: Element) -> int:
    place = place_of(cell.attributes["r"])
    if place is None:
        raise OddError("a cell without a place")
    return place[1]


def _next(found: Mapping[int, Element], number: int) -> Element | None:
    """Return the first element of a higher number."""
    numbers = list(found)
    at = bisect(numbers, number)
    return found[numbers[at]] if at < len(numbers) else None


def _new_cell(sheet: Markup, row: Element | None, place: Place, severity: str, looks: Looks) -> str:
    """Return a blank cell that looks, but for its fill, as the sheet shows this place."""
    look = looks.marked(_blank_look(sheet, row, place[1]), severity)
    return f'<c r="{address_of(place)}" s="{look}"/>'


def _blank_look(sheet: Markup, row: Element | None, column: int) -> int:
    """Return the format of a place without a cell: the row's, else the column's, else the first."""
    if row is not None and row.attributes.get("customFormat") in TRUE:
        return _number(row, "s")
    span = span_of(sheet, column)
    return _number(span, "style") if span else 0


def _number(element: Element, name: str) -> int:
    text = element.attributes.get(name, "0")
    if not text.isdecimal():
        raise OddError("a number is not one")
    return int(text)
