"""One product of a published catalogue as it is read: typed, matched, with all that is doubtful."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from pipeline.checking.figures import read_figures
from pipeline.checking.scopes import Scope, Units, scope_of
from pipeline.model.catalogue import SourceRow
from pipeline.model.findings import finding, is_error
from pipeline.model.layout import layout
from pipeline.model.text import clean, fold, fold_code, show

TEXTS = ("task", "detail", "product")
USED = ("code", "unit", *TEXTS, "group", "points", "coefficient", "deduct")
GROUP = re.compile(r"(?:nhóm|n)?\s*([1-5]|i{1,3}|iv|v)(?!\w)")
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}


@dataclass(frozen=True)
class Draft:
    """A product as read, with what was found and what was repaired."""

    source: SourceRow
    product: Mapping[str, object]
    kind: str
    found: tuple[dict, ...]
    repairs: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Whether nothing about it has to be asked first."""
        return not any(map(is_error, self.found))

    @cached_property
    def name(self) -> tuple[str, ...]:
        """What the product is called, as it is compared."""
        return name_of(self.product)


def name_of(product: Mapping[str, object]) -> tuple[str, ...]:
    """Return what a product is called, as it is compared."""
    return tuple(fold(product[key]) for key in ("unit", *TEXTS))


def read_draft(row: SourceRow, units: Units, around: Scope, standard: Decimal) -> Draft:
    """Return the product of one row; `around` is whom the rows of its section are for."""
    texts = {key: clean(show(row.values.get(key))).strip() for key in (*TEXTS, "deduct")}
    code = fold_code(clean(show(row.values.get("code"))))
    figures = read_figures(row, standard)
    scope = scope_of(row, units, around)
    group, deduct = _group(row), fold(texts["deduct"])
    product = {
        **texts,
        "code": code,
        "unit": scope.unit,
        "group": group or "",
        "points": figures.points,
        "coefficient": figures.coefficient,
        "deduct": deduct if deduct in ("dòng", "cái") else "",
    }
    found = [*_broken(row), *figures.found, *_doubts(row, product, scope)]
    if group is None:
        found.append(_about(row, "group", "K728", show(row.values["group"]), "nhóm N1–N5"))
    if deduct != product["deduct"]:
        found.append(_about(row, "deduct", "K728", texts["deduct"], "cách trừ (dòng, cái)"))
    return Draft(row, product, scope.kind, tuple(found), (*_carried(row), *figures.repairs))


def _about(row: SourceRow, field: str, code: str, value: str = "", fact: str = "") -> dict:
    """Return a finding about one cell."""
    return finding(code, row=row.row, field=field, value=value, fact=fact)


def _broken(row: SourceRow) -> list[dict]:
    """Return what is wrong with cells that hold no value of their own."""
    source = layout("catalogue")["source"]
    return [
        _about(row, key, code, source[key].heading if code == "K204" else fact, fact)
        for key, (code, fact) in row.faults.items()
        if key in USED
    ]


def _doubts(row: SourceRow, product: Mapping[str, object], scope: Scope) -> list[dict]:
    """Return what a person has to look at: no product, no unit, a unit of no register, hidden."""
    found = []
    if not product["product"] and "product" not in row.faults:
        found.append(_about(row, "product", "K720"))
    if not scope.unit:
        found.append(finding("K727"))
    elif not scope.known:
        found.append(finding("K726", value=scope.unit))
    if row.hidden:
        found.append(finding("K207", fact=str(row.row)))
    return found


def _group(row: SourceRow) -> str | None:
    """Return a group N1 … N5, "" for none, None for something else."""
    text = fold(row.values.get("group")) or next(
        (fold(text) for text in reversed(row.sections) if fold(text).startswith("nhóm")), ""
    )
    named = GROUP.match(text) if row.values.get("group") is None else GROUP.fullmatch(text)
    if named:
        return f"N{ROMAN.get(named[1], named[1])}"
    return None if row.values.get("group") is not None else ""


def _carried(row: SourceRow) -> list[str]:
    source = layout("catalogue")["source"]
    return [
        f"«{source[key].heading}» lấy theo ô gộp từ dòng {top}"
        for key, top in row.carried.items()
        if key in USED
    ]
