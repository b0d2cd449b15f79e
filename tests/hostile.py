"""What offices and attackers send: one fault at a time put into a right workbook as it was issued.

A fault names the row of the threat table it stands for, what it does to the parts of the package,
and the codes that must be said, in order. Whatever is not refused must read as the right workbook
does, but for the cells a fault names.
"""

import io
import re
import stat
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pipeline import ROOT

UNIT = "DVTH"  # has not reported in the sample: its workbooks disturb nobody's
ISSUED = ROOT / "sample_data" / "ky" / "2026-11-K1" / "phieu" / f"{UNIT}.xlsx"
SHEET, OTHER, GUIDE = (f"xl/worksheets/sheet{n}.xml" for n in (2, 6, 1))
BOOK, RELS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
ASSIGNED = (1, 25, 1, 3, 1, 2, 1, 12, 2, 1, 1)  # in place of the sample's, so that sums are known
FIRST, LAST = 6, 16  # rows of «Nhiệm vụ»; what the sample has below is left out
NINTH = 46335  # 9 November 2026
ROW = re.compile(r'<row r="(\d+)".*?</row>', re.DOTALL)
Parts = dict[str, bytes]
Edit = Callable[[Parts], Parts | bytes | None]


@dataclass(frozen=True)
class Fault:
    """One way a workbook may be wrong; `cells` are the (row, field) that differ from the right."""

    name: str
    threat: str
    codes: tuple[str, ...]
    edit: Edit
    cells: frozenset[tuple[int, str]] = frozenset()
    ending: str = ".xlsx"

    @property
    def refused(self) -> bool:
        return any(code[:2] in ("K1", "K2") for code in self.codes) and not self.is_read

    @property
    def is_read(self) -> bool:
        return all(code in READ_ANYWAY or code[:2] == "K3" for code in self.codes)

    def build(self) -> bytes:
        """Return the file."""
        parts = right_parts()
        changed = self.edit(parts)
        return (
            changed if isinstance(changed, bytes) else pack(parts if changed is None else changed)
        )


READ_ANYWAY = ("K205", "K206", "K207", "K209", "K210", "K212", "K213", "K901")


def _only_first(row: re.Match[str]) -> str:
    """Leave out the lines below the last that the faults count on."""
    return row[0] if int(row[1]) <= LAST else ""


@lru_cache
def _issued_parts() -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(ISSUED) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = ROW.sub(_only_first, parts[SHEET].decode())
    for row, assigned in enumerate(ASSIGNED, FIRST):
        own = rf'(<c r="H{row}" s="12"><v>)[\d.]+'
        sheet, once = re.subn(own, rf"\g<1>{assigned}", sheet)
        assert once == 1
        for column, style, inner in (
            ("J", 14, f"<v>{assigned}</v>"),
            ("K", 16, f"<v>{NINTH}</v>"),
            ("L", 18, "<v>0</v>"),
        ):
            blank = f'<c r="{column}{row}" s="{style}"/>'
            assert blank in sheet
            sheet = sheet.replace(blank, f"{blank[:-2]}>{inner}</c>")
        sheet = sheet.replace(
            f'<c r="M{row}" s="20"/>',
            f'<c r="M{row}" s="20" t="inlineStr"><is><t>BC {row}</t></is></c>',
        )
    parts[SHEET] = sheet.encode()
    return tuple(parts.items())


def right_parts() -> Parts:
    """Return the parts of the issued workbook, each line filled in rightly."""
    return dict(_issued_parts())


def pack(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return the package of these parts, the same bytes every time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, method)
    return packed.getvalue()


@lru_cache
def right() -> bytes:
    """Return the right workbook."""
    return pack(right_parts())


# --- ways to change a package


def swap(part: str, old: str, new: str, count: int = 1) -> Edit:
    """Replace a piece of one part."""

    def edit(parts: Parts) -> None:
        text = parts[part].decode()
        assert old in text, (part, old)
        parts[part] = text.replace(old, new, count).encode()

    return edit


def resub(part: str, pattern: str, new: str) -> Edit:
    """Replace by pattern in one part."""

    def edit(parts: Parts) -> None:
        text, count = re.subn(pattern, new, parts[part].decode(), flags=re.DOTALL)
        assert count, (part, pattern)
        parts[part] = text.encode()

    return edit


def cell(address: str, inner: str, attributes: str = "") -> Edit:
    """Put something else into one cell of «Nhiệm vụ», keeping its style."""

    def edit(parts: Parts) -> None:
        text = parts[SHEET].decode()
        found = re.search(rf'<c r="{address}"( s="\d+")[^>]*?(/>|>.*?</c>)', text)
        new = f'<c r="{address}"{found[1]}{attributes}>{inner}</c>'
        parts[SHEET] = text.replace(found[0], new, 1).encode()

    return edit


