"""Confusion, precision, recall and F1: by hand, and counted one example at a time."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import ShapeError
from nnlab.models.confusion import Confusion
from nnlab.models.metrics.class_scores import accuracy, class_scores, confusion_matrix, top_k_hits
from nnlab.models.metrics.reconstruction import psnr, squared_errors

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


@given(PAIRS)
def test_counted_pairs_say_what_their_matrix_says(pairs):
    labels, predictions = np.array(pairs, np.intp).reshape(-1, 2).T
    counted, cells = Confusion.of(labels, predictions, CLASSES), matrix(pairs)
    np.testing.assert_array_equal(counted.matrix(), cells)
    assert counted.total == len(pairs)
    for found, expected in (
        (counted.hits, np.diag(cells)),
        (counted.support, cells.sum(axis=1)),
        (counted.predicted, cells.sum(axis=0)),
    ):
        np.testing.assert_array_equal(found, expected)
    assert counted.accuracy == pytest.approx(accuracy(cells), nan_ok=True)
    again = Confusion.of_cells(counted.cells()[::-1], CLASSES)
    np.testing.assert_array_equal(again.matrix(), cells)


def test_cells_of_a_file_are_added_up_and_take_no_memory_for_their_counts():
    counted = Confusion.of_cells([[1, 0, 2**50], [0, 1, 2], [1, 0, 3]], 2)
    np.testing.assert_array_equal(counted.matrix(), [[0, 2], [2**50 + 3, 0]])


def test_many_classes_take_no_more_than_their_examples():
    labels, predictions = np.arange(9_999), np.arange(9_999)[::-1]
    tracemalloc.start()
    counted = Confusion.of(labels, predictions, 9_999)
    assert (counted.total, counted.hits.sum(), len(counted.support)) == (9_999, 1, 9_999)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6
    with pytest.raises(ShapeError, match="9,999 classes"):
        counted.matrix()
    assert Confusion.of(np.array([0]), np.array([0]), 1000).matrix().shape == (1000, 1000)


@pytest.mark.parametrize(("k", "hits"), [(1, 1), (2, 2), (3, 3), (4, 4), (9, 4)])
def test_a_label_counts_when_it_is_among_the_largest_outputs(k: int, hits: int):
    outputs = np.array([[0.9, 0.3, 0.2, 0.1], [0.9, 0.3, 0.2, 0.1], [0.9, 0.3, 0.2, 0.1], [-1, -2, -3, -4]])
    assert top_k_hits(outputs, np.array([0, 1, 2, 3]), k) == hits


@given(st.integers(0, 1000), st.integers(1, 5))
def test_the_largest_outputs_are_those_of_a_sorted_list(seed: int, k: int):
    rng = np.random.default_rng(seed)
    outputs, labels = rng.permutation(50).reshape(10, 5), rng.integers(0, 5, 10)
    expected = sum(label in np.argsort(row)[::-1][:k] for row, label in zip(outputs, labels, strict=True))
    assert top_k_hits(outputs, labels, k) == expected


def test_squared_errors_are_means_over_the_numbers_of_each_example():
    targets, outputs = np.zeros((2, 2, 2, 1)), np.array([[1.0, 1, 1, 1], [2, 0, 0, 0]])
    np.testing.assert_allclose(squared_errors(targets, outputs), [1, 1])
    np.testing.assert_allclose(squared_errors(outputs, 3 * outputs), [4, 4])


def test_psnr_counts_decibels_below_the_peak():
    np.testing.assert_allclose(psnr(np.array([1, 0.1, 0.001])), [0, 10, 30])
    assert psnr(np.array([255.0**2]), peak=255.0) == pytest.approx(0)
    assert psnr(np.array([0.0])) == np.inf
