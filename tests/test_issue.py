"""What is issued to a unit, what is wrong with the assignment table, what the group typed."""

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipeline import ROOT, issue
from pipeline.model.calendar import VIETNAM, Cycle, DaysOff, Schedule
from pipeline.model.findings import catalogue
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.rules import Rules
from pipeline.model.settings import Calendar, Commune, Meeting, Packet, Settings, Signatories
from pipeline.model.stamp import STAMP_SHEET, Stamp, digest_of, find_stamp
from pipeline.model.tables import frame

FIRST_HALF, SECOND_HALF = Cycle(2026, 11, 1), Cycle(2026, 11, 2)


def registered(key: str, **values: object) -> dict[str, object]:
    return {field.key: field.blank for field in layout("registers")[key].field} | values


def person(code: str, name: str, unit: str, **values: object) -> dict[str, object]:
    usual = {"code": code, "name": name, "unit": unit, "category": "công chức"}
    return registered("people", **{**usual, **values})


PEOPLE = [
    person("CB001", "Huỳnh Tấn Lực", "VP", category="cán bộ"),
    person("CB012", "Nguyễn Văn An", "KT"),
    person("CB013", "Trần Thị Hòa", "KT", active_to=date(2026, 10, 31)),
    person("CB014", "Trần Thị Hoa", "KT", unscored_from=date(2026, 11, 1)),
    person("CB015", "Lê Văn Tám", "KT", unscored_from=date(2026, 11, 20)),
    person("CB016", "Cao Đức Huy", "KT", category="hợp đồng"),
    person("CB029", "Võ Đình Thuận", "HCC"),
]
UNITS = [
    registered("units", code="KT", name="Phòng Kinh tế", head="CB012", reports_cchc="không"),
    registered("units", code="HCC", name="Trung tâm", head="CB029", reports_cchc="có"),
    registered("units", code="VP", name="Văn phòng", head="", reports_cchc="có"),
]
PRODUCTS = [
    {"code": "TC.03", "unit": "KT", "product": "Hồ sơ đã thẩm tra", "coefficient": Decimal("2.7")},
    {"code": "QL.01", "unit": "dùng chung", "product": "Kế hoạch", "coefficient": None},
    {"code": "HC.01", "unit": "HCC", "product": "Hồ sơ", "coefficient": Decimal(1)},
]
INDICATORS = [
    {
        "code": "CS01",
        "name": "Đúng hạn",
        "unit": "HCC",
        "numerator": "Đúng",
        "denominator": "Tất cả",
    },
    {"code": "CS02", "name": "Quá hạn", "unit": "HCC", "measure": "hồ sơ"},
]
REGISTERS = Registers(
    units={row["code"]: row for row in UNITS},
    people={row["code"]: row for row in PEOPLE},
    products={row["code"]: registered("products", **row) for row in PRODUCTS},
    indicators={row["code"]: registered("indicators", **row) for row in INDICATORS},
    days_off=DaysOff(off=frozenset({date(2026, 11, 20)})),
)
SETTINGS = Settings(
    Commune("xã Bình Khê", "Gia Lai", "UBND", "Bình Khê"),
    Signatories(),
    Calendar(),
    Meeting(),
    Rules(),
    Packet(),
)
SCHEDULE = Schedule(
    cutoff=datetime(2026, 11, 16, 17, tzinfo=VIETNAM),
    verification_until=date(2026, 11, 17),
    meeting_on=date(2026, 11, 18),
    hour="8 giờ",
    place="Phòng họp",
    chair="Huỳnh Tấn Lực",
    secretary="Lê Thị Hồng Diễm",
    attendees="",
)


def line(**values: object) -> dict[str, object]:
    """An assigned line with its six «rõ»."""
    usual = {
        "task_id": "KT-01",
        "kind": "kế hoạch",
        "unit": "KT",
        "person": "CB012",
        "responsible": "CB012",
        "approver": "CB001",
        "task": "Thẩm tra hồ sơ",
        "product": "TC.03",
        "measure": "hồ sơ",
        "coefficient": Decimal("2.7"),
        "assigned": Decimal(8),
        "due": date(2026, 11, 10),
        "file": "giao-viec.xlsx",
        "sheet": "Giao việc",
        "row": 4,
    }
    blank = {field.key: field.blank for field in layout("assignment")["assignments"].field}
    return {**blank, **usual, **values}


