"""The sentence of a set of lines over several cycles, where a product need not tell the whole."""

from decimal import Decimal

from pipeline.scoring.rates import rate
from pipeline.scoring.sums import MOST_NAMED
from tests.months import cycle_result, only, score

FIRST = """
    task  | person | k | g | done | l | due
    KT-01 | A      | 2 | 3 | 1    | 1 | 2026-11-15
    KT-02 | A      | 1 | 4 | 4    | 0 | 2026-11-15
"""
LAST = """
    task  | person | k   | g | done | r | due
    KT-01 | A      | {k} | 2 | 2    | 1 | 2026-11-15
"""


def sentence(k: str) -> str:
    results = cycle_result("2026-11-K1", FIRST), cycle_result("2026-11-K2", LAST.format(k=k))
    return str(only(score("2026-11", *results)["people"], person="A")["arithmetic"])


def test_over_a_month_the_sums_are_written_out_and_deductions_named_without_times():
    assert sentence("2") == (
        "ΣA = 2×3 + 1×4 = 10; a = ΣD/ΣA = 10/10 = 100,0 %; b = ΣQ/ΣA = (10 − 1)/10 = 9/10 = 90,0 %; "
        "c = ΣP/ΣA = (10 − 0,5)/10 = 9,5/10 = 95,0 %; R = (100,0 + 90,0 + 95,0)/3 = 95,0 %; "
        "bị trừ: KT-01 chậm; bị trừ: KT-01 chưa đạt chất lượng"
    )


def test_a_line_whose_coefficient_changed_is_told_by_its_figure():
    """2 × 1 of the first cycle and 3 × 2 of the second are 8, not 3 × 3."""
    assert "a = ΣD/ΣA = (8 + 1×4)/13 = 12/13 = 92,3 %" in sentence("3")


def test_a_leaders_sentence_has_the_leaders_r_or_none():
    people = {"A": {"name": "Trần An", "leader": "cấp trưởng"}, "B": {"supervisor": "A"}}
    lines = "task | person | k | g | done | due\n KT-01 | A | 1 | 4 | 3 | 2026-11-15"
    points = {"B": 30, "A": 30}
    for levels, ending in (
        (100, "; R = (a + b + c + d + đ + e)/6 = "),
        (None, "; c = ΣP/ΣA = 6/7 = 85,7 %"),
    ):
        more = {"people": people, "general": points, "levels": {"A": {"đ": levels, "e": levels}}}
        b_line = "\n KT-02 | B | 1 | 1 | 1 | 2026-11-15"
        results = [cycle_result(c, lines + b_line, **more) for c in ("2026-11-K1", "2026-11-K2")]
        words = only(score("2026-11", *results)["people"], person="A")["arithmetic"]
        assert "(a + b + c)/3" not in words
        assert (ending in words) if levels else words.endswith(ending)


def table(count: int, **columns: list) -> dict[str, list]:
    """Return a set of lines, all alike but for the columns given."""
    one = {"coefficient": Decimal(1), "share": Decimal(1), "base": Decimal(1), "assigned": None}
    one |= {"delivered": Decimal(1), "deduct": "dòng", "rework": 0, "lateness": 1, "state": ""}
    one |= {"standing": "đúng hạn", "source": "phiếu", "task_id": "KT"}
    one |= dict.fromkeys(("A", "D", "Q", "P", "Q_granted", "P_granted"), Decimal(1))
    one |= dict.fromkeys(("A_reported", "D_reported", "Q_reported", "P_reported"), Decimal(1))
    return {name: [value] * count for name, value in one.items()} | columns


def test_a_task_deducted_for_several_people_is_named_once():
    words = rate(table(3, P=[Decimal("0.75")] * 3))["arithmetic"]
    assert words.endswith("; −25 % × 1: KT chậm")


def test_however_many_lines_are_deducted_the_sentence_stays_short():
    count = 5000
    names = [f"KT-{n}" for n in range(count)]
    kept = [Decimal(n % 7) / 8 for n in range(count)]
    times = [n % 90 + 1 for n in range(count)]
    cuts = {"Q": kept, "P": kept, "lateness": times, "rework": times}
    words = str(rate(table(count, task_id=names, deduct=["cái"] * count, **cuts))["arithmetic"])
    assert words.count("KT-") == 2 * MOST_NAMED
    assert f"{count - MOST_NAMED} dòng khác chậm" in words
    assert len(words) < 1200


def test_whoever_adds_up_the_printed_rates_gets_the_printed_r():
    """With one decimal it would be 44,5."""
    kept = {"A": Decimal(3), "D": Decimal(2), "Q": Decimal(0), "P": Decimal(2)}
    words = str(rate(table(1, **{name: [value] for name, value in kept.items()}))["arithmetic"])
    assert "R = (66,67 + 0,00 + 66,67)/3 = 44,4 %" in words
