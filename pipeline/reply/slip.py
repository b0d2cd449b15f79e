"""What is said to one unit about its report; paper, letter and short message are made from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import ERROR, NOTE, REPAIRED, WARNING, is_question
from pipeline.model.submissions import IN_USE, REFUSED, SET_ASIDE, WAITING
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import show_date
from pipeline.reply.readback import read_back
from pipeline.reply.verdicts import OFFICE, verdict_word

ABOUT_NEWER = ("K114", "K128", "K129", "K133")
TO_ANSWER = "CẦN TRẢ LỜI: bản mới chưa được dùng"
UNUSED = (REFUSED, WAITING)
NOTHING_USED = "Chưa có bản nào dùng được."
GROUPS = (
    ("errors", "Lỗi phải sửa"),
    ("warnings", "Cảnh báo: nên xem lại"),
    ("notes", "Lưu ý"),
    ("repairs", "Đã tự sửa: sai thì gửi bản sửa"),
)
LEVELS = {ERROR: "errors", WARNING: "warnings", NOTE: "notes"}
Row = Mapping[str, object]


@dataclass(frozen=True)
class Slip:
    """The reply to one unit that sent something."""

    unit: str
    name: str
    cycle: str  # as it is said
    used: Row | None  # the submission in use
    files: tuple[str, ...]  # a sentence each
    read: str
    findings: tuple[Row, ...]
    what_next: str

    @property
    def verdict(self) -> str:
        """The first line, «GỬI LẠI: 3 lỗi phải sửa»."""
        errors = any(row["severity"] == ERROR for row in self.findings)
        if self.waits and self.used and not errors:
            return TO_ANSWER
        return verdict_word(self.findings) if self.used or errors else NOTHING_USED.rstrip(".")

    @property
    def waits(self) -> bool:
        """Whether a newer version is not used before somebody has answered."""
        return any(row["code"] in ABOUT_NEWER for row in self.findings)

    @property
    def groups(self) -> list[tuple[str, str, list[Row]]]:
        """Key, title and findings of every part that has any: errors first, repairs last."""
        parts = (
            (key, title, [r for r in self.findings if _part(r) == key]) for key, title in GROUPS
        )
        return [(key, f"{title} ({len(rows)})", rows) for key, title, rows in parts if rows]


def _part(row: Row) -> str:
    return "repairs" if row["code"] == REPAIRED else LEVELS[str(row["severity"])]


def open_slips(result: CycleResult) -> list[Slip]:
    """Return the reply to every unit that sent something, in register order."""
    tables = {
        key: records(result.tables[key]) for key in ("units", "submissions", "findings", "tallies")
    }
    heard = senders(tables["submissions"])
    return [_slip(result, unit, tables) for unit in tables["units"] if unit["unit"] in heard]


def senders(submissions: Iterable[Row]) -> set[object]:
    """Return the units that sent something they have not withdrawn."""
    return {row["unit"] for row in submissions if row["status"] != SET_ASIDE}


def _slip(result: CycleResult, unit: Row, tables: Mapping[str, list[dict]]) -> Slip:
    own = {key: [r for r in rows if r["unit"] == unit["unit"]] for key, rows in tables.items()}
    files = {row["file"] for row in own["submissions"]}
    found = [row for row in own["findings"] if _concerns(row, files)]
    used = next((row for row in own["submissions"] if row["status"] == IN_USE), None)
    return Slip(
        unit=str(unit["unit"]),
        name=str(unit["name"]),
        cycle=parse_cycle(result.cycle).name,
        used=used,
        files=_files(own["submissions"], used, {row["file"] for row in found}),
        read=read_back(own["tallies"], found) or NOTHING_USED,
        findings=tuple(found),
        what_next=_what_next(result, used, found),
    )


def _files(submissions: Iterable[Row], used: Row | None, told: set[object]) -> tuple[str, ...]:
    """Return a sentence for the file in use and for each that was to take its place."""
    unused = (row for row in submissions if row["status"] in UNUSED and row["file"] in told)
    rows = ([used] if used else []) + list(unused)
    return tuple(map(_file, rows))


def _file(row: Row) -> str:
    version = f", bản thứ {row['version']}" if row["version"] else ""
    late = ", nộp chậm" if row["late"] == "có" else ""
    return f"«{row['file']}», nhận lúc {row['received']}{version}{late}: {row['status']}"


def _what_next(result: CycleResult, used: Row | None, found: Iterable[Row]) -> str:
    until = result.meeting["verification_until"]
    when = f"chậm nhất ngày {show_date(until)}" if result.made_at.date() <= until else "ngay"
    if used is None:
        return f"Làm theo cách nêu dưới đây rồi gửi phiếu {when}; đến nay đơn vị tính là chưa nộp."
    if any(row["code"] in ABOUT_NEWER for row in found):
        return f"Bản mới chưa được dùng, đang dùng bản trước: xem dưới đây, trả lời {when}."
    if not any(row["severity"] == ERROR for row in found):
        return "Không phải gửi lại. Muốn sửa thì sửa trong tệp đã gửi rồi gửi lại cả tệp."
    return (
        f"Sửa đúng các ô nêu dưới đây trong tệp đã gửi, lưu, gửi lại cả tệp {when}. "
        "Dòng có lỗi chưa được tính cho đến khi sửa xong."
    )


def _concerns(found: Row, files: set[str]) -> bool:
    """Say whether a finding is for the unit to act on."""
    office = found["code"] in OFFICE or is_question(found)
    return not office and found["file"] in files | {""}
