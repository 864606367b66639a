"""The restricted Boltzmann machine in PyTorch, by hand: nothing is followed back."""

import numpy as np
import torch

from ..data.examples import Data
from ..random_bits import fill_with_bits
from ..randomness import random_stream
from ..settings import (
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
from ..spread import spread


class RBM:
    """A restricted Boltzmann machine:  E(v, h) = -v W h - a v - b h

    v (batch, visible)    h (batch, hidden)    W (visible, hidden)

    p(h = 1 | v) = sigmoid(v W + b)    p(v = 1 | h) = sigmoid(h W^T + a)

    The gradient is estimated by contrastive divergence (Hinton 2002): with v0 the data
    and v1 what Gibbs sampling makes of it, or of chains that go on from step to step,

    dW = -(<v0 p(h|v0)> - <v1 p(h|v1)>)    da = -(<v0> - <v1>)
    db = -(<p(h|v0)> - <p(h|v1)>)
    """

    def __init__(self, name: str, tensors: list[torch.Tensor]) -> None:
        self.name, self.tensors = name, tensors
        self.weight, self.visible_bias, self.hidden_bias = tensors

    def start(self, inputs: np.ndarray) -> None:
        """Draw the weights; visible biases begin at what the data's means ask for."""
        rng = random_stream(SEED, f"{self.name}.initialize")
        shape = tuple(self.weight.shape)
        self.weight.copy_(torch.from_numpy(rng.normal(0, DEVIATION, shape)))
        self.hidden_bias.zero_()
        mean = inputs.reshape(len(inputs), -1).mean(axis=0)
        if not GAUSSIAN:
            mean = np.clip(mean, 0.01, 0.99)
            mean = np.log(mean / (1 - mean))
        self.visible_bias.copy_(torch.from_numpy(mean))
        if PERSISTENT:
            # Chains that go on from update to update begin at random (Tieleman 2008).
            on = random_stream(SEED, "chains").random((CHAINS, shape[1])) < 0.5
            self.chains = torch.from_numpy(on.astype(np.float32))

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by, as windows into PyTorch's memory."""
        return [tensor.numpy() for tensor in self.tensors]

    def loss_and_gradient(
        self, inputs: np.ndarray, targets: np.ndarray, step: int
    ) -> tuple[float, float]:
        """The squared error of reconstructions, per unit; leaves every `grad`."""
        rng = random_stream(SEED, "gibbs", step)
        v0 = torch.from_numpy(inputs).reshape(len(inputs), -1)
        q0 = self.hidden(v0)
        if PERSISTENT:
            loss = (self.visible(q0) - v0).square().mean().item()
            v1 = states(self.visible(self.chains), rng)
        else:
            means = self.visible(drawn(q0, rng))
            loss = (means - v0).square().mean().item()
            v1 = states(means, rng)
        q1 = self.hidden(v1)
        if GIBBS_STEPS > 1:
            for _ in range(GIBBS_STEPS - 1):
                v1 = states(self.visible(drawn(q1, rng)), rng)
                q1 = self.hidden(v1)
        if PERSISTENT:
            self.chains = drawn(q1, rng)
        self.weight.grad = v1.t() @ q1 / len(v1) - v0.t() @ q0 / len(v0)
        self.visible_bias.grad = v1.mean(0) - v0.mean(0)
        self.hidden_bias.grad = q1.mean(0) - q0.mean(0)
        if SPARSITY_COST:
            # Pull each unit's mean activation to the target (Hinton 2010, section 11).
            pull = SPARSITY_COST * (q0.mean(0) - SPARSITY_TARGET)
            self.hidden_bias.grad += pull
            self.weight.grad += torch.outer(v0.mean(0), pull)
        return loss, 0.0

    def judged(
        self, inputs: np.ndarray, targets: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """The squared error per unit of going up and down once, and what comes out."""
        v = torch.from_numpy(inputs).reshape(len(inputs), -1)
        outputs = self.visible(self.hidden(v))
        return (outputs - v).square().mean().item(), outputs.numpy()

    def hidden(self, v: torch.Tensor) -> torch.Tensor:
        """p(h = 1 | v)"""
        return torch.sigmoid(torch.addmm(self.hidden_bias, v, self.weight))

    def visible(self, h: torch.Tensor) -> torch.Tensor:
        """p(v = 1 | h), or the means of Gaussian units."""
        z = torch.addmm(self.visible_bias, h, self.weight.t())
        return z if GAUSSIAN else torch.sigmoid(z)


def drawn(probabilities: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Binary states, by the numbers that nnlab draws: whole ones up to 2^16."""
    uniform = np.empty(tuple(probabilities.shape), np.float32)
    fill_with_bits(rng, uniform)
    return (torch.from_numpy(uniform) < probabilities * 2**16).float()


def states(means: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """What the visible units become."""
    if SAMPLED:
        if GAUSSIAN:
            noise = rng.standard_normal(tuple(means.shape), dtype=np.float32)
            return means + torch.from_numpy(noise)
        else:
            return drawn(means, rng)
    else:
        return means


def build(data: Data) -> RBM:
    """The machine, with its weights drawn from the seed."""
    shapes = (VISIBLE_UNITS, HIDDEN_UNITS), (VISIBLE_UNITS,), (HIDDEN_UNITS,)
    model = RBM("rbm", [torch.zeros(shape) for shape in shapes])
    model.start(spread(data.learning.inputs, 1000))
    return model


def parameters(model: RBM) -> np.ndarray:
    """All that the machine has learned as one vector, in nnlab's order."""
    return np.concatenate([array.ravel() for array in model.numbers()])


def predict(model: RBM, inputs: np.ndarray) -> np.ndarray:
    """The hidden probabilities for a batch."""
    return model.hidden(torch.from_numpy(inputs).reshape(len(inputs), -1)).numpy()
