"""Show the sheet, assert (code, cell): what units send back, the group's workbook, the registers.

A sheet is shown as its sender sees it. The first column is Excel's row number, the others stand in
columns A, B, C… Digits are a number, dd/mm/yyyy a real date, "…" a text, anything else a text.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from time import process_time

import pytest

from pipeline.checking.cells import type_table
from pipeline.checking.registers import KEYS, check_registers, check_schedule
from pipeline.checking.reports import Checked, Issued, check_reports, check_ticks
from pipeline.checking.rows import Day
from pipeline.checking.verdicts import check_agenda, check_verdicts
from pipeline.model.calendar import WHO_AND_WHERE, DaysOff, make_schedule, parse_cycle
from pipeline.model.findings import describe, finding
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.model.tables import frame, records
from pipeline.model.text import fold

CYCLE = parse_cycle("2026-11-K1")
PEOPLE = {"CB012": "Nguyễn Văn An", "CB013": "Trần Thị Hòa", "CB021": "Lê Văn Hoa"}
REGISTERS = Registers(
    units={code: {"code": code, "name": code} for code in ("KT", "VP")},
    people={code: {"code": code, "name": name, "unit": "KT"} for code, name in PEOPLE.items()},
    products={
        code: {"code": code, "product": "Báo cáo", "unit": "KT", "coefficient": coefficient}
        for code, coefficient in (("SP.01", Decimal(2)), ("SP.02", None))
    },
    indicators={
        code: {
            "code": code,
            "name": code,
            "unit": "KT",
            "measure": measure,
            "numerator": of,
            "denominator": of,
        }
        for code, measure, of in (
            ("CC-01", "%", "Hồ sơ"),
            ("CC-02", "%", "Hồ sơ"),
            ("CC-03", "hồ sơ", ""),
        )
    },
    days_off=DaysOff(),
)
ASSIGNED = ("KT-01", "KT-02/CB012", "KT-02/CB013", "KT-03", "KT-04/CB012", "VP-01")
NOT_YET_DUE = "KT-03"


def assignment(key):
    task_id, _, person = key.partition("/")
    return {
        "task_id": task_id,
        "kind": "kế hoạch",
        "unit": task_id[:2],
        "person": person,
        "assigned": Decimal(3),
        "assigned_on": date(2026, 10, 30),
        "due": date(2026, 11, 30 if task_id == NOT_YET_DUE else 10),
    }


def issued_row(key):
    """Return a row of «Nhiệm vụ» as it was issued."""
    row = assignment(key)
    person = f"{row['person']} – {PEOPLE[row['person']]}" if row["person"] else ""
    return {
        "task_id": row["task_id"],
        "work": "Báo cáo tháng — báo cáo",
        "person": person,
        "responsible": "Lê Thị Hạnh",
        "approver": "Trần Quốc Bình",
        "due": row["due"],
        "measure": "báo cáo",
        "assigned": row["assigned"],
        "weight": Decimal("2.7"),
    }


@dataclass(frozen=True)
class Shown:
    """A sheet as a test shows it: raw rows, and the letter of each field's column."""

    rows: list[dict]
    letters: dict[str, str]


def show_sheet(sheet, text, place):
    head, *lines = [
        [part.strip() for part in line.split("|")] for line in text.strip().splitlines()
    ]
    keys = [next(f.key for f in sheet.field if fold(name) in f.names) for name in head[1:]]
    rows = [
        {**place, "row": int(number), **dict(zip(keys, map(cell_value, cells), strict=True))}
        for number, *cells in lines
    ]
    return Shown(rows, dict(zip(keys, "ABCDEFGHIJKLMN", strict=False)))


def cell_value(text):
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d\d?/\d\d?/\d{4}", text):
        day, month, year = map(int, text.split("/"))
        return date(year, month, day)
    return text.strip('"') or None


def in_book(unit, key):
    return {"unit": unit, "file": f"{unit}.xlsx", "sheet": layout("unit")[key].title}


def run(books, given, faults=(), received=date(2026, 11, 16), scored=()):
    """Check the books of units: {unit: {sheet key: shown text}}; faults are the reader's."""
    entries = {sheet.key: [] for sheet in layout("unit").tables}
    columns = {}
    for unit, sheets in books.items():
        for key, text in sheets.items():
            place = in_book(unit, key)
            shown = show_sheet(layout("unit")[key], text, place)
            entries[key] += shown.rows
            columns |= {(place["file"], place["sheet"], f): at for f, at in shown.letters.items()}
    rows = {unit: [issued_row(key) for key in given if key.startswith(unit)] for unit in books}
    checked = check_reports(
        entries,
        list(faults),
        Issued(
            rows,
            [assignment(key) for key in ASSIGNED if _is_issued(key, given, books)],
            scored={"KT": scored},
        ),
        REGISTERS,
        Day(CYCLE.last_day, {f"{unit}.xlsx": received for unit in books}),
        CYCLE,
    )
    return checked, columns


def _is_issued(key, given, books):
    """Say whether a line stands in the assignment table: those given, and of other units."""
    return not given or key in given or not any(key.startswith(unit) for unit in books)


def cells(found, columns):
    """Return (code, cell) of every finding, in the order of codes and rows."""
    pairs = [(row["code"], row["cell"]) for row in describe(found, columns)]
    return sorted(pairs, key=lambda pair: (pair[0], len(pair[1]), pair[1]))


def check(given=(), faults=(), received=date(2026, 11, 16), scored=(), **sheets):
    """Return the sorted (code, cell) of one unit's sheets; given is what it was issued."""
    checked, columns = run({"KT": sheets}, given, faults, received, scored)
    return cells([*faults, *checked.findings], columns)


def reported(given, tasks, faults=()):
    """Return the rows of `reported` for a sheet «Nhiệm vụ» of unit KT."""
    checked, _ = run({"KT": {"tasks": tasks}}, given, faults)
    return records(checked.tables["reported"])


def words(given=(), **sheets):
    """Return the messages of one unit's sheets."""
    checked, columns = run({"KT": sheets}, given)
    return [row["message"] for row in describe(checked.findings, columns)]


SOUND = """
row | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng
6   | KT-01   | 3             | 9/11/2026 | 0                  | BC 15
"""


def test_a_sound_sheet_has_no_finding():
    assert check(["KT-01"], tasks=SOUND) == []


def test_nothing_issued_and_nothing_returned_is_no_finding():
    assert check() == []


def a_sound_line_but(heading, typed):
    """Return the sheet of one sound line in which one cell holds something else."""
    head, line = SOUND.strip().splitlines()
    names = [part.strip() for part in head.split("|")]
    parts = line.split("|")
    parts[names.index(heading)] = typed
    return f"{head}\n{'|'.join(parts)}"


ONE_CELL = [
    ("SL hoàn thành", "9O", [("K301", "B6")]),
    ("SL hoàn thành", "N/A", [("K301", "B6")]),
    ("SL hoàn thành", "hai", [("K301", "B6")]),
    ("SL hoàn thành", '"1.234"', [("K309", "B6")]),
    ("SL hoàn thành", '"2,5"', [("K312", "B6")]),
    ("SL hoàn thành", "-1", [("K303", "B6")]),
    ("SL hoàn thành", '"-1"', [("K303", "B6")]),
    ("Số lần chưa đạt CL", '"50 %"', [("K309", "D6")]),
    ("SL hoàn thành", "0.5", []),
    ("Ngày xong", "đầu tháng", [("K302", "C6")]),
    ("Ngày xong", '"31/11/2026"', [("K302", "C6")]),
    ("Ngày xong", "Thứ Năm, 04/11/2026", [("K316", "C6")]),
    ("Ngày xong", "Thứ Tư, 04/11/2026 15:30", [("K312", "C6")]),
    ("Ngày xong", '"11/9/2026"', [("K404", "C6"), ("K312", "C6")]),
    ("Ngày xong", '"11/13/2026"', [("K311", "C6")]),
    ("Ngày xong", '"9/11/2026"', [("K312", "C6")]),
    ("Ngày xong", "46335", [("K312", "C6")]),
    ("Số lần chưa đạt CL", "1.5", [("K310", "D6")]),
    ("Số lần chưa đạt CL", '"1,5"', [("K310", "D6")]),
    ("Số lần chưa đạt CL", "-1", [("K303", "D6")]),
    ("Số lần chưa đạt CL", "một", [("K301", "D6")]),
    ("Số lần chưa đạt CL", '"1.000"', [("K309", "D6")]),
    ("Số lần chưa đạt CL", "", []),
    ("Minh chứng", '"=HYPERLINK()"', []),
    ("Minh chứng", "15", []),
    ("Minh chứng", "", [("K409", "E6")]),
]


