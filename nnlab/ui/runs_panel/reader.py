"""Reading the store of runs, and writing what a person says about them, on a thread of its own."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Signal, Slot

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.deleting import Deletions
from nnlab.experiments.journal.listing import Listing, held_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore
from nnlab.ui.store_looker import StoreLooker, StoreReader


class _Worker(StoreLooker):
    """On the thread that reads and writes."""

    found = Signal(object, object, object)  # RunRecords new or changed, numbers of runs gone, those that are held
    whole = Signal()  # all that there is has been found
    deleted = Signal(object)  # numbers

    milliseconds: ClassVar[int] = 1000

    def __init__(self) -> None:
        super().__init__()
        self._listing: Listing | None = None
        self._parts: Iterator[list[RunRecord]] | None = None
        self._lost: list[int] = []  # runs of a store that is no longer in its place
        self._held: frozenset[int] = frozenset()
        self._deletions: Deletions | None = None

    def tell(self, store: RunStore) -> None:
        """What has changed since the last look; while that is still being read it waits for the next."""
        if self._parts is not None or self._listing is None:
            return
        changed, gone = self._listing.look() if self._listing.is_behind else ([], [])
        gone, self._lost = [*self._lost, *gone], []
        held = held_of(store, self._listing.unended())
        if gone or held != self._held:
            self._held = held
            self.found.emit([], gone, held)
        self._parts = self._listing.read(changed)
        self._read_on()

    def _read_on(self) -> None:
        """A part, and then the next one after whatever else is asked for."""
        try:
            part = next(self._parts, None) if self._parts is not None else None
        except RunStoreError as error:
            self.fail(error)
            return
        if part is None:
            self._parts = None
            self.whole.emit()
            return
        self.found.emit(part, [], self._held)
        QTimer.singleShot(0, self, self._read_on)

    @Slot(int, object)
    def write(self, number: int, columns: dict[str, Any]) -> None:
        """What a person says about a run."""
        try:
            self.opened().update(number, **columns)
            self._listing_is_out_of_date()
        except RunStoreError as error:
            self._say(error)
            self._show_again(number)
        self.look()

    def _show_again(self, number: int) -> None:
        """What was not written must not look as if it were."""
        with contextlib.suppress(RunStoreError):
            self.found.emit([self.opened().run(number)], [], self._held)

    @Slot(object, bool)
    def delete(self, numbers: tuple[int, ...], is_deleted: bool) -> None:
        """They are not shown any more, or again."""
        try:
            store = self.opened()
            self._deletions = self._deletions or Deletions(store)
            if is_deleted:
                self._deletions.delete(numbers)
            else:
                self._deletions.bring_back(numbers)
            self._listing_is_out_of_date()
        except RunStoreError as error:
            self._say(error)
        else:
            if is_deleted:
                self.deleted.emit(numbers)
        self.look()

    def let_go(self) -> None:
        """What was deleted here goes for good, since nobody can bring it back any more."""
        self._parts = None
        if self._deletions is not None:
            self._deletions.end()
            self._deletions = None
        super().let_go()

    def opened(self) -> RunStore:
        """With a listing of its own; the runs of one that is no longer in its place are lost."""
        before, store = self._store, super().opened()
        if store is not before:
            self._lost = self._listing.numbers if self._listing is not None else []
            self._listing = Listing(store)
        return store

    def _listing_is_out_of_date(self) -> None:
        """What this connection writes itself does not change the version that it sees."""
        if self._listing is not None:
            self._listing.forget_version()

    def fail(self, error: RunStoreError) -> None:
        """There is no more to come."""
        self._parts = None
        super().fail(error)
        self.whole.emit()

    def _say(self, error: RunStoreError) -> None:
        self.failed.emit(str(error))


class Reader(StoreReader):
    """The wire to it."""

    found = Signal(object, object, object)
    whole = Signal()
    deleted = Signal(object)

    _write = Signal(int, object)
    _delete = Signal(object, bool)

    def __init__(self) -> None:
        worker = _Worker()
        super().__init__(worker, "runs")
        for name in ("found", "whole", "deleted"):
            getattr(worker, name).connect(getattr(self, name))
        self._write.connect(worker.write)
        self._delete.connect(worker.delete)

    def write(self, number: int, **columns: Any) -> None:
        """Other values of a run's row."""
        if "tags" in columns:
            columns["tags"] = json.dumps(list(columns["tags"]))
        self._write.emit(number, columns)

    def delete(self, numbers: tuple[int, ...]) -> None:
        """`deleted` or a sentence follows."""
        self._delete.emit(numbers, True)

    def bring_back(self, numbers: tuple[int, ...]) -> None:
        """Runs that were deleted are there again."""
        self._delete.emit(numbers, False)
