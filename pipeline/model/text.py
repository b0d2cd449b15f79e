"""The only place that folds Vietnamese text, reads typed numbers and dates, and formats figures."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from itertools import groupby

ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u3000"), " ")
# Only these are digits typed wide; NFKC would also read 5² as 52.
FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)}
# Control characters but for tab and line break; every other category stays as typed.
CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), " ")
UNSEEN = ZERO_WIDTH | SPACES | CONTROLS
# hoà and hòa are one word; the tone mark is moved to the first vowel, for matching only.
TONES = "̣̀́̃̉"
LATE_TONE = re.compile(f"(o)(a|e)([{TONES}])|(u)(y)([{TONES}])")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")  # Word and phones make one of another
OUR_SIGNS = str.maketrans(",.", ".,")
LARGEST = Decimal(10) ** 15  # Excel keeps fifteen digits
PRINTED_TEXT = 300  # characters of one cell that a printed page shows
LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
ORDINARY = re.compile("[ -~À-žƠơƯưẠ-ỹ–—‘’“”•…«»·×÷−≤≥→ΣΔ\u00a0]*")
MARKS_IN_A_ROW = 3
CLEAN = re.compile("[ -~À-žƠơƯưẠ-ỹ–—]*")  # nothing to take out and nothing to compose
EXCEL_EPOCH = date(1899, 12, 30)
WEEKDAYS = ("hai", "2"), ("ba", "3"), ("tư", "4"), ("năm", "5"), ("sáu", "6"), ("bảy", "bẩy", "7")
WEEKDAY = re.compile(
    r"(?:thứ\s*(hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|t([2-7])|chủ nhật|cn)(?:\s*[,:]\s*|\s+(?=ngày|\d))"
)
HOUR_BEFORE = re.compile(
    r"^\d{1,2}\s*(?:h|giờ|:)\s*\d{0,2}(?::\d{2})?(?=[\s',p])\s*(?:'|phút)?,?\s*"
)
# An hour of Greenwich is another one here, but midnight is how programs write a day alone.
HOUR_BEHIND = re.compile(
    r"(?:t00:00(?::00)?(?:\.0+)?z?|(?:t|,?\s+(?:lúc\s*)?)\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?"
    r"|,?\s+(?:lúc\s*)?\d{1,2}\s*(?:h|giờ)\s*\d{0,2}\s*(?:'|phút)?)$"
)
SPOKEN_DATE = re.compile(
    r"(?P<day>\d{1,2})\s*(?P<first>[/.-]|tháng)\s*(?P<month>\d{1,2})\s*(?P<second>[/.-]|năm)\s*"
    r"(?P<year>\d{4}|(?P<short>\d{2}))"
)
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # 1 January 2000 to 31 December 2099


def clean(value: object) -> str:
    """Return what was typed as NFC text without control or invisible characters."""
    text = show(value)
    if CLEAN.fullmatch(text):  # four fifths of the time saved
        return text
    return unicodedata.normalize("NFC", text.translate(UNSEEN))


@lru_cache(maxsize=65536)
def one_line(text: str) -> str:
    """Return text as paper or a terminal may show it: one line, without anything that acts unseen.

    No control, direction mark, surrogate or private sign; few marks on one letter, since many take
    seconds to lay out.
    """
    if ORDINARY.fullmatch(text):
        return text
    line = clean(LINE_BREAKS.sub(" / ", text).replace("\t", " "))
    seen = (ch for ch in line if unicodedata.category(ch) not in ("Cf", "Cs", "Co", "Cn", "Cc"))
    runs = groupby(seen, key=lambda ch: unicodedata.category(ch)[0] == "M")
    return "".join("".join([*run][: MARKS_IN_A_ROW if marks else None]) for marks, run in runs)


@lru_cache(maxsize=65536)
def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(ZERO_WIDTH).casefold()
    return " ".join(as_folded(text).split())


def as_folded(words: str) -> str:
    """Return words, be they of a pattern, with tone marks where folded texts have them."""
    text = LATE_TONE.sub(_early_tone, unicodedata.normalize("NFD", words))
    return unicodedata.normalize("NFC", text)


def _early_tone(match: re.Match[str]) -> str:
    first, second, tone = (part for part in match.groups() if part)
    return first + tone + second


def fold(value: object) -> str:
    """Return the text as it is compared: NFC, one space, no case, tone on the first vowel."""
    return _fold(show(value))


def without_marks(folded: str) -> str:
    """Return folded words as they are typed on a keyboard of plain letters: «điểm» is «diem»."""
    spread = unicodedata.normalize("NFD", folded)
    return "".join(ch for ch in spread if not unicodedata.combining(ch)).replace("đ", "d")


def fold_code(value: object) -> str:
    """Return a code as it is compared: folded, without spaces, dashes all one, upper case."""
    return fold(value).replace(" ", "").translate(DASHES).upper()


def parse_decimal(value: object) -> tuple[Decimal | None, str]:
    """Return (number, problem); problem is "" | "repaired" | "ambiguous" | "invalid".

    Stored floats keep the fifteen digits Excel shows. Text is read when it has one reading only.
    """
    if isinstance(value, bool):
        return None, "invalid"
    if isinstance(value, (int, float)):
        return _within_reach(Decimal(format(value, ".15g")), "")
    if isinstance(value, Decimal):
        return _within_reach(value, "")
    return _parse_number_text(clean(value).translate(FULL_WIDTH))


def _within_reach(number: Decimal, problem: str) -> tuple[Decimal | None, str]:
    sound = number.is_finite() and abs(number) < LARGEST
    return (number or abs(number), problem) if sound else (None, "invalid")  # -0 is 0


def _parse_number_text(text: str) -> tuple[Decimal | None, str]:
    bare = text.strip().replace("\u2212", "-")
    sign, digits = re.fullmatch(r"([+-]?)\s*(.*?)\s*%?", bare, re.DOTALL).groups()
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        return None, "ambiguous"
    # A group of thousands never begins with 0: 0.857 is a fraction.
    if re.fullmatch(r"[1-9]\d{0,2}( \d{3})+([.,]\d+)?", digits):
        digits = digits.replace(" ", "").replace(",", ".")
    elif re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?|\d+,\d+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    if not re.fullmatch(r"\d+(\.\d+)?", digits, re.ASCII):
        return None, "invalid"
    return _within_reach(Decimal(sign + digits), "repaired")


def number_readings(value: object) -> str:
    """Return the two readings of an ambiguous number, for the message."""
    digits = clean(value).strip()
    return f"{re.sub('[.,]', '', digits)} hay {digits.replace('.', ',')}"


def parse_date(value: object) -> tuple[date | None, str]:
    """Return (date, problem): "" | "repaired" | "month-first" | "weekday" | "invalid".

    "month-first" says the text is a date only when its first number is the month, "weekday" that
    the day it names is no such weekday. An hour beside the date is left aside.
    """
    if isinstance(value, date):
        return _date(value.year, value.month, value.day, "")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        serial_is_date = FIRST_SERIAL <= value <= LAST_SERIAL
        return (
            (EXCEL_EPOCH + timedelta(days=int(value)), "repaired")
            if serial_is_date
            else (None, "invalid")
        )
    return _parse_date_text(clean(value).translate(FULL_WIDTH).strip().casefold())


def _parse_date_text(text: str) -> tuple[date | None, str]:
    weekday, text = _without_weekday(text)
    text = _without_hour(text)
    if iso := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        found, problem = _date(*map(int, iso.groups()), "repaired")
    else:
        found, problem = _spoken_date(text)
    fits = found is None or weekday in (None, found.weekday())
    return (found, problem) if fits else (None, "weekday")


def _without_weekday(text: str) -> tuple[int | None, str]:
    """Return the weekday a date begins with, Monday 0, None where it names none; and the rest."""
    named = WEEKDAY.match(text)
    if not named:
        return None, text
    name = named[1] or named[2] or ""
    at = next((at for at, names in enumerate(WEEKDAYS) if name in names), 6)
    return at, text[named.end() :]


def _without_hour(text: str) -> str:
    """Return a date without the hour before or behind it, «ngày», and a full stop."""
    text = HOUR_BEFORE.sub("", text)
    text = re.sub(r"^ngày\s*", "", text).rstrip(" .,;")
    return HOUR_BEHIND.sub("", text)


def _spoken_date(text: str) -> tuple[date | None, str]:
    spoken = SPOKEN_DATE.fullmatch(text)
    if not spoken:
        return None, "invalid"
    *marks, short = spoken.group("first", "second", "short")
    if short and len({*marks} - {"tháng", "năm"}) > 1:  # «10-12/11» spans days
        return None, "invalid"
    day, month, year = map(int, spoken.group("day", "month", "year"))
    year += 2000 if year < 100 else 0
    if month > 12 >= day:
        return None, "month-first" if _date(year, day, month, "")[0] else "invalid"
    return _date(year, month, day, "repaired")


def _date(year: int, month: int, day: int, problem: str) -> tuple[date | None, str]:
    try:
        return (date(year, month, day), problem) if 2000 <= year <= 2099 else (None, "invalid")
    except ValueError:
        return None, "invalid"


def could_swap(value: object) -> bool:
    """Say whether a typed date is also a date with day and month exchanged."""
    found, _ = parse_date(value)
    numeric = isinstance(value, str) and re.search(
        r"(^|\D)\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}$",
        _without_hour(clean(value).translate(FULL_WIDTH).strip().casefold()),
    )
    return bool(found and numeric and found.day <= 12 and found.day != found.month)


def show(value: object) -> str:
    """Return a cell's value as a person would type it: 2,5 · 05/11/2026 · text as it is."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return show_decimal(value)
    if isinstance(value, float):
        return show_decimal(Decimal(format(value, ".15g"))) if value == value else ""
    if isinstance(value, datetime) and (value.hour or value.minute):
        return show_time(value)
    if isinstance(value, date):
        return show_date(value)
    return str(value)


