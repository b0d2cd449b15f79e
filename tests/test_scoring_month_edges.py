"""The cases a meeting argues about, by name, each with its sheets: several cycles and months."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from periods_of import a_result, general_rows, level_rows, scored
from test_scoring import full, registers, score, shown, twenty

from pipeline.model.calendar import parse_cycle
from pipeline.model.period import parse_period
from pipeline.model.rules import Rules
from pipeline.model.tables import CycleResult, frame, records, result_table
from pipeline.scoring import rates

SCORED = {"CB1": 20, "CB2": 20, "CB3": 20}


def people(**changes: dict) -> dict[str, dict]:
    """Return the people of the small commune, everybody an ordinary official, with changes."""
    plain = {"leader": "không", "supervisor": "", "unscored_from": None, "unscored_to": None}
    return {
        code: row | plain | {"active_from": None} | changes.get(code, {})
        for code, row in registers().people.items()
    }


def commune_of(known: dict) -> object:
    return registers(progress_only="CA", people=known)


def cycles(
    sheets: dict[str, str],
    missing: dict[str, set] | None = None,
    general: dict | None = None,
    levels: dict | None = None,
    known: dict | None = None,
    decided: dict[str, dict] | None = None,
) -> list[CycleResult]:
    """Return the results of drawn cycles, oldest first: what is left, and r, go on to the next."""
    results, previous, before = [], {}, {}
    own = commune_of(known or people())
    for name, text in sheets.items():
        silent = (missing or {}).get(name, set())
        meeting = (decided or {}).get(name, {})
        goes_on = {"previous": previous, "before": before, "decided": meeting}
        lines = score(text, cycle=name, missing=silent, **goes_on)
        before = {(row["task_id"], row["person"]): row for row in records(lines)}
        previous = {key: row["rework_pending"] for key, row in before.items()}
        statuses = {code: ("Chưa nộp" if code in silent else "Đạt", "") for code in own.units}
        given = {
            code: [Decimal(str(points)), *[Decimal(0)] * 9]
            for code, points in (SCORED if general is None else general).items()
        }
        tables = {
            "lines": lines,
            "units": rates.unit_rates(lines, own, statuses, full("obstacles", [])),
            "people": rates.people_rates(lines, own, parse_cycle(name)),
            "general": result_table("general", general_rows(given)),
            "leader_criteria": result_table("leader_criteria", level_rows(levels or {})),
        }
        results.append(a_result(name, Rules(), tables))
    return results


def month(sheets: dict[str, str], period: str = "2026-11", **options) -> dict[str, dict]:
    """Return a period's rows: its lines by task, its people and units by code."""
    tables = scored(cycles(sheets, **options), parse_period(period))
    return {
        **{(row["task_id"], row["person"]): row for row in tables["lines"]},
        **{row["person"]: row for row in tables["people"]},
        **{row["unit"]: row for row in tables["units"]},
    }


def figures(row: dict, names: str) -> str:
    """Return figures of a row as a person reads them."""
    return shown(frame([row], row), names)[0]


# --- Lines over cycles ---------------------------------------------------------------------------

THREE_CYCLES = {
    "2026-10-K2": """
    việc  | giao | q | hạn   | ngày
    KT-01 | 6    | 1 | 20/10 | 19/10
    """,
    "2026-11-K1": """
    việc  | giao | chuyển | q | hạn   | ngày
    KT-01 | 5    | 1      | 2 | 20/10 | 9/11
    """,
    "2026-11-K2": """
    việc  | giao | chuyển | q | hạn   | ngày
    KT-01 | 3    | 2      | 3 | 20/10 | 25/11
    """,
}


def test_carried_through_three_cycles_and_a_month_border():
    """Each month is asked for what was open in it; late once for each delivery, never thrice."""
    october = month(THREE_CYCLES, "2026-10")["KT-01", "CB1"]
    november = month(THREE_CYCLES, "2026-11")["KT-01", "CB1"]
    assert figures(october, "A D Q P remaining standing") == "6 | 1 | 1 | 1 | 5 | quá hạn"
    assert figures(november, "A D Q P remaining standing") == "5 | 5 | 5 | 3,75 | 0 | xong chậm"
    quarter = month(THREE_CYCLES, "2026-Q4")["KT-01", "CB1"]
    assert figures(quarter, "A D Q P remaining standing") == "6 | 6 | 6 | 4,75 | 0 | xong chậm"


