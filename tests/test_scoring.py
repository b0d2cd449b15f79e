"""Every sentence of the rules about one cycle, each as a table: what goes in => what comes out."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from pipeline.model.calendar import DaysOff, parse_cycle
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.rules import Rules
from pipeline.model.tables import frame, records, result_sheet, result_table
from pipeline.model.text import show_date, show_decimal, show_percent
from pipeline.scoring import agenda, plan, rates
from pipeline.scoring.adjusting import carried_on, decided_on
from pipeline.scoring.lines import build_lines
from pipeline.scoring.verdicts import verified

# --- Tables drawn as text ------------------------------------------------------------------------

SHEETS = {
    "assignments": layout("assignment")["assignments"],
    **{key: layout("unit")[key] for key in ("unplanned", "claims", "obstacles", "proposals")},
    "cchc": layout("unit")["cchc"],
    **{
        key: layout("verification")[key] for key in ("verdicts", "exemptions", "agenda", "measures")
    },
    "substitutes": layout("verification")["substitutes"],
}
RAW = ("completed_raw", "finished_raw", "rework_raw")
# As checking makes them: a sheet with a field «unit» has that column twice.
COLUMNS = {
    key: ("unit", "file", "sheet", "row", *sheet.keys, "person", *RAW, "fault")
    for key, sheet in SHEETS.items()
} | {
    "reported": (
        *("task_id", "person", "completed", "finished", "rework", "evidence", "note", *RAW),
        *("unit", "file", "sheet", "row", "fault"),
    )
}
TYPES = {f.key: f.type for sheet in layout("archive").tables for f in sheet.field}
TYPES |= {f.key: f.type for sheet in SHEETS.values() for f in sheet.field}
# Short headings for what the program calls otherwise.
SHORT = {
    **{"việc": "task_id", "người": "person", "đv": "unit", "loại": "kind", "k": "coefficient"},
    **{"s": "share", "giao": "assigned", "hạn": "due", "chuyển": "carried", "từ": "from_task"},
    **{"sp": "product", "q": "completed", "ngày": "finished", "r": "rework", "lỗi": "fault"},
    **{"tđ": "state", "q*": "completed_accepted", "r*": "rework_accepted"},
    **{"l*": "lateness_accepted", "lý do": "reason", "ai giao": "assigner", "vb": "document"},
    **{"duyệt": "approver", "tử": "numerator", "mẫu": "denominator"},
}
USUAL = {"người": "CB1", "đv": "KT", "loại": "kế hoạch", "k": "1", "giao": "1", "hạn": "10/11"}
USUAL |= {"sp": "BC"}


def cell(name: str, text: str, year: int) -> object:
    """Return a cell of a drawn table as the program holds it."""
    kind = TYPES.get(name, "text")
    if kind not in ("decimal", "count", "date"):
        return text
    if not text:
        return None
    if kind == "date":
        day, month = map(int, text.split("/"))
        return date(year, month, day)
    return int(text) if kind == "count" else Decimal(text)


def drawn(text: str, year: int = 2026, usual: dict | None = None) -> tuple[list[dict], list[dict]]:
    """Return the rows left and right of => by the program's names."""
    usual = usual or {}
    head, *body = [
        [part.strip() for part in line.split("|")]
        for line in text.replace("=>", "|=>|").splitlines()
        if line.strip()
    ]
    middle = head.index("=>") if "=>" in head else len(head)

    def row(cells: list[str], part: slice, usual: dict) -> dict:
        named = usual | dict(zip(head[part], cells[part], strict=True))
        return {
            key: cell(key, value, year)
            for key, value in ((SHORT.get(name, name), value) for name, value in named.items())
        }

    left = [row(cells, slice(None, middle), usual) for cells in body]
    return left, [row(cells, slice(middle + 1, None), {}) for cells in body]


def full(key: str, rows: list[dict]) -> pd.DataFrame:
    """Return one input table; what a row does not say is blank."""
    figures = ("decimal", "count", "date")
    blank = {name: None if TYPES.get(name) in figures else "" for name in COLUMNS[key]}
    return frame(({**blank, **row} for row in rows), COLUMNS[key])


def shown(table: pd.DataFrame, columns: str) -> list[str]:
    """Return a table's rows as a person reads them."""
    return [" | ".join(map(_seen, row)) for row in table[columns.split()].itertuples(index=False)]


