"""One cell: typed by us first, then its limits by pandera; at most one K3 finding a cell."""

import re
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandera.pandas as pa

from pipeline.model.findings import REPAIRED, finding
from pipeline.model.layout import Field, Layout, Sheet
from pipeline.model.tables import PLACE, frame
from pipeline.model.text import (
    PRINTED_TEXT,
    clean,
    could_swap,
    fold,
    fold_code,
    number_readings,
    parse_date,
    parse_decimal,
    show,
    without_marks,
)

Cell = tuple[str, str, int, str]  # file, sheet, row, field
Lists = Mapping[str, Iterable[str]]
TAKEN_AS_KEPT = "K317"  # the result a formula keeps: typed and held against its limits as ever
OTHER_NAME = "K330"
SOUND = (REPAIRED, TAKEN_AS_KEPT, OTHER_NAME, "K901")
PERCENTS = ("value", "target")  # fields of indicators, where a percent is what is asked for
NO_DAY = {"invalid": "K302", "month-first": "K311", "weekday": "K316"}
NAMED = ("people", "people_and_units")  # lists whose items have names of their own
# A second person behind a name, not the first one's post.
ANOTHER = re.compile(
    r"(?:\s*(?:[,;+&/–-]|và\b|va\b|cùng\b|cung\b|với\b|voi\b)\s*|\s+(?=[a-zđ]{1,5}\d))"
    r"(?!phó|pho\b|trưởng|truong\b|chánh|chủ|chuyên|công chức|cán bộ|viên|giám|\d)\w"
)
NO_ID = ("tasks", "task_id")  # blank, its row was put there by hand
RECENT = 1024
MANY = 8  # a longer list is not quoted in a message


@dataclass(frozen=True)
class Typed:
    """A sheet's rows with typed fields, its findings, and every cell that has a fault."""

    table: pd.DataFrame
    findings: list[dict]
    faulted: frozenset[Cell]


def cell_of(row: Mapping[str, object], field: str = "") -> Cell:
    """Return the cell of a finding, or of a field in a row."""
    return row["file"], row["sheet"], row["row"], field or row["field"]


def type_workbook(
    book: Layout, entries: Mapping[str, list[dict]], lists: Lists, found: list[dict]
) -> dict[str, Typed]:
    """Return every sheet of a layout typed; `entries` are the raw rows of one file or many."""
    month_first = {
        row["file"]
        for sheet in book.tables
        for field in sheet.field
        if field.type == "date"
        for row in entries.get(sheet.key, ())
        if isinstance(raw := row.get(field.key), str) and parse_date(raw)[1] == "month-first"
    }
    return {
        sheet.key: type_table(sheet, entries.get(sheet.key, []), lists, found, month_first)
        for sheet in book.tables
    }


def type_table(
    sheet: Sheet,
    rows: list[dict],
    lists: Lists,
    found: list[dict],
    month_first: Collection[str] = (),
) -> Typed:
    """Return the rows typed; `found` are the findings the reader already made about these cells.

    `month_first` are the files in which some typed date can only be month first.
    A cell that cannot be typed is None and has its finding. What the unit was given and may not
    change is typed without a word: it is compared with what was issued instead. Only a required
    one, which names its row, speaks.
    """
    taken = {cell_of(row) for row in found if row["code"] != TAKEN_AS_KEPT}
    typers = [(field, _remembered(field, lists)) for field in sheet.field]
    typed, findings = [], []
    # A sheet with a unit in every row is the office's own: no unit has sent it.
    own = {"unit": ""} if "unit" in sheet.keys else {}
    for row in rows:
        place = {name: row[name] for name in PLACE} | own
        values, swapped = {}, row["file"] in month_first
        for field, typer in typers:
            raw = row.get(field.key)
            values[field.key], code, fact = typer(raw, swapped)
            mute = field.by == "issued" and not field.required
            if code and not mute and cell_of(row, field.key) not in taken:
                findings.append(
                    finding(code, **place, field=field.key, value=show(raw).strip(), fact=fact)
                )
        typed.append({**place, **values})
    table = frame(typed, dict.fromkeys((*PLACE, *sheet.keys)))
    faulted = _faulted(found + findings)
    limits = _limits(sheet, table, rows, faulted)
    limited = _faulted(limits)
    # Of a repaired cell beyond its limits only the limit is said.
    told = [row for row in findings if cell_of(row) not in limited]
    return Typed(table, told + limits, faulted | limited)


def _faulted(findings: list[dict]) -> frozenset[Cell]:
    """Return the cells no further rule looks at; a repaired cell and a long text are sound."""
    return frozenset(cell_of(row) for row in findings if row["code"] not in SOUND)


def _type_cell(
    field: Field, typer: object, raw: object, month_first: bool
) -> tuple[object, str, str]:
    """Return (value, finding code or "", fact)."""
    if raw is None or (isinstance(raw, str) and not clean(raw).strip()):
        return field.blank, "", ""
    if field.type == "date" and month_first and could_swap(raw):
        return None, "K311", ""
    return typer(raw)


def _remembered(field: Field, lists: Lists) -> Callable[[object, bool], tuple]:
    """Return _type_cell() of a field; what it has lately typed it knows: a third of the time."""
    return lru_cache(RECENT, typed=True)(partial(_type_cell, field, _typer(field, lists)))


