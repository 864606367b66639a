"""Whether a loss suits the last layer, the number of outputs and the targets; and which would."""

from collections.abc import Sequence

from nnlab.errors import ShapeError
from nnlab.models.arrays import Shape
from nnlab.models.layers import Layer
from nnlab.models.layers.base import shape_text
from nnlab.models.losses import LOSSES
from nnlab.models.losses.base import Loss
from nnlab.targets import Classes, Targets, Values
from nnlab.words import counted


def check_loss(
    loss: Loss, layers: tuple[Layer, ...], output_shape: Shape, targets: Targets, choices: Sequence[str] = ()
) -> None:
    """Raise ShapeError where the final layer or the number of outputs does not suit this loss and these targets.

    targets are None where outputs are compared with something else. choices are the losses to suggest in its place;
    all, if none are given.
    """
    last = layers[-1] if layers else None
    if isinstance(targets, Values):
        check_values(loss, last, targets, choices)
    if loss.fused_with is not None and not isinstance(last, loss.fused_with):
        others = ", ".join(other.kind for other in LOSSES.values() if _suits(other, last, choices))
        named = f"'{last.kind}'" if last else "missing"
        raise ShapeError(
            f"{loss.kind}: the last layer is {named}, it must be '{loss.fused_with.kind}'; "
            f"add a {loss.fused_with.kind} layer or use the loss {others}"
        )
    if loss.needs_scores and last and _reach(last) <= 1:
        instead = next((other.kind for other in LOSSES.values() if other.fused_with is type(last)), "mean_squared_error")
        raise ShapeError(
            f"{loss.kind}: the last layer is '{last.kind}', whose outputs cannot reach the margin of 1; "
            f"take it out, or use the loss {instead}"
        )
    if targets is not None and len(output_shape) != 1:
        each = "class" if isinstance(targets, Classes) else "value"
        raise ShapeError(
            f"the network's outputs are {shape_text(output_shape)}, expected one number per {each}; "
            "put flatten and a dense layer before the loss"
        )
    if targets is not None and output_shape[-1] not in loss.outputs_for(targets):
        expected = " or ".join(str(count) for count in loss.outputs_for(targets))
        outputs = counted(output_shape[-1], "output")
        units = "unit" if expected == "1" else "units"
        raise ShapeError(
            f"the network has {outputs} but the data has {targets.words}; give the last dense layer {expected} {units}"
        )


def squashes_values(last: Layer) -> bool:
    """Whether a last layer keeps its outputs between 0 and 1, where no values are that have mean 0 and deviation 1."""
    return last.output_range() == (0.0, 1.0)


def check_values(loss: Loss, last: Layer | None, targets: Values, choices: Sequence[str]) -> None:
    """Raise ShapeError where this loss or the last layer is for classes alone."""
    if not loss.fits_values:
        others = " or ".join(
            other.kind for other in LOSSES.values() if other.fits_values and (not choices or other.kind in choices)
        )
        raise ShapeError(
            f"{loss.kind}: it tells classes apart, but the data's targets are {targets.words}; use the loss {others}"
        )
    if last and squashes_values(last):
        raise ShapeError(
            f"{loss.kind}: the last layer is '{last.kind}', whose outputs stay between 0 and 1, but the data's targets "
            "are values, which learning sees with mean 0 and deviation 1; take it out"
        )


def _reach(last: Layer) -> float:
    """How far apart two outputs can be."""
    low, high = last.output_range()
    return high - low


def _suits(loss: "Loss", last: Layer | None, choices: Sequence[str]) -> bool:
    if choices and loss.kind not in choices:
        return False
    return loss.fused_with is None or isinstance(last, loss.fused_with)
