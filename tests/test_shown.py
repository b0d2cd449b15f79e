"""What a cell shows and what it keeps: words, roundings, crossed-out signs, days that move on."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.formats import shown_as
from tests import sheets
from tests.test_reading import HEAD, column, found, read

NAMES = HEAD.split(" | ")
Write = Callable[[object, Callable[[Mapping[str, object]], object]], object]


def book(*writes: Write) -> bytes:
    """Return a workbook whose line in row 6 is written by these, cell by cell."""
    packed = io.BytesIO()
    made = xlsxwriter.Workbook(packed)
    sheet = made.add_worksheet("Nhiệm vụ")
    sheet.write_row(4, 0, NAMES)
    sheet.write_row(5, 0, ["KT-01", 2])
    for write in writes:
        write(sheet, made.add_format)
    made.add_worksheet("_sauro").write(0, 0, f"Mã phiếu: {sheets.STAMP}")
    made.close()
    return packed.getvalue()


def formatted(cell: str, value: object, code: str) -> Write:
    return lambda sheet, look: sheet.write(cell, value, look({"num_format": code}))


def told(result, code: str) -> list[tuple[str, str]]:
    return [(row["value"], row["fact"]) for row in result.findings if row["code"] == code]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (2, '[<5]"7";0', "7"),
        (12, '[<5]0;"7"', "7"),
        (0, '0;0;"100"', "100"),
        (2, '[>1]"0";0', "0"),
        (3, '[=1]0;[=2]0;"9"', "9"),
        (2, 'General"0"', "20"),
        (2, '0\\x"1"', "2x1"),
        (2, "0" + "0" * 40 + '"1"', "21"),
        (2, "0." + "0" * 40 + '"1"', "21"),
        (1500, "0,", "2"),
        (2, ";;;", "(không hiện gì)"),
        (2, '"7>6"', "7>6"),
        (3, '0 "nghìn"', "3 nghìn"),
        (2.5, '0.0" triệu"', "2,5 triệu"),
        (3, '0" chục"', "3 chục"),
        (3, '0"K"', "3K"),
        (3, "0\\ \\t\\ỷ", "3 tỷ"),
        (3, '"trăm" 0', "trăm 3"),
        (3, "-0", "-3"),
        (3, '"- "0', "- 3"),
        (3, "-General;0", "-3"),
    ],
)
def test_a_cell_that_shows_another_figure_is_asked_back(value, code, shown):
    result = read(book(formatted("B6", value, code)))
    assert found(result) == [("K315", "B6")]
    assert told(result, "K315") == [
        (shown, str(value).replace("1500", "1.500").replace("2.5", "2,5"))
    ]
    assert column(result, "completed") == [None]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        *((12, code) for code in ("0", '0" việc"', "#,##0.00", '[<5]"7";0', '0;0;"100"', "[Red]0")),
        *((0, code) for code in ('0;-0;"-"', "0;-0;;@", '#,##0;-#,##0;"không"', "0.0")),
        *((2.5, code) for code in ("0.0", "# ?/?", "General", '0.0##" ha"', "#,##0.00;@")),
        *((1500, code) for code in ("# ##0", "#,##0", "0.0E+0", "General;-General")),
        (0.3333333, "0.000"),
        *(
            (3, code)
            for code in ('0" km"', '0 "trang"', '0" kỳ"', "_-* 0_-;-* 0_-", '"Số" 0', "0;-0")
        ),
    ],
)
def test_a_cell_that_shows_its_figure_is_read(value, code):
    result = read(book(formatted("B6", value, code)))
    assert (found(result), column(result, "completed")) == ([], [value])


@pytest.mark.parametrize(
    ("value", "code", "shown", "kept"),
    [
        (11.6, "0", "12", "11,6"),
        (0.4, "0", "0", "0,4"),
        (4.5, "#,##0", "5", "4,5"),
        (1234.56, "#,##0.0", "1.234,6", "1.234,56"),
        (2.5, '0" việc"', "3", "2,5"),
    ],
)
def test_a_quantity_shown_rounded_is_counted_and_said_with_both_figures(value, code, shown, kept):
    result = read(book(formatted("B6", value, code)))
    assert found(result) == [("K320", "B6")]
    assert told(result, "K320") == [(shown, kept)]
    assert column(result, "completed") == [value]


def test_an_ods_quantity_shown_rounded_says_both_figures_too():
    made = sheets.ods({"Nhiệm vụ": f"5 | {HEAD}\n6 | KT-01 | 11.6 | | | |"})
    keeps = 'office:value="11.6"'
    shows = sheets.patched(
        made, "content.xml", f"{keeps}/>", f"{keeps}><text:p>12</text:p></table:table-cell>"
    )
    result = read(shows)
    assert (found(result), told(result, "K320")) == ([("K320", "B6")], [("12", "11,6")])
    assert column(result, "completed") == [11.6]


@given(st.fractions(0, 10**6, max_denominator=1000), st.integers(0, 3))
def test_rounding_is_half_up_and_only_told_where_it_hides_a_thousandth(figure, places):
    kept = Decimal(figure.numerator) / figure.denominator
    shown, is_rounded = shown_as(kept, "0." + "0" * places if places else "0")
    exact, unit = Fraction(kept), Fraction(1, 10**places)
    up = (exact / unit + Fraction(1, 2)).__floor__() * unit
    assert bool(shown) == (abs(up - exact) >= Fraction(1, 1000))
    if shown:
        assert (is_rounded, Fraction(shown.replace(".", "").replace(",", "."))) == (True, up)


CONDITIONAL = (
    '<conditionalFormatting sqref="A1 B6:B9"><cfRule type="expression" dxfId="0" priority="1">'
    "<formula>TRUE</formula></cfRule></conditionalFormatting><pageMargins"
)
OWN = (
    '<extLst><ext xmlns:x14="x"><x14:conditionalFormatting xmlns:xm="y"><x14:cfRule><x14:dxf>'
    '<x14:numFmt numFmtId="9" formatCode="&quot;12&quot;"/></x14:dxf></x14:cfRule>'
    "<xm:sqref>B6</xm:sqref></x14:conditionalFormatting></ext></extLst></worksheet>"
)
LOOK = '<dxfs count="1"><dxf><numFmt numFmtId="200" formatCode="&quot;12&quot;"/></dxf></dxfs>'


@pytest.mark.parametrize("later", [False, True])
def test_a_format_that_hangs_on_a_condition_is_looked_at(later):
    made = book()
    if later:
        made = sheets.patched(made, "sheet1.xml", "</worksheet>", OWN)
    else:
        made = sheets.patched(made, "sheet1.xml", "<pageMargins", CONDITIONAL)
        made = sheets.patched(made, "styles.xml", '<dxfs count="0"/>', LOOK)
    result = read(made)
    assert found(result) == [("K315", "B6")]
    assert told(result, "K315") == [("12 (định dạng có điều kiện)", "2")]


def restyled(change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    made = zipfile.ZipFile(io.BytesIO(book(formatted("B6", 2, '"7"'))))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name in made.namelist():
            target.writestr(*change(name, made.read(name)))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("styles.xml", "styles1.xml"),
        ("<cellXfs", "<!-- <cellXfs></cellXfs> --><cellXfs"),
        (
            'numFmtId="164" formatCode="&quot;7&quot;"',
            'formatCode="[>1]&quot;7&quot;" numFmtId="164"',
        ),
        ('numFmtId="164"', "numFmtId = '164'"),
    ],
)
def test_styles_are_found_however_they_are_written(old, new):
    renames = old == "styles.xml"

    def change(name: str, data: bytes) -> tuple[str, bytes]:
        kept = data.decode().replace(old, new) if renames or "styles" in name else data.decode()
        return name.replace(old, new), kept.encode()

    result = read(restyled(change))
    assert (found(result), told(result, "K315")) == ([("K315", "B6")], [("7", "2")])


def rich(cell: str, look: Mapping[str, object], *pieces: str) -> Write:
    """Write a text whose first piece looks so and whose second does not."""
    return lambda sheet, made: sheet.write_rich_string(
        cell, made(look), pieces[0], made(), pieces[1]
    )


@pytest.mark.parametrize("look", [{"font_strikeout": True}, {"font_script": 1}, {"font_script": 2}])
def test_figures_and_days_with_crossed_or_raised_signs_are_asked_back(look):
    result = read(
        book(
            rich("B6", look, "5", "3"),
            rich("C6", look, "6", "7/11/2026"),
            rich("E6", look, "m", "2"),
        )
    )
    assert found(result) == [("K319", "B6"), ("K319", "C6")]
    assert told(result, "K319") == [("53", ""), ("67/11/2026", "")]
    assert (column(result, "completed"), column(result, "evidence")) == ([None], ["m2"])


def test_a_bold_sign_in_a_number_changes_nothing():
    result = read(book(rich("B6", {"bold": True}, "5", "3")))
    assert (found(result), column(result, "completed")) == ([], ["53"])


def test_a_whole_cell_crossed_out_is_asked_back():
    crossed = {"font_strikeout": True}
    result = read(book(lambda sheet, look: sheet.write("B6", 5, look(crossed))))
    assert (found(result), column(result, "completed")) == ([("K319", "B6")], [None])


def test_a_text_kept_in_its_own_cell_is_looked_at_too():
    made = book(lambda sheet, look: sheet.write("B6", 77777))
    runs = "<is><r><rPr><strike/></rPr><t>5</t></r><r><t>3</t></r></is></c>"
    crossed = sheets.patched(made, "sheet1.xml", "><v>77777</v></c>", f' t="inlineStr">{runs}')
    assert found(read(crossed)) == [("K319", "B6")]
    plain = sheets.patched(crossed, "sheet1.xml", "<strike/>", '<strike val="0"/>')
    assert (found(read(plain)), column(read(plain), "completed")) == ([], ["53"])


@pytest.mark.parametrize(
    "look",
    [
        'style:text-position="super 58%"',
        'style:text-position="33% 58%"',
        'style:text-line-through-style="solid"',
        'style:text-line-through-type="single"',
    ],
)
def test_signs_crossed_or_raised_in_ods_are_asked_back(look):
    made = sheets.ods({"Nhiệm vụ": f'5 | {HEAD}\n6 | KT-01 | "120" | | | m2 |'})
    names = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    style = f'<style:style style:name="T1" {names}><style:text-properties {look}/></style:style>'
    made = sheets.patched(made, "content.xml", "<office:body>", f"{style}<office:body>")
    span = '<text:span text:style-name="T1">1</text:span>'
    result = read(sheets.patched(made, "content.xml", "<text:p>120<", f"<text:p>120{span}<"))
    assert (found(result), told(result, "K319")) == ([("K319", "B6")], [("1201", "")])


@pytest.mark.parametrize("build", [sheets.xlsx, sheets.ods])
def test_days_and_figures_that_move_on_every_day_are_asked_back(build):
    table = f"""
        5 | {HEAD}
        6 | KT-01 | 2 | =TODAY()-20 -> 46333 | | |
        7 | KT-02 | =today()-B6 -> 5 | | | |
        8 | KT-03 | 2 | | | | =TODAY() -> 5
    """
    result = read(build({"Nhiệm vụ": table}))
    assert found(result) == [("K321", "C6"), ("K321", "B7")]
    assert told(result, "K321") == [("46.333", ""), ("5", "")]
    assert (column(result, "finished"), column(result, "completed")[1]) == ([None] * 3, None)


def test_a_day_that_is_worked_out_is_held_against_its_formula():
    table = f"""
        5 | {HEAD}
        6 | KT-01 | 2 | 2026-11-07           |   | |
        7 | KT-02 | 2 | =C6+1 -> 2026-11-08  |   | |
        8 | KT-03 | 2 | =C6+1 -> 2026-11-04  |   | |
        9 | KT-04 | 2 | =WORKDAY(C6,1) -> 2026-11-09 | | |
    """

    def dated(sheet: object, look: Callable) -> None:
        day = look({"num_format": "dd/mm/yyyy"})
        for (row, at), value in sheets.parse(table).items():
            if isinstance(value, sheets.Formula):
                serial = (value.result - date(1899, 12, 30)).days
                sheet.write_formula(row - 1, at - 1, value.text, day, serial)
            else:
                sheets.write(sheet, row - 1, at - 1, value, day)

    result = read(book(dated))
    assert found(result) == [("K313", "C8"), ("K317", "C9")]
    assert told(result, "K313") == [("04/11/2026", "08/11/2026")]
    assert told(result, "K317") == [("09/11/2026", "")]


def test_what_a_formula_gives_is_told_in_fifteen_digits_at_most():
    table = f"""
        5 | {HEAD}
        6 | KT-01 | =((10^20)^20)^20 -> 12 | | | |
        7 | KT-02 | =1/3 -> 12             | | | |
    """
    result = read(sheets.xlsx({"Nhiệm vụ": table}))
    assert told(result, "K313") == [("12", "số quá lớn"), ("12", "0,333333333333333")]


@pytest.mark.parametrize("block", ["B7:B6", "B6:B7", "$B$7:B6"])
def test_a_block_may_be_named_from_either_corner(block):
    table = f"5 | {HEAD}\n6 | KT-01 | 5\n7 | KT-02 | 7\n8 | KT-03 | =SUM({block}) -> 12"
    result = read(sheets.xlsx({"Nhiệm vụ": table}))
    assert (found(result), column(result, "completed")) == ([], [5, 7, 12])


EXCEL = '<c r="E6" t="e" vm="1"><v>#VALUE!</v></c>'


@pytest.mark.parametrize(
    "picture",
    [
        EXCEL,
        '<c r="E6" t="e" vm="1"><f>_xlfn.IMAGE("https://x.vn/a.png")</f><v>#VALUE!</v></c>',
        '<c r="E6" t="e"><f>_xlfn.DISPIMG("ID_0A1B",1)</f><v>#NAME?</v></c>',
        '<c r="E6" t="str"><f>_xlfn.DISPIMG("ID_0A1B",1)</f><v>=DISPIMG("ID_0A1B",1)</v></c>',
        '<c r="E6" t="str"><v>=DISPIMG("ID_0A1B",1)</v></c>',
    ],
)
def test_a_picture_in_a_cell_for_words_is_told_as_one(picture):
    made = book(lambda sheet, look: sheet.write("E6", 1))
    result = read(sheets.patched(made, "sheet1.xml", '<c r="E6"><v>1</v></c>', picture))
    assert found(result) == [("K331", "E6")]
    assert column(result, "evidence") == [None]


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("B6", '<c r="B6" t="e" vm="1"><v>#VALUE!</v></c>'),
        ("E6", '<c r="E6" t="e"><v>#VALUE!</v></c>'),
        ("E6", '<c r="E6" t="e" vm="1"><f>_xlfn.UNIQUE(B6)</f><v>#VALUE!</v></c>'),
    ],
)
def test_an_error_and_a_picture_for_a_figure_stay_errors(cell, error):
    made = book(lambda sheet, look: sheet.write(cell, 1))
    result = read(sheets.patched(made, "sheet1.xml", f'<c r="{cell}"><v>1</v></c>', error))
    assert found(result) == [("K308", cell)]
