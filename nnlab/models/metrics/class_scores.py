"""Numbers that say how good predictions of classes are."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.confusion import Confusion


def confusion_matrix(labels: Array, predictions: Array, classes: int) -> Array:
    """C[i, j] = how many examples of class i were called j.   labels, predictions (N,)    C (classes, classes)"""
    return Confusion.of(labels, predictions, classes).matrix()


@dataclass(frozen=True)
class ClassScores:
    """Per class: precision, recall, F1 (classes,), and the number of examples. 0 where nothing was predicted or present."""

    precision: Array
    recall: Array
    f1: Array
    support: Array

    @property
    def macro(self) -> tuple[float, float, float]:
        """Precision, recall and F1, each the plain mean over the classes."""
        return float(self.precision.mean()), float(self.recall.mean()), float(self.f1.mean())


def class_scores(confusion: Array) -> ClassScores:
    """precision = TP / (TP + FP)    recall = TP / (TP + FN)    F1 = 2 TP / (2 TP + FP + FN)

    from a confusion matrix with the true class by row (classes, classes).
    """
    return scores_of_counts(np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1))


def scores_of_counts(hits: Array, predicted: Array, support: Array) -> ClassScores:
    """The same from TP, TP + FP and TP + FN of every class (classes,)."""
    hits = hits.astype(float)
    return ClassScores(
        precision=_ratio(hits, predicted),
        recall=_ratio(hits, support),
        f1=_ratio(2 * hits, predicted + support),
        support=support,
    )


def macro_scores(counted: Confusion) -> tuple[float, float, float]:
    """Precision, recall and F1, each the plain mean over the classes."""
    return scores_of_counts(counted.hits, counted.predicted, counted.support).macro


def accuracy(confusion: Array) -> float:
    """The share of examples on the diagonal; NaN for an empty matrix."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def top_k_hits(outputs: Array, labels: Array, k: int) -> int:
    """How many labels are among the k largest outputs.   outputs (N, K)    labels (N,)"""
    largest = np.argpartition(-outputs, min(k, outputs.shape[1]) - 1, axis=1)[:, :k]
    return int((largest == labels[:, None]).any(axis=1).sum())


def _ratio(numerator: Array, denominator: Array) -> Array:
    return np.divide(numerator, denominator, out=np.zeros(len(numerator)), where=denominator > 0)
