"""The only place that writes Word documents (python-docx), in the form of NĐ 30/2020/NĐ-CP.

Loaded only where a document is written. Everything printed goes through `printable`.
"""

import io
from collections.abc import Sequence
from datetime import UTC

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from pipeline.model.text import show
from pipeline.packet.blocks import Block, Document, Dots, Grid, Heading, Signature, Text
from pipeline.packet.looks import (
    BODY,
    BREADTH,
    CELL,
    CENTRED,
    LEFT_ALIGNED,
    LIST,
    RULE,
    set_looks,
)
from pipeline.packet.texts import WHOLE_TEXT
from pipeline.tools.page import printable
from pipeline.tools.seal import seal

COUNTRY, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
HEAD = 65, 100  # mm of the issuing body and of Quốc hiệu
HALVES = 83, 82
MOTTO_BREADTH = 60.5  # mm, in 14 points, bold: the rule below it is as long
# A rule of a third to a half of its words: these letters are so many parts of an em on the average.
CAPITALS, LETTERS, RULED = 0.64, 0.47, 0.42
LONGEST = 110  # mm of a line whose rule still grows with it
EM = 25.4 / 72  # mm of a point
SIGNING_ROOM, SPARE_HEIGHT = Pt(64), Mm(9)


def write_document(paper: Document) -> bytes:
    """Return a paper as .docx, sealed; the same paper gives the same bytes."""
    document = docx.Document()
    set_looks(document)
    _set_properties(document, paper)
    _head(document, paper)
    for block in paper.blocks:
        _write(document, block)
    _foot(document, paper)
    made = io.BytesIO()
    document.save(made)
    return seal(made.getvalue())


def _inert(value: object) -> str:
    """Return what a run of the body may hold: one line, nothing that acts unseen, not endless."""
    return printable(show(value), WHOLE_TEXT)


def _set_properties(document: object, paper: Document) -> None:
    core = document.core_properties
    moment = paper.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    core.title = _inert(" ".join([paper.kind, *paper.subject]))[:255]
    core.author = core.last_modified_by = _inert(paper.author)[:255]
    core.created = core.modified = moment
    core.identifier, core.language, core.comments = "sauro", "vi-VN", ""


def _head(document: object, paper: Document) -> None:
    """Write issuing body and number left, Quốc hiệu, tiêu ngữ, place and date right, the title."""
    left, right = _columns(document, HEAD)
    *above, name = paper.issuer
    for line in above:
        _line(left, line, 13)
    _line(left, name, 13, bold=True)
    _rule(left, _ruled(name, 13 * CAPITALS), HEAD[0])
    _line(left, f"Số: ……/{paper.symbol}", 13, before=4)
    if paper.notice:
        _line(left, paper.notice, 10, italic=True)
    _line(right, COUNTRY, 13, bold=True)
    _line(right, MOTTO, 14, bold=True)
    _rule(right, MOTTO_BREADTH, HEAD[1])
    if paper.dated:
        _line(right, paper.dated, 14, italic=True, before=4)
    _line(document, paper.kind, 14, bold=True, before=16)
    for line in paper.subject:
        _line(document, line, 14, bold=True)
    _rule(document, _ruled(paper.subject[-1], 14 * LETTERS), BREADTH, after=12)


def _ruled(text: str, em: float) -> float:
    """Return the millimetres of the rule below some words; below a long line as below a whole."""
    return min(len(printable(text)) * em * EM, LONGEST) * RULED


def _columns(document: object, breadths: Sequence[int]) -> list[object]:
    """Return the cells of an unruled table of one row that stays on its page."""
    table = _table(document, breadths)
    edges = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "0")
        edge.set(qn("w:type"), "dxa")
        edges.append(edge)
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(edges)
    row = table.add_row()
    _keep_whole(row)
    return list(row.cells)


def _table(document: object, breadths: Sequence[int]) -> object:
    table = document.add_table(rows=0, cols=len(breadths))
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, breadth in zip(table.columns, breadths, strict=True):
        column.width = Mm(breadth)
    return table


