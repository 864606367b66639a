"""How good a model is on examples it does not learn from."""

from dataclasses import dataclass

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array
from nnlab.models.metrics import accuracy, confusion_matrix
from nnlab.models.model import Model
from nnlab.training.data import Feed


@dataclass(frozen=True)
class Evaluation:
    """The mean loss over some examples, and their confusion matrix (classes, classes), true class by row.

    The matrix of a model that predicts no classes stays empty. `moment` says in words which parameters it is of, where
    somebody asked for it in between; it is empty at the end of an epoch.
    """

    loss: float
    confusion: Array
    moment: str = ""

    @property
    def accuracy(self) -> float:
        """The share classified right; NaN where no classes are predicted."""
        return accuracy(self.confusion)


def evaluate(model: Model, feed: Feed, index: Index, classes: int) -> Evaluation:
    """Predict the examples at these positions, chunk by chunk. Without examples the loss is NaN."""
    total = 0.0
    confusion = confusion_matrix(index[:0], index[:0], classes)
    for inputs, labels in feed.chunks(index):
        result, predictions = model.evaluate(inputs, labels)
        total += result.loss * len(labels)
        if predictions is not None:
            confusion += confusion_matrix(labels, predictions, classes)
    return Evaluation(total / len(index) if len(index) else float("nan"), confusion)
