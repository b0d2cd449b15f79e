"""don-doc/: one sheet a unit, while the cycle runs."""

from pipeline.model.calendar import parse_cycle
from pipeline.model.urging import SOON, Urging
from pipeline.packet.charts import short
from pipeline.packet.front import issuer
from pipeline.tools.page import fill

FOLDER = "don-doc"


def compose_urging(urging: Urging) -> dict[str, str]:
    """Return a sheet as HTML, by the name of its PDF, for every unit that has anything due."""
    cycle = parse_cycle(urging.cycle)
    frame = {"result": urging, "cycle": cycle, "year": cycle.year, "soon": SOON, "short": short}
    frame["head"] = issuer(urging)
    return {
        f"{unit.unit or 'khac'}.pdf": fill("urge/urge.html.j2", frame | {"unit": unit})
        for unit in urging.units
        if unit.anything
    }
