"""Layers as the NumPy script has them: a row for each, with what its class is given besides its name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.scripts.calls import Call
from nnlab.models.arrays import Shape
from nnlab.models.fused import FusedConvPool, fuse
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.conv2d import Geometry
from nnlab.models.layers.sequence import layer_shapes

# What a class is given besides its name, of a layer, its name in the network, and the shape of its input.
Arguments = Callable[[Any, str, Shape], tuple[object, ...]]
_INITIALIZERS = ("he", "xavier", "zeros")


@dataclass(frozen=True)
class NumPyLayer:
    """A class in the piece layers/`module`.py, and what an instance is made with."""

    module: str
    title: str
    arguments: Arguments


def _settings(*names: str) -> Arguments:
    return lambda layer, name, shape: tuple(repr(getattr(layer, setting)) for setting in names)


def _initializer(layer: Any) -> object:
    if layer.initializer == "normal":
        return Call("Normal", (repr(layer.scale),))
    if layer.initializer not in _INITIALIZERS:
        known = ", ".join((*_INITIALIZERS, "normal"))
        raise UnsupportedExportError(
            f"{layer.kind}: the NumPy script starts no weights by {layer.initializer}, but by {known}"
        )
    return layer.initializer


def _geometry(g: Geometry) -> Call:
    sizes = (g.height, g.width, g.channels, g.kernel, g.stride, g.pad, g.pad_across)
    return Call("Geometry", tuple(map(repr, sizes)))


def _conv2d(layer: Any, name: str, shape: Shape) -> tuple[object, ...]:
    return _geometry(layer.geometry(shape)), repr(layer.filters), _initializer(layer)


def _fused(layer: Any, name: str, shape: Shape) -> tuple[object, ...]:
    return _conv2d(layer.conv, name, shape)


def _branches(layer: Any, name: str, shape: Shape) -> list[list[Call]]:
    return [
        numpy_calls(branch, [f"{name}.{inner}" for inner, _ in named], shape)
        for branch, named in zip(layer.branches, layer.named_branches, strict=True)
    ]


_ARGUMENTS: Mapping[str, Arguments] = {
    "dense": lambda layer, name, shape: (repr(shape[0]), repr(layer.units), _initializer(layer)),
    "conv2d": _conv2d,
    "max_pool2d": _settings("size", "stride"),
    "average_pool2d": _settings("size", "stride"),
    "upsample2d": _settings("factor"),
    "plane_features": _settings("features", "frequency"),
    "flatten": _settings(),
    "reshape": _settings("shape"),
    "relu": _settings(),
    "leaky_relu": _settings("slope"),
    "elu": _settings("alpha"),
    "gelu": _settings(),
    "softplus": _settings(),
    "sigmoid": _settings(),
    "tanh": _settings(),
    "softmax": _settings(),
    "dropout": _settings("rate"),
    "batch_norm": lambda layer, name, shape: (repr(shape[-1]), repr(layer.momentum), repr(layer.epsilon)),
    "masking_noise": _settings("rate"),
    "gaussian_noise": _settings("deviation"),
    "kl_sparsity": _settings("target", "weight"),
    "activity_l1": _settings("weight"),
    "code": _settings(),
    "residual": lambda layer, name, shape: (_branches(layer, name, shape)[0],),
    "parallel": lambda layer, name, shape: (_branches(layer, name, shape), repr(layer.adds)),
}
NUMPY_LAYERS: Mapping[type[Layer], NumPyLayer] = {
    LAYERS[kind]: NumPyLayer(kind, LAYERS[kind].__name__, arguments) for kind, arguments in _ARGUMENTS.items()
} | {FusedConvPool: NumPyLayer("conv_relu_pool", "ConvReLUPool", _fused)}


def numpy_calls(layers: Sequence[Layer], names: Sequence[str], input_shape: Shape) -> list[Call]:
    """What makes these layers, one behind the other; convolution, ReLU and pooling in one where the engine has them so."""
    shapes = (input_shape, *layer_shapes(layers, input_shape))
    inputs = dict(zip(names, shapes, strict=False))
    # The engine's own word for what is fused; it hands on what it is given beside each layer.
    chain: list[tuple[Layer, Any]] = fuse(layers, names, shapes)  # type: ignore[arg-type]
    return [_call(layer, name, inputs[name]) for layer, name in chain]


def _call(layer: Layer, name: str, shape: Shape) -> Call:
    row = NUMPY_LAYERS.get(type(layer))
    if row is None:
        raise UnsupportedExportError(
            f"{name}: the NumPy script has no layer of the kind {layer.kind}; it has {', '.join(_ARGUMENTS)}"
        )
    return Call(row.title, (f'"{name}"', *row.arguments(layer, name, shape)))
