"""The only place that knows a workbook's stamp: whose it is, which cycle, which rules, which rows.

The stamp stands on a hidden sheet and in a visible cell of every issued workbook: either is enough.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.model.layout import layout
from pipeline.model.text import clean, show

STAMP_SHEET = "_sauro"
LEAD = "Mã phiếu: "
PATTERN = re.compile(
    r"(?:Mã phiếu\s*:\s*(?P<led>[^|\n]{1,60}?)|(?P<bare>[^\s|:]{1,60}))"
    r"\s*\|\s*(?P<cycle>20\d\d-(?:0[1-9]|1[0-2])-K[12])"
    r"\s*\|\s*(?P<rule_code>QT-[0-9A-F]{4})"
    r"\s*\|\s*(?P<digest>[0-9a-f]{8})(?![0-9a-f])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stamp:
    """Unit, cycle, rule code and the digest of the issued rows."""

    unit: str
    cycle: str
    rule_code: str
    digest: str

    @property
    def text(self) -> str:
        """The stamp alone: «KT|2026-11-K1|QT-F211|1a2b3c4d»."""
        return f"{self.unit}|{self.cycle}|{self.rule_code}|{self.digest}"

    @property
    def line(self) -> str:
        """The stamp as it stands in a visible cell: «Mã phiếu: KT|…»."""
        return LEAD + self.text


def find_stamp(text: object) -> Stamp | None:
    """Return the first stamp a text holds, or None."""
    found = PATTERN.search(clean(text))
    if not found:
        return None
    unit = (found["led"] or found["bare"]).strip()
    return Stamp(unit, found["cycle"].upper(), found["rule_code"].upper(), found["digest"].lower())


def digest_of(rows: Iterable[Mapping[str, object]]) -> str:
    """Return the short hash of the issued cells of rows of «Nhiệm vụ», whatever their order."""
    keys = sorted(field.key for field in layout("unit")["tasks"].field if field.by == "issued")
    lines = sorted("\x1f".join(clean(show(row.get(key))) for key in keys) for row in rows)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()[:8]