def test_begun_early_and_due_in_the_next_month():
    sheets = {
        "2026-11-K2": """
        việc  | giao | q | hạn  | ngày
        KT-01 | 5    | 2 | 5/12 | 20/11
        """,
        "2026-12-K1": """
        việc  | giao | q | hạn  | ngày
        KT-01 | 3    | 2 | 5/12 | 4/12
        """,
        "2026-12-K2": """
        việc  | giao | chuyển | q | hạn  | ngày
        KT-01 | 1    | 1      | 1 | 5/12 | 18/12
        """,
    }
    november, december = (month(sheets, name)["KT-01", "CB1"] for name in ("2026-11", "2026-12"))
    assert figures(november, "A D P standing") == "2 | 2 | 2 | chưa đến hạn"
    assert figures(december, "A D P standing") == "3 | 3 | 2,75 | xong chậm"


def test_begun_early_and_due_within_the_month_counts_its_base_once():
    rows = month(
        {
            "2026-11-K1": """
            việc  | giao | q | hạn   | ngày
            KT-01 | 5    | 2 | 20/11 | 9/11
            """,
            "2026-11-K2": """
            việc  | giao | q | hạn   | ngày
            KT-01 | 3    | 1 | 20/11 | 18/11
            """,
        }
    )
    assert figures(rows["KT-01", "CB1"], "A D remaining standing") == "5 | 3 | 2 | quá hạn"
    assert rows["CB1"]["R"] == twenty(Fraction(3, 5))


def test_the_line_of_a_unit_is_carried_under_its_own_key():
    rows = month(
        {
            "2026-11-K1": """
            việc  | người | giao | q | r | hạn
            KT-01 |       | 4    | 0 | 2 | 10/11
            """,
            "2026-11-K2": """
            việc  | người | giao | chuyển | q | hạn   | ngày
            KT-01 |       | 4    | 1      | 4 | 10/11 | 20/11
            """,
        }
    )
    assert figures(rows["KT-01", ""], "A D Q P") == "4 | 4 | 2 | 3"
    assert (rows["KT"]["lines"], rows["KT"]["A"]) == (1, 4)


def test_returned_without_delivery_is_deducted_once_in_the_month():
    rows = month(
        {
            "2026-11-K1": """
            việc  | giao | q | r | hạn   | ngày
            KT-01 | 4    | 0 | 1 | 10/11 |
            """,
            "2026-11-K2": """
            việc  | giao | chuyển | q | r | hạn   | ngày
            KT-01 | 4    | 1      | 4 | 1 | 10/11 | 20/11
            """,
        }
    )
    assert figures(rows["KT-01", "CB1"], "A D Q P rework lateness") == "4 | 4 | 2 | 3 | 2 | 1"


def test_taken_over_and_finished_in_the_next_cycle():
    """The giver keeps the base of five; what both still owe comes back once and adds none."""
    rows = month(
        {
            "2026-11-K1": """
            việc  | người | loại      | giao | từ    | q | hạn   | ngày
            KT-01 | CB1   | kế hoạch  | 5    |       | 1 | 10/11 | 9/11
            PS-01 | CB2   | nhận thay | 3    | KT-01 | 1 |       | 9/11
            """,
            "2026-11-K2": """
            việc     | người | loại      | giao | chuyển | từ    | q | hạn   | ngày
            KT-01    | CB1   | kế hoạch  | 1    | 1      |       | 1 | 10/11 | 18/11
            KT-PS01x | CB2   | nhận thay | 2    | 1      | KT-01 | 2 | 10/11 | 18/11
            """,
        }
    )
    assert figures(rows["KT"], "A D Q P") == "5 | 5 | 5 | 4,25"
    assert figures(rows["CB1"], "A D") == "5 | 2"
    assert figures(rows["CB2"], "A D") == "0 | 3"


