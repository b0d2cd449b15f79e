"""Earlier cycles, read from their result.json: series, what they hand on, the indicators before."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from pipeline.model.calendar import Cycle, earlier_cycles
from pipeline.model.findings import InputError
from pipeline.model.folders import CLOSED, RESULT
from pipeline.model.layout import Field, layout
from pipeline.model.tables import RESULT_VERSION, CycleResult, from_plain, records, result_table
from pipeline.model.text import show, show_decimal, show_percent

REMEMBERED = (
    *("unit", "task_id", "person", "task", "product", "coefficient", "share", "assigned", "due"),
    *("carried", "completed_reported", "completed", "finished", "evidence", "standing"),
    *("remaining", "rework_pending", "decision", "due_before", "withdrawn", "heir"),
    # A line that comes into the next cycle by itself is issued with these.
    *("kind", "document", "assigned_on", "responsible_code", "approver_code", "product_name"),
    *("measure", "from_task"),
)

# What is told of a corrected cycle: the tables with figures, and what their rows are called by.
PRINTED = {
    **{"commune": (), "units": ("unit",), "people": ("person",)},
    **{"lines": ("task_id", "person"), "indicators": ("indicator",)},
}
FIGURES, NO_FIGURES = ("decimal", "count", "date", "choice"), ("row",)

DAYS = ("first_day", "last_day", "verification_until", "meeting_on")  # of a result's meeting
MOMENTS = ("cutoff",)


@dataclass(frozen=True)
class History:
    """What the cycles before this one left behind."""

    tables: Mapping[str, pd.DataFrame]  # of the result, by their key, oldest cycle first
    rework: Mapping[tuple[str, str], int]  # key of `before`, or not begun → r still to be deducted
    indicators: Mapping[str, object]  # indicator → value of the cycle just before
    lines: Mapping[str, list[dict]]  # cycle → what is remembered of its lines, oldest cycle first
    before: Mapping[tuple[str, str], dict]  # key → its newest line, see newest_lines()
    conclusions: list[dict]  # as the newest earlier cycle with a result left them
    units: Mapping[str, str]  # of the cycle just before: unit → its name
    people: Mapping[str, str]  # of the cycle just before: person → unit
    rule_code: str  # of the rules of the cycle just before; "" where there is no result of it


Closed = Mapping[Cycle, Path]  # closed cycle → the folder of its official archive
Tables = Mapping[str, pd.DataFrame]


def read_history(output: Path, cycle: Cycle, closed: Closed = MappingProxyType({})) -> History:
    """Return a cycle's history from the archives in the output folder; a missing one is a gap.

    Of a cycle that is closed its official archive is read.
    """
    results = {str(c): _read(_place(output, c, closed)) for c in earlier_cycles(cycle)}
    tables = {name: result.get("tables", {}) for name, result in results.items()}
    lines = {
        name: records(from_plain("lines", kept["lines"], REMEMBERED))
        for name, kept in tables.items()
        if "lines" in kept
    }
    before = str(cycle.previous)
    newest = newest_lines(lines, cycle)
    indicators = records(from_plain("indicators", tables[before].get("indicators", [])))
    return History(
        tables={
            "history": _series("history", "units", results),
            "commune_history": _series("commune_history", "commune", results),
            "indicator_history": _series("indicator_history", "indicators", results),
            "inspected_before": _series(
                "inspected_before", "inspections", {before: results[before]}
            ),
        },
        rework=_unread(lines, cycle) | {key: row["rework_pending"] for key, row in newest.items()},
        indicators={row["indicator"]: row["value"] for row in indicators},
        lines=lines,
        before=newest,
        conclusions=_conclusions(tables.values()),
        units={row["unit"]: row["name"] for row in tables[before].get("units", [])},
        people={row["person"]: row["unit"] for row in tables[before].get("people", [])},
        rule_code=results[before].get("rule_code", ""),
    )


def _series(key: str, source: str, earlier: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return a table of the result: the rows of earlier results' `source`, each with its cycle."""
    return result_table(
        key,
        (
            {**row, "cycle": name, "rule_code": kept.get("rule_code", "")}
            for name, kept in earlier.items()
            for row in records(from_plain(source, kept.get("tables", {}).get(source, [])))
        ),
    )


def _conclusions(earlier: Iterable[Mapping]) -> list[dict]:
    """Return the conclusions of the newest cycle that has any table of them."""
    kept = [tables["conclusions"] for tables in earlier if "conclusions" in tables]
    return records(from_plain("conclusions", kept[-1])) if kept else []


def newest_lines(lines: Mapping[str, list[dict]], cycle: Cycle) -> dict[tuple[str, str], dict]:
    """Return by key the newest line before a cycle, over the unbroken run of cycles up to it.

    What the meeting gave to another person is that person's line too, with what is left of it; r
    stays with who was told. A line whose quantity nobody could read has not begun.
    """
    newest: dict[tuple[str, str], dict] = {}
    for rows in _run(lines, cycle):
        own = _by_key([row for row in rows if row["assigned"] is not None])
        given = {
            (row["task_id"], row["heir"]): row
            | {"person": row["heir"], "heir": "", "rework_pending": 0}
            for row in own.values()
            if row["heir"]
        }
        newest |= given | own
    return newest


