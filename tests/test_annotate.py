"""The annotated workbook: the unit's own but for colours, notes and a list with links."""

import io
import json
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter
from conftest import NEWEST
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import intake, reading
from pipeline.intake.opening import open_parcel
from pipeline.marking.annotate import annotate
from pipeline.marking.looks import FILLS
from pipeline.model.findings import LIST_SHEET, SEVERITIES, describe, finding
from pipeline.model.layout import layout
from pipeline.model.limits import LIMITS
from pipeline.reading.limits import letters
from tests import sheets

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
UNIT = layout("unit")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHANGED = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml"
    r"|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?"
)
# The children of a sheet as the format orders them.
ORDER = (
    " sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection"
    " protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells"
    " phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins"
    " pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors"
    " smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls"
    " webPublishItems tableParts extLst "
)
CODES = {"lỗi": "K301", "cảnh báo": "K409", "lưu ý": "K312"}
NOTE_REFERENCE = re.compile(rb'<legacyDrawing xmlns:r="[^"]*" r:id="[^"]*"/>')
TABLE = """
    1 | NHIỆM VỤ ĐƯỢC GIAO TRONG KỲ
    5 | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú
    6 | KT-01   | 9O            | 2026-11-09 |  |       | =A6 -> 5
    9 | KT-02   | 2             |           | 0 | BC 15 | #DIV/0!
"""


def told(cell: str, sheet: str = "Nhiệm vụ", severity: str = "lỗi", value: str = "9O") -> dict:
    """Return one worded finding at a cell."""
    code = CODES[severity]
    if not cell:
        return describe([finding(code, file="kt.xlsx", sheet=sheet, value=value, fact="9")], {})[0]
    column, row = re.fullmatch(r"([A-Z]*)(\d+)", cell).groups()
    place = {"file": "kt.xlsx", "sheet": sheet, "row": int(row), "field": "completed"}
    columns = {("kt.xlsx", sheet, "completed"): column} if column else {}
    return describe([finding(code, unit="KT", **place, value=value, fact="9")], columns)[0]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed_members(data: bytes) -> dict[str, bytes]:
    """Return what lies in the file from each member's own header to the next one's."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = sorted(archive.infolist(), key=lambda info: info.header_offset)
        starts = [*(info.header_offset for info in members), archive.start_dir]
    return {
        info.filename: data[start:end]
        for info, start, end in zip(members, starts, starts[1:], strict=False)
    }


def read(data: bytes) -> reading.Reading:
    return reading.read_workbook(data, "kt.xlsx", UNIT, frozenset({"tasks"}))


def sheet_parts(data: bytes) -> dict[str, str]:
    """Return the part of every sheet by title."""
    found = parts(data)
    relations = ElementTree.fromstring(found["xl/_rels/workbook.xml.rels"])
    targets = {item.get("Id"): item.get("Target") for item in relations}
    listed = ElementTree.fromstring(found["xl/workbook.xml"]).iter(f"{MAIN}sheet")
    own = {s.get("name"): next(v for k, v in s.items() if k.endswith("}id")) for s in listed}
    return {title: f"xl/{targets[key].removeprefix('/xl/')}" for title, key in own.items()}


def without_marks(part: bytes, touched: set[str], created: set[str]) -> bytes:
    """Return a sheet's XML without what marking may have changed, by means of its own."""
    for cell in created:
        part = re.sub(rb'<c r="' + cell.encode() + rb'" s="\d+"/>', b"", part)
    part = re.sub(rb'<row r="\d+"></row>', b"", part)
    for cell in touched - created:
        tag = re.compile(rb'<c\b[^>]*?\sr="' + cell.encode() + rb'"[^>]*>')
        part = tag.sub(lambda found: re.sub(rb'\ss="\d+"', b"", found[0]), part)
    return NOTE_REFERENCE.sub(b"", part).replace(b"></row>", b"/>")


def cells_of(part: bytes) -> dict[str, ElementTree.Element]:
    return {c.get("r"): c for c in ElementTree.fromstring(part).iter(f"{MAIN}c")}


