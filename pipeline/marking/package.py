"""A workbook's package: its parts, how they are related, and packing it again.

Parts that are not changed are copied as they lie in the file, still packed, in the same order.
"""

import posixpath
import struct
import zipfile
from collections.abc import Mapping
from html import escape
from io import BytesIO

from pipeline.marking.markup import LARGEST, Markup, OddError
from pipeline.tools.zips import BROKEN

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES_PART, SIGNATURES = "[Content_Types].xml", "_xmlsignatures/"
MEMBER, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
ENTRY_SIZE, END_SIZE = 46, 22


class Package:
    """The parts of a package, with those changed and added so far."""

    def __init__(self, data: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(BytesIO(data))
        except BROKEN as error:
            raise OddError("not a package") from error
        self.data = data
        self.written: dict[str, bytes] = {}
        names = self.archive.namelist()
        self.names = {name.lower() for name in names}
        if len(self.names) < len(names) or not all(map(str.isascii, names)):
            raise OddError("two parts have one name, or a name another spelling")
        if any(name.startswith(SIGNATURES) for name in self.names):
            raise OddError("the package is signed")

    def read(self, name: str) -> bytes:
        """Return a part as it now is."""
        if name in self.written:
            return self.written[name]
        try:
            if self.archive.getinfo(name).file_size > LARGEST:
                raise OddError("a part is too large")
            return self.archive.read(name)
        except BROKEN as error:
            raise OddError("a part is damaged") from error
        except (KeyError, RuntimeError) as error:  # not there, or locked with a password
            raise OddError(f"{name} cannot be read") from error

    def write(self, name: str, part: bytes) -> None:
        """Change or add a part."""
        self.names.add(name.lower())
        self.written[name] = part

    def add(self, pattern: str, part: str, content_type: str) -> str:
        """Add a part under the first free name of a numbered pattern; return the name."""
        numbers = range(1, len(self.names) + 2)
        name = next(name for n in numbers if (name := pattern.format(n)).lower() not in self.names)
        self.write(name, part.encode())
        override = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
        self._extend(TYPES_PART, TYPES, override)
        return name

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return id → (type's last word, target) of what a part is related to inside."""
        where = _relations_of(name)
        if where.lower() not in self.names:
            return {}
        found = {}
        for relation in Markup(self.read(where), RELATIONS, 2).root.children:
            own = relation.attributes
            target = posixpath.join("/", posixpath.dirname(name), own.get("Target", ""))
            inside = own.get("TargetMode", "Internal") == "Internal"
            path = posixpath.normpath(target).lstrip("/") if inside else ""
            found[own.get("Id", "")] = own.get("Type", "").rpartition("/")[2], path
        return found

    def relate(self, name: str, kind: str, target: str) -> str:
        """Relate a part to another; return the relation's id."""
        where = _relations_of(name)
        taken = self.relations(name)
        own = next(own for n in range(1, len(taken) + 2) if (own := f"rId{n}") not in taken)
        if where.lower() not in self.names:
            self.write(where, f'{HEAD}<Relationships xmlns="{RELATIONS}"/>'.encode())
        path = escape(posixpath.relpath(target, posixpath.dirname(name)))
        relation = f'<Relationship Id="{own}" Type="{OFFICE}/{kind}" Target="{path}"/>'
        self._extend(where, RELATIONS, relation)
        return own

    def _extend(self, name: str, space: str, xml: str) -> None:
        markup = Markup(self.read(name), space, 1)
        markup.add(markup.root, xml)
        self.write(name, markup.edited())

    def packed(self) -> bytes:
        """Return the package with the changed parts in their places and the added ones last."""
        kept, fresh = _members(self.data), _members(_zip(self.written))
        return _joined({**kept, **fresh})


def _relations_of(name: str) -> str:
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """Return parts as a package of their own; the same parts, the same bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, part in parts.items():
            target.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _members(data: bytes) -> dict[bytes, tuple[bytes, bytes]]:
    """Return name → (the member as it lies in the file, its entry in the directory)."""
    end = data[-END_SIZE:]
    count, _, directory = struct.unpack("<HII", end[10:20])
    entries, at = [], directory
    while data.startswith(ENTRY, at):
        size = ENTRY_SIZE + sum(struct.unpack("<3H", data[at + 28 : at + 34]))
        entries.append(data[at : at + size])
        at += size
    starts = [struct.unpack("<I", entry[42:46])[0] for entry in entries]
    whole = end.startswith(END) and len(set(starts)) == count
    if not whole or not all(data.startswith(MEMBER, at) for at in starts):
        raise OddError("the package is put together in another way")
    ends = dict(zip(sorted(starts), [*sorted(starts)[1:], directory], strict=True))
    return {
        _name(entry): (data[start : ends[start]], entry)
        for start, entry in zip(starts, entries, strict=True)
    }


def _name(entry: bytes) -> bytes:
    return entry[ENTRY_SIZE : ENTRY_SIZE + struct.unpack("<H", entry[28:30])[0]]


def _joined(members: Mapping[bytes, tuple[bytes, bytes]]) -> bytes:
    """Return the package of these members: one after the other, then the directory."""
    pieces, directory, at = [], [], 0
    for member, entry in members.values():
        pieces.append(member)
        directory.append(entry[:42] + struct.pack("<I", at) + entry[46:])
        at += len(member)
    size = sum(map(len, directory))
    count = len(directory)
    end = struct.pack("<4s4H2IH", END, 0, 0, count, count, size, at, 0)
    return b"".join([*pieces, *directory, end])
