"""The working group's workbook: show the sheet, assert (code, cell), and what becomes of it."""

from datetime import date
from decimal import Decimal

import pytest
from test_checking import ASSIGNED, CYCLE, PEOPLE, assignment, cells, check, show_sheet

from pipeline.checking.group import check_group, check_measures, check_places
from pipeline.checking.kept import sound_rows, type_kept
from pipeline.checking.rows import Day
from pipeline.checking.verdicts import (
    check_dates,
    check_idle,
    check_outdated,
    check_quantities,
)
from pipeline.model.calendar import DaysOff, parse_cycle
from pipeline.model.criteria import LEADER_CRITERIA, general_criteria
from pipeline.model.findings import describe
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.rules import Rules
from pipeline.model.tables import frame, records, result_table
from pipeline.scoring import group
from pipeline.scoring.inspections import draw, inspections

BOOK = layout("verification")
FILE = "tham-dinh.xlsx"
NEVER = dict.fromkeys(("active_from", "active_to", "unscored_from", "unscored_to"))
UNITS = {"KT": "Phòng Kinh tế", "VP": "Văn phòng"}
LINES_GIVEN = [assignment(key) for key in ASSIGNED]


def person(code, **more):
    usual = {"code": code, "name": PEOPLE[code], "unit": "KT", "category": "công chức"}
    return usual | NEVER | {"leader": "không"} | more


def registers(**people):
    """Return registers with what is special about some people."""
    return Registers(
        units={code: {"code": code, "name": name} for code, name in UNITS.items()},
        people={code: person(code, **people.get(code, {})) for code in PEOPLE},
        products={},
        indicators={},
        days_off=DaysOff(),
    )


def typed_book(**sheets):
    """Return (typed sheets, columns) of a workbook of which some sheets are shown."""
    entries = {sheet.key: [] for sheet in BOOK.tables}
    columns = {}
    for key, text in sheets.items():
        shown = show_sheet(BOOK[key], text, {"file": FILE, "sheet": BOOK[key].title})
        blank = dict.fromkeys(BOOK[key].keys)
        entries[key] = [blank | row for row in shown.rows]
        columns |= {(FILE, BOOK[key].title, field): at for field, at in shown.letters.items()}
    return type_kept("verification", entries, registers().lists(), []), columns


def read(**sheets):
    """Return (sound tables, findings, columns) as the conductor has them."""
    typed, columns = typed_book(**sheets)
    found = [row for table in typed.values() for row in table.findings]
    day = Day(CYCLE.last_day, {})
    found += check_group(typed, frame(LINES_GIVEN, LINES_GIVEN[0]), day)
    return {k: sound_rows(t.table, found) for k, t in typed.items()}, found, columns


def found_in(**sheets):
    """Return the (code, cell) found in shown sheets."""
    _, found, columns = read(**sheets)
    return cells(found, columns)


def table_of(key, text):
    """Return the sound rows of one shown sheet."""
    return read(**{key: text})[0][key]


# --- what is typed wrongly


def test_an_entry_for_a_unit_is_asked_what_its_report_would_be():
    sheet = """
    row | Mã việc | Mã người | SL hoàn thành | Ngày xong  | Lần chưa đạt CL | Lý do nhập thay
    6   | KT-01   |          | 3             | 9/11/2026  | 0               | Máy hỏng
    7   | KT-02   | CB012    | 2             |            |                 | Máy hỏng
    8   | KT-02   | CB013    | 0             | 9/11/2026  |                 | Máy hỏng
    9   | KT-03   |          | 1             | 17/11/2026 |                 | Máy hỏng
    10  | KT-04   | CB012    | 1             | 1/10/2026  |                 | Máy hỏng
    11  | VP-01   |          | 9O            | 9/11/2026  | 1.5             | Máy hỏng
    12  | VP-02   |          | -1            |            |                 | Máy hỏng
    13  | VP-03   |          |               |            |                 |
    """
    assert found_in(substitutes=sheet) == [
        *[("K301", "C11"), ("K303", "C12"), ("K310", "E11")],
        *[("K401", "D7"), ("K402", "D8"), ("K404", "D10"), ("K405", "D9")],
    ]
    kept = records(table_of("substitutes", sheet))
    assert [row["task_id"] for row in kept] == ["KT-01", "VP-03"]


