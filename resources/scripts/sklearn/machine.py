"""A restricted Boltzmann machine of scikit-learn, which learns by persistent chains."""

import numpy as np
from sklearn.neural_network import BernoulliRBM

from ..data.examples import Data, Examples
from ..randomness import random_stream
from ..settings import CHAINS, DEVIATION, HIDDEN_UNITS, SEED, VISIBLE_UNITS
from ..spread import spread


class Tensors:
    """Weights (visible, hidden) and biases of a machine, in nnlab's order."""

    def __init__(self, estimator: BernoulliRBM) -> None:
        self.estimator = estimator

    @property
    def values(self) -> np.ndarray:
        """A copy, in one vector."""
        made = self.estimator
        biases = made.intercept_visible_, made.intercept_hidden_
        return np.concatenate([made.components_.T.ravel(), *biases]).astype(np.float32)


class Machine:
    """scikit-learn's BernoulliRBM, with nnlab's own starting weights and chains."""

    def __init__(self, data: Data) -> None:
        self.estimator = made = BernoulliRBM(
            HIDDEN_UNITS, batch_size=CHAINS, random_state=SEED
        )
        inputs = spread(data.learning.inputs, 1000)
        inputs = inputs.reshape(len(inputs), -1)
        # Its arrays come with the first call, which learns; then all begins.
        made.partial_fit(inputs[:CHAINS])
        weights = random_stream(SEED, "rbm.initialize")
        shape = (VISIBLE_UNITS, HIDDEN_UNITS)
        made.components_[...] = weights.normal(0, DEVIATION, shape).T
        mean = np.clip(inputs.mean(axis=0), 0.01, 0.99)
        made.intercept_visible_[...] = np.log(mean / (1 - mean))
        made.intercept_hidden_.fill(0)
        chains = random_stream(SEED, "chains").random(CHAINS * HIDDEN_UNITS) < 0.5
        made.h_samples_ = chains.astype(float).reshape(CHAINS, HIDDEN_UNITS)
        self.tensors = Tensors(made)

    def numbers(self) -> list[np.ndarray]:
        """All that it predicts by."""
        made = self.estimator
        return [made.components_, made.intercept_visible_, made.intercept_hidden_]

    def judged(
        self, inputs: np.ndarray, targets: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """The squared error per unit of going up and down once, and what comes out."""
        return judged(self.estimator, inputs.reshape(len(inputs), -1))


def judged(made: BernoulliRBM, v: np.ndarray) -> tuple[float, np.ndarray]:
    """The squared error of visible states, per unit, and what is made of them."""
    z = made.transform(v) @ made.components_ + made.intercept_visible_
    outputs = 1 / (1 + np.exp(-z))
    return float(np.square(outputs - v).mean()), outputs


class Optimizer:
    """Steps along persistent contrastive divergence; it draws by its own numbers."""

    def __init__(self, tensors: Tensors) -> None:
        self.estimator = tensors.estimator

    def learn(self, batch: Examples, rate: float) -> float:
        """One step; the batch's mean loss before, which scikit-learn does not tell."""
        v = batch.inputs.reshape(len(batch.inputs), -1)
        loss, _ = judged(self.estimator, v)
        self.estimator.learning_rate = rate
        self.estimator.partial_fit(v)
        return loss


def build(data: Data) -> Machine:
    """The machine, with its weights drawn from the seed."""
    return Machine(data)


def predict(model: Machine, inputs: np.ndarray) -> np.ndarray:
    """The hidden probabilities for a batch."""
    return model.estimator.transform(inputs.reshape(len(inputs), -1))