def _seen(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return show_date(value)
    return show_decimal(value) if isinstance(value, Decimal) else str(value)


# --- A small commune -----------------------------------------------------------------------------

UNITS = (("KT", "Phòng Kinh tế", "CB1"), ("VP", "Văn phòng", "CB3"), ("CA", "Công an xã", "CB5"))
PEOPLE = (
    *(("CB1", "Nguyễn Văn An", "KT"), ("CB2", "Trần Thị Bình", "KT")),
    *(("CB3", "Lê Hòa", "VP"), ("CB5", "Võ Cường", "CA")),
)
PRODUCTS = (
    ("BC", "Báo cáo", Decimal(2), ""),
    ("HS", "Hồ sơ", Decimal("0.5"), "cái"),
    ("CHƯA", "Sản phẩm chưa có hệ số", None, ""),
)
NO_DAYS_OFF = DaysOff()


def registers(days_off: DaysOff = NO_DAYS_OFF, progress_only: str = "", **other) -> Registers:
    """Return the registers of a small commune."""
    units = {
        code: {
            **{"code": code, "name": name, "head": head},
            "progress_only": "có" if code == progress_only else "không",
        }
        for code, name, head in UNITS
    }
    people = {
        code: {
            **{"code": code, "name": name, "unit": unit, "position": "Chuyên viên"},
            **{"category": "công chức", "active_from": None, "active_to": None},
        }
        for code, name, unit in PEOPLE
    }
    names = ("code", "product", "coefficient", "deduct")
    products = {row[0]: dict(zip(names, row, strict=True)) for row in PRODUCTS}
    parts = {"units": units, "people": people, "products": products, "indicators": {}}
    return Registers(**parts | other, days_off=days_off)


def tables_of(rows: list[dict], missing: set[str]) -> dict[str, pd.DataFrame]:
    """Return the input tables of rows that say all of a line; PS… stand in «Phát sinh»."""
    issued = [row for row in rows if not row["task_id"].startswith("PS")]
    place = {"file": "kt.xlsx", "sheet": "Nhiệm vụ", "row": 6}
    given = {"file": "giao-viec.xlsx", "sheet": "Giao việc", "row": 4}
    return {
        "assignments": full("assignments", [given | row for row in issued]),
        "reported": full("reported", [place | r for r in issued if r["unit"] not in missing]),
        "unplanned": full("unplanned", [place | row for row in rows if row not in issued]),
        "verdicts": full("verdicts", [row for row in rows if row.get("state")]),
    }


def score(text: str, cycle: str = "2026-11-K1", late_rule: str = "occurrence", **options):
    """Return the lines of a drawn table."""
    missing, previous = options.pop("missing", set()), options.pop("previous", {})
    typed = ("claims", "exemptions", "substitutes")
    judged = {key: full(key, options.pop(key, [])) for key in typed}
    before, decided = options.pop("before", {}), options.pop("decided", {})
    tables = tables_of(drawn(text, int(cycle[:4]), USUAL)[0], missing)
    unread = options.pop("unread", ())
    first_day = parse_cycle(cycle).first_day
    issued = carried_on(tables["assignments"], before, first_day)
    return build_lines(
        **tables | {"assignments": decided_on(issued, decided)},
        **judged,
        registers=registers(**options),
        cycle=parse_cycle(cycle),
        missing=missing,
        previous=previous,
        rules=Rules(late_rule=late_rule),
        unread=unread,
    )


def check(text: str, **options) -> pd.DataFrame:
    """Score a drawn table and compare every column right of => with what is written there."""
    lines = score(text, **options)
    expected = drawn(text, int(options.get("cycle", "2026")[:4]))[1]
    assert records(lines[list(expected[0])]) == expected
    return lines


def rate_of(lines: pd.DataFrame, unit: str = "KT", **options) -> dict[str, object]:
    """Return a unit's row of rates."""
    statuses = dict.fromkeys(("KT", "VP", "CA"), ("Đạt", "không"))
    table = rates.unit_rates(lines, registers(**options), statuses, full("obstacles", []))
    return next(row for row in records(table) if row["unit"] == unit)


def unit_of(text: str) -> dict[str, object]:
    """Return the rates of unit KT over a drawn table."""
    return rate_of(score(text))


def twenty(rate: Fraction) -> Decimal:
    """Return a rate as it is stored."""
    return Decimal(round(rate * 10**20)).scaleb(-20)


# --- The worked example --------------------------------------------------------------------------

WORKED = """
việc   | k   | giao | q   | hạn   | ngày  | r => A   | D
CV-gop | 1.0 | 5    | 4   | 15/11 | 19/11 | 0 => 5   | 4
TL-dan | 2.7 | 3    | 3   | 10/11 | 12/11 | 1 => 8.1 | 8.1
BC-th  | 3.7 | 1    | 0.8 | 19/11 | 18/11 | 2 => 3.7 | 2.96
"""


@pytest.mark.parametrize(
    ("late_rule", "c", "r", "points"),
    [
        ("calendar_day", "41,726 %", "66,716 %", "76,701"),
        ("occurrence", "71,637 %", "", "83,681"),
        ("working_day", "47,679 %", "", "78,090"),
    ],
)
def test_the_worked_example_of_the_handbook(late_rule, c, r, points):
    lines = check(WORKED, cycle="2025-11-K2", late_rule=late_rule)
    unit = rate_of(lines)
    assert (unit["A"], unit["D"]) == (Decimal("16.8"), Decimal("15.06"))
    assert show_percent(unit["a"], 3) == "89,643 %"
    assert show_percent(unit["b"], 3) == "68,780 %"
    assert show_percent(unit["c"], 3) == c
    assert not r or show_percent(unit["R"], 3) == r
    assert show_decimal(30 + unit["R"] * 70, 3) == points


def test_the_sentence_of_the_worked_example():
    unit = rate_of(check(WORKED, cycle="2025-11-K2"))
    assert unit["arithmetic"] == (
        "ΣA = 1×5 + 2,7×3 + 3,7×1 = 16,8; "
        "a = ΣD/ΣA = (1×4 + 2,7×3 + 3,7×0,8)/16,8 = 15,06/16,8 = 89,6 %; "
        "b = ΣQ/ΣA = (15,06 − 2,025 − 1,48)/16,8 = 11,555/16,8 = 68,8 %; "
        "c = ΣP/ΣA = (15,06 − 1 − 2,025)/16,8 = 12,035/16,8 = 71,6 %; R = (89,6 + 68,8 + 71,6)/3 = 76,7 %; "
        "−25 % × 1: CV-gop, TL-dan chậm; −25 % × 1: TL-dan chưa đạt chất lượng; "
        "−25 % × 2: BC-th chưa đạt chất lượng"
    )


def test_a_sum_that_everything_was_done_of_is_written_once():
    assert unit_of("việc | s | giao | q\nKT-01 | 0.5 | 4 | 4")["arithmetic"] == (
        "ΣA = 1×0,5×4 = 2; a = ΣD/ΣA = 2/2 = 100,0 %; b = ΣQ/ΣA = 2/2 = 100,0 %; "
        "c = ΣP/ΣA = 2/2 = 100,0 %; R = (100,0 + 100,0 + 100,0)/3 = 100,0 %"
    )


def test_long_sums_are_given_by_their_results_and_the_greatest_losses_by_name():
    rows = "\n".join(f"KT-{n} | 1 | {n} | {n} | 12/11 | 10/11" for n in range(1, 13))
    assert unit_of(f"việc | k | giao | q | ngày | hạn\n{rows}")["arithmetic"] == (
        "a = ΣD/ΣA = 78/78 = 100,0 %; b = ΣQ/ΣA = 78/78 = 100,0 %; "
        "c = ΣP/ΣA = 58,5/78 = 75,0 %; R = (100,0 + 100,0 + 75,0)/3 = 91,7 %; −25 % × 1: "
        "KT-3, KT-4, KT-5, KT-6, KT-7, KT-8, KT-9, KT-10, KT-11, KT-12 chậm; 2 dòng khác chậm"
    )


def test_a_deduction_that_took_nothing_is_not_named_and_items_are_called_so():
    words = unit_of("""
    việc  | sp | giao | q  | r
    KT-01 | HS | 10   | 12 | 4
    KT-02 | HS | 10   | 10 | 4
    KT-03 | BC | 10   | 10 | 4
    """)["arithmetic"]
    assert words.endswith(
        "; −25 % × 4: KT-03 chưa đạt chất lượng; −25 % × 4 cái: KT-02 chưa đạt chất lượng"
    )


# --- A line --------------------------------------------------------------------------------------


def test_a_is_k_s_g_and_d_is_k_s_of_what_was_completed():
    check("""
    việc  | k   | s   | giao | q => A    | D
    KT-01 | 2.7 | 0.5 | 4    | 3 => 5.4  | 4.05
    KT-02 | 2.7 |     | 4    | 3 => 10.8 | 8.1
    """)


def test_surplus_is_listed_and_does_not_count():
    check("""
    việc  | giao | q => D | surplus | remaining
    KT-01 | 4    | 6 => 4 | 2       | 0
    """)


def test_quantities_may_be_fractions():
    check("""
    việc  | giao | q    => A   | D
    KT-01 | 1.5  | 0.75 => 1.5 | 0.75
    """)


def test_a_share_out_of_range_is_one():
    check("""
    việc  | s   | giao => share | A
    KT-01 | 1.5 | 2    => 1     | 2
    KT-02 | 0   | 2    => 1     | 2
    """)


def test_accepted_wins_over_reported():
    check("""
    việc  | giao | q | r | tđ   | q* | r* | l* | lý do => completed | rework | lateness | D
    KT-01 | 4    | 4 | 0 | Sửa  | 3  | 1  | 2  | thiếu => 3         | 1      | 2        | 3
    KT-02 | 4    | 4 | 1 | Đúng |    |    |    |       => 4         | 1      | 0        | 4
    KT-03 | 4    | 4 | 1 |      |    |    |    |       => 4         | 1      | 0        | 4
    KT-04 | 4    | 4 | 1 | Sửa  | 0  |    |    | không => 0         | 0      | 0        | 0
    KT-05 | 4    | 4 | 1 | Sửa  |    | 0  |    | xem   => 4         | 0      | 0        | 4
    """)


def test_a_correction_without_a_reason_is_not_applied():
    check("""
    việc  | giao | q | tđ  | q* | lý do => state | completed | completed_accepted
    KT-01 | 4    | 4 | Sửa | 3  |       =>       | 4         |
    """)


def test_right_takes_the_figures_as_reported():
    check("""
    việc  | giao | q | tđ   | q* | lý do => state | completed | completed_accepted
    KT-01 | 4    | 4 | Đúng | 3  |       => Đúng  | 4         |
    """)


def test_deduction_by_line_is_a_quarter_of_the_whole_each_time():
    check("""
    việc  | giao | q | r => Q    | rework
    KT-01 | 4    | 4 | 0 => 4    | 0
    KT-02 | 4    | 4 | 1 => 3    | 1
    KT-03 | 4    | 4 | 3 => 1    | 3
    KT-04 | 4    | 4 | 4 => 0    | 4
    KT-05 | 4    | 4 | 9 => 0    | 9
    KT-06 | 4    | 3 | 1 => 2.25 | 1
    """)


def test_deduction_by_item_is_a_quarter_of_one_item_each_time_and_never_above_d():
    check("""
    việc  | sp | k   | giao | q   | r   => deduct | D  | Q
    KT-01 | HS | 0.5 | 100  | 100 | 0   => cái    | 50 | 50
    KT-02 | HS | 0.5 | 100  | 100 | 3   => cái    | 50 | 49.625
    KT-03 | HS | 0.5 | 100  | 110 | 3   => cái    | 50 | 50
    KT-04 | HS | 0.5 | 100  | 100 | 500 => cái    | 50 | 0
    """)


def test_lateness_by_item_is_the_groups_and_not_by_the_one_date():
    check(
        """
        việc  | sp | k   | giao | q   | hạn  | ngày  | tđ  | l* | lý do => lateness | P
        KT-01 | HS | 0.5 | 100  | 100 | 1/11 | 12/11 |     |    |       => 0        | 50
        KT-02 | HS | 0.5 | 100  | 100 | 1/11 | 12/11 | Sửa | 4  | đếm   => 4        | 49.5
        """,
        late_rule="calendar_day",
    )


def test_nothing_delivered_is_nothing():
    check("""
    việc  | giao | q | r => A | D | Q | P | rework | lateness
    KT-01 | 4    | 0 | 2 => 4 | 0 | 0 | 0 | 0      | 0
    """)


def test_rework_of_a_cycle_that_delivered_nothing_travels():
    check("""
    việc  | giao | q | r => D | rework | rework_pending
    KT-01 | 4    | 0 | 2 => 0 | 0      | 2
    """)


def test_rework_brought_along_is_deducted_from_the_next_delivery():
    check(
        """
        việc  | giao | q | r => rework_brought | rework | Q | rework_pending
        KT-01 | 4    | 4 | 1 => 2              | 3      | 1 | 0
        KT-02 | 4    | 0 | 1 => 2              | 0      | 0 | 3
        """,
        previous={("KT-01", "CB1"): 2, ("KT-02", "CB1"): 2},
    )


def test_a_granted_exemption_covers_what_was_brought_too():
    granted = {"granted": "có", "reason": "mẫu đổi", "document": "CV 9", "confirmer": "Chủ tịch"}
    line = {"task_id": "KT-01", "person": "CB1", "aspect": "chất lượng"}
    lines = check(
        """
        việc  | giao | q | r => rework_brought | rework | Q | rework_pending
        KT-01 | 2    | 2 | 1 => 2              | 0      | 2 | 0
        """,
        previous={("KT-01", "CB1"): 2},
        exemptions=[line | granted],
    )
    said = "chất lượng: được loại trừ, không trừ, kể cả 2 lần kỳ trước mang sang"
    assert said in lines["arithmetic"][0]


def test_rework_brought_along_waits_while_nothing_is_known():
    check(
        """
        việc  | đv | giao | q | lỗi  | r => standing | rework_pending
        KT-01 | KT | 4    |   |      | 1 => chưa rõ  | 2
        KT-02 | KT | 4    | 4 | K302 | 1 => chưa rõ  | 2
        VP-01 | VP | 4    | 4 |      | 1 => chưa nộp | 2
        """,
        previous={("KT-01", "CB1"): 2, ("KT-02", "CB1"): 2, ("VP-01", "CB1"): 2},
        missing={"VP"},
    )


# --- Lateness ------------------------------------------------------------------------------------

DAYS_OFF = DaysOff(off=frozenset({date(2026, 11, 10)}), worked=frozenset({date(2026, 11, 7)}))
LATE = """
việc  | giao | q | hạn  | ngày  => lateness | P    | standing  | days_late
KT-01 | 4    | 4 | 6/11 | 6/11  => {}       | {}   | đúng hạn  | 0
KT-02 | 4    | 4 | 6/11 | 7/11  => {}       | {}   | xong chậm | {}
KT-03 | 4    | 4 | 6/11 | 8/11  => {}       | {}   | xong chậm | {}
KT-04 | 4    | 4 | 6/11 | 11/11 => {}       | {}   | xong chậm | {}
"""


@pytest.mark.parametrize(
    ("late_rule", "figures"),
    [
        # 6 November 2026 is a Friday; Saturday 7 is worked, Tuesday 10 is off.
        ("occurrence", (0, 4, 1, 3, 1, 1, 3, 2, 1, 3, 5)),
        ("calendar_day", (0, 4, 1, 3, 1, 2, 2, 2, 5, 0, 5)),
        ("working_day", (0, 4, 1, 3, 1, 1, 3, 1, 3, 1, 3)),
    ],
)
def test_lateness_by_each_rule(late_rule, figures):
    check(LATE.format(*figures), late_rule=late_rule, days_off=DAYS_OFF)


def test_by_working_days_what_is_finished_on_the_days_off_after_is_not_late():
    # 13 November 2026 is a Friday.
    check(
        """
        việc  | giao | q | hạn   | ngày  => lateness | P | standing
        KT-01 | 4    | 4 | 13/11 | 15/11 => 0        | 4 | đúng hạn
        """,
        late_rule="working_day",
    )


@pytest.mark.parametrize("late_rule", ["occurrence", "calendar_day", "working_day"])
def test_accepted_lateness_replaces_the_one_by_date(late_rule):
    check(
        """
        việc  | giao | q | hạn  | ngày | tđ  | l* | lý do => lateness | P | standing
        KT-01 | 4    | 4 | 2/11 | 5/11 | Sửa | 0  | gia hạn miệng => 0 | 4 | đúng hạn
        KT-02 | 4    | 4 | 2/11 | 5/11 | Sửa | 2  | hai lần => 2      | 2 | xong chậm
        KT-03 | 4    | 4 | 5/11 | 2/11 | Sửa | 1  | giao nhầm bản => 1 | 3 | xong chậm
        """,
        late_rule=late_rule,
    )


def test_a_line_carried_several_times_stays_late_once():
    check("""
    việc  | giao | chuyển | q | hạn   | ngày => lateness | P
    KT-01 | 4    | 3      | 4 | 20/09 | 5/11 => 1        | 3
    """)


# --- Exemption -----------------------------------------------------------------------------------

CLAIM = {"unit": "KT", "task_id": "KT-01", "person": "CB1", "aspect": "tiến độ", "cause": "Mưa lũ"}
PROOF = {"reason": "có thiên tai", "document": "CV 12", "confirmer": "Chủ tịch UBND xã"}
LATE_LINE = """
việc  | giao | q | hạn  | ngày => exempt_progress | lateness | P   | P_granted | P_reported
KT-01 | 4    | 4 | 2/11 | 5/11 => {0}             | {1}      | {2} | {3}       | {2}
"""


@pytest.mark.parametrize(
    ("claims", "exemptions", "figures"),
    [
        ([], [], ("", 1, 3, 3)),
        ([CLAIM], [], ("đề nghị", 1, 3, 4)),
        ([CLAIM], [{**CLAIM, "granted": ""}], ("đề nghị", 1, 3, 4)),
        ([CLAIM], [{**CLAIM, "granted": "không"}], ("không chấp nhận", 1, 3, 3)),
        ([CLAIM], [{**CLAIM, **PROOF, "granted": "có"}], ("chấp nhận", 0, 4, 4)),
        ([CLAIM], [{**CLAIM, **PROOF, "granted": "có", "document": ""}], ("đề nghị", 1, 3, 4)),
        ([CLAIM], [{**CLAIM, **PROOF, "granted": "có", "confirmer": ""}], ("đề nghị", 1, 3, 4)),
        ([CLAIM], [{**CLAIM, **PROOF, "granted": "có", "reason": ""}], ("đề nghị", 1, 3, 4)),
        ([], [{**CLAIM, **PROOF, "granted": "có"}], ("chấp nhận", 0, 4, 4)),
        ([{**CLAIM, "fault": "K412"}], [], ("", 1, 3, 3)),
        ([{**CLAIM, "aspect": "chất lượng"}], [], ("", 1, 3, 3)),
    ],
)
def test_an_objective_cause_counts_only_when_confirmed(claims, exemptions, figures):
    lines = check(LATE_LINE.format(*figures), claims=claims, exemptions=exemptions)
    exemptions = full("exemptions", exemptions)
    stated = records(plan.claims(full("claims", claims), exemptions))
    assert [row["state"] for row in stated if row["aspect"] == "tiến độ"] == [figures[0]][
        : bool(figures[0])
    ]
    unit = rate_of(lines)
    assert unit["R"] == twenty(Fraction(2 + Fraction(figures[2], 4), 3))
    assert unit["R_granted"] == twenty(Fraction(2 + Fraction(figures[3], 4), 3))


def test_an_exempt_quality_drops_the_rework():
    claim = {**CLAIM, "aspect": "chất lượng"}
    check(
        """
        việc  | giao | q | r => exempt_quality | rework | Q | rework_pending
        KT-01 | 4    | 4 | 2 => chấp nhận      | 0      | 4 | 0
        """,
        claims=[claim],
        exemptions=[{**claim, **PROOF, "granted": "có"}],
    )


# --- Kinds of line -------------------------------------------------------------------------------


def test_unplanned_work_counts_when_complete_and_accepted():
    check("""
    việc  | loại      | giao | ai giao | vb   | sp | q | tđ   => coefficient | A | D | standing
    PS-01 | phát sinh | 3    | Lê Hòa  | TB 5 | BC | 3 | Đúng => 2           | 0 | 6 | đúng hạn
    """)


@pytest.mark.parametrize(
    ("assigner", "document", "product", "state", "words"),
    [
        ("Lê Hòa", "TB 5", "BC", "", "chờ thẩm định; nếu được xác nhận: 2 × 3 = 6"),
        ("", "TB 5", "BC", "Đúng", "chờ thẩm định, còn thiếu người giao"),
        ("Lê Hòa", "", "BC", "Đúng", "chờ thẩm định, còn thiếu văn bản giao"),
        ("Lê Hòa", "TB 5", "", "Đúng", "chờ thẩm định, còn thiếu mã sản phẩm"),
        ("Lê Hòa", "TB 5", "CHƯA", "Đúng", "chờ thẩm định, còn thiếu hệ số"),
    ],
)
def test_unplanned_work_waits_for_its_papers_and_the_group(
    assigner, document, product, state, words
):
    lines = check(f"""
    việc  | loại      | ai giao    | vb         | sp        | giao | q | tđ      => A | D
    PS-01 | phát sinh | {assigner} | {document} | {product} | 3    | 3 | {state} => 0 | 0
    """)
    assert list(lines["standing"]) == ["chờ thẩm định"]
    assert lines["arithmetic"][0] == words


def test_for_unplanned_work_g_is_q():
    check("""
    việc  | loại      | giao | ai giao | vb   | q | tđ   => D | surplus | remaining
    PS-01 | phát sinh | 3    | Lê Hòa  | TB 5 | 5 | Đúng => 10 | 0      | 0
    PS-02 | phát sinh | 3    | Lê Hòa  | TB 5 | 1 | Đúng => 2  | 0      | 2
    """)


def test_unplanned_work_keeps_its_kind_when_it_is_carried():
    check("""
    việc       | loại      | chuyển | giao | duyệt | vb   | q | ngày | tđ   => A | D | standing
    KT-PS01-x  | phát sinh | 1      | 2    | CB3   | TB 5 | 2 | 5/11 | Đúng => 0 | 2 | đúng hạn
    KT-PS02-x  | phát sinh | 1      | 2    | CB3   | TB 5 | 1 | 5/11 | Đúng => 0 | 1 | quá hạn
    KT-PS03-x  | phát sinh | 1      | 2    |       | TB 5 | 2 | 5/11 | Đúng => 0 | 0 | chờ thẩm định
    """)


def test_taken_over_work_adds_to_the_receiver_and_stays_in_the_givers_base():
    lines = check("""
    việc  | người | loại      | k   | s   | giao | từ    | q => A  | D | taken_away | remaining
    KT-01 | CB1   | kế hoạch  | 2.5 | 0.8 | 5    |       | 2 => 10 | 4 | 3          | 0
    PS-01 | CB2   | nhận thay |     |     | 3    | KT-01 | 2 => 0  | 4 | 0          | 1
    """)
    assert list(lines["standing"]) == ["đúng hạn", "quá hạn"]
    assert list(lines["due"]) == [date(2026, 11, 10)] * 2


def test_work_is_taken_over_across_units():
    check("""
    việc  | đv | người | loại      | giao | từ        | q => A | D
    KT-01 | KT | CB1   | kế hoạch  | 5    |           | 5 => 5 | 2
    KT-01 | KT | CB2   | kế hoạch  | 5    |           | 5 => 5 | 5
    PS-01 | VP | CB3   | nhận thay | 3    | KT-01/CB1 | 4 => 0 | 3
    """)


def test_the_giver_of_everything_has_nothing_to_report():
    check("""
    việc  | loại      | giao | từ    | q | lỗi  => standing | A | D | unclear
    KT-01 | kế hoạch  | 5    |       |   | K407 => đúng hạn | 5 | 0 |
    PS-01 | nhận thay | 5    | KT-01 | 4 |      => quá hạn  | 0 | 4 |
    """)


def test_a_handover_with_an_error_counts_for_nobody_yet_and_goes_on_as_the_receivers():
    check("""
    việc  | loại      | giao | từ    | q | lỗi  => D | taken_away | standing | remaining
    KT-01 | kế hoạch  | 5    |       | 5 |      => 2 | 3          | đúng hạn | 0
    PS-01 | nhận thay | 3    | KT-01 | 3 | K401 => 0 | 0          | chưa rõ  | 3
    PS-02 | nhận thay | 3    | KT-99 | 3 |      => 0 | 0          | chưa rõ  | 3
    """)


def test_a_handover_counts_in_its_first_cycle_only():
    given = """
    việc   | loại      | chuyển | giao | từ    | q => D | taken_away
    KT-01  | kế hoạch  |        | 5    |       | 5 => {} | {}
    KT-PS1 | nhận thay | {}     | 3    | KT-01 | 3 => 3 | 0
    """
    check(given.format(2, 3, 0))
    check(given.format(5, 0, 1))
    check(given.format(5, 0, 0), previous={("KT-PS1", "CB1"): 0})


def test_r_of_a_handover_whose_quantity_nobody_could_read_waits_for_what_is_typed():
    brought = {"previous": {("KT-PS1", "CB1"): 2}, "unread": {("KT-PS1", "CB1")}}
    check(
        """
    việc   | loại      | giao | từ    | q => D | Q | taken_away
    KT-01  | kế hoạch  | 5    |       | 5 => 2 | 2 | 3
    KT-PS1 | nhận thay | 3    | KT-01 | 3 => 3 | 1.5 | 0
    """,
        **brought,
    )


def test_what_is_not_yet_due_counts_only_what_was_done_early():
    check("""
    việc  | giao | hạn   | q | ngày => A | D | standing     | remaining | unclear
    KT-01 | 5    | 20/11 | 2 | 9/11 => 2 | 2 | chưa đến hạn | 3         |
    KT-02 | 5    | 20/11 |   |      => 0 | 0 | chưa đến hạn | 5         |
    KT-03 | 5    | 20/11 | 5 | 9/11 => 5 | 5 | đúng hạn     | 0         |
    """)


def test_an_unclear_line_keeps_its_a():
    lines = check("""
    việc  | giao | q | lỗi  => A | D | Q | P | standing | unclear      | completed | remaining
    KT-01 | 5    | 3 | K302 => 5 | 0 | 0 | 0 | chưa rõ  | K302         |           | 5
    KT-02 | 5    |   | K407 => 5 | 0 | 0 | 0 | chưa rõ  | chưa báo cáo |           | 5
    KT-03 | 5    |   |      => 5 | 0 | 0 | 0 | chưa rõ  | chưa báo cáo |           | 5
    """)
    assert lines["arithmetic"][0] == "chưa tính (K302); giữ A = 1 × 5 = 5"
    assert lines["arithmetic"][1] == "chưa báo cáo; giữ A = 1 × 5 = 5"
    assert rate_of(lines)["arithmetic"].endswith("tạm tính, còn 3 dòng chưa rõ")


def test_the_groups_own_figures_settle_an_unclear_line():
    check("""
    việc  | giao | q | lỗi  | tđ  | q* | r* | l* | lý do => standing  | D | unclear
    KT-01 | 5    |   | K407 | Sửa | 5  |    |    | xem   => đúng hạn  | 5 |
    KT-02 | 5    |   | K301 | Sửa | 5  | 0  | 1  | xem   => xong chậm | 5 |
    KT-03 | 5    |   | K301 | Sửa | 0  |    |    | xem   => quá hạn   | 0 |
    KT-04 | 5    |   | K301 | Sửa | 5  |    |    | xem   => đúng hạn  | 5 |
    KT-06 | 5    |   | K301 | Sửa |    | 1  |    | xem   => chưa rõ   | 0 | K301
    KT-05 | 5    | 5 | K302 | Đúng |   |    |    |       => chưa rõ   | 0 | K302
    """)


LOOKED_AT = {"task_id": "PS-01", "person": "CB1", "task": "Rà soát", "kind": "phát sinh"} | {
    **{"product": "BC", "assigned": Decimal(2), "completed": Decimal(2), "rework": None},
    **{"finished": date(2026, 11, 9), "unit": "KT"},
}


@pytest.mark.parametrize(
    ("since", "of_issued", "of_own"),
    [
        ({}, "Đúng", "Đúng"),
        ({"task": " RÀ  soát"}, "Đúng", "Đúng"),
        ({"task": "Việc khác"}, "Đúng", ""),
        ({"product": "HS"}, "Đúng", ""),
        ({"assigned": Decimal(9)}, "Đúng", ""),
        ({"completed": Decimal(5)}, "", ""),
        ({"completed": None}, "", ""),
        ({"finished": date(2026, 11, 10)}, "", ""),
        ({"rework": 1}, "", ""),
    ],
)
def test_right_is_said_of_the_report_that_was_looked_at(since, of_issued, of_own):
    for issued, expected in ((True, of_issued), (False, of_own)):
        seen = LOOKED_AT | {"state": "Đúng"}
        now = LOOKED_AT | {"issued": issued} | since
        now |= {f"{name}_reported": now[name] for name in ("completed", "rework")}
        known = {name: [value] for name, value in now.items()}
        for row, state in (
            (seen, expected),
            (seen | {"state": "Sửa", "reason": "đếm lại"}, "Sửa"),  # has figures of its own
            (seen | {"unit": "", "completed": None}, "Đúng"),  # a row the group made itself
        ):
            typed = full("claims", []), full("verdicts", [row]), full("exemptions", [])
            assert verified(known, *typed)["state"] == [state]


def test_undated_work_due_before_the_cycle_was_finished_in_it_at_the_earliest():
    given = """
    việc  | giao | hạn   | chuyển | q | lỗi  | tđ  | q* | l* | lý do => standing  | P    | late_by_date
    KT-01 | 4    | 28/10 | 1      |   | K407 | Sửa | 4  |    | xem   => xong chậm | {}   | {}
    KT-02 | 4    | 28/10 | 1      |   | K407 | Sửa | 4  | 0  | xem   => đúng hạn  | 4    | {}
    KT-03 | 4    | 28/10 | 1      |   | K407 | Sửa | 0  |    | xem   => quá hạn   | 0    | 0
    KT-04 | 4    | 10/11 |        |   | K407 | Sửa | 4  |    | xem   => đúng hạn  | 4    | 0
    """
    check(given.format(3, 1, 1))
    check(given.format(0, 4, 4), late_rule="calendar_day")


def test_a_unit_that_did_not_report_keeps_its_a_and_is_carried_whole():
    lines = check(
        """
        việc  | đv | giao | hạn   | q => standing | A | D | completed | remaining
        KT-01 | KT | 5    | 10/11 | 5 => đúng hạn | 5 | 5 | 5         | 0
        VP-01 | VP | 4    | 10/11 | 4 => chưa nộp | 4 | 0 |           | 4
        VP-02 | VP | 4    | 20/11 | 4 => chưa nộp | 0 | 0 |           | 4
        """,
        missing={"VP"},
    )
    assert list(lines["file"]) == ["kt.xlsx", "giao-viec.xlsx", "giao-viec.xlsx"]


def test_a_line_of_a_unit_names_its_head_and_stays_the_units():
    lines = score("""
    việc  | người | q
    KT-01 |       | 1
    KT-02 | CB2   | 1
    """)
    assert list(lines["person"]) == ["", "CB2"]
    assert list(lines["person_name"]) == ["Nguyễn Văn An", "Trần Thị Bình"]
    assert list(lines["responsible"]) == ["Nguyễn Văn An", ""]
    people = rates.people_rates(lines, registers(), parse_cycle("2026-11-K1"))
    assert shown(people, "person lines") == ["CB1 | 0", "CB2 | 1", "CB3 | 0", "CB5 | 0"]


def test_standings_and_days_late():
    check("""
    việc  | giao | hạn   | q | ngày  => standing     | days_late
    KT-01 | 2    | 10/11 | 2 | 10/11 => đúng hạn     | 0
    KT-02 | 2    | 10/11 | 2 | 12/11 => xong chậm    | 2
    KT-03 | 2    | 10/11 | 1 | 9/11  => quá hạn      | 5
    KT-04 | 2    | 15/11 | 0 |       => quá hạn      | 0
    KT-05 | 2    | 16/11 | 0 |       => chưa đến hạn |
    KT-06 | 2    | 30/10 | 0 |       => quá hạn      | 16
    """)


def test_what_was_typed_is_kept_beside_what_was_read():
    rows = {"task_id": "KT-01", "person": "CB1", "unit": "KT", "kind": "kế hoạch"}
    rows |= {"coefficient": Decimal(1), "assigned": Decimal(9), "due": date(2026, 11, 10)}
    typed = {"completed_raw": "9O", "finished_raw": "9/11/2026", "rework_raw": "", "fault": "K301"}
    typed |= {"note": "xong", "evidence": "BC 1", "file": "kt.xlsx", "sheet": "Nhiệm vụ", "row": 14}
    lines = build_lines(
        **tables_of([], set())
        | {
            "assignments": full("assignments", [rows]),
            "reported": full("reported", [rows | typed]),
        },
        claims=full("claims", []),
        exemptions=full("exemptions", []),
        substitutes=full("substitutes", []),
        registers=registers(),
        cycle=parse_cycle("2026-11-K1"),
        missing=set(),
        previous={},
        rules=Rules(),
    )
    assert typed.items() - {("fault", "K301")} <= records(lines)[0].items()
    assert list(lines.columns) == result_sheet("lines").keys
    assert {str(dtype) for dtype in lines.dtypes} == {"object"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "KT-01 | kế hoạch | 2.7 | 3 | 10/11 | 3 | 12/11 | 1 |",
            "2,7 × 3 = 8,1; chất lượng −25 % × 1 → 6,075; tiến độ −25 % × 1 → 6,075",
        ),
        ("KT-01 | kế hoạch | 1 | 5 | 10/11 | 4 | 9/11 | |", "giao 1 × 5 = 5; xong 1 × 4 = 4"),
        (
            "KT-01 | kế hoạch | 1 | 5 | 10/11 | 0 | | 2 |",
            "giao 1 × 5 = 5; chưa xong phần nào; chưa đạt 2 lần, trừ vào lần hoàn thành sau",
        ),
        (
            "KT-01 | kế hoạch | 1 | 5 | 20/11 | 2 | 9/11 | |",
            "xong sớm một phần, tính vào cả A và D: 1 × 2 = 2",
        ),
        ("KT-01 | kế hoạch | 1 | 5 | 20/11 | 0 | | |", "chưa đến hạn, chưa tính"),
        ("KT-01 | kế hoạch | 1 | 5 | 10/11 | 6 | 9/11 | |", "1 × 5 = 5; vượt giao 1, không tính"),
        (
            "KT-01 | nhận thay | 1 | 5 | 10/11 | 4 | 9/11 | |",
            "nhận thay, không tính vào A: 1 × 4 = 4",
        ),
    ],
)
def test_the_sentence_of_a_line(line, words):
    lines = score(f"""
    việc | loại | k | giao | hạn | q | ngày | r | tđ
    {line}
    """)
    assert lines["arithmetic"][0] == words


