"""Zip files, opened one level, in memory, within limits."""

import zipfile
from io import BytesIO

from pipeline.intake.packages import Parcel, clean_name, suffix
from pipeline.model.findings import finding
from pipeline.model.limits import LIMITS
from pipeline.tools.zips import BROKEN

BOOKS = (".xlsx", ".xlsm", ".ods", ".xls", ".xlsb")
ENCRYPTED = 0x1
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_book(name: str) -> bool:
    """Say whether a name is a workbook's; old kinds count, so that the sender is told."""
    return suffix(name) in BOOKS


def is_workbook(data: bytes) -> bool:
    """Say whether a zip is itself a workbook that goes by another name."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return any(
                name == "content.xml" or name.startswith("xl/") for name in archive.namelist()
            )
    except BROKEN:
        return False


def is_zip(data: bytes) -> bool:
    """Say whether something is a zip, whatever its name."""
    return data.startswith(b"PK\x03\x04")


def open_zip(data: bytes, file: str) -> Parcel:
    """Return the workbooks in a zip."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            items = [item for item in archive.infolist() if _counts(item)]
            if any(item.flag_bits & ENCRYPTED for item in items):
                return Parcel(problem=finding("K136", file=file))
            if any(item.compress_type not in PACKINGS for item in items):
                raise zipfile.BadZipFile
            books = [item for item in items if is_book(_name(item))]
            if len(items) > LIMITS.items or _too_large(books):
                return Parcel(problem=finding("K103", file=file, fact="gói nén quá lớn"))
            others = [item for item in items if item not in books]
            opened = [(clean_name(_name(item)), archive.read(item)) for item in books]
    except BROKEN:
        return Parcel(problem=finding("K104", file=file, fact="gói nén bị đứt hoặc sai"))
    if not opened:
        return Parcel(problem=finding("K126", file=file, fact=".zip không có phiếu"))
    noticed = [finding("K108", file=file, value=clean_name(_name(item))) for item in others]
    return Parcel(opened, findings=noticed)


def _counts(item: zipfile.ZipInfo) -> bool:
    """Say whether an item is a file somebody put there, not a folder or a shadow of one."""
    name = item.filename.rpartition("/")[2]
    return (
        not item.is_dir() and not name.startswith((".", "~$")) and "__MACOSX" not in item.filename
    )


def _name(item: zipfile.ZipInfo) -> str:
    """Return an item's name; without its mark of UTF-8 it was read as the old PC letters."""
    try:
        return item.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return item.filename


def _too_large(items: list[zipfile.ZipInfo]) -> bool:
    sizes = [item.file_size for item in items]
    return max(sizes, default=0) > LIMITS.file or sum(sizes) > LIMITS.packed
