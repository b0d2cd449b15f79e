"""Whether a printed PDF is what it claims: PDF/A-2a and PDF/UA-1, ours alone. `make pdf-check`.

page-validation holds it to every rule of both standards that a machine can check; what we promise
beyond them stands in _ours(). qpdf, pdffonts and, where it is on the PATH, veraPDF have their say.
"""

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from page import validate_pdf_bytes
from pypdf import PdfReader

OURS = ("Liberation-Serif", "Sauro-Symbols")
PROFILES = ("2a", "ua1")
# Deflated data may end in 0x0D; before the line end of «endstream» the checker takes it for a part
# of that line end and says the stream is one byte short.
MISREAD = "PDFA2A-STREAM-LENGTH-001"
CHECKERS = {
    "qpdf": ["qpdf", "--check"],
    "pdffonts": ["pdffonts"],
    "verapdf": ["verapdf", "--format", "text", "--flavour", "2a"],
}


def faults(pdf: bytes) -> list[str]:
    """Return what is wrong with a PDF, one line each, in order; [] is good."""
    broken = {
        f"{failure.rule_id}: {failure.message}"
        for profile in PROFILES
        for failure in validate_pdf_bytes(pdf, profile=profile).failures
        if failure.rule_id != MISREAD
    }
    return sorted({*broken, *_ours(PdfReader(io.BytesIO(pdf)))})


def _ours(reader: PdfReader) -> Iterator[str]:
    """Yield what both standards allow and we do not."""
    if reader.trailer["/Root"].get("/Lang") != "vi":
        yield "the language is not vi"
    if not reader.outline:
        yield "there are no bookmarks"
    if reader.attachments:
        yield "files are attached"
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            name = font.get_object()["/BaseFont"]
            if not name.split("+")[-1].startswith(OURS):
                yield f"font {name} is not ours"
        marks = [mark.get_object() for mark in page.get("/Annots", [])]
        if any("/A" in mark and "/URI" in mark["/A"] for mark in marks):
            yield "a link leads out of the document"


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
