"""Where the rows and cells of a sheet's raw XML stand: in order, each once, none too far out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import lt

from pipeline.model.limits import LIMITS, MIB
from pipeline.reading.limits import RefusedError, check_extent
from pipeline.reading.scan import Place

PREFIX = rb"(?:[\w.-]+:)?"
# All of a tag up to its end, or to the slash that closes it; possessive, so it never goes back.
INSIDE = rb"""[^>"'/]*+(?:(?:"[^"]*+"|'[^']*+'|/(?!>))[^>"'/]*+)*+"""
FILLED = rb"(>(?!\s*</))?"  # whether anything stands inside
TAG = re.compile(
    rb"<" + PREFIX + rb'(?:row|c)\b(?:\s+r="([A-Z]{0,3})(\d{1,7})")?' + INSIDE + FILLED
)
LOOSE_TAG = re.compile(rb"<" + PREFIX + rb"(row|c)\b(" + INSIDE + rb")" + FILLED)
ROW_TAG = re.compile(rb"<" + PREFIX + rb"row\b(" + INSIDE + rb")")
HAS_ADDRESS = re.compile(rb"\sr\s*=")
ADDRESS = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)(\d+)\s*["']""")
LONGEST_WINDOW = 2 * MIB
BITS = 15  # a place as one number: the row, then fifteen bits for the column
COLUMN = (1 << BITS) - 1
Tags = tuple[list[int], list[int], int]  # places of rows and cells, of the filled cells, row tags


class _NoAddressError(Exception):
    """A row or cell does not say at once where it stands: they have to be counted."""


@dataclass
class Extent:
    """How far the cells of a sheet reach, with and without a value."""

    last_row: int = 0
    last_column: int = 0
    styled_row: int = 0
    styled_column: int = 0
    starts: dict[int, Place] = field(default_factory=dict)  # of cells that had to be counted
    filled: int = 0  # cells with a value
    tags: int = 0
    last: int = 0


def measure(plain: bytes) -> Extent:
    """Return how far the cells reach; refuses such as stand twice, astray or too far out."""
    try:
        extent = _measured(plain, _Addressed())
    except _NoAddressError:
        extent = _measured(plain, _Counted())
    check_extent(extent.last_row, extent.last_column)
    return extent


def _measured(plain: bytes, read: Callable[[bytes, int, int], Tags]) -> Extent:
    extent = Extent(starts=read.starts)
    for start, end in _windows(plain):
        _take(extent, *read(plain, start, end))
    return extent


def _windows(plain: bytes) -> Iterator[tuple[int, int]]:
    """Yield where to begin and end, a piece of whole rows at a time."""
    start = 0
    while start < len(plain):
        after = start + MIB
        row = ROW_TAG.search(plain, after, after + LONGEST_WINDOW)
        end = row.start() if row else plain.find(b"<", after + LONGEST_WINDOW)
        end = len(plain) if end < 0 else end
        yield start, end
        start = end


def _take(extent: Extent, places: list[int], filled: list[int], row_tags: int) -> None:
    """Add a piece of the sheet to what has been seen of it."""
    extent.tags += len(places)
    if extent.tags > LIMITS.cell_tags:
        raise RefusedError("K103", f"một trang có hơn {LIMITS.cell_tags} ô định dạng")
    in_order = all(map(lt, [extent.last, *places], places))
    begun = {place >> BITS for place in places} - {extent.last >> BITS}
    if not in_order or len(begun) != row_tags:
        raise RefusedError("K104", "ô hoặc dòng ghi trùng, sai chỗ")
    if places:
        extent.last, extent.styled_row = places[-1], places[-1] >> BITS
        extent.styled_column = max(extent.styled_column, *{place & COLUMN for place in places}, 0)
    extent.filled += len(filled)
    if filled:
        extent.last_row = filled[-1] >> BITS
        extent.last_column = max(extent.last_column, *{place & COLUMN for place in filled}, 0)


class _Addressed:
    """Rows and cells that begin with their address, as every office program writes them."""

    def __init__(self) -> None:
        self.columns = _Columns()
        self.starts: dict[int, Place] = {}

    def __call__(self, plain: bytes, start: int, end: int) -> Tags:
        tags = TAG.findall(plain, start, end)
        columns = self.columns
        try:
            places = [int(row) << BITS | columns[column] for column, row, _ in tags]
        except ValueError as error:
            raise _NoAddressError from error
        pairs = zip(places, tags, strict=True)
        filled = [place for place, (column, _, inside) in pairs if inside and column]
        return places, filled, sum(1 for column, _, _ in tags if not column)


class _Columns(dict):
    """Column letters → number, worked out once each."""

    def __missing__(self, name: bytes) -> int:
        self[name] = number = column_number(name)
        return number


class _Counted:
    """Rows and cells some of which follow the one before them without saying where."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.starts: dict[int, Place] = {}

    def __call__(self, plain: bytes, start: int, end: int) -> Tags:
        places, filled, row_tags = [], [], 0
        for found in LOOSE_TAG.finditer(plain, start, end):
            kind, attributes, inside = found.groups()
            self._step(kind, attributes)
            place = self.row << BITS | self.column
            places.append(place)
            if kind == b"row":
                row_tags += 1
            elif inside:
                filled.append(place)
                self.starts[found.start()] = self.row, self.column
        return places, filled, row_tags

    def _step(self, kind: bytes, attributes: bytes) -> None:
        own = ADDRESS.search(attributes)
        if not own and HAS_ADDRESS.search(attributes):
            raise RefusedError("K104", "địa chỉ ô ghi bất thường")
        if kind == b"row":
            self.row, self.column = int(own[2]) if own else self.row + 1, 0
        elif own:
            self.row, self.column = int(own[2]), column_number(own[1])
        else:
            self.column += 1
        if self.column > COLUMN or self.row > 1 << 31:
            check_extent(self.row, self.column)


def column_number(name: bytes) -> int:
    """Return the number of a column's letters, A = 1."""
    number = 0
    for letter in name.upper()[:8]:
        number = number * 26 + letter - 64
    return number
