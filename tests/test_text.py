"""What is typed: read when it has one reading, folded to be compared, shown as people write."""

import random
import unicodedata
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.text import (
    clean,
    could_swap,
    fold,
    fold_code,
    number_readings,
    parse_date,
    parse_decimal,
    show,
    show_date,
    show_decimal,
    show_percent,
    show_time,
    sort_key,
)

STORED = [  # what a spreadsheet holds as a number
    (9, "9"),
    (0, "0"),
    (-3, "-3"),
    (2.5, "2.5"),
    (0.1 + 0.2, "0.3"),
    (16.799999999999997, "16.8"),
    (1234.0, "1234"),
    (999_999_999_999_999, "999999999999999"),
    (Decimal("1234"), "1234"),
    (Decimal("0.857"), "0.857"),
]
REPAIRED = [
    ("9", "9"),
    ("12 ", "12"),
    (" 12", "12"),
    ("0", "0"),
    ("0,0", "0"),
    ("-5", "-5"),
    ("−5", "-5"),
    ("- 5", "-5"),
    ("+5", "5"),
    ("007", "7"),
    ("2,5", "2.5"),
    ("2.5", "2.5"),
    ("0,5", "0.5"),
    ("0.5", "0.5"),
    ("0,857", "0.857"),
    ("0.857", "0.857"),
    ("0.125", "0.125"),
    ("9,99", "9.99"),
    ("12,3456", "12.3456"),
    ("1.2345", "1.2345"),
    ("1234,567", "1234.567"),
    ("1234.567", "1234.567"),
    ("1.234,5", "1234.5"),
    ("1,234.5", "1234.5"),
    ("334.327,57", "334327.57"),
    ("1.234.567", "1234567"),
    ("1,234,567", "1234567"),
    ("1.234.567,89", "1234567.89"),
    ("1,234,567.89", "1234567.89"),
    ("1 234", "1234"),
    ("1 234,5", "1234.5"),
    ("12 345 678", "12345678"),
    ("1\u00a0234,5", "1234.5"),
    ("1\u202f234,5", "1234.5"),
    ("85,7 %", "85.7"),
    ("85,7%", "85.7"),
    ("100 %", "100"),
    ("９", "9"),
    ("２，５", "2.5"),
    ("\u200b7\ufeff", "7"),
    ("8\n", "8"),
]
AMBIGUOUS = ["1.234", "1,234", "1.000", "12.500", "100.000", "-1.234", "1.234 %", "１.２３４"]
NO_NUMBER = [
    *("9O", "l2", "chín", "N/A", "#N/A", "None", "nan", "inf", "NaN", "TRUE", "x", "-", "%", ""),
    *("9/10", "3-4", "2-3 hồ sơ", "12 hồ sơ", "khoảng 5", "5 cái", "5đ", "$5", "(5)", "5-", "--5"),
    *(
        "1e5",
        "1E309",
        "0x10",
        "1_000",
        "1'234",
        ".5",
        "5.",
        ",5",
        "1..2",
        "1,2,3",
        "1.2.3",
        "12,34,5",
    ),
    *(
        "1.234,567.8",
        "1,234.567,8",
        "0.125.000",
        "0,125,000",
        "1234 567",
        "1.234 567",
        "1 23",
        "5 6",
    ),
    *("5²", "½", "①", "٥", "Ⅴ", "=1+1", "5/11/2026", "5\n6", "9" * 16, "9" * 5000, "1" + "0" * 15),
    *(float("nan"), float("inf"), float("-inf"), 1e300, 1e15, True, False, date(2026, 11, 5), None),
]


@pytest.mark.parametrize(("typed", "value"), STORED)
def test_a_stored_number_is_read_as_excel_shows_it(typed, value):
    assert parse_decimal(typed) == (Decimal(value), "")


@pytest.mark.parametrize(
    ("typed", "value"), [(-0.0, "0"), ("-0", "0"), ("-0,0", "0.0"), ("0,0", "0.0")]
)
def test_nothing_has_no_sign_and_keeps_the_places_it_is_typed_with(typed, value):
    assert str(parse_decimal(typed)[0]) == value


@pytest.mark.parametrize(("typed", "value"), REPAIRED)
def test_a_number_typed_as_text_is_read_when_it_has_one_reading(typed, value):
    assert parse_decimal(typed) == (Decimal(value), "repaired")


@pytest.mark.parametrize("typed", AMBIGUOUS)
def test_a_number_with_two_readings_is_asked_back(typed):
    assert parse_decimal(typed) == (None, "ambiguous")


