"""The convolutional network: layers on pictures as they are."""

from dataclasses import dataclass, field
from typing import ClassVar

from nnlab.errors import ShapeError
from nnlab.models.arrays import Shape
from nnlab.models.feed_forward import FeedForwardSettings
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.base import shape_text
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Flatten


@dataclass(frozen=True)
class CNNSettings(FeedForwardSettings):
    """Stacks of convolutions and poolings, flattened into dense layers."""

    kind: ClassVar[str] = "cnn"
    title: ClassVar[str] = "Convolutional network"

    layers: tuple[Layer, ...] = field(default=(Conv2D(8), ReLU(), MaxPool2D(), Flatten(), Dense(10), Softmax()))

    def input_shape(self, example_shape: Shape) -> Shape:
        """(height, width, channels)."""
        if len(example_shape) != 3:
            raise ShapeError(
                f"a CNN needs pictures; the data's examples are {shape_text(example_shape)}. Choose the model kind mlp"
            )
        return example_shape
