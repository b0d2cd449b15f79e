"""The helpers of a command: started before its own heavy imports, they load at the same time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pipeline.tools.fence import Limits
from pipeline.tools.worker import Worker


@dataclass(frozen=True)
class Crew:
    """Who opens what came in, one file a fenced child process, and who prints."""

    reader: Worker
    press: Worker | None = None


@contextmanager
def crew(*, printing: bool = False) -> Iterator[Crew]:
    """Return the helpers; they end with the block."""
    with ExitStack() as block:
        reader = block.enter_context(Worker("pipeline.reading.wire:answer", fence=Limits()))
        press = Worker("pipeline.tools.press:answer") if printing else None
        yield Crew(reader, block.enter_context(press) if press else None)
