"""Lines across units, across cycles, and the questions: show the sheets, assert (code, cell)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipeline import issue
from pipeline.checking.across import check_units
from pipeline.checking.earlier import check_cycles
from pipeline.checking.kept import type_kept
from pipeline.checking.lines import cycle_lines
from pipeline.checking.questions import Seen, ask
from pipeline.checking.reports import Issued, check_reports
from pipeline.checking.rows import Day
from pipeline.model.calendar import DaysOff, parse_cycle
from pipeline.model.findings import catalogue, describe, severity
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.tables import records
from pipeline.scoring.adjusting import carried_on
from tests.test_checking import in_book, show_sheet

CYCLE = parse_cycle("2026-11-K1")
BEFORE, RULES = "2026-10-K2", "QT-F211"
NOTHING = {}
DATES = ("active_from", "active_to", "unscored_from", "unscored_to")


def person(code, unit, **more):
    row = {"code": code, "name": f"Người {code}", "unit": unit, "category": "công chức"}
    return row | dict.fromkeys(DATES) | {"unscored_reason": ""} | more


PEOPLE = (
    person("KT1", "KT"),
    person("KT2", "KT", active_to=date(2026, 11, 8)),
    person("KT3", "KT", active_from=date(2026, 11, 12)),
    person("KT4", "KT", unscored_from=date(2026, 10, 1), unscored_reason="nghỉ thai sản"),
    person("VP1", "VP"),
    person("VP2", "VP", category="hợp đồng"),
)
REGISTERS = Registers(
    units={
        code: {"code": code, "name": f"Phòng {code}", "head": f"{code}1"} for code in ("KT", "VP")
    },
    people={row["code"]: row for row in PEOPLE},
    products={
        code: {"code": code, "product": "Báo cáo", "unit": "KT", "coefficient": Decimal(2)}
        for code in ("SP.01", "SP.02")
    },
    indicators={},
    days_off=DaysOff(),
)


class Compared:
    """A cycle's shown sheets, checked; the lines they make."""

    def __init__(self, assigned="", registers=REGISTERS, before=NOTHING, **sent):
        self.columns, self.registers = {}, registers
        place = {"file": "giao-viec.xlsx", "sheet": "Giao việc"}
        rows = self._rows(layout("assignment")["assignments"], assigned, place)
        kept = {"assignments": rows, "cycle": []}
        self.assignments = type_kept("assignment", kept, registers.lists(), [])["assignments"].table
        entries = {sheet.key: [] for sheet in layout("unit").tables}
        for unit, books in sent.items():
            for key, text in books.items():
                entries[key] += self._rows(layout("unit")[key], text, in_book(unit, key))
        given = {unit: issue.unit_rows(self.assignments, registers, unit) for unit in sent}
        counted = carried_on(self.assignments, before, CYCLE.first_day)
        issued = Issued(given, records(counted))
        day = Day(CYCLE.last_day, {})
        self.checked = check_reports(entries, [], issued, registers, day, CYCLE)
        tables = self.checked.tables["reported"], self.checked.tables["unplanned"]
        self.lines = cycle_lines(self.assignments.assign(assigned=counted["assigned"]), *tables)

    def _rows(self, sheet, text, place):
        if not text:
            return []
        shown = show_sheet(sheet, text, place)
        self.columns |= {(place["file"], place["sheet"], f): c for f, c in shown.letters.items()}
        return shown.rows

    def units(self):
        return self._cells(check_units(self.lines, self.registers, CYCLE))

    def cycles(self, **earlier):
        past = {name.replace("_", "-"): rows for name, rows in earlier.items()}
        return self._cells(check_cycles(self.lines, past, CYCLE, "giao-viec.xlsx"))

    def _cells(self, found):
        told = [r for r in describe(found, self.columns) if r["code"] != "K614"]
        return sorted((row["code"], row["file"], row["cell"]) for row in told)


# --- within one cycle

ASSIGNED = """
row | Mã việc | Loại việc | Văn bản giao | Đơn vị | Người thực hiện | Việc | Mã sản phẩm | Hệ số | Số lượng | Hạn
"""


def assigned(*lines):
    """Return the assignment table of these rows, the first in row 4."""
    return ASSIGNED + "\n".join(f"{4 + n} | {line}" for n, line in enumerate(lines))


