"""What an RBM draws, counted: frequencies beside sums over every state, within five standard errors, seeds fixed."""

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.models.layers import Pass, Workspace
from nnlab.models.pseudo_likelihood import pseudo_likelihood
from nnlab.models.rbm import RBM
from tests.models.tiny_machines import (
    HIDDEN,
    VISIBLE,
    assert_frequencies,
    assert_mean,
    hidden_given,
    joint_probabilities,
    states,
    statistics,
    tiny_machine,
    visible_given_hidden,
    visible_probabilities,
)

LABELS = np.zeros(0, np.intp)
DATA = np.array([[1, 0, 1, 0], [0.2, 0.9, 0.4, 0], [0, 0, 1, 1]])
# Random numbers of 16 bits meet a probability to within this.
RESOLUTION = 2.0**-16


def gradients(rbm: RBM, data: Array, count: int) -> Array:
    """The gradient estimated at so many steps (count, size); the machine does not change."""
    rows = np.empty((count, rbm.parameters.size))
    for step in range(count):
        rbm.loss_and_gradient(data, LABELS, step)
        rows[step] = rbm.parameters.gradient
    return rows


def test_units_are_drawn_as_often_as_their_probabilities_say():
    probabilities = np.array([0, 1e-3, 0.05, 0.3, 0.5, 0.77, 0.999, 1])
    rbm, out, counts = tiny_machine(), np.empty((500, 8)), np.zeros(8)
    work = Workspace("rbm", {}, {}, {}, np.float64, Pass())
    for seed in range(100):
        rbm._draw(np.broadcast_to(2.0**16 * probabilities, out.shape), out, np.random.default_rng(seed), work)
        assert set(np.unique(out)) <= {0, 1}
        counts += out.sum(axis=0)
    frequencies, error = counts / 50_000, np.sqrt(probabilities * (1 - probabilities) / 50_000)
    assert (np.abs(frequencies - probabilities) <= 5 * error + RESOLUTION).all()
    assert frequencies[0] == 0
    assert frequencies[-1] == 1


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_contrastive_divergence_is_in_expectation_what_the_sum_over_all_states_gives(steps: int):
    rbm = tiny_machine(cd_steps=steps)
    everything = states(VISIBLE)
    up, down = hidden_given(rbm, everything), visible_given_hidden(rbm)
    reached = hidden_given(rbm, DATA) @ down @ np.linalg.matrix_power(up @ down, steps - 1)
    expected = reached.mean(axis=0) @ statistics(rbm, everything) - statistics(rbm, DATA).mean(axis=0)
    assert_mean(gradients(rbm, DATA, 6000), expected, resolution=4 * RESOLUTION)


def test_with_mean_field_reconstructions_only_the_hidden_units_are_drawn():
    rbm = tiny_machine(visible_states="probabilities")
    made = statistics(rbm, rbm.visible_means(states(HIDDEN)))
    expected = hidden_given(rbm, DATA).mean(axis=0) @ made - statistics(rbm, DATA).mean(axis=0)
    assert_mean(gradients(rbm, DATA, 6000), expected, resolution=4 * RESOLUTION)


@pytest.mark.parametrize("visible_states", ["sampled", "probabilities"])
def test_contrastive_divergence_of_gaussian_units_is_in_expectation_what_integration_gives(visible_states: str):
    rbm = tiny_machine(visible_units="gaussian", visible_states=visible_states, spread=0.5)
    data = 2 * DATA - 1
    means = rbm.visible_means(states(HIDDEN))
    made = (gaussian_statistics if visible_states == "sampled" else statistics)(rbm, means)
    expected = hidden_given(rbm, data).mean(axis=0) @ made - statistics(rbm, data).mean(axis=0)
    assert_mean(gradients(rbm, data, 6000), expected, resolution=4 * RESOLUTION)


def gaussian_statistics(rbm: RBM, means: Array) -> Array:
    """The mean statistics of v ~ N(mean, 1) (count, size).

    With u = v W_j ~ N(mean W_j, |W_j|^2) and s the sigmoid:  E v_i s(b_j + u) = mean_i E s + W_ij E s'   (Stein).
    """
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    spread = np.linalg.norm(rbm.weight, axis=0)
    s = 1 / (1 + np.exp(-((means @ rbm.weight + rbm.hidden_bias)[:, :, None] + spread[:, None] * points)))
    p, slope = s @ weights, (s * (1 - s)) @ weights
    rows = np.empty((len(means), rbm.parameters.size))
    products = means[:, :, None] * p[:, None, :] + rbm.weight * slope[:, None, :]
    for name, part in (("weight", products), ("visible_bias", means), ("hidden_bias", p)):
        rows[:, rbm.parameters.slices[f"rbm.{name}"]] = part.reshape(len(means), -1)
    return rows


def test_persistent_chains_reach_the_distribution_of_the_model():
    rbm = tiny_machine(persistent=True, chains=400)
    rbm.begin(DATA, 0, True)
    rbm.parameters.values[...] = tiny_machine().parameters.values
    joint = joint_probabilities(rbm)
    seen, estimates = np.zeros((400, 2**HIDDEN)), np.empty((400, rbm.parameters.size))
    place_value = 2 ** np.arange(HIDDEN)[::-1]
    for step in range(500):
        rbm.loss_and_gradient(DATA, LABELS, step)
        if step >= 100:
            chains = rbm.buffers.view("rbm.chains")
            seen[np.arange(400), (chains @ place_value).astype(int)] += 1
            estimates[step - 100] = rbm.parameters.gradient
    # Chains are independent of each other; what one goes through is not.
    assert_mean(seen / 400, joint.sum(axis=0), resolution=4 * RESOLUTION)
    # Gradients follow one another closely: blocks of twenty hardly do.
    blocks = estimates.reshape(20, 20, -1).mean(axis=1)
    expected = visible_probabilities(rbm) @ statistics(rbm, states(VISIBLE)) - statistics(rbm, DATA).mean(axis=0)
    assert_mean(blocks, expected, resolution=4 * RESOLUTION)


