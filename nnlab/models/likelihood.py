"""How probable an RBM holds data: the partition function, exactly for small machines and by annealing for large ones."""

import itertools
from typing import NamedTuple

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.rbm import RBM
from nnlab.models.sigmoid import sigmoid
from nnlab.report import Report, silent

_MOST_ENUMERATED = 20
_STATES_AT_A_TIME = 1024
# Factors of the sum over all hidden states that take about a second.
_MOST_FACTORS = 1 << 26


class LogPartition(NamedTuple):
    """log Z in nats, and the interval of three standard errors around it."""

    value: float
    low: float
    high: float


def hidden_configurations(hidden: int, start: int = 0, stop: int | None = None) -> Array:
    """The binary states number start to stop - 1 of all 2^hidden (states, hidden)."""
    return ((np.arange(start, 2**hidden if stop is None else stop)[:, None] >> np.arange(hidden)) & 1).astype(np.float64)


def exact_log_partition(rbm: RBM) -> float:
    """log Z = log sum_h exp(b h) prod_i (1 + exp(a_i + W_i h)), by enumeration of up to 20 hidden units, in float64.

    Gaussian visible units: the product becomes prod_i sqrt(2 pi) exp(m_i^2 / 2 + a_i m_i), with m = W h.
    """
    if rbm.hidden > _MOST_ENUMERATED:
        raise ShapeError(
            f"rbm: {rbm.hidden} hidden units have 2^{rbm.hidden} states, too many to enumerate; "
            f"at most {_MOST_ENUMERATED} units, or use annealed importance sampling"
        )
    weight, a, b = (np.asarray(part, np.float64) for part in (rbm.weight, rbm.visible_bias, rbm.hidden_bias))
    total = -np.inf
    for start in range(0, 2**rbm.hidden, _STATES_AT_A_TIME):
        h = hidden_configurations(rbm.hidden, start, min(start + _STATES_AT_A_TIME, 2**rbm.hidden))
        drive = h @ weight.T
        if rbm.settings.is_gaussian:
            visible = (0.5 * drive**2 + a * drive).sum(axis=1) + 0.5 * rbm.visible * np.log(2 * np.pi)
        else:
            visible = np.logaddexp(0, drive + a).sum(axis=1)
        total = np.logaddexp(total, np.logaddexp.reduce(h @ b + visible))
    return float(total)


def is_enumerable(rbm: RBM) -> bool:
    """Whether the exact log Z of a machine takes about a second at most."""
    return rbm.hidden <= _MOST_ENUMERATED and rbm.visible << rbm.hidden <= _MOST_FACTORS


def annealed_log_partition(
    rbm: RBM, base_bias: Array, chains: int = 100, temperatures: int = 2000, seed: int = 0, report: Report = silent
) -> LogPartition:
    """Annealed importance sampling (Salakhutdinov and Murray 2008) from a base model with the same visible units, visible
    biases base_bias (visible,) and no weights, over so many inverse temperatures t from 0 to 1:

        log p*_t(v) = (1 - t) a0 v + t a v + sum_j log(1 + exp(t (v W_j + b_j)))

    Bernoulli visible units. The error comes from the spread of the chains' importance weights.
    """
    if rbm.settings.is_gaussian:
        raise ShapeError("rbm: annealed importance sampling is for Bernoulli visible units; this machine's are Gaussian")
    rng = np.random.default_rng([seed, 7])
    weight, a, b = (np.asarray(part, np.float32) for part in (rbm.weight, rbm.visible_bias, rbm.hidden_bias))
    a0 = np.asarray(base_bias, np.float32)
    schedule = _inverse_temperatures(temperatures)

    p0 = sigmoid(a0, out=np.empty_like(a0))
    v = (rng.random((chains, rbm.visible), np.float32) < p0).astype(np.float32)
    log_weight = np.zeros(chains)
    field = v @ weight + b
    for index, (before, after) in enumerate(itertools.pairwise(schedule)):
        report("annealing", index / (len(schedule) - 1))
        # Moving the temperature while the states stand still changes the unnormalised probability by this much.
        log_weight += (after - before) * (v @ (a - a0)).astype(np.float64)
        log_weight += (np.logaddexp(0, after * field) - np.logaddexp(0, before * field)).sum(axis=1)
        p = sigmoid(z := after * field, out=z)
        h = (rng.random(p.shape, np.float32) < p).astype(np.float32)
        z = after * (h @ weight.T + a) + (1 - after) * a0
        v = (rng.random(z.shape, np.float32) < sigmoid(z, out=z)).astype(np.float32)
        field = v @ weight + b
    base = float(np.logaddexp(0, a0.astype(np.float64)).sum() + rbm.hidden * np.log(2))
    largest = log_weight.max()
    relative = np.exp(log_weight - largest)
    mean, error = relative.mean(), relative.std(ddof=1) / np.sqrt(chains)
    value = base + largest
    low = np.log(max(mean - 3 * error, 1e-300))
    return LogPartition(float(value + np.log(mean)), float(value + low), float(value + np.log(mean + 3 * error)))


def mean_log_likelihood(rbm: RBM, v: Array, log_partition: float) -> float:
    """mean of log p(v) = -F(v) - log Z, in nats per example."""
    return float(-rbm.free_energy(v).astype(np.float64).mean() - log_partition)


def _inverse_temperatures(count: int) -> Array:
    """As Salakhutdinov and Murray choose them: denser towards 1, where the model differs most from the base."""
    first, second = max(count // 20, 2), max(count // 5, 2)
    return np.concatenate(
        [
            np.linspace(0, 0.5, first, endpoint=False),
            np.linspace(0.5, 0.9, second, endpoint=False),
            np.linspace(0.9, 1.0, max(count - first - second, 2)),
        ]
    )
