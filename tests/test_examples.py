"""The examples computed by hand in docs/cach-tinh.toml: sound arithmetic, and the program's own."""

import re
import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import MappingProxyType

import pandas as pd
import pytest
from periods_of import a_result, general_rows, level_rows, scored
from test_scoring import cell, full, registers

from pipeline import ROOT
from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.period import month_of
from pipeline.model.rules import Rules
from pipeline.model.tables import records, result_table
from pipeline.scoring import rates
from pipeline.scoring.lines import build_lines

WHOLE = tomllib.loads((ROOT / "docs" / "cach-tinh.toml").read_text("utf-8"))
EXAMPLES, RULINGS = WHOLE["vi_du"], WHOLE["quyet"]
WORKINGS = [
    pytest.param(one, part, id=f"{n}-{part['ai']}-{part.get('cach_dem_cham', 'occurrence')}")
    for n, one in enumerate(EXAMPLES, 1)
    for part in one["tinh"]
]
FIGURES = {"ΣA": "A", "ΣD": "D", "ΣQ": "Q", "ΣP": "P"}
RATES = {"a": "a", "b": "b", "c": "c", "R": "R", "a chưa chặn": "a_uncapped"}
RATES |= {"R nếu chấp nhận": "R_granted"}
MONTHS = {"d": "d", "điểm kết quả": "result_points", "tổng điểm": "score"}

# --- Sound arithmetic ----------------------------------------------------------------------------


def value(text: str) -> Fraction:
    """Return what an expression of the table comes to."""
    plain = text.replace("×", "*").replace("−", "-").replace(",", ".")
    plain = re.sub(r"([\d.]+)( %)?", lambda m: _number(m[1], m[2]), plain)
    return eval(plain, {"Fraction": Fraction})


def _number(digits: str, percent: str | None) -> str:
    return f"(Fraction('{digits}') / {100 if percent else 1})"


