"""Workbooks as they are written: content, locks, lists, print, and that nothing in them is live."""

import errno
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipeline.model.layout import Field, Layout, Sheet, layout
from pipeline.model.stamp import STAMP_SHEET, Stamp, find_stamp
from pipeline.tools import form
from pipeline.tools.blocks import TEXT_LIMIT, block_of, fill_formula, letters
from pipeline.tools.workbook import NOT_READY, READY, write_workbook

LAYOUTS = ("unit", "assignment", "registers", "verification", "archive")
STAMP = Stamp("KT", "2026-11-K1", "QT-F211", "1a2b3c4d")
LAST_DAY = date(2026, 11, 15)
WORDS = {
    "unit": "KT",
    "unit_name": "Phòng Kinh tế",
    "cycle_name": "1 THÁNG 11 NĂM 2026",
    "first_day": date(2026, 11, 1),
    "last_day": LAST_DAY,
    "cutoff": LAST_DAY,
    "secretary": "Lê Thị Hồng Diễm",
    "commune": "UBND xã Bình Khê",
    "print_code": "7F3A",
    "rule_code": "QT-F211",
    "state": "NHÁP",
}
PEOPLE = [f"CB{number:03d} – Nguyễn Văn An" for number in range(45)]
LISTS = dict.fromkeys(("people", "products", "units", "units_or_shared"), PEOPLE)
VALUES = {
    "code": "001",
    "text": "Báo cáo quý, tỷ lệ 1/2",
    "decimal": Decimal("2.5"),
    "count": 3,
    "date": date(2026, 11, 9),
}
PAYLOADS = [
    "=1+1",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://x.example","bấm")',
    "{=1+1}",
    "+1",
    "-1",
    "@SUM(A1)",
    " \u00a0\u200b=1+1",
    "\t=1+1",
    "＝1+1",
    "http://x.example",
    "mailto:a@x.example",
    "internal:'Nhiệm vụ'!A1",
    "external:c:\\x.xlsx",
    "#REF!",
    "#DIV/0!",
    "<r><t>x</t></r>",
    "<r></is></c></row></r>",
    "a & b < c > \"d\" 'e'",
    "_x0041_",
    "chuông \x07 và \x1b",
    "hai\ndòng",
    "TRUE",
    "1e5",
    "001",
]


def write(key: str, tables: dict, **options: object) -> bytes:
    usual = {"words": WORDS, "lists": LISTS}
    return write_workbook(layout(key), tables, **{**usual, **options})


def value_of(field: Field) -> object:
    if field.type == "choice":
        return PEOPLE[0] if isinstance(field.choices, str) else field.choices[0]
    return VALUES[field.type]


def rows_of(sheet: Sheet, count: int = 2) -> list[dict]:
    return [{field.key: value_of(field) for field in sheet.field}] * count


def full(key: str) -> dict[str, list[dict]]:
    return {sheet.key: rows_of(sheet) for sheet in layout(key).tables}


def grid(data: bytes, title: str) -> list[list]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return book.get_sheet_by_name(title).to_python(skip_empty_area=False)


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def load(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data))


@pytest.fixture(scope="module")
def unit_book() -> openpyxl.Workbook:
    tables = {sheet.key: [] for sheet in layout("unit").tables} | {
        "tasks": rows_of(layout("unit")["tasks"], 4)
    }
    return load(write("unit", tables, form=True, stamp=STAMP))


@pytest.mark.parametrize("key", LAYOUTS)
@pytest.mark.parametrize("as_form", [False, True])
def test_every_layout_reads_back_as_written(key: str, as_form: bool) -> None:
    data = write(key, full(key), form=as_form, stamp=STAMP if as_form else None)
    for sheet in layout(key).tables:
        read = grid(data, sheet.title)
        headings = read[sheet.heading_row - 1][: len(sheet.field)]
        assert headings == [field.heading for field in sheet.field]
        for row in read[sheet.heading_row : sheet.heading_row + 2]:
            for field, cell in zip(sheet.field, row, strict=False):
                wanted = value_of(field)
                got = Decimal(str(cell)) if isinstance(wanted, (Decimal, int)) else cell
                assert got == wanted, (sheet.key, field.key)


