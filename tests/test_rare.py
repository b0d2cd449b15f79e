"""Packages that few programs write, and all may: they are read like any other."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from pipeline.model.findings import NOTE_AUTHOR
from tests import sheets
from tests.test_reading import PLAIN, column, found, read

MASHUP = '<?xml version="1.0" encoding="utf-16"?><DataMashup>AAAA</DataMashup>'.encode("utf-16")
EXTENSION = '<extLst><ext uri="{{x}}"><v>9</v></ext></extLst>{}'
# What office programs keep beside the cells of a sheet, by names that cells have too.
X14, XM = 'xmlns:x14="urn:x14"', 'xmlns:xm="urn:xm"'
DROP_DOWN = (
    f"<extLst><ext {X14}><x14:dataValidations {XM}><x14:formula1><xm:f>_sauro!$D$1:$D$9</xm:f>"
    "</x14:formula1><xm:sqref>B6:B7</xm:sqref></x14:dataValidations></ext></extLst></worksheet>"
)
SPARKLINE = (
    f"<extLst><ext {X14}><x14:sparkline {XM}><xm:f>'sheetData'!A1:A9</xm:f><xm:v>nan</xm:v>"
    "</x14:sparkline></ext></extLst></worksheet>"
)
TICK_BOX = (
    '<controls><control xmlns:xdr="urn:xdr"><from><xdr:col>14</xdr:col><xdr:row>5</xdr:row>'
    '<xdr:c r="B6">7</xdr:c></from></control></controls></worksheet>'
)
TAG = re.compile(r"<(/?)(\w+)(?=[\s/>])")


def repacked(change: Callable[[str, bytes], tuple[str, bytes]], book: bytes = b"") -> bytes:
    """Return the plain workbook with every part and its name put through a function."""
    packed = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(book or sheets.xlsx({"Nhiệm vụ": PLAIN})))
    with zipfile.ZipFile(packed, "w", 8) as target:
        for name in source.namelist():
            target.writestr(*change(name, source.read(name)))
    return packed.getvalue()


def replaced(part: str, old: str, new: str) -> Callable[[str, bytes], tuple[str, bytes]]:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        swapped = data.decode().replace(old, new)
        return name, swapped.encode() if part in name else data

    return change


def prefixed(name: str, data: bytes) -> tuple[str, bytes]:
    if not name.startswith("xl/") or "theme" in name:
        return name, data
    return name, TAG.sub(r"<\1x:\2", data.decode()).replace("xmlns=", "xmlns:x=").encode()


def renamed(name: str, data: bytes) -> tuple[str, bytes]:
    old, new = b"workbook.xml", b"workbook2.xml"
    return name.replace("workbook.xml", "workbook2.xml"), data.replace(old, new)


RARE = {
    "every part with a prefix": prefixed,
    "a table of contents of another name": renamed,
    "relations that begin here": replaced("workbook.xml.rels", 'Target="', 'Target="./'),
    "an extension of a row": replaced("sheet1", "</row>", EXTENSION.format("</row>")),
    "an extension of a cell": replaced("sheet1", "</v></c>", f"</v>{EXTENSION.format('</c>')}"),
    "a drop-down from another sheet": replaced("sheet1", "</worksheet>", DROP_DOWN),
    "lines drawn in cells": replaced("sheet1", "</worksheet>", SPARKLINE),
    "a tick box that floats": replaced("sheet1", "</worksheet>", TICK_BOX),
    "blanks around a number": lambda name, data: (
        name,
        data.replace(b"<v>2</v>", b"<v> 2\n</v>") if "sheet1" in name else data,
    ),
    "an empty extension": replaced("sheet1", "</v></c>", "</v><extLst/></c>"),
}


@pytest.mark.parametrize("rare", RARE)
def test_rare_packages_are_read(rare):
    book = repacked(RARE[rare])
    assert book != repacked(lambda name, data: (name, data))
    result = read(book)
    assert (found(result), column(result, "completed")) == ([], [2, "0,5"])
    assert result.stamp.unit == "KT"


@pytest.mark.parametrize("data", [MASHUP, b"\xff\xfe<", b"<!DOCTYPE a><a/>"])
def test_what_an_add_in_keeps_beside_the_cells_is_not_looked_at(data):
    packed = io.BytesIO(sheets.xlsx({"Nhiệm vụ": PLAIN}))
    with zipfile.ZipFile(packed, "a") as target:
        target.writestr("customXml/item1.xml", data)
    result = read(packed.getvalue())
    assert (found(result), column(result, "completed")) == ([], [2, "0,5"])


def test_two_tables_of_contents_are_refused():
    packed = io.BytesIO(sheets.xlsx({"Nhiệm vụ": PLAIN}))
    with zipfile.ZipFile(packed, "a") as target:
        target.writestr("xl/workbook2.xml", target.read("xl/workbook.xml"))
    assert found(read(packed.getvalue())) == [("K104", "")]


def other_prefix(name: str, data: bytes) -> tuple[str, bytes]:
    text = data.decode()
    for old, new in (("table", "tbl"), ("office", "o"), ("text", "t")):
        text = re.sub(rf"(?<=[</ ]){old}:", f"{new}:", text).replace(
            f"xmlns:{old}=", f"xmlns:{new}="
        )
    return name, text.encode() if name == "content.xml" else data


def test_an_ods_with_prefixes_of_its_own_is_read():
    table = f"{PLAIN} 8 | KT-03 | 1 | | | tbl:x='1' <t:p> | a t:p='2'"
    book = sheets.ods({"Nhiệm vụ": table})
    result = read(repacked(other_prefix, book))
    assert (found(result), column(result, "completed")) == ([], [2, "0,5", 1])
    assert result.entries["tasks"] == read(book).entries["tasks"]


def test_an_ods_that_uses_a_usual_prefix_for_something_else_is_refused():
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        name, data = other_prefix(name, data)
        return name, data.replace(b"<o:body", b'<o:body xmlns:table="urn:else"')

    assert found(read(repacked(change, sheets.ods({"Nhiệm vụ": PLAIN})))) == [("K104", "")]


def remarked(author: str, words: str = "đã xong 3", shape: str = "") -> bytes:
    """Return the plain workbook with a note on B6, and with a shape that may hold words."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet("Nhiệm vụ")
    for (row, at), value in sheets.parse(PLAIN).items():
        sheets.write(sheet, row - 1, at - 1, value, book.add_format({"num_format": "dd/mm/yyyy"}))
    if words:
        sheet.write_comment("B6", words, {"author": author})
    if shape is not None:
        sheet.insert_textbox("H2", shape)
    book.close()
    return packed.getvalue()


