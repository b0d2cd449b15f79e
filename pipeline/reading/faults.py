"""Cells of a sheet's raw XML without a usable value, and the formulas of plain arithmetic."""

import re
from collections.abc import Iterator, Mapping
from html import unescape

from pipeline.reading.arithmetic import LONGEST, moved, plain_formula
from pipeline.reading.limits import check_faults, check_formulas
from pipeline.reading.places import ADDRESS, INSIDE, PREFIX, column_number
from pipeline.reading.scan import ERROR, NO_RESULT, PICTURE, Fault, Place, any_of

CELL = re.compile(rb"<" + PREFIX + rb"c\b(" + INSIDE + rb")(/?)>")
IS_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
IS_TEXT = re.compile(rb"""\st\s*=\s*["'](?:str|inlineStr)["']""")
RICH = re.compile(rb"""\svm\s*=\s*["']\d""")
PICTURED = re.compile(rb"\b(?:_xlfn\.)?(?:DISPIMG|IMAGE)\s*\(", re.IGNORECASE)
FORMULA = re.compile(rb"<" + PREFIX + rb"f\b(" + INSIDE + rb")/?>([^<]*)")
SHARED = re.compile(rb"""\ssi\s*=\s*["'](\d+)["']""")
CELL_END = re.compile(rb"</" + PREFIX + rb"c\s*>")
STORED = re.compile(rb"<" + PREFIX + rb"(?:v|is)\b[^>]*>([^<]*)")
has_formulas = any_of(b"<f", b":f", b'"e"', b"'e'")  # or errors
UNNAMED = "không rõ"  # an error cell that does not say which
VOLATILE = re.compile(r"\b(?:TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY)\s*\(", re.IGNORECASE)
# Faults, plain formulas, all formulas, those that give another result every day.
Found = tuple[dict[Place, Fault], dict[Place, str], frozenset[Place], frozenset[Place]]


def find_faults(plain: bytes, starts: dict[int, Place]) -> Found:
    """Return what formulas a sheet has and which cells fail; `starts` are cells without address."""
    faults: dict[Place, Fault] = {}
    texts: dict[Place, str] = {}
    shared: dict[bytes, tuple[str, Place]] = {}
    if not has_formulas(plain):
        return faults, texts, frozenset(), frozenset()
    formulas: set[Place] = set()
    volatile: set[Place] = set()
    owners = sorted(set(_owners(plain)))
    check_formulas(len(owners))
    for start in owners:
        cell = CELL.match(plain, start)
        place = place_of(cell, starts) if cell else None
        if place is None:
            continue
        closing = None if cell[2] else CELL_END.search(plain, cell.end())
        end = closing.start() if closing else cell.end()
        formula = FORMULA.search(plain, cell.end(), end)
        if fault := _fault(plain, cell, formula, end):
            faults[place] = fault
            check_faults(len(faults))
        elif formula:
            formulas.add(place)
            text = _text(formula, place, shared)
            if is_volatile(text):
                volatile.add(place)
            elif arithmetic := plain_formula(text):
                texts[place] = arithmetic
    return faults, texts, frozenset(formulas), frozenset(volatile)


def is_volatile(formula: str) -> bool:
    """Say whether a formula gives another result on another day, or every time."""
    return bool(VOLATILE.search(formula))


def _text(formula: re.Match[bytes], place: Place, shared: dict[bytes, tuple[str, Place]]) -> str:
    """Return a formula's text; one that cells share stands in the first of them alone."""
    text, number = _decoded(formula[2]), SHARED.search(formula[1])
    if not number:
        return text
    if text:
        shared[number[1]] = text, place
    first, (row, column) = shared.get(number[1], ("", place))
    if len(first) >= LONGEST:
        return ""
    return text or moved(first, place[0] - row, place[1] - column)


def _owners(plain: bytes) -> Iterator[int]:
    """Yield where the cells begin that hold a formula or say they hold an error."""
    for found in FORMULA.finditer(plain):
        yield plain.rfind(b"<", 0, found.start())
    if b'"e"' in plain or b"'e'" in plain:  # looking for it costs as much as for all formulas
        for found in IS_ERROR.finditer(plain):
            yield plain.rfind(b"<", 0, found.start())


def place_of(cell: re.Match[bytes], starts: Mapping[int, Place]) -> Place | None:
    """Return where a cell stands, by its own word or by counting."""
    if own := ADDRESS.search(cell[1]):
        return int(own[2]), column_number(own[1])
    return starts.get(cell.start())


def _fault(
    plain: bytes, cell: re.Match[bytes], formula: re.Match[bytes] | None, end: int
) -> Fault | None:
    """Return what is wrong with a cell that shows an error or computes without a result."""
    broken = IS_ERROR.search(cell[1])
    if not broken and not formula:
        return None
    stored = STORED.search(plain, cell.end(), end)
    text = stored[1].strip() if stored else b""
    if broken:
        code = PICTURE if _shows_picture(cell, formula) else ERROR
        return Fault(code, _decoded(text) or UNNAMED)
    # A formula whose result is an empty text says so by its type.
    return Fault(NO_RESULT) if not text and not (stored and IS_TEXT.search(cell[1])) else None


def _shows_picture(cell: re.Match[bytes], formula: re.Match[bytes] | None) -> bool:
    """Say whether what programs without pictures in cells take for an error is one.

    Excel keeps it beside the error; errors of formulas may have something there too.
    """
    return bool(PICTURED.search(formula[2]) if formula else RICH.search(cell[1]))


def _decoded(text: bytes) -> str:
    return unescape(text.decode("utf-8", "replace"))
