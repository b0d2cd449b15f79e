"""The helpers of a command: started before its own heavy imports, they load at the same time."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pipeline.tools.fence import Limits
from pipeline.tools.worker import Worker

READ = "pipeline.reading.wire:answer"
REHEARSE = "pipeline.reading.wire:rehearse"
UNPACK = "pipeline.intake.opening:answer"
MARK = "pipeline.marking.annotate:answer"
PRINT = "pipeline.tools.press:answer"


Tell = Callable[[str, int, int], None]  # stage, done, of how many


@dataclass(frozen=True)
class Crew:
    """Who opens what came in, one file a fenced child process, and who prints."""

    reader: Worker
    press: Worker | None = None


@contextmanager
def press() -> Iterator[Worker]:
    """Return the one helper of a command that only prints; it ends with the block."""
    with Worker(PRINT) as worker:
        yield worker


@contextmanager
def crew(*, printing: bool = False) -> Iterator[Crew]:
    """Return the helpers; they end with the block."""
    with ExitStack() as block:
        reader = block.enter_context(Worker(READ, fence=Limits(), rehearsal=REHEARSE, hands=2))
        # One prints the packet; the other loads when the slips come, as the cores are taken before.
        press = block.enter_context(Worker(PRINT, hands=2)) if printing else None
        yield Crew(reader, press)
