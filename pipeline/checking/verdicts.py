"""The working group's workbook: corrections need a reason, exemptions their three proofs."""

import pandas as pd

from pipeline.model.findings import finding
from pipeline.model.layout import layout
from pipeline.model.tables import records

PROOFS = ("reason", "document", "confirmer")


def check_verdicts(verdicts: pd.DataFrame, exemptions: pd.DataFrame) -> list[dict]:
    """Return K711 and K712: what the group typed that cannot be applied as it stands."""
    unreasoned = [row for row in records(verdicts) if row["state"] == "Sửa" and not row["reason"]]
    unproved = [row for row in records(exemptions) if row["granted"] == "có" and _lacking(row)]
    return [_at("K711", row, "reason") for row in unreasoned] + [
        _at("K712", row, "granted", ", ".join(_lacking(row))) for row in unproved
    ]


def _lacking(row: dict) -> list[str]:
    sheet = layout("verification")["exemptions"]
    return [sheet[key].heading.lower() for key in PROOFS if not row[key]]


def _at(code: str, row: dict, field: str, fact: str = "") -> dict:
    place = {name: row[name] for name in ("file", "sheet", "row")}
    value = "/".join(part for part in (row["task_id"], row["person"]) if part)
    return finding(code, **place, field=field, value=value, fact=fact)
