"""The sheet each person gets before the meeting: own lines, arithmetic, a petition to tear off."""

import io
import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from pipeline import archive, cli
from pipeline.cycle.sheets import print_sheets
from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.tables import CycleResult, records
from pipeline.packet import compose_sheets
from pipeline.tools import press
from pipeline.tools.worker import find, finished, unheard
from tests.factory import make_result
from tests.helpers import Inline, silent

GOLDEN = Path(__file__).parent / "golden" / "sheet.html"
LONG = "Nguyễn Thị Hoàng Phương Thảo " * 14
HOSTILE = "<script>x</script> \u202eđảo\u2066 & «ngoặc» \x1b[31m"
LINE = {
    **{"unit": "KT", "task_id": "KT-01", "person": "KT01", "person_name": "Lê An"},
    **{"kind": "kế hoạch", "carried": 2, "task": "Lập báo cáo", "due": date(2026, 11, 10)},
    **{"finished": date(2026, 11, 12), "assigned": Decimal(4), "completed_reported": Decimal(4)},
    **{"completed": Decimal(3), "delivered": Decimal(3), "state": "Sửa", "note": "mưa lũ"},
    **{"reason": "thiếu một bản", "standing": "xong chậm", "days_late": 2, "D": Decimal(3)},
    **{"arithmetic": "giao 1 × 4 = 4; xong 1 × 3 = 3; tiến độ −25 % × 1 → 2,25"},
}
PERSON = {
    **{"person": "KT01", "name": "Lê An", "unit": "KT", "position": "Chuyên viên"},
    **{"category": "công chức", "lines": 1, "on_time": 0, "late": 1, "overdue": 0},
    **{key: Decimal(rate) for key, rate in {"a": "0.75", "b": "0.75", "c": "0.5625"}.items()},
    "R": Decimal("0.6875"),
    "arithmetic": "ΣA = 1×4 = 4; a = ΣD/ΣA = 1×3/4 = 3/4 = 75,0 %; R = 68,8 %; −25 % × 1: KT-01 chậm",
}
UNIT = {"unit": "KT", "name": "Phòng Kinh tế"}


def made(lines: list[dict], people: list[dict], **tables: list[dict]) -> CycleResult:
    return make_result(tables={"lines": lines, "people": people, "units": [UNIT], **tables})


@cache
def one() -> str:
    claim = {"unit": "KT", "task_id": "KT-01", "person": "KT01", "aspect": "tiến độ"}
    result = made([LINE], [PERSON], claims=[claim | {"state": "đề nghị"}])
    return compose_sheets(result)["KT01.pdf"]


def body(html: str) -> str:
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def pdf_text(html: str) -> tuple[str, PdfReader]:
    reader = PdfReader(io.BytesIO(press.write_pdf(html)))
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u00a0", " ").split()), reader


def test_a_sheet_tells_the_counts_the_group_put_in_place_of_the_reported_ones() -> None:
    late = LINE | {"finished": LINE["due"], "lateness_accepted": 1, "rework_accepted": 0}
    html = compose_sheets(made([late], [PERSON]))["KT01.pdf"]
    assert "Tổ công tác: Sửa (chưa đạt CL 0 lần, chậm 1 lần): thiếu một bản" in html


def test_the_sheet_is_as_agreed() -> None:
    if not GOLDEN.exists():
        GOLDEN.write_text(body(one()), encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} is written anew: read it before it is kept")
    assert body(one()) == GOLDEN.read_text(encoding="utf-8")