def test_the_same_work_issued_to_two_units_is_k602_in_the_later_row():
    table = assigned(
        "KT-01 | kế hoạch | CV 15 | KT | KT1 | Báo cáo lũ  | SP.01 | 2 | 1 | 10/11/2026",
        "VP-01 | kế hoạch | cv 15 | VP | VP1 | BÁO CÁO lũ  | SP.01 | 2 | 1 | 10/11/2026",
        "VP-02 | kế hoạch | CV 15 | VP | VP1 | Báo cáo lũ  | SP.02 | 2 | 1 | 10/11/2026",
        "VP-03 | kế hoạch |       | VP | VP1 | Báo cáo lũ  | SP.01 | 2 | 1 | 10/11/2026",
    )
    assert Compared(table).units() == [("K602", "giao-viec.xlsx", "A5")]


@pytest.mark.parametrize(
    "other",
    [
        "KT-02 | kế hoạch | CV 15 | KT | KT1 | Báo cáo lũ | SP.01 | 2 | 1 | 13/11/2026",  # again
        "KT-01 | kế hoạch | CV 15 | VP | VP1 | Báo cáo lũ | SP.01 | 2 | 1 | 10/11/2026",  # shared
        "VP-01 | kế hoạch | CV 16 | VP | VP1 | Báo cáo lũ | SP.01 | 2 | 1 | 10/11/2026",
    ],
)
def test_work_that_comes_back_or_is_shared_is_no_k602(other):
    first = "KT-01 | kế hoạch | CV 15 | KT | KT1 | Báo cáo lũ | SP.01 | 2 | 1 | 10/11/2026"
    assert Compared(assigned(first, other)).units() == []


def test_work_given_twice_to_one_person_for_one_day_is_k602():
    same = "kế hoạch | CV 15 | KT | KT1 | Báo cáo lũ | SP.01 | 2 | 1 | 10/11/2026"
    table = assigned(f"KT-01 | {same}", f"KT-02 | {same}")
    assert Compared(table).units() == [("K602", "giao-viec.xlsx", "A5")]


@pytest.mark.parametrize(
    ("holders", "units", "cells"), [(3, 7, ["A5", "A6"]), (3, 6, []), (4, 9, [])]
)
def test_three_of_many_units_hold_a_task_by_mistake_four_or_half_as_a_duty(holders, units, cells):
    codes = [f"U{n}" for n in range(units)]
    everybody = {code: {"code": code, "name": f"Phòng {code}", "head": ""} for code in codes}
    rows = [
        f"{code}-01 | kế hoạch | CV 15 | {code} | | Báo cáo lũ | SP.01 | 2 | 1 | 10/11/2026"
        for code in codes[:holders]
    ]
    found = Compared(assigned(*rows), registers=replace(REGISTERS, units=everybody)).units()
    assert found == [("K602", "giao-viec.xlsx", cell) for cell in cells]


UNPLANNED = (
    "row | Mã | Loại | Việc | Từ việc | Ai giao | Văn bản | Mã sản phẩm | Người thực hiện"
    " | SL giao | SL hoàn thành | Ngày xong | Minh chứng"
)


def unplanned(*lines):
    return {"unplanned": "\n".join([UNPLANNED, *(f"{6 + n} | {x}" for n, x in enumerate(lines))])}


def flood(number, person, rest="SP.01 | {} | 1 | 1 | 5/11/2026 |"):
    return f"PS-0{number} | phát sinh | Trực lũ | | Chủ tịch | CĐ 20 | {rest.format(person)}"


def test_unplanned_work_of_two_units_is_k602_in_both_reports():
    found = Compared(KT=unplanned(flood(1, "KT1")), VP=unplanned(flood(1, "VP1"))).units()
    assert found == [("K602", "KT.xlsx", "C6"), ("K602", "VP.xlsx", "C6")]


def test_unplanned_work_that_is_issued_too_is_k602_in_the_report():
    line = "KT-01 | kế hoạch | CĐ 20 | KT | KT1 | Trực lũ | SP.01 | 2 | 1 | 10/11/2026"
    found = Compared(assigned(line), KT=unplanned(flood(1, "KT1"))).units()
    assert found == [("K602", "KT.xlsx", "C6")]


def test_colleagues_may_share_unplanned_work_but_nobody_does_it_twice():
    assert Compared(VP=unplanned(flood(1, "VP1"), flood(2, "VP2"))).units() == []
    found = Compared(VP=unplanned(flood(1, "VP1"), flood(2, "VP1"))).units()
    assert found == [("K602", "VP.xlsx", "C6"), ("K602", "VP.xlsx", "C7")]


TWO = assigned(
    "KT-01 | kế hoạch | CV 1 | KT | KT1 | Báo cáo tuần | SP.01 | 2 | 3 | 10/11/2026",
    "KT-02 | kế hoạch | CV 2 | KT | KT1 | Báo cáo lũ   | SP.01 | 2 | 3 | 10/11/2026",
    "KT-03 | kế hoạch | CV 3 | KT | KT1 | Kế hoạch     | SP.02 | 2 | 3 | 10/11/2026",
)


