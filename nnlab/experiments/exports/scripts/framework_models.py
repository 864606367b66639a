"""Models as scripts of frameworks have them: which pieces a kind of model is made of, and its constants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports.scripts.framework_pieces import pieces_of_network
from nnlab.experiments.exports.scripts.frameworks import Framework
from nnlab.experiments.exports.scripts.network_constants import network_constants
from nnlab.experiments.exports.scripts.numpy_machines import machine_constants
from nnlab.experiments.exports.scripts.piece import Piece
from nnlab.experiments.exports.scripts.shared import Parts


@dataclass(frozen=True)
class FrameworkModel:
    """Constants, slots and written pieces of a model, in addition to those that all scripts share."""

    settings: Mapping[str, Any]
    slots: Mapping[str, str]
    written: Mapping[str, Piece]


def check_model(framework: Framework, experiment: Experiment) -> None:
    """Raise UnsupportedExportError where a framework has no such model; it names those that there are."""
    kind = experiment.model.kind
    if kind not in framework.models:
        raise UnsupportedExportError(
            f"model.kind: a {framework.title} script has no model of the kind {kind}; it has {', '.join(framework.models)}"
        )


def framework_model(framework: Framework, parts: Parts) -> FrameworkModel:
    """That of an experiment."""
    check_model(framework, parts.experiment)
    return _MODELS.get(parts.experiment.model.kind, _network)(framework, parts)


def _network(framework: Framework, parts: Parts) -> FrameworkModel:
    slots = _slots(framework, "network.Network", "network.build", "network")
    return FrameworkModel(network_constants(parts), slots, pieces_of_network(framework, parts))


def _machine(framework: Framework, parts: Parts) -> FrameworkModel:
    model = cast(Any, parts.model)
    slots = _slots(framework, "machine.RBM", "machine.build", "machine")
    return FrameworkModel(machine_constants(model.settings, model.visible), slots, {})


def _stack(framework: Framework, parts: Parts) -> FrameworkModel:
    whole, model, settings = _network(framework, parts), cast(Any, parts.model), cast(Any, parts.experiment.model)
    if not settings.pretrain_epochs:
        return whole
    constants = {
        **whole.settings,
        **machine_constants(model.machines[0].settings, model.sizes[0]),
        "HIDDEN": settings.hidden,
        "PRETRAIN_EPOCHS": settings.pretrain_epochs,
        "IN_PHASES": True,
    }
    return FrameworkModel(constants, _slots(framework, "stack.DeepBelief", "stack.build", "network"), whole.written)


def _slots(framework: Framework, model: str, build: str, others: str) -> Mapping[str, str]:
    """The names of a framework's pieces that take the places of those for NumPy."""
    return {
        "model.Model": framework.named(model),
        "model.build": framework.named(build),
        "model.predict": framework.named(f"{others}.predict"),
        "main.parameters": framework.named(f"{others}.parameters"),
    }


_MODELS: Mapping[str, Callable[[Framework, Parts], FrameworkModel]] = {"rbm": _machine, "deep_belief": _stack}
