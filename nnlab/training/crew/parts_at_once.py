"""The parts of a batch in which examples act on each other, computed by one process: at the same time, each in a thread."""

import math
import threading
from collections.abc import Sequence

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import aligned_zeros
from nnlab.models.losses import BatchLoss
from nnlab.models.model import Model
from nnlab.training.batch_gradient import BatchGradient
from nnlab.training.crew.part_exchange import PartExchange, slots_shape
from nnlab.training.crew.parts import first_part, join, joint_loss, learned_part, shares_of
from nnlab.training.data import LearnedFrom, OwnFeed


class PartsAtOnce:
    """For each hand of a crew a thread that computes what it would.

    The first one has the model itself, whose buffers its passes move; the others have replicas over the same parameters.
    """

    def __init__(self, model: Model, helpers: int) -> None:
        numbers = model.parameters
        slots = aligned_zeros(slots_shape(helpers, model.exchanged_numbers), numbers.dtype)
        self._meeting = threading.Barrier(helpers)
        self._models = [model, *(model.replica() for _ in range(1, helpers))]
        for own in self._models[1:]:
            own.place_numbers(numbers.values, own.parameters.gradient, own.buffers.values)
        self._gradients = [BatchGradient(own) for own in self._models]
        self._exchanges = [PartExchange(rank, slots, self._meeting.wait) for rank in range(helpers)]
        self._learned_from: list[LearnedFrom] = []

    def loss(self, data: LearnedFrom, index: Index, seed: int, step: int) -> BatchLoss:
        """Of the batch; its gradient is written to the model's."""
        helpers, told = len(self._models), self._told(data, index, seed, step)
        for one in told:
            # What keeps one from coming breaks the meeting for all others.
            if isinstance(one, BaseException) and not isinstance(one, threading.BrokenBarrierError):
                raise one
        results, shares = [one for one in told if isinstance(one, BatchLoss)], shares_of(len(index), helpers)
        gradients = [own.parameters.gradient for own in self._models]
        join(gradients, shares, slice(None), gradients[0])
        losses = [one.loss if share else 0.0 for one, share in zip(results, shares, strict=True)]
        scores = [one.score_sum for one, share in zip(results, shares, strict=True) if share]
        score = sum(math.nan if one is None else one for one in scores)
        return BatchLoss(joint_loss(losses, shares), None if math.isnan(score) else score)

    def _told(self, data: LearnedFrom, index: Index, seed: int, step: int) -> Sequence[BatchLoss | BaseException]:
        """What each hand tells of its part, or why it cannot."""
        helpers, overflow = len(self._models), np.geterr()
        told: list[BatchLoss | BaseException] = [threading.BrokenBarrierError() for _ in range(helpers)]
        feeds = self._feeds(data)
        self._meeting.reset()

        def learn(rank: int) -> None:
            exchange = self._exchanges[rank]
            exchange.begin(len(index))
            try:
                # A thread begins with settings of its own.
                with np.errstate(**overflow):
                    part = learned_part(index, rank, helpers, True)
                    told[rank] = self._gradients[rank].loss(feeds[rank], part, seed, step, first_part(rank), exchange)
            except BaseException as error:
                self._meeting.abort()
                told[rank] = error

        threads = [threading.Thread(target=learn, args=(rank,), daemon=True) for rank in range(1, helpers)]
        started = []
        try:
            for thread in threads:
                thread.start()
                started.append(thread)
            learn(0)
        except RuntimeError as error:
            # The system has no room for another thread.
            self._meeting.abort()
            told[0] = MemoryError(str(error))
        for thread in started:
            thread.join()
        return told

    def _feeds(self, data: LearnedFrom) -> Sequence[LearnedFrom]:
        """A feed gathers every batch into the same arrays: each hand has one of its own."""
        if not self._learned_from or self._learned_from[0] is not data:
            self._learned_from = [data, *(OwnFeed.of(data) for _ in self._models[1:])]
        return self._learned_from
