"""Reading: what a sender's workbook holds, however it was moved, renamed or broken."""

import io
import pickle
import shutil
import subprocess
import sys
import time
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import ROOT, reading
from pipeline.cycle.plan import read_kept
from pipeline.model.findings import catalogue
from pipeline.model.layout import layout
from pipeline.model.limits import LIMITS, hold
from pipeline.model.stamp import find_stamp
from pipeline.reading.limits import letters
from tests import sheets
from tests.sheets import STAMP

UNIT = layout("unit")
TASKS = frozenset({"tasks"})
HEAD = "Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú"
PLAIN = f"""
    5 | {HEAD}
    6 | KT-01 | 2   | 2026-11-09 | 0 | BC 15 | xong
    7 | KT-02 | 0,5 |            |   |       | còn dở
"""
FORMATS = pytest.mark.parametrize("build", [sheets.xlsx, sheets.ods])


def read(data: bytes, layout=UNIT, required=TASKS) -> reading.Reading:
    return reading.read_workbook(data, "phieu.xlsx", layout, required)


def read_tasks(table: str, build=sheets.xlsx) -> reading.Reading:
    return read(build({"Nhiệm vụ": table}))


def found(result: reading.Reading) -> list[tuple[str, str]]:
    """Return (code, cell) of every finding; the row or nothing where there is no cell."""
    rows = []
    for row in result.findings:
        column = result.places.get((row["file"], row["sheet"], row["field"]), "")
        rows.append((row["code"], f"{column}{row['row'] or ''}"))
    return rows


def verdict(data: bytes) -> tuple[str, str]:
    """Return code and fact of the one finding that refuses a file."""
    result = read(data)
    assert len(result.findings) == 1
    assert result.entries == {}
    return result.findings[0]["code"], result.findings[0]["fact"]


def column(result: reading.Reading, field: str, sheet: str = "tasks") -> list[object]:
    return [row[field] for row in result.entries[sheet]]


def tally(result: reading.Reading, sheet: str = "Nhiệm vụ") -> dict[str, object]:
    return next(row for row in result.tallies if row["sheet"] == sheet)


# --- rows, columns, raw values


@FORMATS
def test_rows_keep_the_senders_numbers_and_raw_values(build):
    result = read_tasks(PLAIN, build)
    assert found(result) == []
    first, second = result.entries["tasks"]
    assert (first["file"], first["sheet"], first["row"]) == ("phieu.xlsx", "Nhiệm vụ", 6)
    assert (first["task_id"], first["completed"], first["finished"]) == (
        "KT-01",
        2,
        date(2026, 11, 9),
    )
    assert (second["completed"], second["finished"], second["rework"]) == ("0,5", None, None)
    assert first["work"] is None  # a field the sheet does not have
    assert set(first) == {"file", "sheet", "row", *UNIT["tasks"].keys}
    assert result.places["phieu.xlsx", "Nhiệm vụ", "completed"] == "B"
    assert ("phieu.xlsx", "Nhiệm vụ", "work") not in result.places


@FORMATS
def test_headings_are_found_wherever_they_stand_in_any_order(build):
    table = """
        9  | | STT | Ghi chú | Ngày hoàn thành | Kết quả | Mã | Số lần làm lại | Minh chứng
        12 | | 1   | xong    | 2026-11-09      | 3       | KT-01 | 1 | BC 15
    """
    result = read_tasks(table, build)
    assert found(result) == []
    row = result.entries["tasks"][0]
    assert (row["row"], row["task_id"], row["completed"], row["rework"]) == (12, "KT-01", 3, 1)
    assert result.places["phieu.xlsx", "Nhiệm vụ", "task_id"] == "F"
    assert tally(result) | {"merged": "", "hidden": ""} == tally(result)
    assert (tally(result)["read"], tally(result)["blank"], tally(result)["used"]) == (3, 2, 1)


def test_headings_are_recognised_through_case_breaks_stars_and_old_spelling():
    head = "MÃ  VIỆC (*) | SL\\nhoàn thành* | Ngày xong¹ | Số lần chưa đạt CL (4)"
    head += " | Minh chứng: | GHI chú"
    decomposed = unicodedata.normalize("NFD", head)
    for heading in (head, decomposed, head.replace("hoàn", "hòan")):
        result = read_tasks(f"3 | {heading}\n4 | KT-01 | 2 | | | |")
        assert found(result) == []
        assert column(result, "completed") == [2]


@pytest.mark.parametrize(
    "title", ["NHIỆM VỤ", " Nhiệm  vụ ", unicodedata.normalize("NFD", "Nhiệm vụ"), "nhiệm\u00a0vụ"]
)
@FORMATS
def test_a_renamed_sheet_is_known_by_its_folded_title(build, title):
    result = read(build({title: PLAIN}))
    assert found(result) == []
    assert {row["sheet"] for row in result.entries["tasks"]} == {title}


@FORMATS
def test_two_filled_sheets_of_like_titles_are_asked_back(build):
    result = read(build({"NHIỆM  VỤ": PLAIN, "Nhiệm vụ": f"5|{HEAD}\n6|KT-09|1||||"}))
    assert found(result) == [("K211", "")]
    assert result.findings[0]["fact"] == "«NHIỆM  VỤ», «Nhiệm vụ»"
    assert result.entries["tasks"] == []
    one = read(build({"NHIỆM  VỤ": "", "Nhiệm vụ": f"5|{HEAD}\n6|KT-09|1||||"}))
    assert (found(one), column(one, "task_id")) == ([], ["KT-09"])


@FORMATS
def test_text_stays_as_typed_and_blank_is_blank(build):
    result = read_tasks(
        f"""
        5 | {HEAD}
        6 | "001" | N/A | None | " \u00a0 " | =1+1 | x
        """.replace("=1+1", '"=1+1"'),
        build,
    )
    row = result.entries["tasks"][0]
    typed = [row[key] for key in ("task_id", "completed", "finished", "rework", "evidence")]
    assert typed == ["001", "N/A", "None", None, "=1+1"]
    assert found(result) == []


# --- what is missing or there twice


@FORMATS
def test_a_missing_required_sheet(build):
    result = read(
        build({"Vướng mắc": "1 | Vướng mắc | Đề xuất | Ai gỡ được | Mã việc | Cần trước ngày"})
    )
    assert found(result) == [("K201", "")]
    assert result.findings[0]["value"] == "Nhiệm vụ"