def assert_only_marked(original: bytes, marked: bytes, findings: list[dict]) -> None:
    """Hold a marked workbook against its original, part by part and byte by byte."""
    before, after = parts(original), parts(marked)
    packed, repacked = packed_members(original), packed_members(marked)
    assert list(after)[: len(before)] == list(before)
    for name in before:
        if after[name] == before[name]:
            assert repacked[name] == packed[name], name
        else:
            assert CHANGED.fullmatch(name), name
    for title, part in sheet_parts(original).items():
        wanted = {row["cell"] for row in findings if row["sheet"] == title and row["cell"]}
        if not wanted:
            assert after[part] == before[part], title
            continue
        created = wanted - cells_of(before[part]).keys()
        left = without_marks(after[part], wanted, created)
        assert left == without_marks(before[part], wanted - created, set()), title
        children = [c.tag.removeprefix(MAIN) for c in ElementTree.fromstring(after[part])]
        known = [ORDER.index(f" {name} ") for name in children if not name.startswith("{")]
        assert known == sorted(known)
    assert read(marked) == read(original)


def assert_marks(marked: bytes, findings: list[dict], *, notes: bool = True) -> None:
    """Find every colour, note and link where another library sees it."""
    book = openpyxl.load_workbook(io.BytesIO(marked))
    at_cells = [row for row in findings if row["cell"] and row["sheet"] in book.sheetnames]
    for row in at_cells:
        cell = book[row["sheet"]][row["cell"]]
        same = [r for r in at_cells if (r["sheet"], r["cell"]) == (row["sheet"], row["cell"])]
        worst = min((r["severity"] for r in same), key=SEVERITIES.index)
        assert cell.fill.fgColor.rgb == FILLS[worst], row
        if notes:
            assert row["severity"].upper() in cell.comment.text
            assert row["action"] in cell.comment.text
    rows = list(book[LIST_SHEET].iter_rows(min_row=6))
    assert [row[6].value for row in rows] == [row["code"] for row in findings]
    linked = [bool(row[3].hyperlink) for row in rows]
    assert linked == [bool(r["row"]) and r["sheet"] in book.sheetnames for r in findings]
    for row, found in zip(rows, findings, strict=True):
        if found["cell"] and row[3].hyperlink:
            title = found["sheet"].replace("'", "''")
            assert row[3].hyperlink.location == f"'{title}'!{found['cell']}"


# --- every workbook the sample's units sent back


ANYWHERE = ("A1", "C3", "J6", "N14", "B70", "AB300", "A301")
EARLIER = ("2026-09-K2", "2026-10-K1", "2026-10-K2")


@pytest.mark.parametrize(
    "cycle", [NEWEST, *(pytest.param(name, marks=pytest.mark.slow) for name in EARLIER)]
)
def test_every_workbook_of_the_sample_comes_back_whole_but_for_the_marks(sample, cycle):
    folder = sample.cycle(cycle)
    stored = json.loads((sample.output / cycle / "result.json").read_text("utf-8"))
    packages, _ = intake.collect(folder.inbox, {}, open_parcel)
    marked_books = 0
    for package in packages:
        found = [row for row in stored["tables"]["findings"] if row["file"] == package.file]
        for at, title in enumerate(("Nhiệm vụ", "Vướng mắc", "Kỳ tới")):
            found += [
                told(cell, title, SEVERITIES[(at + n) % 3]) for n, cell in enumerate(ANYWHERE)
            ]
        marked = annotate(package.data, found)
        assert (marked is None) == package.file.endswith(".ods"), package.file
        if marked:
            marked_books += 1
            assert_only_marked(package.data, marked, found)
            assert_marks(marked, found)
    assert marked_books >= 4


# --- what else stands in workbooks