@pytest.mark.parametrize(("heading", "typed", "expected"), ONE_CELL)
def test_one_cell_of_a_task(heading, typed, expected):
    assert check(["KT-01"], tasks=a_sound_line_but(heading, typed)) == sorted(expected)


def test_a_number_beyond_its_limits_is_quoted_as_it_was_typed():
    checked, _ = run({"KT": {"tasks": a_sound_line_but("SL hoàn thành", "−2,50")}}, ["KT-01"])
    assert [(row["code"], row["value"]) for row in checked.findings] == [("K303", "−2,50")]


def test_a_quantity_above_the_highest_is_k304():
    sheet = """
    row | Công chức              | 1. Phẩm chất, văn hóa công vụ | 3. Năng lực chuyên môn
    6   | CB012 – Nguyễn Văn An  | 5                             | 2.5
    7   | CB013                  | 5.1                           | 3
    """
    found = check(general=sheet, scored=["CB012", "CB013"])
    assert found == [("K304", "B7"), ("K304", "C7")]


def test_a_required_cell_left_blank_is_k305():
    sheet = """
    row | Mã    | Loại      | Việc     | Thay cho việc | Người thực hiện | SL giao | SL hoàn thành
    6   | PS-01 | nhận thay | Làm thay | KT-01         | CB012           | 1       | 0
    7   | PS-02 |           | Làm thay |               |                 |         |
    """
    assert check(unplanned=sheet) == [("K305", cell) for cell in ("B7", "E7", "F7", "G7")]


def test_a_choice_that_is_not_in_the_list_is_k306():
    sheet = """
    row | Mã    | Loại      | Việc     | Thay cho việc | Người thực hiện | SL giao | SL hoàn thành
    6   | PS-01 | Nhận thay | Làm thay | KT-01         | cb012           | 1       | 0
    7   | PS-02 | nhan thay | Làm thay | KT-01         | Nguyễn Văn An   | 1       | 0
    """
    assert check(unplanned=sheet) == [("K306", "B7"), ("K306", "E7")]


def test_people_are_known_by_code_whatever_name_stands_beside_it():
    sheet = """
    row | Công chức
    6   | CB013 – Trần Thị Hòa
    7   | CB013 - Tran Thi Hoa
    8   | CB 013
    9   | Trần Thị Hòa
    10  | CB021 – Trần Thị Hòa
    """
    found = check(general=sheet, scored=["CB013", "CB021"])
    assert found == [
        *[("K306", "A9"), ("K330", "A10"), ("K427", "A7"), ("K427", "A8"), ("K535", "")],
    ]
    checked, _ = run({"KT": {"general": sheet}}, [])
    people = [row["person"] for row in records(checked.tables["general"])]
    assert people == ["CB013", "CB013", "CB013", "", "CB021"]


@pytest.mark.parametrize(
    ("typed", "is_told"),
    [
        ("CB012 – Lê Văn Tâm", True),
        ("CB012 - Trần Thị Hòa", True),
        ("CB012 – Nguyễn Văn Ân", True),
        ("cb012 – NGUYỄN VĂN AN", False),
        ("CB012 – Nguyen Van An", False),
        ("CB012 – N.V. An", False),
        ("CB012 – Văn An", False),
        ("CB012 – ông Nguyễn Văn An (phó phòng)", False),
        ("CB012 – Nguyễn Văn An, phó phòng", False),
        ("CB012 – Nguyễn Văn An, CB013 – Trần Thị Hòa", True),
        ("CB012 – Nguyễn Văn An + Hòa", True),
        ("CB012 – Nguyen Van An va Hoa", True),
        ("CB012", False),
    ],
)
def test_another_name_beside_a_code_is_told_and_the_code_decides(typed, is_told):
    lines = f"""
    row | Mã    | Loại      | Việc     | Mã sản phẩm | Người thực hiện | SL giao | SL hoàn thành
    6   | PS-01 | Phát sinh | Trực bão | SP.01       | {typed}         | 1       | 0
    """
    tasks = f"""
    row | Mã việc | Người thực hiện | SL hoàn thành
    6   | KT-04   | {typed}         | 0
    """
    told = [("K330", "E6")] if is_told else []
    assert [one for one in check(unplanned=lines) if one[0] in ("K306", "K330")] == told
    checked, _ = run({"KT": {"unplanned": lines}}, [])
    assert [row["person"] for row in records(checked.tables["unplanned"])] == ["CB012"]
    told = [("K330", "B6")] if is_told else []
    found = check(["KT-04/CB012"], tasks=tasks)
    assert [one for one in found if one[0] in ("K330", "K504")] == told


SCORES = f"row | {' | '.join(field.heading for field in layout('unit')['general'].field)}\n"
FULL = "5 | 5 | " + " | ".join(["2.5"] * 8)


def test_scores_given_in_full_are_no_finding():
    sheet = f"{SCORES}6 | CB012 | {FULL}\n7 | CB013 | {FULL}"
    assert check(general=sheet, scored=["CB012", "CB013"]) == []


def test_scores_of_another_units_person_are_not_used(monkeypatch):
    person = {"code": "CB005", "name": "Trần Bình", "unit": "VP"}
    monkeypatch.setitem(REGISTERS.people, "CB005", person)
    sheet = f"{SCORES}6 | CB012 | {FULL}\n7 | CB005 – Trần Bình | {FULL}"
    found = check(general=sheet, scored=["CB012", "CB013"])
    assert found == [("K530", "A7"), ("K532", "")]
    checked, _ = run({"KT": {"general": sheet}}, [], scored=["CB012", "CB013"])
    assert [row["fault"] for row in records(checked.tables["general"])] == ["", "K530"]
    texts = {row["code"]: (row["value"], row["fact"]) for row in checked.findings}
    assert texts == {"K530": ("CB005 – Trần Bình", "VP"), "K532": ("CB013 – Trần Thị Hòa", "")}


def test_scores_of_a_person_who_is_not_scored_are_told():
    sheet = f"{SCORES}6 | CB012 | {FULL}\n7 | CB021 | {FULL}"
    assert check(general=sheet, scored=["CB012"]) == [("K531", "A7")]


def test_blank_scores_are_told_of_whom():
    gap = FULL.replace("5 | 5 | ", "5 | | ", 1)
    wrong = FULL.replace("5 | 5 | ", "5 | năm | ", 1)
    none = " | ".join([""] * 10)
    rows = f"6 | CB012 | {gap}\n7 | CB013 | {wrong}\n8 | CB021 | {none}"
    people = ["CB012", "CB013", "CB021"]
    found = check(general=SCORES + rows, scored=people)
    assert found == [("K301", "C7"), ("K534", "B8"), ("K534", "C6")]
    checked, _ = run({"KT": {"general": SCORES + rows}}, [], scored=people)
    facts = [row["fact"] for row in checked.findings if row["code"] == "K534"]
    assert facts == ["CB012: 1/10", "CB021: 10/10"]
    nobody = f"{SCORES}6 | CB012 | {none}\n7 | CB013 | {none}"
    assert check(general=nobody, scored=people[:2]) == [("K535", "")]


