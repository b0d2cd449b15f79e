"""What the meeting decided, checked: adjustments and waivers that cannot be applied as they are."""

import re
from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from pipeline.checking.issued import Key, key_of, show_key
from pipeline.model.calendar import DaysOff
from pipeline.model.findings import catalogue, finding_at, is_error
from pipeline.model.layout import Sheet, layout
from pipeline.model.registers import Registers
from pipeline.model.tables import records
from pipeline.model.text import show, show_date

CHANGES = ("extended_to", "withdrawn", "quantity", "new_person")
PROOFS = {
    "adjustments": ("reason", "decision"),
    "waivers": ("asked_by", "approved_by", "reason"),
}
EARLIER = re.compile(
    r"20\d\d-\d\d-K[12] "
)  # how an earlier conclusion is known: «2026-10-K2 KL-03»
PROPOSED = ("product", "person", "assigned", "due")
GIVEN, NOT_GIVEN = "có", "không"
Named = tuple[str, str]  # code of a finding, unit
Adjusted = tuple[dict[Key, dict], list[dict]]


def check_adjustments(
    typed: pd.DataFrame, assignments: pd.DataFrame, days_off: DaysOff
) -> Adjusted:
    """Return the adjustments that apply, by line, and K707, K752, K753 about the rows typed."""
    rows = _typed(typed, "adjustments")
    lines = {key_of(row): row for row in records(assignments)} if rows else {}
    decided: dict[Key, dict] = {}
    found = []
    for row in rows:
        lacking = [] if _has(row, CHANGES) else ["nội dung điều chỉnh"]
        lacking += _unproved(row, "adjustments")
        misfit = _misfit(row, lines, decided)
        if lacking:
            found.append(
                finding_at("K752", row, "task_id", show_key(key_of(row)), ", ".join(lacking))
            )
        elif misfit:
            found.append(finding_at("K753", row, "task_id", show_key(key_of(row)), misfit))
        else:
            decided[key_of(row)] = row
            found += _on_day_off(row, days_off)
    return decided, found


def _misfit(row: Mapping, lines: Mapping[Key, dict], decided: Mapping[Key, dict]) -> str:
    """Return why an adjustment cannot be made to a line, "" where it can."""
    line = lines.get(key_of(row))
    if line is None:
        return "không có trong bảng giao việc"
    if key_of(row) in decided:
        return f"đã có ở dòng {decided[key_of(row)]['row']}"
    if row["withdrawn"] and _has(row, ("extended_to", "quantity", "new_person")):
        return "vừa thu hồi vừa điều chỉnh khác"
    if row["extended_to"] and line["due"] and row["extended_to"] <= line["due"]:
        days = show_date(row["extended_to"]), show_date(line["due"])
        return f"hạn mới {days[0]} không sau hạn đang có {days[1]}"
    if row["new_person"] and row["new_person"] == line["person"]:
        return "việc đang giao cho chính người này"
    if row["new_person"] and _holds_already(row, lines, decided):
        return "người mới đã có dòng của việc này"
    return ""


def _holds_already(row: Mapping, lines: Collection[Key], decided: Mapping[Key, dict]) -> bool:
    """Say whether the new person has a line of the same task, or is given another's rest of it."""
    key = row["task_id"], row["new_person"]
    return key in lines or any((r["task_id"], r["new_person"]) == key for r in decided.values())


def _on_day_off(row: Mapping, days_off: DaysOff) -> list[dict]:
    """Return K707 for a new due date on a day off."""
    day = row["extended_to"]
    if not day or not days_off.is_off(day):
        return []
    return [finding_at("K707", row, "extended_to", show_key(key_of(row)), show_date(day))]


def check_conclusions(typed: pd.DataFrame) -> list[dict]:
    """Return K756: a conclusion without its code or its words, or with a code that stands above.

    One of an earlier meeting has both already; only its result or new date is typed.
    """
    seen: dict[str, dict] = {}
    found = []
    for row in _typed(typed, "conclusions"):
        if EARLIER.match(row["point"]):
            continue
        sheet = layout("meeting")["conclusions"]
        lacking = [sheet[name].heading.lower() for name in ("conclusion", "what") if not row[name]]
        other = seen.setdefault(row["conclusion"], row)
        if not lacking and other is not row:
            lacking = [f"mã riêng (mã này đã có ở dòng {other['row']})"]
        if lacking:
            name = row["conclusion"] or row["point"] or row["what"]
            found.append(finding_at("K756", row, "conclusion", name, ", ".join(lacking)))
    return found


def check_cited(concluded: pd.DataFrame, citing: Iterable[Mapping]) -> list[dict]:
    """Return K761 for a decision that stands under no conclusion, of this meeting or still open."""
    rows = records(concluded)
    known = {row["conclusion"] for row in rows}
    known |= {EARLIER.sub("", row["point"]) for row in rows}
    return [
        finding_at("K761", row, "decision", row["decision"], row.get("task_id") or row["task"])
        for row in citing
        if row["decision"] not in known
    ]


def check_new_work(typed: pd.DataFrame, registers: Registers) -> tuple[list[dict], list[dict]]:
    """Return the work given for the next cycle, and K758 about rows that lack something.

    What is blank beside a proposal is as proposed; a row of people's own is given unless it says
    «không».
    """
    given, found = [], []
    for row in filter(_is_given, records(typed)):
        whole = row | {name: row[name] or row[f"{name}_proposed"] for name in PROPOSED}
        lacking = _lacking(whole, registers)
        if lacking:
            found.append(finding_at("K758", row, "task", row["task"], ", ".join(lacking)))
        else:
            given.append(whole)
    return given, found


