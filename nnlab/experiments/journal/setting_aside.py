"""A store that is damaged makes way for a new one: all of it is moved aside, and nothing is deleted.

The snapshots go with their tables: the new store gives its numbers from 1 on, and would take them for its own.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from nnlab.experiments.places import free_path
from nnlab.file_lock import take_lock

# Beside the tables SQLite has a log and its index.
_ENDINGS = ("", "-wal", "-shm")
_LOCK = "moving"
_PATIENCE = 10.0
# What tells a file from another in its place: its device and its number there.
FileIdentity = tuple[int, int]


def lost_tables(folder: Path, file: str) -> str:
    """Words, where there are snapshots of runs, though the file of their tables is empty or not there; else none."""
    # In this order: a store that is just being made has its file before it has a run.
    if not folder.is_dir() or not _numbered(folder):
        return ""
    with contextlib.suppress(FileNotFoundError):
        if (folder / file).stat().st_size > 0:
            return ""
    return "its tables are gone"


def identity_of(file: Path) -> tuple[FileIdentity, FileIdentity] | None:
    """Of the file of the tables and of its log, without which nobody else sees what is written; None where one is gone."""
    try:
        found = [place.stat() for place in (file, file.with_name(f"{file.name}-wal"))]
    except OSError:
        return None
    tables, log = ((status.st_dev, status.st_ino) for status in found)
    return tables, log


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process after the other: who comes second finds the work done."""
    until = time.monotonic() + _PATIENCE
    while (lock := take_lock(folder / _LOCK)) is None and time.monotonic() < until:
        pass
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def set_aside(folder: Path, file: str) -> Path:
    """Move tables and snapshots to a folder of their own, which is returned. Raises OSError."""
    aside = free_path(folder, "runs-damaged", "")
    aside.mkdir()
    for place in [*(folder / f"{file}{ending}" for ending in _ENDINGS), *_numbered(folder)]:
        with contextlib.suppress(FileNotFoundError):
            place.rename(aside / place.name)
    return aside


def _numbered(folder: Path) -> list[Path]:
    return [place for place in folder.iterdir() if place.name.isdecimal()]
