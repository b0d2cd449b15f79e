"""The review of chosen cycles: which cycles, what is summed and counted, what is printed."""

import re
import shutil
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Commune, Run, sauro_process
from factory import make_result
from helpers import Inline
from months import cycle_result, only
from pypdf import PdfReader
from test_period_papers import text_of

from pipeline.cycle.period import make_period
from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.folders import find_span
from pipeline.model.rules import Rules
from pipeline.model.span import Span, make_span
from pipeline.model.tables import CycleResult, records, result_table
from pipeline.packet import compose_review
from pipeline.reply import review_summary
from pipeline.scoring.review import score_review
from pipeline.tools.press import write_pdf

NAMES = ("2026-08-K2", "2026-09-K1", "2026-09-K2", "2026-10-K1", "2026-10-K2", "2026-11-K1")
K1, K2, K3 = "2026-10-K1", "2026-10-K2", "2026-11-K1"
HALF = """
    task  | person | k | g  | done | due
    KT-01 | A      | 1 | 10 | 5    | 2026-10-15
"""
REST = """
    task  | person | k | g  | done | due
    KT-01 | A      | 1 | 5  | 5    | 2026-10-15
    KT-02 | A      | 1 | 10 | 0    | 2026-10-31
"""
PRESS = Inline(lambda header, pages: (header, pages))


def span_of(*names: str) -> Span:
    return make_span(map(parse_cycle, names))


def tables_of(*results: CycleResult, chosen: tuple[str, ...] = ()) -> dict[str, list[dict]]:
    """Return the rows of every table of a review; the chosen cycles are usually the results'."""
    span = span_of(*(chosen or (result.cycle for result in results)))
    return {key: records(table) for key, table in score_review(results, span).items()}


def page(*results: CycleResult, chosen: tuple[str, ...] = ()) -> str:
    span = span_of(*(chosen or (result.cycle for result in results)))
    return compose_review(make_period(span, [*results], score_review(results, span), None), span)


def with_rows(result: CycleResult, **rows: list[dict]) -> CycleResult:
    """Return a result with some of its tables replaced."""
    return replace(result, tables=result.tables | {k: result_table(k, v) for k, v in rows.items()})


# --- which cycles


@pytest.mark.parametrize(
    ("names", "folder", "said"),
    [
        ([K1], "so-ket-2026-10-K1", "kỳ 1 tháng 10 năm 2026"),
        (
            [K3, K1, K2, K1],
            "so-ket-2026-10-K1--2026-11-K1",
            "từ kỳ 1 tháng 10 đến kỳ 1 tháng 11 năm 2026",
        ),
        (
            ["2025-12-K2", "2026-01-K1", K2],
            "so-ket-2025-12-K2--2026-01-K1+2026-10-K2",
            "từ kỳ 2 tháng 12 năm 2025 đến kỳ 1 tháng 1 năm 2026 và kỳ 2 tháng 10 năm 2026",
        ),
    ],
)
def test_a_choice_has_one_folder_and_one_name_in_whatever_order(names, folder, said):
    assert (str(span_of(*names)), span_of(*names).name) == (folder, said)


def made_folders(place: Path, known: list[str], made: list[str]) -> tuple[Path, Path]:
    for name in known:
        (place / "data" / "ky" / name).mkdir(parents=True)
    for name in made:
        (place / "output" / name).mkdir(parents=True)
        (place / "output" / name / "result.json").touch()
    return place / "data", place / "output"


def test_the_last_six_that_were_made_are_usual(tmp_path):
    known = ["2026-08-K1", *NAMES, "2026-11-K2"]
    data, output = made_folders(tmp_path, known, known[:-1])
    assert find_span(data, output, ()) == span_of(*NAMES)


def test_nothing_before_the_first_cycle_is_missing_but_a_hole_is(tmp_path):
    data, output = made_folders(tmp_path, [K1, K3], [K1, K3])
    assert find_span(data, output, ()) == span_of(K1, K2, K3)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "chưa có kết quả kỳ nào"),
        (["2026-11"], "«2026-11» không phải mã kỳ"),
        ([f"2026-{n:02d}-K{h}" for n in range(1, 8) for h in (1, 2)][:13], "nhiều nhất 12 kỳ"),
    ],
)
def test_a_wrong_choice_is_one_sentence(tmp_path, names, said):
    data, output = made_folders(tmp_path, [K1], [])
    with pytest.raises(InputError, match=said):
        find_span(data, output, names)


# --- what is summed and counted


