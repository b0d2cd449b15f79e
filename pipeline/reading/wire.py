"""A reading as plain data, on its way from the process that opens files to ours."""

from collections.abc import Collection, Sequence

from pipeline import ROOT
from pipeline.model.findings import finding
from pipeline.model.layout import layout
from pipeline.model.stamp import Stamp
from pipeline.reading import Reading, read_workbook, unreadable

BLANK = ROOT / "templates" / "phieu-trang.xlsx"


def rehearse() -> None:
    """Read the blank workbook: what a first reading loads and learns, no child has to learn anew.

    That is a tenth of what a child takes for an ordinary workbook. Where somebody has taken the
    blank one away, every child learns by itself.
    """
    if BLANK.is_file():
        read_workbook(BLANK.read_bytes(), BLANK.name, layout("unit"), frozenset())


def question(file: str, key: str, required: Collection[str]) -> list:
    """Return what `answer` is asked of a workbook: its name, its layout, the sheets it needs."""
    return [file, key, sorted(required)]


def answer(asked: list, blobs: Sequence[bytes]) -> tuple[dict, list[bytes]]:
    """Return the reading of the workbook whose bytes come with the question.

    An unforeseen error about this one file is a finding, not the end.
    """
    file, key, required = asked
    try:
        reading = read_workbook(blobs[0], file, layout(key), frozenset(required))
    except Exception as error:
        reading = unreadable(file, finding("K199", file=file, fact=type(error).__name__))
    return to_plain(reading), []


def to_plain(reading: Reading) -> dict:
    """Return a reading as JSON can say it."""
    stamp = vars(reading.stamp) if reading.stamp else None
    places = [[*place, column] for place, column in reading.places.items()]
    return {**vars(reading), "stamp": stamp, "places": places}


def from_plain(plain: dict) -> Reading:
    """Return the reading that was made plain."""
    stamp = Stamp(**plain["stamp"]) if plain["stamp"] else None
    places = {tuple(place): column for *place, column in plain["places"]}
    return Reading(**{**plain, "stamp": stamp, "places": places})
