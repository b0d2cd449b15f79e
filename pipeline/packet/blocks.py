"""What a Word document is made of, before any word processor comes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

BLANK = "……………………"  # what only the secretary knows


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph with its first line set in."""

    text: str


@dataclass(frozen=True)
class Dots:
    """Dotted lines to write on."""

    lines: int


@dataclass(frozen=True)
class Grid:
    """A ruled table with blank rows at its end.

    A column is (heading, width in mm, kind); of kind «c» it is centred.
    """

    columns: Sequence[tuple[str, int, str]]
    rows: Sequence[Sequence[object]]
    spare: int = 0


Block = Heading | Text | Dots | Grid


@dataclass(frozen=True)
class Signature:
    """Who signs: titles on their lines, then room, then the name."""

    titles: Sequence[str]
    name: str


@dataclass(frozen=True)
class Document:
    """One paper in the form of NĐ 30/2020/NĐ-CP, phụ lục I."""

    kind: str  # «BIÊN BẢN»
    subject: Sequence[str]  # on its lines
    issuer: Sequence[str]  # the issuing body on its lines
    symbol: str  # «BB-UBND»
    dated: str  # place and date, where such a paper has them in its head
    notice: str  # what the commune wants said of its figures, else ""
    blocks: Sequence[Block]
    recipients: Sequence[str]
    signatures: Sequence[Signature]  # one stands right of the recipients, two above them
    author: str
    made_at: datetime
