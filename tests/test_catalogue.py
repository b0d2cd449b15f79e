"""The import of a published catalogue: every row of the source taken or left out, and said why."""

import shutil
import subprocess
import time
import zipfile
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from pipeline import ROOT, reading
from pipeline.checking.catalogue import Imported, check_catalogue
from pipeline.checking.kept import kept_tables
from pipeline.checking.scopes import Scope, scope_of, scopes_around, unit_names
from pipeline.cli import main
from pipeline.cli.speech import BUG, CRASHED_FILE, DISK, USAGE
from pipeline.issue import imported_workbook
from pipeline.model.catalogue import COMMON, LEADER, OWN, USUAL, SourceRow
from pipeline.model.folders import IMPORTED, REGISTERS
from pipeline.model.layout import layout
from pipeline.model.registers import SHARED, Registers
from pipeline.reading.catalogue import read_catalogue
from pipeline.reading.sections import add_section
from pipeline.reply import imported_summary
from tests import sheets

REAL = "shared/data/danh-muc-QD283-2026.xlsx"  # lies beside the project, never in it
PUBLISHED = next((up / REAL for up in ROOT.parents if (up / REAL).is_file()), Path(REAL))
UNITS = {
    "VP": "Văn phòng HĐND và UBND xã",
    "KT": "Phòng Kinh tế",
    "VHXH": "Phòng Văn hóa – Xã hội",
}
SOFFICE = shutil.which("soffice")


def registers(*products: dict) -> Registers:
    """Return registers of three units and some products, the first of them in row 4."""
    blank = {"task": "", "detail": "", "product": ""}
    rows = {row["code"]: {**blank, **row, "row": number} for number, row in enumerate(products, 4)}
    units = {code: {"code": code, "name": name} for code, name in UNITS.items()}
    return Registers(units, {}, rows, {}, None)


def take(data: bytes, own: Registers | None = None) -> Imported:
    rows, refused = read_catalogue(data, "danh-muc.xlsx")
    assert refused == []
    return check_catalogue(rows, own or registers())


def take_table(table: str, own: Registers | None = None, **options: object) -> Imported:
    return take(sheets.xlsx({"Danh mục": table}, stamp="", **options), own)


def fates(found: Imported, sheet: str = "") -> dict[int, str]:
    """Return what became of every row: the code of a product taken, else why it was left out."""
    return {
        row["row"]: row["code"]
        if row["result"] == "lấy"
        else " ".join(row["codes"]) or row["reason"]
        for row in found.listed
        if row["sheet"] == (sheet or found.listed[0]["sheet"])
    }


def product(found: Imported, code: str) -> dict:
    [row] = [row for row in found.products if row["code"] == code]
    return row


def brief(row: dict) -> tuple:
    """Return a product's unit, group, points and coefficient, figures as text."""
    figures = (None if row[key] is None else f"{row[key]:f}" for key in ("points", "coefficient"))
    return row["unit"], row["group"], *figures


def listed(found: Imported, number: int) -> dict:
    [row] = [row for row in found.listed if row["row"] == number]
    return row


# --- a layout with unit headings merged over the table, other columns in another order

MERGED_HEADINGS = """
    1  | UBND XÃ LÂM BÌNH
    2  | DANH MỤC CÔNG VIỆC VÀ HỆ SỐ NĂM 2026
    4  | TT | Đầu ra | Hệ số | Điểm | Tên nhiệm vụ | Công việc cụ thể | Nhóm công việc | Ký hiệu
    5  | (1) | (2) | (3) | (4) | (5) | (6) | (7) | (8)
    6  | NHIỆM VỤ LÃNH ĐẠO, QUẢN LÝ
    7  | 1 | Kế hoạch công tác | =D7/5 -> 14 | 70 | Lập kế hoạch | Chia mốc, giao người | Nhóm 3 |
    8  | PHÒNG KINH TẾ
    9  | 1 | Giấy phép xây dựng | 10 | "50 " | Cấp phép | Kiểm thực địa | 2 | XD.06
    10 | 2 | Biên bản kiểm tra | 1.33333 | | Trật tự xây dựng | Kiểm tra tại chỗ | II |
    11 | 3 | Báo cáo tháng | 15 | 75 | | Tổng hợp vi phạm | N3 | XD.01
    12 | Cộng | | 26.33 | 125
    13 | Trung tâm Thể thao xã
    14 | 1 | Giải bóng chuyền | 20 | 100 | Thể thao | Tổ chức giải | N3 |
    17 | Người lập biểu | | | CHỦ TỊCH
"""
MERGED_BLOCKS = {"Danh mục": "A1:H1 A2:H2 A6:H6 A8:H8 E10:E11 A13:H13"}


def take_merged(own: Registers | None = None) -> Imported:
    return take_table(MERGED_HEADINGS, own, blocks=MERGED_BLOCKS)


def test_merged_headings_name_the_unit_and_every_row_is_told():
    assert fates(take_merged()) == {
        1: "dòng chữ trên bảng",
        2: "dòng chữ trên bảng",
        3: "dòng trống",
        4: "dòng tiêu đề cột",
        5: "dòng đánh số cột",
        6: "dòng đề mục",
        7: "QL.01",
        8: "dòng đề mục",
        9: "XD.06",
        10: "KT.01",
        11: "XD.01",
        12: "dòng tổng cộng",
        13: "dòng đề mục",
        14: "TTTTX.01",
        15: "dòng trống",
        16: "dòng trống",
        17: "dòng chữ dưới bảng",
    }