def proofs(*texts):
    head = "row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng"
    rows = (f"{6 + n} | KT-0{n + 1} | KT1 | 1 | 9/11/2026 | {t}" for n, t in enumerate(texts))
    return {"tasks": "\n".join([head, *rows])}


@pytest.mark.parametrize(
    ("texts", "cells"),
    [
        (("BC số 15/BC-KT", "Báo cáo 15/bc-kt ngày 9/11"), ["E6", "E7"]),
        (("BC 15/BC-KT", "BC 16/BC-KT; 15/BC-KT"), ["E6", "E7"]),
        (("BC 15/BC-KT", "BC 16/BC-KT"), []),
        (("BC 15/BC-KT", "", "BC 15/BC-KT"), []),  # another product
        (("BC ngày 12/11", "BC ngày 12/11"), []),
        (("Sổ trực", "Sổ trực"), []),
        (("05/2026/QĐ-UBND", "06/2026/QĐ-UBND"), []),
        (("QĐ 05/2026/QĐ-UBND", "05 / 2026/QĐ-UBND"), ["E6", "E7"]),
        (("Hồ sơ 12/11 và 14/11", "Hồ sơ 12/11 và 14/11"), []),
    ],
)
def test_one_numbered_document_for_the_same_product_twice_is_k603(texts, cells):
    found = [row for row in Compared(TWO, KT=proofs(*texts)).units() if row[0] == "K603"]
    assert found == [("K603", "KT.xlsx", cell) for cell in cells]


def test_a_proof_of_nothing_delivered_or_of_a_faulty_row_is_no_k603():
    sheet = proofs("BC 15/BC-KT", "BC 15/BC-KT")["tasks"]
    for other in ("KT1 | 0 |", "KT1 | 9O |"):
        lines = sheet.splitlines()
        lines[2] = f"7 | KT-02 | {other} | BC 15/BC-KT"
        assert Compared(TWO, KT={"tasks": "\n".join(lines)}).units() == []


@pytest.mark.parametrize(
    ("own", "taken", "expected"),
    [("3", "1", [("K617", "KT.xlsx", "C6")]), ("2", "1", []), ("0", "3", [])],
)
def test_a_giver_that_reports_what_another_took_over_is_asked_about(own, taken, expected):
    line = "KT-01 | kế hoạch | CV 1 | KT | KT1 | Báo cáo tuần | SP.01 | 2 | 3 | 10/11/2026"
    done = f"""
    row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong
    6 | KT-01 | KT1 | {own} | {"9/11/2026" if own != "0" else ""}
    """
    other = f"PS-01 | nhận thay | Làm thay | KT-01 | | | | VP1 | {taken} | 1 | 9/11/2026 | sổ"
    compared = Compared(assigned(line), KT={"tasks": done}, VP=unplanned(other))
    assert compared.units() == expected


def test_giver_and_receiver_may_prove_their_parts_by_one_document():
    taken = (
        "PS-01 | nhận thay | Làm thay | KT-01 | | | SP.01 | VP1 | 1 | 1 | 9/11/2026 | BC 15/BC-KT"
    )
    compared = Compared(TWO, KT=proofs("BC 15/BC-KT"), VP=unplanned(taken))
    assert compared.units() == []


ALIKE = assigned(
    "KT-01 | kế hoạch | KH 7 | KT | KT1 | Trực lũ      | SP.01 | 2 | 3 | 10/11/2026",
    "KT-02 | kế hoạch | KH 7 | KT | KT1 | trực  LŨ     | SP.01 | 2 | 3 | 13/11/2026",
    "KT-03 | kế hoạch | KH 7 | KT | KT1 | Kiểm tra đê  | SP.01 | 2 | 3 | 10/11/2026",
    "KT-04 | kế hoạch | KH 7 | KT | KT2 | Trực lũ      | SP.01 | 2 | 3 | 5/11/2026",
    "KT-05 | kế hoạch | KH 7 | KT | KT1 | Trực lũ      | SP.02 | 2 | 3 | 11/11/2026",
)


