"""A network in PyTorch, and what is asked of it while it trains."""

import numpy as np
import torch
from torch import nn

from ..data.examples import Data
from ..scores import closeness, correct
from ..settings import (
    CHARGED,
    DRAWS,
    INPUT_SHAPE,
    IS_CODER,
    MAKES_PICTURES,
    OUTPUT,
    SCORE,
    SEED,
    SEES_PICTURES,
)
from .layers_of import architecture, start
from .loss_of import loss_of


class Network:
    """Layers one behind the other, learned by backpropagation."""

    def __init__(self, layers: nn.Sequential) -> None:
        self.layers = layers
        # In nnlab's order: weights, which decay, before biases, which do not.
        self.tensors = sorted(layers.parameters(), key=lambda tensor: tensor.ndim < 2)

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by, as windows into PyTorch's memory."""
        kept = [*self.layers.parameters(), *self.layers.buffers()]
        return [tensor.detach().numpy() for tensor in kept]

    def forward(self, inputs: np.ndarray, learns: bool) -> torch.Tensor:
        """What the last layer puts out."""
        if self.layers.training != learns:
            self.layers.train(learns)
        x = torch.from_numpy(inputs)
        if INPUT_SHAPE:
            x = x.reshape(len(x), *INPUT_SHAPE)
        if SEES_PICTURES:
            # PyTorch has the channels before rows and columns.
            x = x.movedim(-1, 1)
        return self.layers(x).movedim(1, -1) if MAKES_PICTURES else self.layers(x)

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
            parts = self.layers.modules()
            loss = loss + sum(part.charge for part in parts if hasattr(part, "charge"))
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
    """The network, with nnlab's own starting weights."""
    if DRAWS:
        # Masks and noise are PyTorch's own: other numbers than nnlab's, as likely.
        torch.manual_seed(SEED)
    return Network(begun(architecture()))


@torch.no_grad()
def begun(layers: nn.Sequential) -> nn.Sequential:
    """The layers with the weights that nnlab begins at, which NumPy draws."""
    if SEES_PICTURES:
        # As the pictures lie in memory, which is faster.
        layers.to(memory_format=torch.channels_last)
    for tensor, values in zip(layers.parameters(), start(), strict=True):
        tensor.copy_(outputs_first(torch.from_numpy(values)))
    return layers


def outputs_first(weight: torch.Tensor) -> torch.Tensor:
    """nnlab's (inputs, outputs), or (k, k, channels, filters), as PyTorch has it."""
    return weight.permute(3, 2, 0, 1) if weight.ndim == 4 else weight.t()


def outputs_last(weight: torch.Tensor) -> torch.Tensor:
    """The other way."""
    return weight.permute(2, 3, 1, 0) if weight.ndim == 4 else weight.t()


def parameters(model: Network) -> np.ndarray:
    """All that the model has learned as one vector, in nnlab's order and axes."""
    tensors = [outputs_last(tensor.detach()).numpy() for tensor in model.tensors]
    return np.concatenate([tensor.ravel() for tensor in tensors])


@torch.no_grad()
def predict(model: Network, inputs: np.ndarray) -> np.ndarray:
    """The outputs for a batch."""
    outputs = model.forward(inputs, learns=False)
    if OUTPUT == "softmax":
        return torch.softmax(outputs, 1).numpy()
    else:
        if OUTPUT == "sigmoid":
            return torch.sigmoid(outputs).numpy()
        else:
            return outputs.numpy()
