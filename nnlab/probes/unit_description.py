"""What a unit is, whatever numbers pass: where it stands, what its layers do, and how the loss takes it."""

from dataclasses import dataclass
from functools import reduce

from nnlab.models.capabilities import has_layers
from nnlab.models.layers import Role
from nnlab.probes.columns import Column, unit_name
from nnlab.probes.parameter import is_centred
from nnlab.probes.scene import Scene


@dataclass(frozen=True)
class UnitDescription:
    """A unit of a column by name, in symbols and in yes and no."""

    layer: str
    name: str
    unit: int
    units: int
    kind: str
    activation: str
    equation: str  # what becomes of z, in symbols
    is_elementwise: bool  # whether y follows from this z alone
    following: tuple[str, ...]
    tensor: str
    is_transposed: bool
    has_filters: bool
    averages_outputs: bool  # whether the loss is a mean over the outputs, not a sum
    is_far_from_loss: bool  # whether other layers stand between z and the activation that the loss contains
    contains_loss: bool  # whether delta comes from the loss and this layer's activation in one: p - t
    is_centred: bool  # whether a batch norm right behind takes the mean away, and with it the bias


def described(scene: Scene, column: Column, unit: int, number: int) -> UnitDescription:
    """Of a column's unit; number counts through all of the column, where a unit is a channel."""
    return UnitDescription(
        layer=column.name,
        name=unit_name(column, unit, scene.data.dataset.input_names),
        unit=unit,
        units=column.units,
        kind=column.kind,
        activation=column.activation,
        equation=_equation(scene, column, number),
        is_elementwise=all(layer.is_elementwise for layer in column.descriptions[1:]),
        following=column.following,
        tensor=column.tensor,
        is_transposed=column.is_transposed,
        has_filters=column.has_filters,
        averages_outputs=has_layers(scene.model) and scene.model.loss.averages_outputs,
        is_far_from_loss=column.contains_loss and not _is_alone(column),
        contains_loss=column.contains_loss and _is_alone(column),
        is_centred=is_centred(column),
    )


def _is_alone(column: Column) -> bool:
    """Whether one layer at most changes what the first one makes."""
    return sum(not layer.role.changes_nothing for layer in column.descriptions[1:]) <= 1


def _equation(scene: Scene, column: Column, number: int) -> str:
    """What the layers behind its weights make of the unit's z; of several layers the names, one around the other."""
    model = scene.model
    if not has_layers(model):
        return next((layer.equation({}) for layer in column.descriptions), "z")
    own = [place for place in model.places[max(column.first, 0) : column.last + 1] if place.layer.role is not Role.FORMS]
    changing = [place for place in own if not place.layer.role.changes_nothing]
    if len(changing) != 1:
        return reduce(lambda inner, place: f"{place.layer.kind}({inner})", changing, "z")
    (place,) = changing
    # Per channel, which is the axis that lies innermost.
    tensors = {name: float(tensor.ravel()[number % tensor.size]) for name, tensor in model.tensors_of(place.name).items()}
    return place.layer.equation(tensors)
