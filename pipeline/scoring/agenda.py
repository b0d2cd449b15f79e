"""«Việc trình Chủ tịch»: candidates in a fixed order, what the group's head ticked, minutes."""

import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.model.registers import Registers
from pipeline.model.tables import records, result_table
from pipeline.model.text import fold, show_date, show_decimal
from pipeline.scoring.clock import OVERDUE
from pipeline.scoring.conclusions import DONE
from pipeline.scoring.sources import Key, Row, key_of
from pipeline.scoring.verdicts import CLAIMED, EXEMPT, QUALITY

MOST = 5
STEP = 5  # minutes
CHAIRMAN = "Chủ tịch UBND xã"
STUCK = "Vướng mắc chỉ Chủ tịch gỡ được"
LATE_TWICE = "Quá hạn từ hai kỳ"
CAUSE = "Đề nghị loại trừ"
POSTPONED = "Kết luận đã hoãn từ hai lần"
TWICE = 2
MEASURE = "Kiến nghị của Tổ"
ADDED = "Tổ trưởng nêu thêm"
READ = (
    *("unit", "task_id", "person", "person_name", "task", "due", "carried", "assigned"),
    *("completed", "standing", "days_late", "Q", "P", "Q_granted", "P_granted", *EXEMPT.values()),
)


def agenda(
    lines: pd.DataFrame,
    obstacles: pd.DataFrame,
    claims: pd.DataFrame,
    concluded: pd.DataFrame,
    measures: pd.DataFrame,
    typed_agenda: pd.DataFrame,
    registers: Registers,
    minutes: int,
    days: str = "ngày",
) -> pd.DataFrame:
    """Return the table «agenda»: every candidate in the fixed order, at most five of them chosen.

    Obstacles only the chairman can free · what else is overdue at the end of two cycles or more ·
    open claims of objective cause · conclusions postponed twice · measures of the group · what the
    head ticked that is no candidate any more. The ticked are chosen, without ticks the first five;
    edited words win. `days` is what lateness is counted in.
    """
    named = {*obstacles["task_id"], *claims["task_id"]}
    again = (lines["standing"] == OVERDUE) & (lines["carried"] >= 1)
    spoken_of = lines.loc[again | lines["task_id"].isin(named), [*READ]]
    known = {key_of(row): {**row, "days": days} for row in records(spoken_of)}
    stuck = [row for row in _in_order(obstacles, registers) if row["who"] == CHAIRMAN]
    points = [
        *_obstacles(stuck, known),
        *_overdue(_not_told(stuck, known.values()), registers),
        *_causes(_in_order(claims, registers), known),
        *_postponed(records(concluded)),
        *_measures(records(measures)),
    ]
    typed = {row["point"]: row for row in records(typed_agenda) if row["point"]}
    points = _edited(_distinct(points), typed)
    return result_table("agenda", _with_minutes(_choose(points, typed), typed, minutes))


def _in_order(table: pd.DataFrame, registers: Registers) -> list[Row]:
    """Return the sound rows by unit in register order, not in the order the mail came in."""
    place = {unit: n for n, unit in enumerate(registers.units)}
    rows = [row for row in records(table) if not row["fault"]]
    return sorted(rows, key=lambda row: place.get(row["unit"], len(place)))


def _obstacles(obstacles: list[Row], known: Mapping[Key, Row]) -> list[Row]:
    lines = _by_task(known.values())
    return [
        {
            # The text is part of the id: a tick never passes on to another matter.
            "point": f"VM-{row['task_id'] or row['unit']}-{_mark(row['obstacle'])}",
            "group": STUCK,
            "unit": row["unit"],
            "matter": row["obstacle"],
            "figure": _obstacle_figure(row, lines.get(row["task_id"], [])),
            "proposal": row["proposal"],
        }
        for row in obstacles
    ]


def _mark(text: str) -> str:
    return hashlib.sha256(fold(text).encode()).hexdigest()[:4].upper()


