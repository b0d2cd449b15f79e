"""A province: what its communes closed, verified, added up once, and printed without a person."""

import json
import os
import random
import re
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ROOT
from pipeline.archive import result_json
from pipeline.cli import main
from pipeline.cycle import rollup
from pipeline.cycle.parts import Order, read_commune
from pipeline.cycle.rollup import Asked, Helpers, run_rollup
from pipeline.model.findings import InputError
from pipeline.model.folders import PROVINCE_BOOK, PROVINCE_PAPERS, PROVINCE_RESULT
from pipeline.model.layout import layout
from pipeline.model.period import parse_period, periods_before
from pipeline.model.province import Part, plain_name, unit_type
from pipeline.model.tables import records
from pipeline.rollup.archives import find_archives
from pipeline.rollup.settle import settle
from pipeline.scoring.province import _in_order, score_province
from pipeline.scoring.province.names import hide, hider
from pipeline.scoring.province.spread import in_bins, quarters
from pipeline.tools import vault
from pipeline.tools.engine import Done, run_tasks
from tests import pdf_check
from tests.communes import AT, BEFORE, MONTH, changed, make_communes, put_away, result_of
from tests.helpers import inline_engine, silent, unprinting
from tests.months import cycle_result

NOVEMBER = parse_period("2026-11")
NAMES = ("An Thạnh", "Bình Lâm", "Cát Sơn", "Đak Sương", "Hòa Vinh", "Ia Tô Mới")


def roll_up(
    *folders: Path,
    output: Path,
    period: str = "2026-11",
    asked: Asked = Asked(),  # noqa: B008 - frozen
) -> dict:
    """Roll up in this process; return the stored tables, with what the terminal said."""
    helpers = Helpers(inline_engine(), unprinting().press)
    record = run_rollup(folders, parse_period(period), asked, output, None, helpers, silent)
    return json.loads((output / PROVINCE_RESULT).read_bytes()) | {"record": record}


def unlocked(path: Path) -> Path:
    """Return a closed file that may be written to again."""
    for part in (path.parent, path):
        part.chmod(0o700)
    return path


def damage(place: Path, name: str, cycle: str = "2026-11-K2", file: str = "result.json") -> None:
    path = unlocked(place / name / "luu-tru" / cycle / "r1" / file)
    path.write_bytes(path.read_bytes() + b" ")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six communes with two months; only to be copied."""
    return make_communes(tmp_path_factory.mktemp("kept") / "tinh", NAMES, BEFORE + MONTH)


@pytest.fixture
def place(kept: Path, tmp_path: Path) -> Path:
    return shutil.copytree(kept, tmp_path / "tinh")


@pytest.fixture(scope="module")
def made(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a rollup of all six."""
    output = tmp_path_factory.mktemp("made") / "tinh-2026-11"
    roll_up(kept, output=output)
    return output


def stored(made: Path) -> dict:
    return json.loads((made / PROVINCE_RESULT).read_bytes())["tables"]


# --- who counts, who is left out by name


def left_out(told: dict) -> dict[str, tuple[str, str]]:
    """Return the communes that do not count: kind and what is wrong."""
    rows = told["tables"]["left_out"]
    return {r["folder"]: (r["kind"], r["what"]) for r in rows if r["counted"] == "không"}


def test_what_is_wrong_with_an_archive_is_named_and_all_others_are_rolled_up(place, tmp_path):
    damage(place, "An Thạnh")
    damage(place, "Bình Lâm", file="goc/0a.xlsx")
    make_communes(place, ["Một Nửa"], MONTH[:1])
    make_communes(place, ["Luật Riêng"], MONTH, rule_code="QT-0000")
    (place / "Trống").mkdir()
    (place / "Nén.zip").write_bytes(b"PK")
    told = roll_up(place, output=tmp_path / "out", asked=Asked(expected=("xã Hòa Vinh", "Xa Lạ")))
    assert left_out(told) == {
        "An Thạnh": (
            "kho lưu trữ hỏng",
            "luu-tru/2026-11-K2/r1/result.json: không còn như khi khóa",
        ),
        "Bình Lâm": (
            "kho lưu trữ hỏng",
            "luu-tru/2026-11-K2/r1/goc/0a.xlsx: không còn như khi khóa",
        ),
        "Một Nửa": ("thiếu kỳ", "kỳ 2"),
        "Luật Riêng": ("khác bộ quy tắc", "tính theo bộ quy tắc QT-0000, tỉnh cộng theo QT-F211"),
        "Trống": ("không có kho lưu trữ", "không có thư mục luu-tru"),
        "Nén.zip": ("không có kho lưu trữ", "còn là tệp nén"),
        "Xa Lạ": ("chưa gửi", "có trong danh sách, không có thư mục"),
    }
    [total] = told["tables"]["province"]
    assert (total["communes"], total["communes_counted"], total["communes_left_out"]) == (11, 4, 7)
    said = "\n".join(told["record"]["summary"])
    assert all(row["commune"] in said for row in told["tables"]["left_out"])
    assert told["record"]["incomplete"]


