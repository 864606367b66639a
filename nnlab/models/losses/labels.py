"""Labels as a loss sees them: as values of the outputs' shape, and as what outputs name."""

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.layers import Workspace


def are_labels(targets: Array) -> bool:
    """Whether they are classes by number, and not values; asked twice at every step."""
    return targets.dtype.kind in "iu"


def encode_targets(targets: Array, outputs: Array, work: Workspace) -> Array:
    """Targets as values of the outputs' shape: labels become 0 and 1 in one column, or one-hot rows."""
    if not are_labels(targets):
        return targets
    values = work.like("targets", outputs)
    if outputs.shape[1] == 1:
        np.copyto(values[:, 0], targets)
    else:
        values.fill(0)
        values[work.arange("rows", len(values)), targets] = 1
    return values


def count_correct(outputs: Array, targets: Array, threshold: float) -> int | None:
    """How many labels the outputs name: the largest output, or a single output against the threshold."""
    if not are_labels(targets):
        return None
    return int(np.count_nonzero(predicted_labels(outputs, threshold) == targets))


def predicted_labels(outputs: Array, threshold: float) -> Array:
    """The class each row of outputs (N, K) stands for."""
    return (outputs[:, 0] > threshold).astype(np.intp) if outputs.shape[1] == 1 else outputs.argmax(axis=1)


def shares_of_classes(outputs: Array, are_probabilities: bool) -> Array:
    """Outputs (N, K) as shares of the classes that sum to 1 (N, classes): one alone is class 1's, scores go by softmax."""
    if outputs.shape[1] == 1:
        second = np.clip(outputs, 0, 1)
        return np.hstack([1 - second, second])
    if are_probabilities:
        return np.asarray(outputs / np.maximum(outputs.sum(axis=1, keepdims=True), 1e-12))
    shares = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
