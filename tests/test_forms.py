"""Mẫu 01 of a month: the form of every civil servant as far as it is known, page and workbook."""

import io
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from pipeline import VERSION, archive, cli
from pipeline.cycle.forms import print_forms
from pipeline.cycle.period import make_period
from pipeline.model.criteria import GENERAL_GROUPS, general_criteria
from pipeline.model.findings import InputError
from pipeline.model.period import parse_period
from pipeline.model.tables import CycleResult, PeriodResult, result_table
from pipeline.packet import compose_forms, form_workbooks
from pipeline.scoring.periods import score_period
from pipeline.scoring.periods.forms import form_criteria
from pipeline.tools import disk, press
from pipeline.tools.worker import find
from tests.helpers import Inline, silent
from tests.months import PEOPLE, cycle_result

GOLDEN = Path(__file__).parent / "golden" / "form.html"
MONTH = parse_period("2026-11")
LONG = "Nguyễn Thị Hoàng Phương Thảo " * 14
HOSTILE = "<script>x</script> {0} \u202eđảo\u2066 & «ngoặc» \x1b[31m =1+1"
LINES = """
    task  | person | k   | g | done | due        | l
    KT-01 | A      | 1   | 5 | 4    | 2026-11-15 | 1
    KT-02 | A      | 2.7 | 3 | 3    | 2026-11-10 | 0
    KT-03 | B      | 2   | 2 | 2    | 2026-11-20 | 0
"""
LATER = "task | person | k | g | done | due"
LEADERS = PEOPLE | {
    "A": {"name": "Trần An", "leader": "cấp trưởng"},
    "B": {"name": "Lê Bình", "supervisor": "A"},
}
FULL = {code: most for code, (_, _, most) in general_criteria().items()}


def marks(**scores: object) -> list[dict]:
    """Return the general table: everybody named has full marks but for what is given."""
    return [
        {"person": who, "criterion": code, "self_score": most, "accepted_score": most, "reason": ""}
        | own.get(code, {})
        for who, own in scores.items()
        for code, most in FULL.items()
    ]


def cycles(people: dict = PEOPLE, general: list[dict] | None = None, **more: object) -> list:
    """Return the results of a month's two cycles."""
    first = cycle_result("2026-11-K1", LINES, people=people)
    last = cycle_result("2026-11-K2", LATER, people=people, **more)
    if general is not None:
        last.tables["general"] = result_table("general", general)
    return [first, last]


def month(results: list[CycleResult]) -> tuple[PeriodResult, dict]:
    result = make_period(MONTH, results, score_period(results, MONTH), None)
    last = [made for made in results if made.cycle == "2026-11-K2"]
    return result, form_criteria(last[0].tables["general"] if last else None)


def usual() -> tuple[PeriodResult, dict]:
    changed = {"accepted_score": Decimal("1.5"), "reason": "còn một việc chậm trả lời"}
    return month(cycles(general=marks(A={"5": changed}, B={})))


def leading(**levels: object) -> tuple[PeriodResult, dict]:
    given = {"A": {"đ": 100, "e": 50} | levels}
    return month(cycles(LEADERS, marks(A={}, B={}, C={}), levels=given))


def pdf_text(html: str) -> tuple[str, PdfReader]:
    reader = PdfReader(io.BytesIO(press.write_pdf(html)))
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u00a0", " ").split()), reader


# --- the general part


def test_groups_hold_every_criterion_once_and_thirty_points() -> None:
    assert [code for _, _, codes in GENERAL_GROUPS for code in codes] == list(general_criteria())
    rows = form_criteria(None)[""]
    assert [(row["number"], row["most"]) for row in rows if row["kind"]] == [
        *(("I", 10), ("II", 10), ("III", 10)),
        ("", 30),
    ]
    assert {row["self_score"] for row in rows} == {None}


