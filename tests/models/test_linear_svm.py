"""The linear support vector machine finds the optimum that scikit-learn's solver finds."""

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.models.arrays import Array
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.regularizers import L2
from nnlab.targets import Classes
from nnlab.training import TrainingData, TrainingRun, TrainingSettings, prepare_data
from tests.models.small_runs import digits_data, digits_run
from tests.targets import numbered

C, COUNT, CLASSES = 0.05, 240, 3


def noisy_blobs() -> TrainingData:
    """Three clusters in five dimensions that can nearly be separated; features of deviation one."""
    rng = np.random.default_rng(0)
    labels = np.arange(COUNT) % CLASSES
    centres = rng.normal(0, 1.5, (CLASSES, 5))
    examples = Examples((centres[labels] + rng.normal(0, 1, (COUNT, 5))).astype(np.float32), labels)
    return prepare_data(
        Dataset("blobs", "Blobs", examples, examples, Classes(("A", "B", "C"))),
        DatasetSettings(scaling="standard", validation=0.0),
    )


def objective(weight: Array, bias: Array, x: Array, labels: Array, loss: str) -> float:
    """C sum hinge + |W|^2 / 2, written out."""
    z, rows = x @ weight + bias, np.arange(len(x))
    if loss == "one_vs_rest_hinge":
        signs = np.where(labels[:, None] == np.arange(CLASSES), 1, -1)
        hinge = np.maximum(0, 1 - signs * z).sum()
    else:
        rivals = z.copy()
        rivals[rows, labels] = -np.inf
        hinge = np.maximum(0, 1 + rivals.max(axis=1) - z[rows, labels]).sum()
    return C * hinge + 0.5 * (weight**2).sum()


@pytest.mark.parametrize("loss", ["one_vs_rest_hinge", "hinge"])
def test_training_reaches_the_optimum_of_scikit_learn(loss: str):
    data = noisy_blobs()
    settings = TrainingSettings(
        optimizer="sgd",
        learning_rate=0.2,
        schedule="cosine",
        batch_size=20,
        epochs=150,
        penalty=L2(1 / (C * COUNT)),
        keep="last",
    )
    run = TrainingRun(LinearSVMSettings(loss).build((5,), numbered(CLASSES)), data, settings)
    list(run)
    x, labels = (part.copy() for part in data.learning.gather(data.split.train))
    # The bias is not penalised here; scaled like this scikit-learn hardly penalises it either.
    kind = {"one_vs_rest_hinge": {"loss": "hinge"}, "hinge": {"multi_class": "crammer_singer"}}[loss]
    peer = LinearSVC(C=C, intercept_scaling=10, max_iter=1_000_000, tol=1e-4, random_state=0, **kind).fit(x, labels)
    best = objective(peer.coef_.T, peer.intercept_, x, labels, loss)
    view = run.model.parameters.view
    assert objective(view("dense1.weight"), view("dense1.bias"), x, labels, loss) == pytest.approx(best, rel=0.01)
    ours = run.model.evaluate(x, labels)[1]
    assert (ours == peer.predict(x)).mean() > 0.97


def test_the_loss_of_training_is_the_objective_without_its_constant():
    data = noisy_blobs()
    model = LinearSVMSettings().build((5,), numbered(CLASSES))
    rng = np.random.default_rng(1)
    model.parameters.values[...] = rng.normal(0, 0.5, model.parameters.size)
    x, labels = data.learning.gather(data.split.train)
    weight, bias = (model.parameters.view(f"dense1.{part}") for part in ("weight", "bias"))
    total = model.loss_and_gradient(x, labels).loss + 0.5 / (C * COUNT) * float((weight**2).sum())
    assert total * C * COUNT == pytest.approx(objective(weight, bias, x, labels, "one_vs_rest_hinge"), rel=1e-5)


@pytest.mark.parametrize("loss", ["one_vs_rest_hinge", "hinge"])
def test_digits_are_learned_by_a_machine_that_starts_at_zero(loss: str):
    run = digits_run(LinearSVMSettings(loss), digits_data(800), epochs=20, learning_rate=0.02)
    assert not run.model.parameters.values.any()
    end = list(run)[-1].epoch_end
    assert end.validation.score > 0.9


@pytest.mark.parametrize("loss", ["one_vs_rest_hinge", "hinge"])
def test_before_learning_both_passes_call_every_example_the_same_class(loss: str):
    # All scores are zero and tie: what is counted in training must be what evaluation names.
    model, data = LinearSVMSettings(loss).build((5,), numbered(CLASSES)), noisy_blobs()
    x, labels = data.learning.gather(data.split.train)
    judged, named = model.evaluate(x, labels)
    assert judged.score_sum == np.count_nonzero(named == labels) == COUNT // CLASSES


def test_any_data_with_classes_fits_pictures_as_vectors():
    settings = LinearSVMSettings()
    settings.check((8, 8, 1), numbered(10))
    assert settings.build((8, 8, 1), numbered(10)).parameters.shapes == {"dense1.weight": (64, 10), "dense1.bias": (10,)}
