"""`sauro explain`: how a stored figure came about, and what a code means, told on a terminal."""

import random
import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline import archive, cli
from pipeline.history import read_result
from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import catalogue
from pipeline.model.tables import CycleResult, records
from pipeline.reply.codes import explain_code
from pipeline.reply.explain import explain_occurrences, explain_person, explain_task
from pipeline.reply.screen import WIDTH, block, near, table
from tests.factory import make_result, make_tables

HOSTILE = "\x1b[31m<b>\u202eđảo\u2066\r\nhai {dòng} %s"
TASK = """\
KT-01 · kỳ 1 tháng 11 năm 2026 · mã bản in 7F3A
───────────────────────────────────────────────
Lập báo cáo

Dòng của KT01 Lê An (1/2)
  Đơn vị            KT Phòng Kinh tế
  Loại việc         kế hoạch, chuyển lần 2
  Được giao         4 văn bản, hệ số 2,7, tỷ lệ 0,5, trừ theo dòng
  Sản phẩm          DC.01 Báo cáo
  Văn bản giao      TB 15/TB-UBND, ngày 30/10/2026
  Chịu trách nhiệm  Võ Bình
  Thẩm quyền duyệt  Chủ tịch UBND xã
  Hạn               10/11/2026
  Đơn vị báo cáo    4, xong 12/11/2026, chưa đạt chất lượng 1 lần
  Như đã gõ         số lượng «4 », ngày xong «12/11», lần chưa đạt «1»
  Minh chứng        BC 7/BC-UBND
  Ghi chú           mưa lũ
  Tổ công tác       Sửa; số lượng 3, lần chậm 0; lý do: thiếu một bản
  Đề nghị loại trừ  tiến độ: đề nghị; ngập đường; CĐ 21
  Tình trạng        xong chậm 2 ngày
  A, D, Q, P        A = 5,4 · D = 4,05 · Q = 3,0375 · P = 4,05
  Cách tính         giao 2,7 × 0,5 × 4 = 5,4; xong 2,7 × 0,5 × 3 = 4,05
  Chuyển kỳ sau     còn 1 văn bản, 1 lần chưa đạt chờ trừ
  Nguồn số liệu     tệp «phieu KT.xlsx», trang «Nhiệm vụ», dòng 6
  Vào tỷ lệ của     KT Phòng Kinh tế: a 75,0 % · b 56,3 % · c 75,0 % · R 68,8 % (2 dòng)
  Vào tỷ lệ của     KT01 Lê An: ΣA = 0: chưa đủ dữ liệu
  Vấn đề            K409 cảnh báo: Phiếu KT, dòng 6: chưa ghi minh chứng. Ghi số văn bản.

Dòng của cả đơn vị (2/2)
  Đơn vị            KT Phòng Kinh tế
  Loại việc         nhận thay việc VP-02
  Được giao         1, hệ số chưa rõ, trừ theo cái
  Đơn vị báo cáo    chưa ghi số lượng
  Tổ công tác       chưa thẩm định
  Tình trạng        chưa rõ (K407)
  A, D, Q, P        A = 0 · D = 0 · Q = 0 · P = 0
  Cách tính         chưa tính (K407)
  Nguồn số liệu     bảng giao việc; không có dòng nào trong phiếu
  Vào tỷ lệ của     KT Phòng Kinh tế: a 75,0 % · b 56,3 % · c 75,0 % · R 68,8 % (2 dòng)"""

FULL = {
    **{"unit": "KT", "task_id": "KT-01", "person": "KT01", "person_name": "Lê An"},
    **{"kind": "kế hoạch", "carried": 2, "task": "Lập báo cáo", "product": "DC.01"},
    **{"product_name": "Báo cáo", "measure": "văn bản", "document": "TB 15/TB-UBND"},
    **{"responsible": "Võ Bình", "approver": "Chủ tịch UBND xã", "deduct": "dòng"},
    **{"completed_raw": "4 ", "finished_raw": "12/11", "rework_raw": "1", "rework_reported": 1},
    **{"evidence": "BC 7/BC-UBND", "note": "mưa lũ", "state": "Sửa", "lateness_accepted": 0},
    **{"reason": "thiếu một bản", "standing": "xong chậm", "days_late": 2, "rework_pending": 1},
    **{"arithmetic": "giao 2,7 × 0,5 × 4 = 5,4; xong 2,7 × 0,5 × 3 = 4,05"},
    **{"file": "phieu KT.xlsx", "sheet": "Nhiệm vụ", "row": 6},
}
FIGURES = {
    **{"coefficient": "2.7", "share": "0.5", "assigned": "4", "completed_reported": "4"},
    **{"completed_accepted": "3", "A": "5.4", "D": "4.05", "Q": "3.0375", "P": "4.05"},
    "remaining": "1",
}
NOTHING = dict.fromkeys("ADQP", Decimal(0))


