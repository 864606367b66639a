"""One unit in numbers: what goes in, what comes out, when it is active, and one step of its backpropagation."""

import math
from dataclasses import dataclass, replace

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.probes.columns import INPUT, Column
from nnlab.probes.flow import Flow, flow_of
from nnlab.probes.incoming import Incoming, incoming_of
from nnlab.probes.joined import Joined, joined_of
from nnlab.probes.outgoing import Outgoing, outgoing_of
from nnlab.probes.parameter import OwnParameter, is_normalized, own_parameters, own_tensors, pretraining_of
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, raw_example, selected_example, selected_label, shown_example, shown_part
from nnlab.probes.unit_description import UnitDescription, described
from nnlab.probes.watched import Watched, watched_of


@dataclass(frozen=True)
class Output:
    """What a unit puts out for one example, and d loss / d y.

    Of a channel y is where it is strongest, at place; picture (height, width) is all of it, where it is one.
    """

    place: tuple[int, ...]
    picture: Array
    y: float
    by_output: float


# Its fields, and so the rows of its CSV file, come in the order from the last of these to the first.
@dataclass(frozen=True, kw_only=True)
class UnitInspection(Joined, Outgoing, Watched, Output, Incoming, UnitDescription):
    """A unit of a layer, for the selected example: all that its parts say, each of which a function below finds.

    z = inputs . incoming + bias    y = equation(z)    delta = d loss / d z    d loss / d incoming = weight_gradient
    d loss / d y = next_weights . next_deltas, and what the other layers that it feeds hand back

    raw (n_in,)    the inputs as the data has them, where they come from there and are but scaled, else empty; of an input
                   itself (1,)
    terms          of a unit in which branches are joined each term's layer and number
    """

    is_machine: bool
    raw: Array
    scaling: str  # what was done to raw, in words; empty where nothing was
    z: float
    learning_rate: float
    example: int
    label: int
    part: str
    is_shared: bool  # whether another layer uses the weights, too: weight_gradient holds its share
    own: tuple[OwnParameter, ...]  # the bias and whatever else it learns for itself
    pretraining: str  # while a stack is pretrained, how the unit's weights learn, or that they do not
    is_normalized: bool  # whether the gradient comes through a batch norm, here by its running figures


def inspect_unit(scene: Scene, selection: Selection, columns: tuple[Column, ...], place: int) -> UnitInspection:
    """The unit of a column, seen from the selected example and from some examples of its part."""
    if is_machine(scene.model) and columns[place].name == INPUT:
        # A visible unit's equation is how it is reconstructed.
        place = len(columns) - 1
    column, unit = columns[place], selection.unit
    tensors = () if is_machine(scene.model) else own_tensors(scene.model, column)
    flow = flow_of(scene.model, columns, *selected_example(scene.data, selection), tensors)
    output = _output_of(column, unit, place, flow)
    number = int(np.ravel_multi_index((*output.place, unit), column.shape)) if output.place else unit
    deltas = flow.deltas[place].reshape(_first_shape(scene, column))
    incoming = incoming_of(scene, columns, place, unit, output.place, flow, deltas)
    joined = joined_of(scene, columns, place, number, flow)
    if joined.terms:
        incoming = replace(incoming, delta=float(deltas.ravel()[number]))
    return UnitInspection(
        **vars(described(scene, column, unit, number)),
        **vars(incoming),
        **vars(output),
        **vars(outgoing_of(scene, columns, place, unit, flow)),
        **vars(joined),
        **vars(watched_of(scene, selection, column, unit)),
        is_machine=flow.is_machine,
        raw=_raw(scene, selection, columns, place, unit),
        scaling=scene.data.scaling.words if columns[0].is_scaled_data else "",
        z=_z_of(incoming, joined),
        learning_rate=scene.learning_rate,
        example=shown_example(scene.data, selection.part, selection.example),
        label=selected_label(scene.data, selection),
        part=shown_part(scene.data, selection.part),
        is_shared=not flow.is_machine and bool(flow.sharing(place)),
        own=own_parameters(scene.model, column, number, flow),
        pretraining=pretraining_of(scene.model, column),
        is_normalized=is_normalized(columns, place),
    )


def _output_of(column: Column, unit: int, place: int, flow: Flow) -> Output:
    """Of a column's unit."""
    numbers, slopes = (way[place].reshape(column.shape) for way in (flow.forward, flow.backward))
    if not column.has_channels:
        return Output((), np.zeros((0, 0), np.float32), float(numbers.ravel()[unit]), float(slopes.ravel()[unit]))
    picture = numbers[..., unit].copy()
    at = tuple(int(axis) for axis in np.unravel_index(np.argmax(np.nan_to_num(np.abs(picture))), picture.shape))
    return Output(at, picture, float(picture[at]), float(slopes[(*at, unit)]))


def _z_of(incoming: Incoming, joined: Joined) -> float:
    """What its weights make of its inputs, or the sum of what is joined in it; NaN of a unit with neither."""
    if incoming.incoming.size:
        return float(incoming.inputs @ incoming.incoming + incoming.bias)
    return sum(number for _, number in joined.terms) if joined.terms else math.nan


def _raw(scene: Scene, selection: Selection, columns: tuple[Column, ...], place: int, unit: int) -> Array:
    """Of a unit behind the input the example's own numbers, before scaling; of an input its own."""
    column = columns[place]
    # A patch at the border holds padding, which the data does not have.
    is_behind = column.sources == (0,) and bool(column.tensor) and not column.has_filters
    if not columns[0].is_scaled_data or not (place == 0 or is_behind):
        return np.zeros(0, np.float32)
    raw = raw_example(scene.data, selection).ravel()
    return raw if is_behind else raw[unit : unit + 1]


def _first_shape(scene: Scene, column: Column) -> Shape:
    """The shape of what the column's weights make: activations do not change it, a reshape behind them may."""
    if has_layers(scene.model) and column.first >= 0:
        return scene.model.places[column.first].shape
    return column.shape
