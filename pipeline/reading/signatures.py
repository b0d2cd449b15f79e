"""Who signs below a table, and when; below a list only where nothing can be an entry of it."""

from pipeline.model.layout import Field, Sheet
from pipeline.model.text import fold
from pipeline.reading.row import FEW, Row, folded
from pipeline.reading.words import CODE, FOOTER, NAME, SIGNED, SIGNED_ON, SIGNS_LIST

LONGEST_NAME = 40


def is_signature(cell: object) -> bool:
    """Say whether a text below issued lines begins as those of who signs do."""
    text = folded(cell)
    return bool(FOOTER.fullmatch(text) or SIGNED.fullmatch(text))


def free_footer(rows: list[Row], sheet: Sheet) -> float:
    """Return where signatures begin below a list: a title or a date, then but names under titles.

    A title stands apart, below an empty row. What may be an entry is one, and all above it.
    """
    last = [row for row in rows if row.cells or row.faults]
    footer = float("inf")
    for at in range(len(last) - 1, -1, -1):
        if not _may_sign(last[at], sheet):
            break
        apart = last[at].number > (last[at - 1].number if at else rows[0].number - 1) + 1
        if _opens(last[at], apart=apart) and _names_fit(last[at:]):
            footer = last[at].number
    return footer


def _may_sign(row: Row, sheet: Sheet) -> bool:
    """Say whether all in a row are titles, dates or names, and none is an entry of its column."""
    if row.has_figures or len(row.cells) > FEW:
        return False
    own = ((sheet[key], value) for key, value in row.values.items() if value is not None)
    return all(map(_signs, row.cells)) and not any(_is_entry(*one) for one in own)


def _signs(cell: object) -> bool:
    return bool(SIGNS_LIST.fullmatch(folded(cell))) or _is_name(str(cell))


def _is_name(text: str) -> bool:
    words = text.split()
    short = len(text) <= LONGEST_NAME and bool(NAME.fullmatch(folded(text)))
    return short and all(word[0].isupper() for word in words)


def _is_entry(field: Field, value: object) -> bool:
    """Say whether a text is a code or a choice of its column."""
    text = fold(value)
    if field.type == "code":
        return bool(CODE.fullmatch(text))
    return isinstance(field.choices, tuple) and text in map(fold, field.choices)


def _opens(row: Row, *, apart: bool) -> bool:
    """Say whether a row is but titles below an empty row, or the day."""
    texts = list(map(folded, row.cells))
    dated = any(map(SIGNED_ON.fullmatch, texts))
    return (apart or dated) and all(map(SIGNS_LIST.fullmatch, texts))


def _names_fit(rows: list[Row]) -> bool:
    """Say whether every name in a list's columns stands under a title or a date."""
    titled: set[str] = set()
    for row in rows:
        for key in row.filled:
            if SIGNS_LIST.fullmatch(folded(row.values[key])):
                titled.add(key)
            elif key not in titled:
                return False
    return True
