"""The list of runs, read again and again: which runs have changed since, and those alone."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nnlab.experiments.journal.faults import in_a_sentence
from nnlab.experiments.journal.records import COLUMNS, RunRecord, record_of
from nnlab.experiments.journal.store import RunStore

# Of a run what changes whenever anything of it does that a list shows.
_MARKS = ("step", "seconds", "ending", "name", "notes", "tags", "star")
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM runs"  # noqa: S608
_MARKED = f"SELECT number, {', '.join(_MARKS)} FROM runs WHERE NOT is_deleted ORDER BY number DESC"  # noqa: S608
# So many are read at once: the first are there at once, however many there are.
_FIRST, _MORE = 100, 400


class Listing:
    """What is known of the runs of a store, on the thread that opened it."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._version = -1
        self._marks: dict[int, tuple[Any, ...]] = {}

    @property
    def is_behind(self) -> bool:
        """Whether anybody has written since the last look."""
        with in_a_sentence(self._store.folder):
            [row] = self._store.rows("PRAGMA data_version")
        return bool(row[0] != self._version)

    def look(self) -> tuple[list[int], list[int]]:
        """The numbers of runs that are new or have changed since the last look, the latest first, and of those gone."""
        with in_a_sentence(self._store.folder):
            [row] = self._store.rows("PRAGMA data_version")
            marks = {found[0]: tuple(found)[1:] for found in self._store.rows(_MARKED)}
        before, self._marks, self._version = self._marks, marks, row[0]
        changed = [number for number, mark in marks.items() if before.get(number) != mark]
        return changed, [number for number in before if number not in marks]

    def forget_version(self) -> None:
        """Look again in any case: what this connection writes itself does not make it behind."""
        self._version = -1

    def read(self, numbers: Sequence[int]) -> Iterator[list[RunRecord]]:
        """Them, in parts: the first few, then more at once."""
        at = 0
        while at < len(numbers):
            part = numbers[at : at + (_MORE if at else _FIRST)]
            at += len(part)
            marks = ", ".join("?" * len(part))
            with in_a_sentence(self._store.folder):
                rows = self._store.rows(f"{_SELECT} WHERE number IN ({marks}) ORDER BY number DESC", *part)
            yield [record_of(row) for row in rows]

    @property
    def numbers(self) -> list[int]:
        """Of all runs there were at the last look."""
        return list(self._marks)

    def unended(self) -> list[int]:
        """The numbers of runs that have not ended, as far as is known."""
        place = _MARKS.index("ending")
        return [number for number, mark in self._marks.items() if not mark[place]]


def held_of(store: RunStore, numbers: Iterable[int]) -> frozenset[int]:
    """Those of the runs that somebody goes on with at present."""
    return frozenset(number for number in numbers if store.is_held(number))


def interrupted(store: RunStore) -> list[RunRecord]:
    """Runs that were cut off while they trained and that nobody has gone on with, the latest first; without the trials of
    sweeps, which go on with their sweep.
    """
    with in_a_sentence(store.folder):
        unended = "NOT is_deleted AND ending = '' AND step > 0 AND sweep IS NULL"
        rows = store.rows(f"{_SELECT} WHERE {unended} ORDER BY number DESC")
    found = [record_of(row) for row in rows]
    own = [one for one in found if one.step > one.first_step and not one.framework]
    return [one for one in own if not store.is_held(one.number)]
