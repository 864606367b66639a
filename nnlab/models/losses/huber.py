"""Squared error that counts outliers linearly."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Workspace
from nnlab.models.losses.base import BatchLoss, Loss
from nnlab.models.losses.labels import count_correct, encode_targets
from nnlab.settings import setting


@dataclass(frozen=True)
class Huber(Loss):
    """L = mean over examples and outputs of  e^2 / 2 where |e| <= d, else d (|e| - d / 2),  with  e = y - t   (Huber 1964).

    y, t (N, K)    dL/dy = clip(e, -d, d) / (N K)
    """

    kind: ClassVar[str] = "huber"
    title: ClassVar[str] = "Huber"
    formula: ClassVar[str] = "L = mean of e² / 2, or δ (|e| − δ / 2) where |e| > δ"
    fits_values: ClassVar[bool] = True
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "functional.huber_loss(outputs, {values}, delta={delta})",
            "keras": "ops.mean(losses.huber({values}, outputs, delta={delta}))",
        }
    )

    delta: float = setting(
        1.0,
        "Delta",
        above=0.0,
        maximum=1000.0,
        help="δ: e² / 2 where |e| ≤ δ, else δ (|e| − δ / 2): errors beyond it count linearly.",
    )

    def numpy_line(self) -> str:
        """Both branches."""
        near, far = "(y - t) ** 2 / 2", f"{self.delta!r} * (abs(y - t) - {self.delta!r} / 2)"
        return f"np.where(abs(y - t) <= {self.delta!r}, {near}, {far}).mean()"

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """|c| (|e| - |c| / 2) with c the clipped error: both branches in one."""
        error = work.like("error", outputs)
        np.subtract(outputs, encode_targets(targets, outputs, work), out=error)
        clipped = np.clip(error, -self.delta, self.delta, out=work.like("clipped", outputs))
        half = np.multiply(clipped, -0.5, out=work.like("half", outputs))
        np.add(half, error, out=half)
        return BatchLoss(float(np.multiply(half, clipped, out=half).mean()), count_correct(outputs, targets, self.threshold))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """clip(e) / (N K)."""
        clipped = work.like("clipped", outputs)
        return np.multiply(clipped, 1.0 / clipped.size, out=clipped)
