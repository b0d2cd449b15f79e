"""Which rows of a sheet are lines: titles, totals, headings, signatures as offices write them."""

import io
import re
import zipfile

import pytest
import xlsxwriter

from pipeline.cycle import books
from pipeline.model.layout import layout
from pipeline.model.text import fold_code
from tests import sheets
from tests.test_reading import FORMATS, HEAD, PLAIN, column, found, read, read_tasks, tally

UNIT = layout("unit")


def headings(key: str) -> str:
    return " | ".join(field.heading for field in UNIT[key].field)


@FORMATS
def test_proposals_typed_as_a_list_are_read(build):
    table = f"""
        5  | {headings("proposals")}
        6  | I. Việc thường xuyên
        7  | A
        8  | B. Rà soát hộ nghèo
        9  | Tổng: kết điều tra
        10 | c) Họp thôn
        11 | Tổng cộng (I+II)
        12 | Cộng: | | 3
        13 | I | 2
    """
    result = read(build({"Nhiệm vụ": PLAIN, "Kỳ tới": table}))
    typed = [
        "I. Việc thường xuyên",
        "B. Rà soát hộ nghèo",
        "Tổng: kết điều tra",
        "c) Họp thôn",
        "I",
    ]
    assert column(result, "task", "proposals") == typed
    counts = tally(result, "Kỳ tới")
    assert (counts["used"], counts["section"], counts["total"]) == (5, 1, 2)


@FORMATS
def test_obstacles_typed_as_a_list_are_read(build):
    table = f"""
        5 | {headings("obstacles")}
        6 | | A. Thiếu người làm việc ở bộ phận
        7 | | Cộng: thiếu hai máy tính
    """
    result = read(build({"Nhiệm vụ": PLAIN, "Vướng mắc": table}))
    assert column(result, "obstacle", "obstacles") == [
        "A. Thiếu người làm việc ở bộ phận",
        "Cộng: thiếu hai máy tính",
    ]


@FORMATS
def test_words_in_the_column_of_codes_are_told_where_a_unit_writes_what_it_likes(build):
    table = f"""
        5 | {headings("obstacles")}
        6 | A. Thiếu người làm việc ở bộ phận
        7 | I
    """
    result = read(build({"Nhiệm vụ": PLAIN, "Vướng mắc": table}))
    assert [(r["code"], r["row"], r["value"]) for r in result.findings] == [
        ("K214", 6, "A. Thiếu người làm việc ở bộ phận"),
    ]
    assert tally(result, "Vướng mắc")["section"] == 1


SIGNED = """
    TRẠM TRƯỞNG; GIÁM ĐỐC; CHỈ HUY TRƯỞNG; CHÁNH VĂN PHÒNG; Người báo cáo; Q. TRƯỞNG PHÒNG;
    LÃNH ĐẠO ĐƠN VỊ; Bình Khê, ngày 15/11/2026; (Ký, ghi rõ họ tên)
"""
TITLES = """
    1 | Lĩnh vực tư pháp; Nhóm việc tư pháp; * Lĩnh vực kế toán; IX.1 | Tư pháp; 1.2. | Tư pháp;
    II | VIỆC TRỌNG TÂM; A - Việc của Văn phòng
"""


@pytest.mark.parametrize("title", SIGNED.split(";"))
@pytest.mark.parametrize("cells", ["", " | ", " | | | "])
def test_signatures_of_every_kind_of_unit_are_no_lines(title, cells):
    table = f"{PLAIN}\n 9 | {cells} {title.strip()}\n 12 | {cells} Nguyễn Văn Toản"
    result = read_tasks(table)
    assert found(result) == []
    assert (column(result, "task_id"), tally(result)["set_aside"]) == (["KT-01", "KT-02"], 2)


@FORMATS
def test_words_below_the_lines_are_told_and_a_quantity_there_is_a_line(build):
    table = f"{PLAIN}\n 9 | Số liệu tính đến ngày họp\n 10 | Thôn Đông"
    result = read_tasks(table, build)
    assert found(result) == [("K214", "9")]
    assert result.findings[0]["value"] == "Số liệu tính đến ngày họp"
    assert result.findings[0]["fact"] == "9, 10"
    assert (tally(result)["used"], tally(result)["set_aside"]) == (2, 2)
    for line in ("Họp giao ban | 1", "KT-30", "Họp giao ban | 2,5", " | 3"):
        result = read_tasks(f"{PLAIN}\n 9 | {line}", build)
        assert (found(result), tally(result)["used"]) == ([], 3)