def test_persistent_chains_go_on_where_they_were_and_do_not_see_the_data():
    one, other = (tiny_machine(persistent=True, chains=6) for _ in range(2))
    for step in range(5):
        one.loss_and_gradient(DATA, LABELS, step)
        other.loss_and_gradient(1 - DATA, LABELS, step)
    np.testing.assert_array_equal(one.buffers.values, other.buffers.values)
    fresh = tiny_machine(persistent=True, chains=6)
    fresh.loss_and_gradient(DATA, LABELS, 4)
    assert (fresh.buffers.values != one.buffers.values).any()


@pytest.mark.parametrize("temperature", [1.0, 0.5, 3.0])
def test_gibbs_chains_reach_the_distribution_of_their_temperature(temperature: float):
    rbm = tiny_machine()
    rng = np.random.default_rng(1)
    ends = rbm.gibbs_chain(rng.integers(0, 2, (20_000, VISIBLE)).astype(float), 60, rng, temperature)
    assert_frequencies(ends, visible_probabilities(rbm, temperature))


def test_cold_chains_stay_at_the_state_of_lowest_energy():
    rbm = tiny_machine(seed=3)
    lowest = states(VISIBLE)[joint_probabilities(rbm).max(axis=1).argmax()]
    start, rng = np.tile(lowest, (500, 1)), np.random.default_rng(2)
    cold, warm = (rbm.gibbs_chain(start, 30, rng, temperature) for temperature in (0.02, 1.0))
    assert (cold == lowest).all(axis=1).mean() > 0.99
    assert (warm == lowest).all(axis=1).mean() < 0.9


def test_clamped_units_keep_their_values_and_the_others_follow_given_them():
    rbm = tiny_machine()
    rng, clamped = np.random.default_rng(3), np.array([True, False, False, True])
    start = np.tile([1.0, 0, 0, 0], (20_000, 1))
    ends = rbm.gibbs_chain(start, 60, rng, clamped=clamped)
    assert (ends[:, 0] == 1).all()
    assert (ends[:, 3] == 0).all()
    everything = states(VISIBLE)
    fitting = (everything[:, 0] == 1) & (everything[:, 3] == 0)
    given = np.where(fitting, visible_probabilities(rbm), 0)
    assert_frequencies(ends, given / given.sum())


def test_every_chain_may_have_units_of_its_own_clamped():
    rbm, rng = tiny_machine(), np.random.default_rng(4)
    start = rng.integers(0, 2, (200, VISIBLE)).astype(float)
    clamped = rng.random(start.shape) < 0.5
    ends = rbm.gibbs_chain(start, 5, rng, clamped=clamped)
    np.testing.assert_array_equal(ends[clamped], start[clamped])
    assert (ends[~clamped] != start[~clamped]).any()


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_the_last_step_may_give_means_which_are_those_of_the_samples(temperature: float):
    rbm = tiny_machine()
    start = np.tile(DATA, (5000, 1))
    sampled, means = (
        rbm.gibbs_chain(start, 3, np.random.default_rng(5), temperature, sample_visible=sample) for sample in (True, False)
    )
    assert set(np.unique(sampled)) == {0, 1}
    assert len(np.unique(means)) > 2
    assert_mean(sampled, means.mean(axis=0))


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_gaussian_chains_spread_as_their_temperature_says(temperature: float):
    rbm = tiny_machine(visible_units="gaussian", spread=0.3)
    start, rng = np.zeros((20_000, VISIBLE)), np.random.default_rng(6)
    rbm.weight[...] = 0
    ends = rbm.gibbs_chain(start, 2, rng, temperature)
    assert_mean(ends, rbm.visible_bias)
    assert_mean((ends - rbm.visible_bias) ** 2, np.full(VISIBLE, temperature))
    means = rbm.gibbs_chain(start, 2, rng, temperature, sample_visible=False)
    np.testing.assert_allclose(means, np.tile(rbm.visible_bias, (20_000, 1)))


def test_no_steps_leave_the_start_alone_and_unshared():
    rbm, start = tiny_machine(), DATA.copy()
    ends = rbm.gibbs_chain(start, 0, np.random.default_rng(0))
    np.testing.assert_array_equal(ends, start)
    rbm.gibbs_chain(start, 3, np.random.default_rng(0))
    assert not np.shares_memory(ends, start)
    np.testing.assert_array_equal(start, DATA)


def test_pseudo_likelihood_is_in_expectation_the_sum_over_all_units():
    rbm, everything, p = tiny_machine(), states(VISIBLE), visible_probabilities(tiny_machine())
    flipped = [[np.flatnonzero((everything == other).all(axis=1))[0] for other in flips(state)] for state in everything]
    exact = np.log(p[:, None] / (p[:, None] + p[np.array(flipped)])).sum(axis=1)
    for place in (0, 5, 15):
        one = np.tile(everything[place], (200, 1))
        estimates = [pseudo_likelihood(rbm, one, np.random.default_rng(seed)).mean() for seed in range(200)]
        assert_mean(np.array(estimates)[:, None], exact[place : place + 1])


def flips(state: Array) -> Array:
    """The state with each unit flipped in turn (visible, visible)."""
    return np.abs(state - np.eye(len(state)))
