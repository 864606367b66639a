"""A unit watched over some examples: when it is active, and what excites it most."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.datasets.split import spread
from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.probes.columns import Column
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of

# How many examples a unit is watched on: as many as cost a millisecond or two.
_MOST_WATCHED = 256
_WATCH_WORK = 30_000_000
_BEST = 5


@dataclass(frozen=True)
class Watched:
    """The unit's y over some examples of the part, of a picture the largest; and of those that excite it most more.

    watched (N,)    best, best_values (5,) their positions in the part and their y    best_pictures (5, ...) they themselves
    """

    watched: Array
    best: Array
    best_values: Array
    best_pictures: Array


def watched_of(scene: Scene, selection: Selection, column: Column, unit: int) -> Watched:
    """As many examples of the selected part as a millisecond or two allow."""
    feed, index = part_of(scene.data, selection.part)
    places = spread(np.arange(len(index)), _watched_count(scene, column))
    inputs, _ = feed.gather(index[places])
    model = scene.model
    if is_machine(model):
        hidden = model.hidden_probabilities(inputs)
        values = hidden[:, unit] if column.conditional == "p(h|v)" else model.visible_means(hidden)[:, unit]
    elif column.first < 0:
        values = inputs.reshape(len(inputs), -1)[:, unit]
    else:
        assert has_layers(model)
        # Only as far as the unit: what lies behind it is not needed.
        outputs = model.layer_outputs(inputs, column.last + 1)[-1]
        if column.has_channels:
            outputs = outputs.reshape(len(inputs), *column.shape)[..., unit].reshape(len(inputs), -1)
            values = outputs.max(axis=1)
        else:
            values = outputs.reshape(len(inputs), -1)[:, unit]
    values = np.array(values, np.float32)
    best = np.argsort(-values, kind="stable")[:_BEST]
    return Watched(values, places[best], values[best], inputs[best])


def _watched_count(scene: Scene, column: Column) -> int:
    """As many examples as the budget of work allows, for the layers up to the column."""
    model = scene.model
    if not has_layers(model):
        return max(16, min(_MOST_WATCHED, _WATCH_WORK // max(model.parameters.size, 1)))
    work = 1
    for place in model.places[: column.last + 1]:
        work += 20 * math.prod(place.shape)
        # Those of layers inside are counted with these.
        for name, shape in place.layer.parameter_shapes(place.input_shape).items() if not place.ends else ():
            work += math.prod(shape) * (math.prod(place.shape[:2]) if len(shape) == 4 else 1) if name == "weight" else 0
    return max(8, min(_MOST_WATCHED, _WATCH_WORK // work))
