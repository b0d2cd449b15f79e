"""Intake: what lies in hop-thu, when it was received, and which version of a unit is in use."""

import io
import itertools
import os
import unicodedata
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256

import pytest

from pipeline import intake, reading
from pipeline.intake import letters, parcels
from pipeline.intake.opening import open_parcel
from pipeline.intake.packages import clean_name
from pipeline.intake.receipts import Receipt
from pipeline.model.calendar import VIETNAM, parse_cycle
from pipeline.model.findings import catalogue, finding
from pipeline.model.layout import layout
from pipeline.model.limits import LIMITS
from pipeline.model.registers import Registers
from pipeline.tools.spool import Spool
from tests import sheets
from tests.spelling import spellings

HEAD = "Mã việc | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú"
FULL = f"""
    5 | {HEAD}
    6 | KT-01 | 2 | 2026-11-09 | 0 | BC 15 | xong
    7 | KT-02 | 1 | 2026-11-10 | 0 | BC 16 | xong
"""
CYCLE = parse_cycle("2026-11-K1")
CUTOFF = datetime(2026, 11, 16, 17, 0, tzinfo=VIETNAM)
NOON = datetime(2026, 11, 15, 12, 0, tzinfo=VIETNAM)
DIGESTS = {"KT": "1a2b3c4d", "VP": "1a2b3c4d"}
REGISTERS = Registers({"KT": {}, "VP": {}}, {}, {}, {}, None)


def package(name, data, received):
    return intake.Package(
        name, Spool().keep(data), sha256(data).hexdigest(), received, "giờ của tệp"
    )


def book(table: str = FULL, unit: str = "KT", **changes: str) -> bytes:
    """Return a unit's workbook with its stamp; `cycle` and `digest` may be others than ours."""
    parts = {"cycle": "2026-11-K1", "rule_code": "QT-F211", "digest": "1a2b3c4d"} | changes
    return sheets.xlsx({"Nhiệm vụ": table}, stamp="|".join([unit, *parts.values()]))


def put(folder, name: str, data: bytes, received: datetime = NOON) -> None:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (received.timestamp(), received.timestamp()))


def letter(
    *attached: tuple[str, bytes], date: str | None = "Sun, 15 Nov 2026 02:15:00 +0000"
) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = "Báo cáo kỳ 1 tháng 11", "Phòng Kinh tế <kt@xa.vn>"
    if date:
        message["Date"] = date
    message.set_content("Kính gửi phiếu.")
    for name, data in attached:
        kind = {"maintype": "application", "subtype": "octet-stream"}
        message.add_attachment(data, **kind, filename=name)
    return message.as_bytes()


def collect(folder, receipts):
    return intake.collect(folder, receipts, open_parcel)


def read(package: intake.Package) -> reading.Reading:
    return reading.read_workbook(package.data, package.file, layout("unit"), frozenset({"tasks"}))


def settle(packages, receipts=None):
    readings = [read(package) for package in packages]
    order = (CYCLE, REGISTERS.units, DIGESTS, CUTOFF, receipts or ())
    return intake.settle(packages, readings, *order, lambda unit, raw: raw.findings)


def run(folder, receipts=None):
    """Return statuses by file, the file in use by unit, and (code, file) of every finding."""
    packages, noticed = collect(folder, receipts or ())
    submissions, used, found = settle(packages, receipts)
    statuses = {row["file"]: row["status"] for row in submissions}
    codes = [(row["code"], row["file"]) for row in noticed + found]
    return statuses, {unit: raw.file for unit, raw in used.items()}, codes


def without(codes: list[tuple[str, str]], *silent: str) -> list[tuple[str, str]]:
    return [(code, file) for code, file in codes if code not in ("K117", "K118", *silent)]


# --- the folder


def test_only_regular_files_are_opened(tmp_path):
    put(tmp_path, "phieu.xlsx", book())
    put(tmp_path, "ngoai.bin", b"x")
    (tmp_path / "lien-ket.xlsx").symlink_to(tmp_path / "phieu.xlsx")
    os.mkfifo(tmp_path / "ong.xlsx")
    (tmp_path / "thư mục").mkdir()
    statuses, used, codes = run(tmp_path)
    assert used == {"KT": "phieu.xlsx"}
    refused = {"lien-ket.xlsx", "ong.xlsx", "thư mục", "ngoai.bin"}
    assert {file for file, status in statuses.items() if status == "từ chối"} == refused
    assert sorted(without(codes)) == [
        ("K124", "ngoai.bin"),
        ("K127", "lien-ket.xlsx"),
        ("K127", "ong.xlsx"),
        ("K127", "thư mục"),
    ]


def test_temporary_files_are_named_and_system_files_are_not(tmp_path):
    named = [
        "~$phieu.xlsx",
        "._phieu.xlsx",
        ".~lock.phieu.xlsx#",
        "a.xlsx.crdownload",
        "b.part",
        "c.TMP",
    ]
    named += [".dropbox", ".phieu.xlsx.Ab12Cd"]
    for name in [*named, ".gitkeep", ".DS_Store", "Thumbs.db", "desktop.ini"]:
        put(tmp_path, name, b"x")
    packages, found = collect(tmp_path, ())
    assert packages == []
    assert [(row["code"], row["file"]) for row in found] == [
        ("K106", name) for name in sorted(named)
    ]


def test_a_report_with_a_hidden_name_is_read(tmp_path):
    put(tmp_path, ".an.xlsx", book())
    put(tmp_path, ".goi.zip", packed(**{"VP.xlsx": book(unit="VP")}))
    assert run(tmp_path)[1] == {"KT": ".an.xlsx", "VP": ".goi.zip › VP.xlsx"}


def test_a_missing_folder_is_an_empty_one(tmp_path):
    assert collect(tmp_path / "hop-thu", {}) == ([], [])


def test_names_are_shown_clean_and_each_once(tmp_path):
    put(tmp_path, unicodedata.normalize("NFD", "Phiếu Hòa.xlsx"), book())
    put(tmp_path, "Phiếu Hòa.xlsx", book(unit="VP"))
    put(tmp_path, "a\u202eb\n\tc.xlsx", book("5 | x"))
    names = {package.file for package in collect(tmp_path, ())[0]}
    assert names == {"Phiếu Hòa.xlsx", "Phiếu Hòa.xlsx (2)", "a b c.xlsx"}
    assert clean_name("../../báo cáo.xlsx") == "báo cáo.xlsx"
    assert clean_name("C:\\Windows\\x.xlsx") == "x.xlsx"
    assert clean_name("b\udce1o.xlsx") == "b�o.xlsx"
    assert len(clean_name("a" * 500 + ".xlsx")) == 120


def test_a_file_too_large_is_not_loaded(tmp_path):
    path = tmp_path / "phim.xlsx"
    with open(path, "wb") as handle:
        handle.truncate(LIMITS.received + 1)
    packages, _ = collect(tmp_path, ())
    assert packages[0].data == b""
    assert len(packages[0].sha256) == 64
    assert packages[0].problem["code"] == "K103"


# --- letters and zips


def test_a_letter_gives_its_workbooks_and_its_date(tmp_path):
    put(
        tmp_path,
        "thu.eml",
        letter(
            ("Phiếu Kinh tế.xlsx", book()),
            ("../../x.ods", sheets.ods({"Nhiệm vụ": FULL}, stamp="VP|2026-11-K1|QT-F211|1a2b3c4d")),
        ),
    )
    packages, found = collect(tmp_path, ())
    assert [package.file for package in packages] == [
        "thu.eml › Phiếu Kinh tế.xlsx",
        "thu.eml › x.ods",
    ]
    assert {package.received for package in packages} == {
        datetime(2026, 11, 15, 9, 15, tzinfo=VIETNAM)
    }
    assert {package.received_by for package in packages} == {"thư"}
    assert len({package.sha256 for package in packages}) == 1
    assert found == []
    assert run(tmp_path)[1] == {"KT": "thu.eml › Phiếu Kinh tế.xlsx", "VP": "thu.eml › x.ods"}


