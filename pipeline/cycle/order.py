"""What a run is asked for: noted, and its files on their way to the reader, before all else."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.cycle.mail import Mail, collect
from pipeline.model.folders import CycleFolder
from pipeline.tools import chain, disk
from pipeline.tools.worker import Worker


@dataclass(frozen=True)
class Order:
    """One run: of which cycle, into which folder, as of when, from which inputs."""

    folder: CycleFolder
    output: Path
    now: datetime | None
    inputs: dict[str, str]  # data file → hash, taken before anything is read
    mail: Mail
    head: str  # of the chain of closed cycles this one is printed upon
    printed: Path | None  # the closed revision this run corrects
    draft: bool  # a rehearsal: its papers say so


def take_order(
    folder: CycleFolder, output: Path, now: datetime | None, reader: Worker, *, draft: bool = False
) -> Order:
    """Return what lies there now; the reader has the first files when this returns."""
    # A file that comes in while we read is the next run's.
    inputs = disk.data_inputs(folder, now, draft=draft)
    head = chain.head_before(folder.data, folder.cycle)
    printed = chain.newest_revision(folder.data, folder.cycle)
    return Order(folder, output, now, inputs, collect(folder, reader), head, printed, draft)
