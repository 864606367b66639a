"""Enlarging pictures, for decoders."""

import math
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


@dataclass(frozen=True)
class UpSample2D(Layer):
    """Every pixel becomes factor x factor equal ones.    dx = the sum of dy over them.

    x (batch, H, W, C)    y (batch, factor H, factor W, C)
    """

    kind: ClassVar[str] = "upsample2d"
    passes: ClassVar[float] = 16
    title: ClassVar[str] = "Upsample"
    role: ClassVar[Role] = Role.FORMS
    is_elementwise: ClassVar[bool] = False
    maps: ClassVar[str] = "enlarged"
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.Upsample(scale_factor={factor})", "keras": "layers.UpSampling2D({factor})"}
    )

    factor: int = setting(2, "Factor", minimum=1, maximum=32, help="How many times as high and as wide: out = factor · in.")

    @property
    def takes_pictures(self) -> bool:
        """And makes larger ones of them."""
        return True

    def output_shape(self, input_shape: Shape) -> Shape:
        """(factor H, factor W, C)."""
        if len(input_shape) != 3:
            raise ShapeError(f"upsample2d: the input is {shape_text(input_shape)}, expected height x width x channels")
        return self.factor * input_shape[0], self.factor * input_shape[1], input_shape[2]

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """The same numbers, more often."""
        return low, high

    def numpy_line(self, input_shape: Shape) -> str:
        """Along both axes."""
        return f"x.repeat({self.factor}, 1).repeat({self.factor}, 2)"

    def forward(self, x: Array, work: Workspace) -> Array:
        """Nearest neighbour."""
        count, height, width, channels = x.shape
        # In the memory order of convolutions, which is what comes before and after.
        y = work.array("y", (height * self.factor, channels, width * self.factor, count)).transpose(3, 0, 2, 1)
        for row in range(self.factor):
            for column in range(self.factor):
                y[:, row :: self.factor, column :: self.factor] = x
        return y

    def backward(self, dy: Array, work: Workspace) -> Array:
        """Sums."""
        dx = work.like("dx", work.x)
        dx.fill(0)
        for row in range(self.factor):
            for column in range(self.factor):
                np.add(dx, dy[:, row :: self.factor, column :: self.factor], out=dx)
        return dx

    def summary(self) -> str:
        """Upsample 2."""
        return f"Upsample {self.factor}"