def claims(*rows):
    head = "row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng"
    return {"tasks": "\n".join([head, *(f"{6 + n} | {row}" for n, row in enumerate(rows))])}


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (("KT-01 | KT1 | 1 | 9/11/2026 | Sổ trực", "KT-02 | KT1 | 1 | 9/11/2026 |"), ["C7"]),
        (
            ("KT-01 | KT1 | 1 | 9/11/2026 | Sổ trực", "KT-03 | KT1 | 1 | 9/11/2026 | sổ TRỰC"),
            ["C7"],
        ),
        (("KT-01 | KT1 | 1 | 9/11/2026 | Sổ trực", "KT-03 | KT1 | 1 | 9/11/2026 | Biên bản"), []),
        (("KT-01 | KT1 | 1 | 9/11/2026 |", "KT-03 | KT1 | 1 | 9/11/2026 |"), []),
        (("KT-01 | KT1 | 1 | 9/11/2026 |", "KT-02 | KT1 | 2 | 9/11/2026 |"), []),  # quantity
        (("KT-01 | KT1 | 1 | 9/11/2026 |", "KT-02 | KT1 | 1 | 8/11/2026 |"), []),  # day
        (("KT-01 | KT1 | 0 | |", "KT-02 | KT1 | 0 | |"), []),
        (("KT-01 | KT1 | 1 | 5/11/2026 |", "KT-04 | KT2 | 1 | 5/11/2026 |"), []),  # person
        (("KT-01 | KT1 | 1 | 9/11/2026 |", "KT-05 | KT1 | 1 | 9/11/2026 |"), []),  # product
        (("KT-01 | KT1 | 1 | 9/11/2026 | BB 1/BB", "KT-02 | KT1 | 1 | 9/11/2026 | BB 2/BB"), []),
    ],
)
def test_one_delivery_in_two_lines_without_a_numbered_proof_is_k615(rows, cells):
    found = Compared(ALIKE, KT=claims(*rows)).units()
    assert found == [("K615", "KT.xlsx", cell) for cell in cells]


def test_a_row_told_otherwise_is_not_told_again_as_k615():
    rows = "KT-01 | KT1 | 1 | 9/11/2026 | BB 1/BB", "KT-02 | KT1 | 1 | 9/11/2026 | BB 1/BB"
    assert {code for code, _, _ in Compared(ALIKE, KT=claims(*rows)).units()} == {"K603"}
    found = Compared(VP=unplanned(flood(1, "VP1"), flood(2, "VP1"))).units()
    assert {code for code, _, _ in found} == {"K602"}


def test_people_of_another_unit_or_not_in_office_are_named():
    table = assigned(
        "KT-01 | kế hoạch | CV 1 | KT | VP1 | Việc a | SP.01 | 2 | 1 | 10/11/2026",
        "KT-02 | kế hoạch | CV 2 | KT | KT2 | Việc b | SP.01 | 2 | 1 | 10/11/2026",
        "KT-03 | kế hoạch | CV 3 | KT | KT2 | Việc c | SP.01 | 2 | 1 | 8/11/2026",
        "KT-04 | kế hoạch | CV 4 | KT | KT3 | Việc d | SP.01 | 2 | 1 | 11/11/2026",
        "KT-05 | kế hoạch | CV 5 | KT | KT3 | Việc e | SP.01 | 2 | 1 | 30/11/2026",
        "KT-06 | kế hoạch | CV 6 | KT | KT4 | Việc g | SP.01 | 2 | 1 | 10/11/2026",
        "KT-07 | kế hoạch | CV 7 | KT | KT1 | Việc h | SP.01 | 2 | 1 | 10/11/2026",
        "KT-08 | kế hoạch | CV 8 | KT |     | Việc i | SP.01 | 2 | 1 | 10/11/2026",
    )
    assert Compared(table).units() == [
        ("K604", "giao-viec.xlsx", "E4"),
        ("K605", "giao-viec.xlsx", "E5"),
        ("K605", "giao-viec.xlsx", "E7"),
        ("K605", "giao-viec.xlsx", "E9"),
    ]


def test_responsible_is_somebody_of_the_unit_or_above_it():
    head = "row | Mã việc | Loại việc | Đơn vị | Người thực hiện | Chịu trách nhiệm | Việc | Hệ số"
    codes = ("KT1", "VP2", "CT", "PCT", "", "VP1")
    rows = (f"{4 + n} | KT-0{n} | kế hoạch | KT | KT1 | {c} | a | 2" for n, c in enumerate(codes))
    table = "\n".join([head, *rows, "10 | VP-01 | kế hoạch | VP | VP1 | PCT | b | 2"])
    table += "\n11 | KT-09 | nhận thay | KT | KT1 | VP1 | c | 2"  # as of the line it is taken from
    above = (person("CT", "VP"), person("PCT", "VP", supervisor="CT"))
    led = person("KT1", "KT", supervisor="PCT")
    people = REGISTERS.people | {row["code"]: row for row in (*above, led)}
    found = Compared(table, registers=replace(REGISTERS, people=people)).units()
    assert found == [("K616", "giao-viec.xlsx", "E5"), ("K616", "giao-viec.xlsx", "E9")]


