"""What the raw XML of a sheet tells that readers do not: errors, missing results, merges."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape

from pipeline.model.text import EXCEL_EPOCH
from pipeline.reading.limits import letters

NO_RESULT, ERROR, STALE, OTHERWISE, COVERED = "K307", "K308", "K313", "K315", "K206"
STRUCK, VOLATILE, PICTURE = "K319", "K321", "K331"
NOISY = re.compile(rb"<[!?]")
NOISE = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)

Part = tuple[str, bytes, str, dict[str, str]]  # name, bytes, root element, its attributes
Place = tuple[int, int]  # row and column counted from 1


@dataclass(frozen=True)
class Fault:
    """A cell without a usable value: its finding code, the text it shows, one extra fact."""

    code: str
    text: str = ""
    fact: str = ""


@dataclass(frozen=True)
class Merge:
    """A merged block, rows and columns counted from 1, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        """The block as a spreadsheet writes it: D6:D7."""
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


@dataclass(frozen=True)
class Cells:
    """What stands in the cells of a sheet: faults, plain formulas, how far all reaches."""

    faults: dict[Place, Fault] = field(default_factory=dict)
    plain: dict[Place, str] = field(default_factory=dict)  # formulas of plain arithmetic
    formulas: frozenset[Place] = frozenset()  # cells that show what a formula gave
    last_row: int = 0
    last_column: int = 0
    filled: int = 0
    styled_to: str = ""  # the address of a blank cell or row far below or beside any values
    percents: frozenset[Place] = frozenset()  # cells that show a figure in percent
    formats: Mapping[Place, str] = field(default_factory=dict)  # that may show another figure
    ruled: tuple[tuple[Merge, str], ...] = ()  # blocks whose format hangs on a condition
    rounded: Mapping[Place, str] = field(default_factory=dict)  # what cells show rounded
    struck: frozenset[Place] = frozenset()  # with signs crossed out, raised or lowered
    volatile: frozenset[Place] = frozenset()  # formulas that give another result every day

    @property
    def area(self) -> int:
        """The cells of the rectangle that the reader fills."""
        return self.last_row * self.last_column


@dataclass(frozen=True)
class Scan:
    """One sheet: its cells, merged blocks, hidden rows and columns, whether it is hidden itself."""

    cells: Cells = field(default_factory=Cells)
    merges: tuple[Merge, ...] = ()
    hidden: frozenset[int] = frozenset()
    hidden_columns: tuple[range, ...] = ()
    concealed: bool = False
    day_zero: date = EXCEL_EPOCH  # from which days without a format are counted
    remarks: tuple[str, ...] = ()  # words beside the cells, which nobody reads
    has_cells: bool = True  # unlike a sheet that is a chart, a dialog or a macro

    @property
    def faults(self) -> dict[Place, Fault]:
        """The cells without a usable value."""
        return self.cells.faults


def any_of(*signs: bytes) -> Callable[[bytes], bool]:
    """Return what says whether a part has one of some signs, in a third of the time of `in`."""
    searches = [re.compile(re.escape(sign)).search for sign in signs]
    return lambda part: any(search(part) for search in searches)


def without_noise(part: bytes) -> bytes:
    """Return a part without comments and instructions, and with CDATA sections as plain text.

    The reader takes such for the end of a value or for a blank cell.
    """
    if not NOISY.search(part, part.startswith(b"<?xml")):
        return part
    return NOISE.sub(_plain, part)


def _plain(found: re.Match[bytes]) -> bytes:
    return escape((found[1] or b"").decode(), quote=False).encode()
