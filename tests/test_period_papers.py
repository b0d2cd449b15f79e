"""A period's papers: what is printed, kept and said, and what stops a run of month or quarter."""

import io
import json
import re
import shutil
import subprocess
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from conftest import Commune, Run, sauro_process
from helpers import Inline
from months import PEOPLE, cycle_result
from pypdf import PdfReader
from test_cycle import tree
from test_periods import K1, K2, LED, LEVELS, POINTS, SETTLED, WORK

from pipeline.archive import period_json, period_workbook, result_json
from pipeline.cycle.period import make_period, run_period
from pipeline.history import read_result
from pipeline.model.calendar import VIETNAM, parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.layout import layout
from pipeline.model.period import parse_period
from pipeline.model.rules import Rules
from pipeline.model.tables import RESULT_VERSION, PeriodResult
from pipeline.packet import compose_period
from pipeline.reply import period_summary
from pipeline.scoring.periods import score_period
from tests.helpers import silent

OCTOBER = parse_period("2026-10")
SHEETS = {sheet.key: sheet for sheet in layout("period").tables}
NEAR = 1e-9
PRESS = Inline(lambda header, pages: (header, pages))


def made(period: str, *results) -> PeriodResult:
    """Return a period's whole result."""
    span = parse_period(period)
    return make_period(span, list(results), score_period(results, span), None)