def test_headings_typed_without_their_marks_are_known():
    plain = """
        1 | STT | DON VI | NHIEM VU | San pham dau ra | Nhom | Diem cham | He so quy doi
        2 | 1 | Phòng Kinh tế | Thuế | Sổ thu | N1 | 5 | 1
    """
    [row] = take_table(plain).products
    assert brief(row) == ("KT", "N1", "5", "1.00")


def test_the_products_hold_what_the_register_needs():
    found = take_merged()
    assert {row["code"]: brief(row) for row in found.products} == {
        "QL.01": (SHARED, "N3", "70", "14.00"),
        "XD.06": ("KT", "N2", "50", "10.00"),
        "KT.01": ("KT", "N2", None, "1.33"),
        "XD.01": ("KT", "N3", "75", "15.00"),
        "TTTTX.01": ("Trung tâm Thể thao xã", "N3", "100", "20.00"),
    }
    first = product(found, "QL.01")
    assert (first["task"], first["detail"]) == ("Lập kế hoạch", "Chia mốc, giao người")
    assert (first["product"], first["deduct"]) == ("Kế hoạch công tác", "")


def test_every_repair_is_listed_at_its_row():
    found = take_merged()
    assert {row["row"]: row["repairs"] for row in found.listed if row.get("repairs")} == {
        7: "hệ số là kết quả công thức; mã do chương trình đặt",
        9: "điểm ghi bằng chữ «50», đọc là 50",
        10: "hệ số 1,33333 làm tròn thành 1,33; mã do chương trình đặt",
        11: "«Nhiệm vụ» lấy theo ô gộp từ dòng 10",
        14: "mã do chương trình đặt",
    }
    assert product(found, "XD.01")["task"] == "Trật tự xây dựng"


def test_kinds_are_told_and_an_unknown_unit_keeps_its_name():
    found = take_merged()
    kinds = {row["row"]: row["kind"] for row in found.listed if row["kind"]}
    assert kinds == {7: LEADER, 9: OWN, 10: OWN, 11: OWN, 14: OWN}
    assert {row["row"]: row["codes"] for row in found.listed if row["codes"]} == {14: ["K726"]}
    assert listed(found, 14)["look"] == "có"
    assert listed(found, 14)["reason"].startswith("K726: «Trung tâm Thể thao xã» không trùng tên")


# --- a layout with points only: two lines of headings, Roman sections, totals, a sheet a unit

POINTS_ONLY = """
    1  | Phụ lục 1
    3  | Số TT | Mảng việc | Tên sản phẩm, công việc | Chấm điểm | | Phân nhóm
    4  | | | | Khung | Điểm |
    5  | A | Sản phẩm dùng chung
    6  | I | Văn bản | | | 60 |
    7  | 1 | Soạn thảo | Công văn | 1-10 | 5 | N1
    8  | 2 | | Tờ trình | 11-50 | 33 | N2
    9  | Tổng cộng | | | | 38 |
    10 | B | Sản phẩm riêng
    11 | I | Phòng Kinh tế
    12 | 1 | Thuế | Danh sách thu | 51-100 | 52 | N3
    13 | 2 | Thuế | Sổ theo dõi | 51-100 | 40 | loại khó
    14 | II. VĂN PHÒNG HĐND VÀ UBND XÃ
    15 | 1 | Lưu trữ | Hồ sơ | | 2.5 | N1
    16 | Ghi chú: điểm do Hội đồng chấm
"""
OTHER_UNIT = """
    2 | Lĩnh vực | Điểm số | Sản phẩm cụ thể | Trừ theo
    3 | Hộ tịch  | 35 | Hồ sơ hộ tịch | cái
    4 | Hộ tịch  | 8  | Trích lục | từng bản
"""
POINTS_BLOCKS = {"Chung": "A3:A4 B3:B4 C3:C4 D3:E3 F3:F4"}
POINTS_FATES = {
    **{1: "dòng chữ trên bảng", 2: "dòng trống", 3: "dòng tiêu đề cột", 4: "dòng tiêu đề cột"},
    **{5: "dòng đề mục", 6: "dòng đề mục", 7: "DC.01", 8: "DC.02", 9: "dòng tổng cộng"},
    **{10: "dòng đề mục", 11: "dòng đề mục", 12: "KT.01", 13: "KT.02", 14: "dòng đề mục"},
    **{15: "VP.01", 16: "dòng chữ dưới bảng"},
}


def points_book(**options: object) -> bytes:
    return sheets.xlsx({"Chung": POINTS_ONLY, "VHXH": OTHER_UNIT}, stamp="", **options)


