"""What stayed stuck over chosen cycles: obstacles, carried work, conclusions, causes claimed."""

from collections.abc import Mapping

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.tables import NOT_SENT, SILENT, CycleResult, frame, records
from pipeline.model.text import fold, fold_code, sort_key
from pipeline.scoring.clock import NOT_DUE, OVERDUE, UNCLEAR
from pipeline.scoring.conclusions import DONE, point_of
from pipeline.scoring.periods.reports import Row, latest
from pipeline.scoring.verdicts import GRANTED, REFUSED

UNFINISHED = (OVERDUE, NOT_DUE, UNCLEAR, SILENT)
Known = Mapping[Cycle, CycleResult]  # results of the chosen cycles, oldest first


def obstacles(known: Known) -> pd.DataFrame:
    """Return every obstacle once, in its newest words: since when, in how many cycles, if open.

    It is the same one where unit and task are, or unit and words where no task is named. Open is
    what stands in the unit's newest report.
    """
    heard = _last_heard(known)
    kept: dict[tuple[str, str], list[tuple[Cycle, Row]]] = {}
    for cycle, result in known.items():
        for row in records(result.tables["obstacles"]):
            key = (row["unit"], fold_code(row["task_id"]) or fold(row["obstacle"]))
            kept.setdefault(key, []).append((cycle, row))
    rows = (_obstacle(found, heard) for found in kept.values())
    named = ("unit", "task_id", "obstacle", "proposal", "who", "wanted_by")
    return frame(rows, (*named, "first", "cycles", "open"))


def _obstacle(found: list[tuple[Cycle, Row]], heard: Mapping[str, Cycle]) -> Row:
    cycle, newest = found[-1]
    return {
        **newest,
        "first": str(found[0][0]),
        "cycles": len({one for one, _ in found}),
        "open": "có" if cycle >= heard.get(newest["unit"], cycle) else "không",
    }


def _last_heard(known: Known) -> dict[str, Cycle]:
    """Return unit → the newest cycle in which it reported."""
    return {
        row["unit"]: cycle
        for cycle, result in known.items()
        for row in records(result.tables["units"])
        if row["status"] != NOT_SENT
    }


def carried(known: Known) -> pd.DataFrame:
    """Return carried work the newest cycle left unfinished, the most often carried first."""
    rows = [
        row
        for row in records(known[max(known)].tables["lines"])
        if row["carried"] and row["standing"] in UNFINISHED
    ]
    named = ("unit", "task_id", "task", "person_name", "due", "carried", "standing", "days_late")
    return frame(sorted(rows, key=_most_carried), (*named, "note"))


def _most_carried(row: Row) -> tuple:
    return -row["carried"], -(row["days_late"] or 0), sort_key(str(row["task_id"]))


def conclusions(known: Known) -> pd.DataFrame:
    """Return every conclusion the cycles speak of once, as the newest of them left it."""
    kept: dict[str, Row] = {}
    for result in known.values():
        for row in records(result.tables["conclusions"]):
            kept[fold_code(point_of(row))] = row
    rows = ({**row, "waiting": _is_waiting(row)} for row in kept.values())
    named = ("cycle", "conclusion", "what", "name", "due_first", "due", "postponed", "age")
    return frame(sorted(rows, key=_oldest), (*named, "state", "waiting"))


def _is_waiting(row: Row) -> str:
    """Say whether a conclusion of an earlier meeting has no result in words yet."""
    return "có" if row["age"] and row["state"] != DONE else "không"


def _oldest(row: Row) -> tuple:
    return -(row["age"] or 0), sort_key(str(row["conclusion"]))


def claims(known: Known) -> pd.DataFrame:
    """Return the objective causes claimed and the answers, of the commune first, then by unit.

    A line and aspect counts once, by its newest answer (Điều 14.2: the competent authority's).
    What the group granted without a claim has no unit: it counts in the commune alone.
    No row where nothing was claimed.
    """
    newest: dict[tuple, Row] = {}
    for result in known.values():
        for row in records(result.tables["claims"]):
            newest[row["task_id"], row["person"], row["aspect"]] = row
    by_unit = {unit: [] for unit in ("", *latest(known, "units", "unit"))}
    for row in newest.values():
        for unit in dict.fromkeys(("", row["unit"])):
            by_unit.setdefault(unit, []).append(row["state"])
    rows = (_answers(unit, states) for unit, states in by_unit.items() if states)
    return frame(rows, ("unit", "claimed", "granted", "refused", "waiting"))


def _answers(unit: str, states: list[str]) -> Row:
    granted, refused = states.count(GRANTED), states.count(REFUSED)
    return {
        **{"unit": unit, "claimed": len(states), "granted": granted, "refused": refused},
        "waiting": len(states) - granted - refused,
    }