def unit_workbook(unit: str = "KT", lines: list | None = None, cycle: Cycle = FIRST_HALF) -> bytes:
    assignments = [line()] if lines is None else lines
    return issue.unit_workbook(unit, assignments, REGISTERS, SETTINGS, SCHEDULE, cycle)


def sheets(data: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


# The rows a unit is issued


def test_a_row_says_who_what_and_how_much() -> None:
    assert issue.unit_rows([line()], REGISTERS, "KT") == [
        {
            "task_id": "KT-01",
            "work": "Thẩm tra hồ sơ — Hồ sơ đã thẩm tra",
            "person": "CB012 – Nguyễn Văn An",
            "responsible": "Nguyễn Văn An",
            "approver": "Huỳnh Tấn Lực",
            "due": date(2026, 11, 10),
            "measure": "hồ sơ",
            "assigned": Decimal(8),
            "weight": Decimal("2.7"),
        }
    ]


def test_a_share_is_named_and_weighs_exactly() -> None:
    shared = line(share=Decimal("0.35"), coefficient=Decimal("2.7"), product_name="Tờ trình")
    (row,) = issue.unit_rows([shared], REGISTERS, "KT")
    assert row["work"] == "Thẩm tra hồ sơ — Tờ trình (tỷ lệ tham gia 0,35)"
    assert row["weight"] == Decimal("0.945")


@pytest.mark.parametrize("share", [None, Decimal(1), Decimal(0), Decimal("-0.5"), Decimal("1.5")])
def test_a_blank_or_impossible_share_is_one(share: Decimal | None) -> None:
    (row,) = issue.unit_rows([line(share=share)], REGISTERS, "KT")
    assert row["weight"] == Decimal("2.7")
    assert "tỷ lệ" not in row["work"]


def test_only_the_units_own_lines_in_the_tables_order() -> None:
    lines = [line(task_id="KT-02"), line(task_id="HC-01", unit="HCC"), line()]
    rows = issue.unit_rows(frame(lines, lines[0]), REGISTERS, "KT")
    assert [row["task_id"] for row in rows] == ["KT-02", "KT-01"]


def test_what_is_unknown_or_blank_is_shown_as_it_is() -> None:
    bare = line(person="", responsible="CB999", approver="", product="", product_name="")
    (row,) = issue.unit_rows([bare | {"coefficient": None}], REGISTERS, "KT")
    assert (row["person"], row["responsible"], row["approver"]) == ("", "CB999", "")
    assert row["work"] == "Thẩm tra hồ sơ"
    assert row["weight"] is None


def test_rows_fill_exactly_the_issued_fields() -> None:
    issued = [field.key for field in layout("unit")["tasks"].field if field.by == "issued"]
    assert list(issue.unit_rows([line()], REGISTERS, "KT")[0]) == issued


# The stamp


def test_a_stamp_is_found_again() -> None:
    stamp = Stamp("KT", "2026-11-K1", "QT-F211", "1a2b3c4d")
    for text in (stamp.text, stamp.line, f"  {stamp.line.upper()} ", f"xem {stamp.text}, rồi điền"):
        assert find_stamp(text) == stamp
    assert find_stamp("Mã phiếu: VP HĐND | 2026-11-K1 | QT-F211 | 1a2b3c4d").unit == "VP HĐND"


@pytest.mark.parametrize(
    "text",
    [None, "", 5, "KT|2026-13-K1|QT-F211|1a2b3c4d", "KT|2026-11-K1|QT-F211|1a2b", "Mã phiếu: KT"],
)
def test_what_is_no_stamp_is_not_taken_for_one(text: object) -> None:
    assert find_stamp(text) is None


def test_the_digest_knows_every_issued_cell_and_no_order() -> None:
    rows = issue.unit_rows([line(), line(task_id="KT-02")], REGISTERS, "KT")
    assert digest_of(rows) == digest_of(reversed(rows))
    assert digest_of(rows) == digest_of([{**row, "completed": Decimal(2)} for row in rows])
    assert digest_of([{**rows[0], "assigned": Decimal("8.0")}, rows[1]]) == digest_of(rows)
    changed = [[{**rows[0], key: "khác"}, rows[1]] for key in rows[0]]
    assert len({digest_of(rows), *map(digest_of, changed)}) == len(rows[0]) + 1


# The unit's workbook


def test_the_workbook_names_its_unit_cycle_and_rules() -> None:
    read = sheets(unit_workbook())
    guide = "\n".join(row[0] for row in read["Hướng dẫn"])
    assert "PHIẾU BÁO CÁO KẾT QUẢ CÔNG VIỆC KỲ 1 THÁNG 11 NĂM 2026" in guide
    assert "Phòng Kinh tế (KT)" in guide
    assert "từ ngày 01/11/2026 đến hết ngày 15/11/2026" in guide
    assert "Gửi chậm nhất 17 giờ 00, 16/11/2026" in guide
    assert "Lê Thị Hồng Diễm" in guide
    digest = digest_of(issue.unit_rows([line()], REGISTERS, "KT"))
    assert find_stamp(read[STAMP_SHEET][0][1]) == Stamp("KT", "2026-11-K1", Rules().code, digest)
    assert read["Nhiệm vụ"][5][:2] == ["KT-01", "Thẩm tra hồ sơ — Hồ sơ đã thẩm tra"]


def test_indicators_only_for_units_that_report_them() -> None:
    assert "CCHC" not in sheets(unit_workbook("KT"))
    assert "CCHC" not in sheets(unit_workbook("VP"))  # reports, but answers for none
    rows = sheets(unit_workbook("HCC"))["CCHC"][5:]
    assert [row[:3] for row in rows] == [
        ["CS01", "Đúng hạn", "Tử số: Đúng; Mẫu số: Tất cả"],
        ["CS02", "Quá hạn", "Giá trị (hồ sơ)"],
    ]


def test_self_scoring_only_at_the_months_end_for_scored_people() -> None:
    assert "Tự chấm" not in sheets(unit_workbook())
    rows = sheets(unit_workbook(cycle=SECOND_HALF))["Tự chấm"][5:]
    # CB013 left in October, CB014 is on leave all month, CB016 is under contract
    assert [row[0] for row in rows] == ["CB012 – Nguyễn Văn An", "CB015 – Lê Văn Tám"]
    assert "Tự chấm" not in sheets(unit_workbook("VP", cycle=SECOND_HALF))


def test_lists_show_the_units_own_people_and_products_first() -> None:
    book = openpyxl.load_workbook(BytesIO(unit_workbook()))
    rules = {
        str(rule.sqref): rule.formula1
        for rule in book["Kỳ tới"].data_validations.dataValidation
        if rule.type == "list"
    }
    products, people = (re.findall(r"(\w+[.\w]*) –", text) for text in rules.values())
    assert people == ["CB012", "CB014", "CB015", "CB016", "CB001", "CB029"]
    assert products == ["TC.03", "QL.01"]


def test_a_unit_without_lines_still_gets_a_workbook() -> None:
    read = sheets(unit_workbook(lines=[]))
    assert len(read["Nhiệm vụ"]) == 5
    assert "Phát sinh" in read


def test_the_workbook_is_the_same_every_time() -> None:
    assert unit_workbook() == unit_workbook()


def test_the_blank_workbook_to_look_at_is_up_to_date() -> None:
    path = ROOT / "templates" / "phieu-trang.xlsx"
    fresh, kept = sheets(issue.blank_workbook()), sheets(path.read_bytes())
    assert kept == fresh, "làm lại: templates/phieu-trang.xlsx ← pipeline.issue.blank_workbook()"


# What is wrong with the assignment table


def found(*lines: dict, begun: tuple = ()) -> list[tuple]:
    keys = ("code", "row", "field", "value", "fact")
    told = issue.check_assignments(
        pd.DataFrame([*lines], dtype=object), REGISTERS, {key: {"product": ""} for key in begun}
    )
    return [tuple(row[key] for key in keys) for row in told]


def test_a_good_table_has_no_finding() -> None:
    assert found(line(), line(task_id="KT-02", row=5)) == []


WRONG = {
    "K704": (
        {"task": "", "due": None},
        "task_id",
        "KT-01",
        "rõ việc, rõ thời gian (tính hạn là ngày cuối kỳ)",
    ),
    "K706": (
        {"coefficient": Decimal("1.2")},
        "coefficient",
        "KT-01",
        "bảng giao việc 1,2, danh mục 2,7",
    ),
    "K710": ({"share": Decimal("1.5")}, "share", "1,5", ""),
    "K732": ({"assigned_on": date(2026, 12, 1)}, "assigned_on", "KT-01", "01/12/2026"),
}


@pytest.mark.parametrize("code", WRONG)
def test_each_fault_of_a_row_is_told_at_its_cell(code: str) -> None:
    values, field, value, fact = WRONG[code]
    assert found(line(**values)) == [(code, 4, field, value, fact)]


def test_work_given_before_keeps_the_coefficient_it_was_given_with() -> None:
    old = line(coefficient=Decimal("1.2"))
    key = old["task_id"], old["person"]
    for product, codes in ((old["product"], []), ("QL.01", ["K706"])):
        before = {key: {"product": product}}
        told = issue.check_assignments(pd.DataFrame([old], dtype=object), REGISTERS, before)
        assert [row["code"] for row in told] == codes


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"product": "", "product_name": ""}, "rõ sản phẩm"),
        ({"assigned": None}, "rõ sản phẩm"),
        ({"unit": "VP", "person": ""}, "rõ người"),
        ({"responsible": ""}, "rõ trách nhiệm"),
        ({"approver": ""}, "rõ thẩm quyền"),
    ],
)
def test_each_missing_clarity_is_named(values: dict, missing: str) -> None:
    assert found(line(**values)) == [("K704", 4, "task_id", "KT-01", missing)]