def test_a_letter_without_a_workbook(tmp_path):
    put(tmp_path, "thu.eml", letter())
    _, used, codes = run(tmp_path)
    assert (used, without(codes)) == ({}, [("K107", "thu.eml")])


@pytest.mark.parametrize(
    ("name", "data", "code", "place"),
    [
        ("phieu.rar", b"Rar!\x1a\x07", "K126", " › phieu.rar"),
        ("winmail.dat", b"x\x9f\x3e\x22 ", "K120", " › winmail.dat"),
        ("ban in.pdf", b"%PDF-1.7", "K121", " › ban in.pdf"),
        ("công văn.docx", "word/document.xml", "K125", " › công văn.docx"),
        ("goi.zip", "a.txt", "K126", " › goi.zip"),
        ("goi.zip", b"PK\x03\x04", "K104", ""),
        ("goi.zip", "locked", "K136", ""),
    ],
)
def test_what_a_letter_brings_in_place_of_a_workbook_is_told_by_its_own_kind(
    tmp_path, name, data, code, place
):
    if data == "locked":
        data = sheets.locked(packed(**{"KT.xlsx": book()}))
    elif isinstance(data, str):
        data = packed(**{data: b"x"})
    put(tmp_path, "thu.eml", letter((name, data)))
    statuses, used, codes = run(tmp_path)
    assert (used, without(codes)) == ({}, [(code, f"thu.eml{place}")])
    assert statuses == {f"thu.eml{place}": "từ chối"}


def test_a_zip_nobody_can_open_is_told_beside_a_workbook_and_one_without_a_report_listed(tmp_path):
    zips = (
        ("anh.zip", packed(**{"a.jpg": b"x"})),
        ("kin.zip", sheets.locked(packed(**{"a.xlsx": b"x"}))),
    )
    put(tmp_path, "thu.eml", letter(("p.xlsx", book()), *zips))
    packages, found = collect(tmp_path, ())
    assert [package.file for package in packages] == ["thu.eml › p.xlsx"]
    assert [(row["code"], row["value"]) for row in found] == [("K108", "anh.zip"), ("K136", "")]


@pytest.mark.parametrize("name", ["VP.zip", "VP.dat", "VP", "VP.docx", "VP.xlsx"])
def test_a_workbook_in_a_letter_is_known_by_its_bytes(tmp_path, name):
    put(tmp_path, "thu.eml", letter((name, book())))
    assert run(tmp_path)[1:] == ({"KT": f"thu.eml › {name}"}, [("K117", "")])
    put(tmp_path, "thu.eml", letter((f"goi-{name}.bin", packed(**{"a.xlsx": book()}))))
    assert run(tmp_path)[1] == {"KT": f"thu.eml › goi-{name}.bin › a.xlsx"}


def test_a_letter_with_a_byte_order_mark_or_lone_returns_is_read(tmp_path):
    put(tmp_path, "thu.eml", b"\xef\xbb\xbf" + letter(("p.xlsx", book())))
    put(tmp_path, "cu.eml", letter(("p.xlsx", book(unit="VP"))).replace(b"\n", b"\r"))
    packages, found = collect(tmp_path, ())
    assert run(tmp_path)[1] == {"KT": "thu.eml › p.xlsx", "VP": "cu.eml › p.xlsx"}
    assert ({package.received_by for package in packages}, found) == ({"thư"}, [])


def test_a_heading_is_as_long_as_the_lines_that_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(letters, "LIMITS", replace(LIMITS, letter_headings=2_000**2))
    for end in (b"\n", b"\r\n", b"\r"):
        long = headings(1_950).replace(b"; a=", b";\n a=" + b"b" * 200).replace(b"\n", end)
        put(tmp_path, "thu.eml", long)
        assert [code for code, _ in without(run(tmp_path)[2])] == ["K103"]


def test_a_letter_attached_as_a_file_is_opened_a_few_deep(tmp_path):
    inner = letter(("p.xlsx", book()), ("ảnh.jpg", b"\xff\xd8\xff"), date=None)
    for depth in range(1, 6):
        inner = letter((f"{depth}.eml", inner))
        put(tmp_path, "thu.eml", inner)
        _, used, codes = run(tmp_path)
        if depth <= letters.NESTED:
            assert used["KT"].endswith("1.eml › p.xlsx")
            assert without(codes) == [("K108", "thu.eml")]
        else:
            assert (used, [code for code, _ in without(codes)]) == ({}, ["K123"])


def test_other_attachments_are_listed_pictures_of_a_signature_are_not(tmp_path):
    message = EmailMessage()
    message["Date"] = "Sun, 15 Nov 2026 09:15:00 +0700"
    message.set_content("Kính gửi.")
    message.add_alternative("<p>Kính gửi <img src='cid:logo'></p>", subtype="html")
    message.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", disposition="inline", cid="<logo>"
    )
    message.add_attachment(
        b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="ảnh chụp.jpg"
    )
    message.add_attachment(
        book(), maintype="application", subtype="vnd.ms-excel", filename="p.xlsx"
    )
    put(tmp_path, "thu.eml", message.as_bytes())
    packages, found = collect(tmp_path, ())
    assert [package.file for package in packages] == ["thu.eml › p.xlsx"]
    assert [(row["code"], row["value"]) for row in found] == [("K108", "ảnh chụp.jpg")]


def test_a_picture_a_letter_shows_is_no_attachment_whatever_its_heading_says(tmp_path):
    message = EmailMessage()
    message["Date"] = "Sun, 15 Nov 2026 09:15:00 +0700"
    message.set_content("Kính gửi.")
    message.add_alternative("<p>Kính gửi <img src='cid:logo'></p>", subtype="html")
    shown = message.get_payload()[1]
    shown.add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="image001.png")
    assert shown.get_payload()[1].get_content_disposition() == "attachment"  # as Gmail has it
    put(tmp_path, "thu.eml", message.as_bytes())
    _, used, codes = run(tmp_path)
    assert (used, without(codes)) == ({}, [("K107", "thu.eml")])
    message.add_attachment(
        b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="bảng.jpg", cid="<f_1>"
    )
    put(tmp_path, "thu.eml", message.as_bytes())
    assert without(run(tmp_path)[2]) == [("K122", "thu.eml › bảng.jpg")]


def test_a_letter_within_a_letter_needs_no_name_of_its_own(tmp_path):
    outer = EmailMessage()
    outer["Date"] = "Sun, 15 Nov 2026 10:00:00 +0700"
    outer.set_content("Chuyển Văn phòng.")
    plain = {"maintype": "application", "subtype": "octet-stream"}
    outer.add_attachment(letter(("p.xlsx", book())), **plain, filename="Nộp phiếu")
    put(tmp_path, "thu.eml", outer.as_bytes())
    assert run(tmp_path)[1] == {"KT": "thu.eml › Nộp phiếu › p.xlsx"}
    page = b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>x</p>"
    outer = EmailMessage()
    outer["Date"] = "Sun, 15 Nov 2026 10:00:00 +0700"
    outer.add_attachment(page, **plain, filename="trang")
    put(tmp_path, "thu.eml", outer.as_bytes())
    assert [code for code, _ in without(run(tmp_path)[2])] == ["K123"]


