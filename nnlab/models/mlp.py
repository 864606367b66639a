"""The multi-layer perceptron: dense layers on the input seen as one vector."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.errors import ShapeError
from nnlab.models.arrays import Shape
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network, layer_shapes
from nnlab.settings import Settings, setting


@dataclass(frozen=True)
class MLPSettings(Settings):
    """What an MLP is made of. Images are flattened, so that layers see (height * width * channels,)."""

    section: ClassVar[str] = "model"
    kind: ClassVar[str] = "mlp"
    title: ClassVar[str] = "Multi-layer perceptron"
    layer_kinds: ClassVar[tuple[str, ...]] = ("dense", "relu", "sigmoid", "tanh", "softmax")

    layers: tuple[Layer, ...] = field(default=(Dense(64), ReLU(), Dense(10), Softmax()))
    loss: str = setting(
        "cross_entropy",
        "Loss",
        choices=tuple(LOSSES),
        help="\n".join(f"{name}: {loss.formula}" for name, loss in LOSSES.items()),
    )

    def input_shape(self, example_shape: Shape) -> Shape:
        """How this model sees an example of the data."""
        return (int(np.prod(example_shape)),)

    def shapes(self, example_shape: Shape) -> tuple[Shape, ...]:
        """The output shape of every layer, without building the model."""
        return layer_shapes(self.layers, self.input_shape(example_shape))

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """The numbers of outputs the loss can teach for so many classes, the usual one first."""
        return LOSSES[self.loss].fitting_outputs(classes)

    def check(self, example_shape: Shape, classes: int) -> None:
        """Raise ShapeError, naming the layer, where the model does not fit the data; nothing is built."""
        if not self.layers:
            raise ShapeError("the network has no layers; add a dense layer")
        LOSSES[self.loss].check(self.layers, self.shapes(example_shape)[-1], classes)

    def build(
        self, example_shape: Shape, classes: int | None = None, seed: int = 0, dtype: npt.DTypeLike = np.float32
    ) -> Network:
        """The network, with its weights drawn from the seed."""
        return Network(self.layers, self.input_shape(example_shape), LOSSES[self.loss], classes, seed, dtype)

    def to_table(self) -> dict[str, Any]:
        """As it stands in an experiment file."""
        return {"kind": self.kind, "loss": self.loss, "layers": [layer.to_table() for layer in self.layers]}