def test_a_unit_line_is_its_heads() -> None:
    assert found(line(person="")) == []


def test_the_same_task_twice_for_one_person_is_told_at_the_later_row() -> None:
    assert found(line(), line(row=9)) == [("K708", 9, "task_id", "KT-01", "4")]


@pytest.mark.parametrize(
    ("shares", "total"), [(("0.5", "0.4"), "0,9"), ((None, None), "2"), (("0.6",), "0,6")]
)
def test_shares_that_are_not_one_together(shares: tuple, total: str) -> None:
    people = ("CB012", "CB015")
    lines = [
        line(person=who, share=share and Decimal(share), row=at)
        for at, (who, share) in enumerate(zip(people, shares, strict=False), 4)
    ]
    assert found(*lines) == [("K705", 4, "share", "KT-01", total)]


def test_shares_are_silent_where_their_cause_is_told() -> None:
    wild = [line(share=Decimal(2)), line(person="CB015", share=Decimal("0.5"), row=5)]
    assert [row[0] for row in found(*wild)] == ["K710"]
    twice = [line(share=Decimal("0.5")), line(share=Decimal("0.2"), row=5)]
    assert [row[0] for row in found(*twice)] == ["K708"]


def test_days_off_that_are_still_to_come_are_told_once_with_all_their_work() -> None:
    saturday, sunday = date(2026, 11, 14), date(2026, 11, 15)
    table = [
        line(due=sunday),
        line(due=sunday, person="CB015", row=5),
        line(task_id="KT-02", due=sunday, row=6),
        line(task_id="KT-03", due=saturday, row=7),
        line(task_id="KT-04", due=date(2026, 10, 31), row=8),
        line(task_id="KT-05", due=date(2026, 11, 13), row=9),
    ]
    keys = ("code", "row", "field", "value", "fact")
    told = issue.due_on_days_off(pd.DataFrame(table), REGISTERS, date(2026, 11, 1))
    assert [tuple(row[key] for key in keys) for row in told] == [
        ("K707", 7, "due", "KT-03", "14/11/2026"),
        ("K707", 4, "due", "KT-01, KT-02", "15/11/2026"),
    ]