def _is_given(row: Mapping) -> bool:
    own = _has(row, _own("new_work")) and not _has(row, [f"{name}_proposed" for name in PROPOSED])
    return row["accepted"] == GIVEN or (own and row["accepted"] != NOT_GIVEN)


def _lacking(row: Mapping, registers: Registers) -> list[str]:
    """Return what a row of «Giao kỳ tới» lacks to be a line of the assignment table."""
    wanted = {
        "mã sản phẩm có trong danh mục": row["product"] in registers.products,
        "số lượng": row["assigned"] is not None,
        "người có trong danh mục": not row["person"] or row["person"] in registers.people,
        "mã kết luận": row["decision"],
    }
    return [name for name, there in wanted.items() if not there]


def undecided(typed: pd.DataFrame) -> list[dict]:
    """Return the rows of «Giao kỳ tới» of which nobody has said whether they are given."""
    return [row for row in records(typed) if not row["accepted"] and not _is_given(row)]


def refused(typed: pd.DataFrame) -> list[dict]:
    """Return the proposals of «Giao kỳ tới» that the meeting has not given."""
    return [row for row in records(typed) if row["accepted"] == NOT_GIVEN]


def check_petitions(typed: pd.DataFrame) -> list[dict]:
    """Return K759 about petitions whose answer and day of answer do not fit (Điều 22)."""
    found = []
    for row in records(typed):
        received, answered = row["received_on"], row["answered_on"]
        odd = ""
        if answered and received and answered < received:
            odd = f"ngày trả lời {show_date(answered)} trước ngày nhận {show_date(received)}"
        elif bool(answered) != bool(row["answer"]):
            odd = "thiếu ngày trả lời" if row["answer"] else "thiếu nội dung trả lời"
        if odd:
            found.append(finding_at("K759", row, "answered_on", row["person"], odd))
    return found


def check_petitioned(typed: pd.DataFrame, lines: pd.DataFrame) -> list[dict]:
    """Return K760: a petition about a line that is not there in the cycle."""
    pairs = zip(lines["task_id"], lines["person"], strict=True)
    known = {name for key in pairs for name in (key[0], show_key(key))} | {""}
    strays = [row for row in records(typed) if row["task_id"] not in known]
    return [finding_at("K760", row, "task_id", row["task_id"]) for row in strays]


def check_waivers(typed: pd.DataFrame) -> tuple[dict[Named, dict], list[dict]]:
    """Return the waivers that apply, by code and unit, and K754, K755 about the rows typed."""
    waived: dict[Named, dict] = {}
    found = []
    for row in _typed(typed, "waivers"):
        lacking = _unproved(row, "waivers")
        cannot = _not_waivable(row)
        if cannot:
            found.append(finding_at("K755", row, "code", _name(row), cannot))
        elif lacking:
            found.append(finding_at("K754", row, "code", _name(row), ", ".join(lacking)))
        else:
            waived.setdefault((row["code"], row["unit"]), row)
    return waived, found


def _not_waivable(row: Mapping) -> str:
    if row["code"] not in catalogue():
        return "không phải mã vấn đề"
    return "là lỗi phải sửa" if is_error(row) else ""


def check_waived(waived: Mapping[Named, dict], found: Iterable[Mapping]) -> list[dict]:
    """Return K755 for waivers of nothing that was found in the cycle."""
    there = {(row["code"], row["unit"]) for row in found}
    strays = [row for name, row in waived.items() if name not in there]
    return [finding_at("K755", row, "code", _name(row), "không có trong kỳ này") for row in strays]


def check_restated(restated: pd.DataFrame, assignments: pd.DataFrame) -> list[dict]:
    """Return K751 for lines issued with another quantity than the cycle before has left.

    Where nothing is left the line is done or withdrawn: K607 and K621 say so.
    """
    other = [r for r in records(restated) if r["figure"] == "số lượng" and r["used"]]
    rows = records(assignments) if other else []
    lines = {key_of(row): row for row in rows if row["row"] is not None}  # else K610 says it
    return [
        finding_at("K751", lines[key_of(row)], "assigned", show_key(key_of(row)), _figures(row))
        for row in other
        if key_of(row) in lines
    ]


def _figures(row: Mapping) -> str:
    issued, used = (show(row[name]) for name in ("issued", "used"))
    return f"{issued}, kỳ trước còn {used}"


def _typed(table: pd.DataFrame, key: str) -> list[dict]:
    """Return the rows of a sheet in which people have typed something of their own."""
    return [row for row in records(table) if _has(row, _own(key))]


def _own(key: str) -> list[str]:
    sheet = layout("meeting")[key]
    return [f.key for f in sheet.field if f.by == "group" and f.key not in sheet.rows_by]


def _has(row: Mapping, names: Iterable[str]) -> bool:
    return any(row[name] not in (None, "") for name in names)


def _unproved(row: Mapping, key: str) -> list[str]:
    sheet: Sheet = layout("meeting")[key]
    return [sheet[name].heading.lower() for name in PROOFS[key] if not row[name]]


def _name(row: Mapping) -> str:
    return f"{row['code']} ({row['unit']})" if row["unit"] else row["code"]
