"""How the learning rate changes over the epochs: each schedule is a factor on the rate set by hand."""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ScheduleTime:
    """When in training, and the schedule's own numbers."""

    epoch: float  # epochs done, with fractions
    epochs: float  # epochs in all
    decay: float  # factor per epoch, or per drop
    decay_every: int  # epochs between drops
    drops: int = 0  # drops so far, where validation decides (see PlateauWatch)


def constant(time: ScheduleTime) -> float:
    """1"""
    return 1.0


def step(time: ScheduleTime) -> float:
    """decay^floor(epoch / decay_every)"""
    return math.pow(time.decay, math.floor(time.epoch / time.decay_every))


def exponential(time: ScheduleTime) -> float:
    """decay^epoch, changing at every step"""
    return math.pow(time.decay, time.epoch)


def cosine(time: ScheduleTime) -> float:
    """(1 + cos(pi epoch / epochs)) / 2, from 1 down to 0 (Loshchilov and Hutter 2017, one cycle)"""
    return 0.5 * (1.0 + math.cos(math.pi * min(time.epoch / time.epochs, 1.0)))


def plateau(time: ScheduleTime) -> float:
    """decay^drops: a drop whenever the validation loss has not fallen for decay_every epochs"""
    return math.pow(time.decay, time.drops)


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


SCHEDULES: dict[str, Callable[[ScheduleTime], float]] = {
    "constant": constant,
    "step": step,
    "exponential": exponential,
    "cosine": cosine,
    "plateau": plateau,
}
