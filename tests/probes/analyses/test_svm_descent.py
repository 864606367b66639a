"""nnlab's own linear SVM comes as near to the optimum of the shared objective as scikit-learn's, or says that it has not."""

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.probes.analyses.linear_svc import fit_linear_svc
from nnlab.probes.analyses.svm_descent import descend, hinge_objective
from nnlab.targets import Classes
from nnlab.training import TrainingData, prepare_data

pytestmark = pytest.mark.slow


def coded_data(dims: int, classes: int = 4, count: int = 600) -> TrainingData:
    """Clusters that overlap in a few directions, seen through numbers that go together, as codes do."""
    rng = np.random.default_rng(dims)
    labels = np.arange(count) % classes
    hidden = rng.normal(0, 1, (classes, 6))[labels] + rng.normal(0, 0.7, (count, 6))
    codes = hidden @ rng.normal(0, 1, (6, dims)) + rng.normal(0, 0.3, (count, dims))
    examples = Examples(codes.astype(np.float32), labels)
    dataset = Dataset("codes", "Codes", examples, examples, Classes.of(tuple("ABCDEFGH"[:classes])))
    return prepare_data(dataset, DatasetSettings(scaling="standard", validation=0.0))


def seen(data: TrainingData) -> tuple[np.ndarray, np.ndarray]:
    inputs, labels = data.learning.gather(data.split.train)
    return inputs.copy(), labels.copy()


def test_the_objective_by_hand():
    inputs, labels = np.array([[1.0], [-2.0]]), np.array([0, 1])
    weight, bias = np.array([[0.5, -1.0]]), np.array([0.0, 0.25])
    # Scores (0.5, -0.75) and (-1, 2.25): hinges 0.5 and 0.25 of the first example, 0 and 0 of the second.
    assert hinge_objective(inputs, labels, weight, bias, 2.0) == pytest.approx(2 * 0.75 + 0.5 * 1.25)


@pytest.mark.parametrize("dims", [2, 10, 30, 128])
def test_the_descent_ends_near_the_optimum(dims: int):
    data = coded_data(dims)
    own, peer = descend(data, 1.0, 0), fit_linear_svc(*seen(data), 1.0, lambda: None)
    reached = hinge_objective(*seen(data), *peer.lines_of(4), 1.0)
    assert own.objective < 1.02 * reached
    assert own.objective == hinge_objective(*seen(data), own.weight, own.bias, 1.0)


def test_of_two_classes_both_objectives_count_the_same_machines():
    data = coded_data(10, classes=2)
    own, peer = descend(data, 1.0, 0), fit_linear_svc(*seen(data), 1.0, lambda: None)
    reached = hinge_objective(*seen(data), *peer.lines_of(2), 1.0)
    assert own.objective == pytest.approx(reached, rel=0.02)


def test_a_class_without_examples_adds_nothing():
    inputs, labels = seen(coded_data(5, classes=3))
    peer = fit_linear_svc(inputs, 2 * labels, 1.0, lambda: None)
    weight, bias = peer.lines_of(6)
    assert hinge_objective(inputs, 2 * labels, weight, bias, 1.0) == pytest.approx(
        hinge_objective(inputs, labels, weight[:, :5:2], bias[:5:2], 1.0)
    )


def test_what_was_ended_by_the_limit_says_so():
    data = coded_data(128)
    short, whole = descend(data, 1.0, 0, most=300), descend(data, 1.0, 0)
    assert not short.has_converged and short.epochs == 30
    assert whole.objective < short.objective and whole.epochs > short.epochs


def test_more_of_the_descent_would_gain_little():
    data = coded_data(10)
    found = descend(data, 1.0, 0)
    assert found.has_converged
    assert descend(data, 1.0, 1).objective == pytest.approx(found.objective, rel=0.01)
