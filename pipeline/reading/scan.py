"""What the raw XML of a sheet tells that readers do not: errors, missing results, merges."""

import re
from dataclasses import dataclass, field
from html import escape

NO_RESULT, ERROR = "K307", "K308"
CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)

Part = tuple[str, bytes, str, dict[str, str]]  # name, bytes, root element, its attributes


@dataclass(frozen=True)
class Fault:
    """A cell without a usable value: its finding code and the error text it shows."""

    code: str
    text: str = ""


@dataclass(frozen=True)
class Merge:
    """A merged block, rows and columns counted from 1, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Scan:
    """The faults of a sheet by (row, column) counted from 1, its merged blocks, its hidden rows.

    `formulas` are the cells that show what a formula gave: the first ten thousand of them.
    """

    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    merges: tuple[Merge, ...] = ()
    hidden: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()


def without_cdata(part: bytes) -> bytes:
    """Return a part with CDATA sections as plain text; the reader takes them for blank cells."""
    if b"<![CDATA[" not in part:
        return part
    return CDATA.sub(lambda found: escape(found[1].decode(), quote=False).encode(), part)
