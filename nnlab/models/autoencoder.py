"""Autoencoders: networks that are taught their own input, through a code."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.coder import Coder
from nnlab.models.feed_forward import FeedForwardSettings
from nnlab.models.layers import Layer, Role, Workspace
from nnlab.models.layers.activations import ReLU, Sigmoid
from nnlab.models.layers.base import shape_text
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.sequence import layer_shapes
from nnlab.models.layers.shape import Code
from nnlab.models.losses import BatchLoss, Loss, MeanSquaredError, loss_choice
from nnlab.models.losses.check import check_loss
from nnlab.models.model import ModelSettings
from nnlab.models.network import Network
from nnlab.settings import setting
from nnlab.targets import Targets


class Autoencoder(Network):
    """A network whose targets are its inputs, scaled as they come in, with a mark on the code.

    inputs (N, *input_shape)    code (N, *code_shape)    outputs (N, ...), as many numbers as an input

    With tied weights decoder layer number j from the end multiplies by the transpose of encoder layer j's weights and has
    only its bias of its own:  dW = dW_encoder + dW_decoder^T.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: Shape,
        loss: Loss,
        tied: bool = False,
        seed: int = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.tied = tied_layers(tuple(layers)) if tied else {}
        super().__init__(layers, input_shape, loss, None, seed, dtype)
        self.code_place = [layer.kind for layer in self.layers].index("code")
        self.code_shape = self.shapes[self.code_place]

    def replica(self, dtype: npt.DTypeLike | None = None) -> "Autoencoder":
        """The same autoencoder in memory of its own."""
        copy = Autoencoder(
            self.layers, self.input_shape, self.loss, bool(self.tied), self.seed, dtype or self.parameters.dtype
        )
        return self._copy_numbers_to(copy)

    def begin(self, inputs: Array, epoch: int, is_start: bool) -> bool:
        """Inputs are the targets, which not every loss takes: binary cross-entropy is about probabilities."""
        low, high = float(inputs.min()), float(inputs.max())
        least, most = self.loss.target_range
        if low < least - 1e-6 or high > most + 1e-6:
            raise ShapeError(
                f"{self.loss.kind}: targets must be in {least:g} ... {most:g}, these are in {low:.3g} ... {high:.3g}; "
                "set dataset.scaling = 'unit', or use the loss mean_squared_error"
            )
        return False

    def encode(self, inputs: Array) -> Array:
        """The codes (N, *code_shape) of a batch; a copy."""
        self._begin_pass()
        return self._through(slice(self.code_place + 1), self._shaped(inputs)).copy()

    def decode(self, codes: Array) -> Array:
        """What codes (N, *code_shape) stand for, in the shape of inputs; a copy."""
        self._begin_pass()
        return self._through(slice(self.code_place + 1, None), codes).reshape(len(codes), *self.input_shape).copy()

    def weights_of(self, layer: str) -> tuple[str, bool]:
        """Tied ones are those of the encoder's layer, transposed."""
        encoder = self.tied.get(self.names.index(layer)) if layer in self.names else None
        return super().weights_of(layer) if encoder is None else (f"{self.names[encoder]}.weight", True)

    @property
    def coder(self) -> Coder:
        """encode and decode with codes as flat vectors."""
        shape, kind = self.code_shape, self.parameters.dtype
        return Coder(
            math.prod(shape),
            lambda inputs: self.encode(inputs).reshape(len(inputs), -1),
            lambda codes: self.decode(codes.astype(kind).reshape(len(codes), *shape)),
        )

    def reconstruct(self, inputs: Array) -> Array:
        """decode(encode(inputs)), in the inputs' shape; a copy."""
        return self.predict(inputs).reshape(len(inputs), *self.input_shape).copy()

    def evaluate(self, inputs: Array, targets: Array) -> tuple[BatchLoss, Array | None]:
        """The mean loss; an autoencoder predicts no labels."""
        return super().evaluate(inputs, targets)[0], None

    def _gather_gradients(self, works: Sequence[Workspace]) -> None:
        """Tied weights have those of both layers."""
        for decoder, encoder in self.tied.items():
            gradient = works[encoder].gradients["weight"]
            np.add(gradient, works[decoder].gradients["weight"].T, out=gradient)

    def _through(self, part: slice, x: Array) -> Array:
        """Through the encoder's layers or the decoder's alone."""
        for layer, work in list(zip(self.layers, self._workspace(len(x)), strict=False))[part]:
            work.x = x
            x = work.y = layer.forward(x, work)
        return x

    def _targets(self, inputs: Array, targets: Array) -> Array:
        return inputs.reshape(len(inputs), *self.output_shape)

    def _tensor_shapes(self, question: str) -> dict[str, Shape]:
        own = super()._tensor_shapes(question)
        for decoder in self.tied:
            own.pop(f"{self.names[decoder]}.weight", None)
        return own

    def _make_workspaces(self, gradients: Array) -> tuple[Workspace, ...]:
        works = super()._make_workspaces(gradients)
        for decoder, encoder in self.tied.items():
            weight = works[encoder].parameters["weight"]
            works[decoder].parameters["weight"] = weight.T
            works[decoder].gradients["weight"] = np.zeros(weight.T.shape, weight.dtype)
        return works

    def _initialize_layer(self, place: int) -> None:
        if place in self.tied:
            self.parameters.view(f"{self.names[place]}.bias").fill(0)
        else:
            super()._initialize_layer(place)


