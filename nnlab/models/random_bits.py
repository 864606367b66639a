"""Uniform random whole numbers, fast: the raw bits of the generator, sixteen to a number."""

import sys

import numpy as np

from nnlab.models.arrays import Array

# Numbers are 0 ... 2^16 - 1: a probability is met to within 2^-17, three times as fast as Generator.random (0.5 ns
# instead of 1.9 ns a number).
BITS = 16
# The generator cannot write into an array that is there; in pieces of this size it allocates little, whatever the batch.
_PIECE = 16_384


def fill_with_bits(generator: np.random.Generator, out: Array) -> Array:
    """Fill a float array, of whatever layout, with whole numbers drawn evenly from 0 ... 2^16 - 1."""
    # In memory order, so that the same stream gives the same picture at the same speed whatever the axes are called.
    flat = out.ravel(order="K") if out.flags.c_contiguous else _in_memory_order(out)
    source = generator.bit_generator
    for start in range(0, flat.size, _PIECE * 4):
        part = flat[start : start + _PIECE * 4]
        raw = source.random_raw(-(-part.size // 4))
        if sys.byteorder == "big":
            raw = raw.byteswap()
        np.copyto(part, raw.view(np.uint16)[: part.size])
    return out


def _in_memory_order(array: Array) -> Array:
    """A flat view of an array whose axes lie permuted in memory."""
    order = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
    return array.transpose(order).reshape(-1)
