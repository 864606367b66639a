"""Whether a run ails, followed by what is found of the spread of its numbers now and then."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Protocol

from nnlab.experiments.experiment import Experiment
from nnlab.models.model import phase_at
from nnlab.probes.advice import Advice, advice_of
from nnlab.probes.ailment import LOOKS, Ailment, Cause, Course, Flat, Look, ailment_of, look_at
from nnlab.probes.answer import Answer
from nnlab.training import TrainingSettings
from nnlab.training.events import Event, ParameterEdit, SettingsChange
from nnlab.training.history import History


class Standing(Protocol):
    """Steps in an epoch and in the run, what was done by hand, and how far the first step would have gone at rate 1."""

    @property
    def batches(self) -> int: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def events(self) -> Sequence[Event]: ...  # noqa: D102
    @property
    def first_move(self) -> float: ...  # noqa: D102


class Ailing:
    """Judges the course of a run whenever its numbers were looked at: a few times a second, for some 100 µs."""

    def __init__(self) -> None:
        self._first: Look | None = None
        self._last: deque[Look] = deque(maxlen=LOOKS)
        self._fastest, self._changed = 0.0, 0
        self._ailment: Ailment | None = None
        self._told: dict[tuple[Cause, Flat | None], Advice] = {}
        self.advice: Advice | None = None  # what to do, where there is anything

    def begin(self) -> None:
        """Another run."""
        self._first, self._changed = None, 0
        self._start()

    def _start(self) -> None:
        """The run is to be judged anew."""
        self._last.clear()
        self._fastest, self._ailment, self.advice = 0.0, None, None
        self._told = {}

    def follow(self, found: Sequence[Answer], history: History, experiment: Experiment, now: Standing) -> None:
        """Looks at the spread of its numbers (Distributions); the history has the steps before them already."""
        # Of an epoch that was put back the numbers are no measure of the last steps.
        spreads = [answer for answer in found if not answer.moment.kept_epoch]
        if not spreads or not len(history.steps["step"]):
            return
        begin, changed = _borders(history, experiment, now)
        if changed != self._changed:
            self._start()
            self._changed = changed
        for answer in spreads:
            self._take(look_at(answer.moment.step, answer.value))
        assert self._first is not None
        steps, batch = history.steps, experiment.training.effective_batch_size(2**31)
        numbers, epochs, losses = (steps[name].values for name in ("step", "epoch", "loss"))
        course = Course(numbers, epochs, losses, begin, changed, self._fastest, batch, now.total)
        self._ailment = ailment_of(course, (self._first, *self._last), self._ailment)
        self.advice = self._advise(experiment.training, now.first_move)

    def _take(self, look: Look) -> None:
        if self._last and look.step <= self._last[-1].step:
            # Steps are made again.
            self._last.clear()
        self._first = self._first or look
        self._last.append(look)
        if look.step > self._changed:
            self._fastest = max(self._fastest, look.pace)

    def _advise(self, training: TrainingSettings, first_move: float) -> Advice | None:
        """The same words as long as the same ails it: who has read them need not read them again."""
        ailment = self._ailment
        if ailment is None:
            return None
        advice = replace(advice_of(ailment, training, first_move), of_rate=training.learning_rate)
        return self._told.setdefault((ailment.cause, ailment.flat), advice)


def _borders(history: History, experiment: Experiment, now: Standing) -> tuple[int, int]:
    """After which step the loss that is descended now began to be, and after which the last change by hand was made."""
    epochs = history.steps["epoch"].values
    begin = phase_at(experiment.model.phases, float(epochs[-1])).epoch * now.batches
    by_hand = (event.step for event in now.events if isinstance(event, SettingsChange | ParameterEdit))
    # While it warms up it is meant to be slow.
    return begin, max(begin + ceil(experiment.training.warmup * now.batches), *by_hand, 0)
