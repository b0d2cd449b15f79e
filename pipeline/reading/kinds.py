"""What a file is by its first bytes, whatever its name says; each kind has its own advice."""

from collections.abc import Set

from pipeline.reading.limits import RefusedError

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 4096
UNKNOWN, OLD_BOOK, PASSWORD, DAMAGED = "K101", "K105", "K102", "K104"
LETTER, PDF, PICTURE, PAGE = "K120", "K121", "K122", "K123"
TEXT, DOCUMENT, ARCHIVE, LINK = "K124", "K125", "K126", "K137"
Kind = tuple[str, str]  # finding code, what the file is

OTHERS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"%PDF", (PDF, "")),
    (0, b"\xff\xd8\xff", (PICTURE, "ảnh JPEG")),
    (0, b"\x89PNG", (PICTURE, "ảnh PNG")),
    (0, b"GIF8", (PICTURE, "ảnh GIF")),
    (0, b"BM", (PICTURE, "ảnh BMP")),
    (0, b"II*\x00", (PICTURE, "ảnh TIFF")),
    (0, b"MM\x00*", (PICTURE, "ảnh TIFF")),
    (8, b"WEBP", (PICTURE, "ảnh WebP")),
    (4, b"ftyp", (PICTURE, "ảnh hoặc phim điện thoại")),
    (0, b"Rar!", (ARCHIVE, ".rar")),
    (0, b"7z\xbc\xaf", (ARCHIVE, ".7z")),
    (0, b"\x1f\x8b", (ARCHIVE, ".gz")),
    (0, b"{\\rtf", (DOCUMENT, ".rtf")),
    (0, b"x\x9f\x3e\x22", (LETTER, "winmail.dat")),
    (0, b"MZ", (UNKNOWN, "chương trình")),
)
# Names of streams of old Office files, as they stand in the file's own directory.
STREAMS: tuple[tuple[str, Kind], ...] = (
    ("__substg1.0", (LETTER, "Outlook .msg")),
    ("Workbook", (OLD_BOOK, "Excel 97–2003 (.xls)")),
    ("Book", (OLD_BOOK, "Excel 97–2003 (.xls)")),
    ("WordDocument", (DOCUMENT, "Word 97–2003 (.doc)")),
    ("PowerPoint Document", (DOCUMENT, "PowerPoint 97–2003 (.ppt)")),
)
DRESSED: tuple[tuple[str, Kind], ...] = (
    ("[internetshortcut]", (LINK, ".url")),
    ('"doc_id"', (LINK, "Google")),
    ("mime-version:", (PAGE, "MHTML")),
    ("urn:schemas-microsoft-com:office:spreadsheet", (OLD_BOOK, "Excel XML 2003")),
    ("office:document", (OLD_BOOK, "LibreOffice .fods")),
    ("<html", (PAGE, "HTML")),
    ("<!doctype html", (PAGE, "HTML")),
    ("<table", (PAGE, "HTML")),
)
# A part that says what another Office program's package is.
PARTS: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.bin", (OLD_BOOK, "Excel nhị phân (.xlsb)")),
    ("word/document.xml", (DOCUMENT, "Word (.docx)")),
    ("ppt/presentation.xml", (DOCUMENT, "PowerPoint (.pptx)")),
)
OPEN_DOCUMENTS = {"text": "Writer (.odt)", "presentation": "Impress (.odp)"}


def refuse_unless_zip(data: bytes) -> None:
    """Refuse, naming its kind, whatever cannot be an .xlsx, .xlsm or .ods package."""
    if data.startswith(ZIP):
        return
    if not data.strip(b"\x00"):
        raise RefusedError(DAMAGED, "tệp toàn số 0" if data else "tệp rỗng")
    if data.startswith(OLE):
        raise RefusedError(*_old_office(data))
    for start, magic, kind in OTHERS:
        if data.startswith(magic, start):
            raise RefusedError(*kind)
    raise RefusedError(*_text_kind(data[:HEAD]))


def _old_office(data: bytes) -> Kind:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return PASSWORD, ""
    kinds = (kind for stream, kind in STREAMS if stream.encode("utf-16-le") in data)
    return next(kinds, (OLD_BOOK, "Office cũ"))


def _text_kind(head: bytes) -> Kind:
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "replace")
    lowered = text.lower()
    for sign, kind in DRESSED:
        if sign in lowered:
            return kind
    is_text = not any(ord(ch) < 32 and ch not in "\t\r\n\f" for ch in text)
    return (TEXT, "CSV hoặc TXT") if is_text else (UNKNOWN, "không rõ loại")


def refuse_other_package(names: Set[str], mimetype: str) -> None:
    """Refuse a package that is another program's, or a zip around something else."""
    for name, kind in PARTS:
        if name in names:
            raise RefusedError(*kind)
    if mimetype and not mimetype.startswith("spreadsheet"):
        raise RefusedError(DOCUMENT, OPEN_DOCUMENTS.get(mimetype, "OpenDocument khác"))
    if "content.xml" not in names and not any(name.startswith("xl/") for name in names):
        raise RefusedError(ARCHIVE, "không phải sổ")
