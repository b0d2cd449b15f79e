"""A line that is not built yet: what is left of it, what a meeting changes; shown as sheets."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_across import CARRIED, HEAD, again, kept
from test_checking import cells, show_sheet
from test_scoring import PEOPLE, USUAL, drawn, full, registers, tables_of

from pipeline.checking.kept import kept_tables, type_kept
from pipeline.checking.meeting import (
    check_adjustments,
    check_conclusions,
    check_restated,
    check_waived,
    check_waivers,
)
from pipeline.history import REMEMBERED, newest_lines
from pipeline.model.calendar import DaysOff, parse_cycle
from pipeline.model.findings import ConfigError, finding
from pipeline.model.layout import layout
from pipeline.model.rules import Rules
from pipeline.model.tables import frame, records
from pipeline.scoring import rates
from pipeline.scoring.adjusting import adjustments, carried_on, decided_on, reopened, restated
from pipeline.scoring.conclusions import conclusions
from pipeline.scoring.lines import build_lines
from pipeline.scoring.plan import upcoming

CYCLE = parse_cycle("2026-11-K1")
FILE = "ket-luan.xlsx"
LISTS = {
    "people": [f"{code} – {name}" for code, name, _ in PEOPLE],
    "people_and_units": [],
    "units": ["KT – Phòng Kinh tế", "VP – Văn phòng"],
    "products": ["BC – Báo cáo", "HS – Hồ sơ"],
}
ISSUED = [
    {"task_id": task, "person": person, "due": due}
    for task, person, due in (
        *(("KT-01", "CB1", date(2026, 11, 10)), ("KT-02", "CB1", date(2026, 11, 10))),
        *(("KT-02", "CB2", date(2026, 11, 10)), ("KT-03", "", None)),
    )
]


def typed(key, text):
    """Return (the typed table, columns) of one shown sheet of the meeting's workbook."""
    book = layout("meeting")
    shown = show_sheet(book[key], text, {"file": FILE, "sheet": book[key].title})
    rows = [dict.fromkeys(book[key].keys) | row for row in shown.rows]
    entries = {sheet.key: [] for sheet in book.tables} | {key: rows}
    columns = {(FILE, book[key].title, field): at for field, at in shown.letters.items()}
    return type_kept("meeting", entries, LISTS, [])[key].table, columns


# --- adjustments: what is typed


def test_an_adjustment_needs_a_line_a_change_a_reason_and_a_decision():
    table, columns = typed(
        "adjustments",
        """
        row | Mã việc | Mã người | Gia hạn đến | Thu hồi | Số lượng mới | Chuyển cho người | Lý do    | Mã kết luận
        6   | KT-01   | CB1      | 25/11/2026  |         |              |                  | Chờ tỉnh | KL-03
        7   | KT-02   | CB1      | 25/11/2026  |         |              |                  |          | KL-03
        8   | KT-02   | CB2      |             |         |              |                  | Chờ tỉnh | KL-03
        9   | KT-03   |          |             | x       |              |                  | Chờ tỉnh |
        10  | KT-09   | CB1      |             | x       |              |                  | Chờ tỉnh | KL-03
        11  | KT-01   | CB1      |             | x       |              |                  | Chờ tỉnh | KL-03
        12  | KT-02   | CB1      |             | x       | 2            |                  | Chờ tỉnh | KL-03
        13  | KT-02   | CB1      | 10/11/2026  |         |              |                  | Chờ tỉnh | KL-03
        14  | KT-02   | CB1      |             |         |              | CB1 – Nguyễn An  | Chờ tỉnh | KL-03
        15  | KT-02   | CB1      | 29/11/2026  |         |              | CB3 – Lê Hòa     | Chờ tỉnh | KL-03
        16  | KT-03   |          |             |         |              |                  |          |
        17  | KT-03   |          |             |         | 0            |                  | Chờ tỉnh | KL-03
        18  | KT-02   | CB2      |             |         |              | CB3 – Lê Hòa     | Chờ tỉnh | KL-03
        19  | KT-02   | CB2      |             |         |              | CB1 – Nguyễn An  | Chờ tỉnh | KL-03
        """,
    )
    decided, found = check_adjustments(table, frame(ISSUED, ISSUED[0]), DaysOff())
    assert cells(found, columns) == [
        ("K707", "C15"),  # a Sunday
        *[("K752", "A7"), ("K752", "A8"), ("K752", "A9")],
        *[("K753", f"A{row}") for row in (10, 11, 12, 13, 14, 18, 19)],
    ]
    assert {key: row["row"] for key, row in decided.items()} == {
        ("KT-01", "CB1"): 6,
        ("KT-02", "CB1"): 15,
        ("KT-03", ""): 17,
    }
    facts = {row["row"]: row["fact"] for row in found}
    assert facts[8] == "nội dung điều chỉnh"
    assert facts[9] == "mã kết luận"
    assert facts[11] == "đã có ở dòng 6"
    assert facts[18] == facts[19] == "người mới đã có dòng của việc này"
    assert facts[13] == "hạn mới 10/11/2026 không sau hạn đang có 10/11/2026"


