"""What goes back to people: the unit's word, the verdict on a workbook, the matrix, the next steps."""

import dataclasses
import itertools
import re
from datetime import date

import pytest
from factory import make_result

from pipeline import reply
from pipeline.model.findings import catalogue, describe, finding, severity
from pipeline.model.stamp import Stamp
from pipeline.model.submissions import IN_USE
from pipeline.model.tables import CycleResult, result_table
from pipeline.reply.matrix import matrix
from pipeline.reply.summary import HEADINGS
from pipeline.reply.verdicts import OFFICE

NEEDED = ("K301", "K409", "K414")  # an error, a warning, a note
GOLDEN = """\
Kỳ 2026-11-K1 · mã bản in 7F3A · bộ quy tắc QT-F211

Đơn vị                  Tình trạng      Nhận lúc          Bản  Lỗi  Cảnh báo  Lưu ý
───────────────────────────────────────────────────────────────────────────────────
VP Văn phòng            Đạt             16/11/2026 09:25  1    ·    ·         ·
KT Phòng Kinh tế        Cần sửa         16/11/2026 16:47  2    3    1         ·
VHXH Phòng Văn hóa      Đạt, có lưu ý   16/11/2026 10:42  1    ·    2         1
QS Ban Chỉ huy Quân sự  Cần sửa (chậm)  17/11/2026 07:40  1    1    1         ·
CA Công an xã           Đạt (chậm)      17/11/2026 08:00  1    ·    ·         ·
DVTH Trung tâm Dịch vụ  Chưa nộp                               ·    1         ·

1. Hồ sơ họp: {folder}/ho-so-hop.pdf (đọc trên máy, điện thoại: ho-so-hop.html) · lưu trữ: {folder}/luu-tru.xlsx
2. Chưa nộp: DVTH. Thư nhắc, tin nhắn soạn sẵn ở thu/.
3. Cần sửa: KT, QS. Phiếu sửa ở phieu-sua/, thư kèm phiếu sửa ở thu/.
4. Chờ thư ký xác nhận bản mới của KT: «KT lần 3.xlsx»; đúng ý đơn vị thì ghi «dùng» vào so-nhan.csv.
5. Tổ công tác đã thẩm định 120/170 dòng (tham-dinh.xlsx); họp 8 giờ 00, 18/11/2026."""
UNITS = (
    # code, name, word, late, received, version, errors, warnings, notes
    ("VP", "Văn phòng", reply.GOOD, "không", "16/11/2026 09:25", 1, 0, 0, 0),
    ("KT", "Phòng Kinh tế", reply.REPAIR, "không", "16/11/2026 16:47", 2, 3, 1, 0),
    ("VHXH", "Phòng Văn hóa", reply.REMARKS, "không", "16/11/2026 10:42", 1, 0, 2, 1),
    ("QS", "Ban Chỉ huy Quân sự", reply.REPAIR, "có", "17/11/2026 07:40", 1, 1, 1, 0),
    ("CA", "Công an xã", reply.GOOD, "có", "17/11/2026 08:00", 1, 0, 0, 0),
    ("DVTH", "Trung tâm Dịch vụ", reply.NOT_SENT, "không", "", None, 0, 1, 0),
)
WAITING = {"unit": "KT", "file": "KT lần 3.xlsx", "status": "chờ xác nhận", "version": 3}


def a_result(units=UNITS, extra=(WAITING,), verified=120, lines=170) -> CycleResult:
    """Return a cycle's result with these units, their files and findings."""
    return make_result(
        (),
        tables={
            "commune": [{"verified": verified, "lines": lines}],
            "units": [
                {"unit": code, "name": name, "status": word, "late_report": late}
                for code, name, word, late, *_ in units
            ],
            "submissions": [
                {
                    **{"unit": code, "file": f"{code}.xlsx", "status": IN_USE},
                    **{"received": received, "version": version},
                }
                for code, _, _, _, received, version, *_ in units
                if version
            ]
            + [*extra],
            "findings": [
                {"unit": code, "severity": level}
                for code, *_, errors, warnings, notes in units
                for level, count in (("lỗi", errors), ("cảnh báo", warnings), ("lưu ý", notes))
                for _ in range(count)
            ],
        },
    )


# --- the word for a unit


def word_for(*codes: str, sent: bool = True, late: str = "không") -> tuple[str, str]:
    file = {"unit": "KT", "file": "kt.xlsx", "status": IN_USE, "late": late}
    found = [finding(code, unit="KT", file="kt.xlsx") for code in codes]
    return reply.unit_statuses(["KT"], [file] if sent else [], found)["KT"]


@pytest.mark.parametrize("codes", [n for k in range(4) for n in itertools.combinations(NEEDED, k)])
def test_the_worst_finding_decides_the_word(codes):
    word, late = word_for(*codes)
    worst = "K301" in codes
    assert word == (reply.REPAIR if worst else reply.REMARKS if codes else reply.GOOD)
    assert late == "không"