def show_decimal(value: Decimal | int | None, places: int | None = None) -> str:
    """Return a number with decimal comma and dotted thousands, half up; blank for None."""
    if value is None:
        return ""
    number = Decimal(value)
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=100))
    text = f"{number:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(OUR_SIGNS)


def show_percent(rate: Decimal | None, places: int = 1) -> str:
    """Return a rate 0..1 as «89,6 %», half up; blank for None."""
    return "" if rate is None else f"{show_decimal(rate * 100, places)} %"


def show_date(value: date | None) -> str:
    """Return dd/mm/yyyy; blank for None."""
    return f"{value:%d/%m/%Y}" if value else ""


def show_time(value: datetime | None) -> str:
    """Return «16 giờ 30, 15/11/2026»; blank for None."""
    return f"{value:%H} giờ {value:%M}, {value:%d/%m/%Y}" if value else ""


@lru_cache(maxsize=65536)
def sort_key(text: str) -> tuple[tuple[int, ...], str]:
    """Return the key of Vietnamese dictionary order: a ă â … d đ e ê …; digits by value.

    Words of the same letters stand by their tones: a à ả ã á ạ.
    """
    spread = unicodedata.normalize("NFD", fold(text))
    letters = "".join(ch for ch in spread if ch not in TONES)
    ordered = unicodedata.normalize("NFC", letters)
    ranks = tuple(_rank(part) for part in re.findall(r"\d+|\D", ordered))
    return ranks, spread.translate(TONE_ORDER)


# grave, hook, tilde, acute, dot below; private characters stand after every letter
TONE_ORDER = str.maketrans("\u0300\u0309\u0303\u0301\u0323", "\ue000\ue001\ue002\ue003\ue004")
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"


def _rank(part: str) -> int:
    if part.isdigit():
        return 100 + int(part)
    return 10_000_000 + ALPHABET.index(part) if part in ALPHABET else ord(part[0]) % 100


def sentence(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]
