"""The tables that drive the engine's tests: a new layer costs one row in LAYER_CASES, a new loss one in ENDS."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array, Shape
from nnlab.models.layers import Layer, Pass, Workspace
from nnlab.models.layers.activations import ELU, LeakyReLU, ReLU, Sigmoid, Softmax, Softplus, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.gelu import GELU
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.plane_features import PlaneFeatures
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.layers.upsample2d import UpSample2D
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from nnlab.models.parameters import Parameters
from nnlab.randomness import random_stream
from tests.targets import numbered

BATCH = 5


@dataclass(frozen=True)
class LayerCase:
    """One layer on one input shape, what inputs it takes, and where an element of the input has no derivative."""

    layer: Layer
    input_shape: Shape
    output_shape: Shape
    kinks: tuple[float, ...] = ()
    # Whether inputs are activations in 0 ... 1.
    activations: bool = False
    # Whether the layer draws random numbers while training.
    draws: bool = False

    def __str__(self) -> str:
        return f"{self.layer.summary()} on {'x'.join(map(str, self.input_shape))}"


LAYER_CASES = [
    LayerCase(Dense(3), (4,), (3,)),
    LayerCase(Dense(33, initializer="xavier"), (4,), (33,)),
    LayerCase(Dense(1, initializer="normal", scale=0.5), (1,), (1,)),
    LayerCase(ReLU(), (6,), (6,), kinks=(0.0,)),
    LayerCase(ReLU(), (3, 4, 2), (3, 4, 2), kinks=(0.0,)),
    LayerCase(Sigmoid(), (6,), (6,)),
    LayerCase(Sigmoid(), (3, 4, 2), (3, 4, 2)),
    LayerCase(Tanh(), (6,), (6,)),
    LayerCase(Tanh(), (3, 4, 2), (3, 4, 2)),
    LayerCase(Softmax(), (5,), (5,)),
    LayerCase(Softmax(), (2,), (2,)),
    LayerCase(LeakyReLU(0.2), (6,), (6,), kinks=(0.0,)),
    LayerCase(LeakyReLU(), (3, 4, 2), (3, 4, 2), kinks=(0.0,)),
    LayerCase(ELU(), (6,), (6,), kinks=(0.0,)),
    LayerCase(ELU(0.5), (3, 4, 2), (3, 4, 2), kinks=(0.0,)),
    LayerCase(GELU(), (6,), (6,)),
    LayerCase(GELU(), (3, 4, 2), (3, 4, 2)),
    LayerCase(Softplus(), (6,), (6,)),
    LayerCase(Softplus(), (3, 4, 2), (3, 4, 2)),
    LayerCase(Conv2D(3), (5, 6, 2), (3, 4, 3)),
    LayerCase(Conv2D(3, padding="same", initializer="xavier"), (5, 6, 2), (5, 6, 3)),
    LayerCase(Conv2D(2, kernel=4, padding="same"), (5, 6, 1), (5, 6, 2)),
    LayerCase(Conv2D(3, stride=2, padding="same"), (6, 5, 2), (3, 3, 3)),
    LayerCase(Conv2D(3, kernel=2, stride=2), (5, 6, 2), (2, 3, 3)),
    LayerCase(Conv2D(1, kernel=3, padding="2"), (4, 3, 1), (6, 5, 1)),
    LayerCase(Conv2D(4, kernel=1), (3, 4, 2), (3, 4, 4)),
    LayerCase(Conv2D(2, kernel=5), (5, 5, 1), (1, 1, 2)),
    LayerCase(Conv2D(2, stride=3), (9, 7, 3), (3, 2, 2)),
    LayerCase(Conv2D(3, kernel=5, stride=2, padding="same"), (7, 8, 2), (4, 4, 3)),
    LayerCase(Conv2D(2, kernel=2, stride=3, padding="same"), (5, 7, 1), (2, 3, 2)),
    LayerCase(Conv2D(2, kernel=5, stride=3, padding="1"), (8, 6, 2), (2, 2, 2)),
    LayerCase(Conv2D(2, kernel=1, stride=2), (4, 5, 3), (2, 3, 2)),
    LayerCase(Conv2D(5, kernel=3), (3, 3, 4), (1, 1, 5)),
    LayerCase(MaxPool2D(), (4, 6, 2), (2, 3, 2)),
    LayerCase(MaxPool2D(size=3, stride=2), (6, 7, 2), (2, 3, 2)),
    LayerCase(MaxPool2D(size=2, stride=3), (5, 6, 1), (2, 2, 1)),
    LayerCase(MaxPool2D(size=3, stride=1), (4, 4, 2), (2, 2, 2)),
    LayerCase(MaxPool2D(), (5, 7, 1), (2, 3, 1)),
    LayerCase(MaxPool2D(size=1, stride=2), (3, 4, 2), (2, 2, 2)),
    LayerCase(AveragePool2D(), (4, 6, 2), (2, 3, 2)),
    LayerCase(AveragePool2D(), (5, 7, 1), (2, 3, 1)),
    LayerCase(AveragePool2D(size=3, stride=2), (6, 7, 2), (2, 3, 2)),
    LayerCase(AveragePool2D(size=3, stride=1), (4, 5, 2), (2, 3, 2)),
    LayerCase(UpSample2D(), (2, 3, 2), (4, 6, 2)),
    LayerCase(UpSample2D(3), (2, 1, 1), (6, 3, 1)),
    LayerCase(UpSample2D(1), (2, 3, 2), (2, 3, 2)),
    LayerCase(PlaneFeatures(), (2,), (2,)),
    LayerCase(PlaneFeatures(False, False, True, True), (2,), (2,)),
    LayerCase(PlaneFeatures(False, False, sin_x1=True, sin_x2=True, frequency=2.0), (2,), (2,)),
    LayerCase(PlaneFeatures(True, True, True, True, True, True, True), (2,), (7,)),
    LayerCase(Flatten(), (3, 4, 2), (24,)),
    LayerCase(Flatten(), (6,), (6,)),
    LayerCase(Reshape((2, 3, 4)), (24,), (2, 3, 4)),
    LayerCase(Reshape((12,)), (3, 2, 2), (12,)),
    LayerCase(Reshape((4, 3, 2)), (2, 3, 4), (4, 3, 2)),
    LayerCase(Code(), (6,), (6,)),
    LayerCase(Code(), (3, 4, 2), (3, 4, 2)),
    LayerCase(BatchNorm(), (6,), (6,)),
    LayerCase(BatchNorm(momentum=0.5), (3, 4, 2), (3, 4, 2)),
    LayerCase(Dropout(), (6,), (6,), draws=True),
    LayerCase(Dropout(0.2), (3, 4, 2), (3, 4, 2), draws=True),
    LayerCase(MaskingNoise(), (6,), (6,), draws=True),
    LayerCase(MaskingNoise(0.6), (3, 4, 2), (3, 4, 2), draws=True),
    LayerCase(GaussianNoise(), (6,), (6,), draws=True),
    LayerCase(GaussianNoise(1.0), (3, 4, 2), (3, 4, 2), draws=True),
    LayerCase(KLSparsity(target=0.2, weight=0.7), (6,), (6,), activations=True),
    LayerCase(ActivityL1(0.3), (6,), (6,), kinks=(0.0,)),
    LayerCase(ActivityL1(0.3), (3, 4, 2), (3, 4, 2), kinks=(0.0,)),
    LayerCase(Residual((Dense(6), Tanh())), (6,), (6,)),
    LayerCase(Residual((Conv2D(2, padding="same"), BatchNorm(), Softplus())), (3, 4, 2), (3, 4, 2)),
    LayerCase(Residual((Dropout(0.3), Tanh())), (4,), (4,), draws=True),
    LayerCase(Residual((Residual((Dense(5), Sigmoid())), Tanh(), Dense(5))), (5,), (5,)),
    # A name inside is that which another one has farther out.
    LayerCase(Residual((Residual((Dense(5), Residual((Dense(5), Tanh())))), Dense(5))), (5,), (5,)),
    LayerCase(Parallel(((Dense(3), Tanh()), (Dense(2),))), (4,), (5,)),
    LayerCase(Parallel(((), (Dense(4), Tanh()), (Dense(4),)), "sum"), (4,), (4,)),
    LayerCase(Parallel(((Conv2D(3, padding="same"), Tanh()), (Conv2D(1, kernel=1),), ())), (3, 4, 2), (3, 4, 6)),
    LayerCase(Parallel(((Residual((Dense(5), GELU())),), (Dense(3), BatchNorm()))), (5,), (8,)),
]


class Bench:
    """A layer with parameters and a workspace of its own, outside any network."""

    def __init__(self, case: LayerCase, dtype: npt.DTypeLike = np.float64, seed: int = 0, training: bool = True) -> None:
        self.layer = case.layer
        self.parameters = Parameters(case.layer.parameter_shapes(case.input_shape), dtype)
        self.buffers = Parameters(case.layer.buffer_shapes(case.input_shape), dtype)
        views = {name: self.parameters.view(name) for name in self.parameters.shapes}
        gradients = {name: self.parameters.gradient_view(name) for name in self.parameters.shapes}
        buffers = {name: self.buffers.view(name) for name in self.buffers.shapes}
        self.layer.initialize(views, buffers, random_stream(seed, "initialize"))
        self.work = Workspace("layer1", views, gradients, buffers, dtype, Pass(training=training, seed=seed))

    def forward(self, x: Array) -> Array:
        """As the network calls it: input and output stay in the workspace."""
        self.work.x = x
        self.work.y = self.layer.forward(x, self.work)
        return self.work.y

    def backward(self, dy: Array) -> Array:
        return self.layer.backward(dy, self.work)

    def objective(self, x: Array, dy: Array) -> float:
        """What dx and the parameters' gradient are the slopes of: the outputs weighed by dy, and the layer's own charge."""
        return float((dy * self.forward(x)).sum()) + self.layer.penalty(self.work)


def inputs_of(case: LayerCase, batch: int = BATCH, dtype: npt.DTypeLike = np.float64, seed: int = 1) -> Array:
    """Random inputs, none of which lies near a kink."""
    x = np.random.default_rng(seed).normal(0, 1.5, (batch, *case.input_shape))
    if case.activations:
        x = 1 / (1 + np.exp(-x))
    for kink in case.kinks:
        x += np.where(np.abs(x - kink) < 0.05, np.copysign(0.1, x - kink), 0)
    return x.astype(dtype)


def output_gradient_of(case: LayerCase, batch: int = BATCH, dtype: npt.DTypeLike = np.float64, seed: int = 2) -> Array:
    """A random gradient by the outputs."""
    return np.random.default_rng(seed).normal(size=(batch, *case.output_shape)).astype(dtype)


def batch_innermost(x: Array) -> Array:
    """The same numbers with the batch axis innermost in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