def test_a_workbook_saved_once_more_is_no_second_version_of_its_moment(tmp_path):
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    put(tmp_path, "p.xlsx", book())
    put(tmp_path, "p (1).xlsx", again.getvalue())
    statuses, used, codes = run(tmp_path)
    assert statuses == {"p (1).xlsx": "đang dùng", "p.xlsx": "trùng"}
    assert (used, without(codes)) == ({"KT": "p (1).xlsx"}, [("K116", "p.xlsx")])
    put(tmp_path, "p 2.xlsx", book(FULL.replace("BC 15", "BC 16")))
    assert [code for code, _ in without(run(tmp_path)[2], "K116")] == ["K128", "K128"]


def test_a_forwarded_letter_is_opened_too(tmp_path):
    outer = EmailMessage()
    outer["Date"] = "Mon, 16 Nov 2026 08:00:00 +0700"
    outer.set_content("Chuyển tiếp.")
    outer.add_attachment(message_from_bytes(letter(("p.xlsx", book())), policy=policy.default))
    put(tmp_path, "thu.eml", outer.as_bytes())
    packages, _ = collect(tmp_path, ())
    assert [(p.file, p.received.day) for p in packages] == [("thu.eml › p.xlsx", 16)]


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Mon, 16 Nov 2026 16:30:00", ["K135"]),
        ("Mon, 16 Nov 2026 16:30:00 +0700", []),
        ("Mon, 16 Nov 2026 16:30:00 +7", []),
        ("Mon, 16 Nov 2026 16:30:00 +07:00", []),
        ("Mon, 16 Nov 2026 09:30:00 -0000", []),
        ("Mon, 16 Nov 2026 09:30:00 GMT", []),
    ],
)
def test_a_date_without_a_zone_is_vietnams_and_that_is_said(tmp_path, date, told):
    put(tmp_path, "thu.eml", f"Date: {date}\n".encode() + letter(("p.xlsx", book()), date=None))
    packages, found = collect(tmp_path, ())
    assert packages[0].received == datetime(2026, 11, 16, 16, 30, tzinfo=VIETNAM)
    assert [(row["code"], row["file"]) for row in found] == [(code, "thu.eml") for code in told]
    assert {row["value"] for row in found} <= {"16:30:00 ngày 16/11/2026"}


@pytest.mark.parametrize(
    "date", [None, "hôm qua", "Sun, 99 Nov 2026 99:00:00 +0700", "1 Jan 1980 00:00:00 +0700"]
)
def test_a_letter_without_a_sound_date_has_its_files_time(tmp_path, date):
    data = letter(("p.xlsx", book()), date=None)
    data = data if date is None else f"Date: {date}\n".encode() + data
    put(tmp_path, "thu.eml", data)
    packages, found = collect(tmp_path, ())
    assert (packages[0].received, packages[0].received_by) == (NOON, "giờ của tệp")
    assert [(row["code"], row["value"]) for row in found] == [("K118", "12:00:00 ngày 15/11/2026")]


def test_a_letter_nobody_can_read_is_a_finding(tmp_path):
    put(tmp_path, "thu.eml", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\xff\xfe\x00")
    assert without(run(tmp_path)[2]) == [("K107", "thu.eml")]


def test_a_letter_may_bring_many_pictures_but_not_many_workbooks(tmp_path):
    pictures = ((f"anh-{n}.jpg", b"\xff\xd8\xff") for n in range(30))
    put(tmp_path, "thu.eml", letter(("p.xlsx", book()), *pictures))
    assert run(tmp_path)[1] == {"KT": "thu.eml › p.xlsx"}
    put(tmp_path, "thu.eml", letter(*((f"{n}.xlsx", b"PK") for n in range(21))))
    assert without(run(tmp_path)[2]) == [("K103", "thu.eml")]


def headings(length: int) -> bytes:
    """Return a letter with one heading of that many bytes, and a workbook."""
    rest = letter(("p.xlsx", book()))
    name = b'Content-Disposition: attachment; filename="p.xlsx"'
    assert name in rest
    filler = b"; a=" + b"b" * (length - len(name) - 4)
    return rest.replace(name, name + filler, 1)


@pytest.mark.parametrize(("more", "codes"), [(0, []), (200, ["K103"])])
def test_a_letter_whose_headings_take_too_long_is_refused(tmp_path, monkeypatch, more, codes):
    monkeypatch.setattr(letters, "LIMITS", replace(LIMITS, letter_headings=2_000**2))
    put(tmp_path, "thu.eml", headings(1_950 + more))
    assert [code for code, _ in without(run(tmp_path)[2])] == codes


@pytest.mark.parametrize("name", ["letter_lines", "letter_parts", "attached"])
def test_a_letter_has_its_limits(tmp_path, monkeypatch, name):
    data = letter(("p.xlsx", book()))
    counts = {"letter_lines": data.count(b"\n"), "letter_parts": data.count(b"\n--"), "attached": 1}
    put(tmp_path, "thu.eml", data)
    for less, codes in ((0, []), (1, ["K103"])):
        monkeypatch.setattr(letters, "LIMITS", replace(LIMITS, **{name: counts[name] - less}))
        assert [code for code, _ in without(run(tmp_path)[2])] == codes


@pytest.mark.parametrize("name", ["items", "packed", "file"])
def test_a_zip_has_its_limits(tmp_path, monkeypatch, name):
    data = book()
    put(tmp_path, "nen.zip", packed(**{"KT.xlsx": data}))
    counts = {"items": 1, "packed": len(data), "file": len(data)}
    for less, codes in ((0, []), (1, ["K103"])):
        monkeypatch.setattr(parcels, "LIMITS", replace(LIMITS, **{name: counts[name] - less}))
        assert [code for code, _ in without(run(tmp_path)[2])] == codes


def test_a_zip_within_a_letter_without_a_name_is_opened(tmp_path):
    message = message_from_bytes(letter(), policy=policy.default)
    inner = packed(**{"KT.xlsx": book()})
    message.add_attachment(inner, maintype="application", subtype="zip", disposition="inline")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    put(tmp_path, "thu.eml", message.as_bytes())
    _, used, codes = run(tmp_path)
    assert used == {"KT": "thu.eml › tệp đính kèm › KT.xlsx"}
    assert without(codes) == [("K108", "thu.eml")]


def test_a_file_given_by_hand_is_only_opened_if_it_is_one(tmp_path):
    os.mkfifo(tmp_path / "ong.xlsx")
    (tmp_path / "p.xlsx").write_bytes(book())
    (tmp_path / "lien-ket.xlsx").symlink_to(tmp_path / "p.xlsx")
    opened = {
        name: [
            package.problem and package.problem["code"]
            for package in intake.open_file(tmp_path / name, NOON, open_parcel)[0]
        ]
        for name in ("ong.xlsx", ".", "gone.xlsx", "lien-ket.xlsx")
    }
    assert opened == {
        "ong.xlsx": ["K127"],
        ".": ["K127"],
        "gone.xlsx": ["K104"],
        "lien-ket.xlsx": [None],
    }


def packed(**items: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in items.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_zip_is_opened_one_level(tmp_path):
    inner = packed(**{"a/KT.xlsx": book(), "__MACOSX/._KT.xlsx": b"x", "b/đọc.txt": b"x"})
    put(tmp_path, "nen.zip", inner)
    put(tmp_path, "thu.eml", letter(("nen.zip", packed(**{"VP.xlsx": book(unit="VP")}))))
    put(tmp_path, "doi-ten.zip", book("5 | x"))
    statuses, used, codes = run(tmp_path)
    assert used == {"KT": "nen.zip › KT.xlsx", "VP": "thu.eml › nen.zip › VP.xlsx"}
    assert statuses["doi-ten.zip"] == "từ chối"
    assert without(codes) == [("K108", "nen.zip")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed(**{"a.txt": b"x"}), "K126"),
        (packed(**{"KT.xlsx": bytes(20_000_001)}), "K103"),
        (packed(**{"KT.xlsx": b"x" * 500})[:300], "K104"),
    ],
)
def test_zips_without_a_report(tmp_path, data, code):
    put(tmp_path, "nen.zip", data)
    assert without(run(tmp_path)[2]) == [(code, "nen.zip")]


