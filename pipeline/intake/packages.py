"""One workbook that came in, what lay in one file, and what their names may look like."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.tools.spool import Kept

LONGEST_NAME = 120
LETTER, ZIP = PARCELS = (".eml", ".zip")
BOOK, MAIL, FILE = "so-nhan.csv", "thư", "giờ của tệp"  # where a time of receipt comes from


@dataclass(frozen=True)
class Package:
    """One workbook that came in, or one file that could not be opened at all (`problem`)."""

    file: str  # the name shown: «thu.eml › Phiếu KT.xlsx»
    kept: Kept | None  # its bytes; none where there is nothing to read
    sha256: str  # of the file as it lies in hop-thu: the letter, the zip, or the workbook itself
    received: datetime
    received_by: str  # BOOK, MAIL or FILE
    problem: dict | None = None  # the finding that refuses it before it is read
    listed: str = ""  # its name in so-nhan.csv, where that is another than the one shown
    noted: str = ""  # its own time as so-nhan.csv notes it: «thư 09:15:00 ngày 15/11/2026»

    @property
    def entry(self) -> str:
        """Its name in so-nhan.csv: each workbook of a letter has a line, of one the letter."""
        return self.listed or self.file

    @property
    def data(self) -> bytes:
        """The workbook itself, read from where it waits."""
        return self.kept.read() if self.kept else b""


@dataclass(frozen=True)
class Parcel:
    """The workbooks in one file by name, when it was sent, what else was found or is in the way."""

    books: list[tuple[str, bytes]] = field(default_factory=list)
    sent: datetime | None = None
    findings: list[dict] = field(default_factory=list)
    problem: dict | None = None


def parcel_of(plain: dict, blobs: Sequence[bytes]) -> Parcel:
    """Return the parcel that was made plain on its way from another process."""
    return Parcel(**{**plain, "books": list(zip(plain["books"], blobs, strict=True))})


def clean_name(name: str) -> str:
    """Return a name fit to be shown: no folders, NFC, nothing invisible, not endless."""
    last = re.split(r"[/\\]", _decoded(name).strip())[-1]
    text = unicodedata.normalize("NFC", last)
    kept = "".join(" " if unicodedata.category(ch)[0] in "CZ" else ch for ch in text)
    short = " ".join(kept.split())
    if len(short) > LONGEST_NAME:
        short = f"{short[: LONGEST_NAME - 21]}…{short[-20:]}"
    return short or "tệp không tên"


def _decoded(name: str) -> str:
    """Return a name whose raw bytes were kept aside read as UTF-8."""
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeError:
        return name.encode("utf-8", "replace").decode("utf-8")


def suffix(name: str) -> str:
    """Return a name's ending as it is compared: «.xlsx»."""
    found = re.search(r"\.[A-Za-z0-9]{1,10}$", clean_name(name).rstrip(" ."))
    return found[0].lower() if found else ""
