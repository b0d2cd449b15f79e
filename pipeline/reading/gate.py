"""The gate before any reader: a package that is whole, plain and small enough to be opened.

Readers trust what they open: one stray cell makes the fast one ask for 500 GB and end the process.
The gate looks at the raw XML first; it also sees what readers hide: errors, missing results.
"""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pyexpat import ExpatError, ParserCreate

from pipeline.reading import ods, xlsx
from pipeline.reading.kinds import refuse_unless_zip
from pipeline.reading.limits import LIMITS, RefusedError
from pipeline.reading.scan import Part, Scan

XML = (".xml", ".rels")
ENCRYPTED = 0x1
MIMETYPE, MANIFEST = "mimetype", "META-INF/manifest.xml"
ODS = "application/vnd.oasis.opendocument."
DAMAGED = "phần bên trong bị hỏng"
NO_BOOKS = (
    ("xl/workbook.bin", "Excel nhị phân (.xlsb)"),
    ("word/document.xml", "Word (.docx)"),
    ("ppt/presentation.xml", "PowerPoint (.pptx)"),
)
OPEN_DOCUMENTS = {"text": "Writer (.odt)", "presentation": "Impress (.odp)"}


@dataclass(frozen=True)
class Book:
    """A package fit for the reader, with the scan of each sheet by its title."""

    data: bytes
    scans: dict[str, Scan] = field(default_factory=dict)


def open_book(data: bytes) -> Book:
    """Return the workbook; raises RefusedError with one code for anything unfit to be read."""
    if len(data) > LIMITS.file:
        raise RefusedError("K103", f"tệp {len(data) / 1e6:.1f} MB".replace(".", ","))
    refuse_unless_zip(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_directory(archive.infolist())
            return _inspect(data, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise RefusedError("K104", "gói nén bị đứt hoặc sai") from error


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    """Refuse bombs, hidden copies and odd packing before a byte is unpacked."""
    names = {member.filename.casefold() for member in members}
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > LIMITS.members:
        raise RefusedError("K103", f"gói có {len(members)} phần")
    if any(member.file_size > LIMITS.member for member in members) or unpacked > LIMITS.unpacked:
        raise RefusedError("K103", "bung ra quá lớn")
    if unpacked > max(LIMITS.ratio_from, LIMITS.ratio * packed):
        raise RefusedError("K103", "nén chặt bất thường")
    if len(names) < len(members) or any(map(_is_odd, members)) or _is_loose(members):
        raise RefusedError("K104", "gói nén ghi bất thường")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise RefusedError("K102")


def _is_odd(member: zipfile.ZipInfo) -> bool:
    steps = member.filename.replace("\\", "/").split("/")
    known = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return not known or ".." in steps or steps[0] == "" or ":" in steps[0]


def _is_loose(members: list[zipfile.ZipInfo]) -> bool:
    """Say whether something lies before the first member, or two members share bytes."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    starts = [member.header_offset for member in ordered]
    ends = [0, *(member.header_offset + member.compress_size for member in ordered)]
    overlap = any(start < end for start, end in zip(starts, ends, strict=False))
    return overlap or min(starts, default=0) > 0


def _inspect(data: bytes, archive: zipfile.ZipFile) -> Book:
    names = archive.namelist()
    _refuse_others(archive, names)
    if "content.xml" in names:
        scans, repairs = ods.scan_package(_parts(archive))
    else:
        scans, repairs = xlsx.scan_package(_parts(archive))
    return _mended(Book(data, scans), archive, repairs)


def _refuse_others(archive: zipfile.ZipFile, names: list[str]) -> None:
    """Refuse Word and its like by name, and an .ods with a password."""
    for name, kind in NO_BOOKS:
        if name in names:
            raise RefusedError("K105", kind)
    if MIMETYPE in names:
        kind = archive.read(MIMETYPE).decode("ascii", "replace").strip().removeprefix(ODS)
        if not kind.startswith("spreadsheet"):
            raise RefusedError("K105", OPEN_DOCUMENTS.get(kind, "OpenDocument khác"))
    if MANIFEST in names and b":encryption-data" in archive.read(MANIFEST):
        raise RefusedError("K102")


def _parts(archive: zipfile.ZipFile) -> Iterator[Part]:
    """Yield (name, bytes, root element, its attributes) of every XML part, each whole and plain."""
    for name in archive.namelist():
        if name.lower().endswith(XML):
            part = archive.read(name)
            yield name, part, *_root(part)


def _root(part: bytes) -> tuple[str, dict[str, str]]:
    """Return the root's local name and attributes; refuses broken XML and any DOCTYPE."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = ParserCreate()

    def open_root(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], attributes))
        parser.StartElementHandler = None

    parser.StartElementHandler = open_root
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(part, True)
    except (ExpatError, LookupError, ValueError) as error:
        raise RefusedError("K104", DAMAGED) from error
    return found[0]


def _refuse_doctype(*_: object) -> None:
    raise RefusedError("K104", "có phần khai báo lạ")


def _mended(book: Book, archive: zipfile.ZipFile, repairs: dict[str, bytes]) -> Book:
    """Return the book with parts rewritten that the reader would refuse or read as blank."""
    if not repairs:
        return book
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as mended:
        for name in archive.namelist():
            mended.writestr(name, repairs.get(name) or archive.read(name))
    return replace(book, data=packed.getvalue())
