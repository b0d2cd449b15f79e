"""One page for any number of problems: like ones told once, the rest by their places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from pipeline.model.grouping import Kind, kinds_of
from pipeline.reply.slip import Row, Slip

MOST_GRIDS = 6
MOST_LISTED = 50  # no page has room for more
ELSEWHERE = "kể đủ trong thư"
# Millimetres, as slip.css sets them; a column in characters of its own type.
PAGE, FRAME, PART, PROBLEM = 263.0, 22.0, 11.0, 4.0
LARGE, SMALL = 5.3, 3.9  # a line of text, a line of a table
EDGE, THICK = 1.3, 0.8  # around the lines of a row, around the marked cell
PER_MM = 0.7  # characters of a table in a millimetre
WHOLE, COLUMNS = 84, (29, 50, 36)


Grid = Mapping[str, list[dict]]  # columns and rows around a cell


@dataclass(frozen=True)
class Part:
    """One part of a slip: the problems with a grid, those in a list, how many are left out."""

    key: str
    title: str
    drawn: Sequence[tuple[Kind, Grid | None]]
    listed: Sequence[Kind]
    left_out: str


def arranged(slip: Slip, around: Callable[[Row], Grid | None]) -> list[Part]:
    """Return the parts of a slip so that it fits a page: as many grids as there is room for.

    `around` gives the grid of a finding, None where it has no cell.
    Where even a list of all kinds is too long the last are counted.
    """
    groups = [(key, title, kinds_of(rows)) for key, title, rows in slip.groups]
    total = sum(len(kinds) for _, _, kinds in groups)
    room = PAGE - _head(slip)
    shorter = [(grids, total) for grids in range(MOST_GRIDS, -1, -1)]
    shorter += [(0, most) for most in range(min(total - 1, MOST_LISTED), 0, -1)]
    tries = (_parts(groups, grids, most, around) for grids, most in shorter)
    fitting = (parts for parts in tries if sum(map(_height, parts)) <= room)
    return next(fitting, _parts(groups, 0, 1, around))


def _parts(groups: Sequence[tuple], grids: int, most: int, around: Callable) -> list[Part]:
    parts = []
    for key, title, kinds in groups:
        drawn = kinds[:grids] if key != "repairs" else []
        grids -= len(drawn)
        listed = kinds[len(drawn) : max(len(drawn), most)]
        most -= len(drawn) + len(listed)
        lost = kinds[len(drawn) + len(listed) :]
        places = sum(1 + len(kind.others) for kind in lost)
        left_out = f"Còn {len(lost)} loại vấn đề nữa ở {places} chỗ, {ELSEWHERE}." if lost else ""
        parts.append(
            Part(key, title, [(kind, around(kind.first)) for kind in drawn], listed, left_out)
        )
    return parts


def _head(slip: Slip) -> float:
    """Return the height of all that stands above the parts."""
    texts = (f"{slip.name} ({slip.unit}), {slip.cycle}", *slip.files, slip.read, slip.what_next)
    return FRAME + sum(LARGE * _lines(text, WHOLE) + 1 for text in texts)


def _height(part: Part) -> float:
    drawn = sum(_drawn_height(kind, grid) for kind, grid in part.drawn)
    listed = sum(map(_listed_height, part.listed))
    return PART + drawn + listed + (6 if part.listed else 0) + (6 if part.left_out else 0)


def _drawn_height(kind: Kind, grid: Grid | None) -> float:
    texts = (f"{kind.where}: {kind.what}", kind.action, kind.more())
    lines = sum(_lines(text, WHOLE - 6) for text in texts if text)
    return PROBLEM + LARGE * lines + (_grid_height(grid) if grid else 0)


def _grid_height(grid: Grid) -> float:
    """Return the height of letters, headings and the rows around a cell."""
    signs = [max(1, int((column["width"] - EDGE) * PER_MM)) for column in grid["columns"]]
    headings = [column["heading"] for column in grid["columns"]]
    texts = [[cell["text"][: cell["limit"]] for cell in row["cells"]] for row in grid["rows"]]
    lines = [[_lines(*cell) for cell in zip(row, signs, strict=True)] for row in [headings, *texts]]
    return THICK + SMALL + EDGE + sum(SMALL * max(1, *row) + EDGE for row in lines)


def _listed_height(kind: Kind) -> float:
    texts = f"{kind.where} {kind.more()}", kind.what, kind.action
    return EDGE + SMALL * max(_lines(*column) for column in zip(texts, COLUMNS, strict=True))


def _lines(text: str, width: int) -> int:
    return ceil(min(len(text), 600) / width) if text else 0
