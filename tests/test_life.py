"""A commune's life drawn at random: reports, decisions, closings; nobody lost, every figure right.

After every step each unit, person, line and file stands in the result once, each figure is the
oracle's, and the archive proves itself.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import openpyxl
import pytest
from conftest import Commune
from histories import as_typed
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from meetings import close, conclude, silent, tables_of
from oracle import Case, judge
from oracle_months import carry
from test_group_runs import type_into
from test_scoring_oracle import hold_lines, same_rates

from benchmarks.commune import make_commune
from pipeline import ROOT
from pipeline.cycle.close import receive_late
from pipeline.cycle.open import open_cycle
from pipeline.cycle.start import start_cycle
from pipeline.cycle.state import after_lock
from pipeline.history import read_result
from pipeline.model.calendar import VIETNAM, Cycle
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.submissions import IN_USE, REFUSED, REPLACED, SET_ASIDE
from pipeline.model.tables import NOT_SENT, CycleResult, records
from pipeline.tools import chain, disk, vault
from tests.helpers import unprinting

UNITS, LINES = 3, 3
CODES = [f"DV{n:02d}" for n in range(1, UNITS + 1)]
SHEET = layout("unit")["tasks"]
AT = {name: n for n, name in enumerate(SHEET.keys)}
EACH = {"min_size": LINES, "max_size": LINES}
DONE = st.sampled_from([Fraction(n, 4) for n in (4, 4, 2, 1, 0)])
READING = replace(unprinting(), press=None)
Key = tuple[str, str]


@dataclass
class Version:
    """A workbook a unit sent: what it says of each line, nothing where it cannot be used."""

    unit: str
    path: Path
    said: dict[Key, dict]
    withdrawn: bool = False

    @property
    def usable(self) -> bool:
        return bool(self.said) and not self.withdrawn


class Life(RuleBasedStateMachine):
    """What the people of a commune do, and what must be true of it all the time."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(dir=self.template.parent))
        self.commune = Commune(self.place)
        self.clock = 0  # minutes since the first thing that was sent
        self.home = {f"{unit}-{n}": unit for unit in CODES for n in range(1, 9)}
        self.travelling: dict[Key, int] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.place)

    @initialize(
        heard=st.lists(st.tuples(st.sampled_from(CODES), st.lists(DONE, **EACH), st.integers(0, 2)))
    )
    def begin(self, heard: list) -> None:
        shutil.copytree(self.template / "data", self.commune.data)
        self.turn_to(CycleFolder(self.commune.data, Cycle(2026, 11, 1)), given())
        for unit, done, rework in heard:
            self.send(unit, done, rework, late=False)
        self.run()

    def turn_to(self, folder: CycleFolder, issued: list[dict]) -> None:
        self.folder, self.issued = folder, issued
        self.keys = [(row["task_id"], row["person"]) for row in issued]
        self.versions: list[Version] = []
        self.verdicts: dict[Key, dict] = {}
        self.decided: dict[Key, dict] = {}
        self.late: list[Path] = []
        self.closed = 0
        self.open = True

    # --- what people do

    @precondition(lambda self: self.open)
    @rule(
        unit=st.sampled_from(CODES),
        done=st.lists(DONE, **EACH),
        rework=st.integers(0, 2),
        late=st.booleans(),
    )
    def submit(self, unit: str, done: list, rework: int, late: bool) -> None:
        """Send a unit's report, or a newer version of it; perhaps after the cut-off."""
        self.send(unit, done, rework, late=late)
        self.run()

    def send(self, unit: str, done: list, rework: int, *, late: bool) -> None:
        own = [row for row in self.issued if row["unit"] == unit]
        said = {
            (row["task_id"], row["person"]): {
                "completed": Decimal(row["assigned"]) * Decimal(float(share)),
                "finished": self.folder.cycle.first_day + timedelta(days=12) if share else None,
                "rework": rework,
            }
            for row, share in zip(own, done, strict=False)
        }
        path = self.arrive(unit, filled(self.folder, unit, said, self.clock), late=late)
        self.versions.append(Version(unit, path, said))

    @precondition(lambda self: self.open)
    @rule(unit=st.sampled_from(CODES))
    def send_what_cannot_be_used(self, unit: str) -> None:
        """Send a unit's workbook without one of its columns."""
        path = self.arrive(unit, filled(self.folder, unit, {}, self.clock, whole=False))
        self.versions.append(Version(unit, path, {}))
        self.run()

    @precondition(lambda self: self.open and any(v.usable for v in self.versions))
    @rule(n=st.integers(0, 20))
    def withdraw(self, n: int) -> None:
        """Note in so-nhan.csv that a version is taken back."""
        usable = [version for version in self.versions if version.usable]
        version = usable[n % len(usable)]
        version.withdrawn = True
        digest = disk.sha256(version.path.read_bytes())
        text = self.folder.receipts.read_text("utf-8-sig")
        lines = [
            ";".join([*line.split(";")[:4], "rút", "gửi nhầm"]) if line[:64] == digest else line
            for line in text.splitlines()
        ]
        self.folder.receipts.write_text("\r\n".join([*lines, ""]), "utf-8-sig")
        self.run()

    @precondition(lambda self: self.open)
    @rule(n=st.integers(0, 20), corrected=st.one_of(st.none(), DONE))
    def verify(self, n: int, corrected: Fraction | None) -> None:
        """Have the working group accept a line as it stands, or count it otherwise."""
        key = self.keys[n % len(self.keys)]
        given_out = next(row for row in self.issued if key == (row["task_id"], row["person"]))
        cells = {"state": "Đúng", "completed_accepted": None, "reason": None}
        if corrected is not None:
            figure = Decimal(given_out["assigned"]) * Decimal(float(corrected))
            cells = {"state": "Sửa", "completed_accepted": figure, "reason": "Đếm lại"}
        type_into(self.folder, "verdicts", {key: cells}, "verification")
        blank = {"rework_accepted": None, "lateness_accepted": None}
        self.verdicts[key] = {"task_id": key[0], "person": key[1], **blank, **cells}
        self.run()

    @precondition(lambda self: self.open)
    @rule(n=st.integers(0, 20), what=st.sampled_from(("withdrawn", "extended_to", "new_person")))
    def decide(self, n: int, what: str) -> None:
        """Have the meeting change a line: take it back, give it more time or another person."""
        key = self.keys[n % len(self.keys)]
        last = self.folder.cycle.last_day
        heir = f"{key[1].split('-')[0]}-{7 if key[1].endswith('-8') else 8}"
        values = {
            "withdrawn": "x",
            "extended_to": last + timedelta(days=10),
            "new_person": f"{heir} – Nguyễn Văn {heir.replace('-', ' ')}",
        }
        blank = dict.fromkeys(("withdrawn", "extended_to", "quantity", "new_person"))
        why = {"reason": "Chờ tỉnh bố trí vốn", "decision": f"KL-{self.folder.cycle}"}
        cells = why | blank | {what: values[what]}
        type_into(self.folder, "adjustments", {key: cells}, "meeting")
        self.decided[key] = cells | {"new_person": heir if what == "new_person" else ""}
        self.run()

    @precondition(lambda self: self.open)
    @rule(
        person=st.sampled_from([f"{unit}-{n}" for unit in CODES for n in (1, 7)]),
        to=st.sampled_from(CODES),
    )
    def move(self, person: str, to: str) -> None:
        """Move a person to another unit in the register; the work stays where it was given."""
        sheet = layout("registers")["people"]
        book = openpyxl.load_workbook(self.folder.registers)
        for row in book[sheet.title].iter_rows(min_row=sheet.heading_row + 1):
            if row[sheet.keys.index("code")].value == person:
                row[sheet.keys.index("unit")].value = to
        book.save(self.folder.registers)
        self.home[person] = to
        self.run()

    @precondition(lambda self: self.open)
    @rule()
    def close(self) -> None:
        """Conclude every point, print, and freeze the cycle."""
        self.run(printing=True)
        conclude(self.folder, tables_of(self.commune, str(self.folder.cycle)))
        self.run(printing=True)
        close(self.folder, self.commune)
        self.closed, self.open = self.closed + 1, False

    @precondition(lambda self: not self.open)
    @rule()
    def reopen(self) -> None:
        """Open the closed cycle again, on the record."""
        vault.reopen(
            self.commune.data, self.folder.cycle, "2026-12-01T08:00+07:00", "Chủ tịch", "sửa"
        )
        self.open = True
        self.run()

    @precondition(lambda self: not self.open)
    @rule(unit=st.sampled_from(CODES))
    def come_late(self, unit: str) -> None:
        """Send a report after the lock: kept, named, not counted."""
        before = self.stored()
        path = self.arrive(unit, filled(self.folder, unit, {}, self.clock))
        receive_late(self.folder, READING.reader)
        assert any(path.name in line for line in after_lock(self.folder))
        assert disk.sha256(path.read_bytes()) in self.folder.receipts.read_text("utf-8-sig")
        assert self.stored() == before
        path.unlink()  # else it would count once the cycle is opened again

    @precondition(lambda self: not self.open)
    @rule()
    def go_on(self) -> None:
        """Issue the next cycle as it was drafted."""
        case = self.case()
        left, self.travelling = carry(case, self.folder.cycle.last_day)
        issued = [as_typed(row) for row in left]
        following = CycleFolder(self.commune.data, self.folder.cycle.next)
        open_cycle(following, self.commune.output, silent)
        self.turn_to(following, issued)
        self.run()

    # --- how it is done

    def arrive(self, unit: str, data: bytes, *, late: bool = False) -> Path:
        """Put a file into hop-thu, each a minute after the one before."""
        self.clock += 1
        cycle = self.folder.cycle
        hour = datetime.combine(cycle.last_day + timedelta(days=5 * late), time(7), VIETNAM)
        sent = (hour + timedelta(minutes=self.clock)).timestamp()
        path = self.folder.inbox / f"{unit} ban {self.clock}.xlsx"
        path.write_bytes(data)
        os.utime(path, (sent, sent))
        return path

    def run(self, *, printing: bool = False) -> None:
        crew = unprinting() if printing else READING
        start_cycle(self.folder, self.commune.output, None, silent, crew)

    def result(self) -> CycleResult:
        cycle, closed = self.folder.cycle, chain.official(self.commune.data)
        return read_result(self.commune.output, cycle, closed)

    def stored(self) -> list[dict]:
        return records(self.result().tables["submissions"])

    def used(self) -> dict[str, Version]:
        """Return the version of each unit that counts: the last in time that can be used."""
        usable = sorted(
            (v for v in self.versions if v.usable), key=lambda v: v.path.stat().st_mtime
        )
        return {version.unit: version for version in usable}

    def case(self) -> Case:
        """Return what the oracle is to judge."""
        used, last = self.used(), self.folder.cycle
        return Case(
            **{"first_day": last.first_day, "last_day": last.last_day},
            units={code: {"head": f"{code}-1", "progress_only": "không"} for code in CODES},
            people=self.home,
            products={
                f"SP{n:02d}": {"coefficient": 1 + Decimal(n) / 10, "deduct": "dòng"}
                for n in range(30)
            },
            assignments=self.issued,
            reported=[
                row | used[row["unit"]].said[row["task_id"], row["person"]] | {"fault": ""}
                for row in self.issued
                if row["unit"] in used
            ],
            verdicts=[*self.verdicts.values()],
            missing=set(CODES) - used.keys(),
            previous=self.travelling,
            decided=self.decided,
        )

    # --- what is always true

    @invariant()
    def nobody_and_nothing_is_lost(self) -> None:
        tables, used = self.result().tables, self.used()
        units, submissions = records(tables["units"]), records(tables["submissions"])
        in_figures = {row["unit"] for row in submissions if row["status"] == IN_USE}
        refused = {row["unit"] for row in submissions if row["status"] == REFUSED} - in_figures
        missing = {row["unit"] for row in units if row["status"] == NOT_SENT} - refused
        assert [row["unit"] for row in units] == CODES
        assert sorted([*in_figures, *missing, *refused]) == CODES
        assert in_figures == used.keys()
        assert refused == {v.unit for v in self.versions if not v.said} - used.keys()
        assert {row["person"]: row["unit"] for row in records(tables["people"])} == self.home
        statuses = {row["file"]: row["status"] for row in submissions}
        assert len(statuses) == len(submissions) == len(self.versions)
        assert statuses == {v.path.name: self.status_of(v) for v in self.versions}

    def status_of(self, version: Version) -> str:
        if version.withdrawn:
            return SET_ASIDE
        if not version.said:
            return REFUSED
        return IN_USE if version is self.used()[version.unit] else REPLACED

    @invariant()
    def every_figure_is_the_oracles(self) -> None:
        result, expected = self.result(), judge(self.case())
        hold_lines(result.tables["lines"], expected)
        sent = self.used()
        for key, of in (("unit", "units"), ("person", "people")):
            for row in records(result.tables[of]):
                own = [line for line in expected.values() if line[key] == row[key]]
                rated = all(line["unit"] in sent for line in own) and row["unit"] in sent
                assert same_rates(row, own, rated), row
        (whole,) = records(result.tables["commune"])
        assert same_rates(whole, [line for line in expected.values() if line["unit"] in sent], True)

    @invariant()
    def the_archive_proves_itself(self) -> None:
        assert chain.damages(self.commune.data) == []
        kept = sorted(self.folder.closed.glob("r*"))
        assert len(kept) == self.closed


