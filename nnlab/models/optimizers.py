"""Rules that turn a gradient into a step. All work on the flat vector and know nothing of layers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.parameters import Parameters
from nnlab.settings import Settings, setting

Vectors = dict[str, Array]


@dataclass(frozen=True)
class Optimizer(Settings):
    """A frozen rule; its memory (velocity, moments) is the dictionary of `vectors` it is handed.

    An update leaves in "scratch" what it subtracted from the values, and who looks in between two steps finds it there.
    """

    section: ClassVar[str] = "training.optimizer"
    title: ClassVar[str]
    # The update in symbols: parameters p, gradient g, rate η, step t.
    formula: ClassVar[str]
    # By a framework's name how the rule is written there, with the settings' names in braces; {rate} is the learning rate,
    # and `parameters` are a model's, weights before biases.
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({})
    # How many times an update passes over the parameters; a square root and a division take as long as two passes.
    passes: ClassVar[int] = 2
    # The vectors that belong to the state of a training run. "scratch" is always given besides, and never saved.
    vectors: ClassVar[tuple[str, ...]] = ()

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """Change the values in place; step counts updates from 1. The gradient is left as it is."""
        raise NotImplementedError

    def written_in(self, framework: str, rate: str) -> str | None:
        """The rule as it is written in a framework, at a rate of this name; None where it has no row for it."""
        row = self.elsewhere.get(framework)
        words = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return row.format(**words, rate=rate) if row is not None else None

    def numpy_line(self) -> str:
        """One whole update as one line of NumPy: of p by g at the rate lr, in step t counted from 1.

        m, v and s are the rule's memory, zero before the first step; w is 1 where p is a weight and 0 where it is a bias.
        """
        raise NotImplementedError

    def last_update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, part: slice) -> Array:
        """What the update just made took from the values of one tensor (a slice of the vector); valid until the next."""
        return vectors["scratch"][part]


@dataclass(frozen=True)
class SGD(Optimizer):
    """p <- p - lr g"""

    title: ClassVar[str] = "SGD"
    formula: ClassVar[str] = "p ← p − η g"
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "torch.optim.SGD(parameters, lr={rate}, fused=True)",
            "keras": "keras.optimizers.SGD({rate})",
            "sklearn": 'solver="sgd", momentum=0.0',
        }
    )

    def numpy_line(self) -> str:
        """Straight down."""
        return "p = p - lr * g"

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """Two passes over the vector."""
        values = parameters.values
        np.subtract(values, np.multiply(parameters.gradient, learning_rate, out=vectors["scratch"]), out=values)


@dataclass(frozen=True)
class Momentum(Optimizer):
    """v <- mu v + g    p <- p - lr v   (Polyak 1964; PyTorch's convention, the rate outside the velocity)"""

    title: ClassVar[str] = "SGD with momentum"
    passes: ClassVar[int] = 4
    formula: ClassVar[str] = "v ← μ v + g,  p ← p − η v"
    vectors: ClassVar[tuple[str, ...]] = ("velocity",)
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "torch.optim.SGD(parameters, lr={rate}, momentum={momentum}, fused=True)",
            "keras": "Momentum({rate}, {momentum})",
            "sklearn": 'solver="sgd", momentum={momentum}, nesterovs_momentum=False',
        }
    )

    momentum: float = setting(
        0.9, "Momentum", minimum=0.0, maximum=0.9999, live=True, help="v ← μ v + g. How much of the last step is kept."
    )

    def numpy_line(self) -> str:
        """A heavy ball."""
        return f"v = {self.momentum!r} * v + g; p = p - lr * v"

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """Heavy ball."""
        values, gradient, velocity = parameters.values, parameters.gradient, vectors["velocity"]
        np.multiply(velocity, self.momentum, out=velocity)
        np.add(velocity, gradient, out=velocity)
        np.subtract(values, np.multiply(velocity, learning_rate, out=vectors["scratch"]), out=values)


