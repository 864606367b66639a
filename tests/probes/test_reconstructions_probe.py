"""Reconstructions are the model's own, in the range of the data, with errors by hand."""

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import ReLU, Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import GaussianNoise, MaskingNoise
from nnlab.models.layers.shape import Code
from nnlab.models.model import ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import Selection, look
from nnlab.probes.reconstructions import BATCH, ReconstructionsOptions
from nnlab.training import TrainingRun, prepare_data
from tests.models.small_runs import digits_data, digits_run

CODING = (Dense(12), ReLU(), Code(), Dense(64), Sigmoid())
PLAIN = AutoencoderSettings(layers=CODING)


def probe(run: TrainingRun, places: tuple[int, ...] = (), measured: tuple[int, ...] = (), **selection: object):
    return look(run, "reconstructions", Selection(options=ReconstructionsOptions(places, measured), **selection)).value


@pytest.mark.parametrize("settings", [PLAIN, DeepBeliefSettings(hidden=(12, 5)), RBMSettings(hidden=12)])
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_what_is_shown_is_the_models_reconstruction(settings: ModelSettings, part: str):
    run = digits_run(settings)
    next(run)
    seen = probe(run, places=(4, 0, 9), measured=(7, 4), part=part)
    data = run.data
    examples, index = {
        "train": (data.dataset.train, data.split.train),
        "validation": (data.dataset.train, data.split.validation),
        "test": (data.dataset.test, data.test_index),
    }[part]
    raw = examples.inputs[index[[4, 0, 9]]].astype(np.float32)
    scaled = data.scaling.apply(raw, out=np.empty_like(raw))
    made = run.model.reconstruct(scaled).reshape(scaled.shape)
    np.testing.assert_array_equal(seen.original, raw)
    np.testing.assert_allclose(seen.reconstruction, data.scaling.undo(made), atol=1e-3)
    np.testing.assert_allclose(seen.error, ((made - scaled) ** 2).reshape(3, -1).mean(axis=1), rtol=1e-4)
    assert seen.labels.tolist() == examples.labels[index[[4, 0, 9]]].tolist()
    assert (seen.places.tolist(), seen.measured.tolist()) == ([4, 0, 9], [7, 4])
    assert seen.measured_error[1] == pytest.approx(seen.error[0])
    assert len(seen.corrupted) == 0


def test_without_choice_the_examples_from_the_selected_on_are_shown():
    run = digits_run(PLAIN)
    count = len(run.data.split.train)
    assert look(run, "reconstructions", Selection(example=5)).value.places.tolist() == list(range(5, 17))
    assert probe(run, example=count - 2).places[:4].tolist() == [count - 2, count - 1, 0, 1]
    assert probe(run, example=-3).places[0] == 0


def test_no_more_than_a_batch_is_looked_at_and_nothing_that_is_not_there():
    run = digits_run(PLAIN)
    seen = probe(run, places=(0, 10**6, 3), measured=tuple(range(150)))
    assert seen.places.tolist() == [0, 3]
    assert seen.measured.tolist() == list(range(BATCH - 2))
    assert np.isfinite(seen.measured_error).all()


def test_pictures_are_in_the_range_of_the_data_whatever_the_scaling():
    for scaling in ("unit", "symmetric", "standard", "none"):
        run = digits_run(AutoencoderSettings(layers=CODING[:-1]), digits_data(scaling=scaling))
        np.testing.assert_array_equal(probe(run).original, run.data.dataset.train.inputs[run.data.split.train[:12]])
        assert probe(run).extremes == (0.0, 255.0) or run.data.dataset.train.inputs.dtype != np.uint8


@pytest.mark.parametrize("noise", [MaskingNoise(0.4), GaussianNoise(0.3)])
def test_an_example_always_gets_the_same_noise_and_the_model_sees_it(noise):
    run = digits_run(AutoencoderSettings(layers=(noise, *CODING)))
    first, again = probe(run, places=(8, 2)), probe(run, places=(5, 2, 8), measured=(8,))
    assert first.corrupted.shape == first.original.shape
    assert not np.array_equal(first.corrupted[0], first.original[0])
    np.testing.assert_array_equal(first.corrupted[0], again.corrupted[2])
    assert again.measured_error[0] == pytest.approx(first.error[0], rel=1e-5)
    scaled = run.data.scaling.apply(first.corrupted, out=np.empty_like(first.corrupted))
    made = run.model.reconstruct(scaled)
    np.testing.assert_allclose(first.reconstruction, run.data.scaling.undo(made.reshape(scaled.shape)), atol=1e-2)


def test_masking_noise_darkens_its_share_of_the_pixels():
    run = digits_run(AutoencoderSettings(layers=(MaskingNoise(0.4), *CODING)))
    seen = probe(run, places=tuple(range(30)))
    bright = seen.original > 0
    kept = seen.corrupted[bright]
    assert np.mean(kept == 0) == pytest.approx(0.4, abs=0.05)
    np.testing.assert_allclose(kept[kept > 0], seen.original[bright][kept > 0], rtol=1e-4)


def test_what_is_no_picture_becomes_a_rectangle_of_shares():
    rng = np.random.default_rng(0)
    inputs = (rng.random((50, 6)) * [1, 10, 100, 1, 1, 1]).astype(np.float32)
    examples = Examples(inputs, np.zeros(50, np.intp))
    data = prepare_data(Dataset("table", "Table", examples, examples, None), DatasetSettings(validation=0.0))
    run = digits_run(AutoencoderSettings(layers=(Dense(3), Code(), Dense(6))), data)
    seen = probe(run)
    assert (seen.original.shape, seen.extremes) == ((12, 2, 3, 1), (0.0, 1.0))
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    np.testing.assert_allclose(seen.original[0].ravel(), (inputs[0] - low) / (high - low), rtol=1e-5)


def test_broken_weights_give_broken_errors_and_raise_nothing():
    run = digits_run(PLAIN)
    run.model.parameters.values[...] = np.nan
    seen = probe(run, measured=(1,))
    assert np.isnan(seen.error).all() and np.isnan(seen.measured_error).all()
