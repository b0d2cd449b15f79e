"""Merged blocks that reach over several rows: what stands in the first holds for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.model.layout import Sheet
from pipeline.model.limits import held
from pipeline.reading.headings import Grid, Headings
from pipeline.reading.limits import RefusedError
from pipeline.reading.scan import Merge

WORDS = ("code", "text", "choice")
Place = tuple[int, int]  # row counted from 1, column counted from 0


@dataclass(frozen=True)
class Filled:
    """A sheet whose merged cells are filled down."""

    grid: Grid
    carried: Mapping[Place, int]  # a filled cell → the row its value was typed in
    spans: Mapping[Place, str]  # a cell of such a block → the block's address


def fill_down(grid: Grid, merges: Iterable[Merge]) -> Filled:
    """Return a copy of a sheet with every merged block of several rows filled from its first."""
    blocks = [(block, min(block.bottom, len(grid))) for block in merges]
    tall = [(block, bottom) for block, bottom in blocks if block.top < bottom]
    if sum(bottom - block.top for block, bottom in tall) > held().cells:
        raise RefusedError("K103", "các ô gộp trùm lên quá nhiều dòng")
    filled = [list(row) for row in grid] if tall else grid
    carried: dict[Place, int] = {}
    spans: dict[Place, str] = {}
    for block, bottom in tall:
        column = block.left - 1
        if column >= len(grid[block.top - 1]) or grid[block.top - 1][column] == "":
            continue
        for row in range(block.top, bottom + 1):
            spans[row, column] = block.name
            if row > block.top and grid[row - 1][column] == "":
                filled[row - 1][column] = grid[block.top - 1][column]
                carried[row, column] = block.top
    return Filled(filled, carried, spans)


def fill_words(grid: Grid, merges: Iterable[Merge], headings: Headings, sheet: Sheet) -> Grid:
    """Return a sheet in which codes and texts under a block of one column hold for its rows.

    Figures and days do not: nobody knows whose they are.
    """
    columns = {at + 1 for key, at in headings.first.items() if sheet[key].type in WORDS}
    own = (block for block in merges if block.left == block.right and block.left in columns)
    return fill_down(grid, (block for block in own if block.top > headings.row)).grid
