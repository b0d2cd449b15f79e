"""How the cells of a sheet's raw XML look, where that may be otherwise than what they keep."""

import re
from collections.abc import Collection, Iterator, Mapping, Set

from pipeline.reading.cells import END
from pipeline.reading.faults import CELL, CELL_END, place_of
from pipeline.reading.formats import STRUCK, Formats, has_struck, rule_code
from pipeline.reading.places import INSIDE, PREFIX, column_number
from pipeline.reading.scan import Merge, Place

FRACTION = re.compile(rb"v>\d*(?:\.\d|\d[eE]-)")
STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
SHARED_TEXT = re.compile(rb"""\st\s*=\s*["']s["']""")
NUMBER = re.compile(rb"<" + PREFIX + rb"v\b[^>]*>\s*(\d{1,9})\s*</")
INLINE = (b'"inlineStr"', b"'inlineStr'")
RULES = re.compile(
    rb"<(" + PREFIX + rb"conditionalFormatting)\b(" + INSIDE + rb")>(.*?)</\1" + END,
    re.DOTALL,
)
RULE = re.compile(rb"""\sdxfId\s*=\s*["'](\d{1,6})["']""")
OWN_LOOK = re.compile(rb"<" + PREFIX + rb"dxf\b.*?</" + PREFIX + rb"dxf>", re.DOTALL)
BLOCKS = re.compile(rb"""\ssqref\s*=\s*["']([^"']*)["']|<""" + PREFIX + rb"sqref>([^<]*)<")
BLOCK = re.compile(rb"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")
MOST_RULED = 1_000  # blocks


def find_styled(
    table: bytes, starts: Mapping[int, Place], styles: Collection[bytes]
) -> Iterator[tuple[Place, bytes]]:
    """Yield the cells that have one of these formats, with its number."""
    if not styles:
        return
    wanted = re.compile(rb"""\ss\s*=\s*["'](%b)["']""" % b"|".join(sorted(styles)))
    if not wanted.search(table):
        return
    for cell in CELL.finditer(table):
        style = None if cell[2] else wanted.search(cell[1])
        if style and (place := place_of(cell, starts)):
            yield place, style[1]


def find_formatted(table: bytes, starts: Mapping[int, Place], formats: Formats) -> dict[Place, str]:
    """Return the code of the format of every cell that may show another figure than it keeps.

    Only fractions are rounded: whole numbers, which most are, need not be looked at.
    """
    found = {
        at: formats.misleading[one] for at, one in find_styled(table, starts, formats.misleading)
    }
    if not formats.rounding:
        return found
    for fraction in FRACTION.finditer(table):
        cell = _owner(table, fraction.start())
        style = STYLE.search(cell[1]) if cell else None
        code = formats.rounding.get(style[1]) if style else None
        if cell and code and (place := place_of(cell, starts)):
            found[place] = code
    return found


def _owner(table: bytes, at: int) -> re.Match[bytes] | None:
    """Return the tag of the cell around a value, be there a formula between."""
    while (at := table.rfind(b"<", 0, at)) >= 0:
        if cell := CELL.match(table, at):
            return cell
        if table.startswith((b"<row", b"</row"), at):
            return None
    return None


def find_struck(
    table: bytes, starts: Mapping[int, Place], formats: Formats, texts: Set[int]
) -> frozenset[Place]:
    """Return the cells with signs crossed out, raised or lowered; `texts` are such in the table."""
    found = {place for place, _ in find_styled(table, starts, formats.struck)}
    inline = any(map(table.__contains__, INLINE)) and has_struck(table)
    for cell in CELL.finditer(table) if texts or inline else ():
        if cell[2]:
            continue
        end = CELL_END.search(table, cell.end())
        last = end.start() if end else len(table)
        number = NUMBER.search(table, cell.end(), last) if SHARED_TEXT.search(cell[1]) else None
        crossed = int(number[1]) in texts if number else STRUCK.search(table, cell.end(), last)
        if crossed and (place := place_of(cell, starts)):
            found.add(place)
    return frozenset(found)


def find_ruled(plain: bytes, formats: Formats) -> tuple[tuple[Merge, str], ...]:
    """Return the blocks whose format hangs on a condition, each with the format's code."""
    found = []
    may_rule = any(formats.rules) or b"dxf>" in plain
    for rules in RULES.finditer(plain) if may_rule else ():
        numbers = [int(number) for number in RULE.findall(rules[3])]
        codes = [formats.rules[number] for number in numbers if number < len(formats.rules)]
        codes += map(rule_code, OWN_LOOK.findall(rules[3]))
        if not any(codes):
            continue
        where = b" ".join(b"".join(some) for some in BLOCKS.findall(rules[2] + rules[3]))
        found += [(block, code) for block in _blocks(where) for code in codes if code]
    return tuple(found[:MOST_RULED])


def _blocks(names: bytes) -> Iterator[Merge]:
    for left, top, right, bottom in BLOCK.findall(names):
        first = column_number(left)
        yield Merge(int(top), first, int(bottom or top), column_number(right) if right else first)
