"""Past: a run of the store at any of its steps, looked at beside the window and the training."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from nnlab.datasets import Dataset
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.ui.jobs import CopyRequest
from nnlab.ui.messages import Prepared, ProbeRequest
from nnlab.ui.past_worker import Arrival, OpenRequest, PastWorker, VisitRequest


class Past(QObject):
    """One run at a time, on a thread of its own. Only the newest visit counts: one that it overtakes is given up.

    What is asked for before `prepared` waits for it.
    """

    prepared = Signal(object)  # Prepared
    arrived = Signal(object)  # Arrival
    progressed = Signal(str, float)  # what is being done, share done or NaN
    failed = Signal(str)  # why the run or a step of it cannot be had: nothing arrives
    troubled = Signal(str)  # why a view of it cannot be had; the others arrive
    copy_ready = Signal(object, object, str)  # CopyRequest, TrainingRun or None, why there is none
    continuation_ready = Signal(object)  # Continuation, from where it stands

    _open = Signal(object)  # OpenRequest
    _visit = Signal(object)  # VisitRequest
    _take_copy = Signal(object)  # CopyRequest
    _take_continuation = Signal()
    _forget = Signal()
    _stop = Signal()

    def __init__(self, folder: Path, data_folders: list[Path], journal: JournalWriter | None = None) -> None:
        """folder: of the store of runs    journal: that may still have to write what is visited"""
        super().__init__()
        self._is_closed = False
        self._thread = QThread()
        self._thread.setObjectName("past")
        self._worker = worker = PastWorker(folder, data_folders, journal)
        worker.moveToThread(self._thread)
        for name in ("progressed", "troubled", "copy_ready", "continuation_ready"):
            getattr(worker, name).connect(getattr(self, name))
        worker.prepared.connect(self._pass_prepared)
        worker.arrived.connect(self._pass_arrived)
        worker.failed.connect(self._pass_failed)
        self._open.connect(worker.open)
        self._visit.connect(worker.visit)
        self._take_copy.connect(worker.take_copy)
        self._take_continuation.connect(worker.take_continuation)
        self._forget.connect(worker.stop)
        # Whoever opened the store's file closes it.
        self._stop.connect(worker.stop, Qt.ConnectionType.BlockingQueuedConnection)

    @property
    def newest(self) -> int:
        """The serial number of the visit that was asked for last."""
        return self._worker.newest

    def open(self, number: int, dataset: Dataset | None = None) -> None:
        """Have a run of the store ready; with the data that it learned from, where that is there already."""
        if self._is_closed:
            # News that still lay in the queue may want another.
            return
        if not self._thread.isRunning():
            self._thread.start()
        self._worker.opening += 1
        self._worker.newest += 1
        self._open.emit(OpenRequest(self._worker.opening, number, dataset))

    def visit(self, step: int, probes: tuple[ProbeRequest, ...] = ()) -> int:
        """Go to a step, and look; `arrived` follows with the number that is returned, unless another visit comes before."""
        self._worker.newest += 1
        self._visit.emit(VisitRequest(self._worker.newest, step, probes))
        return self._worker.newest

    def give_up(self) -> None:
        """What was asked for is not wanted any more."""
        self._worker.newest += 1

    def take_copy(self, request: CopyRequest) -> None:
        """Have a copy of the run as it was at the step that was visited last; `copy_ready` follows."""
        self._take_copy.emit(request)

    def take_continuation(self) -> None:
        """Have all that it takes to go on from the step that was visited last; `continuation_ready` or `failed` follows."""
        self._take_continuation.emit()

    def let_go(self) -> None:
        """Of the run and the memory that it takes, until another is opened."""
        self._worker.opening += 1
        self._worker.newest += 1
        self._forget.emit()

    def close(self) -> None:
        """End for good; returns when the thread has."""
        self._is_closed = True
        self._worker.opening += 1
        self._worker.newest += 1
        if self._thread.isRunning():
            self._stop.emit()
        self._thread.quit()
        self._thread.wait()

    @Slot(object)
    def _pass_prepared(self, prepared: Prepared) -> None:
        if prepared.generation == self._worker.opening:
            self.prepared.emit(prepared)

    @Slot(object)
    def _pass_arrived(self, arrival: Arrival) -> None:
        # Another step may have been asked for while the answer was on its way.
        if arrival.serial == self._worker.newest:
            self.arrived.emit(arrival)

    @Slot(int, str)
    def _pass_failed(self, opening: int, sentence: str) -> None:
        # Of a run that nobody wants any more there is nothing to tell.
        if opening == self._worker.opening:
            self.failed.emit(sentence)