def day(number: int, month: int = 11) -> date:
    return date(2026, month, number)


@cache
def told() -> CycleResult:
    """A result with one task of two lines: one says everything, the other nothing."""
    line = FULL | {key: Decimal(figure) for key, figure in FIGURES.items()}
    line |= {"due": day(10), "finished": day(12), "assigned_on": day(30, 10)}
    bare = {"unit": "KT", "task_id": "KT-01", "kind": "nhận thay", "from_task": "VP-02"}
    bare |= {"deduct": "cái", "assigned": Decimal(1), "standing": "chưa rõ", "unclear": "K407"}
    rates = {"a": "0.75", "b": "0.5625", "c": "0.75", "R": "0.6875"}
    unit = {"unit": "KT", "name": "Phòng Kinh tế", "lines": 2}
    claim = {"unit": "KT", "task_id": "KT-01", "person": "KT01", "aspect": "tiến độ"}
    found = {"code": "K409", "severity": "cảnh báo", "unit": "KT", "file": "phieu KT.xlsx"}
    words = {"message": "Phiếu KT, dòng 6: chưa ghi minh chứng.", "action": "Ghi số văn bản."}
    person = {"person": "KT01", "name": "Lê An", "unit": "KT"}
    return make_result(
        tables={
            "lines": [line, bare | NOTHING | {"arithmetic": "chưa tính (K407)"}],
            "units": [unit | {key: Decimal(rate) for key, rate in rates.items()}],
            "people": [person | {"arithmetic": "ΣA = 0: chưa đủ dữ liệu"}],
            "claims": [claim | {"state": "đề nghị", "cause": "ngập đường", "document": "CĐ 21"}],
            "findings": [found | words | {"sheet": "Nhiệm vụ", "row": 6}],
        }
    )


def test_a_line_changed_by_the_meeting_says_so_and_has_only_its_own_findings() -> None:
    row = FULL | {"decision": "KL-03", "due_before": date(2026, 11, 5)}
    key = {"task_id": "KT-01", "person": "KT01"}
    change = {"change": "gia hạn", "before": "05/11/2026", "after": "10/11/2026", "reason": "mưa"}
    findings = [
        {"code": code, "severity": "cảnh báo", "value": value, "message": code, "action": ""}
        for code, value in (("K604", "KT-01/KT01"), ("K605", "KT-01/KT02"), ("K602", "KT-01"))
    ]
    tables = {
        "lines": [row, FULL | {"person": "KT02"}],
        "adjustments": [key | change | {"decided_by": "Chủ tịch"}],
    }
    tables |= {"findings": findings}
    text = "\n".join(explain_task(make_result(tables=tables), "KT-01/KT01"))
    assert "(hạn cũ 05/11/2026)" in text
    assert "Theo kết luận     KL-03" in text
    assert "gia hạn 05/11/2026 → 10/11/2026; mưa; Chủ tịch" in text
    assert re.findall("K60.", text) == ["K604", "K604", "K602", "K602"]


def test_a_quantity_nobody_could_read_is_told_without_a_measure() -> None:
    result = make_result(tables={"lines": [FULL | {"assigned": None}]})
    assert "chưa rõ số lượng, hệ số" in "\n".join(explain_task(result, "KT-01/KT01"))


def test_a_task_is_told_line_by_line() -> None:
    assert "\n".join(explain_task(told(), "kt-01")) == TASK


def test_a_task_with_a_person_is_that_persons_line() -> None:
    text = "\n".join(explain_task(told(), "kt-01/KT01"))
    assert "Dòng của KT01 Lê An\n" in text
    assert "cả đơn vị" not in text


def test_a_finding_that_names_the_task_stands_with_it_too() -> None:
    rows = records(told().tables["findings"])
    rows += [{"code": "K712", "severity": "cảnh báo", "value": "KT-01/KT09", "message": "lạ."}]
    rows += [{"code": "K712", "severity": "cảnh báo", "value": "KT-011", "message": "khác."}]
    tables = {key: records(table) for key, table in told().tables.items()}
    text = "\n".join(explain_task(make_result(tables=tables | {"findings": rows}), "KT-01"))
    assert "K712 cảnh báo: lạ." in text
    assert "khác." not in text


