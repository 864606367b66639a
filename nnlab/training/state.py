"""The state of a run: all that it is at a moment, how it is kept and put back, and what follows for the next step."""

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np

from nnlab.datasets.scaling import Scaling
from nnlab.datasets.split import Index, spread
from nnlab.errors import ModelFileError
from nnlab.models.arrays import Array, aligned_zeros
from nnlab.models.model import Model, ModelSettings
from nnlab.models.schedules import PlateauWatch, ScheduleTime, warmed_up
from nnlab.training.batch_gradient import BatchGradient
from nnlab.training.batch_order import BatchOrder
from nnlab.training.best_epoch import BestSoFar
from nnlab.training.checkpoint import Checkpoint, Holding, Numbers, read_only
from nnlab.training.counters import Counters
from nnlab.training.crew.divided_gradient import DividedGradient
from nnlab.training.data import Feed, TrainingData
from nnlab.training.ending import DIVERGED, Ending, ending_of
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.evaluation import Evaluation
from nnlab.training.events import Edited, Event, edited_since, gone_back, settings_change, with_event
from nnlab.training.last_step import LastStep
from nnlab.training.settings import TrainingSettings
from nnlab.training.way_back import WayBack

if TYPE_CHECKING:
    from nnlab.training.crew.crew import Crew

# How many training examples a model is shown when an epoch begins.
_SOME_EXAMPLES = 1000
_IDENTITIES = itertools.count(1)