def test_the_others_figures_are_those_of_a_run_without_the_damaged(place, kept, tmp_path):
    damage(place, "Cát Sơn")
    with_damage = roll_up(place, output=tmp_path / "one")["tables"]
    shutil.move(place / "Cát Sơn", tmp_path / "away")
    without = roll_up(place, output=tmp_path / "two")["tables"]
    for key in ("types", "units", "indicators", "commune_indicators", "who", "spread", "earlier"):
        assert with_damage[key] == without[key], key
    counted = [row for row in with_damage["communes"] if row["counted"] == "có"]
    assert counted == without["communes"]


@pytest.mark.slow
def test_of_200_communes_with_5_damaged_195_are_rolled_up_and_5_named(tmp_path):
    table = """
        task  | person | k | g | done
        KT-01 | A      | 2 | 3 | 2
    """
    contents = {cycle: result_json(cycle_result(cycle, table)) for cycle in MONTH}
    names = [f"Số {n:03d}" for n in range(200)]
    for name in names:
        for cycle, content in contents.items():
            put_away(tmp_path / "tinh" / name, cycle, changed(content, name=f"xã {name}"))
    for name in names[::40]:
        damage(tmp_path / "tinh", name)
    told = roll_up(tmp_path / "tinh", output=tmp_path / "out")
    [total] = told["tables"]["province"]
    assert (total["communes_counted"], total["communes_left_out"]) == (195, 5)
    assert [*left_out(told)] == names[::40]


def test_a_first_half_that_is_missing_is_named_and_the_commune_counts(place, tmp_path):
    make_communes(place, ["Nửa Sau"], MONTH[1:])
    told = roll_up(place, output=tmp_path / "out")
    [row] = told["tables"]["left_out"]
    assert (row["folder"], row["kind"], row["what"], row["counted"]) == (
        *("Nửa Sau", "thiếu kỳ đầu"),
        *("kỳ 1", "có"),
    )
    assert told["tables"]["province"][0]["communes_counted"] == len(NAMES) + 1


def test_a_cycle_opened_again_does_not_count_until_it_is_closed(place, tmp_path):
    cycle = parse_period("2026-11").cycles[1]
    vault.reopen(place / "Hòa Vinh", cycle, AT, "Chủ tịch", "nhầm")
    told = roll_up(place, output=tmp_path / "one")
    assert left_out(told) == {"Hòa Vinh": ("thiếu kỳ", "kỳ 2")}
    [row] = told["tables"]["left_out"]
    assert row["action"].startswith("Kỳ 2026-11-K2 đang mở lại: xã khóa lại")
    content = changed(result_of("2026-11-K2", 0), name="xã Hòa Vinh", print_code="BEEF")
    put_away(place / "Hòa Vinh", "2026-11-K2", content)
    told = roll_up(place, output=tmp_path / "two")
    assert left_out(told) == {}
    codes = {row["folder"]: row["print_codes"] for row in told["tables"]["communes"]}
    assert codes["Hòa Vinh"].endswith("BEEF")  # the revision in force


def test_a_commune_sent_twice_counts_in_neither(place, tmp_path):
    shutil.copytree(place / "An Thạnh", place / "An Thạnh (2)")
    told = roll_up(place, output=tmp_path / "out")
    what = "cùng là xã An Thạnh: An Thạnh, An Thạnh (2)"
    assert left_out(told) == dict.fromkeys(("An Thạnh", "An Thạnh (2)"), ("gửi hai lần", what))


def test_an_earlier_damage_only_takes_the_comparison(place, tmp_path):
    damage(place, "Bình Lâm", "2026-10-K2")
    told = roll_up(place, output=tmp_path / "out")
    assert left_out(told) == {}
    [row] = told["tables"]["left_out"]
    assert (row["kind"], row["what"][:38]) == (
        *("không so được kỳ trước", "tháng 10 năm 2026: luu-tru/2026-10-K2/"),
    )
    before = {row["folder"]: row["R_before"] for row in told["tables"]["communes"]}
    assert [name for name, rate in before.items() if rate is None] == ["Bình Lâm"]
    assert told["tables"]["earlier"][0]["communes"] == len(NAMES) - 1