def test_an_entry_needs_a_quantity_and_a_reason():
    sheet = """
    row | Mã việc | Mã người | SL hoàn thành | Ngày xong | Lý do nhập thay | Căn cứ, văn bản
    6   | KT-01   |          | 3             | 9/11/2026 |                 | BC 15
    7   | KT-02   | CB012    |               |           | Máy hỏng        |
    8   | KT-02   | CB013    |               |           |                 | BC 15
    9   | KT-03   |          |               |           |                 |
    """
    assert found_in(substitutes=sheet) == [
        ("K739", "C7"),
        ("K739", "C8"),
        ("K739", "E6"),
    ]


def test_a_changed_score_has_its_own_maximum_and_a_reason():
    sheet = """
    row | Mã người | TC số | Tự chấm | Tổ sửa thành | Lý do
    6   | CB012    | 1     | 5       | 4,5          | Đi muộn
    7   | CB012    | 2     | 5       | 5.5          | Tốt
    8   | CB012    | 3     | 2.5     | 3            | Tốt
    9   | CB012    | 4     | 2.5     | -1           | Kém
    10  | CB012    | 10    | 2.5     | 2            |
    11  | CB012    | 9     | 2.5     |              |
    """
    assert found_in(general=sheet) == [
        *[("K303", "D9"), ("K304", "D7"), ("K304", "D8"), ("K312", "D6"), ("K739", "E10")],
    ]
    _, found, columns = read(general=sheet)
    told = {row["cell"]: row["message"] for row in describe(found, columns)}
    assert told["D8"] == (
        "Tệp «tham-dinh.xlsx», trang «Điểm chung», ô D8: «3» lớn hơn mức cao nhất 2,5."
    )
    assert told["E10"].endswith("Tổ công tác ghi cho CB012/10 mà còn thiếu «Lý do»; chưa áp dụng.")


def test_a_leaders_criterion_is_100_or_50_with_a_reason():
    sheet = """
    row | Mã người | Mã tiêu chí | Mức | Lý do
    6   | CB012    | đ           | 100 | Đủ việc, có sáng kiến
    7   | CB012    | e           | 75  | Giữa
    8   | CB013    | đ           | 50  |
    9   | CB013    | e           | "100" | Đoàn kết
    """
    assert found_in(leader_criteria=sheet) == [("K306", "C7"), ("K739", "D8")]
    levels = [
        (row["criterion"], row["value"]) for row in records(table_of("leader_criteria", sheet))
    ]
    assert levels == [("đ", "100"), ("đ", "50"), ("e", "100")]


def test_a_note_on_discipline_says_when_who_and_what():
    sheet = """
    row | Ngày      | Người, đơn vị         | Nội dung ghi nhận | Quy định liên quan
    6   | 9/11/2026 | CB012 – Nguyễn Văn An | Vắng họp          | Nội quy
    7   |           | kt                    | Vắng họp          |
    8   | "31/11/2026" | CB099              | Vắng họp          |
    9   | 9/11/2026 | VP – Văn phòng        |                   |
    """
    assert found_in(discipline=sheet) == [
        *[("K302", "A8"), ("K305", "A7"), ("K305", "C9"), ("K306", "B8")],
    ]
    rows = records(group.discipline(table_of("discipline", sheet), registers()))
    assert [(row["date"], row["who"], row["name"]) for row in rows] == [
        (date(2026, 11, 9), "CB012", "Nguyễn Văn An")
    ]


def test_a_proposal_names_a_person_or_unit_of_the_register():
    sheet = """
    row | Người, đơn vị | Nội dung đề nghị
    6   | Nguyễn Văn An | Giấy khen
    7   |               | Giấy khen
    8   | CB013         | Giấy khen
    """
    assert found_in(rewards=sheet) == [("K305", "A7"), ("K306", "A6")]


def test_what_is_found_on_the_spot_is_a_number_and_a_day():
    sheet = """
    row | Mã việc | SL báo cáo | SL thực tế | Ngày kiểm tra
    6   | KT-01   | 3          | ba         | hôm qua
    """
    assert found_in(inspections=sheet) == [("K301", "C6"), ("K302", "D6")]


