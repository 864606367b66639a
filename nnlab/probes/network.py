"""One example on its way through the whole model, and back again as gradients."""

from dataclasses import dataclass, replace

import numpy as np

from nnlab.datasets.names import Names
from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, predicting
from nnlab.models.model import Model
from nnlab.probes.boundary import plane_grid
from nnlab.probes.columns import Column, column_at, columns_of
from nnlab.probes.flow import Flow, flow_of
from nnlab.probes.lanes import ranks_of, rows_of
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, raw_example, selected_example, selected_label

FIELD_SIZE = 24
# Of a network with layers inside of layers inside of layers, no more are drawn above and behind each other.
_MOST_ROWS = 8
_MOST_BEHIND = 24
# More units than this in a column, or more lines between two, could not be told apart.
_MOST_FIELDS = 32
MOST_LINES = 512
_STRONGEST = 32
_MOST_CHANNELS = 64
_MOST_NUMBERS = 4096
_MOST_PIXELS = 250_000
# Multiplications for the fields of all units: a millisecond or so.
_FIELD_WORK = 30_000_000


@dataclass(frozen=True)
class NetworkOptions:
    """Whether layers with others inside are one column each, whatever they hold."""

    is_folded: bool = False


@dataclass(frozen=True)
class NetworkNumbers:
    """All columns of the diagram, their numbers one after the other.

    forward, backward (numbers,)              activations of the example, and d loss / d activation, column after column
    weights, weight_gradients (lines,)        of the connections drawn as lines (n_in, n_out), one after the other
    strongest, strongest_weights (k,)         the selected unit's strongest inputs, where there are too many for lines
    fields (units, FIELD_SIZE, FIELD_SIZE)    on a plane: each unit's activation over it, rows from the bottom
    totals                                    how many units the columns have; of very many only the first are shown
    names, raw (*example_shape)               what the inputs are called, and the example as the data has it; scaling says
                                              in words what lies between those numbers and the input's. Both are empty
                                              where a layer that rides along with the input changes its numbers
    outputs                                   the class that each output stands for; empty where they stand for none

    starts, line_starts, field_starts say where a column's own begin; -1 where it has none.
    """

    columns: tuple[Column, ...]
    starts: tuple[int, ...]
    totals: tuple[int, ...]
    forward: Array
    backward: Array
    line_starts: tuple[int, ...]
    weights: Array
    weight_gradients: Array
    strongest: Array
    strongest_weights: Array
    field_starts: tuple[int, ...]
    fields: Array
    extent: tuple[float, float, float, float]
    point: Array
    names: Names
    raw: Array
    scaling: str
    label: int
    class_names: tuple[str, ...]
    outputs: tuple[int, ...]
    loss: float
    loss_title: str
    phase: str

    def numbers(self, place: int, gradients: bool = False) -> Array:
        """A column's activations or gradients, in its shape."""
        column, start = self.columns[place], self.starts[place]
        return (self.backward if gradients else self.forward)[start : start + column.size].reshape(column.shape)

    def lines(self, place: int, gradients: bool = False) -> Array | None:
        """The weights that lead to a column (n_in, n_out), or their gradients, where they are few."""
        start = self.line_starts[place]
        if start < 0:
            return None
        shape = (self.columns[self.columns[place].sources[0]].size, self.columns[place].size)
        values = self.weight_gradients if gradients else self.weights
        return values[start : start + shape[0] * shape[1]].reshape(shape)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def probe_network(scene: Scene, selection: Selection) -> NetworkNumbers:
    """The selected example's activations and gradients, the weights between small columns, fields on a plane."""
    inputs, targets = selected_example(scene.data, selection)
    data, model = scene.data.dataset, scene.model
    is_folded = isinstance(selection.options, NetworkOptions) and selection.options.is_folded
    columns = columns_of(model, data.example_shape, 0) if is_folded else _drawn(model, data.example_shape)
    flow = flow_of(model, columns, inputs, targets)
    shown = tuple(_shown(column) for column in columns)
    forward = [_cut(values, column, few) for values, column, few in zip(flow.forward, columns, shown, strict=True)]
    backward = [_cut(values, column, few) for values, column, few in zip(flow.backward, columns, shown, strict=True)]
    lines, line_starts, slopes = _lines(scene, columns, flow)
    fields, field_starts, extent = _fields(scene, columns)
    strongest = _strongest(scene, columns, selection)
    return NetworkNumbers(
        shown,
        _starts(forward),
        tuple(column.units for column in columns),
        np.concatenate(forward),
        np.concatenate(backward),
        line_starts,
        lines,
        slopes,
        *strongest,
        field_starts,
        fields,
        extent,
        _unscaled_point(scene, inputs),
        data.input_names,
        raw_example(scene.data, selection) if columns[0].is_scaled_data else np.zeros(0, np.float32),
        scene.data.scaling.words if columns[0].is_scaled_data else "",
        selected_label(scene.data, selection),
        data.class_names,
        _outputs(scene),
        flow.loss,
        flow.loss_title,
        model.phase_text,
    )


