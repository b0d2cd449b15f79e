"""Start a run: the files are being read while what is slow to load is loaded."""

from datetime import datetime
from pathlib import Path

from pipeline.cycle.crew import Crew, Tell
from pipeline.cycle.documents import lay_out
from pipeline.cycle.order import take_order
from pipeline.model.calendar import earlier_cycles
from pipeline.model.findings import OperatorError
from pipeline.model.folders import RESULT, CycleFolder, list_cycles
from pipeline.tools import chain, disk
from pipeline.tools.collector import held_collector


def start_cycle(
    folder: CycleFolder,
    output: Path,
    now: datetime | None,
    tell: Tell,
    crew: Crew,
    *,
    draft: bool = False,
) -> dict:
    """Make packet, archive and drafts of a cycle, first the archives of earlier ones missing."""
    order = take_order(folder, output, now, crew.reader, draft=draft)
    # pandas and pandera load while the reader reads: a twentieth of a whole run.
    from pipeline.cycle.run import run_cycle

    known, closed = list_cycles(folder.data), chain.closed(folder.data)
    for cycle in earlier_cycles(folder.cycle):
        there = cycle in closed or disk.holds(output / str(cycle), RESULT)
        if cycle in known and not there:
            stage = f"Lưu trữ kỳ trước {cycle}"
            tell(stage, 0, 1)
            earlier = take_order(CycleFolder(folder.data, cycle), output, now, crew.reader)
            try:
                run_cycle(earlier, _silent, Crew(crew.reader))
            except OperatorError as error:
                raise type(error)(f"kỳ trước {cycle} chưa lưu trữ được.\n{error}") from error
            tell(stage, 1, 1)
    with held_collector():
        record = run_cycle(order, tell, crew)
    if not draft:
        lay_out(folder, output)
    return record


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nothing."""
