"""The training loop: an iterator that makes one parameter update per step, for any model, at whatever pace it is pulled."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.split import Index
from nnlab.errors import DivergedError, OutOfMemoryError
from nnlab.models.arrays import Array
from nnlab.models.model import Model
from nnlab.models.regularizers import clip_gradient
from nnlab.models.schedules import PlateauWatch
from nnlab.training.crew.parts import slices_of, squares_of
from nnlab.training.data import TrainingData
from nnlab.training.ending import DIVERGED
from nnlab.training.energies import energies_of
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.evaluation import judge
from nnlab.training.events import begins_with_weights, without_edits
from nnlab.training.settings import TrainingSettings
from nnlab.training.state import RunState
from nnlab.training.step import Step
from nnlab.training.way_back import STEPS_BETWEEN_COPIES

if TYPE_CHECKING:
    from nnlab.training.crew.crew import Crew


class TrainingRun(RunState):
    """Training as an iterator of Steps:  for step in TrainingRun(model, data, settings): ...

    To pause is not to call next; to stop is to stop calling. `settings` may be replaced between steps. The whole state is
    its `checkpoint`: everything random is a function of (seed, purpose, step).
    """

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        """Make one update; StopIteration when the epochs or steps are done or patience has run out."""
        # A loss that overflows is told as divergence, in words.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            try:
                if self._ended():
                    raise StopIteration
                return self._advance()
            except MemoryError:
                raise self._out_of_memory() from None

    def _advance(self) -> Step:
        """One batch: its loss and gradient, the update, and what is counted of it."""
        self._is_updating = False
        self._way_back.begin_step()
        if not self._order.is_of(self.epoch):
            self._begin_epoch()
        index, rate = self.upcoming, self.learning_rate
        result = self._gradient.loss(self.data, index, self.settings.seed, self.step)
        if not math.isfinite(result.loss):
            self._diverge()
        if self._way_back.is_due(self.step) and self._has_finite_buffers:
            self._keep_way_back(is_within_step=True)
        self._is_updating = True
        self.kept_epoch, self._last_batch = 0, index
        self._update(rate)
        return self._count(index, result.loss, math.nan if result.score_sum is None else result.score_sum, rate)

    def _count(self, index: Index, loss: float, scores: float, rate: float) -> Step:
        """A step was made: what is counted of it, and the end of its epoch."""
        self.step += 1
        self._order.position += len(index)
        self._sums += (loss * len(index), scores, len(index))
        count, epoch = len(self._order.examples), self.epoch + 1
        batch = math.ceil(self.position / self.settings.effective_batch_size(count))
        epoch_end = self._end_epoch() if self.position >= count else None
        return Step(self.step, epoch, batch, self.batches, len(index), loss, scores / len(index), rate, epoch_end)

    def stretch(self, seconds: float) -> list[Step]:
        """The next step; or where a crew is ready, as many as it makes in about so many seconds, within the epoch.

        None where training has ended. The steps are those that `next` would give, to the last bit.
        """
        crew = self.crew
        if crew is not None:
            crew.follow(self.settings, self.model_settings, self.data)
        if crew is None or not crew.have_come():
            return [step] if (step := next(self, None)) else []
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            try:
                if self._ended():
                    return []
                made = self._advance_by(crew, seconds)
            except MemoryError:
                raise self._out_of_memory() from None
        return made or [next(self)]

    def _advance_by(self, crew: "Crew", seconds: float) -> list[Step]:
        """Steps that the crew makes; none where it can make none. The next ones are begun where it has a core of its own."""
        self._is_updating = False
        self._way_back.begin_step()
        if not self._order.is_of(self.epoch):
            self._begin_epoch()
        self._begin_stretches(crew, seconds)
        made = crew.finish() if crew.is_under_way(self._place) else 0
        if not made:
            return []
        if self._way_back.is_due(self.step) and crew.has_finite_buffers:
            self._keep_way_back()
        self._is_updating = True
        batches = self._order.following(self.settings, self.position, made)
        steps, rates = [], self._rates(batches, self.position)
        told = [crew.loss_and_score(place, len(batch)) for place, batch in enumerate(batches)]
        crew.commit()
        self.kept_epoch, self._last_batch = 0, batches[-1]
        self._last_rule = (self._rule, rates[-1])
        for batch, (loss, score), rate in zip(batches, told, rates, strict=True):
            steps.append(self._count(batch, loss, score, rate))
        if crew.is_apart and steps[-1].epoch_end is None and self.ending is None:
            self._begin_stretches(crew, seconds)
        return steps

    def _begin_stretches(self, crew: "Crew", seconds: float) -> None:
        """Have the crew make the next steps of the epoch, behind those that are under way."""
        # Whoever made steps alone meanwhile, or changed numbers, is elsewhere.
        crew.give_up_unless_from(self._place)
        while crew.has_room and self._begin_stretch(crew, seconds):
            pass

    def _begin_stretch(self, crew: "Crew", seconds: float) -> bool:
        ahead = crew.steps_from(self._place)
        step, size = self.step + ahead, self.settings.effective_batch_size(len(self._order.examples))
        # A copy to go back to is due before a step: no stretch passes by.
        most = min(STEPS_BETWEEN_COPIES - step % STEPS_BETWEEN_COPIES, crew.most_steps(size))
        if self.settings.steps:
            most = min(most, self.settings.steps - step)
        position = self.position + ahead * size
        batches = self._order.following(self.settings, position, crew.steps_within(seconds, most)) if most > 0 else []
        if not batches:
            return False
        rates, first = self._rates(batches, position), step - self.optimizer_start + 1
        return crew.begin(self._place_at(step), self._place_at(step + len(batches)), batches, rates, step, first)

    @property
    def _place(self) -> tuple[Any, ...]:
        """Another where the numbers are others, or were made so by hand."""
        return self._place_at(self.step)

    def _place_at(self, step: int) -> tuple[Any, ...]:
        """That of the run, or the one that the steps from here to there will lead to."""
        kept_epoch = self.kept_epoch if step == self.step else 0
        return step, self.optimizer_start, self.hand_edits, self.events, self.restored, kept_epoch

    def _rates(self, batches: Sequence[Index], position: int) -> list[float]:
        """Of the steps from a position of the epoch on, by their batches."""
        starts = itertools.accumulate((len(batch) for batch in batches[:-1]), initial=position)
        return [self._rate_at(start) for start in starts]

    def upcoming_parts(self) -> Iterator[tuple[Array, Array, int]]:
        """What the next step gives to the model, part by part: inputs, targets, and the number that random numbers go by.

        For a replica: where an epoch begins the model is told of it.
        """
        if not self._order.is_of(self.epoch):
            self._begin_epoch()
        return self._gradient.parts(self.data, self.upcoming, self.settings.seed, self.step)

    def _update(self, rate: float) -> None:
        """Penalties, clipping, and the optimizer's rule; what is frozen stays."""
        parameters, settings = self.model.parameters, self.settings
        settings.penalty.add_gradient(parameters, self.vectors["scratch"])
        if settings.clip_norm:
            slices = slices_of(parameters.size, self.helpers)
            squares = squares_of(parameters.gradient, slices) if self.helpers > 1 else None
            clip_gradient(parameters.gradient, settings.clip_norm, squares)
        for part in parameters.frozen:
            np.copyto(self._frozen_before[part], parameters.values[part])
        self._rule.update(parameters, self.vectors, rate, self.step - self.optimizer_start + 1)
        self._last_rule = (self._rule, rate)
        for part in parameters.frozen:
            np.copyto(parameters.values[part], self._frozen_before[part])

    def _begin_epoch(self) -> None:
        """Tell the model and draw the order; one that goes over to another phase wants an optimizer without memories."""
        self.data.learning.check_file()
        # What a model would begin with is there already where it came out of a file.
        begins = self.position == 0 and not (self.step == 0 and begins_with_weights(self.events))
        if self._tell_model(self.epoch, begins):
            self.optimizer_start = self.step
            self._best.end = None
            self.plateau = PlateauWatch()
            self._keep_way_back()
            self._forget_vectors()
        # What the model has filled its buffers with is what the step begins with.
        self._way_back.begin_step()
        self._order.begin(self.settings, self.epoch)

    def _end_epoch(self) -> EpochEnd:
        self.epoch += 1
        self._order.position = 0
        loss, scores, examples = self._sums
        self._sums = np.zeros(3)
        train_loss, split = loss / examples, self.data.split
        targets, learned = self.data.dataset.targets, self.settings.effective_batch_size(len(split.train))
        self.evaluation = judge(self.model, self.data.learning, split.validation, targets, learned)
        is_held_back = len(split.validation) > 0
        is_best = self._best.is_beaten(train_loss, self.evaluation, is_held_back)
        energies = energies_of(self.model, self.data)
        end = EpochEnd(self.epoch, train_loss, scores / examples, self.evaluation, is_best, energies)
        if is_held_back and not math.isfinite(self.evaluation.loss):
            self._diverge()
        if not self._has_finite_buffers:
            self._diverge(f"a running mean or variance after step {self.step}")
        self.plateau.see(self.evaluation.loss if is_held_back else train_loss, self.settings.schedule.patience)
        if is_best:
            self._best.take(end)
        if is_held_back:
            # The loss of these numbers is known to be finite; going back then undoes no epoch that was told.
            self._keep_way_back()
        return end

    def _ended(self) -> bool:
        if self.stopped == DIVERGED:
            return True
        ending = self.ending
        if ending and not self.stopped:
            # What a machine of a stack learns is not what the loss on held-back examples is about.
            if self.settings.keep == "best" and self.best and not self.model.is_pretraining:
                self._best.put_back()
                self.events = without_edits(self.events, self.step)
                self.evaluation = self.best.validation
                self.kept_epoch = self.best.epoch
            elif not np.isfinite(self.model.parameters.values).all():
                self._diverge()
            elif not self._has_finite_buffers:
                self._diverge(f"a running mean or variance after step {self.step}")
            self._keep_way_back()
        self.stopped = ending
        return ending is not None

    @property
    def _has_finite_buffers(self) -> bool:
        """Whether the model predicts by numbers: where a batch's variance overflows, its loss alone does not tell."""
        return bool(np.isfinite(self.model.buffers.values).all())

    def _diverge(self, what: str = "") -> None:
        what = what or f"the loss of step {self.step + 1}"
        self._go_back()
        self.stopped = DIVERGED
        self.divergence = (
            f"training diverged: {what} is not a finite number. The model is back at step "
            f"{self.step}; lower the learning rate (now {self.settings.learning_rate:g}) and reset"
        )
        raise DivergedError(self.divergence)

    def _out_of_memory(self) -> OutOfMemoryError:
        """The run is as it was before the step, or where that had begun to change it, at the last place to go back to."""
        size = self.settings.effective_batch_size(len(self._order.examples))
        if self._is_updating:
            self._go_back()
        else:
            self._way_back.undo_step()
        # What was made for this batch is in the way of a smaller one.
        self.model.release_memory()
        self._gradient.release_memory()
        self.data.learning.release_memory()
        return OutOfMemoryError(
            f"there is not enough memory for a step at batch size {size:,}; the model is that of step {self.step:,}. "
            "Use a smaller batch, fewer units or filters, or close other programs"
        )


def train(model: Model, data: TrainingData, settings: TrainingSettings) -> Iterator[Step]:
    """The updates of one training run, one at a time."""
    return TrainingRun(model, data, settings)