def steps(step: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the name of a figure and its (sign, expression) one after the other."""
    name, *parts = re.split(r" (=|≈) ", step)
    return name, list(zip(parts[::2], parts[1::2], strict=True))


def exact_value(step: str) -> Fraction:
    """Return what a step says its figure is: the last expression that is not rounded."""
    return value([text for sign, text in steps(step)[1] if sign == "="][-1])


def rounded(figure: Fraction, text: str) -> str:
    """Return a figure with as many decimals, and the sign %, as a text has, half up."""
    scaled = figure * 100 if text.endswith(" %") else figure
    places = Decimal(1).scaleb(-len(text.removesuffix(" %").partition(",")[2]))
    shown = (Decimal(scaled.numerator) / Decimal(scaled.denominator)).quantize(
        places, ROUND_HALF_UP
    )
    return str(shown).replace(".", ",") + (" %" if text.endswith(" %") else "")


STEPS = sorted({step for one in EXAMPLES for part in one["tinh"] for step in part["phep_tinh"]})


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_sound(step):
    name, parts = steps(step)
    assert name in {*FIGURES, *RATES, *MONTHS}
    figure = exact_value(step)
    for sign, text in parts:
        assert value(text) == figure if sign == "=" else text == rounded(figure, text)


def test_an_unsound_step_is_seen():
    for step in ("a = 1/3 ≈ 33,4 %", "R = 1/2 = 0,6", "điểm kết quả = 2 × 3 − 1 = 6"):
        with pytest.raises(AssertionError):
            test_every_step_is_sound(step)


def test_at_least_ten_examples_with_every_kind_of_line():
    assert len(EXAMPLES) >= 10
    text = "".join(table for one in EXAMPLES for table in one["ky"].values())
    assert all(word in text for word in ("kế hoạch", "phát sinh", "nhận thay", "HS", "xác nhận"))


def test_every_ruling_has_the_test_that_holds_it():
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    named = [one["kiem"] for one in RULINGS]
    assert len({*named}) == len(named)
    assert [name for name in named if f"def {name}(" not in sources] == []


# --- The program's own ---------------------------------------------------------------------------

HEADINGS = {
    **{"việc": "task_id", "người": "person", "đơn vị": "unit", "loại": "kind"},
    **{"hệ số": "coefficient", "tỷ lệ": "share", "giao": "assigned", "chuyển": "carried"},
    **{"từ việc": "from_task", "xong": "completed", "hạn": "due", "ngày xong": "finished"},
    **{"chưa đạt": "rework", "người giao": "assigner", "văn bản": "document"},
    **{"sản phẩm": "product", "thẩm định": "state", "lần chậm xác nhận": "lateness_accepted"},
    **{"lý do": "reason", "chịu trách nhiệm": "responsible"},
    **{"chưa nộp": "missing", "loại trừ tiến độ": "exempt"},
}
PROOF = {"granted": "có", "reason": "mưa lũ", "document": "CV 12", "confirmer": "Chủ tịch"}


USUAL = {"person": "CB1", "unit": "KT", "kind": "kế hoạch", "product": "BC"}
PLACE = {"file": "kt.xlsx", "sheet": "Nhiệm vụ", "row": 6}


def drawn(text: str, year: int) -> list[dict]:
    """Return the rows of a table of the page by the program's names."""
    head, *body = ([part.strip() for part in line.split("|")] for line in text.strip().split("\n"))
    rows = []
    for cells in body:
        typed = dict(zip((HEADINGS[name] for name in head), cells, strict=True))
        known = {key: cell(key, part.replace(",", "."), year) for key, part in typed.items()}
        rows.append(PLACE | USUAL | known)
    return rows


def commune(leaders: Mapping[str, dict] = MappingProxyType({})):
    """Return the registers of the examples: who leads whom, nobody where the example is silent."""
    people = registers().people
    people |= {"CB4": {**people["CB2"], "code": "CB4", "name": "Đỗ Dung"}}
    people = {code: row | {"leader": "không", "supervisor": ""} for code, row in people.items()}
    for leader, told in leaders.items():
        people[leader]["leader"] = "cấp trưởng"
        for code in told["nhan_vien"]:
            people[code]["supervisor"] = leader
    return registers(people=people)


def lines_of(one: dict, late_rule: str) -> dict[str, pd.DataFrame]:
    """Return the program's lines of every cycle of an example, r travelling along."""
    found, previous = {}, {}
    for name, text in one["ky"].items():
        rows = drawn(text, int(name[:4]))
        found[name] = _lines(rows, parse_cycle(name), late_rule, previous)
        left = records(found[name][["task_id", "person", "rework_pending"]])
        previous = {(row["task_id"], row["person"]): row["rework_pending"] for row in left}
    return found


def _lines(rows: list[dict], cycle: Cycle, late_rule: str, previous: dict) -> pd.DataFrame:
    issued = [row for row in rows if not row["task_id"].startswith("PS")]
    claims = [row | {"aspect": "tiến độ", "cause": "mưa lũ"} for row in rows if row.get("exempt")]
    granted = [row | PROOF for row in claims if row["exempt"] == "xác nhận"]
    missing = {row["unit"] for row in rows if row.get("missing")}
    return build_lines(
        full("assignments", issued),
        full("reported", [row for row in issued if row["unit"] not in missing]),
        full("unplanned", [row for row in rows if row not in issued]),
        full("claims", claims),
        full("verdicts", [row for row in rows if row.get("state")]),
        full("exemptions", granted),
        full("substitutes", []),
        commune(),
        cycle,
        missing,
        previous,
        Rules(late_rule=late_rule),
    )


def same(stored: Decimal, figure: Fraction) -> bool:
    """Say whether a stored figure is the exact one, rates to their twenty decimals."""
    return stored is not None and abs(Fraction(stored) - figure) <= Fraction(1, 2 * 10**20)


def month_of_example(one: dict, late_rule: str) -> dict[str, dict]:
    """Return the program's rows of the example's month, by person and unit."""
    results = [
        a_result(name, Rules(late_rule=late_rule), _tables(one, parse_cycle(name), lines))
        for name, lines in lines_of(one, late_rule).items()
    ]
    tables = scored(results, month_of(parse_cycle([*one["ky"]][-1])))
    return {row["person"]: row for row in tables["people"]} | {
        row["unit"]: row for row in tables["units"]
    }


def _tables(one: dict, cycle: Cycle, lines: pd.DataFrame) -> dict[str, pd.DataFrame]:
    silent = {*lines.loc[lines["standing"] == "chưa nộp", "unit"]}
    statuses = {
        code: ("Chưa nộp" if code in silent else "Đạt", "không") for code in commune().units
    }
    own = commune(one.get("lanh_dao", {}))
    units = rates.unit_rates(lines, own, statuses, full("obstacles", []))
    given = {part["ai"]: part["diem_chung"] for part in one["tinh"] if "diem_chung" in part}
    whole = {who: [Decimal(points), *[Decimal(0)] * 9] for who, points in given.items()}
    levels = {
        (who, name): int(told[name])
        for who, told in one.get("lanh_dao", {}).items()
        for name in ("đ", "e")
    }
    return {
        **{"lines": lines, "units": units, "people": rates.people_rates(lines, own, cycle)},
        "general": result_table("general", general_rows(whole)),
        "leader_criteria": result_table("leader_criteria", level_rows(levels)),
    }


@pytest.mark.parametrize(("one", "part"), WORKINGS)
def test_the_program_comes_to_what_was_computed_by_hand(one, part):
    row = month_of_example(one, part.get("cach_dem_cham", "occurrence"))[part["ai"]]
    for step in part["phep_tinh"]:
        column = (FIGURES | RATES | MONTHS)[steps(step)[0]]
        assert same(row[column], exact_value(step)), step
    if "diem_chung" in part:
        assert (row["score_shown"], row["band"]) == (part["in_ra"], part["muc"])
        assert part["phep_tinh"][-1].startswith("tổng điểm")


@pytest.mark.parametrize(("one", "part"), [p for p in WORKINGS if len(p.values[0]["ky"]) == 1])
def test_the_rates_of_one_cycle_are_the_months(one, part):
    """A month of one cycle is that cycle: the example stands for both."""
    rule = part.get("cach_dem_cham", "occurrence")
    [(name, lines)] = lines_of(one, rule).items()
    tables, months = _tables(one, parse_cycle(name), lines), month_of_example(one, rule)
    for row in (*records(tables["units"]), *records(tables["people"])):
        code = row.get("person") or row["unit"]
        if code not in one.get("lanh_dao", {}):
            assert [row[name] for name in "ADQP"] == [months[code][name] for name in "ADQP"]
            assert row["R"] == months[code]["R"]