def _by_task(lines: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for line in lines:
        groups.setdefault(line["task_id"], []).append(line)
    return groups


def _not_told(stuck: Iterable[Row], lines: Iterable[Row]) -> list[Row]:
    """Return the lines whose state no obstacle's point tells already: a matter is put once."""
    named = {row["task_id"] for row in stuck}
    groups = _by_task(lines)
    return [
        line for task, own in groups.items() for line in own if task not in named or len(own) > 1
    ]


def _obstacle_figure(row: Row, own: list[Row]) -> str:
    """Return the task's state where it is one line, and by when the obstacle must be gone."""
    wanted = f"cần trước {show_date(row['wanted_by'])}" if row["wanted_by"] else ""
    state = _progress(own[0]) if len(own) == 1 else row["task_id"]
    return "; ".join(part for part in (state, wanted) if part)


def _progress(line: Row) -> str:
    """Return «KT-07: xong 1/3, hạn 10/11/2026, quá hạn 5 ngày, chuyển lần 2»."""
    quantity = show_decimal(line["assigned"])
    done = f"xong {show_decimal(line['completed'])}/{quantity}"
    done = f"giao {quantity}" if line["completed"] is None else done
    parts = [done, f"hạn {show_date(line['due'])}" if line["due"] else "", line["standing"]]
    if line["days_late"]:
        parts[2] += f" {line['days_late']} {line['days']}"
    if line["carried"]:
        parts.append(f"chuyển lần {line['carried']}")
    return f"{line['task_id']}: {', '.join(part for part in parts if part)}"


def _overdue(lines: Iterable[Row], registers: Registers) -> list[Row]:
    """Return the lines overdue again, worst first: carried once is overdue in two cycles."""
    rows = [line for line in lines if line["standing"] == OVERDUE and line["carried"] >= 1]
    rows.sort(key=lambda line: (-line["carried"], -line["days_late"]))
    return [
        {
            "point": "-".join(("QH", _named(line))),
            "group": LATE_TWICE,
            "unit": line["unit"],
            "matter": f"{line['task']} ({_who(line, registers)})",
            "figure": _progress(line),
            "proposal": "Ấn định ngày xong, gia hạn, thu hồi hoặc giao người khác.",
        }
        for line in rows
    ]


def _who(line: Row, registers: Registers) -> str:
    return line["person_name"] or registers.unit_name(line["unit"])


def _named(row: Row) -> str:
    return "/".join(part for part in key_of(row) if part)


def _causes(claims: list[Row], known: Mapping[Key, Row]) -> list[Row]:
    """Return the claims nobody has decided; the others need no word of the chairman."""
    return [
        {
            "point": f"LT-{_named(row)}-{'CL' if row['aspect'] == QUALITY else 'TĐ'}",
            "group": CAUSE,
            "unit": row["unit"],
            "matter": f"{known[key_of(row)]['task']}: {row['cause']}",
            "figure": _at_stake(known[key_of(row)], row["aspect"]),
            "proposal": f"Xác nhận hay không xác nhận nguyên nhân khách quan về {row['aspect']}.",
        }
        for row in claims
        if key_of(row) in known and _is_open(row, known)
    ]


def _is_open(row: Row, known: Mapping[Key, Row]) -> bool:
    return known[key_of(row)][EXEMPT[row["aspect"]]] == CLAIMED


def _at_stake(line: Row, aspect: str) -> str:
    """Return the figure as deducted and as it would be if the cause is confirmed."""
    figure = "Q" if aspect == QUALITY else "P"
    now, then = line[figure], line[f"{figure}_granted"]
    other = "chấp nhận cũng không đổi" if now == then else f"nếu chấp nhận {show_decimal(then)}"
    shown = f"{figure} = {show_decimal(now)}, {other}"
    return f"{_progress(line)}; {shown}"


def _postponed(concluded: Iterable[Row]) -> list[Row]:
    """Return the open conclusions postponed twice or more."""
    return [
        {
            "point": f"KL-{row['cycle']}-{row['conclusion']}",
            "group": POSTPONED,
            "unit": row["unit"],
            "matter": row["what"],
            "figure": f"{row['name']}, hoãn {row['postponed']} lần, hạn {show_date(row['due'])}",
            "proposal": "Ấn định ngày xong, hoặc giao người khác.",
        }
        for row in concluded
        if row["postponed"] >= TWICE and row["state"] != DONE
    ]


def _measures(measures: list[Row]) -> list[Row]:
    return [
        {
            "point": f"KN-{_mark(row['subject'] + row['measure'])}",
            "group": MEASURE,
            "unit": "",
            "matter": row["subject"],
            "figure": f"chỉ số {row['indicator']}" if row["indicator"] else "",
            "proposal": _measure(row),
        }
        for row in measures
        if row["subject"] or row["measure"]
    ]


def _measure(row: Row) -> str:
    due = f"trước ngày {show_date(row['due'])}" if row["due"] else ""
    who = ", ".join(part for part in (row["owner"], due) if part)
    return f"{row['measure']} ({who})" if who else row["measure"]


def _distinct(points: list[Row]) -> list[Row]:
    """Return the points with ids that differ: the same matter named again gets «-2»."""
    seen: dict[str, int] = {}
    distinct = []
    for row in points:
        seen[row["point"]] = seen.get(row["point"], 0) + 1
        again = seen[row["point"]]
        distinct.append(row | {"point": f"{row['point']}-{again}" if again > 1 else row["point"]})
    return distinct


def _edited(points: list[Row], typed: Mapping[str, Row]) -> list[Row]:
    """Return the points in the head's words, then what was ticked and is no candidate any more."""
    own = {row["point"] for row in points}
    lost = [row for point, row in typed.items() if point not in own and row["chosen"]]
    added = [
        {"point": row["point"], "group": ADDED, "unit": row["unit"], "matter": row["matter"]}
        for row in lost
        if row["matter"] or row["matter_edited"]
    ]
    return [_in_words_of(typed.get(row["point"]), row) for row in (*points, *added)]


def _in_words_of(typed: Row | None, row: Row) -> Row:
    if typed is None:
        return row
    edited = {name: typed[f"{name}_edited"] for name in ("matter", "proposal")}
    return row | {name: words for name, words in edited.items() if words}


def _choose(points: list[Row], typed: Mapping[str, Row]) -> list[Row]:
    """Return the points with «có» on at most five: the ticked ones, without ticks the first."""
    ticked = [row["point"] for row in points if row["point"] in typed and _is_ticked(typed, row)]
    chosen = (ticked or [row["point"] for row in points])[:MOST]
    return [row | {"chosen": "có" if row["point"] in chosen else "không"} for row in points]


def _is_ticked(typed: Mapping[str, Row], row: Row) -> bool:
    return bool(typed[row["point"]]["chosen"])


def _with_minutes(points: list[Row], typed: Mapping[str, Row], minutes: int) -> list[Row]:
    """Return the points with the minutes typed, else an equal share in steps of five.

    A sixth of the meeting is kept for opening and closing. Where not even five minutes are left for
    each, the first get five as far as the meeting reaches and the others 0.
    """
    given = {row["point"]: typed.get(row["point"], {}).get("minutes") for row in points}
    chosen = [row["point"] for row in points if row["chosen"] == "có"]
    waiting = [point for point in chosen if given[point] is None]
    left = minutes - minutes // 6 // STEP * STEP - sum(given[point] or 0 for point in chosen)
    steps = max(0, left) // STEP
    share, over = divmod(steps, len(waiting)) if waiting else (0, 0)
    for n, point in enumerate(waiting):
        given[point] = STEP * (share or int(n < over))
    return [
        row | {"minutes": given[row["point"]] if row["point"] in chosen else None} for row in points
    ]