def test_a_person_of_unplanned_work_must_be_there_on_the_day_it_was_done():
    rows = [
        flood(1, "KT2", "SP.01 | {} | 1 | 1 | 8/11/2026 |"),
        flood(2, "KT2", "SP.02 | {} | 1 | 1 | 9/11/2026 |"),
        flood(3, "VP1", "SP.01 | {} | 1 | 1 | 9/11/2026 |"),
    ]
    found = Compared(KT=unplanned(*rows)).units()
    assert found == [("K604", "KT.xlsx", "H8"), ("K605", "KT.xlsx", "H7")]


def test_civil_servants_without_a_line_are_listed_unit_by_unit():
    line = "KT-01 | kế hoạch | CV 1 | KT | KT2 | Việc a | SP.01 | 2 | 1 | 8/11/2026"
    idle = replace(
        REGISTERS,
        people=REGISTERS.people | {c: person(c, c[:2]) for c in ("KT8", "KT9", "VP8")},
    )
    found = [
        r for r in check_units(Compared(assigned(line)).lines, idle, CYCLE) if r["code"] == "K614"
    ]
    assert [(row["value"], row["fact"]) for row in found] == [
        ("Phòng KT", "KT8, KT9"),  # heads, leave, arriving, leaving, contracts: none of them
        ("Phòng VP", "VP8"),
    ]


def test_a_new_line_due_before_the_cycle_began_is_k722():
    table = """
    row | Mã việc | Loại việc | Đơn vị | Hệ số | Số lượng | Hạn        | Lần chuyển
    4   | KT-01   | kế hoạch  | KT     | 2     | 1        | 31/10/2026 |
    5   | KT-02   | kế hoạch  | KT     | 2     | 1        | 31/10/2026 | 1
    6   | KT-03   | kế hoạch  | KT     | 2     | 1        | 1/11/2026  |
    7   | KT-04   | nhận thay | KT     | 2     | 1        | 31/10/2026 |
    """
    assert Compared(table).units() == [("K733", "giao-viec.xlsx", "F4")]


# --- across cycles


def kept(task_id="KT-01", **more):
    """Return a line as an earlier archive keeps it: three issued, one done, overdue."""
    row = {"unit": "KT", "task_id": task_id, "person": "KT1", "task": "Báo cáo", "product": "SP.01"}
    row |= {"coefficient": Decimal(2), "share": Decimal(1), "assigned": Decimal(3), "carried": 0}
    row |= {"due": date(2026, 10, 20), "completed_reported": Decimal(1), "completed": Decimal(1)}
    row |= {"finished": date(2026, 10, 19), "evidence": "BC 9", "standing": "quá hạn"}
    row |= {"decision": "", "due_before": None, "withdrawn": "không", "heir": ""}
    row |= {"kind": "kế hoạch", "document": "KH 5", "assigned_on": None, "from_task": ""}
    row |= {"responsible_code": "KT1", "approver_code": "KT2", "product_name": "", "measure": ""}
    return row | {"remaining": Decimal(2), "rework_pending": 0} | more


HEAD = """
row | Mã việc | Loại việc | Đơn vị | Người thực hiện | Việc | Mã sản phẩm | Hệ số | Tỷ lệ tham gia | Số lượng | Hạn | Lần chuyển | Theo kết luận
"""
CARRIED = "4 | KT-01 | kế hoạch | KT | KT1 | Báo cáo | SP.01 | 2 | | 2 | 20/10/2026 | 1 |"


def again(line=CARRIED, done="", **earlier):
    """Return what is found about a carried line and its report, against the cycle before."""
    head = "row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng | Ghi chú"
    sent = {"KT": {"tasks": f"{head}\n6 | KT-01 | KT1 | {done} | x"}} if done else {}
    return Compared(HEAD + line, **sent).cycles(**(earlier or {"2026_10_K2": [kept()]}))


