"""What layers have in common that have layers inside: names, shapes and workspaces of those, and the ways through them."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np

from nnlab.errors import SettingError
from nnlab.models.arrays import Array, Shape
from nnlab.models.fused import Chain, fuse
from nnlab.models.layers.base import Layer, Workspace, inner_tensors
from nnlab.models.layers.role import Role
from nnlab.models.layers.sequence import layer_names, layer_shapes
from nnlab.randomness import random_stream

# How deep layers may stand inside of layers. Files are somebody else's.
DEEPEST = 4

Branch = tuple[Layer, ...]


@dataclass(frozen=True)
class Combined(Layer):
    """Branches of layers that all see the input; a subclass says how one output is made of theirs.

    A layer inside has its tensors, draws and buffers under this layer's name and its own: residual1.dense1.weight.
    """

    role: ClassVar[Role] = Role.FORMS
    is_elementwise: ClassVar[bool] = False
    # Whether the input itself is joined with what the branches make of it.
    goes_around: ClassVar[bool] = False

    @property
    def adds(self) -> bool:
        """Whether the output is a sum; else the branches' outputs lie side by side along the last axis."""
        return True

    @property
    def joining(self) -> str:
        """What becomes of the branches' outputs, in words."""
        return "the sum of the branches" if self.adds else "the branches side by side"

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The layers of every way from the input to the output."""
        raise NotImplementedError

    def with_branches(self, branches: tuple[Branch, ...]) -> Self:
        """The same with other layers inside."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(
            isinstance(branch, tuple) and all(isinstance(layer, Layer) for layer in branch) for branch in self.branches
        ):
            raise SettingError('layers: expected a list of layers, e.g. [{ kind = "dense", units = 64 }, "relu"]')
        for layer in (layer for branch in self.branches for layer in branch):
            if layer.role is Role.MARKS:
                raise SettingError(f"layers: {layer.kind} says something about the whole network; put it outside")
        if _depth(self) > DEEPEST:
            raise SettingError(f"layers: layers stand inside of layers at most {DEEPEST} deep")

    @property
    def named_branches(self) -> tuple[tuple[tuple[str, Layer], ...], ...]:
        """The layers of every branch with their names: dense1, or of several branches branch1.dense1."""
        return _named(self.branches)

    @property
    def inner_layers(self) -> tuple[tuple[str, Layer], ...]:
        """Those of all branches."""
        return tuple(entry for branch in self.named_branches for entry in branch)

    @property
    def mixes_examples(self) -> bool:
        """If one inside does."""
        return any(layer.mixes_examples for _, layer in self.inner_layers)

    def exchanged_numbers(self, input_shape: Shape) -> int:
        """Those of the layer inside that asks for the most."""
        return max((layer.exchanged_numbers(shape) for _, layer, shape in self._fed(input_shape)), default=0)

    @property
    def takes_pictures(self) -> bool:
        """If the first that forms new numbers does, in any branch."""
        forming = (next((layer for layer in branch if layer.role is Role.FORMS), None) for branch in self.branches)
        return any(layer is not None and layer.takes_pictures for layer in forming)

    @property
    def takes_rows(self) -> bool:
        """If one inside does, before another has made something else of the input, in any branch."""
        return any(layer.takes_rows for branch in self.branches for layer in _on_the_input(branch))

    @property
    def learns(self) -> bool:
        """If one inside does."""
        return any(layer.learns for _, layer in self.inner_layers)

    def smallest_batch(self, input_shape: Shape) -> int:
        """That of the layer inside that needs the most."""
        return max((layer.smallest_batch(shape) for _, layer, shape in self._fed(input_shape)), default=1)

    def held_numbers(self, input_shape: Shape) -> int:
        """What the layers inside keep, the output and the gradient by the input."""
        inside = sum(layer.held_numbers(shape) for _, layer, shape in self._fed(input_shape))
        return inside + math.prod(input_shape) + math.prod(self.output_shape(input_shape))

    def moved_numbers(self, input_shape: Shape, input_gradient: bool) -> int:
        """Those of the layers inside; what comes out of the branches is joined, and so are the gradients by the input."""
        total = 4 * (math.prod(input_shape) + math.prod(self.output_shape(input_shape)))
        for branch in self.branches:
            shapes = (input_shape, *layer_shapes(branch, input_shape))
            for number, layer in enumerate(branch):
                total += layer.moved_numbers(shapes[number], input_gradient or number > 0)
        return total

    def multiply_adds(self, input_shape: Shape) -> int:
        """Those of the layers inside."""
        return sum(layer.multiply_adds(shape) for _, layer, shape in self._fed(input_shape))

    def step_multiply_adds(self, input_shape: Shape, input_gradient: bool) -> int:
        """Of them the first of a branch alone is ever spared the gradient by its input."""
        total = 0
        for branch in self.branches:
            shapes = (input_shape, *layer_shapes(branch, input_shape))
            for number, layer in enumerate(branch):
                total += layer.step_multiply_adds(shapes[number], input_gradient or number > 0)
        return total

    def branch_shapes(self, input_shape: Shape) -> tuple[Shape, ...]:
        """What comes out of every branch."""
        return tuple((input_shape, *layer_shapes(branch, input_shape))[-1] for branch in self.branches)

    def branch_ranges(self, low: float, high: float) -> tuple[tuple[float, float], ...]:
        """The bounds of what comes out of every branch."""
        ranges = []
        for branch in self.branches:
            bounds = low, high
            for layer in branch:
                bounds = layer.output_range(*bounds)
            ranges.append(bounds)
        return tuple(ranges)

    def branch_lines(self, input_shape: Shape) -> tuple[str, ...]:
        """A NumPy expression of x for every branch; of a tensor's name only letters, digits and _ are kept."""
        lines = []
        for branch, layers in zip(self.named_branches, self.branches, strict=True):
            line = "x"
            for (name, layer), shape in zip(branch, (input_shape, *layer_shapes(layers, input_shape)), strict=False):
                keys = (*layer.parameter_shapes(shape), *layer.buffer_shapes(shape))
                own = _renamed(layer.numpy_line(shape), {_plain(key): _plain(f"{name}.{key}") for key in keys})
                line = own if line == "x" else f"(lambda x: {own})({line})"
            lines.append(line)
        return tuple(lines)

    def written_in(self, framework: str, input_shape: Shape) -> str | None:
        """None, too, where a layer inside has no row for it."""
        is_whole = all(layer.written_in(framework, shape) is not None for _, layer, shape in self._fed(input_shape))
        return super().written_in(framework, input_shape) if is_whole else None

    def words_elsewhere(self, framework: str, input_shape: Shape) -> dict[str, Any]:
        """The layers of the first branch, and each branch as what holds layers there."""
        branches = [", ".join(written_layers(branch, framework, input_shape)) for branch in self.branches]
        around = {"torch": "nn.Sequential({})", "keras": "[{}]"}[framework]
        each = ", ".join(around.format(layers) for layers in branches)
        return super().words_elsewhere(framework, input_shape) | {"layers": branches[0], "branches": each}

    def written_start(self, input_shape: Shape, stream: str) -> dict[str, str]:
        """Each from a stream of its own name."""
        return {
            f"{name}.{key}": start
            for name, layer, shape in self._fed(input_shape)
            for key, start in layer.written_start(shape, f'inner_stream({stream}, "{name}")').items()
        }

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """All that the layers inside learn."""
        return {
            f"{name}.{key}": own
            for name, layer, shape in self._fed(input_shape)
            for key, own in layer.parameter_shapes(shape).items()
        }

    def buffer_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """All that they keep."""
        return {
            f"{name}.{key}": own
            for name, layer, shape in self._fed(input_shape)
            for key, own in layer.buffer_shapes(shape).items()
        }

    def initialize(self, parameters: dict[str, Array], buffers: dict[str, Array], rng: np.random.Generator) -> None:
        """Each from a stream of its own name, so that a layer more inside changes no other's numbers."""
        seed = int(rng.integers(2**32))
        for name, layer in self.inner_layers:
            stream = random_stream(seed, name)
            layer.initialize(inner_tensors(parameters, name), inner_tensors(buffers, name), stream)

    def penalty(self, work: Workspace) -> float:
        """What the layers inside charge."""
        return sum(layer.penalty(work.inner(name)) for name, layer in self.inner_layers)

    def outputs_of(self, number: int, x: Array, work: Workspace) -> Array:
        """What a branch makes of x."""
        for layer, inner in self._chain(number, work):
            inner.x = x
            x = inner.y = layer.forward(x, inner)
        return x

    def gradient_of(self, number: int, dy: Array, work: Workspace) -> Array:
        """The gradient by a branch's input, given that by its output; those of its parameters are written."""
        chain = self._chain(number, work)
        for place in range(len(chain) - 1, -1, -1):
            layer, inner = chain[place]
            inner.parameter_gradients_wanted = work.parameter_gradients_wanted
            inner.input_gradient_wanted = place > 0 or work.input_gradient_wanted
            inner.dy = dy
            dy = layer.backward(dy, inner)
        return dy

    def _chain(self, number: int, work: Workspace) -> Chain:
        """The layers of a branch with their workspaces, several in one where that is faster and may be."""
        fuses = work.circumstances.fuses

        def make(layer: Combined) -> Chain:
            """Its layers one by one, or fused."""
            branch = layer.named_branches[number]
            works = [work.inner(name) for name, _ in branch]
            if not fuses:
                return [(inner, own) for (_, inner), own in zip(branch, works, strict=True)]
            shape = work.x.shape[1:]
            return fuse(layer.branches[number], works, (shape, *layer_shapes(layer.branches[number], shape)))

        return work.once(f"{'fused ' * fuses}branch {number}", self, make)

    def _fed(self, input_shape: Shape) -> list[tuple[str, Layer, Shape]]:
        """The layers inside by name, each with the shape of its input."""
        return [
            (name, layer, shape)
            for branch, layers in zip(self.named_branches, self.branches, strict=True)
            for (name, layer), shape in zip(branch, (input_shape, *layer_shapes(layers, input_shape)), strict=False)
        ]


