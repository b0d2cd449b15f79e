"""Open a cycle: one workbook per unit."""

from pipeline import issue
from pipeline.cycle.plan import read_plan
from pipeline.cycle.stages import Tell
from pipeline.model.findings import describe
from pipeline.model.folders import CycleFolder
from pipeline.tools import disk


def open_cycle(folder: CycleFolder, tell: Tell) -> list[str]:
    """Issue one workbook per unit into phieu/; return what to tell the secretary."""
    before = read_plan(folder)
    units = before.registers.units
    for done, unit in enumerate(units, 1):
        data = issue.unit_workbook(
            unit,
            before.assignments,
            before.registers,
            before.settings,
            before.schedule,
            folder.cycle,
        )
        disk.write_file(folder.issued / f"{unit}.xlsx", data)
        tell("Phát phiếu", done, len(units))
    folder.inbox.mkdir(exist_ok=True)
    warnings = describe(before.findings, before.columns)
    lines = [f"{row['message']} {row['action']}" for row in warnings]
    return [
        *lines,
        f"Đã phát {len(units)} phiếu vào {folder.issued}. Nhận phiếu về đặt vào {folder.inbox}.",
    ]
