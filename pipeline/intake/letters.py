"""Letters saved as .eml: every workbook in them, whoever forwarded what, and when it was sent."""

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import errors, message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from pipeline.intake.packages import LETTER, ZIP, Parcel, clean_name, suffix
from pipeline.intake.parcels import is_book, is_workbook, is_zip, may_be_parcel, open_zip
from pipeline.intake.receipts import show_receipt
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import finding
from pipeline.model.limits import LIMITS

# The headings that are looked into, with the lines that go on; a lone CR ends a line too.
HEADING = re.compile(
    rb"(?:^|\r)(?:content-[a-z-]+|date)\s*:[^\r\n]*+(?>(?:(?:\r\n?|\n)[ \t][^\r\n]*+)*)",
    re.I | re.M,
)
PACKED = "UEsD"  # how a zip begins in base64
NO_DIGIT = re.compile(r"[^A-Za-z0-9+/]")
# «GMT+7», «ICT», «+07 (ICT)»: zones the parser of dates does not know.
ZONE = re.compile(
    r"(?:GMT|UTC|Z)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\s*(?:\([^()]*\)\s*)?$|\bICT\b"
)
UTF8_MARK = b"\xef\xbb\xbf"
NESTED = 3  # letters within letters that are files of their own
NOT_ONE = "K126"  # a zip without a report
UNZONED = "-0000"  # what the letter parser writes for a missing zone
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


@dataclass(frozen=True)
class _Letter:
    """What lies in a letter: workbooks, other files, zips nobody can open, what is to be said."""

    books: list[tuple[str, bytes]] = field(default_factory=list)
    others: list[tuple[str, bytes]] = field(default_factory=list)
    unopened: list[tuple[str, dict]] = field(default_factory=list)
    noticed: list[dict] = field(default_factory=list)
    sent: datetime | None = None
    problem: dict | None = None


def open_letter(data: bytes, file: str) -> Parcel:
    """Return the workbooks attached to a letter, in zips too, and its date in Vietnam time.

    Where there is no workbook each other file stands for itself, so that its own kind is told.
    """
    letter = _read(data, file, 0)
    books = letter.books
    if letter.problem:
        return Parcel(problem=letter.problem)
    if len(books) > LIMITS.attached:
        fact = f"thư có {len(books)} sổ đính kèm"
        return Parcel(sent=letter.sent, problem=finding("K103", file=file, fact=fact))
    if not books:
        problem = next((found for _, found in letter.unopened), None)
        told = letter.others if not problem and len(letter.others) <= LIMITS.attached else []
        return Parcel(told, letter.sent, letter.noticed, problem)
    packed = [found for name, found in letter.unopened if suffix(name) == ZIP]
    names = [name for name, _ in letter.others]
    names += [name for name, _ in letter.unopened if suffix(name) != ZIP]
    unread = [finding("K108", file=file, value=name) for name in names]
    return Parcel(books, letter.sent, [*letter.noticed, *packed, *unread])


def _read(data: bytes, file: str, depth: int) -> _Letter:
    """Return what lies in a letter, and in letters that lie in it as files of their own."""
    data = data.removeprefix(UTF8_MARK)
    if problem := _oversize(data):
        return _Letter(problem=finding("K103", file=file, fact=problem))
    try:
        letter = message_from_bytes(data, policy=policy.default)
        attached = list(_attachments(letter))
        sent, is_zoned = _sent(letter)
    except BROKEN:
        return _Letter(problem=finding("K104", file=file, fact="thư không đọc được"))
    found = _Letter(sent=sent)
    if sent and not is_zoned and not depth:
        found.noticed.append(finding("K135", file=file, value=show_receipt(sent)))
    for name, content in attached:
        _sort(name, content, file, depth, found)
    return found


def _oversize(data: bytes) -> str:
    """Return what about a letter would take its parser too long, "" for an ordinary one."""
    lines = max(data.count(b"\n"), data.count(b"\r"))
    parts = data.count(b"\n--") + data.count(b"\r--")
    if lines > LIMITS.letter_lines or parts > LIMITS.letter_parts:
        return f"thư có {lines} dòng, {parts} phần"
    work = sum(len(found[0]) ** 2 for found in HEADING.finditer(data))
    return "thư có tiêu đề quá dài" if work > LIMITS.letter_headings else ""


