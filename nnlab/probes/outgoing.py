"""Where a unit's number goes: by weights into a dense layer, and as it is to where branches are joined."""

from dataclasses import dataclass, field

import numpy as np

from nnlab.datasets.names import Names
from nnlab.models.arrays import Array
from nnlab.probes.columns import Column, names_of, readers_of
from nnlab.probes.flow import Flow
from nnlab.probes.scene import Scene


def _none() -> Array:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class Outgoing:
    """What a unit feeds: a dense layer's units, by weights and with their deltas (n_out,), and the other layers.

    d loss / d y = next_weights . next_deltas + what other_readers hand back    next_names are those of what it feeds
    """

    next_layer: str = ""
    next_names: Names = field(default_factory=lambda: Names((0,)))
    next_weights: Array = field(default_factory=_none)
    next_deltas: Array = field(default_factory=_none)
    other_readers: tuple[str, ...] = ()


def outgoing_of(scene: Scene, columns: tuple[Column, ...], place: int, unit: int, flow: Flow) -> Outgoing:
    """Of a unit that is one number; a channel goes everywhere in many places."""
    if columns[place].has_channels or flow.is_machine:
        return Outgoing()
    readers = readers_of(columns, place)
    dense = next((reader for reader in readers if columns[reader].tensor and not columns[reader].has_filters), None)
    others = tuple(columns[reader].name for reader in readers if reader != dense)
    if dense is None:
        return Outgoing(other_readers=others)
    behind = columns[dense]
    weight = scene.model.parameters.view(behind.tensor)
    outgoing = weight[:, unit] if behind.is_transposed else weight[unit]
    names = names_of(behind, scene.data.dataset.input_names)
    return Outgoing(behind.name, names, outgoing.copy(), flow.deltas[dense].copy(), others)