def test_sums_are_those_of_the_parts_and_missing_while_one_is() -> None:
    blank = {"self_score": None, "accepted_score": Decimal("2.5")}
    table = result_table("general", marks(A={"4": blank, "9": {"accepted_score": Decimal("0.25")}}))
    rows = {row["number"]: row for row in form_criteria(table)["A"] if row["kind"]}
    assert [rows[n]["self_score"] for n in ("I", "II", "III", "")] == [10, None, 10, None]
    assert [rows[n]["accepted_score"] for n in ("I", "II", "III", "")] == [
        *(10, 10, Decimal("7.75")),
        Decimal("27.75"),
    ]


# --- the page


def test_the_form_is_as_agreed() -> None:
    html = re.sub(r"<style>.*?</style>", "", compose_forms(*usual())["A.pdf"], flags=re.DOTALL)
    html = html.replace(usual()[0].print_code, "7F3A").replace(f"sauro {VERSION}", "sauro")
    if not GOLDEN.exists():
        GOLDEN.write_text(html, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} is written anew: read it before it is kept")
    assert html == GOLDEN.read_text(encoding="utf-8")


def test_the_form_has_the_parts_of_the_decrees_form() -> None:
    text, reader = pdf_text(compose_forms(*usual())["A.pdf"])
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    assert len(reader.pages) == 2
    assert text.count("Mẫu 01") == 3  # the form's own mark, and in both footers
    assert "PHIẾU THEO DÕI, ĐÁNH GIÁ CÔNG CHỨC Tháng 11 năm 2026" in text
    assert "Họ và tên: Trần An (A) Chức vụ, chức danh: Chuyên viên" in text
    assert "TT Tiêu chí chấm điểm Điểm tối đa Điểm cá nhân tự chấm I Phẩm chất chính trị" in text
    assert "3 Tinh thần trách nhiệm trong thực thi công vụ 2,5 2,50 4 Thái độ" in text
    assert re.search(r"Cộng 30,0 30,00 (?!29)", text)
    confirmed = "Tiêu chí chung được xác nhận 29,00 điểm. Tiêu chí II.3: 2,50 → 1,50 (còn một việc"
    assert f"6. Nhận xét, xác nhận của cấp có thẩm quyền {confirmed}" in text
    assert "1 Điểm tiêu chí chung 30 29,00" in text
    assert "Tỷ lệ số lượng công việc, sản phẩm (a) 92,4 %" in text
    assert "(d)" not in text
    for part in ("4. Ưu điểm", "5. Hạn chế, khuyết điểm", "6. Nhận xét, xác nhận", "(ký, ghi rõ"):
        assert part in text
    assert "chưa phải xếp loại" in text
    assert "Trang 1/2" in text
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_the_printed_points_are_the_stored_ones() -> None:
    result, criteria = usual()
    row = next(row for row in result.tables["people"].to_dict("records") if row["person"] == "A")
    text, _ = pdf_text(compose_forms(result, criteria)["A.pdf"])
    assert f"3 Tổng điểm (mức tham khảo: {row['band']}) 100 {row['score_shown']}" in text
    points = f"{row['result_points']:.2f}".replace(".", ",")
    assert f"2 Điểm kết quả: R × 70 70 {points}" in text


def test_a_leader_has_six_parts() -> None:
    text, _ = pdf_text(compose_forms(*leading())["A.pdf"])
    assert "Kết quả hoạt động của đơn vị, lĩnh vực phụ trách (d) 100,0 %" in text
    assert "Khả năng tổ chức triển khai thực hiện nhiệm vụ (đ) 100,0 %" in text
    assert "Khả năng tập hợp, đoàn kết công chức (e) 50,0 %" in text
    assert "R = (a + b + c + d + đ + e)/6" in text


