"""The general part of Mẫu 01: ten sub-criteria in three groups, with their sums (Phụ lục II)."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

import pandas as pd

from pipeline.model.criteria import GENERAL_GROUPS, general_criteria
from pipeline.model.tables import records
from pipeline.scoring.exact import exact, total
from pipeline.scoring.periods.reports import Row

SCORES = ("most", "self_score", "accepted_score")
GROUP, TOTAL = "group", "total"


def form_criteria(general: pd.DataFrame | None) -> dict[str, list[Row]]:
    """Return the rows of the general part by person, and under "" those of nobody scored yet.

    `general` is the table of the month's last cycle, None where that is missing. A sum is None
    while one of its parts is.
    """
    given: dict[str, dict[str, Row]] = {"": {}}
    for row in records(general) if general is not None else ():
        given.setdefault(str(row["person"]), {})[str(row["criterion"])] = row
    with exact():
        return {person: list(_rows(known)) for person, known in given.items()}


def _rows(known: Mapping[str, Row]) -> Iterable[Row]:
    most = {code: most for code, (_, _, most) in general_criteria().items()}
    criteria: list[Row] = []
    for number, title, words in GENERAL_GROUPS:
        parts = [
            {"title": words[code], "most": most[code], **_given(known.get(code))} for code in words
        ]
        criteria += parts
        yield {"number": number, "title": title, "kind": GROUP, "reason": "", **_sums(parts)}
        for place, part in enumerate(parts, 1):
            yield {"number": str(place), "kind": "", "place": f"{number}.{place}", **part}
    whole = _sums(criteria)
    yield {"number": "", "title": "Cộng", "kind": TOTAL, "reason": "", **whole}


def _given(row: Row | None) -> Row:
    kept = ("self_score", "accepted_score")
    known = {name: row[name] if row else None for name in kept}
    return known | {"reason": row["reason"] if row else ""}


def _sums(parts: Collection[Row]) -> dict[str, Decimal | None]:
    columns = {name: [part[name] for part in parts] for name in SCORES}
    return {name: None if None in column else total(column) for name, column in columns.items()}