def test_without_one_sound_commune_there_is_no_paper(place, tmp_path):
    for name in NAMES:
        damage(place, name)
    with pytest.raises(
        InputError, match=r"không xã nào tổng hợp được\. An Thạnh: kho lưu trữ hỏng"
    ):
        roll_up(place, output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_month_by_two_rules_in_one_commune_is_named(place, tmp_path):
    make_communes(place, ["Hai Luật"], MONTH[:1], rule_code="QT-0001")
    make_communes(place, ["Hai Luật"], MONTH[1:])
    kind, what = left_out(roll_up(place, output=tmp_path / "out"))["Hai Luật"]
    assert (kind, what[:29]) == ("khác bộ quy tắc", "tháng 11 năm 2026 có hai bộ q")


# --- nothing strange is opened


def test_an_archive_with_a_link_a_pipe_or_a_giant_is_not_opened(place, tmp_path, monkeypatch):
    import os

    from pipeline.rollup import archives

    revisions = {name: place / name / "luu-tru/2026-11-K2/r1" for name in NAMES}
    for name in NAMES[:3]:
        unlocked(revisions[name] / "result.json").unlink()
    (revisions["An Thạnh"] / "result.json").symlink_to("/dev/zero")
    os.mkfifo(revisions["Bình Lâm"] / "result.json")
    with open(revisions["Cát Sơn"] / "result.json", "wb") as giant:
        giant.truncate(archives.MOST_BYTES + 1)
    file = "luu-tru/2026-11-K2/r1/result.json"
    assert left_out(roll_up(place, output=tmp_path / "out")) == {
        "An Thạnh": ("kho lưu trữ hỏng", f"{file}: không phải tệp thường"),
        "Bình Lâm": ("kho lưu trữ hỏng", f"{file}: không phải tệp thường"),
        "Cát Sơn": ("kho lưu trữ hỏng", f"{file}: quá lớn"),
    }


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"\x80\x04cos\nsystem\n(S'touch pickled'\ntR.", "hỏng", id="a pickle"),
        pytest.param(b"[" * 100_000, "RecursionError", id="nested without end"),
        pytest.param(
            b'{"version": 2, "tables": {}}', "bản chương trình khác", id="an older program"
        ),
        pytest.param(result_of("2026-10-K2", 0), "không phải của kỳ này", id="another cycle's"),
    ],
)
def test_what_was_closed_but_is_no_result_is_named(place, tmp_path, content, what, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (place / "Lạ").mkdir()
    put_away(place / "Lạ", "2026-11-K1", changed(result_of("2026-11-K1", 0), name="xã Lạ"))
    put_away(place / "Lạ", "2026-11-K2", content)
    kind, said = left_out(roll_up(place, output=tmp_path / "out"))["Lạ"]
    assert (kind, what in said) == ("kho lưu trữ hỏng", True)
    assert not (tmp_path / "pickled").exists()


# --- where archives lie


def archives(*folders: Path) -> dict[str, Path]:
    return find_archives(folders, Path("output", "tinh-2026-11"))


def test_an_archive_is_found_however_it_is_handed_over(kept: Path, tmp_path: Path) -> None:
    one = kept / "An Thạnh"
    assert archives(one) == archives(one / "luu-tru") == {one.name: one}
    assert [*archives(kept)] == sorted(NAMES)
    assert archives(kept, one, kept) == archives(kept)  # each once
    (tmp_path / "vùng" / "cụm").mkdir(parents=True)
    shutil.copytree(kept, tmp_path / "vùng" / "cụm", dirs_exist_ok=True)
    (tmp_path / "vùng" / "cụm" / "Trống").mkdir()
    assert [*archives(tmp_path / "vùng")] == sorted([*NAMES, "Trống"])


def test_what_stands_where_a_communes_folder_should_is_named(place: Path, tmp_path: Path) -> None:
    (place / "Chép Hỏng").write_bytes(b"")
    (place / "Lối Tắt").symlink_to(place / "An Thạnh")
    (place / "Lối Cụt").symlink_to(tmp_path / "nowhere")
    (place / "danh-sach.txt").write_text("xã An Thạnh")  # a list is no commune
    (place / "Thumbs.db").write_bytes(b"")
    told = roll_up(place, output=tmp_path / "out")
    assert left_out(told) == {
        "Chép Hỏng": ("không có kho lưu trữ", "là tệp, không phải thư mục"),
        "Lối Tắt": ("không có kho lưu trữ", "là đường dẫn tắt, không phải thư mục"),
        "Lối Cụt": ("không có kho lưu trữ", "là đường dẫn tắt, không phải thư mục"),
    }
    assert told["tables"]["province"][0]["communes_counted"] == len(NAMES)


@pytest.mark.parametrize("output", ["tinh-2026-11", "output/tinh-2026-11"])
def test_what_a_rollup_wrote_among_the_communes_is_no_commune(place: Path, output: str) -> None:
    (place / output).mkdir(parents=True)
    (place / output / PROVINCE_RESULT).write_text("{}", "utf-8")
    assert [*archives(place)] == sorted(NAMES)


@pytest.mark.parametrize("output", ["ket-qua", "nam/ket-qua", "An Thạnh"])
def test_the_folder_a_rollup_is_to_be_written_to_is_no_commune(place: Path, output: str) -> None:
    (place / output).mkdir(parents=True, exist_ok=True)
    (place / output / ".khoa").write_text("", "utf-8")
    assert [*find_archives([place], place / output / "tinh-2026-11")] == sorted(NAMES)


def test_what_a_computer_leaves_in_a_folder_it_shows_is_no_damage(place: Path, tmp_path) -> None:
    cycle = place / "An Thạnh" / "luu-tru" / "2026-11-K2"
    (cycle / "r1").chmod(0o700)
    for path in (cycle / "Thumbs.db", cycle / "r1" / ".DS_Store", cycle / "r1" / "._result.json"):
        path.write_bytes(b"left over")
    assert left_out(roll_up(place, output=tmp_path / "one")) == {}
    (cycle / "r1" / "la.xlsx").write_bytes(b"foreign")
    what = "luu-tru/2026-11-K2/r1/la.xlsx: không có trong bản đã khóa"
    told = roll_up(place, output=tmp_path / "two")
    assert left_out(told) == {"An Thạnh": ("kho lưu trữ hỏng", what)}


def test_a_folder_named_from_here_is_found_from_anywhere(place, tmp_path, monkeypatch) -> None:
    seen: list[str] = []

    def elsewhere(engine: object, work: object, orders: list[Order], told: object) -> Done:
        monkeypatch.chdir("/")
        seen.extend(order.data for order in orders)
        return run_tasks(engine, work, orders, told)

    monkeypatch.setattr(rollup, "run_tasks", elsewhere)
    monkeypatch.chdir(place.parent)
    told = roll_up(Path(place.name), output=tmp_path / "out")
    assert seen == [str(place / name) for name in sorted(NAMES)]
    assert told["tables"]["province"][0]["communes_counted"] == len(NAMES)


def test_communes_of_one_name_in_two_provinces_are_kept_apart(tmp_path: Path) -> None:
    for province, name in (("Gia Lai", "Tân Lập"), ("Đắk Lắk", "Tân Lập"), ("Gia Lai", "Ia Tô")):
        for cycle in MONTH:
            kept = json.loads(changed(result_of(cycle, 0), name=f"xã {name}"))
            kept["commune"]["province"] = f"tỉnh {province}"
            put_away(tmp_path / "in" / province / name, cycle, json.dumps(kept).encode())
    tables = roll_up(tmp_path / "in", output=tmp_path / "out")["tables"]
    names = [row["commune"] for row in tables["communes"]]
    assert sorted(names) == ["xã Ia Tô", "xã Tân Lập, tỉnh Gia Lai", "xã Tân Lập, tỉnh Đắk Lắk"]
    folders = {row["folder"] for row in tables["communes"]}
    assert folders == {"Ia Tô", "Gia Lai/Tân Lập", "Đắk Lắk/Tân Lập"}
    assert {row["communes"] for row in tables["types"]} == {3}
    assert tables["who"][0]["communes"] == 3
    assert {row["commune"] for row in tables["commune_indicators"]} == set(names)


@pytest.mark.parametrize(
    ("given", "folders"), [("Tháng 11", ["Tháng 11"]), ("cụm-1 cụm-2", ["cụm-1", "cụm-2"])]
)
def test_make_takes_a_folder_with_blanks_in_its_name_for_one(given, folders, tmp_path) -> None:
    sauro = tmp_path / "sauro"
    sauro.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    sauro.chmod(0o700)
    for name in ("Tháng 11", "cụm-1", "cụm-2"):
        (tmp_path / name).mkdir()
    variables = [f"FOLDERS={given}", "PERIOD=2026-11", f"VENV={tmp_path}"]
    rule = ["make", "-f", str(ROOT / "Makefile"), "-o", ".venv/.ready", "rollup"]
    # run from another folder, with nothing of an outer make
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        [*rule, *variables], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    told = done.stdout.splitlines()
    assert told[: len(folders) + 1] == ["rollup", *folders], done.stderr


def test_a_folder_without_anything_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="không thấy thư mục"):
        archives(tmp_path / "nowhere")
    with pytest.raises(InputError, match="không có kho lưu trữ nào"):
        archives(tmp_path)


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ổ đĩa chung"):
        read_commune(Order(str(tmp_path / "far"), "far", "2026-11", ()))


