"""Codes of imported products: as published, as the register has them already, or new ones."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.checking.drafts import Draft, name_of
from pipeline.model.catalogue import COMMON, LEADER
from pipeline.model.findings import finding
from pipeline.model.text import clean, fold_code

PREFIXES = {LEADER: "QL", COMMON: "DC"}
NO_UNIT = "SP"
NUMBERED = re.compile(r"(.+)\.(\d{1,6})")
NEW = "mã do chương trình đặt"


def give_codes(drafts: Iterable[Draft], known: Mapping[str, Mapping]) -> list[Draft]:
    """Return the drafts, each clear one with a code; `known` are the register's products by code.

    A product the register has under its name keeps that code. New numbers begin after the highest
    in use, so that a code given up is not given to something else.
    """
    drafts = list(drafts)
    there = {name_of(product): code for code, product in known.items()}
    highest = _highest({*known, *(draft.product["code"] for draft in drafts)})
    coded = []
    for draft in drafts:
        if draft.is_clear and not draft.product["code"]:
            draft = _with_code(draft, there.get(draft.name), highest)
        coded.append(_compared(draft, there, known) if draft.is_clear else draft)
    return coded


def _highest(codes: Iterable[str]) -> dict[str, int]:
    """Return the highest number in use after every prefix."""
    highest: dict[str, int] = {}
    for code in codes:
        if numbered := NUMBERED.fullmatch(code):
            prefix, number = numbered[1], int(numbered[2])
            highest[prefix] = max(number, highest.get(prefix, 0))
    return highest


def _with_code(draft: Draft, old: str | None, highest: dict[str, int]) -> Draft:
    """Return a draft under the code the register has for it, else under the next one."""
    if old:
        return replace(draft, product={**draft.product, "code": old})
    prefix = PREFIXES.get(draft.kind) or _prefix(draft.product["unit"])
    highest[prefix] = highest.get(prefix, 0) + 1
    product = {**draft.product, "code": f"{prefix}.{highest[prefix]:02d}"}
    return replace(draft, product=product, repairs=(*draft.repairs, NEW))


def _prefix(unit: str) -> str:
    """Return a unit's code, or the first letters of a name that is on no register."""
    words = re.findall(r"\w+", clean(unit))
    if len(words) < 2:
        return fold_code(unit) or NO_UNIT
    letters = unicodedata.normalize("NFD", "".join(word[0] for word in words).upper())
    return "".join(ch for ch in letters if not unicodedata.combining(ch)).replace("Đ", "D")


def _compared(draft: Draft, there: Mapping[tuple, str], known: Mapping[str, Mapping]) -> Draft:
    """Return a draft with K725 when the register has its code or its name already."""
    own = draft.product["code"]
    code = own if own in known else there.get(draft.name)
    if code is None:
        return draft
    alike = "cùng tên" if there.get(draft.name) == code else "tên khác"
    fact = f"dòng {known[code]['row']}, mã {code}, {alike}"
    found = finding("K725", value=own, fact=fact)
    return replace(draft, found=(*draft.found, found))
