"""The only place that says how large anything that comes in may be."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The largest files that are opened; a unit's own workbook is a hundred times smaller."""

    # what lies in hop-thu
    received: int = 28_000_000  # a letter carries the largest workbook as text, a third longer
    attached: int = 20  # workbooks in one letter
    letter_lines: int = 700_000
    letter_parts: int = 1_000
    letter_headings: int = 200_000_000  # each squared, as the time to read them goes
    packed: int = 60_000_000  # all workbooks of one zip
    items: int = 100  # files in one zip
    # a workbook as a package
    file: int = 20_000_000
    members: int = 1_000
    member: int = 64 * MIB
    unpacked: int = 128 * MIB
    ratio: int = 100
    ratio_from: int = 100 * 1024
    # its XML
    depth: int = 64
    attributes: int = 64
    tags: int = 6_000_000
    contents: int = 4 * MIB  # the list of sheets and what it points to
    # what it holds
    sheets: int = 64
    names: int = 5_000
    formats: int = 65_490
    rows: int = 100_000
    columns: int = 512
    cells: int = 600_000  # with content in all sheets, or in the rectangle of one sheet
    area: int = 1_200_000  # in the rectangles of all sheets
    cell_tags: int = 1_500_000
    strings: int = 600_000  # in the common table, there or claimed
    claim: int = 50  # times as many different texts claimed as there are
    texts: int = 32 * MIB  # bytes of all texts, as often as they stand in cells
    text: int = 32_767  # UTF-16 units in one cell, as in Excel
    faults: int = 10_000  # error cells and formulas without result in one sheet
    formulas: int = 200_000  # in one sheet
    merges: int = 5_000
    # what a unit's workbook may bring back
    rows_returned: int = 2_500  # in a sheet of issued rows, however few were issued
    rows_times: int = 20  # as many as were issued or pre-printed
    findings: int = 2_000  # about one file that are written down; the rest are counted


LIMITS = Limits()
# Of what the office keeps itself: thirty units of two thousand lines in one table.
OWN = replace(
    LIMITS,
    file=60_000_000,
    member=256 * MIB,
    unpacked=512 * MIB,
    tags=20_000_000,
    cells=2_000_000,
    area=4_000_000,
    cell_tags=4_000_000,
    strings=2_000_000,
    texts=128 * MIB,
)
_held: ContextVar[Limits] = ContextVar("limits", default=LIMITS)


def held() -> Limits:
    """Return how large the workbook being read may be."""
    return _held.get()


@contextmanager
def hold(limits: Limits) -> Iterator[None]:
    """Hold what is read within the block to other limits."""
    before = _held.set(limits)
    try:
        yield
    finally:
        _held.reset(before)
