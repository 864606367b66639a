"""Streams of random numbers inside of others."""

import numpy as np

from .randomness import random_stream


def inner_stream(outer: np.random.Generator, name: str) -> np.random.Generator:
    """That of a layer that stands inside of another, whose own stream is `outer`."""
    return random_stream(int(outer.integers(2**32)), name)