# --- Rates ---------------------------------------------------------------------------------------


def test_nothing_assigned_is_no_rate():
    unit = unit_of("""
    việc  | loại      | giao | ai giao | vb   | q | tđ
    PS-01 | phát sinh | 3    | Lê Hòa  | TB 5 | 3 | Đúng
    """)
    assert [unit[key] for key in ("a", "b", "c", "R", "R_reported", "R_granted")] == [None] * 6
    assert unit["arithmetic"] == "ΣA = 0: chưa đủ dữ liệu"


def test_each_rate_is_capped_and_the_uncapped_one_is_kept():
    unit = unit_of("""
    việc  | loại      | giao | ai giao | vb   | q  | ngày  | hạn   | tđ
    KT-01 | kế hoạch  | 10   |         |      | 8  | 12/11 | 10/11 |
    PS-01 | phát sinh | 3    | Lê Hòa  | TB 5 | 3  |       |       | Đúng
    """)
    assert (unit["a"], unit["a_uncapped"]) == (1, Decimal("1.4"))
    assert (unit["c"], unit["c_uncapped"]) == (1, Decimal("1.2"))
    assert unit["arithmetic"].startswith(
        "ΣA = 1×10 = 10; a = ΣD/ΣA = (1×8 + 2×3)/10 = 14/10 = 140,0 %, tính 100,0 %; "
    )


