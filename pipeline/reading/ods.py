"""The raw XML of .ods: one pass of expat over content.xml, where positions are only counted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, product
from pyexpat import ParserCreate, XMLParserType

from pipeline.model.text import EXCEL_EPOCH
from pipeline.reading.arithmetic import plain_formula
from pipeline.reading.faults import is_volatile
from pipeline.reading.limits import (
    RefusedError,
    check_cells,
    check_extent,
    check_faults,
    check_formulas,
    check_merges,
    check_sheets,
    check_text,
    check_texts,
    letters,
)
from pipeline.reading.opencell import LONGEST_ERROR, Cell, day_of, is_number, is_struck
from pipeline.reading.places import INSIDE
from pipeline.reading.prefixes import with_usual_prefixes
from pipeline.reading.remarks import BOX, OWN_NOTE, PICTURE, notes_on
from pipeline.reading.scan import Cells, Fault, Merge, Part, Place, Scan, without_noise

CONTENT = "content.xml"
Block = tuple[int, int, int, int]  # row above, rows, column before, columns
CELLS = ("table:table-cell", "table:covered-table-cell")
SPANS = frozenset(("table:number-columns-spanned", "table:number-rows-spanned"))
UNSEEN = ("collapse", "filter")
GROUPS = ("table:table-row-group", "table:table-column-group")
# What keeps tables or text that are no cells: changes made, shapes, notes. Readers differ here.
ASIDES = ("table:tracked-changes", "table:dde-links", "table:shapes", "text:note", "text:ruby-text")
STYLE_NAMES = dict.fromkeys(CELLS, "table:style-name") | {"text:span": "text:style-name"}
SHAPES, ANNOTATION = ("draw:", "dr3d:"), "office:annotation"
EMPTY_TAG = re.compile(rb"<" + INSIDE + rb"/>")
SPACING = re.compile(rb"<text:(tab|line-break)\b[^>]*(?:/>|></text:\1>)")  # the reader drops it


def scan_package(parts: Iterable[Part]) -> tuple[dict[str, Scan], dict[str, bytes]]:
    """Return the scan of every sheet by its title, and content.xml where it must be rewritten."""
    part = b"".join(part for name, part, _, _ in parts if name == CONTENT)
    plain = SPACING.sub(_spacing, with_usual_prefixes(without_noise(part)))
    parser = ParserCreate()
    content = _Content(parser, plain)
    parser.buffer_text = True
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.read
    parser.Parse(plain, True)
    if not content.scans:
        raise RefusedError("K104", "sổ không có trang nào")
    edges = [0, *content.cuts, len(plain)]
    pieces = zip(edges[::2], edges[1::2], strict=True)
    kept = b"".join(plain[start:end] for start, end in pieces)
    return content.scans, {} if kept == part else {CONTENT: kept}


def _spacing(found: re.Match[bytes]) -> bytes:
    return b"\t" if found[1] == b"tab" else b"\n"


@dataclass
class _Table:
    """The sheet being read, as far as it has been read."""

    title: str = ""
    concealed: bool = False
    row: int = 0
    column: int = 0
    rows: int = 1
    last_row: int = 0
    last_column: int = 0
    columns: int = 0
    filled: int = 0
    blocks: list[tuple[Fault, Block]] = field(default_factory=list)
    formulas: list[Block] = field(default_factory=list)
    percents: list[Block] = field(default_factory=list)
    plain: dict[Place, str] = field(default_factory=dict)
    struck: list[Block] = field(default_factory=list)
    volatile: list[Block] = field(default_factory=list)
    rounded: dict[Place, str] = field(default_factory=dict)
    noted: dict[str, None] = field(default_factory=dict)  # cells that carry a note
    drawn: set[str] = field(default_factory=set)  # boxes of text, pictures
    merges: list[Merge] = field(default_factory=list)
    hidden: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)


@dataclass
class _Content:
    """Where the parser stands and what it has seen so far."""

    parser: XMLParserType
    plain: bytes
    cuts: list[int] = field(default_factory=list)  # where what is no cell begins and ends, in turn
    folded: list[bool] = field(default_factory=list)  # of the groups of rows and columns around
    scans: dict[str, Scan] = field(default_factory=dict)
    table: _Table = field(default_factory=_Table)
    cell: Cell | None = None
    aside: int = 0
    beside: str = ""  # the outermost element around that is none of the cell's
    in_words: bool = False
    drawn: str = ""  # the last element of what is none of the cell's
    texts: int = 0
    filled: int = 0
    area: int = 0
    style: str = ""
    day_zero: date = EXCEL_EPOCH
    unseen_styles: set[str] = field(default_factory=set)
    struck_styles: set[str] = field(default_factory=set)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.aside or self._is_aside(name):
            if not self.aside:
                self.cuts.append(self.parser.CurrentByteIndex)
                self.beside = name
            self.aside += 1
            self.in_words = name.startswith("text:")
            if name == "draw:image" and self.drawn != "draw:object":  # else that of a chart
                self.table.drawn.add(PICTURE)
            self.drawn = name
        elif name in CELLS:
            self.cell = Cell(attributes, _count(attributes, "table:number-columns-repeated"))
        elif name == "table:table-row":
            _open_row(self.table, attributes, any(self.folded))
        elif name == "table:table-column":
            _take_column(self.table, attributes, any(self.folded))
        elif name in GROUPS:
            self.folded.append(attributes.get("table:display") == "false")
        elif name == "table:table":
            unseen = attributes.get("table:style-name") in self.unseen_styles
            self.table = _Table(attributes.get("table:name", ""), unseen)
        elif name == "style:style":
            self.style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.unseen_styles.add(self.style)
        elif name == "style:text-properties" and is_struck(attributes):
            self.struck_styles.add(self.style)
        elif name == "table:null-date":
            self.day_zero = day_of(attributes.get("table:date-value", str(EXCEL_EPOCH)))
        elif name == "text:p" and self.cell:
            self.cell.has_text = True
        if self.cell and not self.aside and STYLE_NAMES.get(name) in attributes:
            own = attributes[STYLE_NAMES[name]]
            self.cell.is_struck |= own in self.struck_styles

    def _is_aside(self, name: str) -> bool:
        """Say whether an element holds no cells and no text of its cell."""
        if self.cell and name == "table:table":
            raise RefusedError("K104", "có bảng lồng trong ô")
        beside = self.cell and not name.startswith("text:")
        return bool(beside) or name in ASIDES or name.startswith(SHAPES)

    def read(self, text: str) -> None:
        if self.aside and self.in_words and text.strip() and not OWN_NOTE.search(text):
            self._note_remark()
        if self.cell and not self.aside:
            self.cell.pieces.append(text)

    def _note_remark(self) -> None:
        """Note words beside the cells, and where."""
        if self.beside == ANNOTATION:
            self.table.noted[f"{letters(self.table.column + 1)}{self.table.row + 1}"] = None
        elif self.beside.startswith((*SHAPES, "table:shapes")):
            self.table.drawn.add(BOX)

    def end(self, name: str) -> None:
        if self.aside:
            self.aside -= 1
            self.cuts += [] if self.aside else [self._tag_end()]
        elif name in CELLS:
            self._close_cell(self.cell)
            self.cell = None
        elif name == "table:table-row":
            self.table.row += self.table.rows
        elif name in GROUPS:
            self.folded.pop()
        elif name == "table:table":
            self._close_table(self.table)

    def _tag_end(self) -> int:
        """Return where the aside ends that began last."""
        empty = EMPTY_TAG.match(self.plain, self.cuts[-1])
        return empty.end() if empty else self.plain.index(b">", self.parser.CurrentByteIndex) + 1

    def _close_cell(self, cell: Cell | None) -> None:
        if cell and cell.pieces:
            size = _size(cell.shown)
            self.texts += size * cell.width * self.table.rows
            check_texts(self.texts)
        if cell:
            _close_cell(self.table, cell)

    def _close_table(self, table: _Table) -> None:
        if table.title and table.title in self.scans:
            raise RefusedError("K104", "có hai trang cùng tên")
        self.scans[table.title] = scan = _scan(table, self.day_zero)
        self.filled += scan.cells.filled
        self.area += scan.cells.area
        check_cells(self.filled, self.area)
        check_sheets(len(self.scans))


def _open_row(table: _Table, attributes: dict[str, str], folded: bool) -> None:
    table.rows, table.column = _count(attributes, "table:number-rows-repeated"), 0
    if folded or attributes.get("table:visibility") in UNSEEN:
        table.hidden.append(range(table.row + 1, table.row + table.rows + 1))


def _take_column(table: _Table, attributes: dict[str, str], folded: bool) -> None:
    width = _count(attributes, "table:number-columns-repeated")
    if folded or attributes.get("table:visibility") in UNSEEN:
        table.hidden_columns.append(range(table.columns + 1, table.columns + width + 1))
    table.columns += width


def _size(text: str) -> int:
    """Return about how many bytes a text takes; refuses one too long for a cell."""
    check_text(text)
    return len(text) if text.isascii() else 3 * len(text)


def _close_cell(table: _Table, cell: Cell) -> None:
    number = cell.attributes.get("office:value")
    if number and not number.isdecimal() and not is_number(number):
        raise RefusedError("K104", f"ô số ghi «{number[:LONGEST_ERROR]}»")
    if cell.has_value:
        table.filled += cell.width * table.rows
        table.last_row = max(table.last_row, table.row + table.rows)
        table.last_column = max(table.last_column, table.column + cell.width)
        _close_filled(table, cell)
    if not SPANS.isdisjoint(cell.attributes):
        _take_merge(table, cell)
    table.column += cell.width


def _close_filled(table: _Table, cell: Cell) -> None:
    block = table.row, table.rows, table.column, cell.width
    place = table.row + 1, table.column + 1
    table.percents += [block] if cell.is_percent else []
    table.struck += [block] if cell.is_struck else []
    if fault := cell.fault:
        table.blocks.append((fault, block))
    elif cell.formula:
        table.formulas.append(block)
        if is_volatile(cell.formula):
            table.volatile.append(block)
        elif text := plain_formula(cell.formula):
            table.plain[place] = text
    if shown := cell.rounded:
        table.rounded[place] = shown


def _take_merge(table: _Table, cell: Cell) -> None:
    down = _count(cell.attributes, "table:number-rows-spanned")
    across = _count(cell.attributes, "table:number-columns-spanned")
    if down * across > 1:
        top, left = table.row + 1, table.column + 1
        table.merges.append(Merge(top, left, table.row + down, table.column + across))


def _scan(table: _Table, day_zero: date) -> Scan:
    """Return what has been seen of a sheet; refuses one too large before it is unrolled."""
    check_extent(table.last_row, table.last_column)
    check_merges(len(table.merges))
    check_faults(sum(rows * columns for _, (_, rows, _, columns) in table.blocks))
    check_formulas(sum(rows * columns for _, rows, _, columns in table.formulas))
    faults = {place: fault for fault, block in table.blocks for place in _places(block)}
    formulas = frozenset(chain.from_iterable(map(_places, table.formulas)))
    hidden = chain(*(range(r.start, min(r.stop, table.last_row + 1)) for r in table.hidden))
    marks = {
        name: frozenset(chain.from_iterable(map(_places, getattr(table, name))))
        for name in ("percents", "struck", "volatile")
    }
    reach = table.last_row, table.last_column, table.filled
    cells = Cells(faults, table.plain, formulas, *reach, rounded=table.rounded, **marks)
    merges, columns = tuple(table.merges), tuple(table.hidden_columns)
    remarks = tuple(filter(None, (notes_on([*table.noted]), *sorted(table.drawn))))
    return Scan(cells, merges, frozenset(hidden), columns, table.concealed, day_zero, remarks)


def _places(block: Block) -> Iterator[Place]:
    """Return every cell of a block."""
    row, rows, column, columns = block
    return product(range(row + 1, row + rows + 1), range(column + 1, column + columns + 1))


def _count(attributes: dict[str, str], key: str) -> int:
    if key not in attributes:
        return 1
    text = attributes[key]
    if not text.isdecimal() or len(text) > 9 or int(text) == 0:
        raise RefusedError("K104", "số lần lặp ô không phải là số")
    return int(text)
