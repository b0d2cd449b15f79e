"""The rules of a cycle once more, slow and plain: fractions, loops, one question after another.

Written from the rules alone and sharing nothing with the program, so that both can only agree by
being right. A case holds plain rows; every answer is a Fraction.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

NOTHING = Fraction(0)


@dataclass
class Case:
    """One commune's cycle as plain rows (dictionaries), keyed as the tables of the program are."""

    first_day: date
    last_day: date
    late_rule: str = "occurrence"
    units: dict = field(default_factory=dict)  # code → {"head", "progress_only"}
    people: dict = field(default_factory=dict)  # code → unit
    products: dict = field(default_factory=dict)  # code → {"coefficient", "deduct"}
    days_off: set = field(default_factory=set)
    days_worked: set = field(default_factory=set)
    assignments: list = field(default_factory=list)
    reported: list = field(default_factory=list)
    unplanned: list = field(default_factory=list)
    claims: list = field(default_factory=list)
    verdicts: list = field(default_factory=list)
    exemptions: list = field(default_factory=list)
    substitutes: list = field(default_factory=list)  # figures the group entered for silent units
    missing: set = field(default_factory=set)
    previous: dict = field(default_factory=dict)
    decided: dict = field(default_factory=dict)  # key → what the meeting changed of a line

    def but(self, **changes) -> "Case":
        """Return the case with some of its rows replaced."""
        return replace(self, **changes)


def judge(case: Case) -> dict:
    """Return by (task id, person) every figure the rules give a line."""
    case = as_decided(case)
    return {
        (row["task_id"], row["person"]): Line(case, row, source).figures()
        for row, source in _all_lines(case)
    }


def as_decided(case: Case) -> Case:
    """Return the case with every issued line as the meeting changed it."""
    rows = []
    for row in case.assignments:
        change = case.decided.get((row["task_id"], row["person"]))
        rows.append(row if change is None else row | _decision(row, change))
    return case.but(assignments=rows, decided={})


def _decision(row: dict, change: dict) -> dict:
    """Return what is new in a line: withdrawn, or another date, quantity, person for the rest."""
    if change["withdrawn"]:
        return {"withdrawn": True}
    given = row["assigned"] if change["quantity"] is None else change["quantity"]
    due = change["extended_to"] or row["due"]
    issued = row.get("assigned_issued", row["assigned"])
    changed = {"due": due, "assigned": given, "assigned_issued": issued}
    return changed | {"heir": change["new_person"]}


def _all_lines(case: Case) -> list:
    added = [row for row in case.unplanned if row["unit"] not in case.missing]
    return [(r, "issued") for r in case.assignments] + [(r, "added") for r in added]