def test_a_task_of_several_people_counts_once_as_a_task():
    unit = unit_of("""
    việc  | người | s   | giao | q
    KT-01 | CB1   | 0.4 | 2    | 2
    KT-01 | CB2   | 0.6 | 2    | 2
    KT-02 | CB2   |     | 1    | 0
    """)
    assert (unit["tasks"], unit["lines"], unit["done"], unit["overdue"], unit["items"]) == (
        2,
        3,
        2,
        1,
        5,
    )


def test_verified_are_the_lines_with_a_state():
    unit = unit_of("""
    việc  | q | tđ   | lý do
    KT-01 | 1 | Đúng |
    KT-02 | 1 | Sửa  | xem lại
    KT-03 | 1 | Sửa  |
    KT-04 | 1 |      |
    """)
    assert unit["verified"] == 2


def test_a_line_of_which_nothing_was_sent_is_not_verified():
    lines = {"task_id": ["KT-01", "YT-01"], "standing": ["đúng hạn", "chưa nộp"]}
    lines |= {"state": ["Đúng", "Đúng"], "source": ["phiếu", ""], "assigned": [None, None]}
    assert rates.counts(lines)["verified"] == 1


SEVERAL = """
việc  | đv | người | giao | q | hạn
KT-01 | KT | CB1   | 4    | 3 | 10/11
KT-01 | KT | CB2   | 4    | 4 | 10/11
KT-02 | KT | CB2   | 2    |   | 10/11
VP-01 | VP | CB3   | 8    | 8 | 10/11
VP-02 | VP | CB2   | 3    |   | 20/11
CA-01 | CA | CB5   | 5    | 5 | 10/11
"""
STATUSES = {"KT": ("Đạt", "có"), "VP": ("Chưa nộp", "không"), "CA": ("Đạt", "không")}


