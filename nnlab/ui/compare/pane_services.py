"""What views of a run of the store may ask for: long work on a copy of it as it was; nothing of it can be changed."""

from collections.abc import Callable

from PySide6.QtCore import SignalInstance

from nnlab.experiments.experiment import Experiment
from nnlab.ui.compare.walker import Walker
from nnlab.ui.jobs import CopyRequest, Job
from nnlab.ui.services import Work
from nnlab.ui.session import Session


class PaneServices:
    """For the views of one pane; see `Services`."""

    def __init__(self, session: Session, walker: Callable[[], Walker], experiment: Callable[[], Experiment]) -> None:
        self._walker, self._experiment = walker, experiment
        self.experiment_changed: SignalInstance = session.experiment_changed

    @property
    def experiment(self) -> Experiment:
        """That of the run, as it was at the step that is shown."""
        return self._experiment()

    def edit(self, experiment: Experiment, what: str = "") -> None:
        """What has been is as it was."""

    def start_job(self, title: str, work: Work) -> Job:
        """On a copy of the run as it stands at its step."""
        job = Job(title)
        self._walker().take_copy(CopyRequest(0, job, work))
        return job

    def change_parameter(self, tensor: str, position: tuple[int, ...], value: float) -> None:
        """What has been is as it was."""
