"""The record of a cycle: luu-tru.xlsx for people, result.json for programs, the same figures."""

import json
from collections.abc import Mapping
from io import BytesIO

import pandas as pd

from pipeline.model.calendar import parse_cycle
from pipeline.model.layout import layout
from pipeline.model.period import parse_period
from pipeline.model.tables import (
    PERIOD_VERSION,
    PROVINCE_VERSION,
    RESULT_VERSION,
    CycleResult,
    PeriodResult,
    json_text,
)
from pipeline.model.text import sentence
from pipeline.tools.workbook import write_workbook

HEAD = ("cycle", "state", "print_code", "program", "rule_code")
PERIOD_HEAD = ("period", *HEAD[1:])


def result_json(result: CycleResult) -> bytes:
    """Return result.json: the head, then every table of the archive; figures are decimal text."""
    return _json(
        {
            "version": RESULT_VERSION,
            **{name: getattr(result, name) for name in HEAD},
            "made_at": result.made_at.isoformat(),
            "rule_settings": dict(result.rule_settings),
            "commune": dict(result.commune),
            "signatories": dict(result.signatories),
            "meeting": {key: _plain(value) for key, value in result.meeting.items()},
            "options": dict(result.options),
        },
        result.tables,
    )


def period_json(result: PeriodResult) -> bytes:
    """Return ket-qua.json: the head, then every table of the period."""
    return _of_period(result, PERIOD_VERSION)


def province_json(result: PeriodResult) -> bytes:
    """Return tong-hop-tinh.json: the head, then every table of the province."""
    return _of_period(result, PROVINCE_VERSION)


def _of_period(result: PeriodResult, version: int) -> bytes:
    return _json(
        {
            "version": version,
            **{name: getattr(result, name) for name in PERIOD_HEAD},
            "made_at": result.made_at.isoformat(),
            "commune": dict(result.commune),
            "signatories": dict(result.signatories),
            "options": dict(result.options),
        },
        result.tables,
    )


def _json(head: Mapping[str, object], tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a head and tables as one object, a row a line."""
    text = BytesIO()
    text.write(json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}").encode())
    text.write(b',\n "tables": ')
    text.writelines(map(str.encode, json_text(tables, "\n")))
    text.write(b"}\n")
    return text.getvalue()


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def archive_workbook(result: CycleResult, *, results: bool = True) -> bytes:
    """Return luu-tru.xlsx: every table, scores as live formulas with their stored results.

    Without results the formulas stand alone, for a spreadsheet program to compute afresh.
    """
    words = _words(result) | {"cycle_name": parse_cycle(result.cycle).name.upper()}
    return write_workbook(
        layout("archive"), result.tables, words=words, results=results, created=result.made_at
    )


def period_workbook(result: PeriodResult, *, results: bool = True) -> bytes:
    """Return ket-qua.xlsx: every table of the period, scores as live formulas as above."""
    words = _words(result) | {"period_name": parse_period(result.period).name.upper()}
    return write_workbook(
        layout("period"), result.tables, words=words, results=results, created=result.made_at
    )


def province_workbook(result: PeriodResult, *, results: bool = True) -> bytes:
    """Return tong-hop-tinh.xlsx: every table of the province, sums and rates as live formulas."""
    words = _words(result) | {"period_name": parse_period(result.period).name.upper()}
    words |= {"province": sentence(result.commune["name"])}
    return write_workbook(
        layout("province"), result.tables, words=words, results=results, created=result.made_at
    )


def _words(result: CycleResult | PeriodResult) -> dict[str, str]:
    """Return what the read-me sheet says of a record."""
    return {
        "commune": f"UBND {result.commune['name']}, {result.commune['province']}",
        "print_code": result.print_code,
        "rule_code": result.rule_code,
        "state": result.state,
    }