def several() -> tuple[list[dict], list[dict], dict]:
    """Return units, people and commune of a commune where VP is silent and CA is progress-only."""
    lines = score(SEVERAL, missing={"VP"}, progress_only="CA")
    commune = registers(progress_only="CA")
    obstacles = full("obstacles", [{"unit": "KT"}, {"unit": "KT", "fault": "K305"}, {"unit": "CA"}])
    units = rates.unit_rates(lines, commune, STATUSES, obstacles)
    whole = rates.commune_rates(units, lines, obstacles)
    return (
        records(units),
        records(rates.people_rates(lines, commune, parse_cycle("2026-11-K1"))),
        records(whole)[0],
    )


def test_a_unit_that_did_not_report_has_no_rates_and_is_in_no_sum():
    units, _, commune = several()
    silent = units[1]
    assert (silent["unit"], silent["summed"], silent["A"], silent["R"]) == ("VP", "không", 8, None)
    assert (commune["A"], commune["D"], commune["A_missing"]) == (10, 7, 8)
    assert (commune["units"], commune["units_reported"]) == (3, 2)
    assert commune["arithmetic"].startswith(
        "2/3 đơn vị, chưa gồm ΣA 8; ΣA = 1×4 + 1×4 + 1×2 = 10; "
        "a = ΣD/ΣA = (1×3 + 1×4)/10 = 7/10 = 70,0 %; "
    )
    assert commune["arithmetic"].endswith("tạm tính, còn 1 dòng chưa rõ")


