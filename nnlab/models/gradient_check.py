"""Compares a model's gradient with central differences, number by number."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array
from nnlab.models.parameters import Parameters
from nnlab.randomness import random_stream
from nnlab.report import Report, silent

# Right gradients stay well below in float64; a wrong sign, factor or index is far above.
TOLERANCE = 1e-4
# The step of differences: where the V of a sweep in float64 is low for most models.
EPSILON = 1e-5
# The steps of a sweep, two to a decade, and how many entries it follows.
_SWEPT_STEPS = 10.0 ** np.arange(-10, 0.25, 0.5)
_SWEPT_ENTRIES = 16


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

    index, analytic, numeric, error (checked,)    epsilon (checked,), the step of each numeric one
    """

    index: Array
    analytic: Array
    numeric: Array
    error: Array
    epsilon: Array
    worst_name: str
    worst_position: tuple[int, ...]
    by_tensor: Mapping[str, float]

    @property
    def worst(self) -> float:
        """The largest relative error."""
        return float(self.error.max())


@dataclass(frozen=True)
class EpsilonSweep:
    """How well differences with steps of many sizes agree with the gradient, in both precisions.

    error = |analytic - numeric| / max(|analytic|, |numeric|), norms over some entries    epsilon, float32, float64 (steps,)

    Large steps see the curve of the loss (error ~ epsilon^2), small ones its rounding (error ~ 1 / epsilon): a V.
    """

    epsilon: Array
    float32: Array
    float64: Array


def check_gradient(
    model: Differentiable,
    inputs: Array,
    targets: Array,
    epsilon: float = EPSILON,
    most: int = 2000,
    seed: int = 0,
    report: Report = silent,
) -> GradientCheck:
    """Central differences  (L(p + eps) - L(p - eps)) / 2 eps  of every parameter, in float64, in a replica of the model.

    error = |analytic - numeric| / max(|analytic|, |numeric|, floor)

    The floor (a millionth of the largest entry, or what rounding leaves of a difference) keeps entries that are zero but
    for rounding from counting. Of a model with more than `most` parameters a
    random choice, drawn by the seed, is checked. Units sitting at a kink (a ReLU at exactly zero) have no derivative to
    compare; entries that seem wrong are tried again with a step of eps / 100, which usually stays on one side.
    """
    slope = _Slope(model, inputs, targets, np.float64)
    index = _choice(slope.parameters, most, np.random.default_rng(seed))
    analytic, numeric = slope.gradient[index], slope.differences(index, epsilon, report)
    floor = slope.floor(epsilon)
    error = _relative_errors(analytic, numeric, floor)
    # A step across a kink spoils a difference; a hundredth of the step rarely meets it too. What is wrong stays wrong.
    suspects = np.flatnonzero(error > TOLERANCE)
    again = slope.differences(index[suspects], epsilon / 100, report)
    second = _relative_errors(analytic[suspects], again, floor)
    better = second < error[suspects]
    numeric[suspects[better]], error[suspects[better]] = again[better], second[better]
    steps = np.full(len(index), epsilon)
    steps[suspects[better]] = epsilon / 100
    name, where = slope.parameters.name_at(int(index[error.argmax()]))
    by_tensor = _worst_by_tensor(slope.parameters, index, error)
    return GradientCheck(index, analytic, numeric, error, steps, name, where, MappingProxyType(by_tensor))


def sweep_epsilon(
    model: Differentiable, inputs: Array, targets: Array, index: Array, report: Report = silent
) -> EpsilonSweep:
    """The error of differences with steps from 1e-10 to 1, over those entries among `index` with the largest gradient."""
    errors = {}
    for kind in (np.float32, np.float64):
        slope = _Slope(model, inputs, targets, kind)
        entries = index[np.argsort(-np.abs(slope.gradient[index]), kind="stable")[:_SWEPT_ENTRIES]]
        analytic = slope.gradient[entries].astype(np.float64)
        errors[kind] = np.empty(len(_SWEPT_STEPS))
        for position, epsilon in enumerate(_SWEPT_STEPS):
            report(f"steps of {epsilon:.0e} in {kind.__name__}", position / len(_SWEPT_STEPS))
            numeric = slope.differences(entries, float(epsilon))
            larger = max(float(np.linalg.norm(analytic)), float(np.linalg.norm(numeric)), 1e-300)
            errors[kind][position] = np.linalg.norm(analytic - numeric) / larger
    return EpsilonSweep(_SWEPT_STEPS.copy(), errors[np.float32], errors[np.float64])


def step_off_kinks(parameters: Parameters, seed: int) -> None:
    """Add a little noise: at the start biases are zero, and black pixels leave ReLUs exactly at their kink."""
    values = parameters.values
    values += random_stream(seed, "gradient check").normal(0, 0.01, values.shape).astype(values.dtype)


class _Slope:
    """A replica of a model at one precision: its gradient for a batch, and the slopes of its loss by differences."""

    def __init__(self, model: Differentiable, inputs: Array, targets: Array, dtype: npt.DTypeLike) -> None:
        self._model = model.replica(dtype)
        self._inputs = inputs.astype(dtype)
        self._targets = targets if np.issubdtype(targets.dtype, np.integer) else targets.astype(dtype)
        self.parameters = self._model.parameters
        self.loss = self._loss()
        self.gradient = self.parameters.gradient.copy()

    def differences(self, entries: Array, epsilon: float, report: Report = silent) -> Array:
        """(L(p + eps) - L(p - eps)) / 2 eps  for each of these entries (n,) of the parameter vector."""
        values, slopes = self.parameters.values, np.empty(len(entries))
        for place, entry in enumerate(entries):
            report(f"parameter {place + 1:,} of {len(entries):,}", place / len(entries))
            start = values[entry]
            values[entry] = start + epsilon
            above = self._loss()
            values[entry] = start - epsilon
            below = self._loss()
            values[entry] = start
            slopes[place] = (above - below) / (2 * epsilon)
        return slopes

    def floor(self, epsilon: float) -> float:
        """Below this the rounding of the loss itself is all that a difference sees."""
        rounding = 4 * float(np.finfo(self.gradient.dtype).eps) * abs(self.loss) / epsilon
        return max(1e-6 * float(np.abs(self.gradient).max()), rounding / TOLERANCE, 1e-12)

    def _loss(self) -> float:
        return self._model.differentiable_loss(self._inputs, self._targets)


def _relative_errors(analytic: Array, numeric: Array, floor: float) -> Array:
    return np.asarray(np.abs(analytic - numeric) / np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor))


def _worst_by_tensor(parameters: Parameters, index: Array, error: Array) -> dict[str, float]:
    return {
        tensor: float(error[inside].max())
        for tensor, part in parameters.slices.items()
        if (inside := (index >= part.start) & (index < part.stop)).any()
    }


def _choice(parameters: Parameters, most: int, rng: np.random.Generator) -> Array:
    """All entries, or so many at random, in order: half of them from all tensors alike, however small, at least one of
    each, and the rest wherever they fall.
    """
    if parameters.size <= most:
        return np.arange(parameters.size)
    each = max(1, most // (2 * len(parameters.slices)))
    alike = [part.start + rng.permutation(part.stop - part.start)[:each] for part in parameters.slices.values()]
    firsts = np.concatenate(alike)[:most]
    others = rng.permutation(np.setdiff1d(np.arange(parameters.size), firsts))
    return np.sort(np.concatenate([firsts, others[: most - len(firsts)]]).astype(np.intp))
