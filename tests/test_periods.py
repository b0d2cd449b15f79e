"""Months and longer periods: rules.md, sentence by sentence, on small tables."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from months import PEOPLE, cycle_result, only, score

from pipeline.model.bands import band_of, show_points
from pipeline.model.findings import InputError
from pipeline.model.period import parse_period
from pipeline.model.rules import Rules
from pipeline.model.tables import result_sheet
from pipeline.scoring.periods import score_period

K1, K2 = "2026-11-K1", "2026-11-K2"
NONE = "task | person | k | g | done | due"


def figures(row, names="ADQP"):
    """Return figures as short texts."""
    return [format(row[name].normalize(), "f") for name in names]


# --- a line over several cycles


def test_a_line_in_two_cycles_has_the_sums_of_both_and_its_base_once():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | r | l | due
        KT-01 | A      | 2 | 3 | 1    | 1 | 0 | 2026-11-15
    """,
    )
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | r | l | due
        KT-01 | A      | 2 | 2 | 2    | 0 | 1 | 2026-11-15
    """,
    )
    (line,) = score("2026-11", first, second)["lines"]
    assert figures(line) == ["6", "6", "5.5", "5"]
    assert (line["cycles"], line["base"], line["delivered"]) == ("2026-11-K1, 2026-11-K2", 3, 3)
    assert (line["standing"], line["rework"], line["lateness"]) == ("xong chậm", 1, 1)
    assert (
        line["arithmetic"]
        == "giao 2 × 3 = 6; kỳ 1 xong 1: D 2, Q 1,5, P 2; kỳ 2 xong 2: D 4, Q 4, P 3"
    )


def test_the_key_is_task_and_person():
    both = """
        task  | person | k | s   | g | done | due
        KT-01 | A      | 1 | 0.5 | 2 | 1    | 2026-11-15
        KT-01 | B      | 1 | 0.5 | 2 | 2    | 2026-11-15
    """
    lines = score("2026-11", cycle_result(K1, both), cycle_result(K2, NONE))["lines"]
    assert [(row["person"], *figures(row, "AD")) for row in lines] == [
        ("A", "1", "0.5"),
        ("B", "1", "1"),
    ]


@pytest.mark.parametrize(
    ("due", "base"),
    [
        pytest.param("2026-11-30", 4, id="due on the last day: all of it"),
        pytest.param("2026-12-01", 1, id="due later: what was delivered"),
        pytest.param("", 4, id="without a date: due with its cycle"),
    ],
)
def test_what_is_due_by_the_last_day_has_its_whole_base(due, base):
    first = cycle_result(
        K1,
        f"""
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 4 | 1    | {due}
    """,
    )
    second = cycle_result(
        K2,
        f"""
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 3 | 0    | {due}
    """,
    )
    (line,) = score("2026-11", first, second)["lines"]
    assert figures(line, "AD") == [str(base), "1"]


def test_what_was_not_yet_due_in_the_first_cycle_and_is_in_the_second_has_one_base():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 5 | 2    | 2026-11-20
    """,
    )
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 3 | 1    | 2026-11-20
    """,
    )
    (line,) = score("2026-11", first, second)["lines"]
    assert (line["standing"], *figures(line, "AD")) == ("quá hạn", "5", "3")


def test_work_assigned_within_the_period_is_added_and_the_rest_carried_is_not():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 3 | 1    | 2026-11-15
        KT-02 | A      | 1 | 3 | 3    | 2026-11-15
        KT-03 | A      | 1 | 3 | 1    | 2026-11-15
    """,
    )
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 5 | 5    | 2026-11-15
        KT-02 | A      | 1 | 2 | 0    | 2026-11-30
        KT-03 | A      | 1 | 1 | 1    | 2026-11-15
    """,
    )
    lines = score("2026-11", first, second)["lines"]
    # 2 were left and 5 issued: 3 more; finished and issued anew: both; 2 left and 1 issued: 1 less.
    assert [row["assigned"] for row in lines] == [6, 5, 2]


def test_a_line_carried_through_three_cycles_and_a_month_border():
    october = cycle_result(
        "2026-10-K2",
        """
        task  | person | k | g | done | due
        KT-01 | A      | 2 | 4 | 1    | 2026-10-31
    """,
    )
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | l | due
        KT-01 | A      | 2 | 3 | 1    | 1 | 2026-10-31
    """,
    )
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | l | due
        KT-01 | A      | 2 | 2 | 2    | 1 | 2026-10-31
    """,
    )
    (line,) = score("2026-11", second, first)["lines"]  # in any order
    assert figures(line) == ["6", "6", "6", "4.5"]
    (line,) = score("2026-10", october)["lines"]
    assert figures(line) == ["8", "2", "2", "2"]
    (line,) = score("2026-Q4", october, first, second)["lines"]
    assert figures(line) == ["8", "8", "8", "6.5"]


def test_percentages_are_not_averaged():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 1 | 1    | 2026-11-15
    """,
    )
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-02 | A      | 1 | 9 | 0    | 2026-11-30
    """,
    )
    person = only(score("2026-11", first, second)["people"], person="A")
    assert person["a"] == Decimal("0.1")


@pytest.mark.parametrize("kind", ["phát sinh", "nhận thay"])
def test_added_work_has_no_base_and_counts_what_it_delivered(kind):
    first = cycle_result(
        K1,
        f"""
        task  | person | k | g | done | kind      | due
        KT-01 | A      | 1 | 2 | 1    | kế hoạch  | 2026-11-15
        PS-01 | A      | 3 | 1 | 1    | {kind}    | 2026-11-15
    """,
    )
    tables = score("2026-11", first, cycle_result(K2, NONE))
    assert figures(only(tables["lines"], task_id="PS-01"), "AD") == ["0", "3"]
    person = only(tables["people"], person="A")
    assert (person["a"], person["a_uncapped"]) == (1, 2)


def test_a_giver_keeps_its_base_and_what_was_taken_over_is_not_carried():
    """Two of five were taken over; one was done, two are left."""
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | kind      | due
        KT-01 | A      | 1 | 5 | 1    | kế hoạch  | 2026-11-15
        PS-01 | B      | 1 | 2 | 2    | nhận thay | 2026-11-15
    """,
    )
    lines = first.tables["lines"]
    lines.loc[lines["task_id"] == "KT-01", "remaining"] = Decimal(2)
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 2 | 2    | 2026-11-15
    """,
    )
    rows = score("2026-11", first, second)["lines"]
    assert [figures(row, "AD") for row in rows] == [["5", "3"], ["0", "2"]]


def test_a_line_withdrawn_in_its_last_cycle_has_as_base_what_was_delivered():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 2 | 3 | 1    | 2026-11-15
    """,
    )
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 2 | 2 | 0    | 2026-11-15
    """,
    )
    lines = second.tables["lines"].assign(withdrawn="có")
    (line,) = score("2026-11", first, replace(second, tables={**second.tables, "lines": lines}))[
        "lines"
    ]
    assert figures(line, "AD") == ["2", "2"]
    assert (
        line["arithmetic"]
        == "đã thu hồi, chỉ tính phần đã xong 2 × 1 = 2; kỳ 1 xong 1: D 2, Q 2, P 2"
    )


def test_what_was_withdrawn_and_assigned_anew_leaves_no_base_of_the_first_time():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 5 | 2    | 2026-11-15
    """,
    )
    lines = first.tables["lines"].assign(withdrawn="có", remaining=Decimal(0))
    first = replace(first, tables={**first.tables, "lines": lines})
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 4 | 1    | 2026-11-30
    """,
    )
    (line,) = score("2026-11", first, second)["lines"]
    assert figures(line, "AD") == ["6", "3"]


def test_the_rest_given_to_another_person_is_that_persons_base_where_it_goes_on():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 5 | 2    | 2026-11-15
    """,
    )
    first = replace(first, tables={**first.tables, "lines": first.tables["lines"].assign(heir="B")})
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | B      | 1 | 3 | 3    | 2026-11-15
    """,
    )
    tables = score("2026-11", first, second)
    assert [figures(row, "AD") for row in tables["lines"]] == [["2", "2"], ["3", "3"]]
    given = tables["lines"][0]
    assert given["standing"] == "thu hồi"
    assert given["arithmetic"].startswith("phần còn lại chuyển cho B, chỉ tính phần đã xong")
    assert figures(only(tables["units"], unit="KT"), "AD") == ["5", "5"]
    # Where nobody has it in the period, it is still the base of who was assigned it.
    (line,) = score("2026-11", first, cycle_result(K2, "task | person"))["lines"]
    assert figures(line, "AD") == ["5", "2"]


def test_an_unclear_line_keeps_its_base_and_the_rate_is_provisional():
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due        | standing
        KT-01 | A      | 1 | 2 | 0    | 2026-11-30 | chưa rõ
        KT-02 | A      | 1 | 2 | 2    | 2026-11-30 |
    """,
    )
    person = only(score("2026-11", second)["people"], person="A")
    assert (person["a"], person["unclear"]) == (Decimal("0.5"), 1)
    assert person["arithmetic"].endswith("tạm tính, còn 1 dòng chưa rõ")


