"""What is set in a framework's script so that it does what nnlab does, and what stays otherwise: a row for each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.experiment import Experiment
from nnlab.models.layers import Layer, Role
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.regularizers import NoPenalty
from nnlab.models.schedules import Constant

Holds = Callable[[Experiment], bool]


@dataclass(frozen=True)
class Convention:
    """Of a framework, where an experiment has to do with it: the sentence for a person."""

    framework: str
    holds: Holds
    sentence: str


def conventions_of(framework: str, experiment: Experiment) -> tuple[str, ...]:
    """The sentences, in order."""
    return tuple(row.sentence for row in CONVENTIONS if row.framework == framework and row.holds(experiment))


def _by(*optimizers: str) -> Holds:
    kinds = [OPTIMIZERS[name] for name in optimizers]
    return lambda experiment: type(experiment.training.optimizer) in kinds


def _is(*kinds: str) -> Holds:
    return lambda experiment: experiment.model.kind in kinds


def _has(*kinds: str) -> Holds:
    return lambda experiment: any(layer.kind in kinds for layer in _layers(experiment))


def _draws(experiment: Experiment) -> bool:
    return any(layer.role is Role.DISTURBS for layer in _layers(experiment))


def _clips(experiment: Experiment) -> bool:
    return bool(experiment.training.clip_norm)


def _charges(experiment: Experiment) -> bool:
    return not isinstance(experiment.training.penalty, NoPenalty)


def _changes_rate(experiment: Experiment) -> bool:
    training = experiment.training
    has_velocity = _by("momentum", "nesterov")(experiment)
    return has_velocity and (not isinstance(training.schedule, Constant) or training.warmup > 0)


def _has_logarithm(experiment: Experiment) -> bool:
    loss: Any = getattr(experiment.model, "loss", None)
    return loss is not None and loss.kind in ("cross_entropy", "binary_cross_entropy")


def _layers(experiment: Experiment) -> Iterator[Layer]:
    """All of them, with those inside of others; a machine has none."""
    model: Any = experiment.model
    waiting = list(getattr(model, "layers", ()))
    while waiting:
        layer = waiting.pop(0)
        yield layer
        waiting += [inner for _, inner in layer.inner_layers]


CONVENTIONS: tuple[Convention, ...] = (
    Convention("torch", _by("adamw"), "AdamW decays weights alone, as nnlab's does; PyTorch's own decays biases, too."),
    Convention("torch", _by("adagrad"), "Adagrad's epsilon is nnlab's; PyTorch's own is 1e-10."),
    Convention("torch", _charges, "The penalty is on weights alone; PyTorch's weight_decay is on biases, too."),
    Convention("torch", _clips, "Clipping divides by the norm and a millionth, as PyTorch does; nnlab divides by the norm."),
    Convention(
        "torch",
        _has("flatten"),
        "A picture becomes a row with its channels fastest, as in nnlab; PyTorch's goes channel by channel.",
    ),
    Convention(
        "torch", _draws, "Dropout and noise draw PyTorch's own numbers: its losses are like nnlab's, and not the same."
    ),
    Convention(
        "keras",
        _by("momentum", "nesterov"),
        "The velocity has no rate in it, as nnlab's; Keras' own has, which is another rule where the rate changes.",
    ),
    Convention(
        "keras",
        _by("adam", "adamw"),
        "Adam's epsilon is nnlab's, and added to the corrected root; Keras' own is 1e-7, added before v is corrected.",
    ),
    Convention("keras", _by("adamw"), "AdamW decays weights alone, as nnlab's does; Keras' own decays biases, too."),
    Convention(
        "keras", _by("rmsprop"), "RMSProp's epsilon stands outside of the root, as nnlab's; Keras' own stands inside."
    ),
    Convention(
        "keras",
        _by("adagrad"),
        "Adagrad's squares begin at 0, with epsilon outside of the root; Keras' own begin at 0.1, with it inside.",
    ),
    Convention("keras", _clips, "Clipping divides by the norm and a millionth, as PyTorch does; nnlab divides by the norm."),
    Convention("keras", _has("gelu"), "GELU is the form by tanh, as nnlab's; Keras' own is the one by erf."),
    Convention("keras", _draws, "Dropout and noise draw Keras' own numbers: its losses are like nnlab's, and not the same."),
    Convention(
        "sklearn",
        _is("mlp"),
        "Every batch is one call of partial_fit, in nnlab's order, which tells no score. alpha is nnlab's penalty.",
    ),
    Convention(
        "sklearn", _has_logarithm, "In the loss that it tells, no probability is less than 1.2e-7; its steps are nnlab's."
    ),
    Convention(
        "sklearn", _changes_rate, "The velocity is scaled where the rate changes; scikit-learn's own has the rates in it."
    ),
    Convention(
        "sklearn", _by("adam"), "Adam's epsilon is added to the corrected root; scikit-learn adds it before v is corrected."
    ),
    Convention(
        "sklearn",
        _is("rbm"),
        "Chains draw scikit-learn's own numbers, and it computes in float64: its losses are like nnlab's.",
    ),
    Convention(
        "sklearn", _is("linear_svm"), "LinearSVC is led to its end in one go: there is no start, and no step to compare."
    ),
)
