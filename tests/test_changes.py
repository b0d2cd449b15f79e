"""What is other than in the cycle before is told: names, units of people, coefficients, rules."""

from dataclasses import replace
from decimal import Decimal

from pipeline.checking.changes import check_changes, check_rules
from tests.test_across import REGISTERS

UNITS = {"KT": "Phòng KT", "VP": "Phòng VP"}
PEOPLE = {code: person["unit"] for code, person in REGISTERS.people.items()}
LINES = [{"product": "SP.01", "coefficient": Decimal(2)}]


def told(units=UNITS, people=PEOPLE, lines=LINES, registers=REGISTERS):
    found = check_changes(units, people, lines, registers)
    assert {row["code"] for row in found} <= {"K623"}
    assert {row["file"] for row in found} <= {"danh-muc.xlsx"}
    return [row["value"] for row in found]


def test_nothing_changed_is_nothing_told():
    assert told() == []
    assert told(units={}, people={}, lines=[]) == []  # no result of the cycle before


def test_a_unit_renamed_two_merged_into_a_new_one():
    before = {"KT": "Phòng Kinh tế", "XD": "Phòng Xây dựng", "NN": "Phòng Nông nghiệp"}
    assert told(before) == [
        "đơn vị KT đổi tên, trước là «Phòng Kinh tế»",
        "không còn đơn vị XD «Phòng Xây dựng»",
        "không còn đơn vị NN «Phòng Nông nghiệp»",
        "thêm đơn vị VP «Phòng VP»",
    ]


def test_a_person_moved_and_one_gone():
    assert told(people={**PEOPLE, "KT1": "VP", "KT99": "KT"}) == [
        "không còn người KT99 (KT)",
        "người KT1 chuyển từ VP sang KT",
    ]


def test_a_coefficient_is_told_once_when_no_line_had_it():
    products = REGISTERS.products | {
        "SP.01": {**REGISTERS.products["SP.01"], "coefficient": Decimal("2.5")}
    }
    registers = replace(REGISTERS, products=products)
    assert told(registers=registers) == ["sản phẩm SP.01 có hệ số 2,5, việc kỳ trước theo 2"]
    both = [*LINES, {"product": "SP.01", "coefficient": Decimal("2.5")}]
    assert told(lines=both, registers=registers) == []


def test_other_rules_are_told_where_the_cycle_before_had_any():
    assert check_rules("QT-0001", "") == check_rules("QT-0001", "QT-0001") == []
    (row,) = check_rules("QT-0002", "QT-0001")
    assert (row["code"], row["file"]) == ("K623", "commune.toml")
    said = "bộ quy tắc QT-0002, trước là QT-0001; không so với kỳ trước"
    assert row["value"] == said
