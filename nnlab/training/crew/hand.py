"""One of those who share the work of a step: it learns from a part of every batch, and updates a slice of the parameters."""

import math
import time
from dataclasses import dataclass

import numpy as np

from nnlab.models.model import Model
from nnlab.models.regularizers import clip_gradient
from nnlab.training.batch_gradient import BatchGradient
from nnlab.training.crew.board import FIRST, OPTIMIZER_STEP, STEPS, Board
from nnlab.training.crew.meeting import Meeting
from nnlab.training.crew.parts import first_part, join, joint_loss, part_of, shares_of, slices_of
from nnlab.training.data import LearnedFrom
from nnlab.training.settings import TrainingSettings


@dataclass
class Hand:
    """Its model computes with the shared numbers, and writes its gradient where the others find it.

    All helpers do the same at the same time, each with its part: `take_steps` is what training does in a stretch of steps,
    divided by their number.
    """

    rank: int
    board: Board
    model: Model
    data: LearnedFrom
    settings: TrainingSettings
    meeting: Meeting

    def __post_init__(self) -> None:
        board, helpers = self.board, self.board.plan.helpers
        self.model.place_numbers(board.values, board.gradients[self.rank])
        self._gradient = BatchGradient(self.model)
        self._slice = slices_of(board.plan.size, helpers)[self.rank]
        self._own = self.model.parameters.part(self._slice, board.gradient)
        self._vectors = {name: vector[self._slice] for name, vector in board.vectors.items()}

    def take_steps(self) -> tuple[int, float]:
        """The stretch on the board: how many steps were made before a loss that is not finite, and in how many seconds."""
        started = time.perf_counter()
        return self._made(), time.perf_counter() - started

    def _made(self) -> int:
        count, first, optimizer_step = (self.board.task[place] for place in (STEPS, FIRST, OPTIMIZER_STEP))
        # A loss that overflows is told as divergence, in words.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for place in range(count):
                self._learn(place, first + place)
                self.meeting.wait()
                if not self._update(place, optimizer_step + place):
                    return place
                self.meeting.wait()
        return count

    def _learn(self, place: int, step: int) -> None:
        """Loss and gradient of its part of the batch."""
        board, helpers = self.board, self.board.plan.helpers
        part = part_of(board.batch(place), self.rank, helpers)
        if not len(part):
            board.told[place, self.rank] = 0.0
            return
        result = self._gradient.loss(self.data, part, self.settings.seed, step, first_part(self.rank))
        score = math.nan if result.score_sum is None else result.score_sum
        board.told[place, self.rank] = result.loss, score

    def _update(self, place: int, optimizer_step: int) -> bool:
        """Its slice of the parameters follows the gradient of all; False where the loss of all is not finite."""
        board, settings, own = self.board, self.settings, self._own
        helpers = board.plan.helpers
        shares = shares_of(int(board.ends[place + 1] - board.ends[place]), helpers)
        if not math.isfinite(joint_loss(board.told[place, :, 0].tolist(), shares)):
            return False
        join(board.gradients, shares, self._slice, board.gradient)
        settings.penalty.add_gradient(own, self._vectors["scratch"])
        if settings.clip_norm:
            board.squares[self.rank] = np.vdot(own.gradient, own.gradient)
            self.meeting.wait()
            # A single hand has all of it, and takes its norm as a run without a crew does.
            clip_gradient(own.gradient, settings.clip_norm, board.squares if helpers > 1 else None)
        settings.optimizer.update(own, self._vectors, float(board.rates[place]), optimizer_step)
        return True
