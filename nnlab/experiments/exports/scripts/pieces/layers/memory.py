"""The order of axes in memory, which decides on speed and on how sums are rounded."""

import numpy as np


def batch_innermost(count: int, *shape: int) -> np.ndarray:
    """An empty array (count, *shape) whose first axis lies innermost in memory."""
    return np.moveaxis(np.empty((*shape, count), np.float32), -1, 0)
