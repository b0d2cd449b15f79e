"""The gate before any reader: a package that is whole, plain and small enough to be opened.

Readers trust what they open: one stray cell makes the fast one ask for 500 GB and end the process.
The gate looks at the raw XML first; it also sees what readers hide: errors, missing results.
"""

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO

from pipeline.model.limits import held
from pipeline.reading import ods, xlsx
from pipeline.reading.kinds import refuse_other_package, refuse_unless_zip
from pipeline.reading.limits import RefusedError
from pipeline.reading.markup import read_root
from pipeline.reading.scan import Part, Scan
from pipeline.tools.zips import BROKEN

XML = (".xml", ".rels")
UNREAD = "customxml/"  # what add-ins keep beside the cells, in any encoding: nobody here opens it
ENCRYPTED = 0x1
MIMETYPE, MANIFEST, CONTENT = "mimetype", "META-INF/manifest.xml", "content.xml"
ODS = "application/vnd.oasis.opendocument."
LOOSE = "gói nén ghi bất thường"
# What a workbook may carry that acts by itself or leads outside; it is neither run nor followed.
ACTIVE = (
    ("xl/vbaproject.bin", "macro"),
    ("xl/macrosheets/", "macro"),
    ("basic/", "macro"),
    ("scripts/", "macro"),
    ("xl/externallinks/", "liên kết sang sổ khác"),
    ("xl/connections.xml", "kết nối dữ liệu"),
    ("xl/activex/", "nút điều khiển"),
    ("xl/embeddings/", "tệp nhúng"),
)


@dataclass(frozen=True)
class Book:
    """A package fit for the reader, with the scan of each sheet by its title."""

    data: bytes
    scans: dict[str, Scan] = field(default_factory=dict)
    active: tuple[str, ...] = ()  # what acts by itself or leads outside


def open_book(data: bytes) -> Book:
    """Return the workbook; raises RefusedError with one code for anything unfit to be read."""
    if len(data) > held().file:
        raise RefusedError("K103", f"tệp {len(data) / 1e6:.1f} MB".replace(".", ","))
    refuse_unless_zip(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_directory(archive.infolist())
            return _inspect(data, archive)
    except BROKEN as error:
        raise RefusedError("K104", "gói nén bị đứt hoặc sai") from error


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    """Refuse bombs, hidden copies and odd packing before a byte is unpacked."""
    names = {_plain_name(member).casefold() for member in members}
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > held().members:
        raise RefusedError("K103", f"gói có {len(members)} phần")
    if any(member.file_size > held().member for member in members) or unpacked > held().unpacked:
        raise RefusedError("K103", "bung ra quá lớn")
    if unpacked > max(held().ratio_from, held().ratio * packed):
        raise RefusedError("K103", "nén chặt bất thường")
    if any(member.flag_bits & ENCRYPTED for member in members):
        is_book = "[content_types].xml" in names or MIMETYPE in names
        raise RefusedError("K102" if is_book else "K136")
    if len(names) < len(members) or any(map(_is_odd, members)) or _is_loose(members):
        raise RefusedError("K104", LOOSE)


def _plain_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name with the slashes every reader takes for one another."""
    return member.filename.replace("\\", "/")


def _is_odd(member: zipfile.ZipInfo) -> bool:
    steps = _plain_name(member).split("/")
    known = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    link = stat.S_ISLNK(member.external_attr >> 16)
    return not known or link or ".." in steps or steps[0] == "" or ":" in steps[0]


def _is_loose(members: list[zipfile.ZipInfo]) -> bool:
    """Say whether something lies before the first member, or two members share bytes."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    starts = [member.header_offset for member in ordered]
    ends = [0, *(member.header_offset + member.compress_size for member in ordered)]
    overlap = any(start < end for start, end in zip(starts, ends, strict=False))
    return overlap or min(starts, default=0) > 0


def _inspect(data: bytes, archive: zipfile.ZipFile) -> Book:
    names = {_plain_name(member): member for member in archive.infolist()}
    kind = archive.read(names[MIMETYPE]).decode("ascii", "replace") if MIMETYPE in names else ""
    refuse_other_package(names.keys(), kind.strip().removeprefix(ODS))
    if MANIFEST in names and b":encryption-data" in archive.read(names[MANIFEST]):
        raise RefusedError("K102")
    is_xlsx = any(name.lower().startswith(xlsx.FOLDER) for name in names)
    if is_xlsx and CONTENT in names:
        raise RefusedError("K104", LOOSE)
    scan_package = xlsx.scan_package if is_xlsx else ods.scan_package
    scans, repairs = scan_package(_parts(archive))
    active = {what for start, what in ACTIVE for name in names if name.lower().startswith(start)}
    return _mended(Book(data, scans, tuple(sorted(active))), archive, repairs)


def _parts(archive: zipfile.ZipFile) -> Iterator[Part]:
    """Yield (name, bytes, root element, its attributes) of every XML part, each whole and plain.

    The tables that cells cite come first: texts and formats.
    """
    for member in sorted(archive.infolist(), key=_in_order):
        name = _plain_name(member)
        if name.lower().endswith(XML) and not name.lower().startswith(UNREAD):
            part = archive.read(member)
            yield name, part, *read_root(part)


def _in_order(member: zipfile.ZipInfo) -> tuple[bool, bool]:
    name = _plain_name(member).lower()
    return name.startswith(xlsx.SHEETS), name not in (xlsx.STRINGS, xlsx.STYLES)


def _mended(book: Book, archive: zipfile.ZipFile, repairs: dict[str, bytes]) -> Book:
    """Return the book with parts rewritten that the reader would refuse or read as blank."""
    if not repairs:
        return book
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as mended:
        names = {_plain_name(member): member for member in archive.infolist()}
        for name, member in names.items():
            mended.writestr(name, repairs.get(name) or archive.read(member))
        for name in repairs.keys() - names.keys():
            mended.writestr(name, repairs[name])
    return replace(book, data=packed.getvalue())
