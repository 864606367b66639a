"""Penalties on activity: layers that let everything through and charge for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.role import Role
from nnlab.settings import setting

# A unit whose mean is exactly 0 or 1 would cost infinitely much.
_EDGE = 1e-6


@dataclass(frozen=True)
class KLSparsity(Layer):
    """y = x, and the loss grows by  weight sum_j KL(target || r_j),  r_j the mean activation of unit j over the batch.

    x, y (batch, units), activations in 0 ... 1, as behind a sigmoid
    KL(p || r) = p log(p / r) + (1 - p) log((1 - p) / (1 - r))
    dx = dy + weight / batch (-target / r + (1 - target) / (1 - r))          (Ng 2011, CS294A notes, section 3)

    Of a batch that passes in parts r is the mean over all, and batch in dx the part's: dy is of the part's mean loss.
    """

    kind: ClassVar[str] = "kl_sparsity"
    title: ClassVar[str] = "KL sparsity"
    role: ClassVar[Role] = Role.CHARGES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "KLSparsity({target}, {weight})", "keras": "KLSparsity({target}, {weight})"}
    )

    target: float = setting(
        0.05,
        "Target",
        above=0.0,
        maximum=0.99,
        live=True,
        help="ρ: the share of examples that each unit should be active for.\n"
        "KL(ρ ‖ a) = ρ ln ρ/a + (1 − ρ) ln (1 − ρ)/(1 − a).",
    )
    weight: float = setting(
        0.1, "Weight", minimum=0.0, maximum=1000.0, live=True, help="β: adds β Σ KL(ρ ‖ mean activation) to the loss."
    )

    @property
    def mixes_examples(self) -> bool:
        """By the batch's mean activations."""
        return True

    def exchanged_numbers(self, input_shape: Shape) -> int:
        """The mean activations."""
        return input_shape[-1]

    @property
    def takes_rows(self) -> bool:
        """Of units."""
        return True

    def output_shape(self, input_shape: Shape) -> Shape:
        """The same shape, which must be one axis of units."""
        if len(input_shape) != 1:
            raise ShapeError(
                f"kl_sparsity: the input is {shape_text(input_shape)}, expected one axis; put flatten before it"
            )
        return input_shape

    def forward(self, x: Array, work: Workspace) -> Array:
        """x itself; the mean activations are kept."""
        if work.training:
            ones = work.array("ones", (len(x),), fill=1.0)
            mean = np.matmul(ones, x, out=work.array("mean", x.shape[1:]))
            np.multiply(mean, 1 / len(x), out=mean)
            np.clip(work.exchange.mean(mean), _EDGE, 1 - _EDGE, out=mean)
        return x

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy plus the charge's derivative, the same for every example; dy alone while predicting."""
        if not work.training:
            return dy
        mean = work.array("mean", dy.shape[1:])
        charge = (self.weight / len(dy)) * ((1 - self.target) / (1 - mean) - self.target / mean)
        return np.add(dy, charge, out=work.like("dx", dy))

    def penalty(self, work: Workspace) -> float:
        """weight sum KL(target || mean)."""
        p, r = self.target, work.array("mean", work.x.shape[1:]).astype(np.float64)
        return float(self.weight * (p * np.log(p / r) + (1 - p) * np.log((1 - p) / (1 - r))).sum())

    def summary(self) -> str:
        """KL sparsity 0.05."""
        return f"KL sparsity {self.target:g}"


@dataclass(frozen=True)
class ActivityL1(Layer):
    """y = x, and the loss grows by  weight / batch sum |x|.    dx = dy + weight / batch sign(x).  Any shape."""

    kind: ClassVar[str] = "activity_l1"
    title: ClassVar[str] = "Activity L1"
    role: ClassVar[Role] = Role.CHARGES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "ActivityL1({weight})", "keras": "ActivityL1({weight})"}
    )

    weight: float = setting(
        1e-4, "Weight", minimum=0.0, maximum=1000.0, live=True, help="λ: adds λ · mean over examples of Σ |activation|."
    )

    def forward(self, x: Array, work: Workspace) -> Array:
        """x itself."""
        return x

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy plus the charge's derivative; dy alone while predicting."""
        if not work.training:
            return dy
        dx = np.sign(work.x, out=work.like("dx", work.x))
        np.multiply(dx, self.weight / len(dy), out=dx)
        return np.add(dx, dy, out=dx)

    def penalty(self, work: Workspace) -> float:
        """weight / batch sum |x|."""
        return self.weight * float(np.abs(work.x).sum()) / len(work.x)
