"""The gradient of a batch as a crew computes it, by one process: the same parts in turns, the same sums, the same bits."""

import math
from collections.abc import Iterator

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array, aligned_zeros
from nnlab.models.losses import BatchLoss
from nnlab.models.model import Model
from nnlab.training.batch_gradient import BatchGradient
from nnlab.training.crew.parts import first_part, join, joint_loss, part_of, shares_of
from nnlab.training.data import LearnedFrom


class DividedGradient(BatchGradient):
    """So a run is the same whether its helpers are there or not: they come when they are ready, and one may be killed."""

    def __init__(self, model: Model, helpers: int) -> None:
        super().__init__(model)
        self._helpers = helpers
        parameters = model.parameters
        self._each = [aligned_zeros((parameters.size,), parameters.dtype) for _ in range(helpers)]

    def loss(self, data: LearnedFrom, index: Index, seed: int, step: int, first: int = 0) -> BatchLoss:
        """Part by part, then joined."""
        gradient, shares = self._model.parameters.gradient, shares_of(len(index), self._helpers)
        losses, scores = [], 0.0
        for rank, own in enumerate(self._each):
            part = part_of(index, rank, self._helpers)
            if not len(part):
                losses.append(0.0)
                continue
            found = super().loss(data, part, seed, step, first_part(rank))
            own[:] = gradient
            losses.append(found.loss)
            scores += math.nan if found.score_sum is None else found.score_sum
        join(self._each, shares, slice(None), out=gradient)
        return BatchLoss(joint_loss(losses, shares), None if math.isnan(scores) else scores)

    def parts(
        self, data: LearnedFrom, index: Index, seed: int, step: int, first: int = 0
    ) -> Iterator[tuple[Array, Array, int]]:
        """Hand by hand."""
        for rank in range(self._helpers):
            if len(part := part_of(index, rank, self._helpers)):
                yield from super().parts(data, part, seed, step, first_part(rank))