def test_without_a_heading_row_only_that_is_said():
    result = read_tasks(
        "1 | PHIẾU BÁO CÁO\n3 | Mã | Việc gì đó | Xong chưa\n4 | KT-01 | họp | #REF!"
    )
    assert found(result) == [("K202", "")]
    assert result.entries["tasks"] == []


def test_an_optional_sheet_that_is_empty_is_no_fault_one_without_headings_is():
    assert found(read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Vướng mắc": ""}))) == []
    result = read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Vướng mắc": "4 | thiếu vật tư | mua thêm"}))
    assert found(result) == [("K202", "")]


def test_missing_headings_of_filled_fields_and_of_the_key():
    result = read_tasks("5 | Mã việc | SL hoàn thành | Ngày xong | Minh chứng\n6 | KT-01 | 2 | |")
    assert found(result) == [("K203", "5"), ("K203", "5")]
    assert [row["value"] for row in result.findings] == ["Số lần chưa đạt CL", "Ghi chú"]
    renamed = HEAD.replace("Mã việc", "Mã số | Người thực hiện | Hạn")
    result = read_tasks(f"5 | {renamed}\n6 | KT-01 | An | 2026-11-09 | 2 | | | |")
    assert found(result) == [("K203", "5")]
    assert result.findings[0]["value"] == "Mã việc"


def test_two_headings_for_one_field():
    result = read_tasks(f"5 | {HEAD} | Kết quả | Ghi chú\n6 | KT-01 | 2 | | | | | 3")
    assert found(result) == [("K204", "F5")]
    assert [row["fact"] for row in result.findings] == ["F, H"]
    assert result.entries["tasks"][0]["completed"] == 2, "the issued words go before an alias"


# --- error cells, formulas without result, merged, hidden


@FORMATS
def test_error_cells_and_missing_results_are_named_never_blank(build):
    result = read_tasks(
        f"""
        5 | {HEAD}                           | Cột thêm
        6 | KT-01 | #DIV/0! | =A1 | 0 | BC 15 |  | #REF!
        7 | KT-02 | =ROUND(3,0) -> 3 | 2026-11-09 | #N/A | | |
        9 | Cộng  | #VALUE!  | | | | |
        """,
        build,
    )
    assert found(result) == [("K308", "B6"), ("K307", "C6"), ("K308", "D7")]
    assert [row["value"] for row in result.findings] == ["#DIV/0!", "", "#N/A"]
    assert column(result, "completed") == [None, 3]
    assert (tally(result)["used"], tally(result)["total"]) == (2, 1)


def ods_cell(cell: str) -> reading.Reading:
    """Return the reading of a table whose B6 is a cell written like this."""
    content = zipfile.ZipFile(io.BytesIO(sheets.ods({"Nhiệm vụ": PLAIN}))).read("content.xml")
    plain = '<table:table-cell office:value-type="float" office:value="2.0"/>'
    assert plain in content.decode()
    made = content.decode().replace(plain, cell + "</table:table-cell>")
    drawn = made.replace("<office:document-content", '<office:document-content xmlns:draw="d"')
    return read(sheets.ods_package(drawn))


EMPTY = 'office:value-type="string" office:string-value=""'
BY_FORMULA = '<table:table-cell table:formula="of:=ROUND([.A1];0)"'


@pytest.mark.parametrize(
    ("cell", "code", "shown"),
    [
        (f"{BY_FORMULA} {EMPTY}><text:p>#DIV/0!</text:p>", "K308", "#DIV/0!"),
        (f"{BY_FORMULA} {EMPTY}><text:p>Err:508</text:p>", "K308", "Err:508"),
        (f"{BY_FORMULA} {EMPTY}><text:p>Fehler</text:p>", "K308", "Fehler"),
        (
            f'{BY_FORMULA} office:value-type="float" office:value="0"><text:p>#N/A</text:p>',
            "K308",
            "#N/A",
        ),
        (
            '<table:table-cell office:value-type="float" office:value="0"><text:p>#REF!</text:p>',
            "K308",
            "#REF!",
        ),
        (f'{BY_FORMULA} office:value-type="float">', "K307", ""),
        (f'{BY_FORMULA} office:value-type="string">', "K307", ""),
        (f'{BY_FORMULA} office:value-type="date"><text:p>9/11</text:p>', "K307", ""),
        (f"{BY_FORMULA}><text:p>5</text:p>", "K307", ""),
    ],
)
def test_an_ods_cell_without_a_usable_value_is_named_never_blank_or_nought(cell, code, shown):
    result = ods_cell(cell)
    assert found(result) == [(code, "B6")]
    assert (result.findings[0]["value"], column(result, "completed")) == (shown, [None, "0,5"])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (f"{BY_FORMULA} {EMPTY}>", None),
        (f'{BY_FORMULA} office:value-type="string"><text:p/>', None),
        (
            '<table:table-cell table:formula="of:=1+2" office:value-type="float" office:value="3">'
            "<text:p>###</text:p>",
            3,
        ),
        ('<table:table-cell office:value-type="string"><text:p>#1 gấp!</text:p>', "#1 gấp!"),
        ('<table:table-cell office:value-type="float">', None),
        ('<table:table-cell office:value-type="string"><text:p>a<text:tab/>b</text:p>', "a\tb"),
        (
            '<table:table-cell office:value-type="string">'
            "<text:p>a<text:line-break></text:line-break>b<text:tab/></text:p>",
            "a\nb\t",
        ),
        ("<table:table-cell><draw:frame><text:p> </text:p></draw:frame>", None),
    ],
)
def test_an_ods_cell_that_is_right_or_blank_is_no_fault(cell, value):
    result = ods_cell(cell)
    assert (found(result), column(result, "completed")) == ([], [value, "0,5"])


@pytest.mark.parametrize("attributes", ["", ' office:value-type="float"', ' office:value-type="x"'])
def test_an_ods_text_the_reader_takes_for_blank_is_refused(attributes):
    result = ods_cell(f"<table:table-cell{attributes}><text:p>BC 9</text:p>")
    assert found(result) == [("K104", "")]
    assert result.findings[0]["fact"] == "ô «BC 9» ghi thiếu kiểu hoặc giá trị"


