"""The working group's workbook: corrections need a reason, exemptions their three proofs."""

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.model.findings import finding_at
from pipeline.model.layout import layout
from pipeline.model.tables import SILENT, records
from pipeline.model.text import fold, show

FIGURES = {  # what the group accepts, and the reported figure it may simply repeat
    "completed_accepted": "completed",
    "rework_accepted": "rework",
    "lateness_accepted": "",
}
# What stood beside «Đúng», and where it stands today; of issued work the rest is the office's.
REPORT = {
    "completed": "completed_reported",
    "finished": "finished",
    "rework": "rework_reported",
}
OWN_WORK = {name: name for name in ("task", "kind", "product", "assigned")}
IDLE = {"chưa rõ": "K748", SILENT: "K749"}  # standings in which nothing accepted counts
MOST_TICKED = 5
PROOFS = ("reason", "document", "confirmer")

Rows = Iterable[Mapping[str, object]]


def check_verdicts(verdicts: pd.DataFrame, exemptions: pd.DataFrame) -> list[dict]:
    """Return K711, K712, K735, K736: what the group typed that cannot be applied as it stands."""
    unproved = [row for row in records(exemptions) if row["granted"] == "có" and _lacking(row)]
    return [found for row in records(verdicts) for found in _verdict(row)] + [
        _at("K712", row, "granted", ", ".join(_lacking(row))) for row in unproved
    ]


def _verdict(row: dict) -> list[dict]:
    given = [name for name in FIGURES if row[name] is not None]
    if row["state"] != "Sửa":
        state = f"«{row['state']}»" if row["state"] else "để trống"
        other = any(row[name] != row.get(FIGURES[name]) for name in given)
        return [_at("K736", row, "state", state)] if other else []
    if not row["reason"]:
        return [_at("K711", row, "reason")]
    return [] if given else [_at("K735", row, "state")]


def check_outdated(verdicts: Rows, lines: Rows) -> list[dict]:
    """Return K744: «Đúng» about a report that is no longer the unit's; it decides nothing."""
    now = {(row["task_id"], row["person"]): row for row in lines if not row["state"]}
    found = []
    for row in verdicts:
        line = now.pop((row["task_id"], row["person"]), None) if row["state"] == "Đúng" else None
        if line and row["unit"]:
            found.append(_at("K744", row, "state", _changes(row, line)))
    return found


def check_quantities(verdicts: Rows, lines: Rows) -> list[dict]:
    """Return K747: more accepted than was assigned, and than the unit itself reported."""
    most = {
        (row["task_id"], row["person"]): max(row["assigned"], row["completed_reported"] or 0)
        for row in lines
        if row["state"] and row["assigned"] is not None
    }
    found = []
    for row in verdicts:
        bound = most.pop((row["task_id"], row["person"]), None)
        if bound is not None and (row["completed_accepted"] or 0) > bound:
            found.append(_at("K747", row, "completed_accepted", show(row["completed_accepted"])))
    return found


def check_idle(verdicts: Rows, lines: Rows) -> list[dict]:
    """Return K748, K749: a quantity accepted of a line that does not count.

    An error keeps it from counting, or its unit has sent nothing.
    """
    idle = {
        (row["task_id"], row["person"]): IDLE[row["standing"]]
        for row in lines
        if row["standing"] in IDLE and row["completed_accepted"] is not None
    }
    return [
        _at(idle[key], row, "completed_accepted", show(row["completed_accepted"]))
        for row in verdicts
        if (key := (row["task_id"], row["person"])) in idle
        and row["completed_accepted"] is not None
    ]


def check_dates(verdicts: Rows, lines: Rows) -> list[dict]:
    """Return K745: a quantity accepted of work due in the cycle of which nobody knows the date.

    Work due before can only be late, and bulk items are late one by one.
    """
    undated = {
        (row["task_id"], row["person"]): row["completed_accepted"]
        for row in lines
        if row["completed_accepted"] and not row["finished"] and row["lateness_accepted"] is None
        if row["delivered"] and row["days_late"] is not None and not row["lateness"]
        if row["deduct"] != "cái" and row["exempt_progress"] != "chấp nhận"
    }
    found = []
    for row in verdicts:
        accepted = undated.pop((row["task_id"], row["person"]), None)
        if accepted:
            found.append(_at("K745", row, "lateness_accepted", show(accepted)))
    return found


def _changes(row: dict, line: dict) -> str:
    """Return «SL báo cáo 5, nay 10» of all that has changed since."""
    sheet = layout("verification")["verdicts"]
    names = REPORT | OWN_WORK if line["assigned_issued"] is None else REPORT
    pairs = {name: (show(row[name]), show(line[other])) for name, other in names.items()}
    return "; ".join(
        f"{sheet[name].heading} {was or 'trống'}, nay {now or 'trống'}"
        for name, (was, now) in pairs.items()
        if fold(was) != fold(now)
    )


def check_agenda(agenda: pd.DataFrame) -> list[dict]:
    """Return K738: more points ticked than the decision page holds."""
    ticked = [row for row in records(agenda) if row["chosen"]]
    if len(ticked) <= MOST_TICKED:
        return []
    return [finding_at("K738", ticked[MOST_TICKED], "chosen", "x", str(len(ticked)))]


def _lacking(row: dict) -> list[str]:
    sheet = layout("verification")["exemptions"]
    return [sheet[key].heading.lower() for key in PROOFS if not row[key]]


def _at(code: str, row: dict, field: str, fact: str = "") -> dict:
    value = "/".join(part for part in (row["task_id"], row["person"]) if part)
    return finding_at(code, row, field, value, fact)