def book_of(build, **options) -> bytes:
    """Return a workbook of one sheet «Nhiệm vụ» made by the workbook library."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, options)
    sheet = book.add_worksheet("Nhiệm vụ")
    for (row, column), value in sheets.parse(TABLE).items():
        sheets.write(sheet, row - 1, column - 1, value, book.add_format({"num_format": "d/m/yyyy"}))
    build(book, sheet)
    book.close()
    return packed.getvalue()


def picture() -> io.BytesIO:
    def chunk(kind: bytes, body: bytes) -> bytes:
        whole = kind + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)


def everything(book, sheet) -> None:
    red = book.add_format({"bg_color": "#FF0000", "locked": False, "bold": True})
    sheet.set_column(1, 1, 20, red)
    sheet.set_row(11, 30, red)
    sheet.insert_image("H2", "anh.png", {"image_data": picture()})
    sheet.write_url("A20", "https://example.org/")
    sheet.conditional_format("B6:B9", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("C6:C9", {"type": "cell", "criteria": ">", "value": 3, "format": red})
    sheet.data_validation("D6:D9", {"validate": "list", "source": ["0", "1"]})
    sheet.add_sparkline("H9", {"range": "Nhiệm vụ!B6:B9"})
    sheet.add_table("J20:K22")
    sheet.protect("", {"sort": True})
    book.define_name("danh_sach", "='Nhiệm vụ'!$A$6:$A$9")
    book.set_custom_property("ma", "KT")


def plain(book, sheet) -> None:
    """Add nothing."""


def noted(book, sheet) -> None:
    sheet.write_comment("B6", "Ghi chú của đơn vị")


def with_header_picture(book, sheet) -> None:
    sheet.set_header("&L&G", {"image_left": "anh.png", "image_data_left": picture()})


def hidden_columns(book, sheet) -> None:
    sheet.set_column(0, 3, None, None, {"hidden": True})


CELLS = ("B6", "F9", "A1", "B7", "B12", "E12", "Z6", "C30")


@pytest.mark.parametrize("build", [plain, everything, with_header_picture, hidden_columns])
def test_whatever_else_stands_in_a_sheet_stays(build):
    original = book_of(build)
    found = [told(cell) for cell in CELLS]
    marked = annotate(original, found)
    assert_only_marked(original, marked, found)
    assert_marks(marked, found)


def test_a_cell_keeps_its_format_but_for_the_fill():
    original = book_of(everything)
    found = [told(cell) for cell in CELLS]
    before = openpyxl.load_workbook(io.BytesIO(original))["Nhiệm vụ"]
    after = openpyxl.load_workbook(io.BytesIO(annotate(original, found)))["Nhiệm vụ"]
    for cell in ("B6", "F9", "A1"):
        for part in ("font", "border", "alignment", "protection", "number_format", "value"):
            same = repr(getattr(before[cell], part))
            assert repr(getattr(after[cell], part)) == same, (cell, part)
    styles = ElementTree.fromstring(parts(annotate(original, found))["xl/styles.xml"])
    marked = [look for look in styles.find(f"{MAIN}cellXfs") if int(look.get("fillId")) > 2]
    assert {look.get("applyFill") for look in marked} == {"1"}
    # Made where there was none: as the column B or the row 12 looked there.
    for cell, locked in (("B7", False), ("B12", False), ("E12", False), ("Z6", True)):
        assert (after[cell].protection.locked, bool(after[cell].font.b)) == (locked, not locked)


def test_a_sheet_with_notes_of_its_own_gets_colours_and_the_list_only():
    original = book_of(noted)
    found = [told("B6"), told("C9", severity="cảnh báo")]
    marked = annotate(original, found)
    assert_only_marked(original, marked, found)
    assert_marks(marked, found, notes=False)
    sheet = openpyxl.load_workbook(io.BytesIO(marked))["Nhiệm vụ"]
    assert sheet["B6"].comment.text == "Ghi chú của đơn vị"
    assert sheet["C9"].comment is None
    assert [name for name in parts(marked) if "comments" in name] == ["xl/comments1.xml"]


def test_a_sheet_with_parts_of_unknown_order_gets_colours_and_the_list_only():
    odd = '<x:AlternateContent xmlns:x="urn:x"/></worksheet>'
    original = sheets.patched(book_of(plain), "sheet1.xml", "</worksheet>", odd)
    found = [told("B6")]
    marked = annotate(original, found)
    assert_only_marked(original, marked, found)
    assert not [name for name in parts(marked) if "comments" in name]


def test_macros_and_unknown_parts_stay():
    packed = io.BytesIO(book_of(everything))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xcc\x61" * 5000)
        archive.writestr("customXml/item1.xml", "<a/>")
    macro = "application/vnd.ms-office.vbaProject"
    override = f'<Override PartName="/xl/vbaProject.bin" ContentType="{macro}"/></Types>'
    original = sheets.patched(packed.getvalue(), "_Types].xml", "</Types>", override)
    original = sheets.patched(
        original,
        "_Types].xml",
        "openxmlformats-officedocument.spreadsheetml.sheet.main",
        "ms-excel.sheet.macroEnabled.main",
    )
    found = [told("B6")]
    marked = annotate(original, found)
    assert_only_marked(original, marked, found)
    assert parts(marked)["xl/vbaProject.bin"] == b"\xcc\x61" * 5000


def prefixed(data: bytes) -> bytes:
    """Return the workbook with every part's own namespace under a prefix."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, part in parts(data).items():
            if name.endswith((".xml", ".rels")) and not name.startswith("docProps"):
                part = re.sub(rb"<(/?)(?=[A-Za-z]+[\s/>])", rb"<\1k:", part)
                part = part.replace(b' xmlns="', b' xmlns:k="')
            target.writestr(name, part)
    return packed.getvalue()