@FORMATS
def test_rows_of_nothing_but_missing_results_are_not_lost(build):
    """The reader drops such rows at the end of a sheet."""
    result = read_tasks(f"5 | {HEAD}\n6 | KT-01 | 1 | | | |\n7 | =A1 | =A1 | | | |", build)
    assert found(result) == [("K307", "A7"), ("K307", "B7")]
    assert [row["row"] for row in result.entries["tasks"]] == [6, 7]


def test_an_empty_text_result_is_blank_not_missing():
    part = '<c r="B6"><f>A1</f><v></v></c>'
    for typed in ('<c r="B6" t="str"><f>A1</f><v></v></c>', '<c r="B6" t="str"><f>A1</f><v/></c>'):
        book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | =A1 | | | |"})
        assert found(read(sheets.patched(book, "sheet1.xml", part, typed))) == []
    bare = sheets.patched(book, "sheet1.xml", part, '<c r="B6"><f>A1</f></c>')
    assert found(read(bare)) == [("K307", "B6")]


@pytest.mark.parametrize("text", ["#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!"])
def test_errors_newer_than_the_reader_do_not_cost_the_file(text):
    book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | #DIV/0! | | | | tốt"})
    result = read(sheets.patched(book, "sheet1.xml", "#DIV/0!", text))
    assert found(result) == [("K308", "B6")]
    assert result.findings[0]["value"] == text
    assert column(result, "note") == ["tốt"]


def test_a_cdata_section_is_no_silent_blank():
    book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | 7 | | | |"})
    result = read(sheets.patched(book, "sheet1.xml", "<v>7</v>", "<v><![CDATA[7]]></v>"))
    assert column(result, "completed") == [7]
    content = zipfile.ZipFile(io.BytesIO(sheets.ods({"Nhiệm vụ": PLAIN}))).read("content.xml")
    marked = content.decode().replace("<text:p>BC 15<", "<text:p><![CDATA[BC <15>]]><")
    assert column(read(sheets.ods_package(marked)), "evidence") == ["BC <15>", None]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<v>1<!-- x -->2</v>", 12),
        ("<v><!-- 1 -->2</v>", 2),
        ("<v>1<?x y?>2</v>", 12),
        ("<v>&#50;</v>", 2),
        ('<v xml:space="preserve">1&#x32;</v>', 12),
        ("<!-- <![CDATA[ --><v>7</v><!-- ]]> -->", 7),
    ],
)
def test_a_value_written_in_an_odd_way_is_the_value_it_is(written, value):
    book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | 7 | | | |"})
    result = read(sheets.patched(book, "sheet1.xml", "<v>7</v>", written))
    assert (found(result), column(result, "completed")) == ([], [value])


def test_merged_blocks_over_data_and_hidden_rows_are_noted():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN}, merge={"Nhiệm vụ": "E6:E7"})
    hidden = sheets.patched(book, "sheet1.xml", '<row r="7"', '<row hidden="1" r="7"')
    result = read(hidden)
    assert (tally(result)["merged"], tally(result)["hidden"]) == ("E6:E7", "7")
    above = sheets.xlsx({"Nhiệm vụ": PLAIN}, merge={"Nhiệm vụ": "A1:F2"})
    assert tally(read(above))["merged"] == ""


def test_a_broken_cell_the_unit_may_not_change_is_held_against_what_was_issued():
    """What was issued counts, so that the line is not in error."""
    book = sheets.xlsx({"Nhiệm vụ": "5 | Mã việc | Hạn | SL hoàn thành\n6 | KT-01 | #REF! | 2"})
    result = read(book)
    assert column(result, "due") == ["#REF!"]
    assert [code for code, _ in found(result) if code.startswith("K3")] == []


def test_an_empty_merged_block_below_the_table_changes_nothing():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN})
    block = '</sheetData><mergeCells count="1"><mergeCell ref="B40:D41"/></mergeCells>'
    result, plain = read(sheets.patched(book, "sheet1.xml", "</sheetData>", block)), read(book)
    assert (found(result), tally(result)) == (found(plain), tally(plain))
    assert result.entries == plain.entries


def test_a_value_under_a_merged_block_is_named_and_not_counted():
    book = sheets.xlsx(
        {"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | 3 | | | |\n7 | KT-02 | 30 | | | |\n8 | KT-03 | 1"}
    )
    block = '</sheetData><mergeCells count="1"><mergeCell ref="B6:B7"/></mergeCells>'
    result = read(sheets.patched(book, "sheet1.xml", "</sheetData>", block))
    assert (found(result), column(result, "completed")) == ([("K318", "B7")], [3, None, 1])
    assert tally(result)["merged"] == "B6:B7 (không tính B7 bị che)"


def test_an_ods_value_under_a_merged_block_is_named_and_not_counted():
    content = zipfile.ZipFile(io.BytesIO(sheets.ods({"Nhiệm vụ": PLAIN}))).read("content.xml")
    two = '<table:table-cell office:value-type="float" office:value="2.0"'
    spanned = f'{two} table:number-columns-spanned="1" table:number-rows-spanned="2"'
    half = '<table:table-cell office:value-type="string"><text:p>0,5</text:p></table:table-cell>'
    made = content.decode().replace(two, spanned)
    made = made.replace(half, half.replace("table-cell", "covered-table-cell"))
    result = read(sheets.ods_package(made))
    assert (found(result), column(result, "completed")) == ([("K318", "B7")], [2, None])
    assert tally(result)["merged"] == "B6:B7 (không tính B7 bị che)"


@pytest.mark.parametrize(
    ("block", "first", "told"),
    [
        ("A1:F900", ["KT-6", "KT-7"], "vẫn đọc các ô bị che"),
        ("A6:F900", ["KT-6", None], "không tính B6, A7, B7, và 8 chỗ khác bị che"),
    ],
)
def test_rows_under_a_merged_block_alone_are_not_lost(block, first, told):
    rows = "\n".join(f"{row} | KT-{row} | 3" for row in range(6, 12))
    book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n{rows}"})
    merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{block}"/></mergeCells>'
    result = read(sheets.patched(book, "sheet1.xml", "</sheetData>", merged))
    assert (column(result, "task_id")[:2], tally(result)["used"]) == (first, 6)
    assert tally(result)["merged"] == f"{block} ({told})"


