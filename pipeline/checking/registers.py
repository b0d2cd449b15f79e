"""danh-muc.xlsx: every code once."""

from collections.abc import Mapping

import pandas as pd

from pipeline.model.findings import finding
from pipeline.model.tables import records
from pipeline.model.text import show

KEYS = {
    "units": "code",
    "people": "code",
    "products": "code",
    "indicators": "code",
    "days_off": "date",
}


def check_registers(tables: Mapping[str, pd.DataFrame]) -> list[dict]:
    """Return K709 for every code that stands twice in one register."""
    return [found for key, field in KEYS.items() for found in _twice(records(tables[key]), field)]


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
