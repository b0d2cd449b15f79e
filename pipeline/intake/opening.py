"""Letters and zips opened, as plain data: done in a process apart, for they come from anywhere."""

from collections.abc import Sequence

from pipeline.intake.letters import open_letter
from pipeline.intake.packages import LETTER, Parcel, suffix
from pipeline.intake.parcels import is_workbook, open_zip


def open_parcel(file: str, data: bytes) -> Parcel:
    """Return what lies in a letter or a zip; a workbook that calls itself a zip is its own."""
    if suffix(file) == LETTER:
        return open_letter(data, file)
    return Parcel([("", data)]) if is_workbook(data) else open_zip(data, file)


def answer(file: str, blobs: Sequence[bytes]) -> tuple[dict, list[bytes]]:
    """Return the parcel of a file's name and bytes, its workbooks as blobs."""
    parcel = open_parcel(file, blobs[0])
    names = [name for name, _ in parcel.books]
    return {**vars(parcel), "books": names}, [data for _, data in parcel.books]
