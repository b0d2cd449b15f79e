"""The working group's workbook from one run to the next, and the rules of a month."""

import shutil
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from conftest import NEWEST, Commune, Run
from openpyxl.comments import Comment
from test_cycle import by, tables_of

from pipeline.cycle.start import start_cycle
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import ConfigError
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from tests.helpers import unprinting

MONTH = ("2026-10-K1", "2026-10-K2")
SILENT = "DVTH"  # has sent nothing in the newest cycle


def type_into(
    folder: CycleFolder,
    key: str,
    rows: dict[tuple, dict[str, object]],
    which: str = "verification",
) -> None:
    """Type into a sheet of a drafted workbook, cells by field in rows by what they are known by.

    A row that is not there is written below the others.
    """
    sheet, path = layout(which)[key], getattr(folder, which)
    book = openpyxl.load_workbook(path)
    page = book[sheet.title]
    columns = {name: sheet.keys.index(name) + 1 for name in sheet.keys}
    there = {}
    for row in range(sheet.heading_row + 1, page.max_row + 1):
        shown = tuple(page.cell(row, columns[name]).value or "" for name in sheet.rows_by)
        if any(shown):
            there[shown] = row
    below = max([sheet.heading_row, *there.values()])
    for name, cells in rows.items():
        if name not in there:
            there[name] = below = below + 1
            cells = dict(zip(sheet.rows_by, name, strict=True)) | cells
        for field, value in cells.items():
            page.cell(there[name], columns[field]).value = value
    book.save(path)


def codes(tables: dict, *wanted: str) -> list[tuple[str, str]]:
    """Return the (code, cell) of wanted findings."""
    return [(row["code"], row["cell"]) for row in tables["findings"] if row["code"] in wanted]


def lines_of(tables: dict, unit: str) -> list[dict]:
    return [row for row in tables["lines"] if row["unit"] == unit]


def test_what_the_group_decided_is_checked_in_every_run(commune: Commune) -> None:
    before = tables_of(commune)
    assert codes(before, "K735", "K736", "K737", "K738") == []
    sent = [row for row in before["lines"] if row["source"] == "phiếu" and row["unit"] == "KT"]
    bare, loose = ((row["task_id"], row["person"]) for row in sent[:2])
    blank = dict.fromkeys(("completed_accepted", "rework_accepted", "lateness_accepted"))
    verdicts = {
        bare: blank | {"state": "Sửa", "reason": "xem lại"},
        loose: blank | {"state": None, "completed_accepted": 77},
    }
    type_into(commune.newest, "verdicts", verdicts)
    type_into(commune.newest, "exemptions", {("KT-77", "CB012", "tiến độ"): {"granted": "không"}})
    points = {(row["point"],): {"chosen": "x"} for row in before["agenda"]}
    assert len(points) > 5
    type_into(commune.newest, "agenda", points)
    commune.run()
    found = codes(tables_of(commune), "K735", "K736", "K737", "K738")
    assert {code for code, _ in found} == {"K735", "K736", "K737", "K738"}


# --- figures entered for a unit


def entry(completed: object, finished: date | None = date(2026, 11, 10)) -> dict[str, object]:
    return {"completed": completed, "finished": finished, "reason": "Máy chủ hỏng do lũ"}


def enter_all(commune: Commune) -> dict:
    """Enter every line due of the unit that has sent nothing; return the tables before."""
    before = tables_of(commune)
    due = [row for row in lines_of(before, SILENT) if row["due"] <= "2026-11-15"]
    assert 0 < len(due) < len(lines_of(before, SILENT))
    rows = {(r["task_id"], r["person"]): entry(float(r["assigned"])) for r in due}
    type_into(commune.newest, "substitutes", rows)
    return before


def test_a_unit_entered_by_the_group_counts_and_is_still_missing(commune: Commune) -> None:
    before = enter_all(commune)
    commune.run()
    tables = tables_of(commune)
    unit = by(tables["units"], "unit")[SILENT]
    assert (unit["status"], unit["summed"]) == ("Chưa nộp", "có")
    entered = [row for row in lines_of(tables, SILENT) if row["source"] == "nhập thay"]
    assert unit["substituted"] == len(entered) == len(tables["substitutes"])
    assert {row["file"] for row in entered} == {"tham-dinh.xlsx"}
    assert {row["note"] for row in entered} == {"Máy chủ hỏng do lũ"}
    assert "do Tổ công tác nhập thay" in unit["arithmetic"]
    (old,), (new,) = before["commune"], tables["commune"]
    assert Decimal(new["D"]) == Decimal(old["D"]) + Decimal(unit["D"])
    assert Decimal(new["A"]) == Decimal(old["A"]) + Decimal(unit["A"])
    assert (Decimal(new["A_missing"]), new["units_reported"]) == (0, 7)
    assert new["arithmetic"].startswith("7/8 đơn vị tự báo cáo; a = ")
    assert codes(tables, "K741", "K740", "K739") == []
    early = [row for row in lines_of(tables, SILENT) if row not in entered]
    assert {row["standing"] for row in early} == {"chưa đến hạn"}


