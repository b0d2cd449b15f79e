"""giao-viec.xlsx: the new tasks of a cycle and the lines carried into it."""

import random
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from making.content import Content, Row, Scene, Template, day_of, number_of
from making.registers import coefficient
from making.sheets import mark_invented, without_blanks
from pipeline.model.layout import layout
from pipeline.tools.workbook import write_workbook

STEP_FROM = 40  # planned quantities from here on are rounded to five
FAR_NUMBERS = (300, 3900)


@dataclass(frozen=True)
class Line:
    """One assigned line: a task of one person, or of a whole unit."""

    task_id: str
    document: str
    assigned_on: date
    unit: str
    person: str
    share: Decimal | None
    task: str
    product: str
    assigned: Decimal
    due: date
    sure: bool  # standing work and events: never left undone
    carried: int = 0
    unheard: bool = False  # the unit sent no report of the cycle it was due in

    @property
    def key(self) -> tuple[str, str]:
        return self.task_id, self.person


class Assigner:
    """Gives out task ids that are never used twice."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.given = {code: int(row["mã việc đã dùng"]) for code, row in content.units.items()}

    def new_lines(self, scene: Scene) -> list[Line]:
        """Return the lines newly assigned in a cycle."""
        wanted = (t for t in self.content.templates if str(scene.number) in t.cycles)
        return [line for template in wanted for line in self._lines(template, scene)]

    def _lines(self, template: Template, scene: Scene) -> list[Line]:
        self.given[template.unit] += 1
        prefix = self.content.units[template.unit]["tiền tố mã việc"]
        task_id = f"{prefix}-{self.given[template.unit]:02d}"
        chance = self.content.chance("việc", scene.cycle, task_id)
        assigned_on = _assigned_on(template, scene, self.content)
        line = Line(
            task_id=task_id,
            document=numbered(template.source, scene, self.content, chance),
            assigned_on=assigned_on,
            unit=template.unit,
            person="",
            share=None,
            task=_worded(template, scene, self.content, chance),
            product=template.product,
            assigned=_quantity(template.quantity, chance),
            due=_due(template.due, assigned_on, scene, self.content, chance),
            sure=template.sure,
        )
        return [replace(line, person=code, share=share) for code, share in template.people]


def lines_before(content: Content) -> list[Line]:
    """Return the lines that come into the first cycle from the one before it."""
    return [_line_before(row) for row in content.tables["chuyen-den"]]


def _line_before(row: Row) -> Line:
    return Line(
        task_id=row["mã việc"],
        document=row["nguồn"],
        assigned_on=day_of(row["ngày giao"]),
        unit=row["đơn vị"],
        person=row["người"],
        share=None,
        task=row["việc"],
        product=row["sản phẩm"],
        assigned=number_of(row["còn lại"]),
        due=day_of(row["hạn"]),
        sure=False,
        carried=1,
    )


def carried_line(line: Line, remaining: Decimal, scene: Scene, *, unheard: bool) -> Line:
    """Return the line as it is assigned again after a cycle; what was not due was not carried."""
    passed = line.due <= scene.cycle.last_day
    return replace(
        line, assigned=remaining, carried=line.carried + passed, unheard=unheard and passed
    )


def numbered(
    pattern: str, scene: Scene, content: Content, chance: random.Random, used: Container[str] = ()
) -> str:
    """Return a document's pattern with the first number of its series in place of # not `used`."""
    if "#" not in pattern:
        return pattern
    series = content.script["so_van_ban"]
    known = next((span for start, span in series.items() if pattern.startswith(start)), None)
    if known:
        first, step = known
        number = first + step * (scene.number - 1) + chance.randrange(step)
    else:
        number = chance.randint(*FAR_NUMBERS)
    texts = (pattern.replace("#", f"{number + more:02d}") for more in count())
    return next(text for text in texts if text not in used)


def _assigned_on(template: Template, scene: Scene, content: Content) -> date:
    """Standing work and urgent telegrams come before the meeting that gives out the rest."""
    first = content.days_off.working_day(scene.cycle.first_day)
    early = template.regular or template.source.startswith(("CĐ", "Hồ sơ một cửa"))
    return first if early else scene.assigned_at


