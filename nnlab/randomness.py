"""Randomness as a function of (seed, purpose, step): no generator is ever carried along, so resuming is exact."""

import zlib

import numpy as np


def random_stream(seed: int, purpose: str, step: int = 0) -> np.random.Generator:
    """A fresh generator that depends on these three values alone.

    The shuffle of epoch e comes from (seed, "shuffle", e), the dropout masks of step t from (seed, "dropout1.mask", t).
    Streams of different purposes are independent (SeedSequence hashes its entropy words together).
    """
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), step])
