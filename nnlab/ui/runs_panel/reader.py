"""Reading the store of runs, and writing what a person says about them, on a thread of its own."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.deleting import Deletions
from nnlab.experiments.journal.listing import Listing, held_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.places import runs_folder

# So often it is seen whether anything has changed, while anybody looks.
_LOOK_MILLISECONDS = 1000


class _Worker(QObject):
    """Owns the connection to the store."""

    found = Signal(object, object, object)  # RunRecords new or changed, numbers of runs gone, those that are held
    whole = Signal()  # all that there is has been found
    failed = Signal(str)
    deleted = Signal(object)  # numbers

    def __init__(self) -> None:
        super().__init__()
        self._store: RunStore | None = None
        self._listing: Listing | None = None
        self._parts: Iterator[list[RunRecord]] | None = None
        self._lost: list[int] = []  # runs of a store that is no longer in its place
        self._held: frozenset[int] = frozenset()
        self._deletions: Deletions | None = None
        self._timer: QTimer | None = None
        self._said = ""

    @Slot(bool)
    def follow(self, is_on: bool) -> None:
        """Look from now on, or no longer."""
        if self._timer is None:
            self._timer = QTimer(self)
            self._timer.setInterval(_LOOK_MILLISECONDS)
            self._timer.timeout.connect(self.look)
        if is_on and not self._timer.isActive():
            self._timer.start()
            self.look()
        elif not is_on:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Find what has changed since the last look; while that is still being read it waits for the next."""
        if self._parts is not None:
            return
        try:
            store, listing = self._opened()
            changed, gone = listing.look() if listing.is_behind else ([], [])
            gone, self._lost = [*self._lost, *gone], []
            held = held_of(store, listing.unended())
            if gone or held != self._held:
                self._held = held
                self.found.emit([], gone, held)
            self._parts = listing.read(changed)
            self._said = ""
        except RunStoreError as error:
            self._fail(error)
        else:
            self._read_on()

    def _read_on(self) -> None:
        """A part, and then the next one after whatever else is asked for."""
        try:
            part = next(self._parts, None) if self._parts is not None else None
        except RunStoreError as error:
            self._fail(error)
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
            store, _ = self._opened()
            store.update(number, **columns)
            self._listing_is_out_of_date()
        except RunStoreError as error:
            self._say(error)
            self._show_again(number)
        self.look()

    def _show_again(self, number: int) -> None:
        """What was not written must not look as if it were."""
        with contextlib.suppress(RunStoreError):
            store, _ = self._opened()
            self.found.emit([store.run(number)], [], self._held)

    @Slot(object, bool)
    def delete(self, numbers: tuple[int, ...], is_deleted: bool) -> None:
        """They are not shown any more, or again."""
        try:
            store, _ = self._opened()
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

    @Slot()
    def stop(self) -> None:
        """Let go of the store; what was deleted here goes for good, since nobody can bring it back any more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer.deleteLater()
            self._timer = None
        self._parts = None
        self._let_go()
        self._listing = None

    def _let_go(self) -> None:
        if self._deletions is not None:
            self._deletions.end()
            self._deletions = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def _opened(self) -> tuple[RunStore, Listing]:
        if self._store is not None and not self._store.is_in_place:
            self._lost = self._listing.numbers if self._listing is not None else []
            self._let_go()
        if self._store is None or self._listing is None:
            self._store, notice = open_store(runs_folder())
            self._listing = Listing(self._store)
            if notice:
                self.failed.emit(notice)
        return self._store, self._listing

    def _listing_is_out_of_date(self) -> None:
        """What this connection writes itself does not change the version that it sees."""
        if self._listing is not None:
            self._listing.forget_version()

    def _fail(self, error: RunStoreError) -> None:
        """Nothing can be read; the same is said once."""
        self._parts = None
        if self._said != str(error):
            self._said = str(error)
            self.failed.emit(self._said)
        self.whole.emit()

    def _say(self, error: RunStoreError) -> None:
        self.failed.emit(str(error))


class Reader(QObject):
    """The wire to it. Its thread begins when somebody looks first."""

    found = Signal(object, object, object)
    whole = Signal()
    failed = Signal(str)
    deleted = Signal(object)

    _follow = Signal(bool)
    _write = Signal(int, object)
    _delete = Signal(object, bool)
    _stop = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_closed = False
        self._thread = QThread()
        self._thread.setObjectName("runs")
        self._worker = worker = _Worker()
        worker.moveToThread(self._thread)
        for name in ("found", "whole", "failed", "deleted"):
            getattr(worker, name).connect(getattr(self, name))
        self._follow.connect(worker.follow)
        self._write.connect(worker.write)
        self._delete.connect(worker.delete)
        # Whoever opened the store's file closes it.
        self._stop.connect(worker.stop, Qt.ConnectionType.BlockingQueuedConnection)

    def follow(self, is_on: bool) -> None:
        """Tell what changes from now on, or no longer. Once closed nothing is told: news may still lie in the queue."""
        if self._is_closed:
            return
        if is_on and not self._thread.isRunning():
            self._thread.start()
        self._follow.emit(is_on)

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

    def close(self) -> None:
        """Returns when the thread has ended, for good."""
        self._is_closed = True
        if self._thread.isRunning():
            self._stop.emit()
        self._thread.quit()
        self._thread.wait()
