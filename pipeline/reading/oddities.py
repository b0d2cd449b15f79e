"""What is odd about a sheet though it is read: hidden, merged or formatted without end, stale."""

from bisect import bisect_left
from collections.abc import Iterable, Set
from datetime import date, timedelta
from decimal import Decimal

from pipeline.model.findings import REPAIRED, finding
from pipeline.model.layout import Sheet
from pipeline.model.limits import held
from pipeline.model.text import (
    EXCEL_EPOCH,
    FIRST_SERIAL,
    LARGEST,
    LAST_SERIAL,
    parse_date,
    show,
)
from pipeline.reading.arithmetic import SUBTOTAL, Budget, as_decimal, as_serial, differ, work_out
from pipeline.reading.headings import Grid, Headings
from pipeline.reading.limits import RefusedError, check_faults, letters
from pipeline.reading.row import Row, is_blank
from pipeline.reading.rows import SortedRows
from pipeline.reading.scan import COVERED, STALE, Fault, Merge, Place, Scan

READ, NOT_READ = "vẫn đọc", "không đọc"
MOST_NAMED = 20  # rows or blocks one message lists
FEW_NAMED = 3  # covered cells it lists of each block


def stale_results(
    grid: Grid, scan: Scan, headings: Headings
) -> tuple[dict[Place, Fault], set[Place]]:
    """Return the cells of fields whose kept result is not what their own plain formula gives.

    And all cells whose formula was worked out.
    """
    worked_out: set[Place] = set()
    columns = {column + 1 for column in headings.first.values()}
    stale: dict[Place, Fault] = {}
    budget = Budget()
    subtotals = {place for place, text in scan.cells.plain.items() if SUBTOTAL in text}
    for (row, column), formula in scan.cells.plain.items():
        if column not in columns or row > len(grid) or column > len(grid[row - 1]):
            continue
        cell = grid[row - 1][column - 1]
        kept = as_serial(cell)
        # A subtotal leaves out rows that a filter hides.
        unsure = kept is None or (scan.hidden and (row, column) in subtotals)
        total = None if unsure else work_out(formula, grid, scan.faults, budget, subtotals)
        if total is None:
            continue
        worked_out.add((row, column))
        if differ(kept, total):
            stale[row, column] = Fault(STALE, show(cell), _told_result(total, cell))
            check_faults(len(stale))
    return stale, worked_out


def _told_result(total: Decimal, cell: object) -> str:
    """Return what a formula gives as its cell would show it: a day as a day, fifteen digits."""
    if abs(total) >= LARGEST:
        return "số quá lớn"
    if isinstance(cell, date) and FIRST_SERIAL <= total <= LAST_SERIAL:
        return show(EXCEL_EPOCH + timedelta(days=int(total)))
    return show(float(total))


def unproved(
    used: list[Row], headings: Headings, sheet: Sheet, unknown: Set[Place], place: dict
) -> list[dict]:
    """Return K317 for figures and days in `unknown`, whose formula was not worked out again."""
    asked = {
        key: at
        for key, at in headings.first.items()
        if sheet[key].by == "unit" and sheet[key].type in ("decimal", "count", "date")
    }
    return [
        finding("K317", **place, row=row.number, field=key, value=show(row.values[key]))
        for row in used
        for key, at in asked.items()
        if (row.number, at + 1) in unknown and as_serial(row.values.get(key)) is not None
    ]


def covered(grid: Grid, scan: Scan, headings: Headings) -> dict[Place, Fault]:
    """Return the cells of fields that keep something nobody sees: a merged block covers them.

    A block from above the headings, which would cover the whole table, is read all the same.
    """
    columns = {column + 1 for column in headings.first.values()}
    blocks = [block for block in scan.merges if block.top > headings.row]
    spans = [(block, range(block.top, min(block.bottom, len(grid)) + 1)) for block in blocks]
    if sum(len(rows) for _, rows in spans) > held().cells:
        raise RefusedError("K103", "các ô gộp trùm lên quá nhiều dòng")
    found: dict[Place, Fault] = {}
    for block, rows in spans:
        within = sorted(column for column in columns if block.left <= column <= block.right)
        for place in ((row, column) for row in rows for column in within):
            if place != (block.top, block.left) and _is_filled(grid, place):
                found[place] = Fault(COVERED, fact=block.name)
                check_faults(len(found))
    return found


def under_blocks(
    used: list[Row], grid: Grid, headings: Headings, sheet: Sheet, scan: Scan, place: dict
) -> list[dict]:
    """Return K318 for quantities and days that have no cell of their own: a merged block has it.

    A blank day is missed only beside a quantity.
    """
    rows = {row.number: row for row in used}
    asked = {
        at + 1: key
        for key, at in headings.first.items()
        if sheet[key].by == "unit" and sheet[key].blank is None
    }
    return [
        finding("K318", **place, row=number, field=key, fact=block.name)
        for block in scan.merges
        if block.top > headings.row and _is_filled(grid, (block.top, block.left))
        for number in range(block.top, min(block.bottom, len(grid)) + 1)
        for column, key in asked.items()
        if number in rows and block.left <= column <= block.right
        if (number, column) != (block.top, block.left)
        if _is_missed(rows[number], sheet, key)
    ]


def _is_missed(row: Row, sheet: Sheet, key: str) -> bool:
    """Say whether a covered cell keeps something, or is asked for and cannot be given."""
    if key in row.faults or sheet[key].type == "decimal":
        return True
    quantities = [one.key for one in sheet.field if one.by == "unit" and one.type == "decimal"]
    return sheet[key].type == "date" and any(as_decimal(row.values.get(one)) for one in quantities)


