"""Letters saved as .eml: every workbook in them, whoever forwarded what, and when it was sent."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import errors, message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from pipeline.intake.packages import Parcel, clean_name, suffix
from pipeline.intake.parcels import is_book, is_workbook, is_zip, open_zip
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import finding
from pipeline.model.limits import LIMITS

# The headings that are looked into, with the lines that go on.
HEADING = re.compile(
    rb"(?:^|\r)(?:content-[a-z-]+|date)\s*:[^\n]*+(?:\n[ \t][^\n]*+)*+", re.I | re.M
)
SPREADSHEETS = ("spreadsheet", "ms-excel")
# What the letter parser raises on headers no writer should have made.
BROKEN = (
    errors.MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)


def open_letter(data: bytes, file: str) -> Parcel:
    """Return the workbooks attached to a letter, in zips too, and its date in Vietnam time."""
    if problem := _oversize(data):
        return Parcel(problem=finding("K103", file=file, fact=problem))
    try:
        letter = message_from_bytes(data, policy=policy.default)
        attached = list(_attachments(letter))
        sent = _sent(letter)
    except BROKEN:
        return Parcel(problem=finding("K104", file=file, fact="thư không đọc được"))
    parcel = _sorted(attached, file, sent)
    if len(parcel.books) > LIMITS.attached:
        fact = f"thư có {len(parcel.books)} sổ đính kèm"
        return Parcel(sent=sent, problem=finding("K103", file=file, fact=fact))
    return parcel


def _oversize(data: bytes) -> str:
    """Return what about a letter would take its parser too long, "" for an ordinary one."""
    lines = max(data.count(b"\n"), data.count(b"\r"))
    parts = data.count(b"\n--") + data.count(b"\r--")
    if lines > LIMITS.letter_lines or parts > LIMITS.letter_parts:
        return f"thư có {lines} dòng, {parts} phần"
    work = sum(len(found[0]) ** 2 for found in HEADING.finditer(data))
    return "thư có tiêu đề quá dài" if work > LIMITS.letter_headings else ""


def _sorted(attached: list[tuple[str, bytes]], file: str, sent: datetime | None) -> Parcel:
    """Return the attachments as workbooks and as notes about what is none."""
    books: list[tuple[str, bytes]] = []
    noticed: list[dict] = []
    for name, data in attached:
        if is_book(name) or (not suffix(name) and is_workbook(data)):
            books.append((name, data))
        elif suffix(name) == ".zip" or (not suffix(name) and is_zip(data)):
            inner = open_zip(data, file)
            books += [(f"{name} › {inside}", book) for inside, book in inner.books]
            noticed += [*inner.findings, *([inner.problem] if inner.problem else [])]
        else:
            noticed.append(finding("K108", file=file, value=name))
    return Parcel(books, sent, noticed)


def _attachments(letter: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of everything attached; not the text, not pictures of a signature."""
    for part in letter.walk():
        name, kind = part.get_filename(), part.get_content_type()
        if part.is_multipart() or (name is None and kind.startswith("text/")):
            continue
        if kind.startswith("image/") and part.get_content_disposition() != "attachment":
            continue
        ending = ".xlsx" if any(word in kind for word in SPREADSHEETS) else ""
        yield clean_name(name or f"tệp đính kèm{ending}"), part.get_payload(decode=True) or b""


def _sent(letter: EmailMessage) -> datetime | None:
    """Return the letter's date in Vietnam time, None where it has none that can be right."""
    try:
        sent = parsedate_to_datetime(str(letter["Date"] or ""))
        local = (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(VIETNAM)
    except (ValueError, TypeError, OverflowError):
        return None
    return local.replace(microsecond=0) if 2000 <= local.year < 2100 else None
