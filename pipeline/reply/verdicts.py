"""The word for a unit's report, and the verdict on one workbook."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.model.findings import ERROR, is_question, severity
from pipeline.model.grouping import Kind, told
from pipeline.model.stamp import Stamp
from pipeline.model.submissions import IN_USE
from pipeline.model.tables import NOT_SENT, REPAIR
from pipeline.model.text import show_decimal
from pipeline.reply.readback import read_back

REMARKS, GOOD = "Đạt, có lưu ý", "Đạt"
CRASHED = "K199"
BESIDE = "  Không phải sửa trong phiếu, nhưng có thể được hỏi tại cuộc họp:"
LEFT = (
    "  Còn {} vấn đề nữa: sửa các chỗ trên rồi kiểm tra lại; tổng hợp xong thì kể đủ ở "
    "luu-tru.xlsx, trang «Vấn đề», và ở sổ đã đánh dấu trong phieu-sua/."
)
# Whether, when and how often a file reached the office is the secretary's matter.
OFFICE = ("K116", "K117", "K118")


def unit_statuses(
    units: Iterable[str], submissions: Iterable[Mapping], findings: Iterable[Mapping]
) -> dict[str, tuple[str, str]]:
    """Return unit → (status word, late «có»/«không») from its used file and its findings."""
    used = {row["unit"]: row for row in submissions if row["status"] == IN_USE}
    told = list(findings)
    return {unit: _status(unit, used.get(unit), told) for unit in units}


def _status(unit: str, submission: Mapping | None, found: Iterable[Mapping]) -> tuple[str, str]:
    """Return the word: an error counts in the file in use, a remark about any file of the unit.

    A question is no remark.
    """
    if submission is None:
        return NOT_SENT, "không"
    about = [row for row in found if submission["file"] == row["file"] or row["unit"] == unit]
    own = [row for row in about if not is_question(row) and row["code"] not in OFFICE]
    errors = [r for r in own if severity(r["code"]) == ERROR and r["file"] == submission["file"]]
    word = REPAIR if errors else REMARKS if own else GOOD
    return word, submission["late"]


@dataclass(frozen=True)
class Verdict:
    """What `check` says of one workbook, and whether it may be sent as it is."""

    lines: list[str]
    fit: bool
    crashed: bool


def verdict_word(findings: Iterable[Mapping]) -> str:
    """Return the verdict that opens every reply: sent back with so many errors, or passed."""
    found = [row["severity"] == ERROR for row in findings]
    errors, remarks = sum(found), len(found) - sum(found)
    if errors:
        return f"GỬI LẠI: {errors} lỗi phải sửa" + (f", {remarks} lưu ý" if remarks else "")
    return f"ĐẠT, có {remarks} lưu ý" if remarks else "ĐẠT. Không có lỗi"


def verdict(
    file: str,
    stamp: Stamp | None,
    findings: list[dict],
    tallies: Iterable[Mapping] = (),
    beside: Collection[Mapping] = (),
) -> Verdict:
    """Return what `check` says of one workbook: verdict, what was read, findings with remedies.

    `beside` is what the workbook cannot put right: it is told last and changes no verdict.
    """
    whose = f" (phiếu {stamp.unit}, kỳ {stamp.cycle})" if stamp else ""
    read = read_back(tallies, findings)
    return Verdict(
        lines=[
            f"{file}{whose}: {verdict_word(findings)}.",
            *([f"  {read}"] if read else []),
            *_told(findings),
            *([BESIDE, *_told(beside)] if beside else []),
        ],
        fit=not any(row["severity"] == ERROR for row in findings),
        crashed=any(row["code"] == CRASHED for row in findings),
    )


def _told(findings: Collection[Mapping]) -> list[str]:
    """Return findings and remedies, a line each, like ones once, and how many are not told."""
    kinds, left = told(list(findings))
    lines = [line for kind in kinds for line in _said(kind)]
    return [*lines, LEFT.format(show_decimal(left))] if left else lines


def _said(kind: Kind) -> list[str]:
    row, others = kind.first, kind.more(elsewhere="kiểm tra lại sẽ thấy")
    lines = (f"{row['code']} {row['message']}", others and f"     … {others}.")
    return [*(f"  {line}" for line in lines if line), f"       {row['action']}"]