def test_a_leader_reads_why_the_own_criteria_stand_as_they_do() -> None:
    levels = [
        {"person": "A", "criterion": "đ", "value": 50, "reason": "chậm phân công"},
        {"person": "A", "criterion": "e", "value": None, "reason": "chưa có mức"},
        {"person": "B", "criterion": "đ", "value": 100, "reason": "của người khác"},
    ]
    html = compose_forms(*leading(e=None), levels)["A.pdf"].replace("\u00a0", " ")
    assert "Tiêu chí đ: 50 % (chậm phân công)." in html
    assert "chưa có mức" not in html
    assert "của người khác" not in html


def test_what_is_not_known_is_dots_and_the_note_says_why() -> None:
    text, _ = pdf_text(compose_forms(*leading(e=None))["A.pdf"])
    assert "Khả năng tập hợp, đoàn kết công chức (e) …" in text
    assert "R = (a + b + c + d + đ + e)/6 …" in text
    assert "3 Tổng điểm 100 …" in text
    assert "chưa có R: thiếu e" in text


def test_without_the_months_last_cycle_the_general_part_is_blank() -> None:
    results = [cycle_result("2026-11-K1", LINES)]
    text, _ = pdf_text(compose_forms(*month(results))["A.pdf"])
    assert re.search("Cộng 30,0 … (?!…)", text)
    assert "được xác nhận" not in text
    assert "3 Tổng điểm 100 …" in text


def test_a_score_cut_below_a_band_shows_parts_that_do_not_add_up_above_it() -> None:
    result, criteria = usual()
    rows = result.tables["people"].to_dict("records")
    cut = {"general": Decimal(30), "result_points": Decimal("59.996"), "score": Decimal("89.996")}
    rows[0] |= cut | {"score_shown": "89,99", "band": "từ 70 đến dưới 90"}
    result.tables["people"] = result_table("people", rows, "period")
    text, _ = pdf_text(compose_forms(result, criteria)["A.pdf"])
    assert "R × 70 70 59,9960" in text
    assert "100 89,99" in text
    sheet = openpyxl.load_workbook(io.BytesIO(form_workbooks(result, criteria)["A.xlsx"])).active
    rows = {row[0]: row[4:] for row in sheet.iter_rows(min_row=21, values_only=True) if row[0]}
    assert rows["2"] == (59.996, "59,9960")
    assert rows["3"] == (89.99, "89,99")


def test_only_who_is_scored_has_a_form() -> None:
    result, criteria = usual()
    assert list(compose_forms(result, criteria)) == ["C.pdf", "A.pdf", "B.pdf"]
    assert list(form_workbooks(result, criteria)) == ["C.xlsx", "A.xlsx", "B.xlsx"]


def test_long_and_hostile_names_stay_text_on_two_or_three_pages() -> None:
    for name in (LONG, HOSTILE):
        people = PEOPLE | {"A": {"name": name, "position": name}}
        table = marks(A={"1": {"accepted_score": Decimal(1), "reason": name}})
        made = month(cycles(people, table))
        html = compose_forms(*made)["A.pdf"]
        assert "<script" not in html
        assert not re.search("[\u202e\u2066\x1b]", html)
        text, reader = pdf_text(html)
        assert len(reader.pages) in (2, 3)
        assert "CẤP CÓ THẨM QUYỀN ĐÁNH GIÁ" in text
        book = openpyxl.load_workbook(io.BytesIO(form_workbooks(*made)["A.xlsx"]))
        assert {cell.data_type for row in book["Mẫu 01"] for cell in row} <= {"s", "n"}


# --- the workbook


