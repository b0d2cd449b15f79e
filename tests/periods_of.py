"""The program over a drawn history: the result of every cycle, then of a period."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

import pandas as pd
from histories import History
from oracle import Case
from test_scoring import full
from test_scoring_oracle import commune_of, lines_of

from pipeline.history import newest_lines
from pipeline.model.calendar import VIETNAM, Cycle
from pipeline.model.criteria import LEADER_CRITERIA, general_criteria
from pipeline.model.period import Period
from pipeline.model.rules import Rules
from pipeline.model.tables import CycleResult, records, result_table
from pipeline.scoring import rates
from pipeline.scoring.periods import score_period


def results_of(history: History) -> list[CycleResult]:
    """Return the program's result of every cycle, each knowing the one before."""
    results, told = [], {}
    for cycle, case in zip(history.cycles, history.cases, strict=True):
        before = newest_lines(told, cycle)
        travelling = {key: row["rework_pending"] for key, row in before.items()}
        lines = lines_of(case.but(previous=travelling), before)
        results.append(result_of(history, cycle, case, lines))
        told[str(cycle)] = records(lines)
    return results


def result_of(history: History, cycle: Cycle, case: Case, lines: pd.DataFrame) -> CycleResult:
    """Return the program's result of one cycle, with the tables a period reads."""
    office = history.office
    rules = Rules(case.late_rule, office.quota, office.scored)
    registers = commune_of(case, people=office.people)
    statuses = {
        code: ("Chưa nộp" if code in case.missing else "Đạt", "không") for code in case.units
    }
    general, levels = history.general.get(cycle, {}), history.levels.get(cycle, {})
    return a_result(
        str(cycle),
        rules,
        {
            "lines": lines,
            "units": rates.unit_rates(lines, registers, statuses, full("obstacles", [])),
            "people": rates.people_rates(lines, registers, cycle),
            "general": result_table("general", general_rows(general)),
            "leader_criteria": result_table("leader_criteria", level_rows(levels)),
        },
    )


def a_result(cycle: str, rules: Rules, tables: Mapping[str, pd.DataFrame]) -> CycleResult:
    """Return a cycle's result of the tables a period reads."""
    return CycleResult(
        **{"cycle": cycle, "state": "", "made_at": datetime(2026, 12, 1, tzinfo=VIETNAM)},
        **{"print_code": "7F3A", "program": "0", "rule_code": rules.code},
        rule_settings=asdict(rules),
        **{"commune": {}, "signatories": {}, "meeting": {}, "options": {}},
        tables={"rules": result_table("rules", rules.meanings()), **tables},
    )


def general_rows(general: Mapping[str, list]) -> Iterable[dict]:
    """Return the rows of ten general scores of every person."""
    for person, scores in general.items():
        for code, score in zip(general_criteria(), scores, strict=True):
            yield {"person": person, "criterion": code, "accepted_score": score}


def level_rows(levels: Mapping[tuple, int | None]) -> Iterable[dict]:
    """Return the rows of đ and e of every person that has them."""
    for (person, criterion), level in levels.items():
        assert criterion in LEADER_CRITERIA
        yield {"person": person, "criterion": criterion, "value": level}


def scored(results: Iterable[CycleResult], period: Period) -> dict[str, list[dict]]:
    """Return the rows of every table of a period over those of the results that belong to it."""
    names = {str(cycle) for cycle in period.cycles}
    tables = score_period([r for r in results if r.cycle in names], period)
    return {key: records(table) for key, table in tables.items()}
