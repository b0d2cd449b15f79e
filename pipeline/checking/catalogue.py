"""Rows of a published catalogue → products of the register; what is not clear is left out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.checking.coding import give_codes
from pipeline.checking.drafts import Draft, read_draft
from pipeline.checking.figures import find_standard
from pipeline.checking.scopes import scopes_around, unit_names
from pipeline.model.catalogue import (
    FOLLOWED,
    ITEM,
    LEFT,
    LEFT_OUT,
    LOOK,
    ORDERED,
    TAKEN,
    USUAL,
    SourceRow,
    Standard,
)
from pipeline.model.findings import describe, finding
from pipeline.model.registers import STANDARD_POINTS, Registers
from pipeline.model.text import show

PRODUCT = "sản phẩm"
REST = ("code", "group", "points", "coefficient", "deduct")  # beside a product's name


@dataclass(frozen=True)
class Imported:
    """The register's rows, the list with one row for every row of the source, the standard."""

    products: list[dict]
    listed: list[dict]
    standard: Standard


def check_catalogue(
    rows: Iterable[SourceRow], registers: Registers | None, standard: Decimal | None = None
) -> Imported:
    """Return the products of a catalogue, and what became of every row of it.

    `registers` are the commune's own, to match units and to keep codes apart; None before there
    are any. `standard` are the points of coefficient 1; None: as the file says.
    """
    units = unit_names(registers)
    rows = list(rows)
    items = [row for row in rows if row.sort == ITEM]
    around = scopes_around(items, units)
    told = _standard(items, standard)
    drafts = [
        read_draft(row, units, around[row.titles, row.sections], told.points) for row in items
    ]
    known = registers.products if registers else {}
    settled = give_codes(_apart(drafts), known)
    by_place = {(draft.source.sheet, draft.source.row): draft for draft in settled}
    products = [dict(draft.product) for draft in settled if draft.is_clear]
    listed = [_listed(row, by_place.get((row.sheet, row.row))) for row in rows]
    return Imported(products, listed, told)


def _standard(items: Iterable[SourceRow], ordered: Decimal | None) -> Standard:
    """Return the points of coefficient 1: as ordered, as most rows of the file say, or as usual."""
    found, agreed, both = find_standard(items)
    if ordered is not None:
        return Standard(ordered, agreed, both, ORDERED)
    if found is not None:
        return Standard(found, agreed, both, FOLLOWED)
    return Standard(STANDARD_POINTS, agreed, both, USUAL)


def _apart(drafts: list[Draft]) -> list[Draft]:
    """Return the drafts; of those alike or of one code only an exact repeat's first is clear."""
    clear = [draft for draft in drafts if draft.is_clear]
    alike = _gathered(clear, lambda draft: draft.name)
    coded = _gathered(clear, lambda draft: draft.product["code"])
    return [_compared(draft, alike, coded) if draft.is_clear else draft for draft in drafts]


def _gathered(drafts: list[Draft], key: Callable) -> dict[object, list[Draft]]:
    found: dict[object, list[Draft]] = {}
    for draft in drafts:
        found.setdefault(key(draft), []).append(draft)
    return found


def _compared(draft: Draft, alike: Mapping, coded: Mapping) -> Draft:
    """Return a draft with what stands against it among the others."""
    twins = alike[draft.name]
    if len(twins) > 1 and not (twins[0] is draft and _same(twins)):
        other = twins[0] if twins[0] is not draft else twins[1]
        return _against(draft, "K722", draft.product["product"], _place(other))
    code = draft.product["code"]
    other = next((one for one in coded[code] if one.name != draft.name), None) if code else None
    return _against(draft, "K709", code, _place(other)) if other else draft


def _same(twins: list[Draft]) -> bool:
    rest = [tuple(twin.product[key] for key in REST) for twin in twins]
    return len(set(rest)) == 1


def _place(draft: Draft) -> str:
    return f"{draft.source.row}, trang «{draft.source.sheet}»"


def _against(draft: Draft, code: str, value: object, fact: str) -> Draft:
    return replace(draft, found=(*draft.found, finding(code, value=show(value), fact=fact)))


def _listed(row: SourceRow, draft: Draft | None) -> dict:
    """Return the row of the list that says what became of a source row."""
    place = {"sheet": row.sheet, "row": row.row, "content": row.shown, "sort": row.sort}
    if draft is None:
        found = [finding(code, fact=fact) for code, fact in (row.faults or {}).values()]
        reason = " ".join([f"{LEFT_OUT[row.sort]}.", _told(found, {})]) if found else ""
        told = {"result": LEFT, "reason": reason or LEFT_OUT[row.sort], "kind": ""}
        return {**place, **told, **_marks(found)}
    columns = {("", "", key): at for key, at in row.columns.items()}
    return {
        **place,
        "result": TAKEN if draft.is_clear else LEFT,
        "reason": _told(draft.found, columns) or PRODUCT,
        "repairs": "; ".join(draft.repairs),
        "kind": draft.kind,
        "code": draft.product["code"],
        "unit": draft.product["unit"],
        **_marks(draft.found),
    }


def _told(found: Iterable[dict], columns: Mapping) -> str:
    """Return all that was found about a row in words."""
    words = describe(found, columns)
    return " ".join(f"{one['code']}: {one['message']} {one['action']}" for one in words)


def _marks(found: Iterable[dict]) -> dict:
    """Return whether a person has to look at a row, and the codes of what was found."""
    codes = [one["code"] for one in describe(found, {})]
    return {"look": LOOK if codes else "", "codes": codes}
