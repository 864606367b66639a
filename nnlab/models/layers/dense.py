"""The affine layer, where nearly all of an MLP's time and parameters are."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.initializers import INITIALIZERS, written_weights
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.counterpart import Counterpart
from nnlab.models.layers.role import Role
from nnlab.settings import setting

# Up to this many outputs lie batch-innermost in memory: the softmax's reductions over classes then run along whole
# cache lines (1.5 us instead of 6.7 us for 10 classes at batch 128).
_FEW_UNITS = 32


@dataclass(frozen=True)
class Dense(Layer):
    """Affine map  y = x W + b.

    x (batch, n_in)    W (n_in, n_out)    b (n_out,)    y (batch, n_out)

    Gradients:  dW = x^T dy    db = sum over the batch of dy    dx = dy W^T
    """

    kind: ClassVar[str] = "dense"
    title: ClassVar[str] = "Dense"
    role: ClassVar[Role] = Role.FORMS
    is_elementwise: ClassVar[bool] = False
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.Linear({inputs}, {units})", "keras": "layers.Dense({units})", "sklearn": "{units}"}
    )
    counterparts: ClassVar[Mapping[str, Mapping[str, Counterpart]]] = MappingProxyType(
        {
            # A layer without a bias is one whose bias is 0.
            "torch": {"weight": Counterpart("weight", (1, 0)), "bias": Counterpart("bias", where_missing=0.0)},
            "keras": {"weight": Counterpart("kernel"), "bias": Counterpart("bias", where_missing=0.0)},
        }
    )

    units: int = setting(
        64, "Units", minimum=1, maximum=100_000, help="Number of outputs: y = x W + b, W is inputs x units."
    )
    initializer: str = setting(
        "he",
        "Initializer",
        choices=tuple(INITIALIZERS),
        help="he: normal, deviation sqrt(2 / inputs), for ReLU. xavier: uniform, ±sqrt(6 / (inputs + units)), "
        "for tanh and sigmoid. normal: the deviation given below. zeros: all units stay alike.",
    )
    scale: float = setting(
        0.01,
        "Deviation",
        minimum=0.0,
        maximum=100.0,
        shown=lambda layer: layer.initializer == "normal",
        help="W ~ N(0, deviation²): of the normal initializer.",
    )

    @property
    def takes_rows(self) -> bool:
        """The inputs of every unit."""
        return True

    def output_shape(self, input_shape: Shape) -> Shape:
        """(units,) for any flat input."""
        if len(input_shape) != 1:
            raise ShapeError(
                f"dense: the input is {shape_text(input_shape)}, expected one axis; put a flatten layer before it"
            )
        return (self.units,)

    def multiply_adds(self, input_shape: Shape) -> int:
        """n_in n_out."""
        return input_shape[0] * self.units

    def equation(self, own: Mapping[str, float]) -> str:
        """Over all inputs."""
        return "Σ x·w + b"

    def derivative(self, parameter: str, own: Mapping[str, float]) -> str:
        """A weight's is what it multiplies."""
        return {"weight": "x", "bias": "1"}[parameter]

    def numpy_line(self, input_shape: Shape) -> str:
        """The same for a whole batch."""
        return "x @ weight + bias"

    def moved_numbers(self, input_shape: Shape, input_gradient: bool) -> int:
        """The input, and outputs with biases added, their gradient, and its sums."""
        return math.prod(input_shape) + 3 * self.units

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """weight (n_in, n_out) and bias (n_out,)."""
        return {"weight": (*input_shape, self.units), "bias": (self.units,)}

    def initialize(self, parameters: dict[str, Array], buffers: dict[str, Array], rng: np.random.Generator) -> None:
        """Weights by the chosen rule, biases zero."""
        weight = parameters["weight"]
        fan_in, fan_out = weight.shape
        weight[...] = INITIALIZERS[self.initializer](weight.shape, fan_in, fan_out, self.scale, rng)
        parameters["bias"].fill(0)

    def written_start(self, input_shape: Shape, stream: str) -> dict[str, str]:
        """The same."""
        shape = (*input_shape, self.units)
        return written_weights(self.initializer, self.scale, shape, shape, stream)

    def forward(self, x: Array, work: Workspace) -> Array:
        """y = x W + b."""
        y = work.array("y", (len(x), self.units), batch_last=self.units <= _FEW_UNITS)
        np.matmul(x, work.parameters["weight"], out=y)
        return np.add(y, work.parameters["bias"], out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dW, db into the gradient vector; returns dx."""
        x = work.x
        if work.parameter_gradients_wanted:
            np.matmul(x.T, dy, out=work.gradients["weight"])
            # A product with ones is a BLAS call; a sum over axis 0 is not.
            np.matmul(work.array("ones", (len(x),), fill=1.0), dy, out=work.gradients["bias"])
        dx = work.like("dx", x)
        return np.matmul(dy, work.parameters["weight"].T, out=dx) if work.input_gradient_wanted else dx

    def summary(self) -> str:
        """Dense 64."""
        return f"Dense {self.units}"
