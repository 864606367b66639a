"""What Run means after a run has finished: as many epochs again."""

from dataclasses import replace

from nnlab.training import TrainingSettings
from nnlab.training.ending import Reason
from nnlab.ui.messages import Progress

MOST_EPOCHS = 1_000_000


def train_on(training: TrainingSettings, progress: Progress, recipe_epochs: int) -> TrainingSettings:
    """The settings with which a finished run goes on: whatever made it stop is lifted."""
    epochs = min(progress.epoch + recipe_epochs, MOST_EPOCHS)
    training = replace(training, epochs=max(epochs, training.epochs))
    reason = progress.ending.reason if progress.ending else None
    if reason is Reason.STEPS:
        training = replace(training, steps=0)
    if reason is Reason.PATIENCE:
        training = replace(training, patience=0)
    return training
