"""The record of a cycle: luu-tru.xlsx holds what result.json holds, and nothing in it is live."""

import io
import json
import random
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from conftest import NEWEST, Commune
from factory import make_result, make_tables

from pipeline.archive import archive_workbook, result_json
from pipeline.model.calendar import VIETNAM
from pipeline.model.layout import Field, Sheet, layout
from pipeline.model.tables import RESULT_VERSION, CycleResult, from_plain, records, to_plain
from pipeline.packet import compose

SHEETS = {sheet.key: sheet for sheet in layout("archive").tables}
FORMULAS = {
    "commune": {"A", "D", "Q", "P", "a", "b", "c", "R"},
    "units": {"A", "D", "Q", "P", "a", "b", "c", "R"},
    "people": {"A", "D", "Q", "P", "a", "b", "c", "R"},
    "lines": {"A", "D", "Q", "P"},
}
HEAD = (
    *("version", "cycle", "state", "print_code", "program", "rule_code", "made_at"),
    *("rule_settings", "commune", "signatories", "meeting", "options", "tables"),
)
CELL_TYPES = {"n", "s", "inlineStr", "d"}
EXCEL_LIMIT = 32_767
NEAR = 1e-9


@pytest.fixture(scope="module")
def made(sample: Commune) -> Path:
    """The output of the sample's newest cycle."""
    return sample.output / NEWEST


@pytest.fixture(scope="module")
def stored(made: Path) -> dict:
    return json.loads((made / "result.json").read_bytes())


@pytest.fixture(scope="module")
def figures(made: Path) -> openpyxl.Workbook:
    """The archive as it is seen: stored results in place of formulas."""
    return openpyxl.load_workbook(made / "luu-tru.xlsx", data_only=True)


@pytest.fixture(scope="module")
def formulas(made: Path) -> openpyxl.Workbook:
    """The archive as it is written: formulas in place of their results."""
    return openpyxl.load_workbook(made / "luu-tru.xlsx")


def result_of(stored: dict) -> CycleResult:
    """Return the cycle's result a result.json stands for."""
    dates = ("first_day", "last_day", "verification_until", "meeting_on")
    meeting = stored["meeting"] | {
        **{key: date.fromisoformat(stored["meeting"][key]) for key in dates},
        "cutoff": datetime.fromisoformat(stored["meeting"]["cutoff"]),
    }
    return CycleResult(
        **{key: value for key, value in stored.items() if key not in ("version", "meeting")}
        | {
            "made_at": datetime.fromisoformat(stored["made_at"]),
            "meeting": meeting,
            "tables": {key: from_plain(key, rows) for key, rows in stored["tables"].items()},
        }
    )


def in_cell(field: Field, value: object) -> object:
    """Return what a stored value is as a cell: the same figure, day or text; blank is no cell."""
    if value is None or value == "":
        return None
    if field.type == "decimal":
        return float(Decimal(value))
    return datetime.fromisoformat(value) if field.type == "date" else value


def rows_of(book: openpyxl.Workbook, sheet: Sheet) -> list[tuple]:
    """Return the rows below the headings of a table's sheet, without blank ones at the end."""
    rows = list(book[sheet.title].iter_rows(min_row=sheet.heading_row + 1, values_only=True))
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    return rows


# --- both hold the same


@pytest.mark.parametrize("key", SHEETS)
def test_the_workbook_holds_every_row_and_column_of_the_json(figures, stored, key):
    sheet, rows = SHEETS[key], stored["tables"][key]
    expected = [tuple(in_cell(f, row[f.key]) for f in sheet.field) for row in rows]
    assert rows_of(figures, sheet) == expected


@pytest.mark.parametrize("key", SHEETS)
def test_headings_stand_above_their_columns(figures, key):
    sheet = SHEETS[key]
    (row,) = figures[sheet.title].iter_rows(
        min_row=sheet.heading_row, max_row=sheet.heading_row, values_only=True
    )
    assert row == tuple(field.heading for field in sheet.field)


