"""Python's garbage collector held while very much is made that stays, and sent where it pays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_collector() -> Iterator[None]:
    """Hold the collector.

    Going again and again through the boxes of a page, or through all rows of a cycle, it takes a
    fifth of the whole time and frees next to nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def swept() -> Iterator[None]:
    """Let go at once of what a library leaves behind in circles, also where the collector is held.

    It looks at nothing that was there before.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
