"""Word documents that tell whether anybody has saved them since the program wrote them.

The seal is a hash of all members, kept among the document's own properties: it goes wherever the
file goes, and no program that saves the document again can leave it right.
"""

import hashlib
import io
import re
import zipfile

from pipeline.tools.zips import BROKEN

PROPERTIES = "docProps/core.xml"
EMPTY = b"<dc:identifier>sauro</dc:identifier>"
SEALED = re.compile(rb"<dc:identifier>sauro-([0-9a-f]{64})</dc:identifier>")


def seal(package: bytes) -> bytes:
    """Return a document with its seal and without the hour it was zipped: same parts, same bytes.

    Its identifier must be «sauro».
    """
    parts = _parts(package)
    mark = f"<dc:identifier>sauro-{_digest(parts)}</dc:identifier>".encode()
    parts[PROPERTIES] = parts[PROPERTIES].replace(EMPTY, mark)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def is_untouched(package: bytes) -> bool:
    """Say whether a file is a document just as `seal` left it; no document at all is not."""
    try:
        parts = _parts(package)
    except (*BROKEN, RuntimeError):  # the latter where there is a password
        return False
    found = SEALED.search(parts.get(PROPERTIES, b""))
    if found is None:
        return False
    parts[PROPERTIES] = parts[PROPERTIES].replace(found[0], EMPTY)
    return _digest(parts) == found[1].decode()


def _parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return {name: source.read(name) for name in source.namelist()}


def _digest(parts: dict[str, bytes]) -> str:
    """Return one hash over names and contents."""
    digest = hashlib.sha256()
    for name, data in parts.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
