"""The meeting's workbook from one run to the next, and lines that go on through several cycles."""

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from conftest import Commune, Run
from test_cycle import by, tables_of
from test_group_runs import codes, type_into

from pipeline.cycle.open import open_cycle
from pipeline.cycle.start import start_cycle
from pipeline.model.findings import ConfigError
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from tests.helpers import unprinting

WHY = {"reason": "Chờ tỉnh bố trí vốn", "decision": "KL-03"}
EXTENDED, GONE, LESS = ("KT-54", "CB014"), ("KT-79", "CB014"), ("VP-103", "CB007")


def cells_of(folder: CycleFolder, title: str) -> list[tuple]:
    """Return what stands on a sheet of the meeting's workbook, without empty rows."""
    rows = openpyxl.load_workbook(folder.meeting)[title].iter_rows(min_row=6, values_only=True)
    return [row for row in rows if any(value is not None for value in row)]


def run(commune: Commune, cycle: str) -> dict:
    """Run a cycle; return its tables."""
    start_cycle(commune.cycle(cycle), commune.output, None, lambda *_: None, unprinting())
    return tables_of(commune, cycle)


def edit_table(folder: CycleFolder, key: tuple[str, str], **values: object) -> None:
    """Change cells of a line of the assignment table."""
    sheet = layout("assignment")["assignments"]
    book = openpyxl.load_workbook(folder.assignments)
    at = {field: n for n, field in enumerate(sheet.keys)}
    for row in book[sheet.title].iter_rows(min_row=sheet.heading_row + 1):
        person = str(row[at["person"]].value or "").split(" – ")[0]
        if (row[at["task_id"]].value, person) == key:
            for name, value in values.items():
                row[at[name]].value = value
    book.save(folder.assignments)


def test_what_the_meeting_decided_is_counted_printed_and_kept(commune: Commune) -> None:
    before = tables_of(commune)
    old = by(before["lines"], "task_id", "person")
    adjusted = {
        EXTENDED: WHY | {"extended_to": date(2026, 11, 25)},
        GONE: WHY | {"withdrawn": "x", "decided_by": "Hội đồng nhân dân xã"},
        LESS: WHY | {"quantity": 60},
        ("KT-99", "CB999"): WHY | {"withdrawn": "x"},
    }
    type_into(commune.newest, "adjustments", adjusted, "meeting")
    commune.run()
    tables = tables_of(commune)
    lines = by(tables["lines"], "task_id", "person")
    extended, gone, less = (lines[key] for key in (EXTENDED, GONE, LESS))
    assert (extended["due_before"], extended["due"]) == (old[EXTENDED]["due"], "2026-11-25")
    assert (extended["standing"], Decimal(extended["A"])) == ("chưa đến hạn", 0)
    assert (gone["standing"], gone["withdrawn"], gone["remaining"]) == ("thu hồi", "có", "0")
    assert (less["assigned"], less["assigned_issued"]) == ("60", "85")
    units = {name: by(t["units"], "unit")["KT"] for name, t in (("b", before), ("n", tables))}
    taken = Decimal(old[EXTENDED]["A"]) + Decimal(old[GONE]["A"])
    assert Decimal(units["n"]["A"]) == Decimal(units["b"]["A"]) - taken
    assert units["n"]["withdrawn"] == 1
    assert [(row["task_id"], row["decided_by"]) for row in tables["adjustments"]] == [
        ("VP-103", "Huỳnh Tấn Lực, Chủ tịch UBND xã"),
        ("KT-54", "Huỳnh Tấn Lực, Chủ tịch UBND xã"),
        ("KT-79", "Hội đồng nhân dân xã"),
    ]
    assert [code for code, _ in codes(tables, "K752", "K753")] == ["K753"]
    assert not any(row["task_id"] == "KT-79" for row in tables["upcoming"])
    html = (commune.output / str(commune.newest.cycle) / "ho-so-hop.pdf").read_text("utf-8")
    assert "hạn 28/09 → 25/11, KL-03" in html
    assert "× thu hồi</span>, KL-03" in html
    assert "gia hạn: 28/09/2026 → 25/11/2026" in html
    kept = commune.newest.meeting.read_bytes()
    typed = [row for row in cells_of(commune.newest, "Điều chỉnh giao việc") if row[11]]
    assert {row[:2] for row in typed} == set(adjusted)
    assert {row[0]: row[4] for row in typed}["KT-54"] == datetime(2026, 9, 28)  # as it was
    (commune.newest.inbox / "ghi-chu.tmp").write_bytes(b"")
    commune.run()
    assert commune.newest.meeting.read_bytes() == kept