@FORMATS
def test_headings_repeated_on_every_page_are_no_line(build):
    table = f"""
        5  | {HEAD}
        6  | (1) | (2) | (3) | (4) | (5) | (6)
        7  | KT-01 | 2 | | | |
        8  | {HEAD}
        9  | 1 | 2 | 3 | 4 | 5 | 6
        10 | KT-02 | 1 | | | |
    """
    result = read_tasks(table, build)
    assert (found(result), column(result, "task_id")) == ([], ["KT-01", "KT-02"])
    assert (tally(result)["used"], tally(result)["section"]) == (2, 3)


@FORMATS
def test_headings_in_two_rows_are_read(build):
    table = """
        5 | Mã việc | Việc và sản phẩm | Kết quả thực hiện
        6 |         |                  | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú
        7 | KT-01   | Báo cáo          | 2             | 2026-11-09 | 0 | BC 15 | Minh chứng
    """
    result = read_tasks(table, build)
    assert found(result) == []
    row = result.entries["tasks"][0]
    assert (row["row"], row["task_id"], row["completed"], row["note"]) == (
        7,
        "KT-01",
        2,
        "Minh chứng",
    )
    assert result.places["phieu.xlsx", "Nhiệm vụ", "completed"] == "C"


def test_a_line_whose_words_are_headings_is_no_second_row_of_them():
    table = f"""
        5 | {HEAD.replace(" | Ghi chú", "")}
        6 | KT-01 | 2 | | | Ghi chú | x
    """
    result = read_tasks(table)
    assert found(result) == [("K203", "5")]


ISSUED = f"""
    5  | {headings("tasks")}
    6  | VP-01 | Báo cáo tuần | CB001 | An | Bình | 2026-11-10 | báo cáo | 2 | 1 | 2
    7  | {{}}
    9  | VP-02 | Báo cáo tháng | CB002 | An | Bình | 2026-11-10 | báo cáo | 1 | 1 | 1
    10 | {{}}
"""


@pytest.mark.parametrize(
    "total", ["Tổng số việc", "Cộng trang 1", "Cộng dồn", "Tổng cộng toàn đơn vị", "Tổng điểm"]
)
def test_a_total_may_say_of_what(total):
    table = ISSUED.format("", f"{total} | | | | | | | 3 | | 3")
    result = read_tasks(table)
    assert (found(result), column(result, "task_id")) == ([], ["VP-01", "VP-02"])
    assert tally(result)["total"] == 1
    wrong = read_tasks(table.replace("| 3 | | 3", "| 3 | | 4"))
    assert found(wrong) == [("K314", "J10")]


@pytest.mark.parametrize("title", TITLES.split(";"))
def test_titles_between_issued_lines_are_sections(title):
    result = read_tasks(ISSUED.format(title.strip(), ""))
    assert (found(result), column(result, "task_id")) == ([], ["VP-01", "VP-02"])
    assert tally(result)["section"] == 1


def test_other_words_between_issued_lines_are_told():
    result = read_tasks(ISSUED.format("Công tác hòa giải", ""))
    assert (found(result), tally(result)["set_aside"]) == ([("K214", "7")], 1)


@pytest.mark.parametrize("line", ["Tổng hợp báo cáo | | | | | | | | | 1", "VP 03", "KT.4", "12"])
def test_what_may_be_a_line_is_read_as_one(line):
    result = read_tasks(ISSUED.format(line, ""))
    assert (found(result), tally(result)["used"]) == ([], 3)


@FORMATS
def test_words_beside_the_table_are_told(build):
    table = f"""
        5 | {HEAD} | | Sổ theo dõi
        6 | KT-01 | 2 | | | | | số đúng là 1 | 15
        7 | KT-02 | 1 | | | | | 7            |
        8 | Cộng  | 3 | | | | | 3
    """
    result = read_tasks(table, build)
    assert found(result) == [("K215", "6")]
    assert (result.findings[0]["value"], result.findings[0]["fact"]) == ("số đúng là 1", "G6, G7")


FIGURES = f"""
    5 | {HEAD} | Số 1 | Số 2
    6 | KT-01 | {{}} | | | | | 4 | 2.5
    7 | KT-02 | 1    | | | | | 6 |
"""
WORKED_OUT = {
    "=SUBTOTAL(9,G6:G7)": 10,
    "=PRODUCT(G6:H6)": 10,
    "=ROUND(H6,0)": 3,
    "=ROUND(-H6*G6/3,1)": -3.3,
    "=MAX(G6:H7)": 6,
    "=MIN(G6:H7,1+1)": 2,
    "=AVERAGE(G6:G7)": 5,
    "=G6%": 0.04,
    "=2^3": 8,
    "=-2^2+SUM(G6*2,H7)": 12,
}


