"""The lines of a cycle as issued and as reported, to be compared across units and cycles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from pipeline.checking.issued import Key, key_of, show_key
from pipeline.model.findings import finding
from pipeline.model.tables import PLACE, records

Row = Mapping[str, object]
CARRIED_WITH = (
    *(
        "task_id",
        "person",
        "unit",
        "document",
        "task",
        "product",
        "from_task",
        "kind",
        "assigned",
        "due",
    ),
    *("coefficient", "share", "carried", "decision"),
)
SAID = ("completed", "finished", "evidence")


@dataclass(frozen=True)
class Line:
    """One line; `issued` is its row of the assignment table, `sent` its row in a unit's report."""

    task_id: str
    person: str
    unit: str
    document: str
    task: str
    product: str
    from_task: str
    kind: str
    assigned: Decimal | None
    due: date | None
    coefficient: Decimal | None
    share: Decimal | None
    carried: int | None
    decision: str
    completed: Decimal | None
    finished: date | None
    evidence: str
    issued: Row | None
    sent: Row | None

    @property
    def key(self) -> Key:
        return self.task_id, self.person

    @property
    def name(self) -> str:
        return show_key(self.key)

    @property
    def is_delivered(self) -> bool:
        return self.completed is not None and self.completed > 0

    def at_issue(self, code: str, field: str, value: str, fact: str = "") -> dict:
        """Return a finding in the assignment table: the office's own, no unit has sent it."""
        place = {name: self.issued[name] for name in PLACE} | {"unit": ""}
        return finding(code, **place, field=field, value=value, fact=fact)

    def at_report(self, code: str, field: str, value: str, fact: str = "") -> dict:
        """Return a finding in the unit's own workbook."""
        place = {name: self.sent[name] for name in PLACE}
        return finding(code, **place, field=field, value=value, fact=fact)


def cycle_lines(
    assignments: pd.DataFrame, reported: pd.DataFrame, unplanned: pd.DataFrame
) -> list[Line]:
    """Return the issued lines, then those of the sheets «Phát sinh».

    What a row with an error says of its delivery is not known.
    """
    answers = {key_of(row): row for row in records(reported) if row["file"] and not row["fault"]}
    issued = [_line(row, answers.get(key_of(row)), row) for row in records(assignments)]
    own = {"coefficient": None, "share": None, "due": None, "carried": None, "decision": ""}
    sent = [row for row in records(unplanned) if not row["fault"]]
    return issued + [_line({**row, **own}, row, None) for row in sent]


def _line(row: Row, answer: Row | None, issued: Row | None) -> Line:
    said = answer or {"completed": None, "finished": None, "evidence": ""}
    return Line(
        **{name: row[name] for name in CARRIED_WITH},
        **{name: said[name] for name in SAID},
        issued=issued,
        sent=answer,
    )