def test_taken_over_in_part_and_the_rest_given_to_another_by_a_decision():
    """Ten stay ten: four in the giver's base, taken over by CB2, and six in the base of CB3."""
    moved = {"decision": "KL-01", "new_person": "CB3", "extended_to": None, "quantity": None}
    rows = month(
        {
            "2026-11-K1": """
            việc  | người | loại      | giao | từ    | q | hạn   | ngày
            KT-01 | CB1   | kế hoạch  | 10   |       | 0 | 10/11 |
            PS-01 | CB2   | nhận thay | 4    | KT-01 | 4 |       | 9/11
            """,
            "2026-11-K2": """
            việc  | người | loại     | giao | chuyển | q | hạn   | ngày
            KT-01 | CB3   | kế hoạch | 6    | 1      | 6 | 10/11 | 18/11
            """,
        },
        decided={"2026-11-K1": {("KT-01", "CB1"): moved | {"withdrawn": ""}}},
    )
    giver = rows["KT-01", "CB1"]
    assert figures(giver, "assigned base A D") == "10 | 4 | 4 | 0"
    assert giver["arithmetic"].startswith(
        "phần còn lại chuyển cho CB3, chỉ tính phần đã xong và phần người khác nhận thay 1 × 4 = 4"
    )
    assert figures(rows["KT-01", "CB3"], "A D") == "6 | 6"
    assert figures(rows["KT"], "A D") == "10 | 10"


def test_a_handover_with_an_error_is_counted_once_over_both_cycles():
    rows = month(
        {
            "2026-11-K1": """
            việc  | người | loại      | giao | từ    | q | hạn   | ngày | lỗi
            KT-01 | CB1   | kế hoạch  | 10   |       | 6 | 10/11 | 9/11 |
            PS-01 | CB2   | nhận thay | 4    | KT-01 | 4 |       |      | K401
            """,
            "2026-11-K2": """
            việc     | người | loại      | giao | chuyển | từ    | q | hạn   | ngày
            KT-01    | CB1   | kế hoạch  | 4    | 1      |       | 4 | 10/11 | 18/11
            PS-01    | CB2   | nhận thay | 4    | 1      | KT-01 | 4 | 10/11 | 18/11
            """,
        }
    )
    assert figures(rows["CB1"], "A D") == "10 | 6"
    assert figures(rows["CB2"], "A D") == "0 | 4"


def test_unclear_in_the_first_cycle_and_settled_in_the_second():
    sheets = {
        "2026-11-K1": """
        việc  | giao | q | hạn   | lỗi
        KT-01 | 4    |   | 10/11 | K301
        """,
        "2026-11-K2": """
        việc  | giao | chuyển | q | hạn   | ngày
        KT-01 | 4    | 1      | 4 | 10/11 | 20/11
        """,
    }
    rows = month(sheets)
    assert figures(rows["KT-01", "CB1"], "A D P unclear") == "4 | 4 | 3 | "
    assert "tạm tính" not in rows["KT"]["arithmetic"]
    still = month(sheets | {"2026-11-K2": sheets["2026-11-K1"]})
    assert figures(still["KT-01", "CB1"], "A D P unclear") == "4 | 0 | 0 | K301"
    assert still["KT"]["arithmetic"].endswith("tạm tính, còn 1 dòng chưa rõ")


# --- Accepted later, withdrawn, extended ---------------------------------------------------------


def meeting(**change: object) -> dict[str, dict]:
    """Return what the meeting of the first cycle changed of line KT-01."""
    usual = {"withdrawn": "", "extended_to": None, "quantity": None, "new_person": ""}
    return {"2026-11-K1": {("KT-01", "CB1"): {**usual, "decision": "KL-01", **change}}}


LATER = """
việc  | giao | chuyển | q | hạn   | ngày
KT-01 | 2    | 1      | 3 | 10/11 | 18/11
"""


def test_accepted_less_than_reported_after_the_next_issue():
    """The next cycle was issued two of five; the group then accepts two of three: three are left."""
    sheets = {
        "2026-11-K1": """
        việc  | giao | q | hạn   | ngày | tđ  | q* | lý do
        KT-01 | 5    | 3 | 10/11 | 9/11 | Sửa | 2  | thiếu một
        """,
        "2026-11-K2": LATER,
    }
    first, second = (records(result.tables["lines"])[0] for result in cycles(sheets))
    assert figures(first, "assigned completed remaining") == "5 | 2 | 3"
    assert figures(second, "assigned_issued assigned A D surplus") == "2 | 3 | 3 | 3 | 0"
    assert figures(month(sheets)["KT-01", "CB1"], "A D P remaining") == "5 | 5 | 4,25 | 0"


def test_accepted_more_than_reported_after_the_next_issue():
    """What was done before is not asked again: the surplus is listed and counts nothing."""
    sheets = {
        "2026-11-K1": """
        việc  | giao | q | hạn   | ngày | tđ  | q* | lý do
        KT-01 | 5    | 3 | 10/11 | 9/11 | Sửa | 4  | tìm thấy
        """,
        "2026-11-K2": LATER,
    }
    second = records(cycles(sheets)[1].tables["lines"])[0]
    assert figures(second, "assigned_issued assigned A D surplus") == "2 | 1 | 1 | 1 | 2"
    assert figures(month(sheets)["KT-01", "CB1"], "A D") == "5 | 5"