def test_a_short_list_is_quoted_and_a_long_one_is_not():
    sheet = """
    row | Mã việc | Loại trừ về | Nguyên nhân khách quan
    6   | KT-01   | số lượng    | Mưa lũ
    """
    checked, columns = run({"KT": {"claims": sheet}}, [])
    (row,) = describe(checked.findings, columns)
    assert row["action"] == "Chọn trong danh sách thả xuống: chất lượng, tiến độ."


@pytest.mark.parametrize("code", ["K307", "K308"])
def test_a_cell_the_reader_found_at_fault_is_not_told_twice(code):
    fault = finding(code, **in_book("KT", "tasks"), row=6, field="completed", value="#DIV/0!")
    sheet = a_sound_line_but("SL hoàn thành", "")
    assert check(["KT-01"], [fault], tasks=sheet) == [(code, "B6")]
    (row,) = reported(["KT-01"], sheet, [fault])
    assert row["fault"] == code


def test_a_key_the_reader_found_at_fault_is_not_told_twice():
    taken_over = filled("row | Loại | SL giao | SL hoàn thành\n6 | nhận thay | 1 | 0", REST)
    giver = finding("K307", **in_book("KT", "unplanned"), row=6, field="from_task")
    indicator = finding("K308", **in_book("KT", "cchc"), row=6, field="indicator")
    claimed = finding("K307", **in_book("KT", "claims"), row=6, field="task_id")
    found = check(
        faults=[giver, indicator, claimed],
        unplanned=taken_over,
        cchc="row | Mã chỉ số | Giá trị\n6 | | 5",
        claims="row | Mã việc | Loại trừ về | Nguyên nhân\n6 | | tiến độ | Mưa lũ",
    )
    assert found == [("K307", ""), ("K307", "A6"), ("K308", "A6")]


def test_month_first_dates_put_every_exchangeable_date_of_the_file_in_doubt():
    sheet = """
    row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong    | Minh chứng
    6   | KT-01   |                 | 3             | "11/13/2026" | BC 1
    7   | KT-02   | CB012           | 3             | "11/9/2026"  | BC 2
    8   | KT-02   | CB013           | 3             | "11/11/2026" | BC 3
    9   | KT-03   |                 | 3             | "2026-11-09" | BC 4
    10  | KT-04   | CB012           | 3             | 9/11/2026    | BC 5
    """
    assert check(ASSIGNED[:5], tasks=sheet) == [
        ("K311", "D6"),
        ("K311", "D7"),
        ("K312", "D8"),
        ("K312", "D9"),
    ]


def test_dates_of_another_file_stay_in_no_doubt():
    month_first = a_sound_line_but("Ngày xong", '"11/13/2026"')
    day_first = a_sound_line_but("Ngày xong", '"9/11/2026"').replace("KT-01", "VP-01")
    books = {"KT": {"tasks": month_first}, "VP": {"tasks": day_first}}
    checked, columns = run(books, ["KT-01", "VP-01"])
    assert cells(checked.findings, columns) == [("K311", "C6"), ("K312", "C6")]
    assert [(row["unit"], row["code"]) for row in checked.findings] == [
        ("KT", "K311"),
        ("VP", "K312"),
    ]


TWO_CELLS = [  # quantity, day, note → findings
    ("3", "", "", [("K401", "C6")]),
    ("0.5", "", "", [("K401", "C6")]),
    ("0", "9/11/2026", "", [("K402", "C6")]),
    ("0", "", "", []),
    ("4", "9/11/2026", "", [("K403", "B6")]),
    ("4", "9/11/2026", "Làm thêm theo yêu cầu", []),
    ("3", "29/10/2026", "", [("K404", "C6")]),
    ("3", "30/10/2026", "", []),
    ("3", "16/11/2026", "", [("K405", "C6")]),
    ("3", "15/11/2026", "", []),
    ("", "", "", [("K407", "B6")]),
    ("", "9/11/2026", "", [("K407", "B6")]),
    ("4", "", "", [("K401", "C6"), ("K403", "B6")]),
]


@pytest.mark.parametrize(("quantity", "day", "note", "expected"), TWO_CELLS)
def test_several_cells_of_one_task(quantity, day, note, expected):
    sheet = f"""
    row | Mã việc | SL hoàn thành | Ngày xong | Minh chứng | Ghi chú
    6   | KT-01   | {quantity}    | {day}     | BC 15      | {note}
    """
    assert check(["KT-01"], tasks=sheet) == sorted(expected)


def test_a_day_after_the_workbook_was_received_is_k406():
    received = date(2026, 11, 12)
    for day, expected in (("12", []), ("13", [("K406", "C6")]), ("16", [("K405", "C6")])):
        sheet = a_sound_line_but("Ngày xong", f"{day}/11/2026")
        assert check(["KT-01"], received=received, tasks=sheet) == expected


def test_blank_on_a_line_not_yet_due_is_no_finding():
    assert check(["KT-03"], tasks="row | Mã việc | SL hoàn thành\n6 | KT-03 |") == []


def test_the_same_line_twice_is_k408_in_both_rows():
    sheet = """
    row | Mã việc | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-01   | 3             | 9/11/2026 | BC 15
    9   | kt-01   | 2             | 9/11/2026 | BC 16
    """
    assert check(["KT-01"], tasks=sheet) == [("K408", "A6"), ("K408", "A9")]
    assert words(["KT-01"], tasks=sheet) == [
        "Phiếu KT, trang «Nhiệm vụ», ô A6: việc KT-01 có hai dòng trong phiếu (dòng 9).",
        "Phiếu KT, trang «Nhiệm vụ», ô A9: việc KT-01 có hai dòng trong phiếu (dòng 6).",
    ]
    (row,) = reported(["KT-01"], sheet)
    assert row["fault"] == "K408"


REST = {"Mã": "PS-…", "Người thực hiện": "CB012", "Nội dung việc": "Việc thêm"}


def filled(text, rest):
    """Return a shown sheet with the same cells added to the right of every row."""
    head, *lines = text.strip().splitlines()
    texts = [value for key, value in rest.items() if key != "Mã"]
    ids = [[f"PS-{number:02d}"] if "Mã" in rest else [] for number, _ in enumerate(lines, 1)]
    added = [" | ".join([line, *own, *texts]) for line, own in zip(lines, ids, strict=True)]
    return "\n".join([" | ".join([head, *rest]), *added])


def test_unplanned_work():
    sheet = """
    row | Loại      | Ai giao | Văn bản | Mã sản phẩm | SL hoàn thành | Ngày xong  | Minh chứng
    6   | phát sinh | Ông An  | TB 1    | SP.01       | 1             | 9/11/2026  | BC 1
    7   | phát sinh |         | TB 1    |             | 1             | 9/11/2026  | BC 1
    8   | phát sinh | Ông An  | TB 1    | SP.01       | 5             | 9/11/2026  | BC 1
    9   | phát sinh | Ông An  | TB 1    | SP.01       | 1             |            |
    10  | phát sinh | Ông An  | TB 1    | SP.01       | 1             | 16/11/2026 | BC 1
    11  | phát sinh | Ông An  | TB 1    | SP.01       | 0             | 9/11/2026  | BC 1
    12  | phát sinh | Ông An  | TB 1    | SP.99       | 0             |            |
    13  | phát sinh | Ông An  | TB 1    | SP.02       | 0             |            |
    """
    sheet = filled(sheet, REST | {"SL giao": "1"})
    assert check(unplanned=sheet) == [
        ("K306", "D12"),
        ("K401", "F9"),
        ("K402", "F11"),
        ("K405", "F10"),
        ("K409", "G9"),
        ("K410", "B7"),
        ("K410", "D7"),
        ("K410", "D13"),
    ]
    assert (
        "Phiếu KT, trang «Phát sinh», ô B7: việc phát sinh còn thiếu người giao nên chưa được tính."
    ) in words(unplanned=sheet)


