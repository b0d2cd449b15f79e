"""Make the sample commune: registers, and four cycles from assignment to verification.

    .venv/bin/python sample_data/make.py

Everything is made from nguon/ with a fixed seed; a second run gives equal cells. LibreOffice is
needed, because most units save their workbooks with it. What the program itself writes (the issued
workbooks, the draft of the working group's workbook) is written by the program.
"""

import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from making.assigning import Assigner, Line, assignment_workbook, carried_line
from making.content import Content, Scene, read_content
from making.filling import Work, filled, units_sent
from making.posting import COPY, deliver, receipts, saved_again
from making.registers import registers_workbook
from making.verifying import Group
from making.working import Office, Report

from pipeline.cycle import open_cycle, run_cycle
from pipeline.model.calendar import Cycle
from pipeline.model.folders import RESULT, CycleFolder

DATA = Path(__file__).resolve().parent


def main() -> None:
    content = read_content(DATA / "nguon")
    (DATA / "danh-muc.xlsx").write_bytes(registers_workbook(content))
    tell(
        f"danh-muc.xlsx: {len(content.units)} đơn vị, {len(content.people)} người, "
        f"{len(content.products)} sản phẩm"
    )
    shutil.rmtree(DATA / "ky", ignore_errors=True)
    assigner, carried = Assigner(content), []
    with tempfile.TemporaryDirectory() as folder:
        for scene in content.scenes:
            carried = make_cycle(scene, content, carried + assigner.new_lines(scene), Path(folder))
        # A run brings the drafts up to date: what is kept here is what a run leaves alone.
        run_cycle(CycleFolder(DATA, scene.cycle), Path(folder) / "output", None, silent)


def make_cycle(scene: Scene, content: Content, lines: list[Line], work_folder: Path) -> list[Line]:
    """Make the folder of one cycle; return the lines carried into the next."""
    place = CycleFolder(DATA, scene.cycle)
    place.place.mkdir(parents=True)
    place.assignments.write_bytes(assignment_workbook(lines, scene, content))
    open_cycle(place, silent)
    work = Work(content, scene, lines, reports_of(lines, scene, content))
    send(place, work, work_folder)
    group = verify(place, work, work_folder / "output", newest=scene is content.scenes[-1])
    left = left_over(work, group)
    late = sum(line.carried > 0 for line in lines)
    tell(
        f"{scene.cycle}: {len(lines)} dòng ({late} chuyển kỳ), "
        f"{len(scene.postings)} tệp, còn lại {len(left)} dòng"
    )
    return left


def reports_of(lines: list[Line], scene: Scene, content: Content) -> dict[tuple[str, str], Report]:
    """Return by key what every unit reports, or would report had it sent anything."""
    sent = {unit: posting.received for unit, posting in units_sent(scene.postings).items()}
    office = Office(content, scene, sent)
    taken = Work(content, scene, lines, {}).taken()
    return {line.key: office.report(line, taken.get(line.key, Decimal(0))) for line in lines}


def send(place: CycleFolder, work: Work, work_folder: Path) -> None:
    """Fill in the issued workbooks and let them come back."""
    books = {}
    for posting in work.scene.postings:
        issued = (place.issued / f"{posting.unit}.xlsx").read_bytes()
        books[posting] = b"" if posting.form == COPY else filled(issued, posting, work)
    books = saved_again(books, work_folder / "saved")
    deliver(books, place.inbox, CycleFolder(DATA, work.scene.cycle.previous).inbox, work.content)
    place.receipts.write_bytes(receipts(work.scene, place.inbox))


def verify(place: CycleFolder, work: Work, output: Path, *, newest: bool) -> Group:
    """Let the program draft tham-dinh.xlsx and type the group's verdicts into it."""
    group = Group(work, units_sent(work.scene.postings))
    run_cycle(place, output, None, silent)
    draft = place.verification.read_bytes()
    place.verification.write_bytes(group.typed(draft, chosen=newest))
    forget(output, work.scene.cycle)
    return group


def forget(output: Path, cycle: Cycle) -> None:
    """Take away the result made before the verdicts, so that the next cycle makes it anew."""
    (output / str(cycle) / RESULT).unlink(missing_ok=True)


def left_over(work: Work, group: Group) -> list[Line]:
    """Return the lines that go on into the next cycle with what is left of them."""
    taken = work.taken()
    left = []
    for line in work.lines:
        unheard = line.unit not in group.sent
        done = Decimal(0) if unheard else group.accepted(line) + taken.get(line.key, Decimal(0))
        if line.assigned > done:
            left.append(carried_line(line, line.assigned - done, work.scene, unheard=unheard))
    return left


def tell(text: str) -> None:
    print(text, flush=True)


def silent(stage: str, done: int, total: int) -> None:
    """Tell nothing of the program's own progress."""


if __name__ == "__main__":
    sys.exit(main())
