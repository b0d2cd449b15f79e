"""Random communes over several cycles against the oracle, to the last digit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from histories import History, histories
from oracle import judge, mean_rate, to_places
from oracle_months import (
    band,
    carry,
    mean_of_months,
    most_excellent,
    of_month,
    printed,
    score_month,
    unit_sums,
)
from periods_of import results_of, scored
from test_scoring import full
from test_scoring_oracle import FIGURES, commune_of, lines_of, same

from pipeline.model.calendar import cycle_of
from pipeline.model.period import month_of, parse_period
from pipeline.model.tables import records
from pipeline.scoring import plan

import os
QUICK = os.environ.get('QUICK')
USUAL = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.generate] if QUICK else list(Phase),
)
MANY = settings(USUAL, max_examples=400)


def by_key(rows: list[dict]) -> dict[tuple, dict]:
    """Return rows by task id and person; no key stands twice."""
    keyed = {(row["task_id"], row["person"]): row for row in rows}
    assert len(keyed) == len(rows)
    return keyed


def lines_are_the_oracles(history: History) -> None:
    for case in history.cases:
        expected, found = judge(case), by_key(records(lines_of(case)))
        assert found.keys() == expected.keys()
        for key, figures in expected.items():
            wrong = {
                name: (found[key][name], figures[name])
                for name in FIGURES
                if not same(found[key][name], figures[name])
            }
            assert not wrong, (key, wrong)


def what_goes_on_is_the_oracles(history: History) -> None:
    for case in history.cases:
        cycle = cycle_of(case.last_day)
        table = plan.upcoming(lines_of(case), full("proposals", []), commune_of(case), cycle)
        issued, _ = carry(case, cycle.last_day)
        found, expected = by_key(records(table)), by_key(issued)
        assert found.keys() == expected.keys()
        for key, row in expected.items():
            for name in ("assigned", "carried", "kind", "unit"):
                assert found[key][name] == row[name], (key, name)


@USUAL
@given(histories())
def test_every_cycle_is_the_oracles(history):
    lines_are_the_oracles(history)


@pytest.mark.slow
@MANY
@given(histories(most=6))
def test_every_cycle_of_many_is_the_oracles(history):
    lines_are_the_oracles(history)


@USUAL
@given(histories())
def test_what_goes_on_is_what_the_rules_carry(history):
    what_goes_on_is_the_oracles(history)


# --- Months --------------------------------------------------------------------------------------

LINE = ("A", "D", "Q", "P", "D_reported", "Q_reported", "P_reported", "Q_granted", "P_granted")
PERSON = ("R", "d", "đ", "e", "general", "result_points", "score")


def stored(figure: Fraction | None) -> Fraction | None:
    """Return a rate or score as it is stored."""
    return None if figure is None else to_places(Fraction(figure))


def differing(row: dict, expected: dict) -> dict:
    """Return the figures of a row that are not exactly the expected ones."""
    return {
        name: (row[name], value)
        for name, value in expected.items()
        if (row[name] is None) != (value is None)
        or (value is not None and not isinstance(value, str) and Fraction(row[name]) != value)
        or (isinstance(value, str) and row[name] != value)
    }


def months_are_the_oracles(history: History) -> None:
    results = results_of(history)
    for last in history.months():
        month, found = history.month(last), scored(results, month_of(last))
        lines_of_the_month(month, found["lines"])
        units_of_the_month(history, month, found)
        people_of_the_month(history, month, found)


def lines_of_the_month(month, rows: list[dict]) -> None:
    expected, found = of_month(month), by_key(rows)
    assert found.keys() == expected.keys()
    for key, figures in expected.items():
        assert not differing(found[key], {name: figures[name] for name in LINE}), key


def units_of_the_month(history: History, month, found: dict) -> None:
    expected = unit_sums(history.office, month)
    units = {row["unit"]: row for row in found["units"]}
    assert units.keys() == expected.keys()
    for code, figures in expected.items():
        row, rates = units[code], figures["rates"]
        assert row["summed"] == ("có" if figures["summed"] else "không")
        sums = {name: figures[name] for name in "ADQP"}
        whole = {f"{name}_uncapped": stored(rates and rates[name]) for name in "abc"}
        assert not differing(row, {**sums, **whole, "R": stored(rates and rates["R"])}), code
    summed = [figures for figures in expected.values() if figures["summed"]]
    [commune] = found["commune"]
    assert not differing(commune, {n: sum(f[n] for f in summed) for n in "ADQP"})
    codes = [code for code, figures in expected.items() if figures["summed"]]
    rates = mean_rate([line for line in of_month(month).values() if line["unit"] in codes])
    assert not differing(commune, {"R": stored(rates and rates["R"])})


def people_of_the_month(history: History, month, found: dict) -> None:
    expected = score_month(history.office, month)
    people = {row["person"]: row for row in found["people"]}
    for code, row in people.items():
        figures = expected[code]
        assert row["scored"] == ("có" if figures["scored"] else "không")
        rates = {name: stored(figures[name]) for name in ("a", "b", "c", *PERSON)}
        sums = {name: figures[name] for name in "ADQP"}
        words = {"band": figures["band"], "score_shown": printed(figures["score"])}
        assert not differing(row, {**sums, **rates, **words}), code
    in_office = [code for code in history.office.people if code in people]
    quotas_of_the_month(history, expected, in_office, found["quota"])


def quotas_of_the_month(history: History, expected: dict, people: list, rows: list) -> None:
    scores = {code: expected[code]["score"] for code in people}
    register = history.office.people
    for row in rows:
        field = "unit" if row["scope"] == "đơn vị" else "group"
        names = {"KT": "Phòng Kinh tế", "VP": "Văn phòng", "CA": "Công an xã"}
        group = [c for c in people if names.get(register[c][field], register[c][field]) == row["name"]]
        assert (row["base"], row["most"], row["reached"]) == most_excellent(
            history.office, scores, group
        )


def quarters_are_means_of_months(history: History) -> None:
    results, months = results_of(history), history.months()
    for period in {f"{m.year}-Q{(m.month + 2) // 3}" for m in months}:
        own = [m for m in months if month_of(m) in parse_period(period).months]
        each = [score_month(history.office, history.month(month)) for month in own]
        for row in scored(results, parse_period(period))["people"]:
            score, count = mean_of_months([found[row["person"]]["score"] for found in each])
            expected = {"score": stored(score), "months": count, "band": band(score)}
            assert not differing(row, expected), row["person"]


@USUAL
@given(histories())
def test_months_are_the_oracles(history):
    months_are_the_oracles(history)


@pytest.mark.slow
@MANY
@given(histories(most=6))
def test_many_months_are_the_oracles(history):
    months_are_the_oracles(history)


@USUAL
@given(histories())
def test_a_quarter_is_the_mean_of_its_months(history):
    quarters_are_means_of_months(history)