def test_a_waived_warning_is_listed_and_open_no_more(commune: Commune) -> None:
    assert by(tables_of(commune)["units"], "unit")["TYT"]["status"] == "Đạt, có lưu ý"
    proofs = {"asked_by": "Trạm Y tế", "approved_by": "Tổ trưởng", "reason": "Có sổ tiêm"}
    rows = {("K409", "TYT"): proofs, ("K301", "KT"): proofs, ("K410", "KT"): {"reason": "Gấp"}}
    type_into(commune.newest, "waivers", rows, "meeting")
    received = {"person": "CB014 – Lê Văn Tâm", "figure": "KT-54: lần chậm", "received_on": None}
    type_into(
        commune.newest, "petitions", {(): received | {"received_on": date(2026, 11, 18)}}, "meeting"
    )
    commune.run()
    tables = tables_of(commune)
    assert by(tables["units"], "unit")["TYT"]["status"] == "Đạt"
    assert codes(tables, "K409") == []
    (waived,) = tables["waivers"]
    assert (waived["code"], waived["unit"], waived["cell"]) == ("K409", "TYT", "M12")
    assert waived["message"].startswith("Phiếu Trạm Y tế xã, trang «Nhiệm vụ», ô M12: ")
    assert (waived["asked_by"], waived["approved_by"]) == ("Trạm Y tế", "Tổ trưởng")
    assert sorted(code for code, _ in codes(tables, "K754", "K755")) == ["K754", "K755"]
    assert not list((commune.output / str(commune.newest.cycle)).glob("phieu-sua/TYT.*"))
    (petition,) = cells_of(commune.newest, "Kiến nghị")
    assert petition[4] == datetime(2026, 11, 30)  # seven working days; the 24th is a day off
    listed = {row[:2] for row in cells_of(commune.newest, "Miễn lỗi")}
    assert ("K409", "TYT") in listed


def test_what_a_new_draft_would_lose_leaves_the_meetings_workbook_alone(commune: Commune) -> None:
    book = openpyxl.load_workbook(commune.newest.meeting)
    book.create_sheet("Nháp")["A1"] = "hỏi lại anh Tâm"
    book.save(commune.newest.meeting)
    kept = commune.newest.meeting.read_bytes()
    (commune.newest.inbox / "Cong an ky 1 thang 11.xlsx").unlink()  # a new draft would differ
    commune.run()
    assert commune.newest.meeting.read_bytes() == kept
    told = [row for row in tables_of(commune)["findings"] if row["code"] == "K743"]
    assert [(row["file"], row["fact"]) for row in told] == [("ket-luan.xlsx", "trang «Nháp»")]
    del book["Nháp"]
    book["Điều chỉnh giao việc"]["L5"] = "Nhận xét"
    book.save(commune.newest.meeting)
    with pytest.raises(ConfigError, match="trang «Điều chỉnh giao việc»: thiếu cột «Lý do»"):
        commune.run()


