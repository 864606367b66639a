"""The loss of a batch and its gradient, in parts where the batch is large."""

import math
from collections.abc import Iterator

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array, aligned_zeros
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.losses import BatchLoss
from nnlab.models.model import Model
from nnlab.randomness import random_stream
from nnlab.training.data import LearnedFrom

# Larger batches pass through in parts whose gradients add up: the same sum in a fraction of the memory, at cache speed.
# A model in which examples act on each other (batch norm, mean activations) gets all that it is given at once.
LARGEST_PART = 1024


class BatchGradient:
    """Gathers a batch, augments it, and has the model write the gradient of its mean loss."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._total = aligned_zeros((0,))

    def loss(
        self,
        data: LearnedFrom,
        index: Index,
        seed: int,
        step: int,
        first: int = 0,
        exchange: Exchange = WHOLE_BATCH,
    ) -> BatchLoss:
        """The mean loss of the examples at these positions; its gradient goes to the model's parameters.gradient.

        first is the number of the first part, by which it draws its random numbers; exchange is where it hears of the rest
        of a batch of which these are a part.
        """
        if self._is_one_part(index):
            inputs, labels = data.learning.gather(index)
            own = step + (first << 40)
            _augment(data, inputs, seed, own)
            return self._model.loss_and_gradient(inputs, labels, own, exchange)
        gradient = self._model.parameters.gradient
        if not len(self._total):
            self._total = aligned_zeros(gradient.shape, gradient.dtype)
        self._total.fill(0)
        loss, scores = 0.0, 0.0
        for inputs, labels, number in self.parts(data, index, seed, step, first):
            part = self._model.loss_and_gradient(inputs, labels, number)
            share = len(labels) / len(index)
            np.add(self._total, np.multiply(gradient, share, out=gradient), out=self._total)
            loss += part.loss * share
            scores += math.nan if part.score_sum is None else part.score_sum
        np.copyto(gradient, self._total)
        return BatchLoss(loss, None if math.isnan(scores) else scores)

    def release_memory(self) -> None:
        """Let go of what was made for batches; it is made again where it is needed."""
        self._total = aligned_zeros((0,))

    def parts(
        self, data: LearnedFrom, index: Index, seed: int, step: int, first: int = 0
    ) -> Iterator[tuple[Array, Array, int]]:
        """The batch as the model is given it, part by part: inputs, targets, and the number that random numbers go by."""
        whole = [data.learning.gather(index)] if self._is_one_part(index) else data.learning.chunks(index, LARGEST_PART)
        for number, (inputs, labels) in enumerate(whole, first):
            # Every part draws its own random numbers.
            own = step + (number << 40)
            _augment(data, inputs, seed, own)
            yield inputs, labels, own

    def _is_one_part(self, index: Index) -> bool:
        return len(index) <= LARGEST_PART or self._model.mixes_examples


def _augment(data: LearnedFrom, inputs: Array, seed: int, step: int) -> None:
    if data.augmentation is not None:
        data.augmentation.apply(inputs, random_stream(seed, "augment", step))