def test_waivers_are_complete_and_of_no_error():
    table, columns = typed(
        "waivers",
        """
        row | Mã vấn đề | Mã đơn vị | Người đề nghị | Người duyệt | Lý do
        6   | K409      | KT        | Phòng Kinh tế | Tổ trưởng   | Hồ sơ ở kho
        7   | K410      | KT        | Phòng Kinh tế |             | Hồ sơ ở kho
        8   | K301      | KT        | Phòng Kinh tế | Tổ trưởng   | Hồ sơ ở kho
        9   | K999      | KT        | Phòng Kinh tế | Tổ trưởng   | Hồ sơ ở kho
        10  | K704      |           | Văn phòng     | Tổ trưởng   | Giao gấp
        11  | K602      |           |               |             |
        """,
    )
    waived, found = check_waivers(table)
    assert cells(found, columns) == [("K754", "A7"), ("K755", "A8"), ("K755", "A9")]
    assert [*waived] == [("K409", "KT"), ("K704", "")]
    strays = check_waived(waived, [finding("K409", unit="KT"), finding("K704", unit="VP")])
    assert cells(strays, columns) == [("K755", "A10")]


# --- conclusions


def test_a_conclusion_needs_a_code_of_its_own_and_words():
    table, columns = typed(
        "conclusions",
        """
        row | Từ việc trình     | Mã kết luận | Kết luận       | Ai làm | Trước ngày | Kết quả khi xong
        6   | 2026-10-K2 KL-01  |             |                |        |            | Đã trả ngày 9/11
        7   | VM-KT-54-D97F     | KL-01       | Cấp vốn đợt 2  | CB1    | 25/11/2026 |
        8   |                   | KL-02       |                | CB1    | 25/11/2026 |
        9   |                   |             | Họp lại        |        |            |
        10  |                   | KL-01       | Họp tổ dân phố |        |            |
        11  | VM-KT-55-0000     |             |                |        |            |
        """,
    )
    assert cells(check_conclusions(table), columns) == [
        *[("K756", "B8"), ("K756", "B9"), ("K756", "B10")],
    ]


def test_conclusions_stay_open_until_closed_in_writing():
    sheet = (
        "row | Từ việc trình | Mã kết luận | Kết luận | Ai làm | Trước ngày | Kết quả khi xong\n"
    )
    nothing = typed("conclusions", sheet)[0]
    said, _ = typed("conclusions", f"{sheet}6 | x | KL-01 | Cấp vốn | | 20/10/2026 |")
    names = ("cycle", "age", "due_first", "due", "postponed", "state")

    def told(table):
        return [tuple(row[name] for name in names) for row in records(table)]

    first = parse_cycle("2026-10-K1")
    one = conclusions(said, [], registers(), first)
    day = date(2026, 10, 20)
    assert told(one) == [("2026-10-K1", 0, day, day, 0, "chưa đến hạn")]
    two = conclusions(nothing, records(one), registers(), first.next)
    assert told(two) == [("2026-10-K1", 1, day, day, 0, "quá hạn")]
    later = date(2026, 11, 25)
    words, _ = typed("conclusions", f"{sheet}6 | 2026-10-K1 KL-01 | | | | 25/11/2026 |")
    three = conclusions(words, records(two), registers(), CYCLE)
    assert told(three) == [("2026-10-K1", 2, day, later, 1, "chưa đến hạn")]
    again = conclusions(words, records(two), registers(), CYCLE)
    assert told(again) == told(three)  # a second run of the same cycle counts nothing twice
    words, _ = typed("conclusions", f"{sheet}6 | 2026-10-k1 kl-01 | | | | | Đã cấp")
    four = conclusions(words, records(three), registers(), CYCLE.next)
    assert told(four) == [("2026-10-K1", 3, day, later, 1, "đã xong")]
    assert told(conclusions(nothing, records(four), registers(), CYCLE.next.next)) == []


