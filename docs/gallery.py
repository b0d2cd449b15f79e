"""Show every page that is printed for the sample commune as a picture, docs/gallery/.

python docs/gallery.py    runs the sample in a folder of its own; needs poppler-utils and
                          libreoffice-writer, and pypdf of the tests
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from pypdf import PdfReader

from pipeline import ROOT
from pipeline.model.folders import DOCUMENTS, DRAFTS, PACKET, list_cycles

DOCS = Path(__file__).resolve().parent
PICTURES, INDEX = DOCS / "gallery", DOCS / "trang-in-mau.md"
SAMPLE = ROOT / "sample_data"
DENSITY, COLOURS = "70", 16  # dots an inch; grey, black and the accent need no more
TITLES = dict(zip(DOCUMENTS, ("Dự thảo biên bản", "Dự thảo thông báo kết luận"), strict=True))
HEAD = """# Trang in mẫu

Từng trang của hồ sơ họp và hai dự thảo văn bản, in từ dữ liệu mẫu trong `sample_data/` (người và số
liệu đều do chương trình đặt ra); trang chẵn bên trái, trang lẻ bên phải như khi mở tập in hai mặt.
Làm lại: `make gallery`.
"""


def main() -> None:
    """Write docs/gallery/ and docs/trang-in-mau.md anew."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    with TemporaryDirectory() as place:
        papers = _print_sample(Path(place))
        parts = [_part(title, pdf) for title, pdf in papers.items()]
    INDEX.write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def _print_sample(place: Path) -> dict[str, Path]:
    """Return the sample's packet and documents as PDF by their titles."""
    data, output = place / "data", place / "output"
    shutil.copytree(SAMPLE, data)
    code = "from pipeline.cli import start; start()"
    command = [sys.executable, "-c", code, "cycle", "--data", str(data), "--output", str(output)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    made = output / str(list_cycles(data)[-1])
    drafts = [str(made / DRAFTS / name) for name in DOCUMENTS]
    profile = f"-env:UserInstallation=file://{place}/profile"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(place)]
    subprocess.run([*office, *drafts], check=True, stdout=subprocess.DEVNULL)
    documents = {title: (place / name).with_suffix(".pdf") for name, title in TITLES.items()}
    return {"Hồ sơ họp": made / PACKET, **documents}


def _part(title: str, pdf: Path) -> str:
    """Make the pictures of one paper; return its part of the index, pages facing each other."""
    subprocess.run(["pdftoppm", "-r", DENSITY, "-png", pdf, pdf.with_suffix("")], check=True)
    cells = []
    for number, (picture, heading) in enumerate(
        zip(sorted(pdf.parent.glob(f"{pdf.stem}-*.png")), _headings(pdf), strict=True), 1
    ):
        name = f"{pdf.stem}-{number:02d}.png"
        with Image.open(picture) as page:
            few = page.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(PICTURES / name, optimize=True)
        cells.append(f"![{title}, trang {number}: {heading}](gallery/{name}) {number}. {heading}")
    sides = ["", *cells, ""][: len(cells) + 1 + (len(cells) + 1) % 2]
    rows = [f"| {left} | {right} |" for left, right in zip(sides[::2], sides[1::2], strict=True)]
    return "\n".join([f"## {title}", "", "| | |", "| --- | --- |", *rows, ""])


def _headings(pdf: Path) -> Iterator[str]:
    """Yield the heading every page begins with, or goes on under, by the bookmarks."""
    reader = PdfReader(pdf)
    marks = [mark for mark in reader.outline if not isinstance(mark, list)]
    places = [(reader.get_destination_page_number(mark), mark.title) for mark in marks]
    under = reader.metadata.title
    for number in range(len(reader.pages)):
        here = [title for page, title in places if page == number]
        yield here[0] if here else under
        under = here[-1] if here else under


if __name__ == "__main__":
    main()
