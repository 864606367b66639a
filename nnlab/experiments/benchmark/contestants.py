"""Whoever nnlab is timed beside, one row each: how its forms of a model are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nnlab import optional
from nnlab.models.arrays import Array
from nnlab.models.model import Model
from nnlab.training import TrainingSettings

# Of a model with its weights, how it is trained, inputs (N, 784), labels (N,) and a number of threads: forms by their names.
Forms = Callable[[Model, TrainingSettings, Array, Array, int], Mapping[str, Any]]


@dataclass(frozen=True)
class Contestant:
    """What a person calls it, and its forms."""

    title: str
    forms: Forms


def set_peer_threads(threads: int) -> None:
    """PyTorch has threads of its own; scikit-learn computes on BLAS's, and JAX is told when it begins."""
    if optional.is_installed("torch"):
        optional.required("torch").set_num_threads(threads)


def _in_torch(model: Model, settings: TrainingSettings, x: Array, t: Array, _: int) -> Mapping[str, Any]:
    optional.required("torch")
    from nnlab.experiments.benchmark.peers_torch import peers

    return peers(model, settings, x, t)


def _compiled(model: Model, settings: TrainingSettings, x: Array, t: Array, _: int) -> Mapping[str, Any]:
    optional.required("torch")
    from nnlab.experiments.benchmark.peers_torch import compiled

    return compiled(model, settings, x, t)


def _in_jax(model: Model, settings: TrainingSettings, x: Array, t: Array, threads: int) -> Mapping[str, Any]:
    from nnlab.experiments.benchmark.peers_jax import peers

    return peers(model, settings, x, t, threads)


def _in_keras(model: Model, settings: TrainingSettings, x: Array, t: Array, threads: int) -> Mapping[str, Any]:
    from nnlab.experiments.benchmark.peers_keras import peers

    return peers(model, settings, x, t, threads)


def _in_sklearn(model: Model, settings: TrainingSettings, x: Array, t: Array, _: int) -> Mapping[str, Any]:
    from nnlab.experiments.benchmark.peers_sklearn import peers

    return peers(model, settings, x, t)


CONTESTANTS: dict[str, Contestant] = {
    "torch": Contestant("PyTorch", _in_torch),
    "jax": Contestant("JAX", _in_jax),
    "sklearn": Contestant("scikit-learn", _in_sklearn),
    # These take long to begin, and are timed where they are asked for.
    "torch-compile": Contestant("torch.compile", _compiled),
    "keras-jax": Contestant("Keras on JAX", _in_keras),
}