@dataclass(frozen=True)
class Nesterov(Momentum):
    """v <- mu v + g    p <- p - lr (g + mu v)   (Sutskever et al. 2013, as PyTorch writes it)"""

    title: ClassVar[str] = "SGD with Nesterov momentum"
    passes: ClassVar[int] = 6
    formula: ClassVar[str] = "v ← μ v + g,  p ← p − η (g + μ v)"
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "torch.optim.SGD(parameters, lr={rate}, momentum={momentum}, nesterov=True, fused=True)",
            "keras": "Nesterov({rate}, {momentum})",
            "sklearn": 'solver="sgd", momentum={momentum}, nesterovs_momentum=True',
        }
    )

    def numpy_line(self) -> str:
        """One velocity ahead."""
        return f"v = {self.momentum!r} * v + g; p = p - lr * (g + {self.momentum!r} * v)"

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """The gradient looked up one velocity ahead."""
        values, gradient = parameters.values, parameters.gradient
        velocity, change = vectors["velocity"], vectors["scratch"]
        np.multiply(velocity, self.momentum, out=velocity)
        np.add(velocity, gradient, out=velocity)
        np.multiply(velocity, self.momentum, out=change)
        np.add(change, gradient, out=change)
        np.multiply(change, learning_rate, out=change)
        np.subtract(values, change, out=values)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adaptive moments (Kingma and Ba 2015, algorithm 1).

    m <- b1 m + (1 - b1) g      v <- b2 v + (1 - b2) g^2
    p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)

    The vectors hold m / (1 - b1) and v / (1 - b2): the constants move into the rate and eps, which saves two passes over
    the whole vector at every step (245-290 us instead of 455 us for 235,000 parameters).
    """

    title: ClassVar[str] = "Adam"
    passes: ClassVar[int] = 12
    formula: ClassVar[str] = (
        "m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  p ← p − η m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)"
    )
    vectors: ClassVar[tuple[str, ...]] = ("moment1", "moment2")
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "torch.optim.Adam(parameters, lr={rate}, betas=({beta1}, {beta2}), eps={epsilon}, fused=True)",
            "keras": "Adam({rate}, {beta1}, {beta2}, {epsilon})",
            "sklearn": 'solver="adam", beta_1={beta1}, beta_2={beta2}',
        }
    )

    beta1: float = setting(
        0.9, "Beta 1", minimum=0.0, maximum=0.9999, live=True, help="m ← β₁ m + (1 − β₁) g. Memory of the mean gradient."
    )
    beta2: float = setting(
        0.999, "Beta 2", minimum=0.0, maximum=0.999999, live=True, help="v ← β₂ v + (1 − β₂) g². Memory of its square."
    )
    epsilon: float = setting(
        1e-8, "Epsilon", above=0.0, maximum=1.0, live=True, help="p ← p − lr g / (√v + ε): no step divides by zero."
    )

    def numpy_line(self) -> str:
        """As published: the constants stand outside the rate."""
        return (
            f"m = {self.beta1!r} * m + {1 - self.beta1!r} * g; v = {self.beta2!r} * v + {1 - self.beta2!r} * g**2; "
            f"p = p - lr * m / (1 - {self.beta1!r}**t) / (np.sqrt(v / (1 - {self.beta2!r}**t)) + {self.epsilon!r})"
        )

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """In place over the whole vector; cutting it into cache-sized blocks is slower."""
        values, gradient = parameters.values, parameters.gradient
        m, v, scratch = vectors["moment1"], vectors["moment2"], vectors["scratch"]
        root = np.sqrt((1 - self.beta2) / (1 - self.beta2**step))
        np.multiply(m, self.beta1, out=m)
        np.add(m, gradient, out=m)
        np.multiply(v, self.beta2, out=v)
        np.add(v, np.multiply(gradient, gradient, out=scratch), out=v)
        np.sqrt(v, out=scratch)
        np.add(scratch, float(self.epsilon / root), out=scratch)
        np.divide(m, scratch, out=scratch)
        rate = learning_rate * (1 - self.beta1) / (1 - self.beta1**step) / root
        np.multiply(scratch, float(rate), out=scratch)
        np.subtract(values, scratch, out=values)


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with the decay taken out of the gradient:  p <- p - lr wd p  first, for weights but not biases, then Adam's step

    (Loshchilov and Hutter 2019, algorithm 2, as PyTorch writes it).
    """

    title: ClassVar[str] = "AdamW"
    passes: ClassVar[int] = 13
    formula: ClassVar[str] = "p ← p − η λ p of weights,  then as Adam"
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "adamw(parameters, {rate}, betas=({beta1}, {beta2}), eps={epsilon}, weight_decay={weight_decay})",
            "keras": "AdamW({rate}, {beta1}, {beta2}, {epsilon}, {weight_decay})",
        }
    )

    weight_decay: float = setting(
        0.01, "Weight decay", minimum=0.0, maximum=10.0, live=True, help="p ← p − lr · decay · p before Adam's step."
    )

    def numpy_line(self) -> str:
        """The decay first."""
        return f"p = p - lr * {self.weight_decay!r} * w * p; {super().numpy_line()}"

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """Shrink, then step."""
        weights = parameters.values[parameters.decaying]
        np.multiply(weights, 1 - learning_rate * self.weight_decay, out=weights)
        super().update(parameters, vectors, learning_rate, step)

    def last_update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, part: slice) -> Array:
        """Adam's step s and the decay:  with c = lr wd,  p' = (1 - c) p - s,  so that  p - p' = s + c (p' + s) / (1 - c)."""
        step, decay = vectors["scratch"][part], learning_rate * self.weight_decay
        if part.start >= parameters.decaying.stop or decay == 1:
            return step
        return np.asarray(step + (parameters.values[part] + step) * (decay / (1 - decay)))


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """v <- a v + (1 - a) g^2    p <- p - lr g / (sqrt(v) + eps)   (Tieleman and Hinton 2012, lecture 6.5)"""

    title: ClassVar[str] = "RMSProp"
    passes: ClassVar[int] = 11
    formula: ClassVar[str] = "v ← a v + (1 − a) g²,  p ← p − η g / (√v + ε)"
    vectors: ClassVar[tuple[str, ...]] = ("mean_square",)
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "torch.optim.RMSprop(parameters, lr={rate}, alpha={smoothing}, eps={epsilon})",
            "keras": "RMSProp({rate}, {smoothing}, {epsilon})",
        }
    )

    smoothing: float = setting(
        0.99, "Smoothing", minimum=0.0, maximum=0.9999, live=True, help="v ← a v + (1 − a) g². Memory of the mean square."
    )
    epsilon: float = setting(
        1e-8, "Epsilon", above=0.0, maximum=1.0, live=True, help="p ← p − lr m̂ / (√v̂ + ε): no step divides by zero."
    )

    def numpy_line(self) -> str:
        """Each number at its own scale."""
        return (
            f"v = {self.smoothing!r} * v + {1 - self.smoothing!r} * g**2; p = p - lr * g / (np.sqrt(v) + {self.epsilon!r})"
        )

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """Each number at its own scale."""
        square, scratch = vectors["mean_square"], vectors["scratch"]
        np.multiply(parameters.gradient, parameters.gradient, out=scratch)
        np.multiply(scratch, 1 - self.smoothing, out=scratch)
        np.multiply(square, self.smoothing, out=square)
        np.add(square, scratch, out=square)
        _scaled_step(parameters, square, scratch, learning_rate, self.epsilon)


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """s <- s + g^2    p <- p - lr g / (sqrt(s) + eps)   (Duchi et al. 2011)"""

    title: ClassVar[str] = "Adagrad"
    passes: ClassVar[int] = 9
    formula: ClassVar[str] = "s ← s + g²,  p ← p − η g / (√s + ε)"
    vectors: ClassVar[tuple[str, ...]] = ("sum_of_squares",)
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "torch": "torch.optim.Adagrad(parameters, lr={rate}, eps={epsilon}, fused=True)",
            "keras": "Adagrad({rate}, {epsilon})",
        }
    )

    epsilon: float = setting(
        1e-8,
        "Epsilon",
        above=0.0,
        maximum=1.0,
        live=True,
        help="p ← p − lr g / (√s + ε): no step divides by zero.",
    )

    def numpy_line(self) -> str:
        """By all gradients so far."""
        return f"s = s + g**2; p = p - lr * g / (np.sqrt(s) + {self.epsilon!r})"

    def update(self, parameters: Parameters, vectors: Vectors, learning_rate: float, step: int) -> None:
        """Steps shrink where gradients were large."""
        total, scratch = vectors["sum_of_squares"], vectors["scratch"]
        np.add(total, np.multiply(parameters.gradient, parameters.gradient, out=scratch), out=total)
        _scaled_step(parameters, total, scratch, learning_rate, self.epsilon)


def _scaled_step(parameters: Parameters, squares: Array, scratch: Array, learning_rate: float, epsilon: float) -> None:
    """p <- p - lr g / (sqrt(squares) + eps)"""
    np.sqrt(squares, out=scratch)
    np.add(scratch, epsilon, out=scratch)
    np.divide(parameters.gradient, scratch, out=scratch)
    np.multiply(scratch, learning_rate, out=scratch)
    np.subtract(parameters.values, scratch, out=parameters.values)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSProp,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
}
