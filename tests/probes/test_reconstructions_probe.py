"""Reconstructions are the model's own, in the range of the data, with errors by hand."""

from itertools import islice

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
from nnlab.probes.reconstructions import BATCH, MOST_SHOWN, Reconstructions, ReconstructionsMemory, ReconstructionsOptions
from nnlab.training import TrainingRun, prepare_data
from tests.models.small_runs import digits_data, digits_run

CODING = (Dense(12), ReLU(), Code(), Dense(64), Sigmoid())
PLAIN = AutoencoderSettings(layers=CODING)


def probe(run: TrainingRun, memory: ReconstructionsMemory | None = None, **asked: object) -> Reconstructions:
    """One look; of what is asked the view's options are those that no other view knows."""
    mine = {name: asked.pop(name) for name in ("order", "label", "shown", "draw") if name in asked}
    return look(run, "reconstructions", Selection(options=ReconstructionsOptions(**mine), **asked), memory).value


def errors_of(run: TrainingRun) -> np.ndarray:
    """Of all training examples."""
    inputs, _ = run.data.learning.gather(run.data.split.train)
    made = run.model.reconstruct(inputs).reshape(inputs.shape)
    return ((made - inputs) ** 2).reshape(len(inputs), -1).mean(axis=1)


@pytest.mark.parametrize("settings", [PLAIN, DeepBeliefSettings(hidden=(12, 5)), RBMSettings(hidden=12)])
@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_what_is_shown_is_the_models_reconstruction(settings: ModelSettings, part: str):
    run = digits_run(settings)
    next(run)
    seen = probe(run, part=part, example=4, shown=3)
    data = run.data
    examples, index = {
        "train": (data.dataset.train, data.split.train),
        "validation": (data.dataset.train, data.split.validation),
        "test": (data.dataset.test, data.test_index),
    }[part]
    raw = examples.inputs[index[[4, 5, 6]]].astype(np.float32)
    scaled = data.scaling.apply(raw, out=np.empty_like(raw))
    made = run.model.reconstruct(scaled).reshape(scaled.shape)
    np.testing.assert_array_equal(seen.original, raw)
    np.testing.assert_allclose(seen.reconstruction, data.scaling.undo(made), atol=1e-3)
    np.testing.assert_allclose(seen.difference, made - scaled, atol=1e-6)
    np.testing.assert_allclose(seen.error, ((made - scaled) ** 2).reshape(3, -1).mean(axis=1), rtol=1e-4)
    assert seen.labels.tolist() == examples.labels[index[[4, 5, 6]]].tolist()
    assert seen.places.tolist() == [4, 5, 6] and seen.is_fresh
    np.testing.assert_allclose(seen.surveyed_error[4:7], seen.error, rtol=1e-5)
    assert seen.surveyed_labels.tolist() == examples.labels[index].tolist()
    assert len(seen.corrupted) == 0


def test_without_choice_the_examples_from_the_selected_on_are_shown():
    run = digits_run(PLAIN)
    count = len(run.data.split.train)
    assert look(run, "reconstructions", Selection(example=5)).value.places.tolist() == list(range(5, 17))
    assert probe(run, example=count - 2).places[:4].tolist() == [count - 2, count - 1, 0, 1]
    assert probe(run, example=-3).places[0] == 0


def test_no_more_is_looked_at_than_leaves_room_to_measure_others():
    run = digits_run(PLAIN)
    memory = ReconstructionsMemory(0.0)
    seen = probe(run, memory, shown=150)
    assert seen.places.tolist() == list(range(MOST_SHOWN))
    assert np.count_nonzero(np.isfinite(seen.surveyed_error)) == BATCH - MOST_SHOWN and not seen.is_fresh
    threes = np.flatnonzero(run.data.dataset.train.labels[run.data.split.train] == 3)
    assert probe(run, label=3, shown=150).places.tolist() == threes.tolist()


def test_a_page_stays_while_the_selected_example_is_on_it():
    run, memory = digits_run(PLAIN), ReconstructionsMemory(0.0)
    pages = [(5, 5), (16, 5), (17, 17), (5, 5), (9, 5)]
    for example, first in pages:
        assert probe(run, memory, example=example).places.tolist() == list(range(first, first + 12))
    # Another size of page begins at the selected one.
    assert probe(run, memory, example=9, shown=4).places.tolist() == [9, 10, 11, 12]