def test_findings_name_the_office_table_and_no_unit() -> None:
    (told,) = issue.check_assignments([line(approver="")], REGISTERS)
    assert (told["unit"], told["file"], told["sheet"]) == ("", "giao-viec.xlsx", "Giao việc")
    assert told["code"] in catalogue()


# The working group's workbook

RESULT = {
    "lines": [
        {"task_id": "KT-01", "person": "CB012", "unit": "KT", "task": "Thẩm tra"}
        | {"completed_reported": Decimal(2), "completed_accepted": Decimal(9)}
        | {"rework_reported": 1, "finished": date(2026, 11, 9), "reason": "của bảng kết quả"},
        {"task_id": "KT-02", "person": "", "unit": "KT", "task": "Đôn đốc"},
    ],
    "claims": [
        {
            "task_id": "KT-01",
            "person": "CB012",
            "unit": "KT",
            "aspect": "tiến độ",
            "document": "CV 1",
            "reason": "x",
        }
    ],
    "agenda": [{"point": "VM-KT-01", "unit": "KT", "matter": "Gỡ vướng mặt bằng", "minutes": 10}],
}


LISTS = {"people_and_units": ["CB012 – Nguyễn Văn An", "KT – Phòng Kinh tế"]}


def drafted(typed: dict, key: str = "verdicts", month: bool = True, **more: list) -> list[dict]:
    sheet = layout("verification")[key]
    book = issue.verification_workbook(RESULT | more, typed, LISTS, month=month)
    rows = sheets(book)[sheet.title][sheet.heading_row :]
    filled = [dict(zip(sheet.keys, row, strict=False)) for row in rows]
    return [row for row in filled if any(row.values())]