def test_prefixed_names_are_kept():
    original = prefixed(book_of(plain))
    found = [told(cell) for cell in CELLS]
    marked = annotate(original, found)
    assert_marks(marked, found)
    assert read(marked) == read(original)
    sheet = parts(marked)["xl/worksheets/sheet1.xml"]
    assert b'<k:row k="' not in sheet
    assert b'<k:row r="30"><k:c r="C30" s="' in sheet
    assert b"<c " not in sheet
    assert b"<k:legacyDrawing " in sheet


def without_addresses(data: bytes) -> bytes:
    """Return the workbook with rows and cells that do not say where they stand."""
    rows = '<sheetData><row/><row spans="1:2"><c><v>1</v></c><c s="0"/><c t="inlineStr"><is><t>a</t></is></c></row><row r="9"><c r="C9"><v>2</v></c><c><v>3</v></c></row></sheetData>'
    part = parts(data)["xl/worksheets/sheet1.xml"].decode()
    old = re.search("<sheetData>.*</sheetData>", part)[0]
    return sheets.patched(data, "sheet1.xml", old, rows)


def test_cells_that_do_not_say_where_they_stand_are_counted():
    original = without_addresses(book_of(plain))
    found = [told(cell) for cell in ("A1", "A2", "B2", "C2", "D2", "A5", "A9", "D9", "E9", "A10")]
    marked = annotate(original, found)
    sheet = openpyxl.load_workbook(io.BytesIO(marked))["Nhiệm vụ"]
    values = {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row}
    filled = {"A2": 1, "C2": "a", "C9": 2, "D9": 3}
    assert {cell: value for cell, value in values.items() if value is not None} == filled
    assert_marks(marked, found)


EMPTY = {
    "<sheetData/>": r"<sheetData>.*</sheetData>",
    "<sheetData></sheetData>": r"<sheetData>.*</sheetData>",
    '<sheetData><row r="6"/></sheetData>': r"<sheetData>.*</sheetData>",
}


@pytest.mark.parametrize("data", EMPTY)
def test_a_sheet_without_cells_gets_them(data):
    book = book_of(plain)
    part = parts(book)["xl/worksheets/sheet1.xml"].decode()
    original = sheets.patched(book, "sheet1.xml", re.search(EMPTY[data], part)[0], data)
    found = [told(cell) for cell in ("B6", "D6", "A7")]
    marked = annotate(original, found)
    assert_marks(marked, found)
    assert list(cells_of(parts(marked)["xl/worksheets/sheet1.xml"])) == ["B6", "D6", "A7"]


def test_single_quotes_comments_and_a_mark_of_byte_order_do_not_mislead():
    book = book_of(plain)
    part = parts(book)["xl/worksheets/sheet1.xml"].decode()
    tag = re.search(r'<c r="B6"[^>]*>', part)[0]
    odd = "<!-- <c r=\"B6\"> --><c  r='B6'\n cm=\"1\" s = '0' t='s' >"
    book = sheets.patched(book, "sheet1.xml", tag, odd)
    original = sheets.patched(book, "sheet1.xml", "<?xml", "\ufeff<?xml")
    marked = annotate(original, [told("B6")])
    before, after = odd.encode().split(b"'0'")
    changed = re.escape(before) + rb"'[1-9]\d*'" + re.escape(after)
    assert re.search(changed, parts(marked)["xl/worksheets/sheet1.xml"])
    assert_marks(marked, [told("B6")])


