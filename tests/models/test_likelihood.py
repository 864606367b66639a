"""Partition functions and likelihoods: exact ones beside sums and integrals over every state, annealed beside exact ones."""

import tracemalloc

import numpy as np
import pytest

from nnlab.errors import ShapeError
from nnlab.models.likelihood import (
    annealed_log_partition,
    exact_log_partition,
    hidden_configurations,
    mean_log_likelihood,
)
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from tests.models.tiny_machines import energies, states, tiny_machine
from tests.sentences import assert_one_sentence


def test_every_hidden_state_is_counted_once():
    found = hidden_configurations(5)
    assert found.shape == (32, 5)
    assert {tuple(row) for row in found} == {tuple(row) for row in states(5)}


@pytest.mark.parametrize(("visible", "hidden"), [(1, 1), (5, 3), (3, 6), (8, 2)])
def test_the_exact_partition_function_sums_over_all_pairs_of_states(visible: int, hidden: int):
    rbm = tiny_machine(1, visible, hidden)
    assert exact_log_partition(rbm) == pytest.approx(np.log(np.exp(-energies(rbm, states(visible))).sum()), rel=1e-10)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_exact_partition_function_of_gaussian_units_is_the_integral(seed: int):
    rbm = tiny_machine(seed, 1, 3, visible_units="gaussian")
    v = np.linspace(-30, 30, 20_001)[:, None]
    integral = np.exp(-rbm.free_energy(v)).sum() * (v[1, 0] - v[0, 0])
    assert exact_log_partition(rbm) == pytest.approx(np.log(integral), rel=1e-9)


def test_the_exact_partition_function_of_two_gaussian_units_is_the_integral_over_the_plane():
    rbm = tiny_machine(4, 2, 3, visible_units="gaussian")
    axis = np.linspace(-15, 15, 401)
    v = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    integral = np.exp(-energies(rbm, v)).sum() * (axis[1] - axis[0]) ** 2
    assert exact_log_partition(rbm) == pytest.approx(np.log(integral), rel=1e-9)


def test_strong_weights_do_not_overflow():
    rbm = tiny_machine(0, 6, 4)
    rbm.parameters.values *= 1000
    lowest = energies(rbm, states(6)).min()
    assert exact_log_partition(rbm) == pytest.approx(-lowest, rel=1e-6)


def test_more_than_twenty_hidden_units_are_too_many_to_enumerate():
    with pytest.raises(ShapeError) as caught:
        exact_log_partition(tiny_machine(0, 2, 21))
    assert_one_sentence(caught.value, "rbm", "21 hidden units", "at most 20", "annealed importance sampling")


def test_enumeration_on_pictures_takes_little_memory_at_a_time():
    # At twenty units all states times 784 pixels would be 6.6 GB; at fourteen 103 MB show the same.
    rbm = RBM(RBMSettings(hidden=14), 784, 0)
    tracemalloc.start()
    try:
        exact_log_partition(rbm)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 60e6


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_probabilities_of_all_states_sum_to_one(seed: int):
    rbm = tiny_machine(seed)
    log_partition = exact_log_partition(rbm)
    everything = states(rbm.visible)
    alone = [mean_log_likelihood(rbm, everything[place : place + 1], log_partition) for place in range(len(everything))]
    assert np.exp(alone).sum() == pytest.approx(1, rel=1e-10)
    assert mean_log_likelihood(rbm, everything, log_partition) == pytest.approx(np.mean(alone))


# A machine of the size that is still exact, with weights and biases as training leaves them, and the base it starts from.
MACHINES = {
    "weak weights": (12, 8, 0.2, 0.0, 0.0),
    "middling weights": (15, 10, 0.6, 0.0, 0.0),
    "biased visible units": (20, 8, 0.4, -2.0, 0.0),
    "biased hidden units": (15, 12, 0.4, 0.0, -1.5),
    "a base that leans the other way": (12, 10, 0.4, 1.0, 0.5),
    "many visible units": (100, 12, 0.15, -1.0, 0.0),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", MACHINES)
def test_annealing_finds_the_exact_partition_function_within_its_error(name: str, seed: int):
    visible, hidden, spread, visible_bias, hidden_bias = MACHINES[name]
    rng = np.random.default_rng(seed)
    rbm = RBM(RBMSettings(hidden=hidden), visible, seed)
    rbm.weight[...] = rng.normal(0, spread, rbm.weight.shape)
    rbm.visible_bias[...] = rng.normal(visible_bias, 0.3, visible)
    rbm.hidden_bias[...] = rng.normal(hidden_bias, 0.3, hidden)
    base = -rbm.visible_bias if name.startswith("a base") else rbm.visible_bias
    exact, found = exact_log_partition(rbm), annealed_log_partition(rbm, base, 200, 1000, seed)
    assert found.low < exact < found.high
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(exact, abs=0.15)
    # An interval that always says yes would say nothing.
    assert found.high - found.low < 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_annealing_is_right_on_average_even_when_it_is_hasty(seed: int):
    # Importance weights are unbiased whatever the temperatures, if every move keeps its own distribution.
    rbm = tiny_machine(seed, 6, 4, spread=0.7)
    found = annealed_log_partition(rbm, rbm.visible_bias + 1.5, 100_000, 8, seed)
    assert found.high - found.low < 0.1
    assert found.low < exact_log_partition(rbm) < found.high


def test_of_a_machine_without_weights_annealing_is_exact():
    rbm = RBM(RBMSettings(hidden=5), 7, 0)
    rbm.weight[...] = 0
    rbm.visible_bias[...] = np.linspace(-2, 2, 7)
    found = annealed_log_partition(rbm, rbm.visible_bias, 10, 10)
    assert found == pytest.approx((exact_log_partition(rbm),) * 3, rel=1e-5)


def test_the_seed_decides_what_annealing_finds():
    rbm = tiny_machine(1, 10, 5)
    one, same, other = (annealed_log_partition(rbm, rbm.visible_bias, 20, 50, seed) for seed in (1, 1, 2))
    assert one == same
    assert one.value != other.value


def test_more_temperatures_make_the_interval_narrower():
    rbm = tiny_machine(1, 10, 8)
    few, many = (annealed_log_partition(rbm, 0 * rbm.visible_bias, 300, count) for count in (20, 2000))
    assert many.high - many.low < 0.5 * (few.high - few.low)


def test_annealing_refuses_gaussian_units():
    rbm = tiny_machine(visible_units="gaussian")
    with pytest.raises(ShapeError) as caught:
        annealed_log_partition(rbm, rbm.visible_bias)
    assert_one_sentence(caught.value, "rbm", "Bernoulli", "Gaussian")


def test_the_machine_is_left_alone():
    rbm = tiny_machine(1, 10, 5)
    before = rbm.parameters.values.copy()
    annealed_log_partition(rbm, rbm.visible_bias, 20, 50)
    exact_log_partition(rbm)
    np.testing.assert_array_equal(rbm.parameters.values, before)
