"""How many multiplications a training step takes, and how many of them this machine makes in a second."""

import math
import time

import numpy as np

from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.model import Model

# Data and chains go up twice and down once, and the gradient is the product of both.
_CD1_PRODUCTS = 5


def multiply_adds(model: Model) -> int:
    """In the matrix products of a training step, per example: forward, by the weights, and by all inputs but the data."""
    if is_machine(model):
        return _CD1_PRODUCTS * model.visible * model.hidden
    if not has_layers(model):
        raise TypeError(f"{type(model).__name__}: its products are not known")
    total = 0
    for name, shape in zip(model.names, model.shapes, strict=True):
        weight = model.parameters.shapes.get(f"{name}.weight")
        if weight:
            positions = math.prod(shape[:-1])  # a kernel is applied at every pixel, a matrix once
            total += (3 if total else 2) * positions * math.prod(weight)
    return total


def sgemm_peak(size: int = 3072, repeats: int = 8) -> float:
    """GFLOP/s of the fastest of several large matrix products in float32, at the present number of threads."""
    a, b = (np.random.default_rng(0).random((size, size), np.float32) for _ in range(2))
    product = np.empty_like(a)
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        np.matmul(a, b, out=product)
        times.append(time.perf_counter() - started)
    return 2e-9 * size**3 / min(times)
