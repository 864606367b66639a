"""What goes into a unit: its weights, what they multiply, and the gradient by them."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.datasets.names import Names
from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.layers.conv2d import Conv2D
from nnlab.probes.columns import Column, names_of
from nnlab.probes.flow import Flow
from nnlab.probes.parameter import bias_of_machine
from nnlab.probes.scene import Scene


@dataclass(frozen=True)
class Incoming:
    """What goes into a unit: inputs and weights (n_in,), empty where a layer has none, the bias, and the gradients by them.

    incoming_shape says as what picture the weights are drawn. Of a convolution they are those at the place where the channel
    is strongest, but weight_gradient sums over all places. names are those of inputs.
    """

    names: Names
    inputs: Array
    incoming: Array
    incoming_shape: Shape
    bias: float
    bias_tensor: str
    delta: float
    weight_gradient: Array
    bias_gradient: float  # d loss / d bias; of a convolution delta summed over all places


def incoming_of(
    scene: Scene,
    columns: tuple[Column, ...],
    place: int,
    unit: int,
    at: tuple[int, ...],
    flow: Flow,
    deltas: Array,
) -> Incoming:
    """The unit's weights, what they multiply, and the gradient by them."""
    column, empty = columns[place], np.zeros(0, np.float32)
    if not column.tensor:
        return Incoming(Names((0,)), empty, empty, (0, 0), 0.0, "", math.nan, empty, math.nan)
    weight = scene.model.parameters.view(column.tensor)
    bias_tensor = _bias_tensor(scene, column)
    bias = scene.model.parameters.view(bias_tensor)
    if column.has_filters:
        return _incoming_of_channel(scene, columns, place, unit, at, flow, deltas, bias_tensor)
    incoming = (weight[unit] if column.is_transposed else weight[:, unit]).copy()
    before = columns[column.sources[0]]
    shape = before.shape if len(before.shape) == 3 and not before.has_channels else (len(incoming),)
    return Incoming(
        names_of(before, scene.data.dataset.input_names),
        flow.into(place).copy(),
        incoming,
        shape,
        float(bias[unit]),
        bias_tensor,
        float(deltas.ravel()[unit]),
        flow.weight_gradient(place, unit),
        float(deltas.ravel()[unit]),
    )


def _incoming_of_channel(
    scene: Scene,
    columns: tuple[Column, ...],
    place: int,
    unit: int,
    at: tuple[int, ...],
    flow: Flow,
    deltas: Array,
    bias_tensor: str,
) -> Incoming:
    """A filter, the patch it sees at one place, and its gradient over all places: dW = sum of patch times delta."""
    column, model = columns[place], scene.model
    assert has_layers(model)
    layer, shape = model.places[column.first].layer, model.places[column.first].input_shape
    assert isinstance(layer, Conv2D)
    geometry = layer.geometry(shape)
    x = np.pad(flow.into(place).reshape(shape), (geometry.pad, geometry.pad_across, (0, 0)))
    patches = np.lib.stride_tricks.sliding_window_view(x, (layer.kernel, layer.kernel), axis=(0, 1))
    # (H', W', C, k, k) to (H', W', k, k, C), as the weights lie.
    patches = patches[:: layer.stride, :: layer.stride].transpose(0, 1, 3, 4, 2)
    weight = model.parameters.view(column.tensor)[..., unit]
    own = deltas[..., unit]
    gradient = np.tensordot(own, patches, axes=2)
    return Incoming(
        Names(weight.shape),
        np.ascontiguousarray(patches[at]).ravel(),
        weight.ravel(),
        weight.shape,
        float(model.parameters.view(bias_tensor)[unit]),
        bias_tensor,
        float(own[at]),
        np.ravel(gradient),
        float(own.sum()),
    )


def _bias_tensor(scene: Scene, column: Column) -> str:
    if is_machine(scene.model):
        return bias_of_machine(scene.model.names[0], column)
    return f"{column.name}.bias"
