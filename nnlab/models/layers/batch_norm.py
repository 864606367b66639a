"""Batch normalisation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace
from nnlab.models.layers.counterpart import Counterpart
from nnlab.models.layers.role import Role
from nnlab.settings import setting


@dataclass(frozen=True)
class BatchNorm(Layer):
    """y = scale (x - m) / sqrt(v + eps) + shift, per feature or channel (Ioffe and Szegedy 2015).

    x, y (batch, ..., C)    scale, shift (C,)    buffers mean, variance (C,)

    While training m and v are the batch's mean and variance over all axes but the last, and the running ones follow them:
    r <- (1 - momentum) r + momentum batch (the variance unbiased). While predicting m and v are the running ones.
    One number alone has no variance: a last batch of one example is left out of the running figures, and where the input is
    one axis of features, batches that are all of one example are refused.

    With n numbers per channel and xh = (x - m) / sqrt(v + eps):
    dshift = sum dy    dscale = sum dy xh    dx = scale / sqrt(v + eps) (dy - dshift / n - xh dscale / n)

    Of a batch that passes in parts m and v are those of all. Each part's dy is of its own mean loss, and so are dshift and
    dscale; in dx, which is of that loss, too, those of the whole batch stand, and n is the part's.

    A bias just before it is taken out with m: its gradient is rounding (1e-7 of digits-residual), another in every program,
    by which it drifts, far under an optimizer that divides by the gradient's size. What comes out stays.
    """

    kind: ClassVar[str] = "batch_norm"
    passes: ClassVar[float] = 17
    title: ClassVar[str] = "Batch norm"
    role: ClassVar[Role] = Role.NORMALISES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "{normalisation}({inputs}, eps={epsilon}, momentum={momentum})",
            "keras": "BatchNorm({momentum}, {epsilon})",
        }
    )
    counterparts: ClassVar[Mapping[str, Mapping[str, Counterpart]]] = MappingProxyType(
        {
            "torch": {
                "scale": Counterpart("weight"),
                "shift": Counterpart("bias"),
                "mean": Counterpart("running_mean"),
                "variance": Counterpart("running_var"),
            },
            "keras": {
                "scale": Counterpart("gamma"),
                "shift": Counterpart("beta"),
                "mean": Counterpart("moving_mean"),
                "variance": Counterpart("moving_variance"),
            },
        }
    )

    momentum: float = setting(
        0.1, "Momentum", above=0.0, maximum=1.0, live=True, help="r ← (1 − momentum) r + momentum · batch"
    )
    epsilon: float = setting(
        1e-5, "Epsilon", above=0.0, maximum=1.0, help="y = γ (x − mean) / √(variance + ε) + β: no division by zero."
    )

    def equation(self, own: Mapping[str, float]) -> str:
        """By the running figures, in numbers."""
        return f"{own['scale']:.4g}·{self._normalised(own)} {_signed(own['shift'])}".replace("-", "−")

    def derivative(self, parameter: str, own: Mapping[str, float]) -> str:
        """The scale's is the normalised number."""
        return self._normalised(own).replace("-", "−") if parameter == "scale" else "1"

    def numpy_line(self, input_shape: Shape) -> str:
        """By the running figures."""
        return f"scale * (x - mean) / np.sqrt(variance + {self.epsilon!r}) + shift"

    def words_elsewhere(self, framework: str, input_shape: Shape) -> dict[str, Any]:
        """PyTorch's own for pictures; where a batch may be one number per channel, one that bears it."""
        is_plain = len(input_shape) == 3 and self.smallest_batch(input_shape) == 1
        words = super().words_elsewhere(framework, input_shape)
        return words | {"normalisation": "nn.BatchNorm2d" if is_plain else "BatchNorm"}

    @property
    def mixes_examples(self) -> bool:
        """By the batch's mean and variance."""
        return True

    def exchanged_numbers(self, input_shape: Shape) -> int:
        """Of the gradients by scale and shift; means and variances, one after the other, are half as many."""
        return 2 * input_shape[-1]

    def smallest_batch(self, input_shape: Shape) -> int:
        """Two numbers per channel, which a picture has by itself."""
        return 1 if math.prod(input_shape[:-1]) > 1 else 2

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """scale and shift, one per channel."""
        return {"scale": input_shape[-1:], "shift": input_shape[-1:]}

    def buffer_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """The running mean and variance."""
        return {"mean": input_shape[-1:], "variance": input_shape[-1:]}

    def initialize(self, parameters: dict[str, Array], buffers: dict[str, Array], rng: np.random.Generator) -> None:
        """The identity."""
        parameters["scale"].fill(1)
        parameters["shift"].fill(0)
        buffers["mean"].fill(0)
        buffers["variance"].fill(1)

    def written_start(self, input_shape: Shape, stream: str) -> dict[str, str]:
        """The same."""
        return {"scale": f"np.ones({input_shape[-1]})", "shift": f"np.zeros({input_shape[-1]})"}

    def forward(self, x: Array, work: Workspace) -> Array:
        """Normalised by the batch while training, by the running figures while predicting."""
        mean, variance = work.buffers["mean"], work.buffers["variance"]
        y = work.like("y", x)
        xh = work.like("normalized", x)
        if work.training:
            axes, exchange = tuple(range(x.ndim - 1)), work.exchange
            count = exchange.examples(len(x)) * math.prod(x.shape[1:-1])
            batch_mean = exchange.mean(x.mean(axis=axes))
            np.subtract(x, batch_mean, out=xh)
            batch_variance = exchange.mean(np.multiply(xh, xh, out=y).mean(axis=axes))
            if count > 1:
                mean += self.momentum * (batch_mean - mean)
                variance += self.momentum * (batch_variance * (count / (count - 1)) - variance)
            variance = batch_variance
        else:
            np.subtract(x, mean, out=xh)
        inverse = work.array("inverse", variance.shape)
        np.sqrt(variance + self.epsilon, out=inverse)
        np.reciprocal(inverse, out=inverse)
        np.multiply(xh, inverse, out=xh)
        np.multiply(xh, work.parameters["scale"], out=y)
        return np.add(y, work.parameters["shift"], out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """Through the batch's own mean and variance; while predicting the running ones are constants."""
        axes, count = tuple(range(dy.ndim - 1)), dy.size // dy.shape[-1]
        xh, dx = work.like("normalized", work.x), work.like("dx", work.x)
        factor = work.parameters["scale"] * work.array("inverse", work.x.shape[-1:])
        if not (work.training or work.parameter_gradients_wanted):
            return np.asarray(np.multiply(dy, factor, out=dx))
        own = work.array("own", (2, dy.shape[-1]))
        np.add.reduce(dy, axis=axes, out=own[0])
        np.multiply(dy, xh, out=dx)
        np.add.reduce(dx, axis=axes, out=own[1])
        work.gradients["shift"][...], work.gradients["scale"][...] = own
        if not work.training:
            return np.asarray(np.multiply(dy, factor, out=dx))
        dshift, dscale = work.exchange.mean(own)
        np.multiply(xh, dscale / count, out=dx)
        np.subtract(dy, dx, out=dx)
        np.subtract(dx, dshift / count, out=dx)
        return np.asarray(np.multiply(dx, factor, out=dx))

    def _normalised(self, own: Mapping[str, float]) -> str:
        return f"(z {_signed(-own['mean'])})/{math.sqrt(own['variance'] + self.epsilon):.4g}"


def _signed(value: float) -> str:
    """As a further term: + 0.5, - 0.5."""
    return f"{'-' if value < 0 else '+'} {abs(value):.4g}"
