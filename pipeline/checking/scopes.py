"""Whom a product of a published catalogue is for: leaders, everybody, or one unit by its name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model.catalogue import COMMON, LEADER, OWN, SourceRow
from pipeline.model.registers import SHARED, Registers, label
from pipeline.model.text import clean, fold, show

FOR_LEADERS = re.compile(
    r"^lãnh đạo\b|lãnh đạo\W+(?:và\W+)?quản lý|cấp trưởng\W+(?:và\W+)?cấp phó|lanh dao"
    r"|(?:nhiệm vụ|công việc|sản phẩm|chức danh|dành cho|đối với)\W+(?:của\W+)?lãnh đạo"
)
FOR_ALL = re.compile(r"(?:dùng|sử dụng)\W+chung|dung chung|chung cho (?:các|tất cả|mọi)")
UNIT_WORD = re.compile(
    r"(?:văn phòng|phòng(?!\W+(?:chống|ngừa|cháy|bệnh|dịch|thủ|hộ|vệ)\b)|trung tâm|trạm|công an|đội"
    r"|bộ phận|ban(?!\W+hành\b))\W"
)
MARK = re.compile(
    r"(?:(?:phần|mục|phụ lục|chương)\s+)?(?:[ivx]{1,5}|[a-h]|\d{1,2})(?:\s*[.)/:–-]+\s*|\s+)"
)
LEAD = re.compile(r".*\b(?:của|thuộc|tại|cho|riêng|đơn vị)\s*:?\s+")
TAIL = re.compile(r"\s*(?:[(:].*|\d+(?:,\d+)?)$")
Units = Mapping[str, str]  # a name or code as it is compared → the unit's code


@dataclass(frozen=True)
class Scope:
    """Whom a product is for; `unit` is a unit's code, «dùng chung», or a name of no register."""

    kind: str = ""
    unit: str = ""
    known: bool = False


NOBODY = Scope()
LEADERS, EVERYBODY = Scope(LEADER, SHARED, True), Scope(COMMON, SHARED, True)


def unit_names(registers: Registers | None) -> Units:
    """Return every name a unit of the register may be written by."""
    units = registers.units.values() if registers else ()
    names = ((unit["code"], (unit["code"], unit["name"], label(unit))) for unit in units)
    return {_bare(name): code for code, written in names for name in written}


def scopes_around(rows: Iterable[SourceRow], units: Units) -> dict[tuple, Scope]:
    """Return whom the rows under the same titles and sections are for, by these."""
    places = {(row.titles, row.sections) for row in rows}
    return {place: _around(*place, units) for place in places}


def scope_of(row: SourceRow, units: Units, around: Scope) -> Scope:
    """Return whom a row is for: by its own cell, else by what stands around it."""
    own = clean(show(row.values.get("unit"))).strip()
    if not own:
        return around
    found = _named(own, units) or Scope(OWN, own)
    return Scope(LEADER, found.unit, found.known) if around.kind == LEADER else found


def _around(titles: Sequence[str], sections: Sequence[str], units: Units) -> Scope:
    """Return what the sections tell, the innermost first, else the titles."""
    for text in reversed(sections):
        if found := _told(text, units):
            return found
    *above, title = titles
    return _agreed(above, units) or _agreed([title], units) or NOBODY


def _agreed(texts: Iterable[str], units: Units) -> Scope | None:
    """Return the one scope that texts tell; two different ones tell nothing."""
    told = {found for text in texts if (found := _told(text, units))}
    return told.pop() if len(told) == 1 else None


def _told(text: str, units: Units) -> Scope | None:
    """Return the scope a section or title tells, a unit by its whole name only."""
    bare = _unmarked(text)
    led = LEAD.sub("", bare, count=1)
    for part in (bare, TAIL.sub("", bare), led, TAIL.sub("", led)):
        if found := _named(part, units):
            return found
    part = TAIL.sub("", led)
    return Scope(OWN, _as_typed(text, part)) if UNIT_WORD.match(part) else None


def _named(text: str, units: Units) -> Scope | None:
    """Return the scope of a text that names a unit of the register, the leaders or everybody."""
    if code := units.get(_bare(text)):
        return Scope(OWN, code, True)
    folded = fold(text)
    if FOR_ALL.search(folded):
        return EVERYBODY
    return LEADERS if FOR_LEADERS.search(folded) else None


def _unmarked(text: str) -> str:
    """Return a section's text without its number: «Mục II. Phòng Kinh tế» is phòng kinh tế."""
    folded = fold(text)
    while mark := MARK.match(folded):
        folded = folded[mark.end() :]
    return folded


def _bare(text: str) -> str:
    """Return a name as it is compared: letters and digits only, so «–» and «-» are one."""
    return " ".join(re.findall(r"\w+", fold(text)))


def _as_typed(text: str, part: str) -> str:
    """Return the piece of a text that folds to a part, in the letters it was typed in."""
    at = fold(text).find(part)
    whole = " ".join(clean(text).split())
    return whole[at : at + len(part)] if len(whole) == len(fold(text)) else part
