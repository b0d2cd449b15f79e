"""hop-thu → submissions: mail and zip opened, receipts kept, the version of each unit settled."""

from pipeline.intake.mailbox import collect, open_file
from pipeline.intake.packages import Package, Parcel, parcel_of
from pipeline.intake.receipts import Receipt, read_receipts, receipts_text
from pipeline.intake.settle import settle
from pipeline.intake.versions import change_rows

__all__ = [
    "Package",
    "Parcel",
    "Receipt",
    "change_rows",
    "collect",
    "open_file",
    "parcel_of",
    "read_receipts",
    "receipts_text",
    "settle",
]