def test_the_worst_are_found_a_few_at_a_look_and_at_once_where_there_is_time():
    run, memory = digits_run(PLAIN), ReconstructionsMemory(0.0)
    list(islice(run, 3))
    expected = np.argsort(-errors_of(run), kind="stable")
    looks = 1
    while not (seen := probe(run, memory, order="worst", shown=10)).is_fresh:
        looks += 1
    assert looks >= len(run.data.split.train) // (BATCH - 10)
    at_once = probe(run, order="worst", shown=10)
    for found in (seen, at_once):
        np.testing.assert_allclose(errors_of(run)[found.places], errors_of(run)[expected[:10]], rtol=1e-4)
    best = probe(run, order="best", shown=10)
    assert best.is_fresh and best.error.max() <= np.sort(errors_of(run))[9] * 1.0001


def test_an_ask_that_comes_again_or_for_something_else_loses_nothing_that_was_measured():
    run, memory = digits_run(PLAIN), ReconstructionsMemory(0.0)
    first = probe(run, memory, shown=4).surveyed_error
    again = probe(run, memory, shown=4, order="worst").surveyed_error
    known = np.isfinite(first)
    np.testing.assert_array_equal(again[known], first[known])
    assert np.isfinite(again).sum() == 2 * known.sum()
    # After a step all are measured anew, from where it stopped: with the third look a round is complete.
    next(run)
    third = probe(run, memory, shown=4)
    assert np.isfinite(third.surveyed_error[2 * known.sum() :]).all() and not third.is_fresh
    other = digits_run(PLAIN)
    assert np.isfinite(probe(other, memory, shown=4).surveyed_error).sum() == known.sum()


def test_random_examples_are_the_same_for_the_same_draw_and_others_for_another():
    run = digits_run(PLAIN)
    first, again, other = (probe(run, order="random", draw=draw).places.tolist() for draw in (1, 1, 2))
    assert first == again != other and len(set(first)) == 12


def test_of_a_class_without_examples_others_are_shown_and_nothing_is_measured():
    run = digits_run(PLAIN)
    seen = probe(run, label=99)
    assert seen.places.tolist() == list(range(12)) and not len(seen.surveyed_error) and seen.is_fresh


def test_pictures_are_in_the_range_of_the_data_whatever_the_scaling():
    for scaling in ("unit", "symmetric", "standard", "none"):
        run = digits_run(AutoencoderSettings(layers=CODING[:-1]), digits_data(scaling=scaling))
        np.testing.assert_array_equal(probe(run).original, run.data.dataset.train.inputs[run.data.split.train[:12]])
        assert probe(run).extremes == (0.0, 255.0) or run.data.dataset.train.inputs.dtype != np.uint8


@pytest.mark.parametrize("noise", [MaskingNoise(0.4), GaussianNoise(0.3)])
def test_an_example_always_gets_the_same_noise_and_the_model_sees_it(noise):
    run = digits_run(AutoencoderSettings(layers=(noise, *CODING)))
    first, again = probe(run, example=8, shown=2), probe(run, example=6, shown=3)
    assert first.corrupted.shape == first.original.shape
    assert not np.array_equal(first.corrupted[0], first.original[0])
    np.testing.assert_array_equal(first.corrupted[0], again.corrupted[2])
    assert again.surveyed_error[8] == pytest.approx(first.error[0], rel=1e-5)
    scaled = run.data.scaling.apply(first.corrupted, out=np.empty_like(first.corrupted))
    made = run.model.reconstruct(scaled)
    np.testing.assert_allclose(first.reconstruction, run.data.scaling.undo(made.reshape(scaled.shape)), atol=1e-2)


def test_masking_noise_darkens_its_share_of_the_pixels():
    run = digits_run(AutoencoderSettings(layers=(MaskingNoise(0.4), *CODING)))
    seen = probe(run, shown=30)
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
    seen = probe(run)
    assert np.isnan(seen.error).all() and np.isinf(seen.surveyed_error).all()
