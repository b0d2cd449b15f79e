"""A table as lists by column name, and rules as functions named after the column they make.

A rule's parameters are named after the columns it reads. So every rule reads as one sentence about
one line, and tens of thousands of lines cost no more than a loop over each column.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from typing import TypeVar

import pandas as pd

Columns = dict[str, list]
Value = TypeVar("Value")
Rule = Callable[..., object]


def columns_of(table: pd.DataFrame, names: Iterable[str] | None = None) -> Columns:
    """Return the columns of a table, or those named."""
    if names is not None:
        return {name: table[name].tolist() for name in names}
    # By place: a typed table that has its unit as a field has that column twice.
    return {name: table.iloc[:, n].tolist() for n, name in enumerate(table.columns)}


def each(rule: Rule, table: Mapping[str, list]) -> list:
    """Return the rule's answer for every row."""
    return list(map(rule, *(table[name] for name in signature(rule).parameters)))


def apply(rules: Iterable[Rule], table: Columns) -> Columns:
    """Return the table with the column of every rule, in order: a rule may read those before it."""
    full = dict(table)
    for rule in rules:
        full[rule.__name__] = each(rule, full)
    return full


def take(table: Columns, rows: Sequence[int]) -> Columns:
    """Return the rows of these numbers."""
    return {name: [values[n] for n in rows] for name, values in table.items()}


def rows_of(values: Iterable[Value]) -> dict[Value, list[int]]:
    """Return the row numbers of each value of a column."""
    numbers: dict[Value, list[int]] = {}
    for n, value in enumerate(values):
        numbers.setdefault(value, []).append(n)
    return numbers
