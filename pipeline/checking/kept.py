"""Workbooks the office itself keeps: registers, assignments. A fault there stops the run."""

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.checking.cells import Lists, Typed, type_workbook
from pipeline.model.findings import ConfigError, describe, is_error
from pipeline.model.layout import layout
from pipeline.model.text import one_line

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
    refuse(found, columns)
    return {name: table.table for name, table in typed.items()}, found


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
