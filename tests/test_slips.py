"""The correction slip: verdict first, every problem at its own cell, the receipt, plain printing."""

import io
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from pipeline.checking.tallies import count_quantities
from pipeline.model.findings import catalogue, finding
from pipeline.model.grouping import NAMED
from pipeline.model.tables import frame
from pipeline.reply.readback import read_back
from pipeline.reply.slip import open_slips
from pipeline.reply.words import letter_text
from pipeline.tools import press
from tests.replies import FILE, FOUND, TALLY, Case, case

GOLDEN = Path(__file__).parent / "golden" / "slip.html"
SLIP = "phieu-sua/KT.pdf"
HOSTILE = "<script>x</script> \u202eđảo\u2066\r\nBcc: a@b.vn & «ngoặc» \x1b[31m"


def grids(html: str) -> list[str]:
    return re.findall(r'<table class="grid">.*?</table>', html, re.DOTALL)


def grid(html: str, n: int = 0) -> list[list[str]]:
    """Return a grid's rows as plain cells: letters, headings, then three rows; [] marks a cell."""
    rows = re.findall(r"<tr>(.*?)</tr>", grids(html)[n], re.DOTALL)
    cells = [re.findall(r'<t([hd])(?: class="([^"]*)")?>(.*?)</t[hd]>', row) for row in rows]
    return [
        [
            f"[{plain(text)}]" if tag == "d" and "at" in kind.split() else plain(text)
            for tag, kind, text in row
        ]
        for row in cells
    ]


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html).replace("\u00a0", " ")


def pdf_text(html: str) -> tuple[str, PdfReader]:
    reader = PdfReader(io.BytesIO(press.write_pdf(html)))
    text = " ".join(part.extract_text() for part in reader.pages)
    return " ".join(text.split()), reader


def test_the_slip_is_as_agreed() -> None:
    html = case().html[SLIP]
    if not GOLDEN.exists():
        GOLDEN.write_text(html, encoding="utf-8")
    assert html == GOLDEN.read_text(encoding="utf-8")


def test_the_first_words_are_the_verdict_and_the_parts_come_worst_first() -> None:
    html = case().html[SLIP]
    body = plain(html[html.index("<body") :])
    assert body.split("\n")[1] == "GỬI LẠI: 2 lỗi phải sửa, 2 lưu ý"
    assert re.findall(r"<h2>(.*?)</h2>", html) == [
        "Lỗi phải sửa (2)",
        "Cảnh báo: nên xem lại (1)",
        "Đã tự sửa: sai thì gửi bản sửa (1)",
    ]


def test_a_problem_says_where_what_and_what_to_do() -> None:
    text = plain(case().html[SLIP])
    assert "Trang «Nhiệm vụ», ô F7: «9O» không phải là số.\nGõ chữ số, ví dụ 9 hoặc 2,5." in text


def test_a_grid_has_the_senders_letters_and_numbers_and_marks_the_cell() -> None:
    html = case().html[SLIP]
    assert grid(html) == [
        ["", "B", "C", "D", "E", "F", "G", "H"],
        [
            *("", "Mã việc", "Việc và sản phẩm", "SL giao", "Hệ số (× tỷ lệ)"),
            *("SL hoàn thành", "Ngày xong", "Số lần chưa đạt CL"),
        ],
        ["6", "KT-01", "Báo cáo tháng", "3", "2,4", "2", "09/11/2026", "0"],
        ["7", "KT-02", "Công văn", "9", "1", "[9O]", "10/11/2026", "0"],
        ["8", "KT-03", "Kế hoạch năm", "1", "2,8", "1", "", ""],
    ]


def test_an_empty_cell_is_framed_and_a_left_out_row_keeps_its_place_in_the_numbers() -> None:
    rows = grid(case().html[SLIP], 1)
    assert [row[0] for row in rows[2:]] == ["7", "8", "10"]
    assert rows[3][rows[1].index("Ngày xong")] == "[(trống)]"


@pytest.mark.parametrize(("row", "numbers"), [(6, ["6", "7", "8"]), (10, ["7", "8", "10"])])
def test_at_either_end_of_the_sheet_there_are_three_rows_too(row: int, numbers: list[str]) -> None:
    html = case([("K409", "evidence", row, "", "")]).html[SLIP]
    assert [line[0] for line in grid(html)[2:]] == numbers


def test_a_cell_without_a_value_shows_what_its_sender_sees() -> None:
    sheet = """
        5 | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú
        6 | KT-01   | #DIV/0!       | =B9       |                    |            |
    """
    found = [("K308", "completed", 6, "#DIV/0!", ""), ("K307", "finished", 6, "", "")]
    html = case(found, sheet).html[SLIP]
    assert grid(html)[2] == ["6", "KT-01", "#DIV/0!", "[(công thức)]", "", ""]
    assert grid(html, 1)[2][:4] == ["6", "KT-01", "[#DIV/0!]", "(công thức)"]


