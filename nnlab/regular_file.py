"""Only regular files are opened, on which reading does not wait or go on for ever, and only they are replaced."""

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """A file's bytes, to be read. Raises OSError, which says so, for a pipe, a device, a socket or a folder."""
    # What is asked before opening: a device may act when it is opened.
    _check(path.stat().st_mode, str(path))
    return open(path, "rb", opener=_open_at_once)


def check_replaceable(path: Path) -> None:
    """Raise OSError where a file must not be put in this place: a device, above all, would be gone."""
    with contextlib.suppress(FileNotFoundError):
        _check(path.stat().st_mode, str(path))


def _open_at_once(name: str, flags: int) -> int:
    """Without waiting for somebody at the other end, as opening a pipe would."""
    handle = os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
    try:
        # What is asked after opening: another may have taken its place in between.
        _check(os.fstat(handle).st_mode, name)
    except OSError:
        os.close(handle)
        raise
    return handle


def _check(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a regular file", name)


def is_there(path: Path) -> bool:
    """Whether a name leads to anything; one that no file could have, such as one of 5,000 letters, does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
