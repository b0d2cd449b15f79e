"""Whether a part of a package is plain XML: whole, UTF-8, no DOCTYPE, neither deep nor endless."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pyexpat import ExpatError, ParserCreate

from pipeline.model.limits import held
from pipeline.reading.limits import RefusedError

DAMAGED, DEEP = "phần bên trong bị hỏng", "phần bên trong lồng quá sâu"
ATTRIBUTE = re.compile(rb"""[\w.:-]\s*=\s*["']""")
SLOWER = 4  # times as long takes a part whose tags cannot simply be counted
PIECE = 600  # bytes looked at together
ENCODINGS = (None, "utf-8", "us-ascii")


@dataclass
class _Root:
    """The root element of a part and what may not stand in it."""

    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    noted: bool = False  # there are comments, CDATA sections or instructions

    def note(self, *_: object) -> None:
        self.noted = True


def read_root(part: bytes) -> tuple[str, dict[str, str]]:
    """Return the root's local name and attributes; refuses whatever readers take differently."""
    signs = part.count(b"<")
    if signs > held().tags:
        raise RefusedError("K103", "bung ra quá lớn")
    if b"\x00" in part[:4]:
        raise RefusedError("K104", "bảng mã lạ")
    root = _parse(part)
    # Where < and > stand nowhere but around tags, tags can be counted.
    bare = not root.noted and signs == part.count(b">")
    if not bare and signs > held().tags // SLOWER:
        raise RefusedError("K103", "bung ra quá lớn")
    check = _check_shape if bare else _check_slowly
    check(part)
    return root.name, root.attributes


def _parse(part: bytes) -> _Root:
    root = _Root()
    parser = ParserCreate()

    def open_root(name: str, attributes: dict[str, str]) -> None:
        root.name, root.attributes = name.rpartition(":")[2], attributes
        parser.StartElementHandler = None

    parser.StartElementHandler = open_root
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _refuse_encoding
    parser.CommentHandler = parser.StartCdataSectionHandler = root.note
    parser.ProcessingInstructionHandler = root.note
    try:
        parser.Parse(part, True)
    except (ExpatError, LookupError, ValueError) as error:
        raise RefusedError("K104", DAMAGED) from error
    return root


def _refuse_doctype(*_: object) -> None:
    raise RefusedError("K104", "có phần khai báo lạ")


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and encoding.lower() not in ENCODINGS:
        raise RefusedError("K104", "bảng mã lạ")


def _check_shape(part: bytes) -> None:
    """Check depth and attributes by counting signs: much quicker than being called for each tag.

    A piece that could not be too deep, whatever the order of its tags, is not looked into.
    """
    depth = -part.startswith(b"<?xml")
    for piece in _pieces(part):
        closed = piece.count(b"</")
        opened = piece.count(b"<") - closed - piece.count(b"/>")
        if depth + opened > held().depth:
            _check_depth(piece, depth)
        if piece.count(b"=") > held().attributes:
            _check_attributes(piece)
        depth += opened - closed


def _pieces(part: bytes) -> Iterator[bytes]:
    """Yield a part piece by piece, no tag cut in two."""
    start = 0
    while start < len(part):
        end = part.find(b"<", start + PIECE)
        end = len(part) if end < 0 else end
        yield part[start:end]
        start = end


def _check_depth(piece: bytes, depth: int) -> None:
    steps = [some.count(b"<") - some.count(b"/>") - 1 for some in piece.split(b"</")]
    if max(accumulate(steps, initial=depth + 1)) > held().depth:
        raise RefusedError("K104", DEEP)


def _check_attributes(piece: bytes) -> None:
    most = held().attributes
    for some in piece.split(b"<"):
        if some.count(b"=") > most:
            tag = some.partition(b">")[0]
            if len(ATTRIBUTE.findall(tag)) > most:
                raise RefusedError("K104", "phần bên trong có quá nhiều thuộc tính")


def _check_slowly(part: bytes) -> None:
    """Check depth and attributes where comments or stray signs keep tags from being counted."""
    parser, depth, most = ParserCreate(), 0, held()

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > most.depth or len(attributes) > 2 * most.attributes:
            raise RefusedError("K104", DEEP)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(part, True)
