"""The neighbourhood of a cell: three rows of the sender's sheet under its own numbers, letters."""

from collections.abc import Mapping
from typing import Protocol

from pipeline.model.layout import layout
from pipeline.model.text import show

WIDTH = 165  # millimetres for all columns of a grid
NARROWEST, WIDEST = 11, 34  # a column's share, in characters as declared
BESIDE = 2  # columns shown on either side of the cell
NAMING = 2  # declared fields that say which row it is
PER_MM = 0.6  # characters in a millimetre of a line
SHORTEST = 12  # characters that are never cut: dates, figures, codes
LINES = 4  # the cell itself may take
NO_RESULT, CELLS = "K307", "K3"
Row = Mapping[str, object]


class Read(Protocol):
    """What a grid needs to know of a workbook that was read."""

    file: str
    entries: Mapping[str, list[dict]]
    places: Mapping[tuple[str, str, str], str]


class Neighbourhood:
    """The rows and columns around any cell of one workbook."""

    def __init__(self, reading: Read, findings: list[Row]) -> None:
        self._rows = {
            rows[0]["sheet"]: (key, rows) for key, rows in reading.entries.items() if rows
        }
        self._places = reading.places
        self._file = reading.file
        self._faults = {_place(row): _fault(row) for row in findings if _fault(row)}

    def around(self, found: Row) -> dict[str, object] | None:
        """Return columns and rows around a finding's cell; None where no table's row holds it."""
        key, rows = self._rows.get(found["sheet"], ("", []))
        at = next((n for n, row in enumerate(rows) if row["row"] == found["row"]), None)
        if found["file"] != self._file or at is None or not found["cell"]:
            return None
        columns = self._columns(key, found)
        start = max(0, min(at - 1, len(rows) - 3))
        shown = [self._row(row, columns, found) for row in rows[start : start + 3]]
        return {"columns": columns, "rows": shown}

    def _columns(self, key: str, found: Row) -> list[dict[str, object]]:
        """Return the columns shown, from the left: those that name the row, and the near ones."""
        declared = layout("unit")[key].field
        letters = {f.key: self._places.get((self._file, found["sheet"], f.key)) for f in declared}
        there = [field for field in declared if letters[field.key]]
        there.sort(key=lambda field: (len(letters[field.key]), letters[field.key]))
        at = next(n for n, field in enumerate(there) if field.key == found["field"])
        near = [
            field
            for n, field in enumerate(there)
            if abs(n - at) <= BESIDE or field in declared[:NAMING]
        ]
        shares = [min(max(field.width, NARROWEST), WIDEST) for field in near]
        return [
            {
                "key": field.key,
                "letter": letters[field.key],
                "heading": field.heading,
                "width": WIDTH * share / sum(shares),
                "marked": field.key == found["field"],
            }
            for field, share in zip(near, shares, strict=True)
        ]

    def _row(self, row: Row, columns: list[dict], found: Row) -> dict[str, object]:
        here = row["row"] == found["row"]
        cells = [self._cell(row, column, here and column["marked"]) for column in columns]
        return {"number": row["row"], "marked": here, "cells": cells}

    def _cell(self, row: Row, column: Row, marked: bool) -> dict[str, object]:
        line = max(SHORTEST, int(column["width"] * PER_MM))
        return {
            "text": self._shown(row, column["key"]),
            "limit": line * LINES if marked else line,
            "marked": marked,
            "number": isinstance(row[column["key"]], int | float),
        }

    def _shown(self, row: Row, key: str) -> str:
        fault = self._faults.get((row["sheet"], row["row"], key), "")
        return show(row[key]).strip() or fault


def _place(row: Row) -> tuple[object, object, object]:
    return row["sheet"], row["row"], row["field"]


def _fault(row: Row) -> str:
    """Return what a cell shows that gave no value: what was found in it, or «(công thức)»."""
    if row["code"] == NO_RESULT:
        return "(công thức)"
    return str(row["value"]) if str(row["code"]).startswith(CELLS) else ""
