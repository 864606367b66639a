"""Numbers that say how good predictions are."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array


def confusion_matrix(labels: Array, predictions: Array, classes: int) -> Array:
    """C[i, j] = how many examples of class i were called j.   labels, predictions (N,)    C (classes, classes)"""
    pairs = labels.astype(np.intp) * classes + predictions
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class ClassScores:
    """Per class: precision, recall, F1 (classes,), and the number of examples. 0 where nothing was predicted or present."""

    precision: Array
    recall: Array
    f1: Array
    support: Array


def class_scores(confusion: Array) -> ClassScores:
    """precision = TP / (TP + FP)    recall = TP / (TP + FN)    F1 = 2 TP / (2 TP + FP + FN)

    from a confusion matrix with the true class by row (classes, classes).
    """
    hits = np.diag(confusion).astype(float)
    predicted, support = confusion.sum(axis=0), confusion.sum(axis=1)
    return ClassScores(
        precision=_ratio(hits, predicted),
        recall=_ratio(hits, support),
        f1=_ratio(2 * hits, predicted + support),
        support=support,
    )


def accuracy(confusion: Array) -> float:
    """The share of examples on the diagonal; NaN for an empty matrix."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def _ratio(numerator: Array, denominator: Array) -> Array:
    return np.divide(numerator, denominator, out=np.zeros(len(numerator)), where=denominator > 0)
