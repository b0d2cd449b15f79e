"""A second reader of what was sent: openpyxl, or the plain XML of an .ods; nothing of the program.

It says what a cell holds in every way a person may quote it.
"""

import email
import email.policy
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# What these quote names the row, or stands in another of its cells; where they point is empty,
# or holds one part of a name.
OF_THE_ROW = {
    "K401",  # the quantity; the day is missing
    *("K602", "K604", "K605", "K607", "K608", "K613"),  # «KT-07/CB012»
    *("K704", "K705", "K706", "K707", "K710", "K718", "K732", "K733"),
    *("K711", "K712", "K735", "K736", "K739", "K740"),
}
SHORTENED = "…"
Sheets = Mapping[str, Mapping[str, set[str]]]  # title → cell → texts


def plain(text: object) -> str:
    """Return a text as two readers may compare it."""
    visible = "".join(ch for ch in unicodedata.normalize("NFC", str(text)) if ch.isprintable())
    return " ".join(visible.split()).casefold().replace("\u2212", "-")


def said(value: object) -> set[str]:
    """Return every way a value may be quoted."""
    if value is None or value == "":
        return set()
    if isinstance(value, bool):
        return {"true", "1"} if value else {"false", "0"}
    if isinstance(value, datetime | date):
        return {f"{value:%d/%m/%Y}", f"{value:%d/%m/%Y %H:%M}", f"{value:%Y-%m-%d}"}
    if isinstance(value, time):
        return {f"{value.hour} giờ {value.minute:02d}"}
    if isinstance(value, int | float):
        exact = f"{value:.10f}".rstrip("0").rstrip(".")
        percent = f"{100 * value:.8f}".rstrip("0").rstrip(".")
        dotted = f"{Decimal(format(value, '.15g')):,f}".translate(str.maketrans(",.", ".,"))
        return {exact.replace(".", ","), dotted, f"{percent} %".replace(".", ",")}
    return {plain(value)}


def read(data: bytes) -> Sheets:
    """Return what every cell of a workbook holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if "content.xml" in package.namelist():
            return _ods(package.read("content.xml"))
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        sheet.title: {
            cell.coordinate: said(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def _ods(content: bytes) -> Sheets:
    tables = ElementTree.fromstring(content).iter(f"{TABLE}table")
    return {table.get(f"{TABLE}name"): dict(_ods_cells(table)) for table in tables}


def _ods_cells(table: ElementTree.Element) -> Iterator[tuple[str, set[str]]]:
    number = 0
    for row in table.iter(f"{TABLE}table-row"):
        column = 0
        for cell in row:
            many = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
            texts = _ods_texts(cell)
            for at in range(column, column + many) if texts else ():
                yield f"{openpyxl.utils.get_column_letter(at + 1)}{number + 1}", texts
            column += many
        number += int(row.get(f"{TABLE}number-rows-repeated", "1"))


def _ods_texts(cell: ElementTree.Element) -> set[str]:
    shown = "\n".join("".join(p.itertext()) for p in cell.findall(f"{TEXT}p"))
    texts = {plain(shown)} if shown else set()
    if (number := cell.get(f"{OFFICE}value")) is not None:
        texts |= said(float(number))
    if (day := cell.get(f"{OFFICE}date-value")) is not None:
        texts |= said(datetime.fromisoformat(day))
    return texts


def original(folders: list[Path], file: str) -> bytes:
    """Return a file as it came, from inside its letter or zip where it lay in one."""
    name, *inner = file.split(" › ")
    data = next(path for folder in folders if (path := folder / name).is_file()).read_bytes()
    for part in inner:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                data = package.read(part)
        else:
            letter = email.message_from_bytes(data, policy=email.policy.default)
            data = next(
                one.get_payload(decode=True)
                for one in letter.walk()
                if plain(one.get_filename() or "") == plain(part)
            )
    return data


def unproved(findings: list[dict], folders: list[Path]) -> tuple[int, list[tuple]]:
    """Return how many findings quote a cell, and those whose quotation does not stand there."""
    quoting = [r for r in findings if r["file"] and r["sheet"] and r["cell"] and r["value"]]
    return against(quoting, {row["file"]: original(folders, row["file"]) for row in quoting})


def against(quoting: list[dict], files: Mapping[str, bytes]) -> tuple[int, list[tuple]]:
    """Return the same of findings that quote a cell, with the files as they came."""
    books = {file: read(data) for file, data in files.items()}
    wrong = [
        (row["code"], row["file"], row["sheet"], row["cell"], row["value"])
        for row in quoting
        if not _stands(row, books[row["file"]].get(row["sheet"], {}))
    ]
    return len(quoting), wrong


def _stands(row: dict, cells: Mapping[str, set[str]]) -> bool:
    # A cell that shows something else than it keeps is known by what it keeps.
    quoted = row["fact"] if row["code"] == "K315" else row["value"]
    value = plain(quoted).removesuffix(SHORTENED)
    if any(value == text for text in cells.get(row["cell"], ())):
        return True
    if row["code"] not in OF_THE_ROW:
        return False
    own = re.compile(rf"[A-Z]+{row['row']}")
    beside = [text for cell, texts in cells.items() if own.fullmatch(cell) for text in texts]
    return all(any(part in text.split(" – ") for text in beside) for part in value.split("/"))
