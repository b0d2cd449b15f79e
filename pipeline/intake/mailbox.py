"""hop-thu → packages: regular files only, letters and zips opened, no name ever a path."""

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.intake.packages import FILE, MAIL, PARCELS, Package, Parcel, clean_name, suffix
from pipeline.intake.parcels import is_book, may_be_parcel
from pipeline.intake.receipts import Receipt, match, show_receipt, source, unplaced
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import finding
from pipeline.model.folders import SYSTEM_FILES
from pipeline.model.limits import LIMITS
from pipeline.tools.spool import Spool

SILENT = (*SYSTEM_FILES, ".gitkeep", ".gitignore")
HALF_LOADED = (".crdownload", ".part", ".partial", ".download", ".tmp")
OWNER_FILES = ("~$", "._", ".~lock")
LONG_AGO = datetime(2000, 1, 1, tzinfo=VIETNAM)
Receipts = Sequence[Receipt]
Unpack = Callable[[str, bytes], Parcel]  # a file's name and bytes → what lies in it


@dataclass(frozen=True)
class Found:
    """One file of the folder: its bytes, hash and time, or the finding that says why not."""

    file: str
    data: bytes = b""
    sha256: str = ""
    modified: datetime = LONG_AGO
    problem: dict | None = None


def collect(inbox: Path, receipts: Receipts, unpack: Unpack) -> tuple[list[Package], list[dict]]:
    """Return every workbook in hop-thu and in its letters and zips, oldest first, and K1 notes.

    A file that cannot be opened is a package too: its `problem` refuses it. `unpack` opens letters
    and zips.
    """
    packages: list[Package] = []
    spool = Spool()
    findings: list[dict] = []
    for entry in os.scandir(inbox) if inbox.is_dir() else ():
        name = clean_name(entry.name)
        if _is_silent(entry.name):
            continue
        if _is_temporary(entry.name):
            findings.append(finding("K106", file=name))
        else:
            opened, noticed = _open(_look(Path(entry.path), name), unpack, spool)
            packages += opened
            findings += noticed
    packages = _with_own_names(sorted(packages, key=_order))
    packages = sorted(_received(packages, receipts), key=_order)
    findings += unplaced(packages, receipts)
    return packages, sorted(findings, key=lambda row: (row["file"], row["code"], row["value"])) + [
        finding("K118", file=package.file, value=show_receipt(package.received))
        for package in packages
        if package.received_by == FILE and package.problem is None
    ]


def open_file(path: Path, received: datetime, unpack: Unpack) -> tuple[list[Package], list[dict]]:
    """Return the workbooks in one file given by hand, received at a given moment, and K1 notes."""
    packages, noticed = _open(_look(path, clean_name(path.name), follow=True), unpack, Spool())
    return [replace(package, received=received) for package in packages], noticed


def _order(package: Package) -> tuple:
    return package.received, package.file, package.sha256


def _is_temporary(name: str) -> bool:
    """Say whether a program left a file for itself; a report with a hidden name is none."""
    if name.startswith(OWNER_FILES) or name.lower().endswith(HALF_LOADED):
        return True
    return name.startswith(".") and not (is_book(name) or suffix(name) in PARCELS)


def _is_silent(name: str) -> bool:
    return name.lower() in SILENT


def _look(path: Path, name: str, *, follow: bool = False) -> Found:
    """Return one file's bytes; only a regular file is opened, in hop-thu never through a link."""
    try:
        about = path.stat(follow_symlinks=follow)
        modified = datetime.fromtimestamp(int(about.st_mtime), VIETNAM)
        if not stat.S_ISREG(about.st_mode):
            kind = "thư mục" if stat.S_ISDIR(about.st_mode) else "đường dẫn tắt hoặc tệp đặc biệt"
            return Found(name, modified=modified, problem=finding("K127", file=name, fact=kind))
        flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
        with open(os.open(path, flags), "rb") as handle:
            data = handle.read(LIMITS.received + 1)
            if len(data) <= LIMITS.received:
                return Found(name, data, hashlib.sha256(data).hexdigest(), modified)
            handle.seek(0)
            sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
            problem = finding("K103", file=name, fact=f"tệp {about.st_size / 1e6:.0f} MB")
            return Found(name, b"", sha256, modified, problem)
    except (OSError, ValueError, OverflowError):
        return Found(name, problem=finding("K104", file=name, fact="không mở được"))


def _open(found: Found, unpack: Unpack, spool: Spool) -> tuple[list[Package], list[dict]]:
    """Return the packages in one file of the folder and what else lies in it."""
    if found.problem:
        return [_package(found, Parcel(), spool)], []
    opens = may_be_parcel(found.file, found.data)
    parcel = unpack(found.file, found.data) if opens else Parcel([("", found.data)])
    if parcel.problem or not parcel.books:
        problem = parcel.problem or finding("K107", file=found.file)
        refused = replace(found, data=b"", problem=problem)
        return [_package(refused, parcel, spool)], parcel.findings
    books = (
        replace(found, file=f"{found.file} › {name}" if name else found.file, data=data)
        for name, data in parcel.books
    )
    packages = _with_own_names([_package(book, parcel, spool) for book in books])
    if len(packages) == 1:
        return [replace(packages[0], listed=found.file)], parcel.findings
    return packages, parcel.findings


def _package(found: Found, parcel: Parcel, spool: Spool) -> Package:
    """Return a package with its own time: the letter's date, else the file's."""
    received, lead = (parcel.sent, MAIL) if parcel.sent else (found.modified, FILE)
    kept = spool.keep(found.data) if found.data else None
    noted = source(lead, received)
    return Package(found.file, kept, found.sha256, received, lead, found.problem, noted=noted)


def _received(packages: Sequence[Package], receipts: Receipts) -> Iterator[Package]:
    """Yield the packages with the time so-nhan.csv has for them."""
    known = match(packages, receipts)
    for package in packages:
        receipt = known.get(package.file)
        if receipt and receipt.received:
            time, lead = receipt.received, receipt.received_by
            yield replace(package, received=time, received_by=lead)
        else:
            yield package


def _with_own_names(packages: list[Package]) -> list[Package]:
    """Return the packages with a number after a name that has been there before."""
    seen: Counter[str] = Counter()
    named = []
    for package in packages:
        seen[package.file] += 1
        again = f" ({seen[package.file]})" if seen[package.file] > 1 else ""
        named.append(replace(package, file=package.file + again))
    return named
