"""thu/: mail drafts with slip and marked workbook; the program sends nothing itself."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pipeline.model.tables import CycleResult
from pipeline.reply.pages import FOLDER as SLIPS
from pipeline.reply.reminders import open_reminders
from pipeline.reply.slip import open_slips
from pipeline.reply.words import letter_text
from pipeline.tools.page import printable

FOLDER = "thu"
# Folded, a heading in Vietnamese may lose the space between two encoded words.
UNFOLDED = SMTP.clone(max_line_length=998)
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
# No line of the parts can be it: «=» is written =3D in the text, and is no sign of base64 but at
# the end of a line.
BOUNDARY = "=_sauro_="
KINDS = {
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
}
Attachments = Iterable[tuple[str, bytes]]


def letters(
    result: CycleResult, made: Mapping[str, bytes], addresses: Mapping[str, str]
) -> dict[str, bytes]:
    """Return a draft for every unit: the reply to its report, or a reminder; by file name.

    `made` holds the finished papers; those of a unit in phieu-sua/ go with its letter.
    """
    drafts = {}
    for slip in open_slips(result):
        subject = f"{slip.verdict}: phiếu {slip.cycle}, {slip.name}"
        attached = list(_attachments(slip.unit, made))
        body = letter_text(slip) + _enclosed(attached)
        to = recipients(addresses.get(slip.unit, ""))
        letter = _letter(subject, to, body, result.made_at, attached)
        drafts[f"{FOLDER}/{slip.unit}.eml"] = letter
    for reminder in open_reminders(result):
        subject = f"Nhắc nộp phiếu {reminder.cycle}, {reminder.name}"
        to = recipients(addresses.get(reminder.unit, ""))
        day = result.made_at.replace(hour=0, minute=0, second=0, microsecond=0)
        letter = _letter(subject, to, reminder.text + "\n", day, ())
        drafts[f"{FOLDER}/nhac-{reminder.unit}.eml"] = letter
    return drafts


def recipients(text: str) -> str:
    """Return the addresses of a register's cell for the header To; "" unless each is one."""
    parts = [part for part in re.split(r"[;,\s]+", text) if part]
    return ", ".join(parts) if all(map(ADDRESS.fullmatch, parts)) else ""


def _attachments(unit: str, made: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for ending in KINDS:
        name = f"{SLIPS}/{unit}{ending}"
        if name in made:
            yield f"{SLIPS}-{unit}{ending}", made[name]


def _enclosed(attached: Attachments) -> str:
    names = ", ".join(name for name, _ in attached)
    return f"\nKèm theo: {names}.\n" if names else ""


def _letter(subject: str, to: str, body: str, written: datetime, attached: Attachments) -> bytes:
    """Return a draft: without sender, marked unsent, the same bytes for the same words."""
    letter = EmailMessage(policy=SMTP)
    letter["X-Unsent"] = "1"
    letter["Date"] = format_datetime(written)
    if to:
        letter["To"] = to
    letter["Subject"] = printable(subject)
    letter.set_content(body, cte="quoted-printable")
    for name, data in attached:
        kind, _, detail = KINDS[name[name.rindex(".") :]].partition("/")
        letter.add_attachment(data, maintype=kind, subtype=detail, filename=name)
    if letter.is_multipart():
        letter.set_boundary(BOUNDARY)
    return letter.as_bytes(policy=UNFOLDED)