def test_points_alone_give_the_coefficient_and_sections_the_unit():
    found = take(points_book(blocks=POINTS_BLOCKS))
    assert fates(found, "Chung") == POINTS_FATES
    assert {row["code"]: brief(row) for row in found.products} == {
        "DC.01": (SHARED, "N1", "5", "1.0"),
        "DC.02": (SHARED, "N2", "33", "6.6"),
        "KT.01": ("KT", "N3", "52", "10.4"),
        "KT.02": ("KT", "", "40", "8.0"),
        "VP.01": ("VP", "N1", "2.5", "0.5"),
        "VHXH.01": ("VHXH", "", "35", "7.0"),
        "VHXH.02": ("VHXH", "", "8", "1.6"),
    }
    assert listed(found, 8)["repairs"] == "hệ số tính từ điểm: 33 ÷ 5 = 6,6; mã do chương trình đặt"
    assert [product(found, code)["deduct"] for code in ("VHXH.01", "VHXH.02")] == ["cái", ""]


def test_what_is_odd_but_clear_is_taken_and_told():
    found = take(points_book(blocks=POINTS_BLOCKS))
    odd = {(row["sheet"], row["row"]): row["codes"] for row in found.listed if row["look"]}
    assert odd == {("Chung", 13): ["K728", "K729"], ("VHXH", 4): ["K728"]}
    reason = next(row["reason"] for row in found.listed if row["row"] == 13)
    assert "K728: Ô F13: «loại khó» không phải nhóm N1–N5; để trống." in reason
    assert "K729: Ô E13: điểm 40 nằm ngoài khung 51-100 ghi cạnh." in reason


def test_two_lines_of_headings_without_merged_cells_are_one():
    bare = POINTS_ONLY.replace("Chấm điểm", "Điểm")
    found = take(sheets.xlsx({"Chung": bare, "VHXH": OTHER_UNIT}, stamp=""))
    assert fates(found, "Chung") == POINTS_FATES
    assert brief(product(found, "KT.01")) == ("KT", "N3", "52", "10.4")


