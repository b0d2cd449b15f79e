"""The only place that fills page templates (Jinja2), which is imported when first used."""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from pipeline import ROOT
from pipeline.model.text import (
    ORDINARY,
    PRINTED_TEXT,
    one_line,
    show,
    show_date,
    show_decimal,
    show_percent,
)
from pipeline.tools.collector import swept

TEMPLATES = ROOT / "templates"
COMPILED = Path(__file__).parent / "__pycache__"
SEAL = 32  # bytes of SHA-256 before what is kept
LONGEST_WORD = 12  # letters; what is longer is no word, and is cut anywhere


@swept()  # macros hold on to all that was filled in, and are held by it
def fill(template: str, context: Mapping[str, object]) -> str:
    """Return a template of templates/ filled in; every value is escaped and made fit for a cell."""
    return _environment().get_template(template).render(context)


def printable(text: str, limit: int = PRINTED_TEXT) -> str:
    """Return text as it may be laid out: one line, no control marks, cut at the limit with «…»."""
    bare = text.strip()
    whole = _keep_together(bare if ORDINARY.fullmatch(bare) else _drawable(one_line(bare)))
    return whole if len(whole) <= limit else f"{_whole_words(whole[:limit])}…"


def _whole_words(text: str) -> str:
    """Return a text without its last letter and the word that tears, unless that is a long one."""
    words, _, torn = text.rpartition(" ")
    return (words if words and len(torn) <= LONGEST_WORD else text[:-1]).rstrip(" ,;:–-")


def _drawable(text: str) -> str:
    """Return the text with what no shipped font can draw said plainly: «㎡» as «m2», else «[?]».

    Left alone it would be a hole in the line that nobody sees, and the PDF no PDF/A.
    """
    return text if ORDINARY.fullmatch(text) else _undrawable().sub(_stand_in, text)


def _stand_in(found: re.Match) -> str:
    plain = unicodedata.normalize("NFKC", found[0])
    return "[?]" if _undrawable().search(plain) else plain


@lru_cache
def _undrawable() -> re.Pattern:
    """Return what matches a run of characters without a glyph, from the ranges that have one."""
    ranges = (TEMPLATES / "fonts" / "coverage.txt").read_text("utf-8").split()
    ends = ([chr(int(code, 16)) for code in one.split("-")] for one in ranges)
    drawn = "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in ends)
    return re.compile(f"[^{drawn}]+")


def _keep_together(text: str) -> str:
    """Return the text with each figure tied to its percent sign."""
    return re.sub(r"(?<=\d) %", "\u00a0%", text) if " %" in text else text


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
        bytecode_cache=_compiled(),
    )
    environment.getattr = environment.getitem  # rows are asked by key first: half the time
    environment.filters |= {"cut": _cut, "fixed": show_decimal, "percent": _percent, "day": _day}
    return environment


def _compiled():
    """Return what keeps compiled templates: beside Python's own files, where it keeps any.

    Compiling takes a sixth of a second. What another version of this module or of the library has
    compiled goes by another name; a template that has changed is compiled anew, and so is one kept
    damaged. Where nothing can be kept, on a full disk or in another's folder, nothing is, as Python
    does with its own.
    """
    from jinja2 import BytecodeCache

    if sys.dont_write_bytecode:
        return None
    maker = hashlib.sha256(Path(__file__).read_bytes() + version("Jinja2").encode()).hexdigest()

    class Compiled(BytecodeCache):
        """Files of a hash and of what it is of."""

        def load_bytecode(self, bucket) -> None:
            with suppress(OSError):
                kept = _place(bucket).read_bytes()
                if kept == _sealed(kept[SEAL:]):
                    bucket.bytecode_from_string(kept[SEAL:])

        def dump_bytecode(self, bucket) -> None:
            with suppress(OSError):
                _place(bucket).write_bytes(_sealed(bucket.bytecode_to_string()))

    def _place(bucket) -> Path:
        return COMPILED / f"{maker[:8]}-{bucket.key}.jinja"

    return Compiled()


def _sealed(made: bytes) -> bytes:
    return hashlib.sha256(made).digest() + made


def _finalize(value: object) -> object:
    """Return what a template prints for a value; markup made by a macro passes untouched."""
    if hasattr(value, "__html__"):
        return value
    return show_decimal(value) if type(value) is int else printable(show(value))


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