def tagged(address: str, attributes: str, inner: str = "") -> Edit:
    """Write the tag of one cell of «Nhiệm vụ» in another way."""
    new = f"<c{attributes}>{inner}</c>" if inner else f"<c{attributes}/>"
    return resub(SHEET, rf'<c r="{address}"[^>]*>.*?</c>', new)


def text(address: str, words: str) -> Edit:
    """Put a text into one cell."""
    return cell(address, f"<is><t>{words}</t></is>", ' t="inlineStr"')


def both(*edits: Edit) -> Edit:
    """Do one edit after the other."""

    def edit(parts: Parts) -> None:
        for one in edits:
            one(parts)

    return edit


def rows(xml: str) -> Edit:
    """Put rows below the table."""
    return swap(SHEET, "</sheetData>", f"{xml}</sheetData>")


def after(xml: str, mark: str = "</sheetData>") -> Edit:
    """Put something behind the cells."""
    return swap(SHEET, mark, mark + xml)


def part(name: str, data: bytes) -> Edit:
    """Add one part."""

    def edit(parts: Parts) -> None:
        parts[name] = data

    return edit


def whole(data: bytes) -> Edit:
    """Send something else altogether."""
    return lambda parts: data


def packed(change: Callable[[bytes], bytes]) -> Edit:
    """Change the bytes of the finished package."""
    return lambda parts: change(pack(parts))


def members(*more: tuple[str, bytes]) -> Edit:
    """Add members, also such as have the name of another."""

    def edit(parts: Parts) -> bytes:
        out = io.BytesIO(pack(parts))
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, data in more:
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    return edit


def unzipped(edit: Callable[[zipfile.ZipInfo], None], name: str) -> Edit:
    """Change what the package says about one member."""

    def change(parts: Parts) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for own, data in parts.items():
                info = zipfile.ZipInfo(own)
                info.compress_type = zipfile.ZIP_DEFLATED
                if own == name:
                    edit(info)
                archive.writestr(info, data)
        return out.getvalue()

    return change


def _as_link(info: zipfile.ZipInfo) -> None:
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16


def _encrypted(data: bytes) -> bytes:
    changed = bytearray(data)
    at = -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        changed[at + 8] |= 1
    return bytes(changed)


