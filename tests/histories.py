"""Random communes over two to six cycles: work carried on, units silent, leaders, leave."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st
from oracle import Case
from oracle_months import Month, Office, carry
from test_scoring import PRODUCTS
from test_scoring_oracle import (
    OFFICES,
    answers,
    aspects,
    claim,
    coefficients,
    counts,
    decisions,
    entries,
    faults,
    issued_faults,
    may_enter,
    maybe,
    quantities,
    shares,
    texts,
)

from pipeline.model.calendar import Cycle
from pipeline.model.criteria import general_criteria
from pipeline.model.rules import LATE_RULES

UNIT_OF = {"CB1": "KT", "CB3": "VP", "CB2": "KT", "CB4": "KT", "CB6": "VP", "CB5": "CA"}
PEOPLE = [*UNIT_OF]
LEADERS = ("không", "cấp trưởng", "cấp phó")
NOT_LEADERS = ("không",) * 6 + ("cấp phó",)
STARTS = (Cycle(2026, 10, 1), Cycle(2026, 10, 2), Cycle(2026, 11, 1), Cycle(2026, 12, 1))


@dataclass
class History:
    """A commune's cycles one after the other, and what was given in their months."""

    office: Office
    cycles: list  # of Cycle, oldest first
    cases: list  # of Case, one a cycle
    general: dict  # month's last cycle → person → ten scores
    levels: dict  # month's last cycle → (person, criterion) → 100, 50 or None

    def but(self, change) -> "History":
        """Return the history with every case changed by a function of its place and the case."""
        return replace(self, cases=[change(n, case) for n, case in enumerate(self.cases)])

    def idle(self) -> "History":
        """Return the history had nobody done anything: all is carried on as it was assigned."""
        cases, issued, travelling = [], [], {}
        for n, (cycle, case) in enumerate(zip(self.cycles, self.cases, strict=True)):
            new = [row for row in case.assignments if row["task_id"].split("-")[1][0] == str(n)]
            case = replace(undone(case), assignments=[*issued, *new], previous=travelling)
            cases.append(case)
            left, travelling = carry(case, cycle.last_day)
            issued = [as_typed(row) for row in left]
        return replace(self, cases=cases)

    def corrected(self, n: int, accepted: Decimal) -> "History":
        """Return the history with every quantity of a cycle accepted otherwise, after all issues."""

        def late(number: int, case: Case) -> Case:
            keys = [(row["task_id"], row["person"]) for row in (*case.assignments, *case.unplanned)]
            verdict = {"state": "Sửa", "completed_accepted": accepted, "reason": "đếm lại"}
            verdict |= {"rework_accepted": None, "lateness_accepted": None}
            rows = [{"task_id": task, "person": person} | verdict for task, person in keys]
            return replace(case, verdicts=rows) if number == n else case

        return self.but(late)

    def with_line(self, line: dict, start: int) -> "History":
        """Return the history with one more line, issued in a cycle and never begun."""

        def more(n: int, case: Case) -> Case:
            if n < start:
                return case
            due_before = line["due"] is not None and line["due"] < case.first_day
            row = {**line, "carried": (n - start) * due_before}
            report = {**row, "completed": Decimal(0), "finished": None, "rework": 0, "fault": ""}
            reported = [*case.reported, report]
            return replace(case, assignments=[*case.assignments, row], reported=reported)

        return self.but(more)

    def scaled(self, factor: Decimal) -> "History":
        """Return the history with every coefficient so many times as large."""

        def larger(row: dict) -> dict:
            k = row["coefficient"]
            return row | {"coefficient": None if k is None else k * factor}

        return self.but(
            lambda _, case: replace(
                case,
                assignments=[larger(row) for row in case.assignments],
                products={code: larger(row) for code, row in case.products.items()},
            )
        )

    def month(self, last: Cycle) -> Month:
        """Return the month that ends with a cycle, as the oracle knows it."""
        own = [
            (cycle, case)
            for cycle, case in zip(self.cycles, self.cases, strict=True)
            if (cycle.year, cycle.month) == (last.year, last.month)
        ]
        return Month(
            first_day=last.last_day.replace(day=1),
            last_day=last.last_day,
            cases=[case for _, case in own],
            last_is_there=any(cycle == last for cycle, _ in own),
            general=self.general.get(last, {}),
            levels=self.levels.get(last, {}),
        )

    def months(self) -> list[Cycle]:
        """Return the last cycle of every month in which there is a cycle."""
        lasts = [cycle if cycle.ends_month else cycle.next for cycle in self.cycles]
        return [*dict.fromkeys(lasts)]


