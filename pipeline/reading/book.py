"""A workbook behind the gate, opened. The only place that imports python_calamine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pipeline.model.text import clean
from pipeline.reading.gate import open_book
from pipeline.reading.headings import Grid
from pipeline.reading.limits import RefusedError
from pipeline.reading.scan import Scan


@dataclass(frozen=True)
class Opened:
    """One opened workbook: its sheets by title, each read when it is asked for."""

    workbook: CalamineWorkbook
    scans: Mapping[str, Scan]
    active: tuple[str, ...] = ()  # what acts by itself or leads outside
    grids: dict[str, Grid] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """The titles of all sheets, as they stand in the file."""
        return self.workbook.sheet_names

    def grid(self, title: str) -> Grid:
        """Return a sheet's cells from its first row and column on; raises RefusedError."""
        if title not in self.scans:
            raise RefusedError("K104", f"thiếu nội dung trang «{clean(title)}»")
        if not self.scans[title].has_cells:
            return []
        if title not in self.grids:
            with _reader_faults(f"không đọc được trang «{clean(title)}»"):
                sheet = self.workbook.get_sheet_by_name(title)
                self.grids[title] = sheet.to_python(skip_empty_area=False)
        return self.grids[title]


def open_workbook(data: bytes) -> Opened:
    """Return the workbook; raises RefusedError with one code for anything unfit to be read."""
    book = open_book(data)
    with _reader_faults("không mở được sổ"):
        workbook = CalamineWorkbook.from_filelike(BytesIO(book.data))
    return Opened(workbook, book.scans, book.active)


@contextmanager
def _reader_faults(where: str) -> Iterator[None]:
    """Turn what the reader raises into a refusal of the file."""
    try:
        yield
    except PasswordError as error:
        raise RefusedError("K102") from error
    except (CalamineError, ValueError, OSError) as error:
        raise RefusedError("K104", where) from error
    except BaseException as error:
        # The reader's own panic is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedError("K104", where) from error