def test_an_unclear_line_that_is_settled_in_the_next_cycle_is_clear():
    first = cycle_result(
        K1,
        """
        task  | person | k | g | done | due        | standing
        KT-01 | A      | 1 | 2 | 0    | 2026-11-15 | chưa rõ
    """,
    )
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 2 | 2    | 2026-11-15
    """,
    )
    person = only(score("2026-11", first, second)["people"], person="A")
    assert (person["a"], person["unclear"]) == (1, 0)


# --- units that did not report


SILENT = """
    task  | person | k | g | done | due        | standing
    KT-01 | A      | 1 | 4 |      | 2026-11-15 | chưa nộp
    KT-02 | A      | 1 | 4 |      | 2026-11-15 | chưa nộp
"""
SETTLED = """
    task  | person | k | g | done | due
    KT-01 | A      | 1 | 4 | 4    | 2026-11-15
    KT-02 | A      | 1 | 4 | 2    | 2026-11-15
"""


def test_a_unit_missing_in_the_first_cycle_and_settled_in_the_second_counts_with_a_note():
    tables = score("2026-11", cycle_result(K1, SILENT, missing=["KT"]), cycle_result(K2, SETTLED))
    unit, person = only(tables["units"], unit="KT"), only(tables["people"], person="A")
    assert figures(unit, "AD") == ["8", "6"]
    assert (unit["summed"], unit["cycles"], unit["a"]) == ("có", K2, Decimal("0.75"))
    assert unit["note"] == "không có báo cáo kỳ 1, tính theo báo cáo các kỳ sau"
    assert unit["note"] in person["note"]
    assert person["a"] == Decimal("0.75")


def test_lines_nobody_settled_stay_with_their_base_as_unclear():
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 4 | 4    | 2026-11-15
    """,
    )
    tables = score("2026-11", cycle_result(K1, SILENT, missing=["KT"]), second)
    line = only(tables["lines"], task_id="KT-02")
    assert (line["standing"], line["unclear"]) == ("chưa rõ", "chưa nộp kỳ 1, kỳ sau không còn")
    assert figures(line, "AD") == ["4", "0"]
    assert only(tables["people"], person="A")["a"] == Decimal("0.5")


