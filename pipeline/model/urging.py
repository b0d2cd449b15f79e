"""What the units are urged to do while a cycle runs; its sheets and messages read only this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

SOON = 5  # days

Row = Mapping[str, object]


@dataclass(frozen=True)
class Urged:
    """One unit: its lines due before today, those due within SOON days, its open conclusions.

    A line has task_id, task, product_name, person_name, carried, due and `days` since or until
    then; a conclusion has cycle, conclusion, what, name, due, and `days` since then or None.
    """

    unit: str
    name: str
    overdue: Sequence[Row]
    soon: Sequence[Row]
    conclusions: Sequence[Row]

    @property
    def anything(self) -> bool:
        return bool(self.overdue or self.soon or self.conclusions)


@dataclass(frozen=True)
class Urging:
    """One round of urging: who urges, as of when, in which cycle, and every unit."""

    cycle: str
    made_at: datetime
    print_code: str
    program: str
    commune: Mapping[str, str]
    signatories: Mapping[str, str]
    units: Sequence[Urged]
