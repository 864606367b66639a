"""How far apart two models are, tensor by tensor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import shape_text
from nnlab.models.parameters import Parameters


@dataclass(frozen=True)
class TensorDifference:
    """Of a tensor a of the first model and b of the second.

    largest  max |b - a|, which is at `position`    norm  ||b - a||    relative  ||b - a|| / ||a||, infinite where a is zero
    """

    name: str
    shape: Shape
    largest: float
    position: tuple[int, ...]
    norm: float
    relative: float

    @property
    def words(self) -> str:
        """Such as "dense1.weight, by up to 3.1e-04 at (12, 3)"."""
        return f"{self.name}, by up to {self.largest:.1e} at ({', '.join(map(str, self.position))})"

    def of(self, what: str) -> "TensorDifference":
        """The same, of a vector that the optimizer has for the parameters."""
        return replace(self, name=f"{what} of {self.name}")


def misfit(first: Parameters, second: Parameters, names: tuple[str, str]) -> str:
    """Why two models have no tensors to be compared number by number, as a part of a sentence; "" where they have."""
    both = ((first, second, names[0], names[1]), (second, first, names[1], names[0]))
    for one, other, who, whose in both:
        for name, shape in one.shapes.items():
            if name not in other.shapes:
                return f"{who} has {name}, {whose} has not"
            if other.shapes[name] != shape:
                return f"{name} is {shape_text(shape)} in {who} and {shape_text(other.shapes[name])} in {whose}"
    return ""


def tensor_differences(layout: Parameters, first: Array, second: Array) -> tuple[TensorDifference, ...]:
    """Of the tensors that differ in two flat vectors (P,) of such a layout; those that do by most come first."""
    found = [
        _difference(name, layout.shapes[name], first[part], second[part])
        for name, part in layout.slices.items()
        if not np.array_equal(first[part], second[part])
    ]
    return tuple(sorted(found, key=lambda difference: -difference.largest))


def _difference(name: str, shape: Shape, first: Array, second: Array) -> TensorDifference:
    # Two numbers of float32 may be so near that their difference is none.
    apart = second.astype(np.float64) - first
    place = int(np.argmax(np.abs(apart)))
    norm, length = float(np.linalg.norm(apart)), float(np.linalg.norm(first.astype(np.float64)))
    position: Sequence[np.intp] = np.unravel_index(place, shape)
    relative = norm / length if length else float("inf")
    return TensorDifference(name, shape, float(abs(apart[place])), tuple(map(int, position)), norm, relative)