def test_a_line_carried_as_it_was_left_is_in_order():
    assert again() == []
    assert again(done="2 | 9/11/2026 | BC 15") == []
    assert again(**{"2026_10_K1": []}) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "cell"),
    [
        ("| 2 | | 2", "| 2.7 | | 2", "K611", "G4"),
        ("| 2 | | 2", "| 2 | 0.5 | 2", "K611", "H4"),
        ("20/10/2026", "20/11/2026", "K612", "J4"),
        ("| 1 |", "| |", "K613", "K4"),
        ("| 1 |", "| 2 |", "K613", "K4"),
        ("Báo cáo | SP.01", "Kế hoạch | SP.02", "K608", "A4"),
    ],
)
def test_what_is_frozen_stays_unless_a_decision_says_otherwise(old, new, code, cell):
    changed = CARRIED.replace(old, new)
    assert again(changed) == [(code, "giao-viec.xlsx", cell)]
    decided = again(f"{changed} KL-07")
    assert decided == ([] if code != "K608" else [(code, "giao-viec.xlsx", cell)])


@pytest.mark.parametrize(
    ("old", "new", "code", "cell"),
    [
        ("| 2 | | 2", "| 2.7 | | 2", "K611", "G4"),
        ("20/10/2026", "20/11/2026", "K612", "J4"),
        ("| 1 |", "| |", "K613", "K4"),
    ],
)
def test_the_decision_it_came_with_changes_nothing_more(old, new, code, cell):
    given = {"2026_10_K2": [kept(decision="KL-02")]}
    handed = {"2026_10_K2": [kept(person="KT3", heir="KT1", decision="KL-02")]}
    for earlier in (given, handed):
        assert again(f"{CARRIED} KL-02", **earlier) == []
        changed = CARRIED.replace(old, new)
        assert again(f"{changed} KL-02", **earlier) == [(code, "giao-viec.xlsx", cell)]
        assert again(f"{changed} KL-07", **earlier) == []


def test_work_stays_in_the_unit_it_was_given_to_whoever_moves():
    line = HEAD + CARRIED.replace("| KT1 |", "| VP1 |")
    compared = Compared(line)
    assert compared.units() == [("K604", "giao-viec.xlsx", "D4")]
    for unit, codes in (("KT", []), ("VP", ["K604"])):
        before = {("KT-01", "VP1"): kept(person="VP1", unit=unit)}
        found = check_units(compared.lines, REGISTERS, CYCLE, before)
        assert [row["code"] for row in found if row["code"] != "K614"] == codes


def test_an_id_given_to_another_person_for_other_work_is_told():
    moved = CARRIED.replace("KT1", "KT2", 1)
    assert "K608" not in [code for code, *_ in again(moved)]
    other = moved.replace("Báo cáo | SP.01", "Kế hoạch | SP.02")
    assert ("K608", "giao-viec.xlsx", "A4") in again(other)


def test_a_line_not_yet_due_is_no_older():
    later = {"due": date(2026, 11, 10), "standing": "chưa đến hạn"}
    line = CARRIED.replace("20/10/2026 | 1", "10/11/2026 |")
    assert again(line, **{"2026_10_K2": [kept(**later)]}) == []
    assert again(line.replace("2026 |", "2026 | 1"), **{"2026_10_K2": [kept(**later)]}) == [
        ("K613", "giao-viec.xlsx", "K4")
    ]


def test_reworded_work_is_the_same_work():
    assert again(CARRIED.replace("Báo cáo |", "Báo cáo (bổ sung) |")) == []


def test_what_was_finished_in_any_earlier_cycle_comes_back_as_k607():
    closed = kept(remaining=Decimal(0), standing="xong chậm")
    for name in ("2026_10_K2", "2026_09_K1"):
        assert again(**{name: [closed]}) == [("K607", "giao-viec.xlsx", "A4")]
    assert again(**{"2026_09_K1": [closed], "2026_10_K2": [kept()]}) == []


def test_a_delivery_copied_from_an_earlier_cycle_is_k606():
    copied = [("K606", "KT.xlsx", "C6")]
    assert again(done="1 | 19/10/2026 | bc  9") == copied
    earlier = {"2026_09_K1": [kept()], "2026_10_K2": [kept("KT-02", remaining=Decimal(0))]}
    assert again(done="1 | 19/10/2026 | BC 9", **earlier) == copied
    for other in ("2 | 19/10/2026 | BC 9", "1 | 18/10/2026 | BC 9", "1 | 19/10/2026 | BC 10"):
        assert again(done=other) == []
    not_counted = {"2026_10_K2": [kept(standing="chưa rõ")]}
    assert again(done="1 | 19/10/2026 | BC 9", **not_counted) == []


def test_more_completed_over_all_cycles_than_assigned_is_k609():
    too_much = CARRIED.replace("| 2 | 20/10", "| 3 | 20/10")
    assert again(too_much, done="3 | 9/11/2026 | BC 15") == [("K609", "KT.xlsx", "C6")]
    assert again(too_much, done="2 | 9/11/2026 | BC 15") == []
    assert again(f"{too_much} KL-07", done="3 | 9/11/2026 | BC 15") == []
    assert again(done="3 | 9/11/2026 | BC 15") == []  # of this cycle: K403


