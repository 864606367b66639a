"""Reading sweeps out of the store on a thread of its own, a few times a second while anybody looks; what changed is told."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from nnlab.errors import NnlabError, RunStoreError
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.places import runs_folder
from nnlab.experiments.sweeps import reading
from nnlab.experiments.sweeps.records import SweepRecord, TrialRecord
from nnlab.experiments.sweeps.sweep import Sweep

_LOOK_MILLISECONDS = 400


@dataclass(frozen=True, eq=False)
class Watched:
    """A sweep with its trials as they are now; `problem` where what it was told cannot be read any more."""

    record: SweepRecord
    trials: tuple[TrialRecord, ...]
    sweep: Sweep | None = None
    problem: str = ""


class _Worker(QObject):
    """Owns the connection to the store."""

    found = Signal(object)  # tuple[SweepRecord, ...], the latest first
    watched = Signal(object)  # Watched
    curve_found = Signal(int, object)  # of a run, its small curve
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._store: RunStore | None = None
        self._timer: QTimer | None = None
        self._number = 0  # of the sweep whose trials are wanted
        self._records: tuple[SweepRecord, ...] | None = None
        self._trials: tuple[int, SweepRecord, tuple[TrialRecord, ...]] | None = None
        self._sweep: tuple[str, Sweep | None, str] = ("", None, "")
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

    @Slot(int)
    def watch(self, number: int) -> None:
        """The trials of this sweep, and of no other."""
        self._number, self._trials = number, None
        self.look()

    @Slot()
    def look(self) -> None:
        """Tell what has changed since the last look."""
        try:
            self._tell(self._opened())
            self._said = ""
        except RunStoreError as error:
            # The same is said once.
            if self._said != str(error):
                self._said = str(error)
                self.failed.emit(self._said)

    def _tell(self, store: RunStore) -> None:
        records = tuple(reading.sweeps(store))
        if records != self._records:
            self._records = records
            self.found.emit(records)
        record = next((one for one in records if one.number == self._number), None)
        if record is None:
            return
        trials = tuple(reading.trials(store, record.number))
        if self._trials != (record.number, record, trials):
            self._trials = (record.number, record, trials)
            self.watched.emit(Watched(record, trials, *self._read(record)))

    def _read(self, record: SweepRecord) -> tuple[Sweep | None, str]:
        """What it was told: read once."""
        if self._sweep[0] != record.file:
            try:
                self._sweep = (record.file, record.sweep(), "")
            except NnlabError as error:
                self._sweep = (record.file, None, f"sweep {record.number:,} cannot be read any more ({error})")
        return self._sweep[1:]

    @Slot(int)
    def read_curve(self, run: int) -> None:
        """A few losses of a run, from its first step to its last."""
        try:
            record = self._opened().find(run)
        except RunStoreError:
            return
        if record is not None:
            self.curve_found.emit(run, record.curve)

    @Slot()
    def stop(self) -> None:
        """Let go of the store."""
        if self._timer is not None:
            self._timer.stop()
            self._timer.deleteLater()
            self._timer = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def _opened(self) -> RunStore:
        if self._store is not None and not self._store.is_in_place:
            self._store.close()
            self._store = None
        if self._store is None:
            self._store, notice = open_store(runs_folder())
            if notice:
                self.failed.emit(notice)
        return self._store


class SweepReader(QObject):
    """The wire to it. Its thread begins when somebody looks first."""

    found = Signal(object)
    watched = Signal(object)
    curve_found = Signal(int, object)
    failed = Signal(str)

    _follow = Signal(bool)
    _watch = Signal(int)
    _read_curve = Signal(int)
    _stop = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread = QThread()
        self._thread.setObjectName("sweeps")
        self._worker = worker = _Worker()
        worker.moveToThread(self._thread)
        for name in ("found", "watched", "curve_found", "failed"):
            getattr(worker, name).connect(getattr(self, name))
        self._follow.connect(worker.follow)
        self._watch.connect(worker.watch)
        self._read_curve.connect(worker.read_curve)
        # Whoever opened the store's file closes it.
        self._stop.connect(worker.stop, Qt.ConnectionType.BlockingQueuedConnection)

    def follow(self, is_on: bool) -> None:
        """Tell what changes from now on, or no longer."""
        if is_on and not self._thread.isRunning():
            self._thread.start()
        self._follow.emit(is_on)

    def watch(self, number: int) -> None:
        """Tell of the trials of this sweep."""
        self._watch.emit(number)

    def read_curve(self, run: int) -> None:
        """`curve_found` follows, where there is such a run."""
        self._read_curve.emit(run)

    def close(self) -> None:
        """Returns when the thread has ended."""
        if self._thread.isRunning():
            self._stop.emit()
        self._thread.quit()
        self._thread.wait()
