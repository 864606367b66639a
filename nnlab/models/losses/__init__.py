"""What a network is judged by: the losses, one row each."""

from typing import Any

from nnlab.models.losses.base import BatchLoss, Loss
from nnlab.models.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.models.losses.cross_entropy import CrossEntropy
from nnlab.models.losses.hinge import Hinge, OneVsRestHinge
from nnlab.models.losses.huber import Huber
from nnlab.models.losses.labels import count_correct, encode_targets, predicted_labels, shares_of_classes
from nnlab.models.losses.mean_squared_error import MeanSquaredError
from nnlab.settings import choice

LOSSES: dict[str, Loss] = {
    loss.kind: loss
    for loss in (CrossEntropy(), MeanSquaredError(), BinaryCrossEntropy(), Huber(), Hinge(), OneVsRestHinge())
}


def loss_choice(default: Loss, *names: str, help: str = "") -> Any:
    """The field of a model's settings that says what it is judged by: one of these losses, or of all."""
    kinds = {name: type(LOSSES[name]) for name in names or LOSSES}
    formulas = "\n".join(f"{name}: {kind.formula}" for name, kind in kinds.items())
    return choice(kinds, default, "Loss", help=help or formulas)


__all__ = [
    "LOSSES",
    "BatchLoss",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "Hinge",
    "Huber",
    "Loss",
    "MeanSquaredError",
    "OneVsRestHinge",
    "count_correct",
    "encode_targets",
    "loss_choice",
    "predicted_labels",
    "shares_of_classes",
]
