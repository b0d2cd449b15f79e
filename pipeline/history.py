"""Earlier cycles, read from their result.json: series, what they hand on, the indicators before."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.model.calendar import Cycle, earlier_cycles
from pipeline.model.findings import InputError
from pipeline.model.folders import RESULT
from pipeline.model.tables import from_plain, records, result_table

SERIES = ("unit", "status", "late_report", "lines", "overdue", "D", "a", "b", "c", "R")
REMEMBERED = (
    *("unit", "task_id", "person", "task", "product", "coefficient", "share", "assigned", "due"),
    *("carried", "completed_reported", "completed", "finished", "evidence", "standing"),
    *("remaining", "rework_pending", "decision", "due_before", "withdrawn"),
)


@dataclass(frozen=True)
class History:
    """What the cycles before this one left behind."""

    table: pd.DataFrame  # columns of the result's «history», oldest first
    rework: Mapping[
        tuple[str, str], int
    ]  # every key of the cycle just before → r still to be deducted
    indicators: Mapping[str, object]  # indicator → value of the cycle just before
    rule_code: str  # of the month's first cycle; "" in the first, or where there is no result of it
    lines: Mapping[str, list[dict]]  # cycle → what is remembered of its lines, oldest cycle first
    before: Mapping[tuple[str, str], dict]  # key → its one line in the cycle just before
    conclusions: list[dict]  # as the newest earlier cycle with a result left them


def read_history(output: Path, cycle: Cycle) -> History:
    """Return a cycle's history from the archives in the output folder; a missing one is a gap."""
    results = {str(c): _read(output / str(c)) for c in earlier_cycles(cycle)}
    tables = {name: result.get("tables", {}) for name, result in results.items()}
    rows = [
        {"cycle": name, **{key: unit[key] for key in SERIES}}
        for name, kept in tables.items()
        for unit in records(from_plain("units", kept.get("units", [])))
    ]
    lines = {
        name: records(from_plain("lines", kept["lines"], REMEMBERED))
        for name, kept in tables.items()
        if "lines" in kept
    }
    before = str(cycle.previous)
    indicators = records(from_plain("indicators", tables[before].get("indicators", [])))
    return History(
        table=result_table("history", rows),
        rework={(r["task_id"], r["person"]): r["rework_pending"] for r in lines.get(before, [])},
        indicators={row["indicator"]: row["value"] for row in indicators},
        rule_code=results[before].get("rule_code", "") if cycle.ends_month else "",
        lines=lines,
        before=_by_key(lines.get(before, [])),
        conclusions=_conclusions(tables.values()),
    )


def _conclusions(earlier: Iterable[Mapping]) -> list[dict]:
    """Return the conclusions of the newest cycle that has any table of them."""
    kept = [tables["conclusions"] for tables in earlier if "conclusions" in tables]
    return records(from_plain("conclusions", kept[-1])) if kept else []


def _by_key(lines: list[dict]) -> dict[tuple[str, str], dict]:
    """Return the lines by task id and person, without those whose key stands twice."""
    keys = [(row["task_id"], row["person"]) for row in lines]
    times = Counter(keys)
    return {key: row for key, row in zip(keys, lines, strict=True) if times[key] == 1}


def read_rule_code(output: Path, cycle: Cycle) -> str:
    """Return the code of the rules a cycle was scored by; "" where there is no result of it."""
    return _read(output / str(cycle)).get("rule_code", "")


def _read(folder: Path) -> dict:
    """Return a cycle's result; nothing where there is none."""
    try:
        result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        return {**result, "tables": result["tables"]}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / RESULT} hỏng; xóa thư mục {folder} rồi chạy lại.") from error
