"""The correction slip on paper: one page where it fits, errors first, each at its own cell."""

from collections.abc import Mapping

from pipeline.model.findings import what_is_wrong
from pipeline.model.tables import CycleResult
from pipeline.model.text import sentence
from pipeline.reply.grid import Neighbourhood, Read
from pipeline.reply.slip import Row, Slip, open_slips, where
from pipeline.tools.page import fill

FOLDER = "phieu-sua"
MOST_GRIDS = 12  # a report with more faults is a list: nobody leafs through forty grids


def slips(result: CycleResult, readings: Mapping[str, Read]) -> dict[str, str]:
    """Return the slip of every unit with findings as HTML, by the name of its PDF."""
    return {
        f"{FOLDER}/{slip.unit}.pdf": fill(
            "slip/slip.html.j2",
            {"result": result, "slip": slip, "parts": _parts(slip, readings.get(slip.unit))},
        )
        for slip in open_slips(result)
        if slip.findings
    }


def _parts(slip: Slip, reading: Read | None) -> list[dict[str, object]]:
    """Return the slip's parts; the first problems have a grid, the repairs none."""
    around = Neighbourhood(reading, list(slip.findings)).around if reading else lambda row: None
    parts, shown = [], 0
    for key, title, rows in slip.groups:
        drawn = rows[: max(0, MOST_GRIDS - shown)] if key != "repairs" else []
        shown += len(drawn)
        problems = [_problem(row) | {"grid": around(row)} for row in drawn]
        listed = [_problem(row) for row in rows[len(drawn) :]]
        parts.append({"key": key, "title": title, "problems": problems, "listed": listed})
    return parts


def _problem(row: Row) -> dict[str, object]:
    return {**row, "where": where(row), "what": sentence(what_is_wrong(row))}