def test_taken_over_work():
    sheet = """
    row | Loại      | Thay cho việc | SL giao | SL hoàn thành | Ngày xong | Minh chứng | Ghi chú
    6   | nhận thay | VP-01         | 1       | 1             | 9/11/2026 | BC 1       |
    7   | nhận thay | kt-02/cb013   | 3       | 3             | 9/11/2026 | BC 1       |
    8   | nhận thay | KT-99         | 1       | 1             | 9/11/2026 | BC 1       |
    9   | nhận thay |               | 1       | 1             | 9/11/2026 | BC 1       |
    10  | nhận thay | KT-02         | 1       | 1             | 9/11/2026 | BC 1       |
    11  | nhận thay | KT-01         | 4       | 3             | 9/11/2026 | BC 1       |
    12  | nhận thay | KT-01         | 1       | 2             | 9/11/2026 | BC 1       |
    13  | nhận thay | KT-01         | 1       | 2             | 9/11/2026 | BC 1       | Làm thêm
    """
    assert check(unplanned=filled(sheet, REST)) == [
        ("K403", "D12"),
        ("K411", "B8"),
        ("K411", "B9"),
        ("K411", "B10"),
        ("K417", "C11"),
    ]


def test_a_quantity_too_large_to_be_taken_over_takes_nothing_from_the_giver():
    sheet = """
    row | Loại      | Thay cho việc | SL giao | SL hoàn thành | Ngày xong | Minh chứng
    6   | nhận thay | KT-01         | 2       | 2             | 9/11/2026 | BC 1
    7   | nhận thay | KT-01         | 2       | 2             | 9/11/2026 | BC 1
    8   | nhận thay | KT-01         | 1       | 1             | 9/11/2026 | BC 1
    """
    done, _ = run({"KT": {"unplanned": filled(sheet, REST)}}, ASSIGNED, ())
    rows = records(done.tables["unplanned"])
    assert [(row["assigned"], row["fault"]) for row in rows] == [
        (2, ""),
        (None, "K417"),
        (1, ""),
    ]


def test_a_giver_named_twice_over_is_asked_about():
    sheet = """
    row | Loại      | Thay cho việc | SL giao | SL hoàn thành
    6   | phát sinh | KT-01         | 1       | 0
    7   | nhận thay | kt-04/cb012   | 1       | 0
    8   | nhận thay | KT-02/CB013   | 1       | 0
    """
    found = check(ASSIGNED, unplanned=filled(sheet, REST))
    rows = [pair for pair in found if pair[0] in ("K419", "K420")]
    assert rows == [("K419", "B6"), ("K420", "B7")]
    said = [text for text in words(ASSIGNED, unplanned=filled(sheet, REST)) if "chính" in text]
    assert "nhận thay việc «kt-04/cb012» của chính người thực hiện" in said[0]


def test_unplanned_lines_get_ids_of_their_own_and_name_their_giver():
    sheet = """
    row | Mã    | Loại      | Thay cho việc | SL giao | SL hoàn thành | Người thực hiện
    6   | PS-01 | nhận thay | kt-02 / cb013 | 1       | 0             | CB012
    7   |       | phát sinh |               | 1       | 0             | CB012
    """
    checked, _ = run({"KT": {"unplanned": sheet}}, [])
    made = [(row["task_id"], row["from_task"]) for row in records(checked.tables["unplanned"])]
    assert made == [("KT-PS01-2611K1", "KT-02/CB013"), ("KT-D7-2611K1", "")]


def test_a_claim_names_one_line_of_its_unit_or_is_k412():
    sheet = """
    row | Mã việc     | Loại trừ về | Nguyên nhân khách quan
    6   | KT-01       | tiến độ     | Mưa lũ
    7   | KT-02/CB013 | tiến độ     | Mưa lũ
    8   | KT-04       | Chất lượng  | Mưa lũ
    9   | KT-02       | tiến độ     | Mưa lũ
    10  | VP-01       | tiến độ     | Mưa lũ
    11  | KT-99       | tiến độ     | Mưa lũ
    12  |             | tiến độ     | Mưa lũ
    """
    assert check(claims=sheet) == [
        ("K305", "A12"),
        ("K412", "A9"),
        ("K412", "A10"),
        ("K412", "A11"),
    ]
    checked, _ = run({"KT": {"claims": sheet}}, [])
    named = [
        (row["task_id"], row["person"], row["fault"]) for row in records(checked.tables["claims"])
    ]
    assert named[:4] == [
        ("KT-01", "", ""),
        ("KT-02", "CB013", ""),
        ("KT-04", "CB012", ""),
        ("KT-02", "", "K412"),
    ]


def test_a_claim_made_twice_is_k421_and_what_was_typed_is_quoted():
    sheet = """
    row | Mã việc     | Loại trừ về | Nguyên nhân
    6   | KT-04       | tiến độ     | Mưa lũ
    7   | kt-04/cb012 | tiến độ     | Mưa lũ
    8   | KT-04       | chất lượng  | Mưa lũ
    9   | kt - 99     | tiến độ     | Mưa lũ
    """
    assert check(claims=sheet) == [("K412", "A9"), ("K421", "A7")]
    assert any("«kt - 99»" in text for text in words(claims=sheet))


def test_an_obstacle_names_a_task_its_sender_knows():
    sheet = """
    row | Mã việc     | Vướng mắc | Đề xuất | Ai gỡ được
    6   | KT-02       | a         | x       | Trưởng đơn vị
    7   | KT-02/CB013 | b         | x       | Trưởng đơn vị
    8   | PS-01       | c         | x       | Trưởng đơn vị
    9   |             | d         | x       | Trưởng đơn vị
    10  | VP-01       | e         | x       | Trưởng đơn vị
    11  | kt 99       | g         | x       | Trưởng đơn vị
    12  | PS-02       | h         | x       | Trưởng đơn vị
    """
    added = filled("row | Loại | SL giao | SL hoàn thành\n6 | phát sinh | 1 | 0", REST)
    books = {"KT": {"obstacles": sheet, "unplanned": added}}
    checked, columns = run(books, [])
    found = [pair for pair in cells(checked.findings, columns) if pair[0] == "K422"]
    assert found == [("K422", "A11"), ("K422", "A12")]
    named = [row["task_id"] for row in records(checked.tables["obstacles"])]
    assert named[:5] == ["KT-02", "KT-02", "KT-PS01-2611K1", "", "VP-01"]


def test_a_proposal_is_due_after_this_cycle():
    sheet = """
    row | Việc đề xuất | Hạn
    6   | a            | 15/11/2026
    7   | b            | 16/11/2026
    8   | c            |
    """
    assert check(proposals=sheet) == [("K426", "B6")]


def test_a_sheet_nobody_has_filled_in_is_said_once():
    head = "row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Ghi chú"
    rows = ["6 | KT-01 | | | |", "7 | KT-04 | CB012 | | |", "8 | KT-03 | | | |"]
    given = ["KT-01", "KT-04/CB012", "KT-03"]
    blank = "\n".join([head, *rows])
    assert check(given, tasks=blank) == [("K418", "")]
    assert words(given, tasks=blank)[0].startswith(
        "Phiếu KT, trang «Nhiệm vụ»: trang chưa điền ô nào, trong khi 2 việc đã đến hạn."
    )
    assert {row["fault"] for row in reported(given, blank)} == {""}  # «chưa báo cáo», not an error
    noted = blank.replace("8 | KT-03 | | | |", "8 | KT-03 | | | | chờ số liệu")
    assert check(given, tasks=noted) == [("K407", "C6"), ("K407", "C7")]
    one = "\n".join([head, rows[0]])
    assert check(["KT-01"], tasks=one) == [("K407", "C6")]
    broken = finding("K308", **in_book("KT", "tasks"), row=8, field="completed", value="#REF!")
    assert check(given, [broken], tasks=blank) == [("K308", "C8"), ("K407", "C6"), ("K407", "C7")]


