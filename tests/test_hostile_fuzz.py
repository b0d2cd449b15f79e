"""Thousands of damaged workbooks, each with a sense of what it damages: none may raise."""

import random
import re
import zipfile
from datetime import datetime
from functools import lru_cache
from io import BytesIO

import pytest

from pipeline import ROOT, intake, reading
from pipeline.intake.opening import open_parcel
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import catalogue, refuses
from pipeline.model.layout import layout
from tests import hostile

RUNS, PER_RUN = 30, 120
UNIT, MUST = layout("unit"), frozenset({"tasks"})
NOON = datetime(2026, 11, 15, 12, tzinfo=VIETNAM)
TOKEN = re.compile(rb"<[^>]*>|[^<]+")
ATTRIBUTE = re.compile(rb'([\w:.-]+)="([^"]*)"')
ADDRESS = re.compile(rb"\b[A-N]\d{1,2}\b")
NUMBER = re.compile(rb"(?<=[>\"])-?\d+(?:\.\d+)?(?=[<\"])")
ODD = (
    *(b"", b"0", b"-1", b"1", b"2", b"65536", b"1048576", b"1048577", b"4294967295", b"1e309"),
    *(b"NaN", b"INF", b"-0", b"1e300", b"0x10", b"1,5", b"true", b"b", b"e", b"d", b"s", b"str"),
    *(b"A1", b"XFD1048576", b"AAAA1", b"A0", b"a1", b"A1:XFD1048576", b"inlineStr", b"n", b"z"),
    *(b"&#65;1", b"&#8;", b"&#x0;", b"_x0000_", b"../x", b"hidden", b"\xff", "９".encode()),
)
NAMES = (b"c", b"row", b"v", b"f", b"is", b"t", b"si", b"sst", b"sheetData", b"mergeCell", b"x:c")


@lru_cache
def bases() -> list[dict[str, bytes]]:
    """Return right workbooks of several programs as parts."""
    made = []
    for edit in (None, hostile.strict, hostile.inline_to_shared, hostile.without_addresses):
        parts = hostile.right_parts()
        if edit:
            edit(parts)
        made.append(parts)
    folder = ROOT / "sample_data" / "ky" / "2026-11-K1" / "hop-thu"
    for path in sorted((*folder.glob("*.xlsx"), *folder.glob("*.ods"))):
        with zipfile.ZipFile(path) as archive:
            made.append({name: archive.read(name) for name in archive.namelist()})
    return made


def some(draw: random.Random, found: list) -> object:
    return draw.choice(found) if found else None


def splice(data: bytes, at: re.Match[bytes] | None, new: bytes, group: int = 0) -> bytes:
    return data[: at.start(group)] + new + data[at.end(group) :] if at else data


def change_token(draw: random.Random, data: bytes) -> bytes:
    found = list(TOKEN.finditer(data))
    one, other = some(draw, found), some(draw, found)
    if one is None:
        return data
    return splice(data, one, draw.choice([b"", one[0] * 2, other[0], other[0] + one[0]]))


def change_attribute(draw: random.Random, data: bytes) -> bytes:
    one = some(draw, list(ATTRIBUTE.finditer(data)))
    if one is None:
        return data
    kind = draw.randrange(4)
    if kind == 0:
        return splice(data, one, b"")
    if kind == 1:
        return splice(data, one, one[0] + b" " + one[0])
    return (
        splice(data, one, draw.choice(ODD), 2)
        if kind == 2
        else splice(data, one, draw.choice(ODD) or b"q", 1)
    )


def change_address(draw: random.Random, data: bytes) -> bytes:
    found = list(ADDRESS.finditer(data))
    one, other = some(draw, found), some(draw, found)
    return splice(data, one, draw.choice([other[0], *ODD])) if one else data


def change_number(draw: random.Random, data: bytes) -> bytes:
    return splice(data, some(draw, list(NUMBER.finditer(data))), draw.choice(ODD))