# --- whose rules


def a_part(name: str, code: str = "QT-1", **more: object) -> Part:
    return Part(name, name=name, province="tỉnh Gia Lai", rule_code=code, **more)


def test_the_rules_of_more_than_half_count_and_the_others_are_refused_by_name() -> None:
    parts = [a_part("A"), a_part("B"), a_part("C", "QT-2")]
    code, settled = settle(parts, Asked())
    assert code == "QT-1"
    assert [part.counts for part in settled] == [True, True, False]
    assert settled[2].faults[0].what == "tính theo bộ quy tắc QT-2, tỉnh cộng theo QT-1"


def test_without_a_majority_the_operator_chooses() -> None:
    parts = [a_part("A"), a_part("B", "QT-2")]
    with pytest.raises(InputError, match=r"QT-1 \(1 xã\), QT-2 \(1 xã\).*--rules"):
        settle(parts, Asked())
    code, settled = settle(parts, Asked(rule_code="QT-2"))
    assert (code, [part.counts for part in settled]) == ("QT-2", [False, True])


# --- figures: the same by another arithmetic


figures = st.decimals(0, 500, places=2)


@given(
    st.lists(
        st.tuples(figures, *(st.fractions(0, 1, max_denominator=20),) * 3, st.integers(0, 9)),
        min_size=1,
        max_size=6,
    ),
    st.randoms(),
)
def test_a_province_is_the_sum_of_its_communes_in_any_order(drawn, rng: random.Random) -> None:
    parts = [_drawn_part(n, *row) for n, row in enumerate(drawn)]
    tables = score_province(parts, NOVEMBER, "QT-1")
    [total] = records(tables["province"])
    sums = [sum(Fraction(part.tables["commune"][0][key]) for part in parts) for key in "ADQP"]
    assert [Fraction(total[key]) for key in "ADQP"] == sums
    if sums[0]:
        rates = [min(Fraction(1), part / sums[0]) for part in sums[1:]]
        exact = [*rates, sum(rates) / 3]
        assert all(
            abs(Fraction(total[k]) - r) < Fraction(1, 10**19)
            for k, r in zip("abcR", exact, strict=True)
        )
    else:
        assert [total[key] for key in "abcR"] == [None] * 4
    assert total["overdue"] == sum(row[-1] for row in drawn)
    shuffled = rng.sample(parts, len(parts))
    again = score_province(shuffled, NOVEMBER, "QT-1")
    assert all(
        records(tables[key]) == records(again[key]) for key in ("province", "communes", "spread")
    )


