"""Helpers of a command that work in the test's own process; needs nothing but the program."""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future

from pipeline.cycle.crew import Crew
from pipeline.tools.engine import Engine
from pipeline.tools.spool import Kept
from pipeline.tools.worker import Told, Work, find, finished, loaded, pack, unheard, unpack


def silent(stage: str, done: int, total: int) -> None:
    """Tell nothing."""


class Inline:
    """A helper that works in this process, with the same plain data in and out."""

    def __init__(self, work: Work | None = None) -> None:
        self.work = work

    def submit(
        self, work: str, header: object, *blobs: bytes | Kept, told: Told = unheard
    ) -> Future:
        do = self.work or find(work)
        answer: Future = Future()
        made = finished(do(*unpack(pack(header, loaded(blobs)))), told)
        answer.set_result(unpack(pack(*made)))
        return answer


def unprinting() -> Crew:
    """Return helpers that read as ever and print the HTML as it is."""
    return Crew(reader=Inline(), press=Inline(lambda header, pages: (header, pages)))


class InlineExecutor(Executor):
    """An executor that does everything at once, in this process."""

    def submit(self, work: Callable[..., object], /, *args: object, **named: object) -> Future:
        answer: Future = Future()
        try:
            answer.set_result(work(*args, **named))
        except Exception as error:
            answer.set_exception(error)
        return answer


def inline_engine() -> Engine:
    """Return an engine of this process."""
    return Engine(InlineExecutor, (BrokenExecutor,), lambda: ["here"])
