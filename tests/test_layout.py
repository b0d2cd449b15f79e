"""Every declaration in schemas/ loads, is unambiguous, and points only at what is there."""

import re
from decimal import Decimal

import pytest

from pipeline import ROOT
from pipeline.model import layout as layouts
from pipeline.model.layout import FILLED_BY, TYPES, layout
from pipeline.model.registers import Registers
from pipeline.model.text import fold

KEYS = sorted(path.stem for path in (ROOT / "schemas").glob("*.toml") if path.stem != "findings")
SHEETS = [
    pytest.param(sheet, id=f"{key}.{sheet.key}") for key in KEYS for sheet in layout(key).sheet
]
TABLES = [param for param in SHEETS if param.values[0].field]
PLACE = re.compile(r"\{(?:(\w+)\.)?(\w+)\}")
WORDS = {"last_day"}  # filled in when a unit's workbook is issued
FORBIDDEN = set("[]:*?/\\'")  # in a sheet's name, or awkward to quote in a formula


def test_the_declared_workbooks_are_these():
    books = "archive assignment catalogue export form meeting period province registers"
    books += " unit verification"
    assert books.split() == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_every_declaration_loads(key):
    assert layout(key).key == key
    assert layout(key).title
    assert layout(key) is layout(key)


def test_a_declaration_that_is_not_there_is_a_missing_file():
    with pytest.raises(FileNotFoundError):
        layout("nothing")


@pytest.mark.parametrize("key", KEYS)
def test_sheet_titles_and_keys_are_unique_and_fit_excel(key):
    sheets = layout(key).sheet
    assert (
        len({fold(sheet.title) for sheet in sheets}) == len({s.key for s in sheets}) == len(sheets)
    )
    for sheet in sheets:
        assert 0 < len(sheet.title) <= 31
        assert not FORBIDDEN & set(sheet.title)


@pytest.mark.parametrize("sheet", TABLES)
def test_headings_and_aliases_are_unique_in_a_sheet_after_folding(sheet):
    names = [name for field in sheet.field for name in field.names]
    assert len(set(names)) == len(names)
    spelled = [len({field.heading, *field.aliases}) for field in sheet.field]
    assert [len(field.names) for field in sheet.field] == spelled


@pytest.mark.parametrize("sheet", TABLES)
def test_field_keys_are_unique_and_there_is_a_heading_row(sheet):
    assert len(set(sheet.keys)) == len(sheet.keys)
    assert sheet.heading_row > len(sheet.text)
    assert sheet.rows == "issued" or sheet.rows >= 0


@pytest.mark.parametrize("sheet", TABLES)
def test_every_field_is_declared_in_full(sheet):
    for field in sheet.field:
        assert field.type in TYPES, field
        assert field.by in FILLED_BY, field
        assert field.heading == field.heading.strip(), field
        assert len(field.prompt) <= 255, field
        assert 0 < field.width <= 100, field
        limits = [limit for limit in (field.min, field.max) if limit is not None]
        assert all(isinstance(limit, Decimal) for limit in limits), field
        assert limits == sorted(limits), field
        assert field.blank == (None if field.type in ("decimal", "count", "date") else ""), field


@pytest.mark.parametrize("sheet", TABLES)
def test_a_list_of_choices_is_spelled_out_or_named_after_a_register(sheet):
    for field in sheet.field:
        if isinstance(field.choices, str):
            assert field.choices in Registers({}, {}, {}, {}, None).lists(), field
        else:
            assert len(set(map(fold, field.choices))) == len(field.choices), field


@pytest.mark.parametrize("key", KEYS)
def test_every_place_in_a_formula_exists(key):
    book = layout(key)
    for sheet in book.sheet:
        for formula in sheet.formula:
            for other, field in PLACE.findall(formula.formula):
                if other:
                    there = [*book[other].keys, *(["tick"] if book[other].tick else [])]
                    assert field in there, formula
                else:
                    assert field in (sheet.keys or WORDS), formula
            left = PLACE.sub("", formula.formula)
            assert not set("{}") & set(left)