def _unread(lines: Mapping[str, list[dict]], cycle: Cycle) -> dict[tuple[str, str], int]:
    """Return by key the r that waits on lines whose quantity nobody could read."""
    return {
        key: row["rework_pending"]
        for rows in _run(lines, cycle)
        for key, row in _by_key([row for row in rows if row["assigned"] is None]).items()
    }


def _run(lines: Mapping[str, list[dict]], cycle: Cycle) -> list[list[dict]]:
    """Return the lines of the unbroken run of cycles up to a cycle, oldest cycle first."""
    run = []
    while (rows := lines.get(str(cycle := cycle.previous))) is not None:
        run.append(rows)
    return run[::-1]


def _by_key(lines: list[dict]) -> dict[tuple[str, str], dict]:
    """Return the lines by task id and person, without those whose key stands twice."""
    keys = [(row["task_id"], row["person"]) for row in lines]
    times = Counter(keys)
    return {key: row for key, row in zip(keys, lines, strict=True) if times[key] == 1}


def _place(output: Path, cycle: Cycle, closed: Closed) -> Path:
    return closed.get(cycle, output / str(cycle))


def read_result(
    output: Path, cycle: Cycle, closed: Closed = MappingProxyType({})
) -> CycleResult | None:
    """Return a cycle's whole result with typed tables, None where there is none.

    Raises InputError on one that is damaged or was written by an older program.
    """
    folder = _place(output, cycle, closed)
    again = f"chạy: make cycle CYCLE={cycle}"
    try:
        kept = _load(folder)
        if kept and kept["version"] != RESULT_VERSION:
            raise InputError(f"{folder / RESULT} do bản chương trình khác ghi; {again}")
        return _result(kept) if kept else None
    except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError) as error:
        raise InputError(_broken(folder, again)) from error


def _result(kept: Mapping) -> CycleResult:
    """Return the result that result.json stands for."""
    days = {name: date.fromisoformat(kept["meeting"][name]) for name in DAYS}
    moments = {name: datetime.fromisoformat(kept["meeting"][name]) for name in MOMENTS}
    tables = {
        sheet.key: from_plain(sheet.key, kept["tables"][sheet.key])
        for sheet in layout("archive").tables
    }
    return CycleResult(
        **{field.name: kept[field.name] for field in fields(CycleResult)}
        | {"made_at": datetime.fromisoformat(kept["made_at"]), "tables": tables}
        | {"meeting": {**kept["meeting"], **days, **moments}}
    )


def read_rule_code(output: Path, cycle: Cycle, closed: Closed = MappingProxyType({})) -> str:
    """Return the code of the rules a cycle was scored by; "" where there is no result of it."""
    return _read(_place(output, cycle, closed)).get("rule_code", "")


def _read(folder: Path) -> dict:
    """Return a cycle's result; nothing where there is none."""
    try:
        return _load(folder)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(_broken(folder, "chạy lại.")) from error


def _broken(folder: Path, again: str) -> str:
    """Return what to do about a result nobody can read: what is closed is never made again."""
    if folder.parent.parent.name == CLOSED:
        said = "hỏng hoặc mất; chạy: sauro verify, rồi lấy lại tệp từ bản sao lưu."
        return f"{folder / RESULT} {said}"
    return f"{folder / RESULT} hỏng; xóa thư mục {folder} rồi {again}"


def _load(folder: Path) -> dict:
    """Return what a folder's result.json holds, nothing where there is none."""
    try:
        result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {**result, "tables": result["tables"]}


def read_printed(revision: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of a closed revision whose figures are told of when they change.

    Raises InputError where its result is damaged or gone.
    """
    try:
        tables = _load(revision)["tables"]
        return {key: from_plain(key, tables[key]) for key in PRINTED}
    except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError) as error:
        raise InputError(_broken(revision, "chạy lại.")) from error


def restatements(before: Tables, after: Tables) -> pd.DataFrame:
    """Return «Số đã in nay khác»: every printed figure of a cycle that is other in its new tables.

    A row that only one of them has differs in each of its figures.
    """
    rows = []
    for key, names in PRINTED.items():
        sheet = layout("archive")[key]
        old, new = (_named(tables[key], names) for tables in (before, after))
        for name in old | new:
            for field in filter(_is_figure, sheet.field):
                was, now = (_printed(table.get(name, {}), field) for table in (old, new))
                if was != now:
                    told = {"table": sheet.title, "name": name, "figure": field.heading}
                    rows.append(told | {"before": was, "after": now})
    return result_table("revised", rows)


def _named(table: pd.DataFrame, names: Iterable[str]) -> dict[str, dict]:
    """Return rows by what they are called: «KT-07/CB012», «KT», "" for the commune's one."""
    return {"/".join(filter(None, (row[n] for n in names))): row for row in records(table)}


def _is_figure(field: Field) -> bool:
    return field.key not in NO_FIGURES and (field.type in FIGURES or field.key == "status")


def _printed(row: Mapping[str, object], field: Field) -> str:
    value = row.get(field.key)
    if field.format.endswith("%"):
        return show_percent(value)
    return show_decimal(value, 2) if field.format else show(value)