def text_of(html: str, part: str = "") -> str:
    """Return the words of a page, or of one section of it; the page must be well-formed."""
    assert ElementTree.fromstring(html).tag == "html"
    if part:
        (html,) = re.findall(rf'<section[^>]* id="{part}">.*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


# --- what is printed


@pytest.fixture(scope="module")
def month() -> str:
    """The page of a month with a leader who lacks e, somebody on leave and a unit without K1."""
    people = LED | {
        "N": {
            "name": "Tạ Nga",
            "unscored_from": date(2026, 10, 1),
            "unscored_to": date(2027, 1, 31),
        }
        | {"unscored_reason": "nghỉ thai sản"},
        "S": PEOPLE["S"],
    }
    levels = LEVELS | {"D": {"đ": 100}}
    first = cycle_result(K1, SETTLED, people=people, missing=["VP"])
    second = cycle_result(K2, WORK, people=people, general=POINTS, levels=levels)
    return compose_period(made("2026-11", first, second))


def test_the_page_begins_as_the_decree_on_papers_wants_it(month):
    front = text_of(month, "front")
    for words in ("ỦY BAN NHÂN DÂN XÃ BÌNH KHÊ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"):
        assert words in front
    assert "TỔNG HỢP KẾT QUẢ THEO DÕI CÔNG VIỆC Tháng 11 năm 2026" in front
    assert "mức tham khảo, chưa phải xếp loại" in front
    assert "Văn phòng không có báo cáo kỳ 1, tính theo báo cáo các kỳ sau" in front


def test_people_stand_with_their_points_and_band(month):
    people = text_of(month, "people")
    assert "Mức tham khảo, chưa phải xếp loại" in people
    assert re.search(
        r"Lê Bình Chuyên viên 1 10,00 10,00 100,0 100,0 100,0 100,0 30,00 70,00 100,00 từ 90",
        people,
    )
    assert "Tạ Nga" not in people.split("Ghi chú")[0]


def test_leaders_stand_with_their_six_parts_and_what_is_missing(month):
    leaders = text_of(month, "leaders")
    assert re.search(r"Mai Dũng Chuyên viên 2 100,0 100,0 100,0 100,0 100,0 thiếu chưa có", leaders)
    assert "chưa có R: thiếu e" in text_of(month, "people")


def test_who_is_not_scored_stands_with_the_reason(month):
    out = text_of(month, "unscored")
    assert "không chấm từ 01/10/2026 đến 31/01/2027: nghỉ thai sản" in out
    assert re.search(r"Đỗ Sơn .* – – – – đơn vị chỉ theo dõi tiến độ", out)
    assert "Hai bảng có đủ 7/7 người." in out


def test_quota_rules_and_signatures_close_the_page(month):
    assert re.search(r"đơn vị Phòng Kinh tế 0 20 0 2 vượt 2", text_of(month, "quota"))
    rules = text_of(month, "rules")
    for words in (Rules().code, "Cách tính chậm", "R của lãnh đạo", "NGƯỜI LẬP BIỂU", "CHỦ TỊCH"):
        assert words in rules


def test_a_score_just_below_ninety_is_printed_below_it_everywhere():
    second = cycle_result(
        K2,
        """
        task  | person | k | g    | done  | due
        KT-01 | A      | 1 | 1000 | 999.9 | 2026-11-30
    """,
        general={"A": "20.003"},
    )
    result = made("2026-11", second)
    assert result.tables["people"]["score"].iloc[0] == Decimal("89.996")
    assert " 69,9930 89,99 từ 70 đến dưới 90" in text_of(compose_period(result), "people")
    book = openpyxl.load_workbook(io.BytesIO(period_workbook(result)), data_only=True)
    row = [cell.value for cell in book["Nhân sự"][4]]
    keys = SHEETS["people"].keys
    assert (row[keys.index("score")], row[keys.index("score_shown")]) == (89.996, "89,99")


@pytest.mark.parametrize(("names", "printed"), [("in", True), ("apart", True), ("out", False)])
def test_names_are_printed_as_the_commune_set_it(names, printed):
    second = cycle_result(K2, SETTLED, general={"A": 20})
    second = replace(second, options={"names": names, "duplex": False})
    html = compose_period(made("2026-11", second))
    assert ("Trần An" in html) is printed
    assert ("Không in, theo thiết lập của xã" in html) is not printed


def test_a_longer_period_prints_every_month_and_how_many_count():
    october = cycle_result("2026-10-K2", SETTLED.replace("2026-11", "2026-10"), general={"A": 30})
    november = cycle_result(K2, SETTLED, general={"A": 20}, rules=Rules(quota=25))
    result = made("2026-Q4", october, november)
    people = text_of(compose_period(result), "people")
    assert "Phòng Kinh tế Trần An 82,50 72,50 – 2/3 77,50 từ 70 đến dưới 90" in people
    assert result.rule_code == f"{Rules().code} · {Rules(quota=25).code}"
    assert result.state == "2/6 kỳ, thiếu tháng 12, kỳ 2026-10-K1, kỳ 2026-11-K1"


def test_what_came_in_is_never_live():
    people = PEOPLE | {"A": {"name": '=HYPERLINK("http://x.vn")', "position": "<b>x</b>"}}
    result = made("2026-11", cycle_result(K2, SETTLED, people=people, general={"A": 20}))
    assert "<b>x</b>" not in compose_period(result)
    book = openpyxl.load_workbook(io.BytesIO(period_workbook(result)))
    column = SHEETS["people"].keys.index("name") + 1
    cell = book["Nhân sự"].cell(4, column)
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x.vn")')


# --- what is kept


def test_the_json_has_its_version_and_every_table():
    result = made("2026-11", cycle_result(K2, SETTLED, general={"A": 20}))
    stored = json.loads(period_json(result))
    assert [stored[key] for key in ("version", "period", "state")] == [
        1,
        "2026-11",
        "1/2 kỳ, thiếu kỳ 1",
    ]
    assert list(stored["tables"]) == list(SHEETS)
    assert stored["tables"]["people"][0]["score"] == "72.50000000000000000000"


def test_another_figure_has_another_print_code():
    low, high = (
        made("2026-11", cycle_result(K2, SETTLED, general={"A": points})) for points in (20, 21)
    )
    assert low.print_code != high.print_code
    assert (
        low.print_code == made("2026-11", cycle_result(K2, SETTLED, general={"A": 20})).print_code
    )


def in_cell(field, value):
    """Return what a stored value is as a cell: the same figure, day or text; blank is no cell."""
    if value in (None, ""):
        return None
    if field.type == "decimal":
        return float(Decimal(value))
    return datetime.fromisoformat(value) if field.type == "date" else value


def test_a_quarter_names_missing_halves_and_months_and_is_spelt_as_it_is_said():
    half = [cycle_result("2026-10-K1", SETTLED, missing=["VP"])]
    whole = [cycle_result("2026-10-K1", SETTLED), cycle_result("2026-10-K2", SETTLED)]
    front = text_of(compose_period(made("2026-Q4", *half)), "front")
    assert "TỔNG HỢP KẾT QUẢ THEO DÕI CÔNG VIỆC Quý IV năm 2026" in front
    assert "Kỳ 2026-10-K2 chưa có kết quả" in front
    assert "Phòng Kinh tế không có báo cáo" not in front
    assert "báo cáo đủ" not in front
    assert "Thiếu báo cáo: " in "\n".join(period_summary(made("2026-Q4", *half)))
    front = text_of(compose_period(made("2026-Q4", *whole)), "front")
    assert "mọi đơn vị báo cáo đủ các kỳ đã có kết quả." in front
    told = "\n".join(period_summary(made("2026-Q4", *whole)))
    assert "Các đơn vị báo cáo đủ các kỳ đã có kết quả." in told
    told = "\n".join(period_summary(made("2026-10", *whole)))
    assert "Các đơn vị báo cáo đủ các kỳ." in told


@pytest.mark.parametrize("period", ["2026-10", "2026-Q4"])
def test_the_workbook_holds_every_figure_of_the_json(sample: Commune, period):
    result = of_sample(sample, period)
    stored = json.loads(period_json(result))
    book = openpyxl.load_workbook(io.BytesIO(period_workbook(result)), data_only=True)
    for key, sheet in SHEETS.items():
        rows = book[sheet.title].iter_rows(min_row=sheet.heading_row + 1, values_only=True)
        found = [row for row in rows if any(value is not None for value in row)]
        assert found == [
            tuple(in_cell(f, row[f.key]) for f in sheet.field) for row in stored["tables"][key]
        ]


def of_sample(sample: Commune, period: str) -> PeriodResult:
    span = parse_period(period)
    results = (read_result(sample.output, cycle) for cycle in span.cycles)
    return made(period, *filter(None, results))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
@pytest.mark.parametrize("period", ["2026-10", "2026-Q4"])
def test_libreoffice_computes_every_stored_score(sample: Commune, tmp_path, period):
    result = of_sample(sample, period)
    (tmp_path / "ket-qua.xlsx").write_bytes(period_workbook(result, results=False))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "computed"), str(tmp_path / "ket-qua.xlsx")],
        **{"check": True, "capture_output": True, "timeout": 300},
    )
    book = openpyxl.load_workbook(tmp_path / "computed" / "ket-qua.xlsx", data_only=True)
    for key, sheet in SHEETS.items():
        for number, row in enumerate(
            json.loads(period_json(result))["tables"][key], sheet.heading_row + 1
        ):
            for column, field in enumerate(sheet.field, 1):
                if sheet.formula_of(field):
                    found = book[sheet.title].cell(number, column).value
                    wanted = in_cell(field, row[field.key])
                    where = key, field.key, number
                    if wanted is None:
                        assert found in (None, ""), where
                    else:
                        assert abs(found - wanted) < NEAR, where


