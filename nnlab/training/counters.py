"""How far a run has come, in plain numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.models.schedules import PlateauWatch
from nnlab.training.epoch_end import number_or_nan, number_or_none


@dataclass(frozen=True)
class Counters:
    """After `step` updates, at example `position` of the epoch after `epoch` whole ones.

    sums are the loss times the examples, their scores, and the examples of the present epoch. plateau is what its watch
    has seen: the lowest loss, the epochs waited since, and the drops.
    """

    step: int = 0
    epoch: int = 0
    position: int = 0
    is_shuffled: bool = False
    sums: tuple[float, float, float] = (0.0, 0.0, 0.0)
    plateau: tuple[float, int, int] = (math.inf, 0, 0)

    def make_watch(self) -> PlateauWatch:
        """A watch that has seen as much."""
        return PlateauWatch(*self.plateau)

    def state(self) -> dict[str, Any]:
        """As plain values, which JSON can write."""
        lowest, waited, drops = self.plateau
        return {
            "number": self.step,
            "epoch": self.epoch,
            "position": self.position,
            "shuffled": self.is_shuffled,
            "sums": [number_or_none(total) for total in self.sums],
            "plateau": [None if math.isinf(lowest) else lowest, waited, drops],
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], is_shuffled: bool) -> "Counters":
        """What `state` wrote; states of before the order was kept say nothing of it."""
        step, epoch, position = (int(state[name]) for name in ("number", "epoch", "position"))
        lowest, waited, drops = state["plateau"]
        loss, scores, examples = (number_or_nan(total) for total in state.get("sums", (0.0, 0.0, 0.0)))
        plateau = (math.inf if lowest is None else float(lowest), int(waited), int(drops))
        return cls(step, epoch, position, bool(state.get("shuffled", is_shuffled)), (loss, scores, examples), plateau)
