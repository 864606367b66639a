"""How the numbers of every layer are spread: weights, gradients, activations, and how large a step is beside the weights."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnlab.datasets.split import spread
from nnlab.models.arrays import Array, norm
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.flat_units import flat_shares, flat_sides, stuck_units
from nnlab.models.layers import Layer, Role
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.unfolded import follower
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of, shown_part

# Even, and a power of two: when a range doubles, pairs of bins become one bin and no number changes its place.
BINS = 64
# The range holds all but the most extreme numbers; those count in the outermost bins.
_COVERED = 0.998
_SAMPLED = 4096
_EXAMPLES = 64
_MOST_LAYERS = 24
# The share of all time that may go into looking at activations: a forward pass of a large model is no small thing.
_SHARE = 0.04


@dataclass(frozen=True)
class Histograms:
    """One histogram for each row: the shares of its numbers in bins of equal width over -2^e ... 2^e.

    shares (rows, BINS)    exponent (rows,) e    zeros (rows,)    broken (rows,)

    Numbers that are exactly zero (the gradient of a pixel that is always dark, a silent ReLU) would dwarf all else: they
    and those that are no finite numbers are in no bin, their shares are told apart. All shares of a row add up to 1;
    of a row without numbers they are 0.
    """

    shares: Array
    exponent: Array
    zeros: Array
    broken: Array


@dataclass(frozen=True)
class Activations:
    """What the rows' layers put out for so many examples of a part: histograms, and units (rows,), dead, saturated."""

    part: str
    examples: int
    histograms: Histograms
    units: Array
    dead: Array
    saturated: Array


