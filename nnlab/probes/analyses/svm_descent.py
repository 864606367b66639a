"""A linear support vector machine by stochastic descent in nnlab's own training loop, until its objective stops falling."""

import math
import time
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.network import Network
from nnlab.models.optimizers import Momentum
from nnlab.models.regularizers import L2
from nnlab.models.schedules import Cosine
from nnlab.report import Report, silent
from nnlab.training.data import TrainingData
from nnlab.training.loop import TrainingRun
from nnlab.training.settings import TrainingSettings

_BATCH = 64
# For inputs of unit variance: the gradient grows with their number, and a step must not overshoot.
_RATE = 0.5
_FIRST_STEPS = 300
# What a cycle leaves to gain is about as much as it gained over the one before, which was half as long.
_TOLERANCE = 0.005
_MOST_STEPS = 40_000
_MOST_WORK = 20_000_000_000  # steps x examples of a batch x dimensions x classes


@dataclass(frozen=True)
class DescendedSVM:
    """The model with the lowest objective that was reached, and whether that had stopped falling."""

    model: Network
    weight: Array  # (dims, classes)
    bias: Array  # (classes,)
    objective: float
    epochs: int
    seconds: float
    has_converged: bool


def hinge_objective(inputs: Array, labels: Array, weight: Array, bias: Array, penalty: float) -> float:
    """F = sum_k [ C sum_n max(0, 1 - s_nk z_nk) + |w_k|^2 / 2 ],  s = 1 at the true class and -1 elsewhere,  z = x W + b.

    inputs (N, dims)    labels (N,)    weight (dims, classes)    bias (classes,)    penalty C
    """
    scores = inputs.astype(np.float64) @ weight.astype(np.float64) + bias
    scores[np.arange(len(labels)), labels] *= -1
    return float(penalty * np.maximum(1 + scores, 0).sum() + 0.5 * np.square(weight, dtype=np.float64).sum())


def descend(data: TrainingData, penalty: float, seed: int, report: Report = silent, most: int = _MOST_STEPS) -> DescendedSVM:
    """Momentum descent whose rate falls as a cosine to 0 and starts again, every cycle twice as long as the last.

    (Loshchilov and Hutter 2017, section 3, with T_mult = 2.) It ends when a cycle has lowered the objective by less than
    half a percent, or the next would go beyond so many steps. The inputs are to be standardised.
    """
    inputs, labels = (part.copy() for part in data.learning.gather(data.split.train))
    classes, (count, dims) = len(data.dataset.class_names), inputs.shape
    model = LinearSVMSettings().build((dims,), data.dataset.targets, seed)
    weight, bias = (model.parameters.view(f"dense1.{part}") for part in ("weight", "bias"))
    best, lowest, epochs, has_converged = model.parameters.values.copy(), math.inf, 0, False
    batches = math.ceil(count / _BATCH)
    cycle = max(1, round(_FIRST_STEPS / batches))
    last = max(min(most, _MOST_WORK // (_BATCH * dims * classes)) // batches, cycle)
    started = time.perf_counter()
    while not has_converged and epochs + cycle <= last:
        for step in TrainingRun(model, data, _cycle_settings(count, dims, cycle, penalty, seed)):
            report(f"nnlab's SVM, epoch {epochs + step.epoch:,}", 0.1 + 0.5 * (epochs + step.epoch) / last)
        epochs, cycle = epochs + cycle, 2 * cycle
        objective = hinge_objective(inputs, labels, weight, bias, penalty)
        has_converged = objective > lowest * (1 - _TOLERANCE)
        if objective < lowest:
            lowest, best = objective, model.parameters.values.copy()
    np.copyto(model.parameters.values, best)
    seconds = time.perf_counter() - started
    return DescendedSVM(model, weight.copy(), bias.copy(), lowest, epochs, seconds, has_converged)


def _cycle_settings(count: int, dims: int, epochs: int, penalty: float, seed: int) -> TrainingSettings:
    """One fall of the rate."""
    return TrainingSettings(
        optimizer=Momentum(),
        learning_rate=_RATE / math.sqrt(dims),
        schedule=Cosine(),
        batch_size=_BATCH,
        epochs=epochs,
        # Of the objective divided by C N, the mean hinge is the loss and this the rest.
        penalty=L2(min(1 / (penalty * count), 100.0)),
        keep="last",
        seed=seed,
    )
