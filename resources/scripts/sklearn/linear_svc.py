"""A linear support vector machine of scikit-learn, which is fitted in one go."""

from collections.abc import Iterator

import numpy as np
from sklearn.svm import LinearSVC

from ..data.examples import Data
from ..evaluation import evaluate
from ..face import Epoch, Step
from ..losses.cross_entropy import judge
from ..scores import correct
from ..settings import CLASS_COUNT, L2, SEED
from .linear_svc_of import MACHINES


class Tensors:
    """Weights (inputs, classes) and biases, in nnlab's order."""

    def __init__(self, inputs: int) -> None:
        self.weight = np.zeros((inputs, CLASS_COUNT), np.float32)
        self.bias = np.zeros(CLASS_COUNT, np.float32)

    @property
    def values(self) -> np.ndarray:
        """A copy, in one vector."""
        return np.concatenate([self.weight.ravel(), self.bias])


class Machine:
    """Scores z = x W + b, one per class."""

    def __init__(self, data: Data) -> None:
        self.tensors = Tensors(int(np.prod(data.learning.inputs.shape[1:])))

    def fit(self, inputs: np.ndarray, labels: np.ndarray) -> None:
        """C sum hinge + |W|^2 / 2,  which is nnlab's loss and penalty times C N."""
        x = inputs.reshape(len(inputs), -1)
        c = 1 / (L2 * len(x))
        found = LinearSVC(C=c, loss="hinge", multi_class=MACHINES, random_state=SEED)
        # nnlab does not penalise biases; scaled like this they hardly are here either.
        found.intercept_scaling = 10
        found.fit(x, labels)
        weight, bias = found.coef_.T, found.intercept_
        if CLASS_COUNT == 2:
            # One machine tells two classes apart; the other is its mirror image.
            weight, bias = np.hstack([-weight, weight]), np.hstack([-bias, bias])
        self.tensors.weight[...], self.tensors.bias[...] = weight, bias

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """The scores of a batch."""
        x = inputs.reshape(len(inputs), -1)
        return x @ self.tensors.weight + self.tensors.bias

    def judged(
        self, inputs: np.ndarray, targets: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """The mean loss of a batch, and its outputs."""
        z = self.outputs(inputs)
        return judge(z, targets)[0], z


def train(model: Machine, data: Data) -> Iterator[Step | Epoch]:
    """All at once: one Step, which leads to the end, and one Epoch."""
    model.fit(*data.learning)
    loss, outputs = model.judged(*data.learning)
    score = correct(outputs, data.learning.targets) / len(outputs)
    yield Step(1, loss, score, 0.0)
    yield Epoch(1, loss, score, *evaluate(model, *data.validation))


def build(data: Data) -> Machine:
    """The machine; scikit-learn takes no start, and needs none."""
    return Machine(data)


def predict(model: Machine, inputs: np.ndarray) -> np.ndarray:
    """The scores of a batch."""
    return model.outputs(inputs)
