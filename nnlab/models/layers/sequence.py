"""Layers one behind the other: their names, their shapes, and what they keep."""

import math
from collections import Counter
from collections.abc import Sequence

from nnlab.errors import ShapeError
from nnlab.models.arrays import Shape
from nnlab.models.layers.base import Layer


def layer_names(layers: Sequence[Layer]) -> tuple[str, ...]:
    """dense1, relu1, dense2, ...: the kind and how many of it have come so far."""
    counts: Counter[str] = Counter()
    names = []
    for layer in layers:
        counts[layer.kind] += 1
        names.append(f"{layer.kind}{counts[layer.kind]}")
    return tuple(names)


def readable_name(name: str) -> str:
    """A layer's name with those of the layers that it stands in, for a person: residual1 › conv2d1."""
    return name.replace(".", " › ")


def readable_names(names: Sequence[str]) -> str:
    """Layers that follow on each other in one branch: residual1 › conv2d1 + relu1."""
    first, *others = names
    return " + ".join([readable_name(first), *(name.rpartition(".")[2] for name in others)])


def kinds_in(layer: Layer) -> tuple[str, ...]:
    """Its kind, and those of the layers inside of it."""
    return (layer.kind, *(kind for _, inner in layer.inner_layers for kind in kinds_in(inner)))


def holds_filters(layer: Layer) -> bool:
    """Whether it moves filters over a picture, or a layer inside of it does."""
    return layer.has_filters or any(holds_filters(inner) for _, inner in layer.inner_layers)


def layer_shapes(layers: Sequence[Layer], input_shape: Shape) -> tuple[Shape, ...]:
    """The output shape of every layer; an error names the layer that does not fit and its input."""
    shapes: list[Shape] = []
    for position, (layer, name) in enumerate(zip(layers, layer_names(layers), strict=True)):
        try:
            shapes.append(layer.output_shape(shapes[-1] if shapes else input_shape))
        except ShapeError as error:
            raise ShapeError(f"layer {position + 1} ({name}): {error}") from None
    return tuple(shapes)


def exchanged_numbers(layers: Sequence[Layer], input_shape: Shape) -> int:
    """How many numbers the parts of a batch tell each other at a time, at most."""
    shapes = (input_shape, *layer_shapes(layers, input_shape))
    return max((layer.exchanged_numbers(shape) for layer, shape in zip(layers, shapes, strict=False)), default=0)


def held_numbers(layers: Sequence[Layer], input_shape: Shape) -> int:
    """How many numbers a training step keeps for each example, its input included."""
    shapes = (input_shape, *layer_shapes(layers, input_shape))
    return math.prod(input_shape) + sum(layer.held_numbers(shape) for layer, shape in zip(layers, shapes, strict=False))
