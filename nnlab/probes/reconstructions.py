"""What an autoencoder or a Boltzmann machine makes of examples, beside the examples themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnlab.datasets import Dataset
from nnlab.models.arrays import Array, Shape
from nnlab.models.capabilities import has_layers, reconstructing
from nnlab.models.layers import Layer, Pass, Role, Workspace
from nnlab.probes.picture_arrays import as_shares
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of, shown_part

# All passes are of one size, for which the model then keeps its arrays.
BATCH = 64
_SHOWN_AT_FIRST = 12
_MOST_NOISE = 2_000_000


@dataclass(frozen=True)
class ReconstructionsOptions:
    """Which examples of the part to show, by their positions in it, and of which others to measure the error alone.

    Together at most BATCH. A view that wants the worst of a thousand has them measured a few per frame.
    """

    places: tuple[int, ...] = ()
    measured: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reconstructions:
    """Pictures in the range of the data, whose lowest and highest values are `extremes`.

    Examples that are no pictures are laid out as near-square ones, NaN in the rest, every feature as its share of the range
    that it has among some training examples.

    places (shown,)    labels (shown,)
    original, reconstruction (shown, height, width, channels)    corrupted the same, or (0, ...) in a model without noise
    error (shown,) and measured_error (measured,): mean squared error per number, as scaled for the model
    measured (measured,) positions

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
    error: Array
    measured: Array
    measured_error: Array


def probe_reconstructions(scene: Scene, selection: Selection) -> Reconstructions:
    """The chosen examples, or those from the selected one on."""
    options = selection.options or ReconstructionsOptions()
    feed, index = part_of(scene.data, selection.part)
    places = _known(options.places, len(index)) or _from(selection.example, len(index))
    measured = _known(options.measured, len(index))[: BATCH - len(places)]
    shown = len(places)
    batch = np.array([*places, *measured])
    # Filled up by its first example.
    inputs, _ = feed.gather(index[np.resize(batch, BATCH) if len(batch) < BATCH else batch])
    labels = feed.examples.labels[index[batch[:shown]]]
    noise = _noise_layer(scene)
    with np.errstate(all="ignore"):
        seen = _corrupted(inputs, np.resize(batch, BATCH), noise, scene) if noise else inputs
        made = reconstructed(scene, seen).reshape(inputs.shape)
        errors = np.square(made - inputs).reshape(len(inputs), -1).mean(axis=1)
        scaling, dataset = scene.data.scaling, scene.data.dataset
        original = feed.examples.inputs[index[batch[:shown]]].astype(np.float32)
        return Reconstructions(
            shown_part(scene.data, selection.part),
            picture_range(dataset),
            batch[:shown].copy(),
            labels,
            _as_pictures(original, dataset),
            _as_pictures(scaling.undo(seen[:shown]), dataset) if noise else np.zeros((0, 1, 1, 1), np.float32),
            _as_pictures(scaling.undo(made[:shown]), dataset),
            errors[:shown].copy(),
            batch[shown:].copy(),
            errors[shown : len(batch)].copy(),
        )


def reconstructed(scene: Scene, inputs: Array) -> Array:
    """The model's reconstruction of scaled inputs (N, ...)."""
    giving = reconstructing(scene.model)
    assert giving is not None
    return giving.reconstruct(inputs)


def _known(places: Sequence[int], count: int) -> list[int]:
    return [place for place in places if 0 <= place < count][:BATCH]


def _from(first: int, count: int) -> list[int]:
    first = first if 0 <= first < count else 0
    return [(first + index) % count for index in range(min(_SHOWN_AT_FIRST, count))]


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
