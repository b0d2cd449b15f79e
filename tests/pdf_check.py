"""Whether a printed PDF is what it claims: PDF/A-2a, tagged, ours alone. `make pdf-check` runs it.

What Python can see stands in faults(); then qpdf and pdffonts, and the checkers of PDF/A and PDF/UA
that happen to be on the PATH (verapdf, pdfua), have their say.
"""

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

OURS = ("Liberation-Serif", "Sauro-Symbols")
LIVE = ("/OpenAction", "/AA", "/AcroForm", "/Collection")
CHECKERS = {
    "qpdf": ["qpdf", "--check"],
    "pdffonts": ["pdffonts"],
    "verapdf": ["verapdf", "--format", "text", "--flavour", "2a"],
    "pdfua": ["pdfua", "check"],
}


def faults(pdf: bytes) -> list[str]:
    """Return what is wrong with a PDF, one sentence each, in order; [] is good."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    checks = (_claims, _live, _fonts, _tags, _links)
    return sorted({fault for check in checks for fault in check(reader, root)})


def _claims(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    """Yield what the document does not say of itself, or says otherwise than it should."""
    metadata = root["/Metadata"].get_data().decode()
    claimed = [re.search(rf"pdfaid:{key}\W+(\w+)", metadata) for key in ("part", "conformance")]
    if [found and found[1] for found in claimed] != ["2", "A"]:
        yield "the metadata do not claim PDF/A-2a"
    if root.get("/Lang") != "vi":
        yield "the language is not vi"
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "the document is not marked as tagged"
    if not reader.metadata.title:
        yield "there is no title"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "a viewer shows the file name, not the title"
    if not reader.outline:
        yield "there are no bookmarks"


def _live(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    """Yield what is attached or acts."""
    if reader.attachments or "/AF" in root:
        yield "files are attached"
    if reader.is_encrypted:
        yield "the file is encrypted"
    yield from (f"the document acts by itself ({key})" for key in LIVE if key in root)
    if "/JavaScript" in root.get("/Names", {}):
        yield "there are scripts"


def _fonts(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    fonts = {
        font.get_object()["/BaseFont"]: font.get_object()
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    for name, font in fonts.items():
        if not name.split("+")[-1].startswith(OURS):
            yield f"font {name} is not ours"
        described = font.get("/DescendantFonts", [font])[0].get_object()["/FontDescriptor"]
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & described.keys():
            yield f"font {name} is not embedded"
        if "/ToUnicode" not in font:
            yield f"text in {name} cannot be copied"


def _tags(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    """Yield pictures without words, headings that skip a level, pages outside the tag tree."""
    elements = list(_elements(root["/StructTreeRoot"].get("/K")))
    if any(one["/S"] == "/Figure" and not one.get("/Alt") for one in elements):
        yield "a picture has no words"
    levels = [int(one["/S"][2:]) for one in elements if re.fullmatch(r"/H[1-6]", one["/S"])]
    if any(level > before + 1 for before, level in zip([0, *levels], levels, strict=False)):
        yield "a heading skips a level"
    if any("/StructParents" not in page for page in reader.pages):
        yield "a page is not in the tag tree"


def _elements(node: object) -> Iterator[DictionaryObject]:
    waiting = [node]
    while waiting:
        one = waiting.pop(0).get_object() if hasattr(waiting[0], "get_object") else waiting.pop(0)
        if isinstance(one, ArrayObject):
            waiting = [*one, *waiting]
        elif isinstance(one, DictionaryObject) and "/S" in one:
            yield one
            waiting = [*([one["/K"]] if "/K" in one else []), *waiting]


def _links(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    """Yield links that lead out of the document, are not tagged or have no tab order."""
    for page in reader.pages:
        marks = [mark.get_object() for mark in page.get("/Annots", [])]
        if any("/A" in mark and "/URI" in mark["/A"] for mark in marks):
            yield "a link leads out of the document"
        if any("/StructParent" not in mark for mark in marks):
            yield "a link is not tagged"
        if any("/Contents" not in mark for mark in marks):
            yield "a link has no description"
        if marks and page.get("/Tabs") != "/S":
            yield "a page with links has no tab order"


def main(files: list[str]) -> int:
    """Tell what every checker found about each file; return 1 where ours or qpdf found a fault."""
    wrong = False
    for file in map(Path, files):
        found = faults(file.read_bytes())
        wrong |= bool(found)
        print(f"{file}: {'; '.join(found) or 'no fault found'}")
        for name, command in CHECKERS.items():
            if not shutil.which(name):
                print(f"  {name}: not on the PATH")
                continue
            done = subprocess.run([*command, str(file)], capture_output=True, text=True)
            wrong |= bool(done.returncode)
            print(f"  {name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
