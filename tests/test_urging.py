"""What the units are urged to do while a cycle runs: which lines, which conclusions, what is said."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from test_scoring import registers

from pipeline import cli, packet, reply
from pipeline.cycle.urge import urge_units
from pipeline.model.calendar import VIETNAM, parse_cycle
from pipeline.model.layout import layout
from pipeline.model.tables import frame
from pipeline.model.urging import Urged, Urging
from pipeline.scoring.urging import urged
from tests.conftest import NEWEST
from tests.helpers import Inline, silent

CYCLE = parse_cycle(NEWEST)
TODAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 8, 0, tzinfo=VIETNAM)


def line(task_id: str, due: date | None, **more: object) -> dict:
    known = {
        "unit": "KT",
        "task_id": task_id,
        "person": "CB1",
        "task": f"Việc {task_id}",
        "due": due,
    }
    blank = dict.fromkeys((*layout("assignment")["assignments"].keys, "withdrawn"), "")
    return blank | {"kind": "kế hoạch", "carried": 0, "assigned": Decimal(1)} | known | more


def conclusion(code: str, due: date | None, **more: object) -> dict:
    known = {"cycle": "2026-10-K2", "conclusion": code, "unit": "KT", "what": "Ký", "who": "CB1"}
    return known | {"name": "An", "due": due, "state": "chưa đến hạn"} | more


def of(rows: list[dict], concluded=(), finished=()) -> dict[str, Urged]:
    table = frame(rows, rows[0]) if rows else frame([], line("KT-01", None))
    told = urged(table, concluded, finished, registers(), CYCLE, TODAY)
    return {one.unit: one for one in told}


def codes(rows) -> list[tuple[str, int]]:
    return [(row["task_id"], row["days"]) for row in rows]


def test_lines_are_overdue_from_the_day_after_and_soon_for_five_days():
    days = {"KT-01": 9, "KT-02": 10, "KT-03": 15, "KT-04": 16}
    own = of([line(task, date(2026, 11, day)) for task, day in days.items()])["KT"]
    assert codes(own.overdue) == [("KT-01", 1)]
    assert codes(own.soon) == [("KT-02", 0), ("KT-03", 5)]


def test_work_without_a_date_is_due_with_the_cycle_but_added_work_never():
    own = of([line("KT-01", None), line("KT-02", None, kind="phát sinh")])["KT"]
    assert codes(own.soon) == [("KT-01", 5)]
    assert own.soon[0]["due"] == date(2026, 11, 15)


def test_what_is_reported_done_or_withdrawn_is_not_urged():
    rows = [line("KT-01", date(2026, 11, 2)), line("KT-02", date(2026, 11, 2), withdrawn="có")]
    own = of(rows, finished={("KT-01", "CB1")})["KT"]
    assert not own.anything


@pytest.mark.parametrize(
    ("who", "about", "unit"),
    [("KT", "VP", "KT"), ("CB1", "VP", "KT"), ("ai đó", "VP", "VP"), ("ai đó", "", "")],
)
def test_a_conclusion_is_for_the_unit_of_whoever_has_to_act(who: str, about: str, unit: str):
    told = of([], [conclusion("KL-01", date(2026, 11, 4), who=who, unit=about)])
    assert [code for code, one in told.items() if one.conclusions] == [unit]
    (row,) = told[unit].conclusions
    assert (row["cycle"], row["conclusion"], row["days"]) == ("2026-10-K2", "KL-01", 6)


def test_conclusions_that_are_done_are_left_out_and_undated_ones_are_not_late():
    done = conclusion("KL-01", None, state="đã xong")
    told = of([], [done, conclusion("KL-02", None), conclusion("KL-03", TODAY)])["KT"]
    assert [(row["conclusion"], row["days"]) for row in told.conclusions] == [
        ("KL-02", None),
        ("KL-03", None),
    ]


def urging(*units: Urged) -> Urging:
    commune = {"name": "xã Bình Khê", "province": "tỉnh Gia Lai", "place": "Bình Khê"}
    commune |= {"body": "ỦY BAN NHÂN DÂN XÃ BÌNH KHÊ", "notice": ""}
    signs = {"preparer": "Lê Thị Hạnh", "group_head": "Nguyễn Văn Minh"}
    return Urging(NEWEST, NOW, "7F3A", "0.1.0", commune, signs, units)


def everything() -> Urging:
    rows = [line(f"KT-{n:02d}", date(2026, 11, 2)) for n in range(6)]
    rows += [line("KT-09", date(2026, 11, 12), task="<b>giả</b>" * 60)]
    told = of(
        rows, [conclusion("KL-01", date(2026, 11, 4)), conclusion("KL-02", None, who="x", unit="")]
    )
    return urging(*told.values())


def test_a_sheet_names_every_line_and_only_units_with_something_have_one():
    sheets = packet.compose_urging(everything())
    assert list(sheets) == ["KT.pdf", "khac.pdf"]
    shown = sheets["KT.pdf"]
    assert all(f"KT-{n:02d}" in shown for n in range(6))
    for told in ("6 việc đã quá hạn", "1 việc đến hạn trong 5 ngày tới", "đủ 6/6 dòng", "7F3A"):
        assert told in shown
    assert "Kỳ 2 10/2026<b> KL-01</b>" in shown
    assert "<b>giả</b>" not in shown


def test_messages_are_short_and_name_the_first_codes():
    made = reply.urging_messages(everything(), {"KT": "kt@binhkhe.gov.vn"})["tin-nhan.txt"]
    text = made.decode("utf-8-sig")
    assert "6 việc quá hạn (KT-00, KT-01, KT-02, KT-03, …); 1 việc đến hạn" in text
    assert "1 kết luận chưa thực hiện (KL-01 kỳ 2 tháng 10)" in text
    assert all(len(part) <= 500 for part in text.split("\r\n\r\n"))
    assert (
        "Không có gì phải đôn đốc." in reply.urging_messages(urging(), {})["tin-nhan.txt"].decode()
    )


def unprinting_press() -> Inline:
    return Inline(lambda header, pages: (header, [*pages, b"all"]))


def test_the_sample_is_urged_by_what_its_reports_do_not_say(sample, tmp_path):
    commune = sample.copy(tmp_path / "commune")
    told = urge_units(commune.newest, commune.output, NOW, unprinting_press(), silent)
    assert "KT: 9 việc quá hạn, 13 việc sắp đến hạn, 3 kết luận chưa thực hiện" in told
    assert "Không có gì phải đôn đốc: VHXH." in told
    made = {path.name for path in (commune.output / NEWEST / "don-doc").iterdir()}
    assert {"KT.pdf", "tat-ca.pdf", "tin-nhan.txt"} < made
    assert "VHXH.pdf" not in made


def test_before_any_report_everything_due_is_urged(fresh, tmp_path):
    commune = fresh.copy(tmp_path / "commune")
    told = urge_units(commune.newest, commune.output, NOW, unprinting_press(), silent)
    assert told[0].startswith("VP: 6 việc quá hạn, 22 việc sắp đến hạn")


def test_the_command_says_where_the_sheets_lie(sauro, commune, monkeypatch):
    monkeypatch.setattr(cli, "press", lambda: Printer())
    done = sauro("--now", "2026-11-10T08:00", "urge")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1].endswith(f"{NEWEST}/don-doc")


class Printer:
    def __enter__(self) -> Inline:
        return unprinting_press()

    def __exit__(self, *error: object) -> None:
        return None