@pytest.mark.parametrize(
    ("code", "cell", "value"),
    [
        ("K313", "=SUM(B7:B8) -> 11", "11"),
        ("K321", "=TODAY()-46000 -> 333", "333"),
    ],
)
def test_a_cell_that_was_not_counted_shows_what_stands_in_it(code, cell, value):
    sheet = f"""
        5 | Mã việc | SL hoàn thành | Ngày xong
        6 | KT-01   | {cell} |
        7 | KT-02   | 4 | 2026-11-09
        8 | KT-03   | 5 | 2026-11-09
    """
    html = case([(code, "completed", 6, value, "9")], sheet).html[SLIP]
    assert grid(html)[2] == ["6", "KT-01", f"[{value}]", ""]


def test_dates_and_figures_are_never_cut_and_long_texts_are() -> None:
    sheet = f"""
        5 | Mã việc | Việc và sản phẩm | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú
        6 | KT-01   | {"rà soát " * 40} | 123456.25 | 2026-11-09 | | {"a" * 90} |
    """
    (_, _, row) = grid(case([("K409", "evidence", 6, "", "")], sheet).html[SLIP])
    assert row[3] == "09/11/2026"
    assert row[2].endswith("…")
    assert len(row[2]) < 40
    assert row[-2].startswith("[aaa")
    assert "123.456,25" in grid(case([("K301", "completed", 6, "x", "")], sheet).html[SLIP])[2][3]


ELEVEN = [
    ("K301", "completed", 6, "9O", ""),
    ("K302", "finished", 6, "giữa tháng", ""),
    ("K310", "rework", 6, "1,5", ""),
    ("K309", "completed", 7, "1.234", "1234 hay 1,234"),
    ("K403", "completed", 8, "4", "3"),
    ("K404", "finished", 7, "30/10/2026", "02/11/2026"),
    ("K405", "finished", 8, "17/11/2026", "15/11/2026"),
    ("K407", "completed", 10, "", "10/11/2026"),
    ("K408", "task_id", 8, "KT-03", "22"),
    ("K507", "task_id", 10, "KT-30", ""),
    ("K401", "finished", 10, "2", ""),
]


@pytest.mark.parametrize(("problems", "drawn"), [(4, 4), (8, 3), (11, 2)])
def test_only_as_many_grids_are_dropped_as_the_page_asks_for(problems: int, drawn: int) -> None:
    html = case(ELEVEN[:problems]).html[SLIP]
    assert len(grids(html)) == drawn
    assert len(pdf_text(html)[1].pages) == 1


def test_what_has_no_cell_has_no_grid() -> None:
    place = {"unit": "KT", "file": FILE}
    found = [
        finding("K201", **place, value="CCHC"),
        finding("K506", **place, sheet="Nhiệm vụ", value="KT-09"),
    ]
    html = case((), findings=found).html[SLIP]
    assert grids(html) == []
    assert f"Tệp «{FILE}»: Thiếu trang «CCHC»." in plain(html)
    assert "Trang «Nhiệm vụ»: Thiếu dòng việc KT-09 đã giao." in plain(html)


HEADINGS = "5 | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú"


def many(count: int, codes: Iterable[tuple[str, str]] = (("K301", "completed"),)) -> Case:
    """Return a unit with the same faults in every one of many rows."""
    lines = [HEADINGS, *(f"{n} | KT-{n} | 9O | giữa tháng | | | " for n in range(6, 6 + count))]
    found = [(code, field, n, "9O", "") for n in range(6, 6 + count) for code, field in codes]
    return case(found, "\n".join(lines))


def test_like_faults_are_told_once_with_every_place() -> None:
    html = many(40).html[SLIP]
    assert len(grids(html)) == 1
    assert plain(html).count("không phải là số") == 1
    assert "và 39 ô nữa: B7–B45" in plain(html)
    assert "GỬI LẠI: 40 lỗi phải sửa" in html


def test_of_a_great_many_places_sixty_are_named_and_the_rest_counted_and_told_in_the_letter() -> (
    None
):
    rows = range(6, 406, 2)
    lines = [HEADINGS, *(f"{n} | KT-{n} | 9O | giữa tháng | | | " for n in range(6, 406))]
    made = case([("K301", "completed", n, "9O", "") for n in rows], "\n".join(lines))
    text = plain(made.html[SLIP])
    assert f"B{6 + 2 * NAMED} … và {199 - NAMED} ô, kể đủ trong thư" in text
    letter = letter_text(open_slips(made.result)[0])
    assert re.findall(r"B\d+", letter) == [f"B{n}" for n in rows]