def test_a_person_scores_once_in_the_own_units_workbook():
    sheet = """
    row | Công chức             | 1. Phẩm chất, văn hóa công vụ
    6   | CB012 – Nguyễn Văn An | 5
    7   | CB013 – Trần Thị Hòa  | 6
    8   | CB012 – Nguyễn Văn An | 4
    """
    found = check(general=sheet, scored=["CB012", "CB013"])
    assert found == [("K304", "B7"), ("K427", "A8")]


# --- what fits nothing


LINES = [
    {"task_id": "KT-01", "unit": "KT", "source": "phiếu", "standing": "đúng hạn"},
    {"task_id": "VP-01", "unit": "VP", "source": "nhập thay", "standing": "đúng hạn"}
    | {"file": FILE, "sheet": "Nhập thay", "row": 7},
    {"task_id": "VP-02", "unit": "VP", "standing": "chưa nộp"},
]


def results(**tables):
    """Return the result's tables a cycle has, of which some hold rows."""
    rows = {"lines": LINES} | tables
    return {
        sheet.key: result_table(sheet.key, rows.get(sheet.key, ()))
        for sheet in layout("archive").tables
    }


def misplaced(tables=None, **sheets):
    """Return the (code, cell) of typed rows that fit no row of the result."""
    typed, _, columns = read(**sheets)
    return cells(check_places(typed, results(**(tables or {})), {"KT"}), columns)


STRAYS = {
    "verdicts": """
    row | Mã việc | Mã người | Trạng thái | Lý do
    6   | KT-01   |          |            |
    7   | KT-01   |          | Đúng       |
    8   | KT-77   | CB012    | Đúng       |
    9   | KT-01   |          | Sửa        | khác
    10  | KT-78   |          |            |
    """,
    "exemptions": """
    row | Mã việc | Mã người | Loại trừ về | Chấp nhận | Lý do
    6   | KT-01   |          | tiến độ     | không     | đã rõ
    7   | KT-01   |          | chất lượng  |           | chưa xem
    8   | KT-77   |          | tiến độ     | không     | đã rõ
    """,
    "agenda": """
    row | Mã    | Chọn | Nội dung sửa
    6   | QH-1  | x    |
    7   | QH-2  |      | chữ sửa
    8   | QH-3  |      |
    """,
    "inspections": """
    row | Mã việc | SL thực tế
    6   | KT-01   | 2
    7   | KT-77   | 2
    8   | KT-78   |
    """,
    "rewards": """
    row | Người, đơn vị | Nội dung đề nghị
    6   | CB012         | Giấy khen
    7   | CB012         | Bằng khen
    """,
    "general": """
    row | Mã người | TC số | Tổ sửa thành | Lý do
    6   | CB012    | 1     | 4            | muộn
    7   | CB099    | 1     | 4            | muộn
    """,
    "leader_criteria": """
    row | Mã người | Mã tiêu chí | Mức | Lý do
    6   | CB012    | đ           | 50  | chậm
    7   | CB013    | đ           | 50  | chậm
    """,
}
THERE = {
    "claims": [
        {"task_id": "KT-01", "aspect": "tiến độ"},
        {"task_id": "KT-77", "aspect": "tiến độ", "state": "không chấp nhận"},
    ],
    "agenda": [{"point": "QH-1"}],
    "general": [{"person": "CB012", "criterion": "1"}],
    "leader_criteria": [{"person": "CB012", "criterion": "đ"}],
}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("verdicts", [("K714", "A8"), ("K714", "A9")]),
        ("exemptions", [("K714", "A7"), ("K737", "A8")]),
        ("agenda", [("K714", "A7")]),
        ("inspections", [("K714", "A7")]),
        ("rewards", [("K714", "A7")]),
        ("general", [("K714", "A7")]),
        ("leader_criteria", [("K714", "A7")]),
    ],
)
def test_what_is_typed_beside_no_row_or_a_second_time_is_said(key, expected):
    there = THERE | {"lines": [LINES[0]]}
    assert misplaced(there, **{key: STRAYS[key]}) == expected