def test_rates_over_cycles_are_made_of_sums_and_the_base_counts_once():
    """R of the two cycles is 50 % and 33,3 %; 10 of 20 were done: neither their mean nor either."""
    unit = only(tables_of(cycle_result(K1, HALF), cycle_result(K2, REST))["units"], unit="KT")
    assert (unit["A"], unit["D"], unit["R"]) == (20, 10, Decimal("0.5"))


def test_cycles_of_different_rules_are_not_put_together():
    tables = tables_of(cycle_result(K2, REST), cycle_result(K3, HALF, rules=Rules(quota=25)))
    assert (tables["units"], tables["commune"]) == ([], [])
    html = page(cycle_result(K2, REST), cycle_result(K3, HALF, rules=Rules(quota=25)))
    said = f"Các kỳ tính theo 2 bộ quy tắc ({Rules().code}, {Rules(quota=25).code}): không gộp"
    assert said in text_of(html, "whole")
    assert "R, gộp" not in html
    assert "R tự báo, kỳ cuối" in html


def test_a_missing_cycle_and_a_silent_unit_are_gaps_never_zero():
    first, last = cycle_result(K1, HALF), cycle_result(K3, HALF, missing=["VP"])
    last = with_rows(last, commune=[{"units": 3, "units_reported": 2, "lines": 1}])
    html = page(first, last, chosen=(K1, K2, K3))
    whole, units = text_of(html, "whole"), text_of(html, "units")
    assert "Kỳ 2 10/26 chưa có kết quả" in whole
    assert "Chưa có kết quả: Kỳ 2 10/26" in whole
    assert "Kỳ 2 10/26: không có" in whole
    assert re.search(r"Văn phòng \S+ \S* ?– chưa nộp – thiếu kỳ 2026-11-K1", units)
    assert "đủ 3/3 dòng" in units


def report(unit: str = "KT", **changes) -> dict:
    usual = {"name": "Phòng Kinh tế", "status": "Đạt", "late_report": "không", "lines": 9}
    return {"unit": unit, "progress_only": "không", "substituted": 0, **usual, **changes}


def test_reports_are_counted_by_cycles():
    late = with_rows(
        make_result((), cycle=K1),
        units=[report(late_report="có")],
        submissions=[
            {"unit": "KT", "version": 1, "status": "thay bằng bản mới"},
            {"unit": "KT", "version": 2, "status": "đang dùng"},
        ],
        gaps=[{"unit": "KT"}, {"unit": "KT"}],
    )
    back = with_rows(make_result((), cycle=K2), units=[report(status="Cần sửa")])
    none = with_rows(make_result((), cycle=K3), units=[report(status="Chưa nộp")])
    (row,) = tables_of(late, back, none)["returns"]
    counted = {key: row[key] for key in ("on_time", "late", "missing", "faulty", "again")}
    assert counted == {"on_time": 1, "late": 1, "missing": 1, "faulty": 1, "again": 1}
    assert (row["cycles"], row["changed"]) == (3, 2)


def found(code: str, unit: str = "KT", severity: str = "lỗi") -> dict:
    return {"code": code, "unit": unit, "severity": severity, "value": "ba", "fact": "x"}


def test_only_faults_of_two_cycles_come_back():
    rows = [found("K301"), found("K301"), found("K312", severity="lưu ý"), found("K801")]
    once = with_rows(make_result((), cycle=K1), findings=[*rows, found("K409", "VP", "cảnh báo")])
    again = with_rows(make_result((), cycle=K2), findings=rows)
    (row,) = tables_of(once, again)["faults"]
    assert (row["code"], row["unit"], row["cycles"]) == ("K301", "KT", 2)


def test_an_obstacle_is_one_however_it_is_worded_and_open_while_the_newest_report_names_it():
    def obstacle(words: str, task: str = "KT-54", unit: str = "KT") -> dict:
        return {"unit": unit, "task_id": task, "obstacle": words, "who": "Chủ tịch UBND xã"}

    units = [report(), report("VP", name="Văn phòng")]
    first = [obstacle("Ba hộ"), obstacle("Máy hỏng", ""), obstacle("Kho ẩm", "", "VP")]
    results = (
        with_rows(make_result((), cycle=K1), units=units, obstacles=first),
        with_rows(
            make_result((), cycle=K2),
            units=[report(), report("VP", status="Chưa nộp")],
            obstacles=[obstacle("Một hộ", "kt-54")],
        ),
    )
    rows = {row["obstacle"]: row for row in tables_of(*results)["obstacles"]}
    assert [(r["first"], r["cycles"], r["open"]) for r in rows.values()] == [
        (K1, 2, "có"),  # in its newest words
        (K1, 1, "không"),  # the unit no longer names it
        (K1, 1, "có"),  # the unit was not heard again
    ]
    assert [*rows] == ["Một hộ", "Máy hỏng", "Kho ẩm"]


