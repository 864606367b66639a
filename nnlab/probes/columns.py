"""A network as the columns of a diagram: each forms new numbers; layers that only change numbers one by one follow in it."""

import math
from dataclasses import dataclass, replace

from nnlab.datasets.names import Names
from nnlab.models.arrays import Shape
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.layers import Layer, Role
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM

INPUT = "input"
# The column in which an RBM shows what it makes of the hidden units.
RECONSTRUCTION = "reconstruction"


@dataclass(frozen=True)
class Column:
    """The numbers of one example at one place of the model.

    A picture's units are its channels, where it is made of channels; everything else has one unit per number. first and
    last are places among the network's layers; -1 is the input.
    """

    name: str  # the layer to select: the first of the column
    layers: tuple[str, ...]  # that layer and those that follow in its column
    kind: str  # what the first layer does
    shape: Shape  # (n,) or (height, width, channels)
    has_channels: bool  # whether its units are the channels
    first: int = -1
    last: int = -1
    tensor: str = ""  # the weights that lead here from the column before
    is_transposed: bool = False  # whether they are used the other way round
    learns: bool = False  # whether they change at present
    contains_loss: bool = False  # whether the loss contains its activation: gradients are then by what goes into that
    conditional: str = ""  # of a Boltzmann machine's two sides the distribution that the weights make: p(h|v) or p(v|h)
    # What the layers are; of an RBM, which has none, its activation.
    descriptions: tuple[Layer, ...] = ()

    @property
    def size(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)

    @property
    def is_scaled_data(self) -> bool:
        """Whether its numbers are the data's, only scaled: a norm right behind the input changes them."""
        return self.name == INPUT and all(layer.role.changes_nothing for layer in self.descriptions)

    @property
    def following(self) -> tuple[str, ...]:
        """The layers behind the first; of the input, which is no layer, all that stand before one that forms new numbers."""
        return self.layers if self.name == INPUT else self.layers[1:]

    @property
    def words(self) -> tuple[str, ...]:
        """The kinds of the following layers that change its numbers or say something about them."""
        if self.conditional:
            return ("probabilities" if self.gives_probabilities else "means",)
        behind = self.descriptions if self.name == INPUT else self.descriptions[1:]
        return tuple(layer.kind for layer in behind if layer.role is Role.MARKS or not layer.role.changes_nothing)

    @property
    def activation(self) -> str:
        """The kind of the last activation function: relu, sigmoid, softmax ..."""
        return next((layer.kind for layer in reversed(self.descriptions) if layer.role is Role.ACTIVATES), "")

    @property
    def gives_probabilities(self) -> bool:
        """Whether its numbers lie between 0 and 1 by their activation."""
        return any(layer.kind == self.activation and layer.output_range() == (0.0, 1.0) for layer in self.descriptions)

    @property
    def has_filters(self) -> bool:
        """Whether its weights are filters that are moved over a picture."""
        return bool(self.descriptions) and self.descriptions[0].has_filters

    @property
    def units(self) -> int:
        """How many units can be selected."""
        return self.shape[-1] if self.has_channels else self.size


def columns_of(model: Model, picture_shape: Shape) -> tuple[Column, ...]:
    """The columns from the input to the output; picture_shape is the data's, and what comes out in it is a picture."""
    if is_machine(model):
        return _columns_of_machine(model, picture_shape)
    assert has_layers(model)
    columns = [Column(INPUT, (), INPUT, _pictured(model.input_shape, picture_shape), False)]
    for index, (layer, name) in enumerate(zip(model.layers, model.names, strict=True)):
        shape = model.shapes[index]
        if layer.role is Role.FORMS:
            tensor, is_transposed = weights_of(model, index)
            is_picture, learns = len(shape) == 3, bool(tensor)
            columns.append(
                Column(name, (), layer.kind, shape, is_picture, index, index, tensor, is_transposed, learns=learns)
            )
        columns[-1] = _with(columns[-1], layer, name, shape, index)
    is_fused = model.loss.fused_with is not None
    columns[-1] = replace(columns[-1], shape=_pictured(columns[-1].shape, picture_shape), contains_loss=is_fused)
    return tuple(_learning(model, column) for column in columns)


def column_at(columns: tuple[Column, ...], layer: str) -> int | None:
    """Which column a layer belongs to."""
    found = [index for index, column in enumerate(columns) if layer == column.name or layer in column.layers]
    return found[0] if found else None


def names_of(column: Column, inputs: Names) -> Names:
    """What a column's numbers are called: the input's, and those compared with it, as the data calls them."""
    if column.name in (INPUT, RECONSTRUCTION):
        return inputs
    return Names(column.shape, word="unit")


def unit_name(column: Column, unit: int, inputs: Names) -> str:
    """What a unit of a column is called."""
    return f"channel {unit}" if column.has_channels else names_of(column, inputs).name(unit)


def _with(column: Column, layer: Layer, name: str, shape: Shape, place: int) -> Column:
    """The column with one more layer; a vector that is folded into a picture is shown as one."""
    if len(shape) == 3 and len(column.shape) == 1:
        column = replace(column, shape=shape)
    return replace(column, layers=(*column.layers, name), last=place, descriptions=(*column.descriptions, layer))


def _columns_of_machine(model: RBM, picture_shape: Shape) -> tuple[Column, ...]:
    name = model.names[0]
    visible = _pictured((model.visible,), picture_shape)
    weight = f"{name}.weight"
    kind, machine = model.settings.kind, (Sigmoid(),)
    hidden = Column(name, (name,), kind, (model.hidden,), False, 0, 0, weight, learns=True, descriptions=machine)
    again = Column(RECONSTRUCTION, (), kind, visible, False, tensor=weight, is_transposed=True, learns=True)
    return (
        Column(INPUT, (), INPUT, visible, False),
        replace(hidden, conditional="p(h|v)"),
        replace(again, conditional="p(v|h)", descriptions=() if model.settings.is_gaussian else machine),
    )


def _pictured(shape: Shape, picture_shape: Shape) -> Shape:
    """The data's shape where as many numbers come in or out as a picture has."""
    return picture_shape if len(picture_shape) == 3 and math.prod(shape) == math.prod(picture_shape) else shape


def weights_of(model: Network, place: int) -> tuple[str, bool]:
    """The tensor of a layer's weights, and whether it is another layer's, transposed."""
    return model.weights_at(place)


def _learning(model: Network, column: Column) -> Column:
    """While a stack is pretrained, only one machine and its mirror learn."""
    return replace(column, learns=model.learns_now(column.name)) if column.tensor and model.is_pretraining else column
