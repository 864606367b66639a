"""Layers that Keras has not, or otherwise than nnlab."""

from typing import Any

import keras
from keras import layers, ops


def gelu_by_tanh(x: Any) -> Any:
    """GELU in the form of the tanh, as nnlab has it; Keras has it by erf."""
    return keras.activations.gelu(x, approximate=True)


class PlaneFeatures(layers.Layer):
    """Features of points (x1, x2):  x1, x2, x1^2, x2^2, x1 x2, sin(w x1), sin(w x2).

    Those that are named, side by side; w is the frequency.
    """

    def __init__(self, features: tuple[str, ...], frequency: float) -> None:
        super().__init__()
        self.features, self.frequency = features, frequency

    def call(self, x: Any) -> Any:
        """(N, 2) becomes (N, features)."""
        a, b = x[:, 0], x[:, 1]
        found = {
            "x1": a,
            "x2": b,
            "x1_squared": a * a,
            "x2_squared": b * b,
            "product": a * b,
            "sin_x1": ops.sin(self.frequency * a),
            "sin_x2": ops.sin(self.frequency * b),
        }
        return ops.stack([found[name] for name in self.features], 1)


class BatchNorm(layers.BatchNormalization):
    """Batch normalisation whose running variance follows the unbiased one.

    Keras' own follows the biased one of the batch. Running figures
    r <- (1 - momentum) r + momentum batch:  what Keras calls momentum is 1 - momentum.
    One number per channel has no variance, and changes no running figure.
    """

    def __init__(self, momentum: float, epsilon: float) -> None:
        super().__init__(momentum=1 - momentum, epsilon=epsilon)

    def call(self, x: Any, training: bool = False) -> Any:
        """By the batch's figures while training, else by the running ones."""
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            axes = list(range(x.ndim - 1))
            # Far from 0 nothing would be left of Keras' own  mean(x^2) - mean(x)^2.
            mean, variance = ops.mean(x, axes), ops.var(x, axes)
            count = ops.size(x) // x.shape[-1]
            if count > 1:
                self.follow(self.moving_mean, mean)
                self.follow(self.moving_variance, variance * (count / (count - 1)))
        return self.gamma * (x - mean) / ops.sqrt(variance + self.epsilon) + self.beta

    def follow(self, running: Any, figure: Any) -> None:
        """A running figure goes some way to the batch's."""
        own = ops.stop_gradient(figure)
        running.assign(self.momentum * running + (1 - self.momentum) * own)


class MaskingNoise(layers.Layer):
    """While training  x m,  with m = 0 at a share `rate` of the inputs, else 1.

    (Vincent et al. 2010)
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate, self.generator = rate, keras.random.SeedGenerator()

    def call(self, x: Any, training: bool = False) -> Any:
        """Some inputs hidden, or all as they are."""
        if not training:
            return x
        drawn = keras.random.uniform(ops.shape(x), seed=self.generator)
        return x * ops.cast(drawn >= self.rate, x.dtype)


class KLSparsity(layers.Layer):
    """Lets everything through, and charges  weight sum_j KL(target || r_j).

    r_j is the mean activation of unit j over the batch.
    """

    def __init__(self, target: float, weight: float) -> None:
        super().__init__()
        self.target, self.weight = target, weight

    def call(self, x: Any, training: bool = False) -> Any:
        """x itself; while training, what it costs is one of the model's losses."""
        if training:
            p, r = self.target, ops.mean(x, axis=0)
            # A mean of exactly 0 or 1 would cost infinitely much.
            r = r + ops.stop_gradient(ops.clip(r, 1e-6, 1 - 1e-6) - r)
            distances = p * ops.log(p / r) + (1 - p) * ops.log((1 - p) / (1 - r))
            self.add_loss(self.weight * ops.sum(distances))
        return x


class ActivityL1(layers.Layer):
    """Lets everything through, and charges  weight / batch sum |x|."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight

    def call(self, x: Any, training: bool = False) -> Any:
        """x itself; while training, what it costs is one of the model's losses."""
        if training:
            self.add_loss(self.weight * ops.sum(ops.abs(x)) / ops.shape(x)[0])
        return x


def through(inside: list[Any], x: Any) -> Any:
    """What layers make of x, one after the other."""
    for layer in inside:
        x = layer(x)
    return x


class Residual(layers.Layer):
    """x + f(x),  f the layers inside (He et al. 2016)."""

    def __init__(self, inside: list[Any]) -> None:
        super().__init__()
        self.inside = inside

    def call(self, x: Any) -> Any:
        """The input, and what the layers make of it."""
        return x + through(self.inside, x)


class Concatenated(layers.Layer):
    """Branches that all see the same input, their outputs side by side."""

    def __init__(self, branches: list[list[Any]]) -> None:
        super().__init__()
        self.branches = branches

    def call(self, x: Any) -> Any:
        """All units, or all channels."""
        return ops.concatenate([through(inside, x) for inside in self.branches], -1)


class Summed(layers.Layer):
    """Branches that all see the same input, their outputs added up."""

    def __init__(self, branches: list[list[Any]]) -> None:
        super().__init__()
        self.branches = branches

    def call(self, x: Any) -> Any:
        """The sum."""
        return sum(through(inside, x) for inside in self.branches)


class TiedDense(layers.Layer):
    """x W^T + b,  with the weights W of an encoder's layer; only b is its own."""

    def __init__(self, encoder: layers.Dense) -> None:
        super().__init__()
        # In a function, so that its weights are not counted twice.
        self.encoders_weight = lambda: encoder.kernel

    def build(self, shape: tuple[int, ...]) -> None:
        """A bias for each number that the encoder's layer sees."""
        count = self.encoders_weight().shape[0]
        self.bias = self.add_weight(shape=(count,), initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        """Back to as many numbers as the encoder's layer sees."""
        return ops.matmul(x, ops.transpose(self.encoders_weight())) + self.bias
