"""Compares a model's gradient with central differences, number by number."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.losses import BatchLoss
from nnlab.models.parameters import Parameters


class Differentiable(Protocol):
    """Any model that can say its loss and gradient for a batch."""

    parameters: Parameters

    def loss_and_gradient(self, inputs: Array, targets: Array, step: int = 0) -> BatchLoss:
        """The batch's loss; the gradient goes to parameters.gradient."""
        ...

    def replica(self, dtype: Any = None) -> "Differentiable":
        """The same model in memory of its own."""
        ...


@dataclass(frozen=True)
class GradientCheck:
    """The analytic and the numeric gradient of the checked entries, and their relative errors.

    index, analytic, numeric, error (checked,)
    """

    index: Array
    analytic: Array
    numeric: Array
    error: Array
    worst_name: str
    worst_position: tuple[int, ...]

    @property
    def worst(self) -> float:
        """The largest relative error."""
        return float(self.error.max())


def check_gradient(
    model: Differentiable,
    inputs: Array,
    targets: Array,
    epsilon: float = 1e-5,
    most: int = 2000,
    seed: int = 0,
) -> GradientCheck:
    """Central differences  (L(p + eps) - L(p - eps)) / 2 eps  of every parameter, in float64, in a replica of the model.

    error = |analytic - numeric| / max(|analytic|, |numeric|, 1e-6 max|analytic|, 1e-12)

    The floor keeps entries that are zero but for rounding from counting. Of a model with more than `most` parameters a
    random choice, drawn by the seed, is checked. Units sitting at a kink (a ReLU at exactly zero) have no derivative to
    compare; use inputs for which none does.
    """
    replica = model.replica(np.float64)
    inputs = inputs.astype(np.float64)
    if not np.issubdtype(targets.dtype, np.integer):
        targets = targets.astype(np.float64)
    values = replica.parameters.values
    replica.loss_and_gradient(inputs, targets)
    gradient = replica.parameters.gradient.copy()

    size = len(values)
    index = np.arange(size)
    if size > most:
        index = np.sort(np.random.default_rng(seed).choice(size, most, replace=False))
    numeric = np.empty(len(index))
    for position, entry in enumerate(index):
        start = values[entry]
        values[entry] = start + epsilon
        above = replica.loss_and_gradient(inputs, targets).loss
        values[entry] = start - epsilon
        below = replica.loss_and_gradient(inputs, targets).loss
        values[entry] = start
        numeric[position] = (above - below) / (2 * epsilon)

    analytic = gradient[index]
    floor = max(1e-6 * float(np.abs(gradient).max()), 1e-12)
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)
    error = np.abs(analytic - numeric) / scale
    name, where = replica.parameters.name_at(int(index[error.argmax()]))
    return GradientCheck(index, analytic, numeric, error, name, where)
