"""Brings inputs into the range a network learns well in: one factor and one offset, fixed by the training examples."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Examples, Inputs
from nnlab.datasets.grey_range import BYTES, grey_range
from nnlab.datasets.value_scaling import ValueScaling, fit_values
from nnlab.squares import unit_of_squares

SCALINGS = ("unit", "symmetric", "standard", "none")
_WORDS = {
    "unit": "scaled to 0 … 1",
    "symmetric": "scaled to −1 … 1",
    "standard": "scaled to mean 0, deviation 1",
}
_CHUNK = 4096
# Spreads below this share of a feature's size are rounding alone.
_ROUNDING_OF_DOUBLES, _ROUNDING_OF_SINGLES = 1e-12, 1e-6
# The inverse of a smaller one overflows.
_LEAST_SPREAD = 1e-300
_MOST_FACTOR = 1e30
# A larger offset takes more digits from the sum  factor x + offset  than float32 can spare.
_MOST_OFFSET = 4096


Numbers = npt.NDArray[np.float32 | np.float64]


@dataclass(frozen=True)
class Scaling:
    """x' = factor x + offset.   factor, offset (1,) for all features alike, or (channels,), or (features,)

    Pictures are scaled alike in all pixels (per channel when standardised), tables and points feature by feature. Where
    factor and offset are float64, so is the arithmetic, and only its result is rounded: seconds since 1970 differ by less
    than float32 can tell apart. black and white are the ends of what pictures of bytes use. Targets that are values have a
    scaling of their own.
    """

    factor: Numbers
    offset: Numbers
    kind: str = "none"  # of SCALINGS, for words
    black: float = BYTES[0]
    white: float = BYTES[1]
    values: ValueScaling | None = None  # of targets that are values

    @property
    def words(self) -> str:
        """What was done to the inputs; empty where nothing was."""
        return _WORDS.get(self.kind, "")

    @property
    def is_double(self) -> bool:
        """Whether numbers are scaled in float64."""
        return self.factor.dtype == np.float64

    def apply(self, inputs: npt.NDArray[Any], out: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Scale a batch (N, ...) into `out`, whose last axis is the features or channels."""
        if self.is_double:
            # What lies beyond float32 becomes infinite, and every loss and check says so.
            with np.errstate(over="ignore"):
                np.copyto(out, inputs * self.factor + self.offset, casting="same_kind")
            return out
        np.copyto(out, inputs, casting="unsafe")
        np.multiply(out, self.factor, out=out)
        return np.add(out, self.offset, out=out) if self.shifts else out

    @cached_property
    def shifts(self) -> bool:
        """Whether the offset does anything: scaling to 0 ... 1 saves that pass over the batch."""
        return bool(self.offset.any())

    @property
    def ground(self) -> Numbers:
        """What black becomes (1,) or (channels,)."""
        return (self.black * self.factor + self.offset).astype(self.factor.dtype)

    @property
    def peak(self) -> float:
        """How far white is from black once scaled; the farthest of the channels."""
        return (self.white - self.black) * float(self.factor.max())

    def undo(self, scaled: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Back to the range of the data."""
        return np.asarray((scaled - self.offset) / self.factor)

    def painted(self, pixels: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
        """Pixels drawn in 0 ... 255 as the data would have them: from its black to its white."""
        return (self.black + pixels.astype(np.float32) * ((self.white - self.black) / 255)).astype(np.float32)


def fit_scaling(kind: str, examples: Examples, index: npt.NDArray[np.intp]) -> Scaling:
    """The scaling of this kind for these training examples.

    unit: to 0 ... 1    symmetric: to -1 ... 1    standard: mean 0, deviation 1    none: unchanged

    Bytes span 0 ... 255 where they use most of it, all other features what the training examples do. A feature that never
    varies is only shifted. float64 data is scaled in float64, and so is float32 data far from 0, or all but 0.
    """
    inputs = examples.inputs
    black, white = grey_range(inputs, index) if inputs.dtype == np.uint8 else BYTES
    if kind == "none":
        centre, spread = np.zeros(1), np.ones(1)
    elif kind == "standard":
        centre, spread = _moments(inputs, index)
    else:
        low, high = (np.array([black]), np.array([white])) if inputs.dtype == np.uint8 else _bounds(inputs, index)
        centre, spread = ((low + high) / 2, (high - low) / 2) if kind == "symmetric" else (low, high - low)
    is_double = inputs.dtype == np.float64
    rounding = _ROUNDING_OF_DOUBLES if is_double else _ROUNDING_OF_SINGLES
    varies = spread > np.maximum(rounding * np.abs(centre), _LEAST_SPREAD)
    factor = 1.0 / np.where(varies, spread, 1.0)
    offset = -centre * factor
    is_far = bool(np.abs(offset[varies]).max(initial=0) > _MOST_OFFSET or factor.max(initial=0) > _MOST_FACTOR)
    if not is_double and not is_far:
        factor, offset = factor.astype(np.float32), offset.astype(np.float32)
    values = fit_values(examples.targets, index) if examples.has_values else None
    return Scaling(factor, offset, kind, black, white, values)


def _bounds(inputs: Inputs, index: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The least and the greatest value of every feature, chunk by chunk: the inputs may be larger than the memory."""
    low = np.full(inputs.shape[1:], np.inf)
    high = -low
    for start in range(0, len(index), _CHUNK):
        chunk = inputs[index[start : start + _CHUNK]]
        np.minimum(low, chunk.min(axis=0), out=low)
        np.maximum(high, chunk.max(axis=0), out=high)
    return low, high


def _moments(inputs: Inputs, index: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and deviation over the examples, and over the pixels of a picture, chunk by chunk in float64.

    They are summed about the mean of the first chunk: of large numbers with a small spread nothing would be left of
    E[x^2] - E[x]^2 otherwise.
    """
    axes = tuple(range(inputs.ndim - 1))
    about = total = squares = np.zeros(inputs.shape[-1])
    unit = np.ones(inputs.shape[-1])
    for start in range(0, len(index), _CHUNK):
        chunk = inputs[index[start : start + _CHUNK]].astype(np.float64)
        if start == 0 and inputs.dtype != np.uint8:
            about = chunk.mean(axis=axes)
            unit = unit_of_squares(np.abs(chunk - about).max(axis=axes))
        chunk -= about
        if (unit != 1).any():
            chunk /= unit
        total = total + chunk.sum(axis=axes)
        squares = squares + np.square(chunk).sum(axis=axes)
    count = len(index) * float(np.prod(inputs.shape[1:-1]))
    mean = total / count
    return about + unit * mean, unit * np.sqrt(np.maximum(squares / count - mean**2, 0))
