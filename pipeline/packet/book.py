"""What every part of the packet reads: the result's rows, by table and by unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.model.tables import CycleResult, records

Row = dict[str, object]
MISSING = "Chưa nộp"
# Worst first: the order in which lines are printed, each with the sign that goes before the word.
STANDINGS = {
    "quá hạn": "▲",
    "xong chậm": "▽",
    "chưa rõ": "◇",
    "chờ thẩm định": "□",
    "chưa nộp": "▒",
    "chưa đến hạn": "○",
    "đúng hạn": "✓",
}


@dataclass(frozen=True)
class Book:
    """A cycle's result as rows; by_unit holds the same rows of each table under their unit."""

    result: CycleResult
    tables: Mapping[str, list[Row]]
    by_unit: Mapping[str, Mapping[str, list[Row]]]
    names: Mapping[str, str]

    def of(self, table: str, unit: object) -> list[Row]:
        """Return a unit's rows of a table."""
        return self.by_unit[table].get(str(unit), [])

    @property
    def silent(self) -> frozenset[str]:
        """The units that have not sent their report: nothing is known of their work, not even 0."""
        return frozenset(str(u["unit"]) for u in self.tables["units"] if u["status"] == MISSING)

    def named(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows, each with the name of its unit beside the code."""
        return [{**row, "unit_name": self.names.get(str(row["unit"]), row["unit"])} for row in rows]


def open_book(result: CycleResult) -> Book:
    """Return the result ready for reading."""
    tables = {key: records(table) for key, table in result.tables.items()}
    return Book(
        result=result,
        tables=tables,
        by_unit={key: _by_unit(rows) for key, rows in tables.items()},
        names={str(row["unit"]): str(row["name"]) for row in tables["units"]},
    )


def _by_unit(rows: list[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row.get("unit", "")), []).append(row)
    return groups
