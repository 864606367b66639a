"""One unit in numbers: what goes in, what comes out, when it is active, and one step of its backpropagation."""

import math
from dataclasses import dataclass
from functools import reduce

import numpy as np

from nnlab.datasets.names import Names
from nnlab.datasets.split import spread
from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.layers import Role
from nnlab.probes.columns import INPUT, Column, unit_name
from nnlab.probes.flow import flow_of
from nnlab.probes.incoming import incoming_of
from nnlab.probes.joined import joined_of
from nnlab.probes.outgoing import outgoing_of
from nnlab.probes.parameter import (
    OwnParameter,
    is_centred,
    is_normalized,
    own_parameters,
    own_tensors,
    pretraining_of,
)
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

# How many examples a unit is watched on: as many as cost a millisecond or two.
_MOST_WATCHED = 256
_WATCH_WORK = 30_000_000
_BEST = 5


@dataclass(frozen=True)
class UnitInspection:
    """A unit of a layer, for the selected example.

    z = inputs . incoming + bias    y = equation(z)    delta = d loss / d z    d loss / d incoming = weight_gradient

    inputs, incoming, weight_gradient (n_in,), empty where a layer has no weights; incoming_shape says as what picture
    they are drawn. Of a convolution they are those at the place where the channel is strongest, but weight_gradient sums
    over all places.
    names are those of inputs, next_names those of what the unit feeds
    raw (n_in,)                           the inputs as the data has them, where they come from there and are but
                                          scaled, else empty; of an input itself (1,)
    next_weights, next_deltas (n_out,)    what the unit feeds and their deltas, where the next layer is dense:
                                          d loss / d y = next_weights . next_deltas, and what the other layers
                                          that it feeds, other_readers, hand back
    join_equation, terms                  of a unit in which branches are joined: how, and each term's layer and number
    picture (height, width)               the channel's activation, where it is a picture
    watched (N,)                          y over some examples of the part; a picture's largest
    best, best_values (5,)                positions in the part of those that excite it most, and their y
    best_pictures (5, ...)                they themselves
    """

    layer: str
    name: str
    unit: int
    units: int
    kind: str
    activation: str
    equation: str  # what becomes of z, in symbols
    is_elementwise: bool  # whether y follows from this z alone
    following: tuple[str, ...]
    tensor: str
    bias_tensor: str
    is_transposed: bool
    is_machine: bool
    has_filters: bool
    averages_outputs: bool  # whether the loss is a mean over the outputs, not a sum
    is_far_from_loss: bool  # whether other layers stand between z and the activation that the loss contains
    contains_loss: bool  # whether delta comes from the loss and this layer's activation in one: p - t
    names: Names
    inputs: Array
    raw: Array
    scaling: str  # what was done to raw, in words; empty where nothing was
    incoming: Array
    incoming_shape: Shape
    bias: float
    z: float
    y: float
    place: tuple[int, ...]
    by_output: float
    delta: float
    weight_gradient: Array
    next_layer: str
    next_names: Names
    next_weights: Array
    next_deltas: Array
    learning_rate: float
    example: int
    label: int
    part: str
    picture: Array
    watched: Array
    best: Array
    best_values: Array
    best_pictures: Array
    is_shared: bool = False  # whether another layer uses the weights, too: weight_gradient holds its share
    own: tuple[OwnParameter, ...] = ()  # the bias and whatever else it learns for itself
    pretraining: str = ""  # while a stack is pretrained, how the unit's weights learn, or that they do not
    bias_gradient: float = math.nan  # d loss / d bias; of a convolution delta summed over all places
    is_centred: bool = False  # whether a batch norm right behind takes the mean away, and with it the bias
    is_normalized: bool = False  # whether the gradient comes through a batch norm, here by its running figures
    other_readers: tuple[str, ...] = ()
    join_equation: str = ""
    terms: tuple[tuple[str, float], ...] = ()


