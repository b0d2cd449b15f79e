"""Two versions of a unit's workbook, cell by cell."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from pipeline.model.findings import NOTE, severity
from pipeline.model.layout import Sheet, layout
from pipeline.model.stamp import Stamp
from pipeline.model.text import fold, fold_code, show

Row = Mapping[str, object]
Pair = tuple[Row | None, Row | None]
BROKEN = "ô lỗi"  # what stands for a formula that was never computed
# What tells a sender to take out a whole row, or all rows of a sheet.
ROW_OUT = frozenset(
    ("K408", "K412", "K420", "K421", "K425", "K441", "K507", "K508", "K509", "K601")
)
ROWS_OUT = "K415"
OF_WORK_DONE = ("finished", "evidence")


class Read(Protocol):
    """What intake needs to know of a workbook that was read."""

    file: str
    stamp: Stamp | None
    entries: Mapping[str, list[dict]]
    places: Mapping[tuple[str, str, str], str]
    ticks: Mapping[str, bool]
    findings: list[dict]


@dataclass(frozen=True)
class Change:
    """A cell a unit fills that holds something else in the newer version."""

    sheet: str
    row_key: str
    field: str  # "" for the tick of a sheet
    heading: str
    before: str
    after: str
    row_before: int | None
    row_after: int | None

    @property
    def is_emptied(self) -> bool:
        return bool(self.field and self.before and not self.after)


def compare(before: Read, after: Read) -> list[Change]:
    """Return every cell of the units' own that differs, sheet by sheet as it stands."""
    return [
        change
        for sheet in layout("unit").tables
        for change in (*_tick(sheet, before, after), *_cells(sheet, before, after))
    ]


def content_of(read: Read) -> tuple[object, ...]:
    """Return all that was read of a workbook, whatever its file is called."""
    tables = [*read.entries.values(), read.findings]
    rows = [[{**row, "file": ""} for row in table] for table in tables]
    return [*read.entries], rows, read.ticks, read.stamp


def emptied(before: Read, after: Read, told: Callable[[], Iterable[dict]]) -> list[Change]:
    """Return the cells that held something sound before and are blank now.

    A quantity corrected to 0 takes its day and its proof along. `told` gives what was found about
    the version before: who empties a cell it names, or takes out a row it says does not belong
    there, has done as he was told.
    """
    changes = compare(before, after)
    undone = {(c.sheet, c.row_after) for c in changes if c.field == "completed" and c.after == "0"}
    blank = [
        change
        for change in changes
        if change.is_emptied
        and not (change.field in OF_WORK_DONE and (change.sheet, change.row_after) in undone)
    ]
    faults = [row for row in told() if severity(str(row["code"])) != NOTE] if blank else []
    cells = {(row["sheet"], row["row"], row["field"]) for row in faults}
    rows = {(row["sheet"], row["row"]) for row in faults if row["code"] in ROW_OUT}
    sheets = {row["sheet"] for row in faults if row["code"] == ROWS_OUT}
    return [
        change
        for change in blank
        if (change.sheet, change.row_before, change.field) not in cells
        and not (change.row_after is None and (change.sheet, change.row_before) in rows)
        and change.sheet not in sheets
    ]


def change_rows(
    submissions: Sequence[Mapping[str, object]], read: Mapping[str, Read]
) -> list[dict]:
    """Return the table «changes»: each usable version of a unit against the one before it.

    `read` gives the workbook of every file.
    """
    versions = [row for row in submissions if row["version"]]
    versions.sort(key=lambda row: (row["unit"], row["version"]))
    pairs = pairwise(versions)
    return [
        _row(str(new["unit"]), read[old["file"]], read[new["file"]], change)
        for old, new in pairs
        if old["unit"] == new["unit"]
        for change in compare(read[old["file"]], read[new["file"]])
    ]


def _row(unit: str, before: Read, after: Read, change: Change) -> dict:
    return {
        "unit": unit,
        "file_before": before.file,
        "file_after": after.file,
        "sheet": change.sheet,
        "row_key": change.row_key,
        "heading": change.heading,
        "cell": cell_of(change, after),
        "before": change.before,
        "after": change.after,
    }


