"""The refusal of a whole file, and the checks of its extent that all kinds of workbook share."""

from pipeline.model.limits import held

LAST_ROW = 1_048_576  # of a sheet in any office program


class RefusedError(Exception):
    """The whole file is refused, with one finding code and its fact."""

    def __init__(self, code: str, fact: str = "") -> None:
        super().__init__(code, fact)
        self.code = code
        self.fact = fact


def check_extent(rows: int, columns: int) -> None:
    """Refuse values so far out that the reader, which fills the rectangle, exhausts memory."""
    row = f"dòng {min(rows, LAST_ROW)}" if rows > held().rows else ""
    column = f"cột {letters(columns)}" if columns > held().columns else ""
    if row or column:
        # The last row and the last column need not meet in one cell.
        raise RefusedError("K103", "có số liệu ở tận " + ", ".join(filter(None, (row, column))))
    if rows * columns > held().cells:
        raise RefusedError("K103", f"một trang có vùng số liệu {rows} dòng × {columns} cột")


def check_cells(filled: int, area: int) -> None:
    """Refuse a workbook whose sheets together hold, or spread over, more cells than fit."""
    if filled > held().cells or area > held().area:
        raise RefusedError("K103", f"các trang có {filled} ô, trải ra {area} ô")


def check_sheets(count: int) -> None:
    """Refuse a workbook of more sheets than an office uses."""
    if count > held().sheets:
        raise RefusedError("K103", f"sổ có {count} trang")


def check_faults(count: int) -> None:
    """Refuse a sheet that is little but errors."""
    if count > held().faults:
        raise RefusedError("K103", f"một trang có hơn {held().faults} ô lỗi")


def check_formulas(count: int) -> None:
    """Refuse a sheet of more formulas than a person could fill in."""
    if count > held().formulas:
        raise RefusedError("K103", f"một trang có hơn {held().formulas} công thức")


def check_merges(count: int) -> None:
    """Refuse a sheet with more merged blocks than a person could make."""
    if count > held().merges:
        raise RefusedError("K103", f"một trang có {count} ô gộp")


def check_texts(size: int) -> None:
    """Refuse a workbook whose cells repeat or hold more text than fits into memory."""
    if size > held().texts:
        raise RefusedError("K103", f"chữ trong các ô dài {size // 1_000_000} MB")


def check_text(text: str, where: str = "") -> None:
    """Refuse a text longer than any workbook may hold: it could not be written back."""
    if len(text) > held().text // 2 and len(text.encode("utf-16-le", "replace")) // 2 > held().text:
        raise RefusedError("K103", f"{where or 'một ô'} có {len(text)} chữ")


def letters(column: int) -> str:
    """Return the letters of a column counted from 1."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