def _drawn(model: Model, picture_shape: Shape) -> tuple[Column, ...]:
    """The columns, with what stands inside of layers as deep as they can be told apart; the first level always."""
    deepest = max(len(place.branches) for place in model.places) if has_layers(model) else 0
    columns = columns_of(model, picture_shape)
    while deepest > 1 and (rows_of(columns) > _MOST_ROWS or max(ranks_of(columns)) >= _MOST_BEHIND):
        deepest -= 1
        columns = columns_of(model, picture_shape, deepest)
    return columns


def _shown(column: Column) -> Column:
    """The column as far as it is drawn: of very many units or channels the first."""
    if column.has_channels:
        height, width, channels = column.shape
        most = max(1, min(_MOST_CHANNELS, _MOST_PIXELS // (height * width)))
        return replace(column, shape=(height, width, min(channels, most)))
    return replace(column, shape=(min(column.size, _MOST_NUMBERS),)) if len(column.shape) == 1 else column


def _cut(values: Array, column: Column, shown: Column) -> Array:
    if shown.shape == column.shape:
        return values
    if column.has_channels:
        return np.ravel(values.reshape(column.shape)[..., : shown.shape[2]])
    return values[: shown.size]


def _starts(parts: list[Array]) -> tuple[int, ...]:
    return tuple(int(start) for start in np.cumsum([0, *(len(part) for part in parts[:-1])]))


def _lines(scene: Scene, columns: tuple[Column, ...], flow: Flow) -> tuple[Array, tuple[int, ...], Array]:
    """The weights of every connection of few, and for each d loss / d weight = input times delta."""
    weights, slopes, starts, count = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)], [-1], 0
    for index in range(1, len(columns)):
        column, before = columns[index], columns[columns[index].sources[0]]
        if not column.tensor or column.has_filters or before.size * column.size > MOST_LINES:
            starts.append(-1)
            continue
        weight = scene.model.parameters.view(column.tensor)
        weights.append(np.ravel(weight.T if column.is_transposed else weight))
        slopes.append(np.ravel(flow.weight_gradient(index)))
        starts.append(count)
        count += weight.size
    return np.concatenate(weights), tuple(starts), np.concatenate(slopes)


def _strongest(scene: Scene, columns: tuple[Column, ...], selection: Selection) -> tuple[Array, Array]:
    """The inputs with the largest weights into the selected unit, strongest first."""
    place = column_at(columns, selection.layer)
    none = np.zeros(0, np.intp), np.zeros(0, np.float32)
    if place is None or place == 0:
        return none
    column = columns[place]
    if not column.tensor or column.has_filters or not 0 <= selection.unit < column.units:
        return none
    weight = scene.model.parameters.view(column.tensor)
    incoming = weight[selection.unit] if column.is_transposed else weight[:, selection.unit]
    if len(incoming) != columns[column.sources[0]].size:
        return none
    order = np.argsort(-np.abs(incoming), kind="stable")[:_STRONGEST]
    return order, incoming[order].copy()


def _fields(scene: Scene, columns: tuple[Column, ...]) -> tuple[Array, tuple[int, ...], tuple[float, float, float, float]]:
    """Every unit's activation on a grid over the plane, through the whole network in one batch."""
    none = np.zeros((0, FIELD_SIZE, FIELD_SIZE), np.float32), (-1,) * len(columns), (0.0, 0.0, 0.0, 0.0)
    model = scene.model
    work = FIELD_SIZE**2 * model.parameters.size
    if not scene.data.dataset.is_plane or not has_layers(model) or work > _FIELD_WORK:
        return none
    extent, scaled = plane_grid(scene, FIELD_SIZE)
    outputs = model.layer_outputs(scaled)
    parts, starts, count = [], [], 0
    for column in columns:
        values = outputs[column.last] if column.last >= 0 else scaled
        if values.ndim != 2 or values.shape[1] > _MOST_FIELDS:
            starts.append(-1)
            continue
        parts.append(values.T.reshape(-1, FIELD_SIZE, FIELD_SIZE))
        starts.append(count)
        count += values.shape[1]
    return np.concatenate(parts), tuple(starts), extent


def _unscaled_point(scene: Scene, inputs: Array) -> Array:
    """Where the example lies on the plane; empty elsewhere."""
    if not scene.data.dataset.is_plane:
        return np.zeros(0, np.float32)
    return np.asarray(scene.data.scaling.undo(inputs)[0])


def _outputs(scene: Scene) -> tuple[int, ...]:
    """Which classes the outputs stand for: each for one, a single one for the second of two."""
    model, count = predicting(scene.model), len(scene.data.dataset.class_names)
    if model is None or not count:
        return ()
    outputs = model.output_shape[-1]
    return (1,) if outputs == 1 and count == 2 else tuple(range(count)) if outputs == count else ()
