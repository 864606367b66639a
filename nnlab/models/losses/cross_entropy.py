"""Cross-entropy of classes, behind softmax."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Layer, Workspace
from nnlab.models.layers.activations import Softmax
from nnlab.models.losses.base import BatchLoss, Loss
from nnlab.settings import setting


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """L = -1/N sum_n sum_k q_n[k] log p_n[k]  with  p = softmax(z),  q = (1 - s) onehot(t) + s / K.

    z (N, K) logits    t (N,) labels in 0..K-1    s label smoothing    dL/dz = (p - q) / N

    Computed as log sum exp(z - max z) - sum q (z - max z), so that no probability is ever rounded to zero inside a
    logarithm.
    """

    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        minimum=0.0,
        maximum=0.9,
        help="t ← (1 − s) t + s / classes: the targets t, one-hot, are never quite 0 or 1.",
    )

    kind: ClassVar[str] = "cross_entropy"
    title: ClassVar[str] = "Cross-entropy"
    formula: ClassVar[str] = "L = −1/N Σ log p[true class], after softmax"
    fused_with: ClassVar[type[Layer] | None] = Softmax
    averages_outputs: ClassVar[bool] = False
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "functional.cross_entropy(outputs, targets, label_smoothing={label_smoothing})",
            "keras": "cross_entropy(targets, outputs, {label_smoothing})",
        }
    )

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """One output per class."""
        return (classes,)

    def numpy_line(self) -> str:
        """Of probabilities y."""
        true = "np.log(y[np.arange(len(y)), t])"
        if not self.label_smoothing:
            return f"-{true}.mean()"
        return f"-({1 - self.label_smoothing!r} * {true} + {self.label_smoothing!r} * np.log(y).mean(1)).mean()"

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Mean negative log-likelihood."""
        count = len(outputs)
        column = work.array("column", (count, 1))
        p = work.like("p", outputs)
        np.subtract(outputs, np.maximum.reduce(outputs, axis=1, keepdims=True, out=column), out=p)
        true = p[work.arange("rows", count), targets]
        # The true class won where its shifted logit is zero; only when several classes tie must argmax decide.
        if np.count_nonzero(p) == p.size - count:
            correct = count - np.count_nonzero(true)
        else:
            correct = np.count_nonzero(p.argmax(axis=1) == targets)
        wanted = float(np.add.reduce(true))
        if self.label_smoothing:
            wanted = (1 - self.label_smoothing) * wanted + self.label_smoothing * float(p.sum()) / p.shape[1]
        np.exp(p, out=p)
        np.add.reduce(p, axis=1, keepdims=True, out=column)
        np.divide(p, column, out=p)
        np.log(column, out=column)
        return BatchLoss((float(np.add.reduce(column, axis=None)) - wanted) / count, int(correct))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """(p - q) / N."""
        p = work.like("p", outputs)
        p[work.arange("rows", len(p)), targets] -= 1 - self.label_smoothing
        if self.label_smoothing:
            np.subtract(p, self.label_smoothing / p.shape[1], out=p)
        return np.multiply(p, 1.0 / len(p), out=p)