def tied_layers(layers: tuple[Layer, ...]) -> dict[int, int]:
    """Which decoder layer shares its weights with which encoder layer: the first with the last, and so on inwards."""
    code = [layer.kind for layer in layers].index("code")
    weighted = [place for place, layer in enumerate(layers) if layer.role is Role.FORMS and layer.learns]
    encoder = [place for place in weighted if place < code]
    decoder = [place for place in weighted if place > code]
    if not all(isinstance(layers[place], Dense) for place in weighted) or len(encoder) != len(decoder):
        raise ShapeError(
            "tied weights need as many dense layers behind the code as before it, and no convolutions or layers of layers; "
            f"here {len(encoder)} come before and {len(decoder)} behind"
        )
    pairs = dict(zip(decoder, reversed(encoder), strict=True))
    for back, front in pairs.items():
        wanted = [place for place in encoder if place < front]
        expected = layers[wanted[-1]].units if wanted else None  # type: ignore[attr-defined]
        if expected is not None and layers[back].units != expected:  # type: ignore[attr-defined]
            raise ShapeError(
                f"tied weights: layer {back + 1} has {layers[back].units} units, expected {expected} "  # type: ignore[attr-defined]
                f"to mirror layer {front + 1}"
            )
    return pairs


@dataclass(frozen=True)
class AutoencoderSettings(FeedForwardSettings):
    """Layers with a code layer among them: what comes before encodes, what comes after decodes.

    Sparse: a kl_sparsity or activity_l1 layer behind the code's activation. Denoising: masking_noise or gaussian_noise as
    the first layer. Convolutional: start with conv2d; pictures are then seen as pictures.
    """

    kind: ClassVar[str] = "autoencoder"
    title: ClassVar[str] = "Autoencoder"
    predicts_targets: ClassVar[bool] = False
    has_code: ClassVar[bool] = True
    reconstructs: ClassVar[bool] = True

    layers: tuple[Layer, ...] = field(
        default=(Dense(128), ReLU(), Dense(32), Code(), Dense(128), ReLU(), Dense(784, initializer="xavier"), Sigmoid())
    )
    loss: Loss = loss_choice(
        MeanSquaredError(),
        "mean_squared_error",
        "binary_cross_entropy",
        "huber",
        help="mean_squared_error: mean of (output − input)². binary_cross_entropy: for inputs in 0 … 1, after sigmoid. "
        "huber: like the first, but large errors count linearly.",
    )
    tied: bool = setting(
        False, "Tied weights", help="The decoder multiplies by the transposes of the encoder's weights: W′ = Wᵀ."
    )

    def input_shape(self, example_shape: Shape) -> Shape:
        """As a picture where the first layer that forms new numbers is for pictures, else as one vector."""
        first = next((layer for layer in self.layers if layer.role is Role.FORMS), None)
        return example_shape if first and first.takes_pictures else (int(np.prod(example_shape)),)

    def fitting_outputs(self, example_shape: Shape, targets: Targets) -> tuple[int, ...]:
        """As many outputs as inputs."""
        return (int(np.prod(example_shape)),)

    def check(self, example_shape: Shape, targets: Targets) -> None:
        """Layers chain, a code is marked, and as much comes out as goes in."""
        kinds = [layer.kind for layer in self.layers]
        if kinds.count("code") != 1:
            raise ShapeError(
                f"an autoencoder needs one code layer, which marks where the code is; here are {kinds.count('code')}"
            )
        ModelSettings.check(self, example_shape, targets)
        shapes = layer_shapes(self.layers, self.input_shape(example_shape))
        wanted = int(np.prod(example_shape))
        if int(np.prod(shapes[-1])) != wanted:
            raise ShapeError(
                f"the decoder puts out {shape_text(shapes[-1])}, but an input holds {wanted} numbers; "
                f"give the last dense layer {wanted} units"
            )
        check_loss(self.loss, self.layers, shapes[-1], None, self._loss_choices())
        if self.tied:
            self._check_tied((self.input_shape(example_shape), *shapes))

    def _check_tied(self, inputs: tuple[Shape, ...]) -> None:
        for back, front in tied_layers(self.layers).items():
            ours, theirs = (self.layers[place].parameter_shapes(inputs[place])["weight"] for place in (back, front))
            if ours != theirs[::-1]:
                raise ShapeError(
                    f"tied weights: layer {back + 1} is {shape_text(ours)}, expected {shape_text(theirs[::-1])} "
                    f"to mirror layer {front + 1}"
                )

    def parameter_count(self, example_shape: Shape, targets: Targets) -> int:
        """Over all layers; shared weights count once."""
        count = super().parameter_count(example_shape, targets)
        if not self.tied:
            return count
        shapes = (self.input_shape(example_shape), *layer_shapes(self.layers, self.input_shape(example_shape)))
        return count - sum(
            math.prod(self.layers[place].parameter_shapes(shapes[place])["weight"]) for place in tied_layers(self.layers)
        )

    def build(self, example_shape: Shape, targets: Targets, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> Autoencoder:
        """The autoencoder, with its weights drawn from the seed."""
        self.check(example_shape, targets)
        return Autoencoder(self.layers, self.input_shape(example_shape), self.loss, self.tied, seed, dtype)
