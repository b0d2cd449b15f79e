"""Random communes against the oracle, to the last digit; what the rules promise; live formulas."""

import math
import random
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import Case, judge, mean_rate, to_places
from test_scoring import PEOPLE, PRODUCTS, UNITS, full, registers

from pipeline.model.calendar import DaysOff, cycle_of, parse_cycle
from pipeline.model.rules import LATE_RULES, Rules
from pipeline.model.tables import keys_of, records, result_sheet
from pipeline.scoring import plan, rates
from pipeline.scoring.adjusting import carried_on, decided_on, reopened
from pipeline.scoring.lines import build_lines

NOTHING_BEFORE = MappingProxyType({})
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 15)
FIGURES = (
    *("unit", "A", "D", "Q", "P", "D_reported", "Q_reported", "P_reported"),
    *("Q_granted", "P_granted", "standing", "unclear", "taken_away", "rework", "lateness"),
    *("rework_pending", "surplus", "remaining"),
)
TABLES = ("assignments", "reported", "unplanned", "claims", "verdicts", "exemptions", "substitutes")
EXAMPLES = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEWER = settings(EXAMPLES, max_examples=30)

OFFICES = {
    code: {"progress_only": "có" if code == "CA" else "không", "head": head}
    for code, _, head in UNITS
}

# --- Random communes -----------------------------------------------------------------------------

TASKS = ("KT-01", "KT-02", "KT-03", "KT-04", "VP-01")
CODES = [code for code, *_ in PEOPLE]
quantities = st.integers(0, 60).map(lambda n: Decimal(n) / 4)
coefficients = st.integers(1, 50).map(lambda n: Decimal(n) / 10)
shares = st.sampled_from((None, None, Decimal("0.3"), Decimal("0.25"), Decimal(1), Decimal(0)))
days = st.integers(-12, 22).map(lambda n: FIRST + timedelta(days=n))
counts = st.sampled_from((None, 0, 0, 1, 2, 5))
faults = st.sampled_from(("",) * 8 + ("K301", "K302"))
texts = st.sampled_from(("", "có", "có"))
names = st.sampled_from([*TASKS, *(f"{task}/{code}" for task in TASKS[:3] for code in CODES[:2])])


def maybe(strategy):
    """Return a strategy that is blank now and then."""
    return st.one_of(strategy, strategy, strategy, st.none())


reports = st.fixed_dictionaries(
    {"completed": maybe(quantities), "finished": maybe(days), "rework": counts, "fault": faults}
)
issues = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(("kế hoạch",) * 5 + ("phát sinh", "nhận thay")),
        "unit": st.sampled_from([code for code, *_ in UNITS]),
        **{"coefficient": coefficients, "share": shares, "assigned": quantities},
        **{"due": maybe(days), "carried": st.sampled_from((None, 0, 0, 1, 2)), "from_task": names},
        "product": st.sampled_from(("BC", "BC", "HS", "")),
        **{"approver": texts, "document": texts},
    }
)
additions = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(("phát sinh", "nhận thay")),
        "unit": st.sampled_from([code for code, *_ in UNITS]),
        "person": st.sampled_from(CODES),
        **{"from_task": names, "assigner": texts, "document": texts, "assigned": quantities},
        "product": st.sampled_from(("BC", "HS", "CHƯA", "")),
    }
)
decisions = st.fixed_dictionaries(
    {
        "state": st.sampled_from(("Đúng", "Sửa", "Sửa", "")),
        **{"completed_accepted": maybe(quantities), "rework_accepted": counts},
        **{"lateness_accepted": counts, "reason": texts},
    }
)
issued_faults = st.sampled_from(("",) * 8 + ("K302", "K407"))  # K407: due and blank
entries = st.fixed_dictionaries(
    {
        **{"completed": quantities, "finished": maybe(days), "rework": counts},
        **{"reason": st.just("máy hỏng"), "document": texts},
    }
)
may_enter = st.fixed_dictionaries(
    {
        **{"completed": maybe(quantities), "finished": maybe(days), "rework": counts},
        **{"reason": texts, "document": texts},
    }
)
aspects = st.sampled_from(("chất lượng", "tiến độ"))
answers = st.fixed_dictionaries(
    {
        "granted": st.sampled_from(("", "có", "có", "không")),
        **{"reason": texts, "document": texts, "confirmer": texts},
    }
)