def test_openpyxls_own_workbooks_are_marked():
    book = openpyxl.load_workbook(io.BytesIO(book_of(plain)))
    packed = io.BytesIO()
    book.save(packed)
    found = [told(cell) for cell in CELLS]
    marked = annotate(packed.getvalue(), found)
    assert_only_marked(packed.getvalue(), marked, found)
    assert_marks(marked, found)


# --- the list


def listed(marked: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(marked))[LIST_SHEET]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_list_tells_every_finding_and_where_it_is():
    found = [
        told("B6"),
        told("9"),  # a row
        told("", severity="cảnh báo"),  # a sheet
        told("C9", "Trang khác"),  # no such sheet
        describe([finding("K115", file="kt.xlsx", value="07:50", fact="17:00")], {})[0],
    ]
    marked = annotate(book_of(plain), found)
    rows = listed(marked)
    assert rows[0][0] == "Phiếu này có 3 lỗi, 2 cảnh báo"
    assert [row[:4] for row in rows[5:]] == [
        ["1", "lỗi", "Nhiệm vụ", "B6"],
        ["2", "lỗi", "Nhiệm vụ", "dòng 9"],
        ["3", "cảnh báo", "Nhiệm vụ", ""],
        ["4", "lỗi", "Trang khác", "C9"],
        ["5", "cảnh báo", "", ""],
    ]
    assert rows[5][4:] == ["«9O» không phải là số.", "Gõ chữ số, ví dụ 9 hoặc 2,5.", "K301"]
    assert rows[9][4].startswith("Nhận lúc 07:50")
    sheet = openpyxl.load_workbook(io.BytesIO(marked))[LIST_SHEET]
    links = [sheet.cell(row, 4).hyperlink for row in range(6, 11)]
    assert [link and link.location for link in links] == [
        "'Nhiệm vụ'!B6",
        "'Nhiệm vụ'!A9",
        *[None] * 3,
    ]


def test_the_list_is_the_last_sheet_and_no_other_number_moves():
    original = book_of(lambda book, sheet: book.add_worksheet("Trang 2").hide())
    marked = annotate(original, [told("B6")])
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book.sheetnames == ["Nhiệm vụ", "Trang 2", LIST_SHEET]
    assert book.active.title == "Nhiệm vụ"
    assert book["Trang 2"].sheet_state == "hidden"


@pytest.mark.parametrize(
    "value",
    [
        '=HYPERLINK("http://x")',
        "+1",
        "-1",
        "@SUM(A1)",
        "<b>&amp;]]>\"'",
        "a\x00\x07\x1f\ufffe\ud800b",
        "_x000D_",
        "á" * 40_000,
        "{0} {value}",
    ],
)
def test_what_a_sender_typed_is_never_live(value):
    found = {**told("B6"), "value": value, "action": value, "sheet": "Nhiệm vụ"}
    marked = annotate(book_of(plain), [found])
    (row,) = openpyxl.load_workbook(io.BytesIO(marked))[LIST_SHEET].iter_rows(min_row=6)
    for cell in (row[4], row[5]):
        assert cell.data_type == "s"
        assert len(cell.value) <= 32_767
        assert not re.search(r"[\x00-\x08\x0e-\x1f]", cell.value)
        assert cell.quotePrefix == (cell.value[0] in "=+-@")
    assert row[4].value.startswith("«")
    assert row[5].value.startswith(value[0])
    xml = parts(marked)[next(name for name in parts(marked) if name.endswith("sheet2.xml"))]
    assert b"<f>" not in xml
    note = openpyxl.load_workbook(io.BytesIO(marked))["Nhiệm vụ"]["B6"].comment
    assert note.text.startswith("LỖI (K301): ")
    assert len(note.text) <= 32_767


def test_two_findings_at_one_cell_share_its_note_under_the_worse_colour():
    found = [told("B6", severity="lưu ý"), told("B6"), told("B6", severity="cảnh báo")]
    marked = annotate(book_of(plain), found)
    assert_marks(marked, found)
    note = openpyxl.load_workbook(io.BytesIO(marked))["Nhiệm vụ"]["B6"].comment.text
    assert [line.split()[0] for line in note.splitlines()] == ["LƯU", "LỖI", "CẢNH"]