def test_claims_count_once_by_their_newest_answer():
    def claim(state: str, aspect: str = "tiến độ") -> dict:
        return {"unit": "KT", "task_id": "KT-1", "person": "A", "aspect": aspect, "state": state}

    first = with_rows(
        make_result((), cycle=K1),
        units=[report()],
        claims=[claim("đề nghị"), claim("không chấp nhận", "chất lượng")],
    )
    second = with_rows(make_result((), cycle=K2), units=[report()], claims=[claim("chấp nhận")])
    total, unit = tables_of(first, second)["claims"]
    assert [total[k] for k in ("claimed", "granted", "refused", "waiting")] == [2, 1, 1, 0]
    assert (unit["unit"], unit["claimed"]) == ("KT", 2)


def test_an_exemption_granted_without_a_claim_counts_once_and_of_no_unit():
    own = {"task_id": "KT-1", "person": "A", "aspect": "tiến độ"}
    granted = own | {"unit": "", "task_id": "KT-2", "state": "chấp nhận"}
    claims = [own | {"unit": "KT", "state": "đề nghị"}, granted]
    result = with_rows(make_result((), cycle=K1), units=[report()], claims=claims)
    total, unit = tables_of(result)["claims"]
    assert [total[k] for k in ("claimed", "granted", "waiting")] == [2, 1, 1]
    assert (unit["unit"], unit["claimed"], unit["granted"]) == ("KT", 1, 0)


def test_a_conclusion_waits_until_its_result_is_told():
    def told(code: str, **changes) -> dict:
        return {"cycle": K1, "conclusion": code, "age": 1, "state": "quá hạn", **changes}

    first = with_rows(make_result((), cycle=K1), conclusions=[told("KL-1", age=0), told("KL-2")])
    second = with_rows(
        make_result((), cycle=K2),
        conclusions=[told("KL-1", postponed=2), told("KL-2", state="đã xong")],
    )
    rows = tables_of(first, second)["conclusions"]
    assert [(r["conclusion"], r["postponed"], r["waiting"]) for r in rows] == [
        ("KL-1", 2, "có"),
        ("KL-2", None, "không"),
    ]


def test_work_carried_most_often_comes_first_and_finished_work_not_at_all():
    def line(task: str, carried: int, standing: str = "quá hạn", days: int | None = 3) -> dict:
        row = {"task_id": task, "carried": carried, "standing": standing, "days_late": days}
        return {**row, "share": Decimal(1)}

    lines = [line("A", 1), line("B", 3), line("C", 3, days=9), line("D", 5, "xong chậm")]
    rows = tables_of(with_rows(make_result((), cycle=K1), lines=[*lines, line("E", 0)]))["carried"]
    assert [row["task_id"] for row in rows] == ["C", "B", "A"]


def test_indicators_and_proposals_keep_their_cycles():
    def value(figure: str, met: str) -> list[dict]:
        usual = {"indicator": "CS01", "name": "Đúng hạn", "measure": "%", "target": Decimal(98)}
        return [{**usual, "value": Decimal(figure), "met": met}]

    praise = {"who": "A", "name": "Trần An", "proposal": "Giấy khen", "facts": "5/5"}
    first = with_rows(
        make_result((), cycle=K1), indicators=value("97", "chưa đạt"), rewards=[praise]
    )
    second = with_rows(
        make_result((), cycle=K2),
        indicators=value("99", "đạt"),
        rewards=[praise, {"who": "B", "name": "Lê Bình", "facts": "4/4", "proposal": ""}],
    )
    tables = tables_of(first, second)
    assert [(r["cycle"], r["value"]) for r in tables["indicators"]] == [(K1, 97), (K2, 99)]
    assert {(r["met_cycles"], r["told_cycles"]) for r in tables["indicators"]} == {(1, 2)}
    assert [(r["who"], r["cycles"]) for r in tables["rewards"]] == [("A", 2)]


# --- what is printed


def falling(*rates: str, lines: int = 9) -> list[CycleResult]:
    return [
        with_rows(
            make_result((), cycle=name),
            units=[report(R=Decimal(rate), lines=lines)],
            commune=[{"R": Decimal(rate), "lines": lines, "units": 1, "units_reported": 1}],
        )
        for name, rate in zip(NAMES, rates, strict=False)
    ]


