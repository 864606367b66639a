"""A history that was never trained, for what draws one."""

import numpy as np

from nnlab.training.history import History


def history_of(steps: int, batches: int = 10, loss: float = 1.0) -> History:
    """Of so many steps, with a loss that falls from step to step, and the figures of the epochs that have ended."""
    history, numbers = History(), np.arange(1.0, steps + 1)
    columns = {
        "step": numbers,
        "epoch": numbers / batches,
        "loss": loss / numbers,
        "accuracy": 1 - 1 / (numbers + 1),
        "learning_rate": np.full(steps, 0.05),
    }
    for name, column in columns.items():
        history.steps[name].extend(column)
    for epoch in range(1, steps // batches + 1):
        row = {"step": epoch * batches, "epoch": epoch, "train_loss": 1.0, "train_accuracy": 0.5}
        history.end_epoch({**row, "validation_loss": loss / epoch, "validation_accuracy": 0.25 * epoch}, False)
    return history