def test_an_ods_gives_the_same_products():
    book = {"Chung": POINTS_ONLY, "VHXH": OTHER_UNIT}
    assert take(sheets.ods(book, stamp="")) == take(sheets.xlsx(book, stamp=""))


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice")
def test_merged_cells_and_formulas_saved_by_libreoffice_read_the_same(tmp_path):
    source = tmp_path / "danh-muc.xlsx"
    source.write_bytes(sheets.xlsx({"Danh mục": MERGED_HEADINGS}, stamp="", blocks=MERGED_BLOCKS))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [SOFFICE, profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    assert take((tmp_path / "danh-muc.ods").read_bytes()) == take_merged()


# --- one row at a time: what is not clear is left out, what is odd is taken and told

HEAD = "3 | Mã | Đơn vị | Nhiệm vụ | Sản phẩm | Nhóm | Khung điểm | Điểm | Hệ số"
ROWS = [
    # row 4, (result, codes and cells in the order of the reason)
    ("A.1 | KT | Thuế | Sổ | N1 | | 5 | 1", "lấy", []),
    ("A.1 | KT | Thuế | Sổ | N1 | | năm | 1", "để ngoài", ["K301 G4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | | 5 | cao", "để ngoài", ["K301 H4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | | -5 | 1", "để ngoài", ["K303 G4"]),
    ('A.1 | KT | Thuế | Sổ | N1 | | "1.234" | 1', "để ngoài", ["K309 G4"]),
    ('A.1 | KT | Thuế | Sổ | N1 | | "5 %" | 1', "để ngoài", ["K309 G4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | | 5 | =G4/5", "để ngoài", ["K307 H4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | | 5 | #REF!", "để ngoài", ["K308 H4"]),
    ("A.1 | KT | #N/A | Sổ | N1 | | 5 | 1", "để ngoài", ["K308 C4"]),
    ("A.1 | KT | Thuế | | N1 | | 5 | 1", "để ngoài", ["K720 D4"]),
    ("| KT | Thuế | | | | |", "để ngoài", ["K724", "K720 D4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | | 10 | 3", "để ngoài", ["K721 H4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | | 10 | 2.01", "để ngoài", ["K721 H4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | | 10 | 2.004", "lấy", []),
    ("A.1 | KT | Thuế | Sổ | N1 | | 7.3 | 1.5", "lấy", []),  # 1,46 to one decimal
    ("A.1 | KT | Thuế | Sổ | N1 | | 7.3 | 1.46", "lấy", []),
    ("A.1 | KT | Thuế | Sổ | N1 | | |", "để ngoài", ["K724"]),
    ("A.1 | Phòng Thuế | Thuế | Sổ | N1 | | 5 | 1", "lấy", ["K726"]),
    ("A.1 | | Thuế | Sổ | N1 | | 5 | 1", "lấy", ["K727"]),
    ("A.1 | KT | Thuế | Sổ | N6 | | 5 | 1", "lấy", ["K728 E4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | 11-50 | 5 | 1", "lấy", ["K729 G4"]),
    ("A.1 | KT | Thuế | Sổ | N1 | 1 – 10 | 5 | 1", "lấy", []),
]


def told(row: dict) -> list[str]:
    """Return code and cell of everything a row's reason says."""
    parts = row["reason"].split("K")[1:] if row["codes"] else []
    cells = [part.partition("Ô ")[2].partition(":")[0] if "Ô " in part else "" for part in parts]
    return [f"{code} {cell}".strip() for code, cell in zip(row["codes"], cells, strict=True)]


@pytest.mark.parametrize(("cells", "result", "codes"), ROWS)
def test_an_unclear_row_is_left_out_with_its_cell(cells, result, codes):
    row = listed(take_table(f"{HEAD}\n4 | {cells}"), 4)
    assert (row["result"], told(row)) == (result, codes)
    assert row["look"] == ("có" if codes else "")


def test_a_figure_merged_over_rows_is_asked_for_every_row():
    table = f"{HEAD}\n4 | A.1 | KT | Thuế | Sổ | N1 | | 5 |\n5 | A.2 | KT | Thuế | Bảng | N1 | | |"
    found = take_table(table, blocks={"Danh mục": "G4:G5"})
    assert [told(listed(found, number)) for number in (4, 5)] == [["K723 G4"], ["K723 G5"]]
    assert "ô gộp G4:G5" in listed(found, 5)["reason"]


def test_two_columns_of_one_heading_are_asked_only_where_they_differ():
    table = """
        3 | Sản phẩm | Điểm | Hệ số | Điểm chấm | Ghi chú | Ghi chú
        4 | Sổ       | 5    | 1     | 5         | a       | b
        5 | Bảng     | 5    | 1     | 10        |         |
        6 | Tờ trình |      | 1     | 5         |         |
    """
    found = take_table(table)
    assert fates(found) | {5: "K204 K727", 6: "SP.02"} == fates(found)
    assert "K204: Ô B5: có hai cột cùng là «Điểm chấm»: B, D." in listed(found, 5)["reason"]
    assert [row["points"] for row in found.products] == [5, 5]


def test_a_heading_that_names_no_field_is_told_where_it_stands():
    table = """
        3 | Lĩnh vực | Nhiệm vụ | Sản phẩm | Hệ số năm nay | Điểm
        4 | Thuế     | Thu thuế | Sổ       | 3             | 5
    """
    row = listed(take_table(table), 3)
    assert (row["result"], row["look"], row["codes"]) == ("để ngoài", "có", ["K730"])
    assert row["reason"].startswith(
        "dòng tiêu đề cột. K730: không đọc cột A «Lĩnh vực», D «Hệ số năm nay»."
    )


def test_hidden_rows_are_taken_and_told():
    book = sheets.patched(
        sheets.xlsx({"Danh mục": f"{HEAD}\n4 | A.1 | KT | Thuế | Sổ | N1 | | 5 | 1"}, stamp=""),
        "sheet1.xml",
        '<row r="4"',
        '<row r="4" hidden="1"',
    )
    assert listed(take(book), 4)["codes"] == ["K207"]


TWINS = [
    # two rows, what becomes of each
    ("A.1 | 5 | 1", "A.1 | 5 | 1", ["A.1", "K722"]),  # an exact repeat: the first is as good
    ("A.1 | 5 | 1", "A.2 | 5 | 1", ["K722", "K722"]),
    ("A.1 | 5 | 1", "A.1 | 10 | 2", ["K722", "K722"]),
    ("| 5 | 1", "| 10 | 2", ["K722", "K722"]),
]


@pytest.mark.parametrize(("one", "other", "fate"), TWINS)
def test_of_two_rows_alike_none_is_chosen(one, other, fate):
    head = "3 | Mã | Điểm | Hệ số | Sản phẩm | Đơn vị"
    found = take_table(f"{head}\n4 | {one} | Sổ | KT\n5 | {other} | SỔ | Phòng Kinh tế")
    assert [fates(found)[number] for number in (4, 5)] == fate
    assert "dòng 4, trang «Danh mục»" in listed(found, 5)["reason"]


def test_one_code_for_two_products_takes_neither():
    head = "3 | Mã | Điểm | Hệ số | Sản phẩm | Đơn vị"
    found = take_table(f"{head}\n4 | a.1 | 5 | 1 | Sổ | KT\n5 | A. 1 | 5 | 1 | Bảng | KT")
    assert [fates(found)[number] for number in (4, 5)] == ["K709", "K709"]
    assert found.products == []


def test_an_unclear_row_does_not_stand_against_a_clear_one():
    head = "3 | Mã | Điểm | Hệ số | Sản phẩm | Đơn vị"
    found = take_table(f"{head}\n4 | A.1 | 5 | 9 | Sổ | KT\n5 | A.1 | 5 | 1 | Sổ | KT")
    assert [fates(found)[number] for number in (4, 5)] == ["K721", "A.1"]


# --- codes

SIMPLE = """
    3 | Mã    | Đơn vị | Sản phẩm | Điểm
    4 |       | KT     | Sổ       | 5
    5 | KT.07 | KT     | Bảng     | 5
    6 |       | KT     | Tờ trình | 5
"""


def test_new_codes_begin_after_the_highest_in_use():
    assert list(fates(take_table(SIMPLE)).values())[3:] == ["KT.08", "KT.07", "KT.09"]
    own = registers({"code": "KT.31", "unit": "KT", "product": "Việc khác"})
    assert list(fates(take_table(SIMPLE, own)).values())[3:] == ["KT.32", "KT.07", "KT.33"]


def test_what_the_register_has_already_is_said_and_keeps_its_code():
    own = registers(
        {"code": "KT.05", "unit": "KT", "product": "sổ"},
        {"code": "KT.07", "unit": "KT", "product": "Việc khác"},
    )
    found = take_table(SIMPLE, own)
    assert list(fates(found).values())[3:] == ["KT.05", "KT.07", "KT.08"]
    assert [listed(found, number)["codes"] for number in (4, 5, 6)] == [["K725"], ["K725"], []]
    assert "(dòng 4, mã KT.05, cùng tên)" in listed(found, 4)["reason"]
    assert "(dòng 5, mã KT.07, tên khác)" in listed(found, 5)["reason"]


def test_importing_again_after_pasting_gives_the_same_codes():
    first = take_merged()
    again = take_merged(registers(*first.products))
    assert again.products == first.products
    assert {code for row in again.listed for code in row["codes"]} == {"K725", "K726"}


# --- whom a product is for

TITLES = [
    ("I. Phòng Kinh tế", (OWN, "KT", True)),
    ("Mục II: PHÒNG VĂN HOÁ - XÃ HỘI", (OWN, "VHXH", True)),
    ("B. Danh mục sản phẩm của Phòng Kinh tế (12 sản phẩm)", (OWN, "KT", True)),
    ("II Phòng Kinh tế 120", (OWN, "KT", True)),
    ("Đơn vị: Phòng Kinh tế", (OWN, "KT", True)),
    ("KT – Phòng Kinh tế", (OWN, "KT", True)),
    ("Phòng Kinh tế, Hạ tầng và Đô thị", (OWN, "Phòng Kinh tế, Hạ tầng và Đô thị", False)),
    ("3. Ban Quản lý chợ", (OWN, "Ban Quản lý chợ", False)),
    ("PHẦN A. SẢN PHẨM DÙNG CHUNG CHO CÁC PHÒNG", (COMMON, SHARED, True)),
    ("PL III - Dung chung", (COMMON, SHARED, True)),
    ("NHIỆM VỤ LÃNH ĐẠO, QUẢN LÝ", (LEADER, SHARED, True)),
    ("Dành cho lãnh đạo phòng", (LEADER, SHARED, True)),
    ("Phục vụ lãnh đạo Ủy ban", ("", "", False)),
    ("Quản lý đất đai", ("", "", False)),
    ("Phòng, chống thiên tai", ("", "", False)),
    ("Ban hành văn bản", ("", "", False)),
    ("RIÊNG THEO PHÒNG, ĐƠN VỊ", ("", "", False)),
    ("(Kèm theo Quyết định số 2/QĐ của UBND xã)", ("", "", False)),
]


def scope(row: SourceRow) -> Scope:
    units = unit_names(registers())
    return scope_of(row, units, scopes_around([row], units)[row.titles, row.sections])


@pytest.mark.parametrize(("text", "expected"), TITLES)
@pytest.mark.parametrize("place", ["sections", "titles"])
def test_a_section_or_title_says_whom_its_products_are_for(text, expected, place):
    sections, above = ((text,), ()) if place == "sections" else ((), (text,))
    row = SourceRow("S", 5, "item", "", titles=(*above, "Trang 1"), sections=sections, values={})
    found = scope(row)
    assert (found.kind, found.unit, found.known) == expected


def test_titles_that_disagree_say_nothing_and_a_cell_goes_before_its_section():
    row = SourceRow("S", 5, "item", "", titles=("Phòng Kinh tế", "Dùng chung", "VP"), values={})
    assert scope(row).unit == "VP"  # the sheet's own title
    row = SourceRow("S", 5, "item", "", titles=("S",), sections=("KT",), values={"unit": "vp"})
    assert scope(row).unit == "VP"


def test_a_section_ends_the_one_numbered_alike_and_all_within():
    opened = []
    for text in (
        "A. Dùng chung",
        "I. Văn bản",
        "1. Đi",
        "2. Đến",
        "II. Họp",
        "B. Lĩnh vực đất đai",
    ):
        opened = add_section(opened, text)
        if text == "2. Đến":
            assert [part for _, part in opened] == ["A. Dùng chung", "I. Văn bản", "2. Đến"]
    assert [part for _, part in opened] == ["B. Lĩnh vực đất đai"]


def test_a_second_table_in_a_sheet_has_its_own_columns():
    table = """
        1 | DANH MỤC
        2 | Sản phẩm | Điểm | Đơn vị
        3 | Sổ       | 5    | KT
        4 | Dùng chung
        5 | STT | Điểm chấm | Hệ số | Sản phẩm đầu ra
        6 | 1   | 10        | 2     | Công văn
    """
    found = take_table(table)
    assert fates(found)[5] == "dòng tiêu đề cột"
    assert [brief(row) for row in found.products] == [
        ("KT", "", "5", "1.0"),
        (SHARED, "", "10", "2.00"),
    ]


# --- the made workbook and the command


def test_the_made_sheet_is_one_the_register_reads_without_a_word():
    found = take(points_book(blocks=POINTS_BLOCKS))
    book = imported_workbook(found.products, found.listed)
    assert openpyxl.load_workbook(BytesIO(book)).sheetnames == ["Sản phẩm", "Đối chiếu"]
    raw = reading.read_workbook(book, IMPORTED, layout("registers"), frozenset({"products"}))
    lists = {"units": list(UNITS), "units_or_shared": [SHARED, *UNITS]}
    tables, notes = kept_tables("registers", raw.entries, lists, raw.places)
    assert notes == []
    keys = layout("registers")["products"].keys
    blank = {"", None}
    for row, made in zip(found.products, tables["products"].to_dict("records"), strict=True):
        assert {key: made[key] for key in keys if made[key] not in blank} == {
            key: row[key] for key in keys if row[key] not in blank
        }


@pytest.fixture
def office(tmp_path):
    """A data folder with the sample's registers alone, and the command on it."""
    data, output = tmp_path / "data", tmp_path / "output"
    data.mkdir()
    shutil.copy(ROOT / "sample_data" / REGISTERS, data)

    def run(name: str, content: bytes, *more: str):
        (tmp_path / name).write_bytes(content)
        options = ["--data", str(data), "--output", str(output)]
        words = [*options, "import-catalogue", str(tmp_path / name), *more]
        return CliRunner().invoke(main, words)

    run.data, run.made = data, output / IMPORTED
    return run


def test_the_command_counts_rows_a_sheet_and_says_what_to_do(office):
    before = (office.data / REGISTERS).read_bytes()
    done = office(
        "dm.xlsx", sheets.xlsx({"Danh mục": MERGED_HEADINGS}, stamp="", blocks=MERGED_BLOCKS)
    )
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "dm.xlsx",
        "",
        "Trang     Đọc  Lấy  Để ngoài  Cần xem",
        "─────────────────────────────────────",
        "Danh mục  17   5    12        3",
        "Cộng      17   5    12        3",
        "",
        "Lấy 5 sản phẩm: 1 lãnh đạo, quản lý · 4 của đơn vị.",
        "Để ngoài 12 dòng: 2 dòng chữ trên bảng; 1 dòng tiêu đề cột; 1 dòng đánh số cột; 3 dòng trống; "
        "3 dòng đề mục; 1 dòng tổng cộng; 1 dòng chữ dưới bảng.",
        "Điểm chuẩn (điểm ứng với hệ số 1): 5, theo 4/4 dòng có cả điểm và hệ số trong tệp.",
        "",
        f"1. Mở {office.made}: trang «Đối chiếu» kể từng dòng của tệp, lấy hay để ngoài và vì sao.",
        "2. Ở cột «Cần xem», xem các dòng «có» (vì sao: cột «Lý do»): K725 2 dòng, K726 1 dòng.",
        "3. Thay tên đơn vị bằng mã, ở cột «Đơn vị» của trang «Sản phẩm»: «Trung tâm Thể thao xã».",
        "4. Chép các dòng của trang «Sản phẩm», dán giá trị vào danh-muc.xlsx.",
    ]
    assert (office.data / REGISTERS).read_bytes() == before
    assert [path.name for path in office.data.iterdir()] == [REGISTERS]
    made = office.made.read_bytes()
    office("dm.xlsx", sheets.xlsx({"Danh mục": MERGED_HEADINGS}, stamp="", blocks=MERGED_BLOCKS))
    assert office.made.read_bytes() == made


def test_without_a_register_names_stay_and_it_is_said(office):
    (office.data / REGISTERS).unlink()
    done = office("dm.xlsx", points_book(blocks=POINTS_BLOCKS))
    assert done.exit_code == 0
    assert "Chưa có danh-muc.xlsx để đối chiếu" in done.stdout
    sheet = openpyxl.load_workbook(office.made)["Sản phẩm"]
    assert {cell.value for cell in sheet["B"][3:]} >= {SHARED, "Phòng Kinh tế"}


def zipped(**books: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, book in books.items():
            target.writestr(f"{name}.xlsx", book)
    return packed.getvalue()


REFUSED = [
    ("dm.csv", b"STT;Sp\n1;So\n", "Tệp «dm.csv»: đây là tệp chữ"),
    ("dm.xlsx", b"", "Tệp «dm.xlsx»: tệp hỏng hoặc tải chưa xong (tệp rỗng)."),
    (
        "dm.xls",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "Tệp «dm.xls»: sổ dạng Office cũ",
    ),
    (
        "dm.xlsx",
        sheets.xlsx({"A": "2 | Họ tên | Tuổi\n3 | An | 30"}),
        "không thấy bảng danh mục nào",
    ),
    (
        "dm.zip",
        zipped(a=sheets.xlsx({"A": HEAD}), b=sheets.xlsx({"B": HEAD})),
        "dm.zip có 2 sổ bên trong; lấy ra, nhập từng sổ một.",
    ),
]


@pytest.mark.parametrize(("name", "content", "words"), REFUSED)
def test_a_wrong_file_ends_in_one_sentence_and_nothing_is_written(office, name, content, words):
    done = office(name, content)
    assert (done.exit_code, done.stdout) == (USAGE, "")
    assert done.stderr.startswith("Dừng lại: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not office.made.exists()


def test_an_unforeseen_error_about_the_file_is_said_and_keeps_its_traceback(
    office, monkeypatch, caplog
):
    monkeypatch.setattr("pipeline.cycle.catalogue.read_catalogue", lambda *_: 1 / 0)
    done = office("dm.xlsx", points_book())
    assert done.exit_code == CRASHED_FILE
    said = "chương trình gặp lỗi chưa lường trước khi đọc tệp này (ZeroDivisionError)"
    assert said in done.stderr
    assert "ZeroDivisionError: division by zero" in caplog.text
    assert not office.made.exists()


def test_a_bug_that_is_not_about_the_file_keeps_its_traceback(office, monkeypatch):
    monkeypatch.setattr("pipeline.cycle.catalogue.check_catalogue", lambda *_: 1 / 0)
    done = office("dm.xlsx", points_book())
    assert done.exit_code == BUG
    assert isinstance(done.exception, ZeroDivisionError)


# --- the points of coefficient 1

TEN = """
    2 | Mã  | Đơn vị | Sản phẩm | Điểm | Hệ số
    3 | A.1 | KT | Sổ       | 10 | 1
    4 | A.2 | KT | Bảng     | 25 | 2.5
    5 | A.3 | KT | Biên bản | 33 | 3.3
    6 | A.4 | KT | Tờ trình | 40 |
    7 | A.5 | KT | Công văn | 40 | 8
"""


def test_the_standard_follows_from_the_file_and_what_disagrees_is_told():
    found = take_table(TEN)
    assert (str(found.standard.points), found.standard.agreed, found.standard.both) == (
        "10.0",
        3,
        4,
    )
    assert fates(found)[7] == "K721"
    assert brief(product(found, "A.4"))[3] == "4.0"


def test_without_three_rows_that_agree_the_standard_is_the_usual_one():
    found = take_table(TEN.replace("| 33 | 3.3", "| 33 |"))
    assert found.standard.origin == USUAL
    assert brief(product(found, "A.4"))[3] == "8.0"


@pytest.mark.parametrize(
    ("table", "option", "said"),
    [
        (TEN, (), ": 10, theo 3/4 dòng có cả điểm và hệ số trong tệp."),
        (
            POINTS_ONLY,
            (),
            ": 5, mức mặc định, tệp không cho biết; nếu khác, chạy lại với --standard",
        ),
        (TEN, ("--standard", "2,5"), ": 2,5, theo lệnh --standard; khớp với 3/4 dòng"),
    ],
)
def test_the_standard_is_said_with_where_it_is_from(office, table, option, said):
    done = office("dm.xlsx", sheets.xlsx({"A": table}, stamp=""), *option)
    assert f"Điểm chuẩn (điểm ứng với hệ số 1){said}" in done.stdout


@pytest.mark.parametrize("text", ["0", "-5", "năm", "1e3", ""])
def test_a_standard_that_is_no_number_of_points_is_refused(office, text):
    done = office("dm.xlsx", points_book(), "--standard", text)
    assert done.exit_code == USAGE
    assert "--standard: giá trị chưa đúng, ghi một số lớn hơn 0" in done.stderr


# --- other layouts

NAMED_APART = """
    1 | DANH MỤC SẢN PHẨM, CÔNG VIỆC DÙNG CHUNG
    3 | STT | Sản phẩm/công việc đầu ra |
    4 |     |                           | Điểm số
    5 | 1   | Công văn                  | 5
    6 | 2   | Tờ trình                  | 33
"""
IN_OTHER_WORDS = """
    2 | Hệ số (HS) | Tên sản phẩm / kết quả | Số điểm chuẩn | Phòng phụ trách | Tên công việc cụ thể
    3 | "150 %"    | Sổ theo dõi | 7.5 | KT | Ghi sổ
    4 | "1,0"      | Biên bản    | 5   | KT | Lập biên bản
    5 | =C5/5 -> 2 | Báo cáo     | 10  | KT | Viết
    6 | 2.4        | Tờ trình    | 12  | VP | Soạn
"""
BROKEN_LINES = """
    3 | STT | Công việc và\\nsản phẩm đầu ra | Điểm\\ntối đa | Mức độ phức tạp
    4 | A   | PHÒNG KINH TẾ
    5 | 1   | Báo cáo thẩm định | 20 | Nhóm 2
"""
UNITS_BESIDE = """
    3 | STT | Sản phẩm đầu ra    | Điểm | Phòng Kinh tế | Văn phòng
    4 | 1   | Công văn           | 5    | x | x
    5 | 2   | Giấy phép xây dựng | 50   | x |
"""
LAYOUTS = {
    "each line names one column": (NAMED_APART, {"DC.01": "1.0", "DC.02": "6.6"}),
    "other words, order, texts": (
        IN_OTHER_WORDS,
        {"KT.01": "1.50", "KT.02": "1.00", "KT.03": "2.00", "VP.01": "2.40"},
    ),
    "headings on two lines of a cell": (BROKEN_LINES, {"KT.01": "4.0"}),
    "a column a unit": (UNITS_BESIDE, {"SP.01": "1.0", "SP.02": "10.0"}),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_other_layouts_are_read(name):
    table, coefficients = LAYOUTS[name]
    found = take_table(table)
    assert {row["code"]: f"{row['coefficient']:f}" for row in found.products} == coefficients


def test_columns_of_units_are_not_read_and_that_is_said():
    found = take_table(UNITS_BESIDE)
    assert listed(found, 3)["codes"] == ["K730"]
    assert "D «Phòng Kinh tế», E «Văn phòng»" in listed(found, 3)["reason"]
    assert [listed(found, row)["codes"] for row in (4, 5)] == [["K727"], ["K727"]]


def test_many_rows_of_one_code_cost_what_many_rows_cost():
    rows = "\n".join(f"{4 + n} | A.1 | KT | NV | Sổ {n} | N1 | | 5 | 1" for n in range(3_000))
    began = time.process_time()
    found = take_table(f"{HEAD}\n{rows}")
    assert time.process_time() - began < 10  # comparing each with each takes minutes
    assert found.products == []
    assert {code for row in found.listed for code in row["codes"]} == {"K709"}


@pytest.mark.parametrize("blocks", [300, 5_001])
def test_merged_blocks_beyond_any_table_are_refused(blocks):
    book = sheets.xlsx({"A": f"{HEAD}\n4 | a\n9000 | b"}, stamp="")
    merges = "".join(f'<mergeCell ref="A{n}:H9000"/>' for n in range(4, blocks + 4))
    cells = f"</sheetData><mergeCells>{merges}</mergeCells>"
    rows, [refused] = read_catalogue(sheets.patched(book, "sheet1.xml", "</sheetData>", cells), "x")
    assert (rows, refused["code"]) == ([], "K103")


def test_a_print_is_no_catalogue_and_nothing_is_said_of_reports(office):
    said = office("danh-muc.pdf", b"%PDF-1.7").stderr
    assert "đây là bản in PDF" in said
    assert said.endswith("Lưu danh mục thành sổ .xlsx hoặc .ods không có mật khẩu rồi nhập lại.\n")
    assert "phiếu" not in said


def test_what_is_not_there_is_said(office, tmp_path):
    options = ["--data", str(office.data), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(main, [*options, "import-catalogue", "nowhere.xlsx"])
    assert (done.exit_code, done.stderr) == (USAGE, "Dừng lại: không thấy tệp nowhere.xlsx.\n")
    options = ["--data", str(tmp_path / "none"), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(main, [*options, "import-catalogue", str(office.data / REGISTERS)])
    assert "không thấy thư mục dữ liệu" in done.stderr
    office.made.parent.write_bytes(b"")
    assert office("dm.xlsx", points_book()).exit_code == DISK


# --- a real one: four sheets, two heading styles, formulas as coefficients

published = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="the published catalogue is not here"
)
SHEETS = {
    "PL I -": (17, 0, ""),
    "PL II -": (22, 18, LEADER),
    "PL III -": (66, 62, COMMON),
    "PL IV -": (296, 291, OWN),
}


@pytest.fixture(scope="module")
def real() -> Imported:
    return take(PUBLISHED.read_bytes())


@published
def test_every_row_of_the_published_catalogue_is_listed_once(real):
    values = openpyxl.load_workbook(PUBLISHED, data_only=True)
    rows = [(sheet.title, row) for sheet in values for row in range(1, sheet.max_row + 1)]
    assert [(row["sheet"], row["row"]) for row in real.listed] == rows


@published
def test_the_published_items_come_out_by_kind(real):
    for start, (count, taken, kind) in SHEETS.items():
        rows = [row for row in real.listed if row["sheet"].startswith(start)]
        kinds = Counter(row["kind"] for row in rows if row["result"] == "lấy")
        assert (len(rows), kinds) == (count, Counter({kind: taken} if taken else {}))
    assert len(real.products) == len({row["code"] for row in real.products}) == 371
    assert Counter(row["unit"] for row in real.products) == {
        **{SHARED: 80, "KT": 136, "VHXH": 71},
        **{"Văn phòng HĐND-UBND": 42, "Trung tâm Phục vụ hành chính công": 42},
    }


@published
def test_published_coefficients_are_kept_to_the_second_decimal(real):
    taken = {row["code"]: row for row in real.products}
    cells = {}
    for sheet in list(openpyxl.load_workbook(PUBLISHED, data_only=True))[1:]:
        heads = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "STT")
        code, coefficient = heads.index("Mã CV"), heads.index("Hệ số quy đổi")
        rows = sheet.iter_rows(values_only=True)
        cells |= {row[code]: row[coefficient] for row in rows if isinstance(row[0], int)}
    assert len(cells) == 371
    shown = {
        code: Decimal(str(cell)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for code, cell in cells.items()
    }
    assert {code: row["coefficient"] for code, row in taken.items()} == shown
    assert {str(row["coefficient"]) for row in real.products} >= {"1.00", "1.60", "0.60", "30.00"}


@published
def test_the_published_coefficients_are_told_as_formulas(real):
    repairs = Counter(row["repairs"] for row in real.listed if row["result"] == "lấy")
    assert repairs == {"hệ số là kết quả công thức": 371}
    assert {code for row in real.listed for code in row["codes"]} == {"K726", "K730"}


@published
def test_the_summary_adds_up(real):
    lines = imported_summary(real.listed, real.standard, "x.xlsx", REGISTERS)
    assert [line.split() for line in lines if line.startswith("Cộng")] == [
        ["Cộng", "401", "371", "30", "85"]
    ]
