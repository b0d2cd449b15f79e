"""Number formats of .xlsx that show a cell otherwise than it is: nothing, words, other figures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from html import unescape

from pipeline.model.text import as_folded, fold, show, show_decimal
from pipeline.reading.places import INSIDE, PREFIX
from pipeline.reading.scan import any_of, without_noise

NUMBERS, OF_CELLS, OF_FONTS, OF_RULES = b"numFmts", b"cellXfs", b"fonts", b"dxfs"
FORMAT = re.compile(
    rb"<" + PREFIX + rb"""xf\b(?:(?=[^>]*?\snumFmtId\s*=\s*["'](\d+)["']))?"""
    rb"""(?:(?=[^>]*?\sfontId\s*=\s*["'](\d+)["']))?"""
)
FONT = re.compile(rb"<" + PREFIX + rb"font\b(?:\s*/>|.*?</" + PREFIX + rb"font>)", re.DOTALL)
RULE = re.compile(rb"<" + PREFIX + rb"dxf\b(?:\s*/>|.*?</" + PREFIX + rb"dxf>)", re.DOTALL)
STRUCK = re.compile(
    rb"<" + PREFIX + rb"""(?:d?strike\b(?!\s+val\s*=\s*["'](?:0|false))"""
    rb"""|vertAlign\s+val\s*=\s*["'](?:super|sub)script)"""
)
NUMBER_FORMAT = re.compile(rb"<" + PREFIX + rb"numFmt\b(" + INSIDE + rb")")
ATTRIBUTE = re.compile(rb"""\s(numFmtId|formatCode)\s*=\s*("[^"]*"|'[^']*')""")
BUILT_IN = {b"1": "0", b"2": "0.00", b"3": "#,##0", b"4": "#,##0.00", b"9": "0%", b"10": "0.00%"}
BUILT_IN |= {b"37": "#,##0", b"38": "#,##0", b"39": "#,##0.00", b"40": "#,##0.00"}
# Words and marks in a format, and a run of its signs for digits with what parts the thousands.
WORDS = r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.'
NO_SIGN = re.compile(WORDS)
GENERAL, SIGNS = "general", "0#?"
PIECE = re.compile(rf"{WORDS}|{GENERAL}|[0#?][0#?.,]*|.", re.DOTALL | re.IGNORECASE)
TOKEN = re.compile(rf"{WORDS}|.", re.DOTALL)
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d{1,15}(?:\.\d{1,15})?)\]")
HOLDS = {
    "<": Decimal.__lt__,
    ">": Decimal.__gt__,
    "<=": Decimal.__le__,
    ">=": Decimal.__ge__,
    "=": Decimal.__eq__,
    "<>": Decimal.__ne__,
}
OTHER_WAYS = re.compile(r"@|[dmyhs]|e[+-]|/", re.IGNORECASE)  # texts, days, fractions, powers
NOTHING = "(không hiện gì)"
MULTIPLIES = re.compile(
    as_folded(r"\b(?:chục|tá|trăm|nghìn|ngàn|triệu|tr|trđ|tỷ|tỉ|k|thousand|million)(?![^\W_])")
)
MINUS = ("-", "\u2212", "–")
has_struck = any_of(b"trike", b"vertAlign")  # crossed out, raised or lowered
MOST_PLACES = 30  # that spreadsheets show
CLOSE = Decimal("0.001")  # what rounding may hide without a word
EXACT = Context(prec=60)


@dataclass(frozen=True)
class Formats:
    """The looks of cells by the number of their format; `rules` are codes of conditional ones."""

    percents: frozenset[bytes] = frozenset()
    misleading: Mapping[bytes, str] = field(default_factory=dict)  # show other figures, or none
    rounding: Mapping[bytes, str] = field(default_factory=dict)  # show a figure rounded
    struck: frozenset[bytes] = frozenset()  # crossed out, raised or lowered
    rules: tuple[str, ...] = ()  # "" where a rule leaves the figure as it is


def find_formats(part: bytes) -> Formats:
    """Return the formats of a workbook that may show another figure than a cell keeps."""
    plain = without_noise(part)
    codes = BUILT_IN | dict(map(_number_format, _within(NUMBERS, NUMBER_FORMAT, plain)))
    used = [(b"%d" % at, *look) for at, look in enumerate(_within(OF_CELLS, FORMAT, plain))]
    mine = {number: codes[number] for number in {look[1] for look in used} & codes.keys()}
    percents = {number for number, code in mine.items() if "%" in NO_SIGN.sub("", code)}
    odd = {number for number, code in mine.items() if any(map(_changes, _sections(code)))}
    fonts = _within(OF_FONTS, FONT, plain) if has_struck(plain) else []
    struck = {b"%d" % at for at, font in enumerate(fonts) if STRUCK.search(font)}
    digits = {number for number, code in mine.items() if any(map(_has_digits, _sections(code)))}
    plainly = digits - odd - percents
    return Formats(
        frozenset(at for at, number, _ in used if number in percents),
        {at: mine[number] for at, number, _ in used if number in odd},
        {at: mine[number] for at, number, _ in used if number in plainly},
        frozenset(at for at, _, font in used if font in struck),
        tuple(map(rule_code, _within(OF_RULES, RULE, plain))),
    )