def test_figures_of_indicators():
    sheet = """
    row | Mã chỉ số | Tử số | Mẫu số | Giá trị
    6   | CC-01     | 412   | 420    |
    7   | CC-01     | 421   | 420    |
    8   | CC-02     |       |        | 3
    9   | CC-02     | 12    |        |
    10  | CC-99     | 1     | 2      |
    11  | CC-02     | x     |        |
    12  | CC-03     |       |        |
    """
    assert check(cchc=sheet) == [
        ("K301", "B11"),
        ("K413", "B7"),
        ("K416", "B9"),
        ("K416", "D12"),
        ("K425", "A7"),
        ("K425", "A9"),
        ("K425", "A11"),
        ("K508", "A10"),
    ]


OWN_INDICATORS = """
row | Mã chỉ số | Tử số | Mẫu số | Giá trị | Ngày chốt số liệu
6   | CC-01     | 412   | 420    | {value} | {as_of}
7   | CC-02     |       |        | 3       |
"""


@pytest.mark.parametrize(
    ("value", "as_of", "expected"),
    [
        ("", "15/11/2026", []),
        ("98.1", "1/11/2026", []),
        ("95", "", [("K423", "D6")]),
        ("0.98", "", [("K309", "D6")]),
        ("", "31/10/2026", [("K424", "E6")]),
        ("", "16/11/2026", []),
        ("", "17/11/2026", [("K424", "E6")]),
    ],
)
def test_an_indicators_value_and_day_fit_its_parts_and_the_cycle(value, as_of, expected):
    assert check(cchc=OWN_INDICATORS.format(value=value, as_of=as_of)) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("90 | 100 |    ", "  |   | 3   ", []),
        ("90 | 100 |    ", "3 | 9 |     ", [("K428", "D7")]),
        ("90 | 100 |    ", "  |   | 90 %", [("K312", "D7"), ("K428", "D7")]),
        ("   |     | 980", "  |   | 980 ", [("K429", "D6")]),
    ],
)
def test_what_is_counted_is_no_ratio_and_no_percent_is_over_a_hundred(first, second, expected):
    sheet = f"""
    row | Mã chỉ số | Tử số | Mẫu số | Giá trị
    6   | CC-01     | {first}
    7   | CC-03     | {second}
    8   | CC-02     | 1 | 2 |
    """
    assert check(cchc=sheet) == expected


def test_unplanned_work_was_finished_within_the_cycle():
    for day, expected in (("1/11/2026", []), ("31/10/2026", ["K440"]), ("5/11/2025", ["K440"])):
        sheet = f"""
        row | Việc    | SL hoàn thành | Ngày xong | Minh chứng
        7   | Họp đột xuất | 1        | {day}     | BC 15
        """
        checked, _ = run({"KT": {"unplanned": sheet}}, [])
        assert [row["code"] for row in checked.findings if row["code"] == "K440"] == expected


def test_an_indicator_of_another_unit_is_not_used():
    sheet = "row | Mã chỉ số | Giá trị\n6 | CC-01 | 5"
    checked, columns = run({"VP": {"cchc": sheet}}, [])
    assert cells(checked.findings, columns) == [("K509", "A6")]
    assert records(checked.tables["cchc"]) == []


def test_a_removed_indicator_is_missed_where_the_unit_reports_any(monkeypatch):
    monkeypatch.setitem(REGISTERS.units["KT"], "reports_cchc", "có")
    sheet = "row | Mã chỉ số | Giá trị\n6 | CC-02 | 5"
    checked, _ = run({"KT": {"cchc": sheet}}, ["KT-01"])
    found = [(row["code"], row["sheet"], row["value"]) for row in checked.findings]
    assert ("K510", "CCHC", "CC-01") in found
    nothing, _ = run({"KT": {"tasks": SOUND}}, ["KT-01"])
    assert [row["code"] for row in nothing.findings] == []


def test_figures_of_an_unknown_indicator_are_not_used():
    sheet = "row | Mã chỉ số | Giá trị\n6 | CC-99 | 1\n7 | CC-01 | 2"
    checked, _ = run({"KT": {"cchc": sheet}}, [])
    assert [row["indicator"] for row in records(checked.tables["cchc"])] == ["CC-01"]


ONE_ROW = "row | Mã | Loại | SL giao | SL hoàn thành\n6 | PS-01 | phát sinh | 1 | 0"
TICKS = [
    (False, {}, ["K414"]),
    (True, {}, []),
    (True, {"unplanned": ONE_ROW}, ["K415"]),
    (False, {"unplanned": ONE_ROW}, []),
]


@pytest.mark.parametrize(("ticked", "sheets", "expected"), TICKS)
def test_the_tick_for_nothing_unplanned_is_held_against_the_rows(ticked, sheets, expected):
    checked, columns = run({"KT": sheets}, [])
    found = check_ticks({("KT", "KT.xlsx"): ticked}, checked.tables["unplanned"])
    assert cells(found, columns) == [(code, "") for code in expected]


CHANGES = [
    ("Hệ số (× tỷ lệ)", "3", "K501", "hệ số bị sửa thành «3»; vẫn dùng 2,7 như đã giao."),
    ("Hệ số (× tỷ lệ)", "", "K501", "hệ số bị sửa thành «(trống)»; vẫn dùng 2,7 như đã giao."),
    (
        "Hạn",
        "20/11/2026",
        "K502",
        "hạn bị sửa thành «20/11/2026»; vẫn dùng 10/11/2026 như đã giao.",
    ),
    (
        "Hạn",
        "cuối tháng",
        "K502",
        "hạn bị sửa thành «cuối tháng»; vẫn dùng 10/11/2026 như đã giao.",
    ),
    ("SL giao", "2", "K503", "số lượng giao bị sửa thành «2»; vẫn dùng 3 như đã giao."),
    ("Việc và sản phẩm", "Báo cáo quý", "K505", "nội dung đã giao bị sửa thành «Báo cáo quý»;"),
    ("Chịu trách nhiệm", "Lê Thị Hanh", "K505", "nội dung đã giao bị sửa thành «Lê Thị Hanh»;"),
    ("Thẩm quyền duyệt", "", "K505", "nội dung đã giao bị sửa thành «(trống)»;"),
    ("ĐVT", "bộ", "K505", "nội dung đã giao bị sửa thành «bộ»;"),
]


def issued_and(heading, typed):
    return f"""
    row | Mã việc | {heading} | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-01   | {typed}   | 1             | 9/11/2026 | BC 15
    """


@pytest.mark.parametrize(("heading", "typed", "code", "words_of_it"), CHANGES)
def test_what_was_issued_and_came_back_otherwise(heading, typed, code, words_of_it):
    sheet = issued_and(heading, typed)
    assert check(["KT-01"], tasks=sheet) == [(code, "B6")]
    (message,) = words(["KT-01"], tasks=sheet)
    assert words_of_it in message


UNCHANGED = [
    ("Hệ số (× tỷ lệ)", "2.7"),
    ("Hệ số (× tỷ lệ)", '"2,7"'),
    ("Hệ số (× tỷ lệ)", "2.7000000000000002"),
    ("Hạn", "10/11/2026"),
    ("Hạn", '"10/11/2026"'),
    ("Hạn", "46336"),
    ("SL giao", '"3"'),
    ("Việc và sản phẩm", "BÁO CÁO  tháng — báo cáo"),
]


@pytest.mark.parametrize(("heading", "typed"), UNCHANGED)
def test_what_came_back_the_same_in_other_clothes_is_no_change(heading, typed):
    assert check(["KT-01"], tasks=issued_and(heading, typed)) == []


