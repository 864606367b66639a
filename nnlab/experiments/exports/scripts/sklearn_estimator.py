"""A multi-layer perceptron as scikit-learn has it: dense layers with one activation between all of them."""

from dataclasses import fields
from typing import Any

from nnlab.experiments.exports.scripts.calls import Call, written
from nnlab.experiments.exports.scripts.framework_pieces import parsed
from nnlab.experiments.exports.scripts.network_constants import layers_before_loss
from nnlab.experiments.exports.scripts.piece import Piece, taken_apart
from nnlab.experiments.exports.scripts.shared import Parts
from nnlab.experiments.exports.scripts.sklearn_limits import check_training, lacks
from nnlab.models.layers import LAYERS, Role
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.targets import Classes, Values

_NAME = "sklearn"
# What stands between dense layers between which nothing stands.
_NOTHING = "identity"


def check_solver(parts: Parts) -> str:
    """The solver that is nnlab's optimizer; raises UnsupportedExportError where there is none, or another penalty."""
    rule = parts.experiment.training.optimizer
    if _NAME not in rule.elsewhere:
        has = ", ".join(name for name, kind in OPTIMIZERS.items() if _NAME in kind.elsewhere)
        raise lacks("training.optimizer", f"no optimizer {rule.title}", has)
    check_training(parts)
    return "adam" if '"adam"' in rule.elsewhere[_NAME] else "sgd"


def estimator_piece(parts: Parts) -> Piece:
    """The estimator, and what its weights start from."""
    units, activation = _layers(parts)
    kind = _kind(parts)
    hidden = f"({', '.join(units[:-1])}{',' * (len(units) == 2)})"
    rule = parts.experiment.training.optimizer
    words = {entry.name: entry.name.upper() for entry in fields(rule)}
    solver = rule.elsewhere[_NAME].format(**words).split(", ")
    call = Call(kind, (f"hidden_layer_sizes={hidden}", f'activation="{activation}"', *solver, "alpha=0.0", "shuffle=False"))
    imported = {"MOMENTUM", "BETA1", "BETA2"} & {word for part in solver for word in part.split("=")}
    text = "\n".join(
        [
            "import numpy as np",
            f"from sklearn.neural_network import {kind}",
            "from ..initializers import Normal, he, xavier, zeros",
            "from ..randomness import random_stream",
            f"from ..settings import {', '.join(['SEED', *sorted(imported)])}",
            f"def estimator() -> {kind}:",
            '    """scikit-learn\'s, without a penalty, an order or an end of its own."""',
            f"    return {written(call, 4, len('return '), 0)}",
            "def starting_weights() -> list[np.ndarray]:",
            '    """What the weights of each layer start from, as nnlab draws them."""',
            f"    return {written(_starts(parts), 4, len('return '), 0)}",
        ]
    )
    return taken_apart("sklearn.estimator_of", text)


def _kind(parts: Parts) -> str:
    """MLPClassifier or MLPRegressor, where its loss and its outputs are nnlab's."""
    model: Any = parts.model
    targets, loss = parts.data.dataset.targets, model.loss
    if isinstance(targets, Values):
        if loss.kind != "mean_squared_error" or model.layers[-1].role is not Role.FORMS:
            raise lacks("model", f"no {loss.title.lower()} of values behind {model.layers[-1].title.lower()}", _OF_VALUES)
        return "MLPRegressor"
    assert isinstance(targets, Classes)
    is_pair = targets.count == 2
    if loss.kind != ("binary_cross_entropy" if is_pair else "cross_entropy"):
        raise lacks("model.loss", f"no {loss.title.lower()} of {targets.count} classes", _OF_TWO if is_pair else _OF_MANY)
    if getattr(loss, "label_smoothing", 0.0):
        raise lacks("model.loss.label_smoothing", "no label smoothing", "0")
    return "MLPClassifier"


_OF_VALUES = "the mean squared error of values behind a dense layer"
_OF_MANY = "cross-entropy behind softmax"
_OF_TWO = "binary_cross_entropy behind sigmoid, of one unit"


def _layers(parts: Parts) -> tuple[list[str], str]:
    """The units of each dense layer, and the one activation between them."""
    model: Any = parts.model
    units: list[str] = []
    found: list[str] = []
    layers = layers_before_loss(model)
    for layer, name, shape in zip(layers, model.names, (model.input_shape, *model.shapes), strict=False):
        row = layer.written_in(_NAME, shape)
        if row is None:
            has = ", ".join(kind for kind, one in LAYERS.items() if _NAME in one.elsewhere)
            raise lacks(name, f"no layer of the kind {layer.kind} in a perceptron", has)
        if layer.role is Role.FORMS:
            units.append(row)
        else:
            found += [_NOTHING] * (len(units) - len(found) - 1) + [row]
    found += [_NOTHING] * (len(units) - len(found) - 1)
    if not units or layers[0].role is not Role.FORMS or len(found) != len(units) - 1:
        raise lacks("model.layers", "no activation but one behind each hidden layer", "dense, relu, dense and the like")
    if len(set(found)) > 1:
        raise lacks(
            "model.layers", f"one activation for all hidden layers, and not {' and '.join(dict.fromkeys(found))}", ""
        )
    return units, found[0] if found else _NOTHING


def _starts(parts: Parts) -> list[object]:
    model: Any = parts.model
    starts: list[object] = []
    for layer, name, shape in zip(layers_before_loss(model), model.names, (model.input_shape, *model.shapes), strict=False):
        start = layer.written_start(shape, f'random_stream(SEED, "{name}.initialize")')
        starts += [parsed(line) for tensor, line in start.items() if tensor == "weight"]
    return starts
