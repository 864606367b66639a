"""Counts the products of matrix products as they are made: what plans say is held against it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest


class Products:
    """How many have been made so far."""

    count = 0


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Products]:
    """Of every product of two matrices, or stacks of them; one with a vector of ones is a sum."""
    found, multiply = Products(), np.matmul

    def matmul(a: np.ndarray, b: np.ndarray, **options: Any) -> np.ndarray:
        made = multiply(a, b, **options)
        if a.ndim > 1 and b.ndim > 1:
            found.count += made.size * a.shape[-1]
        return made

    with monkeypatch.context() as patch:
        patch.setattr(np, "matmul", matmul)
        yield found
