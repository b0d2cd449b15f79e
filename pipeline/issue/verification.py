"""The working group's workbook, drafted on every run; what the group typed is kept by key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.issue.assignments import Rows, as_rows
from pipeline.issue.drafting import drafted_tables
from pipeline.model.layout import layout
from pipeline.model.tables import NOT_SENT
from pipeline.model.text import fold, fold_code, show
from pipeline.tools.workbook import write_workbook

DRAFTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    # sheet: (table of the result, what stands under another name there)
    "verdicts": ("lines", {"completed": "completed_reported", "rework": "rework_reported"}),
    "exemptions": ("claims", {"document_claimed": "document"}),
    "agenda": ("agenda", {}),
    "substitutes": ("lines", {}),
    "inspections": ("inspections", {}),
    "rewards": ("rewards", {}),
    "general": ("general", {}),
    "leader_criteria": ("leader_criteria", {}),
}
RIGHT = fold("Đúng")
OF_MONTH = ("general", "leader_criteria")


def verification_workbook(
    results: Mapping[str, Rows],
    typed: Mapping[str, Rows],
    lists: Mapping[str, Sequence[str]],
    *,
    month: bool,
) -> bytes:
    """Return tham-dinh.xlsx drafted from a result's tables; what the group typed is kept by key.

    `typed` may hold the cells as they were read, so that nothing mistyped is lost either; rows
    whose key is gone stand at the end. The month's own sheets are there when it is one.
    """
    sheets = layout("verification")
    facts = {key: _facts(key, results) for key in DRAFTS}
    facts["verdicts"] = _looked_at(facts["verdicts"], as_rows(typed.get("verdicts")))
    tables = drafted_tables(sheets, facts, typed)
    shown = {key: rows for key, rows in tables.items() if month or rows or key not in OF_MONTH}
    return write_workbook(sheets, shown, lists=lists, form=True)


def _facts(key: str, results: Mapping[str, Rows]) -> Iterator[dict]:
    """Return the rows of the result a sheet is drafted from, under the sheet's own names."""
    source, renamed = DRAFTS[key]
    rows = _unheard(results) if key == "substitutes" else as_rows(results.get(source))
    facts = (row | {name: row.get(other) for name, other in renamed.items()} for row in rows)
    if key == "exemptions":  # of what no unit has claimed, the document is the group's own
        return (row if row["unit"] else row | {"document_claimed": ""} for row in facts)
    return facts


def _looked_at(lines: Iterable[dict], typed: list[dict]) -> Iterator[dict]:
    """Return the lines, with what the group looked at where its «Đúng» is about another report.

    Until it has looked again: otherwise the next run would take the new report for the old one.
    """
    shown = [
        field.key for field in layout("verification")["verdicts"].field if field.by == "issued"
    ]
    right = {
        _key(row): {name: row.get(name) for name in shown}
        for row in reversed(typed)
        if fold(show(row.get("state"))) == RIGHT and row.get("unit")
    }
    return (row if row.get("state") else row | right.get(_key(row), {}) for row in lines)


def _key(row: Mapping[str, object]) -> tuple[str, str]:
    return fold_code(show(row["task_id"])), fold_code(show(row.get("person")))


def _unheard(results: Mapping[str, Rows]) -> list[dict]:
    """Return the lines of the units that have sent nothing."""
    units = as_rows(results.get("units"))
    silent = {unit["unit"] for unit in units if unit["status"] == NOT_SENT}
    lines = as_rows(results.get("lines")) if silent else []
    return [line for line in lines if line["unit"] in silent]