def change_name(draw: random.Random, data: bytes) -> bytes:
    one = some(draw, list(re.finditer(rb"</?([\w:]+)", data)))
    return splice(data, one, draw.choice(NAMES), 1)


def change_bytes(draw: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.randint(1, 3)):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def cut(draw: random.Random, data: bytes) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


IN_PART = (
    change_token,
    change_attribute,
    change_address,
    change_number,
    change_name,
    change_bytes,
    cut,
)


def change_members(draw: random.Random, parts: dict[str, bytes]) -> dict[str, bytes]:
    one, other = draw.choice(list(parts)), draw.choice(list(parts))
    kind = draw.randrange(5)
    if kind == 0:
        return {name: data for name, data in parts.items() if name != one}
    if kind == 1:
        return {**parts, one: parts[other], other: parts[one]}
    if kind == 2:
        return {**parts, one.swapcase(): parts[other]}
    if kind == 3:
        names = (one.replace("/", "\\"), f"../{one}", one.upper(), f"xl/{one}", "content.xml")
        return {(draw.choice(names) if name == one else name): data for name, data in parts.items()}
    return {**parts, draw.choice(["xl/a.xml", "a.xml", "xl/_rels/a.rels"]): parts[one]}


def damaged(draw: random.Random) -> bytes:
    """Return a workbook with one to three damages of a kind."""
    parts = dict(draw.choice(bases()))
    for _ in range(draw.randint(1, 3)):
        if draw.random() < 0.15:
            parts = change_members(draw, parts)
        else:
            heavy = [name for name in parts if "sheet" in name.lower() or name == "content.xml"]
            name = draw.choice(heavy if heavy and draw.random() < 0.7 else list(parts))
            parts[name] = draw.choice(IN_PART)(draw, parts[name])
    data = hostile.pack(parts, draw.choice([0, 8]))
    return draw.choice([change_bytes, cut])(draw, data) if draw.random() < 0.1 else data


def check(raw: reading.Reading) -> str:
    """Return how a file ended; it ended well or was refused with one code."""
    assert isinstance(raw, reading.Reading)
    if raw.entries:
        return "read"
    assert len(raw.findings) == 1, raw.findings
    assert refuses(raw.findings[0]), raw.findings
    assert raw.findings[0]["code"] in catalogue().keys() - {"K199"}
    return raw.findings[0]["code"]


@pytest.mark.slow
@pytest.mark.parametrize("run", range(RUNS))
def test_no_damaged_workbook_raises(run):
    draw = random.Random(run)
    ended = {
        check(reading.read_workbook(damaged(draw), "p.xlsx", UNIT, MUST)) for _ in range(PER_RUN)
    }
    assert {"read", "K104"} <= ended


def letter(draw: random.Random) -> tuple[str, bytes]:
    """Return a damaged letter or zip around a workbook."""
    folder = ROOT / "sample_data" / "ky" / "2026-11-K1" / "hop-thu"
    book = hostile.right()
    if draw.random() < 0.5:
        data = next(folder.glob("*.eml")).read_bytes()[: draw.choice([3000, 40_000])]
        lines = data.split(b"\n")
        for _ in range(draw.randint(1, 6)):
            at = draw.randrange(min(len(lines), 60))
            lines[at] = draw.choice(
                [b"", lines[at] * 2, change_bytes(draw, lines[at]), b"--x", draw.choice(ODD)]
            )
        return "thu.eml", b"\n".join(lines)
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("a.xlsx", "b/c.ods", "../d.xlsx", "e.zip"):
            archive.writestr(name, book if draw.random() < 0.5 else damaged(draw))
    return "goi.zip", change_bytes(draw, out.getvalue()) if draw.random() < 0.8 else out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("run", range(4))
def test_no_damaged_letter_or_zip_raises(run, tmp_path):
    draw = random.Random(1000 + run)
    for _ in range(100):
        name, data = letter(draw)
        (tmp_path / name).write_bytes(data)
        for package in intake.open_file(tmp_path / name, NOON, open_parcel)[0]:
            if package.problem is None:
                check(reading.read_workbook(package.data, package.file, UNIT, MUST))
