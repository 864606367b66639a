"""The restricted Boltzmann machine."""

import numpy as np

from .data.examples import Data
from .logistic import sigmoid
from .random_bits import fill_with_bits
from .randomness import random_stream
from .settings import (
    CHAINS,
    DEVIATION,
    GAUSSIAN,
    GIBBS_STEPS,
    HIDDEN_UNITS,
    PERSISTENT,
    SAMPLED,
    SEED,
    SPARSITY_COST,
    SPARSITY_TARGET,
    VISIBLE_UNITS,
)
from .spread import spread
from .tensors import Tensors

UNIT = float(2**16)  # probabilities times this are compared with raw random bits


class RBM:
    """A restricted Boltzmann machine:  E(v, h) = -v W h - a v - b h

    v (batch, visible)    h (batch, hidden)    W (visible, hidden)

    p(h = 1 | v) = sigmoid(v W + b)    p(v = 1 | h) = sigmoid(h W^T + a)

    The gradient is estimated by contrastive divergence (Hinton 2002): with v0 the data
    and v1 what Gibbs sampling makes of it, or of chains that go on from step to step,

    dW = -(<v0 p(h|v0)> - <v1 p(h|v1)>)    da = -(<v0> - <v1>)
    db = -(<p(h|v0)> - <p(h|v1)>)
    """

    def __init__(self, name: str, visible: int, hidden: int) -> None:
        self.name, self.hidden = name, hidden
        self.tensors = Tensors(
            {
                "weight": (visible, hidden),
                "visible_bias": (visible,),
                "hidden_bias": (hidden,),
            }
        )
        self.weight = self.tensors.value("weight")
        self.visible_bias = self.tensors.value("visible_bias")
        self.hidden_bias = self.tensors.value("hidden_bias")

    def start(self, inputs: np.ndarray) -> None:
        """Draw the weights; visible biases begin at what the data's means ask for."""
        self.tensors.values.fill(0)
        rng = random_stream(SEED, f"{self.name}.initialize")
        self.weight[...] = rng.normal(0, DEVIATION, self.weight.shape)
        mean = inputs.reshape(len(inputs), -1).mean(axis=0)
        if not GAUSSIAN:
            mean = np.clip(mean, 0.01, 0.99)
            mean = np.log(mean / (1 - mean))
        self.visible_bias[...] = mean
        if PERSISTENT:
            # Chains that go on from update to update begin at random (Tieleman 2008).
            bits = random_stream(SEED, "chains").random(CHAINS * self.hidden) < 0.5
            self.chains = bits.astype(np.float32).reshape(CHAINS, self.hidden)

    def loss_and_gradient(
        self, inputs: np.ndarray, targets: np.ndarray, step: int
    ) -> tuple[float, float]:
        """The squared error of reconstructions, per unit; writes `tensors.gradient`."""
        rng = random_stream(SEED, "gibbs", step)
        v0 = inputs.reshape(len(inputs), -1)
        q0 = self.hidden_scaled(v0)
        if PERSISTENT:
            loss = squared_error(v0, visible_means(self, q0 * (1 / UNIT)))
            means = self.visible_scaled(self.chains)
        else:
            means = self.visible_scaled(drawn(q0, rng))
            if GAUSSIAN:
                loss = squared_error(v0, means)
            else:
                loss = squared_error(v0, means * (1 / UNIT))
        v1 = visible_states(means, rng)
        q1 = self.hidden_scaled(v1)
        if GIBBS_STEPS > 1:
            for _ in range(GIBBS_STEPS - 1):
                v1 = visible_states(self.visible_scaled(drawn(q1, rng)), rng)
                q1 = self.hidden_scaled(v1)
        if PERSISTENT:
            self.chains = drawn(q1, rng)
        self.write_gradient(v0, q0, v1, q1)
        return loss, 0.0

    def hidden_scaled(self, v: np.ndarray) -> np.ndarray:
        """2^16 p(h = 1 | v)"""
        return sigmoid(v @ self.weight + self.hidden_bias, UNIT)

    def visible_scaled(self, h: np.ndarray) -> np.ndarray:
        """2^16 p(v = 1 | h); of Gaussian units their means."""
        if GAUSSIAN:
            return h @ self.weight.T + self.visible_bias
        else:
            return sigmoid(h @ self.weight.T + self.visible_bias, UNIT)

    def write_gradient(
        self, v0: np.ndarray, q0: np.ndarray, v1: np.ndarray, q1: np.ndarray
    ) -> None:
        """Both halves in one product; signs and means go into q, which is smaller."""
        count, chains = len(v0), len(v1)
        v = np.concatenate([v0, v1])
        q = np.concatenate([q0 * (-1 / (UNIT * count)), q1 * (1 / (UNIT * chains))])
        weight, hidden_bias = (
            self.tensors.gradient_of(name) for name in ("weight", "hidden_bias")
        )
        np.matmul(v.T, q, out=weight)
        np.matmul(np.ones(len(v), np.float32), q, out=hidden_bias)
        share = np.empty(len(v), np.float32)
        share[:count], share[count:] = -1 / count, 1 / chains
        np.matmul(share, v, out=self.tensors.gradient_of("visible_bias"))
        if SPARSITY_COST:
            # Pull each unit's mean activation to the target (Hinton 2010, section 11).
            mean = -q[:count].sum(axis=0)
            pull = SPARSITY_COST * (mean - SPARSITY_TARGET)
            hidden_bias += pull
            weight += np.outer(v[:count].mean(axis=0), pull)


class LoneRBM(RBM):
    """A machine that is trained by itself."""

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by."""
        return [self.tensors.values]

    def judged(
        self, inputs: np.ndarray, targets: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """The squared error per unit of going up and down once, and what comes out."""
        v = inputs.reshape(len(inputs), -1)
        outputs = visible_means(self, predict(self, v))
        return squared_error(outputs, v), outputs


def visible_means(machine: RBM, h: np.ndarray) -> np.ndarray:
    """E(v | h)"""
    if GAUSSIAN:
        return h @ machine.weight.T + machine.visible_bias
    else:
        return sigmoid(h @ machine.weight.T + machine.visible_bias)


def drawn(scaled: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Binary states from probabilities times 2^16."""
    uniform = np.empty(scaled.shape, np.float32)
    fill_with_bits(rng, uniform)
    return (uniform < scaled).astype(np.float32)


def visible_states(scaled: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the visible units become, from what `visible_scaled` gave."""
    if SAMPLED:
        if GAUSSIAN:
            return scaled + rng.standard_normal(scaled.shape, dtype=np.float32)
        else:
            return drawn(scaled, rng)
    else:
        if GAUSSIAN:
            return scaled
        else:
            return scaled * (1 / UNIT)


def squared_error(v: np.ndarray, means: np.ndarray) -> float:
    """The mean of (v - means)^2 over examples and units."""
    difference = v - means
    return float(np.vdot(difference, difference)) / difference.size


def build(data: Data) -> LoneRBM:
    """The machine, with its weights drawn from the seed."""
    model = LoneRBM("rbm", VISIBLE_UNITS, HIDDEN_UNITS)
    model.start(spread(data.learning.inputs, 1000))
    return model


def predict(model: RBM, inputs: np.ndarray) -> np.ndarray:
    """The hidden probabilities for a batch."""
    v = inputs.reshape(len(inputs), -1)
    return sigmoid(v @ model.weight + model.hidden_bias)
