"""What a cycle's lines say beside other units', earlier cycles' and their own scores."""

from collections.abc import Mapping

import pandas as pd

from pipeline.checking.across import check_units
from pipeline.checking.earlier import check_cycles
from pipeline.checking.lines import Line, cycle_lines
from pipeline.checking.questions import Seen, ask
from pipeline.checking.reports import Checked
from pipeline.cycle.plan import Plan
from pipeline.cycle.stages import Received
from pipeline.history import History
from pipeline.model.findings import in_force
from pipeline.model.folders import CycleFolder
from pipeline.model.tables import records

NOTHING = pd.DataFrame()


def compare(folder: CycleFolder, before: Plan, checked: Checked, past: History) -> Checked:
    """Return what was checked, and K6 over all units and the cycles before."""
    lines = _lines(before, checked)
    found = check_units(lines, before.registers, folder.cycle, past.before)
    across = in_force(found, folder.cycle) + compare_cycles(folder, before, checked, past)
    return Checked(checked.tables, checked.findings + across)


def compare_cycles(
    folder: CycleFolder, before: Plan, checked: Checked, past: History
) -> list[dict]:
    """Return K606 to K613: the lines against those of the cycles before."""
    return _against(past, folder, _lines(before, checked))


def compare_issued(folder: CycleFolder, before: Plan, past: History) -> list[dict]:
    """Return K607 to K613: the assignment table against the cycles before, nothing reported yet."""
    return _against(past, folder, cycle_lines(before.assignments, NOTHING, NOTHING))


def _against(past: History, folder: CycleFolder, lines: list[Line]) -> list[dict]:
    found = check_cycles(lines, past.lines, folder.cycle, folder.assignments.name)
    return in_force(found, folder.cycle)


def ask_back(
    folder: CycleFolder,
    before: Plan,
    received: Received,
    checked: Checked,
    tables: Mapping[str, pd.DataFrame],
    past: History,
) -> list[dict]:
    """Return K8: figures of the scored cycle worth a question."""
    seen = Seen(
        cycle=folder.cycle,
        days_off=before.registers.days_off,
        lines=_lines(before, checked),
        scored=records(tables["lines"][["unit", "state", "D", "D_reported"]]),
        units=records(tables["units"]),
        history=records(past.tables["history"]),
        before=past.lines.get(str(folder.cycle.previous), []),
        issued=received.issued,
        rule_code=before.settings.rules.code,
    )
    return in_force(ask(seen), folder.cycle)


def _lines(before: Plan, checked: Checked) -> list[Line]:
    tables = checked.tables
    issued = before.assignments.assign(assigned=before.counted["assigned"])
    return cycle_lines(issued, tables["reported"], tables["unplanned"])