def test_a_person_is_told_by_lines_that_add_up() -> None:
    result = make_result()
    person = next(row for row in records(result.tables["people"]) if row["R"] is not None)
    text = explain_person(result, str(person["person"]).lower())
    own = [r for r in records(result.tables["lines"]) if r["person"] == person["person"]]
    head = text.index(next(line for line in text if line.startswith("Mã việc")))
    drawn = [line.split() for line in text[head + 2 :] if not line.startswith(" ")]
    told = {row[0]: row[-4:] for row in drawn[: len(own)]}
    numbers = {key: [read(cell) for cell in cells] for key, cells in told.items()}
    assert numbers == {str(row["task_id"]): [row[key] for key in "ADQP"] for row in own}
    total = next(line for line in text if line.startswith("Σ "))
    assert [read(cell) for cell in total.split()[1:]] == [person[key] for key in "ADQP"]
    assert "Cách tính" in text
    assert text[-1] == "Kết quả theo dõi kỳ, chưa phải xếp loại."


def read(cell: str) -> Decimal:
    return Decimal(cell.replace(".", "").replace(",", "."))


def test_every_column_of_a_persons_table_stands_under_its_heading() -> None:
    text = explain_person(make_result(), "KT02")
    head = next(line for line in text if line.startswith("Mã việc"))
    place = head.index("P")
    rows = [line for line in text if re.match(r"(KT-\d\d|PS-\d\d|Σ) ", line)]
    assert len(rows) > 2
    assert {len(row) - 1 for row in rows} == {place}


def test_a_person_without_lines_is_told_so() -> None:
    tables = make_tables((), random.Random(1)) | {
        "people": [{"person": "CB1", "name": "Võ An", "unit": "KT", "arithmetic": "ΣA = 0"}]
    }
    text = "\n".join(explain_person(make_result((), tables=tables), "CB1"))
    assert "Kỳ này không có dòng nhiệm vụ nào." in text


@pytest.mark.parametrize("code", catalogue())
def test_every_code_is_told_on_a_narrow_terminal(code: str) -> None:
    text = explain_code(code)
    assert text[0] == f"{code} · {catalogue()[code].severity}"
    assert {line.split("  ")[0] for line in text} >= {"Nội dung", "Cần làm", "Ví dụ"}
    assert max(map(len, text)) <= WIDTH
    assert "{" not in "".join(text)


def test_of_work_nobody_reported_no_figure_is_told() -> None:
    line = {"unit": "KT", "task_id": "KT-01", "person": "KT01", "standing": "chưa nộp"}
    line |= NOTHING | {"A": Decimal("2.6"), "arithmetic": "chưa nộp; giữ A = 13 × 0,2 = 2,6"}
    person = {"person": "KT01", "name": "Lê An", "arithmetic": "đơn vị chưa nộp báo cáo"}
    result = make_result(tables={"lines": [line], "people": [person | NOTHING | {"A": line["A"]}]})
    text = explain_person(result, "KT01")
    assert [row.split()[-4:] for row in text if row.startswith(("KT-01", "Σ"))] == [
        ["2,6", "–", "–", "–"]
    ] * 2
    assert "  A, D, Q, P        A = 2,6 · D = – · Q = – · P = –" in explain_task(result, "KT-01")


def test_a_code_is_shown_where_the_cycle_has_it() -> None:
    assert explain_occurrences(told(), "K409")[1:] == [
        "Trong kỳ 2026-11-K1: 1 chỗ.",
        "  Phiếu KT, dòng 6: chưa ghi minh chứng. Ghi số văn bản.",
    ]
    assert explain_occurrences(told(), "K301")[1:] == ["Trong kỳ 2026-11-K1: không có chỗ nào."]


