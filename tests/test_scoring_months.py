"""Random communes over several cycles against the oracle, to the last digit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from histories import History, histories
from oracle import judge
from oracle_months import carry
from test_scoring import full
from test_scoring_oracle import FIGURES, commune_of, lines_of, same

from pipeline.model.calendar import cycle_of
from pipeline.model.tables import records
from pipeline.scoring import plan

USUAL = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
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
        issued, _ = carry(case, cycle.first_day, cycle.last_day)
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
