"""The best epoch so far, judged by the validation loss, or by the training loss where nothing is held back."""

from nnlab.models.model import Model
from nnlab.training.checkpoint import BestEpoch
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.evaluation import Evaluation
from nnlab.training.kept_numbers import KeptNumbers


class BestSoFar:
    """Its end and, in memory made once, the model's numbers at it."""

    def __init__(self, model: Model) -> None:
        self.end: EpochEnd | None = None
        self._kept = KeptNumbers(model)

    def is_beaten(self, train_loss: float, validation: Evaluation, is_held_back: bool) -> bool:
        """Whether an epoch that ends so is better."""
        if self.end is None:
            return True
        if is_held_back:
            return validation.loss < self.end.validation.loss
        return train_loss < self.end.train_loss

    def take(self, end: EpochEnd) -> None:
        """The epoch that ends now is the best one."""
        self.end = end
        self._kept.take()

    def forget_after(self, epoch: int) -> None:
        """The run went back to where so many epochs were whole: a later one is none."""
        if self.end and self.end.epoch > epoch:
            self.end = None

    def put_back(self) -> None:
        """Give the model its numbers again."""
        self._kept.put_back()

    @property
    def kept(self) -> BestEpoch | None:
        """For a checkpoint; None while no epoch has ended."""
        return BestEpoch(self.end, self._kept.numbers) if self.end else None

    def restore(self, kept: BestEpoch | None) -> None:
        """As a checkpoint has it."""
        self.end = kept.end if kept else None
        if kept:
            self._kept.take_from(kept.numbers)
