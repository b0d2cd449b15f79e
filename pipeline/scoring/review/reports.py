"""How the units reported in chosen cycles: each cycle's stored figures, and how often what."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.model.calendar import Cycle
from pipeline.model.findings import NOTE, is_question, what_is_wrong
from pipeline.model.submissions import REFUSED
from pipeline.model.tables import NOT_SENT, REPAIR, CycleResult, frame, records
from pipeline.scoring.periods.reports import Row, latest, silent_units
from pipeline.scoring.rates import NO, YES

KEPT = (
    *("unit", "name", "status", "late_report", "progress_only", "substituted"),
    *("lines", "overdue", "R", "R_reported"),
)
COUNTED = ("on_time", "late", "missing", "faulty", "again", "changed")
AGAIN = 2  # cycles that make a fault one that comes back
Known = Mapping[Cycle, CycleResult]  # results of the chosen cycles, oldest first


def reports(known: Known) -> pd.DataFrame:
    """Return a row for every unit in every cycle that knows it, as that cycle stored it.

    `silent` says that nothing is known of its work, `faulty` that its report had to be mended,
    `versions` how many usable files it sent.
    """
    rows = (row for cycle, result in known.items() for row in _reports(cycle, result))
    return frame(rows, ("cycle", *KEPT, "silent", "faulty", "versions", "changed"))


def _reports(cycle: Cycle, result: CycleResult) -> Iterable[Row]:
    silent = silent_units(result)
    files = records(result.tables["submissions"])
    refused = {row["unit"] for row in files if row["status"] == REFUSED}
    gaps = list(result.tables["gaps"]["unit"])
    for unit in records(result.tables["units"]):
        code = unit["unit"]
        versions = {row["version"] for row in files if row["unit"] == code and row["version"]}
        yield {
            "cycle": str(cycle),
            **{name: unit[name] for name in KEPT},
            "silent": YES if code in silent else NO,
            "faulty": YES if unit["status"] == REPAIR or code in refused else NO,
            "versions": len(versions),
            "changed": gaps.count(code),
        }


def returns(known: Known) -> pd.DataFrame:
    """Return how often each unit reported on time, late, not at all, had to mend, sent again.

    Units stand in the newest register's order, then those that were before. `changed` counts the
    figures the group accepted otherwise than reported.
    """
    rows = records(reports(known))
    names = latest(known, "units", "unit")
    counted = ({**names[unit], **_times(unit, rows)} for unit in names)
    return frame(counted, ("unit", "name", "progress_only", "cycles", *COUNTED))


def _times(unit: str, rows: Iterable[Row]) -> Row:
    own = [row for row in rows if row["unit"] == unit]
    sent = [row for row in own if row["status"] != NOT_SENT]
    return {
        "cycles": len(own),
        "on_time": sum(row["late_report"] == NO for row in sent),
        "late": sum(row["late_report"] == YES for row in sent),
        "missing": len(own) - len(sent),
        "faulty": sum(row["faulty"] == YES for row in own),
        "again": sum(row["versions"] > 1 for row in own),
        "changed": sum(row["changed"] for row in own),
    }


def faults(known: Known) -> pd.DataFrame:
    """Return the faults a unit's reports had in two cycles or more; a row is one code of one unit.

    Codes with the most cycles over all units come first, of one code the unit with the most.
    Remarks of the mildest kind and questions hold nothing against a unit and are left out. The
    words are those of the newest one.
    """
    kept: dict[tuple[str, str], list[tuple[Cycle, Row]]] = {}
    for cycle, result in known.items():
        for row in records(result.tables["findings"]):
            if row["unit"] and row["severity"] != NOTE and not is_question(row):
                kept.setdefault((row["unit"], row["code"]), []).append((cycle, row))
    rows = [row for found in kept.values() if (row := _fault(found))["cycles"] >= AGAIN]
    weight = Counter()
    for row in rows:
        weight[row["code"]] += row["cycles"]
    rows.sort(key=lambda r: (-weight[r["code"]], r["code"], -r["cycles"], r["unit"]))
    return frame(rows, ("unit", "code", "words", "cycles"))


def _fault(found: list[tuple[Cycle, Row]]) -> Row:
    newest = found[-1][1]
    cycles = len({cycle for cycle, _ in found})
    words = what_is_wrong(newest)
    return {"unit": newest["unit"], "code": newest["code"], "words": words, "cycles": cycles}
