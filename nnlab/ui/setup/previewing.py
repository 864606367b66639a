"""A look at the edited model before it is trained, made beside the window whenever the model or the data changes."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.preview import Preview, previewed, samples_of
from nnlab.models.arrays import Array
from nnlab.models.rates import Rates, measured_rates
from nnlab.report import Report
from nnlab.ui.activity import Activity
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.situation import Situation

# Milliseconds in which a frame is painted: the look would take turns with that for Python's lock.
_TO_PAINT = 60


@dataclass(frozen=True, eq=False)
class Found:
    """A look at an experiment's model, the samples that it was of, and how fast this machine is."""

    preview: Preview
    samples: Array
    rates: Rates


class Previewing(QObject):
    """One job at a time; what is edited meanwhile is looked at when that has ended."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.preview: Preview | None = None
        self.rates: Rates | None = None
        self._session = session
        self._job: Job | None = None
        # What was looked at last, or is being looked at; and the samples of what data.
        self._seen: Any = None
        self._samples: tuple[Any, Array] | None = None
        self._waits = False  # for the first that is seen of a run
        session.situation_changed.connect(self._follow)
        session.frame.connect(self._on_frame)

    @Slot(object)
    def _follow(self, now: Situation, is_painted: bool = False) -> None:
        experiment, dataset = now.wish.experiment, self._session.dataset
        if now.problem or not now.has_data or dataset is None:
            self._forget()
            return
        # The first run goes before: its views wait for it. And two jobs would only be in each other's way.
        if now.running is None or now.activity is Activity.LOADING or self._job is not None:
            return
        seen = (experiment.model, experiment.training.seed, *_data_of(experiment, dataset))
        if seen == self._seen:
            return
        if is_painted or self._session.frames.is_settled:
            self._seen = seen
            self._begin(experiment, dataset)
        else:
            self._waits = True

    @Slot(object)
    def _on_frame(self, frame: object) -> None:
        """What a run is seen by has come: once it has been painted there is time for the look."""
        if self._waits:
            self._waits = False
            QTimer.singleShot(_TO_PAINT, self, self._follow_painted)

    def _follow_painted(self) -> None:
        self._follow(self._session.situation, is_painted=True)

    def _begin(self, experiment: Experiment, dataset: Dataset) -> None:
        data = _data_of(experiment, dataset)
        kept = self._samples[1] if self._samples is not None and self._samples[0] == data else None

        def look(report: Report) -> Found:
            rates = measured_rates()
            samples = kept if kept is not None else samples_of(experiment, dataset)
            return Found(previewed(experiment, dataset, samples), samples, rates)

        job = self._job = Job("Looking at the model")
        seen = self._seen
        job.done.connect(lambda found: self._take(found, seen, data))
        job.failed.connect(lambda _: self._take_none())
        job.ended.connect(self._on_ended)
        self._session.jobs.start(job, look)

    def _take(self, found: Found | None, seen: Any, data: Any) -> None:
        if found is None:
            return
        self.rates, self._samples = found.rates, (data, found.samples)
        if seen == self._seen:
            self.preview = found.preview
        self.changed.emit()

    def _on_ended(self) -> None:
        self._job = None
        self._follow(self._session.situation)

    def _forget(self) -> None:
        """The model that is wished for cannot be; what another one makes of the examples says nothing about it."""
        self._seen = None
        self._take_none()

    def _take_none(self) -> None:
        if self.preview is not None:
            self.preview = None
            self.changed.emit()


def _data_of(experiment: Experiment, dataset: Dataset) -> tuple[Any, ...]:
    """What decides about the samples."""
    return experiment.dataset, id(dataset)
