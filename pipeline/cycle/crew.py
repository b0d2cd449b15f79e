"""The helpers of a command: started before its own heavy imports, they load at the same time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pipeline.tools.fence import Limits
from pipeline.tools.worker import Worker

READ = "pipeline.reading.wire:answer"
UNPACK = "pipeline.intake.opening:answer"
ANNOTATE = "pipeline.reply.annotate:answer"
PRINT = "pipeline.tools.press:answer"


Tell = Callable[[str, int, int], None]  # stage, done, of how many


@dataclass(frozen=True)
class Crew:
    """Who opens what came in, one file a fenced child process, and who prints."""

    reader: Worker
    presses: Sequence[Worker] = ()


@contextmanager
def press() -> Iterator[Worker]:
    """Return the one helper of a command that only prints; it ends with the block."""
    with Worker(PRINT) as worker:
        yield worker


@contextmanager
def crew(*, printing: bool = False) -> Iterator[Crew]:
    """Return the helpers; they end with the block."""
    with ExitStack() as block:
        reader = block.enter_context(Worker(READ, fence=Limits()))
        presses = [block.enter_context(Worker(PRINT))] if printing else []
        # The slips' press loads while the packet is printed: at the start the cores are taken.
        later = [block.enter_context(Worker(PRINT, at_once=False))] if printing else []
        yield Crew(reader, presses + later)