@pytest.mark.parametrize("sheet", TABLES)
def test_every_formula_computes_a_field_of_its_sheet(sheet):
    computed = [field.key for field in sheet.field if sheet.formula_of(field)]
    assert len(computed) == len(sheet.formula)


def test_formulas_use_no_function_old_spreadsheets_lack():
    formulas = [f.formula for key in KEYS for sheet in layout(key).sheet for f in sheet.formula]
    used = {name for formula in formulas for name in re.findall(r"([A-Z]+)\(", formula)}
    assert used <= {
        *("AND", "COUNTA", "COUNTIF", "IF", "INT", "ISNUMBER", "ISTEXT", "MAX", "MIN", "OR"),
        *("SUMIFS", "SUMPRODUCT"),
    }


def test_the_officer_fills_five_cells_of_fourteen():
    tasks = layout("unit")["tasks"]
    assert len(tasks.field) == 14
    mine = [field.key for field in tasks.field if field.by == "unit"]
    assert mine == ["completed", "finished", "rework", "evidence", "note"]


def test_the_archive_holds_computed_fields_only():
    assert {field.by for sheet in layout("archive").tables for field in sheet.field} == {"computed"}


def test_a_field_is_known_by_heading_and_aliases_however_they_are_typed():
    names = layout("unit")["tasks"]["completed"].names
    for typed in ("SL hoàn thành", "số lượng HOÀN THÀNH", "Số  lượng\u00a0hòan thành", "Kết quả"):
        assert fold(typed) in names
    assert fold("Số lượng hoan thanh") not in names


SOUND = """
key = "x"
title = "X"
[[sheet]]
key = "s"
title = "S"
heading_row = 1
field = [{ key = "f", heading = "F", type = "text", by = "unit" }]
formula = [{ heading = "F", formula = "1" }]
"""
FAULTS = [
    ('title = "X"', 'title = "X"\ncolour = "red"', "unknown key colour"),
    ('title = "S"', 'title = "S"\nfont = 1', "unknown key font"),
    ('by = "unit"', 'by = "unit", code = "K301"', "unknown key code"),
    ('formula = "1"', 'formula = "1", bold = true', "unknown key bold"),
    ('type = "text"', 'type = "money"', "f: unknown type money"),
    ('by = "unit"', 'by = "nobody"', "f: unknown by nobody"),
    ('type = "text"', 'type = "choice"', "f: choices go with type choice"),
    ('by = "unit"', 'by = "unit", choices = ["a"]', "f: choices go with type choice"),
    ('by = "unit"', 'by = "unit", format = "0.0"', "f: format goes with type decimal"),
]


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """Declare a workbook of its own in schemas/ and give its layout."""
    monkeypatch.setattr(layouts, "ROOT", tmp_path)
    (tmp_path / "schemas").mkdir()
    layout.cache_clear()

    def declared(text):
        (tmp_path / "schemas" / "x.toml").write_text(text, encoding="utf-8")
        return layout("x")

    yield declared
    layout.cache_clear()


@pytest.mark.parametrize(("good", "wrong", "words"), FAULTS)
def test_an_unknown_key_or_word_is_an_error_that_names_it(declare, good, wrong, words):
    with pytest.raises(ValueError, match=rf"^x\.toml.*{words}"):
        declare(SOUND.replace(good, wrong))


def test_a_sound_declaration_becomes_frozen_records(declare):
    book = declare(SOUND.replace('"text"', '"decimal", min = 0.1, max = 5'))
    field = book["s"]["f"]
    assert (field.min, field.max) == (Decimal("0.1"), Decimal(5))
    assert book["s"].formula_of(field) == "1"
    assert book.tables == book.sheet
    with pytest.raises(AttributeError):
        field.width = 3
