"""Losses that Keras has otherwise than nnlab. Each is the mean of a batch."""

from typing import Any

from keras import losses, ops


def as_values(targets: Any, outputs: Any) -> Any:
    """Labels in the outputs' shape: a column of 0 and 1, or one-hot rows."""
    if outputs.shape[1] == 1:
        return ops.cast(targets[:, None], outputs.dtype)
    return ops.one_hot(targets, outputs.shape[1], dtype=outputs.dtype)


def cross_entropy(targets: Any, outputs: Any, smoothing: float) -> Any:
    """The mean of  -log p[true class],  p = softmax(outputs)."""
    if not smoothing:
        kind = losses.sparse_categorical_crossentropy
        return ops.mean(kind(targets, outputs, from_logits=True))
    kind, values = losses.categorical_crossentropy, as_values(targets, outputs)
    return ops.mean(kind(values, outputs, from_logits=True, label_smoothing=smoothing))


def hinge(targets: Any, outputs: Any) -> Any:
    """The mean of  max(0, 1 + strongest rival - true score).

    (Crammer and Singer 2001)
    """
    is_true = as_values(targets, outputs)
    # Of equal rivals the first alone gets the gradient.
    strongest = ops.argmax(ops.where(is_true > 0, float("-inf"), outputs), axis=1)
    rival = ops.take_along_axis(outputs, strongest[:, None], axis=1)[:, 0]
    return ops.mean(ops.relu(1 + rival - ops.sum(is_true * outputs, axis=1)))


def one_vs_rest_hinge(targets: Any, outputs: Any) -> Any:
    """The mean of  sum_k max(0, 1 - s_k z_k),  s = 1 at the true class, else -1."""
    signs = 2 * as_values(targets, outputs) - 1
    return ops.mean(ops.sum(ops.relu(1 - signs * outputs), axis=1))