def test_without_the_last_cycle_there_is_no_rate_and_no_score():
    done = SETTLED.replace("2026-11-15", "2026-11-14")
    general = {"A": 30, "C": 30}
    vp = """
        task  | person | unit | k | g | done | due
        VP-01 | C      | VP   | 1 | 1 | 1    | 2026-11-30
    """
    tables = score(
        "2026-11", cycle_result(K1, done), cycle_result(K2, vp, missing=["KT"], general=general)
    )
    unit, person = only(tables["units"], unit="KT"), only(tables["people"], person="A")
    assert (unit["summed"], unit["a"], unit["note"]) == ("không", None, "thiếu kỳ 2, chưa tính")
    assert (person["rated"], person["R"], person["score"], person["band"]) == (
        "không",
        None,
        None,
        "",
    )
    assert "thiếu kỳ 2" in person["note"]
    assert only(tables["people"], person="C")["score"] == 100
    (commune,) = tables["commune"]
    assert (figures(commune, ["A", "D", "A_missing"])) == ["1", "1", "8"]
    assert commune["arithmetic"].startswith("2/3 đơn vị, chưa gồm ΣA 8; ")


def test_a_month_whose_second_cycle_has_no_result_has_no_score_at_all():
    tables = score("2026-11", cycle_result(K1, SETTLED))
    assert {row["note"] for row in tables["units"]} == {"thiếu kỳ 2, chưa tính"}
    assert {row["score"] for row in tables["people"]} == {None}
    assert [row["made"] for row in tables["cycles"]] == ["có", "không"]


def test_a_month_whose_first_cycle_has_no_result_counts_what_the_second_has():
    tables = score("2026-11", cycle_result(K2, SETTLED, general={"A": 20}))
    assert only(tables["people"], person="A")["score"] == 20 + Decimal("0.75") * 70
    assert "kỳ 1" in only(tables["units"], unit="KT")["note"]


def test_a_unit_the_group_entered_for_has_reported():
    second = cycle_result(K2, SETTLED, missing=["KT"])
    second.tables["units"].loc[lambda t: t["unit"] == "KT", "substituted"] = 2
    second.tables["lines"]["source"] = "nhập thay"
    unit = only(score("2026-11", second)["units"], unit="KT")
    assert (unit["summed"], unit["a"], unit["substituted"]) == ("có", Decimal("0.75"), 2)


# --- units and the commune


MIXED = """
    task  | person | unit | k | g | done | due
    KT-01 | A      | KT   | 2 | 3 | 1    | 2026-11-15
    VP-01 | C      | VP   | 1 | 5 | 5    | 2026-11-15
    CA-01 | S      | CA   | 9 | 9 | 1    | 2026-11-15
"""


