"""What the settings of every layered model have in common: a list of layers and a loss."""

import math
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from nnlab.errors import SettingError, ShapeError
from nnlab.models.arrays import Shape
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.sequence import held_numbers, kinds_in, layer_shapes
from nnlab.models.losses import CrossEntropy, Loss, MeanSquaredError, loss_choice
from nnlab.models.losses.check import check_loss, check_values, squashes_values
from nnlab.models.model import Model, ModelSettings
from nnlab.models.network import Network
from nnlab.models.plan import LayerPlan, plan_of
from nnlab.settings import describe
from nnlab.targets import Classes, Targets, Values


@dataclass(frozen=True)
class FeedForwardSettings(ModelSettings):
    """Layers in sequence, judged by a loss."""

    layer_kinds: ClassVar[tuple[str, ...]] = tuple(LAYERS)
    # Where layers of other kinds belong, in words.
    other_layers: ClassVar[str] = ""
    predicts_values: ClassVar[bool] = True

    layers: tuple[Layer, ...] = field(default=(Dense(64), ReLU(), Dense(10), Softmax()))
    loss: Loss = loss_choice(CrossEntropy())

    def __post_init__(self) -> None:
        super().__post_init__()
        for number, layer in enumerate(self.layers, 1):
            for kind in kinds_in(layer):
                if kind not in self.layer_kinds:
                    raise SettingError(
                        f"layer {number} ({kind}): a model of kind {self.kind} holds layers of the kinds "
                        f"{', '.join(self.layer_kinds)}; {self.other_layers or 'choose one of these'}"
                    )

    def input_shape(self, example_shape: Shape) -> Shape:
        """How this model sees an example of the data: as one vector."""
        return (int(np.prod(example_shape)),)

    def fitting_outputs(self, example_shape: Shape, targets: Targets) -> tuple[int, ...]:
        """The numbers of outputs that can be taught, the usual one first."""
        return self.loss.outputs_for(targets) if targets is not None else ()

    def with_fitting_outputs(self, example_shape: Shape, targets: Targets) -> Self:
        """The same settings with as many units in the last dense layer as this data needs; for values also with a loss that
        compares values, and without a layer at the end that keeps them between 0 and 1.
        """
        if self.predicts_targets and isinstance(targets, Values) and (other := self._for_values()) != self:
            return other.with_fitting_outputs(example_shape, targets)
        places = [index for index, layer in enumerate(self.layers) if isinstance(layer, Dense)]
        fitting = self.fitting_outputs(example_shape, targets)
        is_single = isinstance(targets, Classes) and targets.count < 2
        if not places or (self.predicts_targets and (targets is None or is_single)):
            return self
        last = self.layers[places[-1]]
        assert isinstance(last, Dense)
        if last.units in fitting or not self._passes_on(places[-1], fitting[0]):
            return self
        layers = list(self.layers)
        layers[places[-1]] = replace(last, units=fitting[0])
        return replace(self, layers=tuple(layers))

    def _for_values(self) -> Self:
        layers = self.layers[:-1] if self.layers and squashes_values(self.layers[-1]) else self.layers
        return replace(self, layers=layers, loss=self.loss if self.loss.fits_values else MeanSquaredError())

    def _passes_on(self, place: int, units: int) -> bool:
        """Whether so many units of the dense layer at this place come out as so many outputs."""
        try:
            return layer_shapes(self.layers[place + 1 :], (units,))[-1:] in ((), ((units,),))
        except ShapeError:
            return False

    def check(self, example_shape: Shape, targets: Targets) -> None:
        """Raise ShapeError, naming the layer, where the model does not fit the data; nothing is built."""
        if not self.layers:
            raise ShapeError("the network has no layers; add a dense layer")
        self.check_targets(targets)
        if isinstance(targets, Values):
            # Before the shapes: of a single output softmax would ask for classes.
            check_values(self.loss, self.layers[-1], targets, self._loss_choices())
        shapes = layer_shapes(self.layers, self.input_shape(example_shape))
        check_loss(self.loss, self.layers, shapes[-1], targets, self._loss_choices())
        super().check(example_shape, targets)

    def _loss_choices(self) -> tuple[str, ...]:
        return describe(type(self).__dataclass_fields__["loss"]).choices

    def parameter_count(self, example_shape: Shape, targets: Targets) -> int:
        """Over all layers."""
        shapes = (self.input_shape(example_shape), *layer_shapes(self.layers, self.input_shape(example_shape)))
        return sum(
            math.prod(shape)
            for layer, input_shape in zip(self.layers, shapes, strict=False)
            for shape in layer.parameter_shapes(input_shape).values()
        )

    def buffer_count(self, example_shape: Shape) -> int:
        """Over all layers."""
        shapes = (self.input_shape(example_shape), *layer_shapes(self.layers, self.input_shape(example_shape)))
        return sum(
            math.prod(shape)
            for layer, input_shape in zip(self.layers, shapes, strict=False)
            for shape in layer.buffer_shapes(input_shape).values()
        )

    @property
    def mixes_examples(self) -> bool:
        """Whether any layer does."""
        return any(layer.mixes_examples for layer in self.layers)

    def smallest_batch(self, example_shape: Shape) -> int:
        """That of the layer that needs the most."""
        shapes = (self.input_shape(example_shape), *layer_shapes(self.layers, self.input_shape(example_shape)))
        return max((layer.smallest_batch(shape) for layer, shape in zip(self.layers, shapes, strict=False)), default=1)

    def held_numbers(self, example_shape: Shape, targets: Targets) -> int:
        """Over all layers."""
        return held_numbers(self.layers, self.input_shape(example_shape))

    def plan(self, example_shape: Shape, targets: Targets) -> tuple[LayerPlan, ...]:
        """The layers that a person listed."""
        return plan_of(self.layers, self.input_shape(example_shape))

    def act_on(self, model: Model) -> None:
        """The layers take their places."""
        assert isinstance(model, Network)
        model.exchange_layers(self.layers)

    def build(self, example_shape: Shape, targets: Targets, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> Network:
        """The network, with its weights drawn from the seed."""
        self.check(example_shape, targets)
        return Network(self.layers, self.input_shape(example_shape), self.loss, targets, seed, dtype)

    def to_table(self) -> dict[str, Any]:
        """As it stands in an experiment file."""
        return super().to_table() | {"layers": [layer.to_table() for layer in self.layers]}
