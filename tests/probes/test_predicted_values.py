"""Predicted values are the model's in the data's own units, the worst of them first; the function runs through them."""

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples, load_dataset
from nnlab.errors import ShapeError
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.metrics import metrics_of
from nnlab.probes import Selection, look
from nnlab.probes.predicted_values import PredictedValues, PredictedValuesOptions
from nnlab.probes.predictions import PredictionsMemory
from nnlab.targets import Values
from nnlab.training import TrainingRun, TrainingSettings, evaluate, prepare_data
from tests.datasets.chosen import data_of
from tests.training.runs import toy_run

TWO = Values(("price", "rent"), ("€", ""))


def run_on(dataset: Dataset, steps: int = 40, validation: float = 0.25) -> TrainingRun:
    data = prepare_data(dataset, DatasetSettings(validation=validation, scaling="standard"))
    layers = (Dense(8), Tanh(), Dense(dataset.targets.count))
    model = MLPSettings(layers, "mean_squared_error").build(dataset.example_shape, dataset.targets)
    run = TrainingRun(model, data, TrainingSettings(learning_rate=0.05, batch_size=16, epochs=100))
    for _ in range(steps):
        next(run)
    return run


def houses(count: int = 200) -> Dataset:
    """Two values, one of them in the hundred thousands."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(count, 3)).astype(np.float32)
    targets = inputs @ np.array([[5e4, 200], [-2e4, 90], [1e4, 10.0]]) + [3e5, 800] + rng.normal(size=(count, 2)) * [2e4, 30]
    part = Examples(inputs, targets)
    return Dataset("houses", "Houses", part, Examples(inputs[:20], targets[:20]), TWO)


def glance(run: TrainingRun, part: str = "train", value: int = 0, memory=None) -> PredictedValues:
    return look(run, "predicted_values", Selection(part=part, options=PredictedValuesOptions(value)), memory).value


@pytest.mark.parametrize("part", ["train", "validation", "test"])
@pytest.mark.parametrize("value", [0, 1])
def test_they_are_what_the_model_tells_in_the_datas_own_units(part: str, value: int):
    run = run_on(houses())
    seen = glance(run, part, value)
    feed, index = {
        "train": (run.data.learning, run.data.split.train),
        "validation": (run.data.learning, run.data.split.validation),
        "test": (run.data.testing, run.data.test_index),
    }[part]
    predicted = feed.in_own_units(run.model.predict(feed.gather(index)[0]))
    np.testing.assert_array_equal(seen.places, np.arange(len(index)))
    np.testing.assert_array_equal(seen.true, feed.examples.targets[index][:, value])
    np.testing.assert_allclose(seen.predicted, predicted[:, value], rtol=1e-4)
    assert (seen.part, seen.value, seen.is_fresh, seen.total) == (part, value, True, len(index))
    assert len(seen.x) == len(seen.curve) == 0


def test_the_worst_come_first():
    seen = glance(run_on(houses()))
    sizes = np.abs(seen.residuals)[seen.worst]
    assert (np.diff(sizes) <= 0).all() and len(set(seen.worst)) == len(seen.places)


def test_what_is_no_number_is_the_worst():
    run = run_on(houses())
    run.model.parameters.values[:] = np.nan
    seen = glance(run)
    assert np.isnan(seen.predicted).all() and len(seen.worst) == len(seen.places)


def test_its_metrics_are_those_of_an_evaluation_where_there_is_one_value():
    run = run_on(load_dataset(DatasetSettings("sine")))
    whole = evaluate(run.model, run.data.learning, run.data.split.train, run.data.dataset.targets).tally
    seen = glance(run)
    for metric in metrics_of(run.data.dataset.targets):
        assert metric.of(seen.errors) == pytest.approx(metric.of(whole), rel=1e-5)


def test_of_one_input_the_function_runs_through_the_predictions_and_a_little_beyond():
    run = run_on(load_dataset(data_of("sine", samples=300)))
    seen = glance(run)
    x, y = seen.curve.T
    assert (np.diff(x) > 0).all()
    assert x[0] < seen.x.min() and x[-1] > seen.x.max() and x[-1] - x[0] < 1.2 * np.ptp(seen.x)
    np.testing.assert_allclose(np.interp(seen.x, x, y), seen.predicted, atol=2e-3)


def test_looking_for_a_moment_at_a_time_comes_to_the_same():
    run, memory = run_on(houses(900)), PredictionsMemory(0.0)
    for _ in range(20):
        seen = glance(run, memory=memory)
    whole = glance(run)
    assert seen.is_fresh
    np.testing.assert_allclose(seen.predicted, whole.predicted, rtol=1e-6)


def test_a_value_that_is_not_there_stands_for_the_first():
    assert glance(run_on(houses()), value=7).value == 0


def test_a_classifier_has_none():
    with pytest.raises(ShapeError, match="choose data with values"):
        look(toy_run(), "predicted_values")
