"""The sample commune from mailbox to packet: same bytes again, sums that add up, planted facts."""

import csv
import email
import email.policy
import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from conftest import NEWEST, Commune, Run, sauro_process
from openpyxl.cell.cell import Cell
from pypdf import PdfReader

from pipeline.cycle.start import start_cycle
from pipeline.model.calendar import earlier_cycles, parse_cycle
from pipeline.model.folders import (
    ARCHIVE,
    DOCUMENTS,
    DRAFTS,
    PACKET,
    PEOPLE,
    RESULT,
    SCREEN,
    CycleFolder,
)
from pipeline.model.layout import layout
from pipeline.tools import disk
from tests.helpers import Inline, unprinting

EARLIER = ["2026-09-K2", "2026-10-K1", "2026-10-K2"]
UNITS = ["VP", "KT", "VHXH", "TTPVHCC", "CA", "QS", "TYT", "DVTH"]
IN_USE = {
    "VP": "Phieu VP ky 1 thang 11.xlsx",
    "KT": "Phieu KPI phong KT ky 1 thang 11 (ban cuoi).xlsx",
    "VHXH": "Phong VHXH nop phieu ky 1 thang 11.eml",
    "TTPVHCC": "mot cua ky 1 thang 11.ods",
    "CA": "Cong an ky 1 thang 11.xlsx",
    "QS": "Phieu QS gui lai Van phong.xlsx",
    "TYT": "TYT ky 1 thang 11 (dung ky).xlsx",
}
# The others have no findings; TTPVHCC sent an .ods, which is not marked.
REPLIES = ["KT.pdf", "KT.xlsx", "QS.pdf", "QS.xlsx", "TTPVHCC.pdf", "TYT.pdf", "TYT.xlsx"]
WRONG_CYCLE = "TYT ky 1 thang 11.ods"
WAITING = "mot cua ky 1 thang 11 (sua lai).ods"
SUMS = ("A", "D", "Q", "P")
NOT_SENT = "Chưa nộp"
PLACES = Fraction(1, 2 * 10**20)  # a stored rate is the exact one to 20 decimals


def tables_of(commune: Commune, cycle: str = NEWEST) -> dict[str, list[dict]]:
    return json.loads((commune.output / cycle / RESULT).read_bytes())["tables"]


def by(rows: list[dict], *keys: str) -> dict:
    """Return rows by one key or several."""
    if len(keys) == 1:
        return {row[keys[0]]: row for row in rows}
    return {tuple(row[key] for key in keys): row for row in rows}


def tree(place: Path, *, times: bool = False) -> dict[str, object]:
    """Return every file that is not hidden by its path: its hash, with its time if wanted."""
    paths = {path.relative_to(place): path for path in sorted(place.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns if times else 0,
        )
        for name, path in paths.items()
        if not any(part.startswith(".") for part in name.parts)
    }


@pytest.fixture(scope="module")
def tables(sample: Commune) -> dict[str, list[dict]]:
    return tables_of(sample)


# --- again, elsewhere


EXPORT = ("xuat/tong-hop.json", "xuat/tong-hop.xlsx")


def test_a_cold_run_writes_these_files_and_no_others(sample: Commune) -> None:
    assert list(tree(sample.output)) == [
        *(
            f"{cycle}/{name}"
            for cycle in EARLIER
            for name in (ARCHIVE, disk.MANIFEST, RESULT, *EXPORT)
        ),
        *(f"{NEWEST}/{DRAFTS}/{name}" for name in DOCUMENTS),
        *(f"{NEWEST}/{name}" for name in (SCREEN, PACKET, ARCHIVE, disk.MANIFEST)),
        *(f"{NEWEST}/phieu-sua/{name}" for name in REPLIES),
        f"{NEWEST}/{RESULT}",
        *(f"{NEWEST}/thu/{unit}.eml" for unit in sorted(IN_USE)),
        f"{NEWEST}/thu/nhac-DVTH.eml",
        f"{NEWEST}/thu/tin-nhan.txt",
        *(f"{NEWEST}/{name}" for name in EXPORT),
    ]


def data_of(commune: Commune) -> dict[str, object]:
    """Return a commune's data with its times, but for the documents a run drafts for Word."""
    left_out = {path.relative_to(commune.data).as_posix() for path in commune.newest.documents}
    there = tree(commune.data, times=True)
    return {name: seen for name, seen in there.items() if name not in left_out}


def test_a_run_leaves_the_sample_as_it_is_shipped(fresh: Commune, sample: Commune) -> None:
    assert data_of(sample) == data_of(fresh)
    assert [path.name for path in sample.newest.documents] == [*DOCUMENTS]
    assert fresh.newest.documents == []


