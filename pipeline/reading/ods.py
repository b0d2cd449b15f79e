"""The raw XML of .ods: one pass of expat over content.xml, where positions are only counted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite
from pyexpat import ParserCreate

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
)
from pipeline.reading.scan import (
    ERROR,
    NO_RESULT,
    Cells,
    Fault,
    Merge,
    Part,
    Place,
    Scan,
    without_noise,
)
from pipeline.reading.sums import simple_sum

CONTENT = "content.xml"
LONGEST_ERROR = 60
Block = tuple[int, int, int, int]  # row above, rows, column before, columns
CELLS = ("table:table-cell", "table:covered-table-cell")
UNSEEN = ("collapse", "filter")
# Where a cell keeps its value; what it shows is in its text.
TEXT_VALUE = "office:string-value"
VALUES = frozenset(
    (
        "office:value",
        "office:date-value",
        "office:time-value",
        "office:boolean-value",
        TEXT_VALUE,
    )
)
SPACING = re.compile(rb"<text:(tab|line-break)\b[^>]*(?:/>|></text:\1>)")  # the reader drops it
ERROR_WORD = re.compile(r"#[^#]{1,30}[!?]|#N/A|(?:Err|Lỗi):\d{3}")
ASIDE = ("office:annotation", "draw:", "dr3d:")  # notes and shapes, whose text is not the cell's


def scan_package(parts: Iterable[Part]) -> tuple[dict[str, Scan], dict[str, bytes]]:
    """Return the scan of every sheet by its title, and content.xml where it must be rewritten."""
    part = b"".join(part for name, part, _, _ in parts if name == CONTENT)
    plain = SPACING.sub(_spacing, without_noise(part))
    content = _Content()
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.read
    parser.Parse(plain, True)
    return content.scans, {} if plain == part else {CONTENT: plain}


def _spacing(found: re.Match[bytes]) -> bytes:
    return b"\t" if found[1] == b"tab" else b"\n"


@dataclass(slots=True)
class _Cell:
    """The cell being read: its attributes, how often it stands side by side, its pieces of text."""

    attributes: dict[str, str]
    width: int
    pieces: list[str] = field(default_factory=list)
    has_text: bool = False  # a paragraph, be it empty

    @property
    def shown(self) -> str:
        return "".join(self.pieces)

    @property
    def has_value(self) -> bool:
        return bool(self.pieces) or "office:value-type" in self.attributes or bool(self.formula)

    @property
    def is_text(self) -> bool:
        return self.attributes.get("office:value-type") == "string"

    @property
    def keeps_value(self) -> bool:
        return not VALUES.isdisjoint(self.attributes) or (self.is_text and self.has_text)

    @property
    def is_error(self) -> bool:
        """Say whether the cell shows an error; only some programs say so by its type."""
        if self.attributes.get("calcext:value-type") == "error":
            return True
        shown = self.shown.strip() if self.formula or not self.is_text else ""
        # Beside an empty result only the word for an error is shown, in whatever language.
        empty = self.formula and self.attributes.get(TEXT_VALUE) == ""
        return bool(shown and (empty or ERROR_WORD.fullmatch(shown)))

    @property
    def formula(self) -> str:
        return self.attributes.get("table:formula", "")

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the cell; refuses a text the reader would take for blank."""
        if self.is_error:
            return Fault(ERROR, self.shown[:LONGEST_ERROR].strip())
        if self.keeps_value:
            return None
        if not self.formula and (shown := self.shown.strip()):
            raise RefusedError("K104", f"ô «{shown[:LONGEST_ERROR]}» ghi thiếu kiểu hoặc giá trị")
        return Fault(NO_RESULT) if self.formula else None


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
    sums: dict[Place, str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)