def test_a_zip_of_an_unknown_version(tmp_path):
    data = bytearray(packed(**{"KT.xlsx": b"x"}))
    data[data.index(b"PK\x01\x02") + 6] = 99
    put(tmp_path, "nen.zip", bytes(data))
    assert without(run(tmp_path)[2]) == [("K104", "nen.zip")]


def test_a_zip_with_a_password(tmp_path):
    put(tmp_path, "nen.zip", sheets.locked(packed(**{"KT.xlsx": b"x"})))
    assert without(run(tmp_path)[2]) == [("K136", "nen.zip")]


# --- receipts


def test_receipts_are_written_once_and_read_back(tmp_path):
    put(tmp_path, "b.xlsx", book())
    put(tmp_path, "=a.xlsx", book(unit="VP"), NOON + timedelta(seconds=30))
    put(tmp_path, "thu.eml", letter(("p.xlsx", book("5 | x"))))
    folder, register = tmp_path, tmp_path.parent / "so-nhan.csv"
    packages, _ = collect(folder, ())
    text = intake.receipts_text(packages, ())
    assert text.startswith("\ufeffsha256;tệp;nhận lúc;nguồn giờ;quyết định;lý do\r\n")
    assert ";'=a.xlsx;12:00:30 ngày 15/11/2026;giờ của tệp 12:00:30 ngày 15/11/2026;;" in text
    assert ";thu.eml;09:15:00 ngày 15/11/2026;thư 09:15:00 ngày 15/11/2026;;" in text
    register.write_text(text, encoding="utf-8")
    receipts = intake.read_receipts(register)
    again, found = collect(folder, receipts)
    assert again == packages
    assert intake.receipts_text(again, receipts) == text
    assert [row["code"] for row in found] == ["K118", "K118"]


@pytest.mark.parametrize(
    ("noted", "day", "seconds"),
    [
        ("16:30:05 ngày 14/11/2026", 14, 5),
        ("2026-11-14 16:30", 14, 0),
        ("14/11/2026 16:30", 14, 0),
        ("14/11/2026 4:30 PM", 14, 0),
        ("14/11/2026 04:30:07 CH", 14, 7),
        ("16 giờ 30, 14/11/2026", 14, 0),
        ("16h30 ngày 14-11-2026", 14, 0),
        ("4 giờ 30 chiều, thứ bảy 14/11/2026", 14, 0),
        ("lúc 16 giờ 30 phút chiều ngày 14/11/2026", 14, 0),
        ("16:30:05 ng?y 14/11/2026", 14, 5),
        ("2026-11-14T16:30:05+07:00", 14, 5),
    ],
)
def test_so_nhan_wins_and_a_corrected_time_says_so(tmp_path, noted, day, seconds):
    put(tmp_path, "b.xlsx", book())
    packages, _ = collect(tmp_path, ())
    text = intake.receipts_text(packages, ()).replace(";12:00:00 ngày 15/11/2026;", f";{noted};")
    receipts = write_and_read(tmp_path, text.encode())
    corrected, found = collect(tmp_path, receipts)
    time = datetime(2026, 11, day, 16, 30, seconds, tzinfo=VIETNAM)
    assert (corrected[0].received, corrected[0].received_by) == (time, "so-nhan.csv")
    assert found == []


def write_and_read(folder, data: bytes):
    path = folder.parent / "so-nhan.csv"
    path.write_bytes(data)
    return intake.read_receipts(path)


SHA = "ab" * 32


@pytest.mark.parametrize(
    "data",
    [
        f"sha256;tệp;nhận lúc;nguồn giờ;quyết định;lý do\n{SHA};a.xlsx;;;rút;gửi nhầm\n".encode(),
        f"sha256,tệp,nhận lúc,nguồn giờ,quyết định,lý do\n{SHA},a.xlsx,,,RÚT ,gửi nhầm\n".encode(),
        f"sha256\ttệp\tnhận lúc\t\t\t\r\n{SHA}\ta.xlsx\t\t\trút\tgửi nhầm\r\n".encode("utf-16"),
        f"sha256;tệp;;;;\r\n{SHA};a.xlsx;;;rút;gửi nhầm\r\n;;;;;\r\n".encode("cp1258", "replace"),
        f"sha256;t?p;;;;\r\n{SHA.upper()};a.xlsx;;;r?t;gửi nhầm\r\n".encode("utf-8-sig"),
    ],
)
def test_what_excel_makes_of_the_table_is_read(tmp_path, data):
    [receipt] = write_and_read(tmp_path, data)
    assert (receipt.sha256, receipt.unread) == (SHA, "")
    assert (receipt.file, receipt.decision, receipt.received) == ("a.xlsx", "rút", None)


@pytest.mark.parametrize("decision", ["dùng", "rút", "loại"])
@pytest.mark.parametrize("said", ["{}", "{} bản này", "{}."])
def test_an_order_is_understood_however_it_is_spelt(tmp_path, decision, said):
    for typed in spellings(said.format(decision)):
        line = f"{SHA};a.xlsx;;;{typed};vì sao\n"
        [receipt] = write_and_read(tmp_path, f"{HEAD_LINE}{line}".encode())
        assert (receipt.decision, receipt.unread) == (decision, ""), typed


@pytest.mark.parametrize(
    ("noted", "hour"),
    [
        ("8 giờ tối ngày 16/11/2026", 20),
        ("3 giờ chiều 16/11/2026", 15),
        ("15 giờ chiều 16/11/2026", 15),
        ("8h sáng 16/11/2026", 8),
        ("12 giờ trưa 16/11/2026", 12),
        ("1 giờ trưa 16/11/2026", 13),
        ("11 giờ đêm 16/11/2026", 23),
    ],
)
def test_an_hour_of_a_part_of_the_day_is_read(tmp_path, noted, hour):
    line = f"{SHA};a.xlsx;{noted};;;\n"
    [receipt] = write_and_read(tmp_path, f"{HEAD_LINE}{line}".encode())
    assert receipt.received == datetime(2026, 11, 16, hour, tzinfo=VIETNAM)


def test_columns_the_secretary_added_are_kept_with_their_headings(tmp_path):
    head = "sha256;tệp;nhận lúc;nguồn giờ;quyết định;lý do;Người quyết định;dặn\r\n"
    line = f"{SHA};a.xlsx;16:30:00 ngày 14/11/2026;thư;rút;;bà Hoa;gọi lại\r\n"
    receipts = write_and_read(tmp_path, (head + line).encode())
    assert intake.receipts_text([], receipts) == f"\ufeff{head}{line}"
    assert (receipts[0].received_by, receipts[0].ordered_by) == ("thư", "bà Hoa")


def test_a_cell_beyond_the_headings_is_kept(tmp_path):
    line = f"{SHA};a.xlsx;;thư;;;gọi lại chị Hoa\r\n"
    receipts = write_and_read(tmp_path, b"sha256;a;b;c;d;e\r\n" + line.encode())
    assert line in intake.receipts_text([], receipts)
    assert receipts[0].ordered_by == ""


def test_an_empty_table_is_no_table(tmp_path):
    assert write_and_read(tmp_path, b"") == []