def test_the_units_add_up_to_the_commune_and_police_are_only_counted():
    tables = score("2026-11", cycle_result(K1, MIXED), cycle_result(K2, NONE))
    (commune,) = tables["commune"]
    summed = [row for row in tables["units"] if row["summed"] == "có"]
    for name in "ADQP":
        assert commune[name] == sum(row[name] for row in summed)
    assert (commune["lines"], figures(commune, "AD")) == (3, ["11", "7"])
    police = only(tables["units"], unit="CA")
    assert [police[name] for name in "abcR"] == [None] * 4
    assert (police["lines"], police["overdue"]) == (1, 1)
    assert [only(tables["people"], person="S")[n] for n in ("a", "score")] == [None, None]


def test_nothing_completed_is_zero_and_only_work_not_yet_due_is_no_rate():
    second = cycle_result(
        K2,
        """
        task  | person | unit | k | g | done | due
        KT-01 | A      | KT   | 2 | 3 | 0    | 2026-11-30
        VP-01 | C      | VP   | 1 | 5 | 0    | 2026-12-10
    """,
        general={"A": 12, "C": 30},
    )
    tables = score("2026-11", second)
    people = {row["person"]: row for row in tables["people"]}
    assert [people["A"][name] for name in ("R", "score", "score_shown")] == [0, 12, "12,00"]
    assert people["A"]["band"] == "dưới 50"
    assert [people["C"][name] for name in ("A", "R", "score", "band")] == [0, None, None, ""]
    assert (
        people["C"]["note"].startswith("chưa đủ dữ liệu")
        or "chưa đủ dữ liệu" in people["C"]["note"]
    )
    assert people["B"]["R"] is None  # no line at all


def test_no_line_of_anybody_is_no_rate_of_the_commune():
    (commune,) = score("2026-11", cycle_result(K2, NONE))["commune"]
    assert [commune[name] for name in "abcR"] == [None] * 4


# --- points, bands and how they are shown


def test_the_month_score_is_the_general_criteria_and_r_by_seventy():
    person = only(
        score("2026-11", cycle_result(K2, SETTLED, general={"A": "27.5"}))["people"], person="A"
    )
    assert (person["general"], person["result_points"], person["score"]) == (
        Decimal("27.5"),
        Decimal("52.5"),
        80,
    )
    assert (person["band"], person["score_shown"]) == ("từ 70 đến dưới 90", "80,00")


@pytest.mark.parametrize(
    ("general", "note"),
    [
        pytest.param({}, "chưa có điểm tiêu chí chung, mới có điểm kết quả", id="none"),
        pytest.param(
            {"A": None}, "tiêu chí chung mới có 9/10, mới có điểm kết quả", id="one blank"
        ),
    ],
)
def test_without_the_criteria_there_are_only_result_points(general, note):
    person = only(
        score("2026-11", cycle_result(K2, SETTLED, general=general))["people"], person="A"
    )
    assert (person["result_points"], person["score"], person["months"]) == (
        Decimal("52.5"),
        None,
        0,
    )
    assert note in person["note"]


@pytest.mark.parametrize(
    ("points", "band", "shown"),
    [
        ("90", "từ 90", "90,00"),
        ("89.996", "từ 70 đến dưới 90", "89,99"),
        ("70", "từ 70 đến dưới 90", "70,00"),
        ("69.9999999999999999999999", "từ 50 đến dưới 70", "69,99"),
        ("50", "từ 50 đến dưới 70", "50,00"),
        ("49.995", "dưới 50", "49,99"),
        ("83.685", "từ 70 đến dưới 90", "83,69"),
        ("0", "dưới 50", "0,00"),
        ("100", "từ 90", "100,00"),
    ],
)
def test_bands_are_exact_and_no_figure_is_shown_above_its_band(points, band, shown):
    assert (band_of(Decimal(points)), show_points(Decimal(points))) == (band, shown)
    assert (band_of(Fraction(points)), show_points(Fraction(points))) == (band, shown)


def test_a_score_just_below_a_limit_is_not_lifted_by_its_twenty_decimals():
    """General 20 and R × 70 = 70 less a hair."""
    done = "69." + "9" * 30
    second = cycle_result(
        K2,
        f"""
        task  | person | k | g  | done          | due
        KT-01 | A      | 1 | 70 | {done} | 2026-11-30
    """,
        general={"A": 20},
    )
    lines = second.tables["lines"]
    lines["standing"] = "đúng hạn"
    person = only(score("2026-11", second)["people"], person="A")
    assert (person["score"], person["score_shown"]) == (90, "89,99")
    assert person["band"] == "từ 70 đến dưới 90"


