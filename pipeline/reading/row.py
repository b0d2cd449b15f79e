"""One row of a table as it was typed, and how its cells are compared."""

from dataclasses import dataclass

from pipeline.model.text import fold
from pipeline.reading.scan import Fault

SHORT = 200
FEW = 3  # cells of a signature or note, at most
NOTHING = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\u202f\u3000\ufeff"


@dataclass(frozen=True)
class Row:
    """One row: the sender's own number, its fields, everything in it from the left."""

    number: int
    values: dict[str, object]
    cells: list[object]
    faults: dict[str, Fault]
    first: str  # its first cell as it is compared

    @property
    def has_figures(self) -> bool:
        return bool(self.faults) or not all(isinstance(cell, str) for cell in self.cells)

    @property
    def filled(self) -> set[str]:
        """The fields that hold anything."""
        return {key for key, value in self.values.items() if value is not None} | set(self.faults)


def folded(cell: object) -> str:
    """Return a cell as it is compared; "" for a long text, which is no mark."""
    return "" if isinstance(cell, str) and len(cell) > SHORT else fold(cell)


def is_blank(cell: object) -> bool:
    """Say whether a cell shows nothing."""
    return isinstance(cell, str) and not cell.strip(NOTHING)
