"""What was measured and proposed in chosen cycles: indicators, rewards, discipline."""

from collections.abc import Mapping

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.tables import CycleResult, frame, records
from pipeline.scoring.periods.reports import Row, latest

MET = "đạt"
Known = Mapping[Cycle, CycleResult]  # results of the chosen cycles, oldest first


def indicators(known: Known) -> pd.DataFrame:
    """Return every indicator in every cycle that has a value of it, as that cycle stored it.

    `met_cycles` of `told_cycles` is how often it reached its target of the time.
    """
    rows = [
        {**row, "cycle": str(cycle)}
        for cycle, result in known.items()
        for row in records(result.tables["indicators"])
    ]
    newest = latest(known, "indicators", "indicator")
    answers = {code: _answers(code, rows) for code in newest}
    named = ("indicator", "name", "measure", "value", "target", "better", "met", "cycle")
    told = ({**row, **answers[row["indicator"]]} for row in rows)
    return frame(told, (*named, "met_cycles", "told_cycles"))


def _answers(code: str, rows: list[Row]) -> Row:
    said = [row["met"] for row in rows if row["indicator"] == code and row["met"]]
    return {"met_cycles": said.count(MET), "told_cycles": len(said)}


def rewards(known: Known) -> pd.DataFrame:
    """Return whom the group proposed to reward, in how many cycles; a plain fact alone is none."""
    named = ("who", "name", "facts", "proposal", "note")
    return frame(_by_person(known, "rewards", "proposal"), (*named, "cycle", "cycles"))


def discipline(known: Known) -> pd.DataFrame:
    """Return of whom the group noted something on discipline, in how many cycles."""
    named = ("who", "name", "found", "rule", "handling")
    return frame(_by_person(known, "discipline", "who"), (*named, "cycle", "cycles"))


def _by_person(known: Known, table: str, needed: str) -> list[Row]:
    """Return the newest row of each person or unit, those of most cycles first, then the newest."""
    kept: dict[str, list[tuple[Cycle, Row]]] = {}
    for cycle, result in known.items():
        for row in records(result.tables[table]):
            if row[needed]:
                kept.setdefault(row["who"], []).append((cycle, row))
    rows = [
        {**found[-1][1], "cycle": str(found[-1][0]), "cycles": len({cycle for cycle, _ in found})}
        for found in kept.values()
    ]
    newest_first = sorted(rows, key=lambda row: row["cycle"], reverse=True)
    return sorted(newest_first, key=lambda row: -row["cycles"])