@pytest.mark.parametrize("formula", WORKED_OUT)
@FORMATS
def test_plain_functions_are_worked_out_again(build, formula):
    result = read_tasks(FIGURES.format(f"{formula} -> {WORKED_OUT[formula]}"), build)
    assert found(result) == []
    result = read_tasks(FIGURES.format(f"{formula} -> 2"), build)
    assert found(result) == ([("K313", "B6")] if WORKED_OUT[formula] != 2 else [])


@pytest.mark.parametrize("formula", ["=IF(G6>1,2,3)", "=VLOOKUP(A6,G6:H7,2)", "=G6+X99*Y1^H6"])
@FORMATS
def test_a_result_that_cannot_be_worked_out_is_told(build, formula):
    result = read_tasks(FIGURES.format(f"{formula} -> 2"), build)
    assert (found(result), column(result, "completed")) == ([("K317", "B6")], [2, 1])
    assert result.findings[0]["value"] == "2"


def test_a_subtotal_over_hidden_rows_or_others_like_it_is_not_held_against_them():
    table = (
        FIGURES.format("=SUBTOTAL(9,G6:G8) -> 10")
        + "    8 | Cộng | | | | | | =SUBTOTAL(9,G6:G7) -> 10"
    )
    assert found(read_tasks(table)) == []
    hidden = sheets.patched(
        sheets.xlsx({"Nhiệm vụ": table}), "sheet1.xml", '<row r="7"', '<row r="7" hidden="1"'
    )
    assert found(read(hidden)) == [("K317", "B6")]


@pytest.mark.parametrize(
    ("code", "kept", "shown"),
    [
        (";;;", 2, "(không hiện gì)"),
        ("0,", 2000, "2"),
        ("#,##0,,", 2000000, "2"),
        ("0\\%", 2, "2%"),
        ('0"%"', 2, "2%"),
        ('"ba"', 2, "ba"),
        ('0"0"', 2, "20"),
        ("0.0,", 2500, "2,5"),
        ('0" hồ sơ"', 2, ""),
        ("#,##0.00", 2, ""),
        ("[Red]0.0_);(0.0)", 2, ""),
        ("0;-0;;@", 0, ""),
        ("General", 2, ""),
        ("dd/mm/yyyy", 46331, ""),
        ("# ?/?", 2, ""),
    ],
)
def test_a_format_that_shows_another_figure_is_asked_back(code, kept, shown):
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet("Nhiệm vụ")
    sheet.write_row(4, 0, [*HEAD.split(" | "), "Của đơn vị"])
    odd = book.add_format({"num_format": code})
    sheet.write(5, 0, "KT-01")
    for at in (1, 6):
        sheet.write_number(5, at, kept, odd)
    book.close()
    result = read(packed.getvalue())
    told = [(row["value"], row["fact"]) for row in result.findings if row["code"] == "K315"]
    assert told == ([(shown, f"{kept:,}".replace(",", "."))] if shown else [])
    assert found(result) == ([("K315", "B6")] if shown else [])


def test_hours_are_said_in_words():
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet("Nhiệm vụ")
    sheet.write_row(4, 0, HEAD.split(" | "))
    sheet.write_row(5, 0, ["KT-01", 2], book.add_format({"num_format": "[h]:mm"}))
    sheet.write_row(6, 0, ["KT-02", 0.75], book.add_format({"num_format": "hh:mm"}))
    book.close()
    assert column(read(packed.getvalue()), "completed") == ["48 giờ 00", "18 giờ 00"]
    cell = '<table:table-cell office:value-type="time" office:time-value="PT48H30M00S"/>'
    open_book = sheets.ods({"Nhiệm vụ": PLAIN})
    late = sheets.patched(open_book, "content.xml", sheets.NUMBER.format("2.0"), cell)
    assert column(read(late), "completed") == ["48 giờ 30", "0,5"]


def test_a_column_that_is_gone_is_one_finding_and_no_changed_cells():
    table = """
        5 | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú | SL giao
        6 | KT-01   | 2
    """
    raw = read_tasks(table)
    lost = books.lost_columns("KT", raw)
    assert [(row["code"], row["value"]) for row in lost][:2] == [
        ("K216", "Việc và sản phẩm"),
        ("K216", "Người thực hiện"),
    ]
    assert "SL giao" not in {row["value"] for row in lost}
    row = books.rows_of({"KT": raw}, "tasks")[0]
    assert {"task_id", "completed", "assigned", "unit", "row"} <= row.keys()
    assert row.keys().isdisjoint({"work", "person", "due", "weight"})