def test_a_first_draft_holds_what_was_reported_and_no_verdict() -> None:
    first, second = drafted({})
    assert (first["completed"], first["rework"], first["finished"]) == (2, 1, date(2026, 11, 9))
    assert (first["state"], first["completed_accepted"], first["reason"]) == ("", "", "")
    assert second["task"] == "Đôn đốc"
    assert drafted({}, "exemptions")[0]["document_claimed"] == "CV 1"
    assert drafted({}, "exemptions")[0]["reason"] == ""
    assert drafted({}, "agenda")[0]["minutes"] == ""
    assert drafted({}, "measures") == []


def test_the_document_of_an_exemption_that_no_unit_claimed_is_not_said_to_be_the_units() -> None:
    own = {"task_id": "KT-02", "person": "", "aspect": "chất lượng", "document": "CV 9"}
    typed = {"exemptions": [own | {"granted": "có"}]}
    (row,) = drafted(typed, "exemptions", claims=[own | {"unit": ""}])
    assert (row["document_claimed"], row["document"]) == ("", "CV 9")


def test_what_the_group_typed_is_kept_by_key() -> None:
    typed = {
        "verdicts": [
            {"task_id": "KT-02", "person": "", "state": "Đúng", "task": "tên cũ"},
            {"task_id": "kt-01 ", "person": "CB012", "completed_accepted": "9O"},
        ],
        "exemptions": pd.DataFrame(
            [{"task_id": "KT-01", "person": "CB012", "aspect": "Tiến độ", "granted": "có"}],
            dtype=object,
        ),
        "agenda": [{"point": "VM-KT-01", "chosen": "x", "minutes": 15}],
        "measures": [{"subject": "CS01", "measure": "Bố trí thêm quầy", "due": date(2026, 11, 20)}],
    }
    first, second = drafted(typed)
    assert first["completed_accepted"] == "9O"  # mistyped, and still there
    assert (second["state"], second["task"]) == ("Đúng", "Đôn đốc")
    assert drafted(typed, "exemptions")[0]["granted"] == "có"
    assert drafted(typed, "agenda")[0]["minutes"] == 15
    assert drafted(typed, "measures")[0]["due"] == date(2026, 11, 20)


def test_right_said_of_another_report_keeps_what_it_was_said_of() -> None:
    looked_at = {"task_id": "KT-01", "person": "CB012", "unit": "KT", "completed": 1, "task": "cũ"}
    for state, shown in (("đúng ", (1, "cũ")), ("Sửa", (2, "Thẩm tra")), ("", (2, "Thẩm tra"))):
        first, second = drafted({"verdicts": [looked_at | {"state": state}]})
        assert (first["completed"], first["task"]) == shown
        assert second["task"] == "Đôn đốc"


