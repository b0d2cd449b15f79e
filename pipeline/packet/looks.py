"""How a Word document looks: paper, margins, page number and styles of NĐ 30/2020/NĐ-CP."""

from docx.enum.section import WD_SECTION_START
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

FONT = "Times New Roman"
# Twips, within 20–25 above and below, 30–35 left, 15–20 right; A4.
PAPER = Twips(11906), Twips(16838)
TOP, BOTTOM, LEFT, RIGHT, NUMBER = (Twips(n) for n in (1134, 1134, 1701, 851, 567))
BREADTH = 165  # mm between the margins
LEFT_ALIGNED, CENTRED = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER
JUSTIFIED = WD_ALIGN_PARAGRAPH.JUSTIFY
BODY, CELL, RULE, LIST = "Thân văn bản", "Ô bảng", "Nét kẻ", "Nơi nhận"


def set_looks(document: object) -> None:
    """Give an empty document its page and its styles."""
    _drop_picture(document)
    _set_page(document)
    _set_styles(document)


def _drop_picture(document: object) -> None:
    """Let go of the picture of an empty page that the library's own template carries."""
    links = document.part.package.rels
    for name in [name for name, link in links.items() if link.reltype.endswith("/thumbnail")]:
        del links[name]


def _set_page(document: object) -> None:
    """Set paper, margins and, from page 2 on, the page's number in the middle of the top margin."""
    section = document.sections[0]
    section.start_type = WD_SECTION_START.NEW_PAGE
    section.page_width, section.page_height = PAPER
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.header_distance, section.footer_distance = NUMBER, NUMBER
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = CENTRED
    _font(number.style, 14)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = number.add_run("2")._r
    field.append(run)
    number._p.append(field)


def _set_styles(document: object) -> None:
    """Declare every look once, so that the secretary changes it in one place."""
    normal = document.styles["Normal"]
    _font(normal, 14)
    _language(document)
    _spacing(normal)
    body = _style(document, BODY, 14, alignment=JUSTIFIED, indent=Mm(12.7), after=6)
    body.paragraph_format.line_spacing = 1.1
    for level in (1, 2):
        heading = document.styles[f"Heading {level}"]
        _font(heading, 14, bold=True, italic=level == 2)
        _spacing(heading, before=6, after=6, indent=Mm(12.7))
        heading.paragraph_format.keep_with_next = True
    cell = _style(document, CELL, 12, alignment=LEFT_ALIGNED, after=2)
    cell.paragraph_format.space_before = Pt(2)
    _style(document, LIST, 11, alignment=LEFT_ALIGNED)
    rule = _style(document, RULE, 2, alignment=CENTRED)
    rule.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    rule.paragraph_format.line_spacing = Pt(3)


def _style(document: object, name: str, size: int, *, alignment: object, **room: object) -> object:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    _font(style, size)
    _spacing(style, **room)
    style.paragraph_format.alignment = alignment
    return style


def _font(style: object, size: int, *, bold: bool = False, italic: bool = False) -> None:
    """Set one black font for all scripts; a theme's font would win over it."""
    font = style.font
    font.name, font.size, font.bold, font.italic = FONT, Pt(size), bold, italic
    faces = style.element.rPr.rFonts
    faces.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        faces.set(qn(f"w:{script}"), FONT)
    for colour in style.element.rPr.findall(qn("w:color")):
        style.element.rPr.remove(colour)


def _spacing(style: object, *, before: int = 0, after: int = 0, indent: object = 0) -> None:
    room = style.paragraph_format
    room.space_before, room.space_after = Pt(before), Pt(after)
    room.first_line_indent, room.line_spacing = indent, 1.0
    room.widow_control = True


def _language(document: object) -> None:
    """Say that the text is Vietnamese, or Word underlines all of it."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.attrib.clear()
        language.set(qn("w:val"), "vi-VN")