def test_a_sheet_is_an_a5_page_with_lines_arithmetic_and_petition() -> None:
    text, reader = pdf_text(one())
    (page,) = reader.pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [148, 210]
    assert "PHIẾU KẾT QUẢ CÔNG VIỆC CÁ NHÂN Kỳ 1 tháng 11 năm 2026 (01/11–15/11/2026)" in text
    assert "Lê An (KT01), Chuyên viên, công chức Phòng Kinh tế" in text
    assert "a = ΣD/ΣA = 1×3/4 = 3/4 = 75,0 %; R = 68,8 %; −25 % × 1: KT-01 chậm" in text
    assert "KT-01 chuyển lần 2 Lập báo cáo" in text
    assert "hạn 10/11, xong 12/11; " in text
    assert "tiến độ −25 % × 1 → 2,25. Tổ công tác: Sửa: thiếu một bản. Loại trừ tiến độ: đề" in text
    assert "đủ 1/1 dòng" in text
    assert "số liệu kỳ 1 tháng 11 năm 2026, mã bản in 7F3A" in text
    assert "trong bảy ngày làm việc (Điều 22 Nghị định 335/2025/NĐ-CP)" in text
    assert "Trang 1/1" in text
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_many_lines_run_on_and_the_petition_is_never_parted() -> None:
    lines = [LINE | {"task_id": f"KT-{n:02d}"} for n in range(1, 41)]
    text, reader = pdf_text(compose_sheets(made(lines, [PERSON | {"lines": 40}]))["KT01.pdf"])
    assert [f"KT-{n:02d} chuyển lần 2" in text for n in range(1, 41)] == [True] * 40
    assert "đủ 40/40 dòng" in text
    assert f"Trang {len(reader.pages)}/{len(reader.pages)}" in text
    pages = [page.extract_text() for page in reader.pages]
    assert ["PHIẾU KIẾN NGHỊ" in page for page in pages] == ["NGƯỜI NHẬN" in p for p in pages]
    assert all("Được tính" in page for page in pages[:-1])


def test_a_petition_without_room_below_the_lines_fills_a_page_of_its_own() -> None:
    def pages(count: int) -> list[str]:
        lines = [LINE | {"task_id": f"KT-{n:02d}"} for n in range(1, count + 1)]
        sheet = compose_sheets(made(lines, [PERSON | {"lines": count}]))["KT01.pdf"]
        assert ("cắt theo đường này" in sheet) is ("petition alone" not in sheet)
        return [page.extract_text() for page in pdf_text(sheet)[1].pages]

    (only,) = pages(2)
    assert "cắt theo đường này" in only
    (_, last) = pages(4)
    assert "PHIẾU KIẾN NGHỊ" in last
    assert not {"cắt theo đường này", "Được tính"} & set(last.splitlines())
    (_, last) = pages(9)
    assert "cắt theo đường này" in last


def test_who_has_no_lines_is_told_so_on_one_page() -> None:
    nothing = dict.fromkeys("abcR") | {"arithmetic": "ΣA = 0: chưa đủ dữ liệu", "lines": 0}
    text, reader = pdf_text(compose_sheets(made([], [PERSON | nothing]))["KT01.pdf"])
    assert len(reader.pages) == 1
    assert "ΣA = 0: chưa đủ dữ liệu" in text
    assert "Kỳ này không có dòng nhiệm vụ nào mang tên người này." in text
    assert "R, %" not in text


def test_a_unit_that_did_not_report_prints_no_figure_of_its_people() -> None:
    blank = {
        "standing": "chưa nộp",
        "completed_reported": None,
        "completed": None,
        "finished": None,
    }
    blank |= {"delivered": Decimal(0), "arithmetic": "chưa nộp; giữ A = 1 × 4 = 4", "state": ""}
    words = "đơn vị chưa nộp báo cáo, không tính tỷ lệ"
    person = PERSON | dict.fromkeys("abcR") | {"arithmetic": words}
    text, _ = pdf_text(compose_sheets(made([LINE | blank], [person]))["KT01.pdf"])
    assert f"Cách tính. {words}" in text
    assert "4 – – ▒ chưa nộp" in text
    assert "R, %" not in text


def test_names_of_400_characters_leave_no_page_and_no_frame() -> None:
    row = LINE | dict.fromkeys(("task", "note", "reason", "arithmetic"), LONG)
    result = made([row], [PERSON | dict.fromkeys(("name", "position", "category"), LONG)])
    text, reader = pdf_text(compose_sheets(result)["KT01.pdf"])
    assert len(reader.pages) <= 2
    assert "NGƯỜI NHẬN" in text
    for page in reader.pages:
        assert float(page.mediabox[2]) < 421  # nothing made the page wider


