"""Lines for a terminal of a hundred columns: titles, labelled texts, tables, near matches."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from textwrap import wrap

from pipeline.model.text import fold, fold_code, sort_key
from pipeline.tools.page import printable

WIDTH, LABEL = 96, 18
LONGEST = 2000  # characters of one statement
NEAR, ALIKE = 5, 0.6  # how many near matches are named, and how near
LEAST_NAME = 3  # letters of a name that find somebody


def title(text: str) -> list[str]:
    """Return a heading over a line of its own."""
    lines = said(text)
    return [*lines, "─" * min(WIDTH, max(map(len, lines)))]


def said(text: str, indent: int = 0) -> list[str]:
    """Return a statement, whatever a cell in it holds, wrapped and indented."""
    lead = " " * indent
    leads = {"initial_indent": lead, "subsequent_indent": lead}
    lines = wrap(printable(text, LONGEST), WIDTH, **leads, break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines] or [""]


def block(rows: Iterable[tuple[str, str]], indent: int = 0) -> list[str]:
    """Return labels beside their texts; what has no text has no line."""
    lines = []
    for label, text in rows:
        if text:
            first, *others = said(text, indent + LABEL)
            lines += [f"{' ' * indent}{label:<{LABEL}}{first.lstrip(' ')}", *others]
    return lines


def table(head: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> list[str]:
    """Return rows in columns as wide as their longest cell: `texts` of text, then figures."""
    cells = [[printable(cell, WIDTH // 3) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            f"{cell:<{width}}" if n < texts else f"{cell:>{width}}"
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def near(wanted: str, known: Mapping[str, str]) -> str:
    """Return the codes most like the wanted one, or whose name has its words: «KT-07, KT-17»."""
    code, name = fold_code(wanted), fold(wanted)
    codes = {fold_code(each): each for each in known}
    same = [each for each in known if sort_key(each)[0] == sort_key(wanted)[0]]
    named = [each for each, text in known.items() if len(name) >= LEAST_NAME and name in fold(text)]
    alike = [codes[each] for each in get_close_matches(code, codes, NEAR, ALIKE)]
    found = list(dict.fromkeys([*same, *named, *alike]))[:NEAR]
    return ", ".join(f"{each} {known[each]}".strip() for each in found)
