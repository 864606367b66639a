"""A network's layers with those inside of them: a graph, in which every layer says whose numbers come in."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.models.arrays import Shape
from nnlab.models.layers.base import Layer
from nnlab.models.layers.combined import Combined
from nnlab.models.layers.sequence import layer_names, layer_shapes

# Where the network's own input would stand.
INPUT_PLACE = -1


@dataclass(frozen=True)
class PlacedLayer:
    """A layer and where it stands. A layer with layers inside comes behind those: its output is made of theirs.

    path      the names of the layers that it stands in, from the outside inwards, and its own
    branches  which branch it stands in of each of those layers
    source    the place of the layer whose output comes in
    ends      the places whose outputs a layer with branches joins, that of its input for a way around; else none
    """

    path: tuple[str, ...]
    branches: tuple[int, ...]
    layer: Layer
    input_shape: Shape
    shape: Shape
    source: int
    ends: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """residual1.conv2d1: its tensors' names begin so."""
        return ".".join(self.path)


def unfold(layers: Sequence[Layer], input_shape: Shape) -> tuple[PlacedLayer, ...]:
    """All layers in the order in which their outputs are made."""
    places: list[PlacedLayer] = []
    _follow(places, list(zip(layer_names(layers), layers, strict=True)), input_shape, INPUT_PLACE, (), ())
    return tuple(places)


def follower(places: Sequence[PlacedLayer], at: int) -> int | None:
    """The layer that follows in the same branch and reads this one alone; None where ways part or end."""
    if at + 1 >= len(places):
        return None
    own, after = places[at], places[at + 1]
    is_next = after.source == at and after.branches == own.branches and after.path[:-1] == own.path[:-1]
    return at + 1 if is_next and not after.ends else None


def _follow(
    places: list[PlacedLayer],
    named: Sequence[tuple[str, Layer]],
    shape: Shape,
    source: int,
    path: tuple[str, ...],
    branches: tuple[int, ...],
) -> int:
    """Put layers that follow on each other behind the places; the place of the last, or the source's."""
    shapes = (shape, *layer_shapes([layer for _, layer in named], shape))
    for (name, layer), before, after in zip(named, shapes, shapes[1:], strict=False):
        own = (*path, name)
        ends: list[int] = []
        if isinstance(layer, Combined):
            ends += [source] * layer.goes_around
            for number, branch in enumerate(layer.named_branches):
                ends.append(_follow(places, branch, before, source, own, (*branches, number)))
        places.append(PlacedLayer(own, branches, layer, before, after, source, tuple(ends)))
        source = len(places) - 1
    return source
