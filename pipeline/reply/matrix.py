"""A table as the terminal shows it."""

from collections.abc import Sequence

from pipeline.model.text import one_line


def matrix(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as aligned lines, a rule below the first."""
    shown = [list(map(one_line, row)) for row in rows]
    widths = [max(len(row[n]) for row in shown) for n in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]
    return [lines[0], "─" * max(map(len, lines)), *lines[1:]]
