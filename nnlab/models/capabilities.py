"""What a model can do besides learning: each ability is a protocol that a model meets or does not, and one question.

Probes, figures and views ask these questions and know no kinds of models. What the settings of a model can tell before it is
built, they tell themselves: `has_code`, `reconstructs`, `gives_samples`, `has_energy`, `has_likelihood`, `layer_kinds`
(model.py).
"""

from typing import Protocol, TypeGuard, runtime_checkable

from nnlab.models.arrays import Array, Shape
from nnlab.models.coder import Coder
from nnlab.models.feed_forward import FeedForwardSettings
from nnlab.models.losses import Loss
from nnlab.models.model import Model, ModelSettings
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.targets import Targets


@runtime_checkable
class Codes(Protocol):
    """Examples have a code in it."""

    @property
    def coder(self) -> Coder:
        """The way to the code and back, as flat vectors."""
        ...


@runtime_checkable
class Reconstructs(Protocol):
    """It gives back what it is given, as well as it can."""

    def reconstruct(self, inputs: Array) -> Array:
        """What it makes of inputs (N, ...), as many numbers each; a copy."""
        ...


@runtime_checkable
class Predicts(Protocol):
    """It was taught targets, and tells them for inputs: labels or values."""

    targets: Targets
    loss: Loss

    @property
    def output_shape(self) -> Shape:
        """The shape of one example's outputs."""
        ...

    @property
    def gives_probabilities(self) -> bool:
        """Whether the outputs are probabilities, and not scores of any size."""
        ...

    @property
    def threshold(self) -> float:
        """A single output above this names class 1."""
        ...

    def predict(self, inputs: Array) -> Array:
        """The outputs for a batch; to be read before the next pass."""
        ...

    def predicted(self, outputs: Array) -> Array:
        """The class that each row of outputs stands for (N,)."""
        ...

    def probabilities(self, outputs: Array) -> Array:
        """Outputs (N, K) as shares of the classes that sum to 1 (N, classes)."""
        ...


@runtime_checkable
class GivesSamples(Protocol):
    """Boltzmann machines stand one on the other in it; the top one can be sampled."""

    @property
    def sampled_machines(self) -> tuple[RBM, ...]:
        """From the data upwards to the one that is sampled; none where nothing is to be sampled at present."""
        ...


@runtime_checkable
class HasEnergy(Protocol):
    """The whole of it is one Boltzmann machine: inputs have an energy, and a likelihood."""

    @property
    def whole_machine(self) -> RBM:
        """That machine."""
        ...


def coder_of(model: Model) -> Coder | None:
    """The way to the model's code and back; None for a model that has none."""
    return model.coder if isinstance(model, Codes) else None


def reconstructing(model: Model) -> Reconstructs | None:
    """The model as one that gives back its inputs; None if it does not."""
    return model if isinstance(model, Reconstructs) else None


def predicting(model: Model) -> Predicts | None:
    """The model as one that predicts targets; None if it was taught none."""
    return model if isinstance(model, Predicts) and model.targets is not None else None


def sampled_machines(model: Model) -> tuple[RBM, ...]:
    """The Boltzmann machines from the data upwards to the one that can be sampled; none where there is none."""
    return model.sampled_machines if isinstance(model, GivesSamples) else ()


def machine_of(model: Model) -> RBM | None:
    """The Boltzmann machine that the whole model is; None if it is none."""
    return model.whole_machine if isinstance(model, HasEnergy) else None


def has_layers(model: object) -> TypeGuard[Network]:
    """Whether examples flow through layers, one behind the other, and the loss's gradient back through them."""
    return isinstance(model, Network)


def is_layered(settings: ModelSettings) -> TypeGuard[FeedForwardSettings]:
    """Whether a person lists the layers of a model with these settings."""
    return isinstance(settings, FeedForwardSettings)


def is_machine(model: object) -> TypeGuard[RBM]:
    """Whether the whole model is one Boltzmann machine, through which examples go up and down."""
    return isinstance(model, HasEnergy)
