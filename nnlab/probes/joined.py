"""Of which numbers a unit is made in which branches are joined."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.capabilities import has_layers
from nnlab.probes.columns import Column
from nnlab.probes.flow import Flow
from nnlab.probes.scene import Scene


@dataclass(frozen=True)
class Joined:
    """The equation of the layer that joins, and each of its terms: whose number it is, and the number."""

    join_equation: str = ""
    terms: tuple[tuple[str, float], ...] = ()


def joined_of(scene: Scene, columns: tuple[Column, ...], place: int, number: int, flow: Flow) -> Joined:
    """Of one number of a column, counted through all of it: of a sum every branch's, else of the one branch it is from."""
    column = columns[place]
    layer, model = column.joins, scene.model
    if layer is None or not has_layers(model):
        return Joined()
    own = model.places[column.first]
    shapes = [model.places[end].shape if end >= 0 else model.input_shape for end in own.ends]
    *outer, along = (int(axis) for axis in np.unravel_index(number, own.shape))
    terms, start = [], 0
    for source, shape in zip(column.sources, shapes, strict=True):
        within = along if layer.adds else along - start
        start += shape[-1]
        if 0 <= within < shape[-1]:
            at = int(np.ravel_multi_index((*outer, within), shape))
            terms.append((columns[source].name, float(flow.forward[source][at])))
    return Joined(layer.equation({}), tuple(terms))
