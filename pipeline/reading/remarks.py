"""What lies beside the cells of .xlsx and nobody reads: notes on cells, boxes of text, pictures."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from html import unescape

from pipeline.model.findings import NOTE_AUTHOR
from pipeline.reading.places import INSIDE, PREFIX

NOTES, DRAWING = "comments", "wsDr"  # roots of parts
BOX, PICTURE = "hộp chữ", "ảnh đặt trên trang"
FEW_NAMED = 3
AUTHOR = re.compile(rb"<" + PREFIX + rb"author\s*(?:/>|>([^<]*)<)")
NOTE = re.compile(
    rb"<" + PREFIX + rb"comment\b(" + INSIDE + rb")>(.*?)</" + PREFIX + rb"comment>", re.DOTALL
)
REFERENCE = re.compile(rb"""\sref\s*=\s*["']([A-Z]{1,3}\d{1,7})["']""")
WHOSE = re.compile(rb"""\sauthorId\s*=\s*["'](\d{1,9})["']""")
WORDS = re.compile(rb"<" + PREFIX + rb"t(?:\s[^>]*)?>[^<]*?[^<\s]")
PICTURES = re.compile(rb"<" + PREFIX + rb"pic[\s>]")
# LibreOffice keeps the words of our notes, not whose they are.
OWN_NOTE = re.compile(r"\(K\d{3}\): ")
LINK = re.compile(rb"<" + PREFIX + rb"Relationship\b(" + INSIDE + rb")")
TARGET = re.compile(rb"""\sTarget\s*=\s*["']([^"']*)["']""")


def remarks_in(root: str, part: bytes) -> str:
    """Return what a part holds of words beside cells, "" for none or the program's own."""
    if root == DRAWING:
        held = ((PICTURE, PICTURES), (BOX, WORDS))
        return ", ".join(told for told, mark in held if mark.search(part))
    authors = [unescape(name.decode("utf-8", "replace")) for name in AUTHOR.findall(part)]
    cells = []
    for attributes, words in NOTE.findall(part):
        whose, cell = WHOSE.search(attributes), REFERENCE.search(attributes)
        author = int(whose[1]) if whose else len(authors)
        named = author < len(authors) and authors[author] == NOTE_AUTHOR
        is_own = named or OWN_NOTE.search(words.decode("utf-8", "replace"))
        if cell and not is_own and WORDS.search(words):
            cells.append(cell[1].decode())
    return notes_on(cells)


def notes_on(cells: list[str]) -> str:
    """Return words for notes on cells, the first of many named."""
    more = f" và {len(cells) - FEW_NAMED} ô khác" if len(cells) > FEW_NAMED else ""
    return f"ghi chú ở ô {', '.join(cells[:FEW_NAMED])}{more}" if cells else ""


def beside_sheet(links: bytes, folder: str, remarks: Mapping[str, str]) -> Iterable[str]:
    """Yield the remarks of the parts a sheet links to; `folder` is the sheet's own."""
    for link in LINK.findall(links):
        target = TARGET.search(link)
        path = target[1].decode("utf-8", "replace") if target else ""
        place = posixpath.normpath(posixpath.join("/", folder, path))[1:].lower()
        if found := remarks.get(place):
            yield found
