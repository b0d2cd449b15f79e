"""The command line: what each command says, and the exit code of every way a run can end."""

import email
import email.policy
import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import hostile
import openpyxl
import pytest
import sheets
from click.testing import CliRunner
from conftest import NEWEST, Commune, Run, sauro_process
from test_cycle import IN_USE, UNITS, WAITING, WRONG_CYCLE, by, tables_of, tree

from pipeline import ROOT, VERSION, reading
from pipeline.cli import main
from pipeline.cli.speech import (
    BUG,
    BUSY,
    CRASHED_FILE,
    DISK,
    INCOMPLETE,
    USAGE,
    Progress,
    teller,
)
from pipeline.model.folders import ARCHIVE, PACKET, RESULT
from pipeline.model.layout import layout
from pipeline.reading import wire
from pipeline.tools import disk

BESIDE = "  Không phải sửa trong phiếu"
BEFORE = "2026-10-K2"
COMPLETE = "2026-09-K2"  # every unit reported, nothing to repair
STAGES = ["Đọc phiếu", "Kiểm tra", "Tính tỷ lệ", "Ghi lưu trữ", "In hồ sơ họp"]


def stopped(done, code: int) -> str:
    """Hold that a command stopped with a code and one plain message; return the message."""
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    stages, message = re.fullmatch(
        r"((?:  .*\n)*)Dừng lại: (.*)\n", done.stderr, re.DOTALL
    ).groups()
    assert all(re.fullmatch(r"  .*: \d+/\d+", stage) for stage in stages.splitlines())
    assert not re.search(r"Traceback|Error\b|Exception|None|nan|dtype", message)
    return message


# --- 0