def test_progress_only_units_are_in_the_counts_and_in_no_sum():
    units, _, commune = several()
    police = units[2]
    assert (police["progress_only"], police["summed"], police["done"]) == ("có", "không", 1)
    assert [police[key] for key in ("a", "b", "c", "R", "a_uncapped", "R_reported")] == [None] * 6
    assert police["arithmetic"] == "chỉ theo dõi tiến độ, không tính tỷ lệ"
    assert (commune["lines"], commune["tasks"], commune["done"]) == (6, 5, 2)


def test_late_reports_and_open_obstacles_are_told():
    units, _, commune = several()
    assert [(row["late_report"], row["stuck"]) for row in units] == [
        ("có", 1),
        ("không", 0),
        ("không", 1),
    ]
    assert commune["stuck"] == 2


def test_rates_of_people():
    _, people, _ = several()
    seen = {row["person"]: (row["rated"], row["lines"], row["A"], row["a"]) for row in people}
    assert seen == {
        "CB1": ("có", 1, 4, Decimal("0.75")),
        "CB2": ("không", 3, 6, None),  # one of the lines is in a unit that did not report
        "CB3": ("không", 1, 8, None),
        "CB5": ("không", 1, 5, None),
    }


def test_a_line_belongs_to_the_unit_it_was_issued_to():
    lines = score("""
    việc  | đv | người | q
    VP-01 | VP | CB2   | 1
    """)
    assert rate_of(lines, "VP")["lines"] == 1
    assert rate_of(lines, "KT")["lines"] == 0


def test_reported_figures_beside_accepted_ones():
    unit = unit_of("""
    việc  | giao | hạn   | q | ngày  | r | tđ  | q* | r* | l* | lý do
    KT-01 | 10   | 10/11 | 8 | 12/11 | 0 | Sửa | 4  | 1  | 0  | đếm lại
    KT-02 | 10   | 20/11 | 6 | 12/11 | 0 | Sửa | 2  |    |    | đếm lại
    """)
    # Accepted: A = 10 + 2, D = 4 + 2, Q = 3 + 2, P = 4 + 2.
    assert unit["R"] == twenty(Fraction(6 + 5 + 6, 12) / 3)
    # As reported: A = 10 + 6, D = 8 + 6, Q = 8 + 6, P = 6 + 6.
    assert unit["R_reported"] == twenty(Fraction(14 + 14 + 12, 16) / 3)


def test_rates_are_exact_to_twenty_decimals():
    unit = unit_of("""
    việc  | giao | q
    KT-01 | 3    | 2
    """)
    assert str(unit["a"]) == "0.66666666666666666667"


def test_long_figures_lose_no_digit():
    k, s, q = "1." + "0" * 40 + "1", "0." + "3" * 30, "999999999999.5"
    lines = score(f"""
    việc  | k   | s   | giao          | q
    KT-01 | {k} | {s} | 1000000000001 | {q}
    """)
    assert Fraction(lines["D"][0]) == Fraction(k) * Fraction(s) * Fraction(q)


