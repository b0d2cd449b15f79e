"""Number formats of .xlsx that show a cell otherwise than it is: nothing, words, other figures."""

import re
from decimal import ROUND_HALF_UP, Decimal
from html import unescape

from pipeline.model.text import show, show_decimal
from pipeline.reading.places import PREFIX

OF_CELLS = re.compile(rb"<" + PREFIX + rb"cellXfs\b(.*?)</" + PREFIX + rb"cellXfs", re.DOTALL)
FORMAT_OF = re.compile(rb"""<""" + PREFIX + rb"""xf\b(?:[^>]*?\snumFmtId\s*=\s*["'](\d+)["'])?""")
NUMBER_FORMAT = re.compile(
    rb"<" + PREFIX + rb"""numFmt\s(?=[^>]*?numFmtId\s*=\s*["'](\d+)["'])[^>]*?"""
    rb"""formatCode\s*=\s*("[^"]*"|'[^']*')"""
)
PERCENT_FORMATS = {b"9", b"10"}  # that every spreadsheet has
# Words and marks in a format, and a run of its signs for digits with what parts the thousands.
WORDS = r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.'
NO_SIGN = re.compile(WORDS)
PIECE = re.compile(rf"{WORDS}|[0#?][0#?.,]*|.", re.DOTALL)
SECTION = re.compile(rf"(?:{WORDS}|[^;])*", re.DOTALL)
OTHER_WAYS = re.compile(r"general|@|[dmyhs]|e[+-]|/", re.IGNORECASE)  # days, fractions, powers
NOTHING = "(không hiện gì)"


def find_formats(part: bytes) -> tuple[frozenset[bytes], dict[bytes, str]]:
    """Return the numbers of the formats that show a percent, and those that mislead by code."""
    codes = {number: unescape(code[1:-1].decode()) for number, code in NUMBER_FORMAT.findall(part)}
    used = OF_CELLS.search(part)
    formats = [
        (b"%d" % at, one) for at, one in enumerate(FORMAT_OF.findall(used[1]) if used else [])
    ]
    own = {number for number, code in codes.items() if "%" in NO_SIGN.sub("", code)}
    odd = {number: code for number, code in codes.items() if _misleads(_first(code))}
    percents = frozenset(at for at, one in formats if one in own | PERCENT_FORMATS)
    return percents, {at: odd[one] for at, one in formats if one in odd}


def _first(code: str) -> str:
    """Return the part of a format that is for figures above 0."""
    return SECTION.match(code)[0]


def _misleads(section: str) -> bool:
    """Say whether a format hides a figure, scales it or adds words that change it."""
    bare = NO_SIGN.sub("", section)
    if OTHER_WAYS.search(bare):
        return False
    words = "".join(_word(piece) for piece in NO_SIGN.findall(section))
    scaled = re.search(r"[0#?],+(?![0#?,])", bare)
    return bool(not re.search("[0#?]", bare) or scaled or "%" in words or re.search(r"\d", words))


def _word(piece: str) -> str:
    """Return what a piece of a format shows beside the figure."""
    if piece.startswith('"'):
        return piece[1:-1]
    return "" if piece[0] in "[_*" else piece.removeprefix("\\")


def shown_as(figure: Decimal, code: str) -> str:
    """Return how a cell of a misleading format shows a figure; "" where it shows just that."""
    if not figure:
        return ""
    shown = ""
    for piece in PIECE.findall(_first(code)):
        shown += _digits(figure, piece) if piece[0] in "0#?" else _word(piece)
    return "" if shown.strip() == show(figure) else shown.strip() or NOTHING


def _digits(figure: Decimal, signs: str) -> str:
    parts = signs.rstrip(",").partition(".")[2]
    scaled = figure / Decimal(1000) ** (len(signs) - len(signs.rstrip(",")))
    return show_decimal(scaled.quantize(Decimal(1).scaleb(-len(parts)), ROUND_HALF_UP))