@pytest.mark.parametrize("what", ["task", "person"])
def test_nothing_a_sender_types_turns_a_line_or_leaves_the_width(what: str) -> None:
    rows = [FULL | {key: Decimal(figure) for key, figure in FIGURES.items()}]
    rows[0] |= dict.fromkeys(("task", "note", "evidence", "reason"), HOSTILE + "chữ " * 300)
    result = make_result(tables={"lines": rows})
    text = explain_task(result, "KT-01") if what == "task" else explain_person(result, "KT01")
    assert max(map(len, text)) <= WIDTH
    assert not re.search("[\x1b\u202e\u2066\r\n]", "".join(text))
    assert what == "person" or "hai {dòng} %s" in " ".join(text)


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ("KT-7", "KT-07"),
        ("kt 07", "KT-07"),
        ("Minh", "CB02 Lê Minh"),
        ("CB2", "CB02 Lê Minh"),
        ("ngoài", ""),
        ("", ""),
    ],
)
def test_near_matches_go_by_number_name_and_likeness(wanted: str, named: str) -> None:
    known = {"KT-07": "", "VP-20": "", "CB02": "Lê Minh", "CB31": "Võ Hòa"}
    assert near(wanted, known).split(", ")[0] == named


def test_labels_and_columns_are_aligned() -> None:
    assert block([("Hạn", "10/11"), ("Trống", "")]) == ["Hạn               10/11"]
    assert table(("Tên", "Số"), [("a", "1"), ("abcd", "10")], 1) == [
        "Tên   Số",
        "a      1",
        "abcd  10",
    ]


# --- the command


def explain(tmp_path: Path, *words: str) -> tuple[int, str]:
    (tmp_path / "data" / "ky" / "2026-11-K1").mkdir(parents=True, exist_ok=True)
    folders = ["--data", str(tmp_path / "data"), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(cli.main, [*folders, "explain", *words])
    return done.exit_code, done.output


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder whose only cycle was made."""
    place = tmp_path / "out" / "2026-11-K1"
    place.mkdir(parents=True)
    (place / "result.json").write_bytes(archive.result_json(told()))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026-11-K1", "KT-01"), "Dòng của KT01 Lê An (1/2)"),
        (("KT-01",), "Dòng của KT01 Lê An (1/2)"),
        (("2026-11-K1", "--person", "KT01"), "KT01 Lê An"),
        (("k301",), "K301 · lỗi"),
        (("2026-11-K1", "K409"), "Trong kỳ 2026-11-K1: 1 chỗ."),
    ],
)
def test_the_command_tells(stored: Path, words: tuple[str, ...], said: str) -> None:
    code, output = explain(stored, *words)
    assert code == 0
    assert said in output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("KT-1",), "kỳ 2026-11-K1 không có việc «KT-1». Gần giống: KT-01."),
        (("--person", "An"), "không có người mang mã «An»."),
        (("2026-11", "--person", "KT01"), "«2026-11» không phải một kỳ; ghi như 2026-11-K1."),
        (("--person", "Lê An"), "không có người mang mã «Lê An». Gần giống: KT01 Lê An."),
        (("K999",), "không có mã vấn đề «K999»."),
        (("2026-13-K1", "KT-01"), "«2026-13-K1» không phải mã kỳ"),
        ((), "ghi một mã việc, một mã vấn đề hoặc --person"),
        (("KT-01", "--person", "KT01"), "ghi một mã việc, một mã vấn đề hoặc --person"),
        (("2026-10-K1", "KT-01"), "không thấy thư mục"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    stored: Path, words: tuple[str, ...], said: str
) -> None:
    code, output = explain(stored, *words)
    assert code == 2
    assert said in output
    assert len(output.splitlines()) == 1


def test_a_cycle_that_was_not_made_says_what_to_run(tmp_path: Path) -> None:
    assert explain(tmp_path, "KT-01") == (
        2,
        "Dừng lại: kỳ 2026-11-K1 chưa tổng hợp; chạy: make cycle CYCLE=2026-11-K1\n",
    )


@pytest.mark.parametrize("damage", [b"{}", b"", b'{"version": 0}', b"[]"])
def test_a_damaged_result_says_what_to_run(stored: Path, damage: bytes) -> None:
    (stored / "out" / "2026-11-K1" / "result.json").write_bytes(damage)
    code, output = explain(stored, "KT-01")
    assert code == 2
    assert len(output.splitlines()) == 1
    assert "chạy" in output


def test_a_stored_result_reads_back_as_it_was(stored: Path) -> None:
    result = told()
    again = read_result(stored / "out", parse_cycle("2026-11-K1"))
    assert archive.result_json(again) == archive.result_json(result)
    assert all(again.tables[key].equals(table) for key, table in result.tables.items())
    assert (again.made_at, again.meeting) == (result.made_at, result.meeting)


def test_codes_need_no_cycle_at_all(tmp_path: Path) -> None:
    code, output = explain(tmp_path, "K301")
    assert (code, output.splitlines()[0]) == (0, "K301 · lỗi")
