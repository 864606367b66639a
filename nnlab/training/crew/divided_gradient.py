"""The gradient of a batch as a crew computes it, by one process: the same parts, the same sums, the same bits."""

import math
from collections.abc import Iterator

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array, aligned_zeros
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.losses import BatchLoss
from nnlab.models.model import Model
from nnlab.training.batch_gradient import BatchGradient
from nnlab.training.crew.parts import add_share, first_part, joint_loss, part_of, shares_of
from nnlab.training.crew.parts_at_once import PartsAtOnce
from nnlab.training.data import LearnedFrom


class DividedGradient(BatchGradient):
    """So a run is the same whether its helpers are there or not: they come when they are ready, and one may be killed.

    The parts are computed in turns, or at the same time where examples act on each other. Where the model cannot be divided
    (`exchanged_numbers`) its batches stay whole.
    """

    def __init__(self, model: Model, helpers: int) -> None:
        super().__init__(model)
        self._helpers = helpers
        self._joined = aligned_zeros((model.parameters.size,), model.parameters.dtype)
        self._at_once: PartsAtOnce | None = None

    def loss(
        self, data: LearnedFrom, index: Index, seed: int, step: int, first: int = 0, exchange: Exchange = WHOLE_BATCH
    ) -> BatchLoss:
        """Of all parts."""
        if not self._model.mixes_examples:
            return self._in_turns(data, index, seed, step)
        if not self._model.exchanged_numbers:
            return super().loss(data, index, seed, step, first, exchange)
        # A live setting may make examples act on each other.
        self._at_once = self._at_once or PartsAtOnce(self._model, self._helpers)
        return self._at_once.loss(data, index, seed, step)

    def release_memory(self) -> None:
        """Let go of the replicas, too, which have the settings that the model had."""
        super().release_memory()
        self._at_once = None

    def _in_turns(self, data: LearnedFrom, index: Index, seed: int, step: int) -> BatchLoss:
        """Part by part, each joined to those before."""
        gradient, shares = self._model.parameters.gradient, shares_of(len(index), self._helpers)
        losses, scores = [], 0.0
        for rank, share in enumerate(shares):
            part = part_of(index, rank, self._helpers)
            if not len(part):
                losses.append(0.0)
                continue
            found = super().loss(data, part, seed, step, first_part(rank))
            add_share(gradient, share, self._joined, is_first=not rank)
            losses.append(found.loss)
            scores += math.nan if found.score_sum is None else found.score_sum
        np.copyto(gradient, self._joined)
        return BatchLoss(joint_loss(losses, shares), None if math.isnan(scores) else scores)

    def parts(
        self, data: LearnedFrom, index: Index, seed: int, step: int, first: int = 0
    ) -> Iterator[tuple[Array, Array, int]]:
        """Hand by hand; whole where examples act on each other, which has the same gradient up to rounding and noise."""
        if self._model.mixes_examples:
            yield from super().parts(data, index, seed, step, first)
            return
        for rank in range(self._helpers):
            if len(part := part_of(index, rank, self._helpers)):
                yield from super().parts(data, part, seed, step, first_part(rank))