def test_removed_lines_are_named_by_what_they_are() -> None:
    place = {"unit": "KT", "file": FILE, "sheet": "Nhiệm vụ"}
    found = [finding("K506", **place, value=f"KT-0{n}") for n in range(5, 9)]
    text = plain(case((), findings=found).html[SLIP])
    assert "Thiếu dòng việc KT-05 đã giao." in text
    assert "và 3 chỗ nữa: KT-06, KT-07, KT-08" in text


def test_a_unit_without_findings_has_no_slip_nor_has_one_that_sent_nothing() -> None:
    silent = [{"unit": "YT", "name": "Trạm Y tế", "status": "Chưa nộp"}]
    office = [
        finding("K117", unit="YT"),
        finding("K118", unit="KT", file=FILE, value="16:30:00 ngày 16/11/2026"),
        finding("K712", unit="KT", file="tham-dinh.xlsx", value="KT-01"),
    ]
    assert case((), units=silent, findings=office).html == {}


def test_a_unit_whose_only_file_was_refused_is_told_so() -> None:
    units = [{"unit": "YT", "name": "Trạm Y tế", "status": "Chưa nộp"}]
    refused = {"unit": "YT", "file": "y te.xlsx", "received": "16/11/2026 09:00", "late": "không"}
    found = [
        finding("K117", unit="YT"),
        finding(
            "K110", unit="YT", file="y te.xlsx", value="2026-10-K2", fact="kỳ 1 tháng 11 năm 2026"
        ),
    ]
    html = case(units=units, submissions=[refused | {"status": "từ chối"}], findings=found).html[
        "phieu-sua/YT.pdf"
    ]
    text = plain(html)
    assert "GỬI LẠI: 1 lỗi phải sửa\n" in text
    assert "Tệp «y te.xlsx», nhận lúc 16/11/2026 09:00: từ chối." in text
    assert "Chưa có bản nào dùng được." in text
    assert "chưa nhận được phiếu" not in text


def test_a_version_that_waits_stands_beside_the_one_in_use() -> None:
    newer = {"unit": "KT", "file": "KT 3.xlsx", "received": "16/11/2026 17:00", "late": "có"}
    found = [finding("K114", unit="KT", file="KT 3.xlsx", fact="6")]
    waiting = newer | {"version": 3, "status": "chờ xác nhận"}
    text = plain(case((), submissions=[waiting], findings=found).html[SLIP])
    assert f"Tệp «{FILE}», nhận lúc 16/11/2026 16:47, bản thứ 2: đang dùng." in text
    assert "Tệp «KT 3.xlsx», nhận lúc 16/11/2026 17:00, bản thứ 3, nộp chậm: chờ xác nhận." in text
    assert "để trống 6 ô" in text


def test_after_the_verification_a_slip_no_longer_names_its_day() -> None:
    made = case().result
    assert "gửi lại cả tệp chậm nhất ngày 17/11/2026." in plain(case().html[SLIP])
    past = made.meeting | {"verification_until": date(2026, 11, 16)}
    assert "gửi lại cả tệp ngay." in plain(case(meeting=past).html[SLIP])


def test_nothing_a_sender_types_becomes_markup_or_turns_the_line() -> None:
    sheet = """
        5 | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú
        6 | KT-01   | <b>9</b>\u202e | | | | "<script>x</script>"
    """
    html = case(
        [("K301", "completed", 6, HOSTILE, "")], sheet, name=HOSTILE, file="<i>\u202ea.xlsx"
    ).html[SLIP]
    assert "<script" not in html
    assert "<i>\u202e" not in html
    assert not re.search("[\u202e\u2066\x1b]", html)
    assert "&lt;b&gt;9&lt;/b&gt;" in html


# --- the receipt


@pytest.mark.parametrize(
    ("counts", "repaired", "said"),
    [
        (
            {},
            0,
            "Đọc được 4 dòng việc được giao: 3 dòng đã ghi số lượng, "
            "2 dòng ghi đủ số lượng giao (2/4 dòng = 50,0 %).",
        ),
        (
            {"hidden_rows": 2, "used": 14, "complete": 12, "with_quantity": 12},
            3,
            "Đọc được 14 dòng việc được giao: 12 dòng đã ghi số lượng, 12 dòng ghi đủ số lượng giao "
            "(12/14 dòng = 85,7 %); 2 dòng bị ẩn vẫn đọc; tự sửa 3 chỗ.",
        ),
        (
            {"used": 0, "complete": 0, "with_quantity": 0},
            0,
            "Không đọc được dòng việc được giao nào.",
        ),
    ],
)
def test_the_receipt_reads_back_counts(counts: dict, repaired: int, said: str) -> None:
    tallies = [{"sheet": "NHIỆM VỤ ", **TALLY, **counts}]
    assert read_back(tallies, [{"code": "K312"}] * repaired) == said


