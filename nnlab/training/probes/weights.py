"""The incoming weights of a layer's units, as pictures."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.training.loop import TrainingRun
from nnlab.training.probes.selection import Selection

# More could be told apart by nobody, and would take longer to draw than a frame lasts.
_MOST_UNITS = 1024
_MOST_PIXELS = 1_000_000


@dataclass(frozen=True)
class WeightPictures:
    """The incoming weights of a layer's first units as pictures.

    tiles (shown, height, width), NaN where a picture has no pixel    bias (shown,)
    """

    layer: str
    layers: tuple[str, ...]
    units: int
    tiles: Array
    bias: Array
    tiles_per_unit: int = 1  # a filter has one for each input channel


def probe_weights(run: TrainingRun, selection: Selection) -> WeightPictures:
    """The selected dense layer's weights, those of the first layer in the shape of the data's pictures."""
    model = run.model
    layers = tuple(name.removesuffix(".weight") for name in model.parameters.shapes if name.endswith(".weight"))
    layer = selection.layer if selection.layer in layers else layers[0]
    weight = model.parameters.view(f"{layer}.weight")
    if weight.ndim == 4:
        return _kernel_pictures(layer, layers, weight, model.parameters.view(f"{layer}.bias"))
    shape = run.data.dataset.example_shape
    units = weight.shape[1]
    weight = weight[:, : max(1, min(units, _MOST_UNITS, _MOST_PIXELS // len(weight)))]
    if layer == layers[0] and run.data.dataset.is_image and len(weight) == math.prod(shape):
        tiles = weight.T.reshape(-1, *shape).mean(axis=3)
    else:
        tiles = as_rectangles(weight.T)
    bias = "hidden_bias" if f"{layer}.hidden_bias" in model.parameters.shapes else "bias"
    return WeightPictures(layer, layers, units, tiles, model.parameters.view(f"{layer}.{bias}")[: len(tiles)].copy())


def _kernel_pictures(layer: str, layers: tuple[str, ...], weight: Array, bias: Array) -> WeightPictures:
    """A convolution's filters, one picture for each filter and input channel: all channels of a filter in a row."""
    height, width, channels, filters = weight.shape
    shown = max(1, min(filters, _MOST_UNITS // channels))
    tiles = weight.transpose(3, 2, 0, 1)[:shown].reshape(-1, height, width).copy()
    return WeightPictures(layer, layers, filters * channels, tiles, np.repeat(bias[:shown], channels), channels)


def as_rectangles(rows: Array) -> Array:
    """Vectors (units, n) as near-square pictures (units, height, width), filled up with NaN."""
    units, count = rows.shape
    width = int(np.ceil(np.sqrt(count)))
    exact = [divisor for divisor in range(width, min(4 * width, count) + 1) if count % divisor == 0]
    width = exact[0] if exact else width
    height = -(-count // width)
    tiles = np.full((units, height * width), np.nan, rows.dtype)
    tiles[:, :count] = rows
    return tiles.reshape(units, height, width)
