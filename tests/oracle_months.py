"""The rules of several cycles once more: months, leaders, scores, bands, the mean of months.

Written from the rules alone, over what oracle.py finds of each cycle; every answer is a Fraction.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from oracle import NOTHING, Case, Line, as_decided, judge, mean_rate

FULL, HALF = Fraction(1), Fraction(1, 2)


@dataclass
class Office:
    """What does not change from cycle to cycle: who works where, who is scored, who leads whom."""

    units: dict = field(default_factory=dict)  # code → {"progress_only"}
    people: dict = field(default_factory=dict)  # code → the register's row
    scored: tuple = ("công chức",)
    quota: int = 20


@dataclass
class Month:
    """One month: its cycles that have a result, and what the working group gave in it."""

    first_day: date
    last_day: date
    cases: list = field(default_factory=list)  # oldest first
    last_is_there: bool = True
    general: dict = field(default_factory=dict)  # person → ten scores, None where not given
    levels: dict = field(default_factory=dict)  # (person, "đ" or "e") → 100, 50 or None

    @cached_property
    def lines(self) -> dict:
        """The month's lines; without its last cycle no line was told of to the end."""
        lines = lines_of(self.cases, self.last_day)
        told = {key: row["to_the_end"] and self.last_is_there for key, row in lines.items()}
        return {key: row | {"to_the_end": told[key]} for key, row in lines.items()}


# --- Lines ---------------------------------------------------------------------------------------


def lines_of(cases: list, last_day: date) -> dict:
    """Return every line of a span of cycles by (task id, person), each once."""
    found = [judge(case) for case in cases]
    keys = {key for lines in found for key in lines}
    return {
        key: one_line([lines[key] for lines in found if key in lines], last_day, moved(key, found))
        | {"to_the_end": key in found[-1]}
        for key in keys
    }


def moved(key: tuple, found: list) -> bool:
    """Say whether the rest of a line goes on as another person's within the span."""
    last = max(n for n, lines in enumerate(found) if key in lines)
    heir = found[last][key]["heir"]
    return bool(heir) and any((key[0], heir) in lines for lines in found[last + 1 :])


def one_line(parts: list, last_day: date, is_moved: bool) -> dict:
    """Return one line over the cycles it stood in, oldest first."""
    last = parts[-1]
    kept = kept_of(parts, last_day) if is_moved else None
    if is_moved:  # the rest is no more of this line's
        last = last | {"withdrawn": True, "standing": "thu hồi", "unclear": ""}
        parts = [*parts[:-1], last]
    figures = {}
    for name in ("D", "Q", "P", "D_reported", "Q_reported", "P_reported"):
        figures[name] = sum(part[name] for part in parts)
    for name in ("Q_granted", "P_granted"):
        figures[name] = sum(part[name] for part in parts)
    return {
        **figures,
        **{name: last[name] for name in ("unit", "person", "task_id", "kind", "responsible")},
        **{name: last[name] for name in ("standing", "unclear", "remaining")},
        "A": base(parts, last_day, "D"),
        "A_reported": base(parts, last_day, "D_reported"),
        **({} if kept is None else {"A": kept, "A_reported": kept}),
    }


def kept_of(parts: list, last_day: date) -> Fraction | None:
    """Return the base of a line whose rest is another's: all but that; None where not yet due."""
    last = parts[-1]
    late = last["due"] is not None and last["due"] <= last_day
    if last["kind"] != "kế hoạch" or last["withdrawn"] or not late:
        return None
    rest = last["remaining"] or NOTHING
    return Fraction(last["k"] or 0) * last["s"] * (opened(parts) - rest)


def base(parts: list, last_day: date, delivered: str) -> Fraction:
    """Return k·s·(open at the start or assigned within), or what was delivered if not yet due."""
    last = parts[-1]
    if last["kind"] != "kế hoạch":
        return NOTHING
    if last["withdrawn"] or last["due"] is None or last["due"] > last_day:
        return sum(part[delivered] for part in parts)
    return Fraction(last["k"] or 0) * last["s"] * opened(parts)


def opened(parts: list) -> Fraction:
    """Return what was open at the start and what was assigned within: what is left comes back."""
    quantity, left = NOTHING, NOTHING
    for part in parts:
        given = part["part"] if part["withdrawn"] else part["g"] or NOTHING
        quantity, left = quantity + given - left, part["remaining"] or NOTHING
    return quantity


