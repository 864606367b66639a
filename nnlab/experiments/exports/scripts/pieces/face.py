"""What a script's training yields."""

from typing import NamedTuple


class Step(NamedTuple):
    """An update: the loss and score of its batch, and the learning rate."""

    step: int
    loss: float
    score: float | None
    rate: float


class Epoch(NamedTuple):
    """The end of an epoch: means over its batches, and figures of what is held back."""

    epoch: int
    train_loss: float
    train_score: float | None
    validation_loss: float | None
    validation_score: float | None
