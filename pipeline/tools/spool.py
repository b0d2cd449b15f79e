"""Bytes kept in one nameless file: out of memory while they wait, and gone with the process."""

import hashlib
import os
import tempfile
import weakref
from dataclasses import dataclass, field


class Spool:
    """A file without a name that only grows; nothing of it is left, however we end."""

    def __init__(self) -> None:
        self.file, name = tempfile.mkstemp()
        os.unlink(name)
        self._end = 0
        weakref.finalize(self, os.close, self.file)

    def keep(self, data: bytes) -> "Kept":
        """Return the place of some bytes; raises OSError, naming it, where the disk is full."""
        kept = Kept(self, self._end, len(data), hashlib.sha256(data).hexdigest())
        rest = memoryview(data)
        while rest:
            try:
                written = os.pwrite(self.file, rest, self._end)
            except OSError as error:
                raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from error
            self._end += written
            rest = rest[written:]
        return kept


@dataclass(frozen=True)
class Kept:
    """Some bytes of a spool and their hash; equal where the bytes are."""

    spool: Spool = field(compare=False)
    start: int = field(compare=False)
    size: int
    sha256: str

    def read(self) -> bytes:
        """Return the bytes."""
        return os.pread(self.spool.file, self.size, self.start)
