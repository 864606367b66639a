"""All parameters of a model in one flat vector, with named views into it."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array, Shape, aligned_zeros


class Parameters:
    """A contiguous vector `values`, a `gradient` of the same layout, and a view of both for every name.

    Optimizers, penalties, snapshots and files work on the flat vectors in a few whole-array operations and know nothing
    of layers. Tensors that decay (weights) lie first and the others (biases) after them, so that `decaying` is a slice.

        values (size,)    gradient (size,)    view("dense1.weight") (n_in, n_out)
    """

    def __init__(self, shapes: Mapping[str, Shape], dtype: npt.DTypeLike = np.float32) -> None:
        self.shapes = dict(shapes)
        self.size = sum(int(np.prod(shape)) for shape in shapes.values())
        self.values = aligned_zeros((self.size,), dtype)
        self.gradient = aligned_zeros((self.size,), dtype)
        # A vector decays when it multiplies its input: matrices and kernels do, one-axis tensors (biases, scales) do not.
        order = sorted(self.shapes, key=lambda name: len(self.shapes[name]) < 2)
        self.slices: dict[str, slice] = {}
        start = decaying = 0
        for name in order:
            stop = start + int(np.prod(self.shapes[name]))
            self.slices[name] = slice(start, stop)
            start = stop
            if len(self.shapes[name]) >= 2:
                decaying = stop
        self.decaying = slice(0, decaying)
        # Looked up by layer, so that a network of many layers does not go through all names for each.
        self._names_by_layer: dict[str, list[str]] = {}
        for name in self.shapes:
            self._names_by_layer.setdefault(name.partition(".")[0], []).append(name)
        # Parts that no step may change for now, not even by decay; a model that is learned part by part says which.
        self.frozen: tuple[slice, ...] = ()

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """float32 for training, float64 for gradient checks."""
        return self.values.dtype

    def part(self, part: slice, gradient: Array) -> "Parameters":
        """A slice of them, for optimizers and penalties, with its gradient in a vector of the layout; it has no names."""
        own = Parameters({}, self.dtype)
        own.values, own.gradient, own.size = self.values[part], gradient[part], part.stop - part.start
        own.decaying = slice(0, min(max(self.decaying.stop - part.start, 0), own.size))
        return own

    def place(self, values: Array, gradient: Array) -> None:
        """From now on these are the numbers; views that were taken before look at the former ones."""
        self.values, self.gradient = values, gradient

    def view(self, name: str, vector: Array | None = None) -> Array:
        """The named tensor, a window into `values`, or another vector of the layout: writing to it changes the model."""
        return (self.values if vector is None else vector)[self.slices[name]].reshape(self.shapes[name])

    def gradient_view(self, name: str) -> Array:
        """The gradient of the named tensor, a window into `gradient`."""
        return self.view(name, self.gradient)

    def views_of(self, layer: str, vector: Array | None = None) -> dict[str, Array]:
        """The tensors of one layer by their short names: weight, bias; of layers inside of it dense1.weight."""
        return {name.partition(".")[2]: self.view(name, vector) for name in self._names_by_layer.get(layer, ())}

    def holds(self, name: str, position: Sequence[int]) -> bool:
        """Whether there is such a tensor, and such a place in it."""
        shape = self.shapes.get(name, ())
        is_inside = len(position) == len(shape) and all(0 <= at < axis for at, axis in zip(position, shape, strict=True))
        return name in self.shapes and is_inside

    def name_at(self, index: int) -> tuple[str, Shape]:
        """Which tensor the flat index falls into, and where in it."""
        for name, part in self.slices.items():
            if part.start <= index < part.stop:
                position = np.unravel_index(index - part.start, self.shapes[name])
                return name, tuple(int(axis) for axis in position)
        raise IndexError(f"flat index {index} is outside the {self.size} parameters")