def test_words_whose_line_is_gone_or_stands_twice_are_never_lost() -> None:
    typed = {
        "verdicts": [
            {"task_id": "KT-99", "person": "CB012", "task": "Việc cũ", "reason": "đã xem"},
            {"task_id": "KT-98", "person": "", "task": "không ai gõ gì"},
            {"task_id": "KT-01", "person": "CB012", "reason": "lần một"},
            {"task_id": "KT-01", "person": "CB012", "reason": "lần hai"},
        ]
    }
    kept = [(row["task_id"], row["reason"]) for row in drafted(typed)]
    assert kept == [
        ("KT-01", "lần một"),
        ("KT-02", ""),
        ("KT-99", "đã xem"),
        ("KT-01", "lần hai"),
    ]
    assert drafted(typed)[2]["task"] == "Việc cũ"


def test_the_draft_of_a_draft_is_the_same_bytes() -> None:
    typed = {"verdicts": [{"task_id": "KT-01", "person": "CB012", "reason": "đã xem"}]}
    first, second = (
        issue.verification_workbook(RESULT, typed, LISTS, month=True) for _ in range(2)
    )
    assert first == second


UNHEARD = {
    "units": [{"unit": "KT", "status": "Đạt"}, {"unit": "VP", "status": "Chưa nộp"}],
    "lines": [
        {"task_id": "KT-01", "person": "CB012", "unit": "KT", "task": "Thẩm tra"},
        {"task_id": "VP-01", "person": "CB021", "unit": "VP", "task": "Báo cáo"}
        | {"assigned": Decimal(2), "due": date(2026, 11, 9), "completed": Decimal(1)},
        {"task_id": "VP-02", "person": "", "unit": "VP", "task": "Lịch"},
    ],
}


def test_every_line_of_a_unit_that_has_sent_nothing_waits_for_the_groups_figures() -> None:
    first, second = drafted({}, "substitutes", **UNHEARD)
    assert (first["task_id"], first["assigned"], first["due"]) == ("VP-01", 2, date(2026, 11, 9))
    assert (first["completed"], second["task_id"]) == ("", "VP-02")
    typed = {
        "substitutes": [
            {"task_id": "VP-02", "person": "", "completed": "1,5", "reason": "Máy hỏng"},
            {"task_id": "KT-01", "person": "CB012", "task": "Thẩm tra", "completed": 2},
            {"task_id": "KT-02", "person": "CB012", "task": "đã nộp, không gõ gì"},
        ]
    }
    rows = drafted(typed, "substitutes", **UNHEARD)
    assert [(row["task_id"], row["completed"]) for row in rows] == [
        ("VP-01", ""),
        ("VP-02", "1,5"),
        ("KT-01", 2),
    ]


def test_lines_drawn_stand_as_the_result_has_them() -> None:
    drawn = [{"task_id": f"KT-0{n}", "person": "", "task": "x", "found": 9} for n in (1, 2, 3)]
    typed = {"inspections": [{"task_id": "KT-02", "person": "", "found": 4, "note": "thiếu"}]}
    rows = drafted(typed, "inspections", inspections=drawn)
    assert [(row["task_id"], row["found"], row["note"]) for row in rows] == [
        ("KT-01", "", ""),
        ("KT-02", 4, "thiếu"),
        ("KT-03", "", ""),
    ]


def test_a_reward_keeps_its_words_and_loses_its_facts_with_them() -> None:
    told = {"name": "Nguyễn Văn An", "facts": "Xong đúng hạn 6/6 dòng"}
    rewards = [{"who": "CB012", **told}, {"who": "CB021", "name": "Lê Văn Hoa", "note": "x"}]
    typed = {
        "rewards": [
            {"who": "cb012 – tên cũ", "facts": "Xong đúng hạn 5/5 dòng", "proposal": "Giấy khen"},
            {"who": "CB021", "note": "Sáng kiến"},
            {"who": "CB015", "facts": "kỳ trước còn, nay không"},
            {"who": "Nguyễn Văn Ân", "proposal": "Giấy khen"},
            {"proposal": "chưa ghi ai"},
        ]
    }
    rows = drafted(typed, "rewards", rewards=rewards)
    assert [(row["who"], row["facts"], row["proposal"] or row["note"]) for row in rows] == [
        ("CB012 – Nguyễn Văn An", "Xong đúng hạn 6/6 dòng", "Giấy khen"),
        ("CB021 – Lê Văn Hoa", "", "Sáng kiến"),
        ("Nguyễn Văn Ân", "", "Giấy khen"),
        ("", "", "chưa ghi ai"),
    ]


