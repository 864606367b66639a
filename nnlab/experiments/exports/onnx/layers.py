"""How each kind of layer is written as ONNX operators: one function a kind, and the table that holds them.

Layers that only act while training, and marks, let numbers through by their role, and need no row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.onnx.graph import Attribute, Flow, Graph
from nnlab.models.arrays import Array
from nnlab.models.layers import Layer
from nnlab.models.layers.plane_features import FEATURES
from nnlab.models.layers.role import Role

# Since this version of the operators GELU is one of them.
_OPSET_OF_GELU = 20
_PASSED = (Role.MARKS, Role.CHARGES, Role.DISTURBS)


@dataclass(frozen=True)
class Place:
    """A layer in the graph: what it is called there, and the numbers it has.

    tensors: its own parameters and buffers by their names    shared: the weights that it multiplies by, where they are
    another layer's: that tensor's name, its numbers, and whether they are transposed
    """

    graph: Graph
    name: str
    layer: Any
    tensors: Mapping[str, Array]
    shared: tuple[str, Array] | None = None

    def add(self, op: str, *inputs: str, **attributes: Attribute) -> str:
        """A node of this layer."""
        return self.graph.add(self.name, op, *inputs, **attributes)

    def bend(self, op: str, x: Flow, **attributes: Attribute) -> Flow:
        """A node that takes one number to one number, in whatever order they lie."""
        return Flow(self.add(op, x.name, **attributes), x.shape, x.channels_first)

    def own(self, tensor: str, axes: tuple[int, ...] | None = None) -> str:
        """A tensor of this layer as a constant, with its axes in another order where they are given."""
        values = self.tensors[tensor]
        return self.graph.constant(f"{self.name}.{tensor}", values if axes is None else values.transpose(axes))

    def inside(self, name: str, layer: Layer) -> "Place":
        """A layer inside of this one."""
        own = {key.removeprefix(f"{name}."): tensor for key, tensor in self.tensors.items() if key.startswith(f"{name}.")}
        return Place(self.graph, f"{self.name}.{name}", layer, own)


Write = Callable[[Place, Flow], Flow]


def written(place: Place, x: Flow) -> Flow:
    """What becomes of x in a layer; raises UnsupportedExportError, which names it, where none knows how it is written."""
    if place.layer.role in _PASSED:
        return x
    if place.layer.kind not in ONNX_LAYERS:
        raise UnsupportedExportError(
            f"{place.name}: a layer of kind {place.layer.kind} cannot be written as ONNX; "
            f"those of the kinds {', '.join(ONNX_LAYERS)} can, and all that only act while training"
        )
    return ONNX_LAYERS[place.layer.kind](place, x)


def _dense(place: Place, x: Flow) -> Flow:
    """x W + b; of tied weights the encoder's matrix, read transposed."""
    if place.shared is None:
        made = place.add("Gemm", x.name, place.own("weight"), place.own("bias"))
    else:
        made = place.add("Gemm", x.name, place.graph.constant(*place.shared), place.own("bias"), transB=1)
    return Flow(made, (place.layer.units,))


def _conv2d(place: Place, x: Flow) -> Flow:
    """Filters (k, k, C, F) become (F, C, k, k)."""
    layer, first = place.layer, place.graph.with_channels_first(x)
    g = layer.geometry(x.shape)
    around = (g.pad[0], g.pad_across[0], g.pad[1], g.pad_across[1])
    made = place.add(
        *("Conv", first.name, place.own("weight", (3, 2, 0, 1)), place.own("bias")),
        kernel_shape=(layer.kernel, layer.kernel),
        strides=(layer.stride, layer.stride),
        pads=around,
    )
    return Flow(made, layer.output_shape(x.shape), channels_first=True)


def _pool(op: str) -> Write:
    def write(place: Place, x: Flow) -> Flow:
        layer, first = place.layer, place.graph.with_channels_first(x)
        size, stride = (layer.size, layer.size), (layer.stride, layer.stride)
        made = place.add(op, first.name, kernel_shape=size, strides=stride)
        return Flow(made, layer.output_shape(x.shape), channels_first=True)

    return write


