"""Compares a model's gradient with central differences, number by number."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.parameters import Parameters

# Right gradients stay well below in float64; a wrong sign, factor or index is far above.
TOLERANCE = 1e-4


class Differentiable(Protocol):
    """Any model that can say its loss and gradient for a batch."""

    parameters: Parameters

    def differentiable_loss(self, inputs: Array, targets: Array) -> float:
        """What the model descends, or would if it could; its exact gradient goes to parameters.gradient."""
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
    by_tensor: dict[str, float]

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

    error = |analytic - numeric| / max(|analytic|, |numeric|, floor)

    The floor (a millionth of the largest entry, or what rounding leaves of a difference) keeps entries that are zero but
    for rounding from counting. Of a model with more than `most` parameters a
    random choice, drawn by the seed, is checked. Units sitting at a kink (a ReLU at exactly zero) have no derivative to
    compare; entries that seem wrong are tried again with a step of eps / 100, which usually stays on one side.
    """
    replica = model.replica(np.float64)
    inputs = inputs.astype(np.float64)
    if not np.issubdtype(targets.dtype, np.integer):
        targets = targets.astype(np.float64)
    values = replica.parameters.values
    loss = replica.differentiable_loss(inputs, targets)
    gradient = replica.parameters.gradient.copy()

    size = len(values)
    index = np.arange(size)
    if size > most:
        index = _choice(replica.parameters, most, np.random.default_rng(seed))

    def differences(entries: Array, epsilon: float) -> Array:
        slopes = np.empty(len(entries))
        for position, entry in enumerate(entries):
            start = values[entry]
            values[entry] = start + epsilon
            above = replica.differentiable_loss(inputs, targets)
            values[entry] = start - epsilon
            below = replica.differentiable_loss(inputs, targets)
            values[entry] = start
            slopes[position] = (above - below) / (2 * epsilon)
        return slopes

    numeric = differences(index, epsilon)
    analytic = gradient[index]
    # Below this the rounding of the loss itself is all that a difference sees.
    rounding = 4 * np.finfo(np.float64).eps * abs(loss) / epsilon
    floor = max(1e-6 * float(np.abs(gradient).max()), rounding / TOLERANCE, 1e-12)

    def errors(numeric: Array) -> Array:
        return np.asarray(np.abs(analytic - numeric) / np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor))

    error = errors(numeric)
    # A step across a kink spoils a difference; a hundredth of the step rarely meets it too. What is wrong stays wrong.
    suspects = np.flatnonzero(error > TOLERANCE)
    if len(suspects):
        numeric[suspects] = differences(index[suspects], epsilon / 100)
        error = np.minimum(error, errors(numeric))
    name, where = replica.parameters.name_at(int(index[error.argmax()]))
    by_tensor = {
        tensor: float(error[inside].max())
        for tensor, part in replica.parameters.slices.items()
        if (inside := (index >= part.start) & (index < part.stop)).any()
    }
    return GradientCheck(index, analytic, numeric, error, name, where, by_tensor)


def _choice(parameters: Parameters, most: int, rng: np.random.Generator) -> Array:
    """So many entries at random, in order: one of every tensor, however small, and the rest wherever they fall."""
    firsts = [int(rng.integers(part.start, part.stop)) for part in parameters.slices.values() if part.stop > part.start]
    others = rng.permutation(np.setdiff1d(np.arange(parameters.size), firsts))
    return np.sort(np.concatenate([firsts[:most], others[: max(most - len(firsts), 0)]]).astype(np.intp))
