"""Bytes that wait outside of memory come back as they were, and no name of theirs is ever seen."""

import errno
import os
import tempfile

import pytest

from pipeline.tools.spool import Spool


def test_what_is_kept_comes_back(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool()
    parts = [b"", b"\x00\xff" * 50_000, "chữ".encode(), b""]
    kept = [spool.keep(part) for part in parts]
    assert [one.read() for one in reversed(kept)] == parts[::-1]
    assert kept[0] == kept[3] != kept[1]
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        spool.keep(b"x")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path))
