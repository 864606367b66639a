"""Pictures that fool: the model becomes sure of what was asked, pixels stay pixels, and the model stays what it was."""

import numpy as np
import pytest

from nnlab.datasets.drawing import Drawing
from nnlab.errors import CancelledError, ShapeError
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.mlp import MLPSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes.analyses.fooling import fool
from nnlab.report import silent
from nnlab.training import TrainingRun
from tests.models.small_runs import digits_run
from tests.sentences import assert_one_sentence


@pytest.fixture(scope="module")
def run() -> TrainingRun:
    run = digits_run(MLPSettings((Dense(32), ReLU(), Dense(10), Softmax())), epochs=5)
    list(run)
    return run


def told(run: TrainingRun, pixels: np.ndarray) -> np.ndarray:
    scaled = run.data.scaling.apply(pixels[None].astype(np.float32), out=np.empty((1, *pixels.shape), np.float32))
    return run.model.probabilities(run.model.predict(scaled))[0]


def test_a_drawing_becomes_another_class_to_the_model_by_small_changes(run: TrainingRun):
    test = run.data.dataset.test
    target = int((test.labels[0] + 1) % 10)
    found = fool(run, Drawing(test.inputs[0]), target, silent)
    assert found.pixels.dtype == np.uint8 and found.pixels.shape == (8, 8, 1) and not found.from_noise
    assert found.probability >= 0.99 and told(run, found.pixels)[target] == pytest.approx(found.probability)
    difference = np.abs(found.pixels.astype(int) - test.inputs[0])
    assert 0 < difference.max() == found.change <= found.steps


def test_a_picture_that_is_taken_for_the_class_already_is_left_alone(run: TrainingRun):
    first = fool(run, Drawing(run.data.dataset.test.inputs[0]), 4, silent)
    found = fool(run, Drawing(first.pixels), 4, silent)
    assert (found.steps, found.change, found.probability) == (0, 0, first.probability)
    np.testing.assert_array_equal(found.pixels, first.pixels)


def test_without_a_drawing_noise_is_made_of_which_the_model_is_sure(run: TrainingRun):
    for target in (0, 7):
        found = fool(run, None, target, silent)
        assert found.from_noise and told(run, found.pixels)[target] > 0.97


def test_the_model_stays_as_it_is_also_when_it_is_cancelled(run: TrainingRun):
    before = run.model.parameters.values.copy(), run.model.parameters.gradient.copy()

    def cancel(what: str, share: float) -> None:
        if share > 0.02:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        fool(run, None, 3, cancel)
    np.testing.assert_array_equal(run.model.parameters.values, before[0])
    np.testing.assert_array_equal(run.model.parameters.gradient, before[1])


def test_a_model_that_tells_no_classes_cannot_be_fooled():
    with pytest.raises(ShapeError) as caught:
        fool(digits_run(RBMSettings(hidden=4)), None, 0, silent)
    assert_one_sentence(caught.value, "classes", "mlp")
