"""What may stand in a cell of .xlsx and in its table of texts; readers differ about all else."""

import re

from pipeline.reading.limits import RefusedError
from pipeline.reading.places import ADDRESS, INSIDE, PREFIX

MAIN = re.compile(rb"schemas\.openxmlformats\.org/spreadsheetml/|purl\.oclc\.org/ooxml/")
SPACE = rb"""(?:\s+xml:space\s*=\s*["'][a-z]*["'])?\s*"""
END = rb"\s*+>"


def _element(name: bytes, content: bytes, attributes: bytes = INSIDE) -> bytes:
    """Return the pattern of an element that holds just that, or nothing."""
    tag = PREFIX + name
    return rb"<%b(?![\w:.-])%b(?:/>|>\s*+%b</%b%b)" % (tag, attributes, content, tag, END)


WORDS = _element(b"t", rb"[^<]*+", SPACE)
LOOK = _element(b"rPr", rb"(?>(?:<(?!/" + PREFIX + rb"rPr)[^>]*+>\s*+)*)")
RUN = _element(b"r", rb"(?:" + LOOK + rb"\s*+)?" + WORDS + rb"\s*+")
SOUNDS = _element(b"rPh", WORDS + rb"\s*+") + rb"\s*+"
ITEM = (
    rb"(?:(?:" + WORDS + rb"\s*+|(?>(?:" + RUN + rb"\s*+)+))(?>(?:" + SOUNDS + rb")*))?"
    rb"(?:<" + PREFIX + rb"phoneticPr\b" + INSIDE + rb"/>\s*+)?"
)
TEXT_ITEM = re.compile(_element(b"si", ITEM, rb"\s*"))
FORMULA = _element(b"f", rb"[^<]*+") + rb"\s*+"
# Whether digits alone stand in a value is told by the sign behind them.
VALUE = (
    rb"<"
    + PREFIX
    + rb"(v)"
    + SPACE
    + rb"(?:/>|>(?:\d{1,7}+(<)/|[^<]*+</)"
    + PREFIX
    + rb"v"
    + END
    + rb")"
)
RICH = rb"<" + PREFIX + rb"(is)\s*(?:/>|>\s*+" + ITEM + rb"</" + PREFIX + rb"is" + END + rb")"
QUOTED = rb"""(?:"[^"]*+"|'[^']*+')"""
OTHERS = rb"(?>(?:\s+(?!t\s*=)[\w:.-]+\s*=\s*" + QUOTED + rb")*)"
KIND = rb"""(?:\s+t\s*=\s*["'](\w*)["'])?"""
GOOD = re.compile(
    rb"<" + PREFIX + rb"c(?![\w:.-])" + OTHERS + KIND + INSIDE + rb">\s*+(?:"
    rb"(?:" + FORMULA + rb")?(?:" + VALUE + rb"|" + RICH + rb")|" + FORMULA + rb")"
    rb"\s*+</" + PREFIX + rb"c" + END
)
# So the office programs write; what is written otherwise is looked at more slowly.
USUAL_RESULT = (
    rb'(?:<f(?>(?: \w+="[^"<]*+")*)(?:/>|>[^<]*+</f>))?<v>[^<]*+</v>'  # below a formula, if any
)
USUAL = re.compile(
    rb'<c r="[A-Z]++\d++"(?: s="\d++")?(?:>%b| t="(?:inlineStr"><is><t>[^<]*+</t></is>'
    rb'|s"><v>\d{1,7}+</v>|(?:n|str|b|e)">%b))(<)/c>' % (USUAL_RESULT, USUAL_RESULT)
)
UNUSUAL = re.compile(rb"<(?!/?(?:row|c|v|f|is|t)[ >/])")
KNOWN = (
    rb"row|c|v|f|is|t|r|rPr|rPh|phoneticPr|b|i|u|sz|color|rFont|family|charset|scheme|strike"
    rb"|outline|shadow|condense|extend|vertAlign"
)
FOREIGN = re.compile(rb"<(?!/?" + PREFIX + rb"(?:" + KNOWN + rb")(?![\w:.-]))")
FILLED_CELL = re.compile(rb"<" + PREFIX + rb"c(?![\w:.-])(" + INSIDE + rb")>(?!\s*</)")
TABLE_TAG = re.compile(rb"<" + PREFIX + rb"sheetData(?![\w:.-])" + INSIDE + rb"/?>")
TABLE_END = re.compile(rb"</" + PREFIX + rb"sheetData" + END)
SPACES = re.compile(rb"""\sxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
AFTER_PREFIX = re.compile(rb":(?:sheetData|row|c|v|f|is|t)\b")
OF_CELLS = re.compile(rb"<([\w.-]+):(?:sheetData|row|c|v|f|is|t)\b")


def table_of(plain: bytes) -> tuple[int, int]:
    """Return where the table of cells begins and ends in a sheet; lists and pictures lie outside.

    Refuses a sheet with two of them: readers differ about which counts.
    """
    first = TABLE_TAG.search(plain) if b"sheetData" in plain else None
    if not first:
        return len(plain), len(plain)
    if plain.count(b"sheetData", first.end()) > 1 and TABLE_TAG.search(plain, first.end()):
        raise RefusedError("K104", "một trang ghi hai bảng ô")
    end = len(plain)
    while (end := plain.rfind(b"sheetData", first.end(), end)) >= 0:
        if closed := TABLE_END.match(plain, plain.rfind(b"<", 0, end)):
            return first.start(), closed.end()
    return first.start(), first.end()


def check_between(table: bytes) -> None:
    """Refuse a table of cells in which anything stands but rows, cells and what cells hold."""
    start, end = table.find(b"<", 1), table.rfind(b"</")
    odd = UNUSUAL.search(table, start, end) if 0 < start < end else None
    if odd and FOREIGN.search(table, odd.start(), end):
        raise RefusedError("K104", "giữa các ô có phần lạ")


def check_cells(plain: bytes, filled: int) -> None:
    """Refuse a sheet with a cell that holds anything but one formula, one value or one text.

    `filled` is the number of its cells with something inside.
    """
    if len(USUAL.findall(plain)) == filled:
        return
    seen = GOOD.findall(plain)
    kinds = set(seen)
    if len(seen) != filled or not all(_fits(*kind) for kind in kinds):
        raise RefusedError("K104", f"ô {_first_odd(plain)} ghi bất thường")


def _fits(kind: bytes, value: bytes, digits: bytes, text: bytes) -> bool:
    """Say whether what a cell holds is of the kind its tag says."""
    if text:
        return kind == b"inlineStr"
    if kind == b"s":
        return bool(digits) or not value
    return not (value and kind == b"inlineStr")


def _first_odd(plain: bytes) -> str:
    """Return the address of the first cell that does not hold what it may."""
    for cell in FILLED_CELL.finditer(plain):
        good = GOOD.match(plain, cell.start())
        if not good or not _fits(*(part or b"" for part in good.groups())):
            place = ADDRESS.search(cell[1])
            return (place[1] + place[2]).decode() if place else "không ghi địa chỉ"
    return "không rõ địa chỉ"


def check_texts(part: bytes, count: int) -> None:
    """Refuse a table of texts whose items hold anything but words; `count` are its items."""
    if sum(1 for _ in TEXT_ITEM.finditer(part)) != count:
        raise RefusedError("K104", "bảng chữ của sổ ghi bất thường")


def check_spaces(head: bytes, table: bytes) -> None:
    """Refuse cells of another language than a workbook's: not every reader sees them.

    `head` is what stands before the table and declares its languages.
    """
    own = dict(reversed(SPACES.findall(head)))
    used = {b""} if table.startswith(b"<sheetData") else set()
    if AFTER_PREFIX.search(table):
        used |= set(OF_CELLS.findall(table))
    later = SPACES.findall(table) if b"xmlns" in table else []
    names = [own.get(name, b"") for name in used]
    if not all(map(MAIN.search, [*names, *(space for name, space in later if not name)])):
        raise RefusedError("K104", "ô ghi theo ngôn ngữ lạ")