def test_figures_are_shown_as_declared_and_stored_with_all_their_digits(figures):
    shown: dict[tuple[str, str], set[str]] = {}
    for sheet in SHEETS.values():
        for row in figures[sheet.title].iter_rows(min_row=sheet.heading_row + 1):
            for field, cell in zip(sheet.field, row, strict=True):
                if field.type == "decimal" and cell.value is not None:
                    shown.setdefault((sheet.key, field.key), set()).add(cell.number_format)
                    assert not field.format or cell.number_format == field.format
    for key in ("commune", "units", "people"):
        assert [shown[key, rate] for rate in "abcR"] == [{"0.0 %"}] * 4
        assert [shown[key, total] for total in "ADQP"] == [{"#,##0.00"}] * 4
    assert shown["lines", "coefficient"] == {"0.00"}
    assert shown["lines", "assigned"] == {"General"}


WIDE = {"units": (2, "$A:$A"), "people": (2, "$A:$A"), "lines": (3, "$A:$C")}


def test_every_table_prints_lying_with_its_heading_repeated_and_none_too_small_to_read(figures):
    for sheet in SHEETS.values():
        page = figures[sheet.title]
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        pages, repeated = WIDE.get(sheet.key, (1, None))
        assert (page.page_setup.fitToWidth or 1) == pages
        assert page.page_setup.fitToHeight == 0
        assert page.print_title_rows == f"${sheet.heading_row}:${sheet.heading_row}"
        assert page.print_title_cols == repeated


def test_the_sheets_stand_in_the_declared_order_and_none_is_hidden(figures):
    assert figures.sheetnames == [sheet.title for sheet in layout("archive").sheet]
    assert {sheet.sheet_state for sheet in figures} == {"visible"}


def test_the_first_sheet_says_what_this_is(figures, stored):
    said = "\n".join(row[0] or "" for row in figures["Đọc trước"].iter_rows(values_only=True))
    assert said.startswith("LƯU TRỮ KẾT QUẢ THEO DÕI KỲ 1 THÁNG 11 NĂM 2026\n")
    assert "UBND xã Bình Khê, tỉnh Gia Lai. Kết quả theo dõi kỳ, chưa phải xếp loại" in said
    assert f"Mã bản in: {stored['print_code']} · Bộ quy tắc: {stored['rule_code']}" in said
    assert f"Trạng thái: {stored['state']}" in said
    assert stored["state"] == "7/8 đơn vị đã báo cáo, thiếu Trung tâm Dịch vụ tổng hợp"
    assert not re.search(r"[{}]", said)


def test_figures_are_figures_days_are_days_and_everything_else_is_text(figures):
    kinds = {"decimal": (int, float), "count": int, "date": datetime}
    for sheet in SHEETS.values():
        for row in rows_of(figures, sheet):
            for field, value in zip(sheet.field, row, strict=True):
                assert value is None or isinstance(value, kinds.get(field.type, str)), field.key


# --- the JSON


def test_the_json_has_its_version_and_keys_in_their_order(stored):
    assert tuple(stored) == HEAD
    assert stored["version"] == RESULT_VERSION
    assert stored["cycle"] == NEWEST
    assert list(stored["tables"]) == list(SHEETS)
    assert set(stored["meeting"]) == {
        *("cutoff", "verification_until", "meeting_on", "hour", "place", "chair", "secretary"),
        *("attendees", "minutes", "first_day", "last_day"),
    }
    assert datetime.fromisoformat(stored["made_at"]).utcoffset() == VIETNAM.utcoffset(None)
    assert re.fullmatch(r"[0-9A-F]{4}", stored["print_code"])


@pytest.mark.parametrize("key", SHEETS)
def test_every_row_of_the_json_has_every_column_and_no_other(stored, key):
    assert {tuple(row) for row in stored["tables"][key]} <= {tuple(SHEETS[key].keys)}