# --- the cycle before, and the assignment table


def remembered(**more):
    """Return a line of the cycle before as the program remembers it."""
    row = kept(decision="", due_before=None) | more
    assert row.keys() == set(REMEMBERED)
    return row


def table_of(text, cycle="2026-11-K1"):
    """Return the assignments of a drawn table."""
    rows = drawn(text, int(cycle[:4]), USUAL)[0]
    place = {"file": "giao-viec.xlsx", "sheet": "Giao việc"}
    return full("assignments", [place | {"row": n} | row for n, row in enumerate(rows, 4)])


CARRIED_LINES = """
việc  | sp | k | s   | giao | hạn   | chuyển | decision
KT-01 | BC | 2 |     | 3    | 10/10 | 1      |
KT-02 | BC | 2 |     | 2    | 10/10 | 1      |
KT-03 | BC | 2 |     | 3    | 10/10 | 1      | KL-07
KT-04 | BC | 3 | 0.5 | 2    | 10/10 | 1      |
KT-05 | BC | 2 |     | 3    | 10/11 |        |
KT-06 | BC | 2 |     | 3    | 10/10 |        |
KT-07 | HS | 2 |     | 3    | 10/10 | 1      |
KT-08 | BC | 2 |     | 3    | 10/10 | 1      |
KT-09 | BC | 2 |     | 3    | 10/10 | 1      |
"""
LAST = {
    "KT-01": {},
    "KT-02": {},
    "KT-03": {},
    "KT-04": {},
    "KT-05": {"due": date(2026, 11, 10), "standing": "chưa đến hạn"},
    "KT-06": {"remaining": Decimal(0), "standing": "đúng hạn"},  # the code is used again
    "KT-07": {"task": "Việc khác"},  # nothing of it is the same work
    "KT-08": {"remaining": Decimal(0), "standing": "xong chậm"},
}


def test_what_is_left_by_the_cycle_before_counts_unless_a_decision_says_otherwise():
    table = table_of(CARRIED_LINES)
    before = {
        (task, "CB1"): remembered(task_id=task, person="CB1", product="BC", **more)
        | {"remaining": more.get("remaining", Decimal(2))}
        for task, more in LAST.items()
    }
    used = carried_on(table, before, CYCLE.first_day)
    assert used["assigned_issued"].tolist() == table["assigned"].tolist()
    figures = zip(used["assigned"], used["coefficient"], used["share"], strict=True)
    assert [tuple(map(float, (g, k, s or 1))) for g, k, s in figures] == [
        *[(2, 2, 1), (2, 2, 1), (3, 2, 1), (2, 2, 1), (2, 2, 1)],
        *[(3, 2, 1), (3, 2, 1), (0, 2, 1), (3, 2, 1)],
    ]
    told = restated(table, used, registers())
    assert [
        (row["task_id"], row["figure"], row["issued"], row["used"], row["difference"])
        for row in records(told)
    ] == [
        ("KT-01", "số lượng", 3, 2, -1),
        *[("KT-04", "hệ số", 3, 2, -1), ("KT-04", "tỷ lệ", Decimal("0.5"), 1, Decimal("0.5"))],
        ("KT-05", "số lượng", 3, 2, -1),
        ("KT-08", "số lượng", 3, 0, -3),
    ]
    found = check_restated(told, table)
    columns = {("giao-viec.xlsx", "Giao việc", "assigned"): "E"}
    assert cells(found, columns) == [("K751", "E4"), ("K751", "E8")]
    assert found[0]["fact"] == "3, kỳ trước còn 2"


