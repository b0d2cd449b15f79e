"""so-nhan.csv: when each file was received and what the secretary decided about it.

The same bytes under two names have come in twice: each arrival has its own line.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import zip_longest
from pathlib import Path

from pipeline.intake.packages import BOOK, FILE, MAIL, Package
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import finding
from pipeline.model.text import as_folded, fold, parse_date

COLUMNS = ("sha256", "tệp", "nhận lúc", "nguồn giờ", "quyết định", "lý do")
USE, WITHDRAW, REJECT = "dùng", "rút", "loại"
# A table saved by Excel in the machine's old code page may hold «?» for a letter it lost.
THIS = r"(?: (?:b[aả?]+n|t[eệ?]+p|phi[eế?]+u|s[oổ?]+|file) n[aà?]+y)?"
DECISIONS = {
    USE: re.compile(rf"(?:v[aẫ?]+n )?d[uù?]+ng{THIS}"),
    WITHDRAW: re.compile(rf"r[uú?]+t(?: l[aạ?]+i| v[eề?]+)?{THIS}"),
    REJECT: re.compile(as_folded(rf"(?:loại|lo[a?]+i)(?: b[oỏ?]+)?{THIS}")),
}
SHA256 = re.compile(r"[0-9a-f]{64}")
HOUR = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?::|h|gi[ờ?]+)\s*(\d{1,2})?\s*(?:phút|'|:\s*(\d{1,2})(?:\.0+)?)?"
    r"\s*(?:(am|sa|sáng|trưa|pm|ch|chiều|tối|đêm)(?!\w))?"
)
# The hours people say of a part of the day, and how many more they are on a clock of 24.
PARTS_OF_DAY = {
    ("am", "sa"): {12: -12} | dict.fromkeys(range(12), 0),
    ("pm", "ch"): {12: 0} | dict.fromkeys(range(1, 12), 12),
    ("sáng",): dict.fromkeys(range(1, 12), 0),
    ("trưa",): dict.fromkeys((11, 12, 13), 0) | {1: 12},
    ("chiều",): dict.fromkeys(range(1, 7), 12) | dict.fromkeys(range(13, 19), 0),
    ("tối",): dict.fromkeys(range(6, 12), 12) | dict.fromkeys(range(18, 24), 0),
    ("đêm",): dict.fromkeys((10, 11), 12) | dict.fromkeys((22, 23), 0),
}
# Words beside hour and day that change neither.
BESIDE = re.compile(r"^(?:nhận\s+)?(?:vào\s+)?(?:lúc|hồi)\s+|(?<=\d)t$|^[\s,;-]+|[\s,;-]+$|\s+lúc$")
LOST = re.compile(r"ng\?+y")
ZONE = re.compile(r"\s*(?:\+07:?00|\(?(?:gmt|utc)\s*\+0?7\)?)$")
ORDERED_BY = ("người quyết định", "ai quyết định")  # a column the secretary may add
LIVE = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Receipt:
    """One line of so-nhan.csv; `more` holds heading and cell of columns the secretary added."""

    sha256: str
    file: str
    received: datetime | None
    source: str
    decision: str = ""
    reason: str = ""
    more: tuple[tuple[str, str], ...] = ()
    line: int = 0
    unread: str = ""  # the words nobody can read; then `cells` are kept as they stand
    cells: tuple[str, ...] = ()

    @property
    def ordered_by(self) -> str:
        """Who decided, where the secretary has added a column for it."""
        return next((cell for head, cell in self.more if fold(head) in ORDERED_BY), "")

    @property
    def received_by(self) -> str:
        """Where the time comes from; the source repeats the first time, so a correction shows."""
        unchanged = (
            lead for lead in (MAIL, FILE) if self.source in (lead, source(lead, self.received))
        )
        return next(unchanged, BOOK)


def source(lead: str, received: datetime | None) -> str:
    """Return the source of a time as it is noted: «thư 09:15:00 ngày 15/11/2026»."""
    return f"{lead} {show_receipt(received)}"


def show_receipt(received: datetime | None) -> str:
    """Return a time to the second in words Excel does not turn into a date of its own."""
    return f"{received:%H:%M:%S} ngày {received:%d/%m/%Y}" if received else ""


def read_receipts(path: Path) -> list[Receipt]:
    """Return the receipts, none without the file; a line nobody can read says which words.

    What Excel makes of the file when it saves it is read too: commas, tabs, an old code page.
    """
    if not path.is_file():
        return []
    text = _decoded(path.read_bytes())
    delimiter = max(";,\t", key=text.split("\n", 1)[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    added = next(rows, [])[len(COLUMNS) :]
    return [_receipt(row, added, line) for line, row in enumerate(rows, 2) if any(row)]


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1258", "replace")


def _receipt(row: list[str], added: list[str], line: int) -> Receipt:
    cells = [cell.strip() for cell in row] + [""] * len(COLUMNS)
    sha256, file, typed, noted, order, reason = cells[: len(COLUMNS)]
    is_hash = bool(SHA256.fullmatch(sha256.lower()))
    received, decision = _time(typed), _decision(order)
    wrong = (
        (not is_hash, sha256 or "cột đầu để trống"),
        (typed and received is None, typed),
        (order and not decision, order),
    )
    return Receipt(
        sha256.lower() if is_hash else "",
        file.removeprefix("'"),
        received,
        noted,
        decision,
        reason.removeprefix("'"),
        tuple(zip_longest(added, row[len(COLUMNS) :], fillvalue="")),
        line,
        ", ".join(words for is_wrong, words in wrong if is_wrong),
        tuple(row),
    )


def _time(text: str) -> datetime | None:
    """Return the one moment a cell names, None where it names none or says more than a moment."""
    folded = ZONE.sub("", LOST.sub("ngày", fold(text)))
    hour = HOUR.search(folded)
    if not hour:
        return None
    before, after = (
        BESIDE.sub("", part) for part in (folded[: hour.start()], folded[hour.end() :])
    )
    day, problem = parse_date(f"{before} {after}".strip())
    hours, minutes, seconds = (int(part or 0) for part in hour.groups()[:3])
    shifts = next((some for words, some in PARTS_OF_DAY.items() if hour[4] in words), {hours: 0})
    if not day or problem not in ("", "repaired") or hours not in shifts:
        return None
    try:
        moment = time(hours + shifts[hours], minutes, seconds)
    except ValueError:
        return None
    return datetime.combine(day, moment, VIETNAM)


def _decision(text: str) -> str:
    """Return the decision a cell names and nothing else, "" where it names none or says more."""
    folded = fold(text).strip(" .;!")
    return next((word for word, said in DECISIONS.items() if said.fullmatch(folded)), "")


def match(packages: Iterable[Package], receipts: Sequence[Receipt]) -> dict[str, Receipt]:
    """Return the receipt of every package that has one, by the name shown.

    A file renamed is known by its bytes and its own time; a line whose hash nobody can read still
    speaks of the file it names.
    """
    arrived = [package for package in packages if package.sha256]
    here = {(package.sha256, package.entry) for package in arrived}
    own = {(receipt.sha256, receipt.file): receipt for receipt in receipts}
    unread = {receipt.file: receipt for receipt in receipts if not receipt.sha256}
    moved = {
        (receipt.sha256, _digits(receipt.source)): receipt
        for receipt in receipts
        if (receipt.sha256, receipt.file) not in here
    }
    found = {}
    for package in arrived:
        sha256 = package.sha256
        receipt = unread.get(package.entry) or own.get((sha256, package.entry))
        receipt = receipt or moved.get((sha256, _digits(package.noted))) or moved.get((sha256, ""))
        if receipt:
            found[package.file] = receipt
    return found


def _digits(text: str) -> str:
    """Return the figures of a time, whatever an old code page has made of the words beside it."""
    return re.sub(r"\D", "", text)


def unplaced(packages: Sequence[Package], receipts: Sequence[Receipt]) -> list[dict]:
    """Return K134 for every line that nobody can read and that speaks of no file in hop-thu."""
    placed = {receipt.line for receipt in match(packages, receipts).values()}
    return [
        finding("K134", file=BOOK, row=receipt.line, value=receipt.unread)
        for receipt in receipts
        if receipt.unread and receipt.line not in placed
    ]


def receipts_text(packages: Sequence[Package], receipts: Sequence[Receipt]) -> str:
    """Return the whole of so-nhan.csv: the receipts there are, then the new ones; BOM for Excel."""
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    added = max((receipt.more for receipt in receipts), key=len, default=())
    table.writerow([*COLUMNS, *(_dead(head) for head, _ in added)])
    found = match(packages, receipts)
    kept = (row for receipt in receipts for row in _renamed(receipt, packages, found))
    for receipt in (*kept, *_new(packages, found)):
        table.writerow(map(_dead, _cells(receipt)))
    return "\ufeff" + out.getvalue()


def _renamed(
    receipt: Receipt, packages: Iterable[Package], found: Mapping[str, Receipt]
) -> list[Receipt]:
    """Return a receipt under the names its files have now: one line for each workbook."""
    own = [package.entry for package in packages if found.get(package.file) is receipt]
    if receipt.unread or not own:
        return [receipt]
    return [replace(receipt, file=name) for name in dict.fromkeys(own)]


def _new(packages: Iterable[Package], found: Mapping[str, Receipt]) -> list[Receipt]:
    """Return a receipt for every file in hop-thu seen for the first time, oldest first."""
    new = {
        (p.sha256, p.entry): Receipt(p.sha256, p.entry, p.received, p.noted)
        for p in packages
        if p.sha256 and p.file not in found
    }
    return list(new.values())


def _cells(receipt: Receipt) -> tuple[str, ...]:
    if receipt.unread:
        return receipt.cells
    told = (receipt.file, show_receipt(receipt.received), receipt.source)
    ordered = (receipt.decision, receipt.reason, *(cell for _, cell in receipt.more))
    return (receipt.sha256, *told, *ordered)


def _dead(text: str) -> str:
    """Return a text Excel does not take for a formula."""
    return f"'{text}" if text.startswith(LIVE) else text