def undone(case: Case) -> Case:
    """Return the case with every quantity reported, entered or accepted 0."""

    def zero(rows: list, name: str) -> list:
        return [row if row[name] is None else row | {name: Decimal(0)} for row in rows]

    return replace(
        case,
        reported=zero(case.reported, "completed"),
        unplanned=zero(case.unplanned, "completed"),
        substitutes=zero(case.substitutes, "completed"),
        verdicts=zero(case.verdicts, "completed_accepted"),
    )


def dates(cycle: Cycle, least: int, most: int):
    """Return a strategy of days around a cycle's first."""
    return st.integers(least, most).map(lambda n: cycle.first_day + timedelta(days=n))


def issues(cycle: Cycle):
    """Return a strategy of new lines of the assignment table."""
    return st.fixed_dictionaries(
        {
            "kind": st.just("kế hoạch"),
            "unit": st.sampled_from([*OFFICES, "KT", "VP"]),
            **{"coefficient": coefficients, "share": shares, "assigned": quantities},
            **{"due": maybe(dates(cycle, -4, 40)), "carried": st.just(0)},
            **{"from_task": st.just(""), "product": st.sampled_from(("BC", "BC", "HS", ""))},
            **{"approver": texts, "document": texts},
            "responsible": st.sampled_from(("", "", "CB1", "CB3")),
        }
    )


def reports(cycle: Cycle, assigned: Decimal | None = None):
    """Return a strategy of what was done in a cycle, often all that was assigned."""
    done = quantities if assigned is None else st.one_of(st.just(assigned), quantities)
    finished = maybe(dates(cycle, 0, 15))
    figures = {"completed": maybe(done), "finished": finished, "rework": counts}
    return st.fixed_dictionaries({**figures, "fault": faults})


def additions(names: list):
    """Return a strategy of rows of «Phát sinh»."""
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(("phát sinh", "nhận thay")),
            "unit": st.sampled_from([*OFFICES]),
            "person": st.sampled_from(PEOPLE),
            "from_task": st.sampled_from([*names, "KHÔNG-CÓ"]),
            **{"assigner": texts, "document": texts, "assigned": quantities},
            "product": st.sampled_from(("BC", "HS", "CHƯA")),
        }
    )


@st.composite
def histories(draw, most: int = 4) -> History:
    """Return a commune's history of two to `most` cycles."""
    start, length = draw(st.sampled_from(STARTS)), draw(st.integers(2, most))
    office, rules = draw(offices()), draw(st.sampled_from([*LATE_RULES]))
    cycles, cases, issued, travelling = [start], [], [], {}
    ever: set[tuple] = set()  # a task passes to nobody who had it before
    for n in range(length):
        cycle = cycles[-1]
        case = draw(one_cycle(cycle, n, issued, travelling, rules, ever))
        cases.append(case)
        left, travelling = carry(case, cycle.last_day)
        issued = [as_typed(row) for row in left]
        cycles.append(cycle.next)
    cycles.pop()
    lasts = [cycle for cycle in cycles if cycle.ends_month]
    general = {last: draw(general_scores()) for last in lasts}
    levels = {last: draw(leader_levels()) for last in lasts}
    return History(office, cycles, cases, general, levels)


def as_typed(row: dict) -> dict:
    """Return a row with its figures as decimals; all of them are finite."""
    return {
        name: Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
        for name, value in row.items()
    }


@st.composite
def one_cycle(
    draw, cycle: Cycle, n: int, carried: list, travelling: dict, late_rule: str, ever: set
) -> Case:
    """Return one cycle: the lines carried on and new ones, and what was said of them.

    `ever` are the keys there were so far; those of this cycle are added.
    """
    names = [f"{unit}-{n}{number}" for unit in ("KT", "VP") for number in (1, 2)]
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(["", *PEOPLE]))
    keys = draw(st.lists(pairs, min_size=1, max_size=6, unique=True))
    new = [draw(issues(cycle)) | {"task_id": task, "person": person} for task, person in keys]
    issued = [*carried, *new]
    givers = [row["task_id"] for row in issued]
    givers += [f"{row['task_id']}/{row['person']}" for row in issued if row["person"]]
    added = [
        draw(additions(givers)) | draw(reports(cycle)) | {"task_id": f"PS-{n}{number}"}
        for number in range(draw(st.integers(0, 2)))
    ]
    of_keys = [{"task_id": r["task_id"], "person": r["person"]} for r in (*issued, *added)]
    some = st.lists(st.sampled_from(of_keys), max_size=2, unique_by=str) if of_keys else st.just([])
    silence, entering = draw(st.integers(0, 9)), draw(st.sampled_from(("none", "some", "all")))
    return Case(
        **{"first_day": cycle.first_day, "last_day": cycle.last_day, "late_rule": late_rule},
        units=OFFICES,
        people=UNIT_OF,
        products={c: {"coefficient": k, "deduct": deduct} for c, _, k, deduct in PRODUCTS},
        assignments=issued,
        reported=[
            draw(reports(cycle, row["assigned"])) | row | {"fault": draw(issued_faults)}
            for number, row in enumerate(issued)
            if number != silence
        ],
        unplanned=added,
        claims=[draw(st.builds(claim, st.just(r), aspects, faults)) for r in draw(some)],
        verdicts=[row | draw(decisions) for row in of_keys if draw(st.booleans())],
        exemptions=[row | {"aspect": draw(aspects)} | draw(answers) for row in draw(some)],
        substitutes=[
            {**row, "file": "tham-dinh.xlsx"} | draw(entries if entering == "all" else may_enter)
            for row in of_keys
            if entering != "none"
        ],
        missing=draw(st.sampled_from((set(),) * 5 + ({"VP"}, {"KT"}, {"CA"}))),
        previous=travelling,
        decided=draw(meetings(cycle, issued, ever)),
    )


