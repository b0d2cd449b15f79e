"""Cell notes: their texts, and the yellow boxes they are shown in."""

from collections.abc import Mapping

from pipeline.model.text import clean
from pipeline.reply.cells import Place, address_of
from pipeline.reply.looks import MAIN
from pipeline.reply.markup import Markup
from pipeline.reply.package import HEAD, OFFICE, Package
from pipeline.tools.form import height_of, lines_of
from pipeline.tools.rows import text_xml

COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
OWN_NOTES = {"comments", "threadedComment"}
# What comes behind the reference to the boxes, as the format orders it.
BEHIND = (
    *("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
FONT = '<rPr><sz val="11"/><color indexed="81"/><rFont val="Times New Roman"/></rPr>'
WIDTH_POINTS, WIDTH_DIGITS = 230, 40
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
<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;\
margin-top:2pt;width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden"\
 fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>\
<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>\
<v:textbox><div style="text-align:left"/></v:textbox>\
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>\
<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>
"""


def may_have_notes(package: Package, part: str, sheet: Markup) -> bool:
    """Say whether notes can be added: the sheet has none, and nothing else of an unknown order."""
    children = sheet.root.children
    related = {kind for kind, _ in package.relations(part).values()}
    odd = any(child.name == "legacyDrawing" or " " in child.name for child in children)
    return not odd and not related & OWN_NOTES


def add_notes(package: Package, part: str, sheet: Markup, notes: Mapping[Place, str]) -> None:
    """Add notes to the cells of a sheet."""
    ordered = dict(sorted(notes.items()))
    comments = package.add("xl/comments{}.xml", _comments(ordered), COMMENTS)
    boxes = package.add("xl/drawings/vmlDrawing{}.vml", _boxes(ordered), DRAWING)
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
    authors = "<authors><author>Soát phiếu</author></authors>"
    return (
        f'{HEAD}<comments xmlns="{MAIN}">{authors}<commentList>{comments}</commentList></comments>'
    )


def _boxes(notes: Mapping[Place, str]) -> str:
    boxes = [
        BOX.format(
            number=BLOCK + order,
            order=order,
            width=WIDTH_POINTS,
            height=height_of(lines_of(clean(text), WIDTH_DIGITS) + 1),
            row=row - 1,
            column=column - 1,
        )
        for order, ((row, column), text) in enumerate(notes.items(), 1)
    ]
    blocks = ",".join(str(block) for block in range(1, len(notes) // BLOCK + 2))
    return BOXES.format(blocks=blocks, boxes="".join(boxes))
