"""What is printed, and what goes back to the units; printing runs in processes of its own."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from pipeline import packet, reply
from pipeline.cycle.crew import ANNOTATE, PRINT, Crew
from pipeline.cycle.stages import Received
from pipeline.model.folders import PACKET, PEOPLE
from pipeline.model.registers import Registers
from pipeline.model.tables import CycleResult
from pipeline.tools.fence import FenceError
from pipeline.tools.worker import Worker, WorkerError


@dataclass(frozen=True)
class Printing:
    """Pages on their way through one press."""

    names: Sequence[str]
    coming: Future

    def pages(self) -> dict[str, bytes]:
        """Return the printed pages by their file, once they are there."""
        return dict(zip(self.names, self.coming.result()[1], strict=True))


def start_printing(result: CycleResult, received: Received, crew: Crew) -> list[Printing]:
    """Send the packet to one press, the slips to the other; nothing where there is no press."""
    if not crew.presses:
        return []
    large = {PACKET: packet.compose(result)}
    if result.options["names"] == "apart":
        large[PEOPLE] = packet.compose_people(result)
    started = [_start(large, crew.presses[0])]
    return [*started, _start(reply.slips(result, received.used), crew.presses[1])]


def _start(papers: Mapping[str, str], press: Worker) -> Printing:
    return Printing([*papers], press.submit(PRINT, None, *map(str.encode, papers.values())))


def finish_papers(
    result: CycleResult,
    received: Received,
    registers: Registers,
    printing: Sequence[Printing],
    reader: Worker,
) -> dict[str, bytes]:
    """Return everything printed or sent, by its file; what needs no press is made meanwhile."""
    made = reply.marked_books(result, received.originals, _marker(reader))
    made |= reply.messages(result, registers.addresses)
    for press in printing:
        made |= press.pages()
    return made | reply.letters(result, made, registers.addresses)


def _marker(reader: Worker) -> reply.Annotate:
    """Return what marks a workbook behind the fence; where that fails the slip goes alone."""

    def mark(original: bytes, found: Sequence[Mapping]) -> bytes | None:
        try:
            return next(iter(reader.submit(ANNOTATE, list(found), original).result()[1]), None)
        except (FenceError, WorkerError) as error:
            logging.getLogger(__name__).warning("a workbook was not marked: %s", error)
            return None

    return mark