def _upsample2d(place: Place, x: Flow) -> Flow:
    """Each pixel `factor` times along both axes: the nearest one, counted from the corner."""
    layer, first = place.layer, place.graph.with_channels_first(x)
    scales = place.graph.constant(f"{place.name}.scales", np.array([1, 1, layer.factor, layer.factor], np.float32))
    made = place.add(
        *("Resize", first.name, "", scales),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    return Flow(made, layer.output_shape(x.shape), channels_first=True)


def _batch_norm(place: Place, x: Flow) -> Flow:
    """By the running figures."""
    first = place.graph.with_channels_first(x)
    figures = [place.own(name) for name in ("scale", "shift", "mean", "variance")]
    made = place.add("BatchNormalization", first.name, *figures, epsilon=place.layer.epsilon)
    return Flow(made, x.shape, first.channels_first)


def _reshape(place: Place, x: Flow) -> Flow:
    """Channels fastest, whatever the order in the graph."""
    return place.graph.reshaped(place.name, x, place.layer.output_shape(x.shape))


def _plane_features(place: Place, x: Flow) -> Flow:
    """Each feature as a column; the columns side by side."""
    coordinates = [
        place.add("Gather", x.name, place.graph.constant(f"{place.name}.{axis}", np.array([axis], np.int64)), axis=1)
        for axis in (0, 1)
    ]
    columns = []
    for feature in (FEATURES[name] for name in place.layer.features):
        factors = [coordinates[axis] for axis in feature.axes]
        if feature.is_wave:
            frequency = place.graph.constant(f"{place.name}.frequency", np.array(place.layer.frequency, np.float32))
            columns.append(place.add("Sin", place.add("Mul", *factors, frequency)))
        elif len(factors) == 2:
            columns.append(place.add("Mul", *factors))
        else:
            columns += factors
    return Flow(place.add("Concat", *columns, axis=1), (len(columns),))


def _gelu(place: Place, x: Flow) -> Flow:
    place.graph.opset = max(place.graph.opset, _OPSET_OF_GELU)
    return place.bend("Gelu", x, approximate="tanh")


def _branch(place: Place, number: int, x: Flow) -> Flow:
    for name, layer in place.layer.named_branches[number]:
        x = written(place.inside(name, layer), x)
    return x


def _residual(place: Place, x: Flow) -> Flow:
    around, through = place.graph.in_one_order([x, _branch(place, 0, x)])
    return Flow(place.add("Add", around.name, through.name), x.shape, through.channels_first)


def _parallel(place: Place, x: Flow) -> Flow:
    layer = place.layer
    ends = place.graph.in_one_order([_branch(place, number, x) for number in range(len(layer.branches))])
    names, shape = [end.name for end in ends], layer.output_shape(x.shape)
    first = ends[0].channels_first
    made = place.add("Sum", *names) if layer.adds else place.add("Concat", *names, axis=1 if first else len(shape))
    return Flow(made, shape, first)


ONNX_LAYERS: dict[str, Write] = {
    "dense": _dense,
    "conv2d": _conv2d,
    "max_pool2d": _pool("MaxPool"),
    "average_pool2d": _pool("AveragePool"),
    "upsample2d": _upsample2d,
    "plane_features": _plane_features,
    "flatten": _reshape,
    "reshape": _reshape,
    "relu": lambda place, x: place.bend("Relu", x),
    "leaky_relu": lambda place, x: place.bend("LeakyRelu", x, alpha=place.layer.slope),
    "elu": lambda place, x: place.bend("Elu", x, alpha=place.layer.alpha),
    "gelu": _gelu,
    "softplus": lambda place, x: place.bend("Softplus", x),
    "sigmoid": lambda place, x: place.bend("Sigmoid", x),
    "tanh": lambda place, x: place.bend("Tanh", x),
    "softmax": lambda place, x: place.bend("Softmax", x, axis=1),
    "batch_norm": _batch_norm,
    "residual": _residual,
    "parallel": _parallel,
}
