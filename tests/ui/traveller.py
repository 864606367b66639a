"""A window whose runs are kept, and the way to earlier steps of the present one."""

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.training import TrainingRun
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver


class Traveller:
    """A window whose runs are kept, and the way to earlier steps."""

    def __init__(self, driver: Driver, experiment: Experiment) -> None:
        self.said: list[str] = []
        self.journal = JournalWriter(runs_folder(), self.said.append)
        self.driver, self.experiment = driver, experiment
        self.window: MainWindow = driver.open(experiment, journal=self.journal)
        self.session, self.travel = self.window.session, self.window.session.travel
        self.told: list[str] = []
        self.session.message.connect(self.told.append)

    def train(self, steps: int) -> None:
        for _ in range(steps):
            before = self.session.progress.step
            self.session.step_batch()
            self.driver.wait_for(lambda before=before: self.session.progress.step == before + 1)
        self.driver.wait_for(lambda: self.session.progress.number > 0)
        self.driver.settle(self.window)

    def go(self, step: int) -> None:
        self.travel.go_to(step)
        self.arrive(step)

    def arrive(self, step: int) -> None:
        told = len(self.told)
        self.driver.wait_for(lambda: len(self.told) > told or self.stands_at(step))
        assert self.told[told:] == []
        self.driver.wait_for(lambda: self.travel.is_settled)

    def stands_at(self, step: int) -> bool:
        return self.travel.shown is not None and self.travel.shown.step == step

    def now(self) -> None:
        self.travel.back_to_now()
        self.driver.settle(self.window)

    def bare(self, step: int) -> TrainingRun:
        """The same run, trained to a step without a window."""
        run = assemble(self.experiment, [])
        while run.step < step:
            next(run)
        return run
