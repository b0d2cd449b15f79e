"""What the terminal says at the end of a run: the status matrix and the next steps."""

from collections.abc import Mapping

from pipeline.model.findings import ERROR, NOTE, WARNING, is_question
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import show_date
from pipeline.reply.matrix import matrix
from pipeline.reply.slip import senders
from pipeline.reply.verdicts import IN_USE, NOT_SENT, REPAIR

HEADINGS = ("Đơn vị", "Tình trạng", "Nhận lúc", "Bản", "Lỗi", "Cảnh báo", "Lưu ý")


def summary(result: CycleResult) -> list[str]:
    """Return what the terminal says at the end: the status matrix, then five lines to act on.

    The output folder stands in it as {folder}, so that the same run says the same anywhere.
    """
    tables = {
        key: records(result.tables[key]) for key in ("units", "submissions", "findings", "commune")
    }
    return [
        f"Kỳ {result.cycle} · mã bản in {result.print_code} · bộ quy tắc {result.rule_code}",
        "",
        *_matrix(tables),
        "",
        *_next_steps(result, tables),
    ]


def _matrix(tables: Mapping[str, list[dict]]) -> list[str]:
    return matrix([HEADINGS, *(_unit_row(unit, tables) for unit in tables["units"])])


def _unit_row(unit: Mapping, tables: Mapping[str, list[dict]]) -> tuple[str, ...]:
    code = unit["unit"]
    used = next(
        (s for s in tables["submissions"] if s["unit"] == code and s["status"] == IN_USE), None
    )
    told = (row for row in tables["findings"] if row["unit"] == code and not is_question(row))
    found = [row["severity"] for row in told]
    late = " (chậm)" if unit["late_report"] == "có" else ""
    counts = (str(found.count(level) or "·") for level in (ERROR, WARNING, NOTE))
    received, version = (used["received"], str(used["version"])) if used else ("", "")
    return f"{code} {unit['name']}", unit["status"] + late, received, version, *counts


def _next_steps(result: CycleResult, tables: Mapping[str, list[dict]]) -> list[str]:
    """Return what is ready, who is missing, who must repair, what waits, when the meeting is."""
    heard = senders(tables["submissions"])
    silent = [unit["unit"] for unit in tables["units"] if unit["status"] == NOT_SENT]
    missing = [unit for unit in silent if unit not in heard]
    unusable = [unit for unit in silent if unit in heard]
    repair = [unit["unit"] for unit in tables["units"] if unit["status"] == REPAIR]
    waiting = [row["file"] for row in tables["submissions"] if row["status"] == "chờ xác nhận"]
    total = tables["commune"][0]
    steps = ["Hồ sơ họp: {folder}/ho-so-hop.pdf · lưu trữ: {folder}/luu-tru.xlsx"]
    steps.append(_returns(missing, unusable))
    steps.append(
        f"Cần sửa: {', '.join(repair)}. Phiếu sửa ở phieu-sua/, thư kèm phiếu sửa ở thu/."
        if repair
        else "Không có lỗi phải sửa. Thư trả lời các đơn vị ở thu/."
    )
    office = [row for row in tables["findings"] if row["severity"] == ERROR and not row["unit"]]
    if office:
        files = ", ".join(dict.fromkeys(row["file"] for row in office))
        steps.append(f"Văn phòng, Tổ công tác sửa {len(office)} lỗi ở {files}.")
    if waiting:
        steps.append(
            f"Chờ thư ký xác nhận bản mới: {', '.join(waiting)} (ghi «dùng» vào so-nhan.csv)."
        )
    meeting = show_date(result.meeting["meeting_on"])
    verified = (
        f"Tổ công tác đã thẩm định {total['verified']}/{total['lines']} dòng (tham-dinh.xlsx)"
    )
    when = ", ".join(filter(None, (result.meeting["hour"], meeting)))
    steps.append(f"{verified}; họp {when}.")
    return [f"{n}. {step}" for n, step in enumerate(steps, 1)]


def _returns(missing: list[str], unusable: list[str]) -> str:
    """Return who has sent nothing, and whose files are of no use yet."""
    told = (
        [f"Chưa nộp: {', '.join(missing)}. Thư nhắc, tin nhắn soạn sẵn ở thu/."] if missing else []
    )
    if unusable:
        told.append(f"Đã gửi, chưa dùng được: {', '.join(unusable)}. Xem thu/.")
    return " ".join(told) or "Các đơn vị đã nộp đủ."