@pytest.mark.parametrize("typed", NO_NUMBER, ids=lambda typed: str(typed)[:20])
def test_what_is_no_number_is_never_made_one(typed):
    assert parse_decimal(typed) == (None, "invalid")


def test_both_readings_of_an_ambiguous_number_are_told():
    assert number_readings("1.234") == "1234 hay 1,234"
    assert number_readings(" 12,500 ") == "12500 hay 12,500"


@given(st.decimals(-999_999, 999_999, places=4))
def test_a_shown_number_is_read_back_or_asked_back_never_misread(number):
    value, problem = parse_decimal(show_decimal(number))
    assert value == number or problem == "ambiguous"


@given(st.text(max_size=20))
def test_any_text_is_read_without_an_accident(text):
    assert parse_decimal(text)[1] in ("repaired", "ambiguous", "invalid")
    assert parse_date(text)[1] in ("repaired", "month-first", "weekday", "invalid")


THE_FIFTH = [
    *("5/11/2026", "05/11/2026", "5-11-2026", "05-11-26", "5.11.2026", "5/11/26", " 5/11/2026 "),
    *("5 / 11 / 2026", "５/１１/２０２６", "5/11/2026\u00a0", "2026-11-05", "2026-11-5"),
    *("2026-11-05 00:00", "2026-11-05 00:00:00", "ngày 5/11/2026", "NGÀY 5/11/2026"),
    *("ngày 5 tháng 11 năm 2026", "Ngày 05 tháng 11 năm 2026", "15h30 ngày 5/11/2026"),
    *("15h30 5/11/2026", "15h 5/11/2026", "15h30' 5/11/2026", "15 giờ 30, 05/11/2026"),
    *("15 giờ 30 phút ngày 5/11/2026", "15 giờ ngày 5/11/2026", "15:30 5/11/2026", 46331, 46331.75),
    unicodedata.normalize("NFD", "ngày 5 tháng 11 năm 2026"),
    *("05/11/2026 15:30", "05/11/2026, 15h30", "15:30:00 05/11/2026", "5/11/2026 lúc 8 giờ"),
    *("2026-11-05T00:00:00", "2026-11-05T00:00:00.000Z", "2026-11-05T15:30:00", "2026/11/05"),
    *(
        "05/11/2026.",
        "ngày 5/11/2026;",
        "Thứ Năm, 05/11/2026",
        "thứ 5 ngày 5/11/2026",
        "T5, 5/11/26",
    ),
]
OTHER_DATES = [
    ("3/4/2026", date(2026, 4, 3)),
    ("29/2/2028", date(2028, 2, 29)),
    ("31/12/2099", date(2099, 12, 31)),
    ("8h 12/5/2026", date(2026, 5, 12)),
    (36526, date(2000, 1, 1)),
    ("Chủ nhật, 8/11/2026", date(2026, 11, 8)),
    ("Thứ Tư, 4/11/2026 15:30", date(2026, 11, 4)),
]
NO_DATE = [
    *("", "x", "hôm qua", "đầu tháng", "5/11", "11/2026", "2026", "46331", "5112026", "0/11/2026"),
    *("5/0/2026", "31/11/2026", "29/2/2026", "29/2/1900", "13/13/2026", "32/1/2026", "5/11/2569"),
    *("5/11/1926", "5/11/226", "5/11/20266", "15h30 5/11", "5/11/2026 và 6/11/2026", "9,5", "N/A"),
    *("2026-11-05T15:30:00Z", "5/11/2026 15", "2026/13/05", "Thứ Năm", "thứ 8, 5/11/2026"),
    *(1, 60, 36525, 73051, -1, 1e300, float("nan"), True, None),
]


@pytest.mark.parametrize("typed", THE_FIFTH)
def test_one_day_typed_in_many_ways(typed):
    assert parse_date(typed) == (date(2026, 11, 5), "repaired")


@pytest.mark.parametrize(("typed", "day"), OTHER_DATES)
def test_other_days_are_read_day_first(typed, day):
    assert parse_date(typed) == (day, "repaired")


@pytest.mark.parametrize("typed", ["10-12/11", "3-5.11", "9/10-11"])
def test_a_span_of_days_is_no_date_of_another_year(typed):
    assert parse_date(typed) == (None, "invalid")


@pytest.mark.parametrize("typed", ["10/11-2026", "10 tháng 11/26", "ngày 10/11 năm 26", "10.11.26"])
def test_a_year_that_can_be_no_month_is_read_behind_any_mark(typed):
    assert parse_date(typed) == (date(2026, 11, 10), "repaired")


