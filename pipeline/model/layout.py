"""The only place that reads schemas/*.toml: what each workbook looks like, as frozen records."""

import tomllib
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property, lru_cache

from pipeline import ROOT
from pipeline.model.text import fold

TYPES = ("code", "text", "decimal", "count", "date", "choice")
FILLED_BY = ("issued", "unit", "group", "computed")


@dataclass(frozen=True)
class Field:
    """One column: its heading, what may stand in it, who fills it."""

    key: str
    heading: str
    type: str
    by: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    choices: tuple[str, ...] | str = ()  # the list itself, or the name of a register's list
    prompt: str = ""
    format: str = ""  # how a record shows a figure, in the workbook's own signs
    width: int = 12

    @property
    def blank(self) -> object:
        """What a blank cell is: no figure and no date is None, no text is ""."""
        return None if self.type in ("decimal", "count", "date") else ""

    @property
    def names(self) -> frozenset[str]:
        """The folded headings this column is recognised by."""
        return frozenset(map(fold, (self.heading, *self.aliases)))


@dataclass(frozen=True)
class Formula:
    """A formula with {field} and {sheet.field} places; it fills the field of the same heading."""

    heading: str
    formula: str


@dataclass(frozen=True)
class Sheet:
    """One sheet; heading_row counts from 1, rows is "issued" or a number of spare rows.

    `rows_by` are the fields a row is known by when the sheet is drafted again. An upright sheet is
    printed standing.
    """

    key: str
    title: str
    heading_row: int = 0
    rows: int | str = 0
    rows_by: tuple[str, ...] = ()
    upright: bool = False
    text: tuple[str, ...] = ()
    tick: str = ""
    field: tuple[Field, ...] = ()
    formula: tuple[Formula, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The field keys in the order of the columns."""
        return [*self._fields]

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {field.key: field for field in self.field}

    def __getitem__(self, key: str) -> Field:
        return self._fields[key]

    def formula_of(self, field: Field) -> str:
        """Return the formula that computes a field, or ""."""
        return next((f.formula for f in self.formula if f.heading == field.heading), "")


@dataclass(frozen=True)
class Layout:
    """One workbook."""

    key: str
    title: str
    sheet: tuple[Sheet, ...]

    def __getitem__(self, key: str) -> Sheet:
        return next(sheet for sheet in self.sheet if sheet.key == key)

    @property
    def tables(self) -> tuple[Sheet, ...]:
        """The sheets that hold a table with columns."""
        return tuple(sheet for sheet in self.sheet if sheet.field)


@lru_cache
def layout(key: str) -> Layout:
    """Return the layout declared in schemas/<key>.toml; raises ValueError on an unknown key."""
    path = ROOT / "schemas" / f"{key}.toml"
    declared = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return _build(Layout, declared, path.name)


def _build(kind: type, declared: dict, where: str) -> object:
    """Return the record of one declaration, its parts built first."""
    names = {f.name for f in fields(kind)}
    if unknown := declared.keys() - names:
        raise ValueError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    inside = f"{where} {declared.get('key', '')}"
    record = kind(**{key: _value(key, value, inside) for key, value in declared.items()})
    if isinstance(record, Field):
        _check_field(record, where)
    return record


PARTS = {"sheet": Sheet, "field": Field, "formula": Formula}


def _value(key: str, value: object, where: str) -> object:
    if key in PARTS and isinstance(value, list):
        return tuple(_build(PARTS[key], part, where) for part in value)
    if key in ("min", "max"):
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value


def _check_field(field: Field, where: str) -> None:
    if field.type not in TYPES:
        raise ValueError(f"{where} {field.key}: unknown type {field.type}")
    if field.by not in FILLED_BY:
        raise ValueError(f"{where} {field.key}: unknown by {field.by}")
    if bool(field.choices) != (field.type == "choice"):
        raise ValueError(f"{where} {field.key}: choices go with type choice")
    if field.format and field.type != "decimal":
        raise ValueError(f"{where} {field.key}: format goes with type decimal")