# --- What comes next -----------------------------------------------------------------------------


def next_work(
    text: str, proposals: str = "việc", *, given=(), refused=(), **options
) -> pd.DataFrame:
    """Return the table «upcoming» of a table of lines and one of proposals, as answered."""
    lines = score(text, **options)
    rows = full("proposals", [{"unit": "KT", **row} for row in drawn(proposals)[0]])
    cycle = parse_cycle(options.get("cycle", "2026-11-K1"))
    return plan.upcoming(lines, rows, registers(), cycle, given, refused)


def test_what_is_left_goes_on():
    work = next_work(
        """
        việc  | đv | giao | chuyển | hạn   | q | lỗi
        KT-01 | KT | 5    |        | 10/11 | 5 |
        KT-02 | KT | 5    | 1      | 10/11 | 3 |
        KT-03 | KT | 5    |        | 20/11 | 2 |
        KT-04 | KT | 5    |        | 10/11 | 3 | K302
        KT-05 | KT | 5    | 1      | 20/11 |   |
        VP-01 | VP | 5    | 2      | 10/11 | 5 |
        VP-02 | VP | 5    | 2      | 20/11 | 5 |
        """,
        missing={"VP"},
    )
    assert shown(work, "task_id origin assigned carried due A") == [
        "KT-02 | chuyển kỳ | 2 | 2 | 10/11/2026 | 2",
        "KT-04 | chuyển kỳ | 5 | 1 | 10/11/2026 | 5",
        "KT-03 | chưa đến hạn | 3 | 0 | 20/11/2026 | 3",
        "KT-05 | chưa đến hạn | 5 | 1 | 20/11/2026 | 5",
        "VP-01 | chuyển kỳ | 5 | 3 | 10/11/2026 | 5",
        "VP-02 | chưa đến hạn | 5 | 2 | 20/11/2026 | 5",
    ]


def test_what_was_taken_over_is_never_carried_for_the_giver():
    work = next_work("""
    việc  | người | loại      | k   | giao | từ    | q
    KT-01 | CB1   | kế hoạch  | 1.5 | 5    |       | 1
    PS-01 | CB2   | nhận thay |     | 3    | KT-01 | 2
    """)
    assert shown(work, "task_id person assigned A") == [
        "KT-01 | CB1 | 1 | 1,5",
        "PS-01 | CB2 | 1 | 1,5",
    ]


def test_unplanned_work_that_is_not_finished_goes_on():
    work = next_work("""
    việc  | loại      | giao | ai giao | vb   | q | lỗi
    PS-01 | phát sinh | 5    | Lê Hòa  | TB 5 | 2 |
    PS-02 | phát sinh | 5    | Lê Hòa  | TB 5 | 5 |
    PS-03 | phát sinh |      | Lê Hòa  | TB 5 | 5 | K301
    """)
    assert shown(work, "task_id origin carried assigned missing") == [
        "PS-01 | chuyển kỳ | 1 | 3 | rõ việc, rõ trách nhiệm, rõ thời gian",
        # Nobody knows how much: it has not begun, and what is taken over counts when that is known.
        "PS-03 | chuyển kỳ | 0 | – | rõ việc, rõ sản phẩm, rõ trách nhiệm, rõ thời gian",
    ]


def test_proposals_say_which_of_the_six_are_missing():
    work = next_work(
        "việc | q",
        """
        task       | product | assigned | person | responsible | approver | due
        Kiểm kê    | BC      | 3        | CB2    | CB1         | Chủ tịch | 25/11
        Họp thôn   |         |          |        |             |          |
        """,
    )
    assert shown(work, "origin task person_name responsible approver share A missing") == [
        "đề xuất | Kiểm kê | Trần Thị Bình | Nguyễn Văn An | Chủ tịch | 1 | 6 | ",
        "đề xuất | Họp thôn | Nguyễn Văn An |  |  | 1 | – | "
        "rõ sản phẩm, rõ trách nhiệm, rõ thẩm quyền, rõ thời gian",
    ]


def test_what_the_meeting_gave_and_refused_is_told_and_weighed_once():
    proposals = """
    task     | product | assigned | person | due
    Kiểm kê  | BC      | 3        | CB2    | 25/11
    Họp thôn | BC      | 1        | CB2    | 25/11
    Chờ ý    | BC      | 1        | CB2    | 25/11
    """
    own = {"unit": "KT", "product": "BC", "responsible": "CB1", "approver": "", "due": None}
    given = [
        own | {"task": "kiểm kê", "assigned": Decimal(2), "person": "CB1", "decision": "KL-01"},
        own | {"task": "Việc mới", "assigned": Decimal(4), "person": "", "decision": "KL-02"},
    ]
    refused = [{"unit": "KT", "task": "Họp thôn"}]
    work = next_work("việc | q", proposals, given=given, refused=refused)
    assert shown(work, "origin task decision assigned person responsible A") == [
        "giao mới | kiểm kê | KL-01 | 2 | CB1 | Nguyễn Văn An | 4",
        "giao mới | Việc mới | KL-02 | 4 |  | Nguyễn Văn An | 8",
        "đề xuất | Kiểm kê | KL-01 | 3 | CB2 |  | 6",
        "đề xuất | Họp thôn | không giao | 1 | CB2 |  | 2",
        "đề xuất | Chờ ý |  | 1 | CB2 |  | 2",
    ]
    assert shown(plan.load(work), "person next_lines next_A") == [
        "CB1 | 1 | 4",
        " | 1 | 8",
        "CB2 | 1 | 2",
    ]


def test_the_load_of_the_next_cycle_is_counted_by_unit_and_person():
    work = next_work(
        """
        việc  | đv | người | k | giao | hạn   | q
        KT-01 | KT | CB2   | 3 | 2    | 10/11 | 1
        KT-02 | KT | CB2   | 0 | 5    | 20/11 | 0
        KT-03 | KT |       | 2 | 4    | 20/11 | 0
        VP-01 | VP | CB2   | 1 | 1    | 20/11 | 0
        """
    )
    assert shown(plan.load(work), "unit person name next_lines next_A") == [
        "KT | CB2 | Trần Thị Bình | 2 | 3",
        "KT |  | Việc của cả đơn vị | 1 | 8",
        "VP | CB2 | Trần Thị Bình | 1 | 1",
    ]


def test_a_line_of_a_unit_goes_on_under_its_own_key_in_the_name_of_its_head():
    work = next_work("""
    việc  | người | q
    KT-01 |       | 0
    """)
    assert shown(work, "person person_name responsible") == [" | Nguyễn Văn An | Nguyễn Văn An"]
    assert "rõ người" not in work["missing"][0]


# --- Indicators ----------------------------------------------------------------------------------

# numerator and denominator are written «tử», «mẫu»
INDICATORS = """
indicator | measure | better   | target | tử  | mẫu | value => value                   | met
CC1       | %       | cao hơn  | 98     | 412 | 420 |       => 98.09523809523809523810 | đạt
CC2       | %       | cao hơn  | 100    | 419 | 420 |       => 99.76190476190476190476 | chưa đạt
CC3       | lần     | thấp hơn | 2      | 4   | 2   |       => 2                       | đạt
CC4       | hồ sơ   | thấp hơn | 0      |     |     | 3     => 3                       | chưa đạt
CC5       | %       | cao hơn  | 98     | 5   | 0   |       =>                         |
CC6       | %       | cao hơn  | 98     | 5   |     | 99    =>                         |
CC7       | %       | cao hơn  |        | 1   | 2   |       => 50                      |
CC8       | %       | cao hơn  | 98     |     |     |       =>                         |
"""


