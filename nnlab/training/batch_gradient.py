"""The loss of a batch and its gradient, in parts where the batch is large."""

import math

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array, aligned_zeros
from nnlab.models.losses import BatchLoss
from nnlab.models.model import Model
from nnlab.randomness import random_stream
from nnlab.training.data import TrainingData

# Larger batches pass through in parts whose gradients add up: the same sum in a fraction of the memory, at cache speed.
# A model in which examples act on each other (batch norm, mean activations) gets the whole batch at once.
LARGEST_PART = 1024


class BatchGradient:
    """Gathers a batch, augments it, and has the model write the gradient of its mean loss."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._total = aligned_zeros((0,))

    def loss(self, data: TrainingData, index: Index, seed: int, step: int) -> BatchLoss:
        """The mean loss of the examples at these positions; its gradient goes to the model's parameters.gradient."""
        if len(index) <= LARGEST_PART or self._model.mixes_examples:
            inputs, labels = data.learning.gather(index)
            return self._part(data, inputs, labels, seed, step)
        gradient = self._model.parameters.gradient
        if not len(self._total):
            self._total = aligned_zeros(gradient.shape, gradient.dtype)
        self._total.fill(0)
        loss, scores = 0.0, 0.0
        for number, (inputs, labels) in enumerate(data.learning.chunks(index, LARGEST_PART)):
            # Every part draws its own random numbers.
            part = self._part(data, inputs, labels, seed, step + (number << 40))
            share = len(labels) / len(index)
            np.add(self._total, np.multiply(gradient, share, out=gradient), out=self._total)
            loss += part.loss * share
            scores += math.nan if part.score_sum is None else part.score_sum
        np.copyto(gradient, self._total)
        return BatchLoss(loss, None if math.isnan(scores) else scores)

    def _part(self, data: TrainingData, inputs: Array, labels: Array, seed: int, step: int) -> BatchLoss:
        if data.augmentation is not None:
            data.augmentation.apply(inputs, random_stream(seed, "augment", step))
        return self._model.loss_and_gradient(inputs, labels, step)