HEAD_LINE = "sha256;tệp;nhận lúc;nguồn giờ;quyết định;lý do\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{sha};b.xlsx;hôm qua;;;", "hôm qua"),
        ("{sha};b.xlsx;sáng 16/11;;rút;", "sáng 16/11"),
        ("{sha};b.xlsx;16:30 11/15/2026;;;", "16:30 11/15/2026"),
        ("{sha};b.xlsx;sau 16:30 14/11/2026;;;", "sau 16:30 14/11/2026"),
        ("{sha};b.xlsx;9 giờ chiều 14/11/2026;;;", "9 giờ chiều 14/11/2026"),
        ("{sha};b.xlsx;12 giờ đêm 14/11/2026;;;", "12 giờ đêm 14/11/2026"),
        ("{sha};b.xlsx;16:30 thứ hai 14/11/2026;;;", "16:30 thứ hai 14/11/2026"),
        ("{sha};b.xlsx;2026-11-14T09:30:00Z;;;", "2026-11-14T09:30:00Z"),
        ("{sha};b.xlsx;;;không dùng;", "không dùng"),
        ("{sha};b.xlsx;;;dùng bản trước;", "dùng bản trước"),
        ("{sha};b.xlsx;;;dùng bản cũ;", "dùng bản cũ"),
        ("{sha};b.xlsx;;;dùng tạm, chờ bản khác;", "dùng tạm, chờ bản khác"),
        ("{sha};b.xlsx;;;rút quyết định loại;", "rút quyết định loại"),
        ("{sha};ten-cu.xlsx;;giờ của tệp 14:00:00 ngày 15/11/2026;được;", "được"),
        ("a1b2;b.xlsx;;;rút;", "a1b2"),
    ],
)
def test_a_file_waits_while_nobody_can_read_its_line(tmp_path, line, words):
    later = book(FULL.replace("BC 15", "BC 17"))
    inbox = tmp_path / "hop-thu"
    inbox.mkdir()
    put(inbox, "a.xlsx", book())
    put(inbox, "b.xlsx", later, NOON + timedelta(hours=2))
    line = line.format(sha=sha256(later).hexdigest())
    receipts = write_and_read(inbox, f"{HEAD_LINE}{line}\n".encode())
    statuses, used, told = run(inbox, receipts)
    assert statuses == {"a.xlsx": "đang dùng", "b.xlsx": "chờ xác nhận"}
    assert used == {"KT": "a.xlsx"}
    assert without(told) == [("K133", "b.xlsx")]
    packages, _ = collect(inbox, receipts)
    [found] = [row for row in settle(packages, receipts)[2] if row["code"] == "K133"]
    assert (found["value"], found["fact"]) == (words, "2")
    text = intake.receipts_text(packages, receipts)
    assert line in text.splitlines()
    assert len(text.splitlines()) == 3


def test_a_line_nobody_can_read_or_place_is_told_and_kept(tmp_path):
    inbox = tmp_path / "hop-thu"
    inbox.mkdir()
    put(inbox, "a.xlsx", book())
    receipts = write_and_read(inbox, f"{HEAD_LINE}x;c.xlsx;;;được;\n{SHA};d.xlsx;;;rút;\n".encode())
    packages, found = collect(inbox, receipts)
    told = [(row["code"], row["file"], row["row"], row["value"]) for row in found]
    assert told == [
        ("K134", "so-nhan.csv", 2, "x, được"),
        ("K118", "a.xlsx", None, found[1]["value"]),
    ]
    text = intake.receipts_text(packages, receipts)
    assert [line[:9] for line in text.splitlines()[1:3]] == ["x;c.xlsx;", f"{SHA[:9]}"]
    assert run(inbox, receipts)[1] == {"KT": "a.xlsx"}


def test_a_file_sent_again_counts_at_its_own_time(tmp_path):
    inbox = tmp_path / "hop-thu"
    inbox.mkdir()
    put(inbox, "a.xlsx", book())
    put(inbox, "b.xlsx", book(FULL.replace("BC 15", "BC 17")), NOON + timedelta(hours=1))
    first = intake.receipts_text(collect(inbox, ())[0], ())
    put(inbox, "a gui lai.xlsx", book(), NOON + timedelta(hours=2))
    for receipts in (write_and_read(inbox, first.encode()), ()):
        assert run(inbox, receipts)[1] == {"KT": "a gui lai.xlsx"}
    receipts = write_and_read(inbox, first.encode())
    text = intake.receipts_text(collect(inbox, receipts)[0], receipts)
    assert [line.split(";")[1] for line in text.splitlines()[1:]] == [
        "a.xlsx",
        "b.xlsx",
        "a gui lai.xlsx",
    ]
    (inbox / "a.xlsx").unlink()  # the line of a file that is gone gives the new one no older time
    assert run(inbox, receipts)[1] == {"KT": "a gui lai.xlsx"}


def test_a_renamed_file_keeps_its_line(tmp_path):
    inbox = tmp_path / "hop-thu"
    inbox.mkdir()
    put(inbox, "a.xlsx", book())
    text = intake.receipts_text(collect(inbox, ())[0], ())
    receipts = write_and_read(inbox, text.replace(";;\r", ";rút;gửi nhầm\r").encode())
    (inbox / "a.xlsx").rename(inbox / "KT rút.xlsx")
    assert run(inbox, receipts)[0] == {"KT rút.xlsx": "rút"}
    again = intake.receipts_text(collect(inbox, receipts)[0], receipts).splitlines()
    assert [line.split(";")[1] for line in again[1:]] == ["KT rút.xlsx"]


def test_every_workbook_of_a_letter_has_its_own_line(tmp_path):
    inbox = tmp_path / "hop-thu"
    inbox.mkdir()
    put(inbox, "thu.eml", letter(("a.xlsx", book()), ("b.xlsx", book(FULL.replace("15", "17")))))
    statuses, used, codes = run(inbox)
    assert (set(statuses.values()), used) == ({"chờ xác nhận"}, {})
    assert [code for code, _ in without(codes)] == ["K128", "K128"]
    text = intake.receipts_text(collect(inbox, ())[0], ())
    lines = text.splitlines()
    assert [line.split(";")[1] for line in lines[1:]] == ["thu.eml › a.xlsx", "thu.eml › b.xlsx"]
    decided = text.replace("a.xlsx;09:15:00", "a.xlsx;09:20:00")
    assert run(inbox, write_and_read(inbox, decided.encode()))[1] == {"KT": "thu.eml › a.xlsx"}
    chosen = "\n".join([lines[0], lines[1], lines[2].replace(";;", ";dùng;")])
    assert run(inbox, write_and_read(inbox, chosen.encode()))[1] == {"KT": "thu.eml › b.xlsx"}
    # A line for the letter as a whole is an order about each of its workbooks.
    whole = f"{lines[0]}\n{lines[1].replace(' › a.xlsx', '').replace(';;', ';rút;')}"
    receipts = write_and_read(inbox, whole.encode())
    assert set(run(inbox, receipts)[0].values()) == {"rút"}
    renamed = intake.receipts_text(collect(inbox, receipts)[0], receipts).splitlines()[1:]
    assert [line.split(";")[1] for line in renamed] == ["thu.eml › a.xlsx", "thu.eml › b.xlsx"]


def test_no_table_yet(tmp_path):
    assert intake.read_receipts(tmp_path / "so-nhan.csv") == []


# --- settling


def version(n: int, table: str = FULL, **changes) -> intake.Package:
    """Return the n-th file that came in, an hour apart."""
    name = changes.pop("name", f"ban-{n}.xlsx")
    return package(name, book(table, **changes), NOON + timedelta(hours=n))


def statuses(packages, receipts=None) -> list[tuple[str, str]]:
    """Return (file, status) in the order received."""
    return [(row["file"], row["status"]) for row in settle(packages, receipts)[0]]


def codes(packages, receipts=None) -> list[tuple[str, str]]:
    found = settle(packages, receipts)[2]
    return without([(row["code"], row["file"]) for row in found])


MORE = FULL.replace("| 2 |", "| 3 |")
LESS = FULL.replace("1 | 2026-11-10 | 0 | BC 16 | xong", "| | | |")