def _is_filled(grid: Grid, place: Place) -> bool:
    row, column = place
    cells = grid[row - 1] if row <= len(grid) else []
    return column <= len(cells) and not is_blank(cells[column - 1])


def wrong_totals(rows: SortedRows, sheet: Sheet, place: dict[str, str]) -> list[dict]:
    """Return K314 for every total that is the sum neither of its block nor of all rows above."""
    found = []
    for total in rows.totals:
        above = [row for row in rows.used if row.number < total.number]
        start = max((row.number for row in rows.totals if row.number < total.number), default=0)
        block = [row for row in above if row.number > start]
        for field in sheet.field:
            if field.type in ("decimal", "count") and (
                told := _told(total, field.key, block, above)
            ):
                found.append(finding("K314", **place, row=total.number, field=field.key, **told))
    return found


def _told(total: Row, key: str, block: list[Row], above: list[Row]) -> dict[str, str]:
    """Return what a total says and what it should, nothing where it is right or cannot be told."""
    if (fault := total.faults.get(key)) and fault.code == STALE:
        return {"value": fault.text, "fact": fault.fact}
    kept, sums = as_decimal(total.values.get(key)), [_sum(some, key) for some in (block, above)]
    if kept is None or None in sums or not all(differ(kept, one) for one in sums):
        return {}
    return {"value": show(kept), "fact": show(sums[-1])}


def _sum(rows: Iterable[Row], key: str) -> Decimal | None:
    """Return what the numbers of a column add up to; None where one of them is no number."""
    total = Decimal(0)
    for row in rows:
        value = row.values.get(key)
        figure = Decimal(0) if value is None else as_decimal(value)
        if figure is None or key in row.faults:
            return None
        total += figure
    return total


def counted_days(
    row: Row, sheet: Sheet, day_zero: date, place: dict
) -> tuple[dict[str, date | None], list[dict]]:
    """Return the days of a row that are bare numbers, where a workbook counts from its own day 0.

    They are repairs, K312, or no days, K302, as everywhere; only the count differs.
    """
    shift = (day_zero - EXCEL_EPOCH).days
    dates = [field.key for field in sheet.field if field.type == "date"] if shift else []
    days, found = {}, []
    for key in dates:
        raw = row.values.get(key)
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            days[key], _ = parse_date(raw + shift)
            told = {"field": key, "value": show(raw), "fact": show(days[key])}
            found.append(finding(REPAIRED if days[key] else "K302", **place, **told))
    return days, found


def hidden_columns(used: list[Row], headings: Headings, scan: Scan, place: dict) -> list[dict]:
    """Return K209 where fields that hold something stand in columns nobody sees."""
    filled = {key for row in used for key, value in row.values.items() if value is not None}
    hidden = [
        letters(column + 1)
        for key, column in sorted(headings.first.items(), key=lambda item: item[1])
        if key in filled and any(column + 1 in span for span in scan.hidden_columns)
    ]
    return [finding("K209", **place, fact=", ".join(hidden))] if hidden else []


def beside(
    used: list[Row], headings: Headings, scan: Scan, lost: dict[Place, Fault]
) -> dict[str, str]:
    """Return the merged blocks over used rows and fields; used rows hidden, or with other cells.

    The blocks name the cells they cover that still hold something.
    """
    numbers = [row.number for row in used]
    under: dict[str, list[str]] = {}
    for (row, column), fault in lost.items():
        under.setdefault(fault.fact, []).append(f"{letters(column)}{row}")
    over = [block for block in scan.merges if _covers(block, numbers, headings)]
    merged = [_told_block(block, under.get(block.name, []), headings) for block in over]
    hidden = [str(number) for number in numbers if number in scan.hidden]
    outside = [str(row.number) for row in used if len(row.cells) > len(row.filled)]
    shown = {"merged": merged, "hidden": hidden, "outside": outside}
    return {name: listed(places) for name, places in shown.items()}


def _told_block(block: Merge, lost: list[str], headings: Headings) -> str:
    if block.top <= headings.row:
        return f"{block.name} (vẫn đọc các ô bị che)"
    return f"{block.name} (không tính {listed(lost, FEW_NAMED)} bị che)" if lost else block.name


def endless(used: list[Row], headings: Headings, scan: Scan, place: dict) -> list[dict]:
    """Return K212 where a sheet is formatted or merged far beyond what stands in it."""
    numbers = [row.number for row in used]
    far = (block for block in scan.merges if _is_far(block))
    merged = [block.name for block in far if not _covers(block, numbers, headings)]
    reach = [scan.cells.styled_to, *merged] if scan.cells.styled_to else merged
    return [finding("K212", **place, fact=listed(reach))] if reach else []


def listed(names: list[str], most: int = MOST_NAMED) -> str:
    """Return names in a row, only the first of very many."""
    more = [f"và {len(names) - most} chỗ khác"] if len(names) > most else []
    return ", ".join(names[:most] + more)


def _is_far(block: Merge) -> bool:
    return block.bottom > held().rows or block.right > held().columns


def _covers(block: Merge, numbers: list[int], headings: Headings) -> bool:
    columns = sorted(column + 1 for column in headings.first.values())
    return _meets(numbers, block.top, block.bottom) and _meets(columns, block.left, block.right)


def _meets(ordered: list[int], first: int, last: int) -> bool:
    """Say whether one of the ordered numbers lies within the span."""
    at = bisect_left(ordered, first)
    return at < len(ordered) and ordered[at] <= last
