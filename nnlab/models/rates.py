"""How fast this machine computes, measured once: from it the time that a step will take is estimated."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from nnlab.models.plan import LayerPlan

_ROWS, _INNER, _COLUMNS = 128, 512, 256
# Numbers that lie in the caches, and more than lie there.
_NEAR, _FAR = 400_000, 4_000_000
_FEW = 16
# Seconds of the thread's own clock that a measurement takes: two steps of Windows', which moves 64 times a second.
_ENOUGH = 0.03
# By a clock that stands still nothing is measured for ever.
_MOST_TIMES, _LEAST_SECONDS = 1024, 1e-6
# What Python takes for a step beside the layers, in calls of NumPy for a few numbers.
_STEP_CALLS = 130
# Over the parameters: the products read them and write their gradient. Over a batch: it is taken, and scaled.
_PARAMETER_PASSES, _INPUT_PASSES = 2, 3
_COMMON_UPDATE = 4


@dataclass(frozen=True)
class Rates:
    """products  multiply-adds of matrix products per second
    numbers   numbers per second of one pass over memory, such as an activation makes
    distant   the same of numbers that do not lie in the caches
    calls     calls of NumPy per second, of a few numbers each
    """

    products: float
    numbers: float
    distant: float = math.inf
    calls: float = math.inf

    def seconds(self, plan: LayerPlan, batch: int, update: int = _COMMON_UPDATE) -> float:
        """About how long a layer will take of a training step on so many examples; the optimizer passes over its parameters
        so many times.
        """
        moved, passes = plan.moved * batch, _PARAMETER_PASSES + update
        passed = moved / self._pace(math.prod(plan.input_shape or ()) * batch)
        updated = passes * plan.parameters / self._pace(plan.parameters)
        return plan.products(batch) / self.products + passed + updated + plan.calls / self.calls

    def step_seconds(self, plans: Sequence[LayerPlan], batch: int, update: int = _COMMON_UPDATE) -> float:
        """About how long all of a step will take: its layers, the batch that they are given, and what goes around them."""
        inputs = math.prod(plans[0].input_shape or ()) * batch if plans else 0
        layers = sum(self.seconds(plan, batch, update) for plan in plans)
        return layers + _INPUT_PASSES * inputs / self._pace(inputs) + _STEP_CALLS / self.calls

    def _pace(self, count: int) -> float:
        """Numbers per second of a pass over so many."""
        return self.numbers if count <= _NEAR else min(self.numbers, self.distant)


@cache
def measured_rates() -> Rates:
    """Of this process; takes about a seventh of a second the first time."""
    rng = np.random.default_rng(0)
    a = rng.random((_ROWS, _INNER), np.float32)
    b, c = rng.random((_INNER, _COLUMNS), np.float32), np.empty((_ROWS, _COLUMNS), np.float32)
    product = seconds_of(lambda: np.matmul(a, b, out=c))
    near, far, few = (_seconds_of_pass(count) for count in (_NEAR, _FAR, _FEW))
    return Rates(_ROWS * _INNER * _COLUMNS / product, _NEAR / near, _FAR / far, 1 / few)


def _seconds_of_pass(count: int) -> float:
    """Over so many numbers; of few ones so often that the clock moves."""
    x, y = np.full(count, 0.5, np.float32), np.empty(count, np.float32)
    times = max(_NEAR // (16 * count), 1)

    def work() -> None:
        for _ in range(times):
            np.multiply(x, x, out=y)

    return seconds_of(work) / times


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
