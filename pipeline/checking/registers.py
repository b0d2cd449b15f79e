"""danh-muc.xlsx: every code once and known, dates in order; the cycle's own calendar."""

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from pipeline.model.calendar import Cycle, Schedule
from pipeline.model.findings import finding_at
from pipeline.model.tables import records
from pipeline.model.text import show, show_date

WILD = '/\\|*?~:"<>'
NAMED = ("units", "people")
KEYS = {
    "units": "code",
    "people": "code",
    "products": "code",
    "indicators": "code",
    "days_off": "date",
}


def check_registers(tables: Mapping[str, pd.DataFrame]) -> list[dict]:
    """Return what is wrong in the registers.

    K709 a code that stands twice, K715 marks it cannot have, K717 people named who are not there,
    K719 dates out of order, K731 «không chấm» without dates or reason.
    """
    twice = [found for key, field in KEYS.items() for found in _twice(records(tables[key]), field)]
    wild = [found for key in NAMED for row in records(tables[key]) for found in _wild(row)]
    people = records(tables["people"])
    spans = [found for row in people for found in (*_spans(row), *_unscored(row))]
    return twice + wild + _unknown_people(tables, {row["code"] for row in people}) + spans


def _unknown_people(tables: Mapping[str, pd.DataFrame], known: set[str]) -> list[dict]:
    """Return K717: a head or a supervisor who is on no register."""
    named = (("units", "head"), ("people", "supervisor"))
    return [
        finding_at("K717", row, field, row[field])
        for key, field in named
        for row in records(tables[key])
        if row[field] and row[field] not in known
    ]


def _spans(person: dict) -> list[dict]:
    """Return K719: an end before its start."""
    pairs = (("active_from", "active_to"), ("unscored_from", "unscored_to"))
    return [
        finding_at("K719", person, end, show_date(person[end]), show_date(person[start]))
        for start, end in pairs
        if person[start] and person[end] and person[end] < person[start]
    ]


def _unscored(person: dict) -> list[dict]:
    """Return K731: «không chấm» needs its reason and a day."""
    dated = person["unscored_from"] or person["unscored_to"]
    if bool(dated) == bool(person["unscored_reason"]):
        return []
    field, lacking = ("unscored_reason", "lý do") if dated else ("unscored_from", "ngày bắt đầu")
    return [finding_at("K731", person, field, person["code"], lacking)]


def check_schedule(typed: dict, schedule: Schedule, cycle: Cycle) -> list[dict]:
    """Return K734: days of sheet «Kỳ» that come before what must come first."""
    days = (
        ("", cycle.last_day, "ngày cuối kỳ"),
        ("cutoff", schedule.cutoff.date(), "hạn gửi phiếu"),
        ("verification_until", schedule.verification_until, "hạn thẩm định"),
        ("meeting_on", schedule.meeting_on, "ngày họp"),
    )
    return [
        finding_at("K734", typed, field, show_date(day), f"{word} {show_date(earlier)}")
        for (_, earlier, word), (field, day, _) in pairwise(days)
        if day < earlier
    ]


def _wild(row: dict) -> list[dict]:
    """Return K715: marks that a file name, the stamp or a spreadsheet's search would take amiss."""
    if not (marks := [mark for mark in WILD if mark in row["code"]]):
        return []
    return [finding_at("K715", row, "code", row["code"], " ".join(marks))]


def _twice(rows: list[dict], field: str) -> list[dict]:
    first: dict[object, dict] = {}
    found = []
    for row in rows:
        other = first.setdefault(row[field], row)
        if other is not row:
            found.append(finding_at("K709", row, field, show(row[field]), str(other["row"])))
    return found