def test_indicators():
    rows, expected = drawn(INDICATORS)
    known = {
        row["indicator"]: {
            **row,
            "code": row["indicator"],
            "name": "",
            "unit": "KT",
            "source": "Sổ",
        }
        for row in rows
    }
    sent = [{**row, "unit": "KT"} for row in rows]
    sent += [{"unit": "VP", "indicator": "CC8", "value": Decimal(99)}]
    table = plan.indicators(full("cchc", sent), registers(indicators=known), {"CC1": Decimal(90)})
    assert records(table[["value", "met"]]) == expected
    assert shown(table, "indicator previous source")[:2] == ["CC1 | 90 | Sổ", "CC2 | – | Sổ"]


def test_an_indicator_with_an_error_has_no_value():
    known = {"CC1": {"code": "CC1", "name": "", "unit": "KT", "measure": "%", "better": "cao hơn"}}
    known["CC1"] |= {"target": Decimal(9), "source": ""}
    sent = {"unit": "KT", "indicator": "CC1", "value": Decimal(10), "fault": "K301"}
    table = plan.indicators(full("cchc", [sent]), registers(indicators=known), {})
    assert table["value"][0] is None


# --- Agenda --------------------------------------------------------------------------------------

AGENDA_LINES = """
việc  | người | giao | chuyển | hạn   | q | ngày
KT-01 | CB1   | 3    | 1      | 1/11  | 1 | 9/11
KT-02 | CB1   | 3    |        | 1/11  | 0 |
KT-03 | CB2   | 3    | 2      | 10/10 | 0 |
KT-04 | CB2   | 3    |        | 5/11  | 3 | 9/11
"""
OBSTACLES = [
    {"unit": "VP", "obstacle": "Thiếu máy", "proposal": "Mua máy", "who": "Chủ tịch UBND xã"},
    {
        **{"unit": "KT", "task_id": "KT-02", "obstacle": "Vướng mặt bằng", "proposal": "Đối thoại"},
        **{"who": "Chủ tịch UBND xã", "wanted_by": date(2026, 11, 20)},
    },
    {"unit": "KT", "obstacle": "Chờ sở", "proposal": "Hỏi", "who": "Sở, ngành cấp tỉnh"},
]
AGENDA_CLAIM = {**CLAIM, "task_id": "KT-04", "person": "CB2"}
MEASURES = [{"subject": "Hồ sơ trực tuyến thấp", "measure": "Cử hai người", "owner": "Bà Hoa"}]


def points(typed=(), minutes=60, lines=AGENDA_LINES, exemptions=(), concluded=()) -> pd.DataFrame:
    """Return the agenda of a small commune."""
    claims = [AGENDA_CLAIM]
    return agenda.agenda(
        score(lines, claims=claims, exemptions=exemptions),
        full("obstacles", OBSTACLES),
        full("claims", claims),
        result_table("conclusions", concluded),
        full("measures", MEASURES),
        full("agenda", typed),
        registers(),
        minutes,
    )


def test_conclusions_postponed_twice_stand_before_the_groups_measures():
    known = {"cycle": "2026-10-K1", "unit": "KT", "name": "Nguyễn Văn An", "state": "quá hạn"}
    known |= {"due": date(2026, 11, 9), "age": 2}
    rows = [known | {"conclusion": f"KL-0{n}", "what": f"Việc {n}", "postponed": n} for n in (1, 2)]
    done = known | {"conclusion": "KL-03", "postponed": 3, "state": "đã xong"}
    listed = shown(points(concluded=[*rows, done]), "group point matter figure")
    assert listed[-2] == (
        "Kết luận đã hoãn từ hai lần | 2026-10-K1 KL-02 | Việc 2"
        " | Nguyễn Văn An, hoãn 2 lần, hạn 09/11/2026"
    )
    assert sum("-K1 KL-" in row for row in listed) == 1


def test_candidates_stand_in_the_fixed_order_and_the_first_five_are_chosen():
    assert shown(points(), "group unit chosen minutes") == [
        "Vướng mắc chỉ Chủ tịch gỡ được | KT | có | 10",
        "Vướng mắc chỉ Chủ tịch gỡ được | VP | có | 10",
        "Quá hạn từ hai kỳ | KT | có | 10",
        "Quá hạn từ hai kỳ | KT | có | 10",
        "Đề nghị loại trừ | KT | có | 10",
        "Kiến nghị của Tổ |  | không | –",
    ]


def test_a_claim_that_changes_nothing_says_so():
    table = points(lines=AGENDA_LINES.replace("| 3 | 9/11", "| 0 |"))
    assert list(table["figure"])[4].endswith("P = 0, chấp nhận cũng không đổi")


def test_each_point_shows_its_figure():
    assert list(points()["figure"]) == [
        "KT-02: xong 0/3, hạn 01/11/2026, quá hạn 14 ngày; cần trước 20/11/2026",
        "",
        "KT-03: xong 0/3, hạn 10/10/2026, quá hạn 36 ngày, chuyển lần 2",
        "KT-01: xong 1/3, hạn 01/11/2026, quá hạn 14 ngày, chuyển lần 1",
        "KT-04: xong 3/3, hạn 05/11/2026, xong chậm 4 ngày; P = 2,25, nếu chấp nhận 3",
        "",
    ]


def test_a_matter_is_put_once_the_obstacle_tells_that_its_task_is_overdue_again():
    again = AGENDA_LINES.replace(
        "KT-02 | CB1   | 3    |        |", "KT-02 | CB1   | 3    | 2      |"
    )
    table = points(lines=again)
    assert [row for row in shown(table, "group figure") if "KT-02" in row] == [
        "Vướng mắc chỉ Chủ tịch gỡ được | KT-02: xong 0/3, hạn 01/11/2026, quá hạn 14 ngày,"
        " chuyển lần 2; cần trước 20/11/2026"
    ]
    shared = points(lines=f"{again.rstrip()}\nKT-02 | CB2   | 3    | 1      | 1/11  | 0 |\n")
    assert sum("KT-02: " in row for row in shown(shared, "group figure")) == 2


def test_ticked_points_are_chosen_and_edited_words_win():
    ids = list(points()["point"])
    tick = {"point": ids[5], "chosen": "x", "matter_edited": "Chọn ba thôn", "minutes": 25}
    other = {"point": ids[3], "chosen": "x", "proposal_edited": "Gia hạn đến 20/11"}
    table = points([tick, other])
    assert shown(table, "chosen minutes")[3:] == ["có | 25", "không | –", "có | 25"]
    assert table["matter"][5] == "Chọn ba thôn"
    assert table["proposal"][3] == "Gia hạn đến 20/11"


def test_at_most_five_are_chosen():
    ids = list(points()["point"])
    table = points([{"point": point, "chosen": "x"} for point in reversed(ids)])
    assert list(table["chosen"]) == ["có"] * 5 + ["không"]


def test_a_ticked_point_that_is_no_candidate_any_more_is_kept():
    table = points([{"point": "VM-CŨ", "unit": "KT", "matter": "Việc cũ", "chosen": "x"}])
    assert shown(table, "group matter chosen")[-1] == "Tổ trưởng nêu thêm | Việc cũ | có"
    assert list(table["chosen"])[:-1] == ["không"] * 6


def test_a_decided_claim_needs_no_decision():
    refused = {**AGENDA_CLAIM, "granted": "không"}
    assert "Đề nghị loại trừ" in set(points()["group"])
    assert "Đề nghị loại trừ" not in set(points(exemptions=[refused])["group"])


def test_ids_do_not_depend_on_the_other_points():
    fewer = points(lines="\n".join(AGENDA_LINES.splitlines()[:-2]))
    assert set(fewer["point"]) < set(points()["point"])
    assert points()["point"].is_unique


@pytest.mark.parametrize("minutes", [15, 20, 30, 45, 60, 75, 90, 120, 480])
def test_minutes_are_whole_fives_within_the_meeting(minutes):
    given = list(points(minutes=minutes)["minutes"])[:5]
    assert sum(given) <= minutes
    assert all(part % 5 == 0 for part in given)
    assert minutes < 60 or len(set(given)) == 1
