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
from nnlab.training.history import History


@dataclass(frozen=True, eq=False)
class Beginning:
    """A run that was not in the store yet: its experiment before the first step that is kept, and where it comes from.

    parent: the number and the step of the run that it goes on from    history: what was known of it before, out of a file
    tags: by which it is found beside those that it belongs to
    """

    experiment: Experiment
    dataset: Dataset
    facts: Mapping[str, Any]
    parent: tuple[int, int] | None = None
    history: History | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Entry:
    """How far a run is, what it did since the last entry, and its whole state.

    steps: made since the last entry    seconds: of training    gone_back: whether steps that were written were taken back
    ending: why it ended    is_left: whether others may go on with it now
    """

    experiment: Experiment
    step: int
    epoch: float
    seconds: float
    events: tuple[Event, ...]
    steps: tuple[Step, ...]
    checkpoint: Checkpoint
    unchanging: Unchanging
    gone_back: bool = False
    ending: str = ""
    is_left: bool = False
