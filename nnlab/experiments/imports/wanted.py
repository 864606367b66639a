"""The tensors that a model's weights are, as a file of another framework has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.experiments.imports.conventions import Convention
from nnlab.experiments.imports.flat_orders import Order, flat_orders
from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, is_machine, reconstructing
from nnlab.models.layers.counterpart import Counterpart
from nnlab.models.model import Model
from nnlab.models.unfolded import PlacedLayer


@dataclass(frozen=True, eq=False)
class Slot:
    """One tensor of the model: its full name and shape here, what it is there, and orders of its axes that differ.

    tied_to: the tensor that this one is the transpose of, where the model has it but once
    """

    name: str
    shape: Shape
    counterpart: Counterpart
    orders: tuple[Order, ...] = ()
    tied_to: str = ""

    @property
    def may_lack(self) -> bool:
        """Whether a layer of the file may be without it."""
        return bool(self.tied_to) or self.counterpart.where_missing is not None

    @property
    def shape_there(self) -> Shape:
        """In a file."""
        return self.counterpart.shape(self.shape)

    def ours(self, theirs: Array) -> Array:
        """A file's tensor as the model has it."""
        tensor = self.counterpart.ours(theirs)
        for axis, order in enumerate(self.orders):
            if order is not None:
                tensor = tensor.take(order, axis)
        return tensor

    def theirs(self, ours: Array) -> Array:
        """The other way."""
        for axis, order in enumerate(self.orders):
            if order is not None:
                ours = ours.take(np.argsort(order), axis)
        return self.counterpart.theirs(ours)


@dataclass(frozen=True, eq=False)
class Wanted:
    """A layer that learns, by its name, with its tensors in the order in which the other framework lists them."""

    name: str
    slots: tuple[Slot, ...]


def wanted_tensors(model: Model, example_shape: Shape, convention: Convention) -> tuple[Wanted, ...]:
    """Of all layers with weights, in the order in which numbers flow through them."""
    return tuple(_of_machine(model, convention) if is_machine(model) else _of_layers(model, example_shape, convention))


def _of_layers(model: Model, example_shape: Shape, convention: Convention) -> Iterator[Wanted]:
    assert has_layers(model)
    orders: dict[int, Order] = {}
    held = {*model.parameters.shapes, *model.buffers.shapes}
    if convention.channels_first:
        orders = flat_orders(model.places, model.input_shape, example_shape, reconstructing(model) is not None)
    for at, place in enumerate(model.places):
        shapes = {**place.layer.parameter_shapes(place.input_shape), **place.layer.buffer_shapes(place.input_shape)}
        if place.layer.inner_layers or not shapes:
            continue
        counterparts = _counterparts(place.layer.counterparts, convention, shapes)
        slots = []
        for own, counterpart in counterparts.items():
            name = f"{place.name}.{own}"
            tied_to = "" if name in held else model.weights_of(place.name)[0]
            slots.append(Slot(name, shapes[own], counterpart, _orders(place, at, len(shapes[own]), orders), tied_to))
        yield Wanted(place.name, tuple(slots))


def _orders(place: PlacedLayer, at: int, axes: int, orders: dict[int, Order]) -> tuple[Order, ...]:
    """Of a matrix both its axes, of a vector that of what comes out, where these lie flat."""
    if len(place.shape) != 1:
        return ()
    out = orders.get(at)
    return (orders.get(place.source), out) if axes == 2 else (out,)


def _of_machine(model: Model, convention: Convention) -> Iterator[Wanted]:
    assert is_machine(model)
    (name,), counterparts = model.names, model.settings.counterparts
    shapes = {own.partition(".")[2]: shape for own, shape in model.parameters.shapes.items()}
    found = _counterparts(counterparts, convention, shapes)
    yield Wanted(name, tuple(Slot(f"{name}.{own}", shapes[own], there) for own, there in found.items()))


def _counterparts(
    declared: Mapping[str, Mapping[str, Counterpart]], convention: Convention, shapes: Mapping[str, Shape]
) -> dict[str, Counterpart]:
    """As the layer declares them; nnlab's own names are what they are."""
    return dict(declared[convention.framework]) if convention.framework else {own: Counterpart(own) for own in shapes}
