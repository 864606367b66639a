"""A greedy stack of RBMs, unrolled into a deep autoencoder (Hinton and Salakhutdinov 2006)."""

import math
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.autoencoder import Autoencoder
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.sequence import held_numbers
from nnlab.models.layers.shape import Code
from nnlab.models.losses import BatchLoss, BinaryCrossEntropy, Loss, loss_choice
from nnlab.models.model import ModelSettings, Phase, check_layer_count
from nnlab.models.plan import LayerPlan, plan_of
from nnlab.models.rbm import RBM
from nnlab.models.rbm_rule import held_by_machine
from nnlab.models.rbm_settings import RBMSettings
from nnlab.models.sigmoid import sigmoid
from nnlab.settings import setting
from nnlab.targets import Targets


class DeepBelief(Autoencoder):
    """An autoencoder of sigmoid layers whose encoder is learned layer by layer first.

    sizes visible, h_1, ..., h_L    encoder h_1 ... h_L, code h_L linear    decoder h_(L-1) ... visible

    Epochs 0 to pretrain - 1 train the RBM of the data and h_1, the next as many the RBM of h_1's probabilities and h_2, and
    so on; from epoch L * pretrain on all are fine-tuned by backpropagation. RBM l works on the encoder's own weights and
    biases; the decoder's mirror layer begins with their transposes and gets the transposed gradient. The top RBM has binary
    hidden units while it is trained; unrolled, the code is linear. Which phase an epoch is in follows from its number
    alone.
    """

    def __init__(
        self, settings: "DeepBeliefSettings", visible: int, seed: int = 0, dtype: npt.DTypeLike = np.float32
    ) -> None:
        self.settings = settings
        self.sizes = (visible, *settings.hidden)
        super().__init__(_unrolled(self.sizes), (visible,), settings.loss, False, seed, dtype)
        dense = [name for name, layer in zip(self.names, self.layers, strict=True) if isinstance(layer, Dense)]
        self._encoders, self._decoders = dense[: len(settings.hidden)], dense[len(settings.hidden) :][::-1]
        self.machines = [
            RBM(RBMSettings(hidden=hidden, visible_states="probabilities"), below, seed, dtype, f"rbm{level + 1}")
            for level, (below, hidden) in enumerate(pairwise(self.sizes))
        ]
        self.phase = self._phase_of(0)

    def replica(self, dtype: npt.DTypeLike | None = None) -> "DeepBelief":
        """The same stack in memory of its own."""
        copy = DeepBelief(self.settings, self.sizes[0], self.seed, dtype or self.parameters.dtype)
        copy.phase = self.phase
        for own, other in zip(self.machines, copy.machines, strict=True):
            other.parameters.values[...] = own.parameters.values
        return self._copy_numbers_to(copy)

    def release_memory(self) -> None:
        """Let go of the workspaces, the RBMs' too."""
        super().release_memory()
        for machine in self.machines:
            machine.release_memory()

    @property
    def is_pretraining(self) -> bool:
        """Whether an RBM is being trained, and not the whole."""
        return self.phase < len(self.machines)

    def begin(self, inputs: Array, epoch: int, is_start: bool) -> bool:
        """Go over to the epoch's phase; a new phase starts with a fresh optimizer."""
        self.phase = self._phase_of(epoch)
        low, high = float(inputs.min()), float(inputs.max())
        takes_probabilities = self.is_pretraining or self.loss.target_range == (0.0, 1.0)
        if takes_probabilities and (low < -1e-6 or high > 1 + 1e-6):
            raise ShapeError(
                f"deep_belief: inputs must be in 0 ... 1, these are in {low:.3g} ... {high:.3g}; "
                "set dataset.scaling = 'unit'"
            )
        self.parameters.frozen = self._frozen()
        is_new = is_start and epoch == self.phase * self.settings.pretrain_epochs
        if is_new and self.is_pretraining:
            # A run may have been put back to here: what the machine learned since is forgotten.
            self.machines[self.phase].initialize()
            self.machines[self.phase].begin(self._below(inputs, self.phase), 0, True)
            self._write_back(self.phase)
        return is_new and epoch > 0

    def loss_and_gradient(self, inputs: Array, targets: Array, step: int = 0, exchange: Exchange = WHOLE_BATCH) -> BatchLoss:
        """Contrastive divergence of the present RBM, or backpropagation through all."""
        if not self.is_pretraining:
            return super().loss_and_gradient(inputs, targets, step, exchange)
        phase = self.phase
        machine = self.machines[phase]
        self._read(phase)
        result = machine.loss_and_gradient(self._below(inputs, phase), targets, step, exchange)
        self.parameters.gradient.fill(0)
        for name, source in self._pairs(phase):
            np.copyto(self.parameters.gradient_view(name), machine.parameters.gradient_view(source))
        # The decoder's weights follow the encoder's from here on: their gradient is its transpose.
        mirror = self.parameters.gradient_view(f"{self._decoders[phase]}.weight")
        np.copyto(mirror, machine.parameters.gradient_view(f"{machine.names[0]}.weight").T)
        return result

    def machine(self, level: int) -> RBM:
        """The RBM of a level, counted from 0, looking at the stack's own numbers as they stand: to look into and sample
        from, not to train.
        """
        machine = copy(self.machines[level])
        machine.weight, machine.hidden_bias, machine.visible_bias = (
            self.parameters.view(name) for name, _ in self._pairs(level)
        )
        return machine

    def learns_now(self, name: str) -> bool:
        """While pretraining, one machine and its mirror."""
        return not self.is_pretraining or name in (self._encoders[self.phase], self._decoders[self.phase])

    @property
    def phase_text(self) -> str:
        """Which RBM."""
        return f"pretraining: RBM {self.phase + 1} of {len(self.machines)} learns" if self.is_pretraining else ""

    @property
    def sampled_machines(self) -> tuple[RBM, ...]:
        """Up to that of the present phase; none once the stack is fine-tuned as an autoencoder."""
        return tuple(self.machine(level) for level in range(self.phase + 1)) if self.is_pretraining else ()

    def _frozen(self) -> tuple[slice, ...]:
        """While an RBM is trained, all tensors but its own and its mirror's."""
        if not self.is_pretraining:
            return ()
        own = (f"{self._encoders[self.phase]}.", f"{self._decoders[self.phase]}.")
        return tuple(part for name, part in self.parameters.slices.items() if not name.startswith(own))

    def differentiable_loss(self, inputs: Array, targets: Array) -> float:
        """The loss of fine-tuning, by backpropagation through all."""
        return super().loss_and_gradient(inputs, targets).loss

    def _phase_of(self, epoch: int) -> int:
        each = self.settings.pretrain_epochs
        return min(epoch // each, len(self.machines)) if each else len(self.machines)

    def _pairs(self, phase: int) -> list[tuple[str, str]]:
        """Where an RBM's tensors live in the unrolled vector: (tensor there, tensor of the RBM)."""
        rbm = self.machines[phase].names[0]
        return [
            (f"{self._encoders[phase]}.weight", f"{rbm}.weight"),
            (f"{self._encoders[phase]}.bias", f"{rbm}.hidden_bias"),
            (f"{self._decoders[phase]}.bias", f"{rbm}.visible_bias"),
        ]

    def _read(self, phase: int) -> None:
        """The RBM takes its numbers from the unrolled vector, which the optimizer has changed."""
        for name, own in self._pairs(phase):
            np.copyto(self.machines[phase].parameters.view(own), self.parameters.view(name))

    def _write_back(self, phase: int) -> None:
        """The unrolled vector takes the RBM's numbers, the decoder the transposed weights."""
        machine = self.machines[phase]
        for name, own in self._pairs(phase):
            np.copyto(self.parameters.view(name), machine.parameters.view(own))
        np.copyto(self.parameters.view(f"{self._decoders[phase]}.weight"), machine.weight.T)

    def _below(self, inputs: Array, phase: int) -> Array:
        """What the RBM of this phase sees: the probabilities of the layers below it."""
        state = inputs.reshape(len(inputs), -1)
        work = self.machines[phase].workspace(len(inputs))
        for level in range(phase):
            weight, bias = (self.parameters.view(f"{self._encoders[level]}.{part}") for part in ("weight", "bias"))
            z = np.matmul(state, weight, out=work.array(f"below {level}", (len(inputs), self.sizes[level + 1])))
            state = sigmoid(np.add(z, bias, out=z), out=z)
        return state


def _unrolled(sizes: tuple[int, ...]) -> tuple[Layer, ...]:
    """Encoder, code mark, decoder: sigmoids everywhere but at the code."""
    layers: list[Layer] = []
    for size in sizes[1:-1]:
        layers += [Dense(size, initializer="xavier"), Sigmoid()]
    layers += [Dense(sizes[-1], initializer="xavier"), Code()]
    for size in reversed(sizes[:-1]):
        layers += [Dense(size, initializer="xavier"), Sigmoid()]
    return tuple(layers)


@dataclass(frozen=True)
class DeepBeliefSettings(ModelSettings):
    """The sizes of the stack, and how long each RBM is trained."""

    kind: ClassVar[str] = "deep_belief"
    title: ClassVar[str] = "Deep belief autoencoder"
    predicts_targets: ClassVar[bool] = False
    has_code: ClassVar[bool] = True
    reconstructs: ClassVar[bool] = True
    gives_samples: ClassVar[bool] = True

    hidden: tuple[int, ...] = setting(
        (500, 250, 30),
        "Hidden layers",
        minimum=1,
        maximum=100_000,
        help="Units of the RBMs from the data upwards; the last is the code.",
    )
    pretrain_epochs: int = setting(
        3,
        "Pretraining",
        unit="epochs per layer",
        minimum=0,
        maximum=10_000,
        help="Epochs of contrastive divergence for each RBM, before all layers are fine-tuned together.",
    )
    loss: Loss = loss_choice(
        BinaryCrossEntropy(), "binary_cross_entropy", "mean_squared_error", help="What fine-tuning descends."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        # Unrolled there are two layers for each, and their activations.
        check_layer_count(4 * len(self.hidden))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """One for each RBM, judged on held-back data by the loss of the whole; then all layers together."""
        each, count = self.pretrain_epochs, len(self.hidden)
        title = RBMSettings.loss_title
        machines = [Phase(level * each, f"RBM {level + 1}", title) for level in range(count if each else 0)]
        return (*machines, Phase(each * count, "fine-tuning"))

    def parameter_count(self, example_shape: Shape, targets: Targets) -> int:
        """Encoder and decoder; the RBMs hold as many again while they are trained."""
        sizes = (math.prod(example_shape), *self.hidden)
        return sum(2 * below * above + below + above for below, above in pairwise(sizes))

    def held_numbers(self, example_shape: Shape, targets: Targets) -> int:
        """Of fine-tuning, or of the largest RBM's training."""
        sizes = (math.prod(example_shape), *self.hidden)
        machines = [held_by_machine(below, above) + sum(sizes) for below, above in pairwise(sizes)]
        return max(held_numbers(_unrolled(sizes), sizes[:1]), *machines)

    def plan(self, example_shape: Shape, targets: Targets) -> tuple[LayerPlan, ...]:
        """Unrolled, as it is fine-tuned."""
        sizes = (math.prod(example_shape), *self.hidden)
        return plan_of(_unrolled(sizes), sizes[:1])

    def check(self, example_shape: Shape, targets: Targets) -> None:
        """At least one hidden layer."""
        if not self.hidden:
            raise ShapeError("deep_belief: there are no hidden layers; give at least one, e.g. [500, 250, 30]")
        super().check(example_shape, targets)

    def build(self, example_shape: Shape, targets: Targets, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> DeepBelief:
        """The unrolled stack, with its weights drawn from the seed."""
        self.check(example_shape, targets)
        return DeepBelief(self, math.prod(example_shape), seed, dtype)
