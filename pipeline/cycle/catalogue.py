"""A catalogue as a commune published it → rows for the register of products."""

import logging
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pipeline import intake, issue, reply
from pipeline.checking.catalogue import check_catalogue
from pipeline.cycle.crew import Crew
from pipeline.cycle.mail import unpacking
from pipeline.cycle.plan import read_registers
from pipeline.model.catalogue import SourceRow
from pipeline.model.findings import CrashedFileError, InputError, describe, finding
from pipeline.model.folders import IMPORTED, REGISTERS
from pipeline.reading.catalogue import read_catalogue
from pipeline.tools import disk

NEEDED = "Lưu danh mục thành sổ .xlsx hoặc .ods không có mật khẩu rồi nhập lại."


def import_catalogue(
    data: Path,
    output: Path,
    path: Path,
    now: datetime,
    crew: Crew,
    standard: Decimal | None = None,
) -> list[str]:
    """Write the products of a published catalogue for pasting; return what to tell the secretary.

    The commune's own register is read, to match units and codes, and never written. `standard` are
    the points of coefficient 1; None: as the file says.
    """
    rows = _read(path, now, crew)
    own = data / REGISTERS
    registers = read_registers(own)[0] if own.is_file() else None
    found = check_catalogue(rows, registers, standard)
    place = output / IMPORTED
    disk.write_file(place, issue.imported_workbook(found.products, found.listed))
    known = own.name if registers else ""
    return [path.name, "", *reply.imported_summary(found.listed, found.standard, str(place), known)]


def _read(path: Path, now: datetime, crew: Crew) -> list[SourceRow]:
    """Return every row of the one workbook in a file; raises InputError, CrashedFileError."""
    packages, _ = intake.open_file(path, now, unpacking(crew.reader))
    if len(packages) != 1:
        raise InputError(f"{path.name} có {len(packages)} sổ bên trong; lấy ra, nhập từng sổ một.")
    [package] = packages
    if package.problem:
        raise InputError(_refused(package.problem))
    try:
        rows, refused = read_catalogue(package.data, package.file)
    except Exception as error:
        logging.getLogger(__name__).exception("K199 %s", package.file)
        fact = type(error).__name__
        raise CrashedFileError(_words(finding("K199", file=package.file, fact=fact))) from error
    if refused:
        raise InputError(_refused(*refused))
    if all(row.sort in ("no_table", "blank") for row in rows):
        needed = "cột «Sản phẩm đầu ra» và thêm «Điểm», «Hệ số» hoặc «Nhiệm vụ»"
        raise InputError(
            f"{package.file}: không thấy bảng danh mục nào; dòng tiêu đề phải có {needed}."
        )
    return rows


def _refused(found: dict) -> str:
    """Return why a file is no catalogue that can be read; what to do is not as with a report."""
    [row] = describe([found], {})
    return f"{row['message']} {NEEDED}"


def _words(found: dict) -> str:
    [row] = describe([found], {})
    return f"{row['message']} {row['action']}"
