"""A cycle closed after its meeting: frozen whole, carried on, opened again only on the record."""

import errno
import json
import os
import re
import shutil
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from conftest import NEWEST, Commune, Run, made_once
from meetings import CLOSED_AT, close, conclude, run, tables_of
from test_group_runs import change_rules, type_into
from test_meeting_runs import EXTENDED, WHY, cells_of

from pipeline.checking.meeting import check_cited, check_new_work, check_petitioned, check_petitions
from pipeline.cycle.rebuild import rebuild_cycles
from pipeline.cycle.state import after_lock
from pipeline.model.calendar import DaysOff, parse_cycle
from pipeline.model.findings import ConfigError, InputError
from pipeline.model.folders import ARCHIVE, PACKET, RESULT, SCREEN
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.tools import chain, disk, vault
from tests.helpers import silent, unprinting

NEXT = "2026-11-K2"
LIST = {
    "accepted": "có",
    "product": "DC.25",
    "assigned": 2,
    "person": "CB014 – Lê Văn Tâm",
    "due": date(2026, 11, 30),
    "decision": "KL-01",
}
NEW_TASK = ("KT", "Lập danh sách hộ bị ảnh hưởng")


@pytest.fixture(scope="module")
def met(shared: Path, sample: Commune) -> Commune:
    """The sample after a meeting that decided everything; only to be read or copied."""

    def make(place: Path) -> None:
        commune = sample.copy(place)
        conclude(commune.newest, tables_of(commune, NEWEST), given={NEW_TASK: LIST})
        extended = {EXTENDED: WHY | {"extended_to": date(2026, 11, 25), "decision": "KL-02"}}
        type_into(commune.newest, "adjustments", extended, "meeting")
        run(commune.newest, commune)
        run(commune.newest, commune)  # finds its drafts as it left them

    return Commune(made_once(shared / "met", make))


@pytest.fixture(scope="module")
def once(shared: Path, met: Commune) -> Commune:
    """The same, closed; only to be read or copied."""

    def make(place: Path) -> None:
        commune = met.copy(place)
        close(commune.newest, commune)

    return Commune(made_once(shared / "closed", make))


@pytest.fixture
def ready(met: Commune, tmp_path: Path, unprinted: None) -> Commune:
    return met.copy(tmp_path / "commune")


@pytest.fixture
def closed(once: Commune, tmp_path: Path, unprinted: None) -> Commune:
    return once.copy(tmp_path / "commune")


@pytest.fixture
def commune(request: pytest.FixtureRequest) -> Commune:
    """What the command line works on: the closed one unless a test asks for the other."""
    names = request.fixturenames
    return request.getfixturevalue("ready" if "ready" in names else "closed")


def revision(commune: Commune, number: int = 1) -> Path:
    return commune.newest.closed / f"r{number}"


# --- what is frozen


def test_everything_a_run_was_made_of_lies_in_the_archive(once: Commune) -> None:
    place = revision(once)
    record = json.loads((place / "manifest.json").read_bytes())
    output = once.output / NEWEST
    for name in (RESULT, ARCHIVE, PACKET):
        assert (place / name).read_bytes() == (output / name).read_bytes()
    folder = once.newest
    for path in (folder.settings, folder.registers, folder.assignments, folder.receipts):
        assert (place / "dau-vao" / path.name).read_bytes() == path.read_bytes()
    for path in (folder.verification, folder.meeting):
        assert (place / "dau-vao" / path.name).read_bytes() == path.read_bytes()
    assert {p.name for p in (place / "dau-vao" / "phieu").iterdir()} == {
        p.name for p in folder.issued.iterdir()
    }
    assert record["originals"] == {
        path.name: disk.sha256(path.read_bytes()) for path in folder.inbox.iterdir()
    }
    kept = {disk.sha256(path.read_bytes()): path.stem for path in (place / "goc").iterdir()}
    assert kept == {digest: digest for digest in record["originals"].values()}
    assert {p.stem for p in (place / "dau-vao" / "truoc").iterdir()} == {
        *("2026-09-K2", "2026-10-K1", "2026-10-K2"),
    }
    assert record["at"] == "2026-11-20T09:00+07:00"
    assert record["who"] == "Lê Thị Hồng Diễm, Phó Chánh Văn phòng"