def test_the_latest_usable_version_is_in_use_and_all_are_kept():
    packages = [version(1), version(2, MORE)]
    submissions, used, _ = settle(packages)
    assert [(row["status"], row["version"]) for row in submissions] == [
        ("thay bằng bản mới", 1),
        ("đang dùng", 2),
    ]
    assert submissions[0]["reason"] == "Đã có bản mới hơn: «ban-2.xlsx»."
    assert used["KT"].file == "ban-2.xlsx"
    assert codes(packages) == []
    assert submissions[1] == {
        "unit": "KT",
        "file": "ban-2.xlsx",
        "received": "15/11/2026 14:00",
        "received_by": "giờ của tệp",
        "late": "không",
        "version": 2,
        "status": "đang dùng",
        "reason": "",
        "sha256": packages[1].sha256,
    }
    assert submissions[1].keys() == set(layout("archive")["submissions"].keys)


@pytest.mark.parametrize(
    ("package", "code", "unit"),
    [
        (version(2, cycle="2026-10-K2"), "K110", "KT"),
        (version(2, unit="XX"), "K111", ""),
        (package("x.xlsx", sheets.xlsx({"Nhiệm vụ": MORE}, stamp=""), NOON), "K112", ""),
        (
            package("x.xlsx", sheets.xlsx({"Trang tính": "1 | a"}, stamp=""), NOON),
            "K112",
            "",
        ),
        (package("x.xlsx", sheets.xlsx({"Sheet1": "1 | a"}), NOON), "K201", "KT"),
        (
            version(2, "5 | Mã việc | SL hoàn thành | Ngày xong | Minh chứng | Ghi chú"),
            "K203",
            "KT",
        ),
        (version(2, "5 | a | b"), "K202", "KT"),
        (package("x.pdf", b"%PDF", NOON), "K121", ""),
    ],
)
def test_a_refused_file_is_named_once_and_counts_for_nothing(package, code, unit):
    submissions, used, found = settle([package])
    assert [row["code"] for row in found if row["file"]] == [code]
    assert [row["unit"] for row in found if row["file"]] == [unit]
    assert (submissions[0]["status"], submissions[0]["unit"], used) == ("từ chối", unit, {})
    assert submissions[0]["version"] is None
    words = catalogue()[code].message.partition("{")[0].strip("« ")
    assert submissions[0]["reason"].lower().startswith(words.lower())


def test_a_refused_version_leaves_the_one_before_in_use():
    packages = [version(1), version(2, MORE, cycle="2026-10-K2"), version(3, "5 | a")]
    assert [status for _, status in statuses(packages)] == ["đang dùng", "từ chối", "từ chối"]
    assert codes(packages) == [("K110", "ban-2.xlsx"), ("K202", "ban-3.xlsx")]


def test_an_old_mistake_is_not_held_against_a_later_good_version():
    packages = [version(1, "5 | a"), version(2, MORE.replace("| 3 |", "| #REF! |")), version(3)]
    assert [status for _, status in statuses(packages)] == [
        "từ chối",
        "thay bằng bản mới",
        "đang dùng",
    ]
    assert codes(packages) == []


def test_what_the_reader_found_in_the_file_in_use_is_told_with_its_unit():
    found = settle([version(1, FULL.replace("| 2 |", "| #REF! |"))])[2]
    told = [row for row in found if row["code"] == "K308"]
    assert [(row["unit"], row["row"], row["field"], row["value"]) for row in told] == [
        ("KT", 6, "completed", "#REF!")
    ]


def test_another_digest_is_a_warning_and_the_file_is_used():
    packages = [version(1, digest="99999999")]
    assert statuses(packages) == [("ban-1.xlsx", "đang dùng")]
    found = settle(packages)[2]
    assert [(r["code"], r["value"], r["fact"]) for r in found if r["code"] != "K117"] == [
        ("K113", "99999999", "1a2b3c4d")
    ]


def test_the_same_bytes_twice():
    packages = [version(1), version(2, MORE), version(3)]
    again = [version(1), version(2), version(3, MORE), version(4, MORE)]
    assert [status for _, status in statuses(again)] == [
        *("thay bằng bản mới", "trùng", "đang dùng", "trùng"),
    ]
    assert ("K116", "ban-4.xlsx") in codes(again)
    assert [status for _, status in statuses(packages)] == ["thay bằng bản mới"] * 2 + ["đang dùng"]


def test_versions_of_one_moment_wait_for_a_word():
    first, second = (
        package(f"{name}.xlsx", data, NOON) for name, data in (("a", book()), ("b", book(MORE)))
    )
    assert statuses([first, second]) == [("a.xlsx", "chờ xác nhận"), ("b.xlsx", "chờ xác nhận")]
    assert [code for code, _ in codes([first, second])] == ["K128", "K128"]
    receipts = [Receipt(first.sha256, "a.xlsx", NOON, "", "dùng")]
    submissions, used, _ = settle([first, second], receipts)
    assert used["KT"].file == "a.xlsx"
    assert [row["status"] for row in submissions] == ["đang dùng", "thay bằng bản mới"]


@pytest.mark.parametrize("typed", ["", MORE])
def test_versions_of_one_moment_no_longer_wait_once_one_is_sent_again(typed):
    first, second = (
        package(f"{name}.xlsx", data, NOON) for name, data in (("a", book()), ("b", book(MORE)))
    )
    again = package("c.xlsx", book(typed) if typed else book(), NOON + timedelta(hours=1))
    assert statuses([first, second, again]) == [
        ("a.xlsx", "thay bằng bản mới"),
        ("b.xlsx", "thay bằng bản mới"),
        ("c.xlsx", "đang dùng"),
    ]
    assert codes([first, second, again]) == []


def test_a_version_that_empties_cells_of_two_of_one_moment_waits_too():
    first, second = (
        package(f"{name}.xlsx", data, NOON) for name, data in (("a", book()), ("b", book(MORE)))
    )
    after = package("c.xlsx", book(LESS), NOON + timedelta(hours=1))
    assert [status for _, status in statuses([first, second, after])] == ["chờ xác nhận"] * 3
    assert ("K114", "c.xlsx") in codes([first, second, after])
    receipts = [Receipt(after.sha256, "c.xlsx", after.received, "", "dùng")]
    assert statuses([first, second, after], receipts)[-1] == ("c.xlsx", "đang dùng")


def test_one_of_two_of_one_moment_sent_again_empties_nothing_the_other_filled():
    first, second = (
        package(f"{name}.xlsx", data, NOON) for name, data in (("a", book()), ("b", book(LESS)))
    )
    again = package("c.xlsx", book(LESS), NOON + timedelta(hours=1))
    assert statuses([first, second, again])[-1] == ("c.xlsx", "đang dùng")


def test_an_order_about_a_file_holds_for_its_later_copies():
    first, copy = version(1), version(2)
    reject = Receipt(first.sha256, "ban-1.xlsx", first.received, "", "loại", "bản nháp")
    submissions, used, found = settle([first, copy], [reject])
    assert [row["status"] for row in submissions] == ["rút", "rút"]
    told = [(row["file"], row["fact"]) for row in found if row["code"] == "K119"]
    assert told == [("ban-1.xlsx", "loại, bản nháp"), ("ban-2.xlsx", "loại, bản nháp")]
    assert used == {}
    wanted = replace(reject, sha256=copy.sha256, file="ban-2.xlsx", decision="dùng")
    assert settle([first, copy], [reject, wanted])[1]["KT"].file == "ban-2.xlsx"
    tidied = replace(reject, sha256=copy.sha256, file="ban-2.xlsx")
    assert settle([first, copy], [tidied])[1]["KT"].file == "ban-1.xlsx"


def test_a_letter_dated_long_after_its_cycle_waits():
    late = replace(package("thu.eml", book(), CUTOFF + timedelta(days=61)), received_by="thư")
    assert statuses([late]) == [("thu.eml", "chờ xác nhận")]
    assert codes([late]) == [("K129", "thu.eml")]
    in_time = replace(late, received=CUTOFF + timedelta(days=60))
    assert statuses([in_time]) == [("thu.eml", "đang dùng")]


