"""What is written is whole or not at all, one run at a time, and an unchanged run is known as one."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

import pytest
from interrupting import LARGE, NEW, OLD, SET, interrupted

from pipeline import ROOT
from pipeline.model.calendar import VIETNAM, earlier_cycles, parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import ARCHIVE, PACKET, RESULT, CycleFolder, find_cycle, list_cycles
from pipeline.tools import disk

CYCLE = parse_cycle("2026-11-K1")
WANTED = {RESULT, ARCHIVE, PACKET}
RECORD = {"summary": ["Kỳ 2026-11-K1"], "crashed": False, "incomplete": True}


# --- one file


def test_a_file_is_written_with_the_folders_it_needs(tmp_path):
    path = tmp_path / "ky" / "2026-11-K1" / "phieu" / "KT.xlsx"
    disk.write_file(path, b"one")
    assert path.read_bytes() == b"one"
    assert [entry.name for entry in path.parent.iterdir()] == ["KT.xlsx"]


def test_a_file_with_equal_bytes_is_left_alone(tmp_path):
    path = tmp_path / "so-nhan.csv"
    path.write_bytes(b"same")
    os.utime(path, (1, 1))
    before = path.stat()
    disk.write_file(path, b"same")
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert [entry.name for entry in tmp_path.iterdir()] == ["so-nhan.csv"]


def test_a_file_with_other_bytes_is_replaced_and_not_written_into(tmp_path):
    path = tmp_path / "so-nhan.csv"
    path.write_bytes(b"old and longer")
    with open(path, "rb") as reader:
        disk.write_file(path, b"new")
        assert reader.read() == b"old and longer"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(("old", "new"), [(b"", b"x"), (b"x", b""), (b"a\n", b"a\r\n")])
def test_any_difference_is_written(tmp_path, old, new):
    path = tmp_path / "a"
    path.write_bytes(old)
    disk.write_file(path, new)
    assert path.read_bytes() == new


# --- drafts that people type into


def test_drafts_are_written_and_their_hashes_told(tmp_path):
    old, new, same = (tmp_path / name for name in ("old.csv", "new.csv", "same.csv"))
    old.write_bytes(b"old")
    same.write_bytes(b"same")
    os.utime(same, (1, 1))
    inputs = {"old.csv": disk.sha256(b"old"), "same.csv": disk.sha256(b"same")}
    drafts = {old: b"older", new: b"new", same: b"same"}
    told = disk.update_drafts(drafts, tmp_path, inputs)
    assert {path.read_bytes() for path in drafts} == set(drafts.values())
    assert told == {path.name: disk.sha256(data) for path, data in drafts.items()}
    assert same.stat().st_mtime == 1


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_draft_saved_by_somebody_since_is_left_alone(tmp_path, before):
    path = tmp_path / "tham-dinh.xlsx"
    inputs = {path.name: disk.sha256(before)} if before else {}
    path.write_bytes(b"typed meanwhile")
    assert disk.update_drafts({path: b"draft"}, tmp_path, inputs) == {}
    assert path.read_bytes() == b"typed meanwhile"


def test_a_draft_taken_away_since_is_not_put_back(tmp_path):
    path = tmp_path / "tham-dinh.xlsx"
    inputs = {path.name: disk.sha256(b"old")}
    assert disk.update_drafts({path: b"draft"}, tmp_path, inputs) == {}
    assert not path.exists()


# --- a set of files as one folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_set_of_files_becomes_the_folder(tmp_path):
    folder = tmp_path / "2026-11-K1"
    files = {"result.json": b"1", "phieu-sua/KT.pdf": b"2", "manifest.json": b"3"}
    disk.commit(folder, files)
    assert contents(folder) == files
    assert [entry.name for entry in tmp_path.iterdir()] == ["2026-11-K1"]


def test_of_an_earlier_set_nothing_stays(tmp_path):
    folder = tmp_path / "2026-11-K1"
    disk.commit(folder, {"result.json": b"1", "old.pdf": b"x", "phieu-sua/KT.pdf": b"2"})
    disk.commit(folder, {"result.json": b"2"})
    assert contents(folder) == {"result.json": b"2"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["2026-11-K1"]


def test_a_half_staged_set_of_this_process_is_not_mixed_in(tmp_path):
    half = tmp_path / f".2026-11-K1.{os.getpid()}.tmp"
    half.mkdir()
    (half / "half.pdf").write_bytes(b"half")
    disk.commit(tmp_path / "2026-11-K1", {"result.json": b"1"})
    assert contents(tmp_path / "2026-11-K1") == {"result.json": b"1"}


@dataclass(frozen=True)
class Aftermath:
    """What a fault at the nth call to the disk left, and what the next run made of it."""

    nth: int
    there: bool
    found: dict[str, bytes]
    mended: dict[str, bytes]
    beside: list[str]


@pytest.fixture(scope="module", params=["kill", "full"])
def aftermaths(request, tmp_path_factory) -> list[Aftermath]:
    """Every way a commit can be cut short: killed, or by a full disk."""
    made = []
    for nth, place in interrupted(request.param, "commit", tmp_path_factory.mktemp("faults")):
        folder = place / SET
        there, found = folder.is_dir(), contents(folder)
        with disk.locked(folder.parent):
            disk.commit(folder, NEW)
        beside = sorted(entry.name for entry in folder.parent.iterdir() if entry != folder)
        made.append(Aftermath(nth, there, found, contents(folder), beside))
    return made


def test_a_fault_at_any_call_leaves_no_half_set(aftermaths):
    assert [one.nth for one in aftermaths if one.there and one.found not in (OLD, NEW)] == []


def test_a_fault_at_any_call_leaves_the_old_set_or_the_new(aftermaths):
    assert [one.nth for one in aftermaths if one.found not in (OLD, NEW)] == []


def test_after_a_fault_the_next_run_needs_no_hand_work(aftermaths):
    assert [one.nth for one in aftermaths if one.mended != NEW] == []


def test_after_a_fault_the_next_run_clears_away_what_was_left(aftermaths):
    assert [(one.nth, one.beside) for one in aftermaths if one.beside != [".khoa"]] == []


@pytest.mark.parametrize("fault", ["kill", "full"])
def test_where_folders_cannot_change_places_the_next_run_finds_the_old_set_or_the_new(
    tmp_path, fault
):
    missing = 0
    for nth, place in interrupted(fault, "plain commit", tmp_path):
        folder = place / SET
        missing += not folder.exists()
        with disk.locked(folder.parent):
            assert contents(folder) in (OLD, NEW), nth
            disk.commit(folder, NEW)
        assert contents(folder) == NEW
        assert sorted(entry.name for entry in folder.parent.iterdir()) == [".khoa", folder.name]
    assert missing == 1


@pytest.mark.parametrize("fault", ["kill", "full"])
def test_a_fault_at_any_call_leaves_the_old_file_or_the_new(tmp_path, fault):
    for nth, place in interrupted(fault, "write", tmp_path):
        path = place / SET / "a"
        assert path.read_bytes() in (OLD["a"], LARGE), nth
        disk.write_file(path, b"next")
        assert path.read_bytes() == b"next"


# --- one run at a time

HOLDER = """
import sys
from pathlib import Path
from pipeline.tools import disk

