"""How the learning rate changes over the epochs: each schedule is a factor on the rate set by hand."""

import math
from dataclasses import dataclass
from typing import ClassVar

from nnlab.settings import Settings, setting


@dataclass(frozen=True)
class ScheduleTime:
    """When in training."""

    epoch: float  # epochs done, with fractions
    epochs: float  # epochs in all
    drops: int = 0  # drops so far, where validation decides (see PlateauWatch)


@dataclass(frozen=True)
class Schedule(Settings):
    """A factor on the learning rate, with the numbers it depends on."""

    section: ClassVar[str] = "training.schedule"
    # The rate in symbols: lr is the rate set by hand.
    formula: ClassVar[str]

    @property
    def patience(self) -> int:
        """Epochs without a lower validation loss that count as a drop, which going over to `plateau` finds counted."""
        return 5

    def factor(self, time: ScheduleTime) -> float:
        """What the learning rate is multiplied by."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Schedule):
    """1"""

    formula: ClassVar[str] = "lr"

    def factor(self, time: ScheduleTime) -> float:
        """Always the same."""
        return 1.0


@dataclass(frozen=True)
class Step(Schedule):
    """decay^floor(epoch / every)"""

    formula: ClassVar[str] = "lr · decay^⌊epoch / every⌋"

    decay: float = setting(
        0.5, "Decay", above=0.0, maximum=1.0, live=True, help="lr · decay^⌊epoch / every⌋: the factor at every drop."
    )
    every: int = setting(
        5,
        "Drop every",
        unit="epochs",
        minimum=1,
        maximum=100_000,
        live=True,
        help="lr · decay^⌊epoch / every⌋: epochs between drops of the learning rate.",
    )

    @property
    def patience(self) -> int:
        """As many epochs as between drops."""
        return self.every

    def factor(self, time: ScheduleTime) -> float:
        """In stairs."""
        return math.pow(self.decay, math.floor(time.epoch / self.every))


@dataclass(frozen=True)
class Exponential(Schedule):
    """decay^epoch, changing at every step"""

    formula: ClassVar[str] = "lr · decay^epoch"

    decay: float = setting(
        0.5, "Decay", above=0.0, maximum=1.0, live=True, help="lr · decay^epoch: the factor over every epoch."
    )

    def factor(self, time: ScheduleTime) -> float:
        """Smoothly."""
        return math.pow(self.decay, time.epoch)


@dataclass(frozen=True)
class Cosine(Schedule):
    """(1 + cos(pi epoch / epochs)) / 2, from 1 down to 0 (Loshchilov and Hutter 2017, one cycle)"""

    formula: ClassVar[str] = "lr · (1 + cos(π epoch / epochs)) / 2"

    def factor(self, time: ScheduleTime) -> float:
        """Half a wave."""
        return 0.5 * (1.0 + math.cos(math.pi * min(time.epoch / time.epochs, 1.0)))


@dataclass(frozen=True)
class Plateau(Schedule):
    """decay^drops: a drop whenever the validation loss has not fallen for `every` epochs"""

    formula: ClassVar[str] = "lr · decay^drops, a drop when validation does not improve"

    decay: float = setting(
        0.5, "Decay", above=0.0, maximum=1.0, live=True, help="lr · decay^drops: the factor at every drop."
    )
    every: int = setting(
        5,
        "Drop after",
        unit="epochs",
        minimum=1,
        maximum=100_000,
        live=True,
        help="Epochs without a lower validation loss before a drop.",
    )

    @property
    def patience(self) -> int:
        """The epochs it waits."""
        return self.every

    def factor(self, time: ScheduleTime) -> float:
        """In stairs that validation sets."""
        return math.pow(self.decay, time.drops)


@dataclass
class PlateauWatch:
    """Counts drops of the learning rate from the losses at the ends of epochs."""

    lowest: float = math.inf
    waited: int = 0
    drops: int = 0

    def see(self, loss: float, patience: int) -> None:
        """A loss at the end of an epoch; `patience` epochs without a new lowest make a drop."""
        if loss < self.lowest:
            self.lowest, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= patience:
            self.waited, self.drops = 0, self.drops + 1


def warmed_up(epoch: float, warmup: float) -> float:
    """The factor of a linear start: epoch / warmup, then 1 (Goyal et al. 2017, section 2.2)."""
    return min(epoch / warmup, 1.0) if warmup else 1.0


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": Step,
    "exponential": Exponential,
    "cosine": Cosine,
    "plateau": Plateau,
}
