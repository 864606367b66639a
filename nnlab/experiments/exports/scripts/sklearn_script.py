"""`--to sklearn`: an experiment as one file of Python in the words of scikit-learn, as far as that has them.

A multi-layer perceptron is MLPClassifier or MLPRegressor, a Boltzmann machine BernoulliRBM, a linear support vector machine
LinearSVC. What differs in convention is set to nnlab's, and said where it stands (resources/scripts/sklearn).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.scripts.header import header
from nnlab.experiments.exports.scripts.layout import script_text
from nnlab.experiments.exports.scripts.network_constants import network_constants
from nnlab.experiments.exports.scripts.numpy_machines import machine_constants
from nnlab.experiments.exports.scripts.numpy_script import written_beside
from nnlab.experiments.exports.scripts.piece import Name, Piece, taken_apart
from nnlab.experiments.exports.scripts.program import Program, Wanted, gathered
from nnlab.experiments.exports.scripts.shared import Parts, parts_of
from nnlab.experiments.exports.scripts.sklearn_estimator import check_solver, estimator_piece
from nnlab.experiments.exports.scripts.sklearn_limits import check_machine, check_svm
from nnlab.experiments.exports.target import Source
from nnlab.report import Report
from nnlab.resources import resource
from nnlab.targets import Classes

_ROOTS = (Name("main", "main"), Name("model", "predict"))
_FILES = ("tensors", "sgd", "adam", "updates", "told", "network", "machine", "linear_svc")
_STEPS = (
    "It begins at the weights that nnlab begins at and takes the batches in nnlab's order: its losses are those of nnlab "
    "but for rounding, which grows over the steps."
)
_FLOOR = " In the loss that scikit-learn tells no probability is below 1.2e-7; its steps are nnlab's all the same."
_DRAWS = (
    "It begins at the weights and the chains that nnlab begins at and takes the batches in nnlab's order; its random "
    "numbers are scikit-learn's own, so that its losses are like nnlab's and not the same."
)
_AT_ONCE = "LinearSVC solves the problem to its end at once: there are no steps to compare, but what they lead to."


@dataclass(frozen=True)
class Model:
    """Constants, slots and written pieces of a model, and what its figures are to nnlab's."""

    settings: Mapping[str, Any]
    slots: Mapping[str, str]
    written: Mapping[str, Piece]
    promise: str


def write(source: Source, output: Path, report: Report) -> Mapping[str, Any]:
    """Write the script, and beside it the examples that it cannot read or make by itself."""
    parts = parts_of(source, output, report)
    return written_beside(parts, sklearn_script(parts), output)


def sklearn_script(parts: Parts) -> str:
    """The text of the script; an error names what scikit-learn lacks."""
    program, settings, promise = sklearn_program(parts)
    return script_text(header(parts, "-sklearn.py", "NumPy and scikit-learn", promise), program, settings)


def sklearn_program(parts: Parts) -> tuple[Program, Mapping[str, Any], str]:
    """Its parts, the values of its constants, and what it promises."""
    kind = parts.experiment.model.kind
    if kind not in _MODELS:
        raise UnsupportedExportError(
            f"model.kind: a script of scikit-learn has no model of the kind {kind}; it has {', '.join(_MODELS)}"
        )
    model = _MODELS[kind](parts)
    settings = {**parts.settings, **model.settings}
    slots = {
        **parts.slots,
        "updates.updates": "sklearn.updates.updates",
        "main.told": "sklearn.told.told",
        **model.slots,
    }
    program = gathered(Wanted(_ROOTS, settings, slots, {**_pieces(), **model.written}))
    return program, settings, model.promise


def _network(parts: Parts) -> Model:
    solver = check_solver(parts)
    slots = _model_slots("network", "Network") | {"optimizers.momentum": f"sklearn.{solver}"}
    promise = _STEPS + (_FLOOR if isinstance(parts.data.dataset.targets, Classes) else "")
    # Its outputs are probabilities.
    settings = {**network_constants(parts), "THRESHOLD": 0.5}
    return Model(settings, slots, {"sklearn.estimator_of": estimator_piece(parts)}, promise)


def _machine(parts: Parts) -> Model:
    check_machine(parts)
    slots = _model_slots("machine", "Machine") | {"optimizers.momentum": "sklearn.machine"}
    rule: Any = parts.experiment.model
    return Model(machine_constants(rule, math.prod(parts.data.dataset.example_shape)), slots, {}, _DRAWS)


def _svm(parts: Parts) -> Model:
    check_svm(parts)
    model: Any = parts.model
    loss = model.loss.kind
    machines = {"one_vs_rest_hinge": '"ovr"', "hinge": '"crammer_singer"'}[loss]
    piece = taken_apart("sklearn.linear_svc_of", f"MACHINES = {machines}\n")
    slots = _model_slots("linear_svc", "Machine") | {
        "losses.cross_entropy": f"losses.{loss}",
        "training.train": "sklearn.linear_svc.train",
    }
    return Model(network_constants(parts), slots, {"sklearn.linear_svc_of": piece}, _AT_ONCE)


def _model_slots(file: str, name: str) -> dict[str, str]:
    return {
        "model.Model": f"sklearn.{file}.{name}",
        "model.build": f"sklearn.{file}.build",
        "model.predict": f"sklearn.{file}.predict",
    }


@cache
def _pieces() -> Mapping[str, Piece]:
    """scikit-learn's own pieces by name; they import it, and lie among the resources."""
    texts = {file: resource("scripts", "sklearn", f"{file}.py").read_text(encoding="utf-8") for file in _FILES}
    return MappingProxyType({f"sklearn.{file}": taken_apart(f"sklearn.{file}", text) for file, text in texts.items()})


_MODELS: Mapping[str, Callable[[Parts], Model]] = MappingProxyType({"mlp": _network, "rbm": _machine, "linear_svm": _svm})