def test_the_issued_values_stand_whatever_the_sheet_says():
    sheet = """
    row | Mã việc | SL giao | Hạn        | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-01   | 9       | 10/11/2026 | 5             | 9/11/2026 | BC 15
    7   | KT-03   | 3       | 1/11/2026  |               |           |
    """
    assert check(["KT-01", "KT-03"], tasks=sheet) == [
        ("K403", "D6"),  # five of three, not of nine
        ("K502", "C7"),  # and no K407: due at the month's end
        ("K503", "B6"),
    ]
    postponed = "row | Mã việc | Hạn | SL hoàn thành\n6 | KT-01 | 30/11/2026 |"
    assert check(["KT-01"], tasks=postponed) == [("K407", "C6"), ("K502", "B6")]


def test_a_changed_person_still_answers_the_line_and_is_k504():
    sheet = """
    row | Mã việc | Người thực hiện       | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-04   | CB013 – Trần Thị Hòa  | 3             | 9/11/2026 | BC 15
    """
    assert check(["KT-04/CB012"], tasks=sheet) == [("K504", "B6")]
    assert words(["KT-04/CB012"], tasks=sheet) == [
        "Phiếu KT, trang «Nhiệm vụ», ô B6: ô người thực hiện ghi «CB013 – Trần Thị Hòa»,"
        " phiếu phát giao cho CB012; vẫn tính như đã giao."
    ]
    (row,) = reported(["KT-04/CB012"], sheet)
    assert (row["person"], row["completed"], row["fault"]) == ("CB012", Decimal(3), "")


def test_a_line_may_be_named_as_the_sentences_name_it():
    sheet = """
    row | Mã việc     | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-02/CB012 |                 | 1             | 9/11/2026 | BC 15
    7   | kt-02/cb013 | CB013           | 2             | 9/11/2026 | BC 15
    """
    assert check(SHARED, tasks=sheet) == []
    rows = [(row["person"], row["completed"]) for row in reported(SHARED, sheet)]
    assert rows == [("CB012", 1), ("CB013", 2)]
    other = "row | Mã việc | Người thực hiện | SL hoàn thành\n6 | KT-04/CB012 | CB013 | 0"
    assert check(["KT-04/CB012"], tasks=other) == [("K504", "B6")]


def test_a_person_typed_without_a_code_is_quoted_as_typed():
    sheet = "row | Mã việc | Người thực hiện | SL hoàn thành\n6 | KT-04 | Anh An | 0"
    assert "ghi «Anh An», phiếu phát giao cho CB012;" in words(["KT-04/CB012"], tasks=sheet)[0]


def test_a_person_put_on_a_units_line_is_k504():
    sheet = "row | Mã việc | Người thực hiện | SL hoàn thành\n6 | KT-01 | CB012 | 0"
    assert check(["KT-01"], tasks=sheet) == [("K504", "B6")]
    assert "giao cho cả đơn vị; vẫn tính như đã giao" in words(["KT-01"], tasks=sheet)[0]


SHARED = ["KT-02/CB012", "KT-02/CB013"]


def test_one_task_of_two_people_is_two_lines():
    sheet = """
    row | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-02   | CB012           | 1             | 9/11/2026 | BC 15
    7   | KT-02   | CB013           | 2             | 9/11/2026 | BC 15
    """
    assert check(SHARED, tasks=sheet) == []
    rows = [(row["person"], row["completed"]) for row in reported(SHARED, sheet)]
    assert rows == [("CB012", 1), ("CB013", 2)]


def test_of_a_shared_task_the_one_changed_person_pairs_up():
    sheet = """
    row | Mã việc | Người thực hiện | SL hoàn thành
    6   | KT-02   | CB021           | 0
    7   | KT-02   | CB013           | 0
    """
    assert check(SHARED, tasks=sheet) == [("K504", "B6")]


@pytest.mark.parametrize(
    ("person", "said"),
    [("", [("K408", "A6"), ("K408", "A7")]), ("CB013", [("K511", "A7")])],
)
def test_a_second_row_of_an_issued_task_is_told_from_an_added_one(person, said):
    sheet = f"""
    row | Mã việc | Người thực hiện | SL hoàn thành
    6   | KT-04   | CB012           | 0
    7   | KT-04   | {person}        | 1
    """
    assert check(["KT-04/CB012"], tasks=sheet) == said
    assert [row["completed"] for row in reported(["KT-04/CB012"], sheet)] == [0]


def test_two_changed_persons_of_one_task_are_never_guessed():
    sheet = """
    row | Mã việc | Người thực hiện | SL hoàn thành
    6   | KT-02   | CB021           | 0
    7   | KT-02   |                 | 0
    """
    assert check(SHARED, tasks=sheet) == [
        ("K506", ""),
        ("K506", ""),
        ("K511", "A6"),
        ("K511", "A7"),
    ]


def test_a_removed_line_is_k506_and_an_added_line_k507():
    sheet = """
    row | Mã việc | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-01   | 3             | 9/11/2026 | BC 15
    7   | KT-77   | 3             | 9/11/2026 | BC 16
    """
    assert check(["KT-01", "KT-03"], tasks=sheet) == [("K506", ""), ("K507", "A7")]
    assert words(["KT-01", "KT-03"], tasks=sheet) == [
        "Phiếu KT, trang «Nhiệm vụ»: thiếu dòng việc KT-03 đã giao.",
        "Phiếu KT, trang «Nhiệm vụ», ô A7: việc KT-77 không có trong bảng giao; không tính.",
    ]


def test_a_sheet_with_all_rows_removed_is_one_k506_a_line():
    given = ["KT-03", "KT-01", *SHARED]
    assert check(given) == [("K506", "")] * 4
    checked, _ = run({"KT": {}}, given)
    lost = ["KT-03", "KT-01", "KT-02/CB012", "KT-02/CB013"]
    assert [row["value"] for row in checked.findings] == lost
    assert [row["fault"] for row in records(checked.tables["reported"])] == ["K506"] * 4


def test_a_line_without_its_id_is_said_once_and_missed():
    sheet = "row | Mã việc | SL hoàn thành | Ngày xong\n6 | | 3 | 9/11/2026"
    assert check(["KT-01"], tasks=sheet) == [("K441", "A6"), ("K506", "")]


def test_a_line_of_another_unit_is_k601():
    sheet = """
    row | Mã việc | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-01   | 3             | 9/11/2026 | BC 15
    7   | VP-01   | 3             | 9/11/2026 | BC 16
    """
    assert check(["KT-01"], tasks=sheet) == [("K601", "A7")]
    assert "việc VP-01 của đơn vị VP" in words(["KT-01"], tasks=sheet)[0]


def test_two_units_are_checked_in_one_pass_and_do_not_touch_each_other():
    books = {
        "KT": {"tasks": a_sound_line_but("SL hoàn thành", "9O")},
        "VP": {"tasks": SOUND.replace("KT-01", "VP-01")},
    }
    checked, columns = run(books, ["KT-01", "VP-01"])
    assert cells(checked.findings, columns) == [("K301", "B6")]
    faults = [
        (row["unit"], row["task_id"], row["fault"]) for row in records(checked.tables["reported"])
    ]
    assert faults == [("KT", "KT-01", "K301"), ("VP", "VP-01", "")]


SILENT = [  # quantity, day: the wrong cell is said, nothing that would follow from it
    ("9O", "", [("K301", "B6")]),
    ("x", "9/11/2026", [("K301", "B6")]),
    ("-3", "", [("K303", "B6")]),
    ("3", "hôm qua", [("K302", "C6")]),
    ("x", "16/11/2026", [("K301", "B6"), ("K405", "C6")]),  # this rule reads the day alone
    ("x", "hôm qua", [("K301", "B6"), ("K302", "C6")]),
]


@pytest.mark.parametrize(("quantity", "day", "expected"), SILENT)
def test_a_rule_is_silent_where_one_of_its_own_cells_is_wrong(quantity, day, expected):
    sheet = f"""
    row | Mã việc | SL hoàn thành | Ngày xong
    6   | KT-01   | {quantity}    | {day}
    """
    found = [pair for pair in check(["KT-01"], tasks=sheet) if pair[0] != "K409"]
    assert found == expected