BEGUN = """
việc  | giao | q | hạn   | ngày
KT-01 | 5    | 2 | 10/11 | 9/11
KT-02 | 1    | 1 | 10/11 | 9/11
"""


def test_withdrawn_work_leaves_the_base_and_what_was_done_stays():
    sheets = {"2026-11-K1": BEGUN, "2026-11-K2": WHOLE.replace("KT-01", "KT-03")}
    rows = month(sheets, decided=meeting(withdrawn="x"))
    assert figures(rows["KT-01", "CB1"], "A D standing remaining") == "2 | 2 | thu hồi | 0"
    assert figures(rows["KT"], "A D a") == "5 | 5 | 1"


def test_extended_within_the_month_is_late_by_the_new_date_only():
    sheets = {
        "2026-11-K1": BEGUN,
        "2026-11-K2": """
        việc  | giao | q | hạn   | ngày
        KT-01 | 3    | 3 | 25/11 | 24/11
        """,
    }
    change = meeting(extended_to=date(2026, 11, 25))
    first = records(cycles(sheets, decided=change)[0].tables["lines"])[0]
    assert figures(first, "A D due due_before standing") == (
        "2 | 2 | 25/11/2026 | 10/11/2026 | chưa đến hạn"
    )
    row = month(sheets, decided=change)["KT-01", "CB1"]
    assert figures(row, "A D Q P standing") == "5 | 5 | 5 | 5 | đúng hạn"


def test_extended_into_the_next_month_leaves_the_rest_to_that_month():
    sheets = {
        "2026-11-K1": BEGUN,
        "2026-11-K2": """
        việc  | giao | q | hạn  | ngày
        KT-01 | 3    | 0 | 9/12 |
        """,
    }
    row = month(sheets, decided=meeting(extended_to=date(2026, 12, 9)))["KT-01", "CB1"]
    assert figures(row, "A D standing remaining") == "2 | 2 | chưa đến hạn | 3"


# --- Units that did not report -------------------------------------------------------------------

VP_FIRST = """
việc  | đv | người | giao | q | hạn
VP-01 | VP | CB3   | 4    | 4 | 10/11
"""
VP_SECOND = """
việc  | đv | người | giao | chuyển | q | hạn   | ngày
VP-01 | VP | CB3   | 4    | 1      | 4 | 10/11 | 20/11
"""
VP = {"2026-11-K1": VP_FIRST, "2026-11-K2": VP_SECOND}


def test_a_unit_missing_in_the_first_cycle_and_settled_in_the_second():
    rows = month(VP, missing={"2026-11-K1": {"VP"}})
    assert figures(rows["VP-01", "CB3"], "A D Q P") == "4 | 4 | 4 | 3"
    assert rows["VP"]["summed"] == "có"
    assert "kỳ 1" in rows["VP"]["note"]
    assert rows["CB3"]["score"] == twenty(20 + Fraction(11, 12) * 70)


def test_a_unit_whose_last_cycle_is_missing_has_no_score():
    rows = month(VP, missing={"2026-11-K2": {"VP"}})
    assert (rows["VP"]["summed"], rows["VP"]["R"], rows["CB3"]["score"]) == ("không", None, None)
    assert "thiếu kỳ 2" in rows["VP"]["note"]
    assert "thiếu kỳ 2" in rows["CB3"]["note"]


def test_a_unit_without_a_line_in_the_last_cycle_must_report_it_all_the_same():
    sheets = {"2026-11-K1": VP_FIRST, "2026-11-K2": WHOLE}
    reported, silent = month(sheets), month(sheets, missing={"2026-11-K2": {"VP"}})
    assert (reported["VP"]["R"], reported["CB3"]["R"]) == (1, 1)
    assert (silent["VP"]["R"], silent["CB3"]["R"]) == (None, None)


def test_due_on_the_last_day_of_the_month_is_due_in_it():
    sheet = """
    việc  | giao | q | hạn   | ngày
    KT-01 | 4    | 1 | 30/11 | 25/11
    KT-02 | 4    | 1 | 1/12  | 25/11
    """
    assert figures(month({"2026-11-K2": sheet})["CB1"], "A D") == "5 | 2"