def test_a_unit_entered_in_part_stays_out_and_its_lines_are_scored(commune: Commune) -> None:
    before = tables_of(commune)
    line = next(row for row in lines_of(before, SILENT) if row["due"] <= "2026-11-15")
    key = line["task_id"], line["person"]
    type_into(commune.newest, "substitutes", {key: entry(float(line["assigned"]))})
    commune.run()
    tables = tables_of(commune)
    unit = by(tables["units"], "unit")[SILENT]
    assert (unit["summed"], unit["R"], unit["substituted"]) == ("không", None, 1)
    assert unit["arithmetic"] == (
        "chưa nộp báo cáo, Tổ công tác mới nhập thay 1 dòng, không tính tỷ lệ"
    )
    scored = by(tables["lines"], "task_id", "person")[key]
    assert Decimal(scored["D"]) == Decimal(scored["A"]) > 0
    assert codes(tables, "K741") == [("K741", "")]
    for name in ("A", "D", "Q", "P", "A_missing"):
        assert tables["commune"][0][name] == before["commune"][0][name]


def test_a_unit_that_reports_after_all_has_its_own_figures(commune: Commune) -> None:
    line = lines_of(tables_of(commune), "VP")[0]
    key = line["task_id"], line["person"]
    type_into(commune.newest, "substitutes", {key: entry(99)})
    commune.run()
    tables = tables_of(commune)
    assert by(tables["lines"], "task_id", "person")[key] == line
    (row,) = tables["substitutes"]
    assert (row["task_id"], row["used"]) == (key[0], "không")
    ((code, cell),) = codes(tables, "K740")
    book = openpyxl.load_workbook(commune.newest.verification)
    assert code == "K740"
    assert book["Nhập thay"].cell(int(cell[1:]), 7).value == 99  # the row is kept


# --- lines drawn


def drawn(tables: dict) -> list[str]:
    return [row["task_id"] for row in tables["inspections"]]


def test_lines_once_drawn_stay_and_keep_what_was_found(commune: Commune) -> None:
    first = drawn(tables_of(commune))
    assert len(first) == 3
    row = tables_of(commune)["inspections"][0]
    type_into(
        commune.newest,
        "inspections",
        {(row["task_id"], row["person"]): {"found": 0, "note": "Chưa thấy sản phẩm"}},
    )
    for letter in ("VHXH", "KT", "CA"):
        for path in commune.newest.inbox.glob(f"*{letter}*"):
            path.unlink()
    commune.run()
    tables = tables_of(commune)
    assert drawn(tables) == first
    assert tables["inspections"][0]["note"] == "Chưa thấy sản phẩm"
    assert Decimal(tables["inspections"][0]["found"]) == 0


def test_nothing_is_drawn_before_the_cut_off(fresh: Commune, tmp_path) -> None:
    commune = fresh.copy(tmp_path / "commune")
    early = CycleFolder(commune.data, commune.cycle("2026-09-K2").cycle)
    early.verification.unlink()
    for hour, count in ((9, 0), (18, 3)):
        now = datetime(2026, 9, 30, hour, tzinfo=VIETNAM)
        start_cycle(early, commune.output, now, lambda *_: None, unprinting())
        assert len(drawn(tables_of(commune, "2026-09-K2"))) == count


# --- what a new draft would lose


def test_a_workbook_with_something_of_its_own_is_left_as_it_is(commune: Commune) -> None:
    book = openpyxl.load_workbook(commune.newest.verification)
    book.create_sheet("Ghi chú của Tổ")["A1"] = "Hẹn gặp Phòng Kinh tế chiều thứ Ba"
    book.create_sheet("Nháp")["A1"] = "việc riêng"
    book["Nháp"].sheet_state = "hidden"
    page = book["Kiểm tra thực tế"]
    page.cell(12, 2).value = "Người lập biểu"
    book["Loại trừ"].cell(6, 12).value = "ngoài bảng"
    book.save(commune.newest.verification)
    kept = commune.newest.verification.read_bytes()
    (commune.newest.inbox / "Cong an ky 1 thang 11.xlsx").unlink()  # a new draft would differ
    commune.run()
    assert commune.newest.verification.read_bytes() == kept
    tables = tables_of(commune)
    assert codes(tables, "K743", "K205") == [("K743", ""), ("K205", "")]
    (told,) = [row["message"] for row in tables["findings"] if row["code"] == "K743"]
    assert "trang «Ghi chú của Tổ»" in told
    assert "trang «Nháp»" in told
    assert "dòng ghi thêm ở trang «Kiểm tra thực tế»" in told
    assert "cột ghi thêm ở trang «Loại trừ»" in told


