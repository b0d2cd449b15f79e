"""Where the rows and cells of a sheet's raw XML stand: in order, each once, none too far out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter, lt

from pipeline.model.limits import MIB, held
from pipeline.reading.limits import RefusedError, check_extent
from pipeline.reading.scan import Place

PREFIX = rb"(?:[\w.-]+:)?"
# All of a tag up to its end, or to the slash that closes it; it never goes back. A group is made so
# by (?>…): Python before 3.11.5, which Debian 12 has, counts a possessive group wrongly.
INSIDE = rb"""[^>"'/]*+(?>(?:(?:"[^"]*+"|'[^']*+'|/(?!>))[^>"'/]*+)*)"""
OTHERS = rb"""(?>(?:\s+(?!r\s*=)[\w:.-]+="[^"]*+")*)"""  # attributes before the address
FILLED = rb"(>(?!\s*</))?"  # whether anything stands inside
TAG = re.compile(
    rb"<(?:row|c)\b" + OTHERS + rb'(?:\s+r="([A-Z]{0,3})(\d{1,7})")?' + INSIDE + FILLED
)
# The same, quicker, where the sign > ends every tag and stands nowhere else.
BARE_TAG = re.compile(
    rb"<(?:row|c)\b" + OTHERS + rb'(?:\s+r="([A-Z]{0,3})(\d{1,7})")?[^>]*+(?:(?<!/)(>)(?!\s*</))?'
)
WITH_PREFIX = re.compile(rb"<[\w.-]+:(?:row|c)\b")
LOOSE_TAG = re.compile(rb"<" + PREFIX + rb"(row|c)\b(" + INSIDE + rb")" + FILLED)
ROW_TAG = re.compile(rb"<" + PREFIX + rb"row\b(" + INSIDE + rb")")
HAS_ADDRESS = re.compile(rb"\sr\s*=")
ADDRESS = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)(\d+)\s*["']""")
LONGEST_WINDOW = 2 * MIB
BITS = 15  # a place as one number: the row, then fifteen bits for the column
COLUMN = (1 << BITS) - 1


@dataclass
class _Tags:
    """The rows and cells in one piece of a sheet."""

    places: list[int]  # of rows and cells, as they come
    begun: int  # rows
    rows: int  # different rows among the places
    filled: int  # cells with something inside
    last_row: int  # of those
    last_column: int


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
        if any(sign in plain for sign in (b":row", b":c")) and WITH_PREFIX.search(plain):
            raise _NoAddressError
        extent = _measured(plain, _Addressed(plain))
    except _NoAddressError:
        extent = _measured(plain, _Counted())
    check_extent(extent.last_row, extent.last_column)
    return extent


def _measured(plain: bytes, read: Callable[[bytes, int, int], _Tags]) -> Extent:
    extent = Extent(starts=read.starts)
    for start, end in _windows(plain):
        _take(extent, read(plain, start, end))
    extent.styled_row, extent.styled_column = extent.last >> BITS, read.widest
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


def _take(extent: Extent, tags: _Tags) -> None:
    """Add a piece of the sheet to what has been seen of it."""
    places = tags.places
    extent.tags += len(places)
    extent.filled += tags.filled
    if extent.tags > held().cell_tags:
        raise RefusedError("K103", f"một trang có hơn {held().cell_tags} ô định dạng")
    going_on = bool(places) and places[0] >> BITS == extent.last >> BITS
    if tags.rows - going_on != tags.begun or not all(map(lt, [extent.last, *places], places)):
        raise RefusedError("K104", "ô hoặc dòng ghi trùng, sai chỗ")
    if places:
        extent.last = places[-1]
    extent.last_row = max(extent.last_row, tags.last_row)
    extent.last_column = max(extent.last_column, tags.last_column)


class _Addressed:
    """Rows and cells that begin with their address, as every office program writes them."""

    def __init__(self, plain: bytes) -> None:
        bare = plain.count(b"<") == plain.count(b">")
        self.tags = (BARE_TAG if bare else TAG).findall
        self.columns = _Columns()
        self.rows = _Rows()
        self.starts: dict[int, Place] = {}

    @property
    def widest(self) -> int:
        return max(self.columns.values(), default=0)

    def __call__(self, plain: bytes, start: int, end: int) -> _Tags:
        tags = self.tags(plain, start, end)
        rows, columns = self.rows, self.columns
        try:
            places = [rows[row] | columns[column] for column, row, _ in tags]
        except ValueError as error:
            raise _NoAddressError from error
        ends = [column for column, _, inside in tags if inside and column]
        last = next((row for column, row, inside in reversed(tags) if inside and column), b"0")
        return _Tags(
            places,
            begun=list(map(itemgetter(0), tags)).count(b""),
            rows=len(set(map(itemgetter(1), tags))),
            filled=len(ends),
            last_row=int(last),
            last_column=max(map(columns.__getitem__, set(ends)), default=0),
        )


class _Rows(dict):
    """Row numbers as they are written → the row's own place, worked out once each."""

    def __missing__(self, name: bytes) -> int:
        self[name] = place = int(name) << BITS
        return place


class _Columns(dict):
    """Column letters → number, worked out once each."""

    def __missing__(self, name: bytes) -> int:
        self[name] = number = column_number(name)
        return number


class _Counted:
    """Rows and cells some of which follow the one before them without saying where."""

    def __init__(self) -> None:
        self.row = self.column = self.widest = 0
        self.starts: dict[int, Place] = {}

    def __call__(self, plain: bytes, start: int, end: int) -> _Tags:
        places, begun, filled = [], 0, []
        for found in LOOSE_TAG.finditer(plain, start, end):
            kind, attributes, inside = found.groups()
            self._step(kind, attributes)
            places.append(self.row << BITS | self.column)
            begun += kind == b"row"
            if inside and kind != b"row":
                filled.append(self.column)
                self.starts[found.start()] = last = self.row, self.column
        rows = len({place >> BITS for place in places})
        return _Tags(
            places, begun, rows, len(filled), last[0] if filled else 0, max(filled, default=0)
        )

    def _step(self, kind: bytes, attributes: bytes) -> None:
        own = ADDRESS.search(attributes) if b"r" in attributes else None
        if not own and b"r" in attributes and HAS_ADDRESS.search(attributes):
            raise RefusedError("K104", "địa chỉ ô ghi bất thường")
        if kind == b"row":
            self.row, self.column = int(own[2]) if own else self.row + 1, 0
        elif own:
            self.row, self.column = int(own[2]), column_number(own[1])
        else:
            self.column += 1
        self.widest = max(self.widest, self.column)
        if self.column > COLUMN or self.row > 1 << 31:
            check_extent(self.row, self.column)


def column_number(name: bytes) -> int:
    """Return the number of a column's letters, A = 1."""
    number = 0
    for letter in name.upper()[:8]:
        number = number * 26 + letter - 64
    return number
