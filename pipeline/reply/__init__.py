"""What goes back to people: slips, letters, short messages, the status matrix."""

from pipeline.reply.books import books_to_mark
from pipeline.reply.codes import explain_code, is_code, near_codes
from pipeline.reply.explain import explain_occurrences, explain_person, explain_task
from pipeline.reply.imported import imported_summary
from pipeline.reply.letters import letters
from pipeline.reply.messages import messages, urging_messages
from pipeline.reply.pages import slips
from pipeline.reply.period import period_summary
from pipeline.reply.province import province_summary, told_of_deaths
from pipeline.reply.review import review_summary
from pipeline.reply.summary import summary
from pipeline.reply.verdicts import (
    GOOD,
    NOT_SENT,
    REMARKS,
    REPAIR,
    Verdict,
    unit_statuses,
    verdict,
)

__all__ = [
    "GOOD",
    "NOT_SENT",
    "REMARKS",
    "REPAIR",
    "Verdict",
    "books_to_mark",
    "explain_code",
    "explain_occurrences",
    "explain_person",
    "explain_task",
    "imported_summary",
    "is_code",
    "letters",
    "messages",
    "near_codes",
    "period_summary",
    "province_summary",
    "review_summary",
    "slips",
    "summary",
    "told_of_deaths",
    "unit_statuses",
    "urging_messages",
    "verdict",
]
