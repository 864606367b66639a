"""How numbers are spread: histograms by hand, updates as the optimizer made them, units that are of no use."""

from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.datasets.split import spread
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import START, look
from nnlab.probes.distributions import BINS, ActivationMemory, histograms, unit_counts
from nnlab.training import prepare_data
from tests.models.small_runs import digits_run
from tests.training.runs import toy_run


def probe(run):
    return look(run, "distributions", START).value


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_last_update_is_what_the_optimizer_subtracted(optimizer: str):
    run = toy_run(optimizer=optimizer, learning_rate=0.02, l2=0.01, clip_norm=0.5)
    list(islice(run, 5))
    before = run.model.parameters.values.copy()
    next(run)
    took = before - run.model.parameters.values
    for name, part in run.model.parameters.slices.items():
        found = run.last_update(name)
        assert found.shape == run.model.parameters.shapes[name]
        # What is left of a number near 1 after a small one was subtracted has lost its last digits.
        np.testing.assert_allclose(found.ravel(), took[part], atol=3e-7)
    replica = run.replica()
    np.testing.assert_array_equal(replica.last_update("dense1.weight"), run.last_update("dense1.weight"))


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_ratio_is_that_of_two_norms(optimizer: str):
    run = toy_run(optimizer=optimizer, learning_rate=0.05)
    list(islice(run, 3))
    before = run.model.parameters.view("dense1.weight").copy()
    next(run)
    after = run.model.parameters.view("dense1.weight")
    expected = np.sqrt(((after - before) ** 2).sum()) / np.sqrt((after**2).sum())
    assert probe(run).ratio[0] == pytest.approx(expected, rel=1e-4)


def test_one_step_of_sgd_by_hand():
    run = toy_run(optimizer="sgd", learning_rate=0.1)
    next(run)
    gradient = run.model.parameters.gradient_view("dense2.weight")
    weight = run.model.parameters.view("dense2.weight")
    assert probe(run).ratio[1] == pytest.approx(0.1 * np.linalg.norm(gradient) / np.linalg.norm(weight), rel=1e-5)


def test_before_the_first_step_there_is_no_gradient_and_no_update():
    seen = probe(toy_run())
    assert np.isnan(seen.ratio).all()
    assert not seen.gradients.shares.any() and not seen.gradients.zeros.any() and not seen.gradients.broken.any()


def test_a_model_out_of_a_file_has_no_gradient_until_its_next_step():
    made, run = toy_run(), toy_run()
    next(made)
    # It holds counters and numbers, but neither gradients nor the last update.
    run.restore(made.checkpoint)
    seen = probe(run)
    assert not seen.gradients.shares.any() and not seen.gradients.zeros.any() and np.isnan(seen.ratio).all()
    next(run)
    assert probe(run).gradients.shares.any()


def test_what_is_frozen_has_no_update():
    run = digits_run(DeepBeliefSettings(hidden=(12, 5), pretrain_epochs=1), optimizer="momentum")
    next(run)
    seen = probe(run)
    assert seen.layers == ("dense1", "dense2", "dense3", "dense4")
    assert np.isfinite(seen.ratio).tolist() == [True, False, False, True]
    assert not run.last_update("dense2.weight").any()


def test_the_gradient_is_as_the_step_left_it():
    run = toy_run(l2=0.5, clip_norm=0.01)
    next(run)
    left = run.model.parameters.gradient.copy()
    seen = probe(run)
    np.testing.assert_array_equal(run.model.parameters.gradient, left)
    np.testing.assert_array_equal(
        seen.gradients.shares[0], histograms([run.model.parameters.gradient_view("dense1.weight")]).shares[0]
    )
    assert np.linalg.norm(left) == pytest.approx(0.01, rel=1e-4)


def test_a_histogram_by_hand():
    values = np.array([-1.0, -0.51, 0.26, 0.26, 0.99, 0.0, 0.0, np.nan], np.float32)
    found = histograms([values])
    expected = np.zeros(BINS)
    for value in (-1.0, -0.51, 0.26, 0.26, 0.99):
        expected[int(np.floor((value + 1) / 2 * BINS))] += 1 / 8
    assert found.exponent[0] == 0
    np.testing.assert_allclose(found.shares[0], expected)
    assert (found.zeros[0], found.broken[0]) == (2 / 8, 1 / 8)


@pytest.mark.parametrize(("largest", "exponent"), [(1.0, 0), (1.01, 1), (0.5, -1), (3.0, 2), (0.001, -9)])
def test_ranges_are_powers_of_two(largest: float, exponent: int):
    assert histograms([np.array([largest, -largest / 2], np.float32)]).exponent[0] == exponent


def test_a_few_extreme_numbers_do_not_widen_the_range():
    values = np.concatenate([np.linspace(-0.9, 0.9, 2000), [500.0]])
    found = histograms([values])
    assert found.exponent[0] == 0
    assert found.shares[0, -1] >= 1 / 2001
    assert found.shares[0].sum() == pytest.approx(1)


def test_a_large_tensor_is_sampled_evenly():
    # Every column has a value of its own: a sample by strides would see few of them.
    tensor = np.broadcast_to(np.linspace(-0.99, 0.99, 256, dtype=np.float32), (1024, 256)).copy()
    found = histograms([tensor, tensor.T])
    for shares in found.shares:
        assert shares.sum() == pytest.approx(1)
        assert shares.min() > 0.5 / BINS
        assert shares.max() < 2 / BINS