def test_the_workbook_holds_the_same_figures() -> None:
    book = openpyxl.load_workbook(io.BytesIO(form_workbooks(*usual())["A.xlsx"]))
    page = book["Mẫu 01"]
    assert page.page_setup.orientation in (None, "portrait")
    head, *rows = page.iter_rows(min_row=6, values_only=True)
    assert head[:5] == (
        *("TT", "Tiêu chí chấm điểm", "Điểm tối đa", "Điểm cá nhân tự chấm"),
        "Kết quả",
    )
    by_title = {row[1]: row for row in rows}
    assert by_title["Cộng"][2:5] == (30, 30, None)
    changed = "được xác nhận: 2,50 → 1,50 (còn một việc chậm trả lời)"
    words = "Tinh thần trách nhiệm trong thực thi công vụ"
    assert by_title[words][2:] == (2.5, 2.5, None, changed)
    assert by_title["Điểm tiêu chí chung"][4] == 29
    assert by_title["Tỷ lệ số lượng công việc, sản phẩm (a)"][5] == "92,4 %"
    assert "4. Ưu điểm" in by_title
    assert page["A2"].value == "Họ và tên: Trần An (A)"


def test_the_same_month_has_the_same_bytes() -> None:
    assert form_workbooks(*usual()) == form_workbooks(*usual())
    assert compose_forms(*usual()) == compose_forms(*usual())


# --- the command


def stored(place: Path, results: list[CycleResult], period: PeriodResult | None) -> Path:
    """Write results as their runs would; return the output folder."""
    files = [(made.cycle, "result.json", archive.result_json(made)) for made in results]
    if period:
        files.append((period.period, "ket-qua.json", archive.period_json(period)))
    for folder, name, data in files:
        disk.commit(
            place / folder, {name: data, disk.MANIFEST: disk.manifest({}, {name: data}, {})}
        )
    return place


def printer() -> Inline:
    return Inline(find("pipeline.tools.press:answer"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data" / "ky").mkdir(parents=True)
    return tmp_path / "data"


def test_the_forms_are_printed_one_by_one_and_all_in_one(data: Path, tmp_path: Path) -> None:
    results = cycles(general=marks(A={}, B={}))
    output = stored(tmp_path / "out", results, month(results)[0])
    told = print_forms(MONTH, data, output, printer(), silent)
    folder = output / "2026-11" / "mau-01"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("A.pdf", "A.xlsx", "B.pdf", "B.xlsx", "C.pdf", "C.xlsx", "tat-ca.pdf")
    ]
    assert told == [f"Mẫu 01 của 3 công chức: {folder}; cả tập để in: {folder / 'tat-ca.pdf'}"]
    reader = PdfReader(folder / "tat-ca.pdf")
    assert [mark.title for mark in reader.outline] == ["C Võ Cúc", "A Trần An", "B Lê Bình"]
    assert len(reader.pages) == 6
    assert (output / "2026-11" / "ket-qua.json").is_file()


def test_a_month_that_was_not_made_or_has_changed_says_what_to_run(
    data: Path, tmp_path: Path
) -> None:
    results = cycles(general=marks(A={}, B={}))
    output = stored(tmp_path / "out", results, None)
    with pytest.raises(InputError, match="chưa tổng hợp; chạy: make month MONTH=2026-11"):
        print_forms(MONTH, data, output, printer(), silent)
    stored(output, [], month(results)[0])
    stored(output, [cycle_result("2026-11-K1", LATER)], None)
    with pytest.raises(InputError, match="đã đổi từ lần tổng hợp tháng 11 năm 2026; chạy"):
        print_forms(MONTH, data, output, printer(), silent)
    assert not (output / "2026-11" / "mau-01").exists()


def test_a_month_in_which_nobody_is_scored_has_no_forms(data: Path, tmp_path: Path) -> None:
    results = cycles({"S": PEOPLE["S"]})
    output = stored(tmp_path / "out", results, month(results)[0])
    with pytest.raises(InputError, match="không có ai được chấm điểm"):
        print_forms(MONTH, data, output, printer(), silent)


def test_the_command_ends_with_2_where_there_is_no_month(data: Path, tmp_path: Path) -> None:
    folders = ["--data", str(data), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(cli.main, [*folders, "forms", "2026-11"])
    assert done.exit_code == 2
    assert len(done.output.splitlines()) == 1
