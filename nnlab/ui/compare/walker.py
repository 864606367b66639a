"""One of the runs that go in step: it is at one step at a time, and looked at there."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from nnlab.datasets import Dataset
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.ui.jobs import CopyRequest
from nnlab.ui.messages import Prepared, ProbeRequest
from nnlab.ui.past import Past
from nnlab.ui.past_worker import Arrival

# A way that takes longer makes way for another that is wanted meanwhile; a shorter one is seen first.
_PATIENCE_MILLISECONDS = 250


class Walker(QObject):
    """What is wanted while it is on its way waits until it has arrived, but not for long."""

    prepared = Signal(int, object)  # its place, Prepared
    arrived = Signal(int, object)  # its place, Arrival
    failed = Signal(int, str)  # its place, why it or a step of it cannot be had
    progressed = Signal(int, str, float)  # its place, what is being done, the share of it
    copy_ready = Signal(object, object, str)  # CopyRequest, TrainingRun or None, why there is none

    def __init__(self, place: int, folder: Path, data_folders: list[Path], journal: JournalWriter | None) -> None:
        super().__init__()
        self._place = place
        self._past = Past(folder, data_folders, journal)
        self.number = 0  # of the run that is open; 0 where none is
        self.dataset: Dataset | None = None  # that the run learns from, once it is there
        self._wanted: tuple[int, tuple[ProbeRequest, ...]] | None = None
        self._is_on_its_way = False
        self._impatience = QTimer(self)
        self._impatience.setSingleShot(True)
        self._impatience.setInterval(_PATIENCE_MILLISECONDS)
        self._impatience.timeout.connect(self._go)
        self._past.prepared.connect(self._on_prepared)
        self._past.arrived.connect(self._on_arrived)
        self._past.failed.connect(self._on_failed)
        self._past.troubled.connect(self._on_troubled)
        self._past.progressed.connect(self._on_progressed)
        self._past.copy_ready.connect(self.copy_ready)

    def open(self, number: int, dataset: Dataset | None = None) -> None:
        """This run, with its data where that is there already; and on to what is wanted of it."""
        self.number, self.dataset, self._is_on_its_way = number, None, False
        self._past.open(number, dataset)
        self._go()

    def want(self, step: int, probes: tuple[ProbeRequest, ...]) -> None:
        """Go there, and look at what these views want to see; at once, or when the run is open."""
        self._wanted = (step, probes)
        if self.number and not self._is_on_its_way:
            self._go()
        elif self.number and not self._impatience.isActive():
            self._impatience.start()

    def take_copy(self, request: CopyRequest) -> None:
        """Of the run where it stands; `copy_ready` follows."""
        self._past.take_copy(request)

    def let_go(self) -> None:
        """Of the run, and of the memory that it takes."""
        self._impatience.stop()
        self.number, self.dataset, self._wanted = 0, None, None
        self._past.let_go()

    def close(self) -> None:
        """The same, and end its thread; returns when it has ended."""
        self.let_go()
        self._past.close()

    def _go(self) -> None:
        if self._wanted is not None:
            (step, probes), self._wanted = self._wanted, None
            self._is_on_its_way = True
            self._past.visit(step, probes)

    def _on_prepared(self, prepared: Prepared) -> None:
        if self.number:
            self.dataset = prepared.dataset
            self.prepared.emit(self._place, prepared)

    def _on_arrived(self, arrival: Arrival) -> None:
        # Of a branch what arrives may be of the run before it.
        if self.number:
            self._is_on_its_way = False
            self._impatience.stop()
            self.arrived.emit(self._place, arrival)
            self._go()

    def _on_failed(self, sentence: str) -> None:
        if self.number:
            self._is_on_its_way = False
            self.failed.emit(self._place, sentence)

    def _on_troubled(self, sentence: str) -> None:
        """It arrives all the same, without what could not be looked at."""
        if self.number:
            self.failed.emit(self._place, sentence)

    def _on_progressed(self, what: str, share: float) -> None:
        if self.number:
            self.progressed.emit(self._place, what, share)
