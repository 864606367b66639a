"""What goes from the thread that trains to the thread that writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.origin import Origin
from nnlab.experiments.model_content import Unchanging
from nnlab.training import Step
from nnlab.training.checkpoint import Checkpoint
from nnlab.training.events import Event
from nnlab.training.history import History


@dataclass(frozen=True, eq=False)
class Beginning:
    """A run that was not in the store yet: its experiment before the first step that is kept, and where it comes from.

    origin: the run that it goes on from: in its row where that still stands there, else as a run with a parent
    history: what was known of it before    tags: by which it is found beside those that it belongs to
    trial: the numbers of the sweep that it is a trial of, and of the trial
    data: the checksum of the data, where the data itself is elsewhere
    """

    experiment: Experiment
    dataset: Dataset | None
    facts: Mapping[str, Any]
    origin: Origin | None = None
    history: History | None = None
    tags: tuple[str, ...] = ()
    trial: tuple[int, int] | None = None
    data: str = ""


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
