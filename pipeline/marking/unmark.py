"""Marks of an earlier reply taken out of a workbook, in whatever program it was saved since.

A colour is one of ours where the workbook has our list; the cell gets back the format that differs
from its own in nothing but the fill, of several the one its column uses most.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping

from pipeline.marking.cells import Place, cells_of, place_of
from pipeline.marking.looks import MAIN, Looks
from pipeline.marking.markup import Element, Markup
from pipeline.marking.notes import related_parts
from pipeline.marking.package import Package
from pipeline.model.findings import LIST_HEADINGS, LIST_ROW, LIST_SHEET, SEVERITIES
from pipeline.model.text import fold

STRINGS = "sharedStrings"
NOTE = re.compile(rf"(?:{'|'.join(map(str.upper, SEVERITIES))}) \(K\d{{3}}\): ")
BOX = re.compile(rb"<v:shape\b(?:(?!</v:shape>).)*</v:shape>\s*", re.DOTALL)
BOX_AT = re.compile(rb"<x:(Row|Column)>\s*(\d+)\s*</x:")


def list_parts(package: Package, book: str, sheets: Mapping[str, str]) -> dict[str, str]:
    """Return the lists of findings among a workbook's sheets, by title."""
    may_be = {t: part for t, part in sheets.items() if fold(t).startswith(fold(LIST_SHEET))}
    if not may_be:
        return {}
    strings = _strings(package, book)
    return {title: part for title, part in may_be.items() if _is_list(package, part, strings)}


def _strings(package: Package, book: str) -> list[str]:
    """Return the texts that sheets refer to by number."""
    parts = [part for kind, part in package.relations(book).values() if kind == STRINGS]
    if not parts:
        return []
    markup = Markup(package.read(parts[0]), MAIN, 2)
    return [markup.text(item) for item in markup.root.children]


def _is_list(package: Package, part: str, strings: list[str]) -> bool:
    sheet = Markup(package.read(part), MAIN, 4)
    row = {at[1]: cell for at, cell in cells_of(sheet).items() if at[0] == LIST_ROW}
    texts = [_text(sheet, row.get(at), strings) for at in range(1, len(LIST_HEADINGS) + 1)]
    return texts == [*LIST_HEADINGS]


def _text(sheet: Markup, cell: Element | None, strings: list[str]) -> str:
    if cell is None:
        return ""
    text = sheet.text(cell)
    if cell.attributes.get("t") == "s":
        return strings[int(text)] if text.isdecimal() and int(text) < len(strings) else ""
    return text


def unmark(package: Package, part: str, looks: Looks, again: Collection[Place]) -> None:
    """Take colours and notes of ours out of a sheet; the cells `again` get another colour."""
    _drop_notes(package, part)
    sheet = Markup(package.read(part), MAIN, 4)
    cells = cells_of(sheet)
    marked = {
        at: look
        for at, cell in cells.items()
        if at not in again and looks.is_marked(look := _look(cell))
    }
    if not marked:
        return
    used = Counter((at[1], _look(cell)) for at, cell in cells.items())
    for place, look in marked.items():
        plain = looks.unmarked(look)
        best = max(plain, key=lambda one: used[place[1], one], default=None)
        sheet.set(cells[place], s=looks.bare(look) if best is None else best)
    package.write(part, sheet.edited())


def _look(cell: Element) -> int:
    text = cell.attributes.get("s", "0")
    return int(text) if text.isdecimal() else 0


def _drop_notes(package: Package, part: str) -> None:
    """Take our notes and their boxes out of a sheet; those of others stay."""
    related = related_parts(package, part)
    if "comments" not in related:
        return
    comments = Markup(package.read(related["comments"]), MAIN, 3)
    listed = comments.root.child("commentList")
    ours = (
        [note for note in listed.children if NOTE.match(comments.text(note).lstrip())]
        if listed
        else []
    )
    if not ours:
        return
    for note in ours:
        comments.remove(note)
    places = {place_of(note.attributes.get("ref", "")) for note in ours}
    package.write(related["comments"], comments.edited())
    if "vmlDrawing" in related:
        boxes = package.read(related["vmlDrawing"])
        package.write(related["vmlDrawing"], BOX.sub(lambda box: _unless_at(box, places), boxes))


def _unless_at(box: re.Match[bytes], places: Collection[Place | None]) -> bytes:
    at = {name: int(number) + 1 for name, number in BOX_AT.findall(box[0])}
    return b"" if (at.get(b"Row"), at.get(b"Column")) in places else box[0]
