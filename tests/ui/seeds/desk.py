"""A window with its seeds open, and a person at it."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.experiments.seeds.seed_sweep import seeds_sweep
from nnlab.experiments.sweeps.here import Here
from nnlab.experiments.sweeps.reading import trials
from nnlab.experiments.sweeps.records import TrialRecord
from nnlab.experiments.sweeps.runner import SweepRun
from nnlab.ui.main_window import MainWindow
from nnlab.ui.seeds.window import SeedsWindow
from tests.ui.conftest import Driver


def train_seeds(experiment: Experiment, count: int = 9) -> None:
    """Into the store, here and now."""
    list(SweepRun(runs_folder(), seeds_sweep(experiment, count), Here()))


class SeedsDesk:
    def __init__(self, driver: Driver, experiment: Experiment) -> None:
        self.driver, self.said = driver, []
        self.journal = JournalWriter(runs_folder(), self.said.append)
        self.main: MainWindow = driver.open(experiment, journal=self.journal)
        self.main.commands["seeds"].trigger()
        work = self.main.sweeping.seeds
        assert work is not None and work.window.isVisible()
        self.work = work
        self.window: SeedsWindow = work.window
        self.wait_for(lambda: self.window.seen is not None and self.window.records is not None)

    def wait_for(self, condition: Any) -> None:
        self.driver.wait_for(condition)

    def wait_for_state(self, state: str) -> None:
        self.wait_for(lambda: self.window.seen.record is not None and self.window.seen.record.state == state)

    def trials(self, number: int = 1) -> list[TrialRecord]:
        store, _ = open_store(runs_folder())
        try:
            return trials(store, number)
        finally:
            store.close()

    def learn_at(self, rate: float) -> None:
        """Edit the present experiment."""
        session = self.main.session
        session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=rate)))

    def point_of(self, seed: int) -> QPoint:
        strip = self.window.strip
        return next(place.center() for tile, place in zip(strip.tiles, strip.places(), strict=True) if tile.seed == seed)

    def click(self, seed: int) -> None:
        QTest.mouseClick(self.window.strip, Qt.MouseButton.LeftButton, pos=self.point_of(seed))

    def double_click(self, seed: int) -> None:
        QTest.mouseDClick(self.window.strip, Qt.MouseButton.LeftButton, pos=self.point_of(seed))

    def close(self) -> None:
        self.driver.close(self.main)
        self.journal.close()
        assert self.said == []