def given() -> list[dict]:
    """Return the lines of the first cycle, as they stand in its table."""
    last = date(2026, 11, 15)
    return [
        {
            **{"task_id": f"{unit}-{n + 1:04d}", "person": f"{unit}-{n + 1}", "unit": unit},
            **{"kind": "kế hoạch", "from_task": "", "product": f"SP{n:02d}", "share": None},
            **{"coefficient": 1 + Decimal(n) / 10, "assigned": Decimal(n % 5 + 1)},
            **{"due": last + timedelta(days=5 if n == 0 else -n), "carried": 0},
            **{"document": "", "approver": "", "responsible": f"{unit}-1"},
        }
        for unit in CODES
        for n in range(LINES)
    ]


def filled(folder: CycleFolder, unit: str, said: dict, mark: int, *, whole: bool = True) -> bytes:
    """Return a unit's issued workbook filled in; not whole, without its column of quantities."""
    book = openpyxl.load_workbook(folder.issued / f"{unit}.xlsx")
    page = book[SHEET.title]
    for row in page.iter_rows(min_row=SHEET.heading_row + 1):
        key = (row[AT["task_id"]].value, str(row[AT["person"]].value or "").split(" – ")[0])
        for name, value in said.get(key, {}).items():
            row[AT[name]].value = value
        if key in said:
            row[AT["evidence"]].value = f"BC số {mark}/BC"
    if not whole:
        page.cell(SHEET.heading_row, AT["completed"] + 1).value = f"Cột {mark}"
    book[layout("unit")["unplanned"].title]["A3"] = "x"
    data = BytesIO()
    book.save(data)
    return data.getvalue()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commune of three units whose workbooks are issued and not yet sent."""
    place = tmp_path_factory.mktemp("life") / "template"
    folder = make_commune(place / "data", ROOT / "sample_data" / "commune.toml", UNITS, LINES)
    for path in folder.inbox.iterdir():
        path.unlink()
    return place


@pytest.mark.slow
def test_nobody_is_lost_and_every_figure_right_whatever_a_commune_does(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # nobody cuts the power here
    Life.template = template
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=8, stateful_step_count=14, suppress_health_check=[*HealthCheck]
        ),
    )
