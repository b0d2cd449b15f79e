"""Let two folders change places at once, as the system can and Python does not offer."""

import ctypes
import errno
import os
import shutil
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


def exchange(staged: Path, folder: Path) -> None:
    """Let two folders change places at once; where the disk cannot, one after the other."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(staged), os.fsencode(folder)
    if libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0:
        return
    code = ctypes.get_errno()
    if code not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        raise OSError(code, os.strerror(code), str(folder))
    retired = staged.with_suffix(".old")
    folder.rename(retired)
    staged.rename(folder)
    shutil.rmtree(retired, ignore_errors=True)
