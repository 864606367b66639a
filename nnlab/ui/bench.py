"""What a view may ask for beyond its probe: long work on a copy of the run, and changes to the model."""

from collections.abc import Callable
from typing import Any, Protocol

from nnlab.report import Report
from nnlab.training import TrainingRun
from nnlab.ui.jobs import Job

# A plain function of a copy of the run: on a thread of its own it may take as long as it likes, and reports now and then.
Work = Callable[[TrainingRun, Report], Any]


class Bench(Protocol):
    """The session, as the views see it."""

    def start_job(self, title: str, work: Work) -> Job:
        """Begin work on a copy of the run as it is between two steps; the Job tells how it goes."""
        ...

    def change_parameter(self, tensor: str, position: tuple[int, ...], value: float) -> None:
        """Give one parameter another value, between two steps; undoable."""
        ...
