"""What goes back to people: verdicts for the units, the status matrix for the secretary."""

from pipeline.reply.annotate import annotate
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
    "annotate",
    "summary",
    "unit_statuses",
    "verdict",
]