def test_the_months_sheets_stand_in_its_last_cycle_only_unless_something_was_typed() -> None:
    titles = {layout("verification")[key].title for key in ("general", "leader_criteria")}

    def shown(month: bool, typed: dict) -> set[str]:
        return titles & set(sheets(issue.verification_workbook(RESULT, typed, LISTS, month=month)))

    assert shown(True, {}) == titles
    assert shown(False, {}) == set()
    typed = {"general": [{"person": "CB012", "criterion": "1", "score": 4}]}
    assert shown(False, typed) == {layout("verification")["general"].title}


def test_scores_are_kept_by_person_and_criterion() -> None:
    general = [
        {"person": "CB012", "criterion": code, "most": Decimal(5), "self_score": Decimal(4)}
        | {"accepted_score": Decimal(3), "reason": "của bảng kết quả"}
        for code in ("1", "2")
    ]
    leaders = [{"person": "CB012", "criterion": code, "value": 50} for code in ("đ", "e")]
    typed = {
        "general": [{"person": "CB012", "criterion": 2.0, "score": "4.5", "reason": "muộn"}],
        "leader_criteria": [{"person": "CB012", "criterion": "e", "value": 100.0}],
    }
    rows = drafted(typed, "general", general=general)
    assert [(row["self_score"], row["score"], row["reason"]) for row in rows] == [
        (4, "", ""),
        (4, "4.5", "muộn"),
    ]
    rows = drafted(typed, "leader_criteria", leader_criteria=leaders)
    assert [row["value"] for row in rows] == ["", 100]


def test_a_row_of_words_is_kept_a_line_that_is_gone_is_not() -> None:
    typed = [{"task_id": "Phần của chị Hoa"}, {"task_id": "KT-99", "unit": "KT", "task": "Việc cũ"}]
    rows = drafted({"verdicts": typed}, "verdicts", lines=[])
    assert [row["task_id"] for row in rows] == ["Phần của chị Hoa"]


def test_work_taken_over_names_a_line_that_is_here() -> None:
    lines = [line(), line(row=9, task_id="KT-02", kind="nhận thay", from_task="KT-01")]
    assert [row for row in found(*lines) if row[0] == "K713"] == []
    lost = line(row=10, task_id="KT-03", kind="nhận thay", from_task="KT-99")
    blank = line(row=11, task_id="KT-04", kind="nhận thay")
    carried = line(row=12, task_id="KT-05", kind="nhận thay", from_task="KT-98", carried=1)
    named = [row[:4] for row in found(*lines, lost, blank, carried) if row[0] == "K713"]
    assert named == [("K713", 10, "from_task", "KT-03"), ("K713", 11, "from_task", "KT-04")]


def test_work_taken_over_before_its_due_date_goes_on_without_its_giver() -> None:
    more = {"kind": "nhận thay", "assigned": Decimal(5)}
    alone = line(task_id="KT-02", from_task="KT-99", **more)
    beside = line(row=9, task_id="KT-03", from_task="KT-01", **more)
    giver = line(row=10, assigned=Decimal(3))
    begun = (("KT-02", "CB012"), ("KT-03", "CB012"))
    codes = [row[0] for row in found(alone, beside, giver)]
    assert {"K713", "K718"} <= {*codes}
    codes = [row[0] for row in found(alone, beside, giver, begun=begun)]
    assert {"K713", "K718"}.isdisjoint(codes)


def test_more_taken_over_than_was_assigned_is_told_at_the_giver() -> None:
    taken = {"kind": "nhận thay", "from_task": "KT-01", "assigned": Decimal(2)}
    giver, one = line(assigned=Decimal(3)), line(row=9, task_id="KT-02", **taken)
    two = line(row=10, task_id="KT-03", **taken | {"from_task": "KT-01/CB012"})
    carried = line(row=10, task_id="KT-03", carried=1, **taken)
    for rows, expected in (
        ((giver, one), []),
        ((giver, one, carried), []),
        ((giver, one, two), [("K718", 4, "assigned", "3, các dòng nhận thay cộng lại 4")]),
    ):
        told = [(*row[:3], row[4]) for row in found(*rows) if row[0] == "K718"]
        assert told == expected
