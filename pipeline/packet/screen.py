"""The packet for a screen: the printed page's own content, folded and scrolling, in one file."""

from collections.abc import Iterable, Iterator
from itertools import chain
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from pipeline.tools.page import TEMPLATES

# Parsers of HTML know the namespace of drawings by themselves.
SVG = ' xmlns="http://www.w3.org/2000/svg"'
EMPTY = "<section></section>"
HEAD = (
    {"name": "viewport", "content": "width=device-width, initial-scale=1"},
    {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'",
    },
)


def for_screen(page: str) -> str:
    """Return a packet's page to be read on a phone or a computer, without network or scripts.

    The core stands open; the units and what comes after them are folded at first.
    """
    *parts, end = page.replace(SVG, "").split("</section>")
    between = [part.partition("<section")[0] for part in parts]
    root = ElementTree.fromstring(EMPTY.join([*between, end]))
    head, body = root.find("head"), root.find("body")
    _dress(head)
    _enclose(body, Element("main"))
    body.insert(0, _banner(body))
    first, *rest = _written(root).split(EMPTY)
    whole = zip(_sections(parts), rest, strict=True)
    return "".join(["<!DOCTYPE html>\n", first, *chain.from_iterable(whole), "\n"])


def _sections(parts: Iterable[str]) -> Iterator[str]:
    """Yield the section each part of a page ends with, folded.

    One at a time: all of a large page as a tree take twenty times its room.
    """
    core = True
    for part in parts:
        _, start, inside = part.partition("<section")
        section = ElementTree.fromstring(f"{start}{inside}</section>")
        core = core and section.get("class") != "unit"
        _fold(section, core)
        yield _written(section)


def _written(element: Element) -> str:
    """Return an element as HTML, all in it mended."""
    for parent in [*element.iter()]:
        _mend(parent)
    return ElementTree.tostring(element, encoding="unicode", method="html")


def _dress(head: Element) -> None:
    """Give the page the style of a screen in place of the printer's."""
    head.find("style").text = (TEMPLATES / "packet" / "screen.css").read_text("utf-8")
    for place, attributes in enumerate(HEAD, 1):
        head.insert(place, Element("meta", attributes))


def _banner(body: Element) -> Element:
    """Return what runs over every printed page: which packet, whose, which print."""
    banner = Element("header")
    banner.text = " · ".join(
        (body.get("data-meeting"), body.get("data-body"), f"Mã bản in {body.get('data-code')}")
    )
    return banner


def _enclose(element: Element, wrapper: Element) -> None:
    """Put all of an element's content into a wrapper, its only child."""
    wrapper.text, element.text = element.text, None
    wrapper.extend([*element])
    for child in [*wrapper]:
        element.remove(child)
    element.append(wrapper)


def _fold(section: Element, is_open: bool) -> None:
    """Make what stands under a section's heading open and close at it."""
    heading = section.find("h2")
    if heading is None or heading.get("class") == "plain":
        return
    section.remove(heading)
    _enclose(section, Element("details", {"open": ""} if is_open else {}))
    summary = Element("summary")
    summary.append(heading)
    section[0].insert(0, summary)


def _mend(parent: Element) -> None:
    """Let what is wide scroll, name drawings for those who hear the page, drop empty headings."""
    for place, child in enumerate(parent):
        if child.tag == "svg":
            child.set("role", "img")
        if child.tag == "table":
            child.set("style", f"--width:{_width(child):g}mm")
        if child.tag == "table" or (child.tag == "svg" and child.find("text") is not None):
            parent[place] = _scrolling(child)
        elif child.tag == "th" and not "".join(child.itertext()).strip():
            child.tag = "td"
        elif child.get("class") == "contents":
            child.tag = "nav"


def _width(table: Element) -> float:
    """Return how many millimetres wide a table is printed."""
    columns = (column.get("style") for column in table.iter("col"))
    return sum(float(style.removeprefix("width:").removesuffix("mm")) for style in columns)


def _scrolling(element: Element) -> Element:
    box = Element("div", {"class": "scroll", "tabindex": "0"})
    box.append(element)
    box.tail, element.tail = element.tail, None
    return box
