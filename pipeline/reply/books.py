"""The unit's own workbook with its faults marked, beside the slip."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from pipeline.model.tables import CycleResult
from pipeline.reply.pages import FOLDER
from pipeline.reply.slip import open_slips


class Original(Protocol):
    """A workbook as it came."""

    data: bytes


Annotate = Callable[[bytes, Sequence[Mapping]], bytes | None]


def marked_books(
    result: CycleResult, originals: Mapping[str, Original], annotate: Annotate
) -> dict[str, bytes]:
    """Return the workbook in use of every unit with findings, as `annotate` marks it.

    `originals` are the workbooks as they came, by file. Where there is nothing to mark or the
    package cannot be marked, the slip stands alone.
    """
    books = {}
    for slip in open_slips(result):
        if slip.used is None:
            continue
        file = str(slip.used["file"])
        found = [row for row in slip.findings if row["file"] == file]
        data = annotate(originals[file].data, found) if found else None
        if data is not None:
            ending = ".xlsm" if file.lower().endswith(".xlsm") else ".xlsx"
            books[f"{FOLDER}/{slip.unit}{ending}"] = data
    return books
