"""Everything offices and attackers send: one code each, the root cause, and nothing else harmed."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import reading
from pipeline.checking.cells import type_workbook
from pipeline.model import limits
from pipeline.model.findings import refuses
from pipeline.model.layout import layout
from pipeline.model.text import parse_decimal, show
from pipeline.reading import gate, xlsx
from tests import hostile, sheets
from tests.faults import FAULTS

UNIT = layout("unit")
MUST = frozenset({"tasks"})
LISTS = {"people": [], "products": [], "units": []}
NO_LIST = "K306"  # the workbook's people are on no list of this test
FILE = "phieu.xlsx"


def read(data: bytes) -> reading.Reading:
    return reading.read_workbook(data, FILE, UNIT, MUST)


def found(raw: reading.Reading) -> list[dict]:
    """Return what reader and typing say about a workbook."""
    rows = {key: [{"unit": "", **row} for row in some] for key, some in raw.entries.items()}
    typed = type_workbook(UNIT, rows, LISTS, raw.findings)
    told = [row for table in typed.values() for row in table.findings if row["code"] != NO_LIST]
    return raw.findings + told


def codes(raw: reading.Reading) -> tuple[str, ...]:
    """Return the codes a workbook draws, merged cells and hidden rows too."""
    if refusing := [row["code"] for row in raw.findings if refuses(row)]:
        return tuple(refusing)
    beside = [
        code
        for row in raw.tallies
        for code, told in (("K206", row["merged"]), ("K207", row["hidden"]))
        if told
    ]
    return (*(row["code"] for row in found(raw)), *beside)


@lru_cache
def right() -> reading.Reading:
    return read(hostile.right())


def test_the_right_workbook_is_right():
    assert codes(right()) == ()
    numbers = [row["row"] for row in right().entries["tasks"]]
    assert numbers == list(range(hostile.FIRST, hostile.LAST + 1))
    assert {row["finished"] for row in right().entries["tasks"]} == {date(2026, 11, 9)}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.threat} {fault.name}")
def test_a_fault_is_said_once_and_harms_nothing_else(fault):
    raw = read(fault.build())
    assert codes(raw) == fault.codes
    if fault.refused:
        return
    for good, bad in zip(right().entries["tasks"], raw.entries["tasks"], strict=True):
        spared = {key for key in good if (good["row"], key) not in fault.cells} - {"sheet"}
        assert {key: bad[key] for key in spared} == {key: good[key] for key in spared}


# The other reader cannot open these, or takes the cell for an error of its own.
ONE_READER = (
    "true or false",
    "cell, closed",
    "1e300",
    "serial -1",
    "styles",
    "comma in a stored",
    "word stored",
    "in percent",
)
QUOTED = [
    fault
    for fault in FAULTS
    if {code[:2] for code in fault.codes} == {"K3"}
    and not any(name in fault.name for name in ONE_READER)
]


@pytest.mark.parametrize("fault", QUOTED, ids=lambda fault: f"{fault.threat} {fault.name}")
def test_what_a_finding_quotes_stands_in_the_senders_cell(fault):
    """Another reader finds the quoted value at the printed address."""
    data = fault.build()
    raw = read(data)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    told = [row for row in found(raw) if row["value"]]
    assert told or fault.codes == ("K307",)
    for row in told:
        column = raw.places[FILE, row["sheet"], row["field"]]
        cell = book[row["sheet"]][f"{column}{row['row']}"].value
        assert row["value"] in (shown(cell), show(parse_decimal(cell)[0]))


def shown(cell: object) -> str:
    """Return a cell as findings quote it: days as days, numbers as floats."""
    if isinstance(cell, time):
        return f"{cell.hour} giờ {cell.minute:02d}"
    if isinstance(cell, datetime):
        return show(cell.date())
    return show(float(cell) if type(cell) is int else cell).strip()


# --- limits, just below and just above


def quantities() -> dict[str, int]:
    """Return how much of everything that has a limit the right workbook holds."""
    parts = hostile.right_parts()
    scans = gate.open_book(hostile.right()).scans.values()
    return {
        "sheets": parts[hostile.BOOK].count(b"<sheet "),
        "names": parts[hostile.BOOK].count(b"<definedName "),
        "contents": max(len(parts[hostile.BOOK]), len(parts[hostile.RELS])),
        "formats": parts[hostile.STYLES].count(b"<xf "),
        "strings": int(re.search(rb' count="(\d+)"', parts[hostile.STRINGS])[1]),
        "formulas": max(part.count(b"<f>") for part in parts.values()),
        "tags": max(part.count(b"<") for part in parts.values()),
        "cell_tags": max(len(re.findall(rb"<(?:c|row) ", part)) for part in parts.values()),
        "cells": sum(scan.cells.filled for scan in scans),
        "area": sum(scan.cells.area for scan in scans),
    }


@pytest.mark.parametrize(("name", "most"), quantities().items())
def test_what_a_workbook_holds_has_its_limit(name, most):
    for limit, said in ((most, ()), (most - 1, ("K103",))):
        with limits.hold(replace(limits.LIMITS, **{name: limit})):
            assert codes(read(hostile.right())) == said


def edited(*edits: hostile.Edit) -> bytes:
    parts = hostile.right_parts()
    hostile.both(*edits)(parts)
    return hostile.pack(parts)


@pytest.mark.parametrize("beside", ["", "<!-- > -->"])
@pytest.mark.parametrize(("levels", "said"), [(63, ()), (64, ("K104",))])
def test_depth_is_counted_whatever_stands_beside(beside, levels, said):
    deep = "<b/><a>" * levels + "</a>" * levels
    assert codes(read(edited(hostile.after(beside + deep)))) == said


@pytest.mark.parametrize("beside", ["", "<!-- > -->"])
@pytest.mark.parametrize(("attributes", "said"), [(64, ()), (65, ("K104",))])
def test_attributes_are_counted_whatever_stands_beside(beside, attributes, said):
    words = " ".join(f"b{n}='='" for n in range(attributes))
    assert codes(read(edited(hostile.after(f"{beside}<a {words}/>")))) == said


@pytest.mark.parametrize(("more", "said"), [(0, ()), (1, ("K103",))])
def test_different_texts_are_claimed_fifty_times_over_at_most(more, said):
    known = hostile.right_parts()[hostile.STRINGS].count(b"<si>")
    claim = f'uniqueCount="{limits.LIMITS.claim * known + more}"'
    edit = hostile.resub(hostile.STRINGS, r'uniqueCount="\d+"', claim)
    assert known > xlsx.FEW
    assert codes(read(edited(edit))) == said


def test_texts_are_counted_as_often_as_they_stand_in_cells():
    content = sheets.ods({"Nhiệm vụ": "5 | Mã việc | SL hoàn thành\n6 | abcde | 1"}, stamp="")
    size = len("abcde") + 3 * len("Mã việc") + 3 * len("SL hoàn thành")
    for limit, said in ((size, False), (size - 1, True)):
        with limits.hold(replace(limits.LIMITS, texts=limit)):
            assert ("K103" in codes(read(content))) == said


@pytest.mark.parametrize(("times", "said"), [(1_000, ("K215",)), (1_100, ("K103",))])
def test_one_text_of_the_table_in_many_cells(times, said):
    words = "x" * (limits.LIMITS.texts // 1_050)
    table = hostile.swap(hostile.STRINGS, "</sst>", f"<si><t>{words}</t></si></sst>")
    at = hostile.right_parts()[hostile.STRINGS].count(b"<si>")
    row = '<row r="{0}"><c r="Z{0}" t="s"><v>{1}</v></c></row>'
    below = hostile.rows("".join(row.format(n, at) for n in range(17, 17 + times)))
    assert codes(read(edited(table, below))) == said


def test_one_stray_text_longer_than_a_cell_may_hold():
    for size, said in ((32_767, ("K215",)), (32_768, ("K103",))):
        words = hostile.far("Z30", f"<is><t>{'&lt;' * size}</t></is>", ' t="inlineStr"')
        assert codes(read(edited(words))) == said


@pytest.mark.parametrize("number", ["NaN", "INF", "1e309", "-Infinity", "x"])
def test_a_number_of_an_ods_that_is_none(number):
    content = sheets.ods({"Nhiệm vụ": "5 | Mã việc | SL hoàn thành\n6 | KT-01 | 1"})
    book = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
    assert codes(read(sheets.ods_package(book)))[:1] == ("K203",)
    bad = book.replace('office:value="1.0"', f'office:value="{number}"')
    assert codes(read(sheets.ods_package(bad))) == ("K104",)


def test_the_list_of_members_is_looked_at_before_a_byte_is_unpacked(monkeypatch):
    def unpack(*_):
        raise AssertionError

    monkeypatch.setattr("zipfile.ZipFile.read", unpack)
    refused = [fault for fault in FAULTS if fault.name in ("20,000 members", "member above")]
    assert [codes(read(fault.build())) for fault in refused] == [("K103",), ("K104",)]


# --- what is written is what is read


CELL = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12).map(float),
    st.floats(-1e9, 1e9).map(lambda number: float(format(number, ".12g"))),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.text("abđệ<>&'\"|=+-@#_x0 9\u00a0", min_size=1, max_size=20).filter(str.strip),
)
HEADS = ("Mã việc", "SL hoàn thành", "Ngày xong", "Số lần chưa đạt CL", "Minh chứng", "Ghi chú")
KEYS = ("task_id", "completed", "finished", "rework", "evidence", "note")


@pytest.mark.parametrize("write", [sheets.write_xlsx, sheets.write_ods])
@settings(max_examples=60)
@given(st.lists(st.tuples(*[CELL] * 6), min_size=1, max_size=6))
def test_a_table_that_was_written_is_read_back(write, rows):
    cells = {(5, column): head for column, head in enumerate(HEADS, 1)}
    for number, row in enumerate(rows, 6):
        cells |= {(number, 1): f"KT-{number}"}
        cells |= {(number, column): value for column, value in enumerate(row[1:], 2)}
    raw = read(write({"Nhiệm vụ": {place: v for place, v in cells.items() if v is not None}}))
    for number, row in enumerate(rows, 6):
        (entry,) = (entry for entry in raw.entries["tasks"] if entry["row"] == number)
        assert [entry[key] for key in KEYS[1:]] == list(row[1:])


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_is_no_matter(draw):
    """The rows of the right workbook change places; every line reads as before."""
    numbers = list(range(hostile.FIRST, hostile.LAST + 1))
    moved = dict(zip(numbers, draw.sample(numbers, len(numbers)), strict=True))
    raw = read(edited(lambda parts: hostile.move_rows(parts, moved)))
    lines = {moved[row["row"]]: row | {"row": 0} for row in right().entries["tasks"]}
    assert {row["row"]: row | {"row": 0} for row in raw.entries["tasks"]} == lines
