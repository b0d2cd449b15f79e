"""What a form's cells accept and say, and how wide its columns are; plain values, no library."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from pipeline.model.layout import Field, Sheet

INLINE_LIMIT, TITLE_LIMIT, PROMPT_LIMIT = 255, 32, 255
# Pixels of an A4 landscape page at which 11 point type is still printed at 9.6 point or more.
PAGE_PIXELS, DIGIT_PIXELS, PADDING_PIXELS = 1150, 7, 5
LEAST_SHARE = 0.25  # of what a column wants beyond its narrowest: fewer would make pillars of text
NARROWEST = {"date": 10.5, "decimal": 6.5, "count": 6.5, "code": 8, "text": 9, "choice": 9}
# Widths of Times New Roman letters in em, whatever their marks; other capitals 0.7, the rest 0.5.
EM = {
    **dict.fromkeys(" .,;:|'", 0.25),
    **dict.fromkeys("ijlt/!", 0.28),
    **dict.fromkeys("frsI-()[]", 0.36),
    **dict.fromkeys("aceyz", 0.45),
    **dict.fromkeys("mwMW%—…", 0.9),
}
WRAPPED = ("code", "text", "choice")
SURE_TO_FIT = 0.55  # of a width, in letters of any kind
EM_PER_DIGIT, BOLD = 0.477, 1.1  # a column's width is given in digits of 11 point type
LINE_POINTS, TALLEST = 14.5, 409
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def list_name(field: Field) -> str:
    """Return the name a list of choices goes by: the register's, or the field's own."""
    return field.choices if isinstance(field.choices, str) else f"{field.key}_choices"


def choices_of(field: Field, lists: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the items a field may be chosen from."""
    named = isinstance(field.choices, str)
    return list(lists.get(field.choices, ()) if named else field.choices)


def fits_inline(items: Sequence[str]) -> bool:
    """Say whether a list may stand in the cell's own rule: 255 characters, commas divide items."""
    joined = ",".join(items)
    units = len(joined.encode("utf-16-le")) // 2
    return units <= INLINE_LIMIT and not any(set(',"\n') & set(item) for item in items)


def rule_of(field: Field, source: Sequence[str] | str) -> dict[str, object] | None:
    """Return a field's drop-down or check with its prompt and error message, None when it has none.

    `source` is the list itself or the defined name it stands behind.
    """
    rule = _check(field, source) or {"validate": "any"}
    if field.prompt:
        rule["input_title"] = field.heading[:TITLE_LIMIT]
        rule["input_message"] = field.prompt[:PROMPT_LIMIT]
    return rule if len(rule) > 1 else None


def _check(field: Field, source: Sequence[str] | str) -> dict[str, object] | None:
    if field.type == "choice" and source:
        named = f"={source}" if isinstance(source, str) else list(source)
        return {"validate": "list", "source": named, **_warn(CHOICE)}
    if field.type == "date":
        span = {"minimum": FIRST_DAY, "maximum": LAST_DAY}
        return {"validate": "date", "criteria": "between", **span, **_warn(DATE)}
    return _number(field) if field.type in ("decimal", "count") else None


CHOICE = ("Không có trong danh sách", "Hãy chọn trong danh sách xổ xuống hoặc gõ đúng mã.")
DATE = ("Chưa phải ngày", "Gõ ngày/tháng/năm, ví dụ 9/11/2026.")
DECIMAL = ("Chưa phải số", "Chỉ gõ chữ số, ví dụ 2 hoặc 0,5; không kèm chữ.")
COUNT = ("Chưa phải số lần", "Gõ số nguyên, ví dụ 0, 1, 2.")


def _number(field: Field) -> dict[str, object]:
    kind = "integer" if field.type == "count" else "decimal"
    title, message = COUNT if field.type == "count" else DECIMAL
    if field.min is None and field.max is None:
        everything = {"criteria": "between", "minimum": -1_000_000_000, "maximum": 1_000_000_000}
        return {"validate": kind, **everything, **_warn((title, message))}
    stop = {"error_type": "stop", "error_title": title, "error_message": message + _bounds(field)}
    return {"validate": kind, **_limits(field), **stop}


def _limits(field: Field) -> dict[str, object]:
    if field.max is None:
        return {"criteria": ">=", "value": float(field.min)}
    if field.min is None:
        return {"criteria": "<=", "value": float(field.max)}
    return {"criteria": "between", "minimum": float(field.min), "maximum": float(field.max)}


