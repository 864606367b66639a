"""In which order flattened pictures lie where channels come first, and where that order matters.

A picture laid flat has its channels fastest here, and goes channel by channel in PyTorch. What multiplies such numbers has
its rows in that order, and what makes numbers that become a picture has its columns in it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Shape
from nnlab.models.layers.combined import Combined
from nnlab.models.layers.role import Role
from nnlab.models.unfolded import INPUT_PLACE, PlacedLayer

# Of each number here its place there; None where they are in one order.
Order = npt.NDArray[np.intp] | None


def channel_by_channel(shape: Shape) -> Order:
    """Of a picture (height, width, channels) laid flat, with the channels first there."""
    if len(shape) != 3 or shape[2] == 1 or shape[0] * shape[1] == 1:
        return None
    height, width, channels = shape
    return np.arange(height * width * channels).reshape(channels, height, width).transpose(1, 2, 0).ravel()


def flat_orders(
    places: Sequence[PlacedLayer], input_shape: Shape, example_shape: Shape, gives_back: bool
) -> dict[int, Order]:
    """Of the flat outputs of every place, and of the input, at INPUT_PLACE. gives_back says that the last are an example."""
    orders = _Orders(places)
    if len(input_shape) == 1:
        orders.known[INPUT_PLACE] = channel_by_channel(example_shape)
    for at in range(len(places)):
        orders.follow(at)
    if gives_back and len(places[-1].shape) == 1:
        orders.demand(len(places) - 1, channel_by_channel(example_shape))
    return orders.known


class _Orders:
    """What is known so far; a layer that makes every number anew can make them in any order, and is told in which."""

    def __init__(self, places: Sequence[PlacedLayer]) -> None:
        self._places = places
        self.known: dict[int, Order] = {INPUT_PLACE: None}

    def follow(self, at: int) -> None:
        """The order of a place's outputs, as it follows from what comes in."""
        place = self._places[at]
        before, after = len(place.input_shape), len(place.shape)
        self.known[at] = None
        if place.ends:
            self._join(at, place)
        elif before > 1 and after == 1:
            self.known[at] = channel_by_channel(place.input_shape)
        elif before == 1 and after > 1:
            self.demand(place.source, channel_by_channel(place.shape))
        elif after == 1 and _keeps_order(place):
            self.known[at] = self.known[place.source]

    def demand(self, at: int, order: Order) -> None:
        """Whatever makes these outputs makes them in this order there."""
        if at == INPUT_PLACE or order is None:
            return
        place = self._places[at]
        if len(place.shape) != 1 or (place.ends and not _adds(place)):
            return
        self.known[at] = order
        if place.ends:
            for end in place.ends:
                self.demand(end, order)
        elif _keeps_order(place):
            self.demand(place.source, order)

    def _join(self, at: int, place: PlacedLayer) -> None:
        orders = [self.known[end] for end in place.ends]
        found = next((order for order in orders if order is not None), None)
        if len(place.shape) != 1 or found is None:
            return
        if _adds(place):
            self.demand(at, found)
            return
        sizes = [self._size(end, place) for end in place.ends]
        starts = np.cumsum([0, *sizes[:-1]])
        own = [np.arange(size) if order is None else order for order, size in zip(orders, sizes, strict=True)]
        self.known[at] = np.concatenate([start + order for start, order in zip(starts, own, strict=True)])

    def _size(self, end: int, place: PlacedLayer) -> int:
        return int(np.prod(place.input_shape if end == place.source else self._places[end].shape))


def _keeps_order(place: PlacedLayer) -> bool:
    """Whether each number that comes out is made of the one in its place, or of all of them alike."""
    return place.layer.role is not Role.FORMS


def _adds(place: PlacedLayer) -> bool:
    return isinstance(place.layer, Combined) and place.layer.adds