def carry(case: Case, last_day: date) -> tuple[list, dict]:
    """Return what the next cycle is issued of this one's lines, and the r that travels."""
    case = as_decided(case)
    issued, travelling = [], {}
    for row in (*case.assignments, *[r for r in case.unplanned if r["unit"] not in case.missing]):
        source = "issued" if any(row is other for other in case.assignments) else "added"
        line = Line(case, row, source)
        figures = line.figures()
        if row.get("heir"):
            travelling[row["task_id"], row["heir"]] = 0  # r stays with who was told
        travelling[row["task_id"], row["person"]] = figures["rework_pending"]
        if figures["remaining"] is None or figures["remaining"] > 0:
            issued.append(as_issued(line, figures["remaining"], last_day))
    return issued, travelling


def restated(cases: list) -> list:
    """Return the cases with what is left of carried lines counted anew, whatever was issued.

    What is left of a line nobody issued again goes on all the same, but for unplanned work.
    """
    counted, left, travelling = [], {}, cases[0].previous
    for case in cases:
        rows = [anew(row, left) for row in case.assignments]
        issued = {(row["task_id"], row["person"]) for row in rows}
        rows += [
            row | {"assigned_issued": NOTHING}
            for key, row in left.items()
            if key not in issued and row["assigned"] and row["kind"] != "phát sinh"
        ]
        counted.append(case.but(assignments=rows, previous=travelling))
        going_on, travelling = carry(counted[-1], case.last_day)
        left = {key: row | {"assigned": NOTHING} for key, row in named(counted[-1]).items()}
        left |= {(row["task_id"], row["person"]): row for row in going_on}
    return counted


def named(case: Case) -> dict:
    """Return every line of a case by whose it is in the next cycle."""
    rows = (*as_decided(case).assignments, *case.unplanned)
    return {(row["task_id"], row.get("heir") or row["person"]): row for row in rows}


def anew(row: dict, left: dict) -> dict:
    """Return an issued row with the quantity its line of the cycle before has left."""
    known = left.get((row["task_id"], row["person"]))
    if known is None or known["assigned"] is None:
        return row
    return row | {"assigned": known["assigned"], "assigned_issued": row["assigned"]}


def as_issued(line: Line, left, last_day: date) -> dict:
    """Return the row of the next assignment table for what is left of a line."""
    row = line.row
    passed = line.due is None or line.due <= last_day
    giver = line.giver if not line.issued else None
    work = giver or row
    return {
        **{name: row[name] for name in ("task_id", "unit", "kind", "from_task")},
        "person": row.get("heir") or row["person"],
        **{"coefficient": line.k, "share": line.s, "assigned": left, "due": row_due(line)},
        **{"product": line.product, "document": row["document"]},
        "approver": row["approver"] if line.issued else row["assigner"],
        "responsible": work.get("responsible", ""),
        "carried": (row.get("carried") or 0) + passed,
    }


def row_due(line: Line):
    """Return the date that stands in the table: blank stays blank, taken-over work its giver's."""
    if line.issued:
        return line.row["due"]
    return line.giver["due"] if line.giver is not None else None


# --- Months --------------------------------------------------------------------------------------


def unknown_units(office: Office, month: Month) -> set:
    """Return the units of which the last cycle knows nothing, or not all that is due."""
    if not month.cases or not month.last_is_there:
        return set(office.units)
    last = month.cases[-1]
    lines = judge(last).values()
    silent = {line["unit"] for line in lines if line["standing"] == "chưa nộp"}
    begun = {line["unit"] for line in lines if line["entered"]}
    return silent | (last.missing - begun)


def is_scored(office: Office, person: dict, month: Month) -> bool:
    """Say whether a person is scored in a month: diện, in office on some day, not on leave."""
    if follows_progress(office, person):
        return False
    here = (person["active_from"] or month.first_day) <= month.last_day
    here = here and (person["active_to"] or month.last_day) >= month.first_day
    return person["category"] in office.scored and here and not on_leave(person, month)


def follows_progress(office: Office, person: dict) -> bool:
    return office.units[person["unit"]]["progress_only"] == "có"


def on_leave(person: dict, month: Month) -> bool:
    """Say whether «không chấm» covers the month."""
    start, end = person["unscored_from"], person["unscored_to"]
    if start is None and end is None:
        return False
    return (start is None or start <= month.first_day) and (end is None or end >= month.last_day)


def leads(person: dict) -> bool:
    return person["leader"] in ("cấp trưởng", "cấp phó")


def own_lines(code: str, answers: bool, lines: dict) -> list:
    """Return a person's lines; a leader's are also those the leader answers for, each once."""
    return [
        line
        for line in lines.values()
        if line["person"] == code or (answers and line["responsible"] == code)
    ]


def score_month(office: Office, month: Month) -> dict:
    """Return by person a, b, c, d, đ, e, R, general, points, score and band of a month."""
    lines, unknown = month.lines, unknown_units(office, month)
    scores: dict = {}

    def of(code: str) -> dict:
        if code not in scores:
            scores[code] = one_person(office, month, code, lines, unknown, of)
        return scores[code]

    return {code: of(code) for code in office.people}