def test_tables_may_be_frames_and_lack_columns() -> None:
    sheet = layout("unit")["claims"]
    table = pd.DataFrame([{"task_id": "KT-01", "file": "x.xlsx", "cause": None}], dtype=object)
    read = grid(write("unit", {"claims": table}), sheet.title)
    assert read[sheet.heading_row] == ["KT-01", "", "", ""]


def test_only_asked_tables_are_written_with_texts_and_self_check() -> None:
    data = write("unit", {"tasks": []}, form=True)
    titles = CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names
    assert titles == ["Hướng dẫn", "Nhiệm vụ", "Tự kiểm tra"]
    checks = [row[0] for row in grid(data, "Tự kiểm tra")[5:]]
    assert len(checks) == 8  # those about «Phát sinh» are left out with the sheet
    assert not any("Phát sinh" in text for text in checks)


@pytest.mark.parametrize("key", LAYOUTS)
def test_no_input_becomes_live(key: str) -> None:
    tables = {
        sheet.key: [
            {f.key: text for f in sheet.field if not sheet.formula_of(f)} for text in PAYLOADS
        ]
        for sheet in layout(key).tables
    }
    lists = dict.fromkeys(LISTS, PAYLOADS)
    data = write(key, tables, lists=lists, form=True)
    for name, xml in parts(data).items():
        if name.startswith("xl/worksheets/"):
            live = re.findall(r"<f>(.*?)</f>", xml)
            assert not any(
                mark in formula for formula in live for mark in ("cmd", "HYPERLINK", "1+1")
            )
            assert "<hyperlink" not in xml
            assert 't="e"' not in xml
        assert "TargetMode" not in xml
    for sheet in layout(key).tables:
        computed = [at for at, field in enumerate(sheet.field) if sheet.formula_of(field)]
        read = grid(data, sheet.title)[sheet.heading_row :]
        for row, text in zip(read, PAYLOADS, strict=False):
            cells = [cell for at, cell in enumerate(row) if at not in computed]
            shown = {unescaped(cell) for cell in cells if cell != ""}
            assert shown == {text}, text


def unescaped(cell: str) -> str:
    """Undo the escapes of forbidden characters where the reader has not."""
    cell = re.sub(r"_x(00[01][0-9A-F])_", lambda found: chr(int(found[1], 16)), cell)
    return cell.replace("_x005F_", "_")


def test_texts_that_begin_like_a_formula_carry_the_quote_mark() -> None:
    sheet = layout("unit")["claims"]
    texts = [text for text in PAYLOADS if re.match(r"[\s\u200b]*[=+\-@＝]", text)]
    book = load(write("unit", {"claims": [{"cause": text} for text in [*texts, "thường"]]}))
    column = sheet.keys.index("cause") + 1
    cells = [
        book[sheet.title].cell(sheet.heading_row + at, column) for at in range(1, len(texts) + 2)
    ]
    assert [bool(cell.quotePrefix) for cell in cells] == [True] * len(texts) + [False]