def _method(number: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[changed.rindex(b"PK\x01\x02") + 10] = number
        return bytes(changed)

    return change


def _flip(part: bytes, by: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[changed.index(part) + by] ^= 0xFF
        return bytes(changed)

    return change


def _wrong_crc(data: bytes) -> bytes:
    changed = bytearray(data)
    at = -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        if changed[at + 46 : at + 46 + len(SHEET)] == SHEET.encode():
            changed[at + 16] ^= 0xFF
    return bytes(changed)


def _lying_size(data: bytes) -> bytes:
    """Let the list of members say that the sheet is 100 bytes long."""
    changed = bytearray(data)
    at = -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        if changed[at + 46 : at + 46 + len(SHEET)] == SHEET.encode():
            changed[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(changed)


def _overlapping(parts: Parts) -> bytes:
    """Let two members share their bytes."""
    changed = bytearray(pack({**parts, "xl/theme/theme2.xml": parts["xl/theme/theme1.xml"]}))
    places = [m.start() for m in re.finditer(b"PK\x01\x02", changed)]
    one = next(at for at in places if b"theme1" in changed[at : at + 70])
    two = next(at for at in places if b"theme2" in changed[at : at + 70])
    changed[two + 42 : two + 46] = changed[one + 42 : one + 46]
    return bytes(changed)


def ole(stream: str) -> bytes:
    """Return the beginning of an old Office file with a stream of that name."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    return head + stream.encode("utf-16-le") + bytes(600)


def strict(parts: Parts) -> None:
    """Save as «Strict Open XML»."""
    old, new = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
    for name, data in parts.items():
        changed = data.decode().replace(f"{old}spreadsheetml/2006/main", f"{new}spreadsheetml/main")
        changed = changed.replace(
            f"{old}officeDocument/2006/relationships", f"{new}officeDocument/relationships"
        )
        parts[name] = changed.encode()


def epoch_1904(parts: Parts) -> None:
    """Count days from 1904, as Excel for Macintosh did."""
    swap(BOOK, "<workbookPr ", '<workbookPr date1904="1" ')(parts)
    for name in (SHEET, "xl/worksheets/sheet8.xml"):
        moved = re.sub(
            r"<v>(46[23]\d\d)</v>", lambda m: f"<v>{int(m[1]) - 1462}</v>", parts[name].decode()
        )
        parts[name] = moved.encode()


def inline_to_shared(parts: Parts) -> None:
    """Keep the texts in the common table, as Excel does."""
    strings = parts[STRINGS].decode()
    known = strings.count("<si>")
    texts: list[str] = []

    def shared(found: re.Match[str]) -> str:
        texts.append(found[2])
        return f'{found[1]}t="s"><v>{known + len(texts) - 1}</v></c>'

    sheet = re.sub(
        r't="inlineStr"><is><t>(.*?)</t></is></c>',
        lambda m: shared(re.match(r"()(.*)", m[1], re.DOTALL)),
        parts[SHEET].decode(),
    )
    parts[SHEET] = sheet.encode()
    more = "".join(f"<si><t>{text}</t></si>" for text in texts)
    strings = re.sub(r' (?:count|uniqueCount)="\d+"', "", strings)
    parts[STRINGS] = strings.replace("</sst>", f"{more}</sst>").encode()


def without_addresses(parts: Parts) -> None:
    """Leave out the addresses of rows and cells where none is skipped, as web programs do."""
    sheet = parts[SHEET].decode()
    for row in range(FIRST, LAST + 1):
        sheet = re.sub(rf'<c r="[A-N]{row}"', "<c", sheet)
    parts[SHEET] = sheet.encode()


def prefixed(parts: Parts) -> None:
    """Write the elements with a prefix, as some programs do."""
    sheet = parts[SHEET].decode()
    sheet = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", sheet.replace("xmlns=", "xmlns:x="))
    parts[SHEET] = sheet.encode()


def renamed(title: str) -> Edit:
    """Give the sheet «Nhiệm vụ» another title."""
    return swap(BOOK, 'name="Nhiệm vụ"', f'name="{title}"')


def second(title: str, state: str = "") -> Edit:
    """Let a copy of «Nhiệm vụ» stand at the end of the book."""
    return both(
        swap(
            BOOK, "</sheets>", f'<sheet name="{title}" sheetId="90"{state} r:id="rId90"/></sheets>'
        ),
        swap(
            RELS,
            "</Relationships>",
            '<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/worksheet" Target="worksheets/sheet90.xml"/></Relationships>',
        ),
        lambda parts: parts.update({"xl/worksheets/sheet90.xml": parts[SHEET]}),
    )


def utf16(part: str) -> Edit:
    """Write one part in UTF-16."""

    def edit(parts: Parts) -> None:
        words = parts[part].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        parts[part] = words.encode("utf-16")

    return edit


def inserted_column(parts: Parts) -> None:
    """Let a blank column stand before all others."""
    moved = re.sub(
        r'<c r="([A-N])(\d+)"',
        lambda m: f'<c r="{chr(ord(m[1]) + 1)}{m[2]}"',
        parts[SHEET].decode(),
    )
    parts[SHEET] = moved.encode()


def moved_columns(parts: Parts) -> None:
    """Let the last two columns change places."""
    sheet = parts[SHEET].decode()
    for row in range(5, LAST + 1):
        m = re.search(rf'<c r="M{row}"( [^>]*?)(/>|>.*?</c>)', sheet)
        n = re.search(rf'<c r="N{row}"( [^>]*?)(/>|>.*?</c>)', sheet)
        sheet = sheet.replace(m[0] + n[0], f'<c r="M{row}"{n[1]}{n[2]}<c r="N{row}"{m[1]}{m[2]}')
    parts[SHEET] = sheet.encode()


def move_rows(parts: Parts, moved: dict[int, int]) -> None:
    """Let rows of the table change places."""
    sheet = parts[SHEET].decode()
    rows = {int(m[1]): m[0] for m in re.finditer(r'<row r="(\d+)".*?</row>', sheet, re.DOTALL)}
    new = {to: re.sub(rf'(r="[A-Z]*){at}"', rf'\g<1>{to}"', rows[at]) for at, to in moved.items()}
    table = "".join(new[at] for at in sorted(new))
    first, last = (
        sheet.index(rows[min(moved)]),
        sheet.index(rows[max(moved)]) + len(rows[max(moved)]),
    )
    parts[SHEET] = (sheet[:first] + table + sheet[last:]).encode()


def lost_column(letter: str) -> Edit:
    """Empty one column, its heading too."""
    return resub(SHEET, rf'<c r="{letter}(?:[5-9]|1\d)"[^>]*?(?:/>|>.*?</c>)', "")


def far(address: str, inner: str = "<v>1</v>", attributes: str = "") -> Edit:
    """Put one cell far out."""
    row = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    close = f">{inner}</c>" if inner else "/>"
    return rows(f'<row r="{row}"><c r="{address}"{attributes}{close}</row>')


WIDE = {**dict(zip("0123456789", "０１２３４５６７８９", strict=True))}
IN_B, IN_J = frozenset({(6, "work")}), frozenset({(6, "completed")})
IN_K, IN_M = frozenset({(6, "finished")}), frozenset({(6, "evidence")})
HUGE = b"<a>" + b" " * 70_000_000 + b"</a>"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
