"""The loss or the score passes a value, of a batch, of an epoch's training, or of the validation examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnlab.datasets import DatasetSettings
from nnlab.models.metrics import score_of
from nnlab.models.model import ModelSettings
from nnlab.settings import setting
from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched, told_apart
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.step import Step

_BATCH, _TRAINING, _VALIDATION = "batch", "training", "validation"


@dataclass(frozen=True)
class _Figure(Breakpoint):
    """A figure is below a value, or above it. One that is not known (NaN) is neither."""

    part: str = setting(
        _VALIDATION,
        "Of",
        choices=(_BATCH, _TRAINING, _VALIDATION),
        live=True,
        help="batch: of every step's own examples. training: the mean over an epoch's steps. "
        "validation: of the examples held back, at an epoch's end.",
    )
    side: str = setting("below", "Is", choices=("below", "above"), live=True, help="From which side the value is passed.")

    value: float = 0.0

    def _name(self, score: str) -> str:
        raise NotImplementedError

    def _of_step(self, step: Step) -> float:
        raise NotImplementedError

    def _of_epoch(self, end: EpochEnd) -> tuple[float, float]:
        """Of the training, and of the validation."""
        raise NotImplementedError

    def summary(self) -> str:
        """validation loss below 0.1"""
        return f"{self.part} {self._name('score')} {self.side} {self.value:g}"

    def is_due(self, step: Step) -> bool:
        """Of a batch always, else at an epoch's end."""
        return self.part == _BATCH or step.epoch_end is not None

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """Whether the figure is beyond the value."""
        figure = self._of_step(step)
        if self.part != _BATCH and step.epoch_end is not None:
            figure = self._of_epoch(step.epoch_end)[self.part == _VALIDATION]
        if not (figure < self.value if self.side == "below" else figure > self.value):
            return {}
        text, limit = told_apart(figure, self.value)
        name = self._name(score_of(run.data.dataset.targets).title)
        return {"": f"the {name} of {_WORDS[self.part]} was {text}, {self.side} {limit}"}

    def problem(self, dataset: DatasetSettings, model: ModelSettings) -> str:
        """Where nothing is held back there are no figures of it."""
        if self.part == _VALIDATION and not dataset.validation:
            return "no examples are held back for validation; set dataset.validation, or look at 'training'"
        return ""


_WORDS = {_BATCH: "the batch", _TRAINING: "the epoch's training", _VALIDATION: "the validation examples"}


@dataclass(frozen=True)
class LossPasses(_Figure):
    """The loss: of a batch as the step has it, before its update; of the others as Curves shows them."""

    title: ClassVar[str] = "Loss passes a value"

    value: float = setting(0.1, "Value", minimum=-1e9, maximum=1e9, live=True, help="The loss at which training stops.")

    def _name(self, score: str) -> str:
        return "loss"

    def _of_step(self, step: Step) -> float:
        return step.loss

    def _of_epoch(self, end: EpochEnd) -> tuple[float, float]:
        return end.train_loss, end.validation.loss


@dataclass(frozen=True)
class ScorePasses(_Figure):
    """The first metric of the targets: accuracy of classes, R2 of values."""

    title: ClassVar[str] = "Score passes a value"

    side: str = setting("above", "Is", choices=("below", "above"), live=True, help="From which side the value is passed.")
    value: float = setting(
        0.95,
        "Value",
        minimum=-1e9,
        maximum=1.0,
        live=True,
        help="The accuracy (a share, 0.95 for 95 %) or R² at which training stops.",
    )

    def _name(self, score: str) -> str:
        return score

    def _of_step(self, step: Step) -> float:
        return step.score

    def _of_epoch(self, end: EpochEnd) -> tuple[float, float]:
        return end.train_score, end.validation.score

    def problem(self, dataset: DatasetSettings, model: ModelSettings) -> str:
        """Nor is there a score of what predicts nothing."""
        if not model.predicts_targets:
            return f"a model of kind {model.kind} predicts no targets, so that it has no score; look at the loss"
        return super().problem(dataset, model)
