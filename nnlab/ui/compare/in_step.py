"""Several runs of the store, each on a thread of its own, taken to steps that belong together."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.ui.compare.walker import Walker
from nnlab.ui.messages import Prepared, ProbeRequest


class InStep(QObject):
    """A run is opened when something of it is wanted first. Those that learned from the same data share it in memory."""

    prepared = Signal(int, object)  # the run's place, Prepared
    arrived = Signal(int, object)  # the run's place, Arrival
    failed = Signal(int, str)  # the run's place, why it or a step of it cannot be had
    progressed = Signal(int, str, float)  # the run's place, what is being done, the share of it
    copy_ready = Signal(object, object, str)  # CopyRequest, TrainingRun or None, why there is none

    def __init__(self, folder: Path, data_folders: list[Path], journal: JournalWriter | None) -> None:
        super().__init__()
        self._given = (folder, data_folders, journal)
        self._walkers: list[Walker] = []
        self._records: Sequence[RunRecord] = ()
        self._waiting: set[int] = set()  # places of runs whose data another is loading
        self._failed: set[int] = set()

    def begin(self, records: Sequence[RunRecord]) -> None:
        """These runs, each at its place; what was known of others is let go of."""
        self.let_go()
        self.follow(records)

    def follow(self, records: Sequence[RunRecord]) -> None:
        """The same, which may have gone on, and others behind them."""
        self._records = records
        while len(self._walkers) < len(records):
            self._walkers.append(self._made(len(self._walkers)))

    def walker(self, place: int) -> Walker:
        """Who goes at this place."""
        return self._walkers[place]

    def want(self, place: int, step: int, probes: tuple[ProbeRequest, ...]) -> None:
        """The run at this place after so many steps, and what these views want to see of it."""
        walker = self._walkers[place]
        walker.want(step, probes)
        if not walker.number and place not in self._waiting:
            self._open(place)

    def let_go(self) -> None:
        """Of all runs, and of the memory that they take."""
        self._waiting.clear()
        self._failed.clear()
        for walker in self._walkers:
            walker.let_go()

    def close(self) -> None:
        """The same, and end all threads; returns when they have ended."""
        self.let_go()
        for walker in self._walkers:
            walker.close()

    def _made(self, place: int) -> Walker:
        walker = Walker(place, *self._given)
        walker.prepared.connect(self._on_prepared)
        walker.failed.connect(self._on_failed)
        walker.arrived.connect(self.arrived)
        walker.progressed.connect(self.progressed)
        walker.copy_ready.connect(self.copy_ready)
        return walker

    def _open(self, place: int) -> None:
        record = self._records[place]
        alike = [other for other in self._alike(place) if self._walkers[other].number and other not in self._failed]
        dataset = next((found for other in alike if (found := self._walkers[other].dataset) is not None), None)
        if alike and dataset is None:
            self._waiting.add(place)
        else:
            self._walkers[place].open(record.number, dataset)

    def _alike(self, place: int) -> list[int]:
        """The places of the others that learned from the same data."""
        return [
            other
            for other, record in enumerate(self._records)
            if other != place and record.data == self._records[place].data
        ]

    def _on_prepared(self, place: int, prepared: Prepared) -> None:
        self._open_waiting(place)
        self.prepared.emit(place, prepared)

    def _on_failed(self, place: int, sentence: str) -> None:
        if self._walkers[place].dataset is None:
            # What it could not load, another may say for itself.
            self._failed.add(place)
            self._open_waiting(place)
        self.failed.emit(place, sentence)

    def _open_waiting(self, place: int) -> None:
        for other in [other for other in self._alike(place) if other in self._waiting]:
            self._waiting.discard(other)
            self._open(other)
