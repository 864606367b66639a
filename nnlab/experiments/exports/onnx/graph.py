"""A graph while it is written: its nodes, its constants, and what flows through it. The package onnx comes later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array, Shape

Attribute = int | float | str | Sequence[int]

# What ONNX calls the kinds of numbers (TensorProto.DataType).
_TYPES: dict[type[np.generic], int] = {np.float32: 1, np.uint8: 2, np.int64: 7, np.float64: 11}
# Read by every runtime of the last years. In it softmax is over one axis, as here.
_OPSET = 13


def type_number(dtype: npt.DTypeLike) -> int:
    """By which ONNX knows a kind of number."""
    return _TYPES[np.dtype(dtype).type]


@dataclass(frozen=True)
class Node:
    """One operator: what it is called, what comes in, and what its output is called."""

    name: str
    op: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True)
class Flow:
    """A tensor of the graph.

    shape            of one example, as nnlab has it: of pictures height, width, channels
    channels_first   whether the graph has the last of these axes right behind the batch, where convolutions have it
    """

    name: str
    shape: Shape
    channels_first: bool = False

    @property
    def axes(self) -> Shape:
        """The axes behind the batch, in the graph's order."""
        return (*self.shape[-1:], *self.shape[:-1]) if self.channels_first else self.shape


@dataclass(frozen=True)
class Port:
    """A tensor at the graph's door or at its end, in public order; the batch is free."""

    name: str
    dtype: np.dtype[np.generic]
    shape: Shape
    words: str = ""


@dataclass
class Graph:
    """Nodes in the order in which they run, and constants by name."""

    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    inputs: list[Port] = field(default_factory=list)
    outputs: list[Port] = field(default_factory=list)
    opset: int = _OPSET
    _turned: dict[str, str] = field(default_factory=dict)
    _made: set[str] = field(default_factory=set)

    def add_input(self, name: str, dtype: npt.DTypeLike, shape: Shape, words: str = "") -> Flow:
        """A door: examples come in here, any number of them."""
        self.inputs.append(Port(name, np.dtype(dtype), shape, words))
        return Flow(name, shape)

    def add_output(self, name: str, tensor: str, dtype: npt.DTypeLike, shape: Shape, words: str = "") -> None:
        """An end: what the tensor holds goes out under this name, which it has everywhere from now on."""
        if any(tensor == port.name for port in (*self.inputs, *self.outputs)):
            self.nodes.append(Node(f"{name}/Identity", "Identity", (tensor,), name, {}))
        else:
            self.nodes = [_renamed(node, tensor, name) for node in self.nodes]
        self.outputs.append(Port(name, np.dtype(dtype), shape, words))

    def add(self, where: str, op: str, *inputs: str, **attributes: Attribute) -> str:
        """One more node, called after the layer it belongs to and its operator: dense1/Gemm."""
        name, number = f"{where}/{op}", 1
        while name in self._made:
            number += 1
            name = f"{where}/{op}{number}"
        self._made.add(name)
        self.nodes.append(Node(name, op, inputs, name, attributes))
        return name

    def constant(self, name: str, values: Array) -> str:
        """Numbers that the graph holds, under a name of their own."""
        self.constants[name] = np.ascontiguousarray(values)
        return name

    def in_public_order(self, x: Flow) -> Flow:
        """The same with its axes as nnlab has them."""
        if not x.channels_first:
            return x
        rank = len(x.shape) + 1
        return Flow(self._turn(x.name, (0, *range(2, rank), 1)), x.shape)

    def with_channels_first(self, x: Flow) -> Flow:
        """The same with its channels right behind the batch; one axis alone is there already."""
        if x.channels_first or len(x.shape) < 2:
            return x
        rank = len(x.shape) + 1
        return Flow(self._turn(x.name, (0, rank - 1, *range(1, rank - 1))), x.shape, channels_first=True)

    def in_one_order(self, flows: Sequence[Flow]) -> list[Flow]:
        """Several that are joined: with channels first where one of them is so already."""
        turn = self.with_channels_first if any(flow.channels_first for flow in flows) else self.in_public_order
        return [turn(flow) for flow in flows]

    def reshaped(self, where: str, x: Flow, shape: Shape) -> Flow:
        """The same numbers in another shape, in public order."""
        if x.shape == shape:
            return x
        public = self.in_public_order(x)
        if len(shape) == 1:
            return Flow(self.add(where, "Flatten", public.name, axis=1), shape)
        # 0 takes over the batch.
        wanted = self.constant(f"{where}.shape", np.array((0, *shape), np.int64))
        return Flow(self.add(where, "Reshape", public.name, wanted), shape)

    def _turn(self, name: str, axes: Sequence[int]) -> str:
        """Turned once, however many ask for it; what was turned before is turned back by going there."""
        if name not in self._turned:
            where = name.rpartition("/")[0] or name
            turned = self.add(where, "Transpose", name, perm=tuple(axes))
            self._turned[name], self._turned[turned] = turned, name
        return self._turned[name]


def _renamed(node: Node, tensor: str, name: str) -> Node:
    inputs = tuple(name if one == tensor else one for one in node.inputs)
    return replace(node, inputs=inputs, output=name if node.output == tensor else node.output)