@pytest.mark.parametrize("key", SHEETS)
def test_values_of_the_json_are_of_their_kind(stored, key):
    for row in stored["tables"][key]:
        for field in SHEETS[key].field:
            value = row[field.key]
            if field.type == "decimal":
                assert value is None or re.fullmatch(r"-?\d+(\.\d+)?", value), (field.key, value)
            elif field.type == "count":
                assert value is None or type(value) is int
            elif field.type == "date":
                assert value is None or date.fromisoformat(value)
            else:
                assert isinstance(value, str)
                if field.choices and value:
                    assert value in field.choices


def test_the_json_comes_back_as_the_result_it_was(made, stored):
    for key, rows in stored["tables"].items():
        assert to_plain(from_plain(key, rows)) == rows
    assert result_json(result_of(stored)) == (made / "result.json").read_bytes()


def test_the_archive_made_from_the_json_is_the_same_bytes(made, stored):
    assert archive_workbook(result_of(stored)) == (made / "luu-tru.xlsx").read_bytes()


def test_the_packet_made_from_the_json_is_the_same_page(made, stored):
    assert compose(result_of(stored)).encode() == (made / "ho-so-hop.pdf").read_bytes()


def test_the_json_is_text_people_can_read(made):
    text = (made / "result.json").read_text(encoding="utf-8")
    assert "Phòng Kinh tế" in text
    assert "\\u" not in text
    assert text.endswith("}\n")
    assert not re.search(r"\bNaN\b|Infinity", text)


# --- what is live


def test_scores_are_formulas_and_no_other_cell_is(formulas, stored):
    for key, sheet in SHEETS.items():
        count = len(stored["tables"][key])
        for row in formulas[sheet.title].iter_rows(min_row=sheet.heading_row + 1):
            for field, cell in zip(sheet.field, row, strict=True):
                filled = cell.row <= sheet.heading_row + count
                live = field.key in FORMULAS.get(key, ()) and filled
                assert (cell.data_type == "f") is live, (key, cell.coordinate)
    for row in formulas["Đọc trước"].iter_rows():
        assert all(cell.data_type in ("s", "n") for cell in row)


def test_no_cell_is_an_error_or_a_link(formulas, figures):
    for book in (formulas, figures):
        for sheet in book:
            assert not sheet._hyperlinks
            for row in sheet.iter_rows():
                assert all(cell.data_type != "e" and cell.hyperlink is None for cell in row)


def test_formulas_use_no_function_that_reads_elsewhere(formulas):
    allowed = {"SUMIFS", "IF", "OR", "MIN", "MAX"}
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert set(re.findall(r"([A-Z]+)\(", cell.value)) <= allowed
                    assert "[" not in cell.value


def test_a_formula_of_every_row_reads_its_own_row(formulas):
    sheet = SHEETS["lines"]
    column = sheet.keys.index("A")
    rows = formulas[sheet.title].iter_rows(min_row=sheet.heading_row + 1)
    for row in rows:
        numbers = set(re.findall(r"[A-Z]+(\d+)", row[column].value))
        assert numbers == {str(row[column].row)}


PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml"
    r"|xl/(workbook|styles|sharedStrings)\.xml|xl/theme/theme1\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet\d+\.xml"
)


