"""The sheet that lists the findings of a workbook, each with a link to its cell."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape

from pipeline.marking.cells import place_of
from pipeline.marking.looks import FILLS, GREY, MAIN, Looks
from pipeline.marking.package import HEAD
from pipeline.model.findings import (
    ERROR,
    LIST_HEADINGS,
    LIST_ROW,
    SEVERITIES,
    what_is_wrong,
)
from pipeline.model.text import clean, sentence
from pipeline.tools.blocks import letters, quoted
from pipeline.tools.form import height_of, lines_of
from pipeline.tools.rows import text_xml

WIDTHS = (6, 12, 18, 10, 60, 45, 8)
LEVEL, SPOT = 1, 3  # columns that are coloured and linked
GUIDE = (
    "Bấm vào địa chỉ ở cột «Ô» để đến đúng chỗ. Ô có vấn đề được tô màu như ở cột «Mức».",
    "Sửa xong thì gửi lại chính tệp này; trang này, màu và ghi chú cứ để nguyên.",
)
SHEET = """\
{head}<worksheet xmlns="{main}"><sheetPr><tabColor rgb="{colour}"/><pageSetUpPr fitToPage="1"/>\
</sheetPr><sheetViews><sheetView showGridLines="0" workbookViewId="0"><pane ySplit="{frozen}"\
 topLeftCell="A{first}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>\
<cols>{columns}</cols><sheetData>{rows}</sheetData>{links}<pageMargins left="0.3" right="0.3"\
 top="0.5" bottom="0.5" header="0.25" footer="0.25"/>\
<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>"""
Finding = Mapping[str, object]


def list_sheet(findings: Sequence[Finding], titles: Collection[str], looks: Looks) -> str:
    """Return the sheet's XML; `titles` are the sheets that can be linked to."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(WIDTHS, 1)
    )
    targets = {row: _target(found, titles) for row, found in enumerate(findings, LIST_ROW + 1)}
    links = "".join(
        f'<hyperlink ref="{letters(SPOT)}{row}" location="{escape(target)}"/>'
        for row, target in targets.items()
        if target
    )
    return SHEET.format(
        head=HEAD,
        main=MAIN,
        colour=FILLS[ERROR],
        frozen=LIST_ROW,
        first=LIST_ROW + 1,
        columns=columns,
        rows="".join(_rows(findings, targets, looks)),
        links=f"<hyperlinks>{links}</hyperlinks>" if links else "",
    )


def _rows(findings: Sequence[Finding], targets: Mapping, looks: Looks) -> Iterator[str]:
    for number, text in enumerate((_verdict(findings), *GUIDE), 1):
        font = "title" if number == 1 else "plain"
        yield f'<row r="{number}">{_cell(0, number, text, looks, font, ruled=False)}</row>'
    headings = enumerate(LIST_HEADINGS)
    cells = [_cell(at, LIST_ROW, text, looks, "strong", GREY) for at, text in headings]
    yield f'<row r="{LIST_ROW}">{"".join(cells)}</row>'
    for number, found in enumerate(findings, 1):
        row = LIST_ROW + number
        texts = _texts(number, found)
        lines = max(lines_of(text, width) for text, width in zip(texts, WIDTHS, strict=True))
        fonts = {SPOT: "link"} if targets[row] else {}
        fills = {LEVEL: FILLS[str(found["severity"])]}
        cells = [
            _cell(at, row, text, looks, fonts.get(at, "plain"), fills.get(at, ""))
            for at, text in enumerate(texts)
        ]
        yield f'<row r="{row}" ht="{height_of(lines)}">{"".join(cells)}</row>'


def _verdict(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity."""
    counts = {level: sum(row["severity"] == level for row in findings) for level in SEVERITIES}
    words = [f"{count} {level}" for level, count in counts.items() if count]
    return f"Phiếu này có {', '.join(words)}"


def _texts(number: int, found: Finding) -> list[str]:
    spot = found["cell"] or (f"dòng {found['row']}" if found["row"] else "")
    words = found["severity"], found["sheet"], spot, sentence(what_is_wrong(found)), found["action"]
    return [str(number), *(clean(word) for word in words), str(found["code"])]


def _cell(
    at: int, row: int, text: str, looks: Looks, font: str, fill: str = "", *, ruled: bool = True
) -> str:
    xml, live = text_xml(text)
    look = looks.listed(font, fill, ruled=ruled, live=live)
    return f'<c r="{letters(at)}{row}" s="{look}" t="inlineStr"><is>{xml}</is></c>'


def _target(found: Finding, titles: Collection[str]) -> str:
    """Return where a finding's link leads: its cell, else its row, else nowhere."""
    cell = str(found["cell"] or (f"A{found['row']}" if found["row"] else ""))
    title = str(found["sheet"])
    return f"{quoted(title)}!{cell}" if title in titles and place_of(cell) else ""