def test_a_month_without_its_last_cycle_has_no_score():
    rows = month({"2026-11-K1": VP_FIRST})
    assert (rows["VP"]["R"], rows["CB3"]["R"], rows["CB3"]["score"]) == (None, None, None)


# --- Scores and bands ----------------------------------------------------------------------------

WHOLE = """
việc  | giao | q | hạn   | ngày
KT-01 | 2    | 2 | 20/11 | 20/11
"""
HALF = WHOLE.replace("| 2    | 2 |", "| 2    | 1 |")


@pytest.mark.parametrize(
    ("sheet", "general", "printed", "band"),
    [
        (WHOLE, "20", "90,00", "từ 90"),
        (WHOLE, "19.996", "89,99", "từ 70 đến dưới 90"),
        (WHOLE, "19.995", "89,99", "từ 70 đến dưới 90"),
        (WHOLE, "19.994", "89,99", "từ 70 đến dưới 90"),
        (WHOLE, "19.985", "89,99", "từ 70 đến dưới 90"),
        (WHOLE, "20.005", "90,01", "từ 90"),
        (WHOLE, "0", "70,00", "từ 70 đến dưới 90"),
        (WHOLE, "30", "100,00", "từ 90"),
        (HALF, "15", "50,00", "từ 50 đến dưới 70"),
        (HALF, "14.999999999999", "49,99", "dưới 50"),
        (HALF, "0", "35,00", "dưới 50"),
    ],
)
def test_bands_are_of_the_exact_score(sheet, general, printed, band):
    row = month({"2026-11-K2": sheet}, general={"CB1": general})["CB1"]
    assert (row["score_shown"], row["band"]) == (printed, band)


def test_69_996_is_below_70():
    # R = 17499/17500, general 0: R × 70 = 69.996 exactly.
    sheet = """
    việc  | sp | k | giao  | q     | hạn   | ngày  | tđ  | l* | lý do
    MC-01 | HS | 1 | 4375  | 4375  | 20/11 | 20/11 | Sửa | 3  | sổ
    """
    row = month({"2026-11-K2": sheet}, general={"CB1": 0})["CB1"]
    assert row["score"] == Decimal("69.996")
    assert (row["score_shown"], row["band"]) == ("69,99", "từ 50 đến dưới 70")


def test_a_month_of_nothing_but_zero():
    row = month({"2026-11-K2": WHOLE.replace("| 2 | 20/11 | 20/11", "| 0 | 20/11 |")})["CB1"]
    assert figures(row, "A D R result_points score band") == "2 | 0 | 0 | 0 | 20 | dưới 50"


def test_a_month_of_unplanned_work_only_has_no_score():
    sheet = """
    việc  | loại      | giao | ai giao | vb   | q | tđ
    PS-01 | phát sinh | 3    | Lê Hòa  | TB 5 | 3 | Đúng
    """
    row = month({"2026-11-K2": sheet})["CB1"]
    assert figures(row, "A D R result_points score band") == "0 | 6 | – | – | – | "
    assert "chưa đủ dữ liệu" in row["note"]


def test_without_the_criteria_there_are_only_result_points():
    row = month({"2026-11-K2": WHOLE}, general={})["CB1"]
    assert figures(row, "R result_points general score band") == "1 | 70 | – | – | "


def test_a_quarter_is_the_mean_of_the_months_with_a_score():
    october = WHOLE.replace("20/11", "20/10")
    sheets = {"2026-10-K2": october, "2026-11-K2": WHOLE, "2026-12-K1": WHOLE}
    row = month(sheets, "2026-Q4", general={"CB1": 19})["CB1"]
    # December has no second cycle: two months of 89.
    assert figures(row, "score months band") == "89 | 2 | từ 70 đến dưới 90"


# --- Leaders -------------------------------------------------------------------------------------

TEAM = """
việc  | người | responsible | giao | q | hạn   | ngày
KT-01 | CB1   | CB1         | 2    | 2 | 20/11 | 20/11
KT-02 | CB2   | CB1         | 2    | {} | 20/11 | 20/11
"""
LED = people(CB1={"leader": "cấp trưởng"}, CB2={"supervisor": "CB1"})
LEVELS = {("CB1", "đ"): 100, ("CB1", "e"): 50}