ELSEWHERE = {
    "Tokyo, no locale": {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"},
    "Greenwich": {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "8"},
}
PRINTS_NOTHING = """
from contextlib import nullcontext
import pipeline.cli
from tests.helpers import unprinting
pipeline.cli.crew = lambda **_: nullcontext(unprinting())
"""


def run_elsewhere(fresh: Commune, place: Path, where: str, before: str = "") -> Commune:
    """Run the sample in another folder, time zone and locale."""
    there = fresh.copy(place / "một nơi khác" / "xã")
    done = sauro_process(there, "cycle", before=before, env=ELSEWHERE[where], cwd=place)
    assert done.returncode == 0, done.stderr
    assert data_of(there) == data_of(fresh)
    return there


def test_a_run_in_another_folder_zone_and_locale_gives_the_same_bytes(
    fresh: Commune, sample: Commune, tmp_path: Path
) -> None:
    there = run_elsewhere(fresh, tmp_path, "Tokyo, no locale", PRINTS_NOTHING)
    assert tree(there.output) == tree(sample.output)


@pytest.mark.slow
@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_print_in_another_folder_zone_and_locale_is_the_same_bytes(
    fresh: Commune, printed: Commune, tmp_path: Path, where: str
) -> None:
    there = run_elsewhere(fresh, tmp_path, where)
    assert tree(there.output) == tree(printed.output)


def test_a_process_of_its_own_gives_the_figures_of_this_one(
    sample: Commune, printed: Commune
) -> None:
    for name in (RESULT, ARCHIVE):
        place = Path(NEWEST) / name
        assert (sample.output / place).read_bytes() == (printed.output / place).read_bytes()


def test_a_second_run_changes_nothing(commune: Commune, sample: Commune) -> None:
    before = tree(commune.data, times=True)
    commune.run()
    assert tree(commune.data, times=True) == before
    assert tree(commune.output) == tree(sample.output)


def test_order_and_times_of_files_in_the_mailbox_are_no_matter(
    commune: Commune, sample: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scandir(place: Path) -> list[os.DirEntry]:
        return sorted(os.scandir(place), key=lambda entry: entry.name[::-1], reverse=True)

    shuffled = SimpleNamespace(**{**vars(os), "scandir": scandir})
    monkeypatch.setattr("pipeline.intake.mailbox.os", shuffled)
    for path in commune.newest.inbox.iterdir():
        os.utime(path, (1, 1))  # of a file with a receipt the time is no matter either
    commune.run()
    assert tree(commune.output) == tree(sample.output)


def test_a_run_with_nothing_changed_repeats_the_record_and_makes_nothing(
    sauro: Run, commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cycle.start.start_cycle", lambda *_: pytest.fail("made again"))
    before = tree(commune.place, times=True)
    done = sauro("cycle")
    first, *rest = done.stdout.splitlines()
    assert first == "Không có gì thay đổi từ lần chạy trước."
    state, *told = sauro("status").stdout.splitlines()
    assert state.startswith("Kỳ 1 tháng 11 năm 2026: đã in, ")
    assert rest == told
    assert done.exit_code == 0
    assert tree(commune.place, times=True) == before


def test_a_given_time_is_printed_and_changes_no_figure(commune: Commune, sauro: Run) -> None:
    before = json.loads((commune.output / NEWEST / RESULT).read_bytes())
    assert sauro("cycle", "--now", "2026-11-17T16:30").exit_code == 0
    after = json.loads((commune.output / NEWEST / RESULT).read_bytes())
    assert after["made_at"] == "2026-11-17T16:30:00+07:00"
    assert after == before | {"made_at": after["made_at"]}


# --- what a bad file may change

HEAD_OF_A_PRINT = {"print_code", "made_at"}


def changed(before: Commune, after: Commune) -> tuple[set[str], set[str], set[str]]:
    """Return (keys of the result's head, its tables, the archive's sheets) that are not equal.

    The print code stands in the archive's list of words, on no sheet of a table.
    """
    old, new = (json.loads((c.output / NEWEST / RESULT).read_bytes()) for c in (before, after))
    heads = {key for key in old if key != "tables" and old[key] != new[key]}
    rows = {key for key in old["tables"] if old["tables"][key] != new["tables"][key]}
    titles = [sheet.title for sheet in layout("archive").sheet]
    with (
        zipfile.ZipFile(before.output / NEWEST / ARCHIVE) as first,
        zipfile.ZipFile(after.output / NEWEST / ARCHIVE) as second,
    ):
        parts = {title: f"xl/worksheets/sheet{n}.xml" for n, title in enumerate(titles, 1)}
        sheets = {t for t, part in parts.items() if first.read(part) != second.read(part)}
    return heads, rows, sheets


def changed_pages(before: Commune, after: Commune) -> set[str]:
    """Return the ids of the packet's parts that differ in more than the print code."""
    old, new = (parts_of(commune) for commune in (before, after))
    assert len(old) == len(new) > 20
    differ = [part for part, other in zip(old, new, strict=True) if part != other]
    return {re.search(r'id="([\w-]+)"', part)[1] for part in differ}


def parts_of(commune: Commune) -> list[str]:
    code = json.loads((commune.output / NEWEST / RESULT).read_bytes())["print_code"]
    html = (commune.output / NEWEST / PACKET).read_text(encoding="utf-8")
    return re.split(r"(?=<section)", html.replace(code, "7F3A"))


def test_without_its_refused_file_only_the_list_of_files_and_the_print_code_change(
    commune: Commune, sample: Commune
) -> None:
    (commune.newest.inbox / WRONG_CYCLE).unlink()
    commune.run()
    heads, rows, sheets = changed(sample, commune)
    assert heads <= HEAD_OF_A_PRINT
    assert rows == {"submissions"}
    assert sheets == {"Báo cáo gửi"}
    assert changed_pages(sample, commune) == {"files"}
    files = [row["file"] for row in tables_of(sample)["submissions"]]
    files.remove(WRONG_CYCLE)
    assert [row["file"] for row in tables_of(commune)["submissions"]] == files
    assert commune.newest.receipts.read_bytes() == sample.newest.receipts.read_bytes()


BAD_FILES = {
    "Phiếu KT.xlsx": (b"PK\x03\x04 half of a workbook", "K104"),
    "Phiếu KT.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "K105"),
    "Phiếu KT.docx": (b"a letter", "K124"),
    "thư.eml": (b"Subject: a\r\n\r\nno workbook", "K107"),
    "empty.xlsx": (b"", "K104"),
    "~$Phiếu KT.xlsx": (b"owner", "K106"),
}


def test_with_bad_files_only_the_lists_of_files_and_findings_change(
    commune: Commune, sample: Commune
) -> None:
    for name, (data, _) in BAD_FILES.items():
        (commune.newest.inbox / name).write_bytes(data)
        os.utime(commune.newest.inbox / name, (1_790_000_000, 1_790_000_000))
    commune.run()
    heads, rows, sheets = changed(sample, commune)
    assert heads == {"print_code"}
    assert rows == {"submissions", "findings"}
    assert sheets == {"Báo cáo gửi", "Vấn đề"}
    assert changed_pages(sample, commune) == {"files", "findings"}
    told = {(row["file"], row["code"]) for row in tables_of(commune)["findings"]}
    told -= {(row["file"], row["code"]) for row in tables_of(sample)["findings"]}
    untimed = {(name, code) for name, code in told if code == "K118"}  # no receipt yet
    assert told - untimed == {(name, code) for name, (_, code) in BAD_FILES.items()}
    refused = {r["file"] for r in tables_of(commune)["submissions"] if r["status"] == "từ chối"}
    assert refused == {WRONG_CYCLE, *BAD_FILES} - {"~$Phiếu KT.xlsx"}


def test_a_refused_file_does_not_move_the_date_of_the_packet(
    commune: Commune, sample: Commune
) -> None:
    bad = commune.newest.inbox / "Phiếu KT.xlsx"
    bad.write_bytes(b"a letter")
    os.utime(bad, (1_800_000_000, 1_800_000_000))
    commune.run()
    heads, _, _ = changed(sample, commune)
    assert heads == {"print_code"}


# --- what is planted in the newest cycle


def findings_of(tables: dict, unit: str) -> list[tuple[str, str]]:
    return [(row["code"], row["cell"]) for row in tables["findings"] if row["unit"] == unit]


def submissions_of(tables: dict, unit: str) -> list[tuple]:
    return [
        (row["file"], row["status"], row["version"], row["late"])
        for row in tables["submissions"]
        if row["unit"] == unit
    ]


def test_one_unit_has_not_sent(tables: dict) -> None:
    assert submissions_of(tables, "DVTH") == []
    assert findings_of(tables, "DVTH") == [("K117", "")]
    unit = by(tables["units"], "unit")["DVTH"]
    assert unit["status"] == NOT_SENT
    assert [unit[key] for key in ("a", "b", "c", "R", "R_reported", "R_granted")] == [None] * 6
    lines = [row for row in tables["lines"] if row["unit"] == "DVTH"]
    assert {row["standing"] for row in lines} == {"chưa nộp"}
    assert unit["lines"] == len(lines) > 0


def test_a_workbook_of_another_cycle_is_refused_and_the_right_one_used(tables: dict) -> None:
    assert submissions_of(tables, "TYT") == [
        (WRONG_CYCLE, "từ chối", None, "không"),
        (IN_USE["TYT"], "đang dùng", 1, "không"),
    ]
    assert "K110" not in {code for code, _ in findings_of(tables, "TYT")}
    refused = by(tables["submissions"], "file")[WRONG_CYCLE]
    assert refused["reason"] == "Phiếu của kỳ 2026-10-K2, đang làm kỳ 1 tháng 11 năm 2026."


def test_one_unit_has_exactly_three_errors_each_at_its_cell(tables: dict, commune: Commune) -> None:
    errors = [row for row in tables["findings"] if row["severity"] == "lỗi"]
    assert {row["unit"] for row in errors} == {"KT"}
    assert [row["code"] for row in errors] == ["K404", "K401", "K301"]
    book = openpyxl.load_workbook(commune.newest.inbox / IN_USE["KT"], data_only=True)
    cells = {row["code"]: book[row["sheet"]][row["cell"]] for row in errors}
    assert cells["K301"].value == "9O"
    assert cells["K404"].value == datetime(2026, 10, 11)
    assert cells["K401"].value is None
    heads = {code: book["Nhiệm vụ"].cell(5, cell.column).value for code, cell in cells.items()}
    assert heads == {"K301": "SL hoàn thành", "K404": "Ngày xong", "K401": "Ngày xong"}
    wrong = {book["Nhiệm vụ"].cell(cell.row, 1).value: code for code, cell in cells.items()}
    unclear = {row["task_id"]: row["unclear"] for row in tables["lines"] if row["unclear"]}
    assert unclear == wrong
    assert by(tables["units"], "unit")["KT"]["status"] == "Cần sửa"


def test_a_message_says_where_what_and_how(tables: dict) -> None:
    (row,) = [row for row in tables["findings"] if row["code"] == "K301"]
    assert row["message"] == (
        f"Phiếu Phòng Kinh tế, trang «Nhiệm vụ», ô {row['cell']}: «9O» không phải là số."
    )
    assert row["action"] == "Gõ chữ số, ví dụ 9 hoặc 2,5."


def test_one_unit_is_late_and_counted_all_the_same(tables: dict) -> None:
    assert submissions_of(tables, "QS") == [(IN_USE["QS"], "đang dùng", 1, "có")]
    assert [code for code, _ in findings_of(tables, "QS")] == ["K115"]
    late = {row["unit"] for row in tables["units"] if row["late_report"] == "có"}
    assert late == {"QS"}
    assert {row["standing"] for row in tables["lines"] if row["unit"] == "QS"} != {"chưa nộp"}


def test_a_version_that_empties_cells_waits(tables: dict) -> None:
    assert submissions_of(tables, "TTPVHCC") == [
        (IN_USE["TTPVHCC"], "đang dùng", 1, "không"),
        (WAITING, "chờ xác nhận", 2, "không"),
    ]
    (waits,) = [row for row in tables["findings"] if row["code"] == "K114"]
    assert (waits["unit"], waits["file"], waits["fact"]) == ("TTPVHCC", WAITING, "6")
    used = {row["file"] for row in tables["lines"] if row["unit"] == "TTPVHCC"}
    assert used == {IN_USE["TTPVHCC"]}


def test_the_cells_a_newer_version_has_otherwise_are_kept_and_named(
    sample: Commune, tables: dict
) -> None:
    changed = [row for row in tables["changes"] if row["unit"] == "TTPVHCC"]
    assert {(row["file_before"], row["file_after"]) for row in changed} == {
        (IN_USE["TTPVHCC"], WAITING)
    }
    assert [row["after"] for row in changed] == [""] * 6
    cells = list(dict.fromkeys(row["cell"] for row in changed))
    (waits,) = [row for row in tables["findings"] if row["code"] == "K114"]
    assert waits["value"] == ", ".join(cells[:4]) + "…"
    html = (sample.output / NEWEST / PACKET).read_text(encoding="utf-8")
    assert f"0 ô khác, 6 ô bỏ trống ({', '.join(cells[:3])}, …)" in html


def test_questions_change_no_word_about_a_unit(tables: dict) -> None:
    asked = {row["unit"] for row in tables["findings"] if row["code"].startswith("K8")}
    told = {row["unit"] for row in tables["findings"] if not row["code"].startswith("K8")}
    assert asked
    good = {row["unit"] for row in tables["units"] if row["status"] == "Đạt"}
    assert good == set(UNITS) - told


def test_a_faulty_cell_emptied_as_asked_waits_for_nobody(commune: Commune) -> None:
    """«9O» of Phòng Kinh tế is taken out, and beside it what was no fault."""
    wrong = next(row for row in tables_of(commune)["findings"] if row["code"] == "K301")
    book = openpyxl.load_workbook(commune.newest.inbox / IN_USE["KT"])
    sheet = book[wrong["sheet"]]
    sheet[wrong["cell"]].value = None
    book.save(commune.newest.inbox / "KT sua.xlsx")
    commune.run()
    assert [status for _, status, *_ in submissions_of(tables_of(commune), "KT")] == [
        "thay bằng bản mới",
        "đang dùng",
    ]
    heads = {cell.value: cell.column for cell in sheet[5]}
    sheet.cell(wrong["row"], heads["Minh chứng"]).value = None
    book.save(commune.newest.inbox / "KT sua.xlsx")
    commune.run()
    tables = tables_of(commune)
    assert [s for _, s, *_ in submissions_of(tables, "KT")] == ["đang dùng", "chờ xác nhận"]
    assert len([row for row in tables["changes"] if row["unit"] == "KT"]) == 2


def test_a_workbook_in_a_letter_is_read_with_the_letters_name(tables: dict) -> None:
    ((file, status, *_),) = submissions_of(tables, "VHXH")
    assert file == f"{IN_USE['VHXH']} › Phiếu kỳ 1 tháng 11 – Phòng Văn hóa Xã hội.xlsx"
    assert status == "đang dùng"


def test_unplanned_work_without_a_document_waits_and_counts_nothing(tables: dict) -> None:
    (finding,) = [row for row in tables["findings"] if row["code"] == "K410"]
    assert (finding["unit"], finding["fact"]) == ("KT", "văn bản giao")
    (line,) = [
        row
        for row in tables["lines"]
        if (row["unit"], row["kind"], row["standing"]) == ("KT", "phát sinh", "chờ thẩm định")
    ]
    assert line["row"] == finding["row"]
    assert [Decimal(line[key]) for key in SUMS] == [0, 0, 0, 0]
    assert Decimal(line["D_reported"]) == 0


def test_an_exemption_without_its_proofs_stays_a_claim(tables: dict) -> None:
    (finding,) = [row for row in tables["findings"] if row["code"] == "K712"]
    claim = by(tables["claims"], "task_id", "person")[tuple(finding["value"].split("/"))]
    assert claim["state"] == "đề nghị"
    line = by(tables["lines"], "task_id", "person")[claim["task_id"], claim["person"]]
    assert line["exempt_progress"] == "đề nghị"


def test_everybody_the_secretary_must_act_on_is_told(sauro: Run) -> None:
    told = sauro("status").stdout
    assert "2. Chưa nộp: DVTH. Thư nhắc, tin nhắn soạn sẵn ở thu/." in told
    assert "3. Cần sửa: KT. Phiếu sửa ở phieu-sua/, thư kèm phiếu sửa ở thu/." in told
    assert f"4. Chờ thư ký xác nhận bản mới của TTPVHCC: «{WAITING}»; đúng ý" in told
    assert re.search(r"^QS .*\(chậm\) +17/11/2026 07:40", told, re.MULTILINE)


def test_the_planted_facts_of_the_earlier_cycles(sample: Commune) -> None:
    september, october, second = (tables_of(sample, cycle) for cycle in EARLIER)
    assert [r["unit"] for r in september["units"] if r["late_report"] == "có"] == ["DVTH"]
    assert ("K414", "CA") in {(r["code"], r["unit"]) for r in september["findings"]}
    assert [r["unit"] for r in october["units"] if r["status"] == NOT_SENT] == ["QS"]
    assert [status for _, status, *_ in submissions_of(october, "TYT")] == [
        "thay bằng bản mới",
        "đang dùng",
    ]
    assert ("K410", "KT") in {(r["code"], r["unit"]) for r in october["findings"]}
    assert Counter(status for _, status, *_ in submissions_of(second, "CA")) == {
        "đang dùng": 1,
        "trùng": 1,
    }
    assert ("K502", "KT") in {(r["code"], r["unit"]) for r in second["findings"]}


# --- what the unit that did not send looks like in print


def test_a_missing_report_is_printed_as_a_word_and_never_as_zero_percent(
    commune: Commune,
) -> None:
    html = (commune.output / NEWEST / PACKET).read_text(encoding="utf-8")
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    rows = [row for row in rows if "Trung tâm Dịch vụ tổng hợp" in row]
    said = [row for row in rows if f"<b>{NOT_SENT}" in row]
    assert len(said) >= 3
    assert all('class="hatch"' in row for row in said)
    assert not any(re.search(r">0,0<|\b0 %", row) for row in rows)


def test_the_packet_is_printed_with_its_code_and_its_word_for_a_missing_report(
    printed: Commune,
) -> None:
    code = json.loads((printed.output / NEWEST / RESULT).read_bytes())["print_code"]
    pages = PdfReader(printed.output / NEWEST / PACKET).pages
    assert len(pages) > 12
    first = [pages[n].extract_text() for n in range(2)]
    assert all(f"Mã bản in {code}" in text for text in first)
    assert NOT_SENT in " ".join(" ".join(first).split())


def test_people_apart_are_printed_on_a_paper_of_their_own(commune: Commune) -> None:
    text = commune.newest.settings.read_text("utf-8")
    assert 'names = "in"' in text
    apart = text.replace('names = "in"', 'names = "apart"')
    commune.newest.settings.write_text(apart, encoding="utf-8")
    commune.run()
    made = commune.output / NEWEST
    papers = {path.name for path in made.iterdir() if path.is_file()}
    assert papers == {PACKET, SCREEN, PEOPLE, ARCHIVE, RESULT, disk.MANIFEST}
    apart = (made / PEOPLE).read_text("utf-8")
    assert all(row["name"] in apart for row in tables_of(commune)["people"])
    packet = (made / PACKET).read_text("utf-8")
    (annex,) = re.findall(r'<section[^>]* id="people">.*?</section>', packet, re.DOTALL)
    assert "In thành tờ riêng, không kèm hồ sơ này." in annex
    assert "<table" not in annex


# --- sums


def test_the_units_stand_in_the_order_of_the_register(tables: dict) -> None:
    assert [row["unit"] for row in tables["units"]] == UNITS


@pytest.mark.parametrize("cycle", [*EARLIER, NEWEST])
def test_the_commune_is_the_sum_of_its_units(sample: Commune, cycle: str) -> None:
    tables = tables_of(sample, cycle)
    (commune,) = tables["commune"]
    summed = [row for row in tables["units"] if row["summed"] == "có"]
    for key in SUMS:
        assert Decimal(commune[key]) == sum(Decimal(row[key]) for row in summed)
    counts = ("lines", "done", "on_time", "late", "overdue", "not_due", "unclear", "pending")
    for key in (*counts, "stuck", "verified"):
        assert commune[key] == sum(row[key] for row in tables["units"])
    assert commune["units"] == len(UNITS)
    assert commune["units_reported"] == sum(r["status"] != NOT_SENT for r in tables["units"])
    assert commune["tasks"] == len({row["task_id"] for row in tables["lines"]})


@pytest.mark.parametrize("cycle", [*EARLIER, NEWEST])
def test_a_unit_is_the_sum_of_its_lines_and_so_is_a_person(sample: Commune, cycle: str) -> None:
    tables = tables_of(sample, cycle)
    for name, owner in (("units", "unit"), ("people", "person")):
        for row in tables[name]:
            lines = [line for line in tables["lines"] if line[owner] == row[owner]]
            assert row["lines"] == len(lines)
            for key in SUMS:
                assert Decimal(row[key]) == sum(Decimal(line[key]) for line in lines)
            assert row["overdue"] == sum(line["standing"] == "quá hạn" for line in lines)
            parts = ("done", "overdue", "not_due", "unclear", "pending")
            silent = sum(line["standing"] == "chưa nộp" for line in lines)
            assert sum(row[key] for key in parts) + silent == row["lines"]


def test_the_missing_unit_and_the_progress_only_ones_are_in_no_sum(tables: dict) -> None:
    out = {row["unit"] for row in tables["units"] if row["summed"] == "không"}
    assert out == {"DVTH", "CA", "QS"}
    (commune,) = tables["commune"]
    assert commune["A_missing"] == by(tables["units"], "unit")["DVTH"]["A"]
    assert commune["arithmetic"].startswith("7/8 đơn vị, chưa gồm ΣA ")


@pytest.mark.parametrize("cycle", [*EARLIER, NEWEST])
def test_rows_read_are_rows_used_and_rows_left_out(sample: Commune, cycle: str) -> None:
    tables = tables_of(sample, cycle)
    assert {row["unit"] for row in tables["tallies"]} == {
        row["unit"] for row in tables["units"] if row["status"] != NOT_SENT
    }
    left_out = ("blank", "preprinted", "total", "section", "set_aside")
    for row in tables["tallies"]:
        assert row["read"] == row["used"] + sum(row[key] for key in left_out), row


def test_every_row_used_of_the_tasks_is_a_line(tables: dict) -> None:
    used = {r["unit"]: r["used"] for r in tables["tallies"] if r["sheet"] == "Nhiệm vụ"}
    lines = Counter(
        r["unit"] for r in tables["lines"] if r["sheet"] == "Nhiệm vụ" and r["unit"] in used
    )
    assert used == lines


@pytest.mark.parametrize("cycle", [*EARLIER, NEWEST])
def test_rates_stay_within_their_bounds(sample: Commune, cycle: str) -> None:
    tables = tables_of(sample, cycle)
    for name in ("units", "people", "commune"):
        for row in tables[name]:
            if row["a"] is not None:
                a, b, c, R = (Decimal(row[key]) for key in "abcR")
                assert 0 <= b <= a <= 1
                assert 0 <= c <= a
                assert abs(R - (a + b + c) / 3) < Decimal("1e-19")


# --- earlier cycles


def test_earlier_cycles_are_archived_and_not_printed(sample: Commune) -> None:
    for cycle in EARLIER:
        assert not (sample.output / cycle / PACKET).exists()


def test_earlier_archives_are_used_as_history(sample: Commune, tables: dict) -> None:
    kept = ("status", "late_report", "lines", "overdue", "D", "a", "b", "c", "R")
    expected = [
        {"cycle": cycle, "rule_code": "QT-F211", "unit": unit["unit"]}
        | {key: unit[key] for key in kept}
        for cycle in EARLIER
        for unit in tables_of(sample, cycle)["units"]
    ]
    assert tables["history"] == expected
    before = by(tables_of(sample, EARLIER[-1])["indicators"], "indicator")
    assert tables["indicators"]
    for row in tables["indicators"]:
        assert row["previous"] == before[row["indicator"]]["value"]


def test_a_missing_earlier_archive_is_made_again_and_the_others_left_alone(
    commune: Commune, sample: Commune
) -> None:
    gone, *kept = EARLIER
    shutil.rmtree(commune.output / gone)
    before = {cycle: tree(commune.output / cycle, times=True) for cycle in kept}
    told = []
    start_cycle(
        commune.newest, commune.output, None, lambda stage, *_: told.append(stage), unprinting()
    )
    assert tree(commune.output) == tree(sample.output)
    assert {cycle: tree(commune.output / cycle, times=True) for cycle in kept} == before
    assert told[0] == f"Lưu trữ kỳ trước {gone}"


def test_a_cycle_without_a_folder_in_the_data_is_a_gap(commune: Commune) -> None:
    gone = EARLIER[1]
    shutil.rmtree(commune.output / gone)
    shutil.rmtree(commune.cycle(gone).place)
    commune.run()
    assert not (commune.output / gone).exists()
    cycles = dict.fromkeys(row["cycle"] for row in tables_of(commune)["history"])
    assert list(cycles) == [EARLIER[0], EARLIER[2]]


def test_printing_an_earlier_cycle_later_changes_no_figure_and_no_later_print(
    commune: Commune, sauro: Run
) -> None:
    earlier = commune.output / EARLIER[-1]
    before = {name: (earlier / name).read_bytes() for name in (RESULT, ARCHIVE)}
    assert sauro("cycle", EARLIER[-1]).exit_code == 0
    assert (earlier / PACKET).is_file()
    assert {name: (earlier / name).read_bytes() for name in before} == before
    assert sauro("cycle").stdout.startswith("Không có gì thay đổi")


def test_rework_without_a_delivery_is_deducted_from_the_next_one(commune: Commune) -> None:
    """The group finds two returns on a line that delivered nothing; its next delivery pays."""
    last = EARLIER[-1]
    waiting = by(tables_of(commune, last)["lines"], "task_id", "person")
    line = next(
        row
        for row in tables_of(commune)["lines"]
        if row["carried"]
        and row["deduct"] == "dòng"
        and row["state"] != "Sửa"
        and row["rework"] == 0
        and Decimal(row["delivered"]) > 0
        and Decimal(waiting.get((row["task_id"], row["person"]), {"delivered": 1})["delivered"])
        == 0
    )
    key = line["task_id"], line["person"]
    verdict = {"Trạng thái": "Sửa", "SL xác nhận": 0, "Lần chưa đạt CL xác nhận": 2}
    type_verdict(commune.cycle(last), key, verdict | {"Lý do": "Trả lại hai lần"})
    shutil.rmtree(commune.output / last)
    commune.run()
    before = by(tables_of(commune, last)["lines"], "task_id", "person")[key]
    after = by(tables_of(commune)["lines"], "task_id", "person")[key]
    assert (before["rework"], before["rework_pending"]) == (0, 2)
    assert (after["rework_brought"], after["rework"], after["rework_pending"]) == (2, 2, 0)
    assert Decimal(after["Q"]) == Decimal(after["D"]) / 2
    assert after["D"] == line["D"]


# --- what people decide between two runs


def type_verdict(folder: CycleFolder, key: tuple[str, str], cells: dict[str, object]) -> None:
    """Type into the working group's workbook, in the row of a line."""
    book = openpyxl.load_workbook(folder.verification)
    sheet = book["Thẩm định"]
    heads = {cell.value: cell.column for cell in sheet[5]}
    for row in range(6, sheet.max_row + 1):
        if (sheet.cell(row, 1).value, sheet.cell(row, 2).value or "") == key:
            for head, value in cells.items():
                sheet.cell(row, heads[head]).value = value
    book.save(folder.verification)


def decide(folder: CycleFolder, file: str, decision: str, reason: str = "") -> None:
    """Write a decision into so-nhan.csv, as the secretary does."""
    rows = list(csv.reader(folder.receipts.read_text("utf-8-sig").splitlines(), delimiter=";"))
    for row in rows:
        if row[1] == file:
            row[4:6] = [decision, reason]
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    folder.receipts.write_bytes(text.getvalue().encode("utf-8-sig"))


def test_a_confirmed_version_is_used_at_the_next_run(commune: Commune) -> None:
    decide(commune.newest, WAITING, "dùng", "đơn vị xác nhận")
    record = commune.run()
    tables = tables_of(commune)
    assert [status for _, status, *_ in submissions_of(tables, "TTPVHCC")] == [
        "thay bằng bản mới",
        "đang dùng",
    ]
    assert not any(row["code"] == "K114" for row in tables["findings"])
    assert not any("Chờ thư ký" in line for line in record["summary"])
    assert "dùng;đơn vị xác nhận" in commune.newest.receipts.read_text("utf-8-sig")


def test_one_line_nobody_can_read_stops_one_file_only(commune: Commune, sample: Commune) -> None:
    decide(commune.newest, IN_USE["VP"], "không dùng")
    record = commune.run()
    tables, before = tables_of(commune), tables_of(sample)
    assert submissions_of(tables, "VP") == [(IN_USE["VP"], "chờ xác nhận", None, "không")]
    told = [(row["file"], row["value"]) for row in tables["findings"] if row["code"] == "K133"]
    assert told == [(IN_USE["VP"], "không dùng")]
    assert any(IN_USE["VP"] in line for line in record["summary"] if line.startswith("4. "))
    others = [row for row in tables["lines"] if row["unit"] not in ("VP", "")]
    assert others == [row for row in before["lines"] if row["unit"] not in ("VP", "")]
    assert ";không dùng;" in commune.newest.receipts.read_text("utf-8-sig")


def test_a_withdrawn_report_leaves_its_unit_without_one(commune: Commune) -> None:
    decide(commune.newest, IN_USE["VP"], "rút")
    commune.run()
    tables = tables_of(commune)
    assert submissions_of(tables, "VP") == [(IN_USE["VP"], "rút", None, "không")]
    unit = by(tables["units"], "unit")["VP"]
    assert (unit["status"], unit["summed"], unit["R"]) == (NOT_SENT, "không", None)
    (total,) = tables["commune"]
    assert total["units_reported"] == 6


def test_what_the_group_typed_stays_when_the_draft_is_made_anew(commune: Commune) -> None:
    before = typed_cells(commune.newest)
    (commune.newest.inbox / IN_USE["KT"]).unlink()
    shutil.copy2(commune.cycle(EARLIER[0]).inbox / "QS ky 2 thang 9.xlsx", commune.newest.inbox)
    commune.run()
    assert typed_cells(commune.newest) == before


def typed_cells(folder: CycleFolder) -> dict:
    """Return what the working group typed, by sheet and key."""
    book = openpyxl.load_workbook(folder.verification)
    typed = {}
    there = [sheet for sheet in layout("verification").tables if sheet.title in book.sheetnames]
    for sheet in there:
        own = [n for n, field in enumerate(sheet.field) if field.by == "group"]
        own = [n for n in own if sheet.field[n].key not in sheet.rows_by]
        key = [sheet.keys.index(name) for name in sheet.rows_by]
        rows = book[sheet.title].iter_rows(min_row=sheet.heading_row + 1, values_only=True)
        for number, row in enumerate(rows):
            if cells := tuple(row[n] for n in own if row[n] is not None):
                name = tuple(row[n] for n in key) if key else number
                typed[sheet.title, name] = cells
    assert typed
    return typed


def test_what_somebody_saves_during_a_run_is_not_written_over(commune: Commune) -> None:
    (commune.newest.inbox / IN_USE["CA"]).unlink()  # so that there is a new draft to write
    saved = commune.newest.verification.read_bytes() + b"saved meanwhile"

    def print_slowly(header: object, pages: list[bytes]) -> tuple[object, list[bytes]]:
        commune.newest.verification.write_bytes(saved)
        return header, pages

    helpers = replace(unprinting(), press=Inline(print_slowly))
    start_cycle(commune.newest, commune.output, None, lambda *_: None, helpers)
    assert commune.newest.verification.read_bytes() == saved
    inputs = disk.run_inputs(
        commune.newest, commune.output, earlier_cycles(commune.newest.cycle), None
    )
    assert disk.unchanged(commune.output / NEWEST, inputs, {RESULT}) is None


def test_a_verdict_changes_the_lines_figures_and_keeps_what_was_reported(
    commune: Commune,
) -> None:
    line = next(
        row
        for row in tables_of(commune)["lines"]
        if not row["state"]
        and row["kind"] == "kế hoạch"
        and row["deduct"] == "dòng"
        and row["standing"] == "đúng hạn"
        and Decimal(row["D"]) > 0
    )
    key = line["task_id"], line["person"]
    half = Decimal(line["completed_reported"]) / 2
    type_verdict(
        commune.newest,
        key,
        {
            **{"Trạng thái": "Sửa", "SL xác nhận": float(half), "Lý do": "Mới xong một nửa"},
            **{"Lần chưa đạt CL xác nhận": 1, "Lần chậm xác nhận": 2},
        },
    )
    commune.run()
    after = by(tables_of(commune)["lines"], "task_id", "person")[key]
    weight = Decimal(line["coefficient"]) * Decimal(line["share"])
    assert Decimal(after["D"]) == weight * half
    assert Decimal(after["Q"]) == weight * half * Decimal("0.75")
    assert Decimal(after["P"]) == weight * half * Decimal("0.5")
    assert after["completed_reported"] == line["completed_reported"]
    assert Decimal(after["D_reported"]) == Decimal(line["D_reported"])


HOSTILE = ("=1+1", "@SUM(A1)", "<b>đậm</b>", "_x0008_", "{{ 7*7 }}", "+84 905", "-", "☃ 🐎")


def due_in_cycle(cell: Cell) -> bool:
    """Say whether the due day in a cell has come when the newest cycle ends."""
    return cell.value.date() <= parse_cycle(NEWEST).last_day


def test_hostile_text_a_unit_typed_stays_text_all_the_way(commune: Commune) -> None:
    """Filled into the issued workbook, as Excel keeps it; read, stored, archived, printed."""
    book = openpyxl.load_workbook(commune.newest.issued / "DVTH.xlsx")
    sheet = book["Nhiệm vụ"]
    heads = {cell.value: cell.column for cell in sheet[5]}
    # What is not done in its time is printed with its note.
    due = [
        row for row in range(6, sheet.max_row + 1) if due_in_cycle(sheet.cell(row, heads["Hạn"]))
    ]
    rows = due[: len(HOSTILE)]
    for row, text in zip(rows, HOSTILE, strict=True):
        sheet.cell(row, heads["SL hoàn thành"]).value = 0
        cell = sheet.cell(row, heads["Ghi chú"])
        cell.value = text.replace("_x0008_", "_x005F_x0008_")
        cell.data_type = "s"
    place = commune.newest.inbox / "DVTH.xlsx"
    book.save(place)
    commune.run()
    lines = {row["row"]: row for row in tables_of(commune)["lines"] if row["unit"] == "DVTH"}
    assert [lines[row]["note"] for row in rows] == list(HOSTILE)
    archive = openpyxl.load_workbook(commune.output / NEWEST / ARCHIVE)["Dòng nhiệm vụ"]
    keys = layout("archive")["lines"].keys
    notes = {
        row[keys.index("row")].value: row[keys.index("note")]
        for row in archive.iter_rows(min_row=4)
        if row[0].value == "DVTH"
    }
    for row, text in zip(rows, HOSTILE, strict=True):
        assert notes[row].data_type == "s"
        assert notes[row].value.replace("_x005F_", "_") == text
    html = (commune.output / NEWEST / PACKET).read_text(encoding="utf-8")
    assert "<b>đậm</b>" not in html
    assert "&lt;b&gt;đậm&lt;/b&gt;" in html


# --- counted once more, from the workbooks as they lie in the mailbox


def sheet_of(data: bytes, name: str, title: str, heading_row: int) -> list[dict]:
    """Return the rows of a sheet as they were typed; blank is None."""
    engine = "calamine" if name.endswith(".ods") else "openpyxl"
    table = pd.read_excel(
        io.BytesIO(data), sheet_name=title, header=heading_row - 1, dtype=object, engine=engine
    )
    rows = table.to_dict("records")
    return [{k: None if pd.isna(v) else v for k, v in row.items()} for row in rows]


def attached(data: bytes) -> tuple[str, bytes]:
    """Return the workbook in a letter."""
    letter = email.message_from_bytes(data, policy=email.policy.default)
    (part,) = letter.iter_attachments()
    return part.get_filename(), part.get_content()


def exact(value: object) -> Fraction | None:
    """Return a typed figure exactly; None where it is blank or no figure."""
    try:
        return None if value is None else Fraction(str(value))
    except ValueError:
        return None


def day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def code(value: object) -> str:
    """Return the code of «CB012 – Nguyễn Văn An»."""
    return str(value).split(" – ")[0] if value else ""


class Recount:
    """The sample's newest cycle from its workbooks, in fractions, by the rules alone."""

    first_day, last_day = date(2026, 11, 1), date(2026, 11, 15)

    def __init__(self, commune: Commune) -> None:
        folder = commune.newest
        self.products = {
            row["Mã sản phẩm"]: row
            for row in sheet_of(folder.registers.read_bytes(), "danh-muc.xlsx", "Sản phẩm", 3)
        }
        issued = sheet_of(folder.assignments.read_bytes(), "giao-viec.xlsx", "Giao việc", 3)
        self.issued = {(row["Mã việc"], code(row["Người thực hiện"])): row for row in issued}
        assert {row["Loại việc"] for row in issued} == {"kế hoạch"}
        group = folder.verification.read_bytes()
        self.verdicts = {
            (row["Mã việc"], row["Mã người"] or ""): row
            for row in sheet_of(group, "tham-dinh.xlsx", "Thẩm định", 5)
            if row["Trạng thái"] == "Đúng" or (row["Trạng thái"] == "Sửa" and row["Lý do"])
        }
        self.exempt = {
            (row["Mã việc"], row["Mã người"] or "", row["Loại trừ về"])
            for row in sheet_of(group, "tham-dinh.xlsx", "Loại trừ", 5)
            if row["Chấp nhận"] == "có"
            and all(row[key] for key in ("Lý do", "Văn bản xác nhận", "Người xác nhận"))
        }
        self.reports, self.added = {}, []
        for unit, name in IN_USE.items():
            data = (folder.inbox / name).read_bytes()
            if name.endswith(".eml"):
                name, data = attached(data)
            for row in sheet_of(data, name, "Nhiệm vụ", 5):
                self.reports[row["Mã việc"], code(row["Người thực hiện"])] = row
            rows = sheet_of(data, name, "Phát sinh", 5)
            self.added += [(unit, row) for row in rows if row["Loại việc"]]

    def giver(self, row: dict) -> tuple[str, str]:
        """Return the key of the line taken-over work names."""
        named = row["Nhận thay việc mã"]
        (key,) = [key for key in self.issued if named in (key[0], "/".join(key))]
        return key

    def taken_away(self, key: tuple[str, str]) -> Fraction:
        return sum(
            (
                exact(row["SL giao"])
                for _, row in self.added
                if row["Loại việc"] == "nhận thay" and self.giver(row) == key
            ),
            Fraction(0),
        )

    def lines(self) -> dict[tuple[str, str], dict]:
        """Return A, D, Q, P of every line of the units that reported, with unit and person."""
        lines = {}
        for key, row in self.issued.items():
            if code(row["Đơn vị"]) in IN_USE:
                lines[key] = self.planned(key, row)
        for unit, row in self.added:
            task_id = f"{unit}-{row['Mã'].replace('-', '')}-2611K1"
            key = task_id, code(row["Người thực hiện"])
            lines[key] = self.unplanned(unit, key, row)
        return lines

    def planned(self, key: tuple[str, str], row: dict) -> dict:
        report, verdict = self.reports[key], self.verdicts.get(key, {})
        weight = exact(row["Hệ số"]) * (exact(row["Tỷ lệ tham gia"]) or 1)
        given, due = exact(row["Số lượng"]), day(row["Hạn"])
        owed = max(Fraction(0), given - self.taken_away(key))
        q, finished = exact(report["SL hoàn thành"]), day(report["Ngày xong"])
        faulty = self.is_faulty(report, q, finished, row)
        if verdict.get("Trạng thái") == "Sửa" and verdict["SL xác nhận"] is not None:
            q = exact(verdict["SL xác nhận"])
            others = (verdict["Lần chưa đạt CL xác nhận"], verdict["Lần chậm xác nhận"])
            faulty = faulty and bool(q) and None in others
        delivered = Fraction(0) if faulty else min(q or Fraction(0), owed)
        base = given if due <= self.last_day else delivered
        bulk = self.products.get(code(row["Mã sản phẩm"]), {}).get("Cách trừ") == "cái"
        return {
            **{"unit": code(row["Đơn vị"]), "person": key[1], "A": weight * base},
            **self.deducted(key, weight, delivered, q, report, verdict, finished, due, bulk),
        }

    def is_faulty(self, report: dict, q: Fraction | None, finished: date | None, row: dict) -> bool:
        typed, given = report["SL hoàn thành"], exact(row["Số lượng"])
        if typed is None:
            return day(row["Hạn"]) <= self.last_day and not self.taken_away(
                (row["Mã việc"], code(row["Người thực hiện"]))
            )
        return (
            q is None
            or (q > 0) != (finished is not None)
            or (q > given and not report["Ghi chú"])
            or (finished is not None and not day(row["Ngày giao"]) <= finished <= self.last_day)
        )

    def unplanned(self, unit: str, key: tuple[str, str], row: dict) -> dict:
        verdict = self.verdicts.get(key, {})
        q = exact(row["SL hoàn thành"])
        if verdict.get("SL xác nhận") is not None:
            q = exact(verdict["SL xác nhận"])
        finished, due = day(row["Ngày xong"]), None
        if row["Loại việc"] == "nhận thay":
            source = self.issued[self.giver(row)]
            weight = exact(source["Hệ số"]) * (exact(source["Tỷ lệ tham gia"]) or 1)
            product, due = code(source["Mã sản phẩm"]), day(source["Hạn"])
            delivered = min(q, exact(row["SL giao"]))
        else:
            product = code(row["Mã sản phẩm"])
            known = self.products.get(product, {}).get("Hệ số quy đổi")
            whole = all(row[k] for k in ("Người giao", "Văn bản giao")) and known is not None
            weight = exact(known) or Fraction(0)
            delivered = q if whole and verdict else Fraction(0)
        bulk = self.products.get(product, {}).get("Cách trừ") == "cái"
        return {
            **{"unit": unit, "person": key[1], "A": Fraction(0)},
            **self.deducted(key, weight, delivered, q, row, verdict, finished, due, bulk),
        }

    def deducted(
        self,
        key: tuple[str, str],
        weight: Fraction,
        delivered: Fraction,
        q: Fraction | None,
        report: dict,
        verdict: dict,
        finished: date | None,
        due: date | None,
        bulk: bool,
    ) -> dict:
        done = weight * delivered
        changed = verdict if verdict.get("Trạng thái") == "Sửa" else {}
        r = changed.get("Lần chưa đạt CL xác nhận")
        r = report["Số lần chưa đạt CL"] if r is None else r
        late = finished is not None and due is not None and finished > due and not bulk
        times = changed.get("Lần chậm xác nhận")
        times = int(late) if times is None else times
        r = 0 if (*key, "chất lượng") in self.exempt else r or 0
        times = 0 if (*key, "tiến độ") in self.exempt else times

        def left(times: int) -> Fraction:
            if not delivered:
                return Fraction(0)
            if bulk:
                return min(done, weight * max(Fraction(0), q - Fraction(times) / 4))
            return done * max(Fraction(0), 1 - Fraction(times) / 4)

        return {"D": done, "Q": left(r), "P": left(times)}


def rates(lines: list[dict]) -> dict[str, Fraction] | None:
    """Return sums, a, b, c and R of lines; None where nothing was assigned."""
    sums = {key: sum((line[key] for line in lines), Fraction(0)) for key in SUMS}
    if not sums["A"]:
        return None
    shares = [min(Fraction(1), sums[key] / sums["A"]) for key in "DQP"]
    return sums | dict(zip("abc", shares, strict=True)) | {"R": sum(shares) / 3}


@pytest.fixture(scope="module")
def recount(sample: Commune) -> dict[tuple[str, str], dict]:
    return Recount(sample).lines()


def test_no_rework_waits_from_the_cycle_before(sample: Commune) -> None:
    """What the recount takes for granted."""
    assert {row["rework_pending"] for row in tables_of(sample, EARLIER[-1])["lines"]} == {0}


def test_every_line_recounted_from_the_workbooks_is_the_stored_one(
    recount: dict, tables: dict
) -> None:
    lines = {
        k: r for k, r in by(tables["lines"], "task_id", "person").items() if r["unit"] in IN_USE
    }
    assert lines.keys() == recount.keys()
    different = {
        key: {name: (row[name], str(recount[key][name])) for name in SUMS}
        for key, row in lines.items()
        if any(Fraction(row[name]) != recount[key][name] for name in SUMS)
    }
    assert different == {}


@pytest.mark.parametrize("unit", ["VP", "KT", "VHXH", "TTPVHCC", "TYT"])
def test_a_unit_recounted_from_its_workbook_is_the_stored_one(
    recount: dict, tables: dict, unit: str
) -> None:
    expected = rates([line for line in recount.values() if line["unit"] == unit])
    stored = by(tables["units"], "unit")[unit]
    for key in SUMS:
        assert Fraction(stored[key]) == expected[key]
    for key in "abcR":
        assert abs(Fraction(stored[key]) - expected[key]) <= PLACES


def test_every_person_recounted_from_the_workbooks_is_the_stored_one(
    recount: dict, tables: dict
) -> None:
    rated = [row for row in tables["people"] if row["rated"] == "có"]
    assert len(rated) > 30
    for row in rated:
        expected = rates([line for line in recount.values() if line["person"] == row["person"]])
        if expected is None:
            assert row["R"] is None
        else:
            assert Fraction(row["A"]) == expected["A"]
            for key in "abcR":
                assert abs(Fraction(row[key]) - expected[key]) <= PLACES, row["person"]


def test_the_commune_recounted_from_the_workbooks_is_the_stored_one(
    recount: dict, tables: dict
) -> None:
    counted = ("VP", "KT", "VHXH", "TTPVHCC", "TYT")
    expected = rates([line for line in recount.values() if line["unit"] in counted])
    (stored,) = tables["commune"]
    for key in SUMS:
        assert Fraction(stored[key]) == expected[key]
    for key in "abcR":
        assert abs(Fraction(stored[key]) - expected[key]) <= PLACES


def test_the_offices_own_change_after_issuing_is_not_held_against_the_unit(
    commune: Commune, sauro: Run
) -> None:
    """K716: what came back is compared with what was issued, and counted by today's table."""
    book = openpyxl.load_workbook(commune.newest.assignments)
    sheet = book["Giao việc"]
    heading = [cell.value for cell in sheet[3]]
    carried = heading.index("Lần chuyển")
    own = [row for row in sheet.iter_rows(min_row=4) if str(row[4].value).startswith("VHXH")]
    named = heading.index("Người thực hiện")
    row = next(row for row in own if row[named].value and not row[carried].value)
    row[heading.index("Số lượng")].value += 3
    task, person = row[0].value, row[named].value.split(" – ")[0]
    book.save(commune.newest.assignments)
    commune.run()
    tables = tables_of(commune)
    about = [r for r in tables["findings"] if r["unit"] == "VHXH" or r["value"] == "VHXH"]
    assert [r["code"] for r in about] == ["K716"]
    line = by(tables["lines"], "task_id", "person")[task, person]
    assert Decimal(line["assigned"]) == row[heading.index("Số lượng")].value