def test_a_repaired_cell_is_sound_and_silences_nothing():
    sheet = 'row | Mã việc | SL hoàn thành | Minh chứng\n6 | KT-01 | "4" | BC 15'
    assert check(["KT-01"], tasks=sheet) == [("K312", "B6"), ("K401", ""), ("K403", "B6")]


def test_wrong_rows_silence_no_other_row():
    sheet = """
    row | Mã việc | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-01   | 9O            |           |
    7   | KT-03   | 3             |           | BC 15
    """
    assert check(["KT-01", "KT-03"], tasks=sheet) == [("K301", "B6"), ("K401", "C7")]


MANY_FAULTS = {
    "tasks": """
    row | Mã  | Người thực hiện | Hạn        | Kết quả | Ngày xong  | Số lần làm lại | Minh chứng
    6   | KT-01 |               | 20/11/2026 | 9O      | 9/11/2026  | 0              | BC 1
    8   | KT-02 | CB012         | 10/11/2026 | 3       |            | 1.5            | BC 2
    9   | KT-77 |               | 10/11/2026 | 3       | 9/11/2026  | 0              | BC 3
    12  | KT-04 | CB013         | 10/11/2026 | "2"     | 16/11/2026 | -1             |
    """,
    "claims": """
    row | Mã việc | Loại trừ về | Nguyên nhân khách quan
    6   | KT-99   | tiến độ     | Mưa lũ
    """,
    "obstacles": """
    row | Mã việc | Vướng mắc | Đề xuất tháo gỡ | Ai gỡ được | Cần trước ngày
    6   | KT-01   | Mặt bằng  |                 | Ông An     | sớm
    """,
    "proposals": """
    row | Việc đề xuất | Số lượng | Hạn
    6   |              | -1       | 20/11/2026
    """,
}
GIVEN = ["KT-01", *SHARED, "KT-04/CB012"]


def test_all_problems_are_found_in_one_pass():
    assert check(GIVEN, **MANY_FAULTS) == [
        ("K301", "D6"),
        ("K302", "E6"),
        ("K303", "B6"),
        ("K303", "F12"),
        ("K305", "A6"),
        ("K305", "C6"),
        ("K306", "D6"),
        ("K310", "F8"),
        ("K312", "D12"),
        ("K401", "E8"),
        ("K405", "E12"),
        ("K409", "G12"),
        ("K412", "A6"),
        ("K502", "C6"),
        ("K504", "B12"),
        ("K506", ""),
        ("K507", "A9"),
    ]


def test_a_cell_has_at_most_one_finding_of_its_own():
    checked, _ = run({"KT": MANY_FAULTS}, GIVEN)
    found = Counter(
        (row["file"], row["sheet"], row["row"], row["field"])
        for row in checked.findings
        if row["code"].startswith("K3")
    )
    assert set(found.values()) == {1}


def test_every_issued_line_is_reported_once_with_its_fault():
    rows = reported(GIVEN, MANY_FAULTS["tasks"])
    assert [(row["task_id"], row["person"], row["row"], row["fault"]) for row in rows] == [
        ("KT-01", "", 6, "K301"),
        ("KT-02", "CB012", 8, "K401"),
        ("KT-02", "CB013", None, "K506"),
        ("KT-04", "CB012", 12, "K405"),
    ]


def test_a_reported_line_holds_what_was_typed_and_what_was_read():
    sheet = """
    row | Mã việc | SL hoàn thành | Ngày xong   | Số lần chưa đạt CL | Minh chứng | Ghi chú
    6   | KT-01   | "2,5"         | "9/11/2026" |                    | BC 15      | =1+1
    """
    (row,) = reported(["KT-01"], sheet)
    assert (row["completed"], row["completed_raw"]) == (Decimal("2.5"), "2,5")
    assert (row["finished"], row["finished_raw"]) == (date(2026, 11, 9), "9/11/2026")
    assert (row["rework"], row["rework_raw"]) == (None, "")
    assert (row["evidence"], row["note"]) == ("BC 15", "=1+1")
    assert (row["unit"], row["file"], row["sheet"], row["row"]) == ("KT", "KT.xlsx", "Nhiệm vụ", 6)


def test_a_warning_is_no_fault():
    (row,) = reported(["KT-01"], a_sound_line_but("Minh chứng", ""))
    assert row["fault"] == ""


def test_checking_changes_none_of_its_arguments():
    shown = show_sheet(layout("unit")["tasks"], SOUND, in_book("KT", "tasks"))
    entries = {sheet.key: [] for sheet in layout("unit").tables} | {"tasks": shown.rows}
    before = [dict(row) for row in shown.rows]
    issued = Issued({"KT": [issued_row("KT-01")]}, [assignment("KT-01")])
    day = Day(CYCLE.last_day, {"KT.xlsx": CYCLE.last_day})
    assert isinstance(check_reports(entries, [], issued, REGISTERS, day, CYCLE), Checked)
    assert shown.rows == before
    assert issued == Issued({"KT": [issued_row("KT-01")]}, [assignment("KT-01")])


def typed_sheet(book, key, text, lists):
    """Return (typed table, columns) of a sheet the office keeps itself."""
    sheet = layout(book)[key]
    place = {"unit": "", "file": f"{book}.xlsx", "sheet": sheet.title}
    shown = show_sheet(sheet, text, place)
    columns = {(place["file"], place["sheet"], field): at for field, at in shown.letters.items()}
    return type_table(sheet, shown.rows, lists, []).table, columns


VERDICTS = """
row | Mã việc | Mã người | Trạng thái | SL xác nhận | Lý do
6   | KT-01   |          | Đúng       |             |
7   | KT-02   | CB012    | Sửa        | 2           |
8   | KT-02   | CB013    | Sửa        | 2           | Thiếu minh chứng
9   | KT-03   |          |            |             |
"""
EXEMPTIONS = """
row | Mã việc | Mã người | Loại trừ về | Chấp nhận | Lý do | Văn bản xác nhận | Người xác nhận
6   | KT-01   |          | tiến độ     | có        | Bão   | CV 12            | Chủ tịch
7   | KT-02   | CB012    | tiến độ     | có        | Bão   |                  |
8   | KT-03   |          | chất lượng  | không     |       |                  |
9   | KT-04   | CB012    | chất lượng  |           |       |                  |
"""


def test_a_correction_needs_its_reason_and_an_exemption_its_proofs():
    verdicts, columns = typed_sheet("verification", "verdicts", VERDICTS, {})
    exemptions, others = typed_sheet("verification", "exemptions", EXEMPTIONS, {})
    found = check_verdicts(verdicts, exemptions)
    assert cells(found, columns | others) == [("K711", "E7"), ("K712", "D7")]
    assert [row["message"] for row in describe(found, columns | others)] == [
        "Tệp «verification.xlsx», trang «Loại trừ», ô D7: chấp nhận loại trừ cho việc KT-02/CB012 còn thiếu"
        " văn bản xác nhận, người xác nhận; vẫn trừ.",
        "Tệp «verification.xlsx», trang «Thẩm định», ô E7: Tổ công tác chọn «Sửa» cho việc KT-02/CB012 mà chưa ghi lý do;"
        " chưa áp dụng.",
    ]


WITHOUT_EFFECT = """
row | Mã việc | SL báo cáo | Trạng thái | SL xác nhận | Lần chậm xác nhận | Lý do
6   | KT-01   | 3          | Đúng       | 3           |                   |
7   | KT-02   | 3          | Đúng       | 2           |                   |
8   | KT-03   | 3          |            | 3           | 1                 |
9   | KT-04   | 3          | Sửa        |             |                   | Thiếu minh chứng
10  | KT-05   | 3          | Sửa        |             |                   |
11  | KT-06   | 3          | Sửa        |             | 0                 | Đúng hạn
"""


