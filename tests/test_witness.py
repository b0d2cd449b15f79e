"""Every printed address: the sender's own file holds there what the finding quotes."""

import json

import pytest
from conftest import NEWEST
from test_cycle import tables_of

from pipeline import reading
from pipeline.checking.cells import type_workbook
from pipeline.model.findings import describe
from pipeline.model.folders import RESULT
from pipeline.model.layout import layout
from tests import witness
from tests.faults import FAULTS

# Cells that show no value: an error without a name, days before and after all that can be shown.
UNSHOWN = ("error cell, closed", "serial -1", "serial 1e300")
# What the second reader opens not at all.
UNREADABLE = ["comma in a stored number", "word stored as a number", "styles that are not there"]
EARLIER = ("2026-09-K2", "2026-10-K1", "2026-10-K2")


def folders(commune, cycle):
    folder = commune.cycle(cycle)
    return [folder.inbox, folder.place, commune.data]


@pytest.mark.parametrize("cycle", [*EARLIER, NEWEST])
def test_every_quotation_of_the_sample_stands_at_its_address(sample, cycle):
    found = json.loads((sample.output / cycle / RESULT).read_text("utf-8"))["tables"]["findings"]
    quoted, wrong = witness.unproved(found, folders(sample, cycle))
    assert wrong == []
    assert quoted


def test_a_wrong_address_or_another_value_would_be_seen(sample):
    found = tables_of(sample)["findings"]
    [row] = [row for row in found if row["code"] == "K301"]
    places = folders(sample, NEWEST)
    assert witness.unproved([row], places) == (1, [])
    for wrong in ({"cell": "J35"}, {"value": "90"}, {"sheet": "Phát sinh"}):
        assert len(witness.unproved([{**row, **wrong}], places)[1]) == 1


def quotations(fault, data):
    """Return what is found in the cells of a fault's workbook and quoted."""
    raw = reading.read_workbook(data, "kt.xlsx", layout("unit"), frozenset({"tasks"}))
    lists = dict.fromkeys(("units", "people", "products", "indicators"), ())
    entries = {key: [{"unit": "KT", **r} for r in rows] for key, rows in raw.entries.items()}
    typed = type_workbook(layout("unit"), entries, lists, raw.findings)
    found = [*raw.findings, *(row for table in typed.values() for row in table.findings)]
    told = describe(found, raw.places)
    return [row for row in told if row["sheet"] and row["cell"] and row["value"]]


@pytest.mark.filterwarnings("ignore:Cell K6 is marked as a date:UserWarning")
def test_what_is_quoted_of_hostile_workbooks_stands_at_its_address():
    quoted, wrong, unread = 0, [], []
    for fault in FAULTS:
        data = fault.build() if fault.is_read and fault.ending == ".xlsx" else b""
        if data and (found := quotations(fault, data)):
            try:
                count, unlike = witness.against(found, {"kt.xlsx": data})
            except (ValueError, IndexError):  # the other reader cannot open it
                unread.append(fault.name)
                continue
            quoted += count
            wrong += [(fault.name, *one) for one in unlike]
    assert [one for one in wrong if one[0] not in UNSHOWN] == []
    assert quoted > 50
    assert unread == UNREADABLE
