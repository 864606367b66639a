"""Looks into a run between two steps: plain functions that return arrays of their own. No Qt; a view draws one of these."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.network import Network
from nnlab.training.evaluation import evaluate
from nnlab.training.loop import TrainingRun

_FIELD_SIZE = 100
# More could be told apart by nobody, and would take longer to draw than a frame lasts.
_MOST_UNITS = 1024
_MOST_PIXELS = 1_000_000


@dataclass(frozen=True)
class Selection:
    """What the person is looking at: which layer, by its name ("" is the first that has what the view shows)."""

    layer: str = ""


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


@dataclass(frozen=True)
class BoundaryField:
    """Class probabilities over the plane.

    extent (left, right, bottom, top)    probability (rows from the bottom, columns, classes)
    """

    extent: tuple[float, float, float, float]
    probability: Array


@dataclass(frozen=True)
class ConfusionPicture:
    """The confusion matrix of the validation examples at the end of the last epoch, true class by row."""

    epoch: int
    confusion: Array
    class_names: tuple[str, ...]


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
        tiles = _as_rectangles(weight.T)
    bias = "hidden_bias" if f"{layer}.hidden_bias" in model.parameters.shapes else "bias"
    return WeightPictures(layer, layers, units, tiles, model.parameters.view(f"{layer}.{bias}")[: len(tiles)].copy())


def probe_boundary(run: TrainingRun, selection: Selection) -> BoundaryField:
    """The network's answer on a grid that reaches a little beyond the points."""
    points = run.data.dataset.train.inputs
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    # A square around the points: as much of the plane to both sides as up and down.
    centre, reach = (low + high) / 2, 0.6 * max(float((high - low).max()), 1e-6)
    low, high = centre - reach, centre + reach
    axes = [np.linspace(low[axis], high[axis], _FIELD_SIZE, dtype=np.float32) for axis in (0, 1)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    assert isinstance(run.model, Network)
    outputs = run.model.predict(run.data.scaling.apply(grid, out=np.empty_like(grid)))
    return BoundaryField(
        (float(low[0]), float(high[0]), float(low[1]), float(high[1])),
        _as_probabilities(outputs).reshape(_FIELD_SIZE, _FIELD_SIZE, -1),
    )


def probe_confusion(run: TrainingRun, selection: Selection) -> ConfusionPicture:
    """The last evaluation's matrix; before the first epoch ends, the untrained model is evaluated once."""
    names = run.data.dataset.class_names
    if run.evaluation is None:
        run.evaluation = evaluate(run.model, run.data.learning, run.data.split.validation, len(names))
    return ConfusionPicture(run.kept_epoch or run.epoch, run.evaluation.confusion.copy(), names)


Probe = Callable[[TrainingRun, Selection], Any]

PROBES: dict[str, Probe] = {"weights": probe_weights, "boundary": probe_boundary, "confusion": probe_confusion}


def _kernel_pictures(layer: str, layers: tuple[str, ...], weight: Array, bias: Array) -> WeightPictures:
    """A convolution's filters, one picture for each filter and input channel: all channels of a filter in a row."""
    height, width, channels, filters = weight.shape
    shown = max(1, min(filters, _MOST_UNITS // channels))
    tiles = weight.transpose(3, 2, 0, 1)[:shown].reshape(-1, height, width).copy()
    return WeightPictures(layer, layers, filters * channels, tiles, np.repeat(bias[:shown], channels))


def _as_probabilities(outputs: Array) -> Array:
    """A single output is the probability of class 1; other outputs are brought to sum to 1."""
    if outputs.shape[1] == 1:
        second = np.clip(outputs, 0, 1)
        return np.hstack([1 - second, second])
    if outputs.min() >= 0 and outputs.max() <= 1:
        return np.asarray(outputs / np.maximum(outputs.sum(axis=1, keepdims=True), 1e-12))
    # Scores, as of a support vector machine, are not probabilities; softmax keeps their order.
    shares = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _as_rectangles(rows: Array) -> Array:
    """Vectors (units, n) as near-square pictures (units, height, width), filled up with NaN."""
    units, count = rows.shape
    width = int(np.ceil(np.sqrt(count)))
    exact = [divisor for divisor in range(width, min(4 * width, count) + 1) if count % divisor == 0]
    width = exact[0] if exact else width
    height = -(-count // width)
    tiles = np.full((units, height * width), np.nan, rows.dtype)
    tiles[:, :count] = rows
    return tiles.reshape(units, height, width)
