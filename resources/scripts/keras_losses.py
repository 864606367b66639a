"""Losses that Keras has otherwise than nnlab: a script takes in those that it needs. Each is the mean of a batch."""

from keras import losses, ops


def as_values(targets, outputs):
    """Labels as values of the outputs' shape: one column of 0 and 1, or one-hot rows."""
    if outputs.shape[1] == 1:
        return ops.cast(targets[:, None], outputs.dtype)
    return ops.one_hot(targets, outputs.shape[1], dtype=outputs.dtype)


def cross_entropy(targets, outputs, label_smoothing=0.0):
    """The mean of  -log p[true class],  p = softmax(outputs), of smoothed labels if asked."""
    if not label_smoothing:
        return ops.mean(losses.sparse_categorical_crossentropy(targets, outputs, from_logits=True))
    values = as_values(targets, outputs)
    return ops.mean(losses.categorical_crossentropy(values, outputs, from_logits=True, label_smoothing=label_smoothing))


def hinge(targets, outputs):
    """The mean of  max(0, 1 + strongest rival - true score)   (Crammer and Singer 2001)."""
    is_true = as_values(targets, outputs)
    # Of equal rivals the first alone gets the gradient.
    strongest = ops.argmax(ops.where(is_true > 0, float("-inf"), outputs), axis=1)
    rival = ops.take_along_axis(outputs, strongest[:, None], axis=1)[:, 0]
    return ops.mean(ops.relu(1 + rival - ops.sum(is_true * outputs, axis=1)))


def one_vs_rest_hinge(targets, outputs):
    """The mean over the examples of  sum_k max(0, 1 - s_k z_k),  s_k = 1 at the true class and -1 elsewhere."""
    signs = 2 * as_values(targets, outputs) - 1
    return ops.mean(ops.sum(ops.relu(1 - signs * outputs), axis=1))
