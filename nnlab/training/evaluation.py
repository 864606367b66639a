"""How good a model is on examples it does not learn from."""

from dataclasses import dataclass

from nnlab.datasets.split import Index
from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.confusion import Confusion
from nnlab.models.metrics import Tally, joined, score, tally
from nnlab.models.model import Model
from nnlab.targets import Targets
from nnlab.training.data import Feed

_MOST_AT_ONCE = 1000
_MOST_NUMBERS = (1 << 30) // 4


@dataclass(frozen=True)
class Evaluation:
    """The mean loss over some examples, and which of their classes were taken for which, or how far their values were off.

    Of a model that predicts nothing the tally is of no examples. `moment` says in words which parameters it is of, where
    somebody asked for it in between; it is empty at the end of an epoch.
    """

    loss: float
    tally: Tally
    moment: str = ""

    @property
    def confusion(self) -> Array:
        """The matrix (classes, classes), true class by row; raises ShapeError where there are too many classes for one."""
        if not isinstance(self.tally, Confusion):
            raise ShapeError("values have no confusion matrix; choose data with classes")
        return self.tally.matrix()

    @property
    def score(self) -> float:
        """The first metric of such targets: accuracy of classes, R2 of values; NaN where nothing is predicted."""
        return score(self.tally)


def portion_size(held_numbers: int) -> int:
    """How many examples to evaluate at once, of a model that keeps so many numbers for each: as many as fit a gigabyte."""
    return min(max(_MOST_NUMBERS // max(held_numbers, 1), 1), _MOST_AT_ONCE)


def evaluate(model: Model, feed: Feed, index: Index, targets: Targets, at_once: int = 0) -> Evaluation:
    """Predict the examples at these positions, chunk by chunk. Without examples the loss is NaN."""
    total, done = 0.0, 0
    tallies: list[Tally] = []
    for inputs, wanted in feed.chunks(index, at_once or portion_size(model.held_numbers)):
        result, predicted = model.evaluate(inputs, wanted)
        total += result.loss * len(wanted)
        if predicted is not None:
            true = feed.examples.targets[index[done : done + len(wanted)]]
            tallies.append(tally(true, feed.in_own_units(predicted), targets))
        done += len(wanted)
    return Evaluation(total / len(index) if len(index) else float("nan"), joined(tallies, targets))


def judge(model: Model, feed: Feed, index: Index, targets: Targets, at_once: int) -> Evaluation:
    """As `evaluate`; where there is not enough memory for that, no more than so many examples at a time."""
    try:
        return evaluate(model, feed, index, targets)
    except MemoryError:
        model.release_memory()
        return evaluate(model, feed, index, targets, min(at_once, portion_size(model.held_numbers)))
