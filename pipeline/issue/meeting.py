"""The meeting's workbook, drafted on every run from what is open; what was typed is kept by key."""

from collections.abc import Mapping

from pipeline.issue.assignments import Rows, as_rows
from pipeline.issue.drafting import drafted_tables
from pipeline.model.findings import WARNING
from pipeline.model.layout import layout
from pipeline.model.registers import Registers
from pipeline.tools.workbook import write_workbook

PROPOSED = ("product", "person", "assigned", "due")


def meeting_workbook(
    results: Mapping[str, Rows], typed: Mapping[str, Rows], registers: Registers
) -> bytes:
    """Return ket-luan.xlsx drafted from a result's tables, with all that was typed.

    `typed` may hold the cells as they were read, so that nothing mistyped is lost either.
    """
    facts = {
        "conclusions": _matters(results),
        "adjustments": _unfinished(results),
        "new_work": _proposals(results, registers),
        "waivers": _warnings(results),
    }
    sheets = layout("meeting")
    tables = drafted_tables(sheets, facts, typed)
    return write_workbook(sheets, tables, lists=registers.lists(), form=True)


def _matters(results: Mapping[str, Rows]) -> list[dict]:
    """Return the open conclusions of earlier meetings, then the points of this one."""
    earlier = [
        row | {"point": f"{row['cycle']} {row['conclusion']}", "matter": row["what"]}
        for row in as_rows(results["conclusions"])
        if row["age"]
    ]
    known = {row["point"] for row in earlier}
    chosen = [row for row in as_rows(results["agenda"]) if row["chosen"] == "có"]
    return earlier + [row for row in chosen if row["point"] not in known]


def _unfinished(results: Mapping[str, Rows]) -> list[dict]:
    """Return the issued lines of which something is left or that were adjusted, as they were."""
    adjusted = {(row["task_id"], row["person"]): row for row in as_rows(results["adjustments"])}
    lines = [row for row in as_rows(results["lines"]) if row["assigned_issued"] is not None]
    return [
        row | ({"due": row["due_before"] or row["due"]} if key in adjusted else {})
        for row in lines
        if (key := (row["task_id"], row["person"])) in adjusted or row["remaining"]
    ]


def _proposals(results: Mapping[str, Rows], registers: Registers) -> list[dict]:
    """Return what the units proposed for the next cycle."""
    return [
        {"unit": row["unit"], "name": registers.unit_name(row["unit"]), "task": row["task"]}
        | {f"{name}_proposed": row[name] for name in PROPOSED}
        for row in as_rows(results["upcoming"])
        if row["origin"] == "đề xuất"
    ]


def _warnings(results: Mapping[str, Rows]) -> list[dict]:
    """Return the warnings of the cycle, waived or not, by code and unit with their number."""
    told = [*as_rows(results["findings"]), *as_rows(results["waivers"])]
    groups: dict[tuple, list[dict]] = {}
    for row in told:
        if row["severity"] == WARNING:
            groups.setdefault((row["unit"], row["code"]), []).append(row)
    return [groups[name][0] | {"number": len(groups[name])} for name in sorted(groups)]
