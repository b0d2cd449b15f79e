"""What a file is by its first bytes, whatever its name says."""

from pipeline.reading.limits import RefusedError

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 4096
OTHERS = (
    (0, b"%PDF", "PDF"),
    (0, b"\xff\xd8\xff", "ảnh JPEG"),
    (0, b"\x89PNG", "ảnh PNG"),
    (0, b"GIF8", "ảnh GIF"),
    (0, b"BM", "ảnh BMP"),
    (0, b"II*\x00", "ảnh TIFF"),
    (0, b"MM\x00*", "ảnh TIFF"),
    (8, b"WEBP", "ảnh WebP"),
    (4, b"ftyp", "ảnh hoặc phim điện thoại"),
    (0, b"Rar!", "nén .rar"),
    (0, b"7z\xbc\xaf", "nén .7z"),
    (0, b"\x1f\x8b", "nén .gz"),
    (0, b"{\\rtf", "văn bản .rtf"),
    (0, b"x\x9f\x3e\x22", "Outlook winmail.dat"),
    (0, b"MZ", "chương trình"),
)
# Names of streams of old Office files, as they stand in the file's own directory.
STREAMS = (
    ("__substg1.0", "thư Outlook .msg"),
    ("Workbook", "Excel 97–2003 (.xls)"),
    ("Book", "Excel 97–2003 (.xls)"),
    ("WordDocument", "Word 97–2003 (.doc)"),
    ("PowerPoint Document", "PowerPoint 97–2003 (.ppt)"),
)
DRESSED = (
    ("mime-version:", "trang web MHTML mang tên Excel"),
    ("urn:schemas-microsoft-com:office:spreadsheet", "Excel XML 2003"),
    ("office:document", "LibreOffice .fods"),
    ("<html", "trang web HTML mang tên Excel"),
    ("<!doctype html", "trang web HTML mang tên Excel"),
    ("<table", "trang web HTML mang tên Excel"),
)


def refuse_unless_zip(data: bytes) -> None:
    """Refuse, naming its kind, whatever cannot be an .xlsx, .xlsm or .ods package."""
    if data.startswith(ZIP):
        return
    if not data.strip(b"\x00"):
        raise RefusedError("K104", "tệp toàn số 0" if data else "tệp rỗng")
    if data.startswith(OLE):
        _refuse_ole(data)
    for start, magic, name in OTHERS:
        if data.startswith(magic, start):
            raise RefusedError("K105", name)
    raise RefusedError("K101", _text_kind(data[:HEAD]))


def _refuse_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RefusedError("K102")
    kinds = (name for stream, name in STREAMS if stream.encode("utf-16-le") in data)
    raise RefusedError("K105", next(kinds, "Office cũ"))


def _text_kind(head: bytes) -> str:
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "replace")
    lowered = text.lower()
    for sign, name in DRESSED:
        if sign in lowered:
            return name
    is_text = not any(ord(ch) < 32 and ch not in "\t\r\n\f" for ch in text)
    return "tệp chữ, CSV hoặc TXT" if is_text else "không rõ loại tệp"
