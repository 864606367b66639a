"""In which order an epoch sees the training examples, and in which batches."""

import math

from nnlab.datasets.split import Index
from nnlab.randomness import random_stream
from nnlab.training.settings import TrainingSettings


class BatchOrder:
    """The examples of an epoch in the order drawn from (seed, epoch), and how far it has come in them."""

    def __init__(self, examples: Index) -> None:
        self.examples = examples
        self.position = 0  # examples of the present epoch seen
        self.is_shuffled = False  # whether the present epoch's examples come in an order drawn for it
        self._order, self._order_of = examples, -1

    def batches(self, settings: TrainingSettings) -> int:
        """Steps per epoch."""
        return math.ceil(len(self.examples) / settings.effective_batch_size(len(self.examples)))

    def shuffles(self, settings: TrainingSettings) -> bool:
        """Whether an epoch that begins now is shuffled."""
        # The sum over a full batch has no order, and reading memory in order is faster.
        return settings.shuffle and self.batches(settings) > 1

    def is_of(self, epoch: int) -> bool:
        """Whether the order of this epoch has been drawn."""
        return self._order_of == epoch

    def begin(self, settings: TrainingSettings, epoch: int) -> None:
        """Draw the order of an epoch, or draw it again within one where a saved run goes on."""
        self._order = self._drawn(settings, epoch)
        if self.position == 0:
            self.is_shuffled = self.shuffles(settings)
        self._order_of = epoch

    def forget(self) -> None:
        """The run stands elsewhere now: the order is drawn again when it goes on."""
        self._order_of = -1

    def upcoming(self, settings: TrainingSettings, epoch: int) -> Index:
        """The positions of the examples that the next step will see."""
        order = self._order if self.is_of(epoch) else self._drawn(settings, epoch)
        return order[self.position : self.position + settings.effective_batch_size(len(order))]

    def following(self, settings: TrainingSettings, position: int, most: int) -> list[Index]:
        """The same of so many steps from a position of the epoch on, or of those to its end; its order has been drawn."""
        size = settings.effective_batch_size(len(self._order))
        stop = min(len(self._order), position + most * size)
        return [self._order[start : start + size] for start in range(position, stop, size)]

    def _drawn(self, settings: TrainingSettings, epoch: int) -> Index:
        # An epoch ends in the order it began in, whatever is set meanwhile, or some examples would be seen twice in it.
        if not (self.is_shuffled if self.position else self.shuffles(settings)):
            return self.examples
        return random_stream(settings.seed, "shuffle", epoch).permutation(self.examples)