def _typer(field: Field, lists: Lists) -> object:
    """Return the function that types one cell of a field."""
    if field.type == "choice":
        items = (
            list(lists[field.choices]) if isinstance(field.choices, str) else list(field.choices)
        )
        known = _choices(items, coded=isinstance(field.choices, str))
        quoted = ", ".join(items) if len(items) <= MANY else "bấm mũi tên cạnh ô"
        names = dict(item.split(" – ", 1) for item in items if " – " in item)
        names = names if field.choices in NAMED else {}
        return lambda raw: _choice(raw, known, quoted, names)
    if field.type == "decimal" and field.key not in PERCENTS:
        return read_quantity
    return TYPERS[field.type]


def _choices(items: list[str], coded: bool) -> dict[str, str]:
    """Return folded text → value; an item «CB012 – Tên» is known by the whole and by its code."""
    known = {}
    for item in items:
        code = item.split(" – ")[0]
        known[fold(item)] = code if coded else item
        known[fold(code).replace(" ", "")] = code if coded else item
    return known


def _choice(
    raw: object, known: dict[str, str], quoted: str, names: Mapping[str, str]
) -> tuple[object, str, str]:
    text = fold(raw)
    # Only the code decides: a name beside it may be cut or reworded, never matched alone.
    code, _, name = text.replace(" - ", " – ").partition(" – ")
    value = known.get(text, known.get(code.replace(" ", "")))
    if value is None:
        return "", "K306", quoted
    own = names.get(value, "")
    return (value, OTHER_NAME, f"{value} – {own}") if is_other(name, own) else (value, "", "")


def is_other(typed: str, name: str) -> bool:
    """Say whether a name beside a code is somebody else's: not the whole, a part, or initials.

    Or somebody else's too: «Nguyễn Văn An, Trần Thị Hòa».
    """
    typed, name = fold(typed.replace("\n", ", ")), fold(name)
    if typed.isascii():  # typed without its marks
        name = without_marks(name)
    words, own = re.findall(r"\w+", typed), re.findall(r"\w+", name)
    if not own:
        return False
    if " ".join(own) in " ".join(words):
        return bool(ANOTHER.match(typed.partition(name)[2]))
    return any(not any(w == one or (len(w) == 1 and one[0] == w) for one in own) for w in words)


def read_quantity(raw: object) -> tuple[object, str, str]:
    """Return (a number that is no rate, finding code or "", fact).

    «50 %» may mean fifty or a half.
    """
    if isinstance(raw, str) and "%" in raw:
        value, _ = parse_decimal(raw)
        return None, *(
            ("K309", f"{show(value)} hay {show(value / 100)}") if value else ("K301", "")
        )
    return _decimal(raw)


def _decimal(raw: object) -> tuple[object, str, str]:
    value, problem = parse_decimal(raw)
    if problem == "ambiguous":
        return None, "K309", number_readings(raw)
    if problem == "invalid":
        return None, "K301", ""
    return value, *_repaired(problem, value)


def _count(raw: object) -> tuple[object, str, str]:
    value, code, fact = read_quantity(raw)
    if value is None:
        return value, code, fact
    return (int(value), code, fact) if value == int(value) else (None, "K310", "")


def _date(raw: object) -> tuple[date | None, str, str]:
    value, problem = parse_date(raw)
    if problem in NO_DAY:
        return None, NO_DAY[problem], ""
    return value, *_repaired(problem, value)


def _repaired(problem: str, value: object) -> tuple[str, str]:
    return (REPAIRED, show(value)) if problem == "repaired" else ("", "")


def _text(raw: object) -> tuple[str, str, str]:
    text = clean(raw).strip()
    return (text, "K901", str(len(text))) if len(text) > PRINTED_TEXT else (text, "", "")


def _code(raw: object) -> tuple[str, str, str]:
    return fold_code(raw), "", ""


TYPERS = {"decimal": _decimal, "count": _count, "date": _date, "text": _text, "code": _code}


def _limits(
    sheet: Sheet, table: pd.DataFrame, rows: list[dict], silent: frozenset[Cell]
) -> list[dict]:
    """Return K303–K305 and K441 of a typed table, by one pandera call; `rows` are as typed in."""
    columns = {field.key: _column(field) for field in sheet.field if _is_limited(field)}
    if table.empty or not columns:
        return []
    try:
        pa.DataFrameSchema(columns).validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases
        return [
            made
            for index, column, check in zip(
                failures["index"], failures["column"], failures["check"], strict=True
            )
            if (made := _limit_finding(sheet, column, rows[int(index)], check, silent))
        ]
    return []


def _is_limited(field: Field) -> bool:
    return field.required or field.min is not None or field.max is not None


def _column(field: Field) -> pa.Column:
    checks = []
    if field.min is not None:
        checks.append(pa.Check.ge(field.min, error="K303"))
    if field.max is not None:
        checks.append(pa.Check.le(field.max, error="K304"))
    if field.required and field.blank == "":
        checks.append(pa.Check.ne("", error="K305"))
    return pa.Column(object, checks, nullable=not field.required)


def _limit_finding(
    sheet: Sheet, key: str, row: Mapping[str, object], check: str, silent: frozenset[Cell]
) -> dict | None:
    field = sheet[key]
    blank = "K441" if (sheet.key, field.key) == NO_ID else "K305"
    code = check if check in ("K303", "K304") else blank
    if cell_of(row, field.key) in silent:
        return None
    own = {"unit": ""} if field.by == "group" else {}
    bound = {"K303": field.min, "K304": field.max}.get(code)
    place = {name: row[name] for name in PLACE} | own
    typed = "" if code == blank else show(row[field.key]).strip()
    return finding(code, **place, field=field.key, value=typed, fact=show(bound))