def _drawn_part(n: int, A: Decimal, d: Fraction, q: Fraction, p: Fraction, overdue: int) -> Part:
    parts = [Decimal(round(Fraction(A) * rate * 100)) / 100 for rate in (d, q, p)]
    sums = dict(zip("ADQP", (A, *parts), strict=True))
    rates = dict.fromkeys("abcR", Decimal("0.5") if A else None)
    row = {**sums, **rates, "units": 1, "units_counted": 1, "lines": 9, "overdue": overdue}
    tables = {"commune": [row], "units": [], "indicators": [], "obstacles": [], "rules": []}
    return a_part(f"Xã {n}", tables=tables)


def test_rates_fall_into_bins_of_ten_and_100_into_the_last() -> None:
    rates = [Decimal(text) for text in ("0", "0.0999", "0.1", "0.8999", "0.9", "1")]
    rows = [dict.fromkeys("abcR", rate) for rate in rates] + [dict.fromkeys("abcR")]
    counts = [row["communes"] for row in in_bins(rows) if row["figure"] == "R"]
    assert counts == [2, 1, 0, 0, 0, 0, 0, 0, 1, 2]


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([], [None] * 5),
        (["0.4"], ["0.4"] * 5),
        (["0.9", "0.5", "0.7", "0.6", "0.8"], ["0.5", "0.6", "0.7", "0.8", "0.9"]),
        (["0", "1"], ["0", "0.25", "0.5", "0.75", "1"]),
    ],
)
def test_quarters(rates: list[str], expected: list[str | None]) -> None:
    found = [*quarters([Decimal(rate) for rate in rates]).values()]
    assert found == [None if one is None else Decimal(one) for one in expected]