def test_without_a_sheet_there_is_nothing_to_read_back() -> None:
    assert read_back([], [{"code": "K101"}]) == ""


def test_quantities_are_counted_as_typed_sheet_by_sheet() -> None:
    rows = """
        KT-01 | 3 | 3
        KT-02 | 3 | 2
        KT-03 | 3 | 0
        KT-04 | 3 |
        KT-05 | 0 | 0
    """
    cells = [[cell.strip() for cell in line.split("|")] for line in rows.strip().splitlines()]
    place = {"file": FILE, "sheet": "Nhiệm vụ", "person": "CB1"}
    reported = [
        {**place, "task_id": task, "completed": int(done) if done else None}
        for task, _, done in cells
    ]
    more = {**place, "sheet": "Phát sinh", "task_id": "PS-01", "completed": 1, "assigned": 1}
    tables = {
        "reported": frame(reported, reported[0]),
        "unplanned": frame([more, {**more, "completed": None}], more),
    }
    given = [{"task_id": task, "person": "CB1", "assigned": int(n)} for task, n, _ in cells]
    tallies = [
        {"file": FILE, "sheet": "Nhiệm vụ", "hidden": "8, 9", "used": 6, "set_aside": 1},
        {"file": FILE, "sheet": "Phát sinh", "hidden": ""},
        {"file": "other.xlsx", "sheet": "Nhiệm vụ", "hidden": "7", "used": 0, "set_aside": 0},
    ]
    counted = count_quantities(tallies, tables, given)
    assert (counted[0]["used"], counted[0]["set_aside"]) == (5, 2)  # one row answers no line
    assert [(r["hidden_rows"], r["with_quantity"], r["complete"]) for r in counted] == [
        (2, 4, 1),
        (0, 1, 1),
        (1, 0, 0),
    ]


# --- printed


def test_a_slip_is_one_tagged_page_in_vietnamese_that_reads_as_it_was_written() -> None:
    text, reader = pdf_text(case().html[SLIP])
    assert len(reader.pages) == 1
    assert text.startswith("GỬI LẠI: 2 lỗi phải sửa, 2 lưu ý Phòng Kinh tế (KT), kỳ 1 tháng 11")
    assert "Trang «Nhiệm vụ», ô G8: Có số lượng hoàn thành 1 mà chưa ghi ngày xong." in text
    assert "mã bản in 7F3A" in text
    assert "Trang 1/1" in text
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "Phiếu sửa kỳ 1 tháng 11 năm 2026, Phòng Kinh tế"
    assert b"pdfaid" in root["/Metadata"].get_data()


def test_the_same_slip_has_the_same_bytes() -> None:
    assert press.write_pdf(case().html[SLIP]) == press.write_pdf(case().html[SLIP])


KINDS = [
    (code, "completed")
    for code in ("K301", "K303", "K304", "K307", "K309", "K403", "K407", "K409", "K501", "K503")
]
LONG = "Ban " + "quản lý dự án đầu tư " * 19
PAGES = {
    "sixty alike": lambda: many(60),
    "five thousand": lambda: many(5_000),
    "ten kinds everywhere": lambda: many(60, KINDS),
    "every kind there is": lambda: case(
        [
            (code, "completed", 6, *(str(entry.example.get(k, "")) for k in ("value", "fact")))
            for code, entry in catalogue().items()
            if code[:2] in ("K3", "K4", "K5", "K6")
        ]
    ),
    "a name of 400 letters": lambda: case(name=LONG, file=f"{'W' * 200}.xlsx"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_slip_is_one_page_whatever_there_is_to_say(kind: str) -> None:
    text, reader = pdf_text(PAGES[kind]().html[SLIP])
    assert len(reader.pages) == 1
    assert "Trang 1/1" in text
    assert text.startswith("GỬI LẠI: ")


def test_what_a_page_has_no_room_for_is_counted() -> None:
    made = PAGES["every kind there is"]()
    text = plain(made.html[SLIP])
    told = re.findall(r"Còn (\d+) loại vấn đề nữa ở (\d+) chỗ, kể đủ trong thư", text)
    assert told
    shown = text.count("Trang «Nhiệm vụ», ô F6") + text.count("Trang «Nhiệm vụ», dòng 6")
    assert shown + sum(int(places) for _, places in told) == len(
        open_slips(made.result)[0].findings
    )


def test_the_severity_of_every_part_is_said_once() -> None:
    html = case(FOUND[:1]).html[SLIP]
    assert plain(html).count("«9O» không phải là số.") == 1