def test_a_unit_that_sent_nothing_has_not_sent_whatever_else_was_found():
    assert word_for("K117", sent=False) == (reply.NOT_SENT, "không")
    assert word_for("K301", sent=False, late="có") == (reply.NOT_SENT, "không")


def test_late_stands_beside_the_word_and_changes_it_to_a_remark_only():
    assert word_for(late="có") == (reply.GOOD, "có")
    assert word_for("K115", late="có") == (reply.REMARKS, "có")
    assert word_for("K301", "K115", late="có") == (reply.REPAIR, "có")


def test_errors_count_in_the_file_in_use_only_the_others_are_a_remark():
    files = [
        {"unit": "KT", "file": "old.xlsx", "status": "thay bằng bản mới", "late": "có"},
        {"unit": "KT", "file": "bad.xlsx", "status": "từ chối", "late": "có"},
        {"unit": "KT", "file": "kt.xlsx", "status": IN_USE, "late": "không"},
        {"unit": "KT", "file": "new.xlsx", "status": "chờ xác nhận", "late": "có"},
        {"unit": "VP", "file": "vp.xlsx", "status": "từ chối", "late": "có"},
    ]
    found = [finding("K301", unit="KT", file=name) for name in ("old.xlsx", "bad.xlsx", "new.xlsx")]
    found += [finding("K101", unit="VP", file="vp.xlsx")]
    assert reply.unit_statuses(["KT", "VP"], files, found) == {
        "KT": (reply.REMARKS, "không"),
        "VP": (reply.NOT_SENT, "không"),
    }


def test_every_code_of_the_catalogue_gives_a_word():
    for code in catalogue():
        expected = reply.REPAIR if severity(code) == "lỗi" else reply.REMARKS
        # A question, or how a file came in, holds nothing against a unit.
        expected = reply.GOOD if code.startswith("K8") or code in OFFICE else expected
        assert word_for(code)[0] == expected, code
        assert word_for("K301", code)[0] == reply.REPAIR


def test_questions_are_in_no_count_of_a_unit():
    plain = reply.summary(a_result())
    rows = a_result().tables["findings"].to_dict("records")
    asked = [{**rows[0], "unit": "VP", "severity": "lưu ý", "code": "K802"}]
    result = a_result()
    tables = {**result.tables, "findings": result_table("findings", rows + asked)}
    assert reply.summary(dataclasses.replace(result, tables=tables)) == plain


def test_units_come_in_the_order_asked_for():
    assert list(reply.unit_statuses(["VP", "KT", "CA"], [], [])) == ["VP", "KT", "CA"]


# --- the verdict on one workbook


def words(*codes: str) -> list[dict]:
    return describe((finding(code, file="kt.xlsx", value="9O", fact="9") for code in codes), {})


STAMP = Stamp("KT", "2026-11-K1", "QT-F211", "1a2b3c4d")


@pytest.mark.parametrize(
    ("codes", "first"),
    [
        ((), "kt.xlsx: ĐẠT. Không có lỗi."),
        (("K414",), "kt.xlsx: ĐẠT, có 1 lưu ý."),
        (("K414", "K409"), "kt.xlsx: ĐẠT, có 2 lưu ý."),
        (("K301",), "kt.xlsx: GỬI LẠI: 1 lỗi phải sửa."),
        (("K404", "K401", "K301"), "kt.xlsx: GỬI LẠI: 3 lỗi phải sửa."),
        (("K301", "K409", "K414"), "kt.xlsx: GỬI LẠI: 1 lỗi phải sửa, 2 lưu ý."),
    ],
)
def test_the_first_line_is_the_verdict(codes, first):
    assert reply.verdict("kt.xlsx", None, words(*codes)).lines[0] == first
    whose = "kt.xlsx (phiếu KT, kỳ 2026-11-K1)"
    stamped = reply.verdict("kt.xlsx", STAMP, words(*codes))
    assert stamped.lines[0] == first.replace("kt.xlsx", whose)


def test_every_finding_is_told_with_its_remedy_worst_first():
    _, *lines = reply.verdict("kt.xlsx", STAMP, words("K414", "K301", "K409")).lines
    assert [line.split()[0] for line in lines[::2]] == ["K301", "K409", "K414"]
    assert lines[:2] == [
        "  K301 Tệp «kt.xlsx»: «9O» không phải là số.",
        "       Gõ chữ số, ví dụ 9 hoặc 2,5.",
    ]


# --- the summary


def test_the_summary_is_as_agreed():
    assert "\n".join(reply.summary(a_result())) == GOLDEN


def test_what_acts_unseen_leaves_the_columns_of_the_matrix_in_their_place():
    name = "Phòng\n\u202eVăn\x1b[31m hóa"
    (head, rule, row) = matrix([("Đơn vị", "Lỗi"), (name, "1")])
    assert row == "Phòng / Văn [31m hóa  1"
    assert head.index("Lỗi") == row.rindex("1")
    assert len(rule) == len(head)


