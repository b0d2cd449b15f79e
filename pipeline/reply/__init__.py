"""What goes back to people: verdicts for the units, the status matrix for the secretary."""

from pipeline.reply.imported import imported_summary
from pipeline.reply.summary import summary
from pipeline.reply.verdicts import (
    GOOD,
    IN_USE,
    NOT_SENT,
    REMARKS,
    REPAIR,
    unit_statuses,
    verdict,
)

__all__ = [
    "GOOD",
    "IN_USE",
    "NOT_SENT",
    "REMARKS",
    "REPAIR",
    "imported_summary",
    "summary",
    "unit_statuses",
    "verdict",
]