REOPENED = {
    "KT-01": {},  # due in October, issued to nobody in November
    "KT-02": {"remaining": Decimal(0), "standing": "đúng hạn"},
    "KT-03": {"kind": "phát sinh"},
    "KT-04": {"due": date(2026, 11, 30), "carried": 2, "kind": "nhận thay", "from_task": "KT-09"},
    "KT-05": {"unit": "CŨ"},
    "KT-06": {"person": "NGHỈ"},
    "KT-07": {"heir": "CB2", "decision": "KL-03"},
    "KT-08": {},  # stands under a new person
    "KT-09": {"heir": "CB2", "decision": "KL-03"},  # given back by a new decision
    "KT-10": {"withdrawn": "có", "remaining": Decimal(0)},
}
STILL_ISSUED = """
việc  | người | sp | k | giao | hạn   | chuyển | decision
KT-07 | CB1   | BC | 2 | 2    | 20/10 | 1      | KL-03
KT-08 | CB2   | BC | 2 | 2    | 20/10 | 1      |
KT-09 | CB1   | BC | 2 | 2    | 20/10 | 1      | KL-09
"""


def test_what_was_left_and_is_issued_no_more_goes_on_by_itself():
    lines = [
        remembered(task_id=task, product="BC") | {"person": "CB1", **more}
        for task, more in REOPENED.items()
    ]
    before = newest_lines({"2026-10-K2": lines}, CYCLE)
    table = table_of(STILL_ISSUED)
    rows = reopened(table, before, registers(), CYCLE.first_day)
    assert [(r["task_id"], r["person"], r["assigned"], r["carried"], r["kind"]) for r in rows] == [
        ("KT-07", "CB2", 0, 1, "kế hoạch"),
        ("KT-01", "CB1", 0, 1, "kế hoạch"),
        ("KT-04", "CB1", 0, 2, "nhận thay"),  # not yet due
    ]
    place = {"file": "giao-viec.xlsx", "sheet": "Giao việc", "row": None}
    whole = pd.concat([table, full("assignments", [place | row for row in rows])])
    used = carried_on(whole, before, CYCLE.first_day)
    figures = zip(used["assigned_issued"], used["assigned"], used["withdrawn"], strict=True)
    assert [*figures] == [
        (2, 0, "có"),  # with its old person: nothing counts twice
        *[(2, 2, "không")] * 2,
        *[(0, 2, "không")] * 3,
    ]
    told = restated(whole, used, registers())
    assert [(r["task_id"], r["issued"], r["used"]) for r in records(told)] == [
        ("KT-07", 2, 0),
        *[(task, 0, 2) for task in ("KT-07", "KT-01", "KT-04")],
    ]
    assert check_restated(told, whole) == []  # K610 and K622 say it


def test_lines_are_remembered_over_an_unbroken_run_of_cycles():
    old, new = (remembered(remaining=Decimal(n)) for n in (3, 1))
    other = remembered(task_id="KT-02")
    run = {"2026-10-K1": [old, other], "2026-10-K2": [new]}
    newest = newest_lines(run, CYCLE)
    assert {key[0]: row["remaining"] for key, row in newest.items()} == {"KT-01": 1, "KT-02": 2}
    assert newest_lines(run, CYCLE.next) == {}
    back = [remembered(heir="KT2"), remembered(person="KT2", heir="KT1", remaining=Decimal(1))]
    newest = newest_lines({"2026-10-K1": back[:1], "2026-10-K2": back[1:]}, CYCLE)
    assert newest["KT-01", "KT1"] == back[1] | {"person": "KT1", "heir": ""}


def test_r_stays_with_who_was_told_when_the_rest_is_given_to_another():
    handed = remembered(heir="KT2", rework_pending=2, remaining=Decimal(1))
    newest = newest_lines({"2026-10-K2": [handed]}, CYCLE)
    assert {key: row["rework_pending"] for key, row in newest.items()} == {
        ("KT-01", "KT1"): 2,
        ("KT-01", "KT2"): 0,
    }


WITHDRAWN_TWICE = """
việc  | k | giao | q | ngày | hạn  | chuyển | decision
KT-01 | 2 | 4    | 4 | 9/11 | 8/11 | 1      | KL-03
KT-02 | 2 | 4    | 4 | 9/11 | 8/11 |        |
KT-03 | 2 | 4    | 4 | 7/11 | 8/11 | 1      | KL-05
"""


