"""Every word the program looks for is found however people spell it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import pipeline
from pipeline.model.layout import layout
from pipeline.model.text import fold
from pipeline.reading import row
from pipeline.reading import words as marks
from pipeline.reading.headings import name_columns, names_of
from tests.spelling import spellings

# Modules whose patterns are held against folded text.
FOLDING = (
    *("intake.receipts", "reading.words", "reading.sorts", "reading.sections", "reading.catalogue"),
    *("reading.headings", "checking.scopes", "checking.drafts", "reading"),
    *("reading.signatures", "reading.formats", "checking.cells"),
)
WORD = re.compile(r"[a-zà-ỹăâđêôơư]{2,}")
SHEETS = [
    (name, sheet.title)
    for name in ("unit", "verification", "meeting", "assignment", "registers", "catalogue")
    for sheet in layout(name).tables
]


def constants(module: object) -> Iterator[str]:
    """Yield the texts of a module's patterns and sets of words."""
    for name, value in vars(module).items():
        if not name.isupper():
            continue
        if isinstance(value, frozenset):
            yield from (word for word in value if isinstance(word, str))
        for one in value.values() if isinstance(value, dict) else [value]:
            if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                yield one.pattern


def words(module: object) -> set[str]:
    return {word for text in constants(module) for word in WORD.findall(re.sub(r"\\\w", " ", text))}


@pytest.mark.parametrize("name", FOLDING)
def test_words_that_are_looked_for_stand_as_texts_are_folded(name):
    module = importlib.import_module(f"pipeline.{name}")
    for word in words(module):
        for spelt in spellings(word):
            assert fold(spelt) == word, (name, word)


def test_modules_that_fold_and_search_are_all_held():
    found = set()
    for info in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        module = importlib.import_module(info.name)
        if any(re.search(r"[à-ỹ]", word) for word in words(module)):
            found.add(info.name.removeprefix("pipeline."))
    # Dates are compared without being folded; signs of errors and letters to be printed are no words.
    assert found - set(FOLDING) <= {
        *("model.text", "model.stamp", "reading.opencell", "checking.figures"),
        *("tools.page", "tools.rows"),
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TOTAL_OF", "Tổng toàn phòng"),
        ("TOTAL_OF", "Lũy kế"),
        ("SIGNED", "Kế toán trưởng"),
        ("FOOTER", "Thủ trưởng đơn vị"),
        ("SECTION_WORD", "Nhóm việc thường xuyên"),
        ("SUMMARY", "Tỷ lệ hoàn thành"),
        ("SIGNS_LIST", "Trưởng phòng"),
        ("SIGNS_LIST", "Xã Hòa Quý, ngày 15 tháng 11 năm 2026"),
        ("NONE", "Không có đề nghị loại trừ"),
    ],
)
def test_marks_of_rows_are_known_however_they_are_spelt(name, text):
    for spelt in spellings(text):
        assert getattr(marks, name).fullmatch(row.folded(spelt)), spelt


@pytest.mark.parametrize(("name", "title"), SHEETS)
def test_headings_titles_and_choices_are_known_however_they_are_spelt(name, title):
    sheet = next(one for one in layout(name).tables if one.title == title)
    names = names_of(sheet)
    for field in sheet.field:
        for heading in (field.heading, *field.aliases):
            for spelt in spellings(heading):
                assert name_columns([spelt], names) == {field.key: [0]}, spelt
        for choice in field.choices:
            assert {fold(spelt) for spelt in spellings(choice)} == {fold(choice)}