def check_package(data: bytes) -> None:
    """Hold that a workbook has sheets and nothing else: no link, macro, object or connection."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            assert PARTS.fullmatch(name), name
            text = package.read(name).decode("utf-8")
            assert 'TargetMode="External"' not in text
            if name.startswith("xl/worksheets"):
                assert set(re.findall(r'<c r="[A-Z]+\d+"[^>]* t="(\w+)"', text)) <= CELL_TYPES
                assert "<hyperlink" not in text


def test_the_package_holds_sheets_and_nothing_else(made):
    check_package((made / "luu-tru.xlsx").read_bytes())


# --- what a unit may type

HOSTILE = (
    *("=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x.vn","bấm")', "|cmd", "＝1+1"),
    *("<b>đậm</b>", "a & b", "]]>", "&amp;", "<!--", "{{ 7*7 }}", "{% raw %}", "{folder}"),
    *("_x0008_", "_x000D_", "a\x08b", "a\x00b", "\x1f", "￿"),
    *("http://example.vn", "mailto:a@x.vn", "file:///etc/passwd", r"\\may\o", "#DIV/0!", "#REF!"),
    *("1.234", "001", "3/4/2026", "TRUE", "1E5", "None", "nan", "N/A"),
    *(" hai đầu ", "hai\ndòng", "tab\tgiữa", "'nháy", '"nháy"', "\u200b=1+1", "\u202eđảo"),
    *("ngựa 🐎", "Hoà", "e\u0302\u0301", "x" * 400),
)


@cache
def hostile() -> CycleResult:
    """Return a cycle whose texts are hostile: one a line, in every text a unit types."""
    tables = make_tables((("KT", "Phòng Kinh tế", "không", len(HOSTILE)),), random.Random(335))
    for row, text in zip(tables["lines"], HOSTILE, strict=True):
        row |= dict.fromkeys(("note", "evidence", "task", "completed_raw", "finished_raw"), text)
    tables["obstacles"] = [
        {"unit": "KT", "task_id": "", "obstacle": text, "proposal": text, "who": text}
        for text in HOSTILE
    ]
    tables["findings"] = [
        {"code": "K301", "severity": "lỗi", "unit": "KT", "value": text, "message": text}
        for text in HOSTILE
    ]
    tables["submissions"] = [{"unit": "KT", "file": text, "reason": text} for text in HOSTILE]
    return make_result((), tables=tables)


@pytest.fixture(scope="module")
def hostile_book() -> bytes:
    return archive_workbook(hostile())


def unescaped(text: str) -> str:
    """Return a text as a spreadsheet program reads it from the XML."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize(("key", "name"), [("lines", "note"), ("obstacles", "obstacle"), ("findings", "value"), ("submissions", "file")])  # fmt: skip
def test_hostile_text_stays_the_text_it_was(hostile_book, key, name):
    sheet = SHEETS[key]
    column = sheet.keys.index(name) + 1
    book = openpyxl.load_workbook(io.BytesIO(hostile_book))
    for number, text in enumerate(HOSTILE, sheet.heading_row + 1):
        cell = book[sheet.title].cell(number, column)
        assert cell.data_type == "s", text
        assert unescaped(cell.value) == text.replace("\r", "\n"), text


def test_a_text_of_escapes_that_overlap_stays_the_text_it_was():
    text = "_x005F_x0008_"
    result = make_result((), tables={"obstacles": [{"unit": "KT", "obstacle": text}]})
    book = openpyxl.load_workbook(io.BytesIO(archive_workbook(result)))
    sheet = SHEETS["obstacles"]
    cell = book[sheet.title].cell(sheet.heading_row + 1, sheet.keys.index("obstacle") + 1)
    assert unescaped(cell.value) == text


def test_hostile_text_makes_nothing_live(hostile_book):
    check_package(hostile_book)
    book = openpyxl.load_workbook(io.BytesIO(hostile_book))
    for key, sheet in SHEETS.items():
        for row in book[sheet.title].iter_rows(min_row=sheet.heading_row + 1):
            for field, cell in zip(sheet.field, row, strict=True):
                if field.key not in FORMULAS.get(key, ()):
                    assert cell.data_type in ("s", "n", "d"), (cell.coordinate, cell.value)


def test_a_text_that_begins_live_carries_the_quote_mark(hostile_book):
    sheet = SHEETS["lines"]
    column = sheet.keys.index("note") + 1
    book = openpyxl.load_workbook(io.BytesIO(hostile_book))
    for number, text in enumerate(HOSTILE, sheet.heading_row + 1):
        live = text.lstrip(" \u200b").startswith(("=", "+", "-", "@", "|", "＝"))
        assert bool(book[sheet.title].cell(number, column).quotePrefix) is live, text