def test_merged_blocks_over_too_many_rows_are_refused():
    columns = [letters(column) for column in range(10, 60)]
    cells = "".join(f'<mergeCell ref="{column}6:{column}7"/>' for column in columns)
    merged = f'</sheetData><mergeCells count="50">{cells}</mergeCells>'
    book = sheets.patched(sheets.xlsx({"Nhiệm vụ": PLAIN}), "sheet1.xml", "</sheetData>", merged)
    for limit, codes in ((100, []), (99, ["K103"])):
        with hold(replace(LIMITS, cells=limit)):
            assert [row["code"] for row in read(book).findings if row["code"] != "K206"] == codes


def test_hidden_columns_with_data_are_named():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN})
    columns = '<cols><col min="2" max="3" width="9" hidden="1"/><col min="6" max="6" width="0"/>'
    hidden = sheets.patched(book, "sheet1.xml", "<sheetData>", f"{columns}</cols><sheetData>")
    result = read(hidden)
    assert found(result) == [("K209", "")]
    assert result.findings[0]["fact"] == "B, C, F"
    assert column(result, "completed") == [2, "0,5"]
    empty = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | 2"})
    assert (
        found(
            read(
                sheets.patched(
                    empty,
                    "sheet1.xml",
                    "<sheetData>",
                    '<cols><col min="6" max="6" hidden="true"/></cols><sheetData>',
                )
            )
        )
        == []
    )


def test_hidden_columns_and_rows_of_an_ods_are_named():
    content = zipfile.ZipFile(io.BytesIO(sheets.ods({"Nhiệm vụ": PLAIN}))).read("content.xml")
    column_tags = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    hidden = content.decode().replace("<table:table-row", f"{column_tags}<table:table-row", 1)
    result = read(sheets.ods_package(hidden))
    assert [(row["code"], row["fact"]) for row in result.findings] == [("K209", "B")]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_with_data_are_named(state):
    book = sheets.xlsx({"Nhiệm vụ": PLAIN, "Nháp": PLAIN, "Trống": ""})
    for title in ("Nhiệm vụ", "Nháp", "Trống"):
        book = sheets.patched(
            book, "workbook.xml", f'name="{title}"', f'name="{title}" state="{state}"'
        )
    result = read(book)
    assert [(row["code"], row["value"], row["fact"]) for row in result.findings] == [
        ("K210", "Nhiệm vụ", "vẫn đọc"),
        ("K210", "Nháp", "không đọc"),
    ]
    assert column(result, "task_id") == ["KT-01", "KT-02"]


def test_a_hidden_sheet_of_an_ods_is_named():
    content = zipfile.ZipFile(io.BytesIO(sheets.ods({"Nhiệm vụ": PLAIN}))).read("content.xml")
    style = (
        '<office:automatic-styles xmlns:style="s"><style:style style:name="ta2">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    text = content.decode().replace("<office:body>", f"{style}<office:body>")
    text = text.replace("<table:table ", '<table:table table:style-name="ta2" ', 1)
    assert found(read(sheets.ods_package(text))) == [("K210", "")]


def test_a_sheet_merged_or_formatted_to_its_end_is_read_with_a_note():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN}, merge={"Nhiệm vụ": "Q1:Q1048576"})
    result = read(book)
    assert [(row["code"], row["fact"]) for row in result.findings] == [("K212", "Q1:Q1048576")]
    assert column(result, "task_id") == ["KT-01", "KT-02"]


def test_macros_and_links_are_noted_and_left_alone():
    book = io.BytesIO(sheets.xlsx({"Nhiệm vụ": PLAIN}))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    result = read(book.getvalue())
    assert [(row["code"], row["fact"]) for row in result.findings] == [
        ("K213", "liên kết sang sổ khác, macro")
    ]
    assert len(result.entries["tasks"]) == 2


# --- sums that are not the sums of their cells


@pytest.mark.parametrize(
    ("formula", "kept", "total"),
    [
        ("=SUM(B7:B9)", "7", "6"),
        ("=SUM($B$7:$B$8,B9)", "7", "6"),
        ("=B7+B8+B9", "7", "6"),
        ("=1+1", "100", "2"),
        ("=SUM(B7:B9)", "6", None),
        ("=SUM(B7:B8;B9)", "6", None),
        ("=B7-B8", "100", "-1"),
        ("=B7-B8", "-1", None),
        ("=(B8+B9)*2/4", "2.5", None),
        ("=B9*2", "7", "6"),
        ("=ROUND(B9/2,0)", "7", "2"),
        ("=IF(B9>2,1,2)", "7", None),  # only plain arithmetic is worked out
        ("=SUM(B7:B10)", "7", None),  # over an error nobody can add up
        ("=B9+C9", "100", None),  # + does not pass over a text
        ("=SUM(B9:C9)", "3", None),  # SUM does
        ("=SUM('Tháng 10'!B7:B9)", "7", None),
    ],
)
@FORMATS
def test_a_stored_result_is_held_against_its_cells(build, formula, kept, total):
    result = read_tasks(
        f"""
        5  | {HEAD}
        6  | KT-01 | {formula} -> {kept} | | | |
        7  | KT-02 | 1     |   | | |
        8  | KT-03 | 2     |   | | |
        9  | KT-04 | 3     | x | | |
        10 | KT-05 | #N/A  |   | | |
        """,
        build,
    )
    stale = [(row["value"], row["fact"]) for row in result.findings if row["code"] == "K313"]
    assert stale == ([(kept, total)] if total else [])
    assert found(result)[0] == (("K313", "B6") if total else ("K308", "B10"))
    assert column(result, "completed")[0] == (None if total else float(kept))


@pytest.mark.parametrize(
    ("total", "cells"),
    [("6", []), ("3", []), ("7", [("K314", "B10")]), ("=SUM(B8:B9) -> 7", [("K314", "B10")])],
)
def test_a_total_row_is_held_against_its_block_and_all_rows(total, cells):
    result = read_tasks(
        f"""
        5  | {HEAD}
        6  | KT-01 | 3 | | | |
        7  | Cộng  | 3 | | | |
        8  | KT-02 | 1 | | | |
        9  | KT-03 | 2 | | | |
        10 | Cộng  | {total} | | | |
        """
    )
    assert found(result) == cells


# --- which rows are used


