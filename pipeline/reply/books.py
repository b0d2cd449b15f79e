"""Which units' own workbooks go back beside the slips, with their faults marked."""

from collections.abc import Mapping

from pipeline.model.tables import CycleResult
from pipeline.reply.pages import FOLDER
from pipeline.reply.slip import open_slips


def books_to_mark(result: CycleResult) -> dict[str, tuple[str, list[Mapping]]]:
    """Return the workbook in use of every unit with findings in it, and these, by its new name."""
    books = {}
    for slip in open_slips(result):
        if slip.used is None:
            continue
        file = str(slip.used["file"])
        found = [row for row in slip.findings if row["file"] == file]
        ending = ".xlsm" if file.lower().endswith(".xlsm") else ".xlsx"
        if found:
            books[f"{FOLDER}/{slip.unit}{ending}"] = file, found
    return books