@pytest.mark.parametrize("unit", ["a", "😀"])
def test_a_text_is_kept_whole_up_to_the_limit_of_a_cell(unit: str) -> None:
    size = len(unit.encode("utf-16-le")) // 2
    fits = unit * (TEXT_LIMIT // size)
    read = grid(
        write("unit", {"claims": [{"cause": fits}, {"cause": fits + unit}]}), "Đề nghị loại trừ"
    )
    assert read[5][2] == fits
    assert re.search(r"còn \d+ ký tự", read[6][2])
    assert len(read[6][2].encode("utf-16-le")) // 2 <= TEXT_LIMIT


def test_a_broken_surrogate_does_not_stop_the_writing() -> None:
    assert (
        grid(write("unit", {"claims": [{"cause": "a\ud800b"}]}), "Đề nghị loại trừ")[5][2] == "a?b"
    )


def test_equal_arguments_give_equal_bytes() -> None:
    for key in LAYOUTS:
        assert write(key, full(key), form=True, stamp=STAMP) == write(
            key, full(key), form=True, stamp=STAMP
        )
        assert write(key, full(key)) == write(key, full(key))


def test_form_locks_what_was_issued_and_opens_what_is_filled(unit_book: openpyxl.Workbook) -> None:
    for sheet in layout("unit").tables:
        page = unit_book[sheet.title]
        assert page.protection.sheet
        assert not page.protection.password
        assert not page.protection.autoFilter  # False: not forbidden
        assert not page.protection.formatColumns
        assert not page.protection.formatRows
        for column, field in enumerate(sheet.field, 1):
            cell = page.cell(sheet.heading_row + 1, column)
            filled = field.by == "unit"
            assert cell.protection.locked is not filled
            assert (cell.fill.fgColor.rgb == "FFFFF8D6") is filled
            assert page.cell(sheet.heading_row, column).protection.locked


def test_groups_own_tables_are_not_locked_at_all() -> None:
    book = load(write("verification", full("verification"), form=True))
    assert book["Thẩm định"].protection.sheet
    assert not book["Kiến nghị của Tổ"].protection.sheet


def test_spare_rows_have_preprinted_ids(unit_book: openpyxl.Workbook) -> None:
    page = unit_book["Phát sinh"]
    assert [page.cell(row, 1).value for row in (6, 7, 25)] == ["PS-01", "PS-02", "PS-20"]
    assert page.cell(26, 1).value is None


def test_rows_that_are_there_come_before_preprinted_ids() -> None:
    tables = {"unplanned": [{"task_id": "PS-02", "task": "Đón đoàn kiểm tra"}]}
    read = grid(write("unit", tables, form=True), "Phát sinh")
    assert [row[0] for row in read[5:8]] == ["PS-02", "PS-01", "PS-03"]
    assert len(read) == 26


def rules_of(page: object) -> dict[str, object]:
    return {str(rule.sqref): rule for rule in page.data_validations.dataValidation}


def test_short_lists_stand_in_the_cell_and_long_ones_behind_a_name(
    unit_book: openpyxl.Workbook,
) -> None:
    rules = rules_of(unit_book["Phát sinh"])
    assert rules["A3"].formula1 == '"x"'
    assert rules["B6:B25"].formula1 == '"phát sinh,nhận thay"'
    assert rules["H6:H25"].formula1 == "people"
    hidden = unit_book[STAMP_SHEET]
    assert hidden.sheet_state == "hidden"
    target = unit_book.defined_names["people"].attr_text
    cells = hidden[target.split("!")[1].replace("$", "")]
    assert [cell.value for (cell,) in cells] == PEOPLE


@pytest.mark.parametrize(("size", "inline"), [(255, True), (256, False)])
def test_a_list_of_255_characters_is_the_longest_in_a_cell(size: int, inline: bool) -> None:
    items = ["a" * 100, "b" * 100, "c" * (size - 202)]
    assert form.fits_inline(items) is inline
    data = write("unit", {"unplanned": []}, form=True, lists={"people": items, "products": ["x"]})
    assert ("people" in load(data).defined_names) is not inline
    assert not form.fits_inline(["một, hai"])


def test_prompts_and_messages_fit_and_speak_vietnamese(unit_book: openpyxl.Workbook) -> None:
    for sheet in layout("unit").tables:
        for rule in unit_book[sheet.title].data_validations.dataValidation:
            assert len(rule.promptTitle or "") <= 32
            assert len(rule.prompt or "") <= 255
            assert len(rule.errorTitle or "") <= 32
            assert len(rule.error or "") <= 255
    rules = rules_of(unit_book["Nhiệm vụ"])
    completed = rules["J6:J9"]
    assert completed.prompt == layout("unit")["tasks"]["completed"].prompt
    assert completed.type == "decimal"
    assert completed.errorStyle in (None, "stop")
    assert completed.error == "Chỉ gõ chữ số, ví dụ 2 hoặc 0,5; không kèm chữ. Không nhỏ hơn 0."
    assert rules["K6:K9"].errorStyle == "warning"
    points = rules_of(unit_book["Tự chấm"])["D6"]
    assert points.error.endswith("Từ 0 đến 2,5.")


def test_every_declared_prompt_fits() -> None:
    for key in LAYOUTS:
        for sheet in layout(key).tables:
            for field in sheet.field:
                assert len(field.prompt) <= 255, (key, sheet.key, field.key)


def test_tick_is_open_and_labelled(unit_book: openpyxl.Workbook) -> None:
    page = unit_book["Phát sinh"]
    assert not page["A3"].protection.locked
    assert page["B3"].value == layout("unit")["unplanned"].tick


def test_cells_people_type_codes_into_keep_them_as_text(unit_book: openpyxl.Workbook) -> None:
    page = unit_book["Nhiệm vụ"]
    assert page["M6"].number_format == "@"
    assert page["J6"].number_format == "General"
    assert page["K6"].number_format == "dd/mm/yyyy"


def test_stamp_stands_on_a_hidden_sheet_and_on_every_page(unit_book: openpyxl.Workbook) -> None:
    for page in unit_book.worksheets:
        found = [find_stamp(cell.value) for row in page.iter_rows() for cell in row if cell.value]
        assert STAMP in found, page.title
    hidden = {row[0].value: row[1].value for row in unit_book[STAMP_SHEET].iter_rows(max_row=5)}
    assert hidden["unit"] == "KT"
    assert hidden["digest"] == "1a2b3c4d"


def test_every_sheet_prints_on_a4_landscape_one_page_wide(unit_book: openpyxl.Workbook) -> None:
    for page in unit_book.worksheets[:-1]:
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize == 9
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.fitToWidth in (None, 1)
        assert page.page_setup.fitToHeight == 0
        assert "&P/&N" in page.oddFooter.right.text
    for sheet in layout("unit").tables:
        page = unit_book[sheet.title]
        assert page.print_title_rows == f"${sheet.heading_row}:${sheet.heading_row}"
        assert page.freeze_panes == f"A{sheet.heading_row + 1}"
        assert page.auto_filter.ref.startswith(f"A{sheet.heading_row}:")
        last = letters(len(sheet.field) - 1)
        assert page.print_area.startswith(f"'{sheet.title}'!$A$1:${last}$")


def test_used_rows_are_the_printed_rows(unit_book: openpyxl.Workbook) -> None:
    assert unit_book["Nhiệm vụ"].print_area.endswith("$N$9")
    assert unit_book["Phát sinh"].print_area.endswith("$N$25")


def test_many_spare_rows_stay_bare_and_are_not_printed() -> None:
    book = load(write("assignment", full("assignment"), form=True))
    page = book["Giao việc"]
    assert not page.print_area
    assert page.cell(4, 1).border.left.style == "thin"
    assert page.cell(100, 1).border.left.style is None
    assert len(rules_of(page)) >= 8


def test_everything_is_times_new_roman(unit_book: openpyxl.Workbook) -> None:
    fonts = {cell.font.name for page in unit_book for row in page.iter_rows() for cell in row}
    assert fonts == {"Times New Roman"}


def test_row_heights_are_first_heights_that_still_grow() -> None:
    long = "Thẩm tra hồ sơ thanh toán của các đơn vị dự toán trong toàn xã, quý IV năm 2026"
    xml = parts(write("unit", {"tasks": [{"work": long}, {"work": "ngắn"}]}, form=True))
    sheet = xml["xl/worksheets/sheet2.xml"]
    assert re.search(r'<row r="6" ht="[\d.]+">', sheet)
    assert '<row r="7">' in sheet


@pytest.mark.parametrize(
    ("text", "lines"), [("ngắn", 1), ("một dòng dài " * 5, 2), ("a\nb\nc", 3), ("x" * 100, 3)]
)
def test_lines_of_a_wrapped_text(text: str, lines: int) -> None:
    assert form.lines_of(text, 38) == lines


def test_columns_are_narrowed_until_the_page_is_readable() -> None:
    for key in ("unit", "verification"):
        for sheet in layout(key).tables:
            assert form.breadth(form.widths_of(sheet, {}, fit=True)) <= 1.01, sheet.key
    wide = layout("archive")["lines"]
    assert form.widths_of(wide, {}, fit=False)[wide.keys.index("task")] == 40


def test_archive_formulas_carry_their_stored_results() -> None:
    book = load(write("archive", archive_tables()))
    page = book["Dòng nhiệm vụ"]
    sheet = layout("archive")["lines"]
    cell = page.cell(4, sheet.keys.index("A") + 1)
    names = [letters(sheet.keys.index(key)) for key in ("coefficient", "share", "base")]
    assert cell.value == f"={names[0]}4*{names[1]}4*{names[2]}4"
    stored = openpyxl.load_workbook(BytesIO(write("archive", archive_tables())), data_only=True)
    assert stored["Dòng nhiệm vụ"].cell(4, sheet.keys.index("A") + 1).value == 8.1
    bare = openpyxl.load_workbook(
        BytesIO(write("archive", archive_tables(), results=False)), data_only=True
    )
    assert bare["Dòng nhiệm vụ"].cell(4, sheet.keys.index("A") + 1).value is None


def archive_tables() -> dict[str, list[dict]]:
    line = {"unit": "KT", "task_id": "KT-01", "person": "CB012", "deduct": "dòng"}
    figures = {"coefficient": "2.7", "share": "1", "base": "3", "delivered": "2", "completed": "2"}
    line |= {key: Decimal(value) for key, value in figures.items()}
    line |= {"rework": 1, "lateness": 0, "A": Decimal("8.1"), "D": Decimal("5.4")}
    line |= {"Q": Decimal("4.05"), "P": Decimal("5.4")}
    sums = {key: line[key] for key in "ADQP"}
    rates = {"a": sums["D"] / sums["A"], "b": sums["Q"] / sums["A"], "c": sums["P"] / sums["A"]}
    rates["R"] = sum(rates.values()) / 3
    unit = {"unit": "KT", "progress_only": "không", "status": "Đạt", "summed": "có"}
    police = {"unit": "CA", "progress_only": "có", "status": "Đạt", "summed": "không"}
    return {
        "commune": [{**sums, **rates}],
        "units": [{**unit, **sums, **rates}, {**police, **dict.fromkeys("ADQP", Decimal(0))}],
        "lines": [line],
    }


def test_a_formula_about_a_sheet_that_is_not_there_gives_way_to_the_value() -> None:
    tables = {"commune": [{"A": Decimal("8.1")}]}
    xml = parts(write("archive", tables))["xl/worksheets/sheet2.xml"]
    assert "SUMIFS" not in xml
    assert "<v>8.1</v>" in xml
    assert "MIN(1," in xml


def test_places_in_formulas() -> None:
    sheet = layout("unit")["tasks"]
    blocks = {"tasks": block_of(sheet, [{}] * 3, spare=True)}
    filled = fill_formula("COUNTIF({tasks.completed},{last_day})", blocks, {"last_day": LAST_DAY})
    assert filled == "COUNTIF('Nhiệm vụ'!$J$6:$J$8,DATE(2026,11,15))"
    assert fill_formula("{unplanned.tick}", blocks, {}) == ""
    assert [letters(n) for n in (0, 25, 26, 61, 702)] == ["A", "Z", "AA", "BJ", "AAA"]


ALLOWED = "AND|COUNTA|COUNTIF|DATE|IF|ISERROR|ISNUMBER|ISTEXT|MAX|MIN|OR|SUM|SUMIFS|SUMPRODUCT"


@pytest.mark.parametrize("key", LAYOUTS)
def test_formulas_use_only_functions_every_spreadsheet_program_knows(key: str) -> None:
    data = write(key, full(key), form=True) if key != "archive" else write(key, archive_tables())
    for name, xml in parts(data).items():
        assert "vba" not in name.lower()
        for formula in re.findall(r"<f>(.*?)</f>|<formula>(.*?)</formula>", xml):
            used = re.findall(r"([A-Z.]+)\(", "".join(formula))
            assert all(re.fullmatch(ALLOWED, function) for function in used), formula


def test_a_cell_the_library_refuses_is_never_dropped_in_silence() -> None:
    sheet = Sheet(key="s", title="Trang", text=("x" * (TEXT_LIMIT + 1),))
    data = write_workbook(Layout(key="l", title="Thử", sheet=(sheet,)), {})
    assert "ký tự, xem tệp gốc" in grid(data, "Trang")[0][0]


def test_a_full_temporary_folder_is_a_fault_of_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("xlsxwriter.Workbook._store_workbook", fail)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write("registers", full("registers"))
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, tempfile.gettempdir())