def test_an_indicator_is_made_of_all_numerators_and_denominators(made: Path) -> None:
    tables = stored(made)
    one = next(row for row in tables["indicators"] if row["indicator"] == "CC-02")
    own = [row for row in tables["commune_indicators"] if row["name"] == one["name"]]
    top, bottom = (sum(Fraction(row[key]) for row in own) for key in ("numerator", "denominator"))
    assert abs(Fraction(one["value"]) - 100 * top / bottom) < Fraction(1, 10**18)
    assert (one["communes_told"], one["communes_met"]) == (6, sum(r["met"] == "đạt" for r in own))
    count = next(row for row in tables["indicators"] if not row["denominator"])
    plain = [row for row in tables["commune_indicators"] if row["name"] == count["name"]]
    assert Decimal(count["value"]) == sum(Decimal(row["value"]) for row in plain)


def test_a_commune_counts_what_its_own_month_says(kept: Path, made: Path) -> None:
    from pipeline.history import read_result
    from pipeline.scoring.periods import score_period
    from pipeline.tools import chain

    data = kept / "Đak Sương"
    closed = chain.official(data)
    results = [read_result(data, cycle, closed) for cycle in NOVEMBER.cycles]
    [month] = records(score_period(results, NOVEMBER)["commune"])
    row = next(r for r in stored(made)["communes"] if r["folder"] == "Đak Sương")
    for key in ("lines", "done", "on_time", "late", "overdue"):
        assert row[key] == month[key]
    for key in (*"ADQPabcR",):
        assert Decimal(row[key]) == month[key]


def test_an_earlier_month_is_compared_over_the_communes_that_have_both(place, tmp_path) -> None:
    make_communes(place, ["Mới"], MONTH)
    tables = roll_up(place, output=tmp_path / "out")["tables"]
    [row] = tables["earlier"]
    assert (row["period"], row["communes"]) == ("2026-10", len(NAMES))
    both = [r for r in tables["communes"] if r["folder"] in NAMES]
    now = sum(Fraction(r["D"]) for r in both) / sum(Fraction(r["A"]) for r in both)
    assert abs(Fraction(row["a_now"]) - min(now, Fraction(1))) < Fraction(1, 10**19)