@FORMATS
def test_rows_left_out_are_recognised_and_counted(build):
    result = read_tasks(
        f"""
        3  | {HEAD}
        4  | (1)   | (2) | (3) | (4) | (5) | (6)
        5  | I     | Nhiệm vụ thường xuyên
        6  | KT-01 | 2 | | | |
        8  | A. Nhiệm vụ đột xuất
        9  | KT-02 | 1 | | | | Tổng
        10 |       | Cộng | 3 | | |
        11 | Tổng cộng: | 3 | | | |
        12 |       |   | | | | | ngoài bảng
        13 | NGƯỜI LẬP BIỂU | | | TRƯỞNG PHÒNG
        15 | Trần Văn An | | | Lê Thị Bình
        """,
        build,
    )
    assert [row["row"] for row in result.entries["tasks"]] == [6, 9]
    left = {"blank": 2, "preprinted": 0, "total": 2, "section": 3, "set_aside": 3}
    assert {key: tally(result)[key] for key in left} == left
    assert (tally(result)["read"], tally(result)["used"]) == (12, 2)
    assert found(result) == [("K215", "12")]


def test_a_row_is_not_lost_for_what_its_text_looks_like():
    result = read_tasks(
        f"""
        3 | {HEAD}
        4 | KT-01 | | | | | Tổng
        5 | I     | 2 | | | |
        6 |       | Cộng tác viên | | | |
        7 | A     | | | | | ghi chú | x
        8 |       | họp đột xuất
        9 | KT-02 | | | | Tổng số hồ sơ
        """
    )
    assert [row["row"] for row in result.entries["tasks"]] == [4, 5, 6, 7, 8, 9]


UNPLANNED = """
    1 | VIỆC PHÁT SINH, VIỆC NHẬN THAY
    3 | {tick} | Kỳ này không phát sinh việc
    5 | HEAD
    6 | PS-01 | phát sinh | Đón đoàn kiểm tra
    7 | PS-02
    8 | PS-03
""".replace("HEAD", " | ".join(field.heading for field in UNIT["unplanned"].field))


@FORMATS
def test_preprinted_rows_are_no_report(build):
    result = read(build({"Nhiệm vụ": PLAIN, "Phát sinh": UNPLANNED.format(tick="")}))
    assert column(result, "task_id", "unplanned") == ["PS-01"]
    counts = tally(result, "Phát sinh")
    assert (counts["read"], counts["used"], counts["preprinted"]) == (3, 1, 2)


@pytest.mark.parametrize(
    ("tick", "said"), [("x", True), ("X", True), ("✓", True), ("", False), ("không", False)]
)
def test_the_tick_is_read(tick, said):
    result = read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Phát sinh": UNPLANNED.format(tick=tick)}))
    assert result.ticks == {"unplanned": said}
    inside = UNPLANNED.format(tick="").replace("| Kỳ này", f"| [{tick}] Kỳ này")
    assert read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Phát sinh": inside})).ticks["unplanned"] == said


def test_a_unit_whose_code_is_one_letter_is_no_section_heading():
    table = """
        3 | Mã đơn vị | Tên đơn vị
        4 | A         | Văn phòng
        5 | VI        | Phòng Kinh tế
    """
    result = read(sheets.xlsx({"Đơn vị": table}), layout("registers"), frozenset({"units"}))
    assert column(result, "code", "units") == ["A", "VI"]


def test_other_workbooks_are_read_by_their_own_layouts():
    table = """
        3 | Mã việc | Loại việc | Đơn vị | Số lượng | Hạn | Hệ số
        4 | KT-01 | kế hoạch | KT | 2 | 2026-11-09 | 1.5
    """
    cycle = "3 | Hạn gửi phiếu | Giờ họp\n4 | 2026-11-16 | 8 giờ"
    book = sheets.xlsx({"Giao việc": table, "Kỳ": cycle}, stamp="")
    result = read(book, layout("assignment"), frozenset({"assignments", "cycle"}))
    assert found(result) == []
    assert column(result, "coefficient", "assignments") == [1.5]
    assert column(result, "cutoff", "cycle") == [date(2026, 11, 16)]
    assert result.stamp is None


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(["", "KT-01 | 1", "Cộng | 3", "I | Nhóm", " | | | | | | x"]), max_size=30
    )
)
def test_rows_read_are_rows_used_and_rows_left_out(lines):
    below = "\n".join(f"{n} | {line}" for n, line in enumerate(lines, 6) if line)
    result = read_tasks(f"5 | {HEAD}\n{below}")
    counts = tally(result)
    left = ("blank", "preprinted", "total", "section", "set_aside")
    assert counts["read"] == counts["used"] + sum(counts[key] for key in left)
    assert counts["read"] == max((n for n, line in enumerate(lines, 1) if line), default=0)


# --- the stamp


@FORMATS
def test_the_stamp_stands_on_the_hidden_sheet(build):
    assert read(build({"Nhiệm vụ": PLAIN})).stamp == find_stamp(STAMP)
    assert read(build({"Nhiệm vụ": PLAIN}, stamp="")).stamp is None


def test_the_visible_stamp_is_enough():
    cell = f"Mã phiếu: {STAMP}"
    book = sheets.xlsx({"Nhiệm vụ": PLAIN, "Hướng dẫn": "2 | MARK"}, stamp="")
    assert read(sheets.patched(book, "sharedStrings.xml", "MARK", cell)).stamp.unit == "KT"
    book = sheets.xlsx({"Hướng dẫn": "7 | MARK", "Nhiệm vụ": PLAIN}, stamp="")
    assert read(sheets.patched(book, "sharedStrings.xml", "MARK", cell)).stamp is None


@pytest.mark.parametrize(
    ("hidden", "said", "unit"),
    [
        (STAMP, [], "KT"),
        (STAMP.replace("KT", "VP"), [("K130", "")], None),
        (STAMP.replace("K1", "K2"), [("K130", "")], "KT"),
        (STAMP.replace("1a2b3c4d", "00000000"), [("K131", "")], "KT"),
        (STAMP.replace("F211", "F212"), [("K131", "")], "KT"),
    ],
)
@FORMATS
def test_two_stamps_that_differ_are_found(build, hidden, said, unit):
    """The sheets of one workbook pasted into another's."""
    result = read(_stamped(build, hidden))
    assert found(result) == said
    assert (result.stamp.unit if result.stamp else None) == unit