@st.composite
def communes(draw) -> Case:
    """Return a small commune's cycle, sound and unsound rows mixed."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(TASKS), st.sampled_from(["", *CODES])),
            max_size=7,
            unique=True,
        )
    )
    issued = [draw(issues) | {"task_id": task, "person": person} for task, person in keys]
    added = [
        draw(additions) | draw(reports) | {"task_id": f"PS-{n}"}
        for n in range(draw(st.integers(0, 3)))
    ]
    keys += [(row["task_id"], row["person"]) for row in added]
    missing = draw(st.sampled_from((set(), set(), {"VP"}, {"KT"}, {"CA"})))
    of_keys = [{"task_id": task, "person": person} for task, person in keys]
    some = st.lists(st.sampled_from(of_keys), max_size=3, unique_by=str) if keys else st.just([])
    silence = draw(st.integers(0, 5))
    entering = draw(st.sampled_from(("none", "some", "all")))
    return Case(
        **{"first_day": FIRST, "last_day": LAST, "late_rule": draw(st.sampled_from([*LATE_RULES]))},
        units=OFFICES,
        people={code: unit for code, _, unit in PEOPLE},
        products={c: {"coefficient": k, "deduct": deduct} for c, _, k, deduct in PRODUCTS},
        days_off=draw(st.sets(days, max_size=3)),
        days_worked=draw(st.sets(days, max_size=2)),
        assignments=issued,
        reported=[
            draw(reports) | row | {"fault": draw(issued_faults)}
            for n, row in enumerate(issued)
            if n != silence
        ],
        unplanned=added,
        claims=[draw(st.builds(claim, st.just(r), aspects, faults)) for r in draw(some)],
        verdicts=[row | draw(decisions) for row in of_keys],
        exemptions=[row | {"aspect": draw(aspects)} | draw(answers) for row in draw(some)],
        substitutes=[
            {**row, "file": "tham-dinh.xlsx"} | draw(entries if entering == "all" else may_enter)
            for row in of_keys
            if entering != "none"
        ],
        missing=missing,
        previous={(r["task_id"], r["person"]): draw(st.integers(0, 2)) for r in draw(some)},
    )


def claim(row: dict, aspect: str, fault: str) -> dict:
    """Return a claim of a line."""
    return {"task_id": row["task_id"], "person": row["person"], "aspect": aspect, "fault": fault}


# --- The program over a case ---------------------------------------------------------------------


def commune_of(case: Case, **other):
    """Return the case's registers."""
    off = DaysOff(frozenset(case.days_off - case.days_worked), frozenset(case.days_worked))
    products = {code: {"code": code, "product": code, **row} for code, row in case.products.items()}
    return registers(off, progress_only="CA", **{"products": products} | other)


def lines_of(case: Case, before: Mapping[tuple, dict] = NOTHING_BEFORE) -> pd.DataFrame:
    """Return the program's lines; `before` are those of the cycle before, by key."""
    tables = {key: full(key, getattr(case, key)) for key in TABLES}
    rows = reopened(
        tables["assignments"], before, commune_of(case, people=case.people), case.first_day
    )
    issued = pd.concat([tables["assignments"], full("assignments", rows)]) if rows else None
    issued = carried_on(tables["assignments"] if issued is None else issued, before, case.first_day)
    tables["assignments"] = decided_on(issued, case.decided)
    tables["reported"] = tables["reported"][~tables["reported"]["unit"].isin(case.missing)]
    return build_lines(
        **tables,
        registers=commune_of(case),
        cycle=cycle_of(case.last_day),
        missing=case.missing,
        previous=case.previous,
        rules=Rules(late_rule=case.late_rule),
    )


def rates_of(case: Case, lines: pd.DataFrame) -> tuple[list[dict], list[dict], dict]:
    """Return the program's units, people and commune."""
    commune, none = commune_of(case), full("obstacles", [])
    statuses = {
        code: ("Chưa nộp" if code in case.missing else "Đạt", "không") for code in case.units
    }
    units = rates.unit_rates(lines, commune, statuses, none)
    whole = rates.commune_rates(units, lines, none)
    return (
        records(units),
        records(rates.people_rates(lines, commune, cycle_of(case.last_day))),
        records(whole)[0],
    )


def same(found: object, expected: object) -> bool:
    """Say whether a figure is exactly the expected one."""
    if expected is None or isinstance(expected, (str, int)):
        return found == expected
    return Fraction(found) == expected


