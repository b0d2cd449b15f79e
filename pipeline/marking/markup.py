"""One part's XML, edited in place: every byte that is not part of an edit stays as it was.

A library that reads a part and writes it again changes more than it was asked to. Here the parser
only says at which byte each element begins and ends, and the edits are put in there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from pyexpat import ExpatError, ParserCreate

LARGEST = 8 * 1024 * 1024  # bytes of a part; a unit's own are a hundred times smaller
NAME = re.compile(rb"<(?:([^\s/>:]+:)?[^\s/>]+)")
START_TAG = re.compile(rb"<(?>(?:[^>\"']|\"[^\"]*+\"|'[^']*+')+)>")
ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
TAG = re.compile(rb"<[^>]*>")
OWN_TAG = re.compile(r"<(/?)(?=\w)")


class OddError(Exception):
    """A package that is not changed, because the change might damage it."""


@dataclass(eq=False)
class Element:
    """An element and the bytes where its start tag, content and end tag begin."""

    name: str  # without its namespace if that is the part's own
    attributes: Mapping[str, str]
    start: int
    content: int
    closing: int = 0
    end: int = 0
    children: list["Element"] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether one tag is the whole element."""
        return self.end == self.content

    def child(self, name: str) -> "Element | None":
        """Return the first child of this name."""
        return next((child for child in self.children if child.name == name), None)


class Markup:
    """The elements of one part down to a depth, and the edits made so far."""

    def __init__(self, part: bytes, space: str, depth: int) -> None:
        if len(part) > LARGEST:
            raise OddError("a part is too large")
        self.part = part
        self.root = _Parser(part, space, depth).root()
        self.changed: dict[Element, dict[str, str]] = {}
        self.added: dict[Element, list[bytes]] = {}
        self.inserted: dict[Element, list[bytes]] = {}
        self.removed: list[Element] = []

    def set(self, element: Element, **attributes: object) -> None:
        """Set attributes of an element."""
        values = {name: str(value) for name, value in attributes.items()}
        self.changed.setdefault(element, {}).update(values)

    def add(self, parent: Element, xml: str, before: Element | None = None) -> None:
        """Add an element in the part's own namespace before a child, or as the last one."""
        self.add_raw(parent, self._in_own_space(parent, xml), before)

    def add_raw(self, parent: Element, xml: bytes, before: Element | None = None) -> None:
        """Add an element as it stands."""
        place, key = (self.added, parent) if before is None else (self.inserted, before)
        place.setdefault(key, []).append(xml)

    def remove(self, element: Element) -> None:
        """Leave an element out."""
        self.removed.append(element)

    def text(self, element: Element) -> str:
        """Return the text in an element, whatever elements it stands in."""
        inside = self.part[element.content : element.closing]
        return unescape(TAG.sub(b"", inside).decode())

    def copy(self, element: Element, **attributes: object) -> bytes:
        """Return an element as it stands, but for some attributes of its start tag."""
        values = {name: str(value) for name, value in attributes.items()}
        tag = _with_attributes(self.part[element.start : element.content], values)
        return tag + self.part[element.content : element.end]

    def edited(self) -> bytes:
        """Return the part with all edits put in."""
        pieces, at = [], 0
        for start, end, xml in sorted(self._edits(), key=lambda edit: edit[:2]):
            pieces += [self.part[at:start], xml]
            at = end
        return b"".join([*pieces, self.part[at:]])

    def _edits(self) -> list[tuple[int, int, bytes]]:
        """Return (start, end, what stands there instead) of every edit."""
        edits = [(e.start, e.start, b"".join(xml)) for e, xml in self.inserted.items()]
        edits += [(element.start, element.end, b"") for element in self.removed]
        for element in {**self.changed, **self.added}:
            tag = self.part[element.start : element.content]
            tag = _with_attributes(tag, self.changed.get(element, {}))
            more = b"".join(self.added.get(element, []))
            if more and element.is_empty:
                more = tag[:-2] + b">" + more + b"</" + self._tag_name(element) + b">"
                edits.append((element.start, element.end, more))
            else:
                edits.append((element.start, element.content, tag))
                edits.append((element.closing, element.closing, more))
        return edits

    def _tag_name(self, element: Element) -> bytes:
        return NAME.match(self.part, element.start)[0][1:]

    def holds(self, element: Element, xml: str) -> bool:
        """Say whether an element is written just so."""
        return self.part[element.start : element.end] == self._in_own_space(element, xml)

    def _in_own_space(self, parent: Element, xml: str) -> bytes:
        """Return XML with the prefix its parent's tag has for the namespace."""
        prefix = (NAME.match(self.part, parent.start)[1] or b"").decode()
        return OWN_TAG.sub(rf"<\g<1>{prefix}", xml).encode()


def _with_attributes(tag: bytes, values: Mapping[str, str]) -> bytes:
    """Return a start tag with attributes set; new ones stand behind the others."""
    for name, value in values.items():
        last = NAME.match(tag).end()
        for found in ATTRIBUTE.finditer(tag):
            last = found.end()
            if found[1] == name.encode():
                tag = tag[: found.start(2) + 1] + value.encode() + tag[found.end(2) - 1 :]
                break
        else:
            tag = tag[:last] + f' {name}="{value}"'.encode() + tag[last:]
    return tag


class _Parser:
    """One pass over a part that notes where its elements down to a depth stand."""

    def __init__(self, part: bytes, space: str, depth: int) -> None:
        self.part, self.space, self.depth = part, space, depth
        self.top = Element("", {}, 0, 0)
        self.open: list[Element | None] = [self.top]
        self.parser = ParserCreate("utf-8", namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._declared_type

    def root(self) -> Element:
        """Return the root, which must be of the part's namespace."""
        try:
            self.parser.Parse(self.part, True)
        except ExpatError as error:
            raise OddError("a part is damaged") from error
        (root,) = self.top.children
        if " " in root.name:
            raise OddError("a part is of another kind")
        return root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = None
        if len(self.open) <= self.depth:
            space, _, local = name.rpartition(" ")
            own = local if space == self.space else f"{space} {local}"
            at = self.parser.CurrentByteIndex
            element = Element(own, attributes, at, START_TAG.match(self.part, at).end())
            self.open[-1].children.append(element)
        self.open.append(element)

    def _end(self, _: str) -> None:
        if element := self.open.pop():
            element.closing = element.end = self.parser.CurrentByteIndex
            if self.part[element.content - 2 : element.content] != b"/>":
                element.end = self.part.index(b">", element.closing) + 1

    def _declared(self, _: str, encoding: str | None, __: int) -> None:
        if (encoding or "utf-8").lower() not in ("utf-8", "utf8"):
            raise OddError("a part is in another encoding")

    def _declared_type(self, *_: object) -> None:
        raise OddError("a part declares entities")