with disk.locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_leaves_at_once_and_names_the_first(tmp_path):
    output = tmp_path / "output"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(output)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        start = time.monotonic()
        with pytest.raises(disk.BusyError) as caught, disk.locked(output):
            pytest.fail("two runs at once")
        assert time.monotonic() - start < 1
        assert str(caught.value) == (
            f"một lượt chạy khác đang làm (tiến trình {holder.pid}); đợi xong rồi chạy lại."
        )
        holder.stdin.close()
    with disk.locked(output):
        assert (output / ".khoa").read_text() == f"tiến trình {os.getpid()}"


def test_the_lock_of_a_killed_run_is_free(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as holder:
        holder.stdout.readline()
        holder.kill()
    with disk.locked(tmp_path):
        pass


def test_the_lock_is_given_back_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), disk.locked(tmp_path):
        raise ZeroDivisionError
    with disk.locked(tmp_path):
        pass


def test_the_lock_is_the_operating_systems(tmp_path):
    with (
        disk.locked(tmp_path),
        open(tmp_path / ".khoa", "a") as other,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_runs_into_two_outputs_do_not_wait_for_each_other(tmp_path):
    with disk.locked(tmp_path / "one"), disk.locked(tmp_path / "two"):
        pass


# --- what a run depends on


@pytest.fixture
def folder(tmp_path: Path) -> CycleFolder:
    """A data folder whose files need not be read."""
    made = CycleFolder(tmp_path / "data", CYCLE)
    made.inbox.mkdir(parents=True)
    (made.data / "ky" / str(CYCLE.previous)).mkdir()
    files = (made.settings, made.registers, made.assignments, made.receipts, made.verification)
    for path in (*files, made.inbox / "KT.xlsx", made.inbox / "thư.eml"):
        path.write_bytes(path.name.encode())
    return made


@pytest.fixture
def output(tmp_path: Path, folder: CycleFolder) -> Path:
    """The output folder after a run of that data folder."""
    earlier = tmp_path / "output" / str(CYCLE.previous) / RESULT
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(b"{}")
    files = {name: name.encode() for name in WANTED}
    inputs = disk.run_inputs(folder, tmp_path / "output", earlier_cycles(CYCLE), None)
    manifest = disk.manifest(inputs, files, RECORD)
    disk.commit(tmp_path / "output" / str(CYCLE), {**files, disk.MANIFEST: manifest})
    return tmp_path / "output"


def known(folder: CycleFolder, output: Path, now: datetime | None = None) -> dict | None:
    """Return the stored record when nothing has changed, as the command line asks for it."""
    inputs = disk.run_inputs(folder, output, earlier_cycles(CYCLE), now)
    return disk.unchanged(output / str(CYCLE), inputs, WANTED)


def test_a_run_depends_on_what_lies_in_the_data_folder_and_on_earlier_results(folder, output):
    inputs = disk.run_inputs(folder, output, earlier_cycles(CYCLE), None)
    assert list(inputs) == [
        "commune.toml",
        "danh-muc.xlsx",
        "ky/2026-11-K1/giao-viec.xlsx",
        "ky/2026-11-K1/hop-thu/KT.xlsx",
        "ky/2026-11-K1/hop-thu/thư.eml",
        "ky/2026-11-K1/so-nhan.csv",
        "ky/2026-11-K1/tham-dinh.xlsx",
        "now",
        "draft",
        "changed",
        "chain",
        "2026-10-K2/result.json",
    ]
    assert inputs["danh-muc.xlsx"] == disk.sha256(b"danh-muc.xlsx")
    assert inputs["now"] == ""


def test_what_changed_in_the_cycle_before_since_its_run_is_named(folder, tmp_path):
    output, before = tmp_path / "output", CycleFolder(folder.data, CYCLE.previous)
    before.inbox.mkdir(parents=True, exist_ok=True)
    before.assignments.write_bytes(b"issued")
    before.verification.write_bytes(b"typed")
    assert disk.changed_since(output, before) == []  # it has not run
    inputs = disk.data_inputs(before, None)
    manifest = disk.manifest(inputs, {RESULT: b"{}"}, RECORD)
    disk.commit(output / str(CYCLE.previous), {RESULT: b"{}", disk.MANIFEST: manifest})
    assert disk.changed_since(output, before) == []
    settled = disk.run_inputs(folder, output, earlier_cycles(CYCLE), None)
    before.verification.write_bytes(b"typed later")
    before.meeting.write_bytes(b"decided")
    (before.inbox / "KT.xlsx").write_bytes(b"late")
    before.assignments.unlink()
    changed = ["giao-viec.xlsx", "hop-thu/KT.xlsx", "ket-luan.xlsx", "tham-dinh.xlsx"]
    assert disk.changed_since(output, before) == changed
    now = disk.run_inputs(folder, output, earlier_cycles(CYCLE), None)
    assert {key for key in now if now[key] != settled[key]} == {"changed"}


def test_nothing_changed_gives_the_record_of_the_last_run(folder, output):
    assert known(folder, output) == RECORD
    assert disk.read_record(output / str(CYCLE)) == RECORD


def test_a_new_time_of_a_file_is_no_change(folder, output):
    for path in (*folder.inputs, *(output / str(CYCLE)).iterdir()):
        os.utime(path, (1, 1))
    assert known(folder, output) == RECORD


@pytest.mark.parametrize(
    "name",
    ["settings", "registers", "assignments", "receipts", "verification"],
)
@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_change_of_any_input_is_noticed(folder, output, name, change):
    path: Path = getattr(folder, name)
    path.unlink()
    if change == "changed":
        path.write_bytes(b"other")
    assert known(folder, output) is None


INBOX_CHANGES: dict[str, Callable[[Path], object]] = {
    "a new file": lambda inbox: (inbox / "VP.xlsx").write_bytes(b"new"),
    "an empty new file": lambda inbox: (inbox / "VP.xlsx").touch(),
    "a hidden new file": lambda inbox: (inbox / "~$KT.xlsx").touch(),
    "a changed file": lambda inbox: (inbox / "KT.xlsx").write_bytes(b"KT.xlsy"),
    "a removed file": lambda inbox: (inbox / "KT.xlsx").unlink(),
    "a renamed file": lambda inbox: (inbox / "KT.xlsx").rename(inbox / "KT 2.xlsx"),
}
UNNOTICED: dict[str, Callable[[Path], object]] = {
    "a new folder": lambda inbox: (inbox / "VP").mkdir(),
    "a new link": lambda inbox: (inbox / "VP.xlsx").symlink_to(inbox / "KT.xlsx"),
}


@pytest.mark.parametrize("change", INBOX_CHANGES)
def test_a_change_of_the_inbox_is_noticed(folder, output, change):
    INBOX_CHANGES[change](folder.inbox)
    assert known(folder, output) is None


@pytest.mark.parametrize("change", UNNOTICED)
def test_what_is_no_file_is_noticed_too(folder, output, change):
    UNNOTICED[change](folder.inbox)
    assert known(folder, output) is None


def test_a_broken_link_and_a_folder_in_the_inbox_do_not_stop_the_count(folder, output):
    (folder.inbox / "broken").symlink_to("nowhere")
    (folder.inbox / "sub").mkdir()
    assert disk.run_inputs(folder, output, earlier_cycles(CYCLE), None)


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_change_of_an_earlier_result_is_noticed(folder, output, change):
    path = output / str(CYCLE.previous) / RESULT
    path.unlink()
    if change == "changed":
        path.write_bytes(b"{ }")
    assert known(folder, output) is None


def test_an_earlier_result_without_its_cycle_in_the_data_folder_is_no_input(folder, output):
    (output / "2026-10-K1").mkdir()
    (output / "2026-10-K1" / RESULT).write_bytes(b"{}")
    assert known(folder, output) == RECORD


def test_an_earlier_cycle_that_comes_into_the_data_folder_is_noticed(folder, output):
    (folder.data / "ky" / "2026-10-K1").mkdir()
    assert known(folder, output) is None


def test_the_issued_workbooks_are_no_input(folder, output):
    folder.issued.mkdir()
    (folder.issued / "KT.xlsx").write_bytes(b"issued")
    assert known(folder, output) == RECORD


def test_a_given_time_is_noticed(folder, output):
    assert known(folder, output, datetime(2026, 11, 17, 16, 30, tzinfo=VIETNAM)) is None


@pytest.mark.parametrize("name", sorted(WANTED))
@pytest.mark.parametrize("change", ["changed", "removed", "cut"])
def test_a_damaged_output_is_noticed(folder, output, name, change):
    path = output / str(CYCLE) / name
    data = path.read_bytes()
    path.unlink()
    if change != "removed":
        path.write_bytes(data[:-1] if change == "cut" else data[:-1] + b"\0")
    assert known(folder, output) is None


def test_an_output_that_was_never_made_is_noticed(folder, output):
    inputs = disk.run_inputs(folder, output, earlier_cycles(CYCLE), None)
    files = {RESULT: b"1", ARCHIVE: b"2"}
    manifest = disk.manifest(inputs, files, RECORD)
    disk.commit(output / str(CYCLE), {**files, disk.MANIFEST: manifest})
    assert known(folder, output) is None
    assert disk.unchanged(output / str(CYCLE), inputs, {RESULT, ARCHIVE}) == RECORD


@pytest.mark.parametrize("text", ["", "{", "{}", '{"version": 2}', "\ufffe"])
def test_a_manifest_nobody_can_use_means_a_new_run(folder, output, text):
    (output / str(CYCLE) / disk.MANIFEST).write_text(text)
    assert known(folder, output) is None
    assert disk.read_record(output / str(CYCLE)) is None


@pytest.mark.parametrize("text", ["null", "[]", '"text"', '{"version": 1}'])
def test_json_that_is_no_manifest_means_a_new_run(folder, output, text):
    (output / str(CYCLE) / disk.MANIFEST).write_text(text)
    assert known(folder, output) is None


def test_without_a_manifest_there_was_no_run(folder, output):
    (output / str(CYCLE) / disk.MANIFEST).unlink()
    assert known(folder, output) is None
    assert disk.read_record(output / str(CYCLE)) is None
    assert disk.read_record(output / "2026-12-K1") is None


@pytest.mark.parametrize("library", disk.LIBRARIES)
def test_another_version_of_a_library_is_noticed(folder, output, library, monkeypatch):
    found = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0" if name == library else found(name))
    assert known(folder, output) is None


def test_another_version_of_the_program_is_noticed(folder, output, monkeypatch):
    monkeypatch.setattr(disk, "VERSION", "99.0")
    assert known(folder, output) is None


@pytest.fixture
def program(tmp_path: Path, monkeypatch) -> Path:
    """A program of four files in place of ours."""
    root = tmp_path / "program"
    for name in ("pipeline/a.py", "pipeline/b/c.py", "schemas/u.toml", "templates/fonts/f.ttf"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"1")
    monkeypatch.setattr(disk, "ROOT", root)
    return root


@pytest.mark.parametrize(
    "name",
    [
        *("pipeline/a.py", "pipeline/b/c.py", "schemas/u.toml", "templates/fonts/f.ttf"),
        *("pipeline/new.py", "schemas/new.toml", "templates/new.css"),
    ],
)
def test_a_change_of_any_part_of_the_program_is_noticed(program, name):
    before = disk.program_hash()
    (program / name).write_bytes(b"2")
    assert disk.program_hash() != before


def test_what_is_no_part_of_the_program_is_no_change(program):
    before = disk.program_hash()
    for name in ("README.md", "pipeline/__pycache__/a.pyc", "docs/a.py", "tests/a.py"):
        (program / name).parent.mkdir(parents=True, exist_ok=True)
        (program / name).write_bytes(b"2")
    assert disk.program_hash() == before


def test_a_moved_file_changes_the_program(program):
    before = disk.program_hash()
    (program / "pipeline/a.py").rename(program / "pipeline/z.py")
    assert disk.program_hash() != before


def test_the_manifest_can_be_read_by_people_and_programs(folder, output):
    text = (output / str(CYCLE) / disk.MANIFEST).read_text(encoding="utf-8")
    stored = json.loads(text)
    assert list(stored) == ["version", "program", "libraries", "inputs", "outputs", "record"]
    assert stored["outputs"] == {name: disk.sha256(name.encode()) for name in WANTED}
    assert "thư.eml" in text
    assert text.endswith("}\n")
    assert str(folder.data) not in text


# --- where things lie


def test_the_newest_cycle_is_found_without_an_id(folder):
    (folder.data / "ky" / "nháp").mkdir()
    (folder.data / "ky" / "2026-12-K1").write_bytes(b"a file")
    assert list(map(str, list_cycles(folder.data))) == ["2026-10-K2", "2026-11-K1"]
    assert find_cycle(folder.data, None) == CYCLE
    assert find_cycle(folder.data, " 2026-10-k2 ") == CYCLE.previous


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-13-K1", "«2026-13-K1» không phải mã kỳ; ghi như 2026-11-K1."),
        ("kỳ 1", "«kỳ 1» không phải mã kỳ; ghi như 2026-11-K1."),
        ("2026-12-K1", "không thấy thư mục {data}/ky/2026-12-K1."),
    ],
)
def test_a_cycle_that_is_not_there_is_said_in_one_sentence(folder, text, said):
    with pytest.raises(InputError) as caught:
        find_cycle(folder.data, text)
    assert str(caught.value) == said.format(data=folder.data)


def test_a_data_folder_without_cycles_or_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="chưa có kỳ nào"):
        find_cycle(tmp_path, None)
    with pytest.raises(InputError, match="không thấy thư mục dữ liệu"):
        find_cycle(tmp_path / "nowhere", None)
