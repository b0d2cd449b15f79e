"""One cell of .ods: what it keeps, what it shows, and what is wrong where the two differ."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from math import isfinite

from pipeline.model.text import fold, show
from pipeline.reading.formats import CLOSE, NOTHING, multiplies
from pipeline.reading.limits import RefusedError
from pipeline.reading.scan import ERROR, NO_RESULT, OTHERWISE, Fault

LONGEST_ERROR = 60
# Where a cell keeps its value; what it shows is in its text.
TEXT_VALUE, NUMBER, DAY = "office:string-value", "office:value", "office:date-value"
VALUES = (NUMBER, DAY, "office:time-value", "office:boolean-value")
ERROR_WORD = re.compile(r"#[^#]{1,30}[!?]|#N/A|(?:Err|Lỗi):\d{3}")
THROUGH, AS_USUAL = ("style", "type"), re.compile(r"0%")
DIGITS = re.compile(r"\d{1,9}")
# A number as cells show it; other formats, of money or of fractions, are not held against it.
PLAIN = re.compile(r"([+-]?\d+)(?:[.,](\d+))?\s*(%?)")


@dataclass(slots=True)
class Cell:
    """The cell being read: its attributes, how often it stands side by side, its pieces of text."""

    attributes: dict[str, str]
    width: int
    pieces: list[str] = field(default_factory=list)
    has_text: bool = False  # a paragraph, be it empty
    is_struck: bool = False  # with signs crossed out, raised or lowered

    @property
    def shown(self) -> str:
        return "".join(self.pieces)

    @property
    def has_value(self) -> bool:
        return bool(self.pieces) or "office:value-type" in self.attributes or bool(self.formula)

    @property
    def is_percent(self) -> bool:
        return self.attributes.get("office:value-type") == "percentage"

    @property
    def is_text(self) -> bool:
        return self.attributes.get("office:value-type") == "string"

    @property
    def keeps_value(self) -> bool:
        kept = TEXT_VALUE in self.attributes or any(map(self.attributes.get, VALUES))
        return kept or (self.is_text and self.has_text)

    @property
    def is_error(self) -> bool:
        """Say whether the cell shows an error; only some programs say so by its type."""
        if self.attributes.get("calcext:value-type") == "error":
            return True
        shown = self.shown.strip() if self.formula or not self.is_text else ""
        # Beside an empty result only the word for an error is shown, in whatever language.
        empty = self.formula and self.attributes.get(TEXT_VALUE) == ""
        return bool(shown and (empty or ERROR_WORD.fullmatch(shown)))

    @property
    def formula(self) -> str:
        return self.attributes.get("table:formula", "")

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the cell; refuses a text the reader would take for blank."""
        if self.is_error:
            return Fault(ERROR, self.shown[:LONGEST_ERROR].strip())
        if self.keeps_value:
            shown = self.shown.strip()
            stored = contradicted(self.attributes, shown) if self.pieces else self.unshown
            return Fault(OTHERWISE, shown[:LONGEST_ERROR] or NOTHING, stored) if stored else None
        if not self.formula and (shown := self.shown.strip()):
            raise RefusedError("K104", f"ô «{shown[:LONGEST_ERROR]}» ghi thiếu kiểu hoặc giá trị")
        return Fault(NO_RESULT) if self.formula else None

    @property
    def unshown(self) -> str:
        """The number or day that a cell keeps and shows nothing of; a nought may be left out."""
        kept = self.attributes.get(DAY) or self.attributes.get(NUMBER, "")
        if not self.has_text or not kept.strip("-0."):
            return ""
        return show(Decimal(kept)) if is_number(kept) else kept

    @property
    def rounded(self) -> str:
        """What the cell shows of a number that has more digits, "" where it shows them all."""
        shown = self.shown.strip() if self.pieces and not self.is_percent else ""
        plain = PLAIN.fullmatch(shown) if NUMBER in self.attributes and shown else None
        if not plain or plain[3] or (number := self.attributes[NUMBER]) == shown:
            return ""
        off = abs(Decimal(f"{plain[1]}.{plain[2] or 0}") - Decimal(number))
        return shown if CLOSE <= off <= 1 else ""


def is_struck(properties: Mapping[str, str]) -> bool:
    """Say whether the letters of a style are crossed out, raised or lowered."""
    through = {properties.get(f"style:text-line-through-{name}", "none") for name in THROUGH}
    return through != {"none"} or not AS_USUAL.match(properties.get("style:text-position", "0%"))


def contradicted(attributes: Mapping[str, str], shown: str) -> str:
    """Return the value a cell keeps, as text, where it shows another; "" where they agree.

    Readers differ: some take the value, some the text.
    """
    if not shown:
        return ""
    if TEXT_VALUE in attributes:
        return "" if fold(attributes[TEXT_VALUE]) == fold(shown) else attributes[TEXT_VALUE]
    if number := attributes.get(NUMBER, ""):
        return "" if number == shown or _rounds_to(number, shown) else show(Decimal(number))
    day = attributes.get(DAY, "")
    return "" if not day or _is_day(day[:10], shown) else day


def _rounds_to(number: str, shown: str) -> bool:
    """Say whether a number may be shown so: rounded, in percent, with thousands marked."""
    found = PLAIN.fullmatch(shown.replace("\u2212", "-"))
    try:
        value = Decimal(number) * (100 if found and found[3] else 1)
    except InvalidOperation:
        return True  # refused as no number at all
    if not found or not value.is_finite():
        return not (value and multiplies(shown))
    whole, rest = found[1], found[2] or ""
    near = abs(Decimal(f"{whole}.{rest or 0}") - value) * 10 ** len(rest) <= Decimal("0.5000001")
    return near or (len(rest) == 3 and abs(int(whole + rest) - value) <= Decimal("0.5000001"))


def _is_day(day: str, shown: str) -> bool:
    """Say whether a day may be shown so, its parts in any order; what is no plain day may be."""
    parts = sorted(map(int, DIGITS.findall(shown)))
    try:
        kept = date.fromisoformat(day)
    except ValueError:
        return True  # found as no day
    years = kept.year, kept.year % 100
    other = len(parts) != 3 or ":" in shown  # not all of a day, or an hour beside it
    return other or parts in [sorted((kept.day, kept.month, year)) for year in years]


def is_number(text: str) -> bool:
    """Say whether a value is a number that is not endless."""
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def day_of(text: str) -> date:
    """Return the day a table counts from; refuses what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RefusedError("K104", f"sổ đếm ngày từ «{text[:LONGEST_ERROR]}»") from error