@pytest.mark.parametrize(
    ("which", "title", "cell"),
    [
        ("meeting", "Điều chỉnh giao việc", "L7"),
        ("verification", "Thẩm định", "O7"),
        ("verification", "Kiến nghị của Tổ", "B7"),
    ],
)
def test_a_formula_without_a_result_is_told_and_kept(
    commune: Commune, which: str, title: str, cell: str
) -> None:
    """K307: the rest of the workbook is read, and no draft is put over it."""
    type_into(commune.newest, "measures", {(): {"subject": "Cắm mốc", "measure": "Hỏi tỉnh"}})
    path = getattr(commune.newest, which)
    book = openpyxl.load_workbook(path)
    book[title][cell] = '=CONCATENATE("chờ ","tỉnh")'  # openpyxl stores no result
    book.save(path)
    commune.run()
    tables = tables_of(commune)
    told = [r for r in tables["findings"] if r["code"] in ("K307", "K743")]
    assert [(r["code"], r["file"], r["sheet"], r["cell"]) for r in told] == [
        *(("K307", path.name, title, cell), ("K743", path.name, "", "")),
    ]
    assert told[1]["fact"] == f"ô phải sửa ở trang «{title}»"
    assert openpyxl.load_workbook(path)[title][cell].value.startswith("=CONCATENATE")
    assert "Cắm mốc" in [row["subject"] for row in tables["measures"]]
    book[title][cell] = None
    book.save(path)
    commune.run()
    assert codes(tables_of(commune), "K307", "K743") == []


def test_a_line_through_three_cycles_with_late_corrections(commune: Commune) -> None:
    """Accepted less, and more, after the next tables were issued: what is left is counted anew."""
    assigned = by(tables_of(commune, "2026-10-K1")["lines"], "task_id", "person")[EXTENDED]
    left = Decimal(assigned["assigned"])
    for name, accepted, issued in (
        ("2026-10-K1", "0.1", "1"),  # 0.4 was accepted before
        ("2026-10-K2", "0.2", "0.6"),  # nothing was
        ("2026-11-K1", "0", "0.6"),
    ):
        correction = {"state": "Sửa", "completed_accepted": float(accepted), "reason": "Đếm lại"}
        type_into(commune.cycle(name), "verdicts", {EXTENDED: correction})
        tables = run(commune, name)
        line = by(tables["lines"], "task_id", "person")[EXTENDED]
        assert (Decimal(line["assigned"]), line["assigned_issued"]) == (left, issued)
        told = [(r["task_id"], r["issued"], Decimal(r["used"])) for r in tables["restated"]]
        assert told == ([("KT-54", issued, left)] if left != Decimal(issued) else [])
        place = [(r["file"], r["field"]) for r in tables["findings"] if r["code"] == "K751"]
        assert place == [("giao-viec.xlsx", "assigned")] * len(told)
        left -= Decimal(accepted)
        assert Decimal(line["remaining"]) == left
    html = (commune.output / "2026-11-K1" / "ho-so-hop.pdf").read_text("utf-8")
    assert "bảng giao việc ghi 0,6" in html
    edit_table(commune.newest, EXTENDED, assigned=0.5, decision="KL-07")
    line = by(run(commune, "2026-11-K1")["lines"], "task_id", "person")[EXTENDED]
    assert (line["assigned"], line["decision"]) == ("0.5", "KL-07")


def test_a_finished_line_that_a_late_correction_reopens_goes_on_by_itself(
    commune: Commune,
) -> None:
    """Nobody issued it again: it is carried all the same, may be decided on, and goes on."""
    now = {(row["task_id"], row["person"]) for row in tables_of(commune)["lines"]}
    done = next(
        row
        for row in tables_of(commune, "2026-10-K2")["lines"]
        if row["standing"] == "đúng hạn" and row["kind"] == "kế hoạch" and row["unit"] == "KT"
        if row["due"] and row["due"] < "2026-11-01" and Decimal(row["assigned"]) >= 1
        if (row["task_id"], row["person"]) not in now
    )
    key, left = (done["task_id"], done["person"]), Decimal(done["assigned"]) - Decimal("0.5")
    before = tables_of(commune)
    correction = {"state": "Sửa", "completed_accepted": 0.5, "reason": "Đếm lại"}
    type_into(commune.cycle("2026-10-K2"), "verdicts", {key: correction})
    run(commune, "2026-10-K2")
    tables = run(commune, "2026-11-K1")
    line = by(tables["lines"], "task_id", "person")[key]
    assert (line["assigned_issued"], Decimal(line["assigned"]), line["carried"]) == ("0", left, 1)
    assert (line["unclear"], Decimal(line["remaining"])) == ("chưa báo cáo", left)
    assert Decimal(line["A"]) == Decimal(done["coefficient"]) * Decimal(done["share"]) * left
    units = [by(each["units"], "unit")["KT"] for each in (before, tables)]
    assert Decimal(units[1]["A"]) - Decimal(units[0]["A"]) == Decimal(line["A"])
    assert Decimal(units[1]["D"]) == Decimal(units[0]["D"])
    (told,) = [row for row in tables["findings"] if row["code"] == "K610"]
    assert (told["value"], told["file"], told["unit"]) == ("/".join(key), "giao-viec.xlsx", "")
    assert "vẫn tính là việc chuyển kỳ" in told["message"]
    assert codes(tables, "K716", "K751") == codes(before, "K716", "K751")
    (restated,) = [row for row in tables["restated"] if row["task_id"] == key[0]]
    assert (restated["issued"], Decimal(restated["used"])) == ("0", left)
    assert key in {(row["task_id"], row["person"]) for row in tables["upcoming"]}
    verdict = {"state": "Sửa", "completed_accepted": 0.25, "reason": "Xem sổ"}
    type_into(commune.newest, "verdicts", {key: verdict})
    type_into(commune.newest, "adjustments", {key: WHY | {"withdrawn": "x"}}, "meeting")
    tables = run(commune, "2026-11-K1")
    line = by(tables["lines"], "task_id", "person")[key]
    assert (line["standing"], Decimal(line["delivered"])) == ("thu hồi", Decimal("0.25"))
    assert codes(tables, "K753") == []


