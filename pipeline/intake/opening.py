"""Letters and zips opened, as plain data: done in a process apart, for they come from anywhere."""

from collections.abc import Sequence

from pipeline.intake.letters import open_letter
from pipeline.intake.packages import LETTER, Parcel, suffix
from pipeline.intake.parcels import begins_like_a_letter, is_book, is_packed, is_workbook, open_zip


def open_parcel(file: str, data: bytes) -> Parcel:
    """Return what lies in a letter or a zip, whatever it is called.

    What is neither stands for itself, so that its reader says what it is.
    """
    alone = Parcel([("", data)])
    if is_packed(data):
        return alone if is_workbook(data) else open_zip(data, file)
    if not begins_like_a_letter(data):
        return alone
    letter = open_letter(data, file)
    brings = any(is_book(name) or is_workbook(book) for name, book in letter.books)
    return letter if brings or suffix(file) == LETTER else alone


def answer(file: str, blobs: Sequence[bytes]) -> tuple[dict, list[bytes]]:
    """Return the parcel of a file's name and bytes, its workbooks as blobs."""
    parcel = open_parcel(file, blobs[0])
    names = [name for name, _ in parcel.books]
    return {**vars(parcel), "books": names}, [data for _, data in parcel.books]
