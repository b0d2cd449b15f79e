"""A unit's own workbook with its findings marked: coloured cells, notes, and a list with links.

Only what has to change is changed, in place, byte by byte: a library that opens a workbook and
saves it again loses stored results and parts it does not know. Where a package is put together in
a way that does not allow this safely, it is left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import count

from pipeline.marking.cells import Place, colour, place_of
from pipeline.marking.listing import Finding, list_sheet
from pipeline.marking.looks import MAIN, Looks
from pipeline.marking.markup import Element, Markup, OddError
from pipeline.marking.notes import add_notes, may_have_notes
from pipeline.marking.package import OFFICE, Package
from pipeline.marking.unmark import list_parts, unmark
from pipeline.model.findings import LIST_SHEET, SEVERITIES, what_is_wrong
from pipeline.model.text import fold, sentence

WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
MOST_FINDINGS = 60_000  # links one sheet may have
MOST_SHEETS = 65_534  # the highest number a sheet may have


def annotate(original: bytes, findings: Sequence[Finding]) -> bytes | None:
    """Return a workbook with its own findings, worded by describe(), marked in it.

    None where there is nothing to mark, or the workbook is no plain .xlsx or .xlsm. Where it has
    been marked before, the old colours, notes and list give way to the new.
    """
    if not 0 < len(findings) <= MOST_FINDINGS:
        return None
    try:
        return _annotated(Package(original), findings)
    except OddError:
        return None


def answer(findings: Sequence[Finding], books: Sequence[bytes]) -> tuple[None, list[bytes]]:
    """Return the one workbook marked, or none, for a worker's work."""
    marked = annotate(books[0], findings)
    return None, [] if marked is None else [marked]


def _annotated(package: Package, findings: Sequence[Finding]) -> bytes:
    book = _target_of(package, "", "officeDocument")
    contents = Markup(package.read(book), MAIN, 3)
    sheets = _sheets(package, book, contents)
    styles = _target_of(package, book, "styles")
    looks = Looks(package.read(styles))
    lists = list_parts(package, book, sheets)
    own = {title: part for title, part in sheets.items() if title not in lists}
    marks = _by_cell(findings)
    for title, part in own.items():
        if lists:
            unmark(package, part, looks, marks.get(title, {}))
        if title in marks:
            _mark(package, part, marks[title], looks)
    listed = list_sheet(findings, own, looks)
    for part in lists.values():
        package.write(part, listed.encode())
    if not lists:
        _add_list(package, book, contents, listed)
    package.write(styles, looks.edited())
    return package.packed()


def _target_of(package: Package, part: str, kind: str) -> str:
    """Return the one part of a kind another is related to."""
    targets = [target for found, target in package.relations(part).values() if found == kind]
    if len(targets) != 1:
        raise OddError(f"no {kind}, or several")
    return targets[0]


def _sheets(package: Package, book: str, contents: Markup) -> dict[str, str]:
    """Return the part of every sheet of cells by its title."""
    relations = package.relations(book)
    found = {}
    for sheet in _list_of_sheets(contents).children:
        title = sheet.attributes.get("name", "")
        kind, target = relations.get(sheet.attributes.get(f"{OFFICE} id", ""), ("", ""))
        if kind == "worksheet":
            found[title] = target
    return found


def _list_of_sheets(contents: Markup) -> Element:
    sheets = contents.root.child("sheets")
    if sheets is None:
        raise OddError("no list of sheets")
    return sheets


def _by_cell(findings: Sequence[Finding]) -> dict[str, dict[Place, list[Finding]]]:
    """Return sheet title → cell → what was found there."""
    grouped: dict[str, dict[Place, list[Finding]]] = {}
    for found in findings:
        if place := place_of(str(found["cell"])):
            grouped.setdefault(str(found["sheet"]), {}).setdefault(place, []).append(found)
    return grouped


def _mark(
    package: Package, part: str, marks: Mapping[Place, Sequence[Finding]], looks: Looks
) -> None:
    """Colour the cells of a sheet and, unless it has notes of its own, add notes."""
    sheet = Markup(package.read(part), MAIN, 4)
    colour(sheet, {place: _worst(found) for place, found in marks.items()}, looks)
    if may_have_notes(package, part, sheet):
        notes = {place: "\n".join(map(_note, found)) for place, found in marks.items()}
        add_notes(package, part, sheet, notes)
    package.write(part, sheet.edited())


def _worst(found: Sequence[Finding]) -> str:
    return min((str(row["severity"]) for row in found), key=SEVERITIES.index)


def _note(found: Finding) -> str:
    severity = str(found["severity"]).upper()
    return f"{severity} ({found['code']}): {sentence(what_is_wrong(found))} {found['action']}"


def _add_list(package: Package, book: str, contents: Markup, xml: str) -> None:
    """Add the list as the last sheet: every number that counts sheets stays right."""
    part = package.add("xl/worksheets/sheet{}.xml", xml, WORKSHEET)
    own = package.relate(book, "worksheet", part)
    sheets = _list_of_sheets(contents)
    numbers = [sheet.attributes.get("sheetId", "") for sheet in sheets.children]
    number = 1 + max((int(text) for text in numbers if text.isdecimal()), default=0)
    if number > MOST_SHEETS:
        raise OddError("too many sheets")
    titles = {fold(sheet.attributes.get("name", "")) for sheet in sheets.children}
    name = next(name for name in _names() if fold(name) not in titles)
    names = f'name="{escape(name)}" sheetId="{number}"'
    contents.add(sheets, f'<sheet {names} xmlns:r="{OFFICE}" r:id="{own}"/>')
    package.write(book, contents.edited())


def _names() -> Iterator[str]:
    """Yield the titles a list may have: a sheet of the unit's own may have the first."""
    yield LIST_SHEET
    yield from (f"{LIST_SHEET} ({number})" for number in count(2))