class ActivationMemory:
    """The activations last looked at, which serve again until enough time has passed."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.found: Activations | None = None
        self._of: tuple[int, str] = 0, ""
        self._due = 0.0

    def is_due(self, scene: Scene, part: str) -> bool:
        """Whether it is time to look again, or another part is wanted."""
        return self.found is None or self._of != (scene.moment.run, part) or time.perf_counter() >= self._due

    def keep(self, scene: Scene, found: Activations, seconds: float) -> None:
        """Looking took so long."""
        self.found, self._of = found, (scene.moment.run, found.part)
        self._due = time.perf_counter() + seconds / _SHARE


@dataclass(frozen=True)
class Distributions:
    """A row for every layer that learns, in order.

    weights: the layer's own, or those that it shares with another layer; of batch norm, which has none, its scale.
    gradients: of the same tensor, as the last step left it: of the batch's mean loss with its penalties (l1, l2) added and
    after clipping, before the optimizer's memory and AdamW's decay come in. Empty before the first step, also of a model
    just opened; all zeros while a part is frozen.
    activations: what the layer's non-linearity puts out (the layer itself, where none follows) for the same few examples
    each time, as in prediction: of the selected part.
    ratio (rows,): |last update| / |weights|, Euclidean norms over the tensor. The update is the very vector that the
    optimizer subtracted in the last step, momentum, moments and decay included. NaN before the first step, where nothing
    moved, and where all weights are zero.

    units (rows,)    dead (rows,)    saturated (rows,), the last two -1 where the question has no meaning

    is_fresh says that the activations are of this step, and not of one shortly before.

    A unit is a number of a vector or a channel of a picture, in all its places. Dead: of a non-linearity with one
    flat side (ReLU, GELU), on it for all shown examples. Saturated: of one with two (sigmoid, tanh), within 0.01 of them
    for more than 9 in 10 examples.
    """

    is_fresh: bool
    examples: int
    layers: tuple[str, ...]
    tensors: tuple[str, ...]
    outputs: tuple[str, ...]  # which layer's output a row's activations are
    weights: Histograms
    gradients: Histograms
    activations: Histograms
    ratio: Array
    units: Array
    dead: Array
    saturated: Array
    part: str = "validation"  # which the activations are of


def probe_distributions(scene: Scene, selection: Selection, memory: ActivationMemory) -> Distributions:
    """All rows; large tensors by a sample of their numbers."""
    with np.errstate(all="ignore"):
        rows = _rows(scene.model)
        part = shown_part(scene.data, selection.part)
        is_due = memory.is_due(scene, part)
        if is_due:
            started = time.perf_counter()
            memory.keep(scene, _look(scene, rows, part), time.perf_counter() - started)
        seen, parameters = memory.found, scene.model.parameters
        assert seen is not None
        is_known = scene.last_update is not None
        gradients = [parameters.gradient_view(row.tensor) if is_known else np.zeros(0) for row in rows]
        return Distributions(
            is_due,
            seen.examples,
            tuple(row.layer for row in rows),
            tuple(row.tensor for row in rows),
            tuple(row.source for row in rows),
            histograms([parameters.view(row.tensor) for row in rows]),
            histograms(gradients),
            seen.histograms,
            np.array([_ratio(scene, row.tensor) for row in rows]),
            seen.units,
            seen.dead,
            seen.saturated,
            seen.part,
        )


def histograms(tensors: Sequence[Array]) -> Histograms:
    """One row for each of these arrays of any shape."""
    rows = [_histogram(_sample(tensor)) for tensor in tensors]
    shares, exponents, zeros, broken = zip(*rows, strict=True)
    return Histograms(np.array(shares), np.array(exponents, int), np.array(zeros), np.array(broken))


def unit_counts(outputs: Array, layer: Layer) -> tuple[int, int, int]:
    """How many units a layer's outputs (N, ..., units) have, and how many of them are dead, and saturated.

    A unit that lies on the one flat side of its activation for all examples passes no gradient and cannot come back. -1
    where that cannot be.
    """
    dead = saturated = -1
    if (sides := flat_sides(layer)) in (1, 2):
        stuck = len(stuck_units(flat_shares(outputs, layer), layer))
        dead, saturated = (stuck, -1) if sides == 1 else (-1, stuck)
    return outputs.shape[-1], dead, saturated


@dataclass(frozen=True)
class _Row:
    layer: str
    tensor: str
    source: str
    shaping: Layer
    place: int = 0  # of the source among the layers


def _rows(model: Model) -> list[_Row]:
    if is_machine(model):
        name = model.names[0]
        return [_Row(name, f"{name}.weight", "hidden probabilities", Sigmoid())]
    assert has_layers(model)
    shapes = model.parameters.shapes
    rows = []
    for at, place in enumerate(model.places):
        tensors = {} if place.ends else {name: shapes[name] for name in _tensors_of(place.name, shapes)}
        if tensors:
            source = _shaping(model, at)
            own = max(tensors, key=lambda name: math.prod(shapes[name]))
            shaping = model.places[source]
            rows.append(_Row(place.name, model.weights_of(place.name)[0] or own, shaping.name, shaping.layer, source))
    return rows[:_MOST_LAYERS]


def _shaping(model: Network, at: int) -> int:
    """The last non-linearity that follows in the same branch, up to and with the next layer that learns: it may be one
    itself. The layer, where there is none.
    """
    shaping, after = at, follower(model.places, at)
    while after is not None:
        if model.places[after].layer.role is Role.ACTIVATES:
            shaping = after
        after = None if model.places[after].layer.learns else follower(model.places, after)
    return shaping


def _look(scene: Scene, rows: list[_Row], part: str) -> Activations:
    """Some examples of the part through the model as it is."""
    model = scene.model
    feed, index = part_of(scene.data, part)
    inputs, _ = feed.gather(spread(index, _EXAMPLES))
    if is_machine(model):
        outputs = [model.hidden_probabilities(inputs)]
    else:
        assert has_layers(model)
        through = model.layer_outputs(inputs)
        outputs = [through[row.place] for row in rows]
    counts = [unit_counts(output, row.shaping) for row, output in zip(rows, outputs, strict=True)]
    units, dead, saturated = np.array(counts, int).T.copy()
    return Activations(part, len(inputs), histograms(outputs), units, dead, saturated)


def _tensors_of(layer: str, tensors: Sequence[str] | dict[str, tuple[int, ...]]) -> list[str]:
    return [name for name in tensors if name.startswith(f"{layer}.")]


def _ratio(scene: Scene, tensor: str) -> float:
    if scene.last_update is None:
        return math.nan
    weights, update = scene.model.parameters.view(tensor), scene.last_update(tensor)
    moved, size = norm(update), norm(weights)
    return moved / size if moved > 0 and size > 0 else math.nan


def _histogram(values: Array) -> tuple[Array, int, float, float]:
    finite, count = values[np.isfinite(values)], max(len(values), 1)
    numbers = finite[finite != 0]
    shares = np.zeros(BINS)
    exponent = 0
    if len(numbers):
        sizes = np.abs(numbers)
        place = min(int(_COVERED * len(sizes)), len(sizes) - 1)
        # frexp writes a size as m 2^e with 1/2 <= m < 1; a power of two itself is the end of a range.
        mantissa, power = np.frexp(np.partition(sizes, place)[place])
        exponent = int(power) - int(mantissa == 0.5)
        scaled = np.ldexp(numbers.astype(np.float64), -exponent)
        bins = np.clip(np.floor((scaled + 1) * (BINS / 2)), 0, BINS - 1).astype(np.intp)
        shares = np.bincount(bins, minlength=BINS) / count
    return shares, exponent, (len(finite) - len(numbers)) / count, (len(values) - len(finite)) / count


def _sample(tensor: Array) -> Array:
    """All numbers of a small tensor, the same few thousand of a large one; in memory order, which costs no copy."""
    flat = tensor.ravel(order="K")
    return flat[_places(len(flat))] if len(flat) > _SAMPLED else flat


@lru_cache(maxsize=64)
def _places(size: int) -> Array:
    # At random: every so-many-th number would always meet the same columns.
    return np.sort(np.random.default_rng(size).integers(size, size=_SAMPLED))