def test_columns_of_the_matrix_stand_below_each_other():
    lines = reply.summary(a_result())[2:]
    head, rule, *rows = lines[: 2 + len(UNITS)]
    starts = [head.index(name) for name in HEADINGS]
    assert rule == "─" * max(map(len, (head, *rows)))
    for row, (code, name, word, *_) in zip(rows, UNITS, strict=True):
        assert row.startswith(f"{code} {name}")
        assert row[starts[1] :].startswith(word)
        assert all(row[start - 2 : start].strip() == "" for start in starts[1:] if start < len(row))


def test_lines_end_without_spaces_and_hold_no_tabs():
    for line in reply.summary(a_result()):
        assert line == line.rstrip()
        assert "\t" not in line


def steps(units=UNITS, extra=(WAITING,), **counts) -> list[str]:
    lines = reply.summary(a_result(units, extra, **counts))
    return lines[len(lines) - lines[::-1].index("") :]


@pytest.mark.parametrize("waiting", [False, True])
@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize("missing", [False, True])
def test_the_next_steps_say_what_there_is_to_do_in_at_most_five_lines(missing, repair, waiting):
    left_out = {reply.NOT_SENT: missing, reply.REPAIR: repair}
    units = [unit for unit in UNITS if left_out.get(unit[2], True)]
    extra = [WAITING, {**WAITING, "file": "VP 2.xlsx", "unit": "VP"}] if waiting else []
    told = steps(units, extra, verified=0, lines=9)
    expected = [
        "Hồ sơ họp: {folder}/ho-so-hop.pdf (đọc trên máy, điện thoại: ho-so-hop.html) · lưu trữ: {folder}/luu-tru.xlsx",
        "Chưa nộp: DVTH. Thư nhắc, tin nhắn soạn sẵn ở thu/."
        if missing
        else "Các đơn vị đã nộp đủ.",
        "Cần sửa: KT, QS. Phiếu sửa ở phieu-sua/, thư kèm phiếu sửa ở thu/."
        if repair
        else "Không có lỗi phải sửa. Thư trả lời các đơn vị ở thu/.",
        *(
            [
                "Chờ thư ký xác nhận bản mới của KT, VP: «KT lần 3.xlsx», «VP 2.xlsx»; "
                "đúng ý đơn vị thì ghi «dùng» vào so-nhan.csv."
            ]
            if waiting
            else []
        ),
        "Tổ công tác đã thẩm định 0/9 dòng (tham-dinh.xlsx); họp 8 giờ 00, 18/11/2026.",
    ]
    assert told == [f"{n}. {step}" for n, step in enumerate(expected, 1)]
    assert len(told) <= 5


STRANGE = ("bao cao.pdf", "hop.docx", "so.xls", "anh.jpg")


def test_files_of_nobody_and_the_offices_own_faults_stand_apart_and_in_five_lines():
    strangers = [{**WAITING, "file": name, "unit": "", "status": "từ chối"} for name in STRANGE]
    found = [finding("K121", file=name) for name in STRANGE]
    found.append(finding("K712", file="tham-dinh.xlsx", value="KT-01", fact="lý do"))
    found.append(finding("K713", file="giao-viec.xlsx", value="KT-02", fact="KT-99"))
    result = a_result(extra=[WAITING, *strangers])
    told = describe(found, {})
    tables = {**result.tables, "findings": result_table("findings", told)}
    lines = reply.summary(dataclasses.replace(result, tables=tables))
    numbered = [line for line in lines if re.match(r"\d\. ", line)]
    assert len(numbered) == 5
    assert (
        "Chưa rõ của đơn vị nào: «bao cao.pdf», «hop.docx», «so.xls» và 1 tệp nữa. "
        "Trả lời người gửi: thu/tin-nhan.txt."
    ) in numbered[1]
    assert "Chờ thư ký xác nhận bản mới của KT" in numbered[3]
    assert numbered[3].endswith("Văn phòng, Tổ công tác sửa 1 lỗi ở «giao-viec.xlsx».")


def test_the_meeting_is_said_with_its_own_hour_and_day():
    result = a_result()
    moved = {**result.meeting, "hour": "14 giờ 30", "meeting_on": date(2026, 12, 1)}
    (*_, last) = reply.summary(dataclasses.replace(result, meeting=moved))
    assert last.endswith("; họp 14 giờ 30, 01/12/2026.")
    (*_, last) = reply.summary(dataclasses.replace(result, meeting={**moved, "hour": ""}))
    assert last.endswith("; họp 01/12/2026.")


def test_no_word_of_a_library_and_no_figure_of_a_person_is_told():
    text = "\n".join(reply.summary(a_result()))
    assert not re.search(r"None|nan|NaN|NaT|Decimal|dtype|Traceback", text)
