"""One of those who share the work of a step: it learns from a part of every batch, and updates a slice of the parameters."""

import math
import time
from dataclasses import dataclass

import numpy as np

from nnlab.models.model import Model
from nnlab.models.regularizers import clip_gradient
from nnlab.training.batch_gradient import BatchGradient
from nnlab.training.crew.board import TAKEN, Board
from nnlab.training.crew.meeting import Meeting
from nnlab.training.crew.part_exchange import PartExchange
from nnlab.training.crew.parts import first_part, join, joint_loss, learned_part, shares_of, slices_of
from nnlab.training.crew.sheet import FIRST, FOLLOWS, HAS_FINITE_BUFFERS, OPTIMIZER_STEP, STEPS, Sheet
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
        # All hands move buffers alike; those of the first are the run's.
        self._buffers = self.model.buffers.values if self.rank else board.numbers["buffers"]
        self._buffers_before = self._buffers.copy()
        self.model.place_numbers(board.numbers["values"], board.gradients[self.rank], self._buffers)
        self._gradient = BatchGradient(self.model)
        self._exchange = PartExchange(self.rank, board.exchange, self.meeting.wait)
        self._slice = slices_of(board.plan.size, helpers)[self.rank]
        self._own = self.model.parameters.part(self._slice, board.numbers["gradient"])
        self._vectors = {name: board.numbers[name][self._slice] for name in board.plan.vectors}
        parts = dict.fromkeys(board.numbers, self._slice) | {"buffers": slice(0 if self.rank else board.plan.buffers)}
        self._left = [(board.last[name][parts[name]], vector[parts[name]]) for name, vector in board.numbers.items()]
        self._is_broken_off = False

    def take_steps(self, number: int) -> tuple[int, float]:
        """The stretch of this number: how many steps were made before a loss that is not finite, and in how many seconds."""
        sheet = self.board.sheet(number)
        if self._is_broken_off and sheet.task[FOLLOWS]:
            return 0, 0.0
        started = time.perf_counter()
        made = self._made(sheet)
        seconds = time.perf_counter() - started
        self._is_broken_off = made < sheet.task[STEPS]
        if self.board.plan.is_apart:
            self._leave_numbers(number)
        return made, seconds

    def _leave_numbers(self, number: int) -> None:
        """A copy of its slice for the owner, when that has taken the one before; the next stretch changes them."""
        task = self.board.task
        self.meeting.rest_until(lambda: task[TAKEN] >= number)
        for left, vector in self._left:
            np.copyto(left, vector)

    def _made(self, sheet: Sheet) -> int:
        count, first, optimizer_step = (sheet.task[place] for place in (STEPS, FIRST, OPTIMIZER_STEP))
        # A loss that overflows is told as divergence, in words.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for place in range(count):
                np.copyto(self._buffers_before, self._buffers)
                self._learn(sheet, place, first + place)
                if not (place or self.rank):
                    sheet.task[HAS_FINITE_BUFFERS] = bool(np.isfinite(self._buffers).all())
                self.meeting.wait()
                if not self._update(sheet, place, optimizer_step + place):
                    # It is as if the batch had not been looked at.
                    np.copyto(self._buffers, self._buffers_before)
                    return place
                self.meeting.wait()
        return count

    def _learn(self, sheet: Sheet, place: int, step: int) -> None:
        """Loss and gradient of its part of the batch."""
        batch = sheet.batch(place)
        part = learned_part(batch, self.rank, self.board.plan.helpers, self.model.mixes_examples)
        sheet.told[place, self.rank] = 0.0
        if not len(part):
            return
        self._exchange.begin(len(batch))
        result = self._gradient.loss(self.data, part, self.settings.seed, step, first_part(self.rank), self._exchange)
        if self.rank < len(batch):
            score = math.nan if result.score_sum is None else result.score_sum
            sheet.told[place, self.rank] = result.loss, score

    def _update(self, sheet: Sheet, place: int, optimizer_step: int) -> bool:
        """Its slice of the parameters follows the gradient of all; False where the loss of all is not finite."""
        board, settings, own = self.board, self.settings, self._own
        helpers = board.plan.helpers
        shares = shares_of(int(sheet.ends[place + 1] - sheet.ends[place]), helpers)
        if not math.isfinite(joint_loss(sheet.told[place, :, 0].tolist(), shares)):
            return False
        join(board.gradients, shares, self._slice, board.numbers["gradient"])
        settings.penalty.add_gradient(own, self._vectors["scratch"])
        if settings.clip_norm:
            board.squares[self.rank] = np.vdot(own.gradient, own.gradient)
            self.meeting.wait()
            # A single hand has all of it, and takes its norm as a run without a crew does.
            clip_gradient(own.gradient, settings.clip_norm, board.squares if helpers > 1 else None)
        settings.optimizer.update(own, self._vectors, float(sheet.rates[place]), optimizer_step)
        return True
