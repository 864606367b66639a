"""What the hidden units of a Boltzmann machine look for, and on which examples they are on."""

import math
import time
from dataclasses import dataclass

import numpy as np

from nnlab.datasets.split import Index, spread
from nnlab.models.arrays import Array
from nnlab.probes.machine import Machine

_FILTERS = 64
_CASES = 64
_UNITS = 1000
_PAUSE_SECONDS = 0.5  # between two looks at a machine that learns: nobody could follow more pictures


@dataclass(frozen=True)
class MachineUnits:
    """What hidden units look for and where they are on: the first of `units`, of the layer of this name.

    hidden (cases, shown) p(h = 1 | v) of training examples, whose positions in their part are places (cases,)
    filters (shown, height, width): their weights, or what these look for in pictures if levels lie below
    """

    layer: str
    units: int
    hidden: Array
    places: Index
    filters: Array
    level: int = 0


class UnitsMemory:
    """The units last looked at, which serve again until enough time has passed, or there is another machine.

    It is part of a probe's memory, and nobody else looks inside.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.is_fresh = False  # whether they are of the machine as it stands
        # Who has all the time looks each time.
        self._pause = 0.0 if math.isinf(seconds) else _PAUSE_SECONDS
        self._found: MachineUnits | None = None
        self._of: tuple[int, int] = (0, 0)
        self._parameters: object = None
        self._due = 0.0

    def update(self, machine: Machine) -> MachineUnits:
        """The units, of the machine as it stands if it is time."""
        of, parameters = (machine.scene.moment.run, machine.level), machine.scene.moment.parameters
        is_other = self._found is None or of != self._of
        if is_other or (parameters != self._parameters and time.monotonic() >= self._due):
            self._found, self._of, self._parameters = machine_units(machine), of, parameters
            self._due = time.monotonic() + self._pause
        self.is_fresh = parameters == self._parameters
        assert self._found is not None
        return self._found


def machine_units(machine: Machine) -> MachineUnits:
    """Of some training examples, always the same ones, so that they can be compared over time."""
    rbm, scene = machine.rbm, machine.scene
    places = spread(np.arange(len(scene.data.split.train)), _CASES)
    cases = machine.upward(scene.data.learning.gather(scene.data.split.train[places])[0])
    hidden = rbm.hidden_probabilities(cases)[:, :_UNITS].copy()
    filters = machine.filters(_FILTERS).copy()
    # The machines of a stack are its first layers with weights.
    layers = [name.removesuffix(".weight") for name in scene.model.parameters.shapes if name.endswith(".weight")]
    return MachineUnits(layers[machine.level], rbm.hidden, hidden, places, filters, machine.level)
