"""danh-muc.xlsx: every code once."""

from collections.abc import Mapping

import pandas as pd

from pipeline.model.findings import finding
from pipeline.model.tables import records
from pipeline.model.text import show

WILD = '/\\|*?~:"<>'
NAMED = ("units", "people")
KEYS = {
    "units": "code",
    "people": "code",
    "products": "code",
    "indicators": "code",
    "days_off": "date",
}


def check_registers(tables: Mapping[str, pd.DataFrame]) -> list[dict]:
    """Return K709 for a code that stands twice in one register, K715 for marks it cannot have."""
    twice = [found for key, field in KEYS.items() for found in _twice(records(tables[key]), field)]
    return twice + [found for key in NAMED for row in records(tables[key]) for found in _wild(row)]


def _wild(row: dict) -> list[dict]:
    """Return K715: marks that a file name, the stamp or a spreadsheet's search would take amiss."""
    if not (marks := [mark for mark in WILD if mark in row["code"]]):
        return []
    place = {name: row[name] for name in ("file", "sheet", "row")}
    return [finding("K715", **place, field="code", value=row["code"], fact=" ".join(marks))]


def _twice(rows: list[dict], field: str) -> list[dict]:
    first: dict[object, dict] = {}
    found = []
    for row in rows:
        other = first.setdefault(row[field], row)
        if other is not row:
            place = {name: row[name] for name in ("file", "sheet", "row")}
            found.append(
                finding(
                    "K709", **place, field=field, value=show(row[field]), fact=str(other["row"])
                )
            )
    return found
