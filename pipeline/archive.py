"""The record of a cycle: luu-tru.xlsx for people, result.json for programs, the same figures."""

import json
from dataclasses import fields
from datetime import date, datetime

from pipeline.model.calendar import parse_cycle
from pipeline.model.layout import layout
from pipeline.model.tables import RESULT_VERSION, CycleResult, from_plain, to_plain
from pipeline.tools.workbook import write_workbook

MEETING_DAYS = ("first_day", "last_day", "verification_until", "meeting_on")
HEAD = ("cycle", "state", "print_code", "program", "rule_code")


def result_json(result: CycleResult) -> bytes:
    """Return result.json: the head, then every table of the archive; figures are decimal text."""
    content = {
        "version": RESULT_VERSION,
        **{name: getattr(result, name) for name in HEAD},
        "made_at": result.made_at.isoformat(),
        "commune": dict(result.commune),
        "signatories": dict(result.signatories),
        "meeting": {key: _plain(value) for key, value in result.meeting.items()},
        "options": dict(result.options),
        "tables": {key: to_plain(table) for key, table in result.tables.items()},
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def read_result(data: bytes) -> CycleResult:
    """Return the result a result.json stands for; KeyError or ValueError where it is none."""
    stored = json.loads(data)
    if stored["version"] != RESULT_VERSION:
        raise ValueError(stored["version"])
    days = {key: date.fromisoformat(stored["meeting"][key]) for key in MEETING_DAYS}
    cutoff = datetime.fromisoformat(stored["meeting"]["cutoff"])
    typed = {
        "made_at": datetime.fromisoformat(stored["made_at"]),
        "meeting": {**stored["meeting"], **days, "cutoff": cutoff},
        "tables": {key: from_plain(key, rows) for key, rows in stored["tables"].items()},
    }
    return CycleResult(**{part.name: stored[part.name] for part in fields(CycleResult)} | typed)


def archive_workbook(result: CycleResult, *, results: bool = True) -> bytes:
    """Return luu-tru.xlsx: every table, scores as live formulas with their stored results.

    Without results the formulas stand alone, for a spreadsheet program to compute afresh.
    """
    words = {
        "commune": f"UBND {result.commune['name']}, {result.commune['province']}",
        "cycle_name": parse_cycle(result.cycle).name.upper(),
        "print_code": result.print_code,
        "rule_code": result.rule_code,
        "state": result.state,
    }
    return write_workbook(
        layout("archive"), result.tables, words=words, results=results, created=result.made_at
    )
