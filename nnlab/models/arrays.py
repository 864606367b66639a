"""Array types and aligned memory: the two things every file of the engine needs from NumPy's plumbing."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

# One AVX-512 register, one cache line: kernels then never straddle two lines.
_ALIGNMENT = 64


def aligned_empty(shape: Shape, dtype: npt.DTypeLike = np.float32) -> Array:
    """An uninitialised C-contiguous array whose first element lies on a 64-byte boundary."""
    kind = np.dtype(dtype)
    size = int(np.prod(shape)) * kind.itemsize
    raw = np.empty(size + _ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % _ALIGNMENT
    return raw[start : start + size].view(kind).reshape(shape)


def aligned_zeros(shape: Shape, dtype: npt.DTypeLike = np.float32) -> Array:
    """The same, filled with zeros."""
    array = aligned_empty(shape, dtype)
    array.fill(0)
    return array


def aligned_like(x: Array, dtype: npt.DTypeLike | None = None) -> Array:
    """An uninitialised array of x's shape whose axes lie in memory in the same order as x's."""
    order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    base = aligned_empty(tuple(x.shape[axis] for axis in order), dtype or x.dtype)
    return base.transpose(np.argsort(order))


def norm(tensor: Array) -> float:
    """The Euclidean norm of all numbers; infinite where the squares overflow, NaN where one of them is."""
    flat = tensor.ravel()
    return math.sqrt(squares) if (squares := float(np.vdot(flat, flat))) >= 0 else math.nan


def is_finite(tensor: Array) -> bool:
    """Whether all numbers are. One pass over them tells as good as always; squares alone may overflow."""
    return math.isfinite(norm(tensor)) or bool(np.isfinite(tensor).all())