@dataclass
class _Content:
    """Where the parser stands and what it has seen so far."""

    scans: dict[str, Scan] = field(default_factory=dict)
    table: _Table = field(default_factory=_Table)
    cell: _Cell | None = None
    aside: int = 0
    texts: int = 0
    filled: int = 0
    area: int = 0
    style: str = ""
    unseen_styles: set[str] = field(default_factory=set)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in CELLS:
            width = _count(attributes, "table:number-columns-repeated")
            self.cell = _Cell(attributes, width)
        elif name == "table:table-row":
            _open_row(self.table, attributes)
        elif name == "table:table-column":
            _take_column(self.table, attributes)
        elif name == "table:table":
            unseen = attributes.get("table:style-name") in self.unseen_styles
            self.table = _Table(attributes.get("table:name", ""), unseen)
        elif name == "style:style":
            self.style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.unseen_styles.add(self.style)
        elif name.startswith(ASIDE):
            self.aside += 1
        elif name == "text:p" and self.cell and not self.aside:
            self.cell.has_text = True

    def read(self, text: str) -> None:
        if self.cell and not self.aside:
            self.cell.pieces.append(text)

    def end(self, name: str) -> None:
        if name in CELLS:
            self._close_cell(self.cell)
            self.cell = None
        elif name == "table:table-row":
            self.table.row += self.table.rows
        elif name.startswith(ASIDE):
            self.aside -= 1
        elif name == "table:table":
            self._close_table(self.table)

    def _close_cell(self, cell: _Cell | None) -> None:
        if cell and cell.pieces:
            size = _size(cell.shown)
            self.texts += size * cell.width * self.table.rows
            check_texts(self.texts)
        if cell:
            _close_cell(self.table, cell)

    def _close_table(self, table: _Table) -> None:
        if table.title and table.title in self.scans:
            raise RefusedError("K104", "có hai trang cùng tên")
        self.scans[table.title] = scan = _scan(table)
        self.filled += scan.cells.filled
        self.area += scan.cells.area
        check_cells(self.filled, self.area)
        check_sheets(len(self.scans))


def _open_row(table: _Table, attributes: dict[str, str]) -> None:
    table.rows, table.column = _count(attributes, "table:number-rows-repeated"), 0
    if attributes.get("table:visibility") in UNSEEN:
        table.hidden.append(range(table.row + 1, table.row + table.rows + 1))


def _take_column(table: _Table, attributes: dict[str, str]) -> None:
    width = _count(attributes, "table:number-columns-repeated")
    if attributes.get("table:visibility") in UNSEEN:
        table.hidden_columns.append(range(table.columns + 1, table.columns + width + 1))
    table.columns += width


def _size(text: str) -> int:
    """Return about how many bytes a text takes; refuses one longer than a cell may hold."""
    check_text(text)
    return len(text) if text.isascii() else 3 * len(text)


def _close_cell(table: _Table, cell: _Cell) -> None:
    number = cell.attributes.get("office:value")
    if number and not number.isdecimal() and not _is_number(number):
        raise RefusedError("K104", f"ô số ghi «{number[:LONGEST_ERROR]}»")
    if cell.has_value:
        table.filled += cell.width * table.rows
        table.last_row = max(table.last_row, table.row + table.rows)
        table.last_column = max(table.last_column, table.column + cell.width)
        if fault := cell.fault:
            block = table.row, table.rows, table.column, cell.width
            table.blocks.append((fault, block))
        elif cell.formula:
            table.formulas.append((table.row, table.rows, table.column, cell.width))
            if text := simple_sum(cell.formula):
                table.sums[table.row + 1, table.column + 1] = text
    if "table:number-columns-spanned" in cell.attributes:
        _take_merge(table, cell)
    table.column += cell.width


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _take_merge(table: _Table, cell: _Cell) -> None:
    down = _count(cell.attributes, "table:number-rows-spanned")
    across = _count(cell.attributes, "table:number-columns-spanned")
    if down * across > 1:
        top, left = table.row + 1, table.column + 1
        table.merges.append(Merge(top, left, table.row + down, table.column + across))


def _scan(table: _Table) -> Scan:
    """Return what has been seen of a sheet; refuses one too large before it is unrolled."""
    check_extent(table.last_row, table.last_column)
    check_merges(len(table.merges))
    check_faults(sum(rows * columns for _, (_, rows, _, columns) in table.blocks))
    check_formulas(sum(rows * columns for _, rows, _, columns in table.formulas))
    faults = {place: fault for fault, block in table.blocks for place in _places(block)}
    formulas = frozenset(chain.from_iterable(map(_places, table.formulas)))
    below = table.last_row + 1
    hidden = [range(rows.start, min(rows.stop, below)) for rows in table.hidden]
    cells = Cells(faults, table.sums, formulas, table.last_row, table.last_column, table.filled)
    seen = frozenset(chain(*hidden))
    return Scan(cells, tuple(table.merges), seen, tuple(table.hidden_columns), table.concealed)


def _places(block: Block) -> Iterator[Place]:
    """Yield every cell of a block."""
    row, rows, column, columns = block
    for down in range(1, rows + 1):
        for across in range(1, columns + 1):
            yield row + down, column + across


def _count(attributes: dict[str, str], key: str) -> int:
    if key not in attributes:
        return 1
    text = attributes[key]
    if not text.isdecimal() or len(text) > 9:
        raise RefusedError("K104", "số lần lặp ô không phải là số")
    return int(text)
