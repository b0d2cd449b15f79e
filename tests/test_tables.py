"""Tables keep every figure through JSON and back, and a blank stays the blank it was."""

import json
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.layout import layout
from pipeline.model.tables import (
    frame,
    from_plain,
    records,
    result_hash,
    result_sheet,
    result_table,
    to_plain,
)

KEYS = [sheet.key for sheet in layout("archive").tables]
VALUES = {
    "decimal": st.decimals(-(10**15), 10**15, allow_nan=False, places=12),
    "count": st.integers(-1000, 10**9),
    "date": st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    "text": st.text(),
    "code": st.text(),
    "choice": st.text(),
}
KINDS = {"decimal": Decimal, "count": int, "date": date, "text": str, "code": str, "choice": str}


def rows_of(key):
    """Return the strategy of a result table's rows, blanks among them."""
    fields = result_sheet(key).field
    row = st.fixed_dictionaries({f.key: st.just(f.blank) | VALUES[f.type] for f in fields})
    return st.lists(row, max_size=2)


def through_json(key, table):
    return from_plain(key, json.loads(json.dumps(to_plain(table), ensure_ascii=False)))


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=5)
@given(data=st.data())
def test_a_result_table_comes_back_from_json_as_it_was(key, data):
    rows = data.draw(rows_of(key))
    table = result_table(key, rows)
    back = through_json(key, table)
    assert records(back) == records(table) == rows
    assert result_hash({key: back}) == result_hash({key: table})
    for row in records(back):
        for field in result_sheet(key).field:
            value = row[field.key]
            assert value == field.blank or isinstance(value, KINDS[field.type])


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_table_keeps_its_columns(key):
    table = result_table(key, [])
    assert list(table.columns) == result_sheet(key).keys
    assert list(through_json(key, table).columns) == result_sheet(key).keys


@pytest.mark.parametrize("key", KEYS)
def test_what_a_row_lacks_is_blank_in_its_own_way(key):
    (row,) = records(result_table(key, [{}]))
    assert row == {field.key: field.blank for field in result_sheet(key).field}
    assert records(through_json(key, result_table(key, [{}]))) == [row]


def test_a_blank_is_never_nan_beside_figures():
    rows = [{"A": Decimal(1), "lines": 1, "name": ""}, {"A": None, "lines": None, "name": "KT"}]
    table = result_table("units", rows)
    assert [row["A"] for row in records(table)] == [Decimal(1), None]
    assert [row["lines"] for row in records(table)] == [1, None]
    assert [row["name"] for row in records(table)] == ["", "KT"]
    assert set(table.dtypes) == {pd.Series([], dtype=object).dtype}


def test_zero_is_not_blank():
    (row,) = records(through_json("units", result_table("units", [{"A": Decimal(0), "lines": 0}])))
    assert (row["A"], row["lines"]) == (Decimal(0), 0)
    assert isinstance(row["A"], Decimal)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.1"), "0.1"),
        (Decimal("1E+2"), "100"),
        (Decimal("1E-7"), "0.0000001"),
        (date(2026, 11, 5), "2026-11-05"),
        (7, 7),
        (None, None),
        ("", ""),
    ],
)
def test_json_holds_plain_values(value, text):
    table = frame([{"x": value}], ["x"])
    assert to_plain(table) == [{"x": text}]


def test_a_figure_in_json_is_text_so_that_no_reader_rounds_it():
    third = Decimal(1) / 3
    (row,) = to_plain(result_table("units", [{"R": third}]))
    assert row["R"] == str(third)


def test_a_table_has_the_columns_asked_for_in_their_order():
    table = frame([{"b": 2, "a": 1, "c": 3}], ("a", "b"))
    assert list(table.columns) == ["a", "b"]
    assert records(table) == [{"a": 1, "b": 2}]


def test_a_column_a_row_lacks_is_a_mistake():
    with pytest.raises(KeyError):
        frame([{"a": 1}], ["a", "b"])


def test_the_hash_sees_every_figure_text_and_order():
    rows = [{"unit": "KT", "A": Decimal(1)}, {"unit": "VP", "A": None}]
    changed = [
        [{"unit": "KT", "A": Decimal("1.1")}, rows[1]],
        [{"unit": "KT ", "A": Decimal(1)}, rows[1]],
        [rows[0], {"unit": "VP", "A": Decimal(0)}],
        rows[::-1],
        rows[:1],
    ]
    hashes = {result_hash({"units": result_table("units", one)}) for one in [rows, *changed]}
    assert len(hashes) == 1 + len(changed)


def test_the_columns_of_the_result_are_those_of_the_archive():
    assert KEYS[:4] == ["commune", "units", "people", "lines"]
    assert {"findings", "submissions", "rules"} <= set(KEYS)
