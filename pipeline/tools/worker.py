"""A process of its own that loads what is slow to load while we go on, then answers jobs in turn.

Jobs and answers are plain data over two pipes: JSON and blobs of bytes, never pickles. The process
ends when our end of the pipe closes, however we end: no lock and no orphan stays behind.
"""

import ctypes
import gc
import importlib
import json
import os
import signal
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import partial
from queue import LifoQueue
from typing import BinaryIO

from pipeline import ROOT
from pipeline.tools.fence import FenceError, Limits, fenced
from pipeline.tools.spool import Kept

LENGTH = struct.Struct(">Q")
DONE, FAILED, FENCE, STEP = b"=", b"!", b"#", b"+"
# A process that opens foreign files learns nothing of ours beyond what Python needs to start.
KEPT = ("PATH", "LANG", "TZ")
MOMENTS = {"«datetime»": datetime, "«date»": date, "«time»": time}
SPAN = "«timedelta»"
PR_SET_PDEATHSIG = 1  # linux/prctl.h

Job = tuple[object, Sequence[bytes]]  # what JSON can say, and blobs
# Work in steps yields after each how many are done; its job comes last.
Work = Callable[[object, Sequence[bytes]], Job | Generator[int, None, Job]]
Told = Callable[[int], None]


class WorkerError(Exception):
    """The work raised, or the process is gone: a bug of ours, in the words of the other side."""


def unheard(done: int) -> None:
    """Pass by how many steps are done."""


class Worker:
    """Helper processes that load what `work` needs; the first starts at once unless told otherwise.

    Of several `hands` the others start when there is a job for them; each takes the next job in
    turn. A fenced worker answers every job in a child process of its own, within limits.
    """

    def __init__(
        self, work: str, *, fence: Limits | None = None, at_once: bool = True, hands: int = 1
    ) -> None:
        limits = json.dumps(asdict(fence)) if fence else ""
        # -P: a file of the folder we were started in is no module of ours.
        self._command = [sys.executable, "-P", "-m", __name__, work, limits]
        known = {key: os.environ[key] for key in KEPT if key in os.environ} if fence else os.environ
        self._environment = {**known, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        self._quiet = subprocess.DEVNULL if fence else None
        self._started: list[subprocess.Popen] = []
        # The last put back is the first taken: a process that runs, before one to be started.
        self._idle: LifoQueue[subprocess.Popen | None] = LifoQueue()
        for hand in reversed(range(hands)):
            self._idle.put(self._start() if at_once and hand == 0 else None)
        self._turns = ThreadPoolExecutor(hands)

    def _start(self) -> subprocess.Popen:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._quiet,
            env=self._environment,
            start_new_session=True,  # Ctrl+C is ours to answer
        )
        self._started.append(process)
        return process

    def submit(
        self, work: str, header: object, *blobs: bytes | Kept, told: Told = unheard
    ) -> "Future[Job]":
        """Return the coming answer; it raises FenceError or WorkerError where there is none.

        What is kept in a spool is in memory only while its job is on its way. `told` hears how many
        steps are done of work that goes in steps.
        """
        return self._turns.submit(self._ask, [work, header], blobs, told)

    def _ask(self, header: object, blobs: Sequence[bytes | Kept], told: Told) -> Job:
        process = self._idle.get() or self._start()
        try:
            _send(process.stdin, pack(header, loaded(blobs)))
            while (answer := _receive(process.stdout)).startswith(STEP):
                told(int(answer[1:]))
        except (OSError, EOFError) as error:
            process.kill()
            process.communicate()
            self._started.remove(process)
            process = None
            raise WorkerError("the process ended") from error
        finally:
            self._idle.put(process)
        kind, answer = answer[:1], answer[1:]
        if kind == DONE:
            return unpack(answer)
        raise (FenceError if kind == FENCE else WorkerError)(answer.decode("utf-8", "replace"))

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._started:
            process.kill()
        self._turns.shutdown(cancel_futures=True)
        for process in self._started:
            process.communicate()


