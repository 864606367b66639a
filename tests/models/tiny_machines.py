"""Boltzmann machines small enough to sum over every state, and what those sums say."""

import itertools

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings

VISIBLE, HIDDEN = 4, 3


def tiny_machine(
    seed: int = 0, visible: int = VISIBLE, hidden: int = HIDDEN, spread: float = 1.0, **settings: object
) -> RBM:
    """A machine in double precision whose weights and biases are all large enough to matter."""
    rbm = RBM(RBMSettings(hidden=hidden, **settings), visible, seed, np.float64)
    rbm.parameters.values[...] = np.random.default_rng(seed + 100).normal(0, spread, rbm.parameters.size)
    return rbm


def states(units: int) -> Array:
    """All binary states (2^units, units)."""
    return np.array(list(itertools.product((0.0, 1.0), repeat=units)))


def energies(rbm: RBM, v: Array) -> Array:
    """E(v, h) of the given visible states with all hidden ones (batch, 2^hidden), from the definition."""
    h = states(rbm.hidden)
    a = rbm.visible_bias
    own = 0.5 * ((v - a) ** 2).sum(axis=1) if rbm.settings.is_gaussian else -(v @ a)
    return own[:, None] - h @ rbm.hidden_bias - np.einsum("ni,ij,sj->ns", v, rbm.weight, h)


def joint_probabilities(rbm: RBM, temperature: float = 1.0) -> Array:
    """p(v, h) of binary units over all states (2^visible, 2^hidden)."""
    weights = np.exp(-energies(rbm, states(rbm.visible)) / temperature)
    return weights / weights.sum()


def visible_probabilities(rbm: RBM, temperature: float = 1.0) -> Array:
    """p(v) over all states (2^visible,)."""
    return joint_probabilities(rbm, temperature).sum(axis=1)


def hidden_given(rbm: RBM, v: Array) -> Array:
    """p(h | v) over all hidden states (batch, 2^hidden)."""
    weights = np.exp(-energies(rbm, v))
    return weights / weights.sum(axis=1, keepdims=True)


def visible_given_hidden(rbm: RBM) -> Array:
    """p(v | h) of binary units over all states (2^hidden, 2^visible)."""
    joint = joint_probabilities(rbm)
    return (joint / joint.sum(axis=0)).T


def unit_probabilities(rbm: RBM, v: Array) -> Array:
    """p(h_j = 1 | v) (batch, hidden), by summing over the states."""
    return hidden_given(rbm, v) @ states(rbm.hidden)


def statistics(rbm: RBM, v: Array) -> Array:
    """v p(h | v), v and p(h | v) of every state in the layout of the parameter vector (batch, size)."""
    p = unit_probabilities(rbm, v)
    rows = np.empty((len(v), rbm.parameters.size))
    for name, part in (("weight", v[:, :, None] * p[:, None, :]), ("visible_bias", v), ("hidden_bias", p)):
        rows[:, rbm.parameters.slices[f"rbm.{name}"]] = part.reshape(len(v), -1)
    return rows


def assert_mean(samples: Array, expected: Array, sigmas: float = 5.0, resolution: float = 0.0) -> None:
    """The mean of independent samples (count, ...) lies within so many standard errors of what is expected."""
    error = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    distance = np.abs(samples.mean(axis=0) - expected)
    worst = np.max(distance - sigmas * error - resolution)
    assert worst < 1e-12, f"off by {distance.max():.2g} where the standard error is {error[distance.argmax()]:.2g}"


def assert_frequencies(ends: Array, expected: Array) -> None:
    """Independent chains (count, visible) are in each visible state as often as expected (2^visible,)."""
    place = (ends @ 2 ** np.arange(ends.shape[1])[::-1]).astype(int)
    found = np.bincount(place, minlength=len(expected)) / len(ends)
    # Of a rare state the error is not normal: three chains more or less are always allowed.
    allowed = 5 * np.sqrt(expected * (1 - expected) / len(ends)) + 3 / len(ends)
    assert (np.abs(found - expected) <= allowed).all(), f"{found} where {expected} is expected"
