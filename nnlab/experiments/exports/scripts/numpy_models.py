"""Models as the NumPy script has them: which pieces a kind of model is made of, and the list of its layers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.scripts.calls import Call, written
from nnlab.experiments.exports.scripts.constants import kind_of
from nnlab.experiments.exports.scripts.network_constants import layers_before_loss, network_constants, tied_layers_of
from nnlab.experiments.exports.scripts.numpy_layers import NUMPY_LAYERS, numpy_calls
from nnlab.experiments.exports.scripts.numpy_machines import machine_constants
from nnlab.experiments.exports.scripts.piece import Piece, pieces_in, taken_apart
from nnlab.experiments.exports.scripts.shared import Parts
from nnlab.models.regularizers import PENALTIES

_LAYERS = "layers_of"
# Where names of a list of layers come from besides the layers' own pieces.
_BESIDES = {"he": "initializers", "xavier": "initializers", "zeros": "initializers", "Normal": "initializers"} | {
    "Geometry": "layers.rows",
    "TiedDense": "layers.tied_dense",
}
# What is chosen by a slot, by the piece in whose place it stands.
_CHOSEN = {
    "optimizers.momentum": "training.optimizer",
    "schedules.cosine": "training.schedule",
    "losses.cross_entropy": "model.loss",
}
_PENALTIES = ("none", "l1", "l2", "elastic_net")


@dataclass(frozen=True)
class NumPyModel:
    """Constants, slots and written pieces of a model, in addition to those that all scripts share."""

    settings: Mapping[str, Any]
    slots: Mapping[str, str]
    written: Mapping[str, Piece]


def numpy_model(parts: Parts) -> NumPyModel:
    """That of an experiment; an error names the kind of model that has none."""
    kind = parts.experiment.model.kind
    if kind not in NUMPY_MODELS:
        raise _missing("model.kind", kind, tuple(NUMPY_MODELS))
    model = NUMPY_MODELS[kind](parts)
    _check_chosen(parts, {**parts.slots, **model.slots})
    return model


def _check_chosen(parts: Parts, slots: Mapping[str, str]) -> None:
    """Raise UnsupportedExportError where something was chosen that no piece is there for, with what there is."""
    for place, setting in _CHOSEN.items():
        folder, _, kind = slots.get(place, place).partition(".")
        if kind not in pieces_in(folder):
            raise _missing(setting, kind, pieces_in(folder))
    penalty = kind_of(PENALTIES, parts.experiment.training.penalty)
    if penalty not in _PENALTIES:
        raise _missing("training.penalty", penalty, _PENALTIES)


def _missing(setting: str, kind: str, known: Sequence[str]) -> UnsupportedExportError:
    return UnsupportedExportError(f"{setting}: the NumPy script has no {kind}; it has {', '.join(known)}")


def _network(parts: Parts) -> NumPyModel:
    model: Any = parts.model
    calls = numpy_calls(layers_before_loss(model), model.names, model.input_shape)
    piece = taken_apart(_LAYERS, _list_of_layers(calls, tied_layers_of(model)))
    return NumPyModel(network_constants(parts), {"losses.cross_entropy": f"losses.{model.loss.kind}"}, {_LAYERS: piece})


def _machine(parts: Parts) -> NumPyModel:
    model: Any = parts.model
    slots = {"model.Model": "machine.LoneRBM", "model.build": "machine.build", "model.predict": "machine.predict"}
    return NumPyModel(machine_constants(model.settings, model.visible), slots, {})


def _stack(parts: Parts) -> NumPyModel:
    whole, model, settings = _network(parts), cast(Any, parts.model), cast(Any, parts.experiment.model)
    if not settings.pretrain_epochs:
        return whole
    # A penalty would move what is not to move while a machine learns.
    is_pulled = any(parts.settings.get(name) for name in ("L1", "L2", "WEIGHT_DECAY"))
    constants = {
        **whole.settings,
        # The machines differ in their sizes alone.
        **machine_constants(model.machines[0].settings, model.sizes[0]),
        "HIDDEN": settings.hidden,
        "PRETRAIN_EPOCHS": settings.pretrain_epochs,
        "IN_PHASES": True,
        "HELD": is_pulled,
    }
    slots = {**whole.slots, "model.Model": "stack.DeepBelief", "model.build": "stack.build"}
    return NumPyModel(constants, slots, whole.written)


def _list_of_layers(calls: list[Call], tied: Mapping[int, int]) -> str:
    """The piece in which the layers are listed. Tied weights are those of an encoder's layer, which has a name then."""
    names = [str(call.arguments[0]).strip('"') for call in calls]
    entries: list[object] = list(calls)
    for place, front in tied.items():
        entries[place] = Call("TiedDense", (calls[place].arguments[0], names[front]))
    lines = []
    for front in sorted(tied.values()):
        entries[front] = names[front]
        lines.append(f"    {names[front]} = {written(calls[front], 4, len(names[front]) + 3, 0)}")
    text = written(entries, 4, len("return "), 0)
    used = sorted(_names([*entries, *calls]))
    places = {row.title: f"layers.{row.module}" for row in NUMPY_LAYERS.values()} | _BESIDES
    imports = [f"from .{places[name]} import {name}" for name in used if name in places]
    return "\n".join(
        [
            "from .layers.base import Layer",
            *imports,
            "def layers() -> list[Layer]:",
            '    """The layers, one behind the other."""',
            *lines,
            f"    return {text}",
        ]
    )


def _names(expressions: Any) -> set[str]:
    """All that calls are of, and texts in them that are names."""
    found: set[str] = set()
    for expression in expressions:
        if isinstance(expression, Call):
            found |= {expression.name} | _names(expression.arguments)
        elif isinstance(expression, str):
            found.add(expression)
        else:
            found |= _names(expression)
    return found


NUMPY_MODELS: Mapping[str, Callable[[Parts], NumPyModel]] = {
    "mlp": _network,
    "cnn": _network,
    "autoencoder": _network,
    "linear_svm": _network,
    "rbm": _machine,
    "deep_belief": _stack,
}
