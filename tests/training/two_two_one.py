"""A network of two inputs, two tanh units and one sigmoid output, small enough to be worked out by hand."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.layers.activations import Sigmoid, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.training import TrainingRun
from tests.training.runs import toy_run

W1, B1 = np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([0.1, -0.2])
W2, B2 = np.array([[1.5], [-0.5]]), np.array([0.3])


def two_two_one(**training: object) -> TrainingRun:
    """On points in the plane, taught by binary cross-entropy, with the weights above."""
    layers = (Dense(2, initializer="xavier"), Tanh(), Dense(1, initializer="xavier"), Sigmoid())
    run = toy_run(layers=layers, loss="binary_cross_entropy", **training)
    for name, values in {"dense1.weight": W1, "dense1.bias": B1, "dense2.weight": W2, "dense2.bias": B2}.items():
        run.model.parameters.view(name)[...] = values
    return run


@dataclass(frozen=True)
class ByHand:
    """One example's numbers: x in, z and h of the hidden units, p out, and the deltas on the way back."""

    x: np.ndarray
    z: np.ndarray
    h: np.ndarray
    p: float
    delta2: float
    by_h: np.ndarray
    delta1: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, label: int) -> "ByHand":
        """Forward, then the chain rule."""
        z = np.array([x[0] * 1.0 + x[1] * 0.5 + 0.1, -x[0] + 2 * x[1] - 0.2])
        h = np.tanh(z)
        p = 1 / (1 + np.exp(-(1.5 * h[0] - 0.5 * h[1] + 0.3)))
        delta2 = p - label
        by_h = np.array([1.5 * delta2, -0.5 * delta2])
        return cls(x, z, h, float(p), float(delta2), by_h, by_h * (1 - h**2))


def example_of(run: TrainingRun, place: int) -> tuple[np.ndarray, int]:
    """A training example as the network sees it, and its label; gathered without the probes' help."""
    position = run.data.split.train[place]
    examples, scaling = run.data.dataset.train, run.data.scaling
    return examples.inputs[position] * scaling.factor + scaling.offset, int(examples.labels[position])