HIDDEN: dict[str, tuple[Layer, ...]] = {
    "no hidden": (),
    "relu": (Dense(7), ReLU()),
    "sigmoid": (Dense(7, initializer="xavier"), Sigmoid()),
    "tanh": (Dense(40, initializer="xavier"), Tanh()),
    "softmax": (Dense(5), Softmax()),
    "deep": (Dense(40), ReLU(), Dense(6, initializer="normal", scale=0.5), Tanh(), Dense(9), Sigmoid()),
    "smooth": (Dense(8), LeakyReLU(0.1), Dense(8), ELU(0.5), Dense(8), GELU(), Dense(8), Softplus()),
    "pictures": (
        *(Dense(32), Reshape((4, 4, 2)), Conv2D(3, padding="same"), GELU(), MaxPool2D(), UpSample2D()),
        *(Conv2D(2), AveragePool2D(), Flatten()),
    ),
    "convolutional": (
        *(Dense(72), Reshape((6, 6, 2)), Conv2D(3), ReLU(), MaxPool2D()),
        *(Conv2D(4, kernel=3, padding="same"), ReLU(), MaxPool2D(), Flatten()),
    ),
    "normalized": (Dense(7), BatchNorm(), Tanh()),
    "sparse": (Dense(7), Sigmoid(), KLSparsity(0.1, 0.5), Code(), ActivityL1(0.05)),
    "residual": (
        *(Dense(6), Residual((Dense(6), Tanh(), Residual((Dense(6), GELU()))))),
        Parallel(((Dense(3), Tanh()), (), (Residual((Dense(6), Softplus())),))),
        *(Parallel(((Dense(5),), (Dense(5), Tanh())), "sum"), Tanh()),
    ),
    "residual pictures": (
        *(Dense(32), Reshape((4, 4, 2)), Residual((Conv2D(2, padding="same"), ReLU())), Conv2D(3), ReLU(), MaxPool2D()),
        *(Parallel(((Conv2D(2, kernel=1), Tanh()), ())), Flatten()),
    ),
    "noisy": (GaussianNoise(0.1), Dense(12), Dropout(0.3), MaskingNoise(0.2), Tanh()),
    "noisy inside": (Dense(6), Residual((Dropout(0.3), Dense(6), BatchNorm(), Tanh()))),
}
# Layers that stand in none of these behind a dense one: a row in LAYER_CASES is enough.
_STANDING = {layer.kind for hidden in HIDDEN.values() for layer in hidden}
HIDDEN |= {
    case.layer.kind: (Dense(case.input_shape[0]), case.layer)
    for case in LAYER_CASES
    if case.layer.kind not in _STANDING and len(case.input_shape) == len(case.output_shape) == 1
}
# These see the same batch with other eyes while training than while predicting.
OTHERWISE_IN_TRAINING = ("normalized", "sparse", "noisy", "noisy inside")


