"""A file that one process holds: the system lets go of it when the process ends, however it ends."""

import errno
import os
import sys
import time
from pathlib import Path

# Who only looks has hold of it for some microseconds, or until it is its turn on a busy processor; who wants it tries again.
_TRIES, _PAUSE = 20, 0.01
# What says that somebody else has it; anything else says that there are no locks in this place.
_HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    _look = _lock
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _look(handle: int) -> None:
        """Beside others that look, too."""
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)


class FileLock:
    """Held until it is released, or until the process is gone."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        """Let others have it. The file stays: removed, two could hold one of the same name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def take_lock(path: Path, tries: int = _TRIES) -> FileLock | None:
    """The lock on a file, which is made where there is none; None while somebody else holds it. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    for left in reversed(range(tries)):
        try:
            _lock(handle)
            return FileLock(handle)
        except OSError as error:
            if error.errno not in _HELD:
                os.close(handle)
                raise
            time.sleep(_PAUSE if left else 0)
    os.close(handle)
    return None


def is_held(path: Path) -> bool:
    """Whether somebody, or this process, holds the lock on a file. Raises OSError where there are no locks."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        _look(handle)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return True
    finally:
        os.close(handle)
    return False