# Asked for at every step.
@lru_cache(maxsize=256)
def _named(branches: tuple[Branch, ...]) -> tuple[tuple[tuple[str, Layer], ...], ...]:
    firsts = [f"branch{number}." for number in range(1, len(branches) + 1)] if len(branches) > 1 else [""]
    return tuple(
        tuple((first + name, layer) for name, layer in zip(layer_names(branch), branch, strict=True))
        for first, branch in zip(firsts, branches, strict=True)
    )


def _renamed(line: str, names: Mapping[str, str]) -> str:
    """With other names in their places, all at once: the new one of one may be the old one of another."""
    return re.sub(rf"(?<![\w.])({'|'.join(names)})\b", lambda found: names[found[0]], line) if names else line


def _plain(name: str) -> str:
    return name.replace(".", "_")


def _depth(layer: Layer) -> int:
    return max((1 + _depth(inner) for _, inner in layer.inner_layers), default=0)


def written_layers(layers: Sequence[Layer], framework: str, input_shape: Shape) -> list[str]:
    """Every layer that is something in a framework, as it is written there; none may lack a row."""
    shapes = (input_shape, *layer_shapes(layers, input_shape))
    written = (layer.written_in(framework, shape) for layer, shape in zip(layers, shapes, strict=False))
    return [line for line in written if line]


def read_branch(entries: Any, place: str, read: Callable[[Any, str], Layer]) -> Any:
    """The layers of a list in a file; what is no list is left to be refused."""
    if not isinstance(entries, list | tuple):
        return entries
    return tuple(read(entry, f"{place}.{number}") for number, entry in enumerate(entries))


def texts_of(branch: Sequence[Layer]) -> str:
    """The layers of a branch in one line."""
    return ", ".join(layer.summary() for layer in branch) or "as it is"


def _on_the_input(branch: Branch) -> Iterator[Layer]:
    """The layers that see the input in its own shape."""
    for layer in branch:
        yield layer
        if layer.role in (Role.FORMS, Role.RESHAPES):
            return
