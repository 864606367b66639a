"""Several ways from one input, put together again."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from nnlab.errors import SettingError, ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.activations import ReLU, Tanh
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.combined import Branch, Combined, read_branch, texts_of
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.settings import setting

_MOST_BRANCHES = 64


@dataclass(frozen=True)
class Parallel(Combined):
    """y = (f1(x), f2(x), ...) along the last axis (units, channels), or f1(x) + f2(x) + ..., f the branches.

    A branch without layers passes on its input.    dx = sum of the branches' gradients
    """

    kind: ClassVar[str] = "parallel"
    title: ClassVar[str] = "Parallel"
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "{joined}({branches})", "keras": "{joined}([{branches}])"}
    )

    branches: tuple[Branch, ...] = setting(
        ((Dense(32), ReLU()), (Dense(32), Tanh())), "Branches", in_form=False, help="All see the same input."
    )
    merge: str = setting(
        "concatenate",
        "Merge",
        choices=("concatenate", "sum"),
        help="concatenate: the branches' units or channels side by side. sum: added up; their shapes must agree.",
    )

    def __post_init__(self) -> None:
        if not isinstance(self.branches, tuple):
            raise SettingError('branches: expected lists of layers, e.g. [["relu"], [{ kind = "dense", units = 8 }]]')
        if not 2 <= len(self.branches) <= _MOST_BRANCHES:
            raise SettingError(f"branches: {len(self.branches)} is out of range; it must be 2 to {_MOST_BRANCHES}")
        super().__post_init__()

    @property
    def adds(self) -> bool:
        """Or lays the branches' outputs side by side."""
        return self.merge == "sum"

    def with_branches(self, branches: tuple[Branch, ...]) -> Self:
        """With other layers inside."""
        return replace(self, branches=branches)

    @classmethod
    def suited_to(cls, input_shape: Shape) -> Self:
        """Two kinds of units, or two sizes of filters."""
        if len(input_shape) == 3:
            return cls(((Conv2D(4, padding="same"), ReLU()), (Conv2D(4, kernel=1), ReLU())))
        return cls()

    @classmethod
    def with_inner_read(cls, table: dict[str, Any], read: Callable[[Any, str], Layer]) -> dict[str, Any]:
        """branches = [[ ... ], [ ... ]]"""
        if "branches" not in table:
            return table
        lists = table["branches"]
        if not isinstance(lists, list | tuple):
            return table
        branches = tuple(read_branch(entries, f"branches.{number}", read) for number, entries in enumerate(lists))
        return table | {"branches": branches}

    def output_shape(self, input_shape: Shape) -> Shape:
        """The branches' own, side by side along the last axis or on top of each other."""
        shapes = self.branch_shapes(input_shape)
        is_sum = self.adds
        for number, (before, after) in enumerate(pairwise(shapes), 1):
            if len(before) != len(after) or before[:-1] != after[:-1] or (is_sum and before != after):
                how = "to be added, their shapes must agree" if is_sum else "they may differ in the last axis alone"
                raise ShapeError(
                    f"parallel: branch {number} makes {shape_text(before)} of the input's {shape_text(input_shape)}, "
                    f"branch {number + 1} {shape_text(after)}; {how}"
                )
        return shapes[0] if is_sum else (*shapes[0][:-1], sum(shape[-1] for shape in shapes))

    def words_elsewhere(self, framework: str, input_shape: Shape) -> dict[str, Any]:
        """With the class that joins the branches."""
        return super().words_elsewhere(framework, input_shape) | {"joined": "Summed" if self.adds else "Concatenated"}

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Of the sum, or of the widest branch."""
        lows, highs = zip(*self.branch_ranges(low, high), strict=True)
        return (sum(lows), sum(highs)) if self.adds else (min(lows), max(highs))

    def equation(self, own: Mapping[str, float]) -> str:
        """One branch's, or all of theirs."""
        return "Σ f(x)" if self.adds else "f(x)"

    def numpy_line(self, input_shape: Shape) -> str:
        """The branches' lines in one."""
        lines = self.branch_lines(input_shape)
        return " + ".join(f"({line})" for line in lines) if self.adds else f"np.concatenate([{', '.join(lines)}], -1)"

    def forward(self, x: Array, work: Workspace) -> Array:
        """All branches, one after the other."""
        outputs = [self.outputs_of(number, x, work) for number in range(len(self.branches))]
        # In the memory order of what is put together: convolutions lay the batch innermost.
        batch_last = outputs[0].strides[0] == min(outputs[0].strides)
        y = work.array("y", (len(x), *self.output_shape(x.shape[1:])), batch_last=batch_last)
        if self.adds:
            np.add(outputs[0], outputs[1], out=y)
            for output in outputs[2:]:
                np.add(y, output, out=y)
            return y
        return np.concatenate(outputs, axis=-1, out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """Each branch gets its own part of the gradient, or all of it."""
        dx, start = work.like("dx", work.x), 0
        dx.fill(0)
        for number, shape in enumerate(self.branch_shapes(work.x.shape[1:])):
            own = dy if self.adds else dy[..., start : start + shape[-1]]
            start += shape[-1]
            through = self.gradient_of(number, own, work)
            if work.input_gradient_wanted:
                np.add(dx, through, out=dx)
        return dx

    def to_table(self) -> dict[str, Any]:
        """With the layers of every branch."""
        branches = [[layer.to_table() for layer in branch] for branch in self.branches]
        table = {"kind": self.kind, "branches": branches}
        return table if self.merge == "concatenate" else table | {"merge": self.merge}

    def summary(self) -> str:
        """Parallel: Dense 32, ReLU | Dense 32, Tanh."""
        return f"Parallel: {' | '.join(texts_of(branch) for branch in self.branches)}"
