"""What a breakpoint is: a condition on a run, looked at after its steps, at which training stops when it becomes true."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from nnlab.datasets import DatasetSettings
from nnlab.models.arrays import Array
from nnlab.models.model import Model, ModelSettings
from nnlab.settings import Settings, setting
from nnlab.training.data import TrainingData
from nnlab.training.step import Step


class Watched(Protocol):
    """A run, as far as breakpoints look at it; none of them changes anything of it."""

    model: Model
    data: TrainingData

    @property
    def waited(self) -> int:
        """Epochs since the best one."""
        ...

    def last_update(self, tensor: str) -> Array:
        """What the last step took from a tensor."""
        ...


@dataclass(frozen=True)
class Breakpoint(Settings):
    """A condition. It stops training when it becomes true, and not again before it was false in between.

    A condition may hold of several things, each by itself: of this tensor, of that layer. What it holds of is called its
    subjects; where it can hold in one way alone, the subject is "".
    """

    section: ClassVar[str] = "training.stop_when"
    title: ClassVar[str]
    # When it is looked at, and what that costs.
    cost: ClassVar[str] = "Looked at after every step, at no cost."
    # Whether a step whose numbers are not finite is to be undone exactly, and no other.
    catches_divergence: ClassVar[bool] = False

    on: bool = setting(True, "On", in_form=False, live=True, help="Whether it stops training.")

    def to_table(self) -> dict[str, Any]:
        """As it stands in an experiment file, which says of one that is on nothing about that."""
        plain = super().to_table()
        return {name: value for name, value in plain.items() if name != "on" or not self.on}

    def summary(self) -> str:
        """In a few words when it holds: validation loss below 0.1."""
        raise NotImplementedError

    def is_due(self, step: Step) -> bool:
        """Whether there is something to look at after this step; in between what was found last stands."""
        return True

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """Of which subjects it holds after this step, each with a sentence's worth of words."""
        raise NotImplementedError

    def problem(self, dataset: DatasetSettings, model: ModelSettings) -> str:
        """Why it can never hold in such an experiment, in words; "" where it can."""
        return ""


def told_apart(value: float, limit: float) -> tuple[str, str]:
    """Two numbers with as few digits as tell them apart."""
    for digits in (4, 6, 9, 17):
        one, other = f"{value:.{digits}g}", f"{limit:.{digits}g}"
        if one != other:
            break
    return one, other
