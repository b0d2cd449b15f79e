"""The only place that says how large a workbook may be, and the refusal of a whole file."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The largest workbook that is opened; a unit's own is a hundred times smaller."""

    file: int = 20_000_000
    members: int = 1_000
    member: int = 64 * MIB
    unpacked: int = 128 * MIB
    ratio: int = 100
    ratio_from: int = 100 * 1024
    rows: int = 100_000
    columns: int = 512
    cells: int = 600_000
    strings: int = 1_000_000
    contents: int = 4 * MIB  # the list of sheets and what it points to
    faults: int = 10_000  # error cells and formulas without result in one sheet
    formulas: int = 10_000  # whose places in one sheet are kept
    merges: int = 5_000
    text: int = 32_767  # UTF-16 units in one cell, as in Excel


LIMITS = Limits()


class RefusedError(Exception):
    """The whole file is refused, with one finding code and its fact."""

    def __init__(self, code: str, fact: str = "") -> None:
        super().__init__(code, fact)
        self.code = code
        self.fact = fact


def check_extent(rows: int, columns: int) -> None:
    """Refuse values so far out that the reader, which fills the rectangle, exhausts memory."""
    if rows > LIMITS.rows or columns > LIMITS.columns:
        raise RefusedError("K103", f"có số liệu ở tận ô {letters(columns)}{rows}")
    if rows * columns > LIMITS.cells:
        raise RefusedError("K103", f"một trang có vùng số liệu {rows} dòng × {columns} cột")


def check_faults(count: int) -> None:
    """Refuse a sheet that is little but errors."""
    if count > LIMITS.faults:
        raise RefusedError("K103", f"một trang có hơn {LIMITS.faults} ô lỗi")


def check_merges(count: int) -> None:
    """Refuse a sheet with more merged blocks than a person could make."""
    if count > LIMITS.merges:
        raise RefusedError("K103", f"một trang có {count} ô gộp")


def check_text(text: str, column: int, row: int) -> None:
    """Refuse a text longer than any workbook may hold: it could not be written back."""
    if len(text) > LIMITS.text // 2 and len(text.encode("utf-16-le", "replace")) // 2 > LIMITS.text:
        raise RefusedError("K103", f"ô {letters(column)}{row} có {len(text)} chữ")


def letters(column: int) -> str:
    """Return the letters of a column counted from 1."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