def hold_lines(lines: pd.DataFrame, expected: Mapping[tuple, dict]) -> None:
    """Hold that every line is there once and each of its figures is exactly the oracle's."""
    found = {(row["task_id"], row["person"]): row for row in records(lines)}
    assert sorted(found) == sorted(expected) == sorted(keys_of(lines))
    for key, figures in expected.items():
        wrong = {
            name: (found[key][name], figures[name])
            for name in FIGURES
            if not same(found[key][name], figures[name])
        }
        assert not wrong, (key, wrong)


def same_rates(row: dict, lines: list[dict], rated: bool) -> bool:
    """Say whether the rates of a row are exactly those the oracle finds over the lines."""
    as_reported = ("A_reported", "D_reported", "Q_reported", "P_reported")
    found = mean_rate(lines) if rated else None
    expected = {}
    for name in "abc":
        whole = found and found[name]
        expected |= {name: whole and min(whole, 1), f"{name}_uncapped": whole}
    other = {
        "R": found,
        "R_reported": mean_rate(lines, as_reported) if rated else None,
        "R_granted": mean_rate(lines, ("A", "D", "Q_granted", "P_granted")) if rated else None,
    }
    expected |= {name: figures and figures["R"] for name, figures in other.items()}
    return all(
        row[name] is None if value is None else Fraction(row[name]) == to_places(Fraction(value))
        for name, value in expected.items()
        if name in row
    )


# --- Against the oracle --------------------------------------------------------------------------


@EXAMPLES
@given(communes())
def test_lines_are_the_oracles(case):
    expected = judge(case)
    lines = lines_of(case)
    hold_lines(lines, expected)
    for row in records(lines):
        entered = expected[row["task_id"], row["person"]]["entered"]
        assert (row["source"] == "nhập thay") == entered


@EXAMPLES
@given(communes())
def test_rates_are_the_oracles(case):
    lines = list(judge(case).values())
    silent = {line["unit"] for line in lines if line["standing"] == "chưa nộp"}
    begun = {line["unit"] for line in lines if line["entered"]}
    unknown = silent | (case.missing - begun)
    units, people, commune = rates_of(case, lines_of(case))
    for row in units:
        own = [line for line in lines if line["unit"] == row["unit"]]
        rated = row["unit"] not in unknown and row["progress_only"] == "không"
        assert row["summed"] == ("có" if rated else "không")
        assert row["substituted"] == sum(line["entered"] for line in own)
        assert same_rates(row, own, rated), row
        assert all(Fraction(row[key]) == sum(line[key] for line in own) for key in "ADQP")
    for row in people:
        own = [line for line in lines if line["person"] == row["person"]]
        rated = row["unit"] not in silent | {"CA"}
        rated = rated and all(line["standing"] != "chưa nộp" for line in own)
        assert same_rates(row, own, rated), row
    outside = unknown | {"CA"}
    assert same_rates(commune, [line for line in lines if line["unit"] not in outside], True)
    lost = [line["A"] for line in lines if line["unit"] in unknown - {"CA"}]
    assert Fraction(commune["A_missing"]) == sum(lost)


def worked_out(written: str) -> Fraction:
    """Return what a written sum, product or quotient amounts to."""
    written = written.strip().removesuffix(" %").replace(".", "").replace(",", ".")
    top, over, below = written.rpartition("/")
    if over:
        return worked_out_plain(top.strip("()")) / Fraction(below)
    return worked_out_plain(written)


def worked_out_plain(written: str) -> Fraction:
    first, *taken = [
        sum(math.prod(map(Fraction, term.split("×"))) for term in part.split(" + "))
        for part in written.split(" − ")
    ]
    return first - sum(taken)


@EXAMPLES
@given(communes())
def test_every_written_sum_amounts_to_the_oracles(case):
    lines = list(judge(case).values())
    units, people, _ = rates_of(case, lines_of(case))
    for key, row in [("unit", row) for row in units] + [("person", row) for row in people]:
        own = [line for line in lines if line[key] == row[key]]
        total = {name: sum(line[name] for line in own) for name in "ADQP"}
        for part in row["arithmetic"].split("; ") if row["R"] is not None else ():
            name, *steps = part.split(" = ")
            if name == "ΣA":
                assert [worked_out(step) for step in steps] == [total["A"]] * 2
            elif name in ("a", "b", "c"):
                expected = total["DQP"["abc".index(name)]] / total["A"]
                assert {worked_out(step) for step in steps[1:-1]} == {expected}


