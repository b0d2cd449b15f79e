"""Three cycles one after the other: from a meeting to the work, its result and a closing line."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from conftest import NEWEST, Commune
from meetings import CLOSED_AT, close, conclude, report, run, silent, tables_of
from test_cycle import by
from test_group_runs import type_into
from test_meeting_runs import WHY

from pipeline.cycle.open import open_cycle
from pipeline.model.folders import CycleFolder
from pipeline.tools import chain

CYCLES = (NEWEST, "2026-11-K2", "2026-12-K1")
LATER = timedelta(days=15)
CARRIED_WRONG = {"K606", "K607", "K608", "K609", "K610", "K611", "K612", "K613", "K621", "K751"}
TASK = ("VP", "Lập danh sách hộ cần hỗ trợ sau mưa")
GIVEN = {
    "accepted": "có",
    "product": "VP.07",
    "assigned": 3,
    "person": "CB006 – Trần Thị Hoa",
    "due": date(2026, 12, 10),
    "decision": "KL-01",
}
EXTENDED, GONE, MOVED = ("KT-54", "CB014"), ("KT-79", "CB014"), ("KT-89", "CB015")


def decided() -> dict[tuple[str, str], dict]:
    return {
        EXTENDED: WHY | {"extended_to": date(2026, 12, 11)},
        GONE: WHY | {"withdrawn": "x"},
        MOVED: WHY | {"new_person": "CB014 – Lê Văn Tâm"},
    }


def worked(folder: CycleFolder, *, all_done: bool) -> None:
    """Send every unit's workbook back; at first the new task and the extended one in part."""
    day = folder.cycle.last_day - timedelta(days=5)
    parts = {} if all_done else {"VP-26111-01": 1, EXTENDED[0]: 0.1}
    for path in sorted(folder.issued.glob("*.xlsx")):
        report(folder, path.stem, day, parts)


@pytest.mark.slow
def test_nothing_disappears_without_a_closing_line(sample: Commune, tmp_path) -> None:
    commune = sample.copy(tmp_path / "commune")
    at: datetime = CLOSED_AT
    first = tables_of(commune, NEWEST)
    conclude(commune.newest, first, given={TASK: GIVEN})
    type_into(commune.newest, "adjustments", decided(), "meeting")
    told = [run(commune.newest, commune)]
    close(commune.newest, commune, at)
    for name in CYCLES[1:]:
        folder, at = commune.cycle(name), at + LATER
        assert open_cycle(folder, commune.output, silent)[-1].startswith("Đã phát 8 phiếu")
        worked(folder, all_done=name == CYCLES[-1])
        tables = run(folder, commune)
        assert {row["code"] for row in tables["findings"]} & CARRIED_WRONG == set()
        followed(told[-1], tables)
        conclude(folder, tables)
        results = {
            (f"{row['cycle']} {row['conclusion']}",): {"result": "Đã làm xong, có báo cáo"}
            for row in tables["conclusions"]
            if row["age"] and name == CYCLES[-1]
        }
        type_into(folder, "conclusions", results, "meeting")
        told.append(run(folder, commune))
        close(folder, commune, at)
    new = [by(tables["lines"], "task_id").get("VP-26111-01") for tables in told]
    assert new[0] is None
    assert [(r["assigned"], r["remaining"], r["decision"]) for r in new[1:]] == [
        ("3", "2", "KL-01"),
        ("2", "0", "KL-01"),
    ]
    assert new[2]["standing"] == "đúng hạn"
    extended = [by(tables["lines"], "task_id", "person").get(EXTENDED) for tables in told]
    assert [row["due"] for row in extended] == ["2026-12-11"] * 3
    assert ("KT-89", "CB014") in by(told[1]["lines"], "task_id", "person")
    assert not any(row["task_id"] == GONE[0] for row in told[1]["lines"])
    ended = [row for row in told[-1]["conclusions"] if row["cycle"] == NEWEST]
    assert {row["state"] for row in ended} == {"đã xong"}
    assert [*map(str, chain.closed(commune.data))] == list(CYCLES)
    assert chain.damages(commune.data) == []


def followed(before: Mapping, after: Mapping) -> None:
    """Hold that every open line, conclusion and decision of a cycle stands in the next."""
    lines = by(after["lines"], "task_id", "person")
    for row in before["lines"]:
        key = row["task_id"], row["heir"] or row["person"]
        closed = row["withdrawn"] == "có" or float(row["remaining"] or 1) == 0
        assert closed or float(lines[key]["assigned"]) == float(row["remaining"]), key
    concluded = by(after["conclusions"], "cycle", "conclusion")
    for row in before["conclusions"]:
        assert row["state"] == "đã xong" or (row["cycle"], row["conclusion"]) in concluded