def test_hostile_text_comes_back_from_the_json():
    result = hostile()
    stored = json.loads(result_json(result))
    for key, table in result.tables.items():
        assert records(from_plain(key, stored["tables"][key])) == records(table)


def test_a_text_longer_than_a_cell_says_what_is_missing():
    long = "dài " * 20_000
    tables = {"obstacles": [{"unit": "KT", "obstacle": long}]}
    result = make_result((), tables=tables)
    book = openpyxl.load_workbook(io.BytesIO(archive_workbook(result)))
    sheet = SHEETS["obstacles"]
    cell = book[sheet.title].cell(sheet.heading_row + 1, sheet.keys.index("obstacle") + 1)
    assert len(cell.value) <= EXCEL_LIMIT
    assert re.search(r" \[…còn \d+ ký tự, xem tệp gốc\]$", cell.value)
    (row,) = json.loads(result_json(result))["tables"]["obstacles"]
    assert row["obstacle"] == long


def test_a_cycle_without_anything_is_an_archive_too():
    empty = make_result((), tables={key: [] for key in SHEETS})
    book = openpyxl.load_workbook(io.BytesIO(archive_workbook(empty)), data_only=True)
    assert book.sheetnames == [sheet.title for sheet in layout("archive").sheet]
    assert not any(rows_of(book, sheet) for sheet in SHEETS.values())


# --- computed by somebody else


@pytest.fixture(scope="module")
def recalculated(stored, tmp_path_factory) -> openpyxl.Workbook:
    """The archive written without results and computed by LibreOffice."""
    office = shutil.which("soffice")
    if not office:
        pytest.skip("needs LibreOffice")
    place = tmp_path_factory.mktemp("office")
    (place / "archive.xlsx").write_bytes(archive_workbook(result_of(stored), results=False))
    profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*command, "--outdir", str(place / "computed"), str(place / "archive.xlsx")],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return openpyxl.load_workbook(place / "computed" / "archive.xlsx", data_only=True)


@pytest.mark.slow
@pytest.mark.parametrize("key", FORMULAS)
def test_libreoffice_computes_every_stored_score(recalculated, stored, key):
    sheet, rows = SHEETS[key], stored["tables"][key]
    computed = rows_of(recalculated, sheet)
    assert len(computed) == len(rows) > 0
    for row, cells in zip(rows, computed, strict=True):
        found = dict(zip(sheet.keys, cells, strict=True))
        for name in FORMULAS[key]:
            if row[name] is None:
                assert found[name] in (None, ""), (row, name)
            else:
                assert found[name] == pytest.approx(float(row[name]), abs=NEAR, rel=NEAR), name


@pytest.mark.slow
@pytest.mark.parametrize("key", SHEETS)
def test_libreoffice_sees_the_same_texts_days_and_figures(recalculated, stored, key):
    sheet = SHEETS[key]
    computed = rows_of(recalculated, sheet)
    for row, cells in zip(stored["tables"][key], computed, strict=True):
        for field, value in zip(sheet.field, cells, strict=True):
            if field.key not in FORMULAS.get(key, ()):
                expected = in_cell(field, row[field.key])
                if isinstance(expected, float):  # it saves fifteen digits
                    expected = pytest.approx(expected, abs=0, rel=1e-14)
                assert value == expected, field.key


def test_without_results_no_formula_has_one(stored):
    data = archive_workbook(result_of(stored), results=False)
    bare = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for key, names in FORMULAS.items():
        sheet = SHEETS[key]
        for row in rows_of(bare, sheet):
            found = dict(zip(sheet.keys, row, strict=True))
            assert [found[name] for name in names] == [None] * len(names)
