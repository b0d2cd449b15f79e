"""Workbooks the office itself keeps: registers, assignments. A fault there stops the run."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from operator import eq

import pandas as pd

from pipeline.checking.cells import Lists, Typed, type_workbook
from pipeline.model.findings import ConfigError, describe, is_error
from pipeline.model.layout import layout
from pipeline.model.text import fold_code, one_line

UNREGISTERED = {"units": "K701", "units_or_shared": "K701", "people": "K702", "products": "K703"}
MOST_NEAR, LIKE = 3, 0.5  # codes are short: half of one is much
Columns = Mapping[tuple[str, str, str], str]


def type_kept(
    key: str, entries: Mapping[str, list[dict]], lists: Lists, found: list[dict]
) -> dict[str, Typed]:
    """Return the sheets of a kept workbook typed."""
    rows = {name: [{"unit": "", **row} for row in sheet] for name, sheet in entries.items()}
    return type_workbook(layout(key), rows, lists, found)


def kept_tables(
    key: str, entries: Mapping[str, list[dict]], lists: Lists, columns: Columns
) -> tuple[dict[str, pd.DataFrame], list[dict]]:
    """Return the typed tables of a kept workbook and its notes; raises ConfigError on an error."""
    typed = type_kept(key, entries, lists, [])
    found = [row for table in typed.values() for row in table.findings]
    refuse(_unregistered(key, found, lists), columns)
    return {name: table.table for name, table in typed.items()}, found


def _unregistered(key: str, found: Iterable[dict], lists: Lists) -> list[dict]:
    """Return the findings with K701, K702, K703 for codes of no register, and the nearest ones."""
    sources = {(s.title, f.key): f.choices for s in layout(key).tables for f in s.field}
    return [
        {**row, "code": UNREGISTERED[source], "fact": nearest(row["value"], lists[source])}
        if row["code"] == "K306"
        and (source := sources.get((row["sheet"], row["field"]))) in UNREGISTERED
        else row
        for row in found
    ]


def nearest(text: str, items: Iterable[str]) -> str:
    """Return the items of a register whose codes look most like a text."""
    scores = {item: _likeness(_code(text), _code(item)) for item in items}
    alike = [item for item in scores if scores[item][0] >= LIKE]
    alike.sort(key=scores.get, reverse=True)
    return f"gần giống: {'; '.join(alike[:MOST_NEAR])}" if alike else "không mã nào giống"


def _code(item: str) -> str:
    return fold_code(item.split(" – ")[0])


def _likeness(code: str, other: str) -> tuple[float, int]:
    """Return how much of two codes is the same, and how many signs stand in the same place."""
    return SequenceMatcher(None, code, other).ratio(), sum(map(eq, code, other))


def sound_rows(table: pd.DataFrame, found: list[dict]) -> pd.DataFrame:
    """Return the rows without an error: what is mistyped in one of its cells is not applied."""
    wrong = {(row["sheet"], row["row"]) for row in found if is_error(row)}
    places = zip(table["sheet"], table["row"], strict=True)
    return table[[place not in wrong for place in places]]


def refuse(found: Iterable[dict], columns: Columns) -> None:
    """Raise ConfigError with the words of every error among the findings, one line each."""
    errors = describe(filter(is_error, found), columns)
    if errors:
        raise ConfigError(
            "\n".join(one_line(f"{row['message']} {row['action']}") for row in errors)
        )
