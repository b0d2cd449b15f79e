"""What an .ods keeps beside its cells, shows otherwise than it keeps, or folds away."""

import io
import re
import zipfile
from datetime import date

import pytest

from tests import sheets
from tests.test_hostile import codes, read

TABLE = """
    5 | Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú
    6 | KT-01 | 2 | 2026-11-09 | 0 | BC 15 | xong
    7 | KT-02 | 3 | 2026-11-10 | 1 | BC 16 | tốt
"""
SPACES = 'xmlns:draw="urn:draw" xmlns:svg="urn:svg" xmlns:dc="urn:dc" xmlns:office='
WORDS, NUMBER, DAY = sheets.TEXT.format("BC 15"), sheets.NUMBER.format("2.0"), "2026-11-09"
STRING = 'office:value-type="string"'
FLOAT = 'office:value-type="float" office:value="2"'
DATED = f'office:value-type="date" office:date-value="{DAY}"'
FRAME = "<draw:frame><svg:title>t</svg:title><draw:text-box><text:p>z</text:p></draw:text-box>"
INNER = (
    '<table:table table:name="z"><table:table-row>' + NUMBER + "</table:table-row></table:table>"
)


def content() -> str:
    book = zipfile.ZipFile(io.BytesIO(sheets.ods({"Nhiệm vụ": TABLE})))
    return book.read("content.xml").decode().replace("xmlns:office=", SPACES, 1)


def swapped(old: str, new: str) -> bytes:
    assert old in content()
    return sheets.ods_package(content().replace(old, new, 1))


def cell(attributes: str, inner: str) -> str:
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


def found(data: bytes) -> list[tuple[str, str]]:
    """Return (code, cell) of every finding."""
    raw = read(data)
    return [
        (
            row["code"],
            f"{raw.places.get((row['file'], row['sheet'], row['field']), '')}{row['row']}",
        )
        for row in raw.findings
    ]


def values(data: bytes) -> list[tuple]:
    keys = ("task_id", "completed", "finished", "rework", "evidence", "note")
    return [tuple(row[key] for key in keys) for row in read(data).entries["tasks"]]


RIGHT = [
    ("KT-01", 2, date(2026, 11, 9), 0, "BC 15", "xong"),
    ("KT-02", 3, date(2026, 11, 10), 1, "BC 16", "tốt"),
]


@pytest.mark.parametrize(
    "inner",
    [
        "<office:annotation><dc:creator>Lan</dc:creator><text:p>z</text:p></office:annotation>"
        "<text:p>BC 15</text:p>",
        "<text:p>BC 15<office:annotation><text:p>z</text:p></office:annotation></text:p>",
        f"{FRAME}</draw:frame><text:p>BC 15</text:p>",
        f"<text:p>BC 15{FRAME}</draw:frame></text:p>",
        "<draw:custom-shape><text:p>z</text:p></draw:custom-shape><text:p>BC 15</text:p>",
        f"<text:p>BC 15</text:p><draw:frame><draw:object>{INNER}</draw:object></draw:frame>",
        "<text:p>BC 15</text:p><draw:control svg:x='>'/>",
        "<office:event-listeners><x>z</x></office:event-listeners><text:p>BC 15</text:p>",
        "<text:p>BC 15<text:note><text:note-body><text:p>z</text:p></text:note-body></text:note>"
        "</text:p>",
        "<text:p>BC <text:ruby><text:ruby-base>15</text:ruby-base><text:ruby-text>z</text:ruby-text>"
        "</text:ruby></text:p>",
        "<text:p>B<text:span>C</text:span><text:s/><text:a>15</text:a></text:p>",
    ],
)
def test_notes_and_shapes_in_a_cell_are_none_of_its_text(inner):
    data = swapped(WORDS, cell(STRING, inner))
    is_said = FRAME in inner or any(mark in inner for mark in ("annotation>", "custom-shape>"))
    assert codes(read(data)) == (("K218",) if is_said else ())
    assert values(data) == RIGHT