def test_a_letter_dated_before_its_cycle_waits_and_a_file_of_that_day_is_told_only():
    first = datetime(2026, 11, 1, tzinfo=CUTOFF.tzinfo)
    early = replace(package("thu.eml", book(), first - timedelta(minutes=1)), received_by="thư")
    assert statuses([early]) == [("thu.eml", "chờ xác nhận")]
    assert codes([early]) == [("K129", "thu.eml")]
    assert statuses([replace(early, received=first)]) == [("thu.eml", "đang dùng")]
    by_hand = replace(early, received_by="giờ của tệp")
    assert statuses([by_hand]) == [("thu.eml", "đang dùng")]


def test_the_same_workbook_by_letter_and_by_hand(tmp_path):
    put(tmp_path, "phieu.xlsx", book())
    put(tmp_path, "thu.eml", letter(("p.xlsx", book())))
    assert run(tmp_path)[0] == {"thu.eml › p.xlsx": "đang dùng", "phieu.xlsx": "trùng"}


@pytest.mark.parametrize(
    ("after", "emptied"),
    [
        (LESS, "5"),
        (FULL.replace("BC 15", "").replace("| xong", "|"), "3"),
        (f"5 | {HEAD}\n6 | KT-01 | 2 | 2026-11-09 | 0 | BC 15 | xong", "5"),
        (f"5 | {HEAD}", "10"),
    ],
)
def test_a_version_that_empties_cells_waits_for_the_secretary(after, emptied):
    packages = [version(1), version(2, after)]
    submissions, used, found = settle(packages)
    assert [row["status"] for row in submissions] == ["đang dùng", "chờ xác nhận"]
    assert [row["version"] for row in submissions] == [1, 2]
    assert [(row["code"], row["file"], row["fact"]) for row in found if row["code"] != "K117"] == [
        ("K114", "ban-2.xlsx", emptied)
    ]
    assert used["KT"].file == "ban-1.xlsx"
    yes = [Receipt(packages[1].sha256, "ban-2.xlsx", None, "", "dùng")]
    assert statuses(packages, yes)[1] == ("ban-2.xlsx", "đang dùng")
    assert codes(packages, yes) == []


def test_a_quantity_corrected_to_nothing_takes_its_day_and_proof_along():
    undone = FULL.replace("| 2 | 2026-11-09 | 0 | BC 15", "| 0 | | 0 | ")
    assert undone != FULL
    assert statuses([version(1), version(2, undone)])[1] == ("ban-2.xlsx", "đang dùng")
    left = undone.replace("| 0 | | 0 |", "| 1 | | 0 |")
    assert statuses([version(1), version(2, left)])[1] == ("ban-2.xlsx", "chờ xác nhận")


@pytest.mark.parametrize(
    ("after", "where"),
    [
        (LESS, "B7, C7, D7, E7…"),
        (FULL.replace("BC 15", ""), "E6"),
        (f"5 | {HEAD}\n6 | KT-01 | 2 | 2026-11-09 | 0 | BC 15 | xong", "KT-02"),
    ],
)
def test_the_emptied_cells_are_named_in_the_newer_file(after, where):
    found = settle([version(1), version(2, after)])[2]
    assert [row["value"] for row in found if row["code"] == "K114"] == [where]


BROKEN = FULL.replace("| 1 |", "| #N/A |")


@pytest.mark.parametrize(
    ("before", "after", "told", "status"),
    [
        (BROKEN, BROKEN.replace("#N/A", ""), (), "đang dùng"),
        (FULL, FULL.replace("| 1 |", "| |"), [(7, "completed", "K301")], "đang dùng"),
        (FULL, FULL.replace("| 1 |", "| |"), [(7, "completed", "K312")], "chờ xác nhận"),
        (FULL, FULL.replace("| 1 |", "| |"), [(6, "completed", "K301")], "chờ xác nhận"),
        (FULL, LESS, [(7, "task_id", "K507")], "chờ xác nhận"),
        (FULL, LESS[: LESS.index("7 |")], [(7, "task_id", "K507")], "đang dùng"),
        (FULL, LESS[: LESS.index("7 |")], [(7, "task_id", "K441")], "đang dùng"),
        (FULL, LESS[: LESS.index("7 |")], [(None, "", "K415")], "đang dùng"),
    ],
)
def test_who_empties_a_faulty_cell_has_done_as_told(before, after, told, status):
    packages = [version(1, before), version(2, after)]
    place = {"unit": "KT", "file": "ban-1.xlsx", "sheet": "Nhiệm vụ"}
    said = [finding(code, **place, row=row, field=field) for row, field, code in told]
    order = (CYCLE, REGISTERS.units, DIGESTS, CUTOFF, {})
    readings = [read(package) for package in packages]
    submissions, _, _ = intake.settle(
        packages, readings, *order, lambda _, raw: raw.findings + said
    )
    assert submissions[1]["status"] == status


def test_a_version_is_asked_about_only_when_cells_were_emptied():
    packages = [version(1), version(2, MORE)]
    order = (CYCLE, REGISTERS.units, DIGESTS, CUTOFF, {})
    _, used, _ = intake.settle(packages, list(map(read, packages)), *order, lambda *_: 1 / 0)
    assert used["KT"].file == "ban-2.xlsx"


def changes(*tables: str | bytes) -> list[tuple]:
    """Return (row, heading, cell, before, after) between the versions of one unit."""
    packages = [
        package(
            *(f"ban-{n}.xlsx", made if isinstance(made, bytes) else book(made)),
            NOON + timedelta(minutes=n),
        )
        for n, made in enumerate(tables, 1)
    ]
    readings = {package.file: read(package) for package in packages}
    rows = intake.change_rows(settle(packages)[0], readings)
    assert all(row.keys() == set(layout("archive")["changes"].keys) for row in rows)
    return [
        tuple(row[k] for k in ("row_key", "heading", "cell", "before", "after")) for row in rows
    ]


def test_versions_are_compared_cell_by_cell_wherever_the_rows_stand():
    newer = f"""
        8 | {HEAD}
        9 | KT-02 | 1 | 2026-11-10 | 0 |       | XONG
       10 | kt-01 | 3 | 2026-11-08 | 0 | BC 15 | xong
    """
    assert changes(FULL, newer) == [
        ("KT-02", "Minh chứng", "E9", "BC 16", ""),
        ("KT-01", "SL hoàn thành", "B10", "2", "3"),
        ("KT-01", "Ngày xong", "C10", "09/11/2026", "08/11/2026"),
    ]


def test_each_version_is_compared_with_the_one_before_it():
    assert changes(FULL, MORE, FULL.replace("| 2 |", "| #REF! |")) == [
        ("KT-01", "SL hoàn thành", "B6", "2", "3"),
        ("KT-01", "SL hoàn thành", "B6", "3", "#REF!"),
    ]
    assert changes(FULL) == changes(FULL, FULL + "\n30 | x") == []


def test_a_row_taken_out_or_added_is_told_cell_by_cell():
    one = FULL[: FULL.index("7 |")]
    gone = [("KT-02", "SL hoàn thành", "", "1", ""), ("KT-02", "Ngày xong", "", "10/11/2026", "")]
    assert changes(FULL, one)[:2] == gone
    assert changes(one, FULL)[0] == ("KT-02", "SL hoàn thành", "B7", "", "1")