def test_entries_that_fit_no_line_or_are_not_needed_or_not_all_are_said():
    sheet = """
    row | Mã việc | SL hoàn thành | Ngày xong | Lý do nhập thay
    6   | KT-01   | 3             | 9/11/2026 | Máy hỏng
    7   | VP-01   | 3             | 9/11/2026 | Máy hỏng
    8   | VP-02   |               |           |
    9   | VP-09   | 3             | 9/11/2026 | Máy hỏng
    """
    assert misplaced(substitutes=sheet) == [("K714", "A9"), ("K740", "A6"), ("K741", "")]
    typed, _, columns = read(substitutes=sheet)
    told = [row["message"] for row in describe(check_places(typed, results(), {"KT"}), columns)]
    assert (
        "Tệp «tham-dinh.xlsx», trang «Nhập thay»: nhập thay cho VP còn 1 dòng chưa có số;"
        " cả đơn vị vẫn tính như chưa nộp."
    ) in told
    rows = records(group.substitutes(typed["substitutes"], results()["lines"]))
    assert [(row["task_id"], row["used"]) for row in rows] == [
        *[("KT-01", "không"), ("VP-01", "có"), ("VP-09", "không")],
    ]


OUTDATED = """
row | Mã việc | Mã người | Đơn vị | Loại việc | SL báo cáo | Trạng thái | Lý do | Mã sản phẩm
6   | KT-01   |          | KT     | kế hoạch  | 5          | Đúng       |       | BC
7   | PS-01   |          | KT     | phát sinh | 1          | Đúng       |       | BC
8   | KT-02   |          | KT     | kế hoạch  | 5          | Đúng       |       |
9   | KT-03   |          | KT     | kế hoạch  | 5          | Sửa        | đếm   |
"""


def against(check, typed, lines):
    return check(records(typed["verdicts"]), records(results(lines=lines)["lines"]))


def test_right_said_of_another_report_is_told_with_what_stands_now():
    typed, _, columns = read(verdicts=OUTDATED)
    rows = [
        {"task_id": "KT-01", "kind": "phát sinh", "product": "HS", "assigned_issued": Decimal(9)}
        | {"completed_reported": Decimal(10)},
        {"task_id": "PS-01", "kind": "phát sinh", "product": "HS", "assigned_issued": None}
        | {"completed_reported": Decimal(1), "finished": date(2026, 11, 9)},
        {"task_id": "KT-02", "kind": "kế hoạch", "completed_reported": Decimal(5)}
        | {"state": "Đúng"},
        {"task_id": "KT-03", "kind": "kế hoạch", "completed_reported": Decimal(9)}
        | {"state": "Sửa"},
    ]
    found = against(check_outdated, typed, rows)
    assert cells(found, columns) == [("K744", "F6"), ("K744", "F7")]
    assert [row["fact"] for row in found] == [
        "SL báo cáo 5, nay 10",
        "Ngày xong trống, nay 09/11/2026; Mã sản phẩm BC, nay HS",
    ]


def test_a_reason_without_what_it_is_for_is_told():
    exemptions = """
    row | Mã việc | Mã người | Loại trừ về | Chấp nhận | Lý do | Văn bản xác nhận
    6   | KT-01   |          | tiến độ     |           | bão   |
    7   | KT-02   |          | tiến độ     |           |       |
    8   | KT-03   |          | tiến độ     | không     | bão   |
    9   | KT-04   |          | tiến độ     | ok        | bão   |
    """
    assert found_in(exemptions=exemptions) == [("K306", "D9"), ("K739", "D6")]
    levels = """
    row | Mã người | Mã tiêu chí | Mức | Lý do
    6   | CB012    | đ           |     | Đủ việc
    7   | CB012    | e           |     |
    """
    assert found_in(leader_criteria=levels) == [("K739", "C6")]
    scores = "row | Mã người | TC số | Tổ sửa thành | Lý do\n6 | CB012 | 1 | | Đi muộn"
    assert found_in(general=scores) == [("K739", "C6")]


def test_a_measure_about_an_indicator_of_no_register_is_told():
    sheet = """
    row | Vấn đề     | Giải pháp | Mã chỉ số
    6   | Hồ sơ chậm | Thêm quầy | CS99
    7   | Hồ sơ chậm | Thêm quầy | CS01
    8   | Mặt bằng   | Họp dân   |
    """
    typed, _, columns = read(measures=sheet)
    assert cells(check_measures(typed["measures"], {"CS01"}), columns) == [("K746", "C6")]