def test_a_trend_needs_three_in_a_row_and_five_lines():
    said = "Phòng Kinh tế: R ba kỳ liền giảm"
    assert said in text_of(page(*falling("0.9", "0.8", "0.7", "0.6")), "whole")
    assert "ba kỳ liền" not in page(*falling("0.9", "0.8", "0.7")).replace("ba kỳ liền.", "")
    assert said not in page(*falling("0.9", "0.8", "0.7", "0.6", lines=4))
    other = falling("0.9", "0.8", "0.7", "0.6")
    other[3] = replace(other[3], rule_code="QT-0000")
    html = page(*other)
    assert said not in html
    assert re.search(r"Phòng Kinh tế 90,0 80,0 70,0 60,0 – ", text_of(html, "units"))
    broken = falling("0.9", "0.8", "0.7", "0.6")
    assert said not in page(broken[0], broken[1], broken[3], replace(broken[2], cycle=NAMES[5]))


def test_one_cycle_has_nothing_put_together():
    html = page(make_result(cycle=K3))
    assert "Kỳ 1 tháng 11 năm 2026" in text_of(html, "whole")
    assert "Gộp các kỳ" not in html
    assert "R, gộp" not in html


@pytest.mark.parametrize("hostile", ["<b>x</b>", "&amp;<script>", "x" * 5000, "\x07\u202eabc"])
def test_what_came_in_is_never_live(hostile):
    result = with_rows(
        make_result((), cycle=K3),
        units=[report(name=hostile)],
        obstacles=[{"unit": "KT", "task_id": "", "obstacle": hostile, "who": hostile}],
        conclusions=[{"cycle": K1, "conclusion": "KL-1", "what": hostile, "age": 2}],
        discipline=[{"who": "A", "name": hostile, "found": hostile, "handling": hostile}],
        rewards=[{"who": "A", "name": hostile, "note": hostile, "proposal": hostile}],
        indicators=[{"indicator": hostile, "name": hostile, "measure": hostile}],
        findings=[found("K301") | {"value": hostile}],
    )
    html = page(result)
    assert "KL-1" in text_of(html, "stuck")  # well-formed
    assert "<b>x</b>" not in html
    assert "<script>" not in html
    assert "x" * 1001 not in html


@pytest.mark.parametrize(("names", "printed"), [("in", True), ("apart", True), ("out", False)])
def test_names_are_printed_as_the_commune_set_it(names, printed):
    told = [{"who": "A", "name": "Trần An", "found": "Đi muộn", "handling": "Nhắc"}]
    result = with_rows(make_result((), cycle=K3), units=[report()], discipline=told)
    html = page(replace(result, options={"names": names, "duplex": False}))
    assert ("Trần An" in html) is printed
    assert ("không in tên, theo thiết lập của xã" in html) is not printed


def ordinary() -> list[CycleResult]:
    """Six cycles of eight units: four conclusions that wait, five obstacles, ten proposals."""
    waits = {"cycle": K1, "what": "Chốt phương án và báo cáo Chủ tịch", "who": "KT", "age": 2}
    waits |= {"name": "Phòng Kinh tế", "due": date(2026, 10, 30), "state": "quá hạn"}
    conclusions = [{**waits, "conclusion": f"KL-0{n}"} for n in range(4)]
    praise = {"note": "Hoàn thành hồ sơ trợ cấp cho các hộ bị lũ trong bốn ngày"}
    praise |= {"proposal": "Chủ tịch UBND xã tặng giấy khen"}
    blame = {"found": "Rời quầy 30 phút trong giờ tiếp dân, không có người trực thay"}
    blame |= {"handling": "Giám đốc Trung tâm nhắc nhở, phân công trực thay"}
    people = [{"who": f"CB0{n}", "name": f"Nguyễn Thị Thu Sương {n}"} for n in range(5)]
    told = {"rewards": [one | praise for one in people]}
    told |= {"discipline": [one | blame for one in people]}
    results = []
    for seed, name in enumerate(NAMES):
        result = make_result(cycle=name, seed=seed)
        obstacles = records(result.tables["obstacles"].drop_duplicates("unit"))
        rows = {"conclusions": conclusions, "obstacles": obstacles, **told}
        results.append(with_rows(result, **rows))
    return results


