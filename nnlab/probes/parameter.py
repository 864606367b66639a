"""One parameter in numbers, whatever it is to its layer: a weight, a bias, a scale; and those that a unit has of its own."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.layers import Role
from nnlab.models.layers.sequence import readable_name
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.probes.columns import INPUT, RECONSTRUCTION, Column, behind, column_at, names_of
from nnlab.probes.flow import Flow, flow_of
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, selected_example


@dataclass(frozen=True)
class WeightInspection:
    """One parameter.

    gradient and update are those of the last training step: the batch's mean gradient with penalties, and what the
    optimizer added; NaN before the first and of a model just opened. example_gradient is the selected example's alone:
    d loss / d y times the derivative d y / d parameter, in symbols, summed over as many outputs y of the layer as `reached`
    says; where that is one, by_output is d loss / d y. Of a machine it is contrastive divergence's estimate.
    source says what comes in through it, for a person; of a bias nothing does.
    """

    tensor: str
    position: tuple[int, ...]
    shape: Shape
    word: str  # what it is to its layer: weight, bias, scale
    value: float
    gradient: float
    update: float
    example_gradient: float
    siblings: Array  # the other weights of the same unit, in order (n_in,)
    place: int  # which of them it is
    source: str
    derivative: str
    reached: int
    by_output: float
    learning_rate: float
    is_machine: bool
    is_shared: bool  # whether two layers use it
    is_centred: bool  # whether a batch norm right behind takes it away
    is_normalized: bool  # whether the gradient comes through a batch norm, here by its running figures
    pretraining: str  # while a stack is pretrained, how it learns, or that it does not


@dataclass(frozen=True)
class OwnParameter:
    """A number that a unit is given besides its weights."""

    tensor: str
    position: tuple[int, ...]
    value: float
    gradient: float  # of the example

    @property
    def word(self) -> str:
        """What it is to its layer."""
        return word_of(self.tensor)

    @property
    def layer(self) -> str:
        """Whose it is."""
        return self.tensor.rpartition(".")[0]


def word_of(tensor: str) -> str:
    """What its numbers are to their layer, in that layer's own word: weight, bias, visible bias, scale."""
    return tensor.rpartition(".")[2].replace("_", " ")


def own_tensors(model: Model, column: Column) -> tuple[str, ...]:
    """Those that have numbers for a column's units, one each: all but the weights."""
    if is_machine(model):
        return (bias_of_machine(model.names[0], column),)
    assert has_layers(model)
    layers = [place.name for place in model.places[max(column.first, 0) : column.last + 1] if not place.ends]
    shapes = model.parameters.shapes
    return tuple(name for name, shape in shapes.items() if len(shape) == 1 and name.rpartition(".")[0] in layers)


def own_parameters(model: Model, column: Column, number: int, flow: Flow) -> tuple[OwnParameter, ...]:
    """Of one number of the column. Per channel, which is the axis that lies innermost."""
    found = []
    for tensor in own_tensors(model, column):
        values = model.parameters.view(tensor)
        position = (number % values.size,)
        found.append(OwnParameter(tensor, position, float(values[position]), flow.gradient_by(tensor, position)))
    return tuple(found)


def bias_of_machine(name: str, column: Column) -> str:
    """The tensor of the biases on one side of a machine."""
    return f"{name}.{'visible' if column.name in (INPUT, RECONSTRUCTION) else 'hidden'}_bias"


def inspect_weight(scene: Scene, selection: Selection, columns: tuple[Column, ...]) -> WeightInspection:
    """The selected parameter."""
    assert selection.weight is not None
    (tensor, position), model = selection.weight, scene.model
    parameters = model.parameters
    values = parameters.view(tensor)
    siblings = values[..., position[-1]] if values.ndim > 1 else values
    flow = flow_of(model, columns, *selected_example(scene.data, selection), () if is_machine(model) else (tensor,))
    at = column_at(columns, tensor.rpartition(".")[0])
    assert at is not None
    column = columns[at]
    derivative, reached, by_output = _derivation(model, tensor, position, flow)
    return WeightInspection(
        tensor,
        position,
        values.shape,
        word_of(tensor),
        float(values[position]),
        float(parameters.gradient_view(tensor)[position]) if scene.last_update else np.nan,
        -float(scene.last_update(tensor)[position]) if scene.last_update else np.nan,
        flow.gradient_by(tensor, position),
        np.array(siblings, np.float32).ravel(),
        int(np.ravel_multi_index(position[:-1], siblings.shape)) if values.ndim > 1 else position[0],
        _source(scene, columns, tensor, position),
        derivative,
        reached,
        by_output,
        scene.learning_rate,
        flow.is_machine,
        is_shared=not flow.is_machine and column.tensor == tensor and bool(flow.sharing(at)),
        is_centred=is_centred(column) and tensor == f"{column.name}.bias",
        is_normalized=is_normalized(columns, at),
        pretraining=pretraining_of(model, column),
    )


def is_centred(column: Column) -> bool:
    """Whether a batch norm stands right behind the weights: it takes the mean away, and with it the bias."""
    return bool(column.tensor) and any(layer.role is Role.NORMALISES for layer in column.descriptions[1:2])


def is_normalized(columns: tuple[Column, ...], place: int) -> bool:
    """Whether a gradient comes to this column through a batch norm."""
    return any(layer.role is Role.NORMALISES for at in behind(columns, place) for layer in columns[at].descriptions)


def pretraining_of(model: Model, column: Column) -> str:
    """While a stack is pretrained, how a column's weights learn."""
    if not model.is_pretraining or not column.tensor:
        return ""
    return "contrastive divergence" if column.learns else "frozen"


def _derivation(model: Model, tensor: str, position: tuple[int, ...], flow: Flow) -> tuple[str, int, float]:
    """d y / d parameter in symbols, how many outputs y there are, and d loss / d y of the only one."""
    layer, _, name = tensor.rpartition(".")
    if is_machine(model):
        return model.estimate(name), 1, math.nan
    assert has_layers(model)
    at, place = next((at, place) for at, place in enumerate(model.places) if place.name == layer)
    size = model.parameters.shapes[tensor][-1]
    outputs = math.prod(place.shape) // size
    # What the loss contains the activation of is known by what goes into that.
    by_output = float(flow.by_place[at][position[-1]]) if outputs == 1 and at < len(flow.by_place) else math.nan
    return place.layer.derivative(name, _numbers_of(model, layer, position)), outputs, by_output


def _numbers_of(model: Network, layer: str, position: tuple[int, ...]) -> dict[str, float]:
    """The numbers of one unit or channel of a layer, by name."""
    tensors = {name: tensor for name, tensor in model.tensors_of(layer).items() if tensor.ndim == 1}
    return {name: float(tensor[position[-1]]) for name, tensor in tensors.items()}


def _source(scene: Scene, columns: tuple[Column, ...], tensor: str, position: tuple[int, ...]) -> str:
    """What a weight of a dense layer or a machine multiplies."""
    found = [index for index, column in enumerate(columns) if column.tensor == tensor and not column.is_transposed]
    if not found or len(position) != 2:
        return ""
    before = columns[columns[found[0]].sources[0]]
    name = names_of(before, scene.data.dataset.input_names).name(position[0])
    return name if before.name == INPUT else f"{name} of {readable_name(before.name)}"