def _stamped(build, hidden: str) -> bytes:
    """Return a workbook whose sheet shows the usual stamp, whatever the hidden sheet says."""
    book = build({"Nhiệm vụ": PLAIN.replace("5 |", "3 | MARK\n5 |", 1)}, stamp=hidden)
    part = "content.xml" if build is sheets.ods else "sharedStrings.xml"
    return sheets.patched(book, part, "MARK", f"Mã phiếu: {STAMP}")


def test_a_stamp_on_a_sheet_of_ones_own_is_no_second_one():
    """Last cycle's sheet kept for reference."""
    old = STAMP.replace("11-K1", "10-K2")
    book = sheets.xlsx({"Nhiệm vụ": PLAIN, "Kỳ trước": "2 | MARK"})
    result = read(sheets.patched(book, "sharedStrings.xml", "MARK", f"Mã phiếu: {old}"))
    assert found(result) == [("K205", "")]
    assert result.stamp == find_stamp(STAMP)


# --- files that are no workbook, or none that may be opened


def member(name: str, content: str = "<a/>") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        target.writestr(name, content)
    return packed.getvalue()


def ole(stream: str) -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(600)
    )


@pytest.mark.parametrize(
    ("data", "code", "fact"),
    [
        (b"", "K104", "tệp rỗng"),
        (bytes(5000), "K104", "tệp toàn số 0"),
        (ole("EncryptedPackage"), "K102", ""),
        (ole("Workbook"), "K105", "Excel 97–2003 (.xls)"),
        (ole("__substg1.0_0037001F"), "K120", "Outlook .msg"),
        (ole("WordDocument"), "K125", "Word 97–2003 (.doc)"),
        (b"%PDF-1.7 ...", "K121", ""),
        (b"\xff\xd8\xff\xe0 jpeg", "K122", "ảnh JPEG"),
        (b"\x00\x00\x00\x18ftypheic", "K122", "ảnh hoặc phim điện thoại"),
        (b"Rar!\x1a\x07", "K126", ".rar"),
        (
            b"<html><table><tr><td>1</td></tr></table></html>",
            "K123",
            "HTML",
        ),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart", "K123", "MHTML"),
        ("Mã việc;Kết quả\r\nKT-01;2".encode(), "K124", "CSV hoặc TXT"),
        ("Mã việc\tKết quả".encode("utf-16"), "K124", "CSV hoặc TXT"),
        (b"[InternetShortcut]\r\nURL=https://docs.google.com/x\r\n", "K137", ".url"),
        (b'{"":"WARNING!","doc_id":"1aB","email":"a@x.vn"}', "K137", "Google"),
        (b"\x01\x02\x03\x04", "K101", "không rõ loại"),
        (member("xl/workbook.bin"), "K105", "Excel nhị phân (.xlsb)"),
        (member("word/document.xml"), "K125", "Word (.docx)"),
        (member("a.txt"), "K126", "không phải sổ"),
        (
            sheets.ods_package("<a/>", sheets.ODS.replace("spreadsheet", "text")),
            "K125",
            "Writer (.odt)",
        ),
        (sheets.ods_package("x", manifest="<m><m:encryption-data/></m>"), "K102", ""),
        (sheets.locked(member("phieu.xlsx")), "K136", ""),
        (sheets.xlsx({"Nhiệm vụ": PLAIN})[:-400], "K104", "gói nén bị đứt hoặc sai"),
        (sheets.xlsx({"Nhiệm vụ": PLAIN})[:300], "K104", "gói nén bị đứt hoặc sai"),
        (member("../xl/workbook.xml"), "K104", "gói nén ghi bất thường"),
    ],
)
def test_what_is_no_workbook_is_named(data, code, fact):
    assert verdict(data) == (code, fact)


def test_flipped_bytes_are_damage():
    book = bytearray(sheets.xlsx({"Nhiệm vụ": PLAIN}))
    at = book.index(b"xl/sharedStrings.xml") + 60
    book[at] ^= 0xFF
    assert verdict(bytes(book))[0] == "K104"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<sheetData>", '<!DOCTYPE x [<!ENTITY a "b">]><sheetData>', "K104"),
        ("</sheetData>", "</sheetDatum>", "K104"),
        (
            '<row r="6">',
            '<row r="6"><c r="A6"><v>1</v></c><c r="A6"><v>2</v></c></row><row r="6">',
            "K104",
        ),
        ('<c r="B6">', '<c r="B6" t="z">', "K104"),
        ("<v>2</v>", "<v>&#8;</v>", "K104"),
    ],
)
def test_odd_xml_refuses_the_file(old, new, code):
    book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | 2 | | | |"})
    part = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    old = old if old in part else old.replace(">", ' spans="1:6">')
    assert verdict(sheets.patched(book, "sheet1.xml", old, new))[0] == code


def test_a_doctype_is_refused_wherever_it_stands():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN})
    bad = sheets.patched(
        book, "docProps/core.xml", "<cp:core", '<!DOCTYPE c SYSTEM "file:///x"><cp:core'
    )
    assert verdict(bad) == ("K104", "có phần khai báo lạ")


# --- limits, just below and just above


def far(reference: str, style_only: bool = False, lead: str = "") -> bytes:
    """Return a workbook with one cell far out."""
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    inner = "/>" if style_only else "><v>1</v></c>"
    cell = f'<row r="{row}"><c {lead}r="{reference}"{inner}</row></sheetData>'
    return sheets.patched(sheets.xlsx({"Nhiệm vụ": PLAIN}), "sheet1.xml", "</sheetData>", cell)


def test_a_cell_at_the_end_of_the_sheet_is_refused_and_nothing_aborts():
    assert verdict(far("XFD1048576")) == ("K103", "có số liệu ở tận dòng 1048576, cột XFD")


def test_a_far_row_or_column_is_named_and_no_cell_that_is_not_there():
    assert verdict(far("A1048576")) == ("K103", "có số liệu ở tận dòng 1048576")
    assert verdict(far("XFD9")) == ("K103", "có số liệu ở tận cột XFD")
    below = f'<table:table-row table:number-rows-repeated="1048570">{sheets.TEXT.format("x")}'
    book = sheets.patched(
        sheets.ods({"Nhiệm vụ": PLAIN}),
        "content.xml",
        "</table:table>",
        f"{below}</table:table-row></table:table>",
    )
    assert verdict(book) == ("K103", "có số liệu ở tận dòng 1048576")


