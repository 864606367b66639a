"""Units that do not learn any more: they lie where their activation is flat, for all examples or nearly all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.datasets import DatasetSettings
from nnlab.datasets.split import spread
from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers, is_layered, is_machine
from nnlab.models.flat_units import flat_shares, flat_sides, stuck_units
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.sequence import readable_name
from nnlab.models.model import Model, ModelSettings
from nnlab.settings import setting
from nnlab.training.breakpoints.breakpoint import Breakpoint, Watched
from nnlab.training.data import TrainingData
from nnlab.training.evaluation import portion_size
from nnlab.training.step import Step
from nnlab.words import counted

# Of the validation part, or of the training part where nothing is held back; so many pass at once.
_MOST_EXAMPLES, _AT_ONCE = 1000, 250
_MOST_NAMED = 5


@dataclass(frozen=True)
class _StuckUnits(Breakpoint):
    """So many units of a hidden layer lie where its activation is flat; each layer is a subject.

    Which activations are flat where, they say themselves; those of the last layer are what the loss asks for.
    """

    # On how many sides the activations are flat that are looked at.
    sides: ClassVar[int]
    word: ClassVar[str]
    cost: ClassVar[str] = (
        "Looked at every so many steps: up to 1,000 validation examples pass through, which takes as long as 1 to 15 steps."
    )

    units: int = setting(
        1, "Units", minimum=1, maximum=1_000_000, live=True, help="So many of one layer, at least, are so at the same time."
    )
    every: int = setting(
        100, "Every", unit="steps", minimum=1, maximum=1_000_000, live=True, help="Looked at every so many steps."
    )

    def summary(self) -> str:
        """1 unit of a layer dead"""
        return f"{counted(self.units, 'unit')} of a layer {self.word}"

    def is_due(self, step: Step) -> bool:
        """Every so many steps."""
        return step.number % self.every == 0

    def found(self, run: Watched, step: Step) -> Mapping[str, str]:
        """The layers that have so many such units."""
        shares, count, part = _shares(run.model, run.data, self.sides)
        texts = {}
        for name, (layer, share) in shares.items():
            stuck = stuck_units(share, layer)
            if len(stuck) >= self.units:
                more = " …" if len(stuck) > _MOST_NAMED else ""
                numbers = ", ".join(str(unit) for unit in stuck[:_MOST_NAMED]) + more
                be = "is" if len(stuck) == 1 else "are"
                texts[name] = (
                    f"{counted(len(stuck), 'unit')} of {readable_name(name)} {be} {self.word} ({numbers}; "
                    f"by {counted(count, f'{part} example')})"
                )
        return texts

    def problem(self, dataset: DatasetSettings, model: ModelSettings) -> str:
        """Where no hidden layer has such an activation."""
        hidden = model.layers[:-1] if is_layered(model) else (Sigmoid(),)
        if any(flat_sides(layer) == self.sides for layer in _with_inner(hidden)):
            return ""
        example = "relu" if self.sides == 1 else "sigmoid"
        return f"no hidden layer has an activation in which a unit can be {self.word}, such as {example}"


@dataclass(frozen=True)
class DeadUnits(_StuckUnits):
    """On the one flat side of ReLU and its like for all examples: such a unit has no gradient and cannot come back."""

    title: ClassVar[str] = "A unit dies"
    sides: ClassVar[int] = 1
    word: ClassVar[str] = "dead"


@dataclass(frozen=True)
class SaturatedUnits(_StuckUnits):
    """Within 0.01 of a bound of sigmoid, tanh and their like for more than 9 in 10 examples: it hardly learns."""

    title: ClassVar[str] = "A unit saturates"
    sides: ClassVar[int] = 2
    word: ClassVar[str] = "saturated"


def _with_inner(layers: Sequence[Layer]) -> Iterator[Layer]:
    for layer in layers:
        yield layer
        yield from _with_inner([inner for _, inner in layer.inner_layers])


def _shares(model: Model, data: TrainingData, sides: int) -> tuple[dict[str, tuple[Layer, Array]], int, str]:
    """Of each hidden layer with so many flat sides which share of every unit's outputs lies there; of how many examples."""
    part = "validation" if len(data.split.validation) else "training"
    index = spread(data.split.validation if part == "validation" else data.split.train, _MOST_EXAMPLES)
    sums: dict[str, tuple[Layer, Array]] = {}
    for inputs, _ in data.learning.chunks(index, min(_AT_ONCE, portion_size(model.held_numbers))):
        for name, layer, outputs in _hidden_outputs(model, inputs, sides):
            before = sums[name][1] if name in sums else np.zeros(outputs.shape[-1])
            sums[name] = (layer, before + flat_shares(outputs, layer) * len(inputs))
    return {name: (layer, total / len(index)) for name, (layer, total) in sums.items()}, len(index), part


def _hidden_outputs(model: Model, inputs: Array, sides: int) -> Iterator[tuple[str, Layer, Array]]:
    if is_machine(model):
        if sides == flat_sides(Sigmoid()):
            yield "the hidden layer", Sigmoid(), model.hidden_probabilities(inputs)
        return
    assert has_layers(model)
    last = model.names[-1]
    for place, outputs in zip(model.places, model.layer_outputs(inputs), strict=True):
        if place.path[0] != last and flat_sides(place.layer) == sides:
            yield place.name, place.layer, outputs
