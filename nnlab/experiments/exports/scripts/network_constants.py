"""The constants of a script that trains a network, whichever words it is written in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nnlab.experiments.exports.scripts.constants import numbers_of
from nnlab.experiments.exports.scripts.shared import Parts, shape_seen
from nnlab.models.layers import Layer, Role


def network_constants(parts: Parts) -> dict[str, Any]:
    """By name."""
    model: Any = parts.model
    loss, layers = model.loss, layers_before_loss(model)
    return {
        **numbers_of(loss),
        "INPUT_SHAPE": shape_seen(parts),
        "OUTPUT": model.layers[-1].kind if loss.fused_with is not None else "",
        "THRESHOLD": loss.threshold,
        "ONE_OUTPUT": model.output_shape == (1,),
        "IS_CODER": not parts.experiment.model.predicts_targets,
        "KEEPS": model.buffers.size > 0,
        "CHARGED": any(layer.role is Role.CHARGES for layer in _all_layers(layers)),
        "DRAWS": any(layer.role is Role.DISTURBS for layer in _all_layers(layers)),
        "TIED": bool(tied_layers_of(model)),
        "SEES_PICTURES": len(model.input_shape) > 1,
        "MAKES_PICTURES": len(model.shapes[len(layers) - 1]) > 1,
    }


def layers_before_loss(model: Any) -> tuple[Layer, ...]:
    """The layers of a network, without the last where the loss contains it."""
    return tuple(model.layers[: len(model.layers) - (model.loss.fused_with is not None)])


def tied_layers_of(model: Any) -> Mapping[int, int]:
    """Which layers have the weights of which others, transposed: by their places."""
    tied: Mapping[int, int] = getattr(model, "tied", {})
    return tied


def _all_layers(layers: Iterable[Layer]) -> Iterator[Layer]:
    for layer in layers:
        yield layer
        yield from _all_layers(inner for _, inner in layer.inner_layers)