def inspect_unit(scene: Scene, selection: Selection, columns: tuple[Column, ...], place: int) -> UnitInspection:
    """The unit of a column, seen from the selected example and from some examples of its part."""
    column, unit = columns[place], selection.unit
    if is_machine(scene.model) and column.name == INPUT:
        # A visible unit's equation is how it is reconstructed.
        place, column = len(columns) - 1, columns[-1]
    inputs, targets = selected_example(scene.data, selection)
    flow = flow_of(
        scene.model, columns, inputs, targets, () if is_machine(scene.model) else own_tensors(scene.model, column)
    )
    numbers = flow.forward[place].reshape(column.shape)
    deltas = flow.deltas[place].reshape(_first_shape(scene, column))
    slopes = flow.backward[place].reshape(column.shape)
    at: tuple[int, ...] = ()
    picture: Array = np.zeros((0, 0), np.float32)
    if column.has_channels:
        picture = numbers[..., unit].copy()
        at = tuple(int(axis) for axis in np.unravel_index(np.argmax(np.nan_to_num(np.abs(picture))), picture.shape))
    y, by_output = (float(array[(*at, unit)] if at else array.ravel()[unit]) for array in (numbers, slopes))
    parts = incoming_of(scene, columns, place, unit, at, flow, deltas)
    watched, best, best_values, pictures = _watch(scene, selection, column, unit)
    going = outgoing_of(scene, columns, place, unit, flow)
    number = int(np.ravel_multi_index((*at, unit), column.shape)) if at else unit
    joined = joined_of(scene, columns, place, number, flow)
    return UnitInspection(
        layer=column.name,
        name=unit_name(column, unit, scene.data.dataset.input_names),
        unit=unit,
        units=column.units,
        kind=column.kind,
        activation=column.activation,
        equation=_equation(scene, column, number),
        is_elementwise=all(layer.is_elementwise for layer in column.descriptions[1:]),
        following=column.following,
        tensor=column.tensor,
        bias_tensor=parts.bias_tensor,
        is_transposed=column.is_transposed,
        is_machine=flow.is_machine,
        has_filters=column.has_filters,
        averages_outputs=has_layers(scene.model) and scene.model.loss.averages_outputs,
        is_far_from_loss=column.contains_loss and not _is_alone(column),
        contains_loss=column.contains_loss and _is_alone(column),
        names=parts.names,
        inputs=parts.inputs,
        raw=_raw(scene, selection, columns, place, unit),
        scaling=scene.data.scaling.words if columns[0].is_scaled_data else "",
        incoming=parts.incoming,
        incoming_shape=parts.shape,
        bias=parts.bias,
        z=float(parts.inputs @ parts.incoming + parts.bias) if parts.incoming.size else _sum_of(joined.terms),
        y=y,
        place=at,
        by_output=by_output,
        delta=float(deltas.ravel()[number]) if joined.terms else parts.delta,
        weight_gradient=parts.gradient,
        next_layer=going.layer,
        next_names=going.names,
        next_weights=going.weights,
        next_deltas=going.deltas,
        learning_rate=scene.learning_rate,
        example=shown_example(scene.data, selection.part, selection.example),
        label=selected_label(scene.data, selection),
        part=shown_part(scene.data, selection.part),
        picture=picture,
        watched=watched,
        best=best,
        best_values=best_values,
        best_pictures=pictures,
        is_shared=not flow.is_machine and bool(flow.sharing(place)),
        own=own_parameters(scene.model, column, number, flow),
        pretraining=pretraining_of(scene.model, column),
        bias_gradient=parts.bias_gradient,
        is_centred=is_centred(column),
        is_normalized=is_normalized(columns, place),
        other_readers=going.others,
        join_equation=joined.equation,
        terms=joined.terms,
    )


def _sum_of(terms: tuple[tuple[str, float], ...]) -> float:
    return sum(number for _, number in terms) if terms else math.nan


def _is_alone(column: Column) -> bool:
    """Whether one layer at most changes what the first one makes."""
    return sum(not layer.role.changes_nothing for layer in column.descriptions[1:]) <= 1


def _equation(scene: Scene, column: Column, number: int) -> str:
    """What the layers behind its weights make of the unit's z; of several layers the names, one around the other."""
    model = scene.model
    if not has_layers(model):
        return next((layer.equation({}) for layer in column.descriptions), "z")
    own = [place for place in model.places[max(column.first, 0) : column.last + 1] if place.layer.role is not Role.FORMS]
    changing = [place for place in own if not place.layer.role.changes_nothing]
    if len(changing) != 1:
        return reduce(lambda inner, place: f"{place.layer.kind}({inner})", changing, "z")
    (place,) = changing
    # Per channel, which is the axis that lies innermost.
    tensors = {name: float(tensor.ravel()[number % tensor.size]) for name, tensor in model.tensors_of(place.name).items()}
    return place.layer.equation(tensors)


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


def _watch(scene: Scene, selection: Selection, column: Column, unit: int) -> tuple[Array, Array, Array, Array]:
    """The unit's activation on some examples; and of those that excite it most the positions, activations and inputs."""
    feed, index = part_of(scene.data, selection.part)
    places = spread(np.arange(len(index)), _watched_count(scene, column))
    inputs, _ = feed.gather(index[places])
    model = scene.model
    if is_machine(model):
        hidden = model.hidden_probabilities(inputs)
        values = hidden[:, unit] if column.conditional == "p(h|v)" else model.visible_means(hidden)[:, unit]
    elif column.first < 0:
        values = inputs.reshape(len(inputs), -1)[:, unit]
    else:
        assert has_layers(model)
        # Only as far as the unit: what lies behind it is not needed.
        outputs = model.layer_outputs(inputs, column.last + 1)[-1]
        if column.has_channels:
            outputs = outputs.reshape(len(inputs), *column.shape)[..., unit].reshape(len(inputs), -1)
            values = outputs.max(axis=1)
        else:
            values = outputs.reshape(len(inputs), -1)[:, unit]
    values = np.array(values, np.float32)
    best = np.argsort(-values, kind="stable")[:_BEST]
    return values, places[best], values[best], inputs[best]


def _watched_count(scene: Scene, column: Column) -> int:
    """As many examples as the budget of work allows, for the layers up to the column."""
    model = scene.model
    if not has_layers(model):
        return max(16, min(_MOST_WATCHED, _WATCH_WORK // max(model.parameters.size, 1)))
    work = 1
    for place in model.places[: column.last + 1]:
        work += 20 * math.prod(place.shape)
        # Those of layers inside are counted with these.
        for name, shape in place.layer.parameter_shapes(place.input_shape).items() if not place.ends else ():
            work += math.prod(shape) * (math.prod(place.shape[:2]) if len(shape) == 4 else 1) if name == "weight" else 0
    return max(8, min(_MOST_WATCHED, _WATCH_WORK // work))
