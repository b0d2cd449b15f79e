"""The raw XML of .ods: one pass of expat over content.xml, where positions are only counted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pyexpat import ParserCreate

from pipeline.reading.limits import (
    LIMITS,
    RefusedError,
    check_extent,
    check_faults,
    check_merges,
)
from pipeline.reading.scan import ERROR, NO_RESULT, Fault, Merge, Part, Scan, without_cdata

CONTENT = "content.xml"
LONGEST_ERROR = 60
Block = tuple[int, int, int, int]  # row above, rows, column before, columns
CELLS = ("table:table-cell", "table:covered-table-cell")


def scan_package(parts: Iterable[Part]) -> tuple[dict[str, Scan], dict[str, bytes]]:
    """Return the scan of every sheet by its title, and content.xml where it must be rewritten."""
    part = b"".join(part for name, part, _, _ in parts if name == CONTENT)
    plain = without_cdata(part)
    content = _Content()
    parser = ParserCreate()
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.read
    parser.Parse(plain, True)
    return content.scans, {} if plain == part else {CONTENT: plain}


@dataclass
class _Cell:
    """The cell being read: its attributes and the beginning of the text it shows."""

    attributes: dict[str, str]
    shown: str = ""

    @property
    def width(self) -> int:
        return _count(self.attributes, "table:number-columns-repeated")

    @property
    def is_error(self) -> bool:
        return self.attributes.get("calcext:value-type") == "error"

    @property
    def has_value(self) -> bool:
        return "office:value-type" in self.attributes or bool(self.shown) or self.has_formula

    @property
    def has_formula(self) -> bool:
        return "table:formula" in self.attributes

    @property
    def fault(self) -> Fault | None:
        if self.is_error:
            return Fault(ERROR, self.shown.strip())
        bare = self.has_formula and "office:value-type" not in self.attributes and not self.shown
        return Fault(NO_RESULT) if bare else None


@dataclass
class _Content:
    """Where the parser stands and what it has seen so far."""

    scans: dict[str, Scan] = field(default_factory=dict)
    title: str = ""
    row: int = 0
    column: int = 0
    rows: int = 1
    last_row: int = 0
    last_column: int = 0
    cell: _Cell | None = None
    notes: int = 0
    blocks: list[tuple[Fault, Block]] = field(default_factory=list)
    formulas: list[Block] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: set[range] = field(default_factory=set)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.title = attributes.get("table:name", "")
            self.row = self.last_row = self.last_column = 0
            self.blocks, self.formulas, self.merges, self.hidden = [], [], [], set()
        elif name == "table:table-row":
            self.rows, self.column = _count(attributes, "table:number-rows-repeated"), 0
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.hidden.add(range(self.row + 1, self.row + self.rows + 1))
        elif name in CELLS:
            self.cell = _Cell(attributes)
        elif name == "office:annotation":
            self.notes += 1

    def read(self, text: str) -> None:
        if self.cell and not self.notes and len(self.cell.shown) < LONGEST_ERROR:
            self.cell.shown += text[:LONGEST_ERROR]

    def end(self, name: str) -> None:
        if name in CELLS and self.cell:
            self._close_cell(self.cell)
        elif name == "table:table-row":
            self.row += self.rows
        elif name == "office:annotation":
            self.notes -= 1
        elif name == "table:table":
            self._close_table()

    def _close_cell(self, cell: _Cell) -> None:
        if cell.has_value:
            self.last_row = max(self.last_row, self.row + self.rows)
            self.last_column = max(self.last_column, self.column + cell.width)
        block = self.row, self.rows, self.column, cell.width
        if fault := cell.fault:
            self.blocks.append((fault, block))
        elif cell.has_formula and len(self.formulas) < LIMITS.formulas:
            self.formulas.append(block)
        down = _count(cell.attributes, "table:number-rows-spanned")
        across = _count(cell.attributes, "table:number-columns-spanned")
        if down * across > 1:
            top, left = self.row + 1, self.column + 1
            self.merges.append(Merge(top, left, self.row + down, self.column + across))
        self.column += cell.width
        self.cell = None

    def _close_table(self) -> None:
        if self.title and self.title in self.scans:
            raise RefusedError("K104", "có hai trang cùng tên")
        check_extent(self.last_row, self.last_column)
        check_merges(len(self.merges))
        check_faults(sum(rows * columns for _, (_, rows, _, columns) in self.blocks))
        faults = {place: fault for fault, block in self.blocks for place in _places(block)}
        formulas = chain.from_iterable(map(_places, self.formulas))
        below = self.last_row + 1
        hidden = [range(rows.start, min(rows.stop, below)) for rows in self.hidden]
        self.scans[self.title] = Scan(
            faults,
            tuple(self.merges),
            frozenset(chain(*hidden)),
            frozenset(islice(formulas, LIMITS.formulas)),
        )


def _places(block: Block) -> Iterator[tuple[int, int]]:
    """Yield (row, column) of every cell of a block."""
    row, rows, column, columns = block
    for down in range(1, rows + 1):
        for across in range(1, columns + 1):
            yield row + down, column + across


def _count(attributes: dict[str, str], key: str) -> int:
    text = attributes.get(key, "1")
    if not text.isdecimal():
        raise RefusedError("K104", "số lần lặp ô không phải là số")
    return int(text)
