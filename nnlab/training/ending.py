"""Why training ends: epochs, steps, patience, or a loss that is no number any more."""

from dataclasses import dataclass
from enum import Enum

from nnlab.training.settings import TrainingSettings


class Reason(Enum):
    """What there was enough of."""

    EPOCHS = "epochs"
    STEPS = "steps"
    PATIENCE = "patience"
    DIVERGED = "diverged"


@dataclass(frozen=True)
class Ending:
    """A reason, and how a person is told of it."""

    reason: Reason
    words: str


DIVERGED = Ending(Reason.DIVERGED, "diverged")


def ending_of(settings: TrainingSettings, epoch: int, step: int, waited: int) -> Ending | None:
    """Why a run ends after so many whole epochs and updates, the last `waited` epochs since the best one; or None."""
    if epoch >= settings.epochs:
        return Ending(Reason.EPOCHS, "all epochs done")
    if settings.steps and step >= settings.steps:
        return Ending(Reason.STEPS, "step limit reached")
    if settings.patience and waited >= settings.patience:
        return Ending(Reason.PATIENCE, f"no lower validation loss for {settings.patience} epochs")
    return None
