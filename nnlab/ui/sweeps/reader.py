"""Reading sweeps out of the store while anybody looks."""

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot

from nnlab.errors import NnlabError, RunStoreError
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.sweeps import reading
from nnlab.experiments.sweeps.ledger import delete_sweep
from nnlab.experiments.sweeps.records import SweepRecord, TrialRecord
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.ui.store_looker import StoreLooker, StoreReader


@dataclass(frozen=True, eq=False)
class Watched:
    """A sweep with its trials as they are now; `problem` where what it was told cannot be read any more."""

    record: SweepRecord
    trials: tuple[TrialRecord, ...]
    sweep: Sweep | None = None
    problem: str = ""


class _Worker(StoreLooker):
    """On the thread that reads."""

    found = Signal(object)  # tuple[SweepRecord, ...], the latest first
    watched = Signal(object)  # Watched
    curve_found = Signal(int, object)  # of a run, its small curve

    def __init__(self) -> None:
        super().__init__()
        self._number = 0  # of the sweep whose trials are wanted
        self._records: tuple[SweepRecord, ...] | None = None
        self._trials: tuple[int, SweepRecord, tuple[TrialRecord, ...]] | None = None
        self._sweep: tuple[str, Sweep | None, str] = ("", None, "")

    @Slot(int)
    def watch(self, number: int) -> None:
        """The trials of this sweep, and of no other."""
        self._number, self._trials = number, None
        self.look()

    def tell(self, store: RunStore) -> None:
        """The list of sweeps, and the trials of the one that is wanted."""
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
    def delete(self, number: int) -> None:
        """A sweep, for good; those that are left are told of."""
        try:
            delete_sweep(self.opened(), number)
        except RunStoreError as error:
            self.failed.emit(str(error))
        self.look()

    @Slot(int)
    def read_curve(self, run: int) -> None:
        """A few losses of a run, from its first step to its last."""
        try:
            record = self.opened().find(run)
        except RunStoreError:
            return
        if record is not None:
            self.curve_found.emit(run, record.curve)


class SweepReader(StoreReader):
    """The wire to it."""

    found = Signal(object)
    watched = Signal(object)
    curve_found = Signal(int, object)

    _watch = Signal(int)
    _read_curve = Signal(int)
    _delete = Signal(int)

    def __init__(self) -> None:
        worker = _Worker()
        super().__init__(worker, "sweeps")
        for name in ("found", "watched", "curve_found"):
            getattr(worker, name).connect(getattr(self, name))
        self._watch.connect(worker.watch)
        self._read_curve.connect(worker.read_curve)
        self._delete.connect(worker.delete)

    def watch(self, number: int) -> None:
        """Tell of the trials of this sweep."""
        self._watch.emit(number)

    def delete(self, number: int) -> None:
        """A sweep, for good; `found` follows, or `failed`."""
        self._delete.emit(number)

    def read_curve(self, run: int) -> None:
        """`curve_found` follows, where there is such a run."""
        self._read_curve.emit(run)