@pytest.mark.parametrize(
    ("left", "done", "code", "fact"),
    [
        ("2", "2", "", ""),
        ("1", "2", "K430", "1 (tính lại; phiếu ghi 2)"),  # more was accepted after it was issued
        ("1", "3", "K403", "1 (tính lại; phiếu ghi 2)"),  # and more done than was issued
        ("0", "1", "K430", "0 (tính lại; phiếu ghi 2)"),
        ("3", "3", "", ""),  # less was
        ("3", "4", "K403", "3 (tính lại; phiếu ghi 2)"),
    ],
)
def test_what_is_too_much_is_held_against_the_quantity_that_counts(left, done, code, fact):
    last = kept(remaining=Decimal(left))
    head = "row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng"
    sent = {"tasks": f"{head}\n6 | KT-01 | KT1 | {done} | 9/11/2026 | BC 15"}
    compared = Compared(HEAD + CARRIED, before={("KT-01", "KT1"): last}, KT=sent)
    told = [(r["code"], r["fact"]) for r in compared.checked.findings if r["code"] != "K414"]
    assert told == ([(code, fact)] if code else [])


def test_work_withdrawn_before_is_no_fault_of_the_unit_that_did_it():
    last = kept(remaining=Decimal(0), withdrawn="có", standing="thu hồi", decision="KL-03")
    head = "row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng"
    sent = {"tasks": f"{head}\n6 | KT-01 | KT1 | 2 | 9/11/2026 | BC 15"}
    compared = Compared(HEAD + CARRIED, before={("KT-01", "KT1"): last}, KT=sent)
    assert [r["code"] for r in compared.checked.findings if r["code"] != "K414"] == []
    silent = {"tasks": f"{head}\n6 | KT-01 | KT1 | | |"}
    compared = Compared(HEAD + CARRIED, before={("KT-01", "KT1"): last}, KT=silent)
    assert [r["code"] for r in compared.checked.findings if r["code"] != "K414"] == []


def test_unfinished_work_that_is_issued_no_more_is_k610():
    left = {"2026_10_K2": [kept(), kept("KT-02"), kept("KT-03", remaining=Decimal(0))]}
    assert again(**left) == [("K610", "giao-viec.xlsx", "")]
    found = check_cycles(Compared(HEAD + CARRIED).lines, {BEFORE: left["2026_10_K2"]}, CYCLE, "g")
    assert [(row["value"], row["fact"]) for row in found] == [
        ("KT-02/KT1", "2 chưa xong, không tự chuyển kỳ")
    ]
    assert again(**{"2026_09_K1": left["2026_10_K2"]}) == []  # the cycle before is not known


def test_work_that_passed_to_another_person_has_not_vanished():
    passed = CARRIED.replace("KT | KT1", "KT | KT2")
    assert again(passed, **{"2026_10_K2": [kept()]}) == []
    both = {"2026_10_K2": [kept(), kept(person="KT2")]}
    assert again(passed, **both) == [("K610", "giao-viec.xlsx", "")]


# --- questions


def unit(**more):
    row = {"unit": "KT", "lines": 6, "R": Decimal("0.9"), "R_reported": Decimal("0.9")}
    return row | {"overdue": 0, "late": 0, "unclear": 0} | more


def asked(compared=None, *, units=(), **more):
    """Return (code, value, fact) of every question about unit KT."""
    lines = compared.lines if compared else []
    parts = {"scored": [], "history": [], "before": [], "issued": {}, "rule_code": RULES} | more
    units = list(units) or [unit()]
    seen = Seen(cycle=CYCLE, days_off=DaysOff(), lines=lines, units=units, **parts)
    return [(row["code"], row["value"], row["fact"]) for row in ask(seen)]


MANY = 6


def busy(days=("9/11/2026",) * MANY, proofs=("BC",) * MANY):
    """Return six delivered lines of KT."""
    lines = [
        f"KT-0{n} | kế hoạch | CV {n} | KT | KT1 | Việc {n} | SP.01 | 2 | 3 | 10/11/2026"
        for n in range(1, MANY + 1)
    ]
    head = "row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng"
    rows = [
        f"{5 + n} | KT-0{n} | KT1 | 3 | {day} | {proof} {n}"
        for n, (day, proof) in enumerate(zip(days, proofs, strict=True), 1)
    ]
    return Compared(assigned(*lines), KT={"tasks": "\n".join([head, *rows])})


