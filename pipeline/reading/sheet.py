"""The raw XML of one sheet of .xlsx: regular expressions over a part known to be well-formed."""

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from html import escape, unescape
from math import isfinite

from pipeline.model.limits import MIB, held
from pipeline.reading.cells import check_between, check_cells, check_spaces, table_of
from pipeline.reading.faults import CELL, UNNAMED, find_faults
from pipeline.reading.formats import Formats
from pipeline.reading.limits import RefusedError, check_merges, check_text, check_texts, letters
from pipeline.reading.looks import find_formatted, find_ruled, find_struck, find_styled
from pipeline.reading.places import ADDRESS, INSIDE, PREFIX, ROW_TAG, column_number, measure
from pipeline.reading.scan import Cells, Merge, Scan, without_noise

COLUMN_TAG = re.compile(rb"<" + PREFIX + rb"col\b(" + INSIDE + rb")")
CITED = re.compile(rb"""["']s["'][^>]*>\s*<""" + PREFIX + rb"v\b[^>]*>\s*(\d+)")
IS_WORDS = re.compile(rb"""\st\s*=\s*["'](?:str|inlineStr|s|e|d)["']""")
NO_NUMBER = re.compile(rb"v>\s*([+-]?(?:[nN][aA][nN]|[iI][nN][fF]\w*|[\d.]+[eE][+-]?\d{3,}))\s*</")
MERGED = re.compile(rb"""mergeCell\s[^>]*?ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
IS_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
NO_SIZE = re.compile(rb"""\s(?:ht|width)\s*=\s*["']0(?:\.0*)?["']""")
SHOWN = (b'hidden="false"', b'hidden="0"')
NO_SIZES = (b' ht="0', b' width="0')
HAS_HEIGHT = re.compile(rb"\sht\s*=")
ROWS_HIDDEN = re.compile(rb"""zeroHeight\s*=\s*["'](?:1|true)["']""")
SPAN = re.compile(rb"""\s(min|max)\s*=\s*["'](\d{1,5})["']""")
REFERENCE = re.compile(rb"(<" + PREFIX + rb"v\b[^>]*>)([^<]*&#[^<]*)")
EXTENSION = re.compile(
    rb"<(" + PREFIX + rb")extLst\b" + INSIDE + rb"(?:/>|>.*?</\1extLst\s*>)", re.DOTALL
)
# Blanks around a number, which the reader takes for none.
PADDED = re.compile(
    rb"(<" + PREFIX + rb"v>)\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(</" + PREFIX + rb"v\s*>)"
)
BLANKS = (b"v> ", b"v>\n", b" </v", b"\n</v")
LONG_TEXT = re.compile(rb">([^<]{32768,})<")
TEXT = re.compile(rb">([^<]+)<")
LONG_TABLE = 4 * MIB  # from here on the texts of a sheet are added up
NEAR = 4_000  # bytes before a value among which its cell's tag is looked for
FEW_TEXTS = MIB // 2  # bytes cited by a sheet that need not be added up one by one
MOST_UNKNOWN = 20
KNOWN_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))


def scan_sheet(part: bytes, formats: Formats, struck: Set[int]) -> tuple[Scan, bytes | None]:
    """Return the scan of a sheet and, where the reader would fail on it, the sheet rewritten.

    `struck` are the texts of the workbook's table that have signs crossed out, raised or lowered.
    """
    plain = _without_extensions(without_noise(part))
    if b"&#" in plain:
        plain = REFERENCE.sub(_spelled, plain)
    if any(map(plain.__contains__, BLANKS)):
        plain = PADDED.sub(rb"\1\2\3", plain)
    check_long_texts(plain)
    start, end = table_of(plain)
    head, table = plain[:start], plain[start:end]
    _check_values(table)
    cells = _scan_cells(head, table, formats, struck)
    cells = replace(cells, ruled=find_ruled(plain[end:], formats))
    if unknown := {fault.text for fault in cells.faults.values()} - KNOWN_ERRORS - {UNNAMED}:
        plain = _with_known_errors(plain, unknown)
    hides = _may_hide(plain)
    rows = _hidden_rows(plain, table) if hides else frozenset()
    columns = _hidden_columns(head) if hides else ()
    scan = Scan(cells, _merges(plain), rows, columns)
    return scan, plain if plain != part else None


def _without_extensions(part: bytes) -> bytes:
    """Return a sheet without what later programs add to its rows and cells; none of it is shown."""
    end = part.rfind(b"sheetData>")
    if b"extLst" not in part[:end]:
        return part
    return EXTENSION.sub(b"", part[:end]) + part[end:]


def _spelled(value: re.Match[bytes]) -> bytes:
    """Return a value with signs in place of their numbers; the reader drops those."""
    return value[1] + escape(unescape(value[2].decode()), quote=False).encode()