def one_person(office, month, code, lines, unknown, of) -> dict:
    """Return one person's month; `of` gives another's, for those this person leads."""
    person, scored = office.people[code], is_scored(office, office.people[code], month)
    own = own_lines(code, leads(person) and scored, lines)
    rates = None if blind(office, month, person, own, unknown) else mean_rate(own)
    figures = {name: rates and min(rates[name], FULL) for name in "abc"}
    if leads(person) and scored:
        figures |= {"d": criterion_d(office, month, code, of)}
        for name in ("đ", "e"):
            given = month.levels.get((code, name))
            figures[name] = None if given is None else Fraction(given, 100)
    whole = None not in figures.values()
    R = sum(figures.values()) / len(figures) if whole else None
    given = month.general.get(code, [None])
    general = None if None in given or not scored else sum(map(Fraction, given))
    points = R * 70 if R is not None and scored else None
    score = general + points if None not in (general, points) else None
    return {
        **dict.fromkeys(("d", "đ", "e")),
        **figures,
        **{name: sum(line[name] for line in own) for name in "ADQP"},
        **{"R": R, "general": general, "result_points": points, "score": score},
        **{"band": band(score), "scored": scored},
    }


def blind(office: Office, month: Month, person: dict, own: list, unknown: set) -> bool:
    """Say whether a person has no rates: progress only, on leave, the last cycle missing."""
    if follows_progress(office, person) or on_leave(person, month) or person["unit"] in unknown:
        return True
    return any(unheard(line) for line in own if line["unit"] in unknown)


OPEN = ("chưa nộp", "chưa rõ", "chưa đến hạn", "quá hạn")


def unheard(line: dict) -> bool:
    """Say whether nobody told in the last cycle what became of an open line of a silent unit."""
    if line["to_the_end"]:
        return line["standing"] == "chưa nộp"
    return line["standing"] in OPEN


def criterion_d(office: Office, month: Month, leader: str, of) -> Fraction | None:
    """Return 100 % if all led have a score from 50, else 50 %; None where one has no score."""
    led = [code for code, row in office.people.items() if row["supervisor"] == leader]
    asked = [code for code in led if is_scored(office, office.people[code], month)]
    scores = [of(code)["score"] for code in asked]
    if None in scores:
        return None
    return FULL if all(score >= 50 for score in scores) else HALF


def band(score: Fraction | None) -> str:
    if score is None:
        return ""
    if score >= 90:
        return "từ 90"
    if score >= 70:
        return "từ 70 đến dưới 90"
    return "từ 50 đến dưới 70" if score >= 50 else "dưới 50"


def printed(score: Fraction | None) -> str:
    """Return a score as printed: two decimals, half up, cut where that lifts it over a limit."""
    if score is None:
        return ""
    hundredths = (score * 100).numerator // (score * 100).denominator
    rest = score * 100 - hundredths
    if rest >= Fraction(1, 2) and band(Fraction(hundredths + 1, 100)) == band(score):
        hundredths += 1
    return f"{hundredths // 100},{hundredths % 100:02d}"


def mean_of_months(scores: list) -> tuple[Fraction | None, int]:
    """Return the mean of the months that have a score, and how many they are."""
    there = [score for score in scores if score is not None]
    return (sum(there) / len(there) if there else None), len(there)


def most_excellent(office: Office, scores: dict, group: list) -> tuple[int, int, int]:
    """Return of a group of people: in band 70–90, how many may be «xuất sắc», how many are at 90."""
    own = [scores[code] for code in group if scores[code] is not None]
    good = sum(70 <= score < 90 for score in own)
    return good, good * office.quota // 100, sum(score >= 90 for score in own)


READINGS = {
    "rates": ("A", "D", "Q", "P"),
    "as_reported": ("A_reported", "D_reported", "Q_reported", "P_reported"),
    "as_granted": ("A", "D", "Q_granted", "P_granted"),
}


def unit_sums(office: Office, month: Month) -> dict:
    """Return by unit ΣA, ΣD, ΣQ, ΣP of the month and whether it counts in the commune."""
    lines, unknown = month.lines, unknown_units(office, month)
    found = {}
    for code, unit in office.units.items():
        own = [line for line in lines.values() if line["unit"] == code]
        counts = unit["progress_only"] != "có" and code not in unknown
        sums = {name: sum(line[name] for line in own) for name in "ADQP"}
        rates = {
            name: mean_rate(own, names) if counts else None for name, names in READINGS.items()
        }
        found[code] = {**sums, "summed": counts, **rates}
    return found
