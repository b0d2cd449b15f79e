"""Show every page printed for the sample commune, and for a province, in docs/gallery/.

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
from tests.communes import BEFORE, MONTH, make_communes

DOCS = Path(__file__).resolve().parent
PICTURES, INDEX = DOCS / "gallery", DOCS / "trang-in-mau.md"
SAMPLE = ROOT / "sample_data"
DENSITY, COLOURS = "70", 16  # dots an inch; grey, black and the accent need no more
TITLES = dict(zip(DOCUMENTS, ("Dự thảo biên bản", "Dự thảo thông báo kết luận"), strict=True))
CLOSED_MONTH, NOW = "2026-10", "2026-11-17T16:00+07:00"
OF_UNIT, OF_PERSON = "KT.pdf", "CB006.pdf"  # whose sheets are shown of those that all have
COMMUNES = ("An Thạnh", "Bình Lâm", "Cát Hưng", "Đak Rong", "Ia Hrung", "Tây Vinh")
HEAD = """# Trang in mẫu

Từng trang của hồ sơ họp, hai dự thảo văn bản và các phiếu, báo cáo khác, in từ dữ liệu mẫu trong
`sample_data/` (người và số liệu đều do chương trình đặt ra; bản của tỉnh cộng từ sáu xã đặt ra);
trang chẵn bên trái, trang lẻ bên phải như khi mở tập in hai mặt. Làm lại: `make gallery`.
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
    """Return all papers of the sample, and those of a province, as PDF by their titles."""
    data, output = place / "data", place / "output"
    shutil.copytree(SAMPLE, data)
    cycles = [str(cycle) for cycle in list_cycles(data)]
    for words in (
        ["cycle"],
        ["urge"],
        ["sheets"],
        ["month", CLOSED_MONTH],
        ["forms", CLOSED_MONTH],
    ):
        _sauro(*words, "--data", data, "--output", output, "--now", NOW)
    _sauro("review", *cycles, "--data", data, "--output", output, "--now", NOW)
    communes = make_communes(place / "communes", COMMUNES, (*BEFORE, *MONTH))
    _sauro("rollup", communes, "--period", MONTH[0][:7], "--output", output)
    made = output / cycles[-1]
    papers = {
        "Hồ sơ họp": made / PACKET,
        **_documents(made, place),
        "Phiếu sửa": made / "phieu-sua" / OF_UNIT,
        "Phiếu đôn đốc": made / "don-doc" / OF_UNIT,
        "Phiếu cá nhân": made / "phieu-ca-nhan" / OF_PERSON,
        "Tổng hợp tháng": output / CLOSED_MONTH / "tong-hop-thang.pdf",
        "Mẫu 01": output / CLOSED_MONTH / "mau-01" / OF_PERSON,
        "Sơ kết": output / f"so-ket-{cycles[0]}--{cycles[-1]}" / "so-ket.pdf",
        "Tổng hợp của tỉnh": output / f"tinh-{MONTH[0][:7]}" / "tong-hop-tinh.pdf",
    }
    return {title: _named(pdf, place / "papers") for title, pdf in papers.items()}


def _sauro(*words: object) -> None:
    code = "from pipeline.cli import start; start()"
    command = [sys.executable, "-c", code, *map(str, words)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def _named(pdf: Path, folder: Path) -> Path:
    """Return a copy named after what it is: a sheet of one unit or person has a bare code."""
    folder.mkdir(exist_ok=True)
    bare = pdf.name in (OF_UNIT, OF_PERSON)
    return shutil.copy(pdf, folder / (f"{pdf.parent.name}.pdf" if bare else pdf.name))


def _documents(made: Path, place: Path) -> dict[str, Path]:
    """Return the drafts for Word as PDF by their titles."""
    drafts = [str(made / DRAFTS / name) for name in DOCUMENTS]
    profile = f"-env:UserInstallation=file://{place}/profile"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(place)]
    subprocess.run([*office, *drafts], check=True, stdout=subprocess.DEVNULL)
    return {title: (place / name).with_suffix(".pdf") for name, title in TITLES.items()}


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