# --- what is read back


def test_a_cycle_is_read_back_as_it_was_written(sample: Commune):
    for cycle in ("2026-10-K1", "2026-11-K1"):
        result = read_result(sample.output, parse_cycle(cycle))
        assert result_json(result) == (sample.output / cycle / "result.json").read_bytes()


def test_a_cycle_keeps_what_months_need_of_a_person_and_of_its_rules(sample: Commune):
    result = read_result(sample.output, parse_cycle("2026-10-K2"))
    people = result.tables["people"].set_index("person")
    on_leave = people[people["unscored_reason"] != ""]
    assert len(on_leave) == 1
    assert (on_leave["unscored_from"].iloc[0], on_leave["unscored_to"].iloc[0]) == (
        date(2026, 8, 1),
        date(2027, 1, 31),
    )
    assert (people.loc["CB004", "leader"], people.loc["CB004", "supervisor"]) == (
        "cấp trưởng",
        "CB002",
    )
    assert people.loc["CB004", "group"] == "Lãnh đạo đơn vị"
    assert result.rule_settings == {"late_rule": "occurrence", "quota": 20, "scored": ["công chức"]}


def test_a_cycle_that_was_not_made_is_nothing(tmp_path):
    assert read_result(tmp_path, parse_cycle(K1)) is None