@pytest.mark.parametrize(
    "reference", ["AAAA9999999", "A1048576", "XFD9", "SS8", "Z30001", "A100001"]
)
def test_cells_beyond_the_limits_are_refused(reference):
    assert verdict(far(reference))[0] == "K103"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("SR8", [("K215", "8")]),
        ("Z20000", [("K215", "20000")]),
        ("F100000", [("K214", "100000")]),
    ],
)
def test_cells_within_the_limits_are_read(reference, said):
    result = read(far(reference))
    assert found(result) == said
    assert column(result, "task_id")[:2] == ["KT-01", "KT-02"]


def test_a_far_cell_cannot_hide():
    assert verdict(far("XFD1048576", lead='x="&gt;>" '))[0] == "K103"
    assert verdict(far("XFD1048576", lead="x='>' "))[0] == "K103"
    commented = sheets.patched(
        far("XFD1048576"), "sheet1.xml", "<sheetData>", '<sheetData><!-- <c a="> -->'
    )
    assert verdict(commented)[0] == "K103"
    prefixed = sheets.patched(
        far("XFD9"), "sheet1.xml", '<c r="XFD9"><v>1</v></c>', '<x:c r="XFD9"><x:v>1</x:v></x:c>'
    )
    assert verdict(prefixed)[0] == "K103"
    uncounted = sheets.patched(far("A1048576"), "sheet1.xml", '<c r="A1048576">', "<c>")
    assert verdict(uncounted)[0] == "K103"


def test_a_sheet_only_formatted_to_the_end_is_honest():
    result = read(far("XFD1048576", style_only=True))
    assert [(row["code"], row["fact"]) for row in result.findings] == [("K212", "XFD1048576")]
    assert len(result.entries["tasks"]) == 2


def test_cells_without_addresses_are_counted():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN})
    code = '<c t="inlineStr"><is><t>KT-03</t></is></c>'
    row = f'<row r="8">{code}<c t="e"><v>#N/A</v></c><c></c><c><v>2</v></c></row>'
    result = read(sheets.patched(book, "sheet1.xml", "</sheetData>", row + "</sheetData>"))
    assert found(result) == [("K308", "B8")]
    assert column(result, "rework")[-1] == 2


def test_far_cells_of_an_ods_are_refused_before_they_are_unrolled():
    book = sheets.ods({"Nhiệm vụ": PLAIN})
    content = zipfile.ZipFile(io.BytesIO(book)).read("content.xml").decode()
    one = 'office:value-type="float" office:value="1"/>'
    for rows, columns, after in (
        (1048576, 1, ""),
        (90000, 20, ""),
        (1, 600, f"<table:table-cell {one}"),
    ):
        repeated = f'<table:table-cell table:number-columns-repeated="{columns}" '
        cells = repeated + ("/>" if after else one) + after
        row = f'<table:table-row table:number-rows-repeated="{rows}">{cells}</table:table-row>'
        far_out = content.replace("</table:table>", row + "</table:table>", 1)
        assert verdict(sheets.ods_package(far_out))[0] == "K103"


def test_limits_hold_to_the_unit():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN})
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        infos = archive.infolist()
    sizes = [info.file_size for info in infos]
    ratio = sum(sizes) // sum(info.compress_size for info in infos) + 1
    just = {
        "file": len(book),
        "members": len(infos),
        "member": max(sizes),
        "unpacked": sum(sizes),
        "rows": 7,
        "columns": 6,
        "cells": 42,
    }
    for name, limit in just.items():
        for below, code in ((0, []), (1, ["K103"])):
            with hold(replace(LIMITS, **{name: limit - below})):
                assert [row["code"] for row in read(book).findings] == code, (name, below)
    with hold(replace(LIMITS, ratio=ratio - 1, ratio_from=0)):
        assert verdict(book) == ("K103", "nén chặt bất thường")


def test_what_the_office_keeps_itself_may_be_larger_than_what_comes_in():
    path = ROOT / "sample_data" / "ky" / "2026-11-K1" / "giao-viec.xlsx"
    with hold(replace(LIMITS, cells=100)):
        raw = reading.read_workbook(path.read_bytes(), path.name, layout("assignment"), frozenset())
        assert [row["code"] for row in raw.findings] == ["K103"]
        assert len(read_kept(path, "assignment").entries["assignments"]) > 100


def test_a_table_of_texts_that_claims_too_many_is_refused():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN})
    part = zipfile.ZipFile(io.BytesIO(book)).read("xl/sharedStrings.xml").decode()
    count = part.partition('uniqueCount="')[2].partition('"')[0]
    bad = sheets.patched(
        book, "sharedStrings.xml", f'uniqueCount="{count}"', 'uniqueCount="4294967295"'
    )
    assert verdict(bad) == ("K103", "sổ khai 4294967295 đoạn chữ")


@FORMATS
def test_a_sheet_of_errors_alone_is_refused(build):
    table = f"5 | {HEAD}\n6 | KT-01 | #N/A | =A1 | #REF! | |"
    for limit, codes in ((3, ["K308", "K307", "K308"]), (2, ["K103"])):
        with hold(replace(LIMITS, faults=limit)):
            assert [row["code"] for row in read_tasks(table, build).findings] == codes


def test_too_many_merged_blocks_are_refused():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN}, merge={"Nhiệm vụ": "E6:E7"})
    for limit, codes in ((1, []), (0, ["K103"])):
        with hold(replace(LIMITS, merges=limit)):
            assert [row["code"] for row in read(book).findings] == codes


@FORMATS
def test_a_text_longer_than_a_cell_may_be_is_refused(build):
    at = f"5 | {HEAD}\n6 | KT-01 | 2 | | | {{}} |"
    assert found(read_tasks(at.format("x" * 32_766), build)) == []
    book = build({"Nhiệm vụ": at.format("x" * 32_766 + "@")})
    assert found(read(book)) == []
    content = "sharedStrings.xml" if build is sheets.xlsx else "content.xml"
    for longer, length in (("yy", 32_768), ("😀", 32_767)):
        bad = sheets.patched(book, content, "@", longer)
        assert verdict(bad) == ("K103", f"một ô có {length} chữ")


def test_a_text_in_pieces_is_measured_as_a_whole():
    book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | 2 | | | @ |"})
    for size, said in ((16_383, []), (16_384, ["K103"])):
        pieces = f"<si><r><t>{'x' * 16_384}</t></r><r><t>{'y' * size}</t></r></si>"
        long = sheets.patched(book, "sharedStrings.xml", "<si><t>@</t></si>", pieces)
        assert [row["code"] for row in read(long).findings] == said


