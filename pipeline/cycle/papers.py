"""What is printed, and what goes back to the units; printing runs in processes of its own."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from pipeline import packet, reply
from pipeline.cycle.crew import MARK, PRINT, Crew, Tell
from pipeline.cycle.plan import Plan
from pipeline.cycle.stages import Received
from pipeline.model.folders import DOCUMENTS, DRAFTS, PACKET, PEOPLE, SCREEN
from pipeline.model.tables import CycleResult
from pipeline.tools.fence import FenceError
from pipeline.tools.worker import Worker, WorkerError


@dataclass(frozen=True)
class Papers:
    """What is on its way: jobs of the press, with the files they give, and workbooks to mark."""

    screen: bytes
    printing: Sequence[tuple[Sequence[str], Future]]
    marking: Mapping[str, Future]


def start_papers(result: CycleResult, received: Received, crew: Crew) -> Papers | None:
    """Have workbooks marked, the packet printed, then the slips; nothing where nobody prints."""
    if not crew.press:
        return None
    marking = {
        name: crew.reader.submit(MARK, found, received.originals[file].kept)
        for name, (file, found) in reply.books_to_mark(result).items()
    }
    large = {PACKET: packet.compose(result)}
    if result.options["names"] == "apart":
        large[PEOPLE] = packet.compose_people(result)
    printing = [_print(large, crew.press), _print(reply.slips(result, received.used), crew.press)]
    return Papers(packet.for_screen(large[PACKET]).encode(), printing, marking)


def _print(papers: Mapping[str, str], press: Worker) -> tuple[Sequence[str], Future]:
    return [*papers], press.submit(PRINT, None, *map(str.encode, papers.values()))


def finish_papers(
    result: CycleResult, before: Plan, papers: Papers, tell: Tell
) -> dict[str, bytes]:
    """Return everything printed, drafted or sent, by its file; we draft while the press prints."""
    tell("In hồ sơ họp", 0, len(papers.printing))
    addresses = before.registers.addresses
    made = {name: book for name, coming in papers.marking.items() if (book := _marked(coming))}
    made |= {SCREEN: papers.screen} | reply.messages(result, addresses)
    made |= _documents(result, before)
    for done, (names, coming) in enumerate(papers.printing, 1):
        made |= zip(names, coming.result()[1], strict=True)
        tell("In hồ sơ họp", done, len(papers.printing))
    return made | reply.letters(result, made, addresses)


def _documents(result: CycleResult, before: Plan) -> dict[str, bytes]:
    """Return minutes and notice for Word."""
    from pipeline.packet.word import write_document  # loaded here, where nobody waits for us

    matter = packet.open_matter(result, before.meeting.given, before.registers)
    drafts = packet.compose_minutes(matter), packet.compose_notice(matter)
    named = zip(DOCUMENTS, drafts, strict=True)
    return {f"{DRAFTS}/{name}": write_document(paper) for name, paper in named}


def _marked(coming: Future) -> bytes | None:
    """Return a workbook once it is marked; None where it cannot be: its slip goes alone."""
    try:
        return next(iter(coming.result()[1]), None)
    except (FenceError, WorkerError) as error:
        logging.getLogger(__name__).warning("a workbook was not marked: %s", error)
        return None
