"""What the officers did: the five cells they would fill in for every line, thrown by dice."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from making.assigning import Line, last_working_day, numbered
from making.content import Content, Scene, number_of

ZERO, ONE = Decimal(0), Decimal(1)
ON_TIME, LATE, PARTLY, UNDONE = "xong", "chậm", "dở", "chưa làm"
OUTCOMES = (ON_TIME, LATE, PARTLY, UNDONE)
REWORKED, EARLY = "làm lại", "xong sớm"
BULK = "cái"
MORE, FEWER = (100, 108), (84, 97)  # percent of the planned items
PARTS = (Decimal("0.5"), Decimal("0.6"), Decimal("0.8"), Decimal("0.3"))
NO_EVIDENCE, SAID_WHY, STARTED_EARLY = 2, 70, 35  # percent


@dataclass(frozen=True)
class Report:
    """The five cells of one line; None and "" are left blank."""

    completed: Decimal | None
    finished: date | None = None
    rework: int | None = None
    evidence: str = ""
    note: str = ""


class Office:
    """All units at work in one cycle; `sent` gives the day each unit's report left it."""

    def __init__(self, content: Content, scene: Scene, sent: dict[str, datetime]) -> None:
        self.content, self.scene, self.sent = content, scene, sent

    def report(self, line: Line, taken: Decimal) -> Report:
        """Return what is reported on a line of which others took over `taken`."""
        owed = line.assigned - taken
        if not owed:
            return Report(ZERO, note="Đã chuyển người khác làm thay")
        # People who share a task finish it together, so the dice are the task's.
        chance = self.content.chance("làm", self.scene.cycle, line.task_id)
        outcome, told = self._outcome(line, chance)
        if self._is_bulk(line):
            return self._bulk(line, owed, outcome, told, chance)
        if outcome in (LATE, ON_TIME, EARLY):
            finished = self._finished(line, outcome, chance)
            if finished:
                return self._delivered(line, owed, finished, outcome, chance)
            outcome = PARTLY
        if outcome == PARTLY:
            part = min(told, owed) if told is not None else _part(owed, chance)
            finished = self._finished(line, PARTLY, chance)
            if part and finished:
                return self._delivered(line, part, finished, PARTLY, chance)
        return self._untouched(line, chance)

    def _outcome(self, line: Line, chance: random.Random) -> tuple[str, Decimal | None]:
        """Return how the line ends, by the script or by the dice, and the told quantity."""
        for event in self._events(line):
            if event["chuyện"] in (*OUTCOMES, EARLY):
                return event["chuyện"], number_of(event["giá trị"])
        return self._drawn(line, chance), None

    def _events(self, line: Line) -> list[dict]:
        # The last word in the script wins.
        return [
            event
            for event in reversed(self.content.rows("su-kien", self.scene, line.unit))
            if event["việc chứa"] in line.task and event["người"] in ("", line.person)
        ]

    def _drawn(self, line: Line, chance: random.Random) -> str:
        roll = chance.randrange(100)
        if line.due > self.scene.cycle.last_day:
            return PARTLY if roll < STARTED_EARLY and line.assigned > ONE else UNDONE
        if line.due < self.scene.cycle.first_day and not line.unheard:
            return (
                ON_TIME if roll < self.content.rate("dut_diem", line.unit, self.scene) else UNDONE
            )
        if line.sure and not self._is_bulk(line):
            return ON_TIME
        shares = self.content.rate("suc_lam", line.unit, self.scene)
        return chance.choices(OUTCOMES, weights=shares)[0]

    def _is_bulk(self, line: Line) -> bool:
        return self.content.products[line.product]["cách trừ"] == BULK

    def _bulk(
        self, line: Line, owed: Decimal, outcome: str, told: Decimal | None, chance: random.Random
    ) -> Report:
        """Return the report on counted items: done to the last day, near the planned number."""
        share = chance.randint(*(MORE if outcome in (ON_TIME, LATE) else FEWER))
        done = owed if line.carried else (owed * share / 100).quantize(ONE, ROUND_DOWN)
        done = done if told is None else min(told, owed)
        if not done:
            return self._untouched(line, chance)
        finished = self._latest(line)
        over = done > owed
        rework = chance.choices((0, 1, 2, 3), weights=(80, 12, 6, 2))[0]
        note = self._note("vượt" if over else "thiếu", line, chance) if done != owed else ""
        return Report(done, finished, rework, self._evidence(line, done, finished, chance), note)

    def _delivered(
        self, line: Line, done: Decimal, finished: date, outcome: str, chance: random.Random
    ) -> Report:
        said = outcome in (LATE, PARTLY, EARLY) and chance.randrange(100) < SAID_WHY
        told = "sớm" if line.due > self.scene.cycle.last_day else outcome
        evidence = self._evidence(line, done, finished, chance)
        if chance.randrange(100) < NO_EVIDENCE and not line.sure:
            evidence = ""
        note = self._note(told, line, chance) if said else ""
        return Report(done, finished, self._rework(line, chance), evidence, note)

    def _untouched(self, line: Line, chance: random.Random) -> Report:
        """Return a line nothing was delivered of; what is not yet due is often left blank."""
        if line.due > self.scene.cycle.last_day:
            return Report(None if chance.randrange(2) else ZERO)
        said = chance.randrange(100) < SAID_WHY
        return Report(ZERO, note=self._note(UNDONE, line, chance) if said else "")

    def _rework(self, line: Line, chance: random.Random) -> int | None:
        told = [event["giá trị"] for event in self._events(line) if event["chuyện"] == REWORKED]
        if told:
            return int(told[0])
        if (
            chance.randrange(100) < self.content.rate("tra_lai", line.unit, self.scene)
            and not line.sure
        ):
            return 1
        return chance.choice((0, 0, None))

    def _finished(self, line: Line, outcome: str, chance: random.Random) -> date | None:
        """Return the finishing day, None when there is no day left for such an outcome."""
        latest, first = self._latest(line), self.scene.cycle.first_day
        overdue = line.due < first
        if outcome == LATE and not overdue:
            days = self._days(line.due + timedelta(days=1), latest)
        elif overdue and not line.unheard:
            days = self._days(self.scene.assigned_at, latest)
        else:
            # A unit that missed a report settles in this one what it finished in time.
            earliest = line.assigned_on + timedelta(days=1)
            earliest = earliest if overdue else max(earliest, first)
            days = self._days(earliest, min(line.due, latest))[-4:]
        return chance.choice(days) if days else None

    def _latest(self, line: Line) -> date:
        last = self.scene.cycle.last_day
        if self._is_bulk(line):
            last = last_working_day(self.scene, self.content)
            last = (
                min(last, line.due)
                if line.unheard or line.due >= self.scene.cycle.first_day
                else last
            )
        sent = self.sent.get(line.unit)
        return min(last, sent.date()) if sent else last

    def _days(self, first: date, last: date) -> list[date]:
        """Return the working days of a span, or its days off where it has no other."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [day for day in days if not self.content.days_off.is_off(day)] or days

    def _evidence(self, line: Line, done: Decimal, finished: date, chance: random.Random) -> str:
        pattern = self.content.products[line.product]["minh chứng"]
        pattern = pattern.replace("{đv}", self.content.units[line.unit]["ký hiệu văn bản"])
        # No two papers have one number; people who share a task have one paper.
        used = {text for text, task_id in self.content.papers.items() if task_id != line.task_id}
        text = numbered(pattern, self.scene, self.content, chance, used)
        self.content.papers[text] = line.task_id
        shown = f"{done.normalize():f}".replace(".", ",")
        return text.format(ngày=f"{finished:%d/%m}", tháng=self.scene.cycle.month, sl=shown)

    def _note(self, situation: str, line: Line, chance: random.Random) -> str:
        """Return a note for a situation, one about the product where there is any."""
        rows = [row for row in self.content.tables["ghi-chu"] if row["tình huống"] == situation]
        fitting = [row["ghi chú"] for row in rows if _is_about(row["cho sản phẩm"], line.product)]
        notes = fitting or [row["ghi chú"] for row in rows if not row["cho sản phẩm"]]
        return chance.choice(notes) if notes else ""


def _is_about(products: str, product: str) -> bool:
    """Say whether a note names a product, by its code or its group."""
    return bool({product, product.partition(".")[0]} & set(products.split()))


def _part(owed: Decimal, chance: random.Random) -> Decimal:
    """Return a part of a quantity: whole items of several, a fraction of one."""
    if owed == owed.to_integral_value() and owed > ONE:
        return Decimal(chance.randint(1, int(owed) - 1))
    return (owed * chance.choice(PARTS)).quantize(Decimal("0.1"), ROUND_DOWN)
