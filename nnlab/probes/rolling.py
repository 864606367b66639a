"""Numbers about thousands of examples, kept up to date a portion per frame."""

import math
import time
from collections.abc import Callable

import numpy as np

from nnlab.datasets.split import Index, spread
from nnlab.models.arrays import Array
from nnlab.probes.scene import Scene
from nnlab.probes.selection import part_of

# All portions are of one size: a model keeps workspaces for few.
_PORTION = 100


class RollingPass:
    """Goes round and round through examples of one part of the data, so long a frame may last, and keeps what it finds.

    places (count,), positions in the part, evenly spread    labels (count,)    values (count, width), NaN while unknown
    steps (count,), after how many updates each value was found

    While the model changes, values are of the last few steps; once it stands still, one more round makes them `is_fresh`.
    It is part of a probe's memory, and nobody else looks inside.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self.places = np.empty(0, np.intp)
        self.labels = np.empty(0, np.intp)
        self.values: Array = np.empty((0, 0))
        self.steps = np.empty(0, np.intp)
        self.eligible = 0  # how many examples there are, of which places are some
        self.rounds = 0
        self._fresh = 0
        self._next = 0
        self._of: tuple[object, ...] = ()
        self._state = (-1, 0)

    @property
    def is_fresh(self) -> bool:
        """Whether all values are those of the model as it stood at the last update."""
        return self._fresh >= len(self.places)

    @property
    def known(self) -> int:
        """How many values are known, from the first on."""
        return len(self.places) if self.rounds else self._next

    def update(
        self, scene: Scene, part: str, most: int, compute: Callable[[Array], Array], label: int | None = None
    ) -> None:
        """Bring values up to date, compute(inputs) (n, width) by compute(inputs), until all are or the time is over.

        With a label, only the examples of that class are gone through.
        """
        feed, index = part_of(scene.data, part)
        self._begin(scene, part, feed.examples.labels, index, most, label)
        state = _state_of(scene)
        if state != self._state:
            self._state, self._fresh = state, 0
        count, started = len(self.places), time.perf_counter()
        while not self.is_fresh:
            chosen = (self._next + np.arange(min(_PORTION, count))) % count
            here = index[self.places[chosen]]
            inputs, labels = feed.gather(here)[0], feed.examples.labels[here]
            found = compute(inputs)
            if self.values.shape[1:] != found.shape[1:]:
                self.values = np.full((count, *found.shape[1:]), np.nan, np.result_type(found, np.float32))
            self.values[chosen], self.labels[chosen], self.steps[chosen] = found, labels, scene.moment.step
            self.rounds += self._next + len(chosen) >= count
            self._next = (self._next + len(chosen)) % count
            self._fresh += len(chosen)
            if time.perf_counter() - started > self.seconds:
                break

    def _begin(self, scene: Scene, part: str, classes: Array, index: Index, most: int, label: int | None) -> None:
        """Forget everything when the run or the part is another."""
        of = (scene.moment.run, part, len(index), most, label)
        if of != self._of:
            eligible = np.arange(len(index)) if label is None else np.flatnonzero(classes[index] == label)
            self.eligible = len(eligible)
            self._of, self._state = of, (-1, 0)
            self.places = spread(eligible, most)
            self.labels = np.zeros(len(self.places), np.intp)
            self.values = np.empty((len(self.places), 0))
            self.steps = np.zeros(len(self.places), np.intp)
            self.rounds = self._next = self._fresh = 0


def _state_of(scene: Scene) -> tuple[int, int]:
    """The step, and a sum of all parameters' bits: a weight changed by hand changes it too (0.2 ms for 2 million)."""
    bits = scene.model.parameters.values.view(np.uint32)
    return scene.moment.step, int(np.add.reduce(bits, dtype=np.uint32))
