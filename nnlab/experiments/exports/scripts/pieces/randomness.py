"""Randomness as a function of (seed, purpose, step)."""

import zlib

import numpy as np


def random_stream(seed: int, purpose: str, step: int = 0) -> np.random.Generator:
    """A fresh generator that depends on these three values alone."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), step])
