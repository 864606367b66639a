"""A network in Keras, and what is asked of it while it trains."""

import keras
import numpy as np
import torch
from keras import ops

from ..data.examples import Data
from ..scores import closeness, correct
from ..settings import CHARGED, DRAWS, INPUT_SHAPE, IS_CODER, OUTPUT, SCORE, SEED
from .layers_of import architecture, start
from .loss_of import loss_of


class Network:
    """Layers one behind the other, learned by backpropagation."""

    def __init__(self, layers: keras.Sequential) -> None:
        self.layers = layers
        # In nnlab's order: weights, which decay, before biases, which do not.
        variables = layers.trainable_variables
        self.tensors = sorted(variables, key=lambda variable: len(variable.shape) < 2)

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by, as windows into Keras' memory."""
        kept = (variable.value.detach() for variable in self.layers.variables)
        return [tensor.numpy() for tensor in kept if tensor.is_floating_point()]

    def forward(self, inputs: np.ndarray, learns: bool) -> torch.Tensor:
        """What the last layer puts out."""
        x = torch.from_numpy(inputs)
        if INPUT_SHAPE:
            x = x.reshape(len(x), *INPUT_SHAPE)
        return self.layers(x, training=learns)

    def loss(
        self, outputs: torch.Tensor, inputs: np.ndarray, targets: np.ndarray
    ) -> torch.Tensor:
        """The mean loss of a batch."""
        if IS_CODER:
            # It is taught its own input.
            return loss_of(outputs, torch.from_numpy(inputs).reshape(outputs.shape))
        else:
            return loss_of(outputs, torch.from_numpy(targets))

    def loss_and_gradient(
        self, inputs: np.ndarray, targets: np.ndarray, step: int
    ) -> tuple[float, float]:
        """A batch's mean loss and the sum of its scores; leaves every `grad`."""
        outputs = self.forward(inputs, learns=True)
        loss = self.loss(outputs, inputs, targets)
        if CHARGED:
            loss = loss + sum(self.layers.losses)
        self.layers.zero_grad()
        loss.backward()
        if SCORE == "accuracy":
            return loss.item(), correct(outputs.detach().numpy(), targets)
        else:
            if SCORE == "R2":
                return loss.item(), closeness(outputs.detach().numpy(), targets)
            else:
                return loss.item(), 0.0

    @torch.no_grad()
    def judged(
        self, inputs: np.ndarray, targets: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """The mean loss of a batch as in prediction, and its outputs."""
        outputs = self.forward(inputs, learns=False)
        return self.loss(outputs, inputs, targets).item(), outputs.numpy()


def build(data: Data) -> Network:
    """The network, with nnlab's own starting weights, which NumPy draws."""
    if DRAWS:
        # Masks and noise are Keras' own: other numbers than nnlab's, as likely.
        keras.utils.set_random_seed(SEED)
    network = Network(architecture())
    variables = network.layers.trainable_variables
    for variable, values in zip(variables, start(), strict=True):
        variable.assign(values)
    return network


def parameters(model: Network) -> np.ndarray:
    """All that the model has learned as one vector, in nnlab's order."""
    tensors = [variable.value.detach().numpy() for variable in model.tensors]
    return np.concatenate([tensor.ravel() for tensor in tensors])


@torch.no_grad()
def predict(model: Network, inputs: np.ndarray) -> np.ndarray:
    """The outputs for a batch."""
    outputs = model.forward(inputs, learns=False)
    if OUTPUT == "softmax":
        return ops.softmax(outputs).numpy()
    else:
        if OUTPUT == "sigmoid":
            return ops.sigmoid(outputs).numpy()
        else:
            return outputs.numpy()
