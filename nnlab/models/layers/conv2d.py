"""Convolution as a few large matrix products."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.errors import SettingError, ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.initializers import INITIALIZERS, written_weights
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.counterpart import Counterpart
from nnlab.models.layers.role import Role
from nnlab.models.small_products import multiply
from nnlab.settings import setting
from nnlab.words import shown

_PIXELS = re.compile("[0-9]{1,3}")


@dataclass(frozen=True)
class Geometry:
    """The sizes of one convolution: input, padding around it, output."""

    height: int
    width: int
    channels: int
    kernel: int
    stride: int
    pad: tuple[int, int]  # rows before, after
    pad_across: tuple[int, int]  # columns before, after
    out_height: int
    out_width: int


@dataclass(frozen=True)
class Conv2D(Layer):
    """y[n, i, j, f] = sum over u, v, c of  x[n, s i + u - p, s j + v - p, c] W[u, v, c, f]  + b[f]   (cross-correlation)

    x (batch, H, W, C)    W (k, k, C, F)    b (F,)    y (batch, H', W', F)    H' = floor((H + padding - k) / s) + 1

    In memory the axes are (rows, channels, columns, batch): every shifted or strided view then has long contiguous runs.
    Each row is copied once per kernel column; k consecutive rows of the copy *are* the (k k C, W' N) matrix that the kernels
    multiply, so the forward pass is one matrix product per output row and there is no k x k-fold copy (im2col).
    """

    kind: ClassVar[str] = "conv2d"
    title: ClassVar[str] = "Conv"
    role: ClassVar[Role] = Role.FORMS
    is_elementwise: ClassVar[bool] = False
    has_filters: ClassVar[bool] = True
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "{convolution}({inputs}, {filters}, {kernel}, stride={stride}, padding={zeros})",
            "keras": "{padded}layers.Conv2D({filters}, {kernel}, strides={stride}, padding={zeros})",
        }
    )
    counterparts: ClassVar[Mapping[str, Mapping[str, Counterpart]]] = MappingProxyType(
        {
            # Filters (k, k, C, F) are (F, C, k, k) in PyTorch.
            "torch": {"weight": Counterpart("weight", (3, 2, 0, 1)), "bias": Counterpart("bias", where_missing=0.0)},
            "keras": {"weight": Counterpart("kernel"), "bias": Counterpart("bias", where_missing=0.0)},
        }
    )

    filters: int = setting(8, "Filters", minimum=1, maximum=4096, help="Number of output channels.")
    kernel: int = setting(
        3,
        "Kernel",
        minimum=1,
        maximum=64,
        unit="pixels",
        help="Height and width of each filter w: y(i, j) = Σ w(a, b) x(i + a, j + b) + bias, over all channels.",
    )
    stride: int = setting(
        1,
        "Stride",
        minimum=1,
        maximum=64,
        unit="pixels",
        help="Step between neighbouring outputs: out = ⌊(in + padding − kernel) / stride⌋ + 1.",
    )
    padding: str = setting(
        "valid",
        "Padding",
        help="valid: none. same: output as large as the input / stride. Or a number of zeros on each side.",
    )
    initializer: str = setting(
        "he", "Initializer", choices=tuple(INITIALIZERS), help="As for dense layers; fan-in is k · k · C."
    )
    scale: float = setting(
        0.01,
        "Deviation",
        minimum=0.0,
        maximum=100.0,
        shown=lambda layer: layer.initializer == "normal",
        help="W ~ N(0, deviation²): of the normal initializer.",
    )

    def __post_init__(self) -> None:
        # A whole number in a file is as good as its text.
        if isinstance(self.padding, int) and not isinstance(self.padding, bool):
            object.__setattr__(self, "padding", str(self.padding))
        super().__post_init__()
        if self.padding not in ("valid", "same") and not _PIXELS.fullmatch(self.padding):
            raise SettingError(f"padding: '{shown(self.padding)}' is not known; use 'valid', 'same' or a number of pixels")

    @property
    def takes_pictures(self) -> bool:
        """And makes pictures of them."""
        return True

    @property
    def smaller_forms(self) -> tuple[Layer, ...]:
        """With a smaller kernel."""
        return tuple(replace(self, kernel=kernel) for kernel in range(self.kernel - 1, 0, -1))

    def geometry(self, input_shape: Shape) -> Geometry:
        """Check the input and work out the sizes."""
        if len(input_shape) != 3:
            raise ShapeError(
                f"conv2d: the input is {shape_text(input_shape)}, expected height x width x channels; "
                "put it before flatten, or a reshape layer before it"
            )
        height, width, channels = input_shape
        pad, pad_across = self._padding(height), self._padding(width)
        if self.kernel > min(height + sum(pad), width + sum(pad_across)):
            raise ShapeError(
                f"conv2d: kernel {self.kernel} is larger than its input {height} x {width}; "
                "use a smaller kernel or padding = 'same'"
            )
        out_height = (height + sum(pad) - self.kernel) // self.stride + 1
        out_width = (width + sum(pad_across) - self.kernel) // self.stride + 1
        return Geometry(height, width, channels, self.kernel, self.stride, pad, pad_across, out_height, out_width)

    def output_shape(self, input_shape: Shape) -> Shape:
        """(H', W', filters)."""
        geometry = self.geometry(input_shape)
        return geometry.out_height, geometry.out_width, self.filters

    def multiply_adds(self, input_shape: Shape) -> int:
        """k k C for each of the H' W' F outputs."""
        g = self.geometry(input_shape)
        return g.out_height * g.out_width * self.filters * self.kernel**2 * g.channels

    def equation(self, own: Mapping[str, float]) -> str:
        """Over the patch that a filter sees."""
        return "Σ x·w + b"

    def derivative(self, parameter: str, own: Mapping[str, float]) -> str:
        """A weight's is what it multiplies."""
        return {"weight": "x", "bias": "1"}[parameter]

    def numpy_line(self, input_shape: Shape) -> str:
        """One product of all patches with all filters."""
        g = self.geometry(input_shape)
        padded = f"np.pad(x, ((0, 0), {g.pad}, {g.pad_across}, (0, 0)))"
        patches = f"np.lib.stride_tricks.sliding_window_view({padded}, ({self.kernel}, {self.kernel}), (1, 2))"
        return f"np.tensordot({patches}[:, ::{self.stride}, ::{self.stride}], weight, ((4, 5, 3), (0, 1, 2))) + bias"

    def words_elsewhere(self, framework: str, input_shape: Shape) -> dict[str, Any]:
        """Zeros as a number for all sides; where more are behind than before, as PyTorch pads: left, right, above, below."""
        words, g = super().words_elsewhere(framework, input_shape), self.geometry(input_shape)
        if framework == "keras":
            is_number = self.padding.isdigit()
            padded = f"layers.ZeroPadding2D({self.padding}), " if is_number else ""
            return words | {"padded": padded, "zeros": '"valid"' if is_number else f'"{self.padding}"'}
        sides = {*g.pad, *g.pad_across}
        is_even = len(sides) == 1
        return words | {
            "convolution": "nn.Conv2d" if is_even else "PaddedConv2d",
            "zeros": sides.pop() if is_even else (*g.pad_across, *g.pad),
        }

    def held_numbers(self, input_shape: Shape) -> int:
        """The padded input and its rows (once per kernel column), both with gradients; the gradient's columns; outputs."""
        g = self.geometry(input_shape)
        height, width = g.height + sum(g.pad), g.width + sum(g.pad_across)
        padded, rows = height * width * g.channels, g.kernel * g.channels * height * g.out_width
        outputs = g.out_height * g.out_width
        return 2 * padded + 2 * rows + g.kernel**2 * g.channels * outputs + 3 * outputs * self.filters

    def moved_numbers(self, input_shape: Shape, input_gradient: bool) -> int:
        """The padded input and its rows (once per kernel column) are written, and what filters see of them (k k C for each
        output) is read by two products; outputs are written, take biases, and their gradient is brought into order. The
        input's gradient is as many columns, which are added up to rows and these to the padded picture, both begun at zero.
        """
        g = self.geometry(input_shape)
        height, width, outputs = g.height + sum(g.pad), g.width + sum(g.pad_across), g.out_height * g.out_width
        unfolded, seen = g.channels * height * (width + g.kernel * g.out_width), self.kernel**2 * g.channels * outputs
        return (3 if input_gradient else 1) * unfolded + (4 if input_gradient else 2) * seen + 4 * outputs * self.filters

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """weight (k, k, C, F) and bias (F,)."""
        return {"weight": (self.kernel, self.kernel, input_shape[2], self.filters), "bias": (self.filters,)}

    def initialize(self, parameters: dict[str, Array], buffers: dict[str, Array], rng: np.random.Generator) -> None:
        """By the chosen rule, biases zero."""
        weight = parameters["weight"]
        area = self.kernel * self.kernel
        fan_in, fan_out = area * weight.shape[2], area * self.filters
        weight[...] = INITIALIZERS[self.initializer](weight.shape, fan_in, fan_out, self.scale, rng)
        parameters["bias"].fill(0)

    def written_start(self, input_shape: Shape, stream: str) -> dict[str, str]:
        """The same."""
        area, shape = self.kernel**2, self.parameter_shapes(input_shape)["weight"]
        return written_weights(self.initializer, self.scale, shape, (area * shape[2], area * self.filters), stream)

    def forward(self, x: Array, work: Workspace) -> Array:
        """One matrix product per output row."""
        g = self.geometry(x.shape[1:])
        rows = unfold_rows(x, g, work)
        windows = work.once("windows", rows, lambda rows: row_windows(rows, g))
        z = work.array("z", (g.out_height, self.filters, g.out_width * len(x)))
        multiply(self.matrix(work), windows, out=z)
        np.add(z, work.parameters["bias"][:, None], out=z)
        return z.reshape(g.out_height, self.filters, g.out_width, len(x)).transpose(3, 0, 2, 1)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dW = windows dz^T summed over rows; dx by adding each column copy's gradient back where it came from."""
        g = self.geometry(work.x.shape[1:])
        dz = as_rows(dy, "dz", work)
        windows = work.once("windows", work.array("rows", rows_shape(work.x, g)), lambda rows: row_windows(rows, g))
        if work.parameter_gradients_wanted:
            self._write_gradients(windows, dz, work)
        if not work.input_gradient_wanted:
            return work.x
        columns = work.array("columns", windows.shape)
        multiply(self.matrix(work).T, dz, out=columns)
        return fold_rows(columns, g, work)

    def summary(self) -> str:
        """Conv 8, 3 x 3."""
        return f"Conv {self.filters}, {self.kernel}×{self.kernel}"

    def _write_gradients(self, windows: Array, dz: Array, work: Workspace) -> None:
        # (k k C, F) and not its transpose: OpenBLAS is 1.4 times as fast this way round.
        parts = work.array("parts", (len(windows), windows.shape[1], self.filters))
        np.matmul(windows, dz.transpose(0, 2, 1), out=parts)
        total = np.add.reduce(parts, axis=0, out=work.array("total", parts.shape[1:]))
        np.copyto(work.gradients["weight"], total.reshape(work.gradients["weight"].shape))
        ones = work.array("ones", (dz.shape[2],), fill=1.0)
        np.add.reduce(np.matmul(dz, ones, out=work.array("sums", dz.shape[:2])), axis=0, out=work.gradients["bias"])

    def _padding(self, size: int) -> tuple[int, int]:
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            # As TensorFlow does: ceil(size / stride) outputs, the odd zero behind.
            total = max((math.ceil(size / self.stride) - 1) * self.stride + self.kernel - size, 0)
            return total // 2, total - total // 2
        return int(self.padding), int(self.padding)

    def matrix(self, work: Workspace) -> Array:
        """The kernels as (F, k k C): unfolded rows lie by kernel row, kernel column, channel, as the weights do."""
        return work.parameters["weight"].reshape(-1, self.filters).T


def as_rows(y: Array, key: str, work: Workspace) -> Array:
    """A batch (N, H, W, C) as (H, C, W N), the memory order of convolutions; a view where it lies so already."""
    inner = y.transpose(1, 3, 2, 0)
    if not inner.flags.c_contiguous:
        copy = work.array(key, inner.shape)
        np.copyto(copy, inner)
        inner = copy
    height, channels, width, count = inner.shape
    return inner.reshape(height, channels, width * count)


def rows_shape(x: Array, g: Geometry) -> Shape:
    """Padded rows, kernel columns, channels, output columns, batch."""
    return g.height + sum(g.pad), g.kernel, g.channels, g.out_width, len(x)


def unfold_rows(x: Array, g: Geometry, work: Workspace) -> Array:
    """Every padded row once per kernel column: rows[h, v, c, j, n] = padded x[n, h, s j + v, c]."""
    inner = padded_input(x, g, work)
    rows = work.array("rows", rows_shape(x, g))
    reach = g.stride * (g.out_width - 1) + 1
    for column in range(g.kernel):
        np.copyto(rows[:, column], inner[:, :, column : column + reach : g.stride])
    return rows


def padded_input(x: Array, g: Geometry, work: Workspace) -> Array:
    """x with zeros around it, in memory order (rows, channels, columns, batch)."""
    inner = x.transpose(1, 3, 2, 0)
    if any(g.pad) or any(g.pad_across):
        padded = work.array("padded", padded_shape(g, len(x)), fill=0.0)
        inside(padded, g)[...] = inner
        return padded
    if inner.flags.c_contiguous:
        return inner
    # One transposition here instead of one per kernel column.
    copy = work.array("inner", inner.shape)
    np.copyto(copy, inner)
    return copy


def row_windows(rows: Array, g: Geometry) -> Array:
    """k consecutive rows as one matrix, for every output row (H', k k C, W' N): overlapping views, no copy."""
    _, _, _, width, count = rows.shape
    row = rows.strides[0]
    depth = g.kernel * g.kernel * g.channels
    shape = (g.out_height, depth, width * count)
    return as_strided(rows, shape, (g.stride * row, width * count * rows.itemsize, rows.itemsize), writeable=False)


def fold_rows(columns: Array, g: Geometry, work: Workspace) -> Array:
    """The transpose of unfolding: add up the gradients of all copies of each input number (N, H, W, C)."""
    count = columns.shape[2] // g.out_width
    split = columns.reshape(g.out_height, g.kernel, g.kernel, g.channels, g.out_width, count)
    rows = work.array("drows", (g.height + sum(g.pad), g.kernel, g.channels, g.out_width, count))
    rows.fill(0)
    down = g.stride * (g.out_height - 1) + 1
    for row in range(g.kernel):
        part = rows[row : row + down : g.stride]
        np.add(part, split[:, row], out=part)
    dx = work.array("dpadded", padded_shape(g, count))
    dx.fill(0)
    across = g.stride * (g.out_width - 1) + 1
    for column in range(g.kernel):
        part = dx[:, :, column : column + across : g.stride]
        np.add(part, rows[:, column], out=part)
    return inside(dx, g).transpose(3, 0, 2, 1)


def padded_shape(g: Geometry, count: int) -> Shape:
    """Rows, channels, columns, batch, with the zeros around."""
    return g.height + sum(g.pad), g.channels, g.width + sum(g.pad_across), count


def inside(padded: Array, g: Geometry) -> Array:
    """The part that is not padding."""
    above, left = g.pad[0], g.pad_across[0]
    return padded[above : above + g.height, :, left : left + g.width]
