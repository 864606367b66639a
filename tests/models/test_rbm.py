"""The restricted Boltzmann machine: its probabilities and gradients beside sums over every state of a tiny one."""

import numpy as np
import pytest

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.gradient_check import check_gradient
from nnlab.models.likelihood import exact_log_partition
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from tests.models.tiny_machines import (
    VISIBLE,
    energies,
    states,
    statistics,
    tiny_machine,
    unit_probabilities,
    visible_given_hidden,
    visible_probabilities,
)
from tests.sentences import assert_one_sentence

LABELS = np.zeros(0, np.intp)
UNITS = ["bernoulli", "gaussian"]


def some_inputs(units: str = "bernoulli", count: int = 6, visible: int = VISIBLE, seed: int = 3) -> Array:
    """Grey pixels, or numbers of any size."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 1, (count, visible)) if units == "bernoulli" else rng.normal(0, 1.5, (count, visible))


@pytest.mark.parametrize("units", UNITS)
def test_hidden_probabilities_are_those_of_the_energy(units: str):
    rbm, v = tiny_machine(visible_units=units), some_inputs(units)
    np.testing.assert_allclose(rbm.hidden_probabilities(v), unit_probabilities(rbm, v), rtol=1e-10)
    np.testing.assert_array_equal(rbm.predict(v), rbm.hidden_probabilities(v))


def test_visible_probabilities_are_those_of_the_energy():
    rbm = tiny_machine()
    np.testing.assert_allclose(
        rbm.visible_means(states(rbm.hidden)), visible_given_hidden(rbm) @ states(rbm.visible), rtol=1e-10
    )


def test_means_of_gaussian_units_have_the_lowest_energy():
    rbm, h = tiny_machine(visible_units="gaussian"), states(3)
    means = rbm.visible_means(h)
    moved = means + 0.1 * np.random.default_rng(0).normal(size=means.shape)
    lowest, higher = (np.diag(energies(rbm, v)) for v in (means, moved))
    np.testing.assert_allclose(higher - lowest, 0.5 * ((moved - means) ** 2).sum(axis=1), rtol=1e-8)


@pytest.mark.parametrize("units", UNITS)
def test_free_energy_sums_over_all_hidden_states(units: str):
    rbm, v = tiny_machine(visible_units=units), some_inputs(units)
    np.testing.assert_allclose(rbm.free_energy(v), -np.log(np.exp(-energies(rbm, v)).sum(axis=1)), rtol=1e-10)


def test_free_energy_gives_every_state_its_probability():
    rbm = tiny_machine()
    weights = np.exp(-rbm.free_energy(states(VISIBLE)))
    np.testing.assert_allclose(weights / weights.sum(), visible_probabilities(rbm), rtol=1e-10)


def test_free_energy_of_strong_drives_does_not_overflow():
    rbm = RBM(RBMSettings(hidden=2), 2, 0)
    rbm.weight[...] = 1000
    np.testing.assert_allclose(rbm.free_energy(np.array([[1, 1], [0, 0]], np.float32)), [-4000, -2 * np.log(2)], rtol=1e-6)


@pytest.mark.parametrize("units", UNITS)
def test_the_gradient_of_free_energy_agrees_with_central_differences(units: str):
    rbm, v = tiny_machine(visible_units=units), some_inputs(units)
    result = check_gradient(rbm, v, LABELS)
    assert len(result.index) == rbm.parameters.size
    np.testing.assert_allclose(result.analytic, result.numeric, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(result.analytic, rbm.free_energy_gradient(v))


def test_free_energy_gradient_of_data_less_that_of_the_model_is_the_gradient_of_the_likelihood():
    rbm, v = tiny_machine(), some_inputs(count=5).round()
    everything, p = states(VISIBLE), visible_probabilities(rbm)
    model = sum(p[place] * rbm.free_energy_gradient(everything[place : place + 1]) for place in range(len(p)))
    gradient = rbm.free_energy_gradient(v) - model
    values, epsilon = rbm.parameters.values, 1e-6
    for place in range(rbm.parameters.size):
        start, likelihood = values[place], []
        for moved in (start + epsilon, start - epsilon):
            values[place] = moved
            likelihood.append(float(rbm.free_energy(v).mean()) + exact_log_partition(rbm))
        values[place] = start
        assert gradient[place] == pytest.approx((likelihood[0] - likelihood[1]) / (2 * epsilon), rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("units", UNITS)
def test_where_data_and_reconstruction_are_the_same_cd_has_nothing_to_learn(units: str):
    rbm = tiny_machine(spread=0, visible_units=units, visible_states="probabilities")
    data = np.full((4, VISIBLE), 0.5 if units == "bernoulli" else 0.0)
    assert rbm.loss_and_gradient(data, LABELS).loss == pytest.approx(0, abs=1e-20)
    np.testing.assert_allclose(rbm.parameters.gradient, 0, atol=1e-15)


@pytest.mark.parametrize("settings", [{}, {"persistent": True, "chains": 5}, {"visible_units": "gaussian", "cd_steps": 3}])
def test_the_same_seed_and_step_give_the_same_bits_another_step_gives_others(settings: dict):
    inputs, bits = some_inputs(count=20), {}
    for turn, step in enumerate((4, 4, 5)):
        rbm = tiny_machine(**settings)
        rbm.loss_and_gradient(inputs, LABELS, step)
        bits[turn] = rbm.parameters.gradient.tobytes()
    assert bits[0] == bits[1] != bits[2]


def test_the_pull_of_sparsity_is_added_to_the_gradient():
    inputs = some_inputs(count=20)
    plain, pulled = tiny_machine(), tiny_machine(sparsity_cost=0.5, sparsity_target=0.2)
    for rbm in (plain, pulled):
        rbm.loss_and_gradient(inputs, LABELS, 1)
    pull = 0.5 * (unit_probabilities(plain, inputs).mean(axis=0) - 0.2)
    difference = {
        name: pulled.parameters.gradient_view(name) - plain.parameters.gradient_view(name)
        for name in plain.parameters.shapes
    }
    np.testing.assert_allclose(difference["rbm.hidden_bias"], pull, atol=1e-12)
    np.testing.assert_allclose(difference["rbm.weight"], np.outer(inputs.mean(axis=0), pull), atol=1e-12)
    np.testing.assert_array_equal(difference["rbm.visible_bias"], 0)


def test_at_the_very_start_the_visible_biases_take_the_means_of_the_data():
    data = np.array([[0, 0.5, 1, 0.2], [0, 0.5, 1, 0.6]])
    rbm = tiny_machine()
    rbm.begin(data, 0, True)
    # Pixels that never vary get a probability of 0.01 or 0.99: a bias without end would freeze them.
    np.testing.assert_allclose(1 / (1 + np.exp(-rbm.visible_bias)), [0.01, 0.5, 0.99, 0.4])
    rbm = tiny_machine(visible_units="gaussian")
    rbm.begin(data - 3, 0, True)
    np.testing.assert_allclose(rbm.visible_bias, [-3, -2.5, -2, -2.6])


@pytest.mark.parametrize(("epoch", "is_start"), [(0, False), (1, True), (3, False)])
def test_later_the_machine_goes_on_as_it_is(epoch: int, is_start: bool):
    rbm = tiny_machine(persistent=True, chains=8)
    rbm.buffers.values[...] = 1
    before = rbm.parameters.values.copy()
    assert not rbm.begin(some_inputs(), epoch, is_start)
    np.testing.assert_array_equal(rbm.parameters.values, before)
    assert rbm.buffers.values.all()


def test_persistent_chains_start_at_random_states_that_the_seed_decides():
    starts = []
    for seed in (1, 1, 2):
        rbm = RBM(RBMSettings(hidden=50, persistent=True, chains=40), 4, seed)
        rbm.begin(some_inputs().astype(np.float32), 0, True)
        starts.append(rbm.buffers.values.copy())
    assert set(np.unique(starts[0])) == {0, 1}
    assert starts[0].mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(2000))
    np.testing.assert_array_equal(starts[0], starts[1])
    assert (starts[0] != starts[2]).any()


@pytest.mark.parametrize("shift", [(0.0, 255.0), (-1.0, 2.0)], ids=["bytes", "symmetric"])
def test_inputs_outside_their_range_are_named_with_what_to_do(shift: tuple[float, float]):
    offset, factor = shift
    with pytest.raises(ShapeError) as caught:
        tiny_machine().begin(offset + factor * np.array([[0.0, 1, 0.5, 0]]), 2, False)
    assert_one_sentence(caught.value, "rbm", "0 ... 1", f"{offset:.3g} ... {offset + factor:.3g}", "'unit'", "'gaussian'")


@pytest.mark.parametrize("units", UNITS)
def test_evaluation_is_the_error_of_going_up_and_down_once_by_probabilities(units: str):
    rbm, v = tiny_machine(visible_units=units), some_inputs(units)
    z = unit_probabilities(rbm, v) @ rbm.weight.T + rbm.visible_bias
    made = z if units == "gaussian" else 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(rbm.reconstruct(v), made, rtol=1e-10)
    result, labels = rbm.evaluate(v, LABELS)
    assert result.loss == pytest.approx(np.mean((made - v) ** 2))
    assert result.score_sum is labels is None


def test_the_loss_of_persistent_chains_is_about_the_data_not_the_chains():
    rbm, v = tiny_machine(persistent=True, chains=3), some_inputs()
    assert rbm.loss_and_gradient(v, LABELS).loss == pytest.approx(rbm.evaluate(v, LABELS)[0].loss, rel=1e-4)


@pytest.mark.parametrize("units", UNITS)
def test_the_loss_is_of_the_first_reconstruction_however_many_steps_follow(units: str):
    v = some_inputs(units)
    one, many = (tiny_machine(visible_units=units, cd_steps=steps) for steps in (1, 4))
    assert one.loss_and_gradient(v, LABELS, 2).loss == many.loss_and_gradient(v, LABELS, 2).loss
    assert (one.parameters.gradient != many.parameters.gradient).any()


def test_statistics_of_the_data_are_taken_with_probabilities_not_samples():
    # Biases so strong that nothing is left to chance in what is reconstructed.
    rbm, v = tiny_machine(spread=0.0), some_inputs(count=5)
    rbm.hidden_bias[...] = [0.3, -0.2, 0.1]
    rbm.visible_bias[...] = 100
    rbm.loss_and_gradient(v, LABELS)
    expected = statistics(rbm, np.ones((1, VISIBLE))).mean(axis=0) - statistics(rbm, v).mean(axis=0)
    np.testing.assert_allclose(rbm.parameters.gradient, expected, atol=1e-12)
