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


def constant(time: ScheduleTime) -> float:
    """1"""
    return 1.0


def step(time: ScheduleTime) -> float:
    """decay^floor(epoch / decay_every)"""
    return math.pow(time.decay, math.floor(time.epoch / time.decay_every))


def exponential(time: ScheduleTime) -> float:
    """decay^epoch, changing at every step"""
    return time.decay**time.epoch


def cosine(time: ScheduleTime) -> float:
    """(1 + cos(pi epoch / epochs)) / 2, from 1 down to 0 (Loshchilov and Hutter 2017, one cycle)"""
    return 0.5 * (1.0 + math.cos(math.pi * min(time.epoch / time.epochs, 1.0)))


SCHEDULES: dict[str, Callable[[ScheduleTime], float]] = {
    "constant": constant,
    "step": step,
    "exponential": exponential,
    "cosine": cosine,
}