def last_time(n, **more):
    said = {"task": f"Việc {n}", "completed_reported": Decimal(3), "evidence": f"bc {n}"}
    return kept(f"KT-9{n}", **said | more)


def test_rows_that_repeat_last_cycle_are_asked_about_from_five_on():
    same = [last_time(n) for n in range(1, 6)]
    listed = "KT-01/KT1, KT-02/KT1, KT-03/KT1…"
    assert asked(busy(), before=same) == [("K801", listed, "5/6")]
    assert asked(busy(), before=same[:4]) == []
    assert asked(busy(), before=[last_time(n, evidence="") for n in range(1, 7)]) == []
    assert asked(busy(), before=[last_time(n, unit="VP") for n in range(1, 7)]) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"R_reported": Decimal(1)}, [("K802", "", "6")]),
        ({"R_reported": Decimal(1), "lines": 4}, []),
        ({"R_reported": Decimal(1), "late": 1}, []),
        ({"R_reported": Decimal("0.9999")}, []),
        ({"R_reported": None}, []),
    ],
)
def test_everything_complete_by_its_own_report(more, expected):
    assert asked(units=[unit(**more)]) == expected


def given(amount, due=date(2026, 11, 10)):
    return {"KT": [{"task_id": "KT-01", "person": "KT1 – Người", "assigned": amount, "due": due}]}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"issued": given(Decimal(4))}, "KT-01/KT1: số lượng 4 → 3"),
        (
            {"issued": given(Decimal(3), date(2026, 11, 5))},
            "KT-01/KT1: hạn 05/11/2026 → 10/11/2026",
        ),
        ({"before": [kept(remaining=Decimal(5))]}, "KT-01/KT1: số lượng 5 → 3"),
        ({"issued": given(Decimal(2), date(2026, 11, 12))}, None),
        ({"before": [kept(remaining=Decimal(3))]}, None),
    ],
)
def test_targets_lowered_after_issue(more, told):
    assert asked(busy(), **more) == ([("K803", told, "1")] if told else [])


def test_everything_finished_on_the_last_working_day():
    friday = "13/11/2026"  # the cycle ends on a Sunday
    assert asked(busy((friday,) * MANY)) == [("K804", friday, "6")]
    assert asked(busy((friday,) * 5 + ("12/11/2026",))) == []
    assert asked(busy(("14/11/2026",) * 4 + (friday, "15/11/2026"))) == [("K804", friday, "6")]


def scored(count, said, accepted, state="Sửa"):
    row = {"unit": "KT", "state": state, "D_reported": Decimal(said), "D": Decimal(accepted)}
    return [row] * count


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (scored(5, "6", "5"), [("K805", "30", "25 trên 5 dòng đã thẩm định")]),
        (scored(4, "6", "5"), []),
        (scored(5, "5.99", "5"), []),
        (scored(5, "0", "0"), []),
        (scored(5, "6", "0", ""), []),
    ],
)
def test_a_report_far_above_what_was_accepted(lines, expected):
    assert asked(scored=lines) == expected


def history(*rates, lines=6, rules=RULES):
    row = {"unit": "KT", "lines": lines, "rule_code": rules}
    return [row | {"R": rate and Decimal(rate)} for rate in rates]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (history("0.7", "0.72", "0.74"), [("K806", "90,0 %", "70,0 % · 72,0 % · 74,0 %")]),
        (history("0.7", "0.72"), []),
        (history("0.7", None, "0.72"), []),
        (history("0.7", "0.72", "0.74", lines=4), []),
        (history("0.78", "0.78", "0.78"), []),
        (history("0.3", "0.3", "0.9"), []),
        (history("0.7", "0.72", "0.74", rules="QT-0000"), []),
    ],
)
def test_a_unit_unlike_its_own_earlier_cycles(before, expected):
    assert asked(history=before) == expected


def test_questions_are_notes_that_propose_and_name_the_unit():
    questions = [entry for code, entry in catalogue().items() if code.startswith("K8")]
    assert {severity(entry.code) for entry in questions} == {"lưu ý"}
    assert all(entry.action.startswith("Đề nghị") for entry in questions)
    found = [{**row, "field": ""} for row in ask_about_all()]
    assert describe(found, {}, {"KT": "Phòng Kinh tế"})[0]["message"].startswith("Phòng Kinh tế: ")


def ask_about_all():
    seen = Seen(CYCLE, DaysOff(), [], [], [unit(R_reported=Decimal(1))], [], [], {}, RULES)
    return ask(seen)
