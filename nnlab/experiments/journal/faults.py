"""What goes wrong with the store of runs, in one sentence."""

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from nnlab.errors import RunStoreError

# What SQLite says where a file is none of its own, or not whole any more; tables are missing where bytes of their list are.
_DAMAGED = ("not a database", "malformed", "corrupt", "unsupported file format", "no such table", "no such column", "exists")
_BUSY = ("locked", "busy")


class DamagedStoreError(RunStoreError):
    """What lies in its place is no store, or not whole any more."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@contextlib.contextmanager
def in_a_sentence(folder: Path) -> Iterator[None]:
    """Of the store in a folder: the disk is full, may not be written, others write for too long, or it is damaged."""
    try:
        yield
    except (OSError, sqlite3.Error, zlib.error, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        if isinstance(error, sqlite3.DatabaseError) and any(word in reason for word in _DAMAGED):
            raise DamagedStoreError(f"{folder}: the store of runs is damaged ({reason})", reason) from None
        if isinstance(error, sqlite3.OperationalError) and any(word in reason for word in _BUSY):
            raise RunStoreError(f"{folder}: others write to the store of runs for too long ({reason}); try again") from None
        raise RunStoreError(f"{folder}: runs are not kept there ({reason}); free space, or move it by NNLAB_HOME") from None
