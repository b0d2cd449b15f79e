"""People in a period: rates over their lines, and in a month R, points, score and band."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pipeline.model.bands import band_of, show_points
from pipeline.model.criteria import LEADER_CRITERIA, general_criteria
from pipeline.model.registers import unscored, works
from pipeline.model.tables import SILENT, records
from pipeline.model.text import show_date, show_percent
from pipeline.scoring.columns import Columns, rows_of, take
from pipeline.scoring.exact import exact, stored, total
from pipeline.scoring.periods.leaders import (
    is_leader,
    loop_of,
    lowest_first,
    own_criteria,
    result_of_led,
)
from pipeline.scoring.periods.reports import Reports, Row
from pipeline.scoring.periods.sums import unit_note
from pipeline.scoring.rates import NO, SUMS, YES, mean_rate, quotients, rate
from pipeline.scoring.sums import NO_DATA

RESULT_POINTS = 70  # of 100; the general criteria have the other 30 (Điều 16, 17)
LEADER_PARTS, PARTS = 6, 3
BY_MONTH, BY_MEAN = "tháng", "bình quân các tháng"  # what a score is made of
Places = tuple[Mapping[str, list[int]], Mapping[str, list[int]]]


@dataclass(frozen=True)
class Person:
    """One person in a month: the row as printed, and what is exact of it."""

    row: Row
    R: Fraction | None
    points: Fraction | None  # the month score


def month_people(table: Columns, reports: Reports) -> list[Person]:
    """Return everybody with the month's points, in register order (Điều 15–17)."""
    last = reports.results.get(reports.last)
    given = records(last.tables["general"]) if last else []
    levels = own_criteria(records(last.tables["leader_criteria"]) if last else [])
    general = _general(given)
    done: dict[str, Person] = {}
    places = places_of(table)
    for code in lowest_first(reports.people):
        rated = rated_person(code, table, places, reports)
        if rated["parts"] == LEADER_PARTS:
            known = _lead(rated, levels.get(code, {}), done, reports)
        else:
            whole = quotients(rated, SUMS) if rated["rated"] == YES else None
            known = Person(rated, mean_rate(whole), None)
        done[code] = _scored(known, general.get(code, {}))
    return [done[code] for code in reports.people if is_shown(done[code].row, reports)]


def is_shown(row: Row, reports: Reports) -> bool:
    """Say whether a person was in office in the period, or has a line in it."""
    return bool(row["lines"]) or works(row, reports.period.first_day, reports.period.last_day)


def places_of(table: Columns) -> Places:
    """Return the rows of the lines by who performs them, and by who answers for them."""
    return rows_of(table["person"]), rows_of(table["responsible_code"])


def rated_person(code: str, table: Columns, places: Places, reports: Reports) -> Row:
    """Return a person's counts, sums and rates over the period's lines, and who is not scored.

    A leader's lines are those performed or answered for, each once (Điều 15); anybody else's are
    those performed.
    """
    person = reports.people[code]
    why_not = unscored_because(person, reports)
    leads = is_leader(person) and not why_not
    performed, answered = (rows.get(code, []) for rows in places)
    lines = take(table, sorted({*performed, *answered}) if leads else performed)
    instead = _unrated_because(person, lines, reports)
    told = why_not or reports.missed(person["unit"])
    figures = rate(lines, instead)
    return {
        **person,
        **figures,
        "rated": NO if instead else YES,
        "scored": NO if why_not else YES,
        "parts": LEADER_PARTS if leads else PARTS,
        **dict.fromkeys(("d", *LEADER_CRITERIA)),
        **shown(None),
        "basis": BY_MONTH if reports.period.is_month else BY_MEAN,
        "months": 0,
        "note": _notes(why_not, unit_note(person["unit"], reports), "" if told else instead),
    }


def unscored_because(person: Row, reports: Reports) -> str:
    """Return why a person has no points in the period, "" for those who are scored (Điều 2)."""
    first, last = reports.period.first_day, reports.period.last_day
    unit = reports.units.get(person["unit"])
    if unit and unit["progress_only"] == YES:
        return "đơn vị chỉ theo dõi tiến độ"
    if person["category"] not in reports.rules.scored:
        return f"diện {person['category']}: chỉ theo dõi tỷ lệ"
    if unscored(person, first, last):
        return left_out(person)
    return "" if works(person, first, last) else "không làm việc trong thời gian này"


def left_out(person: Row) -> str:
    """Return «không chấm từ 01/11/2026 đến 30/11/2026: nghỉ thai sản»."""
    days = (("từ", person["unscored_from"]), ("đến", person["unscored_to"]))
    span = " ".join(f"{word} {show_date(day)}" for word, day in days if day)
    return f"không chấm {span}: {person['unscored_reason'] or 'chưa ghi lý do'}"


