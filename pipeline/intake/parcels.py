"""Zip files, opened one level, in memory, within limits."""

import re
import zipfile
from io import BytesIO

from pipeline.intake.packages import PARCELS, Parcel, clean_name, suffix
from pipeline.model.findings import finding
from pipeline.model.limits import LIMITS
from pipeline.tools.zips import BROKEN

BOOKS = (".xlsx", ".xlsm", ".ods", ".xls", ".xlsb")
ENCRYPTED = 0x1
HEAD = 16_384  # bytes among which a letter's headings are looked for
FIRST_HEADING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:>?From [^\r\n]*[\r\n]+)?[!-9;-~]{1,76}[ \t]*:")
OF_LETTERS = re.compile(rb"^(?:mime-version|message-id|received|from)\s*:", re.I | re.M)
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


def is_packed(data: bytes) -> bool:
    """Say whether something is a zip, broken or with something before it."""
    return is_zip(data) or zipfile.is_zipfile(BytesIO(data))


def begins_like_a_letter(data: bytes) -> bool:
    """Say whether the first line is a heading of a letter."""
    return bool(FIRST_HEADING.match(data[:HEAD]))


def may_be_parcel(name: str, data: bytes) -> bool:
    """Say whether a file is to be opened: by its name, or since a letter's headings begin it."""
    if suffix(name) in PARCELS:
        return True
    head = data[:HEAD].partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
    return begins_like_a_letter(data) and bool(OF_LETTERS.search(head))


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