def test_a_quantity_accepted_without_a_date_of_work_due_in_the_cycle_is_told():
    head = "row | Mã việc | Trạng thái | SL xác nhận | Lần chậm xác nhận | Lý do"
    rows = "\n".join(f"{n + 6} | KT-{n} | Sửa | 3 | | đếm" for n in range(7))
    typed, _, columns = read(verdicts=f"{head}\n{rows}")
    asked = {"completed_accepted": Decimal(3), "delivered": Decimal(3), "days_late": 0} | {
        **{"lateness": 0, "deduct": "dòng", "state": "Sửa"},
    }
    others = (
        {"finished": date(2026, 11, 9)},
        {"lateness_accepted": 0},
        {"days_late": None},  # not yet due
        {"lateness": 1},  # due before the cycle
        {"deduct": "cái"},
        {"exempt_progress": "chấp nhận"},
    )
    lines = [{"task_id": f"KT-{n}"} | asked | more for n, more in enumerate(({}, *others))]
    found = against(check_dates, typed, lines)
    assert cells(found, columns) == [("K745", "D6")]


def test_more_accepted_than_assigned_and_reported_is_told():
    head = "row | Mã việc | Trạng thái | SL xác nhận | Lý do"
    accepted = (80, 8, 9, 80)
    rows = "\n".join(f"{n + 6} | KT-{n} | Sửa | {q} | đếm" for n, q in enumerate(accepted))
    typed, _, columns = read(verdicts=f"{head}\n{rows}")
    known = {"assigned": Decimal(8), "completed_reported": Decimal(7), "state": "Sửa"}
    others = ({}, {"completed_reported": Decimal(9)}, {"assigned": None})
    lines = [{"task_id": f"KT-{n}"} | known | more for n, more in enumerate(({}, *others))]
    found = against(check_quantities, typed, lines)
    assert cells(found, columns) == [("K747", "C6")]


def test_a_quantity_accepted_of_a_line_that_an_error_keeps_from_counting_is_told():
    head = "row | Mã việc | Trạng thái | SL xác nhận | Lý do"
    rows = "\n".join(f"{n + 6} | KT-{n} | Sửa | {q} | đếm" for n, q in enumerate((4, "", 4)))
    typed, _, columns = read(verdicts=f"{head}\n{rows}")
    known = ({"standing": "chưa rõ"}, {"standing": "chưa rõ"}, {"standing": "đúng hạn"})
    accepted = (Decimal(4), None, Decimal(4))
    lines = [
        {"task_id": f"KT-{n}", "completed_accepted": q} | more
        for n, (more, q) in enumerate(zip(known, accepted, strict=True))
    ]
    found = against(check_idle, typed, lines)
    assert cells(found, columns) == [("K748", "C6")]


def test_a_quantity_accepted_of_a_unit_that_has_sent_nothing_is_told():
    typed, _, columns = read(
        verdicts="""
        row | Mã việc | Trạng thái | SL xác nhận | Lý do
        6   | YT-1    | Sửa        | 4           | gọi điện hỏi
        7   | YT-2    | Sửa        |             | gọi điện hỏi
        """
    )
    silent = {"standing": "chưa nộp", "state": "Sửa"}
    lines = [
        silent | {"task_id": "YT-1", "completed_accepted": Decimal(4)},
        silent | {"task_id": "YT-2"},
    ]
    found = against(check_idle, typed, lines)
    assert cells(found, columns) == [("K749", "C6")]


# --- what is made of it


def test_every_figure_the_group_changed_stands_beside_the_reported_one():
    changed = {"state": "Sửa", "reason": "đếm lại", "late_by_date": 1}
    rows = [
        changed
        | {"task_id": "KT-01", "completed_reported": Decimal(4), "completed_accepted": Decimal(3)}
        | {"rework_accepted": 1, "lateness_accepted": 0},
        changed | {"task_id": "KT-02", "completed_accepted": Decimal(2)},
        changed
        | {"task_id": "KT-03", "rework_reported": 1, "rework_accepted": 1, "lateness_accepted": 1},
        {"task_id": "KT-04", "state": "Đúng", "completed_accepted": Decimal(1)},
    ]
    found = records(group.gaps(result_table("lines", rows)))
    figures = ("task_id", "figure", "reported", "accepted", "difference")
    assert [tuple(row[name] for name in figures) for row in found] == [
        ("KT-01", "SL hoàn thành", 4, 3, -1),
        ("KT-01", "lần chưa đạt CL", None, 1, None),
        ("KT-01", "lần chậm", 1, 0, -1),
        ("KT-02", "SL hoàn thành", None, 2, None),
    ]
    assert {row["reason"] for row in found} == {"đếm lại"}


