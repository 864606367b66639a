"""Confusion, precision, recall and F1: by hand, and counted one example at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.models.metrics import accuracy, class_scores, confusion_matrix

CLASSES = 4
PAIRS = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), max_size=40)


def matrix(pairs) -> np.ndarray:
    labels, predictions = np.array(pairs, np.intp).reshape(-1, 2).T
    return confusion_matrix(labels, predictions, CLASSES)


def test_the_true_class_is_the_row():
    np.testing.assert_array_equal(
        confusion_matrix(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3), [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
    )


def test_labels_of_one_byte_do_not_overflow():
    many = confusion_matrix(np.array([199], np.uint8), np.array([3]), 200)
    assert many[199, 3] == many.sum() == 1


@given(PAIRS)
def test_every_cell_counts_its_pairs(pairs):
    cells = matrix(pairs)
    assert all(cells[cell] == pairs.count(cell) for cell in np.ndindex(CLASSES, CLASSES))


@given(PAIRS)
def test_scores_count_example_by_example(pairs):
    scores = class_scores(matrix(pairs))
    for label in range(CLASSES):
        hits = pairs.count((label, label))
        predicted = sum(said == label for _, said in pairs)
        present = sum(true == label for true, _ in pairs)
        precision, recall = (hits / count if count else 0 for count in (predicted, present))
        harmonic = 2 * precision * recall / (precision + recall) if hits else 0
        found = scores.precision[label], scores.recall[label], scores.f1[label], scores.support[label]
        assert found == pytest.approx((precision, recall, harmonic, present))


@given(PAIRS)
def test_accuracy_is_the_share_of_right_answers(pairs):
    right = accuracy(matrix(pairs))
    if pairs:
        assert right == pytest.approx(sum(true == said for true, said in pairs) / len(pairs))
    else:
        assert math.isnan(right)
