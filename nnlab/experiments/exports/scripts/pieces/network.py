"""Layers one behind the other, and backpropagation."""

import numpy as np

from .data.examples import Data
from .layers.base import Layer
from .layers.tied_dense import TiedDense
from .layers_of import layers
from .logistic import sigmoid
from .losses.cross_entropy import judge
from .randomness import random_stream
from .scores import closeness, correct
from .settings import (
    CHARGED,
    INPUT_SHAPE,
    IS_CODER,
    KEEPS,
    OUTPUT,
    SCORE,
    SEED,
    TIED,
)
from .tensors import Tensors


class Network:
    """Layers one behind the other, learned by backpropagation."""

    def __init__(self, layers: list[Layer]) -> None:
        self.layers = layers
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in layers:
            shapes |= {f"{layer.name}.{key}": layer.shapes[key] for key in layer.shapes}
        self.tensors = Tensors(shapes)
        for layer in layers:
            names = {key: f"{layer.name}.{key}" for key in layer.shapes}
            layer.values = {key: self.tensors.value(names[key]) for key in names}
            layer.gradients = {
                key: self.tensors.gradient_of(names[key]) for key in names
            }
            layer.initialize(random_stream(SEED, f"{layer.name}.initialize"))
        # Nothing is learned before the first weights: the backward pass ends there.
        self.first = min(place for place, layer in enumerate(layers) if layer.shapes)
        layers[self.first].is_first = True

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by."""
        if KEEPS:
            kept = [array for layer in self.layers for array in layer.kept]
            return [self.tensors.values, *kept]
        else:
            return [self.tensors.values]

    def forward(self, inputs: np.ndarray, step: int | None) -> np.ndarray:
        """What the last layer puts out; the step is None while predicting."""
        x = inputs.reshape(len(inputs), *INPUT_SHAPE) if INPUT_SHAPE else inputs
        for layer in self.layers:
            x = layer.forward(x, step)
        return x

    def loss_and_gradient(
        self, inputs: np.ndarray, targets: np.ndarray, step: int
    ) -> tuple[float, float]:
        """A batch's mean loss and the sum of its scores; writes `tensors.gradient`."""
        outputs = self.forward(inputs, step)
        if IS_CODER:
            # It is taught its own input.
            targets = inputs.reshape(outputs.shape)
        loss, gradient = judge(outputs, targets)
        if CHARGED:
            loss += sum(layer.charge for layer in self.layers)
        for layer in reversed(self.layers[self.first :]):
            gradient = layer.backward(gradient)
        if TIED:
            for layer in self.layers:
                if isinstance(layer, TiedDense):
                    layer.share_gradient()
        if SCORE == "accuracy":
            return loss, correct(outputs, targets)
        else:
            if SCORE == "R2":
                return loss, closeness(outputs, targets)
            else:
                return loss, 0.0

    def judged(
        self, inputs: np.ndarray, targets: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """The mean loss of a batch as in prediction, and its outputs."""
        outputs = self.forward(inputs, None)
        if IS_CODER:
            targets = inputs.reshape(outputs.shape)
        return judge(outputs, targets)[0], outputs


def build(data: Data) -> Network:
    """The network, with its weights drawn from the seed."""
    return Network(layers())


def predict(model: Network, inputs: np.ndarray) -> np.ndarray:
    """The outputs for a batch."""
    if OUTPUT == "softmax":
        outputs = model.forward(inputs, None)
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    else:
        if OUTPUT == "sigmoid":
            return sigmoid(model.forward(inputs, None))
        else:
            return model.forward(inputs, None)