def test_rows_of_one_task_are_told_apart_by_their_people():
    head = "5 | Mã việc | Người thực hiện | SL hoàn thành | Ngày xong | Số lần chưa đạt CL"
    head += " | Minh chứng | Ghi chú"
    a, b = "KT-01 | CB012 – An | 1 | | | |", "KT-01 | CB013 – Hòa | 2 | | | |"
    before, after = f"{head}\n6 | {a}\n7 | {b}", f"{head}\n6 | {b}\n7 | {a.replace('1 |', '3 |')}"
    after = after.replace("KT-03", "KT-01")
    assert changes(before, after) == [("KT-01/CB012", "SL hoàn thành", "C7", "1", "3")]
    renamed = before.replace("CB013 – Hòa", "CB014 – Lê")
    assert changes(before, renamed) == []  # who does it is issued: K504 says it


FREE = """
    5 | Mã việc | Vướng mắc | Đề xuất tháo gỡ | Ai gỡ được    | Cần trước ngày
    6 | KT-01   | Thiếu đất | Xin tỉnh        | Trưởng đơn vị |
    7 |         | Mưa lũ    | Lùi hạn         | Trưởng đơn vị |
"""


def test_free_rows_are_paired_by_content_then_by_their_first_cell_then_by_order():
    def with_obstacles(table):
        stamp = "KT|2026-11-K1|QT-F211|1a2b3c4d"
        return sheets.xlsx({"Nhiệm vụ": FULL, "Vướng mắc": table}, stamp=stamp)

    swapped = FREE.replace("6 | KT-01   ", "9 | KT-01   ").replace("Lùi hạn", "Gia hạn")
    assert changes(with_obstacles(FREE), with_obstacles(swapped)) == [
        ("dòng 7", "Đề xuất tháo gỡ", "C7", "Lùi hạn", "Gia hạn")
    ]
    reworded = FREE.replace("Mưa lũ", "Lũ lớn")
    assert changes(with_obstacles(FREE), with_obstacles(reworded)) == [
        ("dòng 7", "Vướng mắc", "B7", "Mưa lũ", "Lũ lớn")
    ]
    shorter = FREE[: FREE.index("7 |")]
    assert [c[:3] for c in changes(with_obstacles(FREE), with_obstacles(shorter))] == [
        ("dòng 7", "Vướng mắc", ""),
        ("dòng 7", "Đề xuất tháo gỡ", ""),
        ("dòng 7", "Ai gỡ được", ""),
    ]


def test_a_tick_set_or_taken_away_is_a_change():
    def ticked(mark):
        table = f"""
            3 | {mark} | Kỳ này không phát sinh việc
            5 | {" | ".join(f.heading for f in layout("unit")["unplanned"].field)}
        """
        stamp = "KT|2026-11-K1|QT-F211|1a2b3c4d"
        return sheets.xlsx({"Nhiệm vụ": FULL, "Phát sinh": table}, stamp=stamp)

    assert changes(ticked("x"), ticked("")) == [("", "Kỳ này không phát sinh việc", "", "x", "")]
    assert statuses(
        [package("a.xlsx", ticked("x"), NOON), package("b.xlsx", ticked(""), NOON + timedelta(1))]
    ) == [
        ("a.xlsx", "thay bằng bản mới"),
        ("b.xlsx", "đang dùng"),
    ]


def test_an_unconfirmed_version_is_passed_over_when_a_fuller_one_comes():
    packages = [version(1), version(2, LESS), version(3, MORE)]
    assert [status for _, status in statuses(packages)] == [
        "thay bằng bản mới",
        "thay bằng bản mới",
        "đang dùng",
    ]
    assert codes(packages) == []


def test_a_broken_cell_is_not_an_emptied_one_and_rows_may_move():
    broken = FULL.replace("| 1 |", "| #N/A |")
    moved = f"""
        7 | {HEAD}
        9 | KT-02 | 1 | 2026-11-10 | 0 | BC 16 | xong
        8 | kt-01 | 2 | 2026-11-09 | 0 | BC 15 | xong
    """
    assert statuses([version(1), version(2, broken)])[1] == ("ban-2.xlsx", "đang dùng")
    assert statuses([version(1), version(2, moved)])[1] == ("ban-2.xlsx", "đang dùng")


def test_the_secretary_sets_files_aside():
    packages = [version(1), version(2, MORE), version(3, LESS)]
    by_whom = (("Ai quyết định", "ông An"),)
    receipts = [
        Receipt(packages[1].sha256, "ban-2.xlsx", None, "", "rút", "đơn vị xin rút", by_whom),
        Receipt(packages[2].sha256, "ban-3.xlsx", None, "", "loại"),
    ]
    submissions, used, found = settle(packages, receipts)
    assert [row["status"] for row in submissions] == ["đang dùng", "rút", "rút"]
    assert [(r["file"], r["value"], r["fact"]) for r in found if r["code"] == "K119"] == [
        ("ban-2.xlsx", "ông An", "rút, đơn vị xin rút"),
        ("ban-3.xlsx", "thư ký", "loại, chưa ghi lý do"),
    ]
    assert used["KT"].file == "ban-1.xlsx"
    reason = "Không dùng theo quyết định của ông An: rút, đơn vị xin rút."
    assert submissions[1]["reason"] == reason


def test_late_by_a_second_is_late_and_still_used():
    on_time = package("a.xlsx", book(), CUTOFF)
    late = package("b.xlsx", book(unit="VP"), CUTOFF + timedelta(seconds=1))
    submissions, used, found = settle([on_time, late])
    assert [row["late"] for row in submissions] == ["không", "có"]
    assert used.keys() == {"KT", "VP"}
    assert [(row["code"], row["unit"], row["value"], row["fact"]) for row in found] == [
        ("K115", "VP", "17:00:01 ngày 16/11/2026", "17:00:00 ngày 16/11/2026")
    ]


def test_a_late_report_says_its_time_to_the_minute():
    late = package("b.xlsx", book(unit="VP"), CUTOFF + timedelta(hours=1, seconds=40))
    found = settle([package("a.xlsx", book(), CUTOFF), late])[2]
    assert [(row["code"], row["value"], row["fact"]) for row in found] == [
        ("K115", "18 giờ 00, 16/11/2026", "17 giờ 00, 16/11/2026")
    ]


def test_units_without_a_usable_version_are_named():
    found = settle([version(1)])[2]
    assert [(row["code"], row["unit"], row["file"]) for row in found] == [("K117", "VP", "")]


def test_the_file_name_never_matters(tmp_path):
    put(tmp_path, "Phiếu VP kỳ 2.xlsx", book(unit="kt"))
    assert run(tmp_path)[1] == {"KT": "Phiếu VP kỳ 2.xlsx"}


def test_the_order_of_files_never_matters():
    packages = [
        version(1),
        version(2, LESS),
        version(2, MORE, name="cung-gio.xlsx"),
        version(3, unit="VP"),
        version(4, "5 | a"),
        version(5),
    ]
    outcomes = []
    for order in itertools.islice(itertools.permutations(packages), 0, None, 7):
        submissions, used, found = settle(order)
        outcomes.append((submissions, {unit: raw.file for unit, raw in used.items()}, found))
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_the_folder_is_read_in_one_order_only(tmp_path):
    mail = letter(("p.xlsx", book(MORE)))
    for names in (("b.xlsx", "a.eml", "c.xlsx"), ("c.xlsx", "a.eml", "b.xlsx")):
        folder = tmp_path / names[0]
        folder.mkdir()
        for name in names:
            data = mail if name == "a.eml" else book(unit=name[0])
            put(folder, name, data)
    packages, found = collect(tmp_path / "b.xlsx", {})
    assert (packages, found) == collect(tmp_path / "c.xlsx", {})
    assert [package.file for package in packages] == ["a.eml › p.xlsx", "b.xlsx", "c.xlsx"]


def test_every_code_of_intake_is_in_the_catalogue():
    assert {f"K1{n}" for n in ("06", "07", "08", *range(10, 20))} <= catalogue().keys()
