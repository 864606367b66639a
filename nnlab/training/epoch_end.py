"""What is known at the end of an epoch, and how it is written down as plain numbers."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from nnlab.models.arrays import Array
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
        confusion = self.validation.confusion
        cells = np.argwhere(confusion)
        return {
            "epoch": self.epoch,
            "train_loss": number_or_none(self.train_loss),
            "train_accuracy": number_or_none(self.train_accuracy),
            "validation_loss": number_or_none(self.validation.loss),
            "confusion": np.column_stack((cells, confusion[tuple(cells.T)])).tolist(),
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], classes: int) -> "EpochEnd":
        """What `state` wrote down of the best epoch."""
        confusion: Array = np.zeros((classes, classes), np.intp)
        for true, predicted, count in state["confusion"]:
            confusion[true, predicted] = count
        losses = (number_or_nan(state[name]) for name in ("train_loss", "train_accuracy", "validation_loss"))
        train_loss, train_accuracy, validation_loss = losses
        return cls(int(state["epoch"]), train_loss, train_accuracy, Evaluation(validation_loss, confusion), True)


def number_or_none(value: float) -> float | None:
    """For JSON, which knows neither NaN nor infinity."""
    return float(value) if math.isfinite(value) else None


def number_or_nan(value: float | None) -> float:
    """Back from JSON."""
    return math.nan if value is None else float(value)
