"""A greedy stack of machines, unrolled into a deep autoencoder."""

import numpy as np

from .data.examples import Data, Examples
from .layers_of import layers
from .logistic import sigmoid
from .machine import RBM
from .network import Network
from .settings import HELD, HIDDEN, PRETRAIN_EPOCHS, VISIBLE_UNITS
from .spread import spread


class DeepBelief(Network):
    """An autoencoder of sigmoid layers whose encoder is learned layer by layer first.

    Each PRETRAIN_EPOCHS epochs train one machine: on the data, then on the first one's
    probabilities, and so on; then all are fine-tuned by backpropagation (Hinton and
    Salakhutdinov 2006). A machine works on the encoder's own numbers; the decoder's
    mirror layer begins with their transposes and follows the transposed gradient.
    """

    def __init__(self) -> None:
        super().__init__(layers())
        sizes, depth = (VISIBLE_UNITS, *HIDDEN), len(HIDDEN)
        self.machines = [
            RBM(f"rbm{level + 1}", sizes[level], sizes[level + 1])
            for level in range(depth)
        ]
        self.encoders = [f"dense{level + 1}" for level in range(depth)]
        self.decoders = [f"dense{2 * depth - level}" for level in range(depth)]
        self.phase = 0
        if HELD:
            self.held: dict[str, np.ndarray] = {}

    @property
    def is_pretraining(self) -> bool:
        """Whether a machine learns, and not the whole."""
        return self.phase < len(self.machines)

    def begin(self, examples: Examples, epoch: int) -> bool:
        """Go over to the epoch's phase; whether it is a new one."""
        self.phase = min(epoch // PRETRAIN_EPOCHS, len(self.machines))
        is_new = epoch == self.phase * PRETRAIN_EPOCHS
        if is_new and self.is_pretraining:
            machine = self.machines[self.phase]
            machine.start(self.below(spread(examples.inputs, 1000)))
            for name, key in self.pairs():
                self.tensors.value(name)[...] = machine.tensors.value(key)
            mirror = f"{self.decoders[self.phase]}.weight"
            self.tensors.value(mirror)[...] = machine.weight.T
        if HELD:
            hold_others(self)
        return is_new

    def pairs(self) -> list[tuple[str, str]]:
        """Where the tensors of the machine that learns are in the whole."""
        encoder, decoder = self.encoders[self.phase], self.decoders[self.phase]
        return [
            (f"{encoder}.weight", "weight"),
            (f"{encoder}.bias", "hidden_bias"),
            (f"{decoder}.bias", "visible_bias"),
        ]

    def below(self, inputs: np.ndarray) -> np.ndarray:
        """What that machine sees: the probabilities of the layers below it."""
        state = inputs.reshape(len(inputs), -1)
        for name in self.encoders[: self.phase]:
            z = state @ self.tensors.value(f"{name}.weight")
            state = sigmoid(z + self.tensors.value(f"{name}.bias"))
        return state

    def loss_and_gradient(
        self, inputs: np.ndarray, targets: np.ndarray, step: int
    ) -> tuple[float, float]:
        """Contrastive divergence of a machine, or backpropagation through all."""
        if not self.is_pretraining:
            return super().loss_and_gradient(inputs, targets, step)
        machine, whole = self.machines[self.phase], self.tensors
        for name, key in self.pairs():
            machine.tensors.value(key)[...] = whole.value(name)
        result = machine.loss_and_gradient(self.below(inputs), targets, step)
        whole.gradient.fill(0)
        for name, key in self.pairs():
            whole.gradient_of(name)[...] = machine.tensors.gradient_of(key)
        mirror = whole.gradient_of(f"{self.decoders[self.phase]}.weight")
        mirror[...] = machine.tensors.gradient_of("weight").T
        return result

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by; none that are to be kept while a machine learns."""
        return [] if self.is_pretraining else super().numbers()


def hold_others(model: DeepBelief) -> None:
    """Remember the tensors that are not to move while a machine learns."""
    own: list[str] = []
    if model.is_pretraining:
        own = [model.encoders[model.phase], model.decoders[model.phase]]
    names = [name for name in model.tensors.shapes if own]
    others = [name for name in names if name.partition(".")[0] not in own]
    model.held = {name: model.tensors.value(name).copy() for name in others}


def hold(model: DeepBelief) -> None:
    """Put them back: a penalty would move them."""
    for name, value in model.held.items():
        model.tensors.value(name)[...] = value


def build(data: Data) -> DeepBelief:
    """The unrolled stack, with its weights drawn from the seed."""
    return DeepBelief()