def _keep_whole(row: object) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _line(
    place: object,
    text: str,
    size: int,
    *,
    bold: bool = False,
    italic: bool = False,
    before: int = 0,
) -> object:
    """Write one centred line; the paragraph an empty cell begins with is taken first."""
    paragraph = _next(place)
    paragraph.alignment = CENTRED
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(printable(text))
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold, italic
    return paragraph


def _next(place: object) -> object:
    first = place.paragraphs[0] if hasattr(place, "_tc") and len(place.paragraphs) == 1 else None
    return first if first is not None and not first.runs else place.add_paragraph()


def _rule(place: object, breadth: float, room: int, *, after: int = 0) -> None:
    """Draw a rule of so many millimetres in the middle of a column of `room`."""
    paragraph = _styled(place, RULE)
    side = Mm((room - breadth) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
    paragraph.paragraph_format.space_after = Pt(after)
    paragraph.paragraph_format.keep_with_next = True
    edges = OxmlElement("w:pBdr")
    edges.append(_edge("bottom"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(edges, "w:shd", "w:spacing", "w:ind", "w:jc")


def _edge(side: str) -> object:
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        edge.set(qn(f"w:{name}"), value)
    return edge


def _write(document: object, block: Block) -> None:
    match block:
        case Heading():
            _styled(document, f"Heading {block.level}", _inert(block.text))
        case Text():
            _styled(document, BODY, _inert(block.text))
        case Dots():
            _dots(document, block.lines)
        case Grid():
            _grid(document, block)


def _styled(place: object, style: str, text: str = "") -> object:
    """Write a paragraph in a style."""
    paragraph = place.add_paragraph(text)
    _set_style(paragraph, style)
    return paragraph


def _set_style(paragraph: object, style: str) -> None:
    """Set a style by the id the library makes of its name, which it takes a millisecond to find."""
    paragraph._p.style = style.replace(" ", "")


def _dots(document: object, lines: int) -> None:
    """Write dotted lines from margin to margin."""
    for _ in range(lines):
        paragraph = _styled(document, BODY, "\t")
        paragraph.paragraph_format.first_line_indent = 0
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Mm(BREADTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _grid(document: object, block: Grid) -> None:
    """Write a ruled table whose heading is repeated on every page and whose rows are not torn."""
    titles, breadths, kinds = zip(*block.columns, strict=True)
    table = _table(document, breadths)
    table.style = "Table Grid"
    heading = _row(table, titles, ["c"] * len(titles))
    heading._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in heading.cells:
        cell.paragraphs[0].runs[0].bold = True
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    for cells in block.rows:
        _row(table, cells, kinds)
    for _ in range(block.spare):
        _row(table, [""] * len(titles), kinds).height = SPARE_HEIGHT
    after = _styled(document, RULE)
    after.paragraph_format.space_after = Pt(6)


def _row(table: object, cells: Sequence[object], kinds: Sequence[str]) -> object:
    """Write one row; a column of kind «c» is centred."""
    row = table.add_row()
    _keep_whole(row)
    for cell, value, kind in zip(row.cells, cells, kinds, strict=True):
        paragraph = cell.paragraphs[0]
        _set_style(paragraph, CELL)
        paragraph.add_run(_inert(value))
        if kind == "c":
            paragraph.alignment = CENTRED
    return row


def _foot(document: object, paper: Document) -> None:
    """Write who signs and who gets the paper, on one page with the last words before it."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    if len(paper.signatures) == 1:
        left, right = _columns(document, HALVES)
        _recipients(left, paper.recipients)
        _sign(right, paper.signatures[0])
        return
    for cell, signature in zip(_columns(document, HALVES), paper.signatures, strict=True):
        _sign(cell, signature)
    _recipients(document, paper.recipients)


def _sign(cell: object, signature: Signature) -> None:
    for title in signature.titles:
        _line(cell, title, 14, bold=True, before=6 if title is signature.titles[0] else 0)
    name = _line(cell, signature.name, 14, bold=True)
    name.paragraph_format.space_before = SIGNING_ROOM


def _recipients(place: object, names: Sequence[str]) -> None:
    title = _line(place, "Nơi nhận:", 12, bold=True, italic=True, before=6)
    title.alignment = LEFT_ALIGNED
    for name in names:
        _styled(place, LIST, _inert(f"- {name}"))
