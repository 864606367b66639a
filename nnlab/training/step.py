"""What one update of a training run tells."""

from typing import NamedTuple

from nnlab.training.epoch_end import EpochEnd


class Step(NamedTuple):
    """One parameter update. The loss and score are the batch's, before the update.

    Penalties on activity are in the loss, those on weights are not. The score is the share of the
    examples whose class was called right; of values R2, where the values that are learned from have variance 1; NaN without
    either.
    """

    number: int
    epoch: int
    batch: int
    batches: int
    examples: int
    loss: float
    score: float
    learning_rate: float
    epoch_end: EpochEnd | None