def test_what_was_given_is_on_the_assignment_sheet_and_no_box_is_left(commune: Commune) -> None:
    """The sheet a unit takes home says what the notice says."""
    path = commune.output / str(commune.newest.cycle) / "ho-so-hop.pdf"
    assert "Việc giao thêm tại cuộc họp" in path.read_text("utf-8")
    proposed = [row for row in tables_of(commune)["upcoming"] if row["origin"] == "đề xuất"]
    kept, refused = proposed[0], proposed[1]
    names = by(tables_of(commune)["units"], "unit")
    units = [f"{row['unit']} – {names[row['unit']]['name']}" for row in (kept, refused)]
    given = {"accepted": "có", "decision": "KL-01"}
    type_into(
        commune.newest,
        "new_work",
        {
            (units[0], kept["task"]): given,
            (units[1], refused["task"]): {"accepted": "không"},
            ("DVTH – Trung tâm Dịch vụ tổng hợp", "Trực chợ Tết"): given
            | {"product": kept["product"], "assigned": 2},
        },
        "meeting",
    )
    commune.run()
    html = path.read_text("utf-8")
    assert f"<td>{kept['task']} (KL-01)</td>" in html
    assert "<td>Trực chợ Tết (KL-01)</td>" in html
    assert f"☐ {kept['task']}" not in html
    assert f"không giao: {refused['task']}" in html
    assert "Việc giao thêm tại cuộc họp" not in html
    kinds = [row["origin"] for row in tables_of(commune)["upcoming"]]
    assert (kinds.count("giao mới"), kinds.count("đề xuất")) == (2, len(proposed))
    told = by(tables_of(commune)["load"], "unit", "person")
    assert told["DVTH", ""]["next_lines"] == 1


def test_an_old_date_is_printed_in_the_next_cycle_too(commune: Commune) -> None:
    """And without the decision in the next table its date is asked about, first at `open` (K612)."""
    before = commune.cycle("2026-10-K2")
    key = EXTENDED
    type_into(before, "adjustments", {key: WHY | {"extended_to": date(2026, 11, 12)}}, "meeting")
    run(commune, "2026-10-K2")
    warned = open_cycle(commune.newest, commune.output, lambda *_: None)
    assert any("hạn của việc KT-54/CB014 đã đổi" in line for line in warned)
    tables = run(commune, "2026-11-K1")
    assert [r["value"] for r in tables["findings"] if r["code"] == "K612"] == ["KT-54/CB014"]
    edit_table(commune.newest, key, due=date(2026, 11, 12), carried=2, decision="KL-03")
    tables = run(commune, "2026-11-K1")
    line = by(tables["lines"], "task_id", "person")[key]
    assert (line["due_before"], line["due"], line["days_late"]) == ("2026-09-28", "2026-11-12", 3)
    assert codes(tables, "K612", "K613") == []


