"""Earlier cycles, read from their result.json: series with gaps, rework and indicators handed on."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.history import REMEMBERED, read_history
from pipeline.model.calendar import CYCLES_SHOWN, earlier_cycles, parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.tables import records, result_sheet, result_table, to_plain

CYCLE = parse_cycle("2026-11-K1")
EARLIER = [str(cycle) for cycle in earlier_cycles(CYCLE)]
BEFORE = EARLIER[-1]
RULES = "QT-F211"


def keep(output: Path, cycle: str, **tables: list[dict]) -> None:
    """Write the result.json of an earlier cycle."""
    plain = {key: to_plain(result_table(key, rows)) for key, rows in tables.items()}
    folder = output / cycle
    folder.mkdir(parents=True)
    result = {"version": 1, "cycle": cycle, "rule_code": RULES, "tables": plain}
    text = json.dumps(result, ensure_ascii=False)
    (folder / "result.json").write_text(text, encoding="utf-8")


def a_unit(code: str, R: str | None = "0.875", **more: object) -> dict:
    rate = None if R is None else Decimal(R)
    figures = {"late_report": "không", "lines": 9, "overdue": 2, "D": Decimal("15.06"), "R": rate}
    return {"unit": code, "status": "Đạt", **dict.fromkeys("abc", rate), **figures, **more}


def test_the_cycles_shown_are_the_five_before_this_one_oldest_first():
    assert CYCLES_SHOWN == 6
    assert EARLIER == ["2026-08-K2", "2026-09-K1", "2026-09-K2", "2026-10-K1", "2026-10-K2"]


def test_nothing_before_the_first_cycle(tmp_path):
    past = read_history(tmp_path / "output", CYCLE)
    assert past.tables["history"].empty
    assert list(past.tables["history"].columns) == result_sheet("history").keys
    assert (past.rework, past.indicators, past.lines) == ({}, {}, {})


def test_the_lines_of_every_earlier_cycle_are_remembered_oldest_first(tmp_path):
    line = {"task_id": "KT-01", "person": "CB012", "unit": "KT", "remaining": Decimal("0.5")}
    line |= {"finished": date(2026, 10, 9), "evidence": "BC 15", "standing": "quá hạn"}
    for cycle in (BEFORE, EARLIER[1]):
        keep(tmp_path, cycle, lines=[line, line | {"task_id": "KT-02", "remaining": None}])
    lines = read_history(tmp_path, CYCLE).lines
    assert list(lines) == [EARLIER[1], BEFORE]
    assert [row["remaining"] for row in lines[BEFORE]] == [Decimal("0.5"), None]
    assert lines[BEFORE][0].keys() == set(REMEMBERED)
    assert line.items() <= lines[BEFORE][0].items()


def test_the_series_runs_oldest_first_in_the_order_of_the_units(tmp_path):
    for cycle in reversed(EARLIER):
        keep(tmp_path, cycle, units=[a_unit("VP"), a_unit("KT")])
    rows = records(read_history(tmp_path, CYCLE).tables["history"])
    assert [(row["cycle"], row["unit"]) for row in rows] == [
        (cycle, unit) for cycle in EARLIER for unit in ("VP", "KT")
    ]


def test_figures_come_back_exactly_as_they_were_stored(tmp_path):
    third = "0.33333333333333333333"
    keep(tmp_path, BEFORE, units=[a_unit("KT", third, D=Decimal("1.10"), name="Phòng Kinh tế")])
    (row,) = records(read_history(tmp_path, CYCLE).tables["history"])
    assert row == {
        **{"cycle": BEFORE, "rule_code": RULES},
        **{
            key: a_unit("KT", third, D=Decimal("1.10"))[key]
            for key in result_sheet("history").keys
            if key not in ("cycle", "rule_code")
        },
    }
    assert isinstance(row["R"], Decimal)
    assert str(row["D"]) == "1.10"


def test_a_missing_cycle_is_a_gap_and_no_zero(tmp_path):
    keep(tmp_path, EARLIER[0], units=[a_unit("KT")])
    keep(tmp_path, EARLIER[2], units=[a_unit("KT")])
    rows = records(read_history(tmp_path, CYCLE).tables["history"])
    assert [row["cycle"] for row in rows] == [EARLIER[0], EARLIER[2]]


def test_a_late_report_stays_known(tmp_path):
    keep(tmp_path, BEFORE, units=[a_unit("KT", late_report="có"), a_unit("VP")])
    rows = records(read_history(tmp_path, CYCLE).tables["history"])
    assert [(row["unit"], row["late_report"]) for row in rows] == [("KT", "có"), ("VP", "không")]


def test_a_unit_that_had_not_reported_has_a_row_without_rates(tmp_path):
    keep(tmp_path, BEFORE, units=[a_unit("KT", None, status="Chưa nộp")])
    (row,) = records(read_history(tmp_path, CYCLE).tables["history"])
    assert row["status"] == "Chưa nộp"
    assert [row[key] for key in "abcR"] == [None] * 4


@pytest.mark.parametrize("other", ["2026-08-K1", "2026-11-K1", "2026-11-K2", "2025-10-K2"])
def test_cycles_outside_the_window_are_not_looked_at(tmp_path, other):
    keep(tmp_path, other, units=[a_unit("KT")], lines=[{"task_id": "KT-01", "rework_pending": 3}])
    past = read_history(tmp_path, CYCLE)
    assert past.tables["history"].empty
    assert past.rework == {}


def test_a_folder_without_a_result_is_a_gap(tmp_path):
    (tmp_path / BEFORE).mkdir()
    (tmp_path / BEFORE / "luu-tru.xlsx").write_bytes(b"")
    assert read_history(tmp_path, CYCLE).tables["history"].empty


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "\ufeff{}"])
def test_a_result_nobody_can_read_is_said_with_its_folder(tmp_path, text):
    keep(tmp_path, BEFORE)
    (tmp_path / BEFORE / "result.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_history(tmp_path, CYCLE)
    folder = tmp_path / BEFORE
    assert str(caught.value) == f"{folder}/result.json hỏng; xóa thư mục {folder} rồi chạy lại."


def test_rework_is_handed_on_for_every_line_of_the_cycle_before_by_task_and_person(tmp_path):
    keep(
        tmp_path,
        BEFORE,
        lines=[
            line | {"assigned": Decimal(3)}
            for line in (
                {"task_id": "KT-07", "person": "CB012", "rework_pending": 2},
                {"task_id": "KT-07", "person": "CB013", "rework_pending": 0},
                {"task_id": "KT-08", "person": "", "rework_pending": 1},
            )
        ]
        + [{"task_id": "KT-PS01-2611K1", "rework_pending": 1}],
    )
    past = read_history(tmp_path, CYCLE)
    assert past.rework == {
        ("KT-07", "CB012"): 2,
        ("KT-07", "CB013"): 0,  # known, and nothing left to be deducted
        ("KT-08", ""): 1,
        ("KT-PS01-2611K1", ""): 1,  # nobody could read how much: it has not begun
    }
    assert past.rework.keys() - past.before.keys() == {("KT-PS01-2611K1", "")}


def test_rework_and_indicators_come_from_the_cycle_just_before_and_no_other(tmp_path):
    keep(
        tmp_path,
        EARLIER[-2],
        lines=[{"task_id": "KT-07", "person": "CB012", "rework_pending": 2}],
        indicators=[{"indicator": "CC-01", "value": Decimal(91)}],
    )
    past = read_history(tmp_path, CYCLE)
    assert (past.rework, past.indicators) == ({}, {})


def test_indicators_are_handed_on_with_their_gaps(tmp_path):
    values = [("CC-01", Decimal("98.0952")), ("CC-02", None), ("CC-03", Decimal(0))]
    keep(tmp_path, BEFORE, indicators=[{"indicator": code, "value": v} for code, v in values])
    assert read_history(tmp_path, CYCLE).indicators == dict(values)


def test_the_window_crosses_the_turn_of_the_year(tmp_path):
    keep(tmp_path, "2025-12-K2", units=[a_unit("KT")])
    january = parse_cycle("2026-01-K1")
    (row,) = records(read_history(tmp_path, january).tables["history"])
    assert row["cycle"] == "2025-12-K2"
    assert january.previous.last_day == date(2025, 12, 31)


def test_an_earlier_result_is_only_read(tmp_path):
    keep(tmp_path, BEFORE, units=[a_unit("KT")])
    path = tmp_path / BEFORE / "result.json"
    before = path.read_bytes(), path.stat().st_mtime_ns
    read_history(tmp_path, CYCLE)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [entry.name for entry in tmp_path.iterdir()] == [BEFORE]


def test_the_commune_and_its_indicators_come_with_the_cycle_they_are_of(tmp_path):
    rate = Decimal("0.875")
    indicator = {"indicator": "CS01", "value": Decimal("98.5"), "name": "Đúng hạn"}
    for cycle in (EARLIER[0], BEFORE):
        keep(tmp_path, cycle, commune=[{"R": rate, "lines": 9}], indicators=[indicator])
    tables = read_history(tmp_path, CYCLE).tables
    assert [(row["cycle"], row["R"]) for row in records(tables["commune_history"])] == [
        (EARLIER[0], rate),
        (BEFORE, rate),
    ]
    assert records(tables["indicator_history"])[0] == {
        "cycle": EARLIER[0],
        "indicator": "CS01",
        "value": Decimal("98.5"),
    }


def test_only_the_cycle_just_before_hands_on_what_was_checked_on_the_spot(tmp_path):
    for cycle in (EARLIER[0], BEFORE):
        keep(tmp_path, cycle, inspections=[{"task_id": f"KT-{cycle}", "found": Decimal(2)}])
    (row,) = records(read_history(tmp_path, CYCLE).tables["inspected_before"])
    assert (row["cycle"], row["task_id"], row["found"]) == (BEFORE, f"KT-{BEFORE}", Decimal(2))