@st.composite
def meetings(draw, cycle: Cycle, issued: list, ever: set) -> dict:
    """Return what the meeting of a cycle changed: mostly nothing, of one line or two."""
    keys = [(row["task_id"], row["person"]) for row in issued]
    ever |= {*keys}
    some = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True)) if keys else []
    change = st.fixed_dictionaries(
        {
            "withdrawn": st.sampled_from(("", "", "x")),
            "new_person": st.sampled_from(("", *PEOPLE)),
            "extended_to": maybe(dates(cycle, 5, 45)),
            "quantity": st.one_of(st.none(), st.none(), quantities),
            "decision": st.just(f"KL-{cycle}"),
        }
    )
    return {key: _fitting(draw(change), key[0], ever) for key in some if draw(st.booleans())}


def _fitting(change: dict, task_id: str, ever: set) -> dict:
    """Return a change with a new person only where the rest can pass to this one."""
    key = task_id, change["new_person"]
    if change["withdrawn"] or key in ever:
        return change | {"new_person": ""}
    ever.add(key)
    return change


@st.composite
def offices(draw) -> Office:
    """Return who works where, who leads whom, who is on leave."""
    days = st.sampled_from((date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 30)))
    return Office(
        units=OFFICES,
        people={code: draw(person(code, n, maybe_not(days))) for n, code in enumerate(PEOPLE)},
        scored=draw(st.sampled_from((("công chức",), ("công chức", "hợp đồng")))),
        quota=draw(st.sampled_from((20, 25))),
    )


def maybe_not(strategy):
    """Return a strategy that is mostly blank."""
    return st.one_of(st.none(), st.none(), st.none(), strategy)


@st.composite
def person(draw, code: str, n: int, days) -> dict:
    """Return a row of the register; nobody leads someone who stands before."""
    start, end = draw(days), draw(days)
    if start and end and end < start:
        start, end = end, start
    return {
        **{"code": code, "name": code, "unit": UNIT_OF[code], "position": "Chuyên viên"},
        "category": draw(st.sampled_from(("công chức",) * 6 + ("hợp đồng", "viên chức"))),
        "leader": draw(st.sampled_from(LEADERS if n < 2 else NOT_LEADERS)),
        "supervisor": draw(st.sampled_from(["", *PEOPLE[:n]])),
        "group": draw(st.sampled_from(("", "tổng hợp", "chuyên môn"))),
        **{"active_from": None, "active_to": None},
        **{"unscored_from": start, "unscored_to": end},
        "unscored_reason": "nghỉ thai sản" if start or end else "",
    }


@st.composite
def general_scores(draw) -> dict:
    """Return ten scores of every person, now and then one missing or all."""
    most = [most for _, _, most in general_criteria().values()]
    whole = st.tuples(*(st.integers(0, int(m * 4)).map(lambda n: Decimal(n) / 4) for m in most))
    full = st.just(tuple(most))
    lacking = st.tuples(*(st.sampled_from((m, m, m, m, None)) for m in most))
    some = st.one_of(whole, whole, full, full, full, lacking)
    return {code: list(draw(some)) for code in PEOPLE}


@st.composite
def leader_levels(draw) -> dict:
    """Return đ and e of every person."""
    given_for = st.sampled_from((100,) * 4 + (50,) * 4 + (None,))
    return {(code, name): draw(given_for) for code in PEOPLE for name in ("đ", "e")}