def test_a_second_package_behind_the_first_is_refused():
    two = sheets.xlsx({"Khác": PLAIN}) + sheets.xlsx({"Nhiệm vụ": PLAIN})
    assert verdict(two) == ("K104", "gói nén ghi bất thường")


def test_a_list_of_sheets_without_end_is_refused():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN})
    with hold(replace(LIMITS, contents=300)):
        assert verdict(book) == ("K103", "mục lục của sổ quá dài")


def test_copies_of_a_part_under_like_names_are_refused():
    book = io.BytesIO(sheets.xlsx({"Nhiệm vụ": PLAIN}))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/worksheets/SHEET1.xml", archive.read("xl/worksheets/sheet1.xml"))
    assert verdict(book.getvalue()) == ("K104", "gói nén ghi bất thường")


def test_sheets_that_readers_would_tell_apart_differently_are_refused():
    book = sheets.xlsx({"Nhiệm vụ": PLAIN, "Khác": PLAIN})
    twice = sheets.patched(book, "xl/workbook.xml", 'name="Khác"', 'name="Nhiệm vụ"')
    assert verdict(twice) == ("K104", "có hai trang cùng tên")
    gone = sheets.patched(book, "workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/x.xml")
    assert verdict(gone) == ("K104", "thiếu nội dung trang «Nhiệm vụ»")


# --- the whole


def test_every_code_named_in_reading_is_in_the_catalogue():
    codes = {f"K10{n}" for n in (1, 2, 3, 4, 5)} | {"K201", "K202", "K203", "K204", "K307", "K308"}
    assert codes <= catalogue().keys()


def test_a_reading_is_plain_data():
    result = read_tasks(PLAIN)
    assert pickle.loads(pickle.dumps(result)) == result


@given(st.data())
def test_no_damage_ever_raises(data):
    book = bytearray(sheets.xlsx({"Nhiệm vụ": PLAIN}))
    for _ in range(data.draw(st.integers(1, 4))):
        book[data.draw(st.integers(0, len(book) - 1))] = data.draw(st.integers(0, 255))
    result = read(
        bytes(book[: data.draw(st.integers(0, len(book)))])
        if data.draw(st.booleans())
        else bytes(book)
    )
    assert isinstance(result, reading.Reading)


def test_a_clean_workbook_needs_no_second_reader_and_little_time():
    rows = "\n".join(f"{n} | KT-{n} | 2 | 2026-11-09 | 0 | BC {n} | xong" for n in range(6, 31))
    book = sheets.xlsx({"Nhiệm vụ": f"5 | {HEAD}\n{rows}", "Phát sinh": UNPLANNED.format(tick="x")})
    script = (
        "import sys; from pipeline import reading; from pipeline.model.layout import layout;"
        "data, unit = sys.stdin.buffer.read(), layout('unit');"
        "r = reading.read_workbook(data, 'a', unit, frozenset({'tasks'}));"
        "assert len(r.entries['tasks']) == 25;"
        "assert not {'openpyxl', 'pandas', 'numpy', 'lxml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], input=book, check=True)
    best = min(timed(lambda: read(book)) for _ in range(5))
    assert best < 0.1  # ten times what it takes, so that a busy machine does not fail


def timed(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_saved_by_libreoffice_reads_the_same(tmp_path, kind):
    table = f"""
        5 | {HEAD}
        6 | KT-01 | 2 | 2026-11-09 | 0 | "001" | Hoà bình
        8 | KT-02 | #DIV/0! | =ROUND(5,0) -> 5 | | |
        9 | Cộng  | 2
    """
    source = sheets.xlsx({"Nhiệm vụ": table, "Phát sinh": UNPLANNED.format(tick="x")})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "phieu.xlsx").write_bytes(source)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "in" / "phieu.xlsx")], check=True, capture_output=True)
    result = read((tmp_path / f"phieu.{kind}").read_bytes())
    assert found(result) == [("K308", "B8")]
    assert result.stamp == find_stamp(STAMP)
    assert result.ticks == {"unplanned": True}
    first = result.entries["tasks"][0]
    assert (first["row"], first["completed"], first["finished"]) == (6, 2, date(2026, 11, 9))
    assert (first["evidence"], first["note"]) == ("001", "Hoà bình")
    assert (tally(result)["used"], tally(result)["blank"], tally(result)["total"]) == (2, 1, 1)


def test_a_sheet_of_no_layout_is_named():
    result = read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Nhiệm vụ (2)": PLAIN, "Trang trống": ""}))
    assert [(row["code"], row["value"]) for row in result.findings] == [("K205", "Nhiệm vụ (2)")]


NO_TABLE = {
    "chartsheet": '<chartsheet xmlns="{}"/>',
    "dialogsheet": '<dialogsheet xmlns="{}"/>',
    "macrosheet": '<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>',
}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize("root", NO_TABLE)
@pytest.mark.parametrize(
    ("title", "said"), [("Biểu đồ", ("K205",)), ("_sauro", ()), ("Nhiệm  vụ", ())]
)
def test_a_sheet_without_cells_is_named_and_the_others_are_read(root, title, said):
    """A chart, a dialog or a macro takes the place of the second sheet."""
    book = sheets.xlsx({"Nhiệm vụ": PLAIN, title: "1 | x"}, stamp="")
    part = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet2.xml").decode()
    result = read(sheets.patched(book, "sheet2.xml", part, NO_TABLE[root].format(MAIN)))
    assert [row["code"] for row in result.findings] == list(said)
    assert column(result, "task_id") == ["KT-01", "KT-02"]


def test_a_workbook_with_a_chart_on_a_sheet_of_its_own_is_read():
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    tasks = book.add_worksheet("Nhiệm vụ")
    for column_, head in enumerate(HEAD.split(" | ")):
        tasks.write(4, column_, head)
    tasks.write_row(5, 0, ["KT-01", 2])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='Nhiệm vụ'!$B$6:$B$6"})
    book.add_chartsheet("Biểu đồ").set_chart(chart)
    book.close()
    result = read(packed.getvalue())
    assert [(row["code"], row["value"]) for row in result.findings] == [("K205", "Biểu đồ")]
    assert column(result, "completed") == [2]
