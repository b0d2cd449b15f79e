"""Cell notes: their texts, and the yellow boxes they are shown in."""

import re
from collections.abc import Callable, Mapping

from pipeline.marking.cells import LAST_COLUMN, LAST_ROW, TRUE, Place, address_of, rows_of, span_of
from pipeline.marking.looks import MAIN
from pipeline.marking.markup import Element, Markup
from pipeline.marking.package import HEAD, OFFICE, Package
from pipeline.model.findings import NOTE_AUTHOR
from pipeline.model.text import clean
from pipeline.tools.form import height_of, lines_of
from pipeline.tools.rows import text_xml

COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
NOTES_AND_BOXES = {"comments", "vmlDrawing"}
SHAPE = re.compile(rb"<\w+:(?:shape|rect|group|line|oval)\b")
OWN_NOTES = {"comments", "threadedComment"}
# What comes behind the reference to the boxes, as the format orders it.
BEHIND = (
    *("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
FONT = '<rPr><sz val="11"/><color indexed="81"/><rFont val="Times New Roman"/></rPr>'
DIGITS = 40  # width of a box
DIGIT_PIXELS, PADDING_PIXELS, POINTS_PER_PIXEL = 7, 5, 0.75
USUAL_WIDTH, USUAL_HEIGHT = 8.43, 15.0  # digits, points
ASIDE = 12  # pixels a box stands away from its cell
BLOCK = 1024  # shapes are numbered in blocks, and a drawing names its blocks
BOXES = """\
<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"\
 xmlns:x="urn:schemas-microsoft-com:office:excel">
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>
<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"\
 path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>\
<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>
{boxes}</xml>"""
BOX = """\
<v:shape id="_x0000_s{number}" type="#_x0000_t202"\
 style="position:absolute;z-index:{order};visibility:hidden" fillcolor="#ffffe1"\
 o:insetmode="auto"><v:fill color2="#ffffe1"/>\
<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>\
<v:textbox><div style="text-align:left"/></v:textbox>\
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>\
<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>\
<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>
"""


def may_have_notes(package: Package, part: str, sheet: Markup) -> bool:
    """Say whether notes can be added: the sheet has none, and nothing else of an unknown order.

    Parts emptied of notes of ours are used again.
    """
    children = sheet.root.children
    related = related_parts(package, part)
    emptied = _emptied(package, related)
    odd = any(
        (child.name == "legacyDrawing" and not emptied) or " " in child.name for child in children
    )
    return emptied or not (odd or related.keys() & OWN_NOTES)


def related_parts(package: Package, part: str) -> dict[str, str]:
    """Return what a part is related to, by kind."""
    return dict(package.relations(part).values())


def _emptied(package: Package, related: Mapping[str, str]) -> bool:
    """Say whether a sheet has parts for notes and boxes with nothing in them."""
    if not related.keys() >= NOTES_AND_BOXES or "threadedComment" in related:
        return False
    notes, boxes = (package.read(related[kind]) for kind in ("comments", "vmlDrawing"))
    return b"<comment " not in notes and not SHAPE.search(boxes)


def add_notes(package: Package, part: str, sheet: Markup, notes: Mapping[Place, str]) -> None:
    """Add notes to the cells of a sheet."""
    ordered = dict(sorted(notes.items()))
    related = related_parts(package, part)
    if related.keys() >= NOTES_AND_BOXES:
        package.write(related["comments"], _comments(ordered).encode())
        package.write(related["vmlDrawing"], _boxes(sheet, ordered).encode())
        return
    comments = package.add("xl/comments{}.xml", _comments(ordered), COMMENTS)
    boxes = package.add("xl/drawings/vmlDrawing{}.vml", _boxes(sheet, ordered), DRAWING)
    package.relate(part, "comments", comments)
    own = package.relate(part, "vmlDrawing", boxes)
    behind = next((child for child in sheet.root.children if child.name in BEHIND), None)
    drawing = f'<legacyDrawing xmlns:r="{OFFICE}" r:id="{own}"/>'
    sheet.add(sheet.root, drawing, before=behind)


def _comments(notes: Mapping[Place, str]) -> str:
    comments = "".join(
        f'<comment ref="{address_of(place)}" authorId="0"><text><r>{FONT}'
        f"{text_xml(clean(text))[0]}</r></text></comment>"
        for place, text in notes.items()
    )
    authors = f"<authors><author>{NOTE_AUTHOR}</author></authors>"
    return (
        f'{HEAD}<comments xmlns="{MAIN}">{authors}<commentList>{comments}</commentList></comments>'
    )


def _boxes(sheet: Markup, notes: Mapping[Place, str]) -> str:
    rows = rows_of(sheet)
    boxes = [
        BOX.format(
            number=BLOCK + order,
            order=order,
            anchor=_anchor(sheet, rows, place, clean(text)),
            row=place[0] - 1,
            column=place[1] - 1,
        )
        for order, (place, text) in enumerate(notes.items(), 1)
    ]
    blocks = ",".join(str(block) for block in range(1, len(notes) // BLOCK + 2))
    return BOXES.format(blocks=blocks, boxes="".join(boxes))


def _anchor(sheet: Markup, rows: Mapping[int, Element], place: Place, text: str) -> str:
    """Return where a box begins and ends: column, pixels into it, row, pixels into it, twice."""
    width = DIGITS * DIGIT_PIXELS + 2 * PADDING_PIXELS
    height = round(height_of(lines_of(text, DIGITS) + 1) / POINTS_PER_PIXEL)
    top, left = place[0], min(place[1] + 1, LAST_COLUMN)
    right, x = _walk(lambda at: _width(sheet, at), left, ASIDE + width, LAST_COLUMN)
    bottom, y = _walk(lambda at: _height(rows.get(at)), top, ASIDE + height, LAST_ROW)
    return f"{left - 1},{ASIDE},{top - 1},{ASIDE},{right - 1},{x},{bottom - 1},{y}"


def _walk(size_of: Callable[[int], int], at: int, length: int, last: int) -> tuple[int, int]:
    """Return the row or column so many pixels on, and the pixels into it."""
    while at < last and length > (size := size_of(at)):
        at, length = at + 1, length - size
    return at, length


def _width(sheet: Markup, column: int) -> int:
    """Return the width of a column in pixels."""
    span = span_of(sheet, column)
    return round(_measure(span, "width", USUAL_WIDTH) * DIGIT_PIXELS) + PADDING_PIXELS


def _height(row: Element | None) -> int:
    """Return the height of a row in pixels."""
    return round(_measure(row, "ht", USUAL_HEIGHT) / POINTS_PER_PIXEL)


def _measure(element: Element | None, name: str, usual: float) -> float:
    """Return a size of a row or column; nothing if it is hidden."""
    if element is None:
        return usual
    text = element.attributes.get(name, "")
    size = float(text) if text.replace(".", "", 1).isdecimal() else usual
    return 0 if element.attributes.get("hidden") in TRUE else size
