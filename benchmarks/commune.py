"""A made-up commune of any size: registers, assignments, issued and filled-in workbooks."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl

from pipeline.cycle.open import open_cycle
from pipeline.model.calendar import parse_cycle
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.registers import label
from pipeline.tools.workbook import write_workbook

CYCLE = "2026-11-K1"
STAFF, PRODUCTS, EVERY = 8, 30, 10
Row = dict[str, object]


def make_commune(
    data: Path, settings: Path, units: int, lines: int, cycle: str = CYCLE
) -> CycleFolder:
    """Return the folder of a cycle in which every unit has reported all of its lines."""
    folder = CycleFolder(data, parse_cycle(cycle))
    folder.inbox.mkdir(parents=True)
    folder.settings.write_bytes(settings.read_bytes())
    registers = _registers(units)
    lists = {
        **{key: [label(row) for row in registers[key]] for key in ("units", "people")},
        "products": [label(row, "product") for row in registers["products"]],
    }
    lists["units_or_shared"] = lists["units"]
    folder.registers.write_bytes(
        write_workbook(layout("registers"), registers, lists=lists, form=True)
    )
    tables = {"assignments": _assignments(registers, lines, folder.cycle.last_day), "cycle": []}
    folder.assignments.write_bytes(
        write_workbook(layout("assignment"), tables, lists=lists, form=True)
    )
    open_cycle(folder, folder.data / "output", lambda stage, done, total: None)
    for issued in folder.issued.glob("*.xlsx"):
        (folder.inbox / issued.name).write_bytes(_filled(issued))
    return folder


def _registers(units: int) -> dict[str, list[Row]]:
    codes = [f"DV{n:02d}" for n in range(1, units + 1)]
    return {
        "units": [{"code": code, "name": f"Phòng {code}", "head": f"{code}-1"} for code in codes],
        "people": [
            {
                **{"code": f"{code}-{n}", "name": f"Nguyễn Văn {code} {n}", "unit": code},
                **{"position": "Chuyên viên", "category": "công chức"},
            }
            for code in codes
            for n in range(1, STAFF + 1)
        ],
        "products": [
            {
                **{"code": f"SP{n:02d}", "unit": codes[0], "product": f"Báo cáo loại {n}"},
                **{"coefficient": 1 + n / 10, "deduct": "dòng"},
            }
            for n in range(PRODUCTS)
        ],
        "indicators": [],
        "days_off": [],
    }


def _assignments(registers: dict[str, list[Row]], lines: int, last: date) -> list[Row]:
    """Return the assigned lines: one in ten due after the cycle."""
    products = registers["products"]
    rows = []
    for unit in registers["units"]:
        staff = [row for row in registers["people"] if row["unit"] == unit["code"]]
        for n in range(lines):
            person, product = staff[n % STAFF], products[n % PRODUCTS]
            late = n % EVERY == 0
            rows.append(
                {
                    **{"task_id": f"{unit['code']}-{n + 1:04d}", "kind": "kế hoạch"},
                    **{"unit": unit["code"], "person": label(person)},
                    **{"responsible": label(staff[0]), "approver": label(staff[1])},
                    **{"task": f"Rà soát, tổng hợp hồ sơ đợt {n + 1} của thôn số {n % 9 + 1}"},
                    **{"product": product["code"], "product_name": product["product"]},
                    **{"coefficient": product["coefficient"], "assigned": n % 5 + 1},
                    **{"due": last + timedelta(days=5 if late else -(n % 9)), "measure": "văn bản"},
                }
            )
    return rows


def _filled(issued: Path) -> bytes:
    """Return a unit's workbook filled in: one line in ten late, one not done, one sent back."""
    book = openpyxl.load_workbook(BytesIO(issued.read_bytes()))
    declared = layout("unit")["tasks"]
    sheet, keys = book[declared.title], declared.keys
    at = {key: keys.index(key) for key in keys}
    for n, row in enumerate(sheet.iter_rows(min_row=declared.heading_row + 1)):
        if not row[0].value:
            break
        due: datetime = row[at["due"]].value
        undone = n % EVERY in (0, 1)
        row[at["completed"]].value = 0 if undone else row[at["assigned"]].value
        row[at["finished"]].value = None if undone else due + timedelta(days=n % EVERY == 2)
        row[at["rework"]].value = int(n % EVERY == 3)
        row[at["evidence"]].value = f"BC số {n + 1}/BC"
    book[layout("unit")["unplanned"].title]["A3"] = "x"
    filled = BytesIO()
    book.save(filled)
    return filled.getvalue()