def test_withdrawn_work_that_is_still_issued_is_in_no_rate():
    """K621 tells it; a new decision on the line issues it again."""
    rows = tables_of(drawn(WITHDRAWN_TWICE, 2026, USUAL)[0], frozenset())
    gone = {"withdrawn": "có", "decision": "KL-03", "remaining": Decimal(0), "standing": "thu hồi"}
    before = {
        (f"KT-0{n}", "CB1"): remembered(task_id=f"KT-0{n}", person="CB1", product="BC", **gone)
        for n in (1, 2, 3)
    }
    used = carried_on(rows["assignments"], before, CYCLE.first_day)
    nothing = {key: full(key, []) for key in ("claims", "exemptions", "substitutes")}
    known = {"registers": registers(), "cycle": CYCLE, "missing": set(), "previous": {}}
    lines = build_lines(**rows | {"assignments": used}, **nothing, **known, rules=Rules())
    names = ("standing", "A", "D", "Q", "P", "surplus", "remaining")
    assert [tuple(row[name] for name in names) for row in records(lines)] == [
        ("thu hồi", 0, 0, 0, 0, 4, 0),
        ("thu hồi", 0, 0, 0, 0, 4, 0),
        ("đúng hạn", 8, 8, 8, 8, 0, 0),
    ]
    counts = rates.counts({name: lines[name].tolist() for name in rates.READ})
    assert (counts["withdrawn"], counts["done"], counts["on_time"]) == (2, 1, 1)


def test_work_withdrawn_before_is_not_issued_again_without_a_new_decision():
    gone = {"standing": "thu hồi", "withdrawn": "có", "decision": "KL-03", "remaining": Decimal(0)}
    past = {"2026_10_K2": [kept(**gone)]}
    assert again(**past) == [("K621", "giao-viec.xlsx", "A4")]
    assert again(f"{CARRIED} KL-03", **past) == [("K621", "giao-viec.xlsx", "A4")]
    assert again(f"{CARRIED} KL-05", **past) == []
    assert again("", **past) == []  # and nobody misses it


def test_work_given_to_another_person_is_not_issued_to_the_old_one_without_a_new_decision():
    past = {"2026_10_K2": [kept(heir="CB2", decision="KL-03")]}
    assert again(**past) == [("K610", "giao-viec.xlsx", ""), ("K622", "giao-viec.xlsx", "D4")]
    assert again(f"{CARRIED} KL-05", **past) == []


def test_a_date_given_to_work_that_had_none_needs_no_decision():
    assert again(**{"2026_10_K2": [kept(due=None)]}) == []


def test_codes_of_no_register_stop_with_the_nearest_ones():
    """K701, K702, K703."""
    sheet = layout("assignment")["assignments"]
    head = HEAD.replace("Việc |", "Việc | Chịu trách nhiệm | Thẩm quyền duyệt |")
    text = (
        f"{head}4 | KT-01 | kế hoạch | KY | CB11 | x | CB2 | CB77 | ZZZ | 2 | | 2 | 20/10/2026 | |"
    )
    shown = show_sheet(sheet, text, {"file": "giao-viec.xlsx", "sheet": sheet.title})
    columns = {("giao-viec.xlsx", sheet.title, f): at for f, at in shown.letters.items()}
    rows = {"assignments": shown.rows, "cycle": []}
    with pytest.raises(ConfigError) as refused:
        kept_tables("assignment", rows, LISTS, columns)
    place = "Tệp «giao-viec.xlsx», trang «Giao việc», ô"
    assert sorted(str(refused.value).splitlines()) == [
        f"{place} C4: đơn vị «KY» không có trong danh mục. "
        "Sửa mã (gần giống: KT – Phòng Kinh tế), hoặc thêm vào danh mục.",
        f"{place} D4: người «CB11» không có trong danh mục. "
        "Sửa mã (gần giống: CB1 – Nguyễn Văn An; CB2 – Trần Thị Bình; CB3 – Lê Hòa), "
        "hoặc thêm vào danh mục.",
        f"{place} G4: người «CB77» không có trong danh mục. "
        "Sửa mã (gần giống: CB1 – Nguyễn Văn An; CB2 – Trần Thị Bình; CB3 – Lê Hòa), "
        "hoặc thêm vào danh mục.",
        f"{place} H4: sản phẩm «ZZZ» không có trong danh mục. "
        "Sửa mã (không mã nào giống), hoặc thêm vào danh mục.",
    ]


# --- what is scored


def decision(task, person="CB1", **more):
    row = {"task_id": task, "person": person, "reason": "Chờ tỉnh", "decision": "KL-03"}
    blank = {"extended_to": None, "withdrawn": "", "quantity": None, "new_person": ""}
    return {(task, person): blank | {"decided_by": ""} | row | more}


