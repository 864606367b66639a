"""Cross-entropy of every output by itself, behind sigmoid."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Layer, Workspace
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.losses.base import BatchLoss, Loss
from nnlab.models.losses.labels import count_correct, encode_targets
from nnlab.models.sigmoid import sigmoid


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """L = -mean over examples and outputs of  t log p + (1 - t) log(1 - p)  with  p = sigmoid(z).

    z, t (N, K)    dL/dz = (p - t) / (N K)

    Computed as max(z, 0) - z t + log(1 + exp(-|z|)). Labels become one column of 0 and 1 for one output, else one-hot.
    """

    kind: ClassVar[str] = "binary_cross_entropy"
    title: ClassVar[str] = "Binary cross-entropy"
    formula: ClassVar[str] = "L = −mean of t log p + (1 − t) log(1 − p), after sigmoid"
    fused_with: ClassVar[type[Layer] | None] = Sigmoid
    threshold: ClassVar[float] = 0.0
    target_range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "functional.binary_cross_entropy_with_logits(outputs, {values})",
            "keras": "ops.mean(losses.binary_crossentropy({values}, outputs, from_logits=True))",
        }
    )

    def numpy_line(self) -> str:
        """Of probabilities y."""
        return "-(t * np.log(y) + (1 - t) * np.log(1 - y)).mean()"

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Mean over the examples and outputs."""
        values = encode_targets(targets, outputs, work)
        softplus = np.abs(outputs, out=work.like("softplus", outputs))
        np.negative(softplus, out=softplus)
        np.log1p(np.exp(softplus, out=softplus), out=softplus)
        hinge = np.maximum(outputs, 0, out=work.like("hinge", outputs))
        np.add(softplus, hinge, out=softplus)
        np.subtract(softplus, np.multiply(outputs, values, out=hinge), out=softplus)
        return BatchLoss(float(softplus.mean()), count_correct(outputs, targets, self.threshold))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """(p - t) / (N K)."""
        dz = sigmoid(outputs, out=work.like("dz", outputs))
        np.subtract(dz, encode_targets(targets, outputs, work), out=dz)
        return np.multiply(dz, 1.0 / dz.size, out=dz)