def cell_of(change: Change, after: Read) -> str:
    """Return where a change stands in the newer file; "" where its row is gone."""
    column = after.places.get((after.file, change.sheet, change.field), "")
    return f"{column}{change.row_after}" if column and change.row_after else ""


def _tick(sheet: Sheet, before: Read, after: Read) -> Iterator[Change]:
    old, new = (bool(read.ticks.get(sheet.key)) for read in (before, after))
    if old != new:
        marks = ("x" if old else "", "x" if new else "")
        yield Change(sheet.title, "", "", sheet.tick, *marks, None, None)


def _cells(sheet: Sheet, before: Read, after: Read) -> Iterator[Change]:
    """Yield the changed cells of one sheet, in the order of the newer version."""
    typed = [field for field in sheet.field if field.by == "unit"]
    for old, new in _pairs(sheet, before, after):
        row = new or old
        for field in typed:
            texts = _text(before, old, field.key), _text(after, new, field.key)
            if fold(texts[0]) != fold(texts[1]):
                numbers = (old["row"] if old else None), (new["row"] if new else None)
                where = row["sheet"], _row_key(sheet, row)
                yield Change(*where, field.key, field.heading, *texts, *numbers)


def _text(read: Read, row: Row | None, key: str) -> str:
    """Return a cell as its sender sees it; a broken cell is not a blank one."""
    if row is None:
        return ""
    if row[key] is None:
        place = row["sheet"], row["row"], key
        faults = (f for f in read.findings if (f["sheet"], f["row"], f["field"]) == place)
        return next((str(fault["value"]) or BROKEN for fault in faults), "")
    return show(row[key]).strip()


def _names(sheet: Sheet) -> tuple[str, ...]:
    """Return the fields that name a row: those issued for it, else the first one to be filled."""
    required = [field for field in sheet.field if field.required]
    issued = tuple(field.key for field in required if field.by == "issued")
    return issued or (required[0].key,)


def _row_key(sheet: Sheet, row: Row) -> str:
    """Return «KT-07/CB012», or the row's number where it has no code."""
    codes = [key for key in _names(sheet) if sheet[key].type in ("code", "choice")]
    if not codes:
        return f"dòng {row['row']}"
    person = _code(row["person"]) if "person" in sheet.keys and sheet.key == "tasks" else ""
    return "/".join(filter(None, [*(_code(row[key]) for key in codes), person]))


def _code(value: object) -> str:
    """Return the code of «CB012 – Nguyễn Văn An» as it is compared."""
    return fold_code(show(value).split(" – ")[0])


def _pairs(sheet: Sheet, before: Read, after: Read) -> list[Pair]:
    """Return which row has become which: by the strictest likeness first."""
    old, new = (list(read.entries.get(sheet.key, ())) for read in (before, after))
    pairs: list[Pair] = []
    for likeness in _likenesses(sheet):
        waiting: dict[tuple, list[Row]] = {}
        for row in old:
            waiting.setdefault(likeness(row), []).append(row)
        found = [(waiting[key].pop(0), row) for row in new if waiting.get(key := likeness(row))]
        pairs += found
        matched = {id(row) for pair in found for row in pair}
        old, new = ([row for row in rows if id(row) not in matched] for rows in (old, new))
    pairs += [(row, None) for row in old] + [(None, row) for row in new]
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0])["row"])


def _likenesses(sheet: Sheet) -> tuple[Callable[[Row], tuple], ...]:
    """Return how rows are paired: issued ones by code alone, the others at last by their order."""
    names = _names(sheet)
    if sheet[names[0]].by == "issued":
        strict = dict.fromkeys((*names, *({"person"} & set(sheet.keys))))
        return (lambda row: _key(row, strict)), (lambda row: _key(row, names))
    return (lambda row: _key(row, sheet.keys)), (lambda row: _key(row, names)), (lambda row: ())


def _key(row: Row, fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(_code(row[field]) for field in fields)
