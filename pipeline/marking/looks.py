"""The formats of a workbook, and the few that marks and the list of findings need on top.

A marked cell keeps its own format in everything but the fill; so a copy of that format is added.
"""

import re
from collections import defaultdict
from functools import cached_property

from pipeline.marking.markup import Element, Markup, OddError
from pipeline.model.findings import ERROR, NOTE, WARNING

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FILLS = {ERROR: "FFF4A7A0", WARNING: "FFFFD24D", NOTE: "FFBFDDF2"}
OURS = frozenset(FILLS.values())
FILL = re.compile(rb'fgColor rgb="(\w{8})"')
MOST_FORMATS = 64_000  # what spreadsheet programs accept
# Of the list; every text may also need its format with the quote mark.
FONTS = {
    "plain": '<sz val="11"/>',
    "strong": '<b/><sz val="11"/>',
    "title": '<b/><sz val="14"/>',
    "link": '<u/><sz val="11"/><color rgb="FF0563C1"/>',
}
SIDES = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
GREY = "FFD9D9D9"


class Looks:
    """The formats of one workbook; each made is added once and known by its number."""

    def __init__(self, part: bytes) -> None:
        self.markup = Markup(part, MAIN, 3)
        self.made: dict[tuple, int] = {}
        self.sizes: dict[Element, int] = {}
        self.formats = self._group("cellXfs", "xf")

    def marked(self, look: int, severity: str) -> int:
        """Return the format of a cell with the fill of a severity."""
        key = look, severity
        if key not in self.made:
            if look >= len(self.formats.children):
                raise OddError("a cell has a format that is not there")
            fill = self._fill(FILLS[severity])
            own = self.formats.children[look]
            self.made[key] = self._added(
                self.formats, self.markup.copy(own, fillId=fill, applyFill=1)
            )
        return self.made[key]

    def is_marked(self, look: int) -> bool:
        """Say whether a format has the fill of a severity."""
        return look in self._marked_looks

    def unmarked(self, look: int) -> list[int]:
        """Return the formats that differ from a marked one in nothing but the fill."""
        return self._plain_looks[self._but_fill(self.formats.children[look])]

    def bare(self, look: int) -> int:
        """Return the format of a cell without any fill."""
        if (look, "") not in self.made:
            own = self.formats.children[look]
            self.made[look, ""] = self._added(self.formats, self.markup.copy(own, fillId=0))
        return self.made[look, ""]

    @cached_property
    def _marked_looks(self) -> set[int]:
        fills = self._group("fills", "fill").children
        colours = (FILL.search(self.markup.part, fill.start, fill.end) for fill in fills)
        ours = {n for n, found in enumerate(colours) if found and found[1].decode() in OURS}
        formats = enumerate(self.formats.children)
        return {n for n, one in formats if one.attributes.get("fillId") in map(str, ours)}

    @cached_property
    def _plain_looks(self) -> dict[tuple, list[int]]:
        """Return the formats without a mark by all they are but their fill."""
        found: dict[tuple, list[int]] = defaultdict(list)
        for number, look in enumerate(self.formats.children):
            if number not in self._marked_looks:
                found[self._but_fill(look)].append(number)
        return found

    def _but_fill(self, look: Element) -> tuple:
        kept = {k: v for k, v in look.attributes.items() if k not in ("fillId", "applyFill")}
        return tuple(sorted(kept.items())), self.markup.part[look.content : look.closing]

    def listed(self, font: str = "plain", fill: str = "", *, ruled: bool = True, live: bool) -> int:
        """Return a format of the list; a `live` text carries the quote mark."""
        key = font, fill, ruled, live
        if key not in self.made:
            parts = f'fontId="{self._font(font)}" fillId="{self._fill(fill) if fill else 0}"'
            parts += f' borderId="{self._border() if ruled else 0}"'
            quote = ' quotePrefix="1"' if live else ""
            wrap = '<alignment vertical="center" wrapText="1"/>' if ruled else ""
            xml = f'<xf numFmtId="0" {parts} xfId="0"{quote} applyFont="1" applyFill="1"'
            xml += f' applyBorder="1" applyAlignment="1">{wrap}</xf>'
            self.made[key] = self._added(self.formats, xml)
        return self.made[key]

    def edited(self) -> bytes:
        """Return the part with the formats made."""
        if self.sizes[self.formats] > MOST_FORMATS:
            raise OddError("too many formats")
        for group, size in self.sizes.items():
            self.markup.set(group, count=size)
        return self.markup.edited()

    def _font(self, name: str) -> int:
        xml = f'<font>{FONTS[name]}<name val="Times New Roman"/><family val="1"/></font>'
        return self._once("fonts", "font", xml)

    def _fill(self, colour: str) -> int:
        inside = f'<fgColor rgb="{colour}"/><bgColor indexed="64"/>'
        xml = f'<fill><patternFill patternType="solid">{inside}</patternFill></fill>'
        return self._once("fills", "fill", xml)

    def _border(self) -> int:
        return self._once("borders", "border", f"<border>{SIDES}<diagonal/></border>")

    def _once(self, group: str, name: str, xml: str) -> int:
        """Return the number of a font, fill or border, which may be there already."""
        if (xml,) not in self.made:
            there = self._group(group, name)
            same = (n for n, one in enumerate(there.children) if self.markup.holds(one, xml))
            self.made[xml,] = next(same, None) or self._added(there, xml)
        return self.made[xml,]

    def _added(self, group: Element, xml: str | bytes) -> int:
        add = self.markup.add if isinstance(xml, str) else self.markup.add_raw
        add(group, xml)
        self.sizes[group] += 1
        return self.sizes[group] - 1

    def _group(self, name: str, member: str) -> Element:
        """Return the list of fonts, fills, borders or formats."""
        group = self.markup.root.child(name)
        if group is None or any(child.name != member for child in group.children):
            raise OddError(f"no plain {name}")
        self.sizes.setdefault(group, len(group.children))
        return group
