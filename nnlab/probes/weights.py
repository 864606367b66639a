"""The incoming weights of a layer's units, as pictures."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.models.arrays import Array
from nnlab.probes.columns import columns_of
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection

# More could be told apart by nobody, and would take longer to draw than a frame lasts.
_MOST_UNITS = 1024
_MOST_PIXELS = 1_000_000


@dataclass(frozen=True)
class WeightPictures:
    """The incoming weights of a layer's first units as pictures.

    tiles (shown, height, width), NaN where a picture has no pixel    bias (shown,)

    A pixel is the weight of one input ("input"), of one place of a kernel ("kernel"), or of a coloured pixel the mean over
    its channels ("mean").
    """

    layer: str
    layers: tuple[str, ...]
    units: int
    tiles: Array
    bias: Array
    tiles_per_unit: int = 1  # a filter has one for each input channel
    pixels: Literal["input", "kernel", "mean"] = "input"

    def unit_of(self, tile: int) -> int:
        """The unit that a tile belongs to."""
        return tile // self.tiles_per_unit

    def weight_at(self, tile: int, row: int, column: int) -> tuple[str, tuple[int, ...]] | None:
        """The tensor and the place in it of what a pixel shows; None where that is no single weight."""
        if self.pixels == "mean" or np.isnan(self.tiles[tile, row, column]):
            return None
        unit, channel = divmod(tile, self.tiles_per_unit)
        place = (row, column, channel, unit) if self.pixels == "kernel" else (row * self.tiles.shape[2] + column, unit)
        return f"{self.layer}.weight", place


def probe_weights(scene: Scene, selection: Selection) -> WeightPictures:
    """The selected dense layer's weights, those of a layer that sees the data in the shape of its pictures."""
    model = scene.model
    layers = tuple(name.removesuffix(".weight") for name in model.parameters.shapes if name.endswith(".weight"))
    layer = selection.layer if selection.layer in layers else layers[0]
    weight = model.parameters.view(f"{layer}.weight")
    if weight.ndim == 4:
        return _kernel_pictures(layer, layers, weight, model.parameters.view(f"{layer}.bias"))
    shape = scene.data.dataset.example_shape
    units = weight.shape[1]
    weight = weight[:, : max(1, min(units, _MOST_UNITS, _MOST_PIXELS // len(weight)))]
    is_picture = _sees_input(scene, layer) and scene.data.dataset.is_image and len(weight) == math.prod(shape)
    tiles = weight.T.reshape(-1, *shape).mean(axis=3) if is_picture else as_rectangles(weight.T)
    bias = "hidden_bias" if f"{layer}.hidden_bias" in model.parameters.shapes else "bias"
    shown = model.parameters.view(f"{layer}.{bias}")[: len(tiles)].copy()
    pixels: Literal["input", "mean"] = "mean" if is_picture and shape[2] > 1 else "input"
    return WeightPictures(layer, layers, units, tiles, shown, pixels=pixels)


def _sees_input(scene: Scene, layer: str) -> bool:
    """Whether the data's numbers are what its weights are multiplied with, and no other layer's."""
    columns = columns_of(scene.model, scene.data.dataset.example_shape)
    return any(column.name == layer and column.sources == (0,) for column in columns)


def _kernel_pictures(layer: str, layers: tuple[str, ...], weight: Array, bias: Array) -> WeightPictures:
    """A convolution's filters, one picture for each filter and input channel: all channels of a filter in a row."""
    height, width, channels, filters = weight.shape
    shown = max(1, min(filters, _MOST_UNITS // channels))
    tiles = weight.transpose(3, 2, 0, 1)[:shown].reshape(-1, height, width).copy()
    return WeightPictures(layer, layers, filters, tiles, np.repeat(bias[:shown], channels), channels, "kernel")


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
