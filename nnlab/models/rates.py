"""How fast this machine computes, measured once: from it the time that a step will take is estimated."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from nnlab.models.plan import LayerPlan

_ROWS, _INNER, _COLUMNS = 128, 512, 256
_NUMBERS = 400_000
# Seconds of the thread's own clock that a measurement takes: two steps of Windows', which moves 64 times a second.
_ENOUGH = 0.03
# By a clock that stands still nothing is measured for ever.
_MOST_TIMES, _LEAST_SECONDS = 1024, 1e-6
# What calling NumPy for a layer takes, forward and back.
_CALLS_SECONDS = 8e-6
# How often a step's update goes over each parameter: gradient, moments, values.
_PASSES = 4


@dataclass(frozen=True)
class Rates:
    """products  multiply-adds of matrix products per second
    numbers   numbers per second of one pass over memory, such as an activation makes
    """

    products: float
    numbers: float

    def seconds(self, plan: LayerPlan, batch: int) -> float:
        """About how long a layer will take of a training step on so many examples."""
        moved = plan.held * batch + _PASSES * plan.parameters
        return plan.products(batch) / self.products + moved / self.numbers + _CALLS_SECONDS


@cache
def measured_rates() -> Rates:
    """Of this process; takes less than a tenth of a second the first time."""
    rng = np.random.default_rng(0)
    a = rng.random((_ROWS, _INNER), np.float32)
    b, c = rng.random((_INNER, _COLUMNS), np.float32), np.empty((_ROWS, _COLUMNS), np.float32)
    x = rng.random(_NUMBERS, np.float32)
    y = np.empty_like(x)
    product = seconds_of(lambda: np.matmul(a, b, out=c))
    passing = seconds_of(lambda: np.multiply(x, x, out=y))
    return Rates(_ROWS * _INNER * _COLUMNS / product, _NUMBERS / passing)


def seconds_of(work: Callable[[], object], clock: Callable[[], float] = time.thread_time) -> float:
    """The mean of as many times as a clock takes that moves in coarse steps.

    Of this thread's own time: training beside it must not make the machine look slow.
    """
    # Done once before, and begun where a step of the clock begins.
    _repeat(work, clock, 0.0)
    times, taken = _repeat(work, clock, _ENOUGH)
    return max(taken / times, _LEAST_SECONDS)


def _repeat(work: Callable[[], object], clock: Callable[[], float], seconds: float) -> tuple[int, float]:
    """How often it is done until the clock has moved by more than that, and by how much it has."""
    before, times, taken = clock(), 0, 0.0
    while taken <= seconds and times < _MOST_TIMES:
        work()
        times, taken = times + 1, clock() - before
    return times, taken
