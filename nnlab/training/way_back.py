"""Where a run goes back to when it diverges or a step fails: a copy of its numbers, some steps old at most."""

import numpy as np

from nnlab.models.model import Model
from nnlab.training.checkpoint import Fallback
from nnlab.training.counters import Counters
from nnlab.training.events import Event
from nnlab.training.kept_numbers import KeptNumbers

# How often the parameters are copied. At 64 the copy costs under 1 % of a step.
STEPS_BETWEEN_COPIES = 64


class WayBack:
    """The last copy that was taken, and the buffers from before the present step, which its forward pass may move."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._kept = KeptNumbers(model)
        self._buffers_before = model.buffers.values.copy()
        self._counters, self._kept_epoch = Counters(), 0
        self._events: tuple[Event, ...] = ()

    def begin_step(self) -> None:
        """A step is about to look at a batch."""
        np.copyto(self._buffers_before, self._model.buffers.values)

    def is_due(self, step: int) -> bool:
        """Whether a copy is to be taken before the update that follows on so many."""
        return step % STEPS_BETWEEN_COPIES == 0

    def take(self, counters: Counters, events: tuple[Event, ...], kept_epoch: int, is_within_step: bool) -> None:
        """Copy the model as it is; within a step with the buffers from before it."""
        self._kept.take(self._buffers_before if is_within_step else None)
        self._counters, self._events, self._kept_epoch = counters, events, kept_epoch

    def undo_step(self) -> None:
        """A step that has looked at its batch and changed no parameter yet leaves nothing behind."""
        np.copyto(self._model.buffers.values, self._buffers_before)

    def put_back(self) -> Fallback:
        """Give the model the numbers of the last copy, and tell where they are of."""
        self._kept.put_back()
        return self.fallback

    @property
    def fallback(self) -> Fallback:
        """For a checkpoint."""
        return Fallback(self._counters, self._kept.numbers, self._events, self._kept_epoch)

    def restore(self, fallback: Fallback) -> None:
        """As a checkpoint has it."""
        self._kept.take_from(fallback.numbers)
        self._counters, self._events, self._kept_epoch = fallback.counters, fallback.events, fallback.kept_epoch