def _unrated_because(person: Row, lines: Columns, reports: Reports) -> str:
    unit = reports.units.get(person["unit"])
    if unit and unit["progress_only"] == YES:
        return "đơn vị chỉ theo dõi tiến độ, không tính tỷ lệ"
    if unscored(person, reports.period.first_day, reports.period.last_day):
        return left_out(person)
    pairs = zip(lines["unit"], lines["standing"], strict=True)
    absent = sorted({unit for unit, standing in pairs if standing == SILENT})
    if reports.missed(person["unit"]):
        return f"{reports.lacking()}, không tính tỷ lệ"
    return f"{reports.lacking()} của {', '.join(absent)}, không tính tỷ lệ" if absent else ""


def _notes(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _general(rows: list[Row]) -> dict[str, dict[str, Decimal]]:
    """Return by person and criterion the general points that count."""
    given: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        if row["accepted_score"] is not None:
            given.setdefault(row["person"], {})[row["criterion"]] = row["accepted_score"]
    return given


def _lead(
    row: Row, levels: Mapping[str, Fraction], done: Mapping[str, Person], reports: Reports
) -> Person:
    """Return a leader with d, đ, e and R; without one of the six parts there is no R."""
    code, people = row["person"], reports.people
    led = [person for person in people.values() if person["supervisor"] == code]
    counted = [person for person in led if not unscored_because(person, reports)]
    away = [p for p in led if unscored(p, reports.period.first_day, reports.period.last_day)]
    loop = [people[member]["name"] for member in loop_of(code, people)]
    points = {person: known.points for person, known in done.items()}
    d, why = result_of_led(counted, points, " → ".join([*loop, *loop[:1]]))
    uncapped = quotients(row, SUMS) if row["rated"] == YES else None
    own = [min(part, Fraction(1)) for part in uncapped or []]
    parts = [*own, d, *(levels.get(name) for name in LEADER_CRITERIA)]
    missing = [*([] if own else ["a, b, c"]), *([why] if why else [])]
    missing += [name for name in LEADER_CRITERIA if name not in levels]
    R = None if missing else sum(parts) / LEADER_PARTS
    found = {"d": stored(d), **{name: stored(levels.get(name)) for name in LEADER_CRITERIA}}
    short = f"chưa có R: thiếu {', '.join(missing)}" if missing else ""
    out = ", ".join(f"{person['name']} ({left_out(person)})" for person in away)
    note = _notes(row["note"], short, f"d không gồm {out}" if out else "")
    row = row | found | {"R": stored(R), "note": note}
    return Person(row | {"arithmetic": leader_sentence(row)}, R, None)


def leader_sentence(row: Row) -> str:
    """Return the arithmetic of the lines with the leader's own R, or without any."""
    mean = f"R = (a + b + c + d + đ + e)/6 = {show_percent(row['R'])}"
    own = [mean] if row["R"] is not None else []
    steps = str(row["arithmetic"]).split("; ")
    said = (own if step.startswith("R = ") else [step] for step in steps)
    return "; ".join(part for parts in said for part in parts)


def _scored(known: Person, general: Mapping[str, Decimal]) -> Person:
    """Return a person with the month's points: general criteria + R × 70 (Điều 17)."""
    row = known.row
    if row["scored"] == NO:
        return known
    criteria = general_criteria()
    with exact():
        criteria_points = None if criteria.keys() - general.keys() else total(general.values())
    result = None if known.R is None else known.R * RESULT_POINTS
    both = criteria_points is not None and result is not None
    points = Fraction(criteria_points) + result if both else None
    note = _notes(row["note"], _lacking(row, known.R, general, len(criteria)))
    figures = {"general": criteria_points, "result_points": stored(result), "note": note}
    return Person(row | figures | shown(points) | {"months": int(both)}, known.R, points)


def _lacking(row: Row, R: Fraction | None, general: Mapping, wanted: int) -> str:
    """Return what a score still needs."""
    why = NO_DATA if R is None and row["rated"] == YES and row["a"] is None else ""
    if len(general) == wanted:
        return why
    begun = f"tiêu chí chung mới có {len(general)}/{wanted}"
    kept = "" if R is None else ", mới có điểm kết quả"
    return _notes(why, f"{begun if general else 'chưa có điểm tiêu chí chung'}{kept}")


def shown(points: Fraction | None) -> Row:
    """Return a score as stored, as printed, and its band."""
    if points is None:
        return {"score": None, "score_shown": "", "band": ""}
    return {"score": stored(points), "score_shown": show_points(points), "band": band_of(points)}
