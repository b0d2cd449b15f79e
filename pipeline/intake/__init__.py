"""hop-thu → submissions: mail and zip opened, receipts kept, the version of each unit settled."""

from pipeline.intake.mailbox import collect
from pipeline.intake.packages import Package, package
from pipeline.intake.receipts import Receipt, new_receipts, read_receipts, receipts_text
from pipeline.intake.settle import settle

__all__ = [
    "Package",
    "Receipt",
    "collect",
    "new_receipts",
    "package",
    "read_receipts",
    "receipts_text",
    "settle",
]