class Line:
    """One line and the questions the rules ask about it."""

    def __init__(self, case: Case, row: dict, source: str):
        self.case, self.row, self.issued = case, row, source == "issued"
        self.giver = self.find_giver()
        self.kind = row["kind"]
        self.product = row["product"]
        self.k, self.s, self.due = None, Fraction(1), None
        self.read_work()
        self.g = None if row["assigned"] is None else Fraction(row["assigned"])
        self.report = self.find_report()
        self.verdict = self.find_verdict()

    def find_giver(self):
        """The issued line this row names, if it names exactly one."""
        if self.row["kind"] != "nhận thay":
            return None
        fits = []
        for other in self.case.assignments:
            if self.row["from_task"] in (
                other["task_id"],
                other["task_id"] + "/" + other["person"],
            ):
                fits.append(other)
        return fits[0] if len(fits) == 1 else None

    def read_work(self):
        """Where coefficient, share and due date come from."""
        source = self.row
        if not self.issued and self.giver is not None:
            source = self.giver
            self.product = source["product"]
        if not self.issued and source is self.row:
            self.k = self.case.products.get(self.product, {}).get("coefficient")
            return
        self.k, self.due = source["coefficient"], source["due"]
        if source["share"] is not None and 0 < source["share"] <= 1:
            self.s = Fraction(source["share"])
        if self.due is None and self.kind != "phát sinh":
            self.due = self.case.last_day

    def find_report(self):
        if not self.issued:
            return self.row
        for row in self.case.reported:
            same = row["task_id"] == self.row["task_id"] and row["person"] == self.row["person"]
            if same and self.row["unit"] not in self.case.missing:
                return row
        entry = self.find_entry(self.row)
        if entry is not None:
            return entry | {"fault": ""}
        return {"completed": None, "finished": None, "rework": None, "fault": ""}

    def find_entry(self, line):
        """What the group entered for a line of a unit that did not report; it needs a reason."""
        if line["unit"] not in self.case.missing:
            return None
        for row in self.case.substitutes:
            same = row["task_id"] == line["task_id"] and row["person"] == line["person"]
            if same and row["reason"] and row["completed"] is not None:
                return row
        return None

    def unit_is_begun(self):
        """Whether the group has entered any line of this one's unit."""
        own = [line for line in self.case.assignments if line["unit"] == self.row["unit"]]
        return any(self.find_entry(line) is not None for line in own)

    def find_verdict(self):
        for row in self.case.verdicts:
            if row["task_id"] == self.row["task_id"] and row["person"] == self.row["person"]:
                if row["state"] == "Đúng":
                    return {"q": None, "r": None, "l": None, "state": "Đúng"}
                if row["state"] == "Sửa" and row["reason"]:
                    return {
                        "q": row["completed_accepted"],
                        "r": row["rework_accepted"],
                        "l": row["lateness_accepted"],
                        "state": "Sửa",
                    }
        return {"q": None, "r": None, "l": None, "state": ""}

    def exempt(self, aspect):
        """«granted», «claimed», «refused» or ""."""
        answer = ""
        for row in self.case.claims:
            if self.is_about_me(row, aspect) and not row["fault"]:
                answer = "claimed"
        for row in self.case.exemptions:
            if self.is_about_me(row, aspect):
                if row["granted"] == "không":
                    answer = "refused"
                if row["granted"] == "có":
                    whole = row["reason"] and row["document"] and row["confirmer"]
                    answer = "granted" if whole else "claimed"
        return answer

    def is_about_me(self, row, aspect):
        mine = row["task_id"] == self.row["task_id"] and row["person"] == self.row["person"]
        return mine and row["aspect"] == aspect

    def withdrawn(self):
        return self.issued and bool(self.row.get("withdrawn"))

    def silent(self):
        if self.withdrawn():
            return False
        if not self.issued or self.row["unit"] not in self.case.missing:
            return False
        if self.find_entry(self.row) is not None:
            return False
        return self.is_due() or not self.unit_is_begun()

    def entered(self):
        return self.issued and self.find_entry(self.row) is not None

    def taken_away(self):
        """Σx of the handovers that name this line and are new in this cycle."""
        if not self.issued:
            return NOTHING
        x = NOTHING
        for row, source in _all_lines(self.case):
            other_key = (row["task_id"], row["person"])
            if row["kind"] != "nhận thay" or row is self.row:
                continue
            if source == "issued" and (row["carried"] or other_key in self.case.previous):
                continue
            if Line.giver_of(self.case, row) is self.row and row["assigned"] is not None:
                x += Fraction(row["assigned"])
        return x

    @staticmethod
    def giver_of(case, row):
        probe = Line.__new__(Line)
        probe.case, probe.row = case, row
        return probe.find_giver()

    def open_quantity(self):
        """What this line's own person must deliver: g − x."""
        return max(NOTHING, (self.g or NOTHING) - self.taken_away())

    def is_due(self):
        return not self.withdrawn() and self.due is not None and self.due <= self.case.last_day

    def fault(self):
        if self.report["fault"]:
            return self.report["fault"]
        lost = not self.issued and self.kind == "nhận thay" and self.giver is None
        return "K411" if lost else ""

    def unclear(self):
        """Why the line is unclear, or ""."""
        if self.silent():
            return ""
        v = self.verdict
        if self.issued and v["state"] == "Sửa" and v["q"] is not None:
            return ""
        was_given = self.taken_away() > 0 or bool(self.row.get("assigned_issued", self.g))
        all_gone = was_given and self.open_quantity() == 0
        if self.withdrawn() and all_gone:
            return ""
        if self.fault() not in ("", "K407"):
            return self.fault()
        no_quantity = self.report["completed"] is None and v["q"] is None
        return "chưa báo cáo" if self.is_due() and no_quantity and not all_gone else ""

    def complete(self):
        """Unplanned work needs who assigned it, a document and k from the catalogue."""
        who = self.row["approver"] if self.issued else self.row["assigner"]
        listed = self.product in self.case.products
        return bool(who and self.row["document"] and listed and self.k is not None)

    def pending(self):
        if self.kind != "phát sinh" or self.silent() or self.unclear():
            return False
        return self.verdict["state"] == "" or not self.complete()

    def q(self):
        if self.silent() or self.unclear():
            return NOTHING
        value = self.verdict["q"] if self.verdict["q"] is not None else self.report["completed"]
        return Fraction(value) if value is not None else NOTHING

    def brought(self):
        return self.case.previous.get((self.row["task_id"], self.row["person"])) or 0

    def r(self, accepted):
        if self.exempt("chất lượng") == "granted":
            return 0
        value = accepted if accepted is not None else self.report["rework"]
        return self.brought() + (value or 0)

    def bulk(self):
        return self.case.products.get(self.product, {}).get("deduct") == "cái"

    def days_after(self, day):
        """Days late by the setting in force: calendar days, or working days."""
        if day is None or self.due is None:
            return 0
        count, each = 0, self.due
        while each < day:
            each += timedelta(days=1)
            if self.case.late_rule != "working_day" or self.works(each):
                count += 1
        return count

    def works(self, day):
        if day in self.case.days_worked:
            return True
        return day.weekday() < 5 and day not in self.case.days_off

    def finished(self):
        """The day of the last part; work due before this cycle was finished in it if undated."""
        undated = self.report["finished"] is None and self.due is not None
        if undated and self.q() and self.due < self.case.first_day:
            return self.case.first_day
        return self.report["finished"]

    def came_late(self):
        finished = self.finished()
        return finished is not None and self.due is not None and finished > self.due

    def lateness(self, accepted):
        if self.exempt("tiến độ") == "granted":
            return 0
        if accepted is not None:
            return accepted
        if self.bulk():
            return 0
        if self.case.late_rule == "occurrence":
            return 1 if self.came_late() else 0
        return self.days_after(self.finished())

    def capped(self, q):
        """Surplus over what is owed does not count; for unplanned work g = q."""
        return q if self.kind == "phát sinh" else min(q, self.open_quantity())

    def converted(self, quantity):
        return Fraction(self.k or 0) * self.s * quantity

    def after_deductions(self, delivered, q, times):
        if self.bulk():
            kept = self.converted(max(NOTHING, q - Fraction(times, 4)))
            return min(kept, self.converted(delivered)) if delivered else NOTHING
        return self.converted(delivered) * max(NOTHING, 1 - Fraction(times, 4))

    def delivered(self):
        return (
            NOTHING if self.silent() or self.unclear() or self.pending() else self.capped(self.q())
        )

    def responsible(self):
        """Who answers for the line: whom it names, for a unit's own line its head."""
        named = self.row.get("responsible") if self.issued else self.giver_answers()
        if named or not self.issued or self.row["person"]:
            return named or ""
        return self.case.units[self.row["unit"]].get("head", "")

    def giver_answers(self):
        """Taken-over work keeps who answers for it."""
        if self.giver is None:
            return ""
        return Line(self.case, self.giver, "issued").responsible()

    def base(self):
        if self.kind != "kế hoạch":
            return NOTHING
        return (self.g or NOTHING) if self.is_due() else self.delivered()

    def standing(self):
        if self.silent():
            return "chưa nộp"
        if self.unclear():
            return "chưa rõ"
        if self.pending():
            return "chờ thẩm định"
        if self.withdrawn():
            return "thu hồi"
        if self.q() >= self.open_quantity():
            accepted = self.verdict["l"]
            late = (self.days_after(self.finished()) if accepted is None else accepted) > 0
            return "xong chậm" if late else "đúng hạn"
        return "quá hạn" if self.is_due() else "chưa đến hạn"

    def left(self):
        """What goes on: nothing of a line withdrawn, nothing known where no quantity is."""
        if self.withdrawn():
            return NOTHING
        return None if self.g is None else max(NOTHING, self.open_quantity() - self.q())

    def pending_rework(self):
        if self.delivered() or self.withdrawn():
            return 0
        if self.silent():
            return self.brought()
        if self.unclear():
            return self.brought() + (self.verdict["r"] or 0)
        if self.pending() and self.q():
            return self.brought()
        return self.r(self.verdict["r"])

    def reported(self):
        """D, Q, P of the unit's own figures, and the A they go with."""
        q = NOTHING
        unfit = self.kind == "phát sinh" and not self.complete()
        if not (self.silent() or self.fault() or unfit) and self.report["completed"] is not None:
            q = Fraction(self.report["completed"])
        part = self.capped(q)
        done = self.converted(part)
        early = self.kind == "kế hoạch" and not self.is_due()
        keeps = self.silent() or self.unclear()
        return {
            "D_reported": done,
            "Q_reported": self.after_deductions(part, q, self.r(None)),
            "P_reported": self.after_deductions(part, q, self.lateness(None)),
            "A_reported": done if early and not keeps else self.converted(self.base()),
        }

    def figures(self) -> dict:
        part, q = self.delivered(), self.q()
        r, late = self.r(self.verdict["r"]), self.lateness(self.verdict["l"])
        quality = self.after_deductions(part, q, r)
        progress = self.after_deductions(part, q, late)
        done = self.converted(part)
        claimed = {aspect: self.exempt(aspect) == "claimed" for aspect in ("chất lượng", "tiến độ")}
        return {
            "unit": self.row["unit"],
            "person": self.row["person"],
            "task_id": self.row["task_id"],
            "kind": self.kind,
            "k": self.k,
            "s": self.s,
            "g": self.g,
            "due": self.due,
            "part": part,
            "responsible": self.responsible(),
            "entered": self.entered(),
            "A": self.converted(self.base()),
            "D": done,
            "Q": quality,
            "P": progress,
            "Q_granted": done if claimed["chất lượng"] else quality,
            "P_granted": done if claimed["tiến độ"] else progress,
            "standing": self.standing(),
            "unclear": self.unclear(),
            "taken_away": self.taken_away(),
            "rework": r if part else 0,
            "lateness": late if part else 0,
            "rework_pending": self.pending_rework(),
            "surplus": NOTHING
            if self.kind == "phát sinh"
            else max(NOTHING, q - self.open_quantity()),
            "remaining": self.left(),
            "withdrawn": self.withdrawn(),
            "heir": self.row.get("heir", ""),
            **self.reported(),
        }


def mean_rate(lines: list, names: tuple = ("A", "D", "Q", "P")) -> dict | None:
    """Return a, b, c uncapped, and R of the capped ones; None where nothing was assigned."""
    whole = sum(line[names[0]] for line in lines)
    if whole == 0:
        return None
    a, b, c = (sum(line[name] for line in lines) / whole for name in names[1:])
    return {"a": a, "b": b, "c": c, "R": (min(a, 1) + min(b, 1) + min(c, 1)) / 3}


def to_places(value: Fraction, places: int = 20) -> Fraction:
    """Return the value at so many decimals, half to even, counted out by hand."""
    scaled = value * 10**places
    below = scaled.numerator // scaled.denominator
    rest = scaled - below
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
    return Fraction(below + up, 10**places)