# --- Always true ---------------------------------------------------------------------------------


@EXAMPLES
@given(communes())
def test_b_and_c_never_exceed_a_and_r_lies_between_0_and_1(case):
    units, people, commune = rates_of(case, lines_of(case))
    for row in (*units, *people):
        if row["R"] is not None:
            assert row["b_uncapped"] <= row["a_uncapped"] >= row["c_uncapped"]
    for row in (*units, *people, commune):
        assert all(row[name] is None or 0 <= row[name] <= 1 for name in ("a", "b", "c", "R"))
        assert (row["R"] is None) or row["A"] > 0


@FEWER
@given(communes())
def test_nothing_completed_is_0(case):
    idle = case.but(
        reported=[row | {"completed": Decimal(0)} for row in case.reported],
        unplanned=[row | {"completed": Decimal(0)} for row in case.unplanned],
        substitutes=[row | {"completed": Decimal(0)} for row in case.substitutes],
        verdicts=[],
    )
    units, people, commune = rates_of(idle, lines_of(idle))
    assert {row["R"] for row in (*units, *people, commune)} <= {0, None}


@FEWER
@given(communes(), coefficients, days)
def test_an_added_undone_line_never_raises_r(case, coefficient, due):
    line = {"task_id": "MỚI", "person": "CB2", "unit": "KT", "kind": "kế hoạch", "due": due}
    line |= {"coefficient": coefficient, "assigned": Decimal(2), "share": None, "carried": None}
    line |= {"product": "BC", "from_task": "", "approver": "", "document": ""}
    undone = line | {"completed": Decimal(0), "fault": ""}
    more = case.but(assignments=[*case.assignments, line], reported=[*case.reported, undone])
    before, after = rates_of(case, lines_of(case)), rates_of(more, lines_of(more))
    rows = [*before[0], *before[1], before[2]], [*after[0], *after[1], after[2]]
    for old, new in zip(*rows, strict=True):
        assert old["R"] is None or new["R"] is None or new["R"] <= old["R"]


@FEWER
@given(communes(), st.randoms(use_true_random=False))
def test_order_is_irrelevant(case, rng: random.Random):
    distinct = {
        # Of two answers to one claim the later stands; here each claim is answered once.
        key: list(
            {(r["task_id"], r["person"], r.get("aspect")): r for r in getattr(case, key)}.values()
        )
        for key in TABLES
    }
    case = case.but(**distinct)
    mixed = case.but(**{key: rng.sample(rows, len(rows)) for key, rows in distinct.items()})
    first, second = records(lines_of(case)), records(lines_of(mixed))
    by_key = {(row["task_id"], row["person"]): row for row in second}
    assert all(by_key[row["task_id"], row["person"]] == row for row in first)
    assert figures_of(case) == figures_of(mixed)


def figures_of(case: Case) -> list[dict]:
    """Return every rate without its sentence, which writes the terms in the order of the lines."""
    units, people, commune = rates_of(case, lines_of(case))
    return [{**row, "arithmetic": ""} for row in (*units, *people, commune)]


@FEWER
@given(communes(), st.sampled_from((Decimal(3), Decimal("0.7"), Decimal("12.5"))))
def test_scaling_every_coefficient_changes_no_rate(case, factor):
    def scaled(row: dict) -> dict:
        k = row["coefficient"]
        return row | {"coefficient": None if k is None else k * factor}

    other = case.but(
        assignments=[scaled(row) for row in case.assignments],
        products={code: scaled(row) for code, row in case.products.items()},
    )
    shown = ("a", "b", "c", "R", "a_uncapped", "R_reported", "R_granted")
    for old, new in zip(*(rates_of(one, lines_of(one))[0] for one in (case, other)), strict=True):
        assert [old[name] for name in shown] == [new[name] for name in shown]


@FEWER
@given(communes())
def test_units_add_up_to_the_commune(case):
    lines = lines_of(case)
    units, _, commune = rates_of(case, lines)
    summed = [row for row in units if row["summed"] == "có"]
    for name in "ADQP":
        assert commune[name] == sum(row[name] for row in summed)
    for name in ("lines", "done", "on_time", "late", "overdue", "not_due", "unclear", "pending"):
        assert commune[name] == sum(row[name] for row in units)
    for row in units:
        known = ("on_time", "late", "overdue", "not_due", "unclear", "pending")
        own = lines[lines["unit"] == row["unit"]]
        silent = sum(own["standing"] == "chưa nộp")
        assert not silent or row["unit"] in case.missing
        assert sum(row[name] for name in known) + silent == row["lines"]