def scored(text, decided, missing=frozenset(), late_rule="occurrence"):
    """Return the lines of a drawn table as a meeting changed them."""
    rows = tables_of(drawn(text, 2026, USUAL)[0], missing)
    return build_lines(
        **rows | {"assignments": decided_on(rows["assignments"], decided)},
        **{key: full(key, []) for key in ("claims", "exemptions", "substitutes")},
        registers=registers(),
        cycle=CYCLE,
        missing=missing,
        previous={("KT-03", "CB1"): 1},
        rules=Rules(late_rule=late_rule),
    )


LINES = """
việc  | k | giao | q | ngày | hạn  | r
KT-01 | 2 | 4    | 1 | 9/11 | 8/11 | 0
KT-02 | 2 | 4    | 1 | 9/11 | 8/11 | 0
KT-03 | 2 | 4    |   |      | 8/11 |
KT-04 | 2 | 4    | 4 | 12/11| 8/11 | 0
KT-05 | 2 | 4    | 2 | 7/11 | 8/11 | 0
"""
DECIDED = {
    **decision("KT-01", withdrawn="x"),
    **decision("KT-02", extended_to=date(2026, 11, 25)),
    **decision("KT-03", withdrawn="x"),
    **decision("KT-04", extended_to=date(2026, 11, 10)),
    **decision("KT-05", quantity=Decimal(2)),
}


def test_decisions_change_base_lateness_and_what_is_left():
    lines = scored(LINES, DECIDED, late_rule="calendar_day")
    names = ("standing", "A", "D", "P", "lateness", "remaining", "rework_pending", "due_before")
    rows = [tuple(row[name] for name in names) for row in records(lines)]
    old = date(2026, 11, 8)
    assert rows == [
        ("thu hồi", 2, 2, Decimal("1.5"), 1, 0, 0, None),  # what was done counts, also its lateness
        ("chưa đến hạn", 2, 2, 2, 0, 3, 0, old),
        ("thu hồi", 0, 0, 0, 0, 0, 0, None),  # nor does r travel on
        ("xong chậm", 8, 8, 4, 2, 0, 0, old),  # two days after the new date, four after the old
        ("đúng hạn", 4, 4, 4, 0, 0, 0, None),
    ]
    assert lines["assigned_issued"].tolist() == [4] * 5
    assert lines["decision"].tolist() == ["KL-03"] * 5
    said = dict(zip(lines["task_id"], lines["arithmetic"], strict=True))
    assert said["KT-01"].startswith("thu hồi theo KL-03, chỉ tính phần đã xong: 2 × 1 = 2")
    assert said["KT-03"] == "thu hồi theo KL-03, không tính"
    for row in records(lines):
        assert row["A"] == row["coefficient"] * row["share"] * row["base"]


def test_withdrawn_lines_are_counted_beside_and_fill_no_rate():
    lines = scored(LINES, DECIDED)
    counts = rates.counts({name: lines[name].tolist() for name in rates.READ})
    assert (counts["lines"], counts["done"], counts["not_due"], counts["withdrawn"]) == (5, 2, 1, 2)
    known = sum(counts[name] for name in ("done", "overdue", "not_due", "unclear", "pending"))
    assert known + counts["withdrawn"] == counts["lines"]


def test_a_unit_that_sent_nothing_is_not_asked_about_what_was_withdrawn():
    lines = scored(LINES, decision("KT-01", withdrawn="x"), missing={"KT"})
    assert lines["standing"].tolist() == ["thu hồi", *["chưa nộp"] * 4]
    assert lines["A"].tolist() == [0, 8, 8, 8, 8]


def test_work_done_by_a_late_correction_asks_for_nothing_more():
    table = table_of("việc | giao | hạn | chuyển\nKT-01 | 3 | 10/10 | 1")
    before = remembered(
        person="CB1", product="BC", remaining=Decimal(0), coefficient=None, standing="đúng hạn"
    )
    used = carried_on(table, {("KT-01", "CB1"): before}, CYCLE.first_day)
    (row,) = records(
        build_lines(
            used,
            full("reported", [{"task_id": "KT-01", "person": "CB1", "unit": "KT"}]),
            *(full(key, []) for key in ("unplanned", "claims", "verdicts", "exemptions")),
            full("substitutes", []),
            registers(),
            CYCLE,
            set(),
            {},
            Rules(),
        )
    )
    assert (row["assigned_issued"], row["assigned"], row["A"], row["remaining"]) == (3, 0, 0, 0)
    assert (row["unclear"], row["standing"]) == ("", "đúng hạn")


