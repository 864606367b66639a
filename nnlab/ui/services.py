"""What a view may ask for beyond its probe: long work on a copy of the run, and changes to the model."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance

from nnlab.experiments.experiment import Experiment
from nnlab.report import Report
from nnlab.training import TrainingRun
from nnlab.ui.jobs import Job

# A plain function of a copy of the run: on a thread of its own it may take as long as it likes, and reports now and then.
Work = Callable[[TrainingRun, Report], Any]


class Services(Protocol):
    """The session, as the views see it."""

    experiment_changed: SignalInstance  # Experiment

    @property
    def experiment(self) -> Experiment:
        """The experiment being edited."""
        ...

    def edit(self, experiment: Experiment, what: str = "") -> None:
        """Make this the experiment; an undoable step of its own, unless `what` says that it belongs to the last one."""
        ...

    def start_job(self, title: str, work: Work) -> Job:
        """Begin work on a copy of the run as it is between two steps; the Job tells how it goes."""
        ...

    def change_parameter(self, tensor: str, position: tuple[int, ...], value: float) -> None:
        """Give one parameter another value, between two steps; undoable."""
        ...
