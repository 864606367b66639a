"""Running a sweep beside the window: a thread gives out its trials, which processes or a cluster train."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from nnlab.errors import NnlabError
from nnlab.experiments.places import runs_folder
from nnlab.experiments.sweeps.events import Notice, SweepChanged
from nnlab.experiments.sweeps.records import SweepRecord
from nnlab.experiments.sweeps.runner import SweepRun
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.task import Hands
from nnlab.ui.faults import fault_sentence

ALREADY = "A sweep, or an experiment from several seeds, is being trained already; wait for it, or stop it, first."


class _SweepThread(QThread):
    """Iterates the sweep, which waits for its trials and hardly does anything itself."""

    changed = Signal(object)  # SweepRecord
    noticed = Signal(str)

    def __init__(self, run: SweepRun) -> None:
        super().__init__()
        self.setObjectName("sweep")
        self.sweep_run = run
        self.problem = "The sweep was ended by a fault of nnlab's own."

    def run(self) -> None:
        """To its end, or until it is cancelled."""
        try:
            for event in self.sweep_run:
                if isinstance(event, SweepChanged):
                    self.changed.emit(event.sweep)
                elif isinstance(event, Notice):
                    self.noticed.emit(event.words)
            self.problem = ""
        except NnlabError as error:
            self.problem = str(error)
        except OSError as error:
            self.problem = fault_sentence(error)


class SweepRunning(QObject):
    """One sweep at a time, whoever began it. What was trained of one that is stopped is kept, and it goes on from there."""

    began = Signal()
    changed = Signal(object)  # SweepRecord: it begins, is paused, goes on, has ended
    noticed = Signal(str)
    refused = Signal(str)  # why it does not begin, or did not go on
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread: _SweepThread | None = None
        self.record: SweepRecord | None = None  # of the sweep that runs, as soon as it is in the store
        self.is_stopping = False
        self.owner: object = None  # who began it

    @property
    def number(self) -> int:
        """In the store, of the sweep that runs; 0 where none does."""
        return self.record.number if self.record is not None else 0

    @property
    def is_busy(self) -> bool:
        """Whether one runs."""
        return self._thread is not None

    def begin(self, owner: object, sweep: Sweep, hands: Hands, folders: Sequence[Path], anew: bool = False) -> None:
        """Run it; the very same one that was stopped goes on, unless it is begun anew."""
        if self._thread is not None:
            return
        self.owner = owner
        thread = self._thread = _SweepThread(SweepRun(runs_folder(), sweep, hands, folders, anew))
        self.record, self.is_stopping = None, False
        thread.changed.connect(self._take)
        thread.noticed.connect(self.noticed)
        thread.finished.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self.began.emit()
        thread.start()

    def pause(self) -> None:
        """Those trials that are trained go on to their ends; no other begins."""
        if self._thread is not None:
            self._thread.sweep_run.pause()

    def go_on(self) -> None:
        """After a pause."""
        if self._thread is not None:
            self._thread.sweep_run.go_on()

    def cancel(self) -> None:
        """Trials stop between two steps; `ended` follows."""
        if self._thread is not None:
            self.is_stopping = True
            self._thread.sweep_run.cancel()

    def shut_down(self) -> None:
        """Stop it so that it can go on another day; returns when its thread has ended."""
        if self._thread is not None:
            self._thread.sweep_run.cancel()
            self._thread.wait()
            self._thread = None

    @Slot(object)
    def _take(self, record: SweepRecord) -> None:
        self.record = record
        self.changed.emit(record)

    @Slot()
    def _end(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.wait()
        if thread.problem:
            self.refused.emit(thread.problem)
        thread.deleteLater()
        self.record, self.is_stopping = None, False
        self.ended.emit()