def leader(done: int, **options) -> dict:
    """Return the month of a leader of one, who finished `done` of two."""
    own = {"known": LED, "levels": LEVELS, **options}
    return month({"2026-11-K2": TEAM.format(done)}, **own)["CB1"]


def test_a_leader_answers_for_own_lines_and_those_answered_for_each_once():
    row = leader(2)
    assert figures(row, "A D d đ e") == "4 | 4 | 1 | 1 | 0,5"
    assert row["R"] == twenty(Fraction(11, 12))
    assert row["score"] == twenty(20 + Fraction(11, 12) * 70)


def test_a_led_person_below_50_halves_d():
    row = leader(0)
    assert figures(row, "A D d") == "4 | 2 | 0,5"
    assert row["R"] == twenty(Fraction(35, 60))


def test_each_part_of_a_leaders_r_is_at_most_1():
    sheet = """
    việc  | người | loại      | giao | ai giao | vb   | q | hạn   | ngày  | tđ
    KT-01 | CB1   | kế hoạch  | 2    |         |      | 2 | 20/11 | 25/11 |
    PS-01 | CB1   | phát sinh | 2    | Lê Hòa  | TB 5 | 2 |       | 20/11 | Đúng
    KT-02 | CB2   | kế hoạch  | 2    |         |      | 2 | 20/11 | 20/11 |
    """
    row = month({"2026-11-K2": sheet}, known=LED, levels=LEVELS)["CB1"]
    # a = 6/2, b = 6/2, c = (1.5 + 4)/2, each counted as 1; d = 1, đ = 1, e = 0.5.
    assert row["R"] == twenty(Fraction(11, 12))


def test_exactly_50_is_enough_for_d():
    assert leader(0, general={"CB1": 20, "CB2": 50})["d"] == 1
    assert leader(0, general={"CB1": 20, "CB2": "49.999"})["d"] == Decimal("0.5")


def test_a_led_person_without_a_score_makes_d_missing():
    row = leader(2, general={"CB1": 20})
    assert figures(row, "d R score") == "– | – | –"
    assert "Trần Thị Bình" in row["note"]


def test_a_led_person_on_leave_is_left_out_and_named():
    leave = people(
        CB1={"leader": "cấp trưởng"},
        CB2={"supervisor": "CB1"} | {"unscored_from": parse_period("2026-11").first_day},
        CB3={"supervisor": "CB1"},
    )
    sheet = TEAM.format(0) + "VP-01 | CB3   |             | 1    | 1 | 20/11 | 20/11\n"
    row = month({"2026-11-K2": sheet}, known=leave, levels=LEVELS)["CB1"]
    assert row["d"] == 1
    assert "Trần Thị Bình" in row["note"]


@pytest.mark.parametrize("lacking", ["đ", "e"])
def test_a_leader_without_a_criterion_has_no_r_and_the_sheet_says_which(lacking):
    row = leader(2, levels={key: level for key, level in LEVELS.items() if key[1] != lacking})
    assert (row["R"], row["score"]) == (None, None)
    assert lacking in row["note"].split("thiếu ")[1]


# --- Units merged --------------------------------------------------------------------------------

MERGED = {
    "2026-11-K1": """
    việc  | đv | người | giao | q | hạn  | ngày
    KT-01 | KT | CB1   | 4    | 4 | 8/11 | 7/11
    VP-01 | VP | CB3   | 2    | 1 | 8/11 | 7/11
    """,
    "2026-11-K2": """
    việc  | đv | người | giao | chuyển | q | hạn  | ngày
    VP-01 | VP | CB3   | 1    | 1      | 1 | 8/11 | 20/11
    """,
}


@pytest.mark.parametrize("silent", [False, True])
def test_a_unit_registered_no_more_counts_up_to_its_own_last_cycle(silent):
    missing = {"2026-11-K1": {"KT"}} if silent else {}
    first, second = cycles(MERGED, missing=missing)
    units = second.tables["units"]
    second.tables["units"] = units[units["unit"] != "KT"]
    tables = scored([first, second], parse_period("2026-11"))
    (kt,) = [row for row in tables["units"] if row["unit"] == "KT"]
    (whole,) = tables["commune"]
    if silent:
        assert (kt["summed"], kt["R"], whole["A"], whole["A_missing"]) == ("không", None, 2, 4)
    else:
        assert (kt["A"], kt["D"], kt["R"], whole["A"], whole["D"]) == (4, 4, 1, 6, 6)
        assert kt["note"] == "không còn trong danh mục sau kỳ 1, tính đến đó"
