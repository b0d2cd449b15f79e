"""The package of .xlsx and .xlsm: which part is which sheet, the table of texts, the formats."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from xml.etree import ElementTree

from pipeline.model.limits import held
from pipeline.model.text import EXCEL_EPOCH
from pipeline.reading.cells import check_texts as check_items
from pipeline.reading.formats import STRUCK, Formats, find_formats, has_struck
from pipeline.reading.limits import RefusedError, check_cells, check_sheets, check_texts
from pipeline.reading.places import INSIDE, PREFIX
from pipeline.reading.remarks import DRAWING, NOTES, beside_sheet, remarks_in
from pipeline.reading.scan import Part, Scan, without_noise
from pipeline.reading.sheet import check_long_texts, cited_size, scan_sheet

FOLDER, SHEETS = "xl/", "xl/worksheets/"
# The reader opens these by name, whatever the package says.
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
BOOKS = re.compile(r"xl/(workbook\d*)\.xml")
RELATED = re.compile(r"xl/_rels/(workbook\d*)\.xml\.rels")
LINKED = re.compile(r"xl/worksheets/_rels/(.+)\.rels")
HERE = re.compile(
    rb"""(\sTarget\s*=\s*["'])\./"""
)  # «./worksheets/», which the reader does not find
STRINGS, STYLES = "xl/sharedstrings.xml", "xl/styles.xml"
TABLE = re.compile(rb"<" + PREFIX + rb"sst\b(" + INSIDE + rb")")
CLAIM = re.compile(rb"""\s(count|uniqueCount)\s*=\s*["']\s*\+?(\d+)""")
TEXT_ITEM = re.compile(rb"<" + PREFIX + rb"si\b")
FORMAT = re.compile(rb"<" + PREFIX + rb"xf\b")
MAC_EPOCH = date(1904, 1, 1)
FEW = 100  # texts: so few may be claimed many times over
NO_TABLES = ("chartsheet", "dialogsheet", "macrosheet")  # roots of sheets nobody fills in
LOST, ODD = "phần của sổ bị thiếu hoặc sai chỗ", "mục lục của sổ bị hỏng"


@dataclass
class _Package:
    """What has been seen of a package so far."""

    scans: dict[str, Scan] = field(default_factory=dict)  # by part
    repairs: dict[str, bytes] = field(default_factory=dict)
    books: dict[str, bytes] = field(default_factory=dict)  # tables of contents by name
    relations: dict[str, bytes] = field(default_factory=dict)  # by the same name
    sizes: list[int] = field(default_factory=list)  # bytes of each text in the table
    remarks: dict[str, str] = field(default_factory=dict)  # by part: words beside cells
    links: dict[str, bytes] = field(default_factory=dict)  # by sheet: the parts it leads to
    cited: int = 0  # bytes of text that the cells cite
    struck: frozenset[int] = frozenset()  # texts with signs crossed out, raised or lowered
    formats: Formats | None = None


def scan_package(parts: Iterable[Part]) -> tuple[dict[str, Scan], dict[str, bytes]]:
    """Return the scan of every sheet by title, and the parts to be rewritten for the reader.

    The tables of texts and of formats have to come before the sheets that cite them.
    """
    seen = _Package()
    for name, part, root, _ in parts:
        _take(seen, name, part, root)
    cells = [scan.cells for scan in seen.scans.values()]
    check_cells(sum(some.filled for some in cells), sum(some.area for some in cells))
    book, relations = _contents(seen)
    return _titled(seen, book, relations), seen.repairs


def _take(seen: _Package, name: str, part: bytes, root: str) -> None:
    place = name.lower()
    book, related = BOOKS.fullmatch(place), RELATED.fullmatch(place)
    if (root == "workbook") != bool(book) or (root == "sst" and place != STRINGS):
        raise RefusedError("K104", LOST)
    if root == "worksheet":
        seen.scans[place], repaired = scan_sheet(part, seen.formats or Formats(), seen.struck)
        seen.cited += cited_size(part, seen.sizes)
        check_texts(seen.cited)
        seen.repairs |= {name: repaired} if repaired else {}
    elif root in NO_TABLES:
        seen.scans[place] = Scan(has_cells=False)
    elif place == STRINGS:
        plain = without_noise(part)
        seen.sizes, seen.struck = _text_sizes(plain), _struck(plain)
        seen.repairs |= {name: plain} if plain != part else {}
    elif root == "styleSheet":
        if seen.formats or any(scan.has_cells for scan in seen.scans.values()):
            raise RefusedError("K104", LOST)
        seen.formats = _formats(part)
        seen.repairs |= {} if place == STYLES else {STYLES: part}
    elif root in (NOTES, DRAWING):
        seen.remarks[place] = remarks_in(root, without_noise(part))
    elif linked := LINKED.fullmatch(place):
        seen.links[f"{SHEETS}{linked[1]}"] = part
    elif book:
        seen.books[book[1]] = part
    elif related:
        seen.relations[related[1]] = plain = HERE.sub(rb"\1", part)
        seen.repairs |= {name: plain} if plain != part else {}


def _contents(seen: _Package) -> tuple[bytes | None, bytes | None]:
    """Return the one table of contents and where its parts lie, under names the reader knows."""
    if len(seen.books) != 1:
        raise RefusedError("K104", LOST)
    ((name, book),) = seen.books.items()
    relations = seen.relations.get(name)
    if f"{FOLDER}{name}.xml" != BOOK and relations:
        seen.repairs |= {BOOK: book, RELATIONS: relations}
    return book, relations


def _text_sizes(part: bytes) -> list[int]:
    """Return the size of every text; refuses a table that holds or claims too many.

    The reader makes room for as many as are claimed.
    """
    starts = [found.start() for found in TEXT_ITEM.finditer(part)]
    claims = [
        (kind, int(n)) for table in TABLE.finditer(part) for kind, n in CLAIM.findall(table[1])
    ]
    most = max([len(starts), *(number for _, number in claims)])
    unique = max((number for kind, number in claims if kind == b"uniqueCount"), default=0)
    if most > held().strings or unique > held().claim * max(len(starts), FEW):
        raise RefusedError("K103", f"sổ khai {most} đoạn chữ")
    check_items(part, len(starts))
    check_long_texts(part)
    return [end - start for start, end in zip(starts, [*starts[1:], len(part)], strict=True)]


def _struck(part: bytes) -> frozenset[int]:
    """Return the numbers of the texts that have signs crossed out, raised or lowered."""
    if not has_struck(part):
        return frozenset()
    items = TEXT_ITEM.split(part)[1:]
    return frozenset(at for at, item in enumerate(items) if STRUCK.search(item))


def _formats(part: bytes) -> Formats:
    """Return how formats show figures; refuses too many."""
    count = sum(1 for _ in FORMAT.finditer(part))
    if count > held().formats:
        raise RefusedError("K103", f"sổ có {count} kiểu định dạng ô")
    return find_formats(part)


def _titled(seen: _Package, contents: bytes | None, relations: bytes | None) -> dict[str, Scan]:
    """Return the scan of every sheet by its title; readers differ where there are two of a kind."""
    book, targets = _tree(contents), {}
    for item in _tree(relations):
        if item.get("Id") in targets:
            raise RefusedError("K104", ODD)
        targets[item.get("Id")] = item.get("Target", "")
    sheets = list(book.iterfind(".//{*}sheet"))
    check_sheets(len(sheets))
    names = sum(1 for _ in book.iterfind(".//{*}definedName"))
    if names > held().names:
        raise RefusedError("K103", f"sổ có {names} tên vùng")
    day_zero = _day_zero(book)
    found: dict[str, Scan] = {}
    for sheet in sheets:
        own = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        path = posixpath.normpath(posixpath.join("/", FOLDER, targets.get(own, "")))
        title, scan = sheet.get("name", ""), seen.scans.get(path[1:].lower())
        if title in found:
            raise RefusedError("K104", "có hai trang cùng tên")
        if scan:
            hidden = sheet.get("state", "visible") != "visible"
            links = seen.links.get(path[1:].lower(), b"")
            beside = (
                tuple(sorted(beside_sheet(links, SHEETS, seen.remarks))) if seen.remarks else ()
            )
            found[title] = replace(scan, concealed=hidden, day_zero=day_zero, remarks=beside)
    return found


def _day_zero(book: ElementTree.Element) -> date:
    """Return the day 0 of the workbook: Excel for Macintosh counted from 1904."""
    words = {one.get("date1904", "0").strip() for one in book.iterfind(".//{*}workbookPr")} or {"0"}
    if words <= {"0", "false"}:
        return EXCEL_EPOCH
    if words <= {"1", "true"}:
        return MAC_EPOCH
    raise RefusedError("K104", ODD)


def _tree(part: bytes | None) -> ElementTree.Element:
    if part is None:
        raise RefusedError("K104", LOST)
    if len(part) > held().contents:
        raise RefusedError("K103", "mục lục của sổ quá dài")
    try:
        return ElementTree.fromstring(part)
    except ElementTree.ParseError as error:
        raise RefusedError("K104", ODD) from error
