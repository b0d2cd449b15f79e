"""A table as the terminal shows it."""

from collections.abc import Sequence


def matrix(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as aligned lines, a rule below the first."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [lines[0], "─" * max(map(len, lines)), *lines[1:]]
