"""What the terminal says at the end of a run: the status matrix and the next steps."""

from collections.abc import Iterable, Mapping

from pipeline.model.findings import ERROR, NOTE, WARNING, is_question
from pipeline.model.submissions import IN_USE, WAITING
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import show_date
from pipeline.reply.matrix import matrix
from pipeline.reply.slip import senders
from pipeline.reply.verdicts import NOT_SENT, REPAIR

FILES_NAMED = 3
HEADINGS = ("Đơn vị", "Tình trạng", "Nhận lúc", "Bản", "Lỗi", "Cảnh báo", "Lưu ý")


def summary(result: CycleResult) -> list[str]:
    """Return what the terminal says at the end: the status matrix, then five lines to act on.

    The output folder stands in it as {folder}, so that the same run says the same anywhere.
    """
    tables = {
        key: records(result.tables[key]) for key in ("units", "submissions", "findings", "commune")
    }
    return [
        f"Kỳ {result.cycle} · {_printed(result)} · bộ quy tắc {result.rule_code}",
        "",
        *_matrix(tables),
        "",
        *_next_steps(result, tables),
    ]


def _printed(result: CycleResult) -> str:
    draft = "BẢN NHÁP, " if result.options.get("draft") else ""
    return f"{draft}mã bản in {result.print_code}"


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
    """Return at most five: what is ready, who is missing, who must repair, what waits, when."""
    repair = [unit["unit"] for unit in tables["units"] if unit["status"] == REPAIR]
    total = tables["commune"][0]
    meeting = show_date(result.meeting["meeting_on"])
    verified = (
        f"Tổ công tác đã thẩm định {total['verified']}/{total['lines']} dòng (tham-dinh.xlsx)"
    )
    when = ", ".join(filter(None, (result.meeting["hour"], meeting)))
    steps = [
        "Hồ sơ họp: {folder}/ho-so-hop.pdf (đọc trên máy, điện thoại: ho-so-hop.html)"
        " · lưu trữ: {folder}/luu-tru.xlsx",
        _returns(tables),
        f"Cần sửa: {', '.join(repair)}. Phiếu sửa ở phieu-sua/, thư kèm phiếu sửa ở thu/."
        if repair
        else "Không có lỗi phải sửa. Thư trả lời các đơn vị ở thu/.",
        " ".join(filter(None, (_waiting(tables), _office(tables)))),
        f"{verified}; họp {when}.",
    ]
    return [f"{n}. {step}" for n, step in enumerate(filter(None, steps), 1)]


def _returns(tables: Mapping[str, list[dict]]) -> str:
    """Return who has sent nothing, whose files are of no use yet, and files of nobody we know."""
    heard = senders(tables["submissions"])
    silent = [unit["unit"] for unit in tables["units"] if unit["status"] == NOT_SENT]
    missing = [unit for unit in silent if unit not in heard]
    unusable = [unit for unit in silent if unit in heard]
    told = (
        [f"Chưa nộp: {', '.join(missing)}. Thư nhắc, tin nhắn soạn sẵn ở thu/."] if missing else []
    )
    if unusable:
        told.append(
            f"Đã gửi, chưa dùng được: {', '.join(unusable)}. Thư nói rõ vì sao soạn sẵn ở thu/."
        )
    if strangers := _strangers(tables):
        told.append(
            f"Chưa rõ của đơn vị nào: {_quoted(strangers)}. Trả lời người gửi: thu/tin-nhan.txt."
        )
    return " ".join(told) or "Các đơn vị đã nộp đủ."


def _strangers(tables: Mapping[str, list[dict]]) -> list[str]:
    """Return the files that name no unit of ours and hold a report nobody can use."""
    errors = {row["file"] for row in tables["findings"] if row["severity"] == ERROR}
    files = (row["file"] for row in tables["submissions"] if not row["unit"])
    return [file for file in files if file in errors]


def _waiting(tables: Mapping[str, list[dict]]) -> str:
    waiting = [row for row in tables["submissions"] if row["status"] == WAITING]
    if not waiting:
        return ""
    units = ", ".join(dict.fromkeys(row["unit"] for row in waiting))
    files = _quoted(row["file"] for row in waiting)
    asked = "đúng ý đơn vị thì ghi «dùng» vào so-nhan.csv"
    return f"Chờ thư ký xác nhận bản mới của {units}: {files}; {asked}."


def _office(tables: Mapping[str, list[dict]]) -> str:
    strangers = _strangers(tables)
    found = [row for row in tables["findings"] if row["severity"] == ERROR and not row["unit"]]
    own = [row["file"] for row in found if row["file"] not in strangers]
    return f"Văn phòng, Tổ công tác sửa {len(own)} lỗi ở {_quoted(own)}." if own else ""


def _quoted(files: Iterable[str]) -> str:
    """Return «a.xlsx», «b.xlsx», each once and the first few of many."""
    names = list(dict.fromkeys(files))
    more = f" và {len(names) - FILES_NAMED} tệp nữa" if len(names) > FILES_NAMED else ""
    return ", ".join(f"«{name}»" for name in names[:FILES_NAMED]) + more
