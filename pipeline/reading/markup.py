"""Whether a part of a package is plain XML: whole, UTF-8, no DOCTYPE, neither deep nor endless."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pyexpat import ExpatError, ParserCreate

from pipeline.model.limits import LIMITS, MIB
from pipeline.reading.limits import RefusedError

DAMAGED, DEEP = "phần bên trong bị hỏng", "phần bên trong lồng quá sâu"
LONG_TAG = re.compile(rb"<[^<>]{256,}")
ATTRIBUTE = re.compile(rb"""[\w.:-]\s*=\s*["']""")
ENCODINGS = (None, "utf-8", "us-ascii")


@dataclass
class _Root:
    """The root element of a part and what may not stand in it."""

    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def read_root(part: bytes) -> tuple[str, dict[str, str]]:
    """Return the root's local name and attributes; refuses whatever readers take differently."""
    if part.count(b"<") > LIMITS.tags:
        raise RefusedError("K103", "bung ra quá lớn")
    if b"\x00" in part[:4]:
        raise RefusedError("K104", "bảng mã lạ")
    root = _parse(part)
    if _is_bare(part):
        _check_depth(part)
        _check_long_tags(part)
    else:
        _check_slowly(part)
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


def _is_bare(part: bytes) -> bool:
    """Say whether signs < and > stand nowhere but around tags, so that tags can be counted."""
    plain = part.count(b"<") == part.count(b">") and b"<!" not in part
    return plain and part.count(b"<?") == part.startswith(b"<?xml")


def _check_depth(part: bytes) -> None:
    """Count what opens and closes: much quicker than being called for each element."""
    depth = -part.startswith(b"<?xml")
    for window in _windows(part):
        steps = [piece.count(b"<") - piece.count(b"/>") - 1 for piece in window.split(b"</")]
        steps[0] += 1
        depths = list(accumulate(steps, initial=depth))
        if max(depths) > LIMITS.depth:
            raise RefusedError("K104", DEEP)
        depth = depths[-1]


def _windows(part: bytes) -> Iterator[bytes]:
    """Yield a part piece by piece, no tag cut in two."""
    start = 0
    while start < len(part):
        end = part.find(b"<", start + MIB)
        end = len(part) if end < 0 else end
        yield part[start:end]
        start = end


def _check_long_tags(part: bytes) -> None:
    for tag in LONG_TAG.finditer(part):
        if len(ATTRIBUTE.findall(tag[0])) > LIMITS.attributes:
            raise RefusedError("K104", "phần bên trong có quá nhiều thuộc tính")


def _check_slowly(part: bytes) -> None:
    """Check depth and attributes where comments or stray signs keep tags from being counted."""
    parser, depth = ParserCreate(), 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > LIMITS.depth or len(attributes) > 2 * LIMITS.attributes:
            raise RefusedError("K104", DEEP)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(part, True)
