"""The cases a meeting argues about, by name, each with its sheet: one cycle."""

from decimal import Decimal
from fractions import Fraction

import pytest
from test_scoring import check, rate_of, score, twenty, unit_of

from pipeline.model.text import show_percent

RATES = ("a", "b", "c", "R")


def rates(unit: dict) -> list:
    """Return a row's a, b, c, R."""
    return [unit[name] for name in RATES]


def test_everything_zero():
    unit = rate_of(
        check("""
        việc  | giao | q | r | ngày => A | D | Q | P | standing
        KT-01 | 4    | 0 | 0 |      => 4 | 0 | 0 | 0 | quá hạn
        KT-02 | 2    | 0 | 0 |      => 2 | 0 | 0 | 0 | quá hạn
        """)
    )
    assert rates(unit) == [0, 0, 0, 0]


def test_assigned_nothing_at_all_is_no_rate():
    unit = rate_of(
        check("""
        việc  | giao | q | ngày => A | D | remaining | standing
        KT-01 | 0    | 0 |      => 0 | 0 | 0         | đúng hạn
        """)
    )
    assert rates(unit) == [None] * 4


def test_only_unplanned_work_is_no_rate_and_its_d_is_kept():
    unit = unit_of("""
    việc  | loại      | giao | ai giao | vb   | q | tđ
    PS-01 | phát sinh | 3    | Lê Hòa  | TB 5 | 3 | Đúng
    PS-02 | phát sinh | 1    | Lê Hòa  | TB 6 | 1 |
    """)
    assert (unit["A"], unit["D"], unit["done"], unit["pending"]) == (0, 6, 1, 1)
    assert rates(unit) == [None] * 4


def test_only_work_not_yet_due_and_not_begun_is_no_rate():
    unit = unit_of("""
    việc  | giao | hạn   | q
    KT-01 | 4    | 16/11 | 0
    KT-02 | 4    | 30/11 |
    """)
    assert (unit["A"], unit["not_due"], unit["unclear"]) == (0, 2, 0)
    assert rates(unit) == [None] * 4


def test_only_work_not_yet_due_and_begun_early_is_all_done():
    unit = unit_of("""
    việc  | k | giao | hạn   | q
    KT-01 | 3 | 4    | 30/11 | 1
    """)
    assert (unit["A"], unit["D"]) == (3, 3)
    assert rates(unit) == [1, 1, 1, 1]


def test_one_line_late_and_returned_five_times():
    unit = rate_of(
        check("""
        việc  | giao | q | r | hạn  | ngày | tđ  | l* | lý do => D | Q | P | rework | lateness
        KT-01 | 4    | 4 | 5 | 2/11 | 9/11 | Sửa | 5  | sổ    => 4 | 0 | 0 | 5      | 5
        """)
    )
    assert rates(unit) == [1, 0, 0, twenty(Fraction(1, 3))]


def test_a_tenth_and_two_tenths_are_three_tenths():
    lines = check("""
    việc  | người | loại      | giao | từ    | q   => A   | D   | remaining
    KT-01 | CB1   | kế hoạch  | 0.3  |       | 0.1 => 0.3 | 0.1 | 0
    PS-01 | CB2   | nhận thay | 0.2  | KT-01 | 0.2 => 0   | 0.2 | 0
    """)
    unit = rate_of(lines)
    assert [unit[f"{name}_uncapped"] for name in "abc"] == [1, 1, 1]


def test_400_dossiers_with_4_returned():
    unit = rate_of(
        check("""
        việc  | sp | k   | giao | q   | r => deduct | A   | D   | Q
        MC-01 | HS | 0.5 | 400  | 400 | 4 => cái    | 200 | 200 | 199.5
        """)
    )
    assert rates(unit) == [1, Decimal("0.9975"), 1, twenty(Fraction(29975, 30000))]
    assert show_percent(unit["b"]) == "99,8 %"


def test_the_same_dossiers_by_line_lose_all_quality():
    check("""
    việc  | sp | k   | giao | q   | r => deduct | D   | Q
    MC-01 | BC | 0.5 | 400  | 400 | 4 => dòng   | 200 | 0
    """)


def test_a_coefficient_below_1():
    unit = rate_of(
        check("""
        việc  | k   | giao | q | r => A   | D   | Q
        KT-01 | 0.6 | 3    | 2 | 1 => 1.8 | 1.2 | 0.9
        """)
    )
    two_thirds = twenty(Fraction(2, 3))
    assert rates(unit) == [two_thirds, Decimal("0.5"), two_thirds, twenty(Fraction(11, 18))]