def test_work_without_a_date_is_due_with_the_cycle_and_says_so(
    commune: Commune, sauro: Run
) -> None:
    before = {row["task_id"] for row in tables_of(commune, "2026-10-K2")["lines"]}
    fresh = next(
        row
        for row in tables_of(commune)["lines"]
        if row["unit"] == "VHXH" and row["standing"] == "đúng hạn" and row["task_id"] not in before
    )
    key = fresh["task_id"], fresh["person"]
    sunday = next(
        (row["task_id"], row["person"])
        for row in tables_of(commune)["lines"]
        if row["unit"] == "VP" and row["standing"] == "chưa đến hạn"
    )
    edit_table(commune.newest, key, due=None)
    edit_table(commune.newest, sunday, due=date(2026, 11, 29))
    done = sauro("open")
    assert done.exit_code == 0, done.stderr
    assert "còn thiếu: rõ thời gian (tính hạn là ngày cuối kỳ)" in done.stdout
    assert f"việc {sunday[0]} có hạn 29/11/2026 rơi vào ngày nghỉ" in done.stdout
    commune.run()
    tables = tables_of(commune)
    line = by(tables["lines"], "task_id", "person")[key]
    assert (line["due"], line["standing"], line["A"]) == (None, "đúng hạn", fresh["A"])
    assert [r["value"] for r in tables["findings"] if r["code"] == "K704"] == [key[0]]
    html = (commune.output / str(commune.newest.cycle) / "ho-so-hop.pdf").read_text("utf-8")
    assert "<td>chưa có hạn</td>" in html.replace("\n", "")


def test_open_refuses_a_person_of_no_register_and_names_the_nearest(
    commune: Commune, sauro: Run
) -> None:
    edit_table(commune.newest, EXTENDED, person="CB0I4")
    done = sauro("open")
    assert done.exit_code == 2
    assert "ô F34: người «CB0I4» không có trong danh mục. Sửa mã (gần giống: " in done.stderr
    assert "; CB014 – Lê Văn Tâm; " in done.stderr


def by_code(tables: dict, code: str) -> list[dict]:
    """Return the conclusions with this code."""
    return [row for row in tables["conclusions"] if row["conclusion"] == code]


def test_a_conclusion_is_carried_and_a_changed_cycle_before_is_said(commune: Commune) -> None:
    before = commune.cycle("2026-10-K2")
    said = {"conclusion": "KL-09", "what": "Cấp vốn cắm mốc đợt 2", "who": "KT – Phòng Kinh tế"}
    point = tables_of(commune, "2026-10-K2")["agenda"][0]["point"]
    rows = {(point,): said | {"due": date(2026, 11, 10)}}
    type_into(before, "conclusions", rows, "meeting")
    tables = run(commune, "2026-11-K1")
    (stale,) = [row for row in tables["findings"] if row["code"] == "K757"]
    assert (stale["value"], stale["fact"]) == ("2026-10-K2", "ket-luan.xlsx")
    known = len(tables["conclusions"])
    run(commune, "2026-10-K2")
    tables = run(commune, "2026-11-K1")
    assert codes(tables, "K757") == []
    assert len(tables["conclusions"]) == known + 1
    (row,) = by_code(tables, "KL-09")
    assert (row["age"], row["state"], row["name"]) == (1, "quá hạn", "Phòng Kinh tế")
    html = (commune.output / "2026-11-K1" / "ho-so-hop.pdf").read_text("utf-8")
    assert "Kết luận chưa thực hiện" in html
    assert "Cấp vốn cắm mốc đợt 2" in html
    drafted = [row[:3] for row in cells_of(commune.newest, "Kết luận")]
    assert ("2026-10-K2 KL-09", "KT", "Cấp vốn cắm mốc đợt 2") in drafted
    words = {("2026-10-K2 KL-09",): {"result": "Đã cấp ngày 16/11"}}
    type_into(commune.newest, "conclusions", words, "meeting")
    (row,) = by_code(run(commune, "2026-11-K1"), "KL-09")
    assert (row["state"], row["result"]) == ("đã xong", "Đã cấp ngày 16/11")
