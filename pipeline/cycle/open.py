"""Open a cycle: one workbook per unit."""

from pathlib import Path

from pipeline import issue, reading
from pipeline.cycle.compare import compare_issued
from pipeline.cycle.crew import Tell
from pipeline.cycle.plan import read_plan
from pipeline.history import read_history, read_rule_code
from pipeline.model.findings import ConfigError, describe
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.rules import Rules
from pipeline.tools import chain, disk


def open_cycle(folder: CycleFolder, output: Path, tell: Tell) -> list[str]:
    """Issue one workbook per unit into phieu/; return what to tell the secretary."""
    past = read_history(output, folder.cycle, chain.official(folder.data))
    before = read_plan(folder, past.before)
    _refuse_other_rules(folder, output, before.settings.rules)
    units = before.registers.units
    for done, unit in enumerate(units, 1):
        data = issue.unit_workbook(
            unit,
            before.issued,
            before.registers,
            before.settings,
            before.schedule,
            folder.cycle,
        )
        disk.write_file(folder.issued / f"{unit}.xlsx", data)
        tell("Phát phiếu", done, len(units))
    folder.inbox.mkdir(exist_ok=True)
    off = issue.due_on_days_off(before.issued, before.registers, folder.cycle.first_day)
    found = before.findings + off + compare_issued(folder, before, past)
    warnings = describe(found, before.columns)
    lines = [f"{row['message']} {row['action']}" for row in warnings]
    return [
        *lines,
        f"Đã phát {len(units)} phiếu vào {folder.issued}. Nhận phiếu về đặt vào {folder.inbox}.",
    ]


def _refuse_other_rules(folder: CycleFolder, output: Path, rules: Rules) -> None:
    """Raise ConfigError where the month's first cycle went by other rules."""
    if not folder.cycle.ends_month:
        return
    first = CycleFolder(folder.data, folder.cycle.previous)
    closed = chain.official(folder.data)
    code = read_rule_code(output, first.cycle, closed) or _issued_rule_code(first)
    if code not in ("", rules.code):
        raise ConfigError(
            f"commune.toml: bộ quy tắc tính là {rules.code}, kỳ đầu tháng {first.cycle} là {code};"
            " chỉ được đổi quy tắc ở kỳ đầu của một tháng. Trả thiết lập về như cũ rồi phát phiếu."
        )


def _issued_rule_code(folder: CycleFolder) -> str:
    """Return the rule code stamped on the workbooks of a cycle; "" where none was issued."""
    for path in sorted(folder.issued.glob("*.xlsx")):
        raw = reading.read_workbook(path.read_bytes(), path.name, layout("unit"), frozenset())
        if raw.stamp:
            return raw.stamp.rule_code
    return ""