@pytest.mark.parametrize("typed", [date(2026, 11, 5), datetime(2026, 11, 5, 15, 30)])
def test_a_real_date_needs_no_repair(typed):
    assert parse_date(typed) == (date(2026, 11, 5), "")


@pytest.mark.parametrize("typed", ["11/15/2026", "1/31/2026", "12-25-26", "2.29.2028"])
def test_a_date_that_is_one_only_month_first_is_told_apart(typed):
    assert parse_date(typed) == (None, "month-first")


@pytest.mark.parametrize("typed", ["Thứ Năm, 04/11/2026", "CN 5/11/2026", "t2, 5/11/2026"])
def test_a_weekday_that_is_not_the_dates_own_is_told_apart(typed):
    assert parse_date(typed) == (None, "weekday")


@pytest.mark.parametrize("typed", NO_DATE)
def test_what_is_no_date_is_never_made_one(typed):
    assert parse_date(typed) == (None, "invalid")


@pytest.mark.parametrize("typed", ["3/4/2026", "03-04-26", "15h30 ngày 3/4/2026", "3/4/2026 15:30"])
def test_a_typed_date_could_be_swapped(typed):
    assert could_swap(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "13/4/2026",
        "4/4/2026",
        "2026-04-03",
        "ngày 3 tháng 4 năm 2026",
        "x",
        46331,
        date(2026, 4, 3),
    ],
)
def test_these_dates_cannot_be_swapped(typed):
    assert not could_swap(typed)


