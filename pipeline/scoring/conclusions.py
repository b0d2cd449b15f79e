"""What meetings have concluded: carried from cycle to cycle until closed in writing."""

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.registers import Registers
from pipeline.model.tables import records, result_table
from pipeline.model.text import fold_code
from pipeline.scoring.sources import Row

SAID = ("what", "who", "due", "result")
DONE, LATE, OPEN, UNDATED = "đã xong", "quá hạn", "chưa đến hạn", "chưa có hạn"


def conclusions(
    typed: pd.DataFrame, earlier: Iterable[Row], registers: Registers, cycle: Cycle
) -> pd.DataFrame:
    """Return the table «conclusions»: open ones of earlier cycles, then those of this meeting.

    `earlier` are the conclusions as the cycle before left them. A date typed for one of them
    postpones it, a name hands it on, a result closes it; new words beside it are another one.
    """
    rows = [row for row in records(typed) if any(row[name] for name in SAID)]
    words = {fold_code(row["point"]): row for row in reversed(rows) if row["point"]}
    open_before = [row for row in earlier if row["state"] != DONE]
    carried = [_carried(row, words.get(fold_code(point_of(row)), {})) for row in open_before]
    fresh = [
        {**row, "cycle": str(cycle), "due_first": row["due"], "postponed": 0}
        for row in rows
        if row["conclusion"] and row["what"]
    ]
    told = (_told(row, registers, cycle) for row in (*carried, *fresh))
    return result_table("conclusions", told)


def point_of(row: Mapping[str, object]) -> str:
    """Return what an earlier conclusion is known by in a later meeting: «2026-10-K2 KL-03»."""
    return f"{row['cycle']} {row['conclusion']}"


def _carried(row: Row, words: Mapping[str, object]) -> Row:
    """Return an open conclusion with what this meeting said of it."""
    due = words.get("due") or row["due"]
    return {
        **row,
        "who": words.get("who") or row["who"],
        "due": due,
        "postponed": row["postponed"] + (row["due"] is not None and due > row["due"]),
        "result": words.get("result") or "",
    }


def _told(row: Row, registers: Registers, cycle: Cycle) -> Row:
    """Return a conclusion with its age in cycles, who does it by name, and where it stands."""
    who = row["who"]
    name = registers.person_name(who) if who in registers.people else registers.unit_name(who)
    start = parse_cycle(str(row["cycle"]))
    return {
        **row,
        "name": name,
        "age": _number(cycle) - _number(start),
        "state": _state(row, cycle),
    }


def _number(cycle: Cycle) -> int:
    """Return a cycle's number in one unbroken count."""
    return (cycle.year * 12 + cycle.month) * 2 + cycle.half


def _state(row: Row, cycle: Cycle) -> str:
    if row["result"]:
        return DONE
    if row["due"] is None:
        return UNDATED
    return LATE if row["due"] <= cycle.last_day else OPEN
