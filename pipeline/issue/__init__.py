"""Assignment table → the units' workbooks; results → drafts for the group and the meeting."""

from pipeline.issue.assignments import check_assignments, due_on_days_off, share_of
from pipeline.issue.coming import carried_work, coming_workbook, given_work
from pipeline.issue.imported import imported_workbook
from pipeline.issue.meeting import meeting_workbook
from pipeline.issue.units import (
    as_issued,
    blank_workbook,
    indicator_rows,
    rows_by_unit,
    unit_rows,
    unit_workbook,
)
from pipeline.issue.verification import verification_workbook

__all__ = [
    "as_issued",
    "blank_workbook",
    "carried_work",
    "check_assignments",
    "coming_workbook",
    "due_on_days_off",
    "given_work",
    "imported_workbook",
    "indicator_rows",
    "meeting_workbook",
    "rows_by_unit",
    "share_of",
    "unit_rows",
    "unit_workbook",
    "verification_workbook",
]
