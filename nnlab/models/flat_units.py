"""How much of what a unit puts out lies where its activation is flat: dead and saturated units are told by it."""

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Layer

# Nearer than this to a bound of a squashing non-linearity the slope is nearly nothing.
_MARGIN = 0.01
_MOSTLY = 0.9


def flat_sides(layer: Layer) -> int:
    """How many flat sides a layer's activation has: one as ReLU, two as sigmoid, or none that a unit could lie on."""
    return len(layer.flat_outputs) if layer.is_elementwise else 0


def flat_shares(outputs: Array, layer: Layer) -> Array:
    """Of a layer with one flat side or two, the share of each unit's outputs (N, ..., units) that lie there (units,).

    Of one that puts out a number itself there, the share of exactly that; of two, within 0.01 of them.
    """
    flat = layer.flat_outputs
    is_flat = outputs == flat[0] if len(flat) == 1 else (outputs < flat[0] + _MARGIN) | (outputs > flat[1] - _MARGIN)
    return np.asarray(is_flat.mean(axis=tuple(range(outputs.ndim - 1))))


def stuck_units(shares: Array, layer: Layer) -> Array:
    """Which units (their numbers) pass on no gradient: dead ones lie on the one flat side for all examples and cannot come
    back, saturated ones on the two for more than 9 in 10.
    """
    return np.flatnonzero(shares == 1 if flat_sides(layer) == 1 else shares > _MOSTLY)
