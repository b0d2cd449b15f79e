"""Independent tasks for an engine that exists: processes of this machine, or a Dask cluster's.

A task is a function of one plain thing that gives a plain thing; both engines are the same
`concurrent.futures.Executor`. What travels is pickled by us for our own processes; whatever comes
from elsewhere is opened by the task, at the other end.
"""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from concurrent.futures import ProcessPoolExecutor as Pool
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from logging import CRITICAL
from multiprocessing import get_context

from pipeline.model.findings import InputError
from pipeline.tools import disk

LOCAL = "local"  # the address that stands for a cluster started here
MOST_AT_ONCE = 10  # items of a chunk: a task alone costs Dask 1.5 ms, and a dead worker loses few
CHUNKS_EACH = 4  # chunks on their way for each worker
TRIES = 2  # of an item that was with a worker when it died, each alone
SUSPICIONS = 1  # deaths after which a cluster started here takes a task for the cause, beyond one
GREETING = 5  # seconds in which a scheduler must answer
PATIENCE = 5  # seconds between two looks whether anybody is still there
MOST_LOOKS = 12  # at a cluster without a worker: one that died may be started again
NOBODY = "ở cụm không còn ai làm việc; xem lại các máy rồi chạy lại."
Work = Callable[[object], object]
Chunk = list[tuple[int, object]]  # items with their numbers


@dataclass(frozen=True)
class Engine:
    """Where tasks run: how to open an executor, what it raises when a worker dies under a task."""

    opened: Callable[[], AbstractContextManager[Executor]]
    lost: tuple[type[BaseException], ...]
    workers: Callable[[], list[str]]  # the names of those there now


@dataclass(frozen=True)
class Done:
    """The answers in the order of the items, None where an item ends every worker it is given to.

    `deaths` is how many workers ended under their work.
    """

    answers: list
    deaths: int


