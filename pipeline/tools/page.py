"""The only place that fills page templates (Jinja2), which is imported when first used."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from pipeline import ROOT
from pipeline.model.text import PRINTED_TEXT, clean, show, show_date, show_decimal, show_percent

TEMPLATES = ROOT / "templates"
LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
ORDINARY = re.compile("[ -~À-žƠơƯưẠ-ỹ–—‘’“”•…«»·×÷−≤≥→ΣΔ\u00a0]*")
MARKS_IN_A_ROW = 3


def fill(template: str, context: Mapping[str, object]) -> str:
    """Return a template of templates/ filled in; every value is escaped and made fit for a cell."""
    return _environment().get_template(template).render(context)


def printable(text: str, limit: int = PRINTED_TEXT) -> str:
    """Return text as it may be laid out: one line, no control marks, cut at the limit with «…»."""
    whole = _one_line(text)
    return whole if len(whole) <= limit else f"{whole[: limit - 1].rstrip()}…"


@lru_cache(maxsize=65536)
def _one_line(text: str) -> str:
    if ORDINARY.fullmatch(text):
        return _keep_together(text.strip())
    line = clean(LINE_BREAKS.sub(" / ", text.strip()))
    return _keep_together(_few_marks("".join(ch for ch in line if _can_be_seen(ch))))


def _keep_together(text: str) -> str:
    """Return the text with each figure tied to its percent sign."""
    return re.sub(r"(?<=\d) %", "\u00a0%", text)


def _can_be_seen(ch: str) -> bool:
    """Say whether a character is one: no direction mark, surrogate or private sign."""
    return unicodedata.category(ch) not in ("Cf", "Cs", "Co", "Cn", "Cc")


def _few_marks(text: str) -> str:
    """Return the text with at most three combining marks in a row: more cost seconds to lay out."""
    runs = groupby(text, key=lambda ch: unicodedata.category(ch)[0] == "M")
    return "".join("".join(run)[: MARKS_IN_A_ROW if marks else None] for marks, run in runs)


@lru_cache
def _environment():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"cut": _cut, "fixed": show_decimal, "percent": _percent, "day": _day}
    return environment


def _finalize(value: object) -> object:
    """Return what a template prints for a value; markup made by a macro passes untouched."""
    return value if hasattr(value, "__html__") else printable(show(value))


def _cut(value: object, limit: int) -> object:
    """Return a text with a limit of its own, shorter or longer than a cell's."""
    from markupsafe import escape

    return escape(printable(show(value), limit))


def _percent(rate: Decimal | None) -> str:
    """Return a rate 0..1 as «89,6», for columns whose heading says %."""
    return show_percent(rate).removesuffix(" %")


def _day(value: date | None, year: int) -> str:
    """Return dd/mm, with the year where it is not the cycle's."""
    text = show_date(value)
    return text.removesuffix(f"/{year}")
