"""How a finished run goes on: for so many epochs more, whatever made it stop being lifted; and in which words."""

from dataclasses import replace

from nnlab.settings import largest
from nnlab.training import TrainingSettings
from nnlab.training.ending import Reason
from nnlab.ui.messages import Progress
from nnlab.words import counted


def gone_on(training: TrainingSettings, progress: Progress, epochs: int) -> TrainingSettings:
    """The settings with which it trains for so many epochs more."""
    most = largest(TrainingSettings, "epochs")
    training = replace(training, epochs=max(min(progress.epoch + epochs, most), training.epochs))
    reason = progress.ending.reason if progress.ending else None
    if reason is Reason.STEPS:
        training = replace(training, steps=0)
    if reason is Reason.PATIENCE:
        training = replace(training, patience=0)
    return training


def going_on_words(epochs: int) -> str:
    """On a button: Continue for 40 epochs."""
    return f"Continue for {counted(epochs, 'epoch')}"
