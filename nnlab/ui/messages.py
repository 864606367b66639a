"""What crosses between the window's thread and the worker's: frozen values, read-only arrays."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nnlab.datasets import Dataset, Examples
from nnlab.datasets.split import Split
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import Continuation
from nnlab.models import ModelSettings
from nnlab.probes import PARTS, Answer, Moment, Selection
from nnlab.probes.selection import fitting_part
from nnlab.training import Step, TrainingSettings
from nnlab.training.ending import Ending
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.events import Event
from nnlab.training.history import History
from nnlab.ui.activity import Activity
from nnlab.ui.pace import FULL_SPEED, shows_each_step


@dataclass(frozen=True)
class PrepareRequest:
    """Build a fresh run, or one that goes on from where one stood, or bring one back that was put aside.

    A run's name is the generation in which it was begun; those in `keep` are held on to, the present one among them.
    folders are where its data and an encoder were looked for.
    """

    generation: int
    experiment: Experiment
    dataset: Dataset
    continuation: Continuation | None = None
    keep: frozenset[int] = frozenset()
    brings_back: int = 0
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True)
class ProbeRequest:
    """Run one probe; the answer comes back under the name of the view that asked."""

    view: str
    probe: str
    selection: Selection


@dataclass(frozen=True)
class FrameRequest:
    """Run these probes between two steps."""

    generation: int
    probes: tuple[ProbeRequest, ...]


@dataclass(frozen=True)
class ParameterChange:
    """Give one parameter another value while training stands; `before` is filled in by who has done it, else None."""

    generation: int
    tensor: str
    position: tuple[int, ...]
    value: float
    before: float | None = None
    is_edit: bool = True  # a person's, to be remembered; not the undoing or redoing of one
    serial: int = 0  # which of a person's it is: the answer finds the entry of the history by it

    def undone(self) -> "ParameterChange":
        """The change that takes this one back, once `before` is known."""
        assert self.before is not None
        return replace(self, value=self.before, before=self.value, is_edit=False)


@dataclass(frozen=True)
class SaveRequest:
    """Write the model as it stands between two steps, with the curves of which the window has heard.

    `run` is the name of one that was put aside; 0 is the present one. What is urgent is not measured first.
    """

    serial: int
    path: Path
    history: History
    run: int = 0
    is_urgent: bool = False


@dataclass(frozen=True)
class SaveAnswer:
    """The model was written as it was at this moment; or, with the sentence why, it was not."""

    request: SaveRequest
    generation: int
    moment: Moment
    problem: str = ""


@dataclass(frozen=True)
class LiveChange:
    """Settings that act at the next step."""

    generation: int
    settings: TrainingSettings
    model: ModelSettings


@dataclass(frozen=True)
class Prepared:
    """A run stands before its first step, or where it was left before it was opened."""

    generation: int
    experiment: Experiment
    dataset: Dataset
    split: Split
    parameters: int
    threads: int
    moment: Moment
    # The training examples with the labels that the model learns from, some of which are false under label noise.
    learning: Examples
    batches: int = 0
    best: EpochEnd | None = None  # of a run that goes on: its best epoch so far

    @property
    def counts(self) -> dict[str, int]:
        """How many examples each part of the data has, of those that have any."""
        sizes = zip(PARTS, (len(self.split.train), len(self.split.validation), len(self.dataset.test)), strict=True)
        return {part: size for part, size in sizes if size}

    def fitting(self, selection: Selection) -> Selection:
        """What is selected, in a part that has examples."""
        part = fitting_part(selection.part, self.counts)
        return selection if selection.part == part else replace(selection, part=part, example=0)

    def labels(self, part: str) -> npt.NDArray[np.intp]:
        """The labels of a part of the data, as every view shows them."""
        if part == "test":
            return self.dataset.test.labels
        return self.learning.labels[self.split.validation if part == "validation" else self.split.train]


@dataclass(frozen=True)
class Progress:
    """Where a run is."""

    activity: Activity = Activity.IDLE
    ending: Ending | None = None  # why it has ended, if it has
    stop: str = ""  # the sentence of the breakpoint at which it stands, if it does
    moment: Moment = field(default_factory=Moment)
    done: int = 0  # updates made since the run was prepared or opened
    total: int = 0
    epoch: int = 0  # that of the last step, not yet done perhaps
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    seconds: float = 0.0  # of training, since its first step
    seconds_before: float = 0.0  # of these, until it was prepared or opened
    rate: float = 0.0  # examples per second over the last second or so
    learning_rate: float = 0.0
    number: int = 0  # in the store of runs; 0 while it is not there
    pace: float = FULL_SPEED  # so many steps a second are wanted
    events: tuple[Event, ...] = ()  # what was done by hand since the run began
    helpers: int = 0  # processes that train it beside the window
    alone_because: str = ""  # why there are none
    first_move: float = 0.0  # by what share its first step would have moved its weights at rate 1; 0 where nobody knows

    @property
    def reason(self) -> str:
        """Why it has ended, or stands, in words."""
        return self.ending.words if self.ending else self.stop

    @property
    def is_running(self) -> bool:
        """Whether it trains."""
        return self.activity is Activity.RUNNING

    @property
    def step(self) -> int:
        """Updates made."""
        return self.moment.step

    @property
    def seconds_here(self) -> float:
        """Of training since it was prepared or opened."""
        return self.seconds - self.seconds_before

    @property
    def shows_each_step(self) -> bool:
        """Whether every step can be seen before the next is made: it stands after one, or trains in slow motion."""
        return self.activity is Activity.PAUSED or (self.is_running and shows_each_step(self.pace))

    @property
    def seconds_left(self) -> float:
        """As fast as it was so far, or as it is to be where that is slower."""
        seconds = max(self.seconds_here / self.done, 1 / self.pace if self.pace else 0.0) if self.done else 0.0
        return (self.total - self.step) * seconds


@dataclass(frozen=True)
class FrameAnswer:
    """All steps since the last frame, in order, the answers of the probes, and how the numbers were found to be spread."""

    generation: int
    progress: Progress
    steps: list[Step]
    probes: dict[str, Answer]
    spreads: tuple[Answer, ...] = ()
