"""The crew of a run: processes that make its steps, each a part of every batch and a slice of the parameters."""

from collections import deque
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.model import Model, ModelSettings
from nnlab.models.optimizers import Vectors
from nnlab.training.crew.assignment import Assignment, shared
from nnlab.training.crew.board import BEGUN, IS_OFF, SHEETS, TAKEN, Board, BoardPlan
from nnlab.training.crew.called_helpers import CalledHelpers
from nnlab.training.crew.hand import Hand
from nnlab.training.crew.helper_process import EndedHelperError
from nnlab.training.crew.meeting import BrokenMeeting, Fence, Meeting
from nnlab.training.crew.parts import joint_loss, shares_of
from nnlab.training.crew.shared_block import SharedBlock
from nnlab.training.crew.sheet import HAS_FINITE_BUFFERS
from nnlab.training.data import TrainingData
from nnlab.training.settings import TrainingSettings

# Where a run is: another value where its numbers are others.
Place = Hashable


class _Stretch(NamedTuple):
    """That was begun."""

    place: Place  # that it follows on
    steps: int


class Crew:
    """Makes stretches of steps. What it makes is what the run would make alone (`DividedGradient`), to the last bit.

        crew = Crew(model, vectors, data, settings, model_settings, helpers=2, is_apart=False)
        crew.begin(place, place_behind_them, batches, rates, first=run.step, optimizer_step=1)
        if made := crew.finish():
            crew.commit()

    It works on numbers of its own, in shared memory; the model and the optimizer have those of the last step that was
    committed, and may be looked at all the while. is_apart: all parts are computed by helpers, which may be told of the next
    stretch before one is finished, and who owns the crew does something else meanwhile; otherwise the owner is one of the
    hands. Helpers come after a while; until they `have_come` the run makes its steps by itself. Raises OSError where no
    memory can be shared.
    """

    def __init__(
        self,
        model: Model,
        vectors: Vectors,
        data: TrainingData,
        settings: TrainingSettings,
        model_settings: ModelSettings,
        helpers: int,
        is_apart: bool,
        threads: int = 1,
    ) -> None:
        self._plan = BoardPlan(
            model.parameters.size,
            model.buffers.size,
            model.parameters.dtype.str,
            helpers,
            tuple(vectors),
            settings.effective_batch_size(len(data.split.train)),
            model.exchanged_numbers,
            is_apart,
        )
        self._block = SharedBlock(self._plan.bytes)
        self._board = Board(self._plan, self._block)
        self.helpers, self.is_apart = helpers, is_apart
        self._threads = threads if helpers == 1 else 1
        self._model, self._vectors = model, vectors
        self._data, self._settings, self._model_settings = data, settings, model_settings
        self._own: Hand | None = None
        self._called = CalledHelpers(self._board)
        self._under_way: deque[_Stretch] = deque()
        self._stands_at: Place | None = None  # what the board's numbers will be of behind them; None where of nothing
        self._fence = Fence()
        self._finished = 0  # stretches of which the hands have told
        self._told = self._board.sheet(0)  # that of the last one whose steps are the run's to take
        self._step_seconds = 0.0

    def have_come(self) -> bool:
        """Whether the helpers have; they are called when training has lasted a moment, and where one has ended."""
        if self._called.has_lost_one:
            self._replace()
            return False
        return self._called.have_come(self._assign)

    @property
    def trouble(self) -> str:
        """Why no helpers come any more, or ""."""
        return self._called.trouble

    @property
    def has_worked(self) -> bool:
        """Whether it has made steps."""
        return self._step_seconds > 0

    @property
    def process_numbers(self) -> list[int]:
        """Of the helpers as the system counts them; none where there are none."""
        return self._called.numbers

    def follow(self, settings: TrainingSettings, model_settings: ModelSettings | None, data: TrainingData) -> None:
        """What holds from the next step on; what is under way is given up where it is not what held."""
        model_settings = model_settings or self._model_settings
        if data is not self._data:
            # Seldom: a run goes on with another scaling.
            self._data = data
            self.dismiss()
        if settings is self._settings and model_settings is self._model_settings:
            return
        self._settings, self._model_settings = settings, model_settings
        self._give_up()
        if self._own is not None:
            self._own.settings = settings
            model_settings.act_on(self._own.model)
        self._called.tell((settings, model_settings))

    def steps_within(self, seconds: float, most: int) -> int:
        """How many steps take about so long."""
        return max(1, min(most, int(seconds / self._step_seconds))) if self._step_seconds else 1

    def most_steps(self, batch: int) -> int:
        """How many steps of so many examples there is room for in a stretch."""
        return max(1, self._plan.positions // batch)

    def is_under_way(self, place: Place) -> bool:
        """Whether it is making the steps that follow on this place."""
        return bool(self._under_way) and self._under_way[0].place == place

    def steps_from(self, place: Place) -> int:
        """How many steps that follow on this place are under way."""
        return sum(stretch.steps for stretch in self._under_way) if self.is_under_way(place) else 0

    def give_up_unless_from(self, place: Place) -> None:
        """What is under way and does not follow on this place is for nothing."""
        if self._under_way and not self.is_under_way(place):
            self._give_up()

    @property
    def has_room(self) -> bool:
        """Whether another stretch may follow on those that are under way."""
        return len(self._under_way) < (SHEETS if self.is_apart else 1)

    def begin(
        self, place: Place, behind: Place, batches: Sequence[Array], rates: Sequence[float], first: int, optimizer_step: int
    ) -> bool:
        """Begin to make these steps, which follow on a place, that of the run or where what is under way leads, and lead to
        another; False where they are too large a batch.
        """
        if sum(len(batch) for batch in batches) > self._plan.positions:
            return False
        assert self.has_room or self._stands_at != place, "each stretch on the board has a sheet of its own"
        board, follows = self._board, self._stands_at == place
        if not follows:
            self._give_up()
            for name, vector in self._of_run.items():
                if name not in ("gradient", "scratch"):
                    np.copyto(board.numbers[name], vector)
        self._stands_at = behind
        board.sheet(board.task[BEGUN]).write(batches, rates, first, optimizer_step, follows)
        self._under_way.append(_Stretch(place, len(batches)))
        board.task[BEGUN] += 1
        self._called.begin_stretch()
        return True

    def finish(self) -> int:
        """How many steps of the first stretch were made: all, those before one whose loss is not finite, or none where a
        helper has ended.
        """
        try:
            made, seconds = self._answers()
        except (EndedHelperError, BrokenMeeting):
            self._replace()
            return 0
        except MemoryError:
            # Of this process's own part; alone it needs no shared numbers besides.
            self.dismiss()
            self._called.trouble = "there is not enough memory for a part of the batch besides the model"
            return 0
        except BaseException:
            self.dismiss()
            raise
        self._told = self._board.sheet(self._finished - 1)
        if made < self._under_way.popleft().steps:
            # None of those that would follow are made.
            self._give_up()
        if made:
            self._step_seconds = seconds / made
        return made

    def commit(self) -> None:
        """The run takes over the numbers of the steps that were made."""
        for name, vector in self._of_run.items():
            np.copyto(vector, self._board.last[name])
        self._fence.order()
        self._board.task[TAKEN] = self._finished

    def loss_and_score(self, number: int, examples: int) -> tuple[float, float]:
        """The mean loss of a step of the last stretch, and the sum of its examples' scores, or NaN."""
        losses, scores = self._told.told[number].T.tolist()
        return joint_loss(losses, shares_of(examples, self.helpers)), sum(scores)

    @property
    def has_finite_buffers(self) -> bool:
        """Whether the model's buffers were finite behind the first pass of the last stretch."""
        return bool(self._told.task[HAS_FINITE_BUFFERS])

    def dismiss(self) -> None:
        """Let the helpers go; others are called when there is more to do."""
        self._called.dismiss()
        self._stands_at = None
        self._under_way.clear()

    def hurry(self) -> None:
        """A person waits for the stretch that is under way. Any thread may say so."""
        self._called.hurry()

    def _answers(self) -> tuple[int, float]:
        if not self.is_apart:
            self._own_hand().take_steps(self._finished)
        answer = self._called.answer()
        self._finished += 1
        return answer

    def _give_up(self) -> None:
        """What is under way is made to its end, and for nothing."""
        told, self._stands_at = self._told, None
        # No hand waits until its numbers are taken.
        self._board.task[TAKEN] = self._board.task[BEGUN]
        while self._under_way:
            self.finish()
        self._told = told

    def _replace(self) -> None:
        """Others are called in their place."""
        self.dismiss()
        self._called.count_a_death()

    def _assign(self) -> list[Assignment]:
        """What helpers that are called now are told; they begin where the board is."""
        board, feed, data = self._board, self._data.learning, self._data
        board.task[TAKEN] = self._finished = board.task[BEGUN]
        self._own = None
        inputs, targets = shared(feed.examples.inputs), shared(feed.examples.targets)
        return [
            Assignment(
                rank,
                self._threads,
                self._plan,
                self._block,
                inputs,
                targets,
                self._model_settings,
                data.dataset.example_shape,
                data.dataset.targets,
                self._settings,
                feed.scaling,
                data.augmentation,
            )
            for rank in range(0 if self.is_apart else 1, self.helpers)
        ]

    def _own_hand(self) -> Hand:
        if self._own is None:
            board = self._board
            meeting = Meeting(board.counts, 0, self.helpers, lambda: bool(board.task[IS_OFF]))
            self._own = Hand(0, board, self._model.replica(), self._data, self._settings, meeting)
        return self._own

    @property
    def _of_run(self) -> dict[str, Array]:
        """The run's own numbers, by the names that they have on the board."""
        parameters, buffers = self._model.parameters, self._model.buffers
        return {"values": parameters.values, "gradient": parameters.gradient, **self._vectors, "buffers": buffers.values}
