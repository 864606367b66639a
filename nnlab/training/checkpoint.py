"""The checkpoint: everything that a run is beside its experiment and its data, at a moment between two steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from nnlab.models.arrays import Array
from nnlab.training.breakpoints import Breakpoint
from nnlab.training.counters import Counters
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.events import Edited, Event, edited_since

Holding = Mapping[Breakpoint, frozenset[str]]


@dataclass(frozen=True, eq=False)
class Numbers:
    """All numbers of a model, always together: running statistics belong to the weights they were measured with.

    parameters (P,)    buffers (B,)
    """

    parameters: Array
    buffers: Array

    def copy(self) -> "Numbers":
        """In memory of its own."""
        return Numbers(_frozen(self.parameters.copy()), _frozen(self.buffers.copy()))


@dataclass(frozen=True, eq=False)
class BestEpoch:
    """The epoch that was judged best, and the model's numbers at its end."""

    end: EpochEnd
    numbers: Numbers


@dataclass(frozen=True, eq=False)
class Fallback:
    """Where a run that diverges goes back to; its optimizer then begins afresh."""

    counters: Counters
    numbers: Numbers
    events: tuple[Event, ...] = ()
    kept_epoch: int = 0  # the epoch whose numbers these are, where they were put back at an end

    def copy(self) -> "Fallback":
        """In memory of its own."""
        return replace(self, numbers=self.numbers.copy())


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """From here a run goes on bit for bit: everything random is a function of (seed, purpose, step).

    Saving, opening, copies for jobs and branches, the best epoch and the way back after divergence are all made of it.
    vectors (P,) each: the optimizer's, by name. events: what was done by hand since the run began. holding: the breakpoints
    that held when they were looked at last, each with what it held of; they stop training again when they become true anew.
    """

    numbers: Numbers
    vectors: Mapping[str, Array]
    counters: Counters
    fallback: Fallback
    best: BestEpoch | None = None
    optimizer_start: int = 0  # updates made before the optimizer began afresh
    kept_epoch: int = 0  # the epoch whose numbers the model has again, at the end; 0 while it has the last
    divergence: str = ""  # the sentence that tells it, where the run diverged
    events: tuple[Event, ...] = field(default=())
    holding: Holding = field(default_factory=dict)
    helpers: int = 1  # into how many parts a batch is divided

    @property
    def edited(self) -> Edited:
        """The parameters changed by hand since training last moved them, and what it had made of them."""
        return edited_since(self.events, self.counters.step)

    def copy(self, best: "BestEpoch | None" = None) -> "Checkpoint":
        """In memory of its own: it outlasts the next step of the run it is of. The best epoch is shared with a copy of it
        that was made before, where it is the same one.
        """
        if self.best is None or best is None or best.end is not self.best.end:
            best = BestEpoch(self.best.end, self.best.numbers.copy()) if self.best else None
        vectors = {name: _frozen(vector.copy()) for name, vector in self.vectors.items()}
        return replace(self, numbers=self.numbers.copy(), vectors=vectors, fallback=self.fallback.copy(), best=best)

    @property
    def bytes(self) -> int:
        """What all of its numbers take."""
        kept = [self.numbers, self.fallback.numbers, *([self.best.numbers] if self.best else [])]
        vectors = [*self.vectors.values(), *(vector for numbers in kept for vector in (numbers.parameters, numbers.buffers))]
        return sum(vector.nbytes for vector in vectors)


def read_only(vector: Array) -> Array:
    """A view of it that cannot be written to."""
    return _frozen(vector.view())


def _frozen(vector: Array) -> Array:
    vector.flags.writeable = False
    return np.asarray(vector)
