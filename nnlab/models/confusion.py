"""Which classes were taken for which, counted so that thousands of classes cost no more than the examples there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array

# A matrix of so many classes has a million cells (8 MB); nobody can look at more.
MOST_CLASSES = 1000


def too_many_for_matrix(classes: int) -> str:
    """Why there is no matrix of so many classes, in a sentence; empty where there can be one."""
    if classes <= MOST_CLASSES:
        return ""
    return (
        f"A confusion matrix of {classes:,} classes would be too large to look at; it shows up to {MOST_CLASSES:,}, "
        "choose some of them with dataset.classes."
    )


@dataclass(frozen=True)
class Confusion:
    """How many examples of one class were called another; only the pairs that came up are kept.

    pairs (P,) true class * classes + predicted class, ascending    counts (P,)
    """

    classes: int
    pairs: Array
    counts: Array

    @classmethod
    def of(cls, labels: Array, predictions: Array, classes: int) -> "Confusion":
        """Counted from the true and the predicted class of every example.   labels, predictions (N,)"""
        pairs, counts = np.unique(labels.astype(np.intp) * classes + predictions.astype(np.intp), return_counts=True)
        return cls(classes, pairs, counts)

    @classmethod
    def of_cells(cls, cells: npt.ArrayLike, classes: int) -> "Confusion":
        """From rows of a true class, a predicted class, and how many there were."""
        true, predicted, counts = np.asarray(cells, np.intp).reshape(-1, 3).T
        pairs, places = np.unique(true * classes + predicted, return_inverse=True)
        summed: Array = np.zeros(len(pairs), np.intp)
        np.add.at(summed, places, counts)
        return cls(classes, pairs, summed)

    @classmethod
    def joined(cls, parts: Sequence["Confusion"], classes: int) -> "Confusion":
        """Of all parts together, each of so many classes."""
        if len(parts) == 1:
            return parts[0]
        pairs, places = np.unique(np.concatenate([np.empty(0, np.intp), *(p.pairs for p in parts)]), return_inverse=True)
        counts = np.concatenate([np.empty(0, np.intp), *(part.counts for part in parts)])
        summed: Array = np.zeros(len(pairs), np.intp)
        np.add.at(summed, places, counts)
        return cls(classes, pairs, summed)

    def cells(self) -> list[list[Any]]:
        """The other way, as plain numbers."""
        rows: list[list[Any]] = np.column_stack((*self._classes_of_pairs(), self.counts)).tolist()
        return rows

    @property
    def total(self) -> int:
        """The number of examples."""
        return int(self.counts.sum())

    @property
    def accuracy(self) -> float:
        """The share of examples that were called right; NaN without any."""
        return int(self.hits.sum()) / self.total if self.total else float("nan")

    @property
    def hits(self) -> Array:
        """How many examples of each class were called right (classes,)."""
        true, predicted = self._classes_of_pairs()
        return self._by_class(true, np.where(true == predicted, self.counts, 0))

    @property
    def support(self) -> Array:
        """How many examples of each class there are (classes,)."""
        return self._by_class(self._classes_of_pairs()[0], self.counts)

    @property
    def predicted(self) -> Array:
        """How many examples were called each class (classes,)."""
        return self._by_class(self._classes_of_pairs()[1], self.counts)

    def matrix(self) -> Array:
        """All cells (classes, classes), true class by row. Raises ShapeError where there are too many."""
        if problem := too_many_for_matrix(self.classes):
            raise ShapeError(problem)
        matrix: Array = np.zeros(self.classes**2, np.intp)
        matrix[self.pairs] = self.counts
        return matrix.reshape(self.classes, self.classes)

    def _classes_of_pairs(self) -> tuple[Array, Array]:
        # Without classes there are no pairs either, and nothing to divide by.
        return np.divmod(self.pairs, max(self.classes, 1))

    def _by_class(self, classes: Array, counts: Array) -> Array:
        return np.bincount(classes, weights=counts, minlength=self.classes).astype(np.intp)