def test_returned_in_a_cycle_without_delivery():
    """The first cycle deducts nothing and loses nothing; the next delivery pays for all."""
    first = check("""
    việc  | giao | q | r => D | Q | rework | rework_pending | remaining
    KT-01 | 4    | 0 | 2 => 0 | 0 | 0      | 2              | 4
    """)
    check(
        """
        việc  | giao | chuyển | q | r | ngày  => D | Q | P | rework | rework_pending
        KT-01 | 4    | 1      | 4 | 1 | 20/11 => 4 | 1 | 3 | 3      | 0
        """,
        cycle="2026-11-K2",
        previous={("KT-01", "CB1"): first["rework_pending"][0]},
    )


def test_taken_over_within_a_unit_moves_no_figure_of_the_unit():
    lines = check("""
    việc  | người | loại      | k | giao | từ    | q => A | D | taken_away | remaining
    KT-01 | CB1   | kế hoạch  | 2 | 5    |       | 2 => 10 | 4 | 3         | 0
    PS-01 | CB2   | nhận thay |   | 3    | KT-01 | 3 => 0  | 6 | 0         | 0
    """)
    unit = rate_of(lines)
    assert (unit["A"], unit["D"], unit["a"], unit["tasks"]) == (10, 10, 1, 2)


def test_taken_over_across_units_moves_work_done_to_the_receiver():
    lines = check("""
    việc  | đv | người | loại      | k | giao | từ    | q => A | D  | remaining
    KT-01 | KT | CB1   | kế hoạch  | 2 | 5    |       | 2 => 10 | 4 | 0
    VP-01 | VP | CB3   | kế hoạch  | 1 | 12   |       | 6 => 12 | 6 | 6
    PS-01 | VP | CB3   | nhận thay |   | 3    | KT-01 | 3 => 0  | 6 | 0
    """)
    giver, receiver = rate_of(lines, "KT"), rate_of(lines, "VP")
    assert (giver["A"], giver["a"]) == (10, Decimal("0.4"))
    assert (receiver["A"], receiver["a"]) == (12, 1)


def test_shared_by_three_with_one_unfinished():
    lines = check("""
    việc  | người | k | s   | giao | q => A   | D   | standing | remaining
    KT-01 | CB1   | 4 | 0.5 | 1    | 1 => 2   | 2   | đúng hạn | 0
    KT-01 | CB2   | 4 | 0.3 | 1    | 1 => 1.2 | 1.2 | đúng hạn | 0
    KT-01 | CB3   | 4 | 0.2 | 1    | 0 => 0.8 | 0   | quá hạn  | 1
    """)
    unit = rate_of(lines)
    assert (unit["tasks"], unit["lines"], unit["A"], unit["a"]) == (1, 3, 4, Decimal("0.8"))


def test_surplus_of_a_late_and_returned_line_pays_for_nothing():
    check("""
    việc  | giao | q | r | hạn  | ngày => D | Q | P | surplus | remaining
    KT-01 | 4    | 9 | 1 | 2/11 | 9/11 => 4 | 3 | 3 | 5       | 0
    """)


SUNDAY = """
việc  | giao | q | hạn  | ngày  => lateness | P
KT-01 | 4    | 4 | 8/11 | 8/11  => 0        | 4
KT-02 | 4    | 4 | 8/11 | 9/11  => 1        | 3
KT-03 | 4    | 4 | 8/11 | 10/11 => {}       | {}
"""


@pytest.mark.parametrize(
    ("late_rule", "figures"),
    [("occurrence", (1, 3)), ("calendar_day", (2, 2)), ("working_day", (2, 2))],
)
def test_due_on_a_sunday_stays_due_on_the_sunday(late_rule, figures):
    """Due dates never move: what is finished on the Monday is late, by whatever rule."""
    check(SUNDAY.format(*figures), late_rule=late_rule)


def test_due_on_the_last_sunday_is_due_in_the_cycle():
    # 15 November 2026 is a Sunday.
    check("""
    việc  | giao | q | hạn   => standing     | A
    KT-01 | 4    | 0 | 15/11 => quá hạn      | 4
    KT-02 | 4    | 0 | 16/11 => chưa đến hạn | 0
    """)


@pytest.mark.parametrize("quantity", ["0.000000000001", "999999999999.999999"])
def test_the_smallest_and_the_largest_quantity_are_counted_whole(quantity):
    lines = score(f"""
    việc  | k   | giao       | q
    KT-01 | 2.7 | {quantity} | {quantity}
    """)
    assert rates(rate_of(lines)) == [1, 1, 1, 1]
    assert lines["A"][0] == Decimal(quantity) * Decimal("2.7")
