"""How well a Boltzmann machine foretells each visible unit from all the others: the pseudo-likelihood (Besag 1975)."""

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array
from nnlab.models.layers.activations import softplus
from nnlab.models.rbm import RBM

Index = npt.NDArray[np.intp]

# Of every example so many conditionals: a flip costs a tenth of the product with the weights that it needs once.
FLIPS = 8


def pseudo_likelihood(rbm: RBM, v: Array, rng: np.random.Generator) -> Array:
    """For each of the examples an estimate of  sum_i log p(v_i | the others), in nats; (N,). Binary units: v > 0.5.

    `visible` times the mean over some units drawn for it, every unit equally often.
    """
    binary = (v.reshape(len(v), -1) > 0.5).astype(v.dtype)
    return np.asarray(rbm.visible * log_conditionals(rbm, binary, units_to_flip(len(v), rbm.visible, rng)).mean(axis=1))


def log_conditionals(rbm: RBM, v: Array, units: Index) -> Array:
    """log p(v_i | all other visible units) in nats, of units i (N, k) in binary states v (N, visible); (N, k).

    p(v_i | others) = sigmoid(F(v with v_i flipped) - F(v)). Their sum over i is the pseudo-log-likelihood (Besag 1975); its
    estimate is `visible` times the mean over some i drawn at random. To flip v_i adds d W_i to the hidden units' inputs,
    d = 1 - 2 v_i.
    """
    rows = np.arange(len(v))
    z = v @ rbm.weight + rbm.hidden_bias
    before = _softplus_sum(z)
    found = np.empty(units.shape)
    for index, unit in enumerate(units.T):
        d = 1 - 2 * v[rows, unit]
        after = _softplus_sum(z + d[:, None] * rbm.weight[unit])
        found[:, index] = -np.logaddexp(0, after - before + d * rbm.visible_bias[unit])
    return found


def units_to_flip(examples: int, visible: int, rng: np.random.Generator) -> Index:
    """Visible units (examples, FLIPS) drawn so that each comes equally often: pixels at the rim are far more certain."""
    wanted = examples * FLIPS
    units = np.resize(rng.permutation(visible), wanted)
    return rng.permutation(units).reshape(examples, FLIPS)


def _softplus_sum(z: Array) -> Array:
    return np.asarray(softplus(z, np.empty_like(z), np.empty_like(z)).sum(axis=1, dtype=np.float64))