def cited_size(part: bytes, sizes: Sequence[int]) -> int:
    """Return how many bytes of text the cells of a sheet cite from the table of texts."""
    largest = max(sizes, default=0)
    most = largest * (part.count(b'"s"') + part.count(b"'s'"))
    if most <= FEW_TEXTS:
        return most
    known = range(len(sizes))
    return sum(sizes[at] for at in map(int, CITED.findall(part)) if at in known)


def check_long_texts(part: bytes) -> None:
    """Refuse a single text longer than a cell may hold, and more text than fits into memory."""
    for found in LONG_TEXT.finditer(part):
        check_text(unescape(found[1].decode("utf-8", "replace")))
    if len(part) > LONG_TABLE:
        check_texts(sum(len(found[1]) for found in TEXT.finditer(part)))


def _check_values(table: bytes) -> None:
    """Refuse what readers take differently or cannot hold."""
    for found in NO_NUMBER.finditer(table):
        if not _is_held(found[1]) and not IS_WORDS.search(_owner(table, found.start())):
            raise RefusedError("K104", f"ô số ghi «{found[1].decode()}»")


def _is_held(number: bytes) -> bool:
    """Say whether a reader can hold a number: it is neither endless nor taken for nothing."""
    value = float(number)
    return isfinite(value) and (value != 0 or not number.lower().partition(b"e")[0].strip(b"+-.0"))


def _owner(plain: bytes, at: int) -> bytes:
    """Return what the tag of the cell around a place says; "" where it begins far before."""
    tags = CELL.findall(plain, max(0, at - NEAR), at)
    return tags[-1][0] if tags else b""


def _scan_cells(head: bytes, table: bytes, formats: Formats, struck: Set[int]) -> Cells:
    extent = measure(table)
    check_spaces(head, table)
    check_between(table)
    check_cells(table, extent.filled)
    starts = extent.starts
    faults, plain, formulas, volatile = find_faults(table, starts)
    far = extent.styled_row > held().rows or extent.styled_column > held().columns
    styled_to = f"{letters(extent.styled_column)}{extent.styled_row}" if far else ""
    reach = extent.last_row, extent.last_column, extent.filled
    return Cells(
        faults,
        plain,
        formulas,
        *reach,
        styled_to,
        percents=frozenset(place for place, _ in find_styled(table, starts, formats.percents)),
        formats=find_formatted(table, starts, formats),
        struck=find_struck(table, starts, formats, struck),
        volatile=volatile,
    )


def _merges(plain: bytes) -> tuple[Merge, ...]:
    if b"mergeCell" not in plain:
        return ()
    check_merges(plain.count(b"mergeCell "))
    corners = (found.groups() for found in MERGED.finditer(plain))
    return tuple(
        Merge(int(top), column_number(left), int(bottom), column_number(right))
        for left, top, right, bottom in corners
    )


def _may_hide(plain: bytes) -> bool:
    """Say whether anything in a sheet is hidden, or of no height or width."""
    if plain.count(b"hidden") != sum(map(plain.count, SHOWN)):
        return True
    return any(map(plain.__contains__, NO_SIZES)) or bool(ROWS_HIDDEN.search(plain))


def _hidden_rows(plain: bytes, table: bytes) -> frozenset[int]:
    """Return the rows nobody sees: hidden, filtered, of no height, or hidden unless said."""
    all_hidden = bool(ROWS_HIDDEN.search(plain))
    hidden, number = set(), 0
    for found in ROW_TAG.finditer(table):
        own = ADDRESS.search(found[1])
        number = int(own[2]) if own else number + 1
        unseen = IS_HIDDEN.search(found[1]) or NO_SIZE.search(found[1])
        if unseen or (all_hidden and not HAS_HEIGHT.search(found[1])):
            hidden.add(number)
    return frozenset(hidden)


def _hidden_columns(head: bytes) -> tuple[range, ...]:
    """Return the columns nobody sees: hidden or of no width."""
    spans = []
    for found in COLUMN_TAG.finditer(head):
        if IS_HIDDEN.search(found[1]) or NO_SIZE.search(found[1]):
            ends = {kind: int(number) for kind, number in SPAN.findall(found[1])}
            spans.append(range(ends.get(b"min", 0), ends.get(b"max", 0) + 1))
    return tuple(spans)


def _with_known_errors(part: bytes, unknown: set[str]) -> bytes:
    """Return the sheet with errors the reader does not know as #N/A; it would refuse the sheet."""
    if len(unknown) > MOST_UNKNOWN:
        raise RefusedError("K104", "ô lỗi ghi bất thường")
    for text in unknown:
        old = re.escape(escape(text, quote=False).encode())
        part = re.sub(rb"(v>)\s*" + old + rb"\s*(</)", rb"\1#N/A\2", part)
    return part