@dataclass(frozen=True)
class End:
    """The last layers before a loss, and the kind of targets it is given."""

    loss: str
    layers: tuple[Layer, ...]
    outputs: int
    classes: int | None  # None: the targets are values


ENDS = [
    End("cross_entropy", (Dense(4), Softmax()), 4, 4),
    End("cross_entropy", (Dense(2), Softmax()), 2, 2),
    End("mean_squared_error", (Dense(4),), 4, 4),
    End("mean_squared_error", (Dense(4), Softmax()), 4, 4),
    End("mean_squared_error", (Dense(1), Sigmoid()), 1, 2),
    End("mean_squared_error", (Dense(3), Tanh()), 3, None),
    End("binary_cross_entropy", (Dense(4), Sigmoid()), 4, 4),
    End("binary_cross_entropy", (Dense(1), Sigmoid()), 1, 2),
    End("binary_cross_entropy", (Dense(3), Sigmoid()), 3, None),
    End("huber", (Dense(4),), 4, 4),
    End("huber", (Dense(3), Tanh()), 3, None),
    End("hinge", (Dense(4),), 4, 4),
    End("one_vs_rest_hinge", (Dense(4),), 4, 4),
]


@dataclass(frozen=True)
class Stack:
    """A whole network on five features."""

    hidden: str
    end: End

    def __str__(self) -> str:
        last = "+".join(layer.summary() for layer in self.end.layers)
        targets = "values" if self.end.classes is None else "labels"
        return f"{self.hidden}, {last}, {self.end.loss} of {targets}"

    def build(self, dtype: npt.DTypeLike = np.float64, seed: int = 3) -> Network:
        """With parameters none of which is zero."""
        end = self.end
        model = Network((*HIDDEN[self.hidden], *end.layers), (5,), LOSSES[end.loss], numbered(end.classes or 0), seed, dtype)
        model.parameters.values += np.random.default_rng(seed).normal(0, 0.3, model.parameters.size)
        return model

    def batch(self, count: int = 12, seed: int = 4) -> tuple[Array, Array]:
        """Inputs and targets."""
        rng = np.random.default_rng(seed)
        inputs = rng.normal(size=(count, 5))
        if self.end.classes is None:
            return inputs, rng.uniform(0.1, 0.9, (count, self.end.outputs))
        return inputs, rng.integers(0, self.end.classes, count)


STACKS = [Stack(hidden, end) for hidden, end in product(HIDDEN, ENDS)]
