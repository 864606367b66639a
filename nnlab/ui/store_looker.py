"""Looking into the store of runs on a thread of its own, a few times a second while anybody looks; what changed is told."""

from typing import ClassVar

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.places import runs_folder


class StoreLooker(QObject):
    """Owns the connection to the store. Whoever looks for something says in `tell` what."""

    milliseconds: ClassVar[int] = 400  # between two looks
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._store: RunStore | None = None
        self._timer: QTimer | None = None
        self._said = ""

    def tell(self, store: RunStore) -> None:
        """Emit what has changed since the last look."""
        raise NotImplementedError

    @Slot(bool)
    def follow(self, is_on: bool) -> None:
        """Look from now on, or no longer."""
        if self._timer is None:
            self._timer = QTimer(self)
            self._timer.setInterval(self.milliseconds)
            self._timer.timeout.connect(self.look)
        if is_on and not self._timer.isActive():
            self._timer.start()
            self.look()
        elif not is_on:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Tell what has changed since the last look."""
        try:
            self.tell(self.opened())
            self._said = ""
        except RunStoreError as error:
            self.fail(error)

    def fail(self, error: RunStoreError) -> None:
        """Nothing can be read; the same is said once."""
        if self._said != str(error):
            self._said = str(error)
            self.failed.emit(self._said)

    @Slot()
    def stop(self) -> None:
        """Let go of the store: what a subclass has to do then it does in `let_go`.

        It is connected so that the emitter waits. PySide 6.11 connects a slot that overrides another with the emitter as its
        receiver, which would wait for itself for ever.
        """
        if self._timer is not None:
            self._timer.stop()
            self._timer.deleteLater()
            self._timer = None
        self.let_go()

    def let_go(self) -> None:
        """Close the store, if it is open."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def opened(self) -> RunStore:
        """The store; opened anew where its file is another by now."""
        if self._store is not None and not self._store.is_in_place:
            self.let_go()
        if self._store is None:
            self._store, notice = open_store(runs_folder())
            if notice:
                self.failed.emit(notice)
        return self._store


class StoreReader(QObject):
    """The wire to it. Its thread begins when somebody looks first."""

    failed = Signal(str)

    _follow = Signal(bool)
    _stop = Signal()

    def __init__(self, worker: StoreLooker, name: str) -> None:
        super().__init__()
        self._is_closed = False
        self._thread = QThread()
        self._thread.setObjectName(name)
        # It ends with its last reference.
        self._worker = worker
        worker.moveToThread(self._thread)
        worker.failed.connect(self.failed)
        self._follow.connect(worker.follow)
        # Whoever opened the store's file closes it.
        self._stop.connect(worker.stop, Qt.ConnectionType.BlockingQueuedConnection)

    def follow(self, is_on: bool) -> None:
        """Tell what changes from now on, or no longer. Once closed nothing is told: news may still lie in the queue."""
        if self._is_closed:
            return
        if is_on and not self._thread.isRunning():
            self._thread.start()
        self._follow.emit(is_on)

    def close(self) -> None:
        """Returns when the thread has ended, for good."""
        self._is_closed = True
        if self._thread.isRunning():
            self._stop.emit()
        self._thread.quit()
        self._thread.wait()
