"""Tasks that a process of its own can be given: some end it, as a broken archive might."""

import os
import time
from pathlib import Path

FATAL = "ends every process"


def double(item: object) -> object:
    """Return a text twice; one of them ends whatever process it is given to."""
    if item == FATAL:
        os._exit(9)
    return f"{item}{item}"


def double_at_second(item: tuple[str, str]) -> str:
    """Return a text twice, but end the first process that is given one with a place for a mark."""
    text, mark = item
    if mark and not Path(mark).exists():
        Path(mark).touch()
        os._exit(9)
    return text * 2


def refuse(item: object) -> object:
    """Raise as a task raises that has something to tell the operator."""
    from pipeline.model.findings import InputError

    raise InputError(f"không thấy {item}")


def read_slowly(order: object) -> object:
    """Read a commune's archive, leaving a mark and time enough to be killed."""
    from pipeline.cycle.parts import read_commune

    Path(f"{order.data}.{os.getpid()}").touch()
    time.sleep(0.25)
    return read_commune(order)
