"""What is known at the end of an epoch, and how it is written down as plain numbers."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from nnlab.models.confusion import Confusion
from nnlab.training.evaluation import Evaluation


class EpochEnd(NamedTuple):
    """What is known at the end of an epoch. Training figures are means over its steps, as the weights changed."""

    epoch: int
    train_loss: float
    train_accuracy: float
    validation: Evaluation
    is_best: bool

    def state(self) -> dict[str, Any]:
        """Plain numbers; of the confusion matrix, which may be large, only what is not 0: [true, predicted, count]."""
        return {
            "epoch": self.epoch,
            "train_loss": number_or_none(self.train_loss),
            "train_accuracy": number_or_none(self.train_accuracy),
            "validation_loss": number_or_none(self.validation.loss),
            "confusion": self.validation.counted.cells(),
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], classes: int) -> "EpochEnd":
        """What `state` wrote down of the best epoch."""
        counted = Confusion.of_cells(state["confusion"], classes)
        losses = (number_or_nan(state[name]) for name in ("train_loss", "train_accuracy", "validation_loss"))
        train_loss, train_accuracy, validation_loss = losses
        return cls(int(state["epoch"]), train_loss, train_accuracy, Evaluation(validation_loss, counted), True)


def number_or_none(value: float) -> float | None:
    """For JSON, which knows neither NaN nor infinity."""
    return float(value) if math.isfinite(value) else None


def number_or_nan(value: float | None) -> float:
    """Back from JSON."""
    return math.nan if value is None else float(value)
