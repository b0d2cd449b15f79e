"""The prefixes of .ods: readers know its languages by the usual ones, whatever a file says."""

import re

from pipeline.reading.limits import RefusedError
from pipeline.reading.places import INSIDE

OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
USUAL = {
    **{
        f"{OPEN}{name}:1.0".encode(): name.encode() for name in ("office", "table", "text", "style")
    },
    f"{OPEN}drawing:1.0".encode(): b"draw",
    f"{OPEN}dr3d:1.0".encode(): b"dr3d",
    b"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": b"calcext",
}
DECLARED = re.compile(rb"""\sxmlns:([\w.-]+)\s*=\s*["']([^"']*)["']""")
TAG = re.compile(rb"<[^!?]" + INSIDE + rb"/?>")


def with_usual_prefixes(part: bytes) -> bytes:
    """Return content.xml with the usual prefixes; refuses one that uses them for other things."""
    declared = dict(DECLARED.findall(part))
    renamed = {
        name: USUAL[space] for name, space in declared.items() if USUAL.get(space, name) != name
    }
    if not renamed:
        return part
    if not declared.keys().isdisjoint(renamed.values()):
        raise RefusedError("K104", "ô ghi theo ngôn ngữ lạ")
    names = b"|".join(map(re.escape, renamed))
    name = re.compile(rb"""("[^"]*"|'[^']*')|((?:^</?|\s)(?:xmlns:)?)(%b)(?=[:=])""" % names)

    def rename(found: re.Match[bytes]) -> bytes:
        return found[1] or found[2] + renamed[found[3]]

    return TAG.sub(lambda tag: name.sub(rename, tag[0]), part)
