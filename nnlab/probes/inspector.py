"""Whatever is selected, in numbers: an example, a unit with one step of its backpropagation, or a single weight."""

from dataclasses import dataclass, field

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
    saliency = _free_energy_slope(model, flow) if is_machine(model) else flow.by_input
    ends = _ends_of(scene, flow, targets)
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
        saliency.reshape(shape),
        ends.rebuilt.reshape(shape) if ends.rebuilt.size else ends.rebuilt,
        ends.outputs,
        ends.predicted,
        predictor is not None and predictor.gives_probabilities,
        flow.loss,
        flow.loss_title,
        (("free energy", float(model.free_energy(inputs)[0])),) if is_machine(model) else (),
        ends.values,
    )


def _nothing() -> Array:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class _Ends:
    """What comes out at the end, as what kind of model it is: outputs and a class, values, or the example again."""

    outputs: Array = field(default_factory=_nothing)
    predicted: int = -1
    values: tuple[tuple[str, float, float], ...] = ()
    rebuilt: Array = field(default_factory=_nothing)


def _ends_of(scene: Scene, flow: Flow, targets: Array) -> _Ends:
    last, predictor = flow.forward[-1], predicting(scene.model)
    if predictor is None:
        is_rebuilt = is_machine(scene.model) or last.size == flow.forward[0].size
        return _Ends(rebuilt=last) if is_rebuilt else _Ends()
    if scene.data.dataset.class_names:
        return _Ends(last, int(predictor.predicted(last[None])[0]))
    return _Ends(values=_values(scene, targets, last))


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
