"""Runs that were deleted: hidden while who deleted them can bring them back, and gone for good after that.

In its row such a run has the number of who deleted it. That one holds the lock of a file of this number,

    nnlab's home/runs/deleting-<number>

as long as it lives, however it ends. So everybody can see what nobody can bring back any more, and purge it.
"""

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.faults import in_a_sentence
from nnlab.experiments.journal.store import RunStore
from nnlab.file_lock import FileLock, take_lock

# Whose lock is never held: what is deleted under it cannot be brought back.
NOBODY = 1


class Deletions:
    """Of one window: what it has deleted, until it ends."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._numbers: set[int] = set()
        self._lock: FileLock | None = None
        self._by = NOBODY

    def delete(self, numbers: Iterable[int]) -> None:
        """They are not shown any more. Raises RunStoreError where one is not there, or is being trained."""
        numbers = tuple(numbers)
        for number in numbers:
            self._store.check_free(number)
        self._begin()
        self._store.set_deleted(numbers, self._by)
        self._numbers.update(numbers)

    def bring_back(self, numbers: Iterable[int]) -> None:
        """Those of them that were deleted here are shown again."""
        own = self._numbers.intersection(numbers)
        self._store.set_deleted(own, False)
        self._numbers -= own

    def end(self) -> None:
        """What was deleted here goes for good: nobody can bring it back any more."""
        if self._lock is None:
            return
        # What fails is hidden all the same, and found by who purges next; so is a store that lies elsewhere by now.
        with contextlib.suppress(RunStoreError):
            if self._store.is_in_place:
                purge(self._store, self._numbers)
        self._lock.release()
        self._lock = None

    def _begin(self) -> None:
        if self._lock is not None:
            return
        with in_a_sentence(self._store.folder):
            for number in count(NOBODY + 1):
                if (lock := take_lock(_lock_file(self._store, number), tries=1)) is not None:
                    break
        # Of somebody who had this number before, and ended without a word, nothing may pass for deleted here.
        for run, by in _deleted(self._store).items():
            if by == number:
                self._store.erase(run)
        self._lock, self._by = lock, number


def purge(store: RunStore, numbers: Iterable[int] = ()) -> None:
    """What was deleted and nobody can bring back goes for good, and so do these of the deleted ones; with their files, and
    with all that belongs to no run.
    """
    purge_left(store)
    for number in _deleted(store).keys() & set(numbers):
        store.erase(number)
    _remove_orphans(store)


def purge_left(store: RunStore) -> None:
    """What was deleted and nobody can bring back goes for good."""
    for by in set(_deleted(store).values()):
        with _in_place_of(store, by) as is_gone:
            for number, owner in _deleted(store).items() if is_gone else ():
                if owner == by:
                    store.erase(number)


@contextlib.contextmanager
def _in_place_of(store: RunStore, by: int) -> Iterator[bool]:
    """Whether who deleted under this number is gone; nobody else takes the number meanwhile."""
    if by <= NOBODY:
        yield True
        return
    with in_a_sentence(store.folder):
        lock = take_lock(_lock_file(store, by), tries=1)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


def _deleted(store: RunStore) -> dict[int, int]:
    """The numbers of runs that were deleted, each with that of who did so."""
    with in_a_sentence(store.folder):
        return dict(tuple(row) for row in store.rows("SELECT number, is_deleted FROM runs WHERE is_deleted"))


def _remove_orphans(store: RunStore) -> None:
    """A process that was killed between the two left folders without a run."""
    with in_a_sentence(store.folder):
        found = [int(place.name) for place in store.folder.iterdir() if place.name.isdecimal()]
        kept = {row["number"] for row in store.rows("SELECT number FROM runs")}
        # A folder of a later number is of a run that begins just now.
        last = store.rows("SELECT seq FROM sqlite_sequence WHERE name = 'runs'")
    for number in found:
        if last and number <= last[0]["seq"] and number not in kept and not store.is_held(number):
            shutil.rmtree(store.folder_of(number), ignore_errors=True)


def _lock_file(store: RunStore, number: int) -> Path:
    return store.folder / f"deleting-{number}"
