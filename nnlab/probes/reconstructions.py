"""What an autoencoder or a Boltzmann machine makes of examples, beside the examples themselves."""

import math
import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnlab.datasets import Dataset
from nnlab.datasets.split import Index
from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, reconstructing
from nnlab.models.layers import Layer, Pass, Role, Workspace
from nnlab.probes.error_survey import ErrorSurvey
from nnlab.probes.picture_arrays import as_shares
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, batch_places, part_of, shown_part
from nnlab.probes.weights import as_rectangles
from nnlab.randomness import random_stream

PRESENT_BATCH = "present batch"
ORDERS = ("in order", "random", "worst", "best", PRESENT_BATCH)
# All passes are of one size, for which the model then keeps its arrays.
BATCH = 64
# The rest of a batch measures others.
MOST_SHOWN = 48
_MOST_NOISE = 2_000_000


@dataclass(frozen=True)
class ReconstructionsOptions:
    """Which examples of the part come first, and how many of them are shown; with a label only those of that class.

    In order they begin at the selected one, unless it can be seen already. draw: which of all the random choices.
    The present batch are the training examples that the last step learned from, whichever part is asked for; where none is
    known, the examples in order.
    """

    order: str = ORDERS[0]
    label: int = -1
    shown: int = 12
    draw: int = 0


class ReconstructionsMemory:
    """What the probe finds again at the next look: the errors measured so far, and the page that it shows in order.

    A look measures at least what is left of the batch that the shown examples are in, and more while there is time.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self.members: Index = np.zeros(0, np.intp)
        self.survey = ErrorSurvey(self.members)
        self._of: tuple[object, ...] = ()
        self._page: Index = self.members
        self._page_of: tuple[object, ...] = ()

    def begin(self, scene: Scene, part: str, label: int) -> None:
        """Forget everything when the run, the part or the class is another."""
        feed, index = part_of(scene.data, part)
        of = (scene.moment.run, part, len(index), label)
        if of != self._of:
            everything = np.arange(len(index))
            members = everything if label < 0 else np.flatnonzero(feed.examples.labels[index] == label)
            # Of a class that the part has no examples of, all are shown.
            self._of, self.members = of, members if len(members) else everything
            self.survey = ErrorSurvey(members)

    def chosen(self, scene: Scene, options: ReconstructionsOptions, example: int) -> Index:
        """The positions in the part of the examples that are shown."""
        count = max(1, min(options.shown, MOST_SHOWN, len(self.members)))
        if options.order == PRESENT_BATCH and len(scene.batch):
            return batch_places(scene.data, scene.batch[: min(options.shown, MOST_SHOWN)])
        if options.order == "random":
            return random_stream(scene.seed, "reconstructions", options.draw).choice(self.members, count, replace=False)
        if options.order in ("worst", "best") and len(self.survey.ranking):
            ranking = self.survey.ranking
            return (ranking if options.order == "worst" else ranking[::-1])[:count]
        of = (self._of, count)
        if of != self._page_of or example not in self._page:
            self._page_of = of
            self._page = np.roll(self.members, -int(np.searchsorted(self.members, example)))[:count]
        return self._page


@dataclass(frozen=True)
class Reconstructions:
    """Pictures in the range of the data, whose lowest and highest values are `extremes`.

    Examples that are no pictures are laid out as near-square ones, NaN in the rest, every feature as its share of the range
    that it has among some training examples.

    places (shown,)    labels (shown,)
    original, reconstruction (shown, height, width, channels)    corrupted the same, or (0, ...) in a model without noise
    difference (shown, height, width, channels): reconstruction - original, as scaled for the model, NaN in the rest
    error (shown,): the mean of its squares
    surveyed_error (surveyed,) the same of up to a thousand examples of the part or the class, NaN while it is unknown, and
    surveyed_labels (surveyed,)    is_fresh: whether all are of the model as it is, and those shown in the order that follows

    A model that begins with a noise layer is shown what it learns from: the corrupted example is reconstructed and compared
    with the original one. An example always gets the same noise.
    """

    part: str
    extremes: tuple[float, float]
    places: Array
    labels: Array
    original: Array
    corrupted: Array
    reconstruction: Array
    difference: Array
    error: Array
    surveyed_labels: Array
    surveyed_error: Array
    is_fresh: bool


def probe_reconstructions(scene: Scene, selection: Selection, memory: ReconstructionsMemory) -> Reconstructions:
    """The chosen examples; what is left of their batch goes round through others to measure their errors."""
    options = selection.options if isinstance(selection.options, ReconstructionsOptions) else ReconstructionsOptions()
    is_batch, started = options.order == PRESENT_BATCH, time.perf_counter()
    part = shown_part(scene.data, "train" if is_batch else selection.part)
    memory.begin(scene, part, options.label)
    survey, is_fresh = memory.survey, False
    with np.errstate(all="ignore"):
        while not is_fresh:
            places = memory.chosen(scene, options, selection.example)
            measured = survey.next_places(scene.moment.parameters, BATCH - len(places))
            found = _reconstruct(scene, part, np.concatenate([places, measured]))
            shown = len(places)
            survey.take(found.errors[shown:])
            is_fresh = survey.is_fresh and np.array_equal(places, memory.chosen(scene, options, selection.example))
            if time.perf_counter() - started > memory.seconds:
                break
        feed, index = part_of(scene.data, part)
        dataset, scaling = scene.data.dataset, scene.data.scaling
        seen = found.seen[:shown] if found.is_corrupted else found.seen[:0]
        return Reconstructions(
            part,
            picture_range(dataset),
            places.copy(),
            feed.examples.labels[index[places]],
            _as_pictures(feed.examples.inputs[index[places]].astype(np.float32), dataset),
            _as_pictures(scaling.undo(seen), dataset) if len(seen) else np.zeros((0, 1, 1, 1), np.float32),
            _as_pictures(scaling.undo(found.made[:shown]), dataset),
            _laid_out(found.differences[:shown], dataset),
            found.errors[:shown].copy(),
            feed.examples.labels[index[survey.places]],
            survey.errors.copy(),
            is_fresh,
        )


@dataclass(frozen=True)
class _Batch:
    """What the model is shown of a batch's examples, what it makes of them, how far off, and mean squares (examples,)."""

    seen: Array
    made: Array
    differences: Array
    errors: Array
    is_corrupted: bool