def _worded(template: Template, scene: Scene, content: Content, chance: random.Random) -> str:
    text = template.tasks[(scene.number - 1) % len(template.tasks)]
    month = scene.cycle.month
    return text.format(
        thôn=chance.choice(content.script["thon"]),
        tháng=month,
        **{"tháng trước": month - 1, "tháng sau": month + 1},
    )


def _quantity(text: str, chance: random.Random) -> Decimal:
    low, dash, high = text.partition("-")
    if not dash:
        return number_of(text)
    drawn = chance.randint(int(low), int(high))
    return Decimal(drawn // 5 * 5 if int(low) >= STEP_FROM else drawn)


def _due(
    text: str, assigned_on: date, scene: Scene, content: Content, chance: random.Random
) -> date:
    """Return the due day: «cuối» last working day, «sau» after the cycle, «9-13» days into it."""
    off = content.days_off
    last = last_working_day(scene, content)
    if text == "cuối":
        return last
    if text == "sau":
        return off.working_day(scene.cycle.last_day + timedelta(days=chance.randint(5, 19)))
    low, _, high = text.partition("-")
    day = scene.cycle.first_day + timedelta(days=chance.randint(int(low), int(high)) - 1)
    day = max(day, assigned_on + timedelta(days=2))
    return min(off.working_day(day), last)


def last_working_day(scene: Scene, content: Content) -> date:
    """Return the cycle's last working day."""
    day = scene.cycle.last_day
    while content.days_off.is_off(day):
        day -= timedelta(days=1)
    return day


def assignment_workbook(lines: list[Line], scene: Scene, content: Content) -> bytes:
    """Return giao-viec.xlsx of a cycle."""
    order = {unit: number for number, unit in enumerate(content.units)}
    rows = sorted(lines, key=lambda line: (order[line.unit], -line.carried))
    tables = {
        "assignments": [_row(line, content) for line in rows],
        "cycle": [_calendar(scene, content)],
    }
    lists = {
        "units": [_label(row["mã"], row["tên"]) for row in content.units.values()],
        "people": [person_label(code, content) for code in content.people],
        "products": [_label(row["mã"], row["sản phẩm"]) for row in content.products.values()],
    }
    return mark_invented(write_workbook(layout("assignment"), tables, lists=lists, form=True))


def _row(line: Line, content: Content) -> dict:
    product = content.products[line.product]
    responsible, approver = superiors(line, content)
    return without_blanks(
        task_id=line.task_id,
        kind="kế hoạch",
        document=line.document,
        assigned_on=line.assigned_on,
        unit=line.unit,
        person=person_label(line.person, content),
        responsible=person_label(responsible, content),
        approver=person_label(approver, content),
        task=line.task,
        product=line.product,
        product_name=product["sản phẩm"],
        measure=product["ĐVT"],
        coefficient=coefficient(product),
        share=line.share,
        assigned=line.assigned,
        due=line.due,
        carried=line.carried or None,
    )


def superiors(line: Line, content: Content) -> tuple[str, str]:
    """Return who is responsible for a line (deputy or head) and the leader who approves it."""
    head = content.units[line.unit]["người đứng đầu"]
    above = content.people[head]["lãnh đạo trực tiếp"]
    supervisor = content.people[line.person]["lãnh đạo trực tiếp"] if line.person else head
    inside = content.people[supervisor]["đơn vị"] == line.unit and supervisor != above
    return (supervisor if inside else head), above


def person_label(code: str, content: Content) -> str:
    """Return «CB012 – Nguyễn Văn An» as the drop-downs say it."""
    return _label(code, content.people[code]["họ và tên"]) if code else ""


def _label(code: str, name: str) -> str:
    return f"{code} – {name}"


def _calendar(scene: Scene, content: Content) -> dict:
    off = content.days_off
    cutoff = off.working_day(scene.cycle.last_day)
    return {
        "cutoff": cutoff,
        "verification_until": off.working_day(cutoff, after=1),
        "meeting_on": off.working_day(cutoff, after=2),
        "hour": "8 giờ 00",
        "place": "Phòng họp số 1, trụ sở UBND xã",
        "chair": "Huỳnh Tấn Lực, Chủ tịch UBND xã",
        "secretary": "Lê Thị Hồng Diễm, Phó Chánh Văn phòng",
        "attendees": scene.attendees,
    }
