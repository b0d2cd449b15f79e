"""What every part of the packet reads: the result's rows, by table and by unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.model.submissions import SET_ASIDE
from pipeline.model.tables import NOT_SENT, SILENT, CycleResult, records

Row = dict[str, object]
# Worst first: the order in which lines are printed, each with the sign that goes before the word.
STANDINGS = {
    "quá hạn": "▲",
    "xong chậm": "▽",
    "chưa rõ": "◇",
    "chờ thẩm định": "□",
    "chưa nộp": "▒",
    "thu hồi": "×",
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

    @cached_property
    def missing(self) -> frozenset[str]:
        """The units that have not sent their report."""
        return frozenset(str(u["unit"]) for u in self.tables["units"] if u["status"] == NOT_SENT)

    @cached_property
    def unusable(self) -> frozenset[str]:
        """The missing units that did send something, of which nothing could be used."""
        sent = {str(s["unit"]) for s in self.tables["submissions"] if s["status"] != SET_ASIDE}
        return self.missing & sent

    @cached_property
    def silent(self) -> frozenset[str]:
        """The missing units of whose work nothing is known, not even 0, until the group enters it.

        What the group entered for some lines due, but not all, still says nothing of the unit.
        """
        unknown = {str(row["unit"]) for row in self.tables["lines"] if row["standing"] == SILENT}
        entered = {str(u["unit"]) for u in self.tables["units"] if u["substituted"]}
        return (self.missing - entered) | (self.missing & unknown)

    @cached_property
    def is_held(self) -> bool:
        """Whether anything the meeting decided is known."""
        fresh = any(not row["age"] for row in self.tables["conclusions"])
        answered = any(
            row["origin"] == "giao mới" or (row["origin"] == "đề xuất" and row["decision"])
            for row in self.tables["upcoming"]
        )
        return fresh or answered or bool(self.tables["adjustments"])

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
