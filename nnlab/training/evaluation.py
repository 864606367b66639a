"""How good a model is on examples it does not learn from."""

from dataclasses import dataclass

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array
from nnlab.models.confusion import Confusion
from nnlab.models.model import Model
from nnlab.training.data import Feed

_MOST_AT_ONCE = 1000
_MOST_NUMBERS = (1 << 30) // 4


@dataclass(frozen=True)
class Evaluation:
    """The mean loss over some examples, and which of their classes were taken for which.

    Of a model that predicts no classes nothing is counted. `moment` says in words which parameters it is of, where
    somebody asked for it in between; it is empty at the end of an epoch.
    """

    loss: float
    counted: Confusion
    moment: str = ""

    @property
    def confusion(self) -> Array:
        """The matrix (classes, classes), true class by row; raises ShapeError where there are too many classes for one."""
        return self.counted.matrix()

    @property
    def accuracy(self) -> float:
        """The share classified right; NaN where no classes are predicted."""
        return self.counted.accuracy


def portion_size(held_numbers: int) -> int:
    """How many examples to evaluate at once, of a model that keeps so many numbers for each: as many as fit a gigabyte."""
    return min(max(_MOST_NUMBERS // max(held_numbers, 1), 1), _MOST_AT_ONCE)


def evaluate(model: Model, feed: Feed, index: Index, classes: int, at_once: int = 0) -> Evaluation:
    """Predict the examples at these positions, chunk by chunk. Without examples the loss is NaN."""
    total = 0.0
    told = [index[:0]]
    true = [index[:0]]
    for inputs, labels in feed.chunks(index, at_once or portion_size(model.held_numbers)):
        result, predictions = model.evaluate(inputs, labels)
        total += result.loss * len(labels)
        if predictions is not None:
            # Both live in arrays that the next chunk writes over.
            true.append(labels.astype(np.intp))
            told.append(predictions.astype(np.intp))
    counted = Confusion.of(np.concatenate(true), np.concatenate(told), classes)
    return Evaluation(total / len(index) if len(index) else float("nan"), counted)


def judge(model: Model, feed: Feed, index: Index, classes: int, at_once: int) -> Evaluation:
    """As `evaluate`; where there is not enough memory for that, no more than so many examples at a time."""
    try:
        return evaluate(model, feed, index, classes)
    except MemoryError:
        model.release_memory()
        return evaluate(model, feed, index, classes, min(at_once, portion_size(model.held_numbers)))
