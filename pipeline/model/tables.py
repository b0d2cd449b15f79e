"""The tables that cross stage borders: columns from the layouts, blanks of one kind each.

Every column is of dtype object: Decimal, int, date, or text. A blank figure or date is None, a
blank text is "". Nothing else is ever blank, so no stage needs to ask twice.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pandas as pd

from pipeline.model.layout import Field, Sheet, layout

PLACE = ("unit", "file", "sheet", "row")  # where a row stands in the sender's own workbook
RESULT_VERSION = 3
PERIOD_VERSION = 1
PROVINCE_VERSION = 1
CHUNK = 1000  # rows that are turned into JSON together
# Words that cross stage borders: of a unit, of a line of it, of figures the group entered for it.
NOT_SENT, REPAIR, SILENT, SUBSTITUTED = "Chưa nộp", "Cần sửa", "chưa nộp", "nhập thay"
YES, NO = "có", "không"


@dataclass(frozen=True)
class CycleResult:
    """Everything known of one cycle after scoring; packet, archive and history read only this."""

    cycle: str
    state: str
    made_at: datetime
    print_code: str
    program: str
    rule_code: str
    rule_settings: Mapping[str, object]  # the fields of Rules
    commune: Mapping[str, str]
    signatories: Mapping[str, str]
    meeting: Mapping[str, object]
    options: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame]


def frame(rows: Iterable[Mapping[str, object]], columns: Iterable[str]) -> pd.DataFrame:
    """Return rows as a table of object columns in the given order."""
    names = list(columns)
    return pd.DataFrame(
        [[row[name] for name in names] for row in rows], columns=names, dtype=object
    )


def records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return a table's rows as dictionaries."""
    names = list(table.columns)
    # At once: pandas takes ten times as long to go through the rows of a wide table.
    rows = table.to_numpy(dtype=object).tolist()
    return [dict(zip(names, row, strict=True)) for row in rows]


def keys_of(lines: pd.DataFrame) -> set[tuple[str, str]]:
    """Return the keys of a table of lines: task id and person."""
    return set(zip(lines["task_id"], lines["person"], strict=True))


@dataclass(frozen=True)
class PeriodResult:
    """Everything known of a month, quarter, half-year, year or of chosen cycles.

    Of one commune, or of a province. Its papers read only this.
    """

    period: str
    state: str
    made_at: datetime
    print_code: str
    program: str
    rule_code: str  # every code in force in the period, the newest last
    commune: Mapping[str, str]
    signatories: Mapping[str, str]
    options: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame]


def result_sheet(key: str, book: str = "archive") -> Sheet:
    """Return the declaration of one table of a cycle's result, or of a period's."""
    return layout(book)[key]


def result_table(
    key: str, rows: Iterable[Mapping[str, object]], book: str = "archive"
) -> pd.DataFrame:
    """Return one table of a result; fields a row lacks are blank."""
    fields = result_sheet(key, book).field
    full = ({f.key: row.get(f.key, f.blank) for f in fields} for row in rows)
    return frame(full, [f.key for f in fields])


def to_plain(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return a result table for JSON: decimals and dates as text, blanks as null or ""."""
    return [json.loads(row) for row in map(ENCODE, records(table))]


def json_text(tables: Mapping[str, pd.DataFrame], line: str = "") -> Iterator[str]:
    """Yield tables as one object of JSON, `line` before every row.

    Not all at once: of a large commune that is half a gigabyte.
    """
    lead = "{"
    for key, table in tables.items():
        yield f"{lead}{line}{ENCODE(key)}: ["
        between = line
        for row in _json_rows(table):
            yield between + row
            between = f", {line}"
        yield "]"
        lead = ", "
    yield "}"


def _json_rows(table: pd.DataFrame) -> Iterator[str]:
    """Yield a table's rows as JSON, made by columns: half the time of a row at a time."""
    leads = [f"{ENCODE(name)}: " for name in table.columns]
    for start in range(0, len(table), CHUNK):
        columns = table.iloc[start : start + CHUNK].to_numpy(dtype=object).T.tolist()
        for row in zip(*map(_json_cells, leads, columns), strict=True):
            yield f"{{{', '.join(row)}}}"


def _json_cells(lead: str, values: list[object]) -> list[str]:
    """Return a column's values, each after its key; equal ones are made once.

    But for decimals: 1 and 1.0 are equal and written otherwise.
    """
    known = {v: lead + ENCODE(v) for v in {v for v in values if not isinstance(v, Decimal)}}
    return [f'{lead}"{v:f}"' if isinstance(v, Decimal) else known[v] for v in values]


def _plain(value: Decimal | date) -> str:
    return format(value, "f") if isinstance(value, Decimal) else value.isoformat()


# What is no plain value is asked about one by one, all else is turned into text by the C encoder.
ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=_plain).encode


def result_hash(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return one hash over every figure and text of a result's tables."""
    digest = hashlib.sha256()
    for text in json_text(tables):
        digest.update(text.encode())
    return digest.hexdigest()


def from_plain(
    key: str, rows: Iterable[Mapping[str, object]], names: Collection[str] = ()
) -> pd.DataFrame:
    """Return a result table read back from JSON, or those of its columns that are named."""
    fields = [field for field in result_sheet(key).field if not names or field.key in names]
    typed = ({f.key: _typed(f, row.get(f.key, f.blank)) for f in fields} for row in rows)
    return frame(typed, [f.key for f in fields])


def _typed(field: Field, value: object) -> object:
    if value is None or value == "":
        return field.blank
    if field.type == "decimal":
        return Decimal(str(value))
    return date.fromisoformat(str(value)) if field.type == "date" else value
