"""Why training ends: epochs, steps, or patience."""

from nnlab.training.settings import TrainingSettings


def reason_to_stop(settings: TrainingSettings, epoch: int, number: int, best_epoch: int | None) -> str:
    """Why a run ends after so many whole epochs and updates, or an empty text. Without a best epoch patience waits."""
    if epoch >= settings.epochs:
        return "all epochs done"
    if settings.steps and number >= settings.steps:
        return "step limit reached"
    if settings.patience and best_epoch is not None and epoch - best_epoch >= settings.patience:
        return f"no lower validation loss for {settings.patience} epochs"
    return ""
