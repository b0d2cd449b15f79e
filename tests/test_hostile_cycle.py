"""A cycle over a mailbox full of faults: the packet is made, the good units' figures stand."""

import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import NEWEST

from pipeline.cycle.crew import READ
from pipeline.cycle.start import start_cycle
from pipeline.tools.fence import Limits
from pipeline.tools.worker import Worker
from tests import hostile, witness
from tests.faults import FAULTS
from tests.helpers import unprinting

NOON = 1_763_182_800  # 15 November, before the cut-off
TABLES = ("lines", "units", "people", "upcoming", "indicators", "obstacles", "claims", "tallies")
TIME = "K118"  # said of every file without a letter, whatever becomes of it
KINDS = {"K101", "K105", *(f"K12{n}" for n in range(8))}
LEFT_OUT = ("~$phieu.xlsx", "._phieu.xlsx", ".~lock.phieu.xlsx#", "a.xlsx.crdownload", "b.part")


def result(commune) -> dict:
    return json.loads((commune.output / NEWEST / "result.json").read_text("utf-8"))


def of_others(told: dict, table: str) -> list[dict]:
    return [row for row in told["tables"][table] if row["unit"] != hostile.UNIT]


def fill(inbox) -> list[str]:
    """Put every fault, and what is no file at all, into the mailbox; return the names."""
    names = []
    for number, fault in enumerate(FAULTS):
        name = f"{number:03} {re.sub(r'[^a-z0-9]+', '-', fault.name.lower())[:40]}{fault.ending}"
        (inbox / name).write_bytes(fault.build())
        names.append(name)
    for name in LEFT_OUT:
        (inbox / name).write_bytes(b"x")
    (inbox / "thu.eml").write_bytes(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\xff\x00")
    (inbox / "goi.zip").write_bytes(hostile.right()[:-50])
    (inbox / "thu-muc").mkdir()
    (inbox / "lien-ket.xlsx").symlink_to(inbox / names[0])
    os.mkfifo(inbox / "ong.xlsx")
    for name in (*names, *LEFT_OUT, "thu.eml", "goi.zip"):
        os.utime(inbox / name, (NOON, NOON))
    return [*names, "thu.eml", "goi.zip", "thu-muc", "lien-ket.xlsx", "ong.xlsx"]


@dataclass(frozen=True)
class Run:
    """The sample's result, the result with all faults beside it, what was put in and made."""

    before: dict
    after: dict
    names: list[str]
    crashed: bool
    packet: int
    folders: list[Path]


@pytest.fixture(scope="module")
def ran(sample, tmp_path_factory) -> Run:
    commune = sample.copy(tmp_path_factory.mktemp("hostile") / "commune")
    before, names = result(commune), fill(commune.newest.inbox)
    with Worker(READ, fence=Limits()) as reader:
        helpers = replace(unprinting(), reader=reader)
        record = start_cycle(commune.newest, commune.output, None, lambda *_: None, helpers)
    packet = (commune.output / NEWEST / "ho-so-hop.pdf").stat().st_size
    folders = [commune.newest.inbox, commune.newest.place, commune.data]
    return Run(before, result(commune), names, record["crashed"], packet, folders)


def test_the_packet_is_made_and_every_file_is_accounted_for(ran):
    assert not ran.crashed
    assert ran.packet > 10_000
    assert set(ran.names) <= {row["file"] for row in ran.after["tables"]["submissions"]}
    found = ran.after["tables"]["findings"]
    assert {row["file"] for row in found if row["code"] == "K106"} == set(LEFT_OUT)


@pytest.mark.parametrize("table", TABLES)
def test_the_good_units_rows_are_the_same(ran, table):
    assert of_others(ran.after, table) == of_others(ran.before, table)
    assert of_others(ran.before, table) or table == "claims"


def test_every_quotation_stands_at_its_address(ran):
    quoted, wrong = witness.unproved(ran.after["tables"]["findings"], ran.folders)
    assert wrong == []
    assert quoted


def test_each_refused_file_has_one_code_and_its_three_steps(ran):
    told = ran.after["tables"]
    ours = [row for row in told["submissions"] if row["file"] in ran.names]
    refused = {row["file"]: row for row in ours if row["status"] == "từ chối"}
    assert len(refused) > 100
    assert all(row["reason"] for row in refused.values())
    said = [row for row in told["findings"] if row["file"] in refused and row["code"] != TIME]
    # Of a unit whose later version is in use only the reason beside the file is left.
    named = [name for name, row in refused.items() if row["unit"] != hostile.UNIT]
    assert sorted(row["file"] for row in said if row["unit"] != hostile.UNIT) == sorted(named)
    assert len({row["file"] for row in said}) == len(said)
    kinds = {row["code"]: row["action"] for row in said if row["code"] in KINDS}
    assert kinds.keys() == KINDS
    assert len(set(kinds.values())) == len(KINDS)
    assert {code: steps for code, steps in kinds.items() if steps.count(",") < 2} == {}
