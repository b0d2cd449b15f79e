"""Make the sample commune: registers, and four cycles from assignment to verification.

    .venv/bin/python sample_data/make.py

Everything is made from nguon/ with a fixed seed; a second run gives equal cells. LibreOffice is
needed, because most units save their workbooks with it. What the program itself writes (the issued
workbooks, the drafts of the working group's and the meeting's workbooks) is written by the program.
All is made in a temporary folder first and put in place at the end.
"""

import shutil
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from making.assigning import Assigner, Line, assignment_workbook, carried_line, lines_before
from making.concluding import concluded
from making.content import Content, Scene, read_content
from making.filling import Key, Work, filled, units_sent
from making.posting import COPY, deliver, receipts, saved_again
from making.registers import registers_workbook
from making.verifying import Group
from making.working import Office, Report

from pipeline.cycle.crew import Crew, crew
from pipeline.cycle.open import open_cycle
from pipeline.cycle.start import start_cycle
from pipeline.model.folders import RESULT, CycleFolder

HERE = Path(__file__).resolve().parent
SETTINGS, REGISTERS, CYCLES = "commune.toml", "danh-muc.xlsx", "ky"
NOTHING = Decimal(0)


def main() -> None:
    """Make the data folder anew, beside this file."""
    content = read_content(HERE / "nguon")
    with tempfile.TemporaryDirectory() as folder, crew() as helpers:
        data, output = Path(folder) / "data", Path(folder) / "output"
        data.mkdir()
        shutil.copy(HERE / SETTINGS, data)
        (data / REGISTERS).write_bytes(registers_workbook(content))
        tell(f"{REGISTERS}: {len(content.people)} người, {len(content.products)} sản phẩm")
        make_cycles(content, data, output, helpers)
        put_in_place(data)


def make_cycles(content: Content, data: Path, output: Path, helpers: Crew) -> None:
    """Make the folders of all cycles, each from what the one before left over."""
    assigner = Assigner(content)
    left = lines_before(content)
    for scene in content.scenes:
        left = make_cycle(scene, content, left + assigner.new_lines(scene), data, output, helpers)
    # A run brings the drafts up to date: what is kept is what a run leaves alone.
    start_cycle(CycleFolder(data, content.scenes[-1].cycle), output, None, silent, helpers)


def make_cycle(
    scene: Scene,
    content: Content,
    lines: list[Line],
    data: Path,
    output: Path,
    helpers: Crew,
) -> list[Line]:
    """Make the folder of one cycle; return the lines left for the next."""
    place = CycleFolder(data, scene.cycle)
    place.place.mkdir(parents=True)
    place.assignments.write_bytes(assignment_workbook(lines, scene, content))
    open_cycle(place, output, silent)
    work = Work(content, scene, lines, reports_of(lines, scene, content))
    send(place, work)
    group = verify(place, work, output, helpers)
    left = left_over(work, group)
    overdue = sum(line.carried > 0 for line in lines)
    tell(
        f"{scene.cycle}: {len(lines)} dòng ({overdue} chuyển kỳ), "
        f"{len(scene.postings)} tệp gửi về, còn lại {len(left)} dòng"
    )
    return left


def reports_of(lines: list[Line], scene: Scene, content: Content) -> Mapping[Key, Report]:
    """Return by key what every unit reports, or would report had it sent anything."""
    sent = {unit: posting.received for unit, posting in units_sent(scene.postings).items()}
    office = Office(content, scene, sent)
    taken = Work(content, scene, lines, {}).taken()
    return {line.key: office.report(line, taken.get(line.key, NOTHING)) for line in lines}


def send(place: CycleFolder, work: Work) -> None:
    """Fill in the issued workbooks and let them come back."""
    books = {}
    for posting in work.scene.postings:
        issued = (place.issued / f"{posting.unit}.xlsx").read_bytes()
        books[posting] = b"" if posting.form == COPY else filled(issued, posting, work)
    before = CycleFolder(place.data, place.cycle.previous).inbox
    deliver(saved_again(books), place.inbox, before, work.content)
    place.receipts.write_bytes(receipts(work.scene, place.inbox))


def verify(place: CycleFolder, work: Work, output: Path, helpers: Crew) -> Group:
    """Let the program draft what group and meeting fill in, and type their words into it."""
    group = Group(work, units_sent(work.scene.postings))
    start_cycle(place, output, None, silent, helpers)
    place.verification.write_bytes(group.typed(place.verification.read_bytes()))
    told = work.content.rows("ket-luan", work.scene)
    place.meeting.write_bytes(concluded(place.meeting.read_bytes(), told))
    # The result was made before the verdicts: the next cycle makes it anew.
    (output / str(place.cycle) / RESULT).unlink()
    return group


def left_over(work: Work, group: Group) -> list[Line]:
    """Return the lines that go on into the next cycle with what is left of them."""
    taken = work.taken()
    left = []
    for line in work.lines:
        unheard = line.unit not in group.sent
        done = NOTHING if unheard else group.accepted(line) + taken.get(line.key, NOTHING)
        if line.assigned > done:
            left.append(carried_line(line, line.assigned - done, work.scene, unheard=unheard))
    return left


def put_in_place(data: Path) -> None:
    """Replace what is beside this file by what was made."""
    shutil.copy(data / REGISTERS, HERE)
    shutil.rmtree(HERE / CYCLES, ignore_errors=True)
    shutil.copytree(data / CYCLES, HERE / CYCLES)


def tell(text: str) -> None:
    """Say what was made."""
    print(text, flush=True)


def silent(stage: str, done: int, total: int) -> None:
    """Tell nothing of the program's own progress."""


if __name__ == "__main__":
    main()
