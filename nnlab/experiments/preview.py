"""Some examples go through a model that has not been trained yet: what its layers make of them is seen, not guessed."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.datasets import Dataset
from nnlab.datasets.split import spread
from nnlab.experiments.assembly import build_model
from nnlab.experiments.experiment import Experiment
from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, machine_of
from nnlab.models.model import Model
from nnlab.models.plan import in_order
from nnlab.probes.selection import START, selected_example
from nnlab.training import prepare_data

# The more examples, the surer that a unit which is alike for all of them is of no use.
_MOST_EXAMPLES = 32
# Beyond these a look would take longer than a person waits, or memory that training may need.
_MOST_PARAMETERS, _MOST_PRODUCTS, _MOST_OUTPUTS = 8_000_000, 4_000_000_000, 8_000_000
_MOST_PICTURES, _MOST_UNITS = 12, 1024


@dataclass(frozen=True)
class LayerLook:
    """What a layer makes of the first example, and of how many units it makes the same of all examples.

    pictures  its maps (k, H, W), or its numbers as one row (1, 1, K); of many the first ones
    bound     the largest of them, without its sign
    units     how many channels or numbers there are
    alike     how many of them are the same everywhere and for every example
    """

    pictures: Array
    bound: float
    units: int
    alike: int


@dataclass(frozen=True)
class Preview:
    """The example as it goes in, and a look for every layer, those inside of a layer before it.

    There are none, and no examples, where the model is too large to be tried.
    """

    examples: int
    input: LayerLook | None = None
    layers: tuple[LayerLook, ...] = ()


def samples_of(experiment: Experiment, dataset: Dataset) -> Array:
    """The example that views begin with, and a few to learn from (N, *example_shape), scaled as the model will see them."""
    data = prepare_data(dataset, experiment.dataset)
    first, _ = selected_example(data, START)
    others, _ = data.learning.gather(spread(data.split.train, _MOST_EXAMPLES - 1))
    return np.concatenate([first, others])


def previewed(experiment: Experiment, dataset: Dataset, samples: Array) -> Preview:
    """What the untrained model makes of samples (N, *example_shape)."""
    count = _affordable(experiment, dataset, len(samples))
    if not count:
        return Preview(0)
    model, samples = build_model(experiment, dataset), samples[:count]
    return Preview(count, look_at(samples), tuple(look_at(output) for output in _outputs(model, samples)))


def look_at(outputs: Array) -> LayerLook:
    """Of what a layer makes of examples (N, ...)."""
    first = np.nan_to_num(np.asarray(outputs[0], np.float32))
    units = outputs.reshape(-1, outputs.shape[-1]) if outputs.ndim == 4 else outputs.reshape(len(outputs), -1)
    alike = int((units == units[:1]).all(axis=0).sum()) if len(units) > 1 else 0
    is_map = first.ndim == 3
    shown = first.transpose(2, 0, 1)[:_MOST_PICTURES] if is_map else first.reshape(1, 1, -1)[..., :_MOST_UNITS]
    # They cross threads, and outlive what they were cut from.
    pictures = np.ascontiguousarray(shown)
    pictures.flags.writeable = False
    return LayerLook(pictures, float(np.abs(pictures).max(initial=0.0)), units.shape[1], alike)


def _outputs(model: Model, samples: Array) -> list[Array]:
    if has_layers(model):
        return model.activations(samples)
    machine = machine_of(model)
    return [machine.hidden_probabilities(samples)] if machine is not None else []


def _affordable(experiment: Experiment, dataset: Dataset, count: int) -> int:
    """How many of the examples can go through at once; 0 where even one cannot."""
    shape, targets = dataset.example_shape, dataset.targets
    plan = experiment.model.plan(shape, targets)
    products = sum(layer.forward for layer in plan)
    outputs = sum(_size(layer.shape) for layer in in_order(plan))
    if experiment.model.parameter_count(shape, targets) > _MOST_PARAMETERS:
        return 0
    return min(count, _MOST_PRODUCTS // max(products, 1), _MOST_OUTPUTS // max(outputs, 1))


def _size(shape: Shape | None) -> int:
    return math.prod(shape) if shape is not None else 0