@pytest.mark.parametrize(
    "aside",
    [
        f"<table:tracked-changes><x>{INNER}</x></table:tracked-changes>",
        f"<table:dde-links><table:dde-link>{INNER}</table:dde-link></table:dde-links>",
    ],
)
def test_tables_that_are_no_sheets_are_not_read(aside):
    """Changes that were made, what another program sent."""
    data = swapped("<office:spreadsheet>", f"<office:spreadsheet>{aside}")
    assert codes(read(data)) == ()
    assert values(data) == RIGHT
    shapes = f"<table:shapes>{FRAME}{INNER}</draw:frame></table:shapes>"
    start = '<table:table table:name="Nhiệm vụ">'
    assert values(swapped(start, start + shapes)) == RIGHT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (NUMBER, cell(FLOAT, "<text:p>7</text:p>"), [("K315", "B6")]),
        (NUMBER, cell(FLOAT, "<text:p>2,6</text:p>"), [("K315", "B6")]),
        (NUMBER, cell(FLOAT, "<text:p>2 nghìn</text:p>"), [("K315", "B6")]),
        (NUMBER, cell(FLOAT, "<text:p>2,0 triệu</text:p>"), [("K315", "B6")]),
        (NUMBER, cell(FLOAT, "<text:p>-2</text:p>"), [("K315", "B6")]),
        (NUMBER, cell(FLOAT, "<text:p/>"), [("K315", "B6")]),
        (sheets.DAY.format(DAY), cell(DATED, "<text:p/>"), [("K315", "C6")]),
        (NUMBER, cell(STRING + ' office:value="2"', "<text:p>5</text:p>"), [("K315", "B6")]),
        (
            WORDS,
            cell(STRING + ' office:string-value="BC 15"', "<text:p>BC 16</text:p>"),
            [("K315", "E6")],
        ),
        (sheets.DAY.format(DAY), cell(DATED, "<text:p>08/11/2026</text:p>"), [("K315", "C6")]),
        (
            NUMBER,
            cell('office:value-type="percentage" office:value="2"', "<text:p>2%</text:p>"),
            [("K315", "B6")],
        ),
    ],
)
def test_a_cell_that_shows_another_value_than_it_keeps(old, new, said):
    assert found(swapped(old, new)) == said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (NUMBER, cell(FLOAT, f"<text:p>{shown}</text:p>"))
        for shown in ("2", "2,0", "2.00", "02", "hai", "2 ₫", "2E+00")
    ]
    + [
        (WORDS, cell(STRING + ' office:string-value="BC 15"', "<text:p>BC\u00a0 15</text:p>")),
        *(
            (sheets.DAY.format(DAY), cell(DATED, f"<text:p>{shown}</text:p>"))
            for shown in (
                "09/11/2026",
                "9/11/26",
                "11/9/2026",
                "Thứ Hai, 9 tháng 11",
                "2026-11-09",
                "26/11/09",
                "10:00:05",
            )
        ),
    ],
)
def test_a_value_shown_in_another_format_is_no_other_value(old, new):
    data = swapped(old, new)
    assert codes(read(data)) == ()
    assert values(data) == RIGHT


def test_a_quantity_in_percent_is_read_as_it_is_seen():
    data = swapped(
        NUMBER, cell('office:value-type="percentage" office:value="0.5"', "<text:p>50%</text:p>")
    )
    assert values(data)[0][1] == "50 %"
    assert codes(read(data)) == ("K309",)


def test_thousands_and_rounding_as_shown():
    for value, shown in (
        ("1234", "1.234"),
        ("1234", "1,234"),
        ("2.3455", "2,346"),
        ("0.857", "86%"),
    ):
        kept = f'office:value-type="float" office:value="{value}"'
        data = swapped(NUMBER, cell(kept, f"<text:p>{shown}</text:p>"))
        assert found(data) == []
        assert values(data)[0][1] == float(value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (NUMBER, cell(FLOAT + ' table:number-columns-repeated="0"', "")),
        (NUMBER, cell('office:value-type="float" office:value=""', "<text:p>2</text:p>")),
        (
            sheets.DAY.format(DAY),
            cell('office:value-type="date" office:date-value=""', "<text:p>9/11</text:p>"),
        ),
        (WORDS, cell("", INNER)),
    ],
)
def test_what_readers_take_differently_is_refused(old, new):
    assert codes(read(swapped(old, new))) == ("K104",)


def test_sheets_by_another_prefix_are_refused():
    """The fast reader knows one prefix."""
    assert codes(read(sheets.ods_package(content().replace("table:", "t:")))) == ("K104",)


def test_cells_merged_downwards_alone_are_told():
    data = swapped(NUMBER, cell(FLOAT + ' table:number-rows-spanned="2"', ""))
    assert codes(read(data)) == ("K318", "K206")
    assert [row[1] for row in values(data)] == [2, None]


def test_rows_in_a_folded_group_are_hidden():
    row = re.search(
        r"<table:table-row>(?:(?!</table:table-row>).)*KT-01.*?</table:table-row>", content()
    )[0]
    for display, said in (("true", ()), ("false", ("K207",))):
        group = f'<table:table-row-group table:display="{display}">{row}</table:table-row-group>'
        assert codes(read(swapped(row, group))) == said


def test_bare_numbers_are_days_by_the_workbooks_own_day_zero():
    data = swapped(
        "<office:spreadsheet>",
        "<office:spreadsheet><table:calculation-settings>"
        '<table:null-date table:date-value="1904-01-01"/></table:calculation-settings>',
    )
    book = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()
    bare = sheets.ods_package(book.replace(sheets.DAY.format(DAY), sheets.NUMBER.format("44873")))
    assert found(bare) == [("K312", "C6")]
    assert values(bare) == RIGHT