def test_a_run_tells_its_stages_on_stderr_and_its_summary_on_stdout(
    sauro: Run, commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(commune.output / NEWEST)
    monkeypatch.chdir(commune.place)
    done = sauro("cycle")
    assert sorted(os.listdir()) == ["data", "output"]
    assert done.exit_code == 0
    assert [line.split(":")[0].strip() for line in done.stderr.splitlines()] == STAGES
    first, *_, last, drafts = done.stdout.splitlines()
    assert re.fullmatch(r"Kỳ 2026-11-K1 · mã bản in [0-9A-F]{4} · bộ quy tắc QT-F211", first)
    assert last.startswith("5. Tổ công tác đã thẩm định ")
    assert drafts.startswith(f"Dự thảo để sửa trong Word, ở {commune.newest.place}: ")
    assert f"1. Hồ sơ họp: {commune.output}/{NEWEST}/{PACKET}" in done.stdout


def told(seconds: list[float], *, terminal: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what is shown of a stage of four files, the first at once, by the clock's seconds."""
    shown = io.StringIO()
    shown.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", shown)
    tell = teller(iter([0, *seconds]).__next__)
    for done in range(1, 5):
        tell("Đọc phiếu", done, 4)
    return shown.getvalue()


def test_progress_is_a_line_every_few_seconds_and_one_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert told([1, 3, 9, 10], terminal=False, monkeypatch=monkeypatch) == (
        "  Đọc phiếu: 3/4 · 0,3 mỗi giây, còn khoảng 0:00:04\n  Đọc phiếu: 4/4\n"
    )


def test_progress_on_a_terminal_is_a_bar_with_rate_and_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    drawn = told([1, 2, 3, 4], terminal=True, monkeypatch=monkeypatch)
    first, second, _, last = drawn.split("\r")[1:]
    assert first.rstrip() == f"  Đọc phiếu              {'█' * 6}{'░' * 18} 1/4"
    assert second.rstrip().endswith(" 2/4 · 1,0 mỗi giây, còn khoảng 0:00:02")
    assert last.endswith("\n")
    assert (
        len({len(part.rstrip("\n")) for part in (first, second, last)}) == 1
    )  # nothing is left over


@pytest.mark.parametrize("columns", [80, 60, 30, 1])
def test_a_bar_never_fills_more_than_a_line_of_the_terminal(monkeypatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    parts = told([1, 2, 3, 4], terminal=True, monkeypatch=monkeypatch).split("\r")[1:]
    assert {len(part.rstrip("\n")) for part in parts} == {columns - 1}
    if columns == 80:
        assert parts[1].endswith(f"{'█' * 7}{'░' * 8} 2/4 · 1,0 mỗi giây, còn khoảng 0:00:02")


@pytest.mark.parametrize("terminal", [True, False])
def test_of_a_stage_with_nothing_to_do_nothing_is_shown(monkeypatch, terminal: bool) -> None:
    shown = io.StringIO()
    shown.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", shown)
    teller()("Làm lại từ bản gốc", 0, 0)
    assert shown.getvalue() == ""


def test_a_stage_nothing_is_told_of_is_shown_again_with_how_long_it_takes() -> None:
    drawn: list[tuple] = []
    progress = Progress(
        lambda *shown: drawn.append(shown), 5, iter([0, 1, 7, 8, 13, 14, 15]).__next__
    )
    progress.tell("In hồ sơ họp", 0, 1)
    for _ in range(3):
        progress.show_again(5)
    assert drawn == [("In hồ sơ họp", 0, 1, f" · đã 0:00:{gone}") for gone in ("06", "12")]
    progress.tell("In hồ sơ họp", 1, 1)
    progress.show_again(0)  # what is done is not shown again
    assert drawn[2:] == [("In hồ sơ họp", 1, 1, "")]


def test_where_a_machine_watches_progress_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert told([1, 20, 40, 60], terminal=True, monkeypatch=monkeypatch) == ""


def test_every_code_has_its_number() -> None:
    assert (BUG, USAGE, CRASHED_FILE, INCOMPLETE, DISK, BUSY) == (1, 2, 3, 4, 74, 75)


def test_missing_and_wrong_reports_are_no_failure(sauro: Run) -> None:
    done = sauro("cycle")
    assert "Chưa nộp: DVTH" in done.stdout
    assert "Cần sửa: KT" in done.stdout
    assert done.exit_code == 0


def test_a_real_run_ends_with_0_and_a_packet(printed: Commune) -> None:
    assert (printed.output / NEWEST / PACKET).read_bytes().startswith(b"%PDF-")


# --- 4


def test_strict_turns_missing_or_sent_back_into_4(sauro: Run) -> None:
    done = sauro("cycle", "--strict")
    assert done.exit_code == INCOMPLETE
    assert done.stdout == sauro("cycle").stdout


def test_strict_is_content_when_everybody_reported_well(sauro: Run) -> None:
    assert sauro("cycle", COMPLETE, "--strict").exit_code == 0


# --- 3


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the reader fail in a way nobody foresaw, at one file."""

    def at(file: str) -> None:
        read = reading.read_workbook

        def read_or_fail(data: bytes, name: str, *rest: object) -> reading.Reading:
            if name == file:
                raise ZeroDivisionError("nobody foresaw this")
            return read(data, name, *rest)

        monkeypatch.setattr(wire, "read_workbook", read_or_fail)

    return at


def test_a_bug_about_one_file_is_told_and_the_others_are_unharmed(
    sauro: Run, commune: Commune, sample: Commune, crash: Callable
) -> None:
    crash(IN_USE["TYT"])
    shutil.rmtree(commune.output / NEWEST)
    done = sauro("cycle")
    assert done.exit_code == CRASHED_FILE
    assert "Chưa nộp: DVTH." in done.stdout
    assert "Đã gửi, chưa dùng được: TYT." in done.stdout
    before, after = tables_of(sample), tables_of(commune)
    (found,) = [row for row in after["findings"] if row["code"] == "K199"]
    assert (found["file"], found["severity"]) == (IN_USE["TYT"], "lỗi")
    assert found["message"] == (
        f"Tệp «{IN_USE['TYT']}»: chương trình gặp lỗi chưa lường trước khi đọc tệp này "
        "(ZeroDivisionError)."
    )
    assert by(after["submissions"], "file")[IN_USE["TYT"]]["status"] == "từ chối"
    for name in ("units", "lines", "obstacles", "claims", "tallies", "upcoming"):
        others = [[r for r in t[name] if r["unit"] != "TYT"] for t in (before, after)]
        assert others[0] == others[1], name
    assert (commune.output / NEWEST / PACKET).is_file()


def test_the_code_of_a_bug_about_one_file_stays_while_nothing_changes(
    sauro: Run, commune: Commune, crash: Callable
) -> None:
    crash(WRONG_CYCLE)
    shutil.rmtree(commune.output / NEWEST)
    assert sauro("cycle", "--strict").exit_code == CRASHED_FILE
    again = sauro("cycle")
    assert again.stdout.startswith("Không có gì thay đổi")
    assert again.exit_code == CRASHED_FILE


def test_check_words_a_bug_about_its_file_as_the_cycle_does(
    sauro: Run, commune: Commune, crash: Callable
) -> None:
    crash(IN_USE["TYT"])
    done = sauro("check", str(commune.newest.inbox / IN_USE["TYT"]))
    assert done.exit_code == CRASHED_FILE
    assert done.stdout.startswith(f"{IN_USE['TYT']}: GỬI LẠI: 1 lỗi phải sửa.\n  K199 ")


EVIL = "9\u202eO\x1b[2J\nK901 bịa\u2028K902 bịa"


def test_nothing_of_a_file_acts_on_the_terminal(sauro: Run, tmp_path: Path) -> None:
    """A cell with an escape sequence, a direction mark and lines of its own."""
    book, path = openpyxl.load_workbook(io.BytesIO(hostile.right())), tmp_path / "phieu.xlsx"
    book["Nhiệm vụ"]["J6"].value = EVIL.replace("\x1b", "_x001B_")
    book.save(path)
    said = sauro("check", str(path)).stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\u2028\u202e]", said)
    (line,) = (line for line in said.splitlines() if "bịa" in line)
    assert line.startswith("  K301 ")
    assert "ô J6: «9O [2J / K901 bịa / K902 bịa» không phải là số" in line


def test_a_units_name_makes_no_line_of_its_own(sauro: Run, commune: Commune) -> None:
    register = commune.data / "danh-muc.xlsx"
    sheet = openpyxl.load_workbook(register)["Đơn vị"]
    row = next(row for row in range(1, 40) if sheet.cell(row, 1).value == "KT")
    before = sauro("status").stdout.splitlines()[1:]
    cell(register, "Đơn vị", row, 2, "\u202ePhòng\nKinh tế")
    said = sauro("cycle").stdout
    assert "\u202e" not in said
    assert len(said.splitlines()) == len(before)
    assert "KT Phòng / Kinh tế" in said
    assert "\u202e" not in sauro("status").stdout


# --- 2: what the operator can put right


def cell(path: Path, title: str, row: int, column: int, value: object) -> None:
    """Type into one cell of a workbook the office keeps."""
    book = openpyxl.load_workbook(path)
    book[title].cell(row, column).value = value
    book.save(path)


def twice(path: Path, title: str, *rows: tuple[int, int]) -> None:
    """Copy the first cells of one row over another's."""
    book = openpyxl.load_workbook(path)
    sheet = book[title]
    for source, target in rows:
        for column in range(1, 20):
            sheet.cell(target, column).value = sheet.cell(source, column).value
    book.save(path)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Commune], object], list[str]]] = {
    "settings are no TOML": (
        lambda c: edit(c.newest.settings, "[meeting]", "[meeting"),
        [r"commune\.toml sai cú pháp ở dòng \d+\."],
    ),
    "a setting nobody knows": (
        lambda c: edit(c.newest.settings, "quota = 20", "quotum = 20"),
        [r"commune\.toml, \[rules\]: không có thiết lập quotum\."],
    ),
    "a rule the decree does not have": (
        lambda c: edit(c.newest.settings, "quota = 20", "quota = 30"),
        [r"commune\.toml, \[rules\] quota: chỉ nhận 20 hoặc 25 \(Điều 20\.5\)\."],
    ),
    "no settings": (
        lambda c: c.newest.settings.unlink(),
        [r"không thấy .*commune\.toml\. Thư mục dữ liệu phải có tệp commune\.toml\."],
    ),
    "no register": (
        lambda c: c.newest.registers.unlink(),
        [r"không thấy .*danh-muc\.xlsx\."],
    ),
    "a register that is no workbook": (
        lambda c: c.newest.registers.write_bytes(b"a letter"),
        [r"Tệp «danh-muc\.xlsx»: đây là tệp chữ .*, không phải sổ tính\..*"],
    ),
    "a code twice in the register": (
        lambda c: twice(c.newest.registers, "Nhân sự", (4, 6)),
        [
            r"Tệp «danh-muc.xlsx», trang «Nhân sự», ô A6: mã «CB001» có hai dòng trong danh mục \(dòng 4\)\. .*"
        ],
    ),
    "a wrong word and a wrong figure in the register": (
        lambda c: (
            cell(c.newest.registers, "Nhân sự", 5, 5, "thợ"),
            cell(c.newest.registers, "Sản phẩm", 4, 8, "mười bốn"),
        ),
        [
            r"Tệp «[^»]+», trang «Nhân sự», ô E5: «thợ» không có trong danh sách\. Chọn .*",
            r"Tệp «[^»]+», trang «Sản phẩm», ô H4: «mười bốn» không phải là số\. Gõ chữ số.*",
        ],
    ),
    "no assignment table": (
        lambda c: c.newest.assignments.unlink(),
        [r"không thấy .*giao-viec\.xlsx\."],
    ),
    "two keys twice in the assignment table": (
        lambda c: twice(c.newest.assignments, "Giao việc", (4, 6), (5, 8)),
        [
            r"Tệp «giao-viec.xlsx», trang «Giao việc», ô A6: việc \S+ giao hai lần cho cùng một người \(dòng 4\)\. .*",
            r"Tệp «giao-viec.xlsx», trang «Giao việc», ô A8: việc \S+ giao hai lần cho cùng một người \(dòng 5\)\. .*",
        ],
    ),
    "an assignment without a date": (
        lambda c: cell(c.newest.assignments, "Giao việc", 4, 16, "sớm nhất"),
        [r"Tệp «[^»]+», trang «Giao việc», ô P4: «sớm nhất» không phải là ngày\. .*"],
    ),
    "an assignment to nobody's unit": (
        lambda c: cell(c.newest.assignments, "Giao việc", 4, 5, "XYZ"),
        [r"Tệp «[^»]+», trang «Giao việc», ô E4: đơn vị «XYZ» không có trong danh mục\. .*"],
    ),
    "a group's workbook that is none": (
        lambda c: c.newest.verification.write_bytes(b"\0\0"),
        [r"Tệp «tham-dinh\.xlsx»: .*"],
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_settings_or_registers_wrong_is_2_one_line_each_and_no_packet(
    sauro: Run, commune: Commune, fault: str
) -> None:
    destroy, expected = BROKEN[fault]
    destroy(commune)
    before = tree(commune.place, times=True)
    lines = stopped(sauro("cycle"), USAGE).split("\n")
    assert len(lines) == len(expected), lines
    for line, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(pattern, line), line
    assert tree(commune.place, times=True) == before


def test_a_fault_of_the_office_is_not_said_to_stand_in_a_units_report(
    sauro: Run, commune: Commune
) -> None:
    cell(commune.newest.assignments, "Giao việc", 4, 16, "sớm nhất")
    assert stopped(sauro("cycle"), USAGE).startswith(
        "Tệp «giao-viec.xlsx», trang «Giao việc», ô P4: "
    )


def test_a_fault_in_an_earlier_cycle_names_that_cycle(sauro: Run, commune: Commune) -> None:
    shutil.rmtree(commune.output / COMPLETE)
    cell(commune.cycle(COMPLETE).assignments, "Giao việc", 4, 16, "sớm nhất")
    assert COMPLETE in stopped(sauro("cycle"), USAGE)


def test_an_earlier_result_nobody_can_read_is_made_again(
    sauro: Run, commune: Commune, sample: Commune
) -> None:
    (commune.output / COMPLETE / RESULT).write_text("{", encoding="utf-8")
    assert sauro("cycle").exit_code == 0
    assert tree(commune.output / COMPLETE) == tree(sample.output / COMPLETE)


def test_a_run_of_a_new_cycle_with_a_fault_makes_no_folder(sauro: Run, commune: Commune) -> None:
    shutil.rmtree(commune.output / NEWEST)
    commune.newest.assignments.write_bytes(b"")
    stopped(sauro("cycle"), USAGE)
    assert not (commune.output / NEWEST).exists()


@pytest.mark.parametrize("command", ["cycle", "open", "status"])
@pytest.mark.parametrize(
    ("cycle", "said"),
    [
        ("2026-12-K1", "không thấy thư mục {data}/ky/2026-12-K1."),
        ("2026-11", "«2026-11» không phải mã kỳ; ghi như 2026-11-K1."),
        ("", "«» không phải mã kỳ; ghi như 2026-11-K1."),
    ],
)
def test_an_unknown_cycle_is_2(
    sauro: Run, commune: Commune, command: str, cycle: str, said: str
) -> None:
    assert stopped(sauro(command, cycle), USAGE) == said.format(data=commune.data)


def test_a_data_folder_that_is_not_there_is_2(sauro: Run, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    message = stopped(sauro("cycle", "--data", str(nowhere)), USAGE)
    assert message == f"không thấy thư mục dữ liệu {nowhere}."


def test_a_data_folder_without_a_cycle_is_2(sauro: Run, tmp_path: Path) -> None:
    message = stopped(sauro("cycle", "--data", str(tmp_path)), USAGE)
    assert message == f"trong {tmp_path}/ky chưa có kỳ nào."


@pytest.mark.parametrize(
    "words",
    [
        ["bogus"],
        ["cycle", "--bogus"],
        ["cycle", "a", "b"],
        ["check"],
        ["check", "nowhere.xlsx"],
        ["cycle", "--now", "hôm qua"],
    ],
)
def test_words_nobody_knows_are_2(sauro: Run, commune: Commune, words: list[str]) -> None:
    before = tree(commune.place, times=True)
    message = stopped(sauro(*words), USAGE)
    assert not re.search(r"does not exist|is a directory|unexpected|argument|command", message)
    assert tree(commune.place, times=True) == before


def test_check_checks_what_is_there_and_names_what_is_not(
    sauro: Run, commune: Commune, tmp_path: Path
) -> None:
    good = commune.newest.inbox / IN_USE["CA"]
    folder, empty = tmp_path / "phieu", tmp_path / "trong"
    folder.mkdir()
    empty.mkdir()
    shutil.copy(good, folder / "b.xlsx")
    (folder / "~$b.xlsx").write_bytes(b"x")
    alone = sauro("check", str(good)).stdout
    done = sauro("check", "nowhere.xlsx", str(folder), str(empty))
    assert done.stdout == alone.replace(good.name, "b.xlsx")
    assert done.exit_code == USAGE
    assert f"không thấy tệp nowhere.xlsx; thư mục {empty} không có tệp nào." in done.stderr


def test_status_before_the_first_run_says_what_to_do(sauro: Run, commune: Commune) -> None:
    shutil.rmtree(commune.output)
    done = sauro("status")
    said = "Kỳ 1 tháng 11 năm 2026: đang nhận; nhận phiếu vào hop-thu, chạy make cycle.\n"
    assert (done.exit_code, done.stdout) == (0, said)
    assert not commune.output.exists()


# --- 1


def test_a_bug_keeps_its_traceback_and_writes_nothing(sample: Commune, tmp_path: Path) -> None:
    commune = sample.copy(tmp_path / "commune")
    commune.newest.settings.touch()
    (commune.output / NEWEST / RESULT).unlink()
    before = tree(commune.place, times=True)
    bug = "import pipeline.packet as p\ndef compose(result): return 1 / 0\np.compose = compose"
    done = sauro_process(commune, "cycle", before=bug)
    assert done.returncode == BUG
    assert done.stdout == ""
    assert "Traceback (most recent call last)" in done.stderr
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert tree(commune.place, times=True) == before


def test_an_error_of_the_system_that_is_no_disk_error_is_a_bug(
    sauro: Run, commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    monkeypatch.setattr(disk, "run_inputs", fail)
    assert isinstance(sauro("cycle").exception, ConnectionResetError)


def test_a_library_that_is_not_there_is_said_in_one_sentence(
    sauro: Run, commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'lxml'", name="lxml")

    monkeypatch.setattr(disk, "run_inputs", fail)
    assert stopped(sauro("cycle"), USAGE) == "thiếu thư viện Python lxml; chạy: make doctor."


# --- 74

FULL = OSError(errno.ENOSPC, "No space left on device", "/media/usb/result.json")


@pytest.mark.parametrize(
    "error",
    [FULL, OSError(errno.EROFS, "Read-only file system", "x")],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing_is_74_and_the_old_packet_stays(
    sauro: Run, commune: Commune, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    edit(commune.newest.settings, "minutes = 60", "minutes = 90")
    before = tree(commune.place, times=True)

    def fail(path: Path, data: bytes) -> None:
        path.write_bytes(data[: len(data) // 2])
        raise error

    monkeypatch.setattr(disk, "_write_synced", fail)
    message = stopped(sauro("cycle"), DISK)
    assert message.startswith(f"không đọc, ghi được {error.filename}: ")
    monkeypatch.undo()
    assert tree(commune.place, times=True) == before


def test_a_disk_found_full_while_writing_names_what_was_written(
    sauro: Run, commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    edit(commune.newest.settings, "minutes = 60", "minutes = 90")
    monkeypatch.setattr(disk.os, "fsync", full)
    message = stopped(sauro("cycle"), DISK)
    named = rf"không đọc, ghi được {commune.place}/\S+ \(\d+ byte\): đĩa đầy, hãy xóa bớt tệp\."
    assert re.fullmatch(named, message)


def test_an_output_folder_that_may_not_be_made_is_74(
    sauro: Run, commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = commune.place / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):  # a superuser may; the system's answer is given for it

        def forbid(path: Path, *_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

        monkeypatch.setattr(Path, "mkdir", forbid)
    message = stopped(sauro("cycle", "--output", str(closed / "output")), DISK)
    assert message.startswith(f"không đọc, ghi được {closed / 'output'}")


@pytest.mark.parametrize("below", ["", "output"])
def test_an_output_folder_that_is_a_file_is_said(sauro: Run, commune: Commune, below: str) -> None:
    place = commune.newest.settings / below if below else commune.newest.settings
    done = sauro("cycle", "--output", str(place))
    assert done.exit_code in (USAGE, DISK)


# --- 75


@pytest.fixture
def busy(commune: Commune) -> Iterator[int]:
    """Another process, by its number, that holds the output folder."""
    code = "import fcntl, sys\nh = open(sys.argv[1], 'w')\nfcntl.flock(h, fcntl.LOCK_EX)\n"
    code += "h.write('tiến trình 4711'); h.flush(); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(commune.output / ".khoa")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        yield holder.pid
        holder.stdin.close()


@pytest.mark.parametrize("command", ["cycle", "open"])
def test_a_second_run_leaves_at_once_with_75(
    sauro: Run, commune: Commune, busy: int, command: str
) -> None:
    before = tree(commune.place, times=True)
    start = time.monotonic()
    message = stopped(sauro(command), BUSY)
    assert time.monotonic() - start < 1
    assert message == "một lượt chạy khác đang làm (tiến trình 4711); đợi xong rồi chạy lại."
    assert tree(commune.place, times=True) == before


def test_a_process_of_its_own_leaves_with_75_too(commune: Commune, busy: int) -> None:
    done = sauro_process(commune, "cycle")
    assert done.returncode == BUSY
    assert done.stderr.startswith("Dừng lại: một lượt chạy khác đang làm")


def test_looking_is_possible_while_another_run_works(
    sauro: Run, commune: Commune, busy: int
) -> None:
    assert sauro("status").exit_code == 0
    assert sauro("check", str(commune.newest.inbox / IN_USE["CA"])).exit_code == 0


def test_a_run_goes_on_once_the_other_is_done(sauro: Run, commune: Commune) -> None:
    (commune.output / ".khoa").write_text("tiến trình 4711", encoding="utf-8")
    assert sauro("cycle").exit_code == 0
    assert (commune.output / ".khoa").read_text("utf-8") == f"tiến trình {os.getpid()}"


# --- how it is called


def test_options_may_stand_before_or_after_the_command(commune: Commune) -> None:
    def status(*words: str) -> str:
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        return done.stdout

    data, output = commune.options[:2], commune.options[2:]
    expected = status(*data, *output, "status")
    assert status("status", *data, *output) == expected
    assert status(*data, "status", *output) == expected
    assert status(*output, "status", *data, NEWEST) == expected


def test_an_option_after_the_command_wins(commune: Commune, tmp_path: Path) -> None:
    wrong = ["--data", str(tmp_path / "nowhere"), "--output", str(tmp_path / "nothing")]
    done = CliRunner().invoke(main, [*wrong, "status", *commune.options])
    assert done.exit_code == 0
    done = CliRunner().invoke(main, [*commune.options, "status", *wrong])
    assert done.exit_code == USAGE


def test_the_time_may_have_a_zone_or_is_vietnams(sauro: Run, commune: Commune) -> None:
    given = ("2026-11-17T16:30", "2026-11-17 16:30", "2026-11-17T09:30+00:00")
    for moment in given[:2]:
        assert sauro("cycle", "--now", moment).exit_code == 0
        made_at = (commune.output / NEWEST / RESULT).read_text("utf-8")
        assert '"made_at": "2026-11-17T16:30:00+07:00"' in made_at
    assert sauro("cycle", "--now", given[1]).stdout.startswith("Không có gì thay đổi")
    assert sauro("--now", given[2], "cycle").exit_code == 0
    assert '"made_at": "2026-11-17T09:30:00+00:00"' in (commune.output / NEWEST / RESULT).read_text(
        "utf-8"
    )


def test_a_rehearsal_is_no_other_runs_packet(sauro: Run) -> None:
    draft = sauro("cycle", "--draft").stdout
    assert "· BẢN NHÁP, mã bản in " in draft
    assert sauro("cycle", "--draft").stdout.startswith("Không có gì thay đổi")
    final = sauro("cycle").stdout
    assert "NHÁP" not in final
    codes = [re.search(r"mã bản in (\w{4})", told)[1] for told in (draft, final)]
    assert codes[0] != codes[1]


def helps() -> dict[str, str]:
    words = [[], *([name] for name in main.commands)]
    return {
        " ".join(["sauro", *word]): CliRunner()
        .invoke(main, [*word, "--help"], prog_name="sauro")
        .stdout
        for word in words
    }


def test_every_command_and_option_is_explained_in_vietnamese() -> None:
    commands = "cycle open urge close reopen verify check import-catalogue status sheets explain"
    commands += " month quarter half-year year forms review rollup doctor"
    assert list(main.commands) == commands.split()
    vietnamese = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
    for command in (main, *main.commands.values()):
        assert vietnamese.search(command.help), command.name
        for option in command.params:
            if isinstance(option, click.Option):
                assert vietnamese.search(option.help), (command.name, option.name)


def test_help_names_every_command_and_shows_its_own_text() -> None:
    texts = helps()
    for name, command in main.commands.items():
        assert f"  {name} " in texts["sauro"]
        assert command.help in " ".join(texts[f"sauro {name}"].split())


def test_help_holds_no_english() -> None:
    english = re.compile(
        r"Show this message|(?i:usage|options|commands?\b|required)|ARGS|CYCLE|MONTH|YEAR"
    )
    assert {name for name, text in helps().items() if english.search(text)} == set()


def test_the_version_is_the_programs() -> None:
    done = CliRunner().invoke(main, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"sauro, version {VERSION}\n")


HEAVY = {
    *("pandas", "pandera", "weasyprint", "jinja2", "openpyxl"),
    *("xlsxwriter", "python_calamine", "docx", "lxml"),
}


@pytest.mark.parametrize("words", [["--help"], ["status"], ["cycle"]])
def test_nothing_heavy_is_loaded_to_say_what_is_known(sample: Commune, words: list[str]) -> None:
    look = "import atexit, sys\n"
    look += f"atexit.register(lambda: print({HEAVY} & sys.modules.keys(), file=sys.stderr))"
    done = sauro_process(sample, *words, before=look)
    assert done.returncode == 0
    assert done.stderr == "set()\n"


def test_a_run_asks_for_the_files_before_it_loads_what_is_slow_to_load() -> None:
    look = f"import sys, pipeline.cycle.start; print({HEAVY} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "{'python_calamine'}\n"


def test_the_command_is_installed_by_its_name() -> None:
    script = Path(sys.executable).with_name("sauro")
    if not script.is_file():
        pytest.skip("the program is not installed here")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"sauro, version {VERSION}\n"


# --- status


def test_status_says_again_what_the_run_said_and_writes_nothing(
    sauro: Run, commune: Commune
) -> None:
    shutil.rmtree(commune.output / NEWEST)
    said = sauro("cycle").stdout
    before = tree(commune.place, times=True)
    for words in (["status"], ["status", NEWEST]):
        state, _, rest = sauro(*words).stdout.partition("\n")
        assert state.startswith("Kỳ 1 tháng 11 năm 2026: đã in, mã bản in ")
        assert rest == said
    assert tree(commune.place, times=True) == before


def test_status_of_an_earlier_cycle_comes_from_its_archive(sauro: Run) -> None:
    said = sauro("status", COMPLETE).stdout
    assert said.split("\n")[1].startswith(f"Kỳ {COMPLETE} · mã bản in ")
    assert "2. Các đơn vị đã nộp đủ.\n3. Không có lỗi phải sửa. " in said


def test_a_summary_names_the_output_it_was_asked_about(sauro: Run, commune: Commune) -> None:
    moved = commune.place / "đã chuyển"
    commune.output.rename(moved)
    said = sauro("status", "--output", str(moved)).stdout
    assert f"Hồ sơ họp: {moved}/{NEWEST}/{PACKET} " in said
    assert f"lưu trữ: {moved}/{NEWEST}/{ARCHIVE}\n" in said


# --- check


def named(unit: str, file: str = "", cycle: str = NEWEST) -> str:
    """Return how a workbook is named in its verdict: whose it is stands beside the file."""
    return f"{file or IN_USE[unit]} (phiếu {unit}, kỳ {cycle})"


def read_back(commune: Commune, unit: str) -> str:
    """Return the receipt as it stands in the unit's letter of the cycle."""
    data = (commune.output / NEWEST / "thu" / f"{unit}.eml").read_bytes()
    body = email.message_from_bytes(data, policy=email.policy.default).get_body().get_content()
    (line,) = [line for line in body.splitlines() if line.startswith("Đọc được ")]
    return line.replace("\u00a0", " ")


def test_a_good_workbook_is_told_so(sauro: Run, commune: Commune) -> None:
    done = sauro("check", str(commune.newest.inbox / IN_USE["CA"]))
    assert done.exit_code == 0
    assert done.stdout == f"{named('CA')}: ĐẠT. Không có lỗi.\n  {read_back(commune, 'CA')}\n"


def test_a_workbook_with_remarks_has_passed(sauro: Run, commune: Commune) -> None:
    done = sauro("check", str(commune.newest.inbox / IN_USE["TYT"]))
    assert done.stdout.startswith(
        f"{named('TYT')}: ĐẠT, có 1 lưu ý.\n  {read_back(commune, 'TYT')}\n"
        "  K409 Phiếu Trạm Y tế xã, trang "
    )
    assert done.exit_code == 0


def test_a_faulty_workbook_is_sent_back_with_every_fault_and_remedy(
    sauro: Run, commune: Commune
) -> None:
    done = sauro("check", str(commune.newest.inbox / IN_USE["KT"]))
    assert done.exit_code == INCOMPLETE
    first, read, *rest = done.stdout.partition(BESIDE)[0].splitlines()
    assert first == f"{named('KT')}: GỬI LẠI: 3 lỗi phải sửa, 1 lưu ý."
    assert read == (
        "  Đọc được 46 dòng việc được giao: 44 dòng đã ghi số lượng, "
        "24 dòng ghi đủ số lượng giao (24/46 dòng = 52,2 %); 2 dòng phát sinh, nhận thay."
    )
    assert [line.split()[0] for line in rest[::2]] == ["K404", "K401", "K301", "K410"]
    assert rest[-3:-2] == ["       Gõ chữ số, ví dụ 9 hoặc 2,5."]


@pytest.mark.parametrize("unit", IN_USE)
def test_check_finds_what_the_cycle_finds(
    sauro: Run, commune: Commune, sample: Commune, unit: str
) -> None:
    said = sauro("check", str(commune.newest.inbox / IN_USE[unit])).stdout
    (_, read, *told), asked = (part.splitlines() for part in said.partition(BESIDE)[::2])
    assert read == f"  {read_back(commune, unit)}"
    found = tables_of(sample)["findings"]
    own = [
        row
        for row in found
        if row["file"].partition(" › ")[0] == IN_USE[unit] and row["code"] != "K115"
    ]
    assert told == in_words(own)
    questions = [row for row in found if row["code"][:2] == "K8" and row["unit"] == unit]
    assert asked[1:] == in_words(questions)
    assert questions or unit not in ("KT", "VHXH")


def in_words(found: list[dict]) -> list[str]:
    """Return the lines `check` tells of findings."""
    return [x for r in found for x in (f"  {r['code']} {r['message']}", f"       {r['action']}")]


def remember(commune: Commune, change: Callable[[dict], None]) -> None:
    """Change the one line of the cycle before that is in the newest assignment table too."""
    path = commune.output / BEFORE / RESULT
    result = json.loads(path.read_text("utf-8"))
    change(result["tables"])
    path.write_text(json.dumps(result), "utf-8")


def test_check_asks_the_archives_of_earlier_cycles_and_without_them_is_silent(
    sauro: Run, commune: Commune
) -> None:
    path = str(commune.newest.inbox / IN_USE["CA"])
    row = next(
        row
        for row in tables_of(commune)["lines"]
        if row["unit"] == "CA" and row["finished"] and row["sheet"] == "Nhiệm vụ"
    )
    done = {key: row[key] for key in ("unit", "person", "task", "finished", "evidence")}
    done["completed_reported"] = row["completed_reported"]
    copied = {**row, **done, "task_id": "CA-990", "standing": "đúng hạn", "remaining": "0"}
    vanished = {**row, "task_id": "CA-991", "standing": "quá hạn", "remaining": "1"}
    others = {**vanished, "unit": "VP", "task_id": "VP-991"}
    remember(commune, lambda tables: tables["lines"].extend([copied, vanished, others]))
    told, asked = sauro("check", path).stdout.split(BESIDE)
    cell = f"ô J{row['row']}" if row["sheet"] == "Nhiệm vụ" else ""
    assert cell
    assert f"  K606 Phiếu Công an xã, trang «Nhiệm vụ», {cell}: số lượng " in told
    assert "ĐẠT, có 1 lưu ý." in told
    assert "  K610 " not in told
    assert "bảng giao việc không có việc CA-991/" in asked
    assert "VP-991" not in asked
    shutil.rmtree(commune.output)
    silent = sauro("check", path)
    assert silent.exit_code == 0
    assert "K6" not in silent.stdout
    assert not commune.output.exists()


def test_a_workbook_of_another_cycle_is_sent_back_by_the_one_code_of_the_cycle(
    sauro: Run, commune: Commune
) -> None:
    done = sauro("check", str(commune.newest.inbox / WRONG_CYCLE))
    head, *told = done.stdout.splitlines()
    assert head == f"{named('TYT', WRONG_CYCLE, '2026-10-K2')}: GỬI LẠI: 1 lỗi phải sửa."
    assert [line.split()[0] for line in told[::2]] == ["K110"]
    assert done.exit_code == INCOMPLETE


def test_a_workbook_of_a_cycle_nobody_knows_is_sent_back_and_the_next_is_checked(
    sauro: Run, commune: Commune
) -> None:
    shutil.rmtree(commune.cycle("2026-10-K2").place)
    files = [commune.newest.inbox / name for name in (WRONG_CYCLE, IN_USE["CA"])]
    done = sauro("check", *map(str, files))
    assert done.stdout.startswith(f"{named('TYT', WRONG_CYCLE, '2026-10-K2')}: GỬI LẠI: 1 lỗi")
    assert f"{named('CA')}: ĐẠT" in done.stdout
    assert done.exit_code == INCOMPLETE


def test_several_workbooks_are_checked_in_the_order_given(sauro: Run, commune: Commune) -> None:
    names = [IN_USE["TYT"], IN_USE["CA"], WAITING]
    told = sauro("check", *(str(commune.newest.inbox / name) for name in names)).stdout
    heads = [line for line in told.splitlines() if not line.startswith(" ")]
    assert [head.split(": ")[0] for head in heads] == [
        named("TYT"),
        named("CA"),
        named("TTPVHCC", WAITING),
    ]


def test_every_workbook_of_a_zip_is_checked_and_what_else_lies_there_is_said_once(
    sauro: Run, commune: Commune
) -> None:
    path = commune.place / "cả xã.zip"
    with zipfile.ZipFile(path, "w") as parcel:
        for unit in ("CA", "KT"):
            parcel.write(commune.newest.inbox / IN_USE[unit], IN_USE[unit])
        parcel.writestr("anh.jpg", b"picture")
    done = sauro("check", str(path))
    assert done.exit_code == INCOMPLETE
    heads = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [head.split(": ", 1)[1] for head in heads] == [
        "ĐẠT, có 1 lưu ý.",
        "GỬI LẠI: 3 lỗi phải sửa, 1 lưu ý.",
    ]
    assert done.stdout.count("K108 ") == 1
    assert "«anh.jpg»" in done.stdout


@pytest.mark.parametrize(
    ("units", "code"), [(("CA", "TYT"), 0), (("CA", "KT"), INCOMPLETE), (("KT", "CA"), INCOMPLETE)]
)
def test_one_workbook_to_be_sent_back_decides_the_exit_code(
    sauro: Run, commune: Commune, units: tuple, code: int
) -> None:
    paths = [str(commune.newest.inbox / IN_USE[unit]) for unit in units]
    assert sauro("check", *paths).exit_code == code


def test_check_is_the_same_at_any_hour(sauro: Run, commune: Commune) -> None:
    path = str(commune.newest.inbox / IN_USE["KT"])
    assert sauro("check", path, "--now", "2026-11-16T10:00").stdout == sauro("check", path).stdout
    late = sauro("--now", "2027-01-01T00:00", "check", path)
    assert late.stdout == sauro("check", path).stdout


def test_checking_writes_nothing(sauro: Run, commune: Commune) -> None:
    before = tree(commune.place, times=True)
    sauro("check", *(str(commune.newest.inbox / IN_USE[unit]) for unit in ("KT", "VHXH", "QS")))
    assert tree(commune.place, times=True) == before


TABLE = f"""
    5 | {" | ".join(field.heading for field in layout("unit")["tasks"].field)}
    6 | KT-01
"""
FOREIGN = {
    "no stamp": (sheets.xlsx({"Nhiệm vụ": TABLE}, stamp=""), "K112"),
    "a stranger's unit": (
        sheets.xlsx({"Nhiệm vụ": TABLE}, stamp=f"XYZ|{NEWEST}|QT-F211|1a2b3c4d"),
        "K111",
    ),
    "another workbook": (sheets.xlsx({"Sổ chi": "1 | a"}, stamp=""), "K112"),
    "a text": ("Kính gửi".encode(), "K124"),
    "nothing": (b"", "K104"),
    "half a package": (sheets.xlsx({"Nhiệm vụ": TABLE})[:900], "K104"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "K105"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_not_ours_is_sent_back_by_one_code(sauro: Run, commune: Commune, what: str) -> None:
    data, code = FOREIGN[what]
    path = commune.place / "lạ.xlsx"
    path.write_bytes(data)
    done = sauro("check", str(path))
    assert done.exit_code == INCOMPLETE, done.output
    first, told, action = done.stdout.splitlines()
    assert re.fullmatch(r"lạ\.xlsx( \(phiếu XYZ, kỳ \S+\))?: GỬI LẠI: 1 lỗi phải sửa\.", first)
    assert told.startswith(f"  {code} ")
    assert action.strip()


def test_a_workbook_of_a_cycle_that_is_not_here_is_said(sauro: Run, commune: Commune) -> None:
    path = commune.place / "KT.xlsx"
    path.write_bytes(sheets.xlsx({"Nhiệm vụ": TABLE}, stamp="KT|2027-01-K1|QT-F211|1a2b3c4d"))
    done = sauro("check", str(path))
    assert (
        "K110 Phiếu Phòng Kinh tế, tệp «KT.xlsx»: phiếu của kỳ 2027-01-K1, đang làm kỳ 1 tháng 11 năm 2026."
        in done.stdout
    )
    assert done.exit_code == INCOMPLETE


# --- open


def test_open_writes_one_workbook_for_every_unit(sauro: Run, commune: Commune) -> None:
    shutil.rmtree(commune.newest.issued)
    shutil.rmtree(commune.newest.inbox)
    done = sauro("open")
    assert done.exit_code == 0
    assert sorted(path.name for path in commune.newest.issued.iterdir()) == sorted(
        f"{unit}.xlsx" for unit in UNITS
    )
    assert commune.newest.inbox.is_dir()
    assert done.stdout.endswith(
        f"Đã phát {len(UNITS)} phiếu vào {commune.newest.issued}. "
        f"Nhận phiếu về đặt vào {commune.newest.inbox}.\n"
    )
    assert done.stderr == "  Phát phiếu: 8/8\n"
    for unit in UNITS:
        book = openpyxl.load_workbook(commune.newest.issued / f"{unit}.xlsx")
        assert f"({unit})" in book["Hướng dẫn"]["A2"].value


def test_open_again_gives_the_same_bytes_and_touches_nothing(
    sauro: Run, commune: Commune, fresh: Commune
) -> None:
    before = tree(commune.data, times=True)
    assert sauro("open").exit_code == 0
    assert tree(commune.data, times=True) == before
    shutil.rmtree(commune.newest.issued)
    assert sauro("open", NEWEST).exit_code == 0
    assert tree(commune.newest.issued) == tree(fresh.newest.issued)


def test_open_brings_one_changed_unit_up_to_date_and_leaves_the_others(
    sauro: Run, commune: Commune
) -> None:
    before = tree(commune.newest.issued, times=True)
    cell(commune.newest.assignments, "Giao việc", 4, 9, "Một việc khác hẳn")
    assert sauro("open").exit_code == 0
    after = tree(commune.newest.issued, times=True)
    assert len({name for name in before if before[name] != after[name]}) == 1


def test_open_warns_and_issues_all_the_same(sauro: Run, commune: Commune) -> None:
    cell(commune.newest.assignments, "Giao việc", 4, 7, None)
    cell(commune.newest.assignments, "Giao việc", 5, 16, "15/11/2026")
    done = sauro("open")
    assert done.exit_code == 0
    warnings = done.stdout.splitlines()[:-1]
    assert any(re.search(r"ô A4: việc \S+ còn thiếu: rõ trách nhiệm\.", line) for line in warnings)
    assert any(
        re.search(r"ô P5: việc \S+ có hạn 15/11/2026 rơi vào ngày nghỉ", w) for w in warnings
    )


def test_open_refuses_a_table_with_errors_and_issues_nothing(sauro: Run, commune: Commune) -> None:
    shutil.rmtree(commune.newest.issued)
    twice(commune.newest.assignments, "Giao việc", (4, 6))
    stopped(sauro("open"), USAGE)
    assert not commune.newest.issued.exists()


def test_open_without_a_unit_in_the_register_is_2(sauro: Run, commune: Commune) -> None:
    for path, titles in (
        (commune.newest.registers, ("Đơn vị", "Nhân sự", "Sản phẩm", "Chỉ số")),
        (commune.newest.assignments, ("Giao việc",)),
    ):
        book = openpyxl.load_workbook(path)
        for title in titles:
            book[title].delete_rows(4, 400)
        book.save(path)
    stopped(sauro("open"), USAGE)
