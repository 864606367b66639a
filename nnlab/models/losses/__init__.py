"""What a network is judged by: the losses, one row each."""

from nnlab.models.losses.base import BatchLoss, Loss
from nnlab.models.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.models.losses.cross_entropy import CrossEntropy
from nnlab.models.losses.hinge import Hinge, OneVsRestHinge
from nnlab.models.losses.huber import Huber
from nnlab.models.losses.labels import count_correct, encode_targets, predicted_labels
from nnlab.models.losses.mean_squared_error import MeanSquaredError

LOSSES: dict[str, Loss] = {
    loss.kind: loss
    for loss in (CrossEntropy(), MeanSquaredError(), BinaryCrossEntropy(), Huber(), Hinge(), OneVsRestHinge())
}

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
    "predicted_labels",
]