def test_a_title_that_needs_quotes_is_linked():
    original = sheets.xlsx({"Tháng'11 <&>": TABLE})
    found = [told("B6", "Tháng'11 <&>")]
    marked = annotate(original, found)
    assert_marks(marked, found)
    assert read(marked) == read(original)


def test_the_list_is_no_stray_sheet_and_holds_no_stamp():
    original = sheets.xlsx({"Nhiệm vụ": TABLE, "Của tôi": "1 | a"}, stamp="")
    stamped = {**told("B6"), "value": f"Mã phiếu: {sheets.STAMP}"}
    marked = annotate(original, [stamped])
    assert find(marked, sheets.STAMP)
    again = read(marked)
    assert again == read(original)
    assert again.stamp is None
    strays = [row["value"] for row in again.findings if row["code"] == "K205"]
    assert strays == ["Của tôi"]


def find(data: bytes, text: str) -> bool:
    return any(text.encode() in part for part in parts(data).values())


# --- same in, same out; and what is left alone


def test_the_same_findings_give_the_same_bytes():
    original = book_of(everything)
    found = [told(cell) for cell in CELLS]
    assert annotate(original, found) == annotate(original, found)
    with zipfile.ZipFile(io.BytesIO(annotate(original, found))) as archive:
        fresh = [info for info in archive.infolist() if "comments" in info.filename]
        assert [info.date_time for info in fresh] == [(1980, 1, 1, 0, 0, 0)]


def test_a_package_written_in_one_go_is_copied_as_it_lies():
    """Members with their sizes behind them, as programs write that cannot go back."""

    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    packed = OneWay()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts(book_of(plain)).items():
            target.writestr(name, part)
    found = [told("B6")]
    marked = annotate(packed.getvalue(), found)
    assert_only_marked(packed.getvalue(), marked, found)
    assert zipfile.ZipFile(io.BytesIO(marked)).testzip() is None


def test_nothing_to_say_gives_nothing():
    assert annotate(book_of(plain), []) is None


# --- marked before: the old marks and list give way to the new


