"""What a loss is. It may be fused with the final layer whose inverse it contains."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import ClassVar, NamedTuple

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Layer, Workspace
from nnlab.settings import Settings
from nnlab.targets import Classes, Values


class BatchLoss(NamedTuple):
    """The mean loss of a batch, and the sum of its examples' scores; None where nothing is predicted.

    The score of an example is 1 where its class is called right, else 0; that of values see `Loss.score_of_values`.
    """

    loss: float
    score_sum: float | None


@dataclass(frozen=True)
class Loss(Settings):
    """A loss of outputs y (N, K) against targets: labels (N,) of whole numbers, or values (N, K)."""

    section: ClassVar[str] = "model.loss"
    kind: ClassVar[str]
    title: ClassVar[str]
    # As it is written, in symbols.
    formula: ClassVar[str]
    # The final layer this loss takes the place of in training: it is given that layer's input, and its backward rule is
    # the derivative of both together, which is simpler and cannot overflow.
    fused_with: ClassVar[type[Layer] | None] = None
    # Whether it can compare outputs with values, and not with classes alone.
    fits_values: ClassVar[bool] = False
    # A single output above this names class 1.
    threshold: ClassVar[float] = 0.5
    # Whether it is about scores of any size: a margin of 1 must lie between two outputs.
    needs_scores: ClassVar[bool] = False
    # Whether it is the mean over an example's outputs, and not one number of them all.
    averages_outputs: ClassVar[bool] = True
    # The bounds of what it can compare outputs with.
    target_range: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    # By a framework's name how the loss of a batch is written there, of its `outputs` and `targets`, the settings' names in
    # braces; {values} are targets of the outputs' shape. A loss that contains the last layer is of what goes into that.
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """The numbers of outputs that this loss can teach for so many classes, the usual one first."""
        return (classes, 1) if classes == 2 else (classes,)

    def outputs_for(self, targets: Classes | Values) -> tuple[int, ...]:
        """The numbers of outputs that this loss can teach for these targets, the usual one first."""
        return self.fitting_outputs(targets.count) if isinstance(targets, Classes) else (targets.count,)

    def written_in(self, framework: str, has_labels: bool) -> str | None:
        """The loss as it is written in a framework, whether the targets are labels or values; None where it has no row."""
        row = self.elsewhere.get(framework)
        words = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        values = "as_values(targets, outputs)" if has_labels else "targets"
        return row.format(**words, values=values) if row is not None else None

    def numpy_line(self) -> str:
        """The mean loss as one line of NumPy, of outputs y (N, K) behind the last layer.

        t are the labels (N,), or where the loss is a mean over the outputs values (N, K): of labels 0 and 1, or one-hot.
        """
        raise NotImplementedError

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """The batch's mean loss; keeps in the workspace what backward needs."""
        raise NotImplementedError

    def score_of_values(self, outputs: Array, result: BatchLoss, work: Workspace) -> float:
        """Of the batch of values last given to forward: the sum over its examples of  1 - (y - t)^2, a mean over the values.

        Where the t have mean 0 and deviation 1, as those that are learned from, the mean of it over all examples is R2, of
        however few a batch is. Asked before backward; `result` is what forward gave.
        """
        error = work.like("error", outputs).ravel(order="K")
        squares = float(np.dot(error, error))
        # A loss that grows linearly is finite where a square is not.
        return len(outputs) * (1 - squares / error.size) if math.isfinite(squares) else math.nan

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """d loss / d outputs, for the batch last given to forward."""
        raise NotImplementedError
