"""How much of every sheet in use was read: beside the rows, the quantities that stand in them."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.checking.issued import key_of
from pipeline.model.layout import layout
from pipeline.model.tables import records
from pipeline.model.text import fold


def count_quantities(
    tallies: Iterable[Mapping], tables: Mapping[str, pd.DataFrame], assignments: Iterable[Mapping]
) -> list[dict]:
    """Return the tallies with the number of hidden rows, rows with a quantity and complete rows.

    A row is complete when it claims at least what was assigned, as its sender typed it: nothing
    is verified or scored here.
    """
    given = {key_of(line): line["assigned"] for line in assignments}
    rows = [(row, given.get(key_of(row))) for row in records(tables["reported"])]
    rows += [(row, row["assigned"]) for row in records(tables["unplanned"])]
    named = [(row, assigned) for row, assigned in rows if row["completed"] is not None]
    filled = Counter(_sheet(row) for row, _ in named)
    complete = Counter(_sheet(row) for row, assigned in named if _covers(row, assigned))
    answers = Counter(_sheet(row) for row in records(tables["reported"]) if row["file"])
    return [
        {
            **_answering(tally, answers[_sheet(tally)]),
            "hidden_rows": len([n for n in tally["hidden"].split(", ") if n]),
            "with_quantity": filled[_sheet(tally)],
            "complete": complete[_sheet(tally)],
        }
        for tally in tallies
    ]


def _answering(tally: Mapping, answers: int) -> Mapping:
    """Return a tally in which, of issued lines, only rows that answer one are used."""
    if fold(tally["sheet"]) != fold(layout("unit")["tasks"].title):
        return tally
    spare = tally["used"] - answers
    return {**tally, "used": answers, "set_aside": tally["set_aside"] + spare}


def _sheet(row: Mapping) -> tuple[str, str]:
    return row["file"], row["sheet"]


def _covers(row: Mapping, assigned: object) -> bool:
    return assigned is not None and row["completed"] > 0 and row["completed"] >= assigned