def test_the_archive_is_read_only_and_its_owners_alone(once: Commune) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in revision(once).rglob("*")}
    assert modes == {0o400, 0o500}
    above = (once.newest.closed, once.newest.closed.parent)
    assert {stat.S_IMODE(path.stat().st_mode) for path in above} == {0o700}


def test_an_intact_archive_verifies_and_is_made_again_byte_for_byte(once: Commune) -> None:
    assert chain.damages(once.data) == []
    told, found = rebuild_cycles(once.data, None, unprinting(), silent)
    assert (told, found) == (["Làm lại 2026-11-K1 r1: giống."], [])


def test_other_versions_of_a_library_are_named_and_figures_compared(
    once: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = disk.versions()
    monkeypatch.setattr(disk, "versions", lambda: versions | {"pandas": "99"})
    told, found = rebuild_cycles(once.data, NEWEST, unprinting(), silent)
    assert told == [f"Làm lại 2026-11-K1 r1: giống, khác pandas {versions['pandas']}→99."]
    assert found == []


def test_an_archive_that_comes_out_otherwise_is_said(closed: Commune) -> None:
    path = revision(closed) / "dau-vao" / "tham-dinh.xlsx"
    path.parent.chmod(0o700)
    path.unlink()
    told, found = rebuild_cycles(closed.data, NEWEST, unprinting(), silent)
    assert told == ["Làm lại 2026-11-K1 r1: khác."]
    assert found[0] == "2026-11-K1 r1: làm lại result.json ra khác."


def test_without_output_a_closed_cycle_is_read_from_its_archive(
    closed: Commune, sauro: Run
) -> None:
    shutil.rmtree(closed.output)
    done = sauro("explain", NEWEST, "KT-54")
    assert done.exit_code == 0, done.stderr
    assert "KT-54" in done.stdout
    assert chain.official(closed.data) == {parse_cycle(NEWEST): revision(closed)}


def test_the_next_cycle_reads_what_was_closed_whatever_the_output_says(closed: Commune) -> None:
    path = closed.output / NEWEST / RESULT
    path.write_bytes(path.read_bytes().replace(b'"QT-F211"', b'"QT-0000"'))
    history = run(closed.cycle(NEXT), closed)["history"]
    assert {row["rule_code"] for row in history if row["cycle"] == NEWEST} == {"QT-F211"}


# --- the next cycle's work


def test_the_next_table_holds_what_is_left_and_what_was_given(once: Commune) -> None:
    rows = assigned(once, NEXT)
    tables = tables_of(once, NEWEST)
    left = [row for row in tables["upcoming"] if row["task_id"]]
    assert set(rows) == {(row["task_id"], row["person"]) for row in left} | {
        ("KT-26111-01", "CB014")
    }
    for row in left:
        line = rows[row["task_id"], row["person"]]
        assert float(line["assigned"]) == float(row["assigned"])
        assert (line["carried"], line["decision"] or "") == (row["carried"], row["decision"])
        assert (line["due"] and f"{line['due']:%Y-%m-%d}") == row["due"]
    assert rows[EXTENDED]["decision"] == "KL-02"
    given = rows["KT-26111-01", "CB014"]
    assert (given["task"], given["product"], given["assigned"]) == (NEW_TASK[1], "DC.25", 2)
    assert (given["coefficient"], given["decision"]) == (9, "KL-01")
    assert given["document"] == "Kết luận KL-01, kỳ 1 tháng 11 năm 2026"


def assigned(commune: Commune, cycle: str) -> dict[tuple[str, str], dict]:
    """Return the rows of an assignment table by task id and person."""
    sheet = layout("assignment")["assignments"]
    page = openpyxl.load_workbook(commune.cycle(cycle).assignments)[sheet.title]
    values = page.iter_rows(min_row=sheet.heading_row + 1, values_only=True)
    rows = [dict(zip(sheet.keys, row, strict=False)) for row in values if row[0]]
    return {(row["task_id"], (row["person"] or "").split(" – ")[0]): row for row in rows}


def test_what_people_have_typed_into_the_next_table_stays(ready: Commune, sauro: Run) -> None:
    following = ready.cycle(NEXT)
    shutil.copytree(ready.cycle(NEWEST).place, following.place)  # as if begun from this cycle's
    sheet = layout("assignment")["assignments"]
    book = openpyxl.load_workbook(following.assignments)
    page = book[sheet.title]
    page.delete_rows(sheet.heading_row + 1, page.max_row)
    own = {"task_id": "KT-300", "kind": "kế hoạch", "unit": "KT", "task": "Việc của thư ký"}
    touched = {"task_id": EXTENDED[0], "person": EXTENDED[1], "assigned": 0.5}
    for n, cells in enumerate((own | {"coefficient": 1, "assigned": 1}, touched)):
        for name, value in cells.items():
            page.cell(sheet.heading_row + 1 + n, sheet.keys.index(name) + 1).value = value
    book["Kỳ"].cell(4, 4).value = "14 giờ 00"
    book.save(following.assignments)
    close(ready.newest, ready)
    rows = assigned(ready, NEXT)
    assert rows["KT-300", ""]["task"] == "Việc của thư ký"
    assert (rows[EXTENDED]["assigned"], rows[EXTENDED]["decision"]) == (0.5, "KL-02")
    assert len(rows) == len(set(rows)) > 10
    days = openpyxl.load_workbook(following.assignments)["Kỳ"]
    assert days.cell(4, 4).value == "14 giờ 00"


def test_a_next_table_with_things_a_draft_would_lose_stops_the_closing(ready: Commune) -> None:
    following = ready.cycle(NEXT)
    following.place.mkdir()
    book = openpyxl.load_workbook(ready.newest.assignments)
    book.create_sheet("Nháp")["A1"] = "hỏi lại"
    book.save(following.assignments)
    kept = following.assignments.read_bytes()
    with pytest.raises(ConfigError, match="có phần ghi ngoài mẫu"):
        close(ready.newest, ready)
    assert following.assignments.read_bytes() == kept
    assert not ready.newest.closed.exists()


# --- what is not ready is refused in one sentence, and nothing is written


def refused(commune: Commune, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        close(commune.newest, commune)
    assert not commune.newest.closed.exists()
    assert not commune.cycle(NEXT).place.exists()


def test_a_stale_run_is_refused_and_the_changed_file_named(ready: Commune) -> None:
    (ready.newest.inbox / "QS moi.xlsx").write_bytes(b"")
    refused(ready, InputError, "đã đổi: ky/2026-11-K1/hop-thu/QS moi.xlsx; chạy: make cycle")


def test_a_cycle_before_that_has_changed_is_refused(ready: Commune) -> None:
    before = ready.cycle("2026-10-K2")
    shutil.copyfile(before.inbox / "Ban CHQS ky 2 thang 10.xlsx", before.inbox / "lai.xlsx")
    run(ready.newest, ready)
    refused(ready, InputError, "kỳ trước 2026-10-K2 đã đổi sau lần chạy cuối")


def test_a_point_without_conclusion_and_a_proposal_without_word_are_named(
    sample: Commune, tmp_path: Path
) -> None:
    commune = sample.copy(tmp_path / "commune")
    said = {"conclusion": "KL-01", "what": "Thống nhất"}
    points = [r["point"] for r in tables_of(commune, NEWEST)["agenda"] if r["chosen"] == "có"]
    type_into(commune.newest, "conclusions", {(points[0],): said}, "meeting")
    run(commune.newest, commune)
    refused(commune, ConfigError, "(?s)Việc trình chưa có kết luận.*«có» hoặc «không»")


def test_a_row_that_cannot_be_applied_is_refused(ready: Commune) -> None:
    """K758 and K759, each on its row."""
    person = {"received_on": date(2026, 11, 18), "person": "CB014 – Lê Văn Tâm", "figure": "KT-54"}
    work = {("KT – Phòng Kinh tế", NEW_TASK[1]): {"decision": None}}
    type_into(ready.newest, "new_work", work, "meeting")
    type_into(ready.newest, "petitions", {(): person | {"answer": "Giữ nguyên"}}, "meeting")
    found = run(ready.newest, ready)["findings"]
    told = [(r["code"], r["sheet"], r["fact"]) for r in found if r["code"] in ("K758", "K759")]
    assert sorted(told) == [
        ("K758", "Giao kỳ tới", "mã kết luận"),
        ("K759", "Kiến nghị", "thiếu ngày trả lời"),
    ]
    refused(ready, ConfigError, "(?s)ket-luan.xlsx chưa xong.*mã kết luận.*thiếu ngày trả lời")


PLACE = {"file": "ket-luan.xlsx", "sheet": "", "row": 6}
WORK = dict.fromkeys(layout("meeting")["new_work"].keys, "") | PLACE
GOOD = {"unit": "KT", "task": "Lập danh sách", "accepted": "có", "product": "DC.25"}
GOOD |= {"assigned": Decimal(2), "decision": "KL-01", "assigned_proposed": None}
NEW_WORK = [
    ({}, 1, []),
    ({"accepted": ""}, 1, []),  # of people's own
    ({"accepted": "không"}, 0, []),
    ({"accepted": "", "product_proposed": "DC.25"}, 0, []),  # of a unit, and nobody has said
    ({"product": "", "product_proposed": "DC.25"}, 1, []),
    ({"decision": ""}, 0, ["mã kết luận"]),
    ({"assigned": None}, 0, ["số lượng"]),
    ({"product": "X.9"}, 0, ["mã sản phẩm có trong danh mục"]),
    ({"person": "CB999"}, 0, ["người có trong danh mục"]),
]


@pytest.mark.parametrize(("cells", "given", "lacking"), NEW_WORK)
def test_given_work_says_what_it_lacks(cells: dict, given: int, lacking: list) -> None:
    registers = Registers({}, {}, {"DC.25": {}}, {}, DaysOff())
    rows, found = check_new_work(pd.DataFrame([WORK | GOOD | cells], dtype=object), registers)
    assert (len(rows), [row["fact"] for row in found]) == (given, lacking)


ASKED = dict.fromkeys(layout("meeting")["petitions"].keys, "") | PLACE
ASKED |= {"received_on": date(2026, 11, 18), "person": "CB014", "answered_on": None}
PETITIONS = [
    ({}, []),
    ({"answer": "Giữ nguyên", "answered_on": date(2026, 11, 18)}, []),
    ({"answer": "Giữ nguyên"}, ["thiếu ngày trả lời"]),
    ({"answered_on": date(2026, 11, 19)}, ["thiếu nội dung trả lời"]),
    (
        {"answer": "Giữ nguyên", "answered_on": date(2026, 11, 17)},
        ["ngày trả lời 17/11/2026 trước ngày nhận 18/11/2026"],
    ),
]


@pytest.mark.parametrize(("cells", "facts"), PETITIONS)
def test_an_answer_that_does_not_fit_its_day_is_said(cells: dict, facts: list) -> None:
    found = check_petitions(pd.DataFrame([ASKED | cells], dtype=object))
    assert [row["fact"] for row in found] == facts


def test_a_petition_about_a_line_that_is_not_there_is_k760() -> None:
    lines = pd.DataFrame({"task_id": ["KT-01", "KT-02"], "person": ["CB012", ""]})
    named = ("KT-01", "KT-01/CB012", "KT-02", "", "KT-01/CB013", "KT-99")
    rows = pd.DataFrame([ASKED | {"task_id": name} for name in named], dtype=object)
    found = check_petitioned(rows, lines)
    assert [(row["code"], row["value"]) for row in found] == [
        ("K760", "KT-01/CB013"),
        ("K760", "KT-99"),
    ]


def test_a_decision_under_no_conclusion_is_told_when_the_cycle_is_closed(ready: Commune) -> None:
    typed = {EXTENDED: WHY | {"extended_to": date(2026, 11, 25), "decision": "KL-20"}}
    type_into(ready.newest, "adjustments", typed, "meeting")
    told = [r for r in run(ready.newest, ready)["findings"] if r["code"] == "K761"]
    assert [(row["value"], row["fact"]) for row in told] == [("KL-20", "KT-54")]
    said = close(ready.newest, ready)
    assert any("mã kết luận «KL-20» của việc KT-54 không có" in line for line in said)


def test_the_conclusion_of_an_earlier_meeting_may_be_cited_while_it_is_open() -> None:
    concluded = pd.DataFrame(
        [{"point": "2026-10-K2 KL-03", "conclusion": ""}, {"point": "", "conclusion": "KL-01"}]
    )
    place = {"file": "ket-luan.xlsx", "sheet": "", "row": 6, "unit": ""}
    citing = [{**place, "task": "a", "decision": code} for code in ("KL-01", "KL-03", "KL-02")]
    assert [row["value"] for row in check_cited(concluded, citing)] == ["KL-02"]


def test_an_open_petition_is_named_and_goes_on(ready: Commune) -> None:
    person = {"received_on": date(2026, 11, 18), "person": "CB014 – Lê Văn Tâm", "figure": "KT-54"}
    type_into(ready.newest, "petitions", {(): person}, "meeting")
    run(ready.newest, ready)
    told = close(ready.newest, ready)
    assert (
        "Kiến nghị của CB014 chưa trả lời: «KT-54», hạn 30/11/2026; có sẵn ở ket-luan.xlsx kỳ sau."
        in told
    )
    (row,) = cells_of(ready.cycle(NEXT), "Kiến nghị")
    assert (row[0].date(), row[1], row[3]) == (date(2026, 11, 18), person["person"], "KT-54")


# --- states


def test_every_state_is_said_in_one_line(sample: Commune, ready: Commune, sauro: Run) -> None:
    said = sauro("status").stdout.splitlines()[0]
    assert said.startswith("Kỳ 1 tháng 11 năm 2026: đã họp, mã bản in ")
    shutil.copytree(sample.output / NEWEST, ready.output / NEWEST, dirs_exist_ok=True)
    assert ": đã in, mã bản in " in sauro("status").stdout
    assert ", từ đó đã đổi: ket-luan.xlsx; họp xong" in sauro("status").stdout
    shutil.rmtree(ready.output / NEWEST)
    assert sauro("status").stdout == (
        "Kỳ 1 tháng 11 năm 2026: đang nhận; nhận phiếu vào hop-thu, chạy make cycle.\n"
    )
    shutil.rmtree(ready.newest.issued)
    shutil.rmtree(ready.newest.inbox)
    assert ": chưa mở; soạn giao-viec.xlsx" in sauro("status").stdout


def test_a_closed_cycle_is_not_run_issued_or_closed_again(closed: Commune, sauro: Run) -> None:
    said = f"kỳ {NEWEST} đã khóa: "
    for command in ("cycle", "open", "close"):
        done = sauro(command, NEWEST)
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr
        assert f"sauro reopen {NEWEST}" in done.stderr
    assert ": đã khóa bản r1 lúc 09 giờ 00, 20/11/2026" in sauro("status", NEWEST).stdout


def test_another_file_of_a_known_name_is_late_and_a_known_file_of_another_name_is_not(
    closed: Commune,
) -> None:
    known = next(path for path in sorted(closed.newest.inbox.iterdir()) if path.is_file())
    shutil.copyfile(known, closed.newest.inbox / "lai.xlsx")
    assert after_lock(closed.newest) == []
    known.write_bytes(b"other")
    assert after_lock(closed.newest) == [f"Sau khóa: «{known.name}» giữ ở hop-thu, không tính."]


def test_what_comes_in_after_the_lock_is_noted_refused_and_named(
    closed: Commune, sauro: Run
) -> None:
    kept = (closed.output / NEWEST / RESULT).read_bytes()
    late = closed.newest.inbox / "nop muon.xlsx"
    late.write_bytes(b"late")
    done = sauro("cycle", NEWEST)
    assert done.exit_code == 2
    assert "Sau khóa: «nop muon.xlsx» giữ ở hop-thu, không tính." in done.stderr
    assert disk.sha256(b"late") in closed.newest.receipts.read_text("utf-8")
    assert "Sau khóa: «nop muon.xlsx»" in sauro("status", NEWEST).stdout
    assert (closed.output / NEWEST / RESULT).read_bytes() == kept
    assert disk.changed_since(closed.output, closed.newest) == []
    assert chain.damages(closed.data) == []


@pytest.mark.parametrize("command", ["cycle", "close"])
def test_a_cycle_that_is_not_open_cannot_be_run_or_closed(
    closed: Commune, sauro: Run, command: str
) -> None:
    done = sauro(command, NEXT)
    assert done.exit_code == 2
    assert f"kỳ {NEXT} chưa mở: chưa phát phiếu, hop-thu trống; soạn giao-viec.xlsx" in done.stderr


def test_after_the_meeting_nothing_is_issued_again(ready: Commune, sauro: Run) -> None:
    done = sauro("open", NEWEST)
    assert done.exit_code == 2
    assert "phiếu không phát lại sau họp" in done.stderr


def test_closing_needs_a_meeting(sample: Commune, ready: Commune, sauro: Run) -> None:
    shutil.rmtree(ready.output / NEWEST)
    assert "đang nhận: chưa in hồ sơ họp" in sauro("close", NEWEST).stderr
    shutil.copytree(sample.output / NEWEST, ready.output / NEWEST)
    assert "đã in: chưa có kết luận" in sauro("close", NEWEST).stderr


# --- opened again


def test_reopening_needs_who_and_why_and_a_closed_cycle(closed: Commune, sauro: Run) -> None:
    assert sauro("reopen", NEWEST, "--by", "Chủ tịch").exit_code == 2
    blank = sauro("reopen", NEWEST, "--by", " ", "--why", "")
    assert (blank.exit_code, blank.stderr.count("\n")) == (2, 1)
    assert "phải ghi rõ ai cho sửa (--by), vì sao (--why)" in blank.stderr
    done = sauro("reopen", "2026-10-K2", "--by", "Chủ tịch", "--why", "sửa")
    assert "kỳ này chưa khóa" in done.stderr
    assert len(chain.read_acts(closed.data)) == 1


def test_a_correction_makes_a_second_revision_with_its_list(closed: Commune, sauro: Run) -> None:
    first = {path: path.read_bytes() for path in revision(closed).rglob("*") if path.is_file()}
    who = ("--by", "Huỳnh Tấn Lực", "--why", "đếm nhầm KT-54")
    done = sauro("reopen", NEWEST, *who, "--now", "2026-11-23T08:00")
    assert "đã họp" in done.stdout
    assert "Huỳnh Tấn Lực mở lại r1: đếm nhầm KT-54" in done.stdout
    correction = {"state": "Sửa", "completed_accepted": 0.1, "reason": "Đếm lại"}
    type_into(closed.newest, "verdicts", {EXTENDED: correction})
    before, after = tables_of(closed, NEWEST), run(closed.newest, closed)
    told = close(closed.newest, closed)
    restated = revision(closed, 2) / "so-da-in-nay-khac.xlsx"
    page = openpyxl.load_workbook(restated)["Số đã in nay khác"]
    rows = list(page.iter_rows(min_row=4, values_only=True))
    assert any(str(restated) in line and f"{len(rows)} số" in line for line in told)
    assert ("Dòng nhiệm vụ", "KT-54/CB014", "SL còn lại chuyển kỳ", "0,6", "0,5") in rows
    assert {row[1].split("/")[0] for row in rows if row[1]} >= {"KT", "CB014", "KT-54"}
    assert before["units"][0] == after["units"][0]
    assert not any(row[1] == before["units"][0]["unit"] for row in rows)
    stored = [tuple(row.values()) for row in after["revised"]]
    assert stored == [tuple(cell or "" for cell in row) for row in rows]
    assert before["revised"] == []
    told_in_print(closed, len(rows))
    assert rebuild_cycles(closed.data, None, unprinting(), silent) == (
        [f"Làm lại {NEWEST} r1: giống.", f"Làm lại {NEWEST} r2: giống."],
        [],
    )
    assert assigned(closed, NEXT)[EXTENDED]["assigned"] == 0.5  # no more than a draft: drawn anew
    assert all(path.read_bytes() == data for path, data in first.items())
    acts = chain.read_acts(closed.data)
    assert [(a.content["act"], a.revision, a.content["who"]) for a in acts] == [
        ("khóa", 1, "Lê Thị Hồng Diễm, Phó Chánh Văn phòng"),
        ("mở lại", 1, "Huỳnh Tấn Lực"),
        ("khóa", 2, "Lê Thị Hồng Diễm, Phó Chánh Văn phòng"),
    ]
    assert acts[1].content["at"] == "2026-11-23T08:00+07:00"
    assert chain.damages(closed.data) == []
    assert sauro("verify").stdout.startswith("Nguyên vẹn: 2 bản đã khóa. Đầu chuỗi: ")


def test_a_cycle_opened_again_goes_by_the_registers_and_rules_it_was_closed_by(
    closed: Commune, sauro: Run
) -> None:
    change_rules(closed)
    shutil.copyfile(closed.newest.assignments, closed.data / "danh-muc.xlsx")  # nobody can read it
    before = tables_of(closed, NEWEST)
    done = sauro("reopen", NEWEST, "--by", "Chủ tịch", "--why", "đếm nhầm")
    own = [closed.newest.place / name for name in ("commune.toml", "danh-muc.xlsx")]
    for path in own:
        assert path.read_bytes() == (revision(closed) / "dau-vao" / path.name).read_bytes()
        assert f"{path.name} đã đổi từ khi khóa: kỳ này dùng bản lúc khóa" in done.stdout
    said = f"commune.toml, danh-muc.xlsx riêng ở {closed.newest.place}, không theo bản chung"
    assert said in done.stdout
    assert said in sauro("status", NEWEST).stdout
    after = run(closed.newest, closed)
    assert after["revised"] == []
    assert after["lines"] == before["lines"]
    own[0].unlink()  # by the rules of today
    assert run(closed.newest, closed)["revised"] != []


def test_closed_upon_an_older_revision_the_next_cycle_is_named(closed: Commune) -> None:
    at, told = "2026-12-03T08:00+07:00", {"originals": {}}
    vault.close(closed.cycle(NEXT), {RESULT: b"{}"}, at, "Thư ký", "họp", told)
    vault.reopen(closed.data, closed.newest.cycle, "2026-11-23T08:00+07:00", "Chủ tịch", "sửa")
    run(closed.newest, closed)
    told = close(closed.newest, closed)
    assert f"Kỳ {NEXT} đã khóa theo số cũ của kỳ này" in told[-1]
    assert not any("make open" in line for line in told)


@pytest.mark.parametrize("name", ["luu-tru", f"luu-tru/{NEWEST}"])
def test_an_archive_nobody_may_look_into_is_not_taken_for_none(
    closed: Commune, sauro: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shut, look = closed.data / name, os.listdir

    def listed(place: object) -> list[str]:
        if Path(str(place)) == shut:
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return look(place)

    monkeypatch.setattr(os, "listdir", listed)
    for command in ("status", "cycle", "verify"):
        done = sauro(command)
        assert done.exit_code == 74
        assert f"không đọc, ghi được {shut}" in done.stderr


def told_in_print(commune: Commune, count: int) -> None:
    """Hold that packet and screen say on the second page and list in the annex what is other."""
    for name in (PACKET, SCREEN):
        page = (commune.output / NEWEST / name).read_text("utf-8")
        assert f"{count} số khác bản đã khóa trước" in page[: page.index('id="summary"')]
        annex = page[page.index('id="restated"') : page.index('id="tallies"')]
        cells = ("KT-54/CB014", "SL còn lại chuyển kỳ", "0,6", "0,5")
        assert re.search(r"\s*".join(f"<td[^>]*>{cell}</td>" for cell in cells), annex)
        assert f"đủ {count}/{count} dòng" in annex


@pytest.mark.parametrize("damage", ["other", "gone"])
def test_a_run_depends_on_the_closed_revision_it_corrects(
    closed: Commune, sauro: Run, damage: str
) -> None:
    sauro("reopen", NEWEST, "--by", "Huỳnh Tấn Lực", "--why", "đếm nhầm KT-54")
    path = revision(closed) / RESULT
    name = path.relative_to(closed.data).as_posix()
    with pytest.raises(InputError, match=f"đã đổi: {name}; chạy: make cycle"):
        close(closed.newest, closed)
    run(closed.newest, closed)
    inputs = json.loads((closed.output / NEWEST / "manifest.json").read_bytes())["inputs"]
    assert inputs[name] == disk.sha256(path.read_bytes())
    path.parent.chmod(0o700)
    path.unlink()
    if damage == "other":
        path.write_bytes(b"{")
    with pytest.raises(InputError, match=f"đã đổi: {name}; chạy: make cycle"):
        close(closed.newest, closed)
    with pytest.raises(InputError, match=f"{path} hỏng hoặc mất; chạy: sauro verify, rồi lấy lại"):
        run(closed.newest, closed)


def test_the_print_code_stands_for_what_was_closed_before(closed: Commune, sauro: Run) -> None:
    head = chain.read_acts(closed.data)[-1].digest
    assert chain.head_before(closed.data, parse_cycle(NEXT)) == head
    assert chain.head_before(closed.data, parse_cycle(NEWEST)) == ""
    inputs = disk.earlier_inputs(closed.cycle(NEXT), closed.output, [])
    assert inputs["chain"] == head
    assert CLOSED_AT.tzinfo is not None