DAMAGE = {
    "cut": lambda text: text[: len(text) // 2],
    "no table": lambda text: text.replace('"units"', '"đơn vị"', 1),
    "no head": lambda text: text.replace('"rule_settings"', '"rules"', 1),
    "no day": lambda text: text.replace('"last_day": "2026', '"last_day": "năm 2026', 1),
    "no figure": lambda text: re.sub(r'"A": "[\d.]+"', '"A": "9O"', text, count=1),
    "empty": lambda text: "",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_result_is_refused_with_what_to_run(tmp_path, damage):
    folder = tmp_path / K1
    folder.mkdir()
    text = result_json(cycle_result(K1, SETTLED)).decode()
    assert damage(text) != text
    (folder / "result.json").write_text(damage(text), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_result(tmp_path, parse_cycle(K1))
    said = str(caught.value)
    assert (
        said == f"{folder}/result.json hỏng; xóa thư mục {folder} rồi chạy: make cycle CYCLE={K1}"
    )


def test_a_result_of_an_older_program_is_refused_with_what_to_run(tmp_path):
    folder = tmp_path / K1
    folder.mkdir()
    text = result_json(cycle_result(K1, SETTLED)).decode()
    (folder / "result.json").write_text(
        text.replace(f'"version": {RESULT_VERSION}', '"version": 1'), "utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_result(tmp_path, parse_cycle(K1))
    assert (
        str(caught.value)
        == f"{folder}/result.json do bản chương trình khác ghi; chạy: make cycle CYCLE={K1}"
    )


# --- the commands


@pytest.fixture
def unlaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of periods lay nothing out: their PDF holds the page as it is."""
    monkeypatch.setattr("pipeline.cli.press", lambda: nullcontext(PRESS))


def test_a_month_is_made_and_told(commune: Commune, sauro: Run, unlaid: None):
    done = sauro("month", "2026-10")
    assert done.exit_code == 0, done.output
    folder = commune.output / "2026-10"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("ket-qua.json", "ket-qua.xlsx", "manifest.json", "tong-hop-thang.pdf"),
    ]
    assert done.stdout.startswith("Tháng 10 năm 2026 · mã bản in ")
    assert (
        f"1. Tổng hợp: {folder}/tong-hop-thang.pdf · số liệu: {folder}/ket-qua.xlsx" in done.stdout
    )
    assert "Thiếu báo cáo: QS." in done.stdout
    names = (
        row["name"]
        for row in json.loads((folder / "ket-qua.json").read_bytes())["tables"]["people"]
    )
    assert not any(name in done.stdout for name in names)


def test_the_same_month_has_the_same_bytes(commune: Commune, sauro: Run, unlaid: None):
    assert sauro("month", "2026-10").exit_code == 0
    before = tree(commune.output / "2026-10")
    shutil.rmtree(commune.output / "2026-10")
    assert sauro("month", "2026-10").exit_code == 0
    assert tree(commune.output / "2026-10") == before


@pytest.mark.parametrize(
    ("command", "period", "paper"),
    [
        ("quarter", "2026-Q4", "tong-hop-quy.pdf"),
        ("half-year", "2026-H2", "tong-hop-6-thang.pdf"),
        ("year", "2026", "tong-hop-nam.pdf"),
        ("month", "2026-10", "tong-hop-thang.pdf"),
    ],
)
def test_the_newest_period_is_usual(
    commune: Commune, sauro: Run, unlaid: None, command, period, paper
):
    """Of months the newest that has its second cycle."""
    done = sauro(command)
    assert done.exit_code == 0, done.output
    assert (commune.output / period / paper).is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["month", "2026-Q4"], "«2026-Q4» không phải mã tháng; ghi như 2026-11."),
        (["month", "11/2026"], "«11/2026» không phải mã tháng; ghi như 2026-11."),
        (["quarter", "2026-11"], "«2026-11» không phải mã quý; ghi như 2026-Q4."),
        (["year", "2025"], "năm 2025 chưa có kết quả kỳ nào; chạy make cycle cho từng kỳ trước."),
    ],
)
def test_a_wrong_period_is_one_sentence(sauro: Run, unlaid: None, words, said):
    done = sauro(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"Dừng lại: {said}\n"


def test_a_cycle_of_the_data_folder_must_be_run_first(commune: Commune, sauro: Run, unlaid: None):
    shutil.rmtree(commune.output / "2026-10-K1")
    done = sauro("month", "2026-10")
    assert done.exit_code == 2
    assert (
        done.stderr == "Dừng lại: kỳ 2026-10-K1 chưa tổng hợp; chạy: make cycle CYCLE=2026-10-K1\n"
    )
    assert not (commune.output / "2026-10").exists()


def test_a_cycle_drafted_or_issued_but_not_reported_is_missing(
    commune: Commune, sauro: Run, unlaid: None
):
    ahead = commune.data / "ky" / "2026-11-K2"
    (ahead / "hop-thu").mkdir(parents=True)
    shutil.copy(commune.data / "ky" / "2026-11-K1" / "giao-viec.xlsx", ahead)
    done = sauro("quarter", "2026-Q4")
    assert done.exit_code == 0
    assert "3/6 kỳ, thiếu tháng 12, kỳ 2026-11-K2" in done.stdout
    assert "không có báo cáo kỳ 2026-11-K2" not in done.stdout
    (ahead / "hop-thu" / "phieu.xlsx").write_bytes(b"")
    assert "kỳ 2026-11-K2 chưa tổng hợp" in sauro("quarter", "2026-Q4").stderr


def test_a_result_somebody_edited_is_refused(commune: Commune, sauro: Run, unlaid: None):
    path = commune.output / "2026-10-K2" / "result.json"
    path.write_text(path.read_text("utf-8").replace("Trạm Y tế", "Trạm y tế"), "utf-8")
    done = sauro("month", "2026-10")
    assert done.exit_code == 2
    assert f"{path} không còn như khi ghi; chạy: make cycle CYCLE=2026-10-K2" in done.stderr


def test_a_refused_month_leaves_the_old_one(commune: Commune, sauro: Run, unlaid: None):
    assert sauro("month", "2026-10").exit_code == 0
    before = tree(commune.output / "2026-10")
    (commune.output / "2026-10-K2" / "result.json").write_text("{", "utf-8")
    assert sauro("month", "2026-10").exit_code == 2
    assert tree(commune.output / "2026-10") == before


def test_the_given_time_is_printed(sample: Commune, tmp_path):
    output = tmp_path / "output"
    shutil.copytree(sample.output, output)
    run_period(
        OCTOBER, sample.data, output, datetime(2026, 11, 3, 8, 0, tzinfo=VIETNAM), PRESS, silent
    )
    assert "ngày 03 tháng 11 năm 2026" in (output / "2026-10" / "tong-hop-thang.pdf").read_text(
        "utf-8"
    )


def test_the_summary_names_units_and_counts_people():
    lines = period_summary(
        made("2026-11", cycle_result(K2, SETTLED, general={"A": 20}, missing=["VP"]))
    )
    assert lines[0].startswith("Tháng 11 năm 2026 · mã bản in ")
    assert next(line for line in lines if line.startswith("KT ")).split("  ")[1:]
    assert lines[-1].startswith("3. Chưa có điểm 2/3 người; không chấm 1 người.")


@pytest.mark.slow
def test_a_month_is_printed_for_keeping(sample: Commune, tmp_path: Path):
    commune = sample.copy(tmp_path / "commune")
    done = sauro_process(commune, "month", "2026-10")
    assert done.returncode == 0, done.stderr
    reader = PdfReader(commune.output / "2026-10" / "tong-hop-thang.pdf")
    text = [page.extract_text() for page in reader.pages]
    assert reader.metadata.title.startswith("Tổng hợp tháng 10 năm 2026")
    assert all("Mã bản in" in page for page in text)
    assert len(reader.pages) <= 9
