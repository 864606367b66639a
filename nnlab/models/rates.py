"""How fast this machine computes, measured once: from it the time that a step will take is estimated."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from nnlab.models.plan import LayerPlan

_ROWS, _INNER, _COLUMNS = 128, 512, 256
_NUMBERS = 400_000
_TRIES = 5
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
    """Of this process; takes some hundredths of a second the first time."""
    rng = np.random.default_rng(0)
    a = rng.random((_ROWS, _INNER), np.float32)
    b, c = rng.random((_INNER, _COLUMNS), np.float32), np.empty((_ROWS, _COLUMNS), np.float32)
    x = rng.random(_NUMBERS, np.float32)
    y = np.empty_like(x)
    product = _least_seconds(lambda: np.matmul(a, b, out=c))
    passing = _least_seconds(lambda: np.multiply(x, x, out=y))
    return Rates(_ROWS * _INNER * _COLUMNS / product, _NUMBERS / passing)


def _least_seconds(work: Callable[[], object]) -> float:
    """Of this thread's own time: training beside it must not make the machine look slow."""
    work()
    least = np.inf
    for _ in range(_TRIES):
        before = time.thread_time()
        work()
        least = min(least, time.thread_time() - before)
    return max(float(least), 1e-6)
