"""Whatever is selected, in numbers: an example, a unit with one step of its backpropagation, or a single weight."""

from dataclasses import dataclass

import numpy as np

from nnlab.datasets.names import Names
from nnlab.models.arrays import Array
from nnlab.models.capabilities import is_machine, predicting
from nnlab.models.rbm import RBM
from nnlab.probes.columns import Column, column_at, columns_of
from nnlab.probes.flow import Flow, flow_of
from nnlab.probes.parameter import WeightInspection, inspect_weight
from nnlab.probes.scene import Scene
from nnlab.probes.selection import (
    Selection,
    part_of,
    raw_example,
    selected_example,
    selected_label,
    shown_example,
    shown_part,
)
from nnlab.probes.unit import UnitInspection, inspect_unit
from nnlab.targets import Values


@dataclass(frozen=True)
class InspectorOptions:
    """Which of the selected things to look at."""

    focus: str = "example"


@dataclass(frozen=True)
class ExampleInspection:
    """An example, what the model makes of it, and how its loss answers to every number of it.

    inputs, raw, saliency (*example_shape)    reconstruction (*example_shape), or empty    outputs (K,) of a classifier,
    or empty    inputs are as the model sees them, raw as the data has them, and scaling says in words what lies between
    saliency is d loss / d input; of an RBM dF / dv, F the free energy
    """

    part: str
    example: int
    count: int
    label: int  # -1 without classes
    class_names: tuple[str, ...]
    names: Names
    inputs: Array
    raw: Array
    scaling: str
    saliency: Array
    reconstruction: Array
    outputs: Array
    predicted: int  # -1 where no class is predicted
    are_probabilities: bool
    loss: float
    loss_title: str
    figures: tuple[tuple[str, float], ...]  # further numbers by name
    values: tuple[tuple[str, float, float], ...] = ()  # of values each name, what it is, and what is predicted


Inspection = ExampleInspection | UnitInspection | WeightInspection


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def probe_inspector(scene: Scene, selection: Selection) -> Inspection:
    """The selected thing in focus; the example where nothing else is selected, or what is selected is not there."""
    columns = columns_of(scene.model, scene.data.dataset.example_shape)
    focus = selection.options.focus if isinstance(selection.options, InspectorOptions) else "example"
    if focus == "weight" and selection.weight is not None and scene.model.parameters.holds(*selection.weight):
        return inspect_weight(scene, selection, columns)
    if focus == "unit":
        place = column_at(columns, selection.layer)
        if place is not None and 0 <= selection.unit < columns[place].units:
            return inspect_unit(scene, selection, columns, place)
    return _inspect_example(scene, selection, columns)


def _inspect_example(scene: Scene, selection: Selection, columns: tuple[Column, ...]) -> ExampleInspection:
    inputs, targets = selected_example(scene.data, selection)
    model, data, shape = scene.model, scene.data.dataset, inputs.shape[1:]
    predictor = predicting(model)
    flow = flow_of(model, columns, inputs, targets)
    outputs: Array = np.zeros(0, np.float32)
    rebuilt: Array = outputs
    figures: tuple[tuple[str, float], ...] = ()
    values: tuple[tuple[str, float, float], ...] = ()
    saliency, predicted = flow.by_input.reshape(shape), -1
    if is_machine(model):
        rebuilt = flow.forward[-1].reshape(shape)
        saliency = _free_energy_slope(model, flow).reshape(shape)
        figures = (("free energy", float(model.free_energy(inputs)[0])),)
    elif predictor is not None and data.class_names:
        outputs = flow.forward[-1]
        predicted = int(predictor.predicted(outputs[None])[0])
    elif predictor is not None:
        values = _values(scene, targets, flow.forward[-1])
    elif flow.forward[-1].size == inputs.size:
        rebuilt = flow.forward[-1].reshape(shape)
    return ExampleInspection(
        shown_part(scene.data, selection.part),
        shown_example(scene.data, selection.part, selection.example),
        len(part_of(scene.data, selection.part)[1]),
        selected_label(scene.data, selection),
        data.class_names,
        data.input_names,
        inputs[0],
        raw_example(scene.data, selection),
        scene.data.scaling.words,
        saliency,
        rebuilt,
        outputs,
        predicted,
        predictor is not None and predictor.gives_probabilities,
        flow.loss,
        flow.loss_title,
        figures,
        values,
    )


def _values(scene: Scene, targets: Array, outputs: Array) -> tuple[tuple[str, float, float], ...]:
    """Each value's name, what it is and what is predicted, in the data's own units."""
    assert isinstance(scene.data.dataset.targets, Values)
    true, predicted = (scene.data.learning.in_own_units(part.reshape(1, -1))[0] for part in (targets, outputs))
    return tuple(zip(scene.data.dataset.targets.names, true.tolist(), predicted.tolist(), strict=True))


def _free_energy_slope(model: RBM, flow: Flow) -> Array:
    """dF/dv = -a - W p(h|v); of Gaussian units v - a - W p(h|v)."""
    v, p = flow.forward[0], flow.forward[1]
    own = v - model.visible_bias if model.settings.is_gaussian else -model.visible_bias
    return np.asarray(own - model.weight @ p)
