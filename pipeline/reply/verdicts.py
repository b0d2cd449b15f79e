"""The word for a unit's report, and the verdict on one workbook."""

from collections.abc import Iterable, Mapping

from pipeline.model.findings import ERROR, is_question, severity
from pipeline.model.stamp import Stamp

NOT_SENT, REPAIR, REMARKS, GOOD = "Chưa nộp", "Cần sửa", "Đạt, có lưu ý", "Đạt"
IN_USE = "đang dùng"


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
    own = [row for row in about if not is_question(row)]
    errors = [r for r in own if severity(r["code"]) == ERROR and r["file"] == submission["file"]]
    word = REPAIR if errors else REMARKS if own else GOOD
    return word, submission["late"]


def verdict(file: str, stamp: Stamp | None, findings: list[dict]) -> list[str]:
    """Return what `check` says of one workbook: the verdict, then every finding with its remedy."""
    errors = sum(row["severity"] == ERROR for row in findings)
    remarks = len(findings) - errors
    if errors:
        word = f"GỬI LẠI: {errors} lỗi phải sửa" + (f", {remarks} lưu ý" if remarks else "")
    else:
        word = f"ĐẠT, có {remarks} lưu ý" if remarks else "ĐẠT. Không có lỗi"
    lines = [f"  {row['code']} {row['message']}\n       {row['action']}" for row in findings]
    whose = f" (phiếu {stamp.unit}, kỳ {stamp.cycle})" if stamp else ""
    return [f"{file}{whose}: {word}.", *lines]
