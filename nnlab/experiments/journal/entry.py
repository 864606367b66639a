"""What goes from the thread that trains to the thread that writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_content import Unchanging
from nnlab.training import Step
from nnlab.training.checkpoint import Checkpoint
from nnlab.training.events import Event


@dataclass(frozen=True, eq=False)
class Beginning:
    """A run that was not in the store yet: its experiment before the first step, and where it branched off, if it did."""

    experiment: Experiment
    dataset: Dataset
    facts: Mapping[str, Any]
    parent: int | None = None
    parent_step: int | None = None


@dataclass(frozen=True, eq=False)
class Entry:
    """How far a run is, what it did since the last entry, and its whole state where that is to be kept.

    steps: made since the last entry    seconds: of training    gone_back: whether steps that were written were taken back
    """

    experiment: Experiment
    step: int
    epoch: float
    seconds: float
    events: tuple[Event, ...]
    steps: tuple[Step, ...]
    checkpoint: Checkpoint | None
    unchanging: Unchanging
    gone_back: bool = False
    ending: str = ""