def looks_of(data: bytes, title: str = "Nhiệm vụ") -> dict[str, tuple]:
    """Return how every cell is written and looks, as another library sees it."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))[title]
    return {
        cell.coordinate: (
            cell.fill.fgColor.rgb,
            cell.fill.patternType,
            cell.number_format,
            cell.font.b,
        )
        for row in sheet.iter_rows()
        for cell in row
    }


def notes_of(data: bytes, title: str = "Nhiệm vụ") -> dict[str, str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))[title]
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


FIRST = ("B6", "E6", "C9", "D6")


@pytest.mark.parametrize("build", [plain, everything])
def test_a_workbook_sent_back_half_corrected_is_marked_anew(build):
    original = book_of(build)
    once = annotate(original, [told(cell) for cell in FIRST])
    left = [told("C9", severity="cảnh báo")]
    twice = annotate(once, left)
    assert_marks(twice, left)
    assert notes_of(twice).keys() == {"C9"}
    before, after = looks_of(original), looks_of(twice)
    assert {cell: look for cell, look in after.items() if cell in before and cell != "C9"} == {
        cell: look for cell, look in before.items() if cell != "C9"
    }
    assert openpyxl.load_workbook(io.BytesIO(twice)).sheetnames.count(LIST_SHEET) == 1
    assert len(listed(twice)) == 5 + 1
    assert list(parts(twice)) == list(parts(once))  # nothing added, nothing lost
    same = [name for name in parts(once) if parts(once)[name] == parts(twice)[name]]
    assert all(packed_members(once)[name] == packed_members(twice)[name] for name in same)
    assert {name for name in parts(once) if name not in same} <= {
        "xl/styles.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
        sheet_parts(once)["Nhiệm vụ"], sheet_parts(once)[LIST_SHEET],
    }  # fmt: skip
    assert read(twice) == read(original)


def test_marked_again_with_the_same_findings_it_is_the_same_to_every_reader():
    found = [told(cell) for cell in FIRST]
    once = annotate(book_of(everything), found)
    twice = annotate(once, found)
    assert_marks(twice, found)
    assert (looks_of(twice), notes_of(twice)) == (looks_of(once), notes_of(once))
    assert len(annotate(twice, found)) - len(twice) < 500  # a few formats, no marks


def test_notes_of_others_stay_and_ours_go():
    once = annotate(book_of(plain), [told("B6")])
    own = '<comment ref="B9" authorId="0"><text><t>Hỏi chị Lan</t></text></comment></commentList>'
    theirs = sheets.patched(once, "comments1.xml", "</commentList>", own)
    twice = annotate(theirs, [told("C9")])
    assert notes_of(twice) == {"B9": "Hỏi chị Lan"}
    assert_marks(twice, [told("C9")], notes=False)


def test_a_sheet_of_their_own_named_like_the_list_is_read_as_theirs_and_kept():
    original = sheets.xlsx(
        {"Nhiệm vụ": TABLE, "CẦN SỬA": "5 | STT | việc cần sửa\n6 | 1 | mái nhà"}
    )
    strays = [row["value"] for row in read(original).findings if row["code"] == "K205"]
    assert strays == ["CẦN SỬA"]
    found = [told("B6")]
    once = annotate(original, found)
    titles = openpyxl.load_workbook(io.BytesIO(once)).sheetnames
    assert [title for title in titles if "CẦN" in title.upper()] == ["CẦN SỬA", "Cần sửa (2)"]
    assert read(once) == read(original)
    twice = annotate(once, found)
    assert openpyxl.load_workbook(io.BytesIO(twice)).sheetnames == titles
    assert read(twice) == read(original)
    name = sheet_parts(original)["CẦN SỬA"]
    assert parts(twice)[name] == parts(original)[name]


def swapped(part: str, old: str, new: str):
    return lambda: sheets.patched(book_of(plain), part, old, new)


def with_member(name: str) -> bytes:
    packed = io.BytesIO(book_of(plain))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(name, b"<a/>")
    return packed.getvalue()


def without_part(part: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, data in parts(book_of(plain)).items():
            if name != part:
                target.writestr(name, data)
    return packed.getvalue()


def in_utf_16() -> bytes:
    data = parts(book_of(plain))
    sheet = data["xl/worksheets/sheet1.xml"].decode().replace("UTF-8", "UTF-16")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, part in {**data, "xl/worksheets/sheet1.xml": sheet.encode("utf-16")}.items():
            target.writestr(name, part)
    return packed.getvalue()


MAIN_SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
STRICT = 'xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"'
ODD = {
    "nothing": lambda: b"",
    "more behind": lambda: book_of(plain) + b"PK\x05\x06",
    "no package": lambda: b"PK\x03\x04" + b"x" * 100,
    "cut off": lambda: book_of(plain)[:-30],
    "damaged": lambda: book_of(plain).replace(b"PK\x01\x02", b"PK\x01\x09", 1),
    "ods": lambda: sheets.ods({"Nhiệm vụ": TABLE}),
    "strict sheet": swapped("sheet1.xml", MAIN_SPACE, STRICT),
    "strict book": swapped("workbook.xml", MAIN_SPACE, STRICT),
    "no namespace": swapped("sheet1.xml", MAIN_SPACE, ""),
    "signed": lambda: with_member("_xmlsignatures/sig1.xml"),
    "two of a name": lambda: with_member("XL/Styles.xml"),
    "no styles": lambda: without_part("xl/styles.xml"),
    "no sheet": lambda: without_part("xl/worksheets/sheet1.xml"),
    "no relations": lambda: without_part("xl/_rels/workbook.xml.rels"),
    "utf-16": in_utf_16,
    "other encoding": swapped("sheet1.xml", 'encoding="UTF-8"', 'encoding="windows-1258"'),
    "entities": swapped("sheet1.xml", "<worksheet", "<!DOCTYPE worksheet><worksheet"),
    "broken": swapped("sheet1.xml", "</sheetData>", "</sheetdata>"),
    "no formats": swapped("styles.xml", "cellXfs", "cellXfz"),
    "format not there": swapped("sheet1.xml", '<c r="B6"', '<c s="99" r="B6"'),
    "format no number": swapped("sheet1.xml", '<c r="B6"', '<c s="-1" r="B6"'),
    "rows out of order": swapped("sheet1.xml", '<row r="9"', '<row r="2"'),
    "cells out of order": swapped("sheet1.xml", '<c r="A6"', '<c r="C6"'),
    "no cells": swapped("sheet1.xml", "<sheetData>", '<sheetData xmlns="urn:x">'),
    "too many formats": swapped("styles.xml", "</cellXfs>", "<xf/>" * 64_000 + "</cellXfs>"),
    "too large": swapped("sheet1.xml", "<sheetData>", " " * 9_000_000 + "<sheetData>"),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_packages_are_left_alone(kind):
    assert annotate(ODD[kind](), [told("B6")]) is None


def test_the_package_the_odd_ones_are_made_from_is_not_odd():
    assert annotate(book_of(plain), [told("B6")])
    assert annotate(with_member("xl/other.xml"), [told("B6")])


# --- anywhere, anything


@st.composite
def some_findings(draw) -> list[dict]:
    column = st.sampled_from(["A", "B", "F", "G", "Z", "AA", letters(LIMITS.columns), ""])
    row = st.one_of(st.integers(1, 12), st.integers(1, LIMITS.rows))
    cells = draw(st.lists(st.tuples(column, row), min_size=1, max_size=12))
    return [
        told(
            f"{column}{row}",
            draw(st.sampled_from(["Nhiệm vụ", "Trang 2", "không có"])),
            draw(st.sampled_from(SEVERITIES)),
            draw(st.text(max_size=30)),
        )
        for column, row in cells
    ]


TWO_SHEETS = sheets.xlsx({"Nhiệm vụ": TABLE, "Trang 2": "3 | a | b"})


@given(some_findings())
@settings(max_examples=40)
def test_any_findings_anywhere_leave_the_rest_as_it_was(found):
    marked = annotate(TWO_SHEETS, found)
    assert_only_marked(TWO_SHEETS, marked, found)
    cells = {
        (row["sheet"], row["cell"]) for row in found if row["cell"] and row["sheet"] != "không có"
    }
    sheet_of = sheet_parts(marked)
    for title, cell in cells:
        assert cell in cells_of(parts(marked)[sheet_of[title]])
    assert len(listed(marked)) == 5 + len(found)


# --- through LibreOffice

needs_soffice = pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")


def through_libreoffice(data: bytes, kind: str, place) -> bytes:
    (place / "in.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{place}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir"]
    subprocess.run([*command, f"{place}/out", f"{place}/in.xlsx"], check=True, timeout=120)
    return (place / "out" / f"in.{kind}").read_bytes()


@pytest.mark.slow
@needs_soffice
def test_libreoffice_keeps_marks_and_figures(fresh, tmp_path):
    original = (fresh.newest.issued / "KT.xlsx").read_bytes()
    found = [told(cell, severity=SEVERITIES[n % 3]) for n, cell in enumerate(ANYWHERE)]
    again = through_libreoffice(annotate(original, found), "xlsx", tmp_path)
    assert_marks(again, found)
    assert read(again).entries == read(original).entries
    assert read(again).findings == read(original).findings
    ods = through_libreoffice(again, "ods", tmp_path)
    as_ods = reading.read_workbook(ods, "kt.ods", UNIT, frozenset({"tasks"}))
    assert [row["code"] for row in as_ods.findings if row["code"] == "K218"] == []


@pytest.mark.slow
@needs_soffice
def test_libreoffice_opens_a_marked_workbook_with_everything_in_it(tmp_path):
    found = [told(cell) for cell in CELLS]
    again = through_libreoffice(annotate(book_of(everything), found), "xlsx", tmp_path)
    assert_marks(again, found)
    book = openpyxl.load_workbook(io.BytesIO(again))
    assert len(book["Nhiệm vụ"]._images) == 1
    assert len(book["Nhiệm vụ"].data_validations.dataValidation) == 1


@pytest.mark.slow
@needs_soffice
def test_saved_by_libreoffice_and_sent_back_it_is_marked_anew(tmp_path):
    once = annotate(book_of(plain), [told(cell) for cell in FIRST])
    twice = annotate(through_libreoffice(once, "xlsx", tmp_path), [told("C9")])
    assert_marks(twice, [told("C9")])
    assert notes_of(twice).keys() == {"C9"}
    marked = {cell for cell, look in looks_of(twice).items() if look[0] in FILLS.values()}
    assert marked == {"C9"}
    assert len(listed(twice)) == 5 + 1
