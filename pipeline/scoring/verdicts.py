"""What the working group decided about a line: verdicts by key, exemptions by key and aspect."""

from collections.abc import Mapping

import pandas as pd

from pipeline.model.tables import records
from pipeline.model.text import fold
from pipeline.scoring.columns import Columns
from pipeline.scoring.sources import Row, key_of, keys_of

RIGHT, CHANGED = "Đúng", "Sửa"
CLAIMED, GRANTED, REFUSED = "đề nghị", "chấp nhận", "không chấp nhận"
QUALITY, PROGRESS = "chất lượng", "tiến độ"
EXEMPT = {QUALITY: "exempt_quality", PROGRESS: "exempt_progress"}  # columns of the result

# What the group has before it of a line, and where it stands today.
REPORT = {
    "completed": "completed_reported",
    "finished": "finished",
    "rework": "rework_reported",
}
OWN_WORK = {name: name for name in ("task", "kind", "product", "assigned")}  # of «Phát sinh»

UNVERIFIED = {
    **{"state": "", "completed_accepted": None, "rework_accepted": None},
    **{"lateness_accepted": None, "reason": ""},
}


def verified(
    known: Columns, claims: pd.DataFrame, verdicts: pd.DataFrame, exemptions: pd.DataFrame
) -> Columns:
    """Return what the group decided on each line, blank where it decided nothing.

    «Đúng» is about the report the group had before it: on another report it decides nothing.
    """
    # Of two verdicts for one line the first stands; the other is named.
    by_key = {key_of(row): row for row in reversed(records(verdicts)) if _applies(row)}
    states = _states(claims, exemptions)
    keys = keys_of(known)
    rows = [
        _applied(by_key[key]) if key in by_key and _holds(by_key[key], known, n) else UNVERIFIED
        for n, key in enumerate(keys)
    ]
    return {name: [row[name] for row in rows] for name in UNVERIFIED} | {
        column: [states.get((*key, aspect), "") for key in keys]
        for aspect, column in EXEMPT.items()
    }


def _applies(row: Row) -> bool:
    """Say whether a verdict counts: «Sửa» only with a reason."""
    return row["state"] == RIGHT or (row["state"] == CHANGED and bool(row["reason"].strip()))


def _holds(row: Row, known: Columns, n: int) -> bool:
    """Say whether a verdict is about the nth line as it is reported now.

    A row that the group made itself shows no report; «Sửa» has figures of its own.
    """
    if row["state"] != RIGHT or not row["unit"]:
        return True
    looked_at = REPORT if known["issued"][n] else REPORT | OWN_WORK
    return all(_same(row[name], known[other][n]) for name, other in looked_at.items())


def _same(looked_at: object, now: object) -> bool:
    if isinstance(looked_at, str):
        return fold(looked_at) == fold(now or "")
    return looked_at == now


def _applied(row: Row) -> Row:
    """Return a verdict as it counts: «Đúng» takes the figures as they were reported."""
    kept = ("state", "reason") if row["state"] == RIGHT else UNVERIFIED
    return {**UNVERIFIED, **{name: row[name] for name in kept}}


def _states(claims: pd.DataFrame, exemptions: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Return by task, person and aspect how a claim of objective cause stands (Điều 14.2)."""
    states = {claim_key(row): CLAIMED for row in records(claims) if not row["fault"]}
    decisions = {claim_key(row): decided(row) for row in records(exemptions)}
    return states | {key: state for key, state in decisions.items() if state}


def claim_key(row: Row) -> tuple[str, str, str]:
    """Return what a claim is about: task id, person, aspect."""
    return (*key_of(row), row["aspect"])


def decided(row: Mapping[str, str]) -> str:
    """Return what was decided on a claim; granted only with reason, document and confirmer."""
    if row["granted"] == "có":
        proved = row["reason"] and row["document"] and row["confirmer"]
        return GRANTED if proved else CLAIMED
    return REFUSED if row["granted"] == "không" else ""