def test_exactly_ninety_is_in_the_highest_band():
    second = cycle_result(
        K2,
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 7 | 6    | 2026-11-30
    """,
        general={"A": 30},
    )
    person = only(score("2026-11", second)["people"], person="A")
    assert (person["score_shown"], person["band"]) == ("90,00", "từ 90")


def test_the_handbooks_example():
    """Ministry handbook, chapter VI, under «occurrence»: general points 30, total 83.681."""
    second = cycle_result(
        K2,
        """
        task  | person | k   | g | done | r | l | due
        KT-01 | A      | 1.0 | 5 | 4    | 0 | 1 | 2026-11-15
        KT-02 | A      | 2.7 | 3 | 3    | 1 | 1 | 2026-11-10
        KT-03 | A      | 3.7 | 1 | 0.8  | 2 | 0 | 2026-11-19
    """,
        general={"A": 30},
    )
    person = only(score("2026-11", second)["people"], person="A")
    assert figures(person, "AD") == ["16.8", "15.06"]
    assert round(person["score"], 3) == Decimal("83.681")


# --- who is scored


def test_other_categories_have_rates_and_no_points():
    people = PEOPLE | {"A": {"name": "Trần An", "category": "viên chức"}}
    second = cycle_result(K2, SETTLED, people=people, general={"A": 30})
    person = only(score("2026-11", second)["people"], person="A")
    assert (person["scored"], person["a"], person["score"]) == ("không", Decimal("0.75"), None)
    assert person["note"].startswith("diện viên chức: chỉ theo dõi tỷ lệ")


def test_a_commune_may_score_its_contract_staff():
    people = PEOPLE | {"A": {"name": "Trần An", "category": "hợp đồng"}}
    rules = Rules(scored=("công chức", "hợp đồng"))
    second = cycle_result(K2, SETTLED, people=people, general={"A": 30}, rules=rules)
    assert only(score("2026-11", second)["people"], person="A")["score"] == Decimal("82.5")


def leave(start, end):
    day = date.fromisoformat
    reason = {"unscored_reason": "nghỉ thai sản"}
    return {"unscored_from": day(start), "unscored_to": end and day(end), **reason}


def test_who_is_not_scored_for_the_whole_month_is_named_with_reason_and_dates():
    people = PEOPLE | {"A": {"name": "Trần An", **leave("2026-10-05", "2027-01-31")}}
    person = only(
        score("2026-11", cycle_result(K2, SETTLED, people=people, general={"A": 30}))["people"],
        person="A",
    )
    assert (person["scored"], person["a"], person["score"]) == ("không", None, None)
    assert person["note"].startswith("không chấm từ 05/10/2026 đến 31/01/2027: nghỉ thai sản")


def test_leave_that_ends_within_the_month_leaves_a_score_of_the_rest():
    people = PEOPLE | {"A": {"name": "Trần An", **leave("2026-10-05", "2026-11-20")}}
    second = cycle_result(K2, SETTLED, people=people, general={"A": 30})
    assert only(score("2026-11", second)["people"], person="A")["scored"] == "có"


# --- leaders


LED = PEOPLE | {
    "L": {"name": "Hồ Lan", "leader": "cấp trưởng", "supervisor": ""},
    "D": {"name": "Mai Dũng", "leader": "cấp phó", "supervisor": "L"},
    "A": {"name": "Trần An", "supervisor": "D"},
    "B": {"name": "Lê Bình", "supervisor": "L"},
}
WORK = """
    task  | person | k | g  | done | responsible | due
    KT-01 | A      | 1 | 10 | 10   | L           | 2026-11-30
    KT-02 | B      | 1 | 10 | 10   | D           | 2026-11-30
    KT-03 | L      | 1 | 10 | 5    | L           | 2026-11-30
    KT-04 |        | 1 | 10 | 0    | L           | 2026-11-30
    KT-05 | D      | 1 | 10 | 10   | L           | 2026-11-30
"""
LEVELS = {"L": {"đ": 100, "e": 50}, "D": {"đ": 100, "e": 100}}
POINTS = dict.fromkeys("ABDL", 30)


def led(*, people=LED, general=POINTS, levels=LEVELS, work=WORK, **more):
    second = cycle_result(K2, work, people=people, general=general, levels=levels, **more)
    return {row["person"]: row for row in score("2026-11", second)["people"]}


def test_a_leaders_abc_are_over_what_they_do_and_answer_for_each_once():
    leader = led()["L"]
    assert (leader["lines"], figures(leader, "AD")) == (4, ["40", "25"])
    assert leader["a"] == Decimal("0.625")


def test_a_leaders_r_has_six_parts():
    leader = led()["L"]
    assert [leader[name] for name in ("d", "đ", "e")] == [1, 1, Decimal("0.5")]
    assert leader["R"] == round((3 * Decimal("0.625") + Decimal("2.5")) / 6, 20)
    assert leader["score"] == round(30 + 70 * Fraction(35, 48), 20)
    assert leader["arithmetic"].endswith("R = (a + b + c + d + đ + e)/6 = 72,9 %")


def test_d_is_half_where_somebody_led_is_below_fifty():
    low = led(
        general=POINTS | {"B": 0},
        work=WORK.replace("KT-02 | B      | 1 | 10 | 10", "KT-02 | B      | 1 | 10 | 1 "),
    )
    assert low["B"]["band"] == "dưới 50"
    assert low["L"]["d"] == Decimal("0.5")
    assert low["D"]["d"] == 1  # leads only A


def test_exactly_fifty_is_enough_for_d():
    work = WORK.replace("KT-02 | B      | 1 | 10 | 10", "KT-02 | B      | 1 | 7  | 2 ")
    fifty = led(general=POINTS | {"B": 30}, work=work)
    assert fifty["B"]["score_shown"] == "50,00"
    assert fifty["L"]["d"] == 1


def test_leaders_below_are_scored_before_those_above():
    """D has no e, so no R and no score: then L has no d."""
    without = led(levels=LEVELS | {"D": {"đ": 100}})
    assert (without["D"]["R"], without["D"]["score"]) == (None, None)
    assert "chưa có R: thiếu e" in without["D"]["note"]
    assert (without["L"]["d"], without["L"]["R"]) == (None, None)
    assert "thiếu d (chưa có điểm tháng của Mai Dũng)" in without["L"]["note"]


def test_a_missing_score_makes_d_missing_even_beside_one_below_fifty():
    work = WORK.replace("KT-02 | B      | 1 | 10 | 10", "KT-02 | B      | 1 | 10 | 1 ")
    people = led(general={"B": 0, "L": 30, "A": 30}, work=work)
    assert people["B"]["score"] is not None
    assert people["L"]["d"] is None


def test_who_is_not_scored_is_left_out_of_d_and_named():
    people = LED | {"B": {**LED["B"], **leave("2026-10-05", "2027-01-31")}}
    leader = led(people=people)["L"]
    assert leader["d"] == 1
    assert (
        "d không gồm Lê Bình (không chấm từ 05/10/2026 đến 31/01/2027: nghỉ thai sản)"
        in leader["note"]
    )


def test_d_is_of_those_scored_and_of_nobody_100():
    people = LED | {"A": {**LED["A"], "category": "hợp đồng"}}
    deputy = led(people=people)["D"]
    assert deputy["d"] == 1
    assert deputy["R"] is not None


def test_every_missing_part_is_named():
    work = (
        WORK.replace("2026-11-30", "2026-12-30")
        .replace("| 10   |", "| 0    |")
        .replace("| 5    |", "| 0    |")
    )
    leader = led(levels={}, work=work)["L"]
    assert leader["R"] is None
    for part in ("a, b, c", "d (", "đ", "e"):
        assert part in leader["note"]


def test_a_loop_of_superiors_is_named_and_not_followed():
    people = LED | {"L": {**LED["L"], "supervisor": "D"}}
    both = led(people=people)
    assert [both[code]["d"] for code in "LD"] == [None, None]
    assert "vòng: Hồ Lan → Mai Dũng → Hồ Lan" in both["L"]["note"]
    assert "vòng: Mai Dũng → Hồ Lan → Mai Dũng" in both["D"]["note"]
    assert both["A"]["score"] == 100  # below the loop


def test_who_is_their_own_superior_is_a_loop_of_one():
    people = LED | {"L": {**LED["L"], "supervisor": "L"}}
    assert "vòng: Hồ Lan → Hồ Lan" in led(people=people)["L"]["note"]


def test_a_leader_above_a_loop_is_no_part_of_it():
    people = LED | {
        "D": {**LED["D"], "supervisor": "E"},
        "E": {"name": "Vũ Én", "leader": "cấp phó", "supervisor": "D"},
        "B": {**LED["B"], "supervisor": "L"},
    }
    people = led(people=people, general=POINTS | {"E": 30})
    assert "vòng" in people["D"]["note"]
    assert "vòng" not in people["L"]["note"]


def test_lines_of_a_progress_only_unit_count_for_the_leader_who_answers_for_them():
    """The unit and its own people have no rates (Điều 2.4); a civil servant in charge has."""
    police = "    CA-01 | S | 1 | 10 | 0 | L | 2026-11-30 | CA"
    work = "\n".join(
        line + (" | KT" if "KT-" in line else " | unit" if "task" in line else "")
        for line in WORK.splitlines()
    )
    leader = led(people=LED, work=f"{work}\n{police}")
    assert (leader["L"]["lines"], figures(leader["L"], "AD")) == (5, ["50", "25"])
    assert leader["S"]["rated"] == "không"


OF_ANOTHER = """
    task  | person | unit | k | g  | done | due        | standing
    KT-01 | A      | KT   | 1 | 10 | 10   | 2026-11-20 |
    VP-01 | A      | VP   | 1 | 1  | 0    | 2026-11-20 | {}
    VP-02 | C      | VP   | 1 | 1  | 0    | 2026-11-20 | chưa nộp
"""


def test_work_of_a_silent_other_unit_leaves_a_person_without_a_score_until_it_is_entered():
    """No rate over work of which nothing is known; the one line entered for the unit is enough."""
    silent, entered = (
        cycle_result(K2, OF_ANOTHER.format(standing), general={"A": 30}, missing={"VP"})
        for standing in ("chưa nộp", "quá hạn")
    )
    person = only(score("2026-11", silent)["people"], person="A")
    assert (person["R"], person["score"], person["scored"]) == (None, None, "có")
    assert "thiếu kỳ 2 của VP, không tính tỷ lệ" in person["note"]
    person = only(score("2026-11", entered)["people"], person="A")
    assert person["a"] == round(Fraction(10, 11), 20)
    assert person["score"] == round(30 + 70 * Fraction(10, 11), 20)


def test_a_leader_of_another_category_has_rates_like_everybody():
    people = LED | {"L": {**LED["L"], "category": "cán bộ"}}
    leader = led(people=people)["L"]
    assert (leader["lines"], leader["R"], leader["parts"], leader["score"]) == (
        1,
        Decimal("0.5"),
        3,
        None,
    )


# --- the «xuất sắc» share


def staff(*scores):
    people = {f"P{n}": {"name": f"Người {n}", "group": "Kế toán"} for n in range(len(scores))}
    work = "task | person | k | g | done | due\n" + "\n".join(
        f"KT-{n} | P{n} | 1 | 1 | 1 | 2026-11-30" for n in range(len(scores))
    )
    return people, work, {f"P{n}": points for n, points in enumerate(scores)}


@pytest.mark.parametrize(
    ("good", "quota", "most"),
    [(4, 20, 0), (5, 20, 1), (10, 20, 2), (14, 20, 2), (14, 25, 3), (20, 20, 4)],
)
def test_the_share_is_of_those_in_the_second_band_rounded_down(good, quota, most):
    people, work, general = staff(*[10] * good, *[25] * 3)
    second = cycle_result(K2, work, people=people, general=general, rules=Rules(quota=quota))
    rows = score("2026-11", second)["quota"]
    assert [(row["scope"], row["name"]) for row in rows] == [
        ("đơn vị", "Phòng Kinh tế"),
        ("nhóm tương đồng", "Kế toán"),
    ]
    assert {(row["base"], row["most"], row["reached"], row["quota"]) for row in rows} == {
        (good, most, 3, quota)
    }


def test_the_share_is_a_note_and_changes_nobody():
    people, work, general = staff(30, 30, 10)
    tables = score("2026-11", cycle_result(K2, work, people=people, general=general))
    assert [row["band"] for row in tables["people"]] == ["từ 90", "từ 90", "từ 70 đến dưới 90"]
    assert (
        "20 % của 1 người là 0; có 2 người từ 90 điểm, vượt 2 người" in tables["quota"][0]["note"]
    )


# --- rules of several cycles


def test_two_rule_codes_in_one_month_are_refused_with_both_named():
    other = Rules(late_rule="working_day")
    first, second = cycle_result(K1, NONE), cycle_result(K2, NONE, rules=other)
    with pytest.raises(InputError) as caught:
        score("2026-11", first, second)
    for part in (K1, K2, Rules().code, other.code):
        assert part in str(caught.value)
    with pytest.raises(InputError):
        score("2026-Q4", first, second)


def test_months_of_a_quarter_may_have_their_own_rules_and_each_is_told():
    other = Rules(quota=25)
    october = cycle_result("2026-10-K2", SETTLED.replace("2026-11", "2026-10"), general={"A": 30})
    november = cycle_result(K2, SETTLED, general={"A": 20}, rules=other)
    tables = score("2026-Q4", october, november)
    assert [
        (row["month"], row["rule_code"]) for row in tables["months"] if row["person"] == "A"
    ] == [
        ("2026-10", Rules().code),
        ("2026-11", other.code),
    ]
    codes = {row["months"]: row["value"] for row in tables["rules"] if row["key"] == "Bộ quy tắc"}
    assert codes == {"2026-10": Rules().code, "2026-11": other.code}


# --- quarter, half-year, year


def ended(month, general, done=1):
    return cycle_result(
        f"{month}-K2",
        f"""
        task        | person | k | g | done   | due
        KT-{month}  | A      | 1 | 1 | {done} | {month}-20
    """,
        general={"A": general},
    )


@pytest.mark.parametrize("period", ["2026-Q4", "2026-H2", "2026"])
def test_longer_periods_are_the_mean_of_the_months_with_a_score(period):
    tables = score(period, ended("2026-10", 30), ended("2026-11", 15))
    person = only(tables["people"], person="A")
    assert (person["score"], person["months"]) == (Decimal("92.5"), 2)
    assert person["note"].startswith(
        f"bình quân 2/{parse_period(period).length} tháng; chưa có điểm: tháng "
    )
    assert "12 (chưa có kết quả kỳ nào)" in person["note"]
    assert [row["score_shown"] for row in tables["months"] if row["person"] == "A"] == [
        "100,00",
        "85,00",
    ]


def test_a_month_without_a_score_is_left_out_of_the_mean_and_named():
    halved = cycle_result("2026-12-K1", NONE)
    tables = score("2026-Q4", ended("2026-10", 30), ended("2026-11", None), halved)
    person = only(tables["people"], person="A")
    assert (person["score"], person["months"]) == (100, 1)
    assert "tháng 11 (chưa có kết quả kỳ 1" in person["note"]
    assert "mới có điểm kết quả" in person["note"]
    assert "tháng 12 (thiếu kỳ 2" in person["note"]


def test_only_cycles_with_a_result_are_missed_by_a_unit_of_longer_periods():
    october = cycle_result("2026-10-K1", NONE), cycle_result("2026-10-K2", NONE, missing=["VP"])
    notes = {
        row["unit"]: row["note"]
        for row in score("2026-Q4", *october, cycle_result("2026-11-K1", NONE))["units"]
    }
    assert notes["KT"] == ""
    assert notes["VP"] == "không có báo cáo kỳ 2026-10-K2, tính theo báo cáo các kỳ sau"
    (first, *_) = score("2026-Q4", october[0])["units"]
    assert first["note"] == ""
    assert {row["note"] for row in score("2026-Q4", ended("2026-10", 1))["units"]} == {""}


def test_the_mean_is_exact():
    thirds = [ended("2026-10", 0, "0.333333333333333333333333333333"), ended("2026-11", 0, 1)]
    person = only(score("2026-Q4", *thirds)["people"], person="A")
    assert person["score"] == round((Fraction("0.333333333333333333333333333333") + 1) * 35, 20)


def test_nobody_has_a_mean_of_no_months():
    person = only(score("2026-Q4", cycle_result(K1, SETTLED))["people"], person="A")
    assert (person["score"], person["band"], person["months"]) == (None, "", 0)


def test_units_of_longer_periods_sum_all_cycles_and_count_a_base_once():
    october = cycle_result(
        "2026-10-K2",
        """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 4 | 1    | 2026-10-31
    """,
    )
    unit = only(
        score(
            "2026-Q4",
            october,
            cycle_result(
                K2,
                """
        task  | person | k | g | done | due
        KT-01 | A      | 1 | 3 | 3    | 2026-10-31
        KT-02 | A      | 1 | 6 | 0    | 2026-12-15
    """,
            ),
        )["units"],
        unit="KT",
    )
    assert figures(unit, "AD") == ["4", "4"]  # due after the newest cycle: not yet counted


# --- what comes in and goes out


def test_the_tables_are_those_declared_with_their_columns():
    tables = score_period([cycle_result(K2, SETTLED)], parse_period("2026-11"))
    assert {key: list(table.columns) for key, table in tables.items()} == {
        key: result_sheet(key, "period").keys for key in tables
    }


def test_the_order_of_the_results_changes_nothing():
    first, second = cycle_result(K1, MIXED), cycle_result(K2, SETTLED, general={"A": 3})
    assert score("2026-11", first, second) == score("2026-11", second, first)


@pytest.mark.parametrize("results", [[], ["2026-10-K2"]], ids=["none", "another month's"])
def test_a_period_is_made_of_its_own_cycles(results):
    with pytest.raises(ValueError, match="2026-11"):
        score("2026-11", *(cycle_result(cycle, NONE) for cycle in results))


@pytest.mark.parametrize(
    ("text", "name", "cycles"),
    [
        ("2026-11", "tháng 11 năm 2026", ["2026-11-K1", "2026-11-K2"]),
        ("2026-Q1", "quý I năm 2026", ["2026-01-K1", "2026-03-K2"]),
        ("2026-q4", "quý IV năm 2026", ["2026-10-K1", "2026-12-K2"]),
        ("2026-H1", "6 tháng đầu năm 2026", ["2026-01-K1", "2026-06-K2"]),
        ("2026-H2", "6 tháng cuối năm 2026", ["2026-07-K1", "2026-12-K2"]),
        ("2026", "năm 2026", ["2026-01-K1", "2026-12-K2"]),
    ],
)
def test_the_ids_of_periods(text, name, cycles):
    period = parse_period(text)
    assert (str(period), period.name) == (text.upper(), name)
    assert [str(period.cycles[0]), str(period.cycles[-1])] == cycles


@pytest.mark.parametrize("text", ["", "2026-13", "2026-Q5", "2026-H3", "26", "2026-11-K1", "1926"])
def test_what_is_no_period(text):
    with pytest.raises(ValueError, match=text or "^$"):
        parse_period(text)
