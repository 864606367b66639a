"""The training loop: an iterator that makes one parameter update per step, for any model, at whatever pace it is pulled."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.datasets.split import Index, spread
from nnlab.errors import DivergedError, ModelFileError, OutOfMemoryError
from nnlab.models.arrays import Array, aligned_zeros
from nnlab.models.losses import BatchLoss
from nnlab.models.model import Model
from nnlab.models.regularizers import add_penalty_gradient, clip_gradient
from nnlab.models.schedules import SCHEDULES, PlateauWatch, ScheduleTime, warmed_up
from nnlab.randomness import random_stream
from nnlab.training.data import Feed, TrainingData
from nnlab.training.ending import reason_to_stop
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.evaluation import Evaluation, judge
from nnlab.training.kept_numbers import KeptNumbers, vectors_of
from nnlab.training.place import Place
from nnlab.training.settings import TrainingSettings
from nnlab.training.step import Step

# Larger batches pass through in parts whose gradients add up: the same sum in a fraction of the memory, at cache speed.
# A model in which examples act on each other (batch norm, mean activations) gets the whole batch at once.
LARGEST_PART = 1024
# How often the parameters are copied, so that a diverging run can go back. At 64 the copy costs under 1 % of a step.
_STEPS_BETWEEN_COPIES = 64
# How many training examples a model is shown when an epoch begins.
_SOME_EXAMPLES = 1000


class TrainingRun:
    """Training as an iterator of Steps:  for step in TrainingRun(model, data, settings): ...

    To pause is not to call next; to stop is to stop calling. `settings` may be replaced between steps. The whole state is
    the model's parameters and buffers, the optimizer's `vectors`, `best`, and the plain numbers below: everything random
    is a function of (seed, purpose, step).
    """

    def __init__(self, model: Model, data: TrainingData, settings: TrainingSettings) -> None:
        self.model = model
        self.data = data
        self.settings = settings
        self.vectors = self._make_vectors()
        self.number = 0  # updates made
        self.edits = 0  # parameters changed by hand: what was found out about the model before is out of date
        # Those changed since training last moved them, by tensor and position, with the values that they had from it.
        self.edited: dict[tuple[str, tuple[int, ...]], float] = {}
        self.optimizer_start = 0  # updates made before the optimizer began afresh
        self.epoch = 0  # whole epochs done
        self.position = 0  # examples of the present epoch seen
        self.kept_epoch = 0  # the epoch whose numbers the model has again, at the end; 0 while it has the last
        self.stopped = ""  # why training ended, empty while it has not
        self.divergence = ""  # the sentence that tells it, where the run diverged
        self.best: EpochEnd | None = None
        self.evaluation: Evaluation | None = None
        self._best_numbers = KeptNumbers(model)
        self._good_numbers = KeptNumbers(model)
        self.plateau = PlateauWatch()
        self._before = aligned_zeros((model.parameters.size,), model.parameters.dtype)
        self._buffers_before = model.buffers.values.copy()
        self._is_updating = False  # whether a step has begun to change parameters and counters
        self._sums = np.zeros(3)  # loss * examples, correct, examples of the present epoch
        self._order: Index = data.split.train
        self._order_of = -1
        self._is_shuffled = False  # whether the present epoch's examples come in an order drawn for it
        self._good_place = self.place
        self._total = aligned_zeros((0,))
        self._last_rule = (self._rule, 0.0)  # with what and at which rate the last update was made

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

    @property
    def settings(self) -> TrainingSettings:
        """May be replaced between steps; the new ones act at the next."""
        return self._settings

    @settings.setter
    def settings(self, settings: TrainingSettings) -> None:
        self._settings = settings
        self._rule = settings.optimizer_rule()

    def state(self) -> dict[str, Any]:
        """The plain numbers that, with the model's and the optimizer's vectors, are the whole state of the run."""
        return self.place.state() | {
            "optimizer_start": self.optimizer_start,
            "kept_epoch": self.kept_epoch,
            "best": self.best.state() if self.best else None,
            "good": self._good_place.state(),
            "divergence": self.divergence,
        }

    @property
    def kept_numbers(self) -> dict[str, Array]:
        """The vectors of the best epoch and of the place to go back to, as "best.parameters" and so on, which belong to the
        state; those that are the model's own are left out.
        """
        kept = {"best": self._best_numbers, "good": self._good_numbers}
        if not self.best:
            del kept["best"]
        return {f"{name}.{part}": vector for name, numbers in kept.items() for part, vector in numbers.differing.items()}

    def restore(self, state: Mapping[str, Any], kept_numbers: Mapping[str, Array] | None = None) -> None:
        """Go on from a state, once the model has its numbers; the optimizer's vectors are filled by whoever read them.

        States of before the best epoch or the place to go back to were kept begin anew with them.
        """
        self._stand_at(Place.of_state(state, self._shuffles))
        self.optimizer_start = int(state["optimizer_start"])
        if self.position >= len(self.data.split.train):
            raise ModelFileError(
                f"the run stands at example {self.position:,} of an epoch, but the data has {len(self.data.split.train):,}"
            )
        self.kept_epoch = int(state.get("kept_epoch", 0))
        best, targets = state.get("best"), self.data.dataset.targets
        self.best = EpochEnd.of_state(best, targets) if best else None
        self._best_numbers.restore(vectors_of("best", kept_numbers))
        self._good_numbers.restore(vectors_of("good", kept_numbers))
        self._good_place = Place.of_state(state.get("good") or state, self._shuffles)
        if self.number:
            # The phase of the last step: whether patience counts depends on it.
            self._tell_model(max(self.epoch - (self.position == 0), 0), False)
        self.divergence = str(state.get("divergence", ""))
        # The end was reached, and the best epoch put back: that is not to be done again over what was changed since.
        self.stopped = "diverged" if self.divergence else self.reason_to_stop() if self.kept_epoch else ""

    def replica(self) -> "TrainingRun":
        """The same run at the same step, in memory of its own; of the data only the arrays are shared, and read."""
        data = self.data
        learning, testing = (Feed(feed.examples, feed.scaling) for feed in (data.learning, data.testing))
        copy = TrainingRun(self.model.replica(), replace(data, learning=learning, testing=testing), self.settings)
        for name, vector in self.vectors.items():
            np.copyto(copy.vectors[name], vector)
        copy.restore(self.state(), self.kept_numbers)
        copy.evaluation = self.evaluation
        copy._last_rule = self._last_rule
        copy.edits, copy.edited = self.edits, self.edited.copy()
        return copy

    def last_update(self, tensor: str) -> Array:
        """What the last step took from a tensor, to be read before the next; zeros before the first and after a restart."""
        parameters = self.model.parameters
        part, shape = parameters.slices[tensor], parameters.shapes[tensor]
        if part in parameters.frozen:
            return np.zeros(shape, parameters.dtype)
        rule, rate = self._last_rule
        return rule.last_update(parameters, self.vectors, rate, part).reshape(shape)

    @property
    def batches(self) -> int:
        """Steps per epoch, at the present batch size."""
        count = len(self.data.split.train)
        return math.ceil(count / self.settings.effective_batch_size(count))

    @property
    def total_steps(self) -> int:
        """Updates from the first to the last, if neither patience nor a change of batch size intervenes."""
        by_epochs = self.settings.epochs * self.batches
        return min(by_epochs, self.settings.steps) if self.settings.steps else by_epochs

    @property
    def learning_rate(self) -> float:
        """The rate of the next update."""
        settings, epoch = self.settings, self.epoch + self.position / len(self.data.split.train)
        time = ScheduleTime(epoch, settings.epochs, settings.decay, settings.decay_every, self.plateau.drops)
        warmth = warmed_up(epoch + 1 / self.batches, settings.warmup)
        return settings.learning_rate * SCHEDULES[settings.schedule](time) * warmth

    def _ended(self) -> bool:
        if self.stopped == "diverged":
            return True
        reason = self.reason_to_stop()
        if reason and not self.stopped:
            if self.settings.keep == "best" and self.best:
                self._best_numbers.put_back()
                self.edited.clear()
                self.evaluation = self.best.validation
                self.kept_epoch = self.best.epoch
            elif not np.isfinite(self.model.parameters.values).all():
                self._go_back()
            self._remember_place()
        self.stopped = reason
        return bool(reason)

    def reason_to_stop(self) -> str:
        """Why training ends here under the present settings, or an empty text."""
        judged = self.best.epoch if self.best and not self.model.is_pretraining else None
        return reason_to_stop(self.settings, self.epoch, self.number, judged)

    def _advance(self) -> Step:
        self._is_updating = False
        np.copyto(self._buffers_before, self.model.buffers.values)
        index, rate = self._next_batch(), self.learning_rate
        count = len(self._order)
        result = self._loss_and_gradient(index)
        if not math.isfinite(result.loss):
            self._go_back()
        if self.number % _STEPS_BETWEEN_COPIES == 0:
            self._remember_place(self._buffers_before)
        self._is_updating = True
        self.kept_epoch = 0
        self.edited.clear()
        self._update(rate)
        self.number += 1
        self.position += len(index)
        correct = math.nan if result.correct is None else result.correct
        self._sums += (result.loss * len(index), correct, len(index))
        epoch, batch = self.epoch + 1, math.ceil(self.position / self.settings.effective_batch_size(count))
        epoch_end = self._end_epoch() if self.position >= count else None
        return Step(self.number, epoch, batch, self.batches, len(index), result.loss, correct / len(index), rate, epoch_end)

    def _make_vectors(self) -> dict[str, Array]:
        parameters = self.model.parameters
        return {name: aligned_zeros((parameters.size,), parameters.dtype) for name in (*self._rule.vectors, "scratch")}

    def _begin_epoch(self) -> None:
        """Tell the model; a model that goes over to another phase wants an optimizer without memories."""
        self.data.learning.check_file()
        if self._tell_model(self.epoch, self.position == 0):
            self.optimizer_start = self.number
            self.best = None
            self.plateau = PlateauWatch()
            self._remember_place()
            for vector in self.vectors.values():
                vector.fill(0)

    def _tell_model(self, epoch: int, is_start: bool) -> bool:
        some, _ = self.data.learning.gather(spread(self.data.split.train, _SOME_EXAMPLES))
        return self.model.begin(some, epoch, is_start)

    def _next_batch(self) -> Index:
        if self._order_of != self.epoch:
            order = self._new_order()
            self._begin_epoch()
            if self.position == 0:
                self._is_shuffled = self._shuffles
            self._order, self._order_of = order, self.epoch
        return self.upcoming

    @property
    def upcoming(self) -> Index:
        """The positions of the examples that the next step will see."""
        order = self._order if self._order_of == self.epoch else self._new_order()
        return order[self.position : self.position + self.settings.effective_batch_size(len(order))]

    def _new_order(self) -> Index:
        examples = self.data.split.train
        # An epoch ends in the order it began in, whatever is set meanwhile, or some examples would be seen twice in it.
        if not (self._is_shuffled if self.position else self._shuffles):
            return examples
        return random_stream(self.settings.seed, "shuffle", self.epoch).permutation(examples)

    @property
    def _shuffles(self) -> bool:
        """Whether an epoch that begins now is shuffled."""
        # The sum over a full batch has no order, and reading memory in order is faster.
        return self.settings.shuffle and self.batches > 1

    def _loss_and_gradient(self, index: Index) -> BatchLoss:
        feed, model = self.data.learning, self.model
        if len(index) <= LARGEST_PART or model.mixes_examples:
            return model.loss_and_gradient(*self._varied(*feed.gather(index), self.number), self.number)
        gradient = model.parameters.gradient
        if not len(self._total):
            self._total = aligned_zeros(gradient.shape, gradient.dtype)
        self._total.fill(0)
        loss, correct = 0.0, 0.0
        for number, (inputs, labels) in enumerate(feed.chunks(index, LARGEST_PART)):
            # Every part draws its own random numbers.
            step = self.number + (number << 40)
            part = model.loss_and_gradient(*self._varied(inputs, labels, step), step)
            share = len(labels) / len(index)
            np.add(self._total, np.multiply(gradient, share, out=gradient), out=self._total)
            loss += part.loss * share
            correct += math.nan if part.correct is None else part.correct
        np.copyto(gradient, self._total)
        return BatchLoss(loss, None if math.isnan(correct) else int(correct))

    def _varied(self, inputs: Array, labels: Array, step: int) -> tuple[Array, Array]:
        """The batch as it is learned from: augmented, where the data is to be."""
        if self.data.augmentation is not None:
            self.data.augmentation.apply(inputs, random_stream(self.settings.seed, "augment", step))
        return inputs, labels

    def _update(self, rate: float) -> None:
        parameters, settings = self.model.parameters, self.settings
        if settings.l1 or settings.l2:
            add_penalty_gradient(parameters, settings.l1, settings.l2, self.vectors["scratch"])
        if settings.clip_norm:
            clip_gradient(parameters.gradient, settings.clip_norm)
        for part in parameters.frozen:
            np.copyto(self._before[part], parameters.values[part])
        self._rule.update(parameters, self.vectors, rate, self.number - self.optimizer_start + 1)
        self._last_rule = (self._rule, rate)
        for part in parameters.frozen:
            np.copyto(parameters.values[part], self._before[part])

    def _end_epoch(self) -> EpochEnd:
        self.epoch += 1
        self.position = 0
        loss, correct, examples = self._sums
        self._sums = np.zeros(3)
        targets, learned = self.data.dataset.targets, self.settings.effective_batch_size(len(self._order))
        self.evaluation = judge(self.model, self.data.learning, self.data.split.validation, targets, learned)
        end = EpochEnd(self.epoch, loss / examples, correct / examples, self.evaluation, self._is_best(loss / examples))
        held = len(self.data.split.validation) > 0
        if held and not math.isfinite(self.evaluation.loss):
            self._go_back()
        self.plateau.see(self.evaluation.loss if held else end.train_loss, self.settings.decay_every)
        if end.is_best:
            self.best = end
            self._best_numbers.take()
        if held and np.isfinite(self.model.buffers.values).all():
            # The loss of these numbers is known to be finite; going back then undoes no epoch that was told.
            self._remember_place()
        return end

    def _is_best(self, train_loss: float) -> bool:
        """By the validation loss; by the training loss where nothing is held back."""
        if self.best is None:
            return True
        assert self.evaluation is not None
        if len(self.data.split.validation):
            return self.evaluation.loss < self.best.validation.loss
        return train_loss < self.best.train_loss

    @property
    def place(self) -> Place:
        """Where the run stands."""
        plateau = (self.plateau.lowest, self.plateau.waited, self.plateau.drops)
        loss, correct, examples = self._sums.tolist()
        return Place(self.number, self.epoch, self.position, self._is_shuffled, (loss, correct, examples), plateau)

    def _stand_at(self, place: Place) -> None:
        self.number, self.epoch, self.position = place.number, place.epoch, place.position
        self._is_shuffled, self._sums = place.is_shuffled, np.array(place.sums)
        self.plateau = place.make_watch()

    def _remember_place(self, buffers: Array | None = None) -> None:
        """Where to go back to; in the middle of a step with the buffers from before it."""
        self._good_numbers.take(buffers)
        self._good_place = self.place

    def _return_to_good_place(self) -> None:
        """The optimizer begins afresh: its velocities and moments belong to steps that are undone, and may be infinite."""
        self._good_numbers.put_back()
        self._stand_at(self._good_place)
        self.optimizer_start = self.number
        for vector in self.vectors.values():
            vector.fill(0)
        # It may be of an epoch that is undone now; so may the best one, of which nothing was held back to judge it by.
        self.evaluation = None
        if self.best and self.best.epoch > self.epoch:
            self.best = None

    def _go_back(self) -> None:
        diverged = self.number + 1
        self._return_to_good_place()
        self.stopped = "diverged"
        self.divergence = (
            f"training diverged: the loss of step {diverged} is not a finite number. The model is back at step "
            f"{self.number}; lower the learning rate (now {self.settings.learning_rate:g}) and reset"
        )
        raise DivergedError(self.divergence)

    def _out_of_memory(self) -> OutOfMemoryError:
        """The run is as it was before the step, or where that had begun to change it, at the last place to go back to."""
        size = self.settings.effective_batch_size(len(self.data.split.train))
        if self._is_updating:
            self._return_to_good_place()
        else:
            np.copyto(self.model.buffers.values, self._buffers_before)
        # What was made for this batch is in the way of a smaller one.
        self.model.release_memory()
        self.data.learning.release_memory()
        return OutOfMemoryError(
            f"there is not enough memory for a step at batch size {size:,}; the model is that of step {self.number:,}. "
            "Use a smaller batch, fewer units or filters, or close other programs"
        )


def train(model: Model, data: TrainingData, settings: TrainingSettings) -> Iterator[Step]:
    """The updates of one training run, one at a time."""
    return TrainingRun(model, data, settings)