# Through LibreOffice

SOFFICE = shutil.which("soffice")
needs_soffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not here")


def convert(data: bytes, folder: Path, kind: str) -> bytes:
    source = folder / "a.xlsx"
    source.write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    target = folder / "out"
    command = [SOFFICE, profile, "--headless", "--convert-to", kind, "--outdir", target, source]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (target / f"a.{kind.split(':')[0]}").read_bytes()


def task(**filled: object) -> dict[str, object]:
    usual = {"task_id": "KT-01", "due": date(2026, 11, 10), "assigned": Decimal(3)}
    done = {"completed": Decimal(3), "finished": date(2026, 11, 9), "rework": 0, "note": ""}
    return {**usual, **done, **filled}


FAULTY = [
    task(completed=None, finished=None),
    task(completed=None, finished=None, due=date(2026, 11, 20)),  # not yet due: no fault
    task(completed="9O"),
    task(rework="hai"),
    task(completed=Decimal(-1)),
    task(finished=None),
    task(completed=Decimal(0), finished=None),  # not begun: no fault
    task(completed=Decimal(0)),
    task(finished="hôm qua"),
    task(finished=date(2026, 11, 16)),
    task(completed=Decimal(4)),
    task(completed=Decimal(4), note="làm giúp thôn"),  # explained: no fault
]
COUNTS = [1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 0]


