"""The correction slip on paper: one page, errors first, each kind of problem at its first cell."""

from collections.abc import Mapping

from pipeline.model.tables import CycleResult
from pipeline.reply.grid import Neighbourhood, Read
from pipeline.reply.grouping import arranged
from pipeline.reply.slip import Slip, open_slips
from pipeline.tools.page import fill

FOLDER = "phieu-sua"


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
    """Return the slip's parts as the page shows them."""
    around = Neighbourhood(reading, list(slip.findings)).around if reading else lambda row: None
    return [
        {
            "key": part.key,
            "title": part.title,
            "drawn": part.drawn,
            "listed": part.listed,
            "left_out": part.left_out,
        }
        for part in arranged(slip, around)
    ]