def _sort(name: str, data: bytes, file: str, depth: int, found: _Letter) -> None:
    """Put one attachment where it belongs: its bytes say, as with a file in hop-thu."""
    if is_book(name) or is_workbook(data):
        found.books.append((name, data))
    elif is_zip(data) or suffix(name) == ZIP:
        inner = open_zip(data, file)
        found.books.extend((f"{name} › {within}", book) for within, book in inner.books)
        found.noticed.extend(inner.findings)
        if inner.problem and inner.problem["code"] != NOT_ONE:
            found.unopened.append((name, inner.problem))
        elif inner.problem:
            found.others.append((name, data))
    elif may_be_parcel(name, data) and depth < NESTED:
        inside = _read(data, file, depth + 1)
        if suffix(name) != LETTER and not inside.books:  # a page of a browser begins like one
            found.others.append((name, data))
            return
        found.books.extend((f"{name} › {within}", book) for within, book in inside.books)
        found.others.extend((f"{name} › {within}", other) for within, other in inside.others)
        found.unopened.extend((f"{name} › {within}", told) for within, told in inside.unopened)
        found.unopened.extend([(name, inside.problem)] if inside.problem else [])
        found.noticed.extend(inside.noticed)
    else:
        found.others.append((name, data))


def _attachments(letter: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of everything attached; not the text, not pictures of a signature."""
    laid_out = {id(part) for whole in letter.walk() for part in _laid_out(whole)}
    for part in letter.walk():
        name, kind = part.get_filename(), part.get_content_type()
        if part.is_multipart() or (name is None and kind.startswith("text/")):
            continue
        within = id(part) in laid_out or part.get_content_disposition() != "attachment"
        if kind.startswith("image/") and within:
            continue
        ending = ".xlsx" if any(word in kind for word in SPREADSHEETS) else ""
        yield clean_name(name or f"tệp đính kèm{ending}"), _content(part)


def _laid_out(part: EmailMessage) -> list[EmailMessage]:
    """Return the pictures a text shows, by Content-ID; Gmail calls them attached all the same."""
    if part.get_content_type() != "multipart/related" or not part.is_multipart():
        return []
    return [one for one in part.get_payload() if "Content-ID" in one]


def _content(part: EmailMessage) -> bytes:
    """Return what is attached, as far as it goes; its encoding may be misspelt or missing."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip(" \t;").lower()
    raw = part.get_payload()
    if not isinstance(raw, str) or not (encoding == "base64" or raw.lstrip().startswith(PACKED)):
        return part.get_payload(decode=True) or b""
    digits = NO_DIGIT.sub("", raw.partition("=")[0])
    whole = digits[: -1 if len(digits) % 4 == 1 else None]  # cut off where the letter was
    return b64decode(whole + "=" * (-len(whole) % 4))


def _sent(letter: EmailMessage) -> tuple[datetime | None, bool]:
    """Return the letter's date in Vietnam time, None where it has none that can be right.

    And whether it names its zone: without one (RFC 5322, 3.3) a date here is Vietnam's.
    """
    try:
        typed = ZONE.sub(_in_hours, _typed_date(letter))
        sent = parsedate_to_datetime(typed)
        is_zoned = bool(sent.tzinfo) or UNZONED in typed
        local = sent.replace(tzinfo=sent.tzinfo or (UTC if is_zoned else VIETNAM))
        local = local.astimezone(VIETNAM)
    except (ValueError, TypeError, OverflowError):
        return None, True
    return (local.replace(microsecond=0) if 2000 <= local.year < 2100 else None), is_zoned


def _typed_date(letter: EmailMessage) -> str:
    """Return the date as the letter has it: the parser gives one without a zone UTC's."""
    return next((str(text) for name, text in letter.raw_items() if name.lower() == "date"), "")


def _in_hours(zone: re.Match[str]) -> str:
    """Return a zone as hours and minutes: +0700."""
    return f" {zone[1]}{int(zone[2]):02d}{zone[3] or '00'}" if zone[1] else "+0700"