@pytest.mark.parametrize(
    ("block", "cell", "said"),
    [
        ("B6:C6", "", [("K318", "C6")]),
        ("B6:B7", "", [("K318", "B7")]),
        ("C6:C7", "", [("K318", "C7")]),
        ("E6:E7", "", []),
        ("B6:C6", "2026-11-09", [("K318", "C6")]),
    ],
)
def test_a_cell_under_a_merged_block_is_one_finding_that_says_so(block, cell, said):
    """Neither «no day» nor «no quantity»: the block is what is wrong."""
    table = f"""
        5 | {HEAD}
        6 | KT-01 | 2 | 2026-11-09 | 0 | BC 15 |
        7 | KT-02 | 1 | 2026-11-10 | 0 | BC 16 |
    """
    start = sheets.xlsx({"Nhiệm vụ": table})
    if not cell:
        _, end = block.split(":")
        start = emptied(start, end)
    book = sheets.patched(
        start,
        "sheet1.xml",
        "</sheetData>",
        f'</sheetData><mergeCells count="1"><mergeCell ref="{block}"/></mergeCells>',
    )
    assert found(read(book)) == said


def emptied(book: bytes, cell: str) -> bytes:
    """Return a workbook with one cell of its first sheet blank."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(rf'<c r="{cell}"[^>]*>.*?</c>'.encode(), b"", data)
            target.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize(
    "none",
    [
        *("Không có", "không", "KHÔNG CÓ VƯỚNG MẮC.", "-", "–", "/", "Ko có", "Chưa có"),
        "Không phát sinh việc nào",
    ],
)
@FORMATS
def test_words_that_say_there_is_nothing_are_no_line(build, none):
    table = f"""
        5 | {headings("obstacles")}
        6 | | {none}
    """
    result = read(build({"Nhiệm vụ": PLAIN, "Vướng mắc": table}))
    assert (result.entries["obstacles"], found(result)) == ([], [("K217", "6")])
    assert [row["value"] for row in result.findings] == [none]
    assert tally(result, "Vướng mắc")["set_aside"] == 1


@pytest.mark.parametrize(
    "line",
    [
        "| Không có kinh phí",
        "| Chưa có máy",
        "| Không có | Cấp máy",
        "KT-01 | Không ai trực",
        "| Không | | | 5",
    ],
)
def test_a_line_that_says_more_than_nothing_is_read(line):
    table = f"""
        5 | {headings("obstacles")}
        6 | {line}
    """
    result = read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Vướng mắc": table}))
    assert (len(result.entries["obstacles"]), found(result)) == (1, [])


def test_nothing_beside_a_number_printed_in_advance_leaves_a_spare_line():
    head = headings("unplanned")
    table = f"""
        5 | {head}
        6 | PS-01 | | Không
        7 | PS-02 | | Trực bão | | | | | | 2 | 2
        8 | PS-03 | | Tổng cộng | | | | | | 2 | 2
        9 | PS-04 | | Tổng kết phong trào | | | | | | 2 | 2
    """
    result = read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Phát sinh": table}))
    assert column(result, "task", "unplanned") == ["Trực bão", "Tổng kết phong trào"]
    assert found(result) == [("K217", "6")]
    assert tally(result, "Phát sinh")["total"] == 1


@pytest.mark.parametrize("key", ["obstacles", "proposals", "claims"])
@FORMATS
def test_who_signs_below_a_list_is_no_line_of_it(build, key):
    place = "| " * 2
    table = f"""
        5  | {headings(key)}
        6  | Người dân chưa đồng thuận | Trưởng phòng chưa duyệt | chờ
        9  | {place} Xã Đạ Huoai, ngày 15 tháng 11 năm 2026
        10 | NGƯỜI LẬP | | TRƯỞNG PHÒNG
        11 | {place} (Ký, ghi rõ họ tên)
        14 | Bon Niêng Thủy | | Phan Thị Ngọc Ánh
    """
    result = read(build({"Nhiệm vụ": PLAIN, UNIT[key].title: table}))
    assert [row["row"] for row in result.entries[key]] == [6]
    assert found(result) == [("K214", "9")]
    assert tally(result, UNIT[key].title)["set_aside"] == 4


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("proposals", ["TỔNG HỢP SỐ LIỆU | | | | | TRƯỞNG PHÒNG | CHỦ TỊCH UBND XÃ"]),
        ("proposals", ["Họp Dân | | | | | Trưởng phòng", "", "Đo Đất | | | | | Phó trưởng phòng"]),
        ("proposals", ["Lập Sổ", "", "| | | | | Trưởng phòng", "Họp Dân | | | | | Trưởng phòng"]),
        ("proposals", ["| | | | | Trưởng phòng"]),
        ("proposals", ["Họp Dân", "Đo Đất", "| | | | | Trưởng phòng"]),
        ("claims", ["KT.07 | TIẾN ĐỘ | MƯA BÃO"]),
        ("claims", ["KT-01 | tiến độ | Mưa", "", "KT.07"]),
        ("obstacles", ["KT.07 | THIẾU KINH PHÍ | ĐỀ NGHỊ BỔ SUNG"]),
        ("obstacles", ["KT-01 | Mất điện", "", "| Thiếu Máy | Bổ Sung", "| | | Trưởng đơn vị"]),
    ],
)
@FORMATS
def test_an_entry_that_looks_like_who_signs_is_read(build, key, rows):
    numbered = [f"{6 + at} | {row}" for at, row in enumerate(rows) if row]
    table = "\n".join([f"5 | {headings(key)}", *numbered])
    result = read(build({"Nhiệm vụ": PLAIN, UNIT[key].title: table}))
    assert [f"{row['row']}" for row in result.entries[key]] == [row[0] for row in numbered]
    assert found(result) == []


@FORMATS
def test_a_title_apart_below_a_list_is_told(build):
    table = f"""
        5 | {headings("proposals")}
        6 | Họp Dân | | | | | Trưởng phòng
        8 | | | | | | TRƯỞNG PHÒNG
        9 | | | | | | Phan Thị Ngọc Ánh
    """
    result = read(build({"Nhiệm vụ": PLAIN, "Kỳ tới": table}))
    assert column(result, "task", "proposals") == ["Họp Dân"]
    assert found(result) == [("K214", "8")]
    assert result.findings[0]["fact"] == "8, 9"


@pytest.mark.parametrize(
    "last", ["Trưởng phòng chưa duyệt hồ sơ", "Từ ngày 5 tháng 11 năm 2026 mất mạng", "Thiếu máy"]
)
def test_a_last_line_that_begins_like_a_signature_is_read(last):
    table = f"""
        5 | {headings("obstacles")}
        6 | KT-01 | Mất điện | | |
        7 | | {last}
    """
    result = read(sheets.xlsx({"Nhiệm vụ": PLAIN, "Vướng mắc": table}))
    assert column(result, "obstacle", "obstacles") == ["Mất điện", last]


LINES = "Mã việc | Việc và sản phẩm | SL giao | SL hoàn thành | Ngày xong | Số lần chưa đạt CL"
LINES += " | Minh chứng | Ghi chú"


@FORMATS
def test_parts_with_their_own_sums_and_what_lines_come_to_are_no_lines(build):
    table = f"""
        5  | {LINES}
        6  | I     | Lĩnh vực đất đai | 23 | 23
        7  | KT-01 | Đo đạc | 23 | 23 | 2026-11-09 | 0 | BC 1
        8  | II    | Lĩnh vực xây dựng | =SUM(C9:C9) | =SUM(D9:D9)
        9  | A | VIỆC THƯỜNG XUYÊN | | | | | (xem phụ lục)
        10 | KT-02 | Cấp phép | 2 | 2 | 2026-11-09 | 0 | BC 2
        11 | | Tổng toàn phòng | 25 | 25
        12 | | Tỷ lệ hoàn thành | | 1
    """
    result = read(build({"Nhiệm vụ": table}))
    assert column(result, "task_id") == ["KT-01", "KT-02"]
    assert found(result) == [("K214", "12")]
    assert (tally(result)["section"], tally(result)["total"]) == (3, 1)


@pytest.mark.parametrize("code", ["KT–01", "KT—01", "KT−01", "kt ‑ 01"])
def test_dashes_of_a_code_are_one(code):
    assert fold_code(code) == fold_code("KT-01")


def test_a_code_and_a_proof_under_a_merged_block_hold_for_its_lines():
    table = f"""
        5 | {HEAD}
        6 | KT-01 | 2 | 2026-11-09 | 0 | BC 15 |
        7 |       | 1 | 2026-11-10 | 0 |       | xong
    """
    book = sheets.xlsx({"Nhiệm vụ": table}, blocks={"Nhiệm vụ": "A6:A7 E6:E7"})
    result = read(book)
    assert column(result, "task_id") == ["KT-01", "KT-01"]
    assert column(result, "evidence") == ["BC 15", "BC 15"]
    assert column(result, "completed") == [2, 1]
    assert found(result) == []
    assert tally(result)["merged"] == "A6:A7, E6:E7"
