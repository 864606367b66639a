"""Layers that Keras has not, or otherwise than nnlab: a script takes in those that it needs."""

import keras
from keras import layers, ops


def gelu_by_tanh(x):
    """GELU in the form of the tanh, as nnlab has it; Keras' own default is that of the error function."""
    return keras.activations.gelu(x, approximate=True)


class BatchNorm(layers.BatchNormalization):
    """Batch normalisation whose running variance follows the unbiased one of the batch; Keras follows the biased one.

    r <- (1 - momentum) r + momentum batch: what Keras calls momentum is 1 - momentum. A batch of one number per channel,
    which has no variance, changes no running figure.
    """

    def __init__(self, momentum, epsilon):
        super().__init__(momentum=1 - momentum, epsilon=epsilon)

    def call(self, x, training=False):
        """By the batch's figures while training, by the running ones while predicting."""
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            mean, variance = ops.moments(x, axes=list(range(x.ndim - 1)))
            count = ops.size(x) // x.shape[-1]
            if count > 1:
                kept, unbiased = self.momentum, variance * (count / (count - 1))
                self.moving_mean.assign(kept * self.moving_mean + (1 - kept) * ops.stop_gradient(mean))
                self.moving_variance.assign(kept * self.moving_variance + (1 - kept) * ops.stop_gradient(unbiased))
        return self.gamma * (x - mean) / ops.sqrt(variance + self.epsilon) + self.beta


class MaskingNoise(layers.Layer):
    """Sets a share of the inputs to zero while training, and lets the others through as they are (Vincent et al. 2010)."""

    def __init__(self, rate):
        super().__init__()
        self.rate, self.generator = rate, keras.random.SeedGenerator()

    def call(self, x, training=False):
        """x m, with m = 0 at a share `rate` of the inputs, else 1."""
        if not training:
            return x
        return x * ops.cast(keras.random.uniform(ops.shape(x), seed=self.generator) >= self.rate, x.dtype)


class KLSparsity(layers.Layer):
    """Lets everything through, and charges  weight sum_j KL(target || r_j),  r_j the mean of unit j over the batch."""

    def __init__(self, target, weight):
        super().__init__()
        self.target, self.weight = target, weight

    def call(self, x, training=False):
        """x itself; while training, what it costs is added to the model's losses."""
        if training:
            p, r = self.target, ops.mean(x, axis=0)
            # A mean of exactly 0 or 1 would cost infinitely much. The slope is that of the value within.
            r = r + ops.stop_gradient(ops.clip(r, 1e-6, 1 - 1e-6) - r)
            self.add_loss(self.weight * ops.sum(p * ops.log(p / r) + (1 - p) * ops.log((1 - p) / (1 - r))))
        return x


class ActivityL1(layers.Layer):
    """Lets everything through, and charges  weight / batch sum |x|."""

    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def call(self, x, training=False):
        """x itself; while training, what it costs is added to the model's losses."""
        if training:
            self.add_loss(self.weight * ops.sum(ops.abs(x)) / ops.shape(x)[0])
        return x


def through(inside, x, training):
    """What layers make of x, one after the other."""
    for layer in inside:
        x = layer(x, training=training) if layer._call_has_training_arg else layer(x)
    return x


class Residual(layers.Layer):
    """y = x + f(x), f the layers inside (He et al. 2016)."""

    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def call(self, x, training=False):
        """The input beside what the layers make of it."""
        return x + through(self.inside, x, training)


class Concatenated(layers.Layer):
    """Branches that all see the same input; their units or channels lie side by side."""

    def __init__(self, branches):
        super().__init__()
        self.branches = branches

    def call(self, x, training=False):
        """All branches' outputs in one."""
        return ops.concatenate([through(inside, x, training) for inside in self.branches], -1)


class Summed(layers.Layer):
    """Branches that all see the same input; their outputs are added up."""

    def __init__(self, branches):
        super().__init__()
        self.branches = branches

    def call(self, x, training=False):
        """The sum of all branches' outputs."""
        return sum(through(inside, x, training) for inside in self.branches)


class TiedDense(layers.Layer):
    """A decoder's layer that multiplies by the transpose of an encoder's weights, and has only its bias of its own."""

    def __init__(self, encoder):
        super().__init__()
        # In a function, so that its weights are not counted twice.
        self.weights_of_encoder = lambda: encoder.kernel

    def build(self, shape):
        """A bias for each number that went into the encoder's layer."""
        self.bias = self.add_weight(shape=(self.weights_of_encoder().shape[0],), initializer="zeros", name="bias")

    def call(self, x):
        """x W^T + b, W the encoder's weights."""
        return ops.matmul(x, ops.transpose(self.weights_of_encoder())) + self.bias
