"""Uniform random numbers, fast."""

import numpy as np


def fill_with_bits(rng: np.random.Generator, out: np.ndarray) -> None:
    """Fill it with whole numbers drawn evenly from 0 ... 2^16 - 1.

    They are the generator's raw bits, four numbers at once, in the order of memory.
    """
    axes = sorted(range(out.ndim), key=lambda axis: -abs(out.strides[axis]))
    flat = out.transpose(axes).reshape(-1)
    for start in range(0, flat.size, 65536):
        part = flat[start : start + 65536]
        raw = rng.bit_generator.random_raw(-(-part.size // 4))
        part[...] = raw.astype("<u8").view("<u2")[: part.size]