def test_nothing_typed_becomes_markup_or_turns_the_line() -> None:
    row = LINE | dict.fromkeys(("task", "note", "reason", "arithmetic", "state"), HOSTILE)
    person = PERSON | {"name": HOSTILE, "position": HOSTILE, "arithmetic": HOSTILE}
    html = compose_sheets(made([row], [person]))["KT01.pdf"]
    assert "<script" not in html
    assert not re.search("[\u202e\u2066\x1b]", html)


def test_everybody_has_a_sheet_by_unit_with_all_own_lines() -> None:
    result = make_result()
    sheets = compose_sheets(result)
    people = records(result.tables["people"])
    assert list(sheets) == [f"{row['person']}.pdf" for row in people]
    for row in records(result.tables["lines"]):
        assert f">{row['task_id']}</b>" in sheets[f"{row['person']}.pdf"]


# --- all in one


def printed(pages: list[str], title: str) -> list[bytes]:
    """Return each page printed, and last all in one."""
    return finished(press.write_pdfs(pages, title), unheard)


def test_all_in_one_has_a_bookmark_a_person_and_each_one_its_own_page_numbers() -> None:
    second = PERSON | {"person": "KT02", "name": "Võ Bình", "lines": 12}
    lines = [LINE, *(LINE | {"person": "KT02", "task_id": f"KT-{n}"} for n in range(12))]
    sheets = compose_sheets(made(lines, [PERSON, second]))
    *single, whole = printed(list(sheets.values()), "Phiếu cá nhân kỳ 1")
    reader = PdfReader(io.BytesIO(whole))
    pages = [len(PdfReader(io.BytesIO(pdf)).pages) for pdf in single]
    assert len(reader.pages) == sum(pages)
    assert reader.metadata.title == "Phiếu cá nhân kỳ 1"
    assert [(mark.title, reader.get_destination_page_number(mark)) for mark in reader.outline] == [
        ("KT01 Lê An", 0),
        ("KT02 Võ Bình", pages[0]),
    ]
    assert f"Trang 1/{pages[1]}" in reader.pages[pages[0]].extract_text()
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_laid_out_once_or_alone_a_sheet_has_the_same_bytes() -> None:
    html = one()
    first, _ = printed([html], "Tất cả")
    assert first == press.write_pdf(html)


# --- the command


def stored(tmp_path: Path, result: CycleResult) -> Path:
    place = tmp_path / "2026-11-K1"
    place.mkdir()
    (place / "result.json").write_bytes(archive.result_json(result))
    return tmp_path


def test_the_sheets_are_printed_from_the_stored_result(tmp_path: Path) -> None:
    output = stored(tmp_path, made([LINE], [PERSON]))
    press, heard = Inline(find("pipeline.tools.press:answer")), []
    cycle = parse_cycle("2026-11-K1")
    told = print_sheets(tmp_path, output, cycle, press, lambda *far: heard.append(far[1:]))
    assert heard == [(0, 1), (1, 1)]  # how many sheets are printed
    folder = output / "2026-11-K1" / "phieu-ca-nhan"
    assert sorted(path.name for path in folder.iterdir()) == ["KT01.pdf", "tat-ca.pdf"]
    assert told == [f"Phiếu cá nhân của 1 người: {folder}; cả tập để in: {folder / 'tat-ca.pdf'}"]
    assert (output / "2026-11-K1" / "result.json").is_file()


def test_a_cycle_without_people_prints_nothing(tmp_path: Path) -> None:
    output = stored(tmp_path, made([], []))
    with pytest.raises(InputError, match="không có ai"):
        print_sheets(tmp_path, output, parse_cycle("2026-11-K1"), Inline(), silent)
    assert not (output / "2026-11-K1" / "phieu-ca-nhan").exists()


def test_a_cycle_that_was_not_made_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "data" / "ky" / "2026-11-K1").mkdir(parents=True)
    folders = ["--data", str(tmp_path / "data"), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(cli.main, [*folders, "sheets"])
    assert done.exit_code == 2
    assert "chưa tổng hợp; chạy: make cycle CYCLE=2026-11-K1" in done.output