def _reconstruct(scene: Scene, part: str, places: Index) -> _Batch:
    feed, index = part_of(scene.data, part)
    # Filled up by the same again.
    filled = np.resize(places, BATCH)
    inputs, _ = feed.gather(index[filled])
    noise = _noise_layer(scene)
    seen = _corrupted(inputs, filled, noise, scene) if noise else inputs
    made = reconstructed(scene, seen).reshape(inputs.shape)
    differences = made - inputs
    errors = np.square(differences).reshape(len(inputs), -1).mean(axis=1)
    return _Batch(seen, made, differences, errors[: len(places)], noise is not None)


def reconstructed(scene: Scene, inputs: Array) -> Array:
    """The model's reconstruction of scaled inputs (N, ...)."""
    giving = reconstructing(scene.model)
    assert giving is not None
    return giving.reconstruct(inputs)


def picture_range(dataset: Dataset) -> tuple[float, float]:
    """The lowest and highest values of the data's pictures: black and white of bytes, or the extremes of some examples."""
    if not dataset.is_image:
        return 0.0, 1.0
    if dataset.train.inputs.dtype == np.uint8:
        return dataset.grey_range
    lows, highs = dataset.feature_range
    low, high = float(lows.min()), float(highs.max())
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _as_pictures(examples: Array, dataset: Dataset) -> Array:
    """(N, height, width, channels), of arrays of their own."""
    if dataset.is_image:
        return np.array(examples, np.float32)
    return as_shares(dataset, examples)


def _laid_out(numbers: Array, dataset: Dataset) -> Array:
    """As `_as_pictures` lays out examples, each number as it is."""
    if dataset.is_image:
        return np.array(numbers, np.float32)
    return as_rectangles(numbers.reshape(len(numbers), -1).astype(np.float32))[..., None]


def _noise_layer(scene: Scene) -> Layer | None:
    """The layer that disturbs the inputs while the model learns."""
    layers = scene.model.layers if has_layers(scene.model) else ()
    return layers[0] if layers and layers[0].role is Role.DISTURBS else None


def _corrupted(inputs: Array, places: Array, noise: Layer, scene: Scene) -> Array:
    """x m + e  with the factors and offsets that belong to an example's place."""
    shape = inputs.shape[1:]
    factor, offset = _draw_noise(noise, shape, scene.seed)
    rows = places % len(factor)
    return np.asarray(inputs * factor[rows] + offset[rows])


@lru_cache(maxsize=4)
def _draw_noise(noise: Layer, shape: Shape, seed: int) -> tuple[Array, Array]:
    """What a noise layer does to a number x, as  x m + e: at x = 0 it gives e, at x = 1 it gives m + e."""
    count = max(1, min(BATCH, _MOST_NOISE // int(np.prod(shape))))
    work = Workspace("noise", {}, {}, {}, np.float32, Pass(training=True, seed=seed))
    offset = noise.forward(np.zeros((count, *shape), np.float32), work).copy()
    factor = noise.forward(np.ones((count, *shape), np.float32), work) - offset
    return factor, offset
