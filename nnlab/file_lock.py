"""A file that one process holds: the system lets go of it when the process ends, however it ends."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held until it is released, or until the process is gone."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        """Let others have it. The file stays: removed, two could hold one of the same name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def take_lock(path: Path) -> FileLock | None:
    """The lock on a file, which is made where there is none; None while somebody else holds it. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
    except OSError:
        os.close(handle)
        return None
    return FileLock(handle)


def is_held(path: Path) -> bool:
    """Whether somebody, or this process, holds the lock on a file."""
    if not path.exists():
        return False
    lock = take_lock(path)
    if lock is not None:
        lock.release()
    return lock is None
