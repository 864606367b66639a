"""What is known of a run's distributions over its steps, for each part of the data that the activations may be of."""

from functools import lru_cache

import numpy as np

from nnlab.probes import START
from nnlab.probes.distributions import BINS, Distributions, Histograms
from nnlab.probes.step_history import StepHistory


class PartHistories:
    """`recorded` goes on while no view is seen, with activations of one part; what is seen of others is kept beside it."""

    def __init__(self, part: str = START.part, recorded: StepHistory[Distributions] | None = None) -> None:
        self.part = part
        self.recorded: StepHistory[Distributions] = StepHistory() if recorded is None else recorded
        self._seen: dict[str, StepHistory[Distributions]] = {}

    def of(self, part: str) -> StepHistory[Distributions]:
        """To go on with from now on. Weights and gradients are known also of the time in which another part was seen."""
        if part == self.part:
            return self.recorded
        seen = self._seen.get(part, StepHistory[Distributions]())
        missed = self.recorded.after(seen.steps[-1] if seen.steps else -1)
        self._seen[part] = seen.joined(missed)
        return self._seen[part]


def found_of(kept: Distributions, quantity: str, part: str) -> Histograms:
    """Activations of another part are others."""
    found: Histograms = getattr(kept, quantity)
    return found if quantity != "activations" or kept.part == part else _nothing(len(kept.layers))


@lru_cache(maxsize=16)
def _nothing(rows: int) -> Histograms:
    return Histograms(np.zeros((rows, BINS)), np.zeros(rows, int), np.zeros(rows), np.zeros(rows))


def recorded_words(steps: list[int]) -> str:
    """Why the maps begin where they do."""
    return f" · recorded since step {steps[0]:,}" if steps[0] else ""
