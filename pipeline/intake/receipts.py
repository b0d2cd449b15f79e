"""so-nhan.csv: when each file was received and what the secretary decided about it."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

from pipeline.intake.packages import BOOK, FILE, MAIL, Package
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import InputError
from pipeline.model.text import fold

COLUMNS = ("sha256", "tệp", "nhận lúc", "nguồn giờ", "quyết định", "lý do")
USE, WITHDRAW, REJECT = "dùng", "rút", "loại"
# A table saved by Excel in the machine's old code page may hold «?» for a letter it lost.
DECISIONS = {USE: r"d[uù?]+ng", WITHDRAW: r"r[uú?]+t", REJECT: r"lo[aạ?]+i"}
SHA256 = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})")
ISO_DAY = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")
HOUR = re.compile(r"(\d{1,2})\s*(?::|h|giờ)\s*(\d{1,2})?\s*(?::\s*(\d{1,2}))?\s*(am|pm|sa\b|ch\b)?")
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


def read_receipts(path: Path) -> dict[str, Receipt]:
    """Return the receipts by SHA-256; none without the file, InputError on a line nobody can read.

    What Excel makes of the file when it saves it is read too: commas, tabs, an old code page.
    """
    if not path.is_file():
        return {}
    text = _decoded(path.read_bytes())
    delimiter = max(";,\t", key=text.split("\n", 1)[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    added = next(rows, [])[len(COLUMNS) :]
    receipts = (
        _receipt(row, added, f"{path.name}, dòng {n}") for n, row in enumerate(rows, 2) if any(row)
    )
    return {receipt.sha256: receipt for receipt in receipts}


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1258", "replace")


def _receipt(row: list[str], added: list[str], where: str) -> Receipt:
    cells = [cell.strip() for cell in row] + [""] * len(COLUMNS)
    sha256, file, received, noted, decision, reason = cells[: len(COLUMNS)]
    if not SHA256.fullmatch(sha256.lower()):
        raise InputError(f"{where}: cột đầu không phải mã băm của tệp; đừng sửa cột này.")
    return Receipt(
        sha256.lower(),
        file.removeprefix("'"),
        _time(received, where) if received else None,
        noted,
        _decision(decision, where) if decision else "",
        reason.removeprefix("'"),
        tuple(zip_longest(added, row[len(COLUMNS) :], fillvalue="")),
    )


def _time(text: str, where: str) -> datetime:
    folded = fold(text)
    day = ISO_DAY.search(folded) or DAY.search(folded)
    hour = HOUR.search(folded.replace(day[0], " ")) if day else None
    try:
        if not day or not hour:
            raise ValueError(text)
        hours, minutes, seconds = (int(part or 0) for part in hour.groups()[:3])
        if hour[4]:
            hours = hours % 12 + (12 if hour[4] in ("pm", "ch") else 0)
        year, month, date = (int(day[part]) for part in "ymd")
        return datetime(year, month, date, hours, minutes, seconds, tzinfo=VIETNAM)
    except ValueError as error:
        words = "ghi như «16:30 ngày 15/11/2026»"
        raise InputError(f"{where}: «{text}» không phải giờ nhận; {words}.") from error


def _decision(text: str, where: str) -> str:
    for decision, pattern in DECISIONS.items():
        if re.match(pattern, fold(text)):
            return decision
    choices = f"{USE}, {WITHDRAW} hoặc {REJECT}"
    raise InputError(f"{where}: không hiểu quyết định «{text}»; ghi {choices}.")


def new_receipts(packages: Iterable[Package], receipts: Mapping[str, Receipt]) -> list[Receipt]:
    """Return a receipt for every file in hop-thu seen for the first time, oldest first."""
    new: dict[str, Receipt] = {}
    for package in packages:
        if package.sha256 and package.sha256 not in receipts:
            file = package.file.partition(" › ")[0]
            noted = source(package.received_by, package.received)
            receipt = Receipt(package.sha256, file, package.received, noted)
            new.setdefault(package.sha256, receipt)
    return list(new.values())


def receipts_text(packages: Iterable[Package], receipts: Mapping[str, Receipt]) -> str:
    """Return the whole of so-nhan.csv: the receipts there are, then the new ones; BOM for Excel."""
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    added = max((receipt.more for receipt in receipts.values()), key=len, default=())
    table.writerow([*COLUMNS, *(_dead(head) for head, _ in added)])
    for receipt in [*receipts.values(), *new_receipts(packages, receipts)]:
        received = show_receipt(receipt.received)
        told = (receipt.file, received, receipt.source, receipt.decision, receipt.reason)
        table.writerow(
            [receipt.sha256, *map(_dead, told), *(_dead(cell) for _, cell in receipt.more)]
        )
    return "\ufeff" + out.getvalue()


def _dead(text: str) -> str:
    """Return a text Excel does not take for a formula."""
    return f"'{text}" if text.startswith(LIVE) else text
