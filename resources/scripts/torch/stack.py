"""A greedy stack of machines in PyTorch, unrolled into a deep autoencoder."""

import numpy as np
import torch
from torch import nn

from ..data.examples import Data, Examples
from ..settings import HIDDEN, PRETRAIN_EPOCHS
from ..spread import spread
from .layers_of import architecture
from .machine import RBM
from .network import Network, begun


def machine_tensors(encoder: nn.Linear, decoder: nn.Linear) -> list[torch.Tensor]:
    """W, a and b of a machine as windows into the layers' own numbers."""
    tensors = encoder.weight.t(), decoder.bias, encoder.bias
    return [tensor.detach() for tensor in tensors]


class DeepBelief(Network):
    """An autoencoder of sigmoid layers whose encoder is learned layer by layer first.

    Each PRETRAIN_EPOCHS epochs train one machine: on the data, then on the first one's
    probabilities, and so on; then all are fine-tuned by backpropagation (Hinton and
    Salakhutdinov 2006). A machine works on the encoder's own numbers; the decoder's
    mirror layer begins with their transposes and follows the transposed gradient.
    """

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__(layers)
        dense = [layer for layer in layers if isinstance(layer, nn.Linear)]
        self.encoders = dense[: len(HIDDEN)]
        self.decoders = dense[: len(HIDDEN) - 1 : -1]
        pairs = zip(self.encoders, self.decoders, strict=True)
        self.machines = [
            RBM(f"rbm{level}", machine_tensors(encoder, decoder))
            for level, (encoder, decoder) in enumerate(pairs, 1)
        ]
        self.phase = 0

    @property
    def is_pretraining(self) -> bool:
        """Whether a machine learns, and not the whole."""
        return self.phase < len(self.machines)

    @torch.no_grad()
    def begin(self, examples: Examples, epoch: int) -> bool:
        """Go over to the epoch's phase; whether it is a new one."""
        self.phase = min(epoch // PRETRAIN_EPOCHS, len(self.machines))
        is_new = epoch == self.phase * PRETRAIN_EPOCHS
        if is_new and self.is_pretraining:
            machine = self.machines[self.phase]
            machine.start(self.below(spread(examples.inputs, 1000)))
            self.decoders[self.phase].weight.copy_(machine.weight)
        return is_new

    def below(self, inputs: np.ndarray) -> np.ndarray:
        """What that machine sees: the probabilities of the layers below it."""
        state = torch.from_numpy(inputs).reshape(len(inputs), -1)
        for encoder in self.encoders[: self.phase]:
            state = torch.sigmoid(encoder(state))
        return state.numpy()

    def loss_and_gradient(
        self, inputs: np.ndarray, targets: np.ndarray, step: int
    ) -> tuple[float, float]:
        """Contrastive divergence of a machine, or backpropagation through all."""
        if not self.is_pretraining:
            return super().loss_and_gradient(inputs, targets, step)
        # What has no gradient does not move.
        self.layers.zero_grad()
        with torch.no_grad():
            machine = self.machines[self.phase]
            result = machine.loss_and_gradient(self.below(inputs), targets, step)
        encoder, decoder = self.encoders[self.phase], self.decoders[self.phase]
        encoder.weight.grad = machine.weight.grad.t().contiguous()
        encoder.bias.grad = machine.hidden_bias.grad
        decoder.weight.grad = machine.weight.grad
        decoder.bias.grad = machine.visible_bias.grad
        return result

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by; none that are to be kept while a machine learns."""
        return [] if self.is_pretraining else super().numbers()


def build(data: Data) -> DeepBelief:
    """The unrolled stack, with nnlab's own starting weights."""
    return DeepBelief(begun(architecture()))