class RunState:
    """A model, its data, the settings, and how far training has come: what is not of these is in its `checkpoint`."""

    def __init__(self, model: Model, data: TrainingData, settings: TrainingSettings) -> None:
        self.model = model
        self.data = data
        self.identity = next(_IDENTITIES)  # tells runs apart as long as the program lasts
        self.step = 0  # updates made
        self.epoch = 0  # whole epochs done
        self.events: tuple[Event, ...] = ()  # what was done by hand since the run began
        self.hand_edits = 0  # parameters changed by hand: what was found out about the model before is out of date
        self.optimizer_start = 0  # updates made before the optimizer began afresh
        self.kept_epoch = 0  # the epoch whose numbers the model has again, at the end; 0 while it has the last
        self.stopped: Ending | None = None  # why training ended
        self.divergence = ""  # the sentence that tells it, where the run diverged
        self.holding: Holding = {}  # which breakpoints held when they were looked at last
        self.evaluation: Evaluation | None = None
        self.plateau = PlateauWatch()
        self._settings, self._rule = settings, settings.optimizer
        self.vectors = self._make_vectors()
        self._order = BatchOrder(data.split.train)
        self._gradient = BatchGradient(model)
        self.helpers = 1  # into how many parts a batch is divided: its bits depend on it
        self.crew: Crew | None = None  # who makes its steps where they are many
        self.alone_because = ""  # why it has no crew although it was to have one
        self.restored = 0  # how often it was put where it stands from elsewhere
        self.model_settings: ModelSettings | None = None  # of the model as it is now; a crew's models are built by them
        self._sums = np.zeros(3)  # loss * examples, scores, examples of the present epoch
        self._best = BestSoFar(model)
        self._way_back = WayBack(model)
        self._keep_way_back()
        self._frozen_before = aligned_zeros((model.parameters.size,), model.parameters.dtype)
        self._last_batch = data.split.train[:0]
        self._is_updating = False  # whether a step has begun to change parameters and counters
        self._last_rule = (self._rule, 0.0)  # with what and at which rate the last update was made

    def divide(self, helpers: int) -> None:
        """From the next step on so many parts of a batch are computed one by one, as so many helpers would."""
        self._gradient = DividedGradient(self.model, helpers) if helpers > 1 else BatchGradient(self.model)
        self.helpers = helpers
        if self.crew is not None and self.crew.helpers != helpers:
            self.crew.dismiss()
            self.crew = None

    def _make_vectors(self) -> dict[str, Array]:
        parameters = self.model.parameters
        return {name: aligned_zeros((parameters.size,), parameters.dtype) for name in (*self._rule.vectors, "scratch")}

    def _forget_vectors(self) -> None:
        for vector in self.vectors.values():
            vector.fill(0)

    @property
    def checkpoint(self) -> Checkpoint:
        """All that the run is at this moment, to be read before the next step; its copy() outlasts that."""
        model = self.model
        return Checkpoint(
            Numbers(read_only(model.parameters.values), read_only(model.buffers.values)),
            {name: read_only(vector) for name, vector in self.vectors.items() if name != "scratch"},
            self.counters,
            self._way_back.fallback,
            self._best.kept,
            self.optimizer_start,
            self.kept_epoch,
            self.divergence,
            self.events,
            self.holding,
            self.helpers,
        )

    def restore(self, checkpoint: Checkpoint, scaling: Scaling | None = None) -> None:
        """Go on from there, with the settings that the run has; scaling is the one that the model learned under."""
        if scaling is not None and self.data.scaling.kind == scaling.kind:
            # Not that of the data as it is now, or as nnlab would scale it now.
            self.data = self.data.rescaled(scaling)
        count = len(self._order.examples)
        position = max(checkpoint.counters.position, checkpoint.fallback.counters.position)
        if position >= count:
            raise ModelFileError(f"the run stands at example {position:,} of an epoch, but the data has {count:,}")
        if checkpoint.helpers != self.helpers:
            self.divide(checkpoint.helpers)
        np.copyto(self.model.parameters.values, checkpoint.numbers.parameters)
        np.copyto(self.model.buffers.values, checkpoint.numbers.buffers)
        self.restored += 1
        # The last step's gradient and update are no part of a checkpoint.
        self._forget_vectors()
        for name, vector in checkpoint.vectors.items():
            np.copyto(self.vectors[name], vector)
        self._stand_at(checkpoint.counters)
        self.optimizer_start, self.kept_epoch = checkpoint.optimizer_start, checkpoint.kept_epoch
        self._best.restore(checkpoint.best)
        self._way_back.restore(checkpoint.fallback)
        self.events, self.divergence, self.holding = checkpoint.events, checkpoint.divergence, checkpoint.holding
        self._order.forget()
        self._last_batch = self._last_batch[:0]
        if self.step:
            # The phase of the last step: whether patience counts depends on it.
            self._tell_model(max(self.epoch - (self.position == 0), 0), False)
        # The end was reached, and the best epoch put back or the last one kept: neither is to be done again over what was
        # changed since.
        has_ended = self.kept_epoch or self.settings.keep == "last"
        self.stopped = DIVERGED if self.divergence else self.ending if has_ended else None

    def replica(self) -> Self:
        """The same run at the same step, in memory of its own; of the data only the arrays are shared, and read."""
        data = self.data
        learning, testing = (Feed(feed.examples, feed.scaling) for feed in (data.learning, data.testing))
        copy = type(self)(self.model.replica(), replace(data, learning=learning, testing=testing), self.settings)
        copy.restore(self.checkpoint)
        copy.recall(self.last_step)
        copy.identity, copy.evaluation, copy.hand_edits = self.identity, self.evaluation, self.hand_edits
        return copy

    @property
    def last_step(self) -> LastStep:
        """What is known of the step that led here; its arrays are the run's own."""
        return LastStep(self.model.parameters.gradient, self.vectors["scratch"], self._last_rule, self._last_batch)

    def recall(self, last: LastStep) -> None:
        """That step led here; to be called after `restore`, which knows of none."""
        np.copyto(self.model.parameters.gradient, last.gradient)
        np.copyto(self.vectors["scratch"], last.scratch)
        self._last_rule, self._last_batch = last.rule, last.batch

    @property
    def counters(self) -> Counters:
        """How far the run has come."""
        plateau = (self.plateau.lowest, self.plateau.waited, self.plateau.drops)
        loss, scores, examples = self._sums.tolist()
        return Counters(self.step, self.epoch, self.position, self._order.is_shuffled, (loss, scores, examples), plateau)

    def _stand_at(self, counters: Counters) -> None:
        self.step, self.epoch, self._order.position = counters.step, counters.epoch, counters.position
        self._order.is_shuffled, self._sums = counters.is_shuffled, np.array(counters.sums)
        self.plateau = counters.make_watch()

    @property
    def settings(self) -> TrainingSettings:
        """May be replaced between steps; the new ones act at the next."""
        return self._settings

    @settings.setter
    def settings(self, settings: TrainingSettings) -> None:
        if self.step and settings != self._settings:
            self.events = with_event(self.events, settings_change(self.step, self._settings.to_table(), settings.to_table()))
        self._settings, self._rule = settings, settings.optimizer

    def change_model(self, former: ModelSettings, settings: ModelSettings) -> None:
        """Settings of the model that differ from the former in live ones alone; the new ones act at the next step."""
        if settings == former:
            return
        settings.act_on(self.model)
        self._gradient.release_memory()
        self.model_settings = settings
        if self.step:
            before, after = (
                {f"model.{name}": value for name, value in own.to_table().items()} for own in (former, settings)
            )
            self.events = with_event(self.events, settings_change(self.step, before, after))

    @property
    def best(self) -> EpochEnd | None:
        """The end of the best epoch so far."""
        return self._best.end

    @property
    def edited(self) -> Edited:
        """The parameters changed by hand since training last moved them, and what it had made of them."""
        return edited_since(self.events, self.step)

    @property
    def position(self) -> int:
        """Examples of the present epoch seen."""
        return self._order.position

    @property
    def upcoming(self) -> Index:
        """The positions of the examples that the next step will see."""
        return self._order.upcoming(self.settings, self.epoch)

    @property
    def batches(self) -> int:
        """Steps per epoch, at the present batch size."""
        return self._order.batches(self.settings)

    @property
    def total_steps(self) -> int:
        """Updates from the first to the last, if neither patience nor a change of batch size intervenes."""
        by_epochs = self.settings.epochs * self.batches
        return min(by_epochs, self.settings.steps) if self.settings.steps else by_epochs

    @property
    def learning_rate(self) -> float:
        """The rate of the next update."""
        return self._rate_at(self.position)

    def _rate_at(self, position: int) -> float:
        settings, epoch = self.settings, self.epoch + position / len(self._order.examples)
        time = ScheduleTime(epoch, settings.epochs, self.plateau.drops)
        warmth = warmed_up(epoch + 1 / self.batches, settings.warmup)
        return settings.learning_rate * settings.schedule.factor(time) * warmth

    @property
    def has_stepped(self) -> bool:
        """Whether the gradient is that of a last step: neither an untrained model has one nor one just read from a file."""
        # Until a step is made the optimizer's vectors hold nothing but zeros.
        return bool(self.vectors["scratch"].any())

    @property
    def last_batch(self) -> Index:
        """The positions of the examples that the last step learned from; none where no step led to these parameters."""
        return self._last_batch[:0] if self.kept_epoch else self._last_batch

    def last_update(self, tensor: str) -> Array:
        """What the last step took from a tensor, to be read before the next; zeros before the first and after a restart."""
        parameters = self.model.parameters
        part, shape = parameters.slices[tensor], parameters.shapes[tensor]
        if part in parameters.frozen:
            return np.zeros(shape, parameters.dtype)
        rule, rate = self._last_rule
        return rule.last_update(parameters, self.vectors, rate, part).reshape(shape)

    def _keep_way_back(self, is_within_step: bool = False) -> None:
        """From now on the run goes back to where it stands, or stood before the present step."""
        self._way_back.take(self.counters, self.events, self.kept_epoch, is_within_step)

    def _go_back(self) -> None:
        """The optimizer begins afresh: its velocities and moments belong to steps that are undone, and may be infinite."""
        fallback = self._way_back.put_back()
        self.restored += 1
        self._stand_at(fallback.counters)
        self.kept_epoch = fallback.kept_epoch
        self.events = gone_back(self.events, fallback.events, self.step)
        self.optimizer_start = self.step
        self._forget_vectors()
        self._last_batch = self._last_batch[:0]
        # It may be of an epoch that is undone now; so may the best one, of which nothing was held back to judge it by.
        self.evaluation = None
        self._best.forget_after(self.epoch)

    def _tell_model(self, epoch: int, is_start: bool) -> bool:
        some, _ = self.data.learning.gather(spread(self._order.examples, _SOME_EXAMPLES))
        return self.model.begin(some, epoch, is_start)

    @property
    def waited(self) -> int:
        """Epochs since the best one; none while there is none, or what is learned is not what the epochs are judged by."""
        return self.epoch - self.best.epoch if self.best and not self.model.is_pretraining else 0

    @property
    def ending(self) -> Ending | None:
        """Why training ends here under the present settings, or None."""
        return ending_of(self.settings, self.epoch, self.step, self.waited)
