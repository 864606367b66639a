"""Pictures inside a convolutional network: its filters, and what every layer makes of the selected example."""

import math
from dataclasses import dataclass, field

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers
from nnlab.models.layers import Layer, Role
from nnlab.models.network import Network
from nnlab.models.unfolded import follower
from nnlab.probes.scene import Scene
from nnlab.probes.scores import scores_of
from nnlab.probes.selection import Selection, selected_example, selected_label

# As many as can be told apart, and as many pixels as can be drawn within a frame.
_MOST_TILES = 512
_MOST_PIXELS = 400_000
# Where all layers are shown above each other, a layer with more kernels than this shows those of one filter.
_MOST_KERNELS = 64


@dataclass(frozen=True)
class FeatureMapsOptions:
    """The layer whose pictures are wanted; "" is all of them above each other."""

    layer: str = ""


@dataclass(frozen=True)
class MapRow:
    """The pictures of one layer.

    layer: its name    source: the layer whose weights made its channels, itself or one before
    what: "filters", "before" or "after" the non-linearity, or "pooled", "enlarged", "maps"
    tiles (shown, height, width)    unit (shown,) the channel that each belongs to    shown of `count` there are
    """

    layer: str
    source: str
    what: str
    is_signed: bool
    tiles: Array
    unit: Array
    count: int


@dataclass(frozen=True)
class FeatureMaps:
    """The selected example and all rows that were asked for, in the order of the layers.

    example (height, width, channels) in the range of the data    label -1 where there are no classes
    probability (classes,), empty where the model predicts none    scores (classes,), what a model puts out that gives no
    probabilities, else empty
    """

    example: Array
    label: int
    probability: Array
    layers: tuple[str, ...]
    rows: tuple[MapRow, ...]
    scores: Array = field(default_factory=lambda: np.zeros(0, np.float32))


def probe_feature_maps(scene: Scene, selection: Selection) -> FeatureMaps:
    """Filters and maps of the selected example, of all layers with pictures or of one."""
    model, options = scene.model, selection.options or FeatureMapsOptions()
    assert has_layers(model)
    inputs, _ = selected_example(scene.data, selection)
    with np.errstate(all="ignore"):
        outputs = model.layer_outputs(inputs)
        layers = tuple(model.places[at].name for at in _pictured(model))
        wanted = options.layer if options.layer in layers else ""
        rows: list[MapRow] = []
        for at in _pictured(model):
            if wanted in ("", model.places[at].name):
                rows += _rows_of(model, at, outputs, selection, is_alone=bool(wanted))
        classes = len(scene.data.dataset.class_names)
        predicts = model.targets is not None and classes > 0
        return FeatureMaps(
            np.asarray(scene.data.scaling.undo(inputs)[0], np.float32),
            selected_label(scene.data, selection),
            model.probabilities(outputs[-1])[0].copy() if predicts else np.zeros(0),
            layers,
            tuple(rows),
            scores_of(model, outputs[-1]).ravel() if predicts else np.zeros(0, np.float32),
        )


def _pictured(model: Network) -> list[int]:
    """The layers whose outputs are pictures, but for those that change nothing."""
    return [at for at, place in enumerate(model.places) if len(place.shape) == 3 and not _passes_by(place.layer)]


def _rows_of(model: Network, at: int, outputs: list[Array], selection: Selection, is_alone: bool) -> list[MapRow]:
    layer, name, source = model.places[at].layer, model.places[at].name, source_of(model, at)
    rows = [_filters(model, name, selection, is_alone)] if layer.has_filters else []
    maps = outputs[at][0]
    height, width, channels = maps.shape
    shown = max(1, min(channels, _MOST_TILES, _MOST_PIXELS // (height * width)))
    tiles = maps[:, :, :shown].transpose(2, 0, 1).copy()
    rows.append(MapRow(name, source, _what(model, at), _is_signed(model, at), tiles, np.arange(shown), channels))
    return rows


def _filters(model: Network, name: str, selection: Selection, is_alone: bool) -> MapRow:
    """One picture for each filter and input channel; where they are many, those of the selected filter."""
    weight = model.parameters.view(f"{name}.weight")
    height, width, channels, filters = weight.shape
    count = filters * channels
    kernels, units = weight.transpose(3, 2, 0, 1), np.arange(filters)
    if not is_alone and count > _MOST_KERNELS and channels > 1:
        is_meant = selection.unit >= 0 and source_named(model, selection.layer) == name
        first = selection.unit if is_meant and selection.unit < filters else 0
        kernels, units = kernels[first : first + 1], units[first : first + 1]
    shown = max(1, min(len(units) * channels, _MOST_TILES, _MOST_PIXELS // (height * width)))
    tiles = kernels.reshape(-1, height, width)[:shown].copy()
    return MapRow(name, name, "filters", True, tiles, np.repeat(units, channels)[:shown], count)


def source_of(model: Network, at: int) -> str:
    """The layer whose weights made the channels that this layer puts out: itself, or the nearest before it that has some.

    Where branches are joined it is the layer that joins them.
    """
    place = model.places[at]
    while place.source >= 0 and not place.ends and f"{place.name}.weight" not in model.parameters.shapes:
        place = model.places[place.source]
    is_source = place.ends or f"{place.name}.weight" in model.parameters.shapes
    return place.name if is_source else model.places[at].name


def source_named(model: Network, name: str) -> str:
    """The same for a layer's name; "" for a name that is not there."""
    return next((source_of(model, at) for at, place in enumerate(model.places) if place.name == name), "")


def _what(model: Network, at: int) -> str:
    layer = model.places[at].layer
    if layer.role is Role.ACTIVATES:
        return "after"
    if layer.maps != Layer.maps:
        return layer.maps
    after = follower(model.places, at)
    while after is not None and _passes_by(model.places[after].layer):
        after = follower(model.places, after)
    is_bent = after is not None and model.places[after].layer.role is Role.ACTIVATES
    return "before" if is_bent else layer.maps


def _passes_by(layer: Layer) -> bool:
    """Whether a layer makes no other pictures than those that it is given."""
    return layer.role is not Role.RESHAPES and layer.role.changes_nothing


def _is_signed(model: Network, at: int) -> bool:
    layers = []
    while at >= 0:
        layers.append(model.places[at].layer)
        at = model.places[at].source
    bounds = -math.inf, math.inf
    for layer in reversed(layers):
        bounds = layer.output_range(*bounds)
    return bounds[0] < 0