@pytest.mark.parametrize(
    ("author", "words", "shape", "told"),
    [
        ("Hoa", "đã xong 3", "", ["ghi chú ở ô B6"]),
        ("Hoa", "đã xong 3", "xem phụ lục", ["ghi chú ở ô B6, hộp chữ"]),
        ("Hoa", "", "xem phụ lục", ["hộp chữ"]),
        (NOTE_AUTHOR, "K301", "", []),
        ("Hoa", "", "", []),
    ],
)
def test_notes_and_boxes_that_hold_words_are_said_once(author, words, shape, told):
    result = read(remarked(author, words, shape))
    assert [row["fact"] for row in result.findings] == told
    assert [code for code, _ in found(result)] == ["K218"] * len(told)
    assert column(result, "completed") == [2, "0,5"]


PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
    b":~\x9bU\x00\x00\x00\nIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x1b\xb6\xeeV\x00\x00\x00\x00IEND\xaeB`\x82"
)
HEADINGS = PLAIN.splitlines()[1]


@pytest.mark.parametrize("table", [PLAIN, HEADINGS])
def test_a_table_pasted_as_a_picture_is_said_even_over_blank_rows(table):
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet("Nhiệm vụ")
    for (row, at), value in sheets.parse(table).items():
        sheets.write(sheet, row - 1, at - 1, value, book.add_format({"num_format": "dd/mm/yyyy"}))
    sheet.insert_image("H2", "bảng.png", {"image_data": io.BytesIO(PIXEL)})
    book.close()
    told = [("K218", "ảnh đặt trên trang")]
    assert [(row["code"], row["fact"]) for row in read(packed.getvalue()).findings] == told


@pytest.mark.parametrize(("beside", "is_said"), [("", True), ("<draw:object/>", False)])
def test_a_picture_in_an_ods_is_said_that_of_a_chart_is_not(beside, is_said):
    frame = (
        '<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
        f"{beside}<draw:image/></draw:frame>"
    )
    book = sheets.ods({"Nhiệm vụ": PLAIN})
    said = read(sheets.patched(book, "content.xml", "<text:p>KT-01", f"{frame}<text:p>KT-01"))
    assert [row["fact"] for row in said.findings] == ["ảnh đặt trên trang"] * is_said
    assert column(said, "task_id") == ["KT-01", "KT-02"]


def test_notes_and_boxes_in_ods_are_said_too():
    note = "<office:annotation><text:p>đã xong 3</text:p></office:annotation>"
    box = (
        '<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
        "<draw:text-box><text:p>xem phụ lục</text:p></draw:text-box></draw:frame>"
    )
    book = sheets.ods({"Nhiệm vụ": PLAIN})
    for words, told in (
        (note, "ghi chú ở ô A6"),
        (box, "hộp chữ"),
        (box + note, "ghi chú ở ô A6, hộp chữ"),
    ):
        said = read(sheets.patched(book, "content.xml", "<text:p>KT-01", f"{words}<text:p>KT-01"))
        assert [(row["code"], row["fact"]) for row in said.findings] == [("K218", told)]
        assert column(said, "task_id") == ["KT-01", "KT-02"]
    silent = note.replace("đã xong 3", " ")
    assert (
        found(read(sheets.patched(book, "content.xml", "<text:p>KT-01", f"{silent}<text:p>KT-01")))
        == []
    )