SAME = [
    ("hoà", "hòa"),
    ("HOÀ", "hòa"),
    ("thuỷ", "thủy"),
    ("Thuỵ", "thụy"),
    ("khoẻ", "khỏe"),
    ("khoẻ mạnh", "Khỏe mạnh"),
    ("hoàn", "hòan"),
    ("toạ độ", "tọa độ"),
    ("lọai", "loại"),
    ("tòan", "toàn"),
    ("họăc", "hoặc"),
    ("hùynh", "huỳnh"),
    ("quý", "qúy"),
    ("Văn hoá - Xã hội", "Văn hóa - Xã hội"),
    ("Số\u00a0lượng", "số lượng"),
    ("Số   lượng\n", "SỐ LƯỢNG"),
    ("Số\u200blượng", "Sốlượng"),
    ("\ufeffMã việc", "mã việc"),
    ("ＳＬ　ｇｉａｏ", "sl giao"),
    ("ĐVT", "đvt"),
    (None, ""),
    (5.0, "5"),
]
DIFFERENT = [
    ("Hòa", "Hoa"),
    ("Hòa", "Hóa"),
    ("quý", "quy"),
    ("quyển", "quyến"),
    ("hoàn", "hoan"),
    ("khoẻ", "khoe"),
    ("Đạt", "Dạt"),
    ("thuỷ", "thuy"),
    ("ma", "mả"),
    ("tuân", "tuấn"),
    ("số lượng", "sốlượng"),
]
WORDS = ["quý", "quyển", "quyền", "hoàn", "hoặc", "khoẻ", "huỳnh", "nguyễn", "thuế", "toàn", "xoè"]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_texts_are_the_same_when_folded(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_texts_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("word", [word for pair in SAME for word in pair if word] + WORDS)
def test_composed_and_decomposed_text_fold_alike(word):
    text = str(word)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_no_two_of_these_words_fold_together():
    assert len(set(map(fold, WORDS))) == len(WORDS)


@given(st.text(max_size=30) | st.text("oaeuyqn \u0300\u0323\u0306\u0302ăê", max_size=9))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_codes_are_compared_without_case_and_spaces():
    assert fold_code(" kt - 07 ") == fold_code("KT-07") == "KT-07"
    assert fold_code("KT\u00a0-07\u200b") == "KT-07"
    assert fold_code("001") == "001"
    assert fold_code("ĐC-1") == fold_code(unicodedata.normalize("NFD", "đc-1")) == "ĐC-1"


CLEANED = [
    ("a\u00a0b", "a b"),
    ("a\u200bb", "ab"),
    ("a\u00adb", "ab"),
    ("dòng một\ndòng hai", "dòng một\ndòng hai"),
    ("a\x00b\x1f", "a b "),
    ("a\r\nb", "a \nb"),
    ("a\u200b\u0300", "à"),
    ("Hòa", "Hòa"),
    ("hoà", "hoà"),
    ("=1+1", "=1+1"),
    ("N/A", "N/A"),
    ("001", "001"),
    (5.0, "5"),
    (2.5, "2,5"),
    (None, ""),
]


@pytest.mark.parametrize(("typed", "text"), CLEANED)
def test_cleaning_keeps_what_was_typed(typed, text):
    assert clean(typed) == text


@given(st.text())
def test_clean_text_is_composed_and_has_no_control_characters(text):
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert all(ch in "\n\t" or unicodedata.category(ch) != "Cc" for ch in cleaned)


SHOWN = [
    (Decimal("1234.5"), None, "1.234,5"),
    (Decimal("1234.50"), None, "1.234,5"),
    (Decimal("100"), None, "100"),
    (Decimal("1E+2"), None, "100"),
    (Decimal("0.00001"), None, "0,00001"),
    (1234567, None, "1.234.567"),
    (Decimal("-1234.5"), None, "-1.234,5"),
    (Decimal("0.125"), 2, "0,13"),
    (Decimal("-0.125"), 2, "-0,13"),
    (Decimal("2.5"), 0, "3"),
    (Decimal("0.5"), 0, "1"),
    (Decimal("89.996"), 2, "90,00"),
    (Decimal("89.994"), 2, "89,99"),
    (Decimal("3"), 2, "3,00"),
    (Decimal("1E+30"), 1, "1.000.000.000.000.000.000.000.000.000.000,0"),
    (None, 2, ""),
]


@pytest.mark.parametrize(("value", "places", "text"), SHOWN)
def test_numbers_have_a_decimal_comma_and_round_half_up(value, places, text):
    assert show_decimal(value, places) == text


def test_percents_round_half_up():
    assert show_percent(Decimal("0.89643")) == "89,6 %"
    assert show_percent(Decimal("0.89650")) == "89,7 %"
    assert show_percent(Decimal("0.8965"), 0) == "90 %"
    assert show_percent(Decimal(0)) == "0,0 %"
    assert show_percent(Decimal(1)) == "100,0 %"
    assert show_percent(None) == ""


CELLS = [
    (None, ""),
    (True, "TRUE"),
    (False, "FALSE"),
    (0.1 + 0.2, "0,3"),
    (9.0, "9"),
    (1234.0, "1.234"),
    (float("nan"), ""),
    (7, "7"),
    (date(2026, 11, 5), "05/11/2026"),
    (datetime(2026, 11, 5), "05/11/2026"),
    (datetime(2026, 11, 5, 16, 30), "16 giờ 30, 05/11/2026"),
    ("9O", "9O"),
]


@pytest.mark.parametrize(("value", "text"), CELLS)
def test_a_cell_is_shown_as_a_person_would_type_it(value, text):
    assert show(value) == text


def test_blank_dates_and_times_are_blank():
    assert show_date(None) == show_time(None) == ""


ORDERED = [
    "an",
    "ăn",
    "ân",
    "ba",
    "da",
    "đa",
    "em",
    "êm",
    "ma",
    "mà",
    "mả",
    "mã",
    "má",
    "mạ",
    "mẫu",
    "ong",
    "ông",
    "ơn",
    "tu",
    "tư",
    "xe",
    "yên",
]
NAMES = [
    "Bình An",
    "Bình Khê",
    "Cường",
    "Dũng",
    "Đức",
    "Hoa",
    "Hòa",
    "Hoa Lư",
    "Hòa Lư",
    "Lê",
    "Ước",
]
CODES = ["1", "2", "10", "KT-1", "KT-2", "KT-10", "KT-10/CB002", "KT-10/CB012", "VP-1"]


@pytest.mark.parametrize("expected", [ORDERED, NAMES, CODES], ids=["words", "names", "codes"])
def test_sorting_follows_the_vietnamese_dictionary(expected):
    jumbled = random.Random(335).sample(expected, len(expected))
    assert sorted(jumbled, key=sort_key) == expected


LETTERS = st.text("aăâbcdđeêghioôơuưyAĐƯ àảãáạằẳẵắặầẩẫấậểễệỉịọốợửựỹ-019", max_size=12)


@given(LETTERS)
def test_composed_and_decomposed_text_sort_alike(text):
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert sort_key(composed) == sort_key(decomposed)


@given(LETTERS, LETTERS)
def test_only_words_that_fold_together_have_one_place(one, other):
    assert (sort_key(one) == sort_key(other)) == (fold(one) == fold(other))