@FEWER
@given(communes())
def test_a_unit_that_reports_needs_no_entry(case):
    heard = case.but(missing=set())
    alone = heard.but(substitutes=[])
    assert records(lines_of(heard)) == records(lines_of(alone))


@FEWER
@given(communes())
def test_entered_figures_count_as_if_the_unit_had_reported_them(case):
    """All due lines entered: the figures are those of a unit that sent the same."""
    issued = [row for row in case.assignments if row["unit"] in case.missing]
    keys = [(row["task_id"], row["person"]) for row in issued]
    given_for = {(row["task_id"], row["person"]): row for row in case.substitutes}
    if not issued or not all(k in given_for and given_for[k]["reason"] for k in keys):
        return
    if any(given_for[key]["completed"] is None for key in keys):
        return
    own = [{**row, **given_for[key], "fault": ""} for row, key in zip(issued, keys, strict=True)]
    others = [row for row in case.reported if row["unit"] not in case.missing]
    added = [row for row in case.unplanned if row["unit"] not in case.missing]
    sent = case.but(missing=set(), reported=[*others, *own], unplanned=added, substitutes=[])
    first, second = records(lines_of(case)), records(lines_of(sent))
    for old, new in zip(first, second, strict=True):
        assert [old[name] for name in FIGURES] == [new[name] for name in FIGURES]


@FEWER
@given(communes())
def test_what_is_left_is_what_was_assigned_and_not_done(case):
    lines = lines_of(case)
    cycle = parse_cycle("2026-11-K1")
    work = records(plan.upcoming(lines, full("proposals", []), commune_of(case), cycle))
    left = [row for row in records(lines) if row["remaining"]]
    assert sorted(str(row["assigned"]) for row in work) == sorted(str(r["remaining"]) for r in left)
    for row in work:
        assert (row["origin"] == "chưa đến hạn") == (row["due"] is not None and row["due"] > LAST)


# --- Live formulas of the archive ----------------------------------------------------------------


def python_of(formula: str) -> str:
    """Return a formula of the archive as Python; only the branch taken of an IF is computed."""
    text = re.sub(r"(?<![<>])=", "==", formula)
    while (start := text.find("IF(")) >= 0:
        parts, depth, at = [""], 1, start + 3
        while depth:
            sign = text[at]
            depth += (sign == "(") - (sign == ")")
            if sign == "," and depth == 1:
                parts.append("")
            elif depth:
                parts[-1] += sign
            at += 1
        text = f"{text[:start]}(({parts[1]}) if ({parts[0]}) else ({parts[2]})){text[at:]}"
    text = re.sub(r"\{(\w+)\.(\w+)\}", r"column('\1', '\2')", text)
    return re.sub(r"\{(\w+)\}", r"row['\1']", text)


def sum_ifs(values: list, keys: list, key: object) -> Fraction:
    return sum((v for v, k in zip(values, keys, strict=True) if k == key), Fraction(0))


def as_cells(table: pd.DataFrame, blank: object) -> list[dict]:
    """Return a table's rows as a spreadsheet computes with them."""
    return [
        {
            name: blank if v is None else Fraction(v) if isinstance(v, (int, Decimal)) else v
            for name, v in row.items()
        }
        for row in records(table)
    ]


@FEWER
@given(communes())
def test_live_formulas_compute_the_stored_figures(case):
    lines, (units, people, commune) = lines_of(case), rates_of(case, lines_of(case))
    tables = {"lines": as_cells(lines, Fraction(0))}
    for key, rows in (("units", units), ("people", people), ("commune", [commune])):
        tables[key] = as_cells(pd.DataFrame(rows, dtype=object), "")
    use = {"MIN": min, "MAX": max, "SUMIFS": sum_ifs, "OR": lambda *parts: any(parts)}
    use["column"] = lambda table, name: [row[name] for row in tables[table]]
    for key, rows in tables.items():
        sheet = result_sheet(key)
        for field in sheet.field:
            code = python_of(sheet.formula_of(field))
            for row in rows if code else ():
                value = eval(code, use | {"row": row})
                exact = value == row[field.key]
                assert exact or abs(value - row[field.key]) < Fraction(1, 10**19), (key, field.key)
                assert exact or field.key in "abcR", (key, field.key)
