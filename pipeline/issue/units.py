"""One unit's workbook: what it is issued for a cycle, and the form to report on it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from decimal import Decimal

from pipeline.issue.assignments import ONE, Rows, as_rows, share_of
from pipeline.model.calendar import Cycle, Schedule
from pipeline.model.layout import layout
from pipeline.model.registers import Registers, label, works
from pipeline.model.rules import Rules
from pipeline.model.settings import Settings
from pipeline.model.stamp import Stamp, digest_of
from pipeline.model.text import show
from pipeline.tools.workbook import write_workbook


def unit_rows(assignments: Rows, registers: Registers, unit: str) -> list[dict]:
    """Return the rows of «Nhiệm vụ» of one unit, in the assignment table's order."""
    return rows_by_unit(assignments, registers, [unit])[unit]


def rows_by_unit(
    assignments: Rows, registers: Registers, units: Iterable[str]
) -> dict[str, list[dict]]:
    """Return the same of several units."""
    rows: dict[str, list[dict]] = {unit: [] for unit in units}
    for row in as_rows(assignments):
        if row["unit"] in rows:
            rows[row["unit"]].append(_issued(row, registers))
    return rows


def as_issued(typed: Rows, raw: Rows) -> list[dict]:
    """Return the rows of «Nhiệm vụ» read back from an issued workbook as unit_rows() gave them."""
    keys = [field.key for field in layout("unit")["tasks"].field if field.by == "issued"]
    # The person is shown with the name that stood there when it was issued.
    pairs = zip(as_rows(typed), as_rows(raw), strict=True)
    return [{**{k: row[k] for k in keys}, "person": shown["person"] or ""} for row, shown in pairs]


def _issued(row: Mapping[str, object], registers: Registers) -> dict[str, object]:
    share = share_of(row)
    coefficient = row["coefficient"]
    return {
        "task_id": row["task_id"],
        "work": _work(row, registers, share),
        "person": _person(row["person"], registers),
        "responsible": registers.person_name(row["responsible"]),
        "approver": registers.person_name(row["approver"]),
        "due": row["due"],
        "measure": row["measure"],
        "assigned": row["assigned"],
        "weight": None if coefficient is None else coefficient * share,
    }


def _work(row: Mapping[str, object], registers: Registers, share: Decimal) -> str:
    """Return «việc — sản phẩm (tỷ lệ tham gia 0,5)»."""
    product = row["product_name"]
    if not product and row["product"] in registers.products:
        product = registers.products[row["product"]]["product"]
    work = " — ".join(str(part) for part in (row["task"], product) if part)
    return work if share == ONE else f"{work} (tỷ lệ tham gia {show(share)})"


def _person(code: str, registers: Registers) -> str:
    return label(registers.people[code]) if code in registers.people else code


def unit_workbook(
    unit: str,
    assignments: Rows,
    registers: Registers,
    settings: Settings,
    schedule: Schedule,
    cycle: Cycle,
) -> bytes:
    """Return the workbook one unit fills in for one cycle."""
    rows = unit_rows(assignments, registers, unit)
    tables: dict[str, list[dict]] = {"tasks": rows, "unplanned": [], "claims": []}
    tables |= {"obstacles": [], "proposals": []}
    if indicators := indicator_rows(registers, unit):
        tables["cchc"] = indicators
    if cycle.ends_month and (people := _scored_people(registers, settings, unit, cycle)):
        tables["general"] = [{"person": label(person)} for person in people]
    return write_workbook(
        layout("unit"),
        tables,
        words=_words(unit, registers, schedule, cycle),
        lists=_lists(unit, registers, cycle),
        form=True,
        stamp=Stamp(unit, str(cycle), settings.rules.code, digest_of(rows)),
        created=datetime.combine(cycle.first_day, time()),
    )


