"""The raw XML of .xlsx and .xlsm: one pass of regular expressions over well-formed parts."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from xml.etree import ElementTree

from pipeline.reading.limits import LIMITS, RefusedError, check_extent, check_faults, check_merges
from pipeline.reading.scan import ERROR, NO_RESULT, Fault, Merge, Part, Scan, without_cdata

PREFIX = rb"(?:[\w.-]+:)?"
# All of a tag up to its end, or to the slash that closes it; possessive, so it never goes back.
INSIDE = rb"""[^>"'/]*+(?:(?:"[^"]*+"|'[^']*+'|/(?!>))[^>"'/]*+)*+"""
VALUE_CELL = re.compile(
    rb"<" + PREFIX + rb'c\b(?:\s+r="([A-Z]{1,3})(\d{1,7})")?(' + INSIDE + rb")>(?!\s*</)"
)
TAG = re.compile(rb"<" + PREFIX + rb"(row|c)\b(" + INSIDE + rb")(/?>)(\s*</)?")
ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
IS_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
IS_TEXT = re.compile(rb"""\st\s*=\s*["'](?:str|inlineStr)["']""")
FORMULA = re.compile(rb"<" + PREFIX + rb"f\b")
CELL_END = re.compile(rb"</" + PREFIX + rb"c\s*>")
STORED = re.compile(rb"<" + PREFIX + rb"(?:v|is)\b[^>]*>([^<]*)")
MERGED = re.compile(rb"""mergeCell\s[^>]*?ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
HIDDEN_ROW = re.compile(rb"<" + PREFIX + rb"row\b(" + INSIDE + rb")")
IS_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
NOISE = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
MOST_UNKNOWN = 20
KNOWN_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
Cell = tuple[int, int, bytes, int]  # row, column, attributes, where its content begins
Faults = dict[tuple[int, int], Fault]
Formulas = set[tuple[int, int]]
SOUND = Fault("")  # a formula with its result


class _NoAddressError(Exception):
    """A cell does not say at once where it stands: the cells have to be counted."""


def scan_package(parts: Iterable[Part]) -> tuple[dict[str, Scan], dict[str, bytes]]:
    """Return the scan of every sheet by title, and the parts to be rewritten for the reader."""
    scans, repairs, kept = {}, {}, {}
    for name, part, root, attributes in parts:
        if root == "worksheet":
            scans[name.lower()], repaired = scan_sheet(part)
            repairs |= {name: repaired} if repaired else {}
        elif root == "sst":
            _check_strings(part, attributes)
        elif root in ("workbook", "Relationships"):
            kept[name.lower()] = part
    titles = _titles(kept)
    return {title: scans[part] for title, part in titles.items() if part in scans}, repairs


def _check_strings(part: bytes, attributes: dict[str, str]) -> None:
    """Refuse a table that holds or claims too many texts: the reader makes room for all."""
    claims = [attributes.get(key, "") for key in ("count", "uniqueCount")]
    claimed = max(int(claim) if claim.isdecimal() else 0 for claim in claims)
    texts = max(claimed, part.count(b"<si"), part.count(b":si") // 2)
    if texts > LIMITS.strings:
        raise RefusedError("K103", f"sổ khai {texts} đoạn chữ")


def _titles(kept: dict[str, bytes]) -> dict[str, str]:
    """Return the part of every sheet by its title; readers differ where there are two of a kind."""
    books = [name for name in kept if not name.endswith(".rels")]
    if not books:
        raise RefusedError("K101", "gói nén không có sổ bên trong")
    name = books[0]
    folder, base = posixpath.split(name)
    relations = kept.get(f"{folder}/_rels/{base}.rels", b"<none/>")
    targets = {item.get("Id"): item.get("Target", "") for item in _tree(relations)}
    found = {}
    for sheet in _tree(kept[name]).iterfind(".//{*}sheet"):
        own = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        path = posixpath.normpath(posixpath.join("/", folder, targets.get(own, "")))
        title = sheet.get("name", "")
        if title in found or len(books) > 1:
            raise RefusedError("K104", "có hai trang hoặc hai sổ cùng tên")
        found[title] = path[1:].lower()
    return found


def _tree(part: bytes) -> ElementTree.Element:
    if len(part) > LIMITS.contents:
        raise RefusedError("K103", "mục lục của sổ quá dài")
    try:
        return ElementTree.fromstring(part)
    except ElementTree.ParseError as error:
        raise RefusedError("K104", "mục lục của sổ bị hỏng") from error


def scan_sheet(part: bytes) -> tuple[Scan, bytes | None]:
    """Return the scan of a sheet and, where the reader would fail on it, the sheet rewritten."""
    whole = without_cdata(part)
    plain = NOISE.sub(b"", whole) if b"<!--" in whole or whole.count(b"<?") > 1 else whole
    try:
        faults, formulas = _scan_cells(plain, _addressed(plain))
    except _NoAddressError:
        faults, formulas = _scan_cells(plain, _counted(plain))
    if unknown := {fault.text for fault in faults.values()} - KNOWN_ERRORS - {""}:
        whole = _with_known_errors(whole, unknown)
    scan = Scan(faults, _merges(plain), _hidden(plain), frozenset(formulas))
    return scan, whole if whole != part else None


def _scan_cells(plain: bytes, cells: Iterator[Cell]) -> tuple[Faults, Formulas]:
    """Return the faults and the sound formulas; refuses cells that stand twice or too far out."""
    may_fault = any(sign in plain for sign in (b"f>", b'"e"', b"'e'"))
    faults: Faults = {}
    formulas: Formulas = set()
    before, widest = (0, 0), 0
    for row, column, attributes, start in cells:
        if (row, column) <= before:
            raise RefusedError("K104", "hai ô ghi cùng một chỗ")
        before = (row, column)
        if column > widest:
            widest = column
        fault = _fault(plain, attributes, start) if may_fault else None
        if fault is SOUND and len(formulas) < LIMITS.formulas:
            formulas.add(before)
        elif fault and fault is not SOUND:
            faults[before] = fault
            check_faults(len(faults))
    check_extent(before[0], widest)
    return faults, formulas


def _fault(plain: bytes, attributes: bytes, start: int) -> Fault | None:
    """Return what is wrong with a cell that shows an error or computes; None for any other."""
    closing = CELL_END.search(plain, start)
    end = closing.start() if closing else len(plain)
    broken = IS_ERROR.search(attributes)
    if not broken and not FORMULA.search(plain, start, end):
        return None
    stored = STORED.search(plain, start, end)
    text = stored[1].strip() if stored else b""
    if broken:
        return Fault(ERROR, unescape(text.decode("utf-8", "replace")))
    # A formula whose result is an empty text says so by its type.
    return SOUND if text or (stored and IS_TEXT.search(attributes)) else Fault(NO_RESULT)


def _addressed(plain: bytes) -> Iterator[Cell]:
    """Yield the cells that hold something, by the addresses they begin with."""
    numbers: dict[bytes, int] = {}
    for found in VALUE_CELL.finditer(plain):
        column, row, attributes = found.groups()
        if column not in numbers:
            if column is None:
                raise _NoAddressError
            numbers[column] = _number(column)
        yield int(row), numbers[column], attributes, found.end()


def _counted(plain: bytes) -> Iterator[Cell]:
    """Yield the cells that hold something; one without an address follows the one before it."""
    row = column = 0
    for found in TAG.finditer(plain):
        kind, attributes, end, empty = found.groups()
        own = ADDRESS.search(attributes)
        if kind == b"row":
            row, column = int(own[2]) if own else row + 1, 0
            continue
        if own:
            row, column = int(own[2]), _number(own[1])
        else:
            column += 1
        if end == b">" and not empty:
            yield row, column, attributes, found.end(3)


def _number(column: bytes) -> int:
    """Return the number of a column's letters, A = 1."""
    number = 0
    for letter in column.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def _merges(plain: bytes) -> tuple[Merge, ...]:
    if b"mergeCell" not in plain:
        return ()
    check_merges(plain.count(b"mergeCell "))
    corners = (found.groups() for found in MERGED.finditer(plain))
    return tuple(
        Merge(int(top), _number(left), int(bottom), _number(right))
        for left, top, right, bottom in corners
    )


def _hidden(plain: bytes) -> frozenset[int]:
    if b"hidden" not in plain:
        return frozenset()
    rows = (found[1] for found in HIDDEN_ROW.finditer(plain) if IS_HIDDEN.search(found[1]))
    return frozenset(int(own[2]) for row in rows if (own := ADDRESS.search(row)))


def _with_known_errors(part: bytes, unknown: set[str]) -> bytes:
    """Return the sheet with errors the reader does not know as #N/A; it would refuse the sheet."""
    if len(unknown) > MOST_UNKNOWN:
        raise RefusedError("K104", "ô lỗi ghi bất thường")
    for text in unknown:
        old = re.escape(escape(text, quote=False).encode())
        part = re.sub(rb"(v>)\s*" + old + rb"\s*(</)", rb"\1#N/A\2", part)
    return part
