"""What is known at the end of an epoch, and how it is written down as plain numbers."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from nnlab.models.metrics import tally_of_state, tally_state
from nnlab.targets import Targets
from nnlab.training.energies import Energies
from nnlab.training.evaluation import Evaluation


class EpochEnd(NamedTuple):
    """What is known at the end of an epoch. Training figures are means over its steps, as the weights changed; energies,
    which only a Boltzmann machine has, are of the weights as they stand.
    """

    epoch: int
    train_loss: float
    train_score: float
    validation: Evaluation
    is_best: bool
    energies: Energies | None = None

    def state(self) -> dict[str, Any]:
        """Plain numbers; of a confusion matrix, which may be large, only what is not 0: [true, predicted, count]."""
        return {
            "epoch": self.epoch,
            "train_loss": number_or_none(self.train_loss),
            # As it was called before targets could be values.
            "train_accuracy": number_or_none(self.train_score),
            "validation_loss": number_or_none(self.validation.loss),
            **tally_state(self.validation.tally),
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], targets: Targets) -> "EpochEnd":
        """What `state` wrote down of the best epoch."""
        figures = (number_or_nan(state[name]) for name in ("train_loss", "train_accuracy", "validation_loss"))
        train_loss, train_score, validation_loss = figures
        evaluation = Evaluation(validation_loss, tally_of_state(state, targets))
        return cls(int(state["epoch"]), train_loss, train_score, evaluation, True)


def number_or_none(value: float) -> float | None:
    """For JSON, which knows neither NaN nor infinity."""
    return float(value) if math.isfinite(value) else None


def number_or_nan(value: float | None) -> float:
    """Back from JSON."""
    return math.nan if value is None else float(value)