def loaded(blobs: Sequence[bytes | Kept]) -> list[bytes]:
    """Return blobs as bytes."""
    return [blob.read() if isinstance(blob, Kept) else blob for blob in blobs]


def pack(header: object, blobs: Sequence[bytes]) -> bytes:
    """Return a header and blobs as one run of bytes."""
    head = json.dumps([header, [len(blob) for blob in blobs]], default=_moment).encode()
    return b"".join([LENGTH.pack(len(head)), head, *blobs])


def unpack(packed: bytes) -> Job:
    """Return the header and the blobs of a packed run of bytes."""
    header, sizes, start = _head(packed)
    blobs = []
    for size in sizes:
        blobs.append(packed[start : start + size])
        start += size
    return header, blobs


def _head(packed: bytes) -> tuple[object, list[int], int]:
    """Return the header of a packed run of bytes, the sizes of its blobs and where they start."""
    start = LENGTH.size + LENGTH.unpack_from(packed)[0]
    return *json.loads(packed[LENGTH.size : start], object_hook=_with_moment), start


def _moment(value: date | time | timedelta) -> dict[str, object]:
    """Return a date, a time or a span as JSON can say it; anything else is no plain data."""
    if isinstance(value, timedelta):
        return {SPAN: value.total_seconds()}
    return {f"«{type(value).__name__}»": value.isoformat()}


def _with_moment(found: dict) -> object:
    """Return the moment an object of JSON stands for, else the object."""
    [kind, text] = next(iter(found.items())) if len(found) == 1 else ["", ""]
    if kind == SPAN:
        return timedelta(seconds=text)
    return MOMENTS[kind].fromisoformat(text) if kind in MOMENTS else found


def _send(pipe: BinaryIO, frame: bytes) -> None:
    pipe.write(LENGTH.pack(len(frame)))
    pipe.write(frame)
    pipe.flush()


def _receive(pipe: BinaryIO) -> bytes:
    """Return the next frame; raises EOFError when the other side is gone."""
    return _read(pipe, LENGTH.unpack(_read(pipe, LENGTH.size))[0])


def _read(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def serve(work: str, fence: Limits | None) -> None:
    """Answer jobs from standard input until it ends, or whoever asked is gone."""
    # A long job looks at no pipe: without this a press prints on for nobody.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    find(work)
    with suppress(EOFError, BrokenPipeError):
        while True:
            job = _receive(jobs)
            _send(answers, _behind(fence, job) if fence else _answer(job, partial(_step, answers)))


def find(work: str) -> Work:
    """Return the function that «module:function» names."""
    module, _, name = work.partition(":")
    return getattr(importlib.import_module(module), name)


def _step(answers: BinaryIO, done: int) -> None:
    _send(answers, STEP + str(done).encode())


def finished(made: Job | Generator[int, None, Job], told: Told) -> Job:
    """Return what a work makes once its last step is done; `told` hears of each."""
    if not isinstance(made, Generator):
        return made
    while True:
        try:
            told(next(made))
        except StopIteration as end:
            return end.value


def _answer(job: bytes, told: Told = unheard) -> bytes:
    try:
        [work, header], blobs = unpack(job)
        return DONE + pack(*finished(find(work)(header, blobs), told))
    except MemoryError:  # the fence has its own word for it
        raise
    except Exception:
        return FAILED + traceback.format_exc().encode()


def _behind(fence: Limits, job: bytes) -> bytes:
    find(_head(job)[0][0])  # loaded here once, not in every child anew: 0.3 s a workbook marked
    gc.freeze()  # what is loaded stays: a child need not walk and copy it
    try:
        return fenced(lambda: _answer(job), fence)
    except FenceError as error:
        return FENCE + str(error).encode()


if __name__ == "__main__":
    serve(sys.argv[1], Limits(**json.loads(sys.argv[2])) if sys.argv[2] else None)
