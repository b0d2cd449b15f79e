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


def compare(
    folder: CycleFolder, before: Plan, checked: Checked, past: History
) -> tuple[Checked, list[Line]]:
    """Return what was checked, with K6 over all units and the cycles before; and all lines."""
    tables = checked.tables
    issued = before.assignments.assign(assigned=before.counted["assigned"])
    lines = cycle_lines(issued, tables["reported"], tables["unplanned"])
    found = check_units(lines, before.registers, folder.cycle, past.before)
    across = in_force(found, folder.cycle) + compare_cycles(folder, lines, past)
    return Checked(tables, checked.findings + across), lines


def compare_cycles(folder: CycleFolder, lines: list[Line], past: History) -> list[dict]:
    """Return K606 to K613: the lines against those of the cycles before."""
    found = check_cycles(lines, past.lines, folder.cycle, folder.assignments.name)
    return in_force(found, folder.cycle)


def compare_issued(folder: CycleFolder, before: Plan, past: History) -> list[dict]:
    """Return K607 to K613: the assignment table against the cycles before, nothing reported yet."""
    return compare_cycles(folder, cycle_lines(before.assignments, NOTHING, NOTHING), past)


def ask_back(
    folder: CycleFolder,
    before: Plan,
    received: Received,
    lines: list[Line],
    tables: Mapping[str, pd.DataFrame],
    past: History,
) -> list[dict]:
    """Return K8: figures of the scored cycle worth a question."""
    seen = Seen(
        cycle=folder.cycle,
        days_off=before.registers.days_off,
        lines=lines,
        scored=records(tables["lines"][["unit", "state", "D", "D_reported"]]),
        units=records(tables["units"]),
        history=records(past.tables["history"]),
        before=past.lines.get(str(folder.cycle.previous), []),
        issued=received.issued,
        rule_code=before.settings.rules.code,
    )
    return in_force(ask(seen), folder.cycle)
