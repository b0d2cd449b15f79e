"""Letters and zips as they come in: each is what its bytes are, and says so."""

from base64 import b64encode
from datetime import datetime

import pytest

from pipeline import intake, reading
from pipeline.intake.opening import open_parcel
from pipeline.model.calendar import VIETNAM
from pipeline.model.layout import layout
from tests import sheets
from tests.test_intake import FULL, NOON


def sent_as(name: str, data: bytes, folder) -> list[tuple[str, str]]:
    """Return name and finding code of what one file brings, "" for a workbook that is read."""
    folder.joinpath(name).write_bytes(data)
    opened, _ = intake.open_file(folder / name, NOON, open_parcel)
    return [(package.file, _code(package)) for package in opened]


def _code(package) -> str:
    if package.problem:
        return f"{package.problem['code']} {package.problem['fact']}".strip()
    raw = reading.read_workbook(package.data, package.file, layout("unit"), frozenset({"tasks"}))
    return next((f"{row['code']} {row['fact']}".strip() for row in raw.findings), "")


OLE_LETTER = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "__substg1.0".encode("utf-16-le")


@pytest.mark.parametrize("ending", [".eml", ".zip"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (sheets.xlsx({"Nhiệm vụ": FULL}), ""),
        (OLE_LETTER, "K120 Outlook .msg"),
        (b"\xff\xd8\xff\xe0" + b"x" * 400, "K122 ảnh JPEG"),
        (b"%PDF-1.7", "K121"),
        (b"Rar!\x1a\x07\0" + b"x" * 99, "K126 .rar"),
        (b"\0" * 5000, "K104 tệp toàn số 0"),
        (b"", "K104 tệp rỗng"),
        (b"PK\x03\x04" + b"x" * 99, "K104 gói nén bị đứt hoặc sai"),
    ],
)
def test_a_file_is_what_its_bytes_are_whatever_it_is_called(tmp_path, ending, data, said):
    assert sent_as(f"phieu{ending}", data, tmp_path) == [(f"phieu{ending}", said)]


def attached(encoding: str, cut: int | None = None, date: str = "") -> bytes:
    """Return a letter with one workbook in base64, its encoding spelt so, cut off somewhere."""
    packed = b64encode(sheets.xlsx({"Nhiệm vụ": FULL})).decode()
    lines = "\n".join(packed[at : at + 76] for at in range(0, len(packed), 76))
    text = (
        f"From: a@b.vn\nMIME-Version: 1.0\n{date}Content-Type: multipart/mixed; boundary=x\n\n"
        '--x\nContent-Type: application/octet-stream; name="a.xlsx"\n'
        f"Content-Transfer-Encoding: {encoding}\n\n{lines}\n--x--\n"
    )
    return text.encode()[:cut]


@pytest.mark.parametrize("encoding", ["base64", "base64 ", "BASE64;", "7bit", "quoted-printable"])
def test_an_attachment_is_decoded_however_its_encoding_is_spelt(tmp_path, encoding):
    assert sent_as("thu.eml", attached(encoding), tmp_path) == [("thu.eml › a.xlsx", "")]


@pytest.mark.parametrize("cut", [2000, 2001, 2002, 2003])
def test_a_letter_cut_off_within_its_attachment_says_so(tmp_path, cut):
    said = "K104 gói nén bị đứt hoặc sai"
    assert sent_as("thu.eml", attached("base64", cut), tmp_path) == [("thu.eml › a.xlsx", said)]


@pytest.mark.parametrize("name", ["thu.mht", "thu.txt", "thu"])
def test_a_letter_by_any_name_is_opened_where_it_brings_a_workbook(tmp_path, name):
    assert sent_as(name, attached("base64"), tmp_path) == [(f"{name} › a.xlsx", "")]
    page = b"MIME-Version: 1.0\nContent-Type: text/html\n\n<html><table></table></html>"
    assert sent_as(name, page, tmp_path) == [(name, "K123 MHTML")]


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        *(("GMT+7", 9), ("UTC+07:00", 9), ("ICT", 9), ("GMT-1", 17), ("GMT", 16), ("+0700", 9)),
        *(("+07 (ICT)", 9), ("+07:00 (ICT)", 9), ("+0700 (Indochina Time)", 9), ("UTC+7 (VN)", 9)),
    ],
)
def test_a_zone_is_known_as_programs_write_it(zone, hour):
    date = f"Date: Mon, 16 Nov 2026 09:12:00 {zone}\n"
    parcel = open_parcel("thu.eml", attached("base64", date=date))
    assert parcel.sent == datetime(2026, 11, 16, hour, 12, tzinfo=VIETNAM)
    assert parcel.findings == []
