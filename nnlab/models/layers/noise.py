"""Layers that disturb their input while training and let it through while predicting."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers.base import Layer, Workspace
from nnlab.models.layers.role import Role
from nnlab.models.random_bits import BITS, fill_with_bits
from nnlab.settings import setting


def _kept(share_lost: float, x: Array, work: Workspace, scale: float) -> Array:
    """A mask of x's shape: `scale` where a number is kept, 0 where it is lost, drawn for this layer and step."""
    mask = work.like("mask", x)
    fill_with_bits(work.random("mask"), mask)
    np.greater_equal(mask, share_lost * 2**BITS, out=mask)
    return mask if scale == 1.0 else np.multiply(mask, scale, out=mask)


@dataclass(frozen=True)
class Dropout(Layer):
    """While training  y = x m / (1 - rate)  with m = 0 at a share `rate` of the units, else 1 (Srivastava et al. 2014).

    While predicting y = x; the division keeps the expectation the same.    dx = dy m / (1 - rate).  Any shape.
    """

    kind: ClassVar[str] = "dropout"
    passes: ClassVar[float] = 9
    title: ClassVar[str] = "Dropout"
    role: ClassVar[Role] = Role.DISTURBS
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.Dropout({rate})", "keras": "layers.Dropout({rate})"}
    )

    rate: float = setting(
        0.5, "Rate", minimum=0.0, maximum=0.95, live=True, help="Share of units silenced at each step: y = x m / (1 − rate)."
    )

    def forward(self, x: Array, work: Workspace) -> Array:
        """x with some units silenced, or x."""
        if not work.training:
            return x
        return np.multiply(x, _kept(self.rate, x, work, 1 / (1 - self.rate)), out=work.like("y", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """Through the units that were kept; through all while predicting."""
        if not work.training:
            return dy
        return np.multiply(dy, work.like("mask", work.x), out=work.like("dx", work.x))

    def summary(self) -> str:
        """Dropout 0.5."""
        return f"Dropout {self.rate:g}"


@dataclass(frozen=True)
class MaskingNoise(Layer):
    """While training  y = x m,  m = 0 at a share `rate` of the inputs: the corruption of Vincent et al. 2010.  Any shape."""

    kind: ClassVar[str] = "masking_noise"
    passes: ClassVar[float] = 9
    title: ClassVar[str] = "Masking noise"
    role: ClassVar[Role] = Role.DISTURBS
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "MaskingNoise({rate})", "keras": "MaskingNoise({rate})"}
    )

    rate: float = setting(
        0.3,
        "Rate",
        minimum=0.0,
        maximum=0.95,
        live=True,
        help="Share of inputs set to zero at each step: y = x m, m 0 or 1.",
    )

    def forward(self, x: Array, work: Workspace) -> Array:
        """x with some inputs at zero, or x."""
        if not work.training:
            return x
        return np.multiply(x, _kept(self.rate, x, work, 1.0), out=work.like("y", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """Through the inputs that were kept; through all while predicting."""
        if not work.training:
            return dy
        return np.multiply(dy, work.like("mask", work.x), out=work.like("dx", work.x))

    def summary(self) -> str:
        """Masking noise 0.3."""
        return f"Masking noise {self.rate:g}"


@dataclass(frozen=True)
class GaussianNoise(Layer):
    """While training  y = x + e,  e normal with mean 0 and the given deviation.    dx = dy.  Any shape."""

    kind: ClassVar[str] = "gaussian_noise"
    passes: ClassVar[float] = 45
    title: ClassVar[str] = "Gaussian noise"
    role: ClassVar[Role] = Role.DISTURBS
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "GaussianNoise({deviation})", "keras": "layers.GaussianNoise({deviation})"}
    )

    deviation: float = setting(
        0.3, "Deviation", minimum=0.0, maximum=10.0, live=True, help="y = x + e, e normal with this deviation."
    )

    def forward(self, x: Array, work: Workspace) -> Array:
        """x with noise, or x."""
        if not work.training:
            return x
        noise = work.array("noise", x.shape)
        work.random("noise").standard_normal(out=noise, dtype=noise.dtype.type)
        np.multiply(noise, self.deviation, out=noise)
        return np.add(x, noise, out=work.like("y", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """Noise is a constant."""
        return dy

    def summary(self) -> str:
        """Gaussian noise 0.3."""
        return f"Gaussian noise {self.deviation:g}"