def rule_code(rule: bytes) -> str:
    """Return the format code in the look of a condition, "" where it has none."""
    own = NUMBER_FORMAT.search(rule)
    return _number_format(own[1])[1] if own else ""


def _within(name: bytes, inner: re.Pattern[bytes], part: bytes) -> list[bytes]:
    """Return what an element of the part, which holds others, has of one kind."""
    start = max(part.find(b"<" + name), part.find(b":" + name))
    end = part.find(name + b">", start + len(name) + 2)
    return inner.findall(part, start, end) if 0 <= start < end else []


def _number_format(attributes: bytes) -> tuple[bytes, str]:
    found = {key: value[1:-1] for key, value in ATTRIBUTE.findall(attributes)}
    return found.get(b"numFmtId", b""), unescape(found.get(b"formatCode", b"").decode())


@lru_cache(maxsize=1024)
def _sections(code: str) -> list[str]:
    """Return the parts of a format that are for figures; the fourth is for texts."""
    parts = [""]
    for piece in TOKEN.findall(code):
        parts += [""] if piece == ";" else []
        parts[-1] += piece if piece != ";" else ""
    return parts[:3]


@lru_cache(maxsize=1024)
def _changes(section: str) -> bool:
    """Say whether a format hides a figure, scales it or adds words that change it."""
    bare = NO_SIGN.sub("", section).lower().replace(GENERAL, "0")
    if OTHER_WAYS.search(bare):
        return False
    pieces = PIECE.findall(section)
    words = "".join(_word(piece) if NO_SIGN.match(piece) else " " for piece in pieces)
    scaled = re.search(r"[0#?],+(?![0#?,])", bare)
    other = re.search(r"[%‰\d]", words) or multiplies(words) or _negates(pieces)
    return bool(not re.search("[0#?]", bare) or scaled or other)


def multiplies(words: str) -> bool:
    """Say whether words beside a figure make it another one: «3 nghìn»."""
    return bool(MULTIPLIES.search(fold(words)))


def _negates(pieces: list[str]) -> bool:
    """Say whether a format sets a minus before the figure."""
    before = ""
    for piece in pieces:
        if piece[0] in SIGNS or piece.lower() == GENERAL:
            return before.rstrip().endswith(MINUS)
        before += _word(piece)
    return False


def _word(piece: str) -> str:
    """Return what a piece of a format shows beside the figure."""
    if piece.startswith('"'):
        return piece[1:-1]
    return "" if piece[0] in "[_*" else piece.removeprefix("\\")


@lru_cache(maxsize=4096)
def shown_as(figure: Decimal, code: str) -> tuple[str, bool]:
    """Return how a cell of a format shows a figure, and whether it only rounds it.

    "" where it shows just that, or nothing for a nought; below nought there is no quantity.
    """
    if figure < 0:
        return "", False
    for section in _candidates(figure, _sections(code)):
        changes = _changes(section)
        shown = _shown(figure, section) if changes else _rounded(figure, section)
        if shown != show(figure) and (figure or re.search("[1-9]", shown)):
            return shown or NOTHING, not changes
    return "", False


def _candidates(figure: Decimal, sections: list[str]) -> list[str]:
    """Return the parts of a format that may be for a figure; spreadsheets differ about a middle."""
    conditions = [CONDITION.search(section) for section in sections]
    if not any(conditions):
        return [sections[2] if not figure and len(sections) > 2 else sections[0]]
    found = []
    for section, condition in zip(sections, conditions, strict=True):
        holds = condition and HOLDS[condition[1]](figure, Decimal(condition[2]))
        found += [section] if holds or not condition else []
        if holds:
            break
    return found


def _shown(figure: Decimal, section: str) -> str:
    """Return what a format shows that adds words to a figure, scales or hides it."""
    pieces = PIECE.findall(section)
    signs = "".join(piece for piece in pieces if piece[0] in SIGNS)
    at = next((n for n, piece in enumerate(pieces) if piece[0] in SIGNS), -1)
    shown = ""
    for n, piece in enumerate(pieces):
        if piece.lower() == GENERAL:
            shown += show(figure)
        elif piece[0] not in SIGNS:
            shown += _word(piece)
        elif n == at:
            shown += _digits(figure, signs)
    return shown.strip()


def _rounded(figure: Decimal, section: str) -> str:
    """Return the figure a plain format shows, as it is kept where next to nothing is hidden."""
    if not _has_digits(section):
        return show(figure)
    shown = _scaled(figure, "".join(re.findall("[0#?.,]", NO_SIGN.sub("", section))))
    return show(figure if abs(shown - figure) < CLOSE else shown)


@lru_cache(maxsize=1024)
def _has_digits(section: str) -> bool:
    """Say whether a format says how many digits of a figure it shows."""
    bare = NO_SIGN.sub("", section).lower()
    other = GENERAL in bare or OTHER_WAYS.search(bare)
    return not other and bool(re.search("[0#?.,]", bare))


def _digits(figure: Decimal, signs: str) -> str:
    return show_decimal(_scaled(figure, signs))


def _scaled(figure: Decimal, signs: str) -> Decimal:
    bare = signs.rstrip(",")
    places = min(len(bare.partition(".")[2]), MOST_PLACES)
    scaled = figure.scaleb(3 * (len(bare) - len(signs)))
    return scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)
