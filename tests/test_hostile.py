"""Everything offices and attackers send: one code each, the root cause, and nothing else harmed."""

from functools import lru_cache

import pytest

from pipeline import reading
from pipeline.checking.cells import type_workbook
from pipeline.model.findings import refuses
from pipeline.model.layout import layout
from tests import hostile
from tests.faults import FAULTS

UNIT = layout("unit")
MUST = frozenset({"tasks"})
LISTS = {"people": [], "products": [], "units": []}


def read(data: bytes) -> reading.Reading:
    return reading.read_workbook(data, "phieu.xlsx", UNIT, MUST)


def codes(raw: reading.Reading) -> tuple[str, ...]:
    """Return the codes a workbook draws from reader and typing, merged and hidden rows too."""
    rows = {key: [{"unit": "", **row} for row in some] for key, some in raw.entries.items()}
    if refusing := [row["code"] for row in raw.findings if refuses(row)]:
        return tuple(refusing)
    typed = type_workbook(UNIT, rows, LISTS, raw.findings)
    found = [row["code"] for row in raw.findings]
    found += [
        row["code"] for table in typed.values() for row in table.findings if row["code"] != "K306"
    ]
    for row in raw.tallies:
        found += ["K206"] * bool(row["merged"]) + ["K207"] * bool(row["hidden"])
    return tuple(found)


@lru_cache
def right() -> reading.Reading:
    return read(hostile.right())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.threat} {fault.name}")
def test_a_fault_is_said_once_and_harms_nothing_else(fault):
    raw = read(fault.build())
    assert codes(raw) == fault.codes
    if fault.refused:
        return
    for good, bad in zip(right().entries["tasks"], raw.entries["tasks"], strict=True):
        spared = {key for key in good if (good["row"], key) not in fault.cells} - {"sheet"}
        assert {key: bad[key] for key in spared} == {key: good[key] for key in spared}


def test_the_right_workbook_is_right():
    assert codes(right()) == ()
    assert [row["row"] for row in right().entries["tasks"]] == list(
        range(hostile.FIRST, hostile.LAST + 1)
    )
