"""What the working group decided about a line: verdicts by key, exemptions by key and aspect."""

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.model.tables import records
from pipeline.scoring.columns import Columns
from pipeline.scoring.sources import Key, Row, key_of

RIGHT, CHANGED = "Đúng", "Sửa"
CLAIMED, GRANTED, REFUSED = "đề nghị", "chấp nhận", "không chấp nhận"
QUALITY, PROGRESS = "chất lượng", "tiến độ"
EXEMPT = {QUALITY: "exempt_quality", PROGRESS: "exempt_progress"}  # columns of the result

UNVERIFIED = {
    **{"state": "", "completed_accepted": None, "rework_accepted": None},
    **{"lateness_accepted": None, "reason": ""},
}


def verified(
    keys: Iterable[Key], claims: pd.DataFrame, verdicts: pd.DataFrame, exemptions: pd.DataFrame
) -> Columns:
    """Return what the group decided on each key, blank where it decided nothing."""
    # Of two verdicts for one line the first stands; the other is named.
    applied = reversed([row for row in records(verdicts) if _applies(row)])
    by_key = {key_of(row): _applied(row) for row in applied}
    states = _states(claims, exemptions)
    rows = [by_key.get(key, UNVERIFIED) for key in keys]
    return {name: [row[name] for row in rows] for name in UNVERIFIED} | {
        column: [states.get((*key, aspect), "") for key in keys]
        for aspect, column in EXEMPT.items()
    }


def _applies(row: Row) -> bool:
    """Say whether a verdict counts: «Sửa» only with a reason."""
    return row["state"] == RIGHT or (row["state"] == CHANGED and bool(row["reason"].strip()))


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
