"""Reminders for the units nothing has come from.

They follow from who is missing and from the day of the run alone: however often a day's run is
repeated, the same letter stands there, so that a unit is not reminded twice of one day. Nothing is
remembered anywhere; what has really been sent only the mail program knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model.calendar import parse_cycle
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import show_date, show_time
from pipeline.reply.slip import senders
from pipeline.reply.words import LONGEST_MESSAGE, LONGEST_NAME
from pipeline.tools.page import printable


@dataclass(frozen=True)
class Reminder:
    """One unit to be reminded, and the paragraph that does it."""

    unit: str
    name: str
    cycle: str
    text: str


def open_reminders(result: CycleResult) -> list[Reminder]:
    """Return a reminder for every unit of which nothing has come that stands, in register order."""
    heard = senders(records(result.tables["submissions"]))
    missing = [row for row in records(result.tables["units"]) if row["unit"] not in heard]
    # What such a unit sent has been set aside: it is told so, and why.
    aside = {row["unit"]: str(row["reason"]) for row in records(result.tables["submissions"])}
    return [_reminder(result, unit, aside.get(unit["unit"], "")) for unit in missing]


def _reminder(result: CycleResult, unit: Mapping[str, object], aside: str) -> Reminder:
    cycle = parse_cycle(result.cycle).name
    name, day = printable(str(unit["name"]), LONGEST_NAME), result.made_at.date()
    cutoff, met = result.meeting["cutoff"], result.meeting["meeting_on"]
    due = f"hạn {show_time(cutoff)}" + (" đã qua" if day > cutoff.date() else "")
    lines = f" Phiếu đã phát có {unit['lines']} dòng việc." if unit["lines"] else ""
    sent = f" Phiếu đã gửi: {aside[:1].lower()}{aside[1:]}" if aside else ""
    came = "chưa có" if aside else "chưa nhận được"
    told = f"hồ sơ họp ngày {show_date(met)} ghi «Chưa nộp», " if day <= met else ""
    text = (
        f"{name}: đến ngày {show_date(day)} {came} phiếu {cycle} ({due}).{sent}{lines} "
        f"Xin điền phiếu đã phát và gửi ngay; chưa có phiếu thì {told}"
        "việc của đơn vị chưa vào tổng xã."
    )
    return Reminder(str(unit["unit"]), name, cycle, printable(text, LONGEST_MESSAGE))
