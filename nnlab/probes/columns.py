"""A network as the columns of a diagram: each forms new numbers; layers that only change numbers one by one follow in it.

Branches inside of a layer are columns, too, and the layer itself is the column in which they are joined.
"""

import math
from dataclasses import dataclass, field, replace

from nnlab.datasets.names import Names
from nnlab.models.arrays import Shape
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.layers import Layer, Role
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.combined import DEEPEST, Combined
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.models.unfolded import INPUT_PLACE, PlacedLayer

INPUT = "input"
# The column in which an RBM shows what it makes of the hidden units.
RECONSTRUCTION = "reconstruction"


@dataclass(frozen=True)
class Column:
    """The numbers of one example at one place of the model.

    A picture's units are its channels, where it is made of channels; everything else has one unit per number. first and
    last are places among the network's layers and those inside of them; -1 is the input.
    """

    name: str  # the layer to select: the first of the column
    layers: tuple[str, ...]  # that layer and those that follow in its column
    kind: str  # what the first layer does
    shape: Shape  # (n,) or (height, width, channels)
    has_channels: bool  # whether its units are the channels
    first: int = -1
    last: int = -1
    sources: tuple[int, ...] = ()  # the columns whose numbers come in: one, or all that are joined
    # From the outside inwards the layers that it stands in, and in which branch of each.
    lanes: tuple[tuple[str, int], ...] = ()
    # Where branches lie side by side, how many of its units each of the sources brings.
    shares: tuple[int, ...] = ()
    tensor: str = ""  # the weights that lead here from the column before
    is_transposed: bool = False  # whether they are used the other way round
    learns: bool = False  # whether they change at present
    contains_loss: bool = False  # whether the loss contains its activation: gradients are then by what goes into that
    conditional: str = ""  # of a Boltzmann machine's two sides the distribution that the weights make: p(h|v) or p(v|h)
    # What the layers are; of an RBM, which has none, its activation.
    descriptions: tuple[Layer, ...] = ()
    folded: int = 0  # how many layers inside of the first have no columns of their own

    @property
    def joins(self) -> Combined | None:
        """The layer whose branches end here; None elsewhere, and where they are not shown."""
        first = self.descriptions[0] if self.descriptions else None
        return first if isinstance(first, Combined) and not self.folded else None

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


def columns_of(model: Model, picture_shape: Shape, deepest: int = DEEPEST) -> tuple[Column, ...]:
    """The columns from the input to the output; picture_shape is the data's, and what comes out in it is a picture.

    Layers inside of more than `deepest` others have none; what stands around them then is one column.
    """
    if is_machine(model):
        return _columns_of_machine(model, picture_shape)
    assert has_layers(model)
    made = _Columns([Column(INPUT, (), INPUT, _pictured(model.input_shape, picture_shape), False)])
    for index, place in enumerate(model.places):
        if len(place.branches) <= deepest:
            made.add(model, index, place, is_folded=len(place.branches) == deepest)
    columns = made.columns
    is_fused = model.loss.fused_with is not None
    columns[-1] = replace(columns[-1], shape=_pictured(columns[-1].shape, picture_shape), contains_loss=is_fused)
    return tuple(_learning(model, column) for column in columns)


@dataclass
class _Columns:
    """Columns as they are made; `at` says in which one the output of a place lies."""

    columns: list[Column]
    at: dict[int, int] = field(default_factory=lambda: {INPUT_PLACE: 0})

    def add(self, model: Network, index: int, place: PlacedLayer, is_folded: bool) -> None:
        """One more layer: in a column of its own where it forms numbers or begins a branch, else in that of its source."""
        at = self.at[place.source]
        if place.layer.role is Role.FORMS or self.columns[at].lanes != _lanes(place):
            self._begin(model, index, place, layer_count(place.layer) if is_folded else 0)
            at = len(self.columns) - 1
        self.columns[at] = _with(self.columns[at], place, index)
        self.at[index] = at

    def _begin(self, model: Network, index: int, place: PlacedLayer, folded: int) -> None:
        layer, before = place.layer, self.columns[self.at[place.source]]
        joined = place.ends if place.ends and not folded else (place.source,)
        tensor, is_transposed = model.weights_of(place.name)
        forms = layer.role is Role.FORMS
        # What only bends numbers leaves them the units that they were.
        keeps = not forms and layer.role is not Role.RESHAPES
        self.columns.append(
            Column(
                place.name,
                (),
                layer.kind,
                before.shape if keeps else place.shape,
                before.has_channels if keeps else forms and len(place.shape) == 3,
                index,
                index,
                tuple(self.at[end] for end in joined),
                _lanes(place),
                tensor=tensor,
                is_transposed=is_transposed,
                learns=bool(tensor),
                folded=folded,
                shares=() if folded else _shares(model, place),
            )
        )


