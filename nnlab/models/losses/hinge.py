"""Margins between scores: support vector machines of several classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Workspace
from nnlab.models.losses.base import BatchLoss, Loss
from nnlab.models.losses.labels import count_correct


@dataclass(frozen=True)
class Hinge(Loss):
    """L = 1/N sum_n max(0, 1 + max_{k != t} z_k - z_t)   (Crammer and Singer 2001).

    z (N, K) scores    t (N,) labels    dL/dz = 1/N at the strongest rival and -1/N at t, where the margin is under 1
    """

    kind: ClassVar[str] = "hinge"
    title: ClassVar[str] = "Hinge (Crammer-Singer)"
    formula: ClassVar[str] = "L = mean of max(0, 1 + strongest rival − true score)"
    needs_scores: ClassVar[bool] = True
    averages_outputs: ClassVar[bool] = False
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "hinge(outputs, targets)", "keras": "hinge(targets, outputs)"}
    )

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """One score per class."""
        return (classes,)

    def numpy_line(self) -> str:
        """The strongest rival is the largest score but for the true one."""
        rival = "np.where(np.eye(y.shape[1], dtype=bool)[t], -np.inf, y).max(1)"
        return f"np.maximum(0, 1 + {rival} - y[np.arange(len(y)), t]).mean()"

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Keeps each example's strongest rival and margin."""
        rows = work.arange("rows", len(outputs))
        rivals = work.like("rivals", outputs)
        np.copyto(rivals, outputs)
        true = outputs[rows, targets]
        rivals[rows, targets] = -np.inf
        strongest = np.argmax(rivals, axis=1, out=work.array("strongest", (len(outputs),), np.intp))
        lead = true - rivals[rows, strongest]
        np.subtract(1, lead, out=work.array("violation", (len(outputs),)))
        violation = np.maximum(work.array("violation", (len(outputs),)), 0, out=work.array("violation", (len(outputs),)))
        return BatchLoss(float(violation.mean()), count_correct(outputs, targets, self.threshold))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """Two entries per violated margin."""
        rows = work.arange("rows", len(outputs))
        share = (work.array("violation", (len(outputs),)) > 0) / len(outputs)
        dz = work.like("dz", outputs)
        dz.fill(0)
        dz[rows, work.array("strongest", (len(outputs),), np.intp)] = share
        dz[rows, targets] = -share
        return dz


@dataclass(frozen=True)
class OneVsRestHinge(Loss):
    """L = 1/N sum_n sum_k max(0, 1 - s_nk z_nk),  s = 1 at the true class and -1 elsewhere: K binary machines at once.

    z (N, K) scores    t (N,) labels    dL/dz = -s / N where the margin is under 1
    """

    kind: ClassVar[str] = "one_vs_rest_hinge"
    title: ClassVar[str] = "Hinge (one vs rest)"
    formula: ClassVar[str] = "L = mean of Σ max(0, 1 − s z), s = ±1"
    needs_scores: ClassVar[bool] = True
    averages_outputs: ClassVar[bool] = False
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "one_vs_rest_hinge(outputs, targets)", "keras": "one_vs_rest_hinge(targets, outputs)"}
    )

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """One score per class."""
        return (classes,)

    def numpy_line(self) -> str:
        """Signs from one-hot labels."""
        return "np.maximum(0, 1 - (2 * np.eye(y.shape[1])[t] - 1) * y).sum(1).mean()"

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Keeps the margins."""
        signs = work.like("signs", outputs)
        signs.fill(-1)
        signs[work.arange("rows", len(outputs)), targets] = 1
        margin = np.multiply(signs, outputs, out=work.like("margin", outputs))
        np.maximum(np.subtract(1, margin, out=margin), 0, out=margin)
        return BatchLoss(float(margin.sum()) / len(outputs), count_correct(outputs, targets, 0.0))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """-s / N where violated."""
        violated = np.greater(work.like("margin", outputs), 0, out=work.like("violated", outputs, np.bool_))
        dz = np.multiply(work.like("signs", outputs), violated, out=work.like("dz", outputs))
        return np.multiply(dz, -1.0 / len(outputs), out=dz)
