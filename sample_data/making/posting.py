"""The mailbox of a cycle: workbooks saved again by LibreOffice, sent by mail, and the receipts."""

import csv
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from io import StringIO
from pathlib import Path

from making.content import Content, Posting, Scene
from pipeline.model.calendar import VIETNAM

FORMS = {"lo-xlsx": "xlsx", "lo-ods": "ods"}
COPY = "chép"
TYPES = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".ods": ("application", "vnd.oasis.opendocument.spreadsheet"),
}
OFFICE = "vanphong@binhkhe.example"
RECEIPT_HEADINGS = ("sha256", "tệp", "nhận lúc", "nguồn giờ", "quyết định", "lý do")


def saved_again(books: Mapping[Posting, bytes]) -> dict[Posting, bytes]:
    """Return the workbooks as the senders save them: most by LibreOffice, some as .ods."""
    again = dict(books)
    for form, extension in FORMS.items():
        wanted = [posting for posting in books if posting.form == form]
        again |= zip(wanted, converted([books[p] for p in wanted], extension), strict=True)
    return again


def converted(books: list[bytes], extension: str) -> list[bytes]:
    """Return workbooks saved by headless LibreOffice, all in one call."""
    if not books:
        return []
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:02d}.xlsx" for number in range(len(books))]
        for path, book in zip(paths, books, strict=True):
            path.write_bytes(book)
        after = Path(folder) / "after"
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", extension]
        arguments = ["--outdir", after, *paths]
        subprocess.run([*command, *arguments], check=True, capture_output=True, timeout=600)
        return [(after / f"{path.stem}.{extension}").read_bytes() for path in paths]


def deliver(books: Mapping[Posting, bytes], inbox: Path, before: Path, content: Content) -> None:
    """Put the files of a cycle into its mailbox; `before` is the earlier cycle's."""
    inbox.mkdir(exist_ok=True)
    for posting, book in books.items():
        path = inbox / posting.name
        path.write_bytes(_mail(posting, book, content) if path.suffix == ".eml" else book)
    for posting in [posting for posting in books if posting.form == COPY]:
        place = inbox if (inbox / posting.copy_of).is_file() else before
        shutil.copyfile(place / posting.copy_of, inbox / posting.name)
    for posting in books:
        moment = _moment(posting).timestamp()
        os.utime(inbox / posting.name, (moment, moment))


def _moment(posting: Posting) -> datetime:
    return posting.received.replace(tzinfo=VIETNAM)


def _mail(posting: Posting, book: bytes, content: Content) -> bytes:
    """Return the mail a workbook came with."""
    unit = content.units[posting.unit]
    head = content.people[unit["người đứng đầu"]]["họ và tên"]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{unit['tên']} <{unit['thư điện tử']}>"
    mail["To"] = f"Văn phòng HĐND và UBND xã Bình Khê <{OFFICE}>"
    mail["Subject"] = f"{unit['tên']} gửi phiếu báo cáo kỳ"
    mail["Date"] = format_datetime(_moment(posting))
    mail["Message-ID"] = f"<{posting.unit.lower()}.{posting.received:%Y%m%d%H%M}@binhkhe.example>"
    mail.set_content(
        f"Kính gửi Tổ công tác,\n\n{unit['tên']} gửi phiếu báo cáo kỳ (tệp kèm theo).\n\n{head}\n"
    )
    main, kind = TYPES[Path(posting.attachment).suffix]
    mail.add_attachment(book, maintype=main, subtype=kind, filename=posting.attachment)
    mail.set_boundary(f"=_{posting.unit}_{posting.received:%Y%m%d%H%M}")
    return mail.as_bytes()


def receipts(scene: Scene, inbox: Path) -> bytes:
    """Return so-nhan.csv: when every file of the mailbox was received."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(RECEIPT_HEADINGS)
    for posting in sorted(scene.postings, key=lambda posting: posting.received):
        sha256 = hashlib.sha256((inbox / posting.name).read_bytes()).hexdigest()
        source = "thư" if posting.name.endswith(".eml") else "thư ký"
        moment = f"{posting.received:%d/%m/%Y %H:%M}"
        writer.writerow((sha256, posting.name, moment, source, "", ""))
    return text.getvalue().encode("utf-8-sig")