def test_figures_of_the_group_that_have_no_effect_are_named():
    verdicts, columns = typed_sheet("verification", "verdicts", WITHOUT_EFFECT, {})
    exemptions, _ = typed_sheet("verification", "exemptions", EXEMPTIONS.splitlines()[1], {})
    assert cells(check_verdicts(verdicts, exemptions), columns) == [
        ("K711", "F10"),
        ("K735", "C9"),
        ("K736", "C7"),
        ("K736", "C8"),
    ]


def test_the_sixth_ticked_point_is_k727():
    rows = "\n".join(f"{n} | VM-{n} | x" for n in range(6, 12))
    for sheet, expected in ((rows, [("K738", "B11")]), (rows[: rows.rindex("\n")], [])):
        table, columns = typed_sheet(
            "verification", "agenda", f"row | Mã | Chọn\n{sheet}\n20 | VM-20 |", {}
        )
        assert cells(check_agenda(table), columns) == expected


REGISTER_SHEETS = {
    "units": """
    row | Mã đơn vị | Tên đơn vị
    4   | KT        | Phòng Kinh tế
    5   | VP        | Văn phòng
    """,
    "people": """
    row | Mã người | Họ và tên     | Mã đơn vị | Diện
    4   | CB012    | Nguyễn Văn An | KT        | công chức
    5   | CB013    | Trần Thị Hòa  | KT        | công chức
    7   | cb 012   | Nguyễn Văn Ân | VP        | công chức
    """,
    "products": """
    row | Mã sản phẩm | Đơn vị | Sản phẩm đầu ra
    4   | SP.01       | KT     | Báo cáo
    5   | SP.01       | VP     | Báo cáo
    6   | SP.01       | VP     | Báo cáo
    """,
    "indicators": """
    row | Mã chỉ số | Tên chỉ số | Tốt hơn khi | Đơn vị phụ trách
    4   | CC-01     | Đúng hạn   | cao hơn     | KT
    """,
    "days_off": """
    row | Ngày     | Loại
    4   | 2/9/2026 | nghỉ
    5   | 2/9/2026 | làm bù
    """,
}


def test_a_code_that_stands_twice_in_a_register_is_k709():
    lists = {"units": ["KT", "VP"], "units_or_shared": ["dùng chung", "KT", "VP"]}
    tables, columns = {}, {}
    for key, text in REGISTER_SHEETS.items():
        tables[key], letters = typed_sheet("registers", key, text, lists)
        columns |= letters
    assert cells(check_registers(tables), columns) == [
        ("K709", "A5"),
        ("K709", "A5"),
        ("K709", "A6"),
        ("K709", "A7"),
    ]
    messages = [row["message"] for row in describe(check_registers(tables), columns)]
    assert (
        "Tệp «registers.xlsx», trang «Nhân sự», ô A7: mã «CB012» có hai dòng trong danh mục (dòng 4)."
        in messages
    )
    assert any(
        message.startswith("Tệp «registers.xlsx», trang «Ngày nghỉ», ô A5: mã «02/09/2026»")
        for message in messages
    )


PEOPLE_OF_KT = """
row | Mã người | Họ và tên | Mã đơn vị | Diện      | Lãnh đạo trực tiếp | Làm việc từ | Làm việc đến | Không chấm từ | Không chấm đến | Lý do không chấm
4   | CB1      | An        | KT        | công chức | CB9                | 1/3/2026    | 28/2/2026    |               |                |
5   | CB2      | Bình      | KT        | công chức | CB1                | 1/3/2026    | 1/3/2026     | 5/11/2026     | 4/11/2026      | ốm
6   | CB3      | Cường     | KT        | công chức |                    |             |              | 5/11/2026     |                |
7   | CB4      | Dung      | KT        | công chức |                    |             |              |               |                | ốm
"""


def test_registers_name_known_people_and_spans_in_order():
    lists = {"units": ["KT"], "units_or_shared": ["KT"]}
    sheets = REGISTER_SHEETS | {
        "units": "row | Mã đơn vị | Tên đơn vị | Mã người đứng đầu\n4 | KT | Kinh tế | CB8",
        "people": PEOPLE_OF_KT,
        "products": "row | Mã sản phẩm | Đơn vị | Sản phẩm đầu ra",
        "days_off": "row | Ngày | Loại",
    }
    tables, columns = {}, {}
    for key, text in sheets.items():
        tables[key], letters = typed_sheet("registers", key, text, lists)
        columns |= letters
    assert cells(check_registers(tables), columns) == [
        ("K717", "C4"),
        ("K717", "E4"),
        ("K719", "G4"),
        ("K719", "I5"),
        ("K731", "H7"),
        ("K731", "J6"),
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((None, None, None), []),
        ((date(2026, 11, 13), date(2026, 11, 14), date(2026, 11, 15)), ["cutoff"]),
        ((date(2026, 11, 16), date(2026, 11, 15), date(2026, 11, 18)), ["verification_until"]),
        ((date(2026, 11, 16), date(2026, 11, 19), date(2026, 11, 18)), ["meeting_on"]),
        ((date(2026, 11, 15), date(2026, 11, 15), date(2026, 11, 15)), []),
    ],
)
def test_the_calendar_of_a_cycle_is_in_order_or_k723(days, expected):
    names = ("cutoff", "verification_until", "meeting_on")
    typed = dict(zip(names, days, strict=True))
    usual = dict.fromkeys(WHO_AND_WHERE, "")
    schedule = make_schedule(CYCLE, typed, usual, time(17), DaysOff())
    row = {"file": "giao-viec.xlsx", "sheet": "Kỳ", "row": 4} | typed
    found = check_schedule(row, schedule, CYCLE)
    assert [(r["code"], r["row"], r["field"]) for r in found] == [
        ("K734", 4, name) for name in expected
    ]


def test_a_percent_is_asked_back_where_it_has_two_readings():
    sheet = """
    row | Mã việc | SL hoàn thành | Ngày xong | Minh chứng
    6   | KT-01   | 50 %          | 9/11/2026 | BC 15
    """
    assert check(["KT-01"], tasks=sheet) == [("K309", "B6")]
    sheet = """
    row | Mã chỉ số | Giá trị
    6   | CC-01     | 0,857
    7   | CC-02     | 85,7 %
    """
    assert check(cchc=sheet) == [("K309", "B6"), ("K312", "B7")]
    for typed in ("0,857 %", "０,８５７ ％"):
        assert check(cchc=sheet.replace("0,857", typed)) == [("K312", "B6"), ("K312", "B7")]


def test_a_text_longer_than_a_page_shows_is_said():
    sheet = f"row | Vướng mắc | Đề xuất | Ai gỡ được\n6 | {'dài ' * 100} | x | Trưởng đơn vị"
    assert check(obstacles=sheet) == [("K901", "A6")]


def test_codes_hold_no_mark_that_names_or_formulas_take_amiss():
    wild = {"file": "d", "sheet": "Đơn vị", "row": 4, "code": "P.TC/KH"}
    wild |= {"head": ""}
    tables = {
        key: frame([], ("file", "sheet", "row", "code", "date", "supervisor")) for key in KEYS
    }
    tables["units"] = frame([wild, wild | {"row": 5, "code": "P.TC-KH"}], tuple(wild))
    found = check_registers(tables)
    assert [(row["code"], row["row"], row["fact"]) for row in found] == [("K715", 4, "/")]


@pytest.mark.slow
def test_ten_thousand_faulty_rows_cost_what_they_weigh():
    """The words of every fault included: time grows as the rows do."""
    cost = {}
    for rows in (2_500, 10_000):
        lines = "\n".join(f"{n} | ZZ-{n} | 9O | giữa tháng | -5" for n in range(6, 6 + rows))
        head = "row | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL\n"
        begun = process_time()
        assert len(check(["KT-01"], tasks=head + lines)) > 4 * rows
        cost[rows] = process_time() - begun
    assert cost[10_000] < 8 * cost[2_500]
    assert cost[10_000] < 8
