"""The receipt: reads back what was read, in counts stored with the rows of every sheet."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from pipeline.model.findings import REPAIRED
from pipeline.model.layout import layout
from pipeline.model.text import fold, show_percent

COUNTED = ("used", "with_quantity", "complete", "hidden_rows")


def read_back(tallies: Iterable[Mapping], findings: Iterable[Mapping]) -> str:
    """Return «Đọc được 14 dòng việc được giao: …», or "" where nothing was read.

    The share is one of rows, as the unit typed them; it is none of the packet's rates.
    """
    rows = list(tallies)
    if not rows:
        return ""
    tasks, unplanned = (_sums(rows, key) for key in ("tasks", "unplanned"))
    hidden = sum(row["hidden_rows"] for row in rows)
    repaired = sum(row["code"] == REPAIRED for row in findings)
    parts = [
        _tasks(tasks),
        f"{unplanned['used']} dòng phát sinh, nhận thay" if unplanned["used"] else "",
        f"{hidden} dòng bị ẩn vẫn đọc" if hidden else "",
        f"tự sửa {repaired} chỗ" if repaired else "",
    ]
    return "; ".join(filter(None, parts)) + "."


def _sums(rows: list[Mapping], key: str) -> dict[str, int]:
    """Return the counts of one sheet of the unit's workbook, whatever its case and spaces."""
    title = fold(layout("unit")[key].title)
    own = [row for row in rows if fold(row["sheet"]) == title]
    return {name: sum(row[name] for row in own) for name in COUNTED}


def _tasks(counts: Mapping[str, int]) -> str:
    used, complete = counts["used"], counts["complete"]
    if not used:
        return "Không đọc được dòng việc được giao nào"
    share = show_percent(Decimal(complete) / used)
    filled = f"{counts['with_quantity']} dòng đã ghi số lượng"
    return (
        f"Đọc được {used} dòng việc được giao: {filled}, "
        f"{complete} dòng ghi đủ số lượng giao ({complete}/{used} dòng = {share})"
    )