def fact(**counts):
    usual = dict.fromkeys(("late", "overdue", "unclear", "pending", "substituted"), 0)
    return usual | {"on_time": 5} | dict.fromkeys("ADQ", Decimal(5)) | counts


def test_a_candidate_is_a_fact_and_a_proposal_is_the_groups():
    people = [
        {"person": "CB012"} | fact(),
        {"person": "CB013"} | fact(on_time=4),
        {"person": "CB021"} | fact(on_time=9, not_due=3),
    ]
    spoiled = ({"late": 1}, {"overdue": 1}, {"unclear": 1}, {"pending": 1}, {"substituted": 1})
    less = ({"Q": Decimal(4)}, {"A": Decimal(6)})  # the second: others took work over
    units = [{"unit": "KT"} | fact(**one) for one in (*spoiled, *less)]
    units += [{"unit": "VP"} | fact()]
    sheet = """
    row | Người, đơn vị | Sự việc theo số liệu kỳ | Nội dung đề nghị | Thành tích khác, ghi chú
    6   | CB013         |                         | Giấy khen        | Sáng kiến
    7   | CB021         | Xong đúng hạn 9/9 dòng  | Giấy khen        |
    8   | CB012         | Xong đúng hạn 5/5 dòng  |                  |
    9   | KT            | Việc của kỳ trước       |                  |
    """
    rows = group.rewards(
        result_table("people", people),
        result_table("units", units),
        table_of("rewards", sheet),
        registers(),
    )
    assert [(row["who"], row["facts"][:17], row["proposal"]) for row in records(rows)] == [
        ("CB012", "Xong đúng hạn 5/5", ""),
        ("CB021", "Xong đúng hạn 9/9", "Giấy khen"),
        ("VP", "Xong đúng hạn 5/5", ""),
        ("CB013", "", "Giấy khen"),
    ]


MONTH_END = parse_cycle("2026-11-K2")


def self_scored(**rows):
    """Return the checked table of «Tự chấm»; a person's scores are all the same."""
    keys = [field for field, *_ in general_criteria().values()]
    names = ("person", "fault", *keys)
    table = [
        {"person": code, "fault": fault, **dict.fromkeys(keys, Decimal(score))}
        for code, (score, fault) in rows.items()
    ]
    return frame(table, names)


def test_ten_criteria_of_everybody_scored_count_as_changed_else_as_self_scored():
    sheet = """
    row | Mã người | TC số | Tổ sửa thành | Lý do
    6   | CB012    | 2     | 1            | Đi muộn
    7   | CB012    | 3     | 1            |
    8   | CB021    | 1     | 5            | Nghỉ ốm, Tổ chấm
    """
    staff = registers(CB013={"unscored_from": date(2026, 11, 1)})
    own = self_scored(CB012=("2.5", ""), CB021=("2.5", "K304"))
    rows = records(group.general(own, table_of("general", sheet), staff, Rules(), MONTH_END))
    assert [row["person"] for row in rows] == ["CB012"] * 10 + ["CB021"] * 10
    assert [row["most"] for row in rows[:10]] == [5, 5, *[Decimal("2.5")] * 8]
    figures = ("criterion", "self_score", "accepted_score", "reason")
    assert [tuple(row[name] for name in figures) for row in rows[:3]] == [
        ("1", Decimal("2.5"), Decimal("2.5"), ""),
        ("2", Decimal("2.5"), Decimal(1), "Đi muộn"),
        ("3", Decimal("2.5"), Decimal("2.5"), ""),
    ]
    assert [(row["self_score"], row["accepted_score"]) for row in rows[10:12]] == [
        (None, 5),
        (None, None),
    ]
    assert group.general(own, table_of("general", sheet), staff, Rules(), CYCLE).empty


def test_each_scored_leader_has_both_criteria_given_or_blank():
    sheet = """
    row | Mã người | Mã tiêu chí | Mức | Lý do
    6   | CB012    | đ           | 50  | Chậm kéo dài
    7   | CB012    | e           | 100 |
    8   | CB013    | e           | 100 | Đoàn kết
    """
    staff = registers(CB012={"leader": "cấp trưởng"}, CB021={"leader": "cấp phó"})
    typed = table_of("leader_criteria", sheet)
    rows = records(group.leader_criteria(typed, staff, Rules(), MONTH_END))
    assert [(row["person"], row["criterion"], row["value"], row["reason"]) for row in rows] == [
        ("CB012", "đ", 50, "Chậm kéo dài"),
        ("CB012", "e", None, ""),
        ("CB021", "đ", None, ""),
        ("CB021", "e", None, ""),
    ]
    assert {row["title"] for row in rows} == set(LEADER_CRITERIA.values())
    assert group.leader_criteria(typed, staff, Rules(), CYCLE).empty