def test_the_rest_goes_to_the_new_person_from_the_next_cycle():
    decided = decision("KT-02", new_person="CB2", extended_to=date(2026, 11, 25))
    lines = scored(LINES, decided | decision("KT-01", withdrawn="x"))
    assert lines["person"].tolist() == ["CB1"] * 5
    next_work = records(upcoming(lines, full("proposals", []), registers(), CYCLE))
    by_task = {row["task_id"]: row for row in next_work}
    assert "KT-01" not in by_task
    assert [by_task["KT-02"][name] for name in ("person", "assigned", "carried", "decision")] == [
        *("CB2", 3, 0, "KL-03"),
    ]
    assert by_task["KT-03"]["person"] == "CB1"


def test_every_change_is_listed_with_who_decided_it():
    table = table_of(LINES)
    decided = decision("KT-01", withdrawn="x", decided_by="Bí thư") | decision(
        "KT-02", new_person="CB2", extended_to=date(2026, 11, 25), quantity=Decimal("2.5")
    )
    rows = records(adjustments(decided, table, registers(), "Chủ tịch"))
    names = ("task_id", "change", "before", "after", "decided_by", "decision", "reason")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("KT-01", "thu hồi", "4", "thu hồi phần chưa làm", "Bí thư", "KL-03", "Chờ tỉnh"),
        ("KT-02", "gia hạn", "08/11/2026", "25/11/2026", "Chủ tịch", "KL-03", "Chờ tỉnh"),
        ("KT-02", "số lượng", "4", "2,5", "Chủ tịch", "KL-03", "Chờ tỉnh"),
        *[
            (
                "KT-02",
                "chuyển người",
                "Nguyễn Văn An",
                "Trần Thị Bình",
                "Chủ tịch",
                *("KL-03", "Chờ tỉnh"),
            )
        ],
    ]


# --- three cycles with corrections

quantities = st.integers(0, 40).map(lambda n: Decimal(n) / 4)
cycles = st.fixed_dictionaries(
    {"issued": quantities, "reported": quantities, "accepted": st.one_of(st.none(), quantities)}
)


@given(first=quantities, chain=st.lists(cycles, min_size=3, max_size=3))
def test_remaining_is_what_was_assigned_less_all_that_was_accepted(first, chain):
    """Whatever was issued in the second and third cycle, late corrections and all."""
    left, before = Fraction(first), {}
    for number, (step, name) in enumerate(
        zip(chain, ("2026-10-K1", "2026-10-K2", "2026-11-K1"), strict=True)
    ):
        cycle = parse_cycle(name)
        issued = step["issued"] if number else first
        row = {"task_id": "KT-01", "person": "CB1", "unit": "KT", "kind": "kế hoạch"}
        row |= {"coefficient": Decimal(2), "product": "BC", "assigned": issued}
        row |= {"due": date(2026, 10, 5), "carried": number, "file": "x", "sheet": "y", "row": 4}
        said = {"completed": step["reported"], "finished": cycle.first_day}
        verdict = {"state": "Sửa", "reason": "đếm", "completed_accepted": step["accepted"]}
        corrected = [row | verdict] if step["accepted"] is not None else []
        (line,) = records(
            build_lines(
                carried_on(full("assignments", [row]), before, cycle.first_day),
                full("reported", [row | said]),
                *(full(key, []) for key in ("unplanned", "claims")),
                full("verdicts", corrected),
                *(full(key, []) for key in ("exemptions", "substitutes")),
                registers(),
                cycle,
                set(),
                {},
                Rules(),
            )
        )
        done = step["reported"] if step["accepted"] is None else step["accepted"]
        assert Fraction(line["assigned"]) == left
        assert Fraction(line["assigned_issued"]) == Fraction(issued)
        assert Fraction(line["A"]) == 2 * left
        left = max(Fraction(0), left - Fraction(done))
        assert Fraction(line["remaining"]) == left
        before = {("KT-01", "CB1"): {key: line[key] for key in REMEMBERED}}
