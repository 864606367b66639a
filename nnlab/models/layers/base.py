"""What a layer is: a frozen description with a forward and a backward rule, and the workspace it computes in."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array, Shape, aligned_empty, aligned_like
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.layers.counterpart import Counterpart
from nnlab.models.layers.role import Role
from nnlab.randomness import random_stream
from nnlab.settings import Settings

_Base = TypeVar("_Base")
_Made = TypeVar("_Made")


def shape_text(shape: Shape) -> str:
    """28 x 28 x 1"""
    return " x ".join(str(axis) for axis in shape)


@dataclass
class Pass:
    """The circumstances of one pass through a network, shared by all its layers."""

    training: bool = False
    seed: int = 0
    step: int = 0
    # Whether layers may be computed several in one: then not every one of them has its own output to look at.
    fuses: bool = False
    # Where the rest of the batch is heard of.
    exchange: Exchange = WHOLE_BATCH


class Workspace:
    """Everything a layer may touch during a pass besides its input, for one batch size.

    `parameters` and `gradients` are views into the model's flat vectors, `buffers` the layer's persistent state (running
    means). `x` and `y` are the layer's last input and output, kept by the network for the backward pass and for probes;
    `dy` is the gradient by that output.
    Arrays asked for by key are made once and used again: a training step allocates nothing of the size of a batch.
    """

    x: Array
    y: Array
    dy: Array

    def __init__(
        self,
        name: str,
        parameters: dict[str, Array],
        gradients: dict[str, Array],
        buffers: dict[str, Array],
        dtype: npt.DTypeLike,
        circumstances: Pass,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.gradients = gradients
        self.buffers = buffers
        self.dtype = np.dtype(dtype)
        self.circumstances = circumstances
        # The first layer's input is data: nobody asks for its gradient during training.
        self.input_gradient_wanted = True
        # Who only asks how the loss answers to activations needs no gradients of parameters, and spares the live ones.
        self.parameter_gradients_wanted = True
        self._inner: dict[str, Workspace] = {}
        self._arrays: dict[str, Array] = {}
        self._made: dict[str, tuple[Any, Any]] = {}

    @property
    def training(self) -> bool:
        """True while learning, False while predicting."""
        return self.circumstances.training

    @property
    def exchange(self) -> Exchange:
        """Where a layer in which examples act on each other hears of those of the batch that pass elsewhere."""
        return self.circumstances.exchange

    def random(self, purpose: str) -> np.random.Generator:
        """A generator that depends on the seed, this layer, the purpose and the step alone."""
        now = self.circumstances
        return random_stream(now.seed, f"{self.name}.{purpose}", now.step)

    def array(
        self, key: str, shape: Shape, dtype: npt.DTypeLike | None = None, batch_last: bool = False, fill: float | None = None
    ) -> Array:
        """The array of this key; batch_last lays the first axis (the batch) innermost in memory.

        With `fill` it is filled once, when it is made: a constant.
        """
        array = self._arrays.get(key)
        if array is None or array.shape != shape:
            kind = dtype or self.dtype
            if batch_last:
                inner = aligned_empty((*shape[1:], shape[0]), kind)
                array = inner.transpose(inner.ndim - 1, *range(inner.ndim - 1))
            else:
                array = aligned_empty(shape, kind)
            self._arrays[key] = array
            if fill is not None:
                array.fill(fill)
        return array

    def like(self, key: str, x: Array, dtype: npt.DTypeLike | None = None, fill: float | None = None) -> Array:
        """The array of this key, with x's shape and x's order of axes in memory."""
        array = self._arrays.get(key)
        if array is None or array.shape != x.shape:
            array = self._arrays[key] = aligned_like(x, dtype)
            if fill is not None:
                array.fill(fill)
        return array

    def once(self, key: str, base: _Base, make: Callable[[_Base], _Made]) -> _Made:
        """What is made of `base`, once as long as that stays the same: strided views cost 20 us each time."""
        found = self._made.get(key)
        if found is None or found[0] is not base:
            found = self._made[key] = (base, make(base))
        made: _Made = found[1]
        return made

    def inner(self, name: str) -> "Workspace":
        """That of a layer inside this one, which has the tensors whose names begin with its name, and draws by its name."""
        work = self._inner.get(name)
        if work is None:
            parameters, gradients = inner_tensors(self.parameters, name), inner_tensors(self.gradients, name)
            buffers = inner_tensors(self.buffers, name)
            work = Workspace(f"{self.name}.{name}", parameters, gradients, buffers, self.dtype, self.circumstances)
            self._inner[name] = work
        return work

    def arange(self, key: str, count: int) -> Array:
        """0, 1, ..., count - 1, for picking one entry of every row."""
        array = self._arrays.get(key)
        if array is None or len(array) != count:
            array = self._arrays[key] = np.arange(count)
        return array


def inner_tensors(tensors: Mapping[str, Array], name: str) -> dict[str, Array]:
    """Of the tensors of a layer those of a layer inside of it."""
    return {key.removeprefix(f"{name}."): tensor for key, tensor in tensors.items() if key.startswith(f"{name}.")}


@dataclass(frozen=True)
class Layer(Settings):
    """A differentiable map from one batch to the next.

    A layer holds no numbers, only its own settings: parameters, gradients and scratch arrays come with the Workspace, so
    that replicas at another precision, batch size or moment of the training history are free. Shapes are per example.

    Whatever else is true of a layer stands with it, too: its role, its range, where it is flat, its equation, its NumPy
    line. Views, checks and texts ask for these and know no kinds; the tests hold each of them against the numbers.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    role: ClassVar[Role]
    # Whether each number that comes out follows, while predicting, from one that goes in.
    is_elementwise: ClassVar[bool] = True
    # Whether its weights (k, k, C, F) are filters that are moved over a picture; each makes a channel.
    has_filters: ClassVar[bool] = False
    # As how many passes over its input, such as multiplying all numbers by themselves, it takes forward and back.
    passes: ClassVar[float] = 4
    # What the pictures are called that it makes of pictures.
    maps: ClassVar[str] = "maps"
    # By a framework's name how the layer is written there: {"torch": "nn.Linear({inputs}, {units})"}, the settings' names in
    # braces, and {inputs} for how much comes in along the last axis. "" is for a layer that is nothing there. What takes
    # more than a line is a class or a function in resources/scripts, which scripts take in.
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({})
    # By a framework's name what its own tensors are there, in the order in which that lists them.
    counterparts: ClassVar[Mapping[str, Mapping[str, Counterpart]]] = MappingProxyType({})

    @property
    def mixes_examples(self) -> bool:
        """Whether in training what comes out for an example depends on the others of its batch."""
        return False

    def exchanged_numbers(self, input_shape: Shape) -> int:
        """How many numbers at most it asks the batch's other parts for at a time (`Exchange.mean`), if examples mix."""
        return 0

    @property
    def takes_pictures(self) -> bool:
        """Whether it takes pictures (height, width, channels) alone."""
        return False

    @property
    def takes_rows(self) -> bool:
        """Whether it takes numbers along one axis alone."""
        return False

    @property
    def smaller_forms(self) -> tuple["Layer", ...]:
        """The same layer for smaller pictures, the largest first, down to one that sees a single pixel."""
        return ()

    @property
    def learns(self) -> bool:
        """Whether it has parameters."""
        return type(self).parameter_shapes is not Layer.parameter_shapes

    @property
    def unit_names(self) -> tuple[str, ...]:
        """What its outputs are called one by one, where they have names."""
        return ()

    @property
    def inner_layers(self) -> tuple[tuple[str, "Layer"], ...]:
        """The layers inside of it with the names that they have there."""
        return ()

    @classmethod
    def suited_to(cls, input_shape: Shape) -> Self:
        """One to begin with where so much comes in."""
        return cls()

    @classmethod
    def with_inner_read(cls, table: dict[str, Any], read: Callable[[Any, str], "Layer"]) -> dict[str, Any]:
        """The table with the layers in it read, each by `read` of its entry and its place in the table."""
        return table

    def smallest_batch(self, input_shape: Shape) -> int:
        """How many examples a batch must have for the layer to learn from it."""
        return 1

    def held_numbers(self, input_shape: Shape) -> int:
        """How many numbers a training step keeps for each example, at most: outputs, gradients, masks, copies."""
        return 7 * (math.prod(input_shape) + math.prod(self.output_shape(input_shape))) // 4

    def moved_numbers(self, input_shape: Shape, input_gradient: bool) -> int:
        """How many numbers a training step passes over for each example, forward and back, beside its matrix products."""
        return round(self.passes * math.prod(input_shape))

    def multiply_adds(self, input_shape: Shape) -> int:
        """How many products of an input with a weight are added up for one example on its way through.

        Those of matrix products, zeros around a picture included; what is done to single numbers is none.
        """
        return 0

    def step_multiply_adds(self, input_shape: Shape, input_gradient: bool) -> int:
        """The same for one example in a training step: forward, for the weights' gradient, and for the input's if wanted."""
        return (3 if input_gradient else 2) * self.multiply_adds(input_shape)

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape that comes out; raises ShapeError when the input does not fit."""
        return input_shape

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """The bounds of what comes out, while predicting, of numbers in low ... high. One at infinity is none.

        Whether an output can be negative, and whether the sign of the input is kept, follows from it.
        """
        return (low, high) if self.role.changes_nothing else (-math.inf, math.inf)

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """The outputs at or near which the slope is nothing: a unit that is there for all examples does not learn."""
        return ()

    def equation(self, own: Mapping[str, float]) -> str:
        """What becomes of one number z, in symbols; `own` are the unit's parameters and buffers by name."""
        return "z"

    def derivative(self, parameter: str, own: Mapping[str, float]) -> str:
        """How a number y that comes out of z answers to one of its parameters: d y / d parameter in symbols.

        x is the number that a weight multiplies. What the parameter is called in shapes is what a person reads.
        """
        return ""

    def numpy_line(self, input_shape: Shape) -> str:
        """What it does to a batch x while predicting, as a line of NumPy; parameters and buffers go by their names."""
        return "x"

    def written_in(self, framework: str, input_shape: Shape) -> str | None:
        """The layer as it is written in a framework, for inputs of this shape; None where it has no row for it."""
        row = self.elsewhere.get(framework)
        return row.format(**self.words_elsewhere(framework, input_shape)) if row is not None else None

    def words_elsewhere(self, framework: str, input_shape: Shape) -> dict[str, Any]:
        """What may stand in the braces of its rows."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)} | {"inputs": input_shape[-1]}

    def written_start(self, input_shape: Shape, stream: str) -> dict[str, str]:
        """What its tensors start from, each a line of NumPy; `stream` is what stands for the layer's generator there."""
        return {}

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """The tensors this layer learns."""
        return {}

    def buffer_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """The state this layer keeps without learning it by gradient."""
        return {}

    def initialize(self, parameters: dict[str, Array], buffers: dict[str, Array], rng: np.random.Generator) -> None:
        """Fill the parameters and buffers with their starting values."""

    def forward(self, x: Array, work: Workspace) -> Array:
        """Outputs for a batch x (N, *input_shape); the result lives in the workspace until the next pass."""
        raise NotImplementedError

    def backward(self, dy: Array, work: Workspace) -> Array:
        """Write the parameters' gradients and return the gradient by the input, given that by the output."""
        raise NotImplementedError

    def penalty(self, work: Workspace) -> float:
        """What the last training pass through this layer adds to the loss."""
        return 0.0

    def summary(self) -> str:
        """One line for a list of layers, e.g. "Dense 64"."""
        return self.title

    def to_table(self) -> dict[str, Any]:
        """The layer as it stands in an experiment file: its kind, then whatever differs from the default."""
        plain = super().to_table()
        defaults = {name: entry.default for name, entry in type(self).__dataclass_fields__.items()}
        return {"kind": self.kind} | {name: value for name, value in plain.items() if getattr(self, name) != defaults[name]}