# --- three lines drawn


def delivered(*numbers, quantity="2"):
    """Return the lines of a unit's report that are delivered."""
    rows = [
        {"task_id": f"KT-{n:02d}", "person": "CB012", "unit": "KT", "source": "phiếu"}
        | {"task": f"Việc {n}", "completed_reported": Decimal(quantity)}
        for n in numbers
    ]
    return result_table("lines", rows)


NOTHING = table_of("inspections", "row | Mã việc | SL thực tế")


def drawn_of(lines, sheet="row | Mã việc | SL thực tế", cycle=CYCLE, closed=True):
    """Return the table «inspections» over lines and a sheet as it stands."""
    typed, _ = typed_book(inspections=sheet)
    sound = table_of("inspections", sheet)
    return records(inspections(lines, sound, records(typed["inspections"].table), cycle, closed))


def ids(rows):
    return [row["task_id"] for row in rows]


def test_three_lines_are_drawn_by_the_cycle_and_the_lines_alone():
    first = drawn_of(delivered(*range(1, 30)))
    assert len(set(ids(first))) == 3
    assert drawn_of(delivered(*reversed(range(1, 30)))) == first
    others = [
        drawn_of(delivered(*range(1, 30)), cycle=parse_cycle(f"2026-{m:02d}-K2"))
        for m in range(1, 7)
    ]
    assert any(ids(other) != ids(first) for other in others)
    assert any(ids(drawn_of(delivered(*range(1, n)))) != ids(first) for n in range(20, 29))


def test_no_line_is_likelier_than_another():
    keys = [(f"KT-{n}", "") for n in range(10)]
    cycles = [
        parse_cycle(f"20{y}-{m:02d}-K{h}")
        for y in range(20, 40)
        for m in range(1, 13)
        for h in (1, 2)
    ]
    times = {key: sum(key in draw(keys, cycle)[:3] for cycle in cycles) for key in keys}
    assert sum(times.values()) == 3 * len(cycles)
    assert all(100 < count < 190 for count in times.values()), times  # 144 expected


def test_before_the_cut_off_nothing_is_drawn():
    assert drawn_of(delivered(1, 2, 3, 4), closed=False) == []


def test_only_what_a_unit_itself_reported_as_delivered_is_drawn():
    lines = delivered(1, 2, 3, 4, 5)
    lines.loc[0, "source"] = "nhập thay"
    lines.loc[1, "completed_reported"] = None
    lines.loc[2, "completed_reported"] = Decimal(0)
    assert sorted(ids(drawn_of(lines))) == ["KT-04", "KT-05"]


def test_drawn_lines_stay_whatever_becomes_of_the_reports():
    sheet = """
    row | Mã việc | Mã người | Đơn vị | Việc    | SL báo cáo | SL thực tế | Ghi nhận tại chỗ
    6   | KT-01   | CB012    | KT     | Việc 1  | 9          | 1          | Thiếu một hồ sơ
    7   | KT-99   | CB012    | KT     | Việc cũ | 4          | 5          |
    8   | KT-03   | CB012    | KT     | Việc 3  | 2          | ba         |
    """
    rows = drawn_of(delivered(*range(1, 30)), sheet)
    shown = ("task_id", "task", "reported", "found", "difference", "note")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("KT-01", "Việc 1", 2, 1, -1, "Thiếu một hồ sơ"),
        ("KT-99", "Việc cũ", 4, 5, 1, ""),
        ("KT-03", "Việc 3", 2, None, None, ""),
    ]


def test_fewer_than_three_are_made_up_to_three_later():
    sheet = "row | Mã việc | Mã người | SL thực tế\n6 | KT-01 | CB012 |"
    rows = drawn_of(delivered(*range(1, 30)), sheet)
    assert rows[0]["task_id"] == "KT-01"
    assert len(set(ids(rows))) == 3