def _bounds(field: Field) -> str:
    """Return the sentence that names the limits, with a decimal comma."""
    low, high = (f"{limit}".replace(".", ",") for limit in (field.min, field.max))
    if field.max is None:
        return f" Không nhỏ hơn {low}."
    return f" Không quá {high}." if field.min is None else f" Từ {low} đến {high}."


def _warn(words: tuple[str, str]) -> dict[str, str]:
    return {"error_type": "warning", "error_title": words[0], "error_message": words[1]}


def widths_of(sheet: Sheet, codes: Mapping[str, int], *, fit: bool) -> list[float]:
    """Return the column widths; `fit` narrows wide columns until the page stays readable.

    `codes` gives the longest code of each code column, which must not break.
    """
    wanted = [float(field.width) for field in sheet.field]
    floors = [_floor(field, codes.get(field.key, 0)) for field in sheet.field]
    wanted = [max(width, floor) for width, floor in zip(wanted, floors, strict=True)]
    room = (PAGE_PIXELS - PADDING_PIXELS * len(wanted)) / DIGIT_PIXELS
    if not fit or sum(wanted) <= room or sum(floors) >= sum(wanted):
        return wanted
    share = max(LEAST_SHARE, (room - sum(floors)) / (sum(wanted) - sum(floors)))
    narrowed = zip(wanted, floors, strict=True)
    return [round(floor + (width - floor) * share, 1) for width, floor in narrowed]


def _floor(field: Field, longest_code: int) -> float:
    word = max(map(len, field.heading.split()))
    code = min(1.1 * longest_code + 1, 24) if field.type == "code" else 0
    return max(NARROWEST[field.type], 1.1 * word + 1, code)


def breadth(widths: Sequence[float]) -> float:
    """Return how many readable pages wide the columns are."""
    return sum(DIGIT_PIXELS * width + PADDING_PIXELS for width in widths) / PAGE_PIXELS


def lines_of(text: str, width: float, scale: float = 1.0) -> int:
    """Return how many lines a text takes when it is wrapped in a column."""
    if len(text) < width * SURE_TO_FIT / scale and "\n" not in text:
        return 1
    room = width * EM_PER_DIGIT / scale
    return sum(_wrapped(paragraph, room) for paragraph in text.split("\n"))


def heights_of(
    sheet: Sheet, columns: Mapping[str, Sequence[object]], widths: Sequence[float], *, exact: bool
) -> dict[int, float]:
    """Return the heights of rows whose longest wrapped text takes several lines.

    They are first heights, not fixed ones: the row still grows while somebody types. A form's are
    measured letter by letter; a record may have 60,000 rows, a guess must do.
    """
    lines: dict[int, int] = {}
    measure = lines_of if exact else about_lines_of
    for field, width in zip(sheet.field, widths, strict=True):
        values = columns[field.key] if field.type in WRAPPED else ()
        fits = width * SURE_TO_FIT if exact else width
        texts = {v for v in values if isinstance(v, str) and (len(v) > fits or "\n" in v)}
        if tall := {text: measure(text, width) for text in texts}:
            for row, value in enumerate(values):
                lines[row] = max(lines.get(row, 1), tall.get(value, 1))
    return {row: height_of(count) for row, count in lines.items() if count > 1}


def about_lines_of(text: str, width: float) -> int:
    """Return roughly how many lines a text takes: a line holds as many letters as digits."""
    return math.ceil(len(text) / width) + text.count("\n")


def _wrapped(paragraph: str, room: float) -> int:
    lines, used = 1, 0.0
    for word in paragraph.split():
        size = _ems(word)
        if used and used + EM[" "] + size > room:
            lines, used = lines + 1, 0.0
        used += size + (EM[" "] if used else 0)
        while used > room:  # a word longer than the line is broken
            lines, used = lines + 1, used - room
    return lines


@lru_cache(maxsize=4096)
def _ems(word: str) -> float:
    return sum(map(_em, word))


@lru_cache
def _em(letter: str) -> float:
    base = unicodedata.normalize("NFD", letter)[0]
    return EM.get(base, 0.7 if base.isupper() else 0.5)


def height_of(lines: int, scale: float = 1.0) -> float:
    """Return the height in points of a row of so many lines."""
    return min(round(lines * LINE_POINTS * scale + 2, 2), TALLEST)


def preprinted(sheet: Sheet, used: set[str], count: int) -> list[str]:
    """Return the ids of `count` spare rows, by the title's initials: PS-01, PS-02…"""
    lead = "".join(word[0] for word in sheet.title.split()).upper()
    ids = (f"{lead}-{number:02d}" for number in range(1, count + len(used) + 1))
    return [code for code in ids if code not in used][:count]