def test_long_lists_show_the_foremost_and_say_how_many_there_are():
    newest = make_result(cycle=NAMES[-1])
    waits = {"cycle": K1, "what": "Chốt", "who": "KT", "name": "Phòng Kinh tế", "state": "quá hạn"}
    waiting = [{**waits, "conclusion": f"KL-{n:02d}", "age": 9 - n} for n in range(9)]
    stuck = {"unit": "KT", "task_id": "", "who": "Trưởng đơn vị", "proposal": "Cấp"}
    obstacles = [{**stuck, "obstacle": f"Vướng thứ {n}"} for n in range(9)]
    shown = page(with_rows(newest, conclusions=waiting, obstacles=obstacles))
    assert "còn 9 trong báo cáo mới nhất của đơn vị; in 6 vướng mắc đầu." in shown
    assert (
        "9/9 kết luận nêu ở các kỳ này chưa có kết quả bằng chữ; in 4 kết luận lâu nhất." in shown
    )
    assert len(re.findall("Vướng thứ", shown)) == 6
    assert re.findall(r"KL-\d\d", shown) == ["KL-00", "KL-01", "KL-02", "KL-03"]


@pytest.mark.slow
def test_an_ordinary_commune_has_exactly_four_pages(tmp_path):
    (tmp_path / "so-ket.pdf").write_bytes(write_pdf(page(*ordinary())))
    pages = [p.extract_text() for p in PdfReader(tmp_path / "so-ket.pdf").pages]
    assert len(pages) == 4
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0]
    for number, words in enumerate(("I. Toàn xã", "II. Các đơn vị", "III. Còn vướng")):
        assert words in pages[number]
    assert "CHỦ TỊCH" in pages[3]
    assert "Kỷ luật, kỷ cương (in 4/5: nhiều kỳ nhất, mới nhất)" in pages[3]
    assert all("Mã bản in" in text for text in pages)


def test_twelve_cycles_lie_down():
    names = [f"2026-{month:02d}-K{half}" for month in range(6, 12) for half in (1, 2)]
    html = page(*(make_result(cycle=name) for name in names))
    assert 'class="new wide" id="units"' in html
    assert text_of(html, "units").count("11/26") == 5


# --- the command


@pytest.fixture
def unlaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command lays nothing out: its PDF holds the page as it is."""
    monkeypatch.setattr("pipeline.cli.press", lambda: nullcontext(PRESS))


def test_a_review_is_made_and_told(commune: Commune, sauro: Run, unlaid: None):
    done = sauro("review")
    assert done.exit_code == 0, done.output
    folder = commune.output / "so-ket-2026-09-K2--2026-11-K1"
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "so-ket.pdf"]
    assert f"1. Bản in: {folder}/so-ket.pdf" in done.stdout
    before = (folder / "so-ket.pdf").read_bytes()
    assert "Phòng Kinh tế: R ba kỳ liền giảm" in before.decode()
    shutil.rmtree(folder)
    assert sauro("review", "2026-11-K1", "2026-10-K2", "2026-10-K1", "2026-09-K2").exit_code == 0
    assert (folder / "so-ket.pdf").read_bytes() == before


def test_a_chosen_cycle_without_data_is_named(sauro: Run, unlaid: None):
    done = sauro("review", "2026-09-K1", "2026-09-K2")
    assert done.exit_code == 0, done.output
    assert "2. 1/2 kỳ, thiếu kỳ 2026-09-K1." in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["2026-11"], "«2026-11» không phải mã kỳ; ghi như 2026-11-K1."),
        (["2025-01-K1"], "các kỳ đã chọn chưa có kết quả kỳ nào; chạy make cycle cho từng kỳ"),
    ],
)
def test_what_cannot_be_reviewed_is_one_sentence(sauro: Run, unlaid: None, words, said):
    done = sauro("review", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Dừng lại: {said}")


def test_a_chosen_cycle_must_be_run_first(commune: Commune, sauro: Run, unlaid: None):
    shutil.rmtree(commune.output / "2026-10-K1")
    done = sauro("review", "2026-10-K1", "2026-10-K2")
    assert done.exit_code == 2
    assert "kỳ 2026-10-K1 chưa tổng hợp; chạy: make cycle CYCLE=2026-10-K1" in done.stderr


def test_the_summary_names_no_people():
    results = [make_result(cycle=K2), make_result(cycle=K3)]
    span = span_of(K2, K3)
    made = make_period(span, results, score_review(results, span), datetime(2026, 11, 20))
    said = "\n".join(review_summary(made, span))
    assert "Phòng Kinh tế" in said
    assert not any(name in said for name in results[0].tables["people"]["name"])


@pytest.mark.slow
def test_the_sample_is_reviewed_on_four_pages(sample: Commune, tmp_path: Path):
    commune = sample.copy(tmp_path / "commune")
    done = sauro_process(commune, "review")
    assert done.returncode == 0, done.stderr
    paper = commune.output / "so-ket-2026-09-K2--2026-11-K1" / "so-ket.pdf"
    assert len(PdfReader(paper).pages) == 4