def test_a_note_on_a_cell_keeps_the_workbook_as_it_stands(commune: Commune) -> None:
    path = commune.newest.verification
    book = openpyxl.load_workbook(path)
    book["Thẩm định"]["K6"].comment = Comment("hỏi lại anh Blin", "Tổ")
    book.save(path)
    kept = path.read_bytes()
    (commune.newest.inbox / "Cong an ky 1 thang 11.xlsx").unlink()  # a new draft would differ
    commune.run()
    assert path.read_bytes() == kept
    (told,) = [row["message"] for row in tables_of(commune)["findings"] if row["code"] == "K743"]
    assert "ghi chú gắn vào ô ở trang «Thẩm định»" in told


def test_a_column_of_the_group_that_is_gone_stops_the_run(commune: Commune) -> None:
    book = openpyxl.load_workbook(commune.newest.verification)
    book["Thẩm định"]["O5"] = "Nhận xét"
    book.save(commune.newest.verification)
    with pytest.raises(ConfigError, match="trang «Thẩm định»: thiếu cột «Lý do»"):
        commune.run()


# --- a month's scores and its rules


def test_a_months_scores_and_levels_are_stored_as_typed(commune: Commune) -> None:
    folder = commune.cycle(MONTH[1])
    someone = tables_of(commune, MONTH[1])["general"][0]
    leader = tables_of(commune, MONTH[1])["leader_criteria"][-1]
    person = someone["person"]
    type_into(folder, "general", {(person, "1"): {"score": 3.5, "reason": "Đi muộn hai lần"}})
    level = {"value": 50, "reason": "Còn đơn thư nội bộ"}
    type_into(folder, "leader_criteria", {(leader["person"], "e"): level})
    start_cycle(folder, commune.output, None, lambda *_: None, unprinting())
    tables = tables_of(commune, MONTH[1])
    score = by(tables["general"], "person", "criterion")[person, "1"]
    assert (score["accepted_score"], score["reason"]) == ("3.5", "Đi muộn hai lần")
    assert score["self_score"] == someone["self_score"]
    assert tables["leader_criteria"][-1] == leader | level
    assert not tables_of(commune, MONTH[0])["general"]


def change_rules(commune: Commune) -> None:
    settings = commune.newest.settings
    text = settings.read_text("utf-8")
    changed = text.replace('late_rule = "occurrence"', 'late_rule = "calendar_day"')
    assert changed != text
    settings.write_text(changed, encoding="utf-8")


@pytest.mark.parametrize("output", ["kept", "deleted"])
def test_open_refuses_other_rules_inside_a_month(commune: Commune, sauro: Run, output: str) -> None:
    if output == "deleted":
        shutil.rmtree(commune.output)
    first, second = (commune.cycle(name) for name in MONTH)
    issued = {path: path.read_bytes() for path in second.issued.glob("*")}
    assert sauro("open", MONTH[1]).exit_code == 0
    change_rules(commune)
    done = sauro("open", MONTH[1])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "kỳ đầu tháng 2026-10-K1 là QT-F211" in done.stderr
    assert {path: path.read_bytes() for path in second.issued.glob("*")} == issued
    assert sauro("open", MONTH[0]).exit_code == 0  # a month's first cycle may change them
    assert first.issued.is_dir()


def test_other_rules_from_a_months_first_cycle_on_are_told_and_not_compared(
    commune: Commune,
) -> None:
    change_rules(commune)
    commune.run()
    (told,) = [r for r in tables_of(commune)["findings"] if r["code"] == "K623"]
    assert told["message"].startswith("Tệp «commune.toml»: khác kỳ trước: bộ quy tắc QT-")
    page = (commune.output / NEWEST / "ho-so-hop.html").read_text("utf-8")
    assert "có số mà không vẽ, không so:" in page
    assert "Kỳ 2 10/2026" in page.partition("không so:")[2][:90]


def test_a_run_of_a_month_with_mixed_rules_says_so(commune: Commune) -> None:
    change_rules(commune)
    start_cycle(commune.cycle(MONTH[1]), commune.output, None, lambda *_: None, unprinting())
    (told,) = [r for r in tables_of(commune, MONTH[1])["findings"] if r["code"] == "K742"]
    assert told["fact"] == "QT-F211"
    assert told["message"].startswith("Tệp «commune.toml»: bộ quy tắc tính QT-")
    commune.run()
    assert codes(tables_of(commune, NEWEST), "K742") == []
