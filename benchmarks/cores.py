"""What more cores would bring, worked out from what a step costs on one: Amdahl's law with measured parts."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from panels import Panel

from nnlab.datasets import Dataset
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload
from nnlab.experiments.computer import threads_within
from nnlab.training import TrainingRun

# The estimate, as docs tell it.
METHOD = """With h helpers, each with its part of the batch and its slice of the parameters, a step takes

    T(h) = c + a + k B / h + u / h + r (h - 1) / h + m(h)        speed(h) = T(1) / T(h)

- B: the examples of a batch.
- a: what a part costs however small it is, and k what each of its examples costs: the line through the times of parts of
  B / 16 to B examples, gathered, scaled, and led forward and back.
- u: the optimizer's update of all parameters; each helper makes that of its slice.
- r: adding one gradient to another, over all parameters; each helper adds h - 1 of them over its slice.
- c: what else a step does: the order, the record of losses.
- m: the helpers' waiting for each other. It is not measured and left out, so that the estimates are bounds from above.

c and a are what nobody can divide, so that speed(h) stays below T(1) / (c + a + r). What cores take from each other (memory,
caches, the clock's rate) is not in it.
"""
KEYS = {"mlp-128": "MLP", "mlp-adam": "MLP Adam", "rbm-500": "RBM-500", "cnn-128": "CNN 8", "deep-cnn-128": "CNN 16-32"}
CORES = (1, 2, 4, 8, 16)
PARTS = (1, 2, 4, 8, 16)
_WARM_UP, _ROUNDS = 30, 100


@dataclass(frozen=True)
class StepCosts:
    """Seconds on one core, by the names of the formula."""

    examples: int
    fixed: float  # a
    each: float  # k
    update: float  # u
    adding: float  # r
    rest: float  # c

    def seconds(self, cores: int) -> float:
        """T(h)."""
        divided = self.each * self.examples + self.update + self.adding * (cores - 1)
        return self.rest + self.fixed + divided / cores

    @property
    def serial_share(self) -> float:
        """How much of a step on one core cannot be divided."""
        return (self.rest + self.fixed) / self.seconds(1)


def estimated(pictures: Dataset, measured: Mapping[str, Sequence[tuple[float, float]]]) -> Panel:
    """Speed against cores: estimates beside what was measured with helpers, and how much of each step is serial."""
    curves, shares = {}, []
    with threads_within(1):
        for key, name in KEYS.items():
            workload = next(workload for workload in WORKLOADS if workload.key == key)
            costs = costs_of(workload, pictures)
            curves[name] = [(cores, costs.seconds(1) / costs.seconds(cores)) for cores in CORES]
            shares.append(f"{name} {costs.seconds(1) * 1e3:.2f} ms, {costs.serial_share:.0%}")
    words = f"A step on one core, and how much of it cannot be divided: {'; '.join(shares)}."
    return Panel("Cores, worked out from one core's costs", "cores", "times as fast as one", curves, measured, words=words)


def costs_of(workload: Workload, pictures: Dataset) -> StepCosts:
    """Measured at one thread of BLAS."""
    run, batch = workload.run(pictures), workload.batch_size
    for _ in range(_WARM_UP):
        next(run)
    gradient = run.model.parameters.gradient
    other, total = np.zeros_like(gradient), np.zeros_like(gradient)
    sizes = [batch // parts for parts in PARTS]
    calls: list[Callable[[], object]] = [
        *(_part(run, size) for size in sizes),
        lambda: run.settings.optimizer.update(run.model.parameters, run.vectors, 0.0, run.step + 1),
        lambda: np.add(total, other, out=total),
        lambda: next(run),
    ]
    *parts, update, adding, step = _least_seconds(calls)
    each, fixed = np.polyfit(sizes, parts, 1)
    rest = step - parts[0] - update
    return StepCosts(batch, max(fixed, 0.0), max(each, 0.0), update, adding, max(rest, 0.0))


def _part(run: TrainingRun, size: int) -> Callable[[], object]:
    """So many examples gathered, and their loss and gradient."""
    index = np.random.default_rng(0).permutation(len(run.data.split.train))[:size]
    return lambda: run.model.loss_and_gradient(*run.data.learning.gather(index), run.step)


def _least_seconds(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Of each the least of many, in turns: other programs only ever add to it."""
    samples = np.empty((_ROUNDS, len(calls)))
    for row in samples:
        for place, call in enumerate(calls):
            started = time.perf_counter()
            call()
            row[place] = time.perf_counter() - started
    return samples.min(axis=0).tolist()