def test_dead_and_saturated_units_by_hand():
    outputs = np.array([[0.0, 0.0, 1.0], [0.0, 2.0, 0.0]])
    assert unit_counts(outputs, ReLU()) == (3, 1, -1)
    assert unit_counts(outputs, LeakyReLU()) == (3, -1, -1)
    squashed = np.full((20, 4), 0.5)
    squashed[:19, 0] = 0.998  # 95 % at the upper bound
    squashed[:18, 1] = 0.002  # 90 % is not more than 90 %
    squashed[::2, 2], squashed[1::2, 2] = 0.001, 0.999  # both ends
    squashed[:, 3] = 0.98  # near is not there
    assert unit_counts(squashed, Sigmoid()) == (4, -1, 2)
    assert unit_counts(2 * squashed - 1, Tanh())[2] == 2
    assert unit_counts(squashed - 0.5, Tanh())[2] == 0


def test_a_channel_is_a_unit_in_all_its_places():
    maps = np.zeros((2, 3, 3, 2))
    maps[1, 2, 2, 1] = 0.1
    assert unit_counts(maps, ReLU()) == (2, 1, -1)


def test_a_layer_has_the_activations_of_the_non_linearity_behind_it():
    layers = (Conv2D(3), BatchNorm(), ReLU(), MaxPool2D(), Flatten(), Dense(6), Tanh(), Dense(10), Softmax())
    run = digits_run(CNNSettings(layers=layers))
    next(run)
    seen = probe(run)
    assert seen.layers == ("conv2d1", "batch_norm1", "dense1", "dense2")
    assert seen.tensors[1] == "batch_norm1.scale"
    assert seen.outputs == ("conv2d1", "relu1", "tanh1", "softmax1")
    assert seen.units.tolist() == [3, 3, 6, 10]
    assert (seen.dead >= 0).tolist() == [False, True, False, False]
    assert (seen.saturated >= 0).tolist() == [False, False, True, False]
    inputs, _ = run.data.learning.gather(run.data.split.validation[:64])
    expected = histograms([run.model.activations(inputs)[6]])
    np.testing.assert_array_equal(seen.activations.shares[2], expected.shares[0])
    assert seen.examples == len(run.data.split.validation)


def test_dead_units_of_a_run_are_counted():
    run = toy_run(layers=(Dense(5), ReLU(), Dense(2), Softmax()))
    run.model.parameters.view("dense1.bias")[:3] = -1000
    assert probe(run).dead[0] == 3


def test_a_boltzmann_machine_has_one_row():
    run = digits_run(RBMSettings(hidden=9))
    run.model.parameters.view("rbm.hidden_bias")[:4] = 100
    seen = probe(run)
    assert (seen.layers, seen.units.tolist(), seen.saturated.tolist()) == (("rbm",), [9], [4])


def test_a_decoder_with_tied_weights_shows_those_it_shares():
    layers = (Dense(8), Sigmoid(), Code(), Dense(64), Sigmoid())
    run = digits_run(AutoencoderSettings(layers=layers, tied=True))
    run.model.parameters.view("dense2.bias")[:] = 7
    next(run)
    seen = probe(run)
    assert seen.tensors == ("dense1.weight", "dense1.weight")
    np.testing.assert_array_equal(seen.weights.shares[1], histograms([run.model.parameters.view("dense1.weight")]).shares[0])
    assert seen.ratio[1] == seen.ratio[0] > 0


def test_without_validation_the_activations_are_of_test_examples():
    run = digits_run(CNNSettings(layers=(Flatten(), Dense(6), Tanh(), Dense(10), Softmax())))
    assert probe(run).part == "validation"
    run.data = prepare_data(run.data.dataset, DatasetSettings(validation=0.0))
    seen = probe(run)
    inputs, _ = run.data.testing.gather(spread(run.data.test_index, 64))
    assert (seen.part, seen.examples) == ("test", len(run.data.test_index)) == ("test", 40)
    expected = histograms([run.model.activations(inputs)[2]])
    np.testing.assert_array_equal(seen.activations.shares[0], expected.shares[0])


def test_broken_weights_are_told_and_not_binned():
    run = toy_run()
    run.model.parameters.values[...] = np.nan
    seen = probe(run)
    assert (seen.weights.broken == 1).all() and not seen.weights.shares.any()
    assert (seen.activations.broken == 1).all()
    assert np.isnan(seen.ratio).all()


def test_costly_activations_serve_for_a_while_and_are_then_looked_at_again(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]

    def tick() -> float:
        # Every look at the clock is a second later: a pass takes one.
        now[0] += 1
        return now[0]

    monkeypatch.setattr("nnlab.probes.distributions.time.perf_counter", tick)
    run, memory = toy_run(), ActivationMemory()
    first = look(run, "distributions", memory=memory).value
    run.model.parameters.values[...] = 0
    second = look(run, "distributions", memory=memory).value
    now[0] += 30
    third = look(run, "distributions", memory=memory).value
    assert (first.is_fresh, second.is_fresh, third.is_fresh) == (True, False, True)
    np.testing.assert_array_equal(second.activations.shares, first.activations.shares)
    assert second.weights.zeros.tolist() == [1, 1]
    assert third.activations.zeros[0] == 1
    # Another run has other activations at once.
    assert look(toy_run(), "distributions", memory=memory).value.is_fresh