def _words(unit: str, registers: Registers, schedule: Schedule, cycle: Cycle) -> dict[str, object]:
    return {
        "unit": unit,
        "unit_name": registers.unit_name(unit),
        "cycle_name": _cycle_title(cycle),
        "first_day": cycle.first_day,
        "last_day": cycle.last_day,
        "cutoff": schedule.cutoff,
        "secretary": schedule.secretary,
    }


def indicator_rows(registers: Registers, unit: str) -> list[dict]:
    """Return the rows of «CCHC»; none for a unit that does not report it."""
    if registers.units[unit]["reports_cchc"] != "có":
        return []
    return [
        {"indicator": row["code"], "name": row["name"], "meaning": _meaning(row)}
        for row in registers.indicators_of(unit)
    ]


def _meaning(indicator: Mapping[str, str]) -> str:
    """Return what is to be filled in: numerator and denominator, or the value and its unit."""
    parts = {"Tử số": indicator["numerator"], "Mẫu số": indicator["denominator"]}
    named = [f"{name}: {text}" for name, text in parts.items() if text]
    return "; ".join(named) or f"Giá trị ({indicator['measure'] or 'số'})"


def _scored_people(registers: Registers, settings: Settings, unit: str, cycle: Cycle) -> list[dict]:
    """Return the unit's people who score themselves."""
    scored = registers.scored_in_month(settings.rules.scored, cycle)
    return [person for person in scored if person["unit"] == unit]


def _lists(unit: str, registers: Registers, cycle: Cycle) -> dict[str, list[str]]:
    """Return the drop-downs: the unit's people first, its own and the shared products."""
    active = [p for p in registers.people.values() if works(p, cycle.first_day, cycle.last_day)]
    people = sorted(active, key=lambda person: person["unit"] != unit)
    products = registers.products_of(unit)
    return {
        "people": [label(person) for person in people],
        "products": [label(product, "product") for product in products],
    }


BLANK_UNIT = "MAU"
BLANK_TASKS = (
    ("MAU-01", "Báo cáo công tác kỳ — báo cáo", "báo cáo", Decimal(2), Decimal("3.7")),
    ("MAU-02", "Thẩm định hồ sơ đề nghị hỗ trợ — hồ sơ đã thẩm định", "hồ sơ", Decimal(12), ONE),
)


def blank_workbook() -> bytes:
    """Return a unit's workbook nobody has filled in, of a made-up unit, to look at."""
    cycle = Cycle(2026, 1, 2)
    person = "CB901 – Nguyễn Văn Mẫu"
    named = {"person": person, "responsible": "Nguyễn Văn Mẫu", "approver": "Trần Thị Mẫu"}
    names = ("task_id", "work", "measure", "assigned", "weight")
    rows = [
        {**dict(zip(names, task, strict=True)), **named, "due": cycle.last_day}
        for task in BLANK_TASKS
    ]
    tables: dict[str, list[dict]] = {sheet.key: [] for sheet in layout("unit").tables}
    indicator = {"indicator": "CS01", "name": "Tỷ lệ hồ sơ đúng hạn", "meaning": "Tử số: …"}
    tables |= {"tasks": rows, "cchc": [indicator], "general": [{"person": person}]}
    return write_workbook(
        layout("unit"),
        tables,
        words={
            "unit": BLANK_UNIT,
            "unit_name": "Đơn vị mẫu",
            "cycle_name": _cycle_title(cycle),
            "first_day": cycle.first_day,
            "last_day": cycle.last_day,
            "cutoff": datetime.combine(cycle.last_day, time(17)),
            "secretary": "Thư ký Tổ công tác",
        },
        lists={"people": [person], "products": ["SP.01 – Báo cáo", "SP.02 – Hồ sơ đã thẩm định"]},
        form=True,
        stamp=Stamp(BLANK_UNIT, str(cycle), Rules().code, digest_of(rows)),
    )


def _cycle_title(cycle: Cycle) -> str:
    """Return «1 THÁNG 11 NĂM 2026», as the guide's title goes on after KỲ."""
    return cycle.name.removeprefix("kỳ ").upper()