def _shares(model: Network, place: PlacedLayer) -> tuple[int, ...]:
    if not isinstance(place.layer, Combined) or place.layer.adds:
        return ()
    return tuple((model.places[end].shape if end >= 0 else model.input_shape)[-1] for end in place.ends)


def _lanes(place: PlacedLayer) -> tuple[tuple[str, int], ...]:
    outer = (".".join(place.path[: depth + 1]) for depth in range(len(place.branches)))
    return tuple(zip(outer, place.branches, strict=True))


def layer_count(layer: Layer) -> int:
    """How many layers stand inside of it, and inside of those."""
    return sum(1 + layer_count(inner) for _, inner in layer.inner_layers)


def readers_of(columns: tuple[Column, ...], place: int) -> tuple[int, ...]:
    """The columns into which the numbers of this one go."""
    return tuple(index for index, column in enumerate(columns) if place in column.sources)


def behind(columns: tuple[Column, ...], place: int) -> tuple[int, ...]:
    """This column, and all into which something of it goes."""
    reached = {place}
    for index, column in enumerate(columns):
        # Columns come behind all that they are made of.
        if not reached.isdisjoint(column.sources):
            reached.add(index)
    return tuple(sorted(reached))


def column_at(columns: tuple[Column, ...], layer: str) -> int | None:
    """Which column a layer belongs to."""
    found = [index for index, column in enumerate(columns) if layer == column.name or layer in column.layers]
    return found[0] if found else None


def names_of(column: Column, inputs: Names) -> Names:
    """What a column's numbers are called: the input's, and those compared with it, as the data calls them."""
    if column.name in (INPUT, RECONSTRUCTION):
        return inputs
    own = column.descriptions[0].unit_names if column.descriptions else ()
    return Names(column.shape, own, word="unit")


def unit_name(column: Column, unit: int, inputs: Names) -> str:
    """What a unit of a column is called."""
    return f"channel {unit}" if column.has_channels else names_of(column, inputs).name(unit)


def _with(column: Column, place: PlacedLayer, index: int) -> Column:
    """The column with one more layer; a vector that is folded into a picture is shown as one."""
    if len(place.shape) == 3 and len(column.shape) == 1:
        column = replace(column, shape=place.shape)
    layers, descriptions = (*column.layers, place.name), (*column.descriptions, place.layer)
    return replace(column, layers=layers, last=index, descriptions=descriptions)


def _columns_of_machine(model: RBM, picture_shape: Shape) -> tuple[Column, ...]:
    name = model.names[0]
    visible = _pictured((model.visible,), picture_shape)
    weight = f"{name}.weight"
    kind, machine = model.settings.kind, (Sigmoid(),)
    hidden = Column(
        name, (name,), kind, (model.hidden,), False, 0, 0, (0,), tensor=weight, learns=True, descriptions=machine
    )
    again = Column(RECONSTRUCTION, (), kind, visible, False, sources=(1,), tensor=weight, is_transposed=True, learns=True)
    return (
        Column(INPUT, (), INPUT, visible, False),
        replace(hidden, conditional="p(h|v)", descriptions=machine),
        replace(again, conditional="p(v|h)", descriptions=() if model.settings.is_gaussian else machine),
    )


def _pictured(shape: Shape, picture_shape: Shape) -> Shape:
    """The data's shape where as many numbers come in or out as a picture has."""
    return picture_shape if len(picture_shape) == 3 and math.prod(shape) == math.prod(picture_shape) else shape


def _learning(model: Network, column: Column) -> Column:
    """While a stack is pretrained, only one machine and its mirror learn."""
    return replace(column, learns=model.learns_now(column.name)) if column.tensor and model.is_pretraining else column