def test_the_obstacles_of_the_province_come_first(made: Path) -> None:
    rows = stored(made)["who"]
    assert rows[0]["who"] == "Sở, ngành cấp tỉnh"
    assert rows[0]["obstacles"] == len(stored(made)["obstacles"]) == len(NAMES)
    rest = [row["obstacles"] for row in rows[1:]]
    assert rest == sorted(rest, reverse=True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Phòng Kinh tế", "Phòng Kinh tế; Kinh tế, Hạ tầng và Đô thị"),
        ("PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ", "Phòng Kinh tế; Kinh tế, Hạ tầng và Đô thị"),
        ("Văn phòng HĐND và UBND xã", "Văn phòng HĐND và UBND"),
        ("Trung tâm phục vụ hành chính công", "Trung tâm Phục vụ hành chính công"),
        ("Phòng Văn hoá - Xã hội", "Phòng Văn hóa – Xã hội"),
        ("Trung tâm Dịch vụ tổng hợp", "Đơn vị sự nghiệp khác"),
        ("Trung tâm Văn hóa, Thể thao và Truyền thông", "Đơn vị sự nghiệp khác"),
        ("Ban Quản lý dự án hạ tầng", "Đơn vị sự nghiệp khác"),
        ("Trường Mầm non Hoa Sen", "Đơn vị sự nghiệp khác"),
        ("Phòng VH-XH", "Phòng Văn hóa – Xã hội"),
        ("VPHĐND", "Văn phòng HĐND và UBND"),
        ("Phòng Hạ tầng", "Phòng Kinh tế; Kinh tế, Hạ tầng và Đô thị"),
        ("Trạm YT xã", "Trạm Y tế"),
        ("BQLDA", "Đơn vị sự nghiệp khác"),
        ("Trường MN Hoa Sen", "Đơn vị sự nghiệp khác"),
        ("P. Văn hoá – Xã hội", "Phòng Văn hóa – Xã hội"),
        ("VP HĐND&UBND", "Văn phòng HĐND và UBND"),
        ("TT PVHCC", "Trung tâm Phục vụ hành chính công"),
        ("Phòng KT-HT&ĐT", "Phòng Kinh tế; Kinh tế, Hạ tầng và Đô thị"),
        ("BCHQS phường", "Ban Chỉ huy Quân sự"),
        ("Đội quy tắc", "Đơn vị khác"),
    ],
)
def test_the_kind_of_a_unit_is_told_by_its_name(name: str, kind: str) -> None:
    assert unit_type(name) == kind


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Hồ sơ Trần Thị Kim Hạnh giữ", "Hồ sơ [tên] giữ"),
        ("TRẦN THỊ KIM HẠNH nghỉ", "[tên] nghỉ"),
        ("tran  thi kim hanh nghi", "[tên] nghi"),
        ("chị Hạnh, chị Kim Hạnh và đ/c Hạnh nghỉ", "chị [tên], chị [tên] và đ/c [tên] nghỉ"),
        ("ông Hyưk, bà HYƯK và đ/c: An nghỉ", "ông [tên], bà [tên] và đ/c: [tên] nghỉ"),
        ("chị H’Lan giữ, KSOR H`LAN ký", "chị [tên] giữ, [tên] ký"),
        ("ông  - chưa", "ông  - chưa"),
        ("do VP-01 lập, không phải VP-012", "do [tên] lập, không phải VP-012"),
        ("Trần Thị Kim Hạnhh; xã Bình An; an toàn", "Trần Thị Kim Hạnhh; xã Bình An; an toàn"),
        ("anh em đoàn kết; phòng KT; năm 12", "anh em đoàn kết; phòng KT; năm 12"),
    ],
)
def test_known_people_are_hidden_however_they_are_typed(typed: str, printed: str) -> None:
    people = hider({"Trần Thị Kim Hạnh", "Hyưk", "Ksor H'Lan", "An", ""}, {"VP-01", "KT", "12"})
    assert hide(typed, people) == printed


def test_names_are_compared_without_what_kind_of_commune_it_is() -> None:
    assert plain_name("Xã Hoà Vinh") == plain_name("phường Hòa Vinh") == plain_name("hòa vinh")


def test_a_commune_nothing_came_from_stands_among_the_others_by_name() -> None:
    parts = [a_part("xã Yên"), a_part("xã An"), Part("Bình", name="Bình")]
    assert [part.called for part in _in_order(parts)] == ["xã An", "Bình", "xã Yên"]
    far = Part("Cam", name="xã Cam", province="tỉnh Đắk Lắk")
    assert next(part.called for part in _in_order([*parts, far])) == "Bình"


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2026-01", ["2025-12", "2025-11"]),
        ("2026-Q1", ["2025-Q4", "2025-Q3"]),
        ("2026-H2", ["2026-H1", "2025-H2"]),
        ("2026", ["2025", "2024"]),
    ],
)
def test_periods_before(period: str, before: list[str]) -> None:
    assert [*map(str, periods_before(parse_period(period), 2))] == before


def test_a_quarter_needs_its_last_cycle_and_names_the_months_that_lack(tmp_path: Path) -> None:
    place = make_communes(tmp_path / "tinh", NAMES[:3], ("2026-11-K2", "2026-12-K1", "2026-12-K2"))
    make_communes(place, ["Sớm"], MONTH)
    told = roll_up(place, output=tmp_path / "out", period="2026-Q4")
    assert left_out(told)["Sớm"][0] == "thiếu kỳ"
    gaps = [row["what"] for row in told["tables"]["left_out"] if row["counted"] == "có"]
    assert gaps == ["kỳ 2026-10-K1, kỳ 2026-10-K2, kỳ 2026-11-K1"] * 3


# --- nobody in it


def test_no_persons_name_code_or_task_is_in_paper_workbook_or_result(made: Path) -> None:
    paper = (made / PROVINCE_PAPERS).read_text("utf-8")
    book = openpyxl.load_workbook(made / PROVINCE_BOOK)
    cells = "\n".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
    )
    told = "\n".join([paper, cells, (made / PROVINCE_RESULT).read_text("utf-8")])
    tables = json.loads(result_of("2026-11-K2", 0))["tables"]
    people = {row[key] for row in tables["people"] for key in ("person", "name")}
    tasks = {row[key] for row in tables["lines"] for key in ("task_id", "task")}
    assert len(people) > 20
    assert {text for text in people | tasks if text in told} == set()
    assert "hồ sơ [tên] giữ" in paper  # a registered name in a unit's own words
    assert "Chưa có số liệu đo đạc" not in told  # what the commune can free itself is only counted