@contextmanager
def start_engine(workers: int, scheduler: str | None) -> Iterator[Engine]:
    """Return processes of this machine, or those of the cluster at an address; raises InputError.

    The address «local» starts a cluster of so many processes here, on loopback, without a
    dashboard.
    """
    if scheduler is None:
        names = [str(n) for n in range(workers)]
        yield Engine(lambda: _pool(workers), (BrokenExecutor,), lambda: names)
        return
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise InputError(
            "máy này chưa có distributed; cài phần thêm «cluster» (xem docs/tinh.md)."
        ) from error
    with _cluster(workers, scheduler) as address, _client(Client, address) as client:
        yield Engine(
            lambda: _executor_of(client),
            (KilledWorker,),
            lambda: _names(client),
        )


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    """Return processes of this machine; what has not begun when they are left is not waited for."""
    # Nothing of ours is inherited: a fork would copy open pipes and threads.
    pool = Pool(workers, get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _executor_of(client: object) -> Iterator[Executor]:
    """Return a cluster's executor; nothing is waited for when it is left."""
    from distributed.client import ClosedClientError

    # A fresh key each time: a task that was lost is done anew, never taken for done.
    executor = client.get_executor(pure=False)
    try:
        yield executor
    finally:
        with suppress(ClosedClientError):  # the scheduler is gone, and all work with it
            executor.shutdown(wait=False)


@contextmanager
def _cluster(workers: int, scheduler: str) -> Iterator[object]:
    """Return a cluster started here, or the address as it is."""
    if scheduler != LOCAL:
        yield scheduler
        return
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": SUSPICIONS}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=CRITICAL,  # a worker that dies is told of by us
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _client(kind: type, address: object) -> Iterator[object]:
    """Return a client of a scheduler; raises InputError where none answers."""
    try:
        client = kind(address, timeout=GREETING, set_as_default=False)
    except Exception as error:  # whatever another program there answers, or tls:// without its keys
        raise InputError(f"không thấy bộ điều phối {address}; xem lại --scheduler.") from error
    with client:
        yield client


def _names(client: object) -> list[str]:
    """Return the addresses of a cluster's workers, none where nobody answers any more."""
    try:
        return sorted(client.ncores())
    except (OSError, AttributeError):  # a client that has given its scheduler up has none to ask
        return []


def usual_workers() -> int:
    """Return how many processes this machine takes: one for each of its cores."""
    return len(os.sched_getaffinity(0))


def run_tasks(
    engine: Engine, work: Work, items: Sequence[object], told: Callable[[int], None]
) -> Done:
    """Return what `work` gives for every item; `told` hears how many are done.

    Items travel in chunks. Those with a worker that died are done again, each alone: what ends its
    worker even then has no answer, and costs no other item its own. Raises what `work` raises, and
    InputError where workers run another program, or none is left.
    """
    before = engine.workers()
    waiting = deque(_chunks(items, len(before)))
    answers: dict[int, object] = {}
    deaths = 0
    while waiting:
        suspects = _run_until_a_death(engine, work, waiting, answers, told)
        deaths += bool(suspects)
        for item in suspects:
            deaths += _run_alone(engine, work, item, answers)
            told(len(answers))
    # A cluster itself gives a task that lost its worker to others, and says nothing.
    gone = set(before) - set(engine.workers())
    return Done([answers[n] for n in range(len(items))], max(deaths, len(gone)))


def _chunks(items: Sequence[object], workers: int) -> Iterator[Chunk]:
    """Yield the items with their numbers in chunks, of which every worker gets several."""
    size = max(1, min(MOST_AT_ONCE, len(items) // (CHUNKS_EACH * max(1, workers))))
    numbered = list(enumerate(items))
    return (numbered[start : start + size] for start in range(0, len(items), size))


def _run_until_a_death(
    engine: Engine,
    work: Work,
    waiting: deque[Chunk],
    answers: dict[int, object],
    told: Callable[[int], None],
) -> Chunk:
    """Take chunks from `waiting` until there is none or a worker dies; return what was with it."""
    flying: dict[Future, Chunk] = {}
    lost: Chunk = []
    with engine.opened() as executor:
        while flying or (waiting and not lost):
            room = CHUNKS_EACH * max(1, len(engine.workers())) - len(flying)
            for _ in range(0 if lost else min(room, len(waiting))):
                chunk = waiting.popleft()
                try:
                    flying[executor.submit(_work_on, work, chunk)] = chunk
                except engine.lost:
                    lost += chunk
            for future in _landed(flying, engine):
                chunk = flying.pop(future)
                try:
                    answers |= _answer(future)
                except engine.lost:
                    lost += chunk
                told(len(answers))
    return lost


def _run_alone(
    engine: Engine, work: Work, item: tuple[int, object], answers: dict[int, object]
) -> int:
    """Do one item with nothing beside it; return how many workers it ended."""
    for tried in range(TRIES):
        with engine.opened() as executor:
            future = executor.submit(_work_on, work, [item])
            _landed([future], engine)
            try:
                answers |= _answer(future)
                return tried
            except engine.lost:
                continue
    answers[item[0]] = None
    return TRIES


def _landed(flying: Collection[Future], engine: Engine) -> set[Future]:
    """Return the futures that are done, at least one; raises InputError where nobody works."""
    for _ in range(MOST_LOOKS):
        while not (landed := wait(flying, PATIENCE, FIRST_COMPLETED).done) and engine.workers():
            pass
        if landed:
            return landed
    raise InputError(NOBODY)


def _work_on(work: Work, chunk: Chunk) -> tuple[str, dict[int, object]]:
    """Return what a worker makes of a chunk, and which program it is."""
    return _program(), {n: work(item) for n, item in chunk}


def _answer(future: Future) -> dict[int, object]:
    """Return the answers of a worker that runs the same program as we do; raises InputError."""
    try:
        program, answers = future.result()
    except CancelledError as error:  # by nobody of ours: the scheduler is gone
        raise InputError(NOBODY) from error
    if program != _program():
        raise InputError("máy trong cụm chạy bản chương trình khác, hoặc thư viện khác bản.")
    return answers


@lru_cache
def _program() -> str:
    """Return one hash over the program and the libraries that decide its figures."""
    return disk.sha256(repr([disk.program_hash(), disk.versions()]).encode())
