"""Brings inputs into the range a network learns well in: one factor and one offset, fixed by the training examples."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Examples

SCALINGS = ("unit", "symmetric", "standard", "none")
_WORDS = {
    "unit": "scaled to 0 … 1",
    "symmetric": "scaled to −1 … 1",
    "standard": "scaled to mean 0, deviation 1",
}
_CHUNK = 4096


@dataclass(frozen=True)
class Scaling:
    """x' = factor x + offset.   factor, offset (1,) for all features alike, or (channels,), or (features,)

    Pictures are scaled alike in all pixels (per channel when standardised), tables and points feature by feature.
    """

    factor: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]
    kind: str = "none"  # of SCALINGS, for words

    @property
    def words(self) -> str:
        """What was done to the inputs; empty where nothing was."""
        return _WORDS.get(self.kind, "")

    def apply(self, inputs: npt.NDArray[np.generic], out: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Scale a batch (N, ...) into `out`, whose last axis is the features or channels."""
        np.copyto(out, inputs, casting="unsafe")
        np.multiply(out, self.factor, out=out)
        return np.add(out, self.offset, out=out) if self.shifts else out

    @cached_property
    def shifts(self) -> bool:
        """Whether the offset does anything: scaling to 0 ... 1 saves that pass over the batch."""
        return bool(self.offset.any())

    def undo(self, scaled: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Back to the range of the data."""
        return np.asarray((scaled - self.offset) / self.factor)


def fit_scaling(kind: str, examples: Examples, index: npt.NDArray[np.intp]) -> Scaling:
    """The scaling of this kind for these training examples.

    unit: to 0 ... 1    symmetric: to -1 ... 1    standard: mean 0, deviation 1    none: unchanged

    Pictures of bytes span 0 ... 255 whatever the sample; other features span what the training examples do. A feature that
    never varies is only shifted.
    """
    if kind == "none":
        return _affine(kind, np.zeros(1), np.ones(1))
    if kind == "standard":
        return _affine(kind, *_moments(examples.inputs, index))
    if examples.inputs.dtype == np.uint8:
        low, high = np.zeros(1), np.full(1, 255.0)
    else:
        low, high = _bounds(examples.inputs, index)
    if kind == "symmetric":
        return _affine(kind, (low + high) / 2, (high - low) / 2)
    return _affine(kind, low, high - low)


def _affine(kind: str, centre: npt.NDArray[np.float64], spread: npt.NDArray[np.float64]) -> Scaling:
    # A constant feature has a spread that is rounding alone.
    factor = 1.0 / np.where(spread > 1e-6 * np.abs(centre), spread, 1.0)
    return Scaling(factor.astype(np.float32), (-centre * factor).astype(np.float32), kind)


def _bounds(
    inputs: npt.NDArray[np.uint8 | np.float32], index: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The least and the greatest value of every feature, chunk by chunk: the inputs may be larger than the memory."""
    low = np.full(inputs.shape[1:], np.inf)
    high = -low
    for start in range(0, len(index), _CHUNK):
        chunk = inputs[index[start : start + _CHUNK]]
        np.minimum(low, chunk.min(axis=0), out=low)
        np.maximum(high, chunk.max(axis=0), out=high)
    return low, high


def _moments(
    inputs: npt.NDArray[np.uint8 | np.float32], index: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and deviation over the examples, and over the pixels of a picture, chunk by chunk in float64."""
    axes = tuple(range(inputs.ndim - 1))
    total = squares = np.zeros(inputs.shape[-1])
    for start in range(0, len(index), _CHUNK):
        chunk = inputs[index[start : start + _CHUNK]].astype(np.float64)
        total = total + chunk.sum(axis=axes)
        squares = squares + np.square(chunk).sum(axis=axes)
    count = len(index) * float(np.prod(inputs.shape[1:-1]))
    mean = total / count
    return mean, np.sqrt(np.maximum(squares / count - mean**2, 0))