# --- views of one result


def test_the_workbook_holds_what_the_result_holds(made: Path) -> None:
    book, tables = openpyxl.load_workbook(made / PROVINCE_BOOK, data_only=True), stored(made)
    assert book.sheetnames == [sheet.title for sheet in layout("province").sheet]
    assert tables.keys() == {sheet.key for sheet in layout("province").tables}
    for sheet in layout("province").tables:
        head, *rows = book[sheet.title].iter_rows(min_row=sheet.heading_row, values_only=True)
        assert list(head) == [field.heading for field in sheet.field]
        assert len(rows) == len(tables[sheet.key]), sheet.key
    place = layout("province")["province"].keys.index("R")
    row = next(book["Toàn tỉnh"].iter_rows(min_row=4, values_only=True))
    assert abs(row[place] - float(tables["province"][0]["R"])) < 1e-9


def test_every_printed_rate_of_a_commune_is_the_stored_one(made: Path) -> None:
    paper = (made / PROVINCE_PAPERS).read_text("utf-8")
    for row in stored(made)["communes"]:
        shown = f"{Decimal(row['R']) * 100:.1f}".replace(".", ",")
        assert re.search(rf"{row['commune']}.*?<b>{shown}</b>", paper, re.DOTALL)


def test_the_same_archives_give_the_same_bytes_in_any_order(kept, made, tmp_path) -> None:
    paths = [kept / name for name in reversed(NAMES)]
    roll_up(*paths, output=tmp_path / "tinh-2026-11")
    for name in (PROVINCE_RESULT, PROVINCE_BOOK, PROVINCE_PAPERS):
        assert (tmp_path / "tinh-2026-11" / name).read_bytes() == (made / name).read_bytes()


def test_several_provinces_are_not_called_one(place: Path, tmp_path: Path) -> None:
    content = json.loads(result_of("2026-11-K2", 0))
    content["commune"] |= {"name": "phường Tây", "province": "tỉnh Đắk Lắk"}
    put_away(place / "Tây", "2026-11-K2", json.dumps(content, ensure_ascii=False).encode())
    told = roll_up(place, output=tmp_path / "out")
    assert told["commune"]["name"] == "2 tỉnh, thành phố"
    assert {row["province"] for row in told["tables"]["communes"]} == {
        "tỉnh Gia Lai",
        "tỉnh Đắk Lắk",
    }


# --- the command


def sauro(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words)], prog_name="sauro")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param([], "còn thiếu --period", id="no period"),
        pytest.param(
            ["--period", "2026-13"], "ghi như 2026-11 (tháng), 2026-Q4 (quý)", id="no such month"
        ),
        pytest.param(
            ["--period", "2026-11", "--list", "nowhere"], "không thấy tệp nowhere", id="no list"
        ),
        pytest.param(["--period", "2026-11", "--workers", "0"], "--workers", id="nobody to work"),
    ],
)
def test_a_command_typed_wrongly_is_one_sentence(tmp_path, options, said) -> None:
    done = sauro("--output", tmp_path / "out", "rollup", tmp_path, *options)
    assert done.exit_code == 2
    assert done.output.startswith("Dừng lại: ")
    assert said in done.output
    assert len(done.output.splitlines()) == 1


@pytest.mark.slow
def test_the_command_prints_and_tells_and_ends_with_4_only_when_strict(place, tmp_path) -> None:
    damage(place, "Cát Sơn")
    (tmp_path / "xa.txt").write_text("\ufeffxã An Thạnh\n\nxã Chưa Gửi\n", "utf-8")
    words = ("--output", tmp_path / "out", "rollup", place, "--period", "2026-11")
    done = sauro(*words, "--list", tmp_path / "xa.txt", "--workers", "2")
    assert (done.exit_code, done.exception) == (0, None)
    folder = tmp_path / "out" / "tinh-2026-11"
    assert f"1. Bản in: {folder}/{PROVINCE_PAPERS}" in done.output
    assert "Vào tổng hợp 5/7 xã, phường; chưa vào 2 xã:" in done.output
    assert "   Cát Sơn: kho lưu trữ hỏng" in done.output
    assert "   xã Chưa Gửi: chưa gửi" in done.output
    assert pdf_check.faults((folder / PROVINCE_PAPERS).read_bytes()) == []
    again = sauro(*words, "--strict")
    assert again.exit_code == 4
