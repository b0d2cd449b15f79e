"""One piece of work in one limited child process: its abort, hang or memory bomb ends there."""

import os
import resource
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

MIB = 1024 * 1024
CHUNK = 1 << 20
MEMORY_OUT = 99  # how the child leaves when Python was refused memory
TOO_LONG, TOO_MUCH = "đọc quá lâu", "cần quá nhiều bộ nhớ"
STOPPED = "trình đọc tự dừng"


@dataclass(frozen=True)
class Limits:
    """What one child may use; a unit's own workbook needs 0.01 s and 30 MiB."""

    seconds: int = 5  # of processor time
    patience: int = 20  # seconds on the clock, for a child that waits or a machine that is busy
    memory: int = 300 * MIB
    answer: int = 64 * MIB


class FenceError(Exception):
    """The child ended without an answer; the text says what it ran into."""


def fenced(work: Callable[[], bytes], limits: Limits) -> bytes:
    """Return what the work returns in a child of this process; raises FenceError.

    The parent must have one thread only: a child made by fork holds no other.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing, limits)
    os.close(writing)
    try:
        answer, why = _collect(reading, limits)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if why or status or not answer:
        raise FenceError(why or _ending(status))
    return answer


def _work(work: Callable[[], bytes], writing: int, limits: Limits) -> None:
    """Do the work and end the process, whatever happens."""
    code = 1
    try:
        _limit(limits)
        answer = memoryview(work())
        while answer:
            answer = answer[os.write(writing, answer) :]
        code = 0
    except MemoryError:
        code = MEMORY_OUT
    finally:
        os._exit(code)


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _collect(reading: int, limits: Limits) -> tuple[bytes, str]:
    """Return the child's answer and "", or why it was not waited for."""
    parts, size, end = [], 0, time.monotonic() + limits.patience
    while select.select([reading], [], [], max(0, end - time.monotonic()))[0]:
        part = os.read(reading, CHUNK)
        if not part:
            return b"".join(parts), ""
        parts.append(part)
        size += len(part)
        if size > limits.answer:
            return b"", TOO_MUCH
    return b"", TOO_LONG


def _ending(status: int) -> str:
    """Return in words how a child ended."""
    if os.WIFEXITED(status):
        return TOO_MUCH if os.WEXITSTATUS(status) == MEMORY_OUT else STOPPED
    return TOO_LONG if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else STOPPED