@pytest.mark.slow
@needs_soffice
def test_self_check_counts_what_is_missing(tmp_path: Path) -> None:
    started = {"task": "Đón đoàn", "kind": "phát sinh", "person": PEOPLE[0]}
    mistyped = started | {"assigned": "hai", "completed": Decimal(1)}  # and no finishing date
    tables = {"tasks": FAULTY, "unplanned": [started, mistyped]}
    read = grid(convert(write("unit", tables, form=True), tmp_path, "xlsx"), "Tự kiểm tra")
    assert [int(row[1]) for row in read[5:]] == COUNTS
    assert read[2][0] == f"{NOT_READY} {sum(COUNTS)} LỖI"


@pytest.mark.slow
@needs_soffice
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_complete_form_is_ready_and_survives_libreoffice(tmp_path: Path, kind: str) -> None:
    filled = {"task": "Đón đoàn", "kind": "phát sinh", "person": PEOPLE[0]}
    filled |= {"assigned": Decimal(1), "completed": Decimal(1), "finished": date(2026, 11, 9)}
    tables = {"tasks": [task(), task(task_id="KT-02")], "unplanned": [filled]}
    data = convert(write("unit", tables, form=True, stamp=STAMP), tmp_path, kind)
    assert grid(data, "Tự kiểm tra")[2][0] == READY
    assert grid(data, "Nhiệm vụ")[5][10] == date(2026, 11, 9)
    assert find_stamp(grid(data, STAMP_SHEET)[0][1]) == STAMP
    if kind == "xlsx":
        book = load(data)
        assert book[STAMP_SHEET].sheet_state == "hidden"
        assert book["Nhiệm vụ"].protection.sheet
        assert not book["Nhiệm vụ"]["J6"].protection.locked
        rules = rules_of(book["Phát sinh"])
        assert rules["H6:H26"].formula1 == "people"
        assert rules["B6:B26"].formula1 == '"phát sinh,nhận thay"'
        assert "nhận thay" in rules["B6:B26"].prompt
        assert "people" in book.defined_names


@pytest.mark.slow
@needs_soffice
def test_archive_computes_the_stored_figures_again(tmp_path: Path) -> None:
    tables = archive_tables()
    data = convert(write("archive", tables, results=False), tmp_path, "xlsx")
    for key, rows in tables.items():
        sheet = layout("archive")[key]
        read = grid(data, sheet.title)[sheet.heading_row :]
        for row, cells in zip(rows, read, strict=True):
            for field in (f for f in sheet.field if sheet.formula_of(f)):
                cell = cells[sheet.keys.index(field.key)]
                stored = row.get(field.key)
                assert cell == ("" if stored is None else pytest.approx(float(stored), abs=1e-9))


@pytest.mark.slow
@needs_soffice
def test_pages_of_a_form_are_whole(tmp_path: Path) -> None:
    from pypdf import PdfReader

    tables = {sheet.key: [] for sheet in layout("unit").tables} | {"tasks": [task()] * 20}
    data = convert(write("unit", tables, form=True, stamp=STAMP), tmp_path, "pdf")
    pages = PdfReader(BytesIO(data)).pages
    assert len(pages) == 9  # one a sheet; the hidden one is not printed
    assert not any("###" in page.extract_text() for page in pages)
