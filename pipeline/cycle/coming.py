"""What a closed cycle hands to the next: its assignment table, and petitions not yet answered."""

from collections.abc import Mapping
from pathlib import Path

from pipeline import issue
from pipeline.cycle.drafted import foreign_to, read_drafted
from pipeline.cycle.meeting import BOOK
from pipeline.cycle.plan import Plan, read_registers
from pipeline.model.findings import ConfigError
from pipeline.model.folders import CycleFolder
from pipeline.model.layout import layout
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import fold, show
from pipeline.reading import Reading

TABLE, WORK, PETITIONS = "assignment", "assignments", "petitions"
KNOWN_BY = ("received_on", "person", "task_id", "figure")  # a petition
NO_RESULTS = dict.fromkeys((s.key for s in layout("archive").tables), ())


def draft_next(
    folder: CycleFolder, result: CycleResult, before: Plan, last: Path
) -> dict[Path, bytes]:
    """Return the next cycle's giao-viec.xlsx, and ket-luan.xlsx where a petition is open.

    What people typed in them is kept; `last` is the table as the program drafted it before. Raises
    ConfigError where a draft would lose something.
    """
    following = CycleFolder(folder.data, folder.cycle.next)
    drafts = {following.assignments: _assignments(folder, result, before, last)}
    waiting = [row for row in records(before.meeting.petitions) if not row["answer"]]
    if waiting:
        drafts[following.meeting] = _petitions(following.meeting, before, waiting)
    return drafts


def _assignments(folder: CycleFolder, result: CycleResult, before: Plan, last: Path) -> bytes:
    there = _whole(CycleFolder(folder.data, folder.cycle.next).assignments, TABLE)
    base = read_drafted(last, TABLE, ())
    known = [*base.entries.get(WORK, ()), *there.entries.get(WORK, ())]
    on = result.meeting["meeting_on"]
    lists = before.registers
    if (registers := CycleFolder(folder.data, folder.cycle.next).registers) != folder.registers:
        lists, _ = read_registers(registers)  # this cycle, reopened, goes by those of its time
    given = issue.given_work(before.meeting.given, before.registers, folder.cycle, on, known)
    drafted = [*issue.carried_work(result.tables), *given]
    return issue.coming_workbook(drafted, there.entries, base.entries, lists)


def _petitions(path: Path, before: Plan, waiting: list[dict]) -> bytes:
    """Return the next meeting's workbook with the petitions nobody has answered yet."""
    there = _whole(path, BOOK).entries
    rows = {row["row"] for row in waiting}
    typed = [row for row in before.meeting.entries[PETITIONS] if row["row"] in rows]
    known = {_known(row) for row in there.get(PETITIONS, ())}
    more = [row for row in typed if _known(row) not in known]
    entries = {**there, PETITIONS: [*more, *there.get(PETITIONS, ())]}
    return issue.meeting_workbook(NO_RESULTS, entries, before.registers)


def _known(row: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(fold(show(row.get(name))) for name in KNOWN_BY)


def _whole(path: Path, book: str) -> Reading:
    """Return a workbook as it stands; raises ConfigError where a new draft would lose something."""
    there = read_drafted(path, book, ())
    if foreign_to(there):
        raise ConfigError(
            f"{path} có phần ghi ngoài mẫu, hoặc ô công thức chưa có kết quả; sửa rồi khóa."
        )
    return there
