"""What goes to whoever trains a trial, and what comes back: plain values, for another process or another machine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nnlab.experiments.sweeps.carried import Carried

IsStopped = Callable[[], bool]


@dataclass(frozen=True)
class Task:
    """A trial to be trained.

    experiment: TOML    objective: the figure that must come of it    tags: by which its run is found
    run: where it stands in the store already, to be gone on with; None where it begins
    kept: a finished run of another sweep that is the very same, to be looked at and not trained; None where there is none
    """

    sweep: int
    trial: int
    experiment: str
    objective: str
    tags: tuple[str, ...] = ()
    run: int | None = None
    kept: int | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a trial ended: done, failed, diverged or cancelled, and why.

    figures: of the model as it stands    checksum: sha256 of its parameters    seconds: of training
    notices: what is to be said besides    carried: its run, where that is still to be written into the store
    kept: the run of another sweep that it is, None where it was trained
    """

    trial: int
    state: str
    reason: str = ""
    objective: float | None = None
    figures: Mapping[str, float | None] = field(default_factory=dict)
    checksum: str = ""
    seconds: float = 0.0
    notices: tuple[str, ...] = ()
    carried: Carried | None = None
    kept: int | None = None


@dataclass(frozen=True)
class Death:
    """The process that trained a trial died, and how that shows."""

    trial: int
    words: str


class Hands(Protocol):
    """Those who train trials, side by side. All is asked of them by one thread, which lets them go in the end."""

    def begin(self, store: Path, folders: Sequence[Path], is_stopped: IsStopped) -> None:
        """Be ready, for a store of runs and data in these folders. Raises NnlabError where that cannot be."""

    @property
    def size(self) -> int:
        """How many trials they train at once."""

    def start(self, task: Task) -> None:
        """One more; only while there are fewer than `size`."""

    def ended(self, patience: float) -> Sequence[Outcome | Death]:
        """Those that have ended; where there are none yet, wait for so many seconds at most, or for one."""

    def stop(self) -> None:
        """What is being trained ends between two steps; `ended` tells of it as cancelled."""

    def close(self) -> None:
        """Let go of everything, and end what has not ended."""
